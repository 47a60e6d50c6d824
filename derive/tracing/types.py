"""Other types for the entries of a stand-in: nothing changes, unless digits would be cut off."""

from __future__ import annotations

from typing import Any

import numpy as np

from derive.terms.term import Term
from derive.tracing.cells import Cell, Cells, cell_at, each
from derive.tracing.context import current, here, unreadable
from derive.tracing.entries import Entries


def astype(x: Entries, dtype: Any, *_: Any, copy: Any = True, **__: Any) -> Any:
    """Another type: nothing changes, unless numbers that need not be whole are made whole."""
    cells = x.settled()
    kind = np.dtype(dtype)
    if kind == np.float64 and not copy and not x.is_condition:
        return x  # it is of that type
    if kind.kind == "b":
        return x.like(each(lambda c: c.condition, here(), cells))
    if kind.kind == "O":
        return x.like(cells.copy())
    if kind.kind in "iu" and not all(is_whole(c.value) for c in cells.reshape(-1)):
        raise unreadable(f"astype({kind}) cuts digits off; say that the labels are whole: domain={{'y': '{{0, 1}}'}}")
    if kind.kind not in "iuf":
        raise unreadable(f"astype({kind}) is no array of real numbers")
    if kind in (np.float32, np.float16):
        current().note(f"astype({kind}) only rounds: the formulas are of real numbers")
    return x.like(_same_lines(cells))


def view(x: Entries, dtype: Any = None) -> Any:
    """The same entries once more; the bytes of conditions are 0 and 1, those of numbers are not known."""
    if dtype is None or (np.dtype(dtype) == np.float64 and not x.is_condition):
        return x.like(x.settled())
    if not x.is_condition or np.dtype(dtype).itemsize != 1:
        raise unreadable(f"the bytes of numbers are seen as {np.dtype(dtype)}")
    return astype(x, dtype)


def _same_lines(cells: Cells) -> Cells:
    out = np.empty(cells.shape, object)
    for index in np.ndindex(cells.shape):
        cell = cell_at(cells, index)
        out[index] = Cell(None if cell.term is None else cell.value, cell.place)
    return out


def is_whole(t: Term) -> bool:
    """Is this certainly a whole number?"""
    if t.head == "num":
        return t.value.denominator == 1
    if t.head == "sym":
        return current().domain[t.name].whole
    if t.head in ("add", "mul", "max", "min", "abs", "sign"):
        return t.head == "sign" or all(map(is_whole, t.args))
    if t.head == "piecewise":
        return all(map(is_whole, t.args[::2]))
    return t.head == "floor"
