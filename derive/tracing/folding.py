"""Functions of NumPy that fold the entries of an array: sums, means, variances, extremes, norms."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from typing import Any

import numpy as np

from derive.terms.term import num, power
from derive.tracing.arithmetic import minus, over, times
from derive.tracing.cells import Cell, Cells, each
from derive.tracing.context import here, unreadable
from derive.tracing.entries import Entries, cells_of
from derive.tracing.reductions import reduced, started


def into(target: Any, made: Entries) -> Any:
    """What is made, in the array that is to hold it (`out=`), if there is one."""
    if target is None:
        return made
    target.cells[...] = made.cells
    return target


def _fold(name: str) -> Callable[..., Any]:
    def run(me: Entries, a: Any, axis: Any = None, *rest: Any, **options: Any) -> Any:
        if any(x is not None for x in rest):
            raise unreadable(f"arguments of the {name} of entries that have no names; write keepdims=True, ddof=1 …")
        a = a if isinstance(a, Entries) else me.like(cells_of(a))
        made = reduced(a, name, axis, options.get("keepdims", False), options.get("where", True))
        if name in ("var", "std"):
            made = _corrected(
                made, a.size // max(1, made.size), name, options.get("ddof", options.get("correction", 0))
            )
        return into(options.get("out"), started(name, made, options.get("initial")))

    return run


def _corrected(made: Entries, count: int, name: str, less: Any) -> Entries:
    """The variance (the standard deviation) with count − ddof in the place of count."""
    if count <= less:
        raise unreadable(f"the {name} of {count} entries with ddof={less}")
    scale = over(num(count), num(Fraction(count - less)))
    factor = scale if name == "var" else power(scale, num(1, 2))
    return made if not less else made.like(each(lambda c: times(c.value, factor), here(), made.cells))


def _average(me: Entries, a: Any, axis: Any = None, weights: Any = None, **options: Any) -> Any:
    if weights is None:
        return _fold("mean")(me, a, axis, **options)
    if any(options.values()):
        raise unreadable(f"np.average with {' and '.join(options)}")
    weights = _along(cells_of(weights), cells_of(a).ndim, axis)
    top = each(lambda x, w: times(x.value, w.value), here(), cells_of(a), cells_of(weights))
    parts = [reduced(me.like(c), "add", axis).cells for c in (top, np.broadcast_to(cells_of(weights), top.shape))]
    return me.like(each(lambda x, y: over(x.value, y.value), here(), *parts))


def _along(weights: Cells, ndim: int, axis: Any) -> Cells:
    """A row of weights in the direction of an axis."""
    if axis is None or weights.ndim != 1:
        return weights
    shape = [1] * ndim
    shape[axis] = len(weights)
    return weights.reshape(shape)


def _ptp(me: Entries, a: Any, axis: Any = None) -> Any:
    parts = [reduced(a, name, axis).cells for name in ("maximum", "minimum")]
    return me.like(each(lambda x, y: minus(x.value, y.value), here(), *parts))


def _count(me: Entries, a: Any, axis: Any = None, **_: Any) -> Any:
    return reduced(me.like(each(lambda c: Cell(c.condition).value, here(), cells_of(a))), "add", axis)


def _norm(me: Entries, x: Any, ord: Any = None, axis: Any = None, keepdims: bool = False) -> Any:
    if ord not in (None, 2) or (ord == 2 and (np.ndim(axis) or (axis is None and cells_of(x).ndim > 1))):
        raise unreadable(f"np.linalg.norm with ord={ord}")
    return reduced(me.like(cells_of(x)), "norm", axis, keepdims)


_FOLDED = {"sum": "add", "prod": "multiply", "max": "maximum", "min": "minimum", "amax": "maximum", "amin": "minimum"}
_FOLDED |= {"all": "logical_and", "any": "logical_or", "mean": "mean", "var": "var", "std": "std"}
_FOLDED |= {"nansum": "add", "nanmean": "mean", "nanmax": "maximum", "nanmin": "minimum"}

#: by the name of NumPy's function
FOLDING: dict[str, Callable[..., Any]] = {
    **{name: _fold(fold) for name, fold in _FOLDED.items()},
    "average": _average,
    "ptp": _ptp,
    "norm": _norm,
    "count_nonzero": _count,
}
