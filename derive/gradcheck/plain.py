"""On data, in float64 and on all rows: differences of J against the gradient, of the gradient against the Hessian."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

import numpy as np

from derive.certificate import Check
from derive.compiled.stable import Array
from derive.data import Data
from derive.gradcheck import samples
from derive.gradcheck.compare import Pair, Subject, Tolerance, agreement
from derive.gradcheck.switches import Switch, steady

_STEP = 2.0**-9
_TOLERANCE = Tolerance(
    1e-9, "roundings divided by the step 1/512, and the fourth power of the step, relative to the numbers added"
)
_WITHOUT = "; rows for which the loss goes over to another formula within a step are left out"
_ORDER = Tolerance(1e-12, "additions in another order, relative to the largest entry")


def plain(data: Data, subject: Subject, switches: Sequence[Switch] = ()) -> list[Check]:
    """Three checks: v·∇J, ∇²J v, and the symmetry of ∇²J; without the rows that meet one of the switches."""
    v, theta = samples.direction(data), samples.parameters(data, subject.positive)[1]
    keep = steady(switches, data.X @ theta, _STEP * (data.X @ v), data.y) if switches else np.ones(1, dtype=bool)
    if not keep.any():
        return []
    found = _compared(data if keep.all() else data.rows(keep), theta, v, subject)
    return found if keep.all() else [replace(check, why=check.why + _WITHOUT) for check in found]


def _compared(data: Data, theta: Array, v: Array, subject: Subject) -> list[Check]:
    g, H = subject.gradient(theta, data), subject.hessian(theta, data)
    slope = _richardson(lambda t: subject.cost(theta + t * v, data))
    bend = _richardson(lambda t: subject.gradient(theta + t * v, data))
    wide = samples.largest(data.X)
    first = Pair(np.asarray(g @ v), slope, np.abs(subject.cost(theta, data)) + np.abs(g) @ np.abs(v))
    second = Pair(H @ v, bend, wide * ((np.abs(g) + np.abs(H) @ np.abs(v)) / wide).max())
    where = f"{data.title} ({len(data.y):,} × {len(v)})"
    rows = [f"row {k}" for k in range(len(v))]
    return [
        agreement(f"gradient: J in float64, {where}", first, _TOLERANCE, ["along v"]),
        agreement(f"hessian: ∇J in float64, {where}", second, _TOLERANCE, rows),
        agreement(f"hessian: symmetric, {where}", _symmetry(H, wide), _ORDER, rows),
    ]


def _symmetry(H: Array, wide: Array) -> Pair:
    scaled = H / np.outer(wide, wide)
    gap = np.abs(scaled - scaled.T).max(axis=1)
    return Pair(gap, np.zeros_like(gap), np.abs(scaled).max())


def _richardson(f: Callable[[float], Array]) -> Array:
    """f′(0) from central differences with the steps h and h/2, the error of order h² removed."""
    wide, narrow = ((f(h) - f(-h)) / (2 * h) for h in (_STEP, _STEP / 2))
    return np.asarray((4 * narrow - wide) / 3)
