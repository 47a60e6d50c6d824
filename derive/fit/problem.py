"""The problem as it is searched: checked data, the derived functions, coordinates in which columns have unit size."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from derive import compiled
from derive.compiled import arrays
from derive.compiled.targets import outside
from derive.errors import DataError
from derive.fit.columns import Columns
from derive.fit.dependent import check_single
from derive.fit.rows import Rows, derivative, few_targets
from derive.loss import Loss

Array = NDArray[np.float64]
_LARGEST = 1e100  # of targets: beyond it, squares of sums overflow


@dataclass(frozen=True, eq=False)
class Point:
    """Where a search is: β, Tᵀ∇J and, if it was asked for, Tᵀ∇²J T. These are the derived ones, with θ = Tβ.

    `z` are the raw predictions there; `rough` is the Hessian of some of the rows, and only a help on the way.
    """

    problem: Problem
    beta: Array
    gradient: Array
    hessian: Array | None
    z: Array
    rough: Array | None = None

    @cached_property
    def costs(self) -> tuple[float, float]:
        """J, and how large what was added up in it is."""
        return self.problem.costs(self)

    @property
    def cost(self) -> float:
        """J."""
        return self.costs[0]

    @cached_property
    def curvature(self) -> Array:
        """Tᵀ∇²J T, computed now if it was not asked for before."""
        return self.problem.hessian(self) if self.hessian is None else self.hessian


@dataclass(frozen=True, eq=False)
class Problem:
    """J of a loss on data, a function of β."""

    loss: Loss
    X: Array
    y: Array
    weight: Array | None
    penalty: float
    names: tuple[str, ...]
    parameters: Mapping[str, Any]
    columns: Columns
    rows: Rows

    @classmethod
    def read(
        cls, loss: Loss, X: ArrayLike, y: ArrayLike, weight: ArrayLike | None, penalty: float, names: Any, given: Any
    ) -> Problem:
        """Checked data; a `DataError` says what is wrong with them."""
        table = _table(X, names)
        a = arrays.read(np.zeros(table.shape[1]), table, y, weight)
        named = tuple(names) if names else tuple(f"x{k}" for k in range(table.shape[1]))
        loss.numbers(given)  # a parameter that is not there, or out of its range, is an error
        values = {p.symbol.name: given.get(p.symbol.name, p.values[0]) for p in loss.parameters}
        y, weight = np.asarray(a.y, float), None if a.weight is None else np.asarray(a.weight, float)
        _check(loss, y, weight)
        columns = Columns.read(table, not penalty, named)
        cost, gradient = compiled.cost(loss, **values), compiled.gradient(loss, **values)
        lower = None if loss.interval_z.lower is None else float(loss.interval_z.lower)
        strength = arrays.read_penalty(penalty, cost._penalty is not None, loss.name)
        rows = Rows(columns.table, y, weight, cost, gradient, compiled.hessian(loss, **values), lower)
        made = cls(loss, table, y, weight, strength, named, values, columns, rows)
        check_single(made)
        return made

    @property
    def m(self) -> int:
        """The number of rows."""
        return len(self.y)

    @property
    def n(self) -> int:
        """The number of columns."""
        return len(self.names)

    def unscaled(self, beta: Array) -> Array:
        """θ = Tβ."""
        return self.columns.unscaled(beta)

    def z(self, beta: Array) -> Array:
        """The raw predictions."""
        return np.asarray(self.columns.table @ self.columns.inner(beta))

    # -- J and its derivatives in β

    def costs(self, point: Point) -> tuple[float, float]:
        """J, infinite where it is not defined or overflows, and how large what is added up in it is."""
        cost, size = self.rows.costs(point.z)
        if self.penalty:
            theta = self.columns.inner(point.beta)
            extra = self.rows.cost._penalty(theta / self.columns.unit, self.m, self.penalty)  # type: ignore[misc]
            cost, size = cost + extra, size + extra
        return cost, size

    def at(self, beta: Array, curved: bool) -> Point | None:
        """The point β; None where J is not defined, or its derivatives overflow."""
        with np.errstate(all="ignore"):
            theta = self.columns.inner(beta)
            if not np.isfinite(theta).all():
                return None
            gradient, hessian, z = self.rows.slopes(theta, curved)
            gradient = self.rows.gradient._finish(gradient, self._shape(theta), self.penalty)
            point = self.columns.covariant(gradient)
            if not np.isfinite(point).all():
                return None
            return Point(self, beta, point, self._covariant_twice(hessian, theta) if curved else None, z)

    def _covariant_twice(self, hessian: Array | None, theta: Array) -> Array:
        H = self.rows.hessian._finish(hessian, self._shape(theta), self.penalty)
        return self.columns.covariant(self.columns.covariant(H).T)

    def _shape(self, theta: Array) -> arrays.Arguments:
        """What the compiled functions divide by, and add a penalty to."""
        return arrays.Arguments(theta, self.columns.table, self.y, self.weight, self.columns.table.dtype, True)

    def hessian(self, point: Point) -> Array:
        """Tᵀ∇²J T."""
        with np.errstate(all="ignore"):
            found = self._covariant_twice(self.rows.bends(point.z), self.columns.inner(point.beta))
        if not np.isfinite(found).all():
            raise DataError("the Hessian overflows; scale the columns of X")
        return found

    @cached_property
    def size(self) -> float:
        """What a gradient is small beside: the spread of what is added up in it, where one z has to do for all rows."""
        if self.loss.link == "identity":
            return float(np.sqrt(np.mean(self.y**2))) or 1.0
        unit = 1.0 if self.rows.lower is None else abs(self.constant)
        (y, times), w = (few_targets(self.y, None), 1.0) if self.weight is None else ((self.y, None), self.weight)
        every = np.full(len(y), self.constant)
        with np.errstate(all="ignore"):
            slopes, bends = (w * derivative(f, every, y) for f in (self.rows.gradient, self.rows.hessian))
            spread = np.sqrt(np.average(slopes**2, weights=times))
            size = float(max(spread, unit * np.average(np.abs(bends), weights=times)))
        return size if size > 0 and np.isfinite(size) else 1.0

    @cached_property
    def constant(self) -> float:
        """The raw prediction that is best for all rows together."""
        from derive.fit.start import constant

        return constant(self)

    def relative(self, gradient: Array) -> float:
        """The largest entry of the gradient in β, beside `size`."""
        return float(np.abs(gradient).max() / self.size)

    @property
    def curved(self) -> bool:
        """Has the loss a second derivative that is not zero everywhere?"""
        return self.rows.hessian.source.split("return ")[1].split("\n")[0].strip() not in {"0", "0.0"}


def _table(X: ArrayLike, names: Any) -> Array:
    try:
        table = np.asarray(X)
    except ValueError as error:
        raise DataError(f"X is not a table of numbers: {error}") from None
    if table.ndim != 2 or not table.size:
        raise DataError(f"X has the shape {table.shape}; a table of rows and columns is needed")
    if table.dtype.kind not in "fiub":
        raise DataError(f"X has the type {table.dtype}; numbers are needed")
    if names and len(names) != table.shape[1]:
        raise DataError(f"{len(names)} names for {table.shape[1]} columns")
    return np.asarray(table, dtype=np.float64)


def _check(loss: Loss, y: Array, weight: Array | None) -> None:
    """Are all targets finite and allowed, and are there weights?"""
    bad = ~np.isfinite(y) | outside(y, loss.interval_y_true)
    if bad.any():
        row = int(bad.argmax())
        raise DataError(f"y[{row}] is {y[row]}: the targets of {loss.name} are in {loss.interval_y_true}")
    if weight is not None and not (np.isfinite(weight).all() and weight.max() > 0):
        raise DataError("the weights are not finite, or all of them are 0")
    largest = float(np.abs(y).max())
    if largest > _LARGEST or 0 < largest < 1 / _LARGEST:
        raise DataError(f"the largest target is {largest:.3g}: numbers like that overflow; give y in another unit")
