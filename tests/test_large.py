"""Data that outgrow memory: the same verdicts as in memory, within the stated bound; an error in one late row shows."""

from __future__ import annotations

import os
import subprocess
import sys
import tracemalloc
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from click.testing import CliRunner, Result

from derive import catalog, compiled
from derive.cli import main
from derive.data import Data, joined
from derive.errors import DataError
from derive.gradcheck import gradcheck
from derive.gradcheck.samples import generated
from derive.gradcheck.switches import switches
from derive.large import MIB, Blocks, block_rows, in_blocks, open_csv, outgrows
from tests.shared import few

LOGISTIC = catalog.load("logistic")
ROWS = 2_000


def study(rows: int = ROWS, scale: float = 1.0) -> Data:
    """A bias, a measurement, and the number of the row, which tells a wrong gradient where it is."""
    rng = np.random.default_rng(7)
    X = np.column_stack([np.ones(rows), rng.normal(size=rows) * scale, np.arange(rows)])
    return Data(X, (rng.random(rows) < 0.5).astype(float), ("bias", "dose", "number"))


def pieces(data: Data, rows: int) -> Blocks:
    """The same rows, so many at a time."""
    return Blocks(lambda: (data.rows(slice(k, k + rows)) for k in range(0, len(data.y), rows)))


def wrong_in(first: int, last: int, factor: float, name: str = "gradient") -> Callable[..., Any]:
    """The compiled function, but for what the rows from one number to another add: that counts so many times."""
    right = getattr(compiled, name)(LOGISTIC)

    def function(theta: Any, X: Any, y: Any, sample_weight: Any = None) -> Any:
        w = np.ones(len(y)) if sample_weight is None else sample_weight
        if X.shape[1] == 3 and len(y) < ROWS:
            w = np.where((X[:, 2] >= first) & (X[:, 2] < last), factor, 1.0) * w
        return right(theta, X, y, w)

    return function


@pytest.mark.parametrize("name", ["gradient", "hessian"])
@pytest.mark.parametrize(
    ("first", "last", "factor"),
    [
        (1_800, 2_000, 1 + 1e-7),  # the last block, a little
        (1_900, 1_901, 1 + 1e-5),  # one row of it, and not one of those that are differenced in high precision
        (1_999, 2_000, 0.0),  # the last row, which is forgotten
        (200, 400, 0.0),  # a block that is forgotten
        (0, 200, 2.0),
    ],
)
def test_an_error_in_one_block_is_found(name: str, first: int, last: int, factor: float) -> None:
    """Wherever it is; and the record says between which rows."""
    found = gradcheck(LOGISTIC, data=pieces(study(), 200), **{name: wrong_in(first, last, factor, name)})  # type: ignore[arg-type]
    bad = [c for c in found.checks if not c.ok]
    start = first // 200 * 200
    assert any(c.name.startswith(name) and f"rows {start + 1:,} to {start + 200:,}" in c.worst for c in bad), bad


def test_an_error_in_the_few_rows_that_are_left_is_found() -> None:
    """The last block may have few rows: they are compared in high precision, each of them."""
    wrong = wrong_in(1_990, 1_991, 1 + 1e-6)
    found = gradcheck(LOGISTIC, data=pieces(study(1_995), 199), gradient=wrong)
    assert [c.name for c in found.checks if not c.ok] == [
        "gradient: J with 77 digits, your data, rows 1,991 to 1,995",
    ]


def test_a_block_with_few_rows_is_the_last_one() -> None:
    """Elsewhere its rows would be left out of the comparison in float64: whoever makes blocks is told."""
    data = study()
    short = Blocks(
        lambda: iter([data.rows(slice(0, 1_000)), data.rows(slice(1_000, 1_010)), data.rows(slice(1_010, None))])
    )
    with pytest.raises(DataError, match="a block of 10 rows is not the last one"):
        gradcheck(LOGISTIC, data=short, gradient=wrong_in(1_003, 1_004, 2.0))


def test_one_block_is_compared_as_data_in_memory() -> None:
    """Check for check, digit for digit."""
    for data in (study(), study(20), generated(LOGISTIC, 300, 3)):
        assert gradcheck(LOGISTIC, data=pieces(data, 10_000)) == gradcheck(LOGISTIC, data=data)


@pytest.mark.parametrize("name", few(["logistic", "linear-l2", "poisson", "absolute", "huber", "quantile", "tukey"]))
def test_no_false_alarm(name: str) -> None:
    """Right functions agree on many blocks, with weights, and where the later rows are a million times the first."""
    loss = catalog.load(name)
    wide = generated(loss, 3_000, 3)
    far = wide.rows(slice(0, 1_000))
    far.X[:, 1:] *= 1e6
    found = gradcheck(loss, data=pieces(joined([wide, far]), 400))
    assert found.ok, [c for c in found.checks if not c.ok]
    assert any("(4,000 × 3), 10 blocks" in c.name and "each block of rows by itself" in c.why for c in found.checks)


@pytest.mark.parametrize("name", few(["absolute", "quantile", "huber", "tukey"]))
def test_many_rows_at_kinks_are_no_false_alarm(name: str) -> None:
    """Among many rows some are so near a kink that differences go across it: they are left out, and that is said."""
    loss, rng = catalog.load(name), np.random.default_rng(3)
    X = np.column_stack([np.ones(20_000), rng.normal(size=20_000)])
    found = gradcheck(loss, data=Data(X, rng.normal(size=20_000) * 3, ("bias", "dose")))
    assert found.ok, [c for c in found.checks if not c.ok]
    assert any("are left out" in c.why for c in found.checks)
    assert switches(loss.at(loss.settings[0]))


def test_only_rows_at_kinks() -> None:
    """Where every row is at a kink, float64 has nothing to say, and nothing is said."""
    names = [
        c.name for c in gradcheck(catalog.load("absolute"), data=Data(np.zeros((99, 1)), np.zeros(99), ("x",))).checks
    ]
    assert not any("J in float64, your data" in name for name in names)


# -- the bound


def on_disk(folder: Path, rows: int, columns: int) -> Data:
    """Zeros, in a file that takes no room, mapped into memory."""
    X = np.lib.format.open_memmap(folder / "X.npy", "w+", np.float64, (rows, columns))
    return Data(X, np.zeros(rows), tuple(map(str, range(columns))))


MEASURED = """
import sys, tracemalloc, numpy as np
from derive import catalog
from derive.data import Data
from derive.gradcheck import gradcheck
from derive.large import MIB, Blocks, in_blocks
X = np.load(sys.argv[1], mmap_mode="r")
loss, seen = catalog.load("logistic"), []
gradcheck(loss)  # what is made once is there
def counted():
    for block in in_blocks(Data(X, np.zeros(len(X)), ()), 4 * MIB).read():
        seen.append(len(block.y))
        yield block
tracemalloc.start()
ok = gradcheck(loss, data=Blocks(counted)).ok
print(ok, sum(seen), X.nbytes / MIB, tracemalloc.get_traced_memory()[1] / MIB)
"""


def test_memory_stays_within_the_bound(tmp_path: Path) -> None:
    """32 MiB on disk are compared within 4 MiB (and y, which is in memory), and each row is read once."""
    assert outgrows(on_disk(tmp_path, 1 << 17, 32))
    command = [sys.executable, "-c", MEASURED, str(tmp_path / "X.npy")]
    one_thread = {**os.environ, "OPENBLAS_NUM_THREADS": "1"}  # for a small product, threads take longer than the work
    done = subprocess.run(command, env=one_thread, capture_output=True, text=True, check=True)
    ok, rows, size, peak = done.stdout.split()
    assert (ok, int(rows), float(size)) == ("True", 1 << 17, 32)
    assert float(peak) < 4 + 1


@pytest.mark.parametrize("columns", [2, 20])
def test_a_csv_file_is_read_within_the_bound(tmp_path: Path, columns: int) -> None:
    """Rows for which the bound would have to be several times as large, of two columns or of many."""
    rows, path = 80_000 // columns, tmp_path / "wide.csv"
    line = ",".join(["1"] * columns) + "\n"
    path.write_text(",".join(f"c{k}" for k in range(columns)) + "\n" + line * rows)
    found = open_csv(path, "c0", MIB)
    assert isinstance(found, Blocks)
    tracemalloc.start()
    sizes = [len(block.y) for block in found.read()]
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert sum(sizes) == rows > 3 * block_rows(columns, MIB)
    assert set(sizes[:-1]) == {block_rows(columns, MIB)}
    assert peak < MIB


def test_a_bound_that_is_too_small_is_an_error() -> None:
    """It says what is needed; by default there is always enough."""
    with pytest.raises(DataError, match=r"1000 columns and their Hessian need 49 MiB; 8 MiB are not enough"):
        block_rows(1_000, 8 * MIB)
    assert block_rows(10_000) == 64
    assert block_rows(3, 10**40) == 1 << 40


# -- mapped arrays


def test_mapped_arrays_that_cannot_be_used(tmp_path: Path) -> None:
    """A missing number, another length, text: where, and what."""
    data = on_disk(tmp_path, 3_000, 3)
    rows = block_rows(3)
    assert rows > 3_000
    data.X[2_500, 1] = np.nan
    with pytest.raises(DataError, match=r"X\[2500, 1\] is nan"):
        gradcheck(LOGISTIC, data=data)
    start = block_rows(3, 65_536)
    with pytest.raises(DataError, match=rf"starts at row {2_500 // start * start}.* X\[{2_500 % start}, 1\] is nan"):
        list(in_blocks(data, 65_536).read())
    with pytest.raises(DataError, match=r"X has shape \(3000, 3\) and y \(5,\)"):
        gradcheck(LOGISTIC, data=Data(data.X, np.zeros(5), ()))
    with pytest.raises(DataError, match="no rows"):
        gradcheck(LOGISTIC, data=Blocks(lambda: iter([])))


# -- the command


def run(*args: str) -> Result:
    """The command line, in this process."""
    return CliRunner().invoke(main, ["verify", "linear", "--no-cache", *args])


LINES = "age,dose,ill\n" + "1.5,2.25,1\n2,0.5,0\n-1,1,1\n" * 4_000


def test_a_file_larger_than_the_memory(tmp_path: Path) -> None:
    """It is compared in blocks, and what is printed says how many; with enough memory all is as it was."""
    file = tmp_path / "study.csv"
    file.write_text(LINES)
    result = run("--data", str(file), "--target", "ill", "--memory", "1")
    assert result.exit_code == 0, result.output
    assert "your data (12,000 × 3), 3 blocks" in " ".join(result.output.split())
    whole = run("--data", str(file), "--target", "ill")
    assert whole.exit_code == 0
    assert "your data (12,000 × 3)" in " ".join(whole.output.split())
    assert "blocks" not in whole.output


@pytest.mark.parametrize(
    ("more", "why"),
    [
        ("1,x,1\n", "row 12001 (line 12002), column 'dose': 'x' is not a number"),
        ("1,1\n", "row 12001 (line 12002) has 2 values, but the header names 3 columns"),
        ("1,,1\n", "row 12001 (line 12002), column 'dose': the value is missing"),
        ("1,1e999,1\n", "row 12001 (line 12002), column 'dose': '1e999' is infinite"),
        ('1,"1\n', "unexpected end of data"),
    ],
)
def test_what_is_wrong_in_a_late_block_is_placed(tmp_path: Path, more: str, why: str) -> None:
    """Exit code 2, the row and the line, and nothing on the standard output."""
    file = tmp_path / "study.csv"
    file.write_text(LINES + more)
    result = run("--data", str(file), "--target", "ill", "--memory", "1")
    assert (result.exit_code, result.stdout) == (2, "")
    assert why in result.stderr
    file.write_text(LINES + "1,1,7\n")
    with pytest.raises(DataError, match="row 12001, column 'ill': 7 is no target of the loss 'logistic'"):
        gradcheck(LOGISTIC, data=open_csv(file, "ill", MIB))


def test_a_folder_of_files(tmp_path: Path) -> None:
    """In the order of their names, small ones together; all must have the same columns."""
    for k in range(30):
        (tmp_path / f"part-{k:02}.csv").write_text(f"dose,ill\n{k},1\n{k + 0.5},0\n")
    found = open_csv(tmp_path, "ill")
    assert isinstance(found, Blocks)
    (block,) = found.read()
    assert block.X[:, 1].tolist() == [k / 2 for k in range(60)]
    result = run("--data", str(tmp_path), "--target", "ill")
    assert result.exit_code == 0, result.output
    (tmp_path / "part-99.csv").write_text("ill,age\n1,50\n")
    result = run("--data", str(tmp_path), "--target", "ill")
    assert result.exit_code == 2
    assert "part-99.csv has other columns than" in result.stderr


def test_folders_and_options_that_cannot_be_used(tmp_path: Path) -> None:
    """No files, no such target, no data, no memory."""
    cases = {
        ("--data", str(tmp_path), "--target", "ill"): "a folder without files whose names end in .csv",
        ("--memory", "5"): "--memory is for the numbers of --data",
        ("--data", str(tmp_path), "--target", "ill", "--memory", "0"): "0 is not in the range",
    }
    for args, why in cases.items():
        result = run(*args)
        assert (result.exit_code, why in result.stderr) == (2, True), result.output
    (tmp_path / "study.csv").write_text(LINES)
    result = run("--data", str(tmp_path / "study.csv"), "--target", "sick", "--memory", "1")
    assert result.exit_code == 2
    assert "has no column 'sick'" in result.stderr
