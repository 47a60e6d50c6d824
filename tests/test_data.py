"""Data sets from CSV: what is read is what is in the file, and every error names its place."""

from __future__ import annotations

import csv
import os
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from derive import catalog
from derive.data import Data, check_target, read_csv, snoring, stack_loss
from derive.errors import DataError


def write(folder: Path, content: str | bytes) -> Path:
    """A file with this content."""
    path = folder / "some.csv"
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


finite = st.floats(allow_nan=False, allow_infinity=False)
names = st.text(st.characters(exclude_categories=["C", "Z"]), min_size=1, max_size=8)


@settings(max_examples=60, deadline=None)
@given(
    header=st.lists(names, min_size=1, max_size=5, unique=True),
    data=st.data(),
    bom=st.booleans(),
    end=st.sampled_from(["\n", "\r\n"]),
    quoting=st.sampled_from([csv.QUOTE_MINIMAL, csv.QUOTE_ALL]),
)
def test_what_is_written_is_read(
    tmp_path_factory: Any, header: list[str], data: Any, bom: bool, end: str, quoting: Any
) -> None:
    """Any numbers, any names, any of the usual dialects: X is 1 and the features in order, y the target, exactly."""
    rows = data.draw(st.lists(st.lists(finite, min_size=len(header), max_size=len(header)), min_size=1, max_size=6))
    target = data.draw(st.sampled_from(header))
    path = tmp_path_factory.mktemp("csv") / "t.csv"
    with path.open("w", newline="", encoding="utf-8-sig" if bom else "utf-8") as file:
        writer = csv.writer(file, lineterminator=end, quoting=quoting)
        writer.writerows([header, *[[repr(v) for v in row] for row in rows]])
    found = read_csv(path, target)
    values, k = np.array(rows), header.index(target)
    assert np.array_equal(found.y, values[:, k])
    assert np.array_equal(found.X, np.c_[np.ones(len(rows)), np.delete(values, k, axis=1)])
    assert found.names == ("bias", *(h for h in header if h != target))
    assert found.target == target


def test_spaces_empty_lines_and_a_missing_last_newline(tmp_path: Path) -> None:
    """Blanks around names and numbers, empty lines, exponents and signs are read as a person reads them."""
    found = read_csv(write(tmp_path, " a , b\n\n 1e3 ,-2\n+.5, 0\n\n3,4"), "b")
    assert found.X.tolist() == [[1, 1000], [1, 0.5], [1, 3]]
    assert found.y.tolist() == [-2, 0, 4]


def test_the_target_alone_is_a_data_set(tmp_path: Path) -> None:
    """Without features there is the bias column."""
    assert read_csv(write(tmp_path, "y\n1\n0\n"), "y").X.tolist() == [[1], [1]]


BAD: dict[str, tuple[str | bytes, str]] = {
    "text": ("a,b\n1,2\n3,x\n", r"row 2 \(line 3\), column 'b': 'x' is not a number"),
    "text in the target": ("y,b\nyes,2\n", r"row 1 \(line 2\), column 'y': 'yes' is not a number"),
    "missing": ("a,b\n1,2\n3,\n", r"row 2 \(line 3\), column 'b': the value is missing"),
    "missing, as NA": ("a,b\nNA,2\n", r"row 1 \(line 2\), column 'a': the value is missing"),
    "nan": ("a,b\n1,NaN\n", r"row 1 \(line 2\), column 'b': the value is missing"),
    "signed nan": ("a,b\n1,-nan\n", r"column 'b': '-nan' is not a number"),
    "infinite": ("a,b\n1,2\n-inf,3\n", r"row 2 \(line 3\), column 'a': '-inf' is infinite or too large"),
    "too large": ("a,b\n1,1e999\n", r"row 1 \(line 2\), column 'b': '1e999' is infinite or too large"),
    "underscores": ("a,b\n1,1_000\n", r"column 'b': '1_000' is not a number"),
    "comma for the point": ('a,b\n1,"1,5"\n', r"column 'b': '1,5' is not a number"),
    "after a quoted line break": ('a,"b\nc"\n1,2\n3,x\n', r"row 2 \(line 4\)"),
    "short row": ("a,b\n1,2\n3\n", r"row 2 \(line 3\) has 1 values, but the header names 2 columns"),
    "long row": ("a,b\n1,2,3\n", r"row 1 \(line 2\) has 3 values"),
    "unknown target": ("agee,b\n1,2\n", r"no column 'age'; did you mean 'agee'\?"),
    "target in another case": ("AGE,b\n1,2\n", r"no column 'age'; did you mean 'AGE'\?"),
    "unknown and nothing near": ("p,q\n1,2\n", r"no column 'age'; its columns are p, q"),
    "semicolons": ("age;b\n1;2\n", "separate the columns by commas"),
    "duplicate names": ("age,b,age\n1,2,3\n", r"header: the name 'age' is there 2 times"),
    "a column without a name": ("age,,b\n1,2,3\n", "header: column 2 has no name"),
    "empty": ("", "is empty: expected a header line"),
    "blank": ("\n\n", "is empty"),
    "only a byte order mark": (b"\xef\xbb\xbf", "is empty"),
    "only a header": ("age,b\n", "has a header but no rows"),
    "binary": (b"\x89PNG\r\n\x1a\n\x00\x00", "is not a text file in UTF-8"),
    "null bytes": (b"\x00\x01\x02,\x00\n", "is a binary file"),
    "UTF-16": ("age,b\n1,2\n".encode("utf-16"), "is not a text file in UTF-8"),
    "not UTF-8 later on": (b"age,b\n1,\xff\n", "is not a text file in UTF-8"),
    "null bytes later on": (b"age,b\n1,\x00\n", r"row 1 \(line 2\), column 'b': '\\x00' is not a number"),
    "a huge field": ("age,b\n1," + "9" * 200_000 + "\n", r"line 2: field larger than field limit"),
    "a long text": ("age,b\n1," + "z" * 1_000 + "\n", r"column 'b': 'z{57}…' is not a number"),
    "an open quote": ('age,b\n1,"2\n', "line 2: unexpected end of data"),
}


@pytest.mark.parametrize(("content", "message"), BAD.values(), ids=BAD)
def test_bad_files_are_named(tmp_path: Path, content: str | bytes, message: str) -> None:
    """Each kind of bad file is a `DataError` that gives the file, and row and column where there are any."""
    target = "y" if isinstance(content, str) and content.startswith("y,") else "age"
    if isinstance(content, str) and content.startswith("a,"):
        target = "a"
    with pytest.raises(DataError, match=message) as caught:
        read_csv(write(tmp_path, content), target)
    assert "some.csv" in str(caught.value)
    assert len(str(caught.value)) < 400


def test_unreadable_files(tmp_path: Path) -> None:
    """No file, a folder, a name that cannot be one: an error that says so."""
    for path in (tmp_path / "none.csv", tmp_path, Path("a\0b")):
        with pytest.raises(DataError, match="cannot read"):
            read_csv(path, "y")
    fifo = tmp_path / "gone"
    os.symlink(fifo, fifo)
    with pytest.raises(DataError, match="cannot read"):
        read_csv(fifo, "y")


def test_targets_are_checked_against_the_loss() -> None:
    """The first target outside the loss's range is named with row and column; every number suits squared error."""
    d = Data(np.ones((3, 1)), np.array([0.0, 1.0, 1.5]), ("bias",), "sick")
    check_target(d, catalog.load("linear"))
    with pytest.raises(DataError, match=r"row 3, column 'sick': 1.5 is no target of the loss 'logistic', .* \[0, 1\]"):
        check_target(d, catalog.load("logistic"))


def test_the_real_data_are_the_published_ones() -> None:
    """Counts and sums of the two data sets that come with the package."""
    a, b = snoring(), stack_loss()
    assert a.sample_weight is not None
    assert a.sample_weight @ a.y == 110
    assert a.sample_weight.sum() == 2484
    assert (b.X[:, 0] == 1).all()
    assert b.X[:, 1:].sum(axis=0).tolist() == [1269, 443, 1812]
    assert b.y.sum() == 368


def test_a_large_file_takes_no_more_memory_than_its_numbers_need(tmp_path: Path) -> None:
    """200,000 values are read row by row: a few times 8 bytes each, not a Python object each."""
    import tracemalloc

    path = write(tmp_path, "a,b,c,y\n" + "1.5,2.5,3.5,1\n" * 50_000)
    tracemalloc.start()
    found = read_csv(path, "y")
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert found.X.shape == (50_000, 4)
    assert peak < 6 * 200_000 * 8
