"""Sums, products, extremes and means over axes, and products of matrices."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import reduce
from typing import Any

import numpy as np

from derive.terms.term import Term, make, num, power
from derive.tracing.arithmetic import both, either, minus, operation, over, plus, times, where
from derive.tracing.cells import FALSE, TRUE, Cell, Cells, array, each
from derive.tracing.context import here, unreadable
from derive.tracing.entries import Entries, cells_of

Fold = Callable[[Sequence[Cell]], Term]


def _folded(build: Callable[[Term, Term], Term], start: Term) -> Fold:
    return lambda cells: reduce(build, (c.value for c in cells), start)


def _junction(build: Callable[[Term, Term], Term], start: Term) -> Fold:
    return lambda cells: reduce(build, (c.condition for c in cells), start)


def _extreme(head: str) -> Fold:
    def fold(cells: Sequence[Cell]) -> Term:
        terms = tuple(dict.fromkeys(c.value for c in cells))
        if not terms:
            raise unreadable(f"the {head} of no entries")
        return terms[0] if len(terms) == 1 else make(head, *terms)

    return fold


def _mean(cells: Sequence[Cell]) -> Term:
    if not cells:
        raise unreadable("the mean of no entries")
    return over(FOLDS["add"](cells), num(len(cells)))


def _variance(cells: Sequence[Cell]) -> Term:
    middle = _mean(cells)
    return _mean([Cell(power(minus(c.value, middle), num(2))) for c in cells])


#: by the name of NumPy's ufunc or function
FOLDS: dict[str, Fold] = {
    "add": _folded(plus, num(0)),
    "multiply": _folded(times, num(1)),
    "maximum": _extreme("max"),
    "minimum": _extreme("min"),
    "logical_and": _junction(both, TRUE),
    "logical_or": _junction(either, FALSE),
    "mean": _mean,
    "var": _variance,
    "std": lambda cells: power(_variance(cells), num(1, 2)),
    "logsumexp": lambda cells: make("log", FOLDS["add"]([Cell(make("exp", c.value)) for c in cells])),
    "norm": lambda cells: power(FOLDS["add"]([Cell(power(c.value, num(2))) for c in cells]), num(1, 2)),
}


_NEUTRAL = {"add": num(0), "multiply": num(1), "logical_and": num(1), "logical_or": num(0)}


def reduced(me: Entries, name: str, axis: Any = None, keepdims: Any = False, only: Any = True) -> Any:
    """A fold over some axes, or over all."""
    if me.mask is not None and axis is None and name in ("add", "mean"):
        return _of_selection(me, name)
    cells = me.settled()
    if only is not True:
        cells = each(_left_out(name), here(), cells_of(only), cells)
    axes = tuple(range(cells.ndim)) if axis is None else tuple(np.atleast_1d(axis) % cells.ndim)
    kept = [i for i in range(cells.ndim) if i not in axes]
    rows = np.transpose(cells, (*kept, *axes)).reshape(*(cells.shape[i] for i in kept), -1)
    out, place = np.empty(rows.shape[:-1], object), here()
    for index in np.ndindex(out.shape):
        out[index] = Cell(FOLDS[name](list(rows[index])), place)
    shape = tuple(1 if i in axes else n for i, n in enumerate(cells.shape)) if _is_on(keepdims) else out.shape
    return me.like(array(out).reshape(shape))


def _left_out(name: str) -> Callable[[Cell, Cell], Term]:
    """An entry where it counts (`where=`), else what changes nothing."""
    if name not in _NEUTRAL:
        raise unreadable(f"`where` of the {name} of entries")
    return lambda c, x: where(c.condition, x.value, _NEUTRAL[name])


def _is_on(keepdims: Any) -> bool:
    return keepdims is True or keepdims == 1


def _of_selection(me: Entries, name: str) -> Any:
    """The sum of what a mask selects, without a decision."""
    place, mask = here(), me.mask if me.mask is not None else me.cells
    chosen = each(lambda c, x: where(c.condition, x.value, num(0)), place, mask, me.cells)
    total = FOLDS["add"](list(chosen.reshape(-1)))
    if name == "mean":
        total = over(total, FOLDS["add"](list(mask.reshape(-1))))
    return me.like(array(Cell(total, place)))


def of_ufunc(me: Entries, name: str, method: str, inputs: Sequence[Any], options: dict[str, Any]) -> Any:
    """`np.add.reduce` and the like."""
    if method == "reduce" and name in FOLDS:
        axis = options.get("axis", inputs[1] if len(inputs) > 1 else 0)
        x, keepdims, only = me.like(cells_of(inputs[0])), options.get("keepdims", False), options.get("where", True)
        return started(name, reduced(x, name, axis, keepdims, only), options.get("initial"))
    if method == "outer":
        left, right = map(cells_of, inputs)
        return me.like(each(operation(name), here(), left.reshape(*left.shape, *(1,) * right.ndim), right))
    raise unreadable(f"np.{name}.{method} is not followed")


def started(name: str, made: Entries, initial: Any) -> Any:
    """With the number that a fold starts from (`initial=`)."""
    if initial is None or initial is np._NoValue:
        return made
    return made.like(each(operation(name), here(), made.cells, cells_of(initial)))


def dot(me: Entries, left: Any, right: Any) -> Any:
    """The product of matrices, of vectors, or of a matrix and a vector."""
    a, b = _cells(left), _cells(right)
    if not a.ndim or not b.ndim:
        return me.like(each(lambda x, y: times(x.value, y.value), here(), a, b))
    rows, columns = (a if a.ndim > 1 else a[None, :]), (b if b.ndim > 1 else b[:, None])
    if rows.ndim > 2 or columns.ndim > 2 or rows.shape[1] != columns.shape[0]:
        raise ValueError(f"matrices of shapes {a.shape} and {b.shape} cannot be multiplied")
    out, place = np.empty((rows.shape[0], columns.shape[1]), object), here()
    for i, k in np.ndindex(out.shape):
        products = [Cell(times(x.value, y.value)) for x, y in zip(rows[i], columns[:, k], strict=True)]
        out[i, k] = Cell(FOLDS["add"](products), place)
    out = out if a.ndim > 1 else out[0]
    out = out if b.ndim > 1 else out[..., 0]
    return me.like(array(out))


def _cells(x: Any) -> Cells:
    return x if isinstance(x, np.ndarray) and x.dtype == object else cells_of(x)
