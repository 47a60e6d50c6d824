"""One entry of a stand-in: a term, and the line that made it. Numbers of Python and NumPy as entries."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeAlias, cast

import numpy as np
from numpy.typing import NDArray

from derive.terms.term import CONDITION_HEADS, Term, make, num, sym
from derive.tracing import constants
from derive.tracing.context import Place, unreadable
from derive.tracing.infinity import INFINITE

Cells: TypeAlias = NDArray[Any]  # of Cell
Branches: TypeAlias = tuple[tuple[Term, int], ...]
TRUE, FALSE = make("true"), make("false")
UNSET = sym("never_given")  # any number: what is in the memory that `np.empty` was given


class Cell:
    """An entry. Without a term it is one that has not been given a value (of `np.empty`, or NaN).

    `branches`: the lines of the paths on which it was made, each with the condition of the path.
    """

    __slots__ = ("branches", "place", "term")

    def __init__(self, term: Term | None, place: Place | None = None, branches: Branches = ()) -> None:
        self.term = term
        self.place = place
        self.branches = branches

    @property
    def value(self) -> Term:
        """The term as a value: a condition counts as 1 or 0."""
        t = self.known
        if t.head not in CONDITION_HEADS:
            return t
        if t.head in ("true", "false"):
            return num(int(t.head == "true"))
        return make("piecewise", num(1), t, num(0), TRUE)

    @property
    def condition(self) -> Term:
        """The term as a condition: a number counts as true if it is not 0."""
        t = self.known
        if t.head in CONDITION_HEADS:
            return t
        if t.head == "num":
            return TRUE if t.value else FALSE
        return _indicated(t) or make("ne", t, num(0))

    @property
    def known(self) -> Term:
        """The term, which must be there."""
        if self.term is None:
            raise unreadable("a number is used that was not given a value, or is NaN")
        return self.term

    @property
    def is_condition(self) -> bool:
        """Is this true or false, and not a number?"""
        return self.term is not None and self.term.head in CONDITION_HEADS


def _indicated(t: Term) -> Term | None:
    """The condition of which a term is 1 or 0."""
    if t.head == "piecewise" and t.args[0] == num(1) and t.args[2:] == (num(0), TRUE):
        return t.args[1]
    return None


def cell_of(x: Any, place: Place | None) -> Cell:
    """A number, a condition or a term as an entry."""
    if isinstance(x, Cell):
        return x
    if isinstance(x, Term):
        return Cell(x, place)
    if isinstance(x, (bool, np.bool_)):
        return Cell(TRUE if x else FALSE, place)
    if isinstance(x, (int, np.integer)):
        return Cell(num(int(x)), place)
    if isinstance(x, (float, np.floating)):
        if np.isinf(x):
            return Cell(INFINITE[int(x > 0)], place)
        return Cell(None if np.isnan(x) else constants.read(float(str(x))), place)
    raise unreadable(f"{type(x).__name__} is no number that can be followed")


def array(cells: Any, shape: tuple[int, ...] = ()) -> Cells:
    """One entry, or many, as an array of a shape."""
    if isinstance(cells, np.ndarray):
        return cells
    out = np.empty(shape, object)
    out[...] = cells
    return out


def cell_at(cells: Cells, index: tuple[int, ...]) -> Cell:
    """One entry of an array."""
    return cast("Cell", cells[index])


def of_numbers(x: Any, place: Place | None) -> Cells:
    """An array of numbers as entries."""
    values = np.asarray(x)
    out = np.empty(values.shape, object)
    for index in np.ndindex(values.shape):
        out[index] = cell_of(values[index], place)
    return out


def each(build: Callable[..., Term], place: Place | None, *operands: Cells) -> Cells:
    """A term for each place of arrays that are broadcast together."""
    made = np.frompyfunc(lambda *cells: Cell(build(*cells), place), len(operands), 1)(*operands)
    return array(made)
