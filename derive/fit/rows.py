"""Cost, gradient and Hessian of all rows, by the functions that were compiled from the derivation.

Each block of rows is read once: z = Xθ is shared by the gradient and the Hessian, and nothing is checked again.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from derive.compiled import Cost, Gradient, Hessian
from derive.compiled.onepass import BLOCK_BYTES
from derive.compiled.printer import Kernel

Array = NDArray[np.float64]


@dataclass(frozen=True)
class Rows:
    """Data, and the functions of one row. Where they overflow, sums are infinite or no number: the caller looks."""

    table: Array
    y: Array
    weight: Array | None
    cost: Cost
    gradient: Gradient
    hessian: Hessian
    lower: float | None

    @cached_property
    def weights(self) -> Array:
        """One for each row."""
        return np.ones(len(self.y)) if self.weight is None else self.weight

    def blocks(self, z: Array, theta: Array | None = None) -> Iterator[tuple[Array, Array, Array, Array | None]]:
        """X, z, y and weights, as many rows as stay in cache; where θ is given, z = Xθ is computed and kept."""
        rows = max(1, BLOCK_BYTES // (8 * self.table.shape[1]))
        for start in range(0, len(self.y), rows):
            part = slice(start, start + rows)
            if theta is not None:
                np.matmul(self.table[part], theta, out=z[part])
            yield self.table[part], z[part], self.y[part], self._weight(part)

    def _weight(self, part: slice) -> Array | None:
        return None if self.weight is None else self.weight[part]

    @np.errstate(all="ignore")
    def costs(self, z: Array) -> tuple[float, float]:
        """The mean cost, and the mean of its absolute value: what rounding errors are relative to."""
        cost = size = 0.0
        if self._outside(z):
            return np.inf, np.inf
        for _, u, y, w in self.blocks(z):
            each = values(self.cost._row, u, y, w)
            cost, size = cost + float(each.sum()), size + float(np.abs(each).sum())
        return (cost / len(self.y), size / len(self.y)) if np.isfinite(cost) else (np.inf, np.inf)

    @np.errstate(all="ignore")
    def slopes(self, theta: Array, curved: bool) -> tuple[Array, Array | None, Array]:
        """Sums over all rows of the gradient and, if it is wanted, of the Hessian, and z; NaN outside of its domain."""
        gradient, hessian = np.zeros(len(theta)), np.zeros((len(theta),) * 2) if curved else None
        kept = np.empty(len(self.y))
        for X, z, y, w in self.blocks(kept, theta):
            if self._outside(z):
                return np.full(len(theta), np.nan), None, kept
            gradient += values(self.gradient._row, z, y, w) @ X
            if hessian is not None:
                hessian += self.hessian._term(values(self.hessian._row, z, y, w), X)
        return gradient, hessian, kept

    @np.errstate(all="ignore")
    def bends(self, z: Array) -> Array:
        """The sum over all rows of the Hessian."""
        total = np.zeros((self.table.shape[1],) * 2)
        for X, u, y, w in self.blocks(z):
            total += self.hessian._term(values(self.hessian._row, u, y, w), X)
        return total

    def _outside(self, z: Array) -> bool:
        return self.lower is not None and not bool((z > self.lower).all())

    def each(self, function: Cost | Gradient | Hessian, z: Array) -> Array:
        """The function of every row at raw predictions z, without weights."""
        return derivative(function, z, self.y)


def derivative(function: Gradient | Hessian | Cost, z: Array, y: Array) -> Array:
    """ℓ or a derivative of it: what is added up, times the factor in front of the sum (−1 for some) without its 1/m."""
    with np.errstate(all="ignore"):
        return np.asarray(values(function._row, z, y, None) * (function._factor(len(y), 0.0) * len(y)))


def values(row: Kernel, z: Array, y: Array, weight: Array | None) -> Array:
    """Of each row, times its weight: by the quick form, or where that overflows by the one that is always right."""
    out: Any
    try:
        with np.errstate(over="raise", invalid="raise", divide="raise"):
            out = row.fast(z, y)
    except FloatingPointError:
        out = row.stable(z, y)
    if not isinstance(out, np.ndarray) or out.shape != z.shape:
        out = np.broadcast_to(out, z.shape)
    return np.asarray(out if weight is None else out * weight)


def few_targets(y: Array, weight: Array | None) -> tuple[Array, Array | None]:
    """Targets and their weights: two of them where there are only two different ones, as labels are."""
    low, high = y.min(), y.max()
    above = y == high
    if low == high or not (above | (y == low)).all():
        return y, weight
    share, total = [float(np.sum(a if weight is None else a * weight)) for a in (above, np.ones(len(y)))]
    return np.array([low, high]), np.array([total - share, share])
