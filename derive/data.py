"""Data sets: the user's, read from CSV with errors that name row and column, and two small real ones."""

from __future__ import annotations

import csv
import difflib
from array import array
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from itertools import chain, islice
from math import isfinite, isnan
from pathlib import Path
from typing import Any, TextIO

import numpy as np
from numpy.typing import NDArray

from derive.compiled.targets import outside
from derive.errors import DataError
from derive.loss import Loss

Array = NDArray[np.float64]

_MISSING = frozenset({"", "na", "n/a", "nan", "null", "none", "?", "."})
BIAS = "bias"


@dataclass(frozen=True)
class Data:
    """X (m×n, its first column 1: the bias), y (m), the names of the columns of X, the target's name, and weights."""

    X: Array
    y: Array
    names: tuple[str, ...]
    target: str = "y"
    sample_weight: Array | None = None
    title: str = "your data"

    def rows(self, which: Any) -> Data:
        """Some of the rows: a slice, their numbers, or a mask."""
        weight = None if self.sample_weight is None else self.sample_weight[which]
        return replace(self, X=self.X[which], y=self.y[which], sample_weight=weight)


def joined(parts: Sequence[Data]) -> Data:
    """The rows of all parts, of which all have weights or none."""
    if len(parts) == 1:
        return parts[0]
    weights = [p.sample_weight for p in parts if p.sample_weight is not None]
    X, y = np.concatenate([p.X for p in parts]), np.concatenate([p.y for p in parts])
    return replace(parts[0], X=X, y=y, sample_weight=np.concatenate(weights) if weights else None)


def read_csv(path: str | Path, target: str) -> Data:
    """Read a CSV file with a header and numeric columns; every column but `target` is a feature, a bias is added.

    Returns `Data` with X of shape (m, number of features + 1) and y of shape (m,), in file order. `DataError`, with
    row and column, for text, missing or infinite values, rows of another length, an unknown target, duplicate names,
    a file that is empty, has only a header, is binary or cannot be read. Rows count from 1, below the header.

    >>> import pathlib, tempfile
    >>> file = pathlib.Path(tempfile.mkdtemp(), "small.csv")
    >>> _ = file.write_text("age,sick\\n50,1\\n40,0\\n")
    >>> read_csv(file, "sick").X
    array([[ 1., 50.],
           [ 1., 40.]])
    """
    return next(csv_blocks(Path(path), target, lambda columns: None))


def csv_blocks(path: Path, target: str, size: Callable[[int], int | None]) -> Iterator[Data]:
    """The rows of a CSV file in file order, in blocks of `size(columns)` rows (None: all); errors as in `read_csv`."""
    with _opened(path) as (file, name):
        rows = csv.reader(file, strict=True)
        header = _header(rows, name, target)
        numbers, most = _rows(rows, header, name), size(len(header))
        if (first := next(numbers, None)) is None:
            raise DataError(f"{name} has a header but no rows: there is nothing to compare on")
        numbers = chain([first], numbers)
        while (held := [_block(numbers, most)])[0]:
            yield _data(held.pop(), header, target)  # nothing of a block stays while the next one is read


def _block(numbers: Iterator[list[float]], most: int | None) -> array[float]:
    out = array("d")
    for row in islice(numbers, most):
        out.extend(row)
    return out


def _data(numbers: array[float], header: Sequence[str], target: str) -> Data:
    values, column = np.frombuffer(numbers, dtype=np.float64).reshape(-1, len(header)), header.index(target)
    X = np.column_stack([np.ones(len(values)), np.delete(values, column, axis=1)])
    return Data(X, values[:, column].copy(), (BIAS, *header[:column], *header[column + 1 :]), target)


@contextmanager
def _opened(path: Path) -> Iterator[tuple[TextIO, str]]:
    """The open file; anything that makes it unreadable is a `DataError`."""
    name = str(path)
    try:
        with path.open(newline="", encoding="utf-8-sig") as file:
            yield file, name
    except UnicodeDecodeError as error:
        raise DataError(f"{name} is not a text file in UTF-8: {error.reason} at byte {error.start}") from None
    except (OSError, ValueError) as error:  # ValueError: a null byte in the name
        raise DataError(f"cannot read {name}: {getattr(error, 'strerror', None) or error}") from None


def _header(rows: Any, name: str, target: str) -> list[str]:
    header = [h.strip() for h in _next(rows, name) or []]
    if not any(header):
        raise DataError(f"{name} is empty: expected a header line with the names of the columns")
    if any("\0" in h for h in header):
        raise DataError(f"{name} is a binary file: expected text, with numbers separated by commas")
    for number, h in enumerate(header, 1):
        if not h or header.count(h) > 1:
            what = f"the name {h!r} is there {header.count(h)} times" if h else f"column {number} has no name"
            raise DataError(f"{name}, header: {what}; give each column its own name")
    if target not in header:
        raise DataError(f"{name} has no column {_short(target)}{_hint(target, header)}")
    return header


def _hint(target: str, header: Sequence[str]) -> str:
    if len(header) == 1 and any(c in header[0] for c in ";\t|"):
        return f": its header is {_short(header[0])}; separate the columns by commas"
    near = difflib.get_close_matches(target, header, n=1, cutoff=0.5)
    same = [h for h in header if h.casefold() == target.casefold()]
    names = ", ".join(header[:20]) + (", …" if len(header) > 20 else "")
    return f"; did you mean {(same or near)[0]!r}?" if same or near else f"; its columns are {names}"


def _next(rows: Any, name: str) -> list[str] | None:
    try:
        return next(rows, None)
    except csv.Error as error:
        raise DataError(
            f"{name}, line {rows.line_num}: {error}; expected text with numbers separated by commas"
        ) from None


def _rows(rows: Any, header: Sequence[str], name: str) -> Iterator[list[float]]:
    """The numbers, row after row."""
    number = 0
    while (row := _next(rows, name)) is not None:
        if not row:  # an empty line
            continue
        number += 1
        place = f"{name}, row {number} (line {rows.line_num})"
        if len(row) != len(header):
            raise DataError(f"{place} has {len(row)} values, but the header names {len(header)} columns")
        try:
            numbers = [float(text) for text in row]
        except ValueError:
            numbers = []
        if not numbers or not all(map(isfinite, numbers)) or "_" in "".join(row):
            _reject(row, header, place)
        yield numbers


def _reject(row: Sequence[str], header: Sequence[str], place: str) -> None:
    for text, column in zip(row, header, strict=True):
        if text.strip().casefold() in _MISSING:
            raise DataError(f"{place}, column {column!r}: the value is missing; remove the row or fill it in")
        try:
            number = float(text)
        except ValueError:
            number = float("nan")
        if "_" in text or isnan(number):
            raise DataError(
                f"{place}, column {column!r}: {_short(text)} is not a number; use digits and a decimal point"
            )
        if not isfinite(number):
            raise DataError(f"{place}, column {column!r}: {_short(text)} is infinite or too large for a float")


def _short(text: str) -> str:
    return repr(text if len(text) <= 60 else text[:57] + "…")


def check_target(data: Data, loss: Loss, start: int = 0) -> None:
    """`DataError`, with the row, unless every target is one that the loss is defined for; `start` rows came before.

    >>> from derive import catalog
    >>> check_target(snoring(), catalog.load("logistic"))
    """
    bad = outside(data.y, loss.interval_y_true)
    if bad.any():
        row = int(bad.argmax())
        raise DataError(
            f"{data.title}, row {start + row + 1}, column {data.target!r}: {data.y[row]:g} is no target of the loss "
            f"{loss.name!r}, whose targets are in {loss.interval_y_true}"
        )


def snoring() -> Data:
    """Snoring (score 0, 2, 4, 5) and heart disease: 2,484 people as 8 weighted rows.

    A. Agresti, Categorical Data Analysis.

    >>> int(snoring().sample_weight.sum())
    2484
    """
    score, yes, no = [0, 2, 4, 5], [24, 35, 21, 30], [1355, 603, 192, 224]
    X = np.column_stack([np.ones(8), np.array(score * 2, float)])
    y, weight = np.repeat([1.0, 0.0], 4), np.array(yes + no, float)
    return Data(X, y, (BIAS, "snoring"), "heart_disease", weight, "snoring and heart disease")


def stack_loss() -> Data:
    """Stack loss of an ammonia plant, 21 days. K. A. Brownlee, Statistical Theory and Methodology, 1965.

    >>> stack_loss().X.shape
    (21, 4)
    """
    air = [80, 80, 75, 62, 62, 62, 62, 62, 58, 58, 58, 58, 58, 58, 50, 50, 50, 50, 50, 56, 70]
    water = [27, 27, 25, 24, 22, 23, 24, 24, 23, 18, 18, 17, 18, 19, 18, 18, 19, 19, 20, 20, 20]
    acid = [89, 88, 90, 87, 87, 87, 93, 93, 87, 80, 89, 88, 82, 93, 89, 86, 72, 79, 80, 82, 91]
    loss = [42, 37, 37, 28, 18, 18, 19, 20, 15, 14, 14, 13, 11, 12, 8, 7, 8, 8, 9, 15, 15]
    X = np.column_stack([np.ones(21), air, water, acid]).astype(float)
    return Data(X, np.array(loss, float), (BIAS, "air", "water", "acid"), "loss", None, "stack loss")
