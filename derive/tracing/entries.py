"""The entries of a stand-in, and how numbers, lists and arrays beside it get entries too."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from derive.terms.term import Term
from derive.tracing.cells import Cell, Cells, array, cell_at, cell_of, of_numbers
from derive.tracing.context import current, here, unreadable


class Entries:
    """An array of entries. With a `mask`, it stands for those at which the mask is true (`a[a > 0]`)."""

    __slots__ = ("cells", "mask")

    def __init__(self, cells: Cells, mask: Cells | None = None) -> None:
        self.cells = cells
        self.mask = mask

    def like(self, cells: Cells, mask: Cells | None = None) -> Self:
        """Another one of the same class."""
        return type(self)(cells, mask)

    def settled(self) -> Cells:
        """The entries; of a selection by a mask, those that this path selects."""
        if self.mask is not None:
            chosen = decided(self.mask)
            self.cells, self.mask = self.cells[chosen], None
        return self.cells

    def one(self) -> Cell:
        """The only entry."""
        cells = self.settled()
        if cells.size != 1:
            raise unreadable(f"an array of {cells.size} entries where a single number is needed")
        out: Cell = cells.reshape(-1)[0]
        return out

    def term(self) -> Term:
        """The term of the only entry, as a value."""
        return self.one().value

    @property
    def is_condition(self) -> bool:
        """Is every entry true or false?"""
        return self.cells.size > 0 and all(c.is_condition for c in self.cells.reshape(-1))


def decided(mask: Cells) -> NDArray[np.bool_]:
    """Which entries of a mask hold on this path."""
    out = np.zeros(mask.shape, bool)
    for index in np.ndindex(mask.shape):
        out[index] = current().decisions.holds(cell_at(mask, index).condition)
    return out


def same_mask(inputs: Iterable[Any]) -> Cells | None:
    """The mask that all selections among these have; None if there is none, or they differ."""
    masks = [x.mask for x in inputs if isinstance(x, Entries) and x.mask is not None]
    if not masks or any(not equal(m, masks[0]) for m in masks):
        return None
    wide = any(np.ndim(getattr(x, "cells", x)) > 0 for x in inputs if getattr(x, "mask", None) is None)
    return None if wide else masks[0]


def equal(a: Cells, b: Cells) -> bool:
    """Are two masks the same?"""
    return a.shape == b.shape and all(x.term == y.term for x, y in zip(a.reshape(-1), b.reshape(-1), strict=True))


def cells_of(x: Any, mask: Cells | None = None) -> Cells:
    """The entries of anything; with a mask, a selection by it keeps all of its own."""
    if isinstance(x, Entries):
        return x.cells if mask is not None and x.mask is not None else x.settled()
    if isinstance(x, (Cell, Term, bool, int, float, np.generic)):
        return array(cell_of(x, here()))
    if isinstance(x, (list, tuple)):
        return _stacked([cells_of(part) for part in x])
    values = np.asarray(getattr(x, "values", x))
    return _of_objects(values) if values.dtype == object else of_numbers(values, here())


def _stacked(parts: list[Cells]) -> Cells:
    if len({p.shape for p in parts}) > 1:
        raise unreadable("a list whose parts have different shapes")
    return np.stack(parts) if parts else np.empty(0, object)


def _of_objects(values: NDArray[Any]) -> Cells:
    out = np.empty(values.shape, object)
    for index in np.ndindex(values.shape):
        x = values[index]
        if x is None:
            raise unreadable("None where a number is needed")
        out[index] = x.one() if isinstance(x, Entries) else cell_of(x, here())
    return out
