"""Reading and writing parts of a stand-in: slices, numbers, masks; and what the path decides."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import numpy as np

from derive.prove.ball import Evaluator
from derive.prove.ball_functions import to_arb
from derive.prove.point import Point
from derive.prove.signals import GaveUp, Undefined
from derive.terms.term import Term, free_names
from derive.tracing.arithmetic import where
from derive.tracing.cells import UNSET, Cell, Cells, array, each
from derive.tracing.context import current, here, unreadable
from derive.tracing.entries import Entries, cells_of, decided, equal


def get(me: Entries, key: Any) -> Any:
    """`me[key]`. A mask that depends on the data selects nothing yet: that is decided when it must be."""
    cells = me.settled()
    mask = _mask(key, cells)
    if mask is not None:
        return me.like(cells, mask)
    found = cells[concrete(key)]
    return me.like(array(found) if isinstance(found, Cell) else found)


def put(me: Entries, key: Any, value: Any) -> None:
    """`me[key] = value`."""
    cells = me.settled()
    mask = _mask(key, cells)
    if mask is not None and _fits(value, mask):
        new = cells_of(value, mask)
        cells[...] = each(replaced, here(), mask, new, cells)
        return
    target = concrete(key) if mask is None else decided(mask)
    new = cells_of(value)
    cells[target] = new[()] if new.shape == () else new


def replaced(condition: Cell, new: Cell, old: Cell) -> Term:
    """The new value where the condition holds, else the old one: any number, if there never was one."""
    return where(condition.condition, new.value, old.value if old.term else UNSET)


def _mask(key: Any, cells: Cells) -> Cells | None:
    """The entries of a mask of the whole array that depends on the data."""
    if not isinstance(key, Entries) or not key.is_condition or key.settled().shape != cells.shape:
        return None
    fixed = all(c.condition.head in ("true", "false") for c in key.cells.reshape(-1))
    return None if fixed or not cells.shape else key.cells


def _fits(value: Any, mask: Cells) -> bool:
    """Is this one number, or a selection by the same mask?"""
    if isinstance(value, Entries) and value.mask is not None:
        return equal(value.mask, mask)
    return np.ndim(value.cells if isinstance(value, Entries) else value) == 0


def concrete(key: Any) -> Any:
    """An index in which nothing depends on the data any more: the path decides."""
    if isinstance(key, tuple):
        return tuple(map(concrete, key))
    if isinstance(key, Entries):
        return decided(key.settled()) if key.is_condition else _whole(key)
    if isinstance(key, list) and any(isinstance(k, Entries) for k in key):
        return [concrete(k) for k in key]
    return key


def _whole(key: Entries) -> Any:
    cells = key.settled()
    if not cells.shape:
        return decided_index(key.one())
    return np.array([decided_index(c) for c in cells.reshape(-1)], int).reshape(cells.shape)


def decided_number(cell: Cell, what: str) -> Fraction:
    """The value of an entry on this path."""
    term = cell.value
    value = current().decisions.value(term)
    if value is None and not free_names(term):
        value = _constant(cell)
    if value is None:
        hint = "; a domain of finitely many values, such as {0, 1}, would help" if term.head == "sym" else ""
        raise unreadable(f"{what} of something that depends on the data{hint}")
    return value


def _constant(cell: Cell) -> Fraction | None:
    try:
        ball = to_arb(Evaluator(Point({}, current().domain)).go(cell.value))
    except (GaveUp, Undefined, ZeroDivisionError):
        return None
    return Fraction(float(ball.mid()))


def decided_index(cell: Cell) -> int:
    """The whole number that an entry is on this path."""
    value = decided_number(cell, "an index that is made")
    if value.denominator != 1:
        raise unreadable(f"an index that is not whole: {value}")
    return int(value)


def as_array(me: Entries, kind: type[Entries], dtype: Any) -> Any:
    """An array of numbers where all are decided (an index, a mask), else an array of stand-ins for scalars."""
    cells = me.settled()
    if dtype is not None and np.dtype(dtype) != object:
        return _numbers(cells).astype(dtype)
    if dtype is None and me.is_condition:
        return decided(cells)
    finite = current().domain
    names = frozenset().union(*(free_names(c.known) for c in cells.reshape(-1)))
    if dtype is None and cells.size and all(finite[n].values is not None for n in names):
        return _numbers(cells)
    out = np.empty(cells.shape, object)
    for index in np.ndindex(cells.shape):
        out[index] = kind(array(cells[index]))
    return out


def _numbers(cells: Cells) -> Any:
    values = [decided_number(c, "a number for compiled code that is made") for c in cells.reshape(-1)]
    whole = all(v.denominator == 1 for v in values)
    return np.array([int(v) if whole else float(v) for v in values]).reshape(cells.shape)
