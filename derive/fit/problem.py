"""The problem as it is searched: the derived functions, and coordinates in which every column has unit size."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from derive import compiled
from derive.compiled import arrays
from derive.errors import DataError
from derive.fit.dependent import dependent
from derive.loss import Loss

Array = NDArray[np.float64]
_FAR = 1e8
_BISECTIONS = 200


@dataclass
class Problem:
    """J of a loss on data. β are coordinates in which the columns are centred (if there is a bias) and of unit size.

    θ = Tβ, so the gradient in β is Tᵀ∇J and the Hessian Tᵀ∇²J T: these are the derived ones, nothing is derived anew.
    """

    loss: Loss
    X: Array
    y: Array
    weight: Array | None
    penalty: float
    names: tuple[str, ...]
    parameters: Mapping[str, Any]
    scale: Array = field(init=False)
    centre: Array = field(init=False)
    bias: int | None = field(init=False)

    @classmethod
    def read(
        cls,
        loss: Loss,
        X: ArrayLike,
        y: ArrayLike,
        weight: ArrayLike | None,
        penalty: float,
        names: Any,
        parameters: Any,
    ) -> Problem:
        """Checked data; a `DataError` says what is wrong with them."""
        table = np.asarray(X, dtype=np.float64)
        if table.ndim != 2 or not table.size:
            raise DataError(f"X has the shape {table.shape}; a table of rows and columns is needed")
        a = arrays.read(np.zeros(table.shape[1]), table, y, weight)
        named = tuple(names) if names else tuple(f"x{k}" for k in range(table.shape[1]))
        if len(named) != table.shape[1]:
            raise DataError(f"{len(named)} names for {table.shape[1]} columns")
        values = {p.symbol.name: parameters.get(p.symbol.name, p.values[0]) for p in loss.parameters}
        loss.numbers(parameters)  # a parameter that is not there, or out of its range, is an error
        return cls(loss, table, np.asarray(a.y, float), a.weight, float(penalty), named, values)

    def __post_init__(self) -> None:
        if not np.isfinite(self.X).all():
            row, column = np.argwhere(~np.isfinite(self.X))[0]
            raise DataError(f"row {row + 1}, column {self.names[column]}: {self.X[row, column]} is not a number")
        constant = np.ptp(self.X, axis=0) == 0
        ones = [k for k in np.flatnonzero(constant) if self.X[0, k] != 0]
        self.bias = int(ones[0]) if ones and self.penalty == 0 else None
        self.centre = np.zeros(self.n) if self.bias is None else np.where(constant, 0.0, self.X.mean(axis=0))
        self.scale = np.sqrt(((self.X - self.centre) ** 2).mean(axis=0))
        self.functions["cost"]  # compiled once
        dependent(self)

    @property
    def m(self) -> int:
        """The number of rows."""
        return len(self.X)

    @property
    def n(self) -> int:
        """The number of columns."""
        return len(self.names)

    @cached_property
    def functions(self) -> dict[str, Any]:
        """Cost, gradient and Hessian, compiled from the derivation."""
        make = {"cost": compiled.cost, "gradient": compiled.gradient, "hessian": compiled.hessian}
        return {name: f(self.loss, **self.parameters) for name, f in make.items()}

    # -- coordinates

    def unscaled(self, beta: Array) -> Array:
        """θ = Tβ."""
        theta = beta / self.scale
        if self.bias is not None:
            theta[self.bias] -= (self.centre @ theta) / self.X[0, self.bias]
        return theta

    def scaled(self, theta: Array) -> Array:
        """β with θ = Tβ."""
        theta = np.array(theta, float)
        if self.bias is not None:
            theta[self.bias] += (self.centre @ theta) / self.X[0, self.bias]
        return theta * self.scale

    def _covariant(self, g: Array) -> Array:
        """Tᵀg, for a vector or the columns of a matrix."""
        if self.bias is not None:
            g = g - np.multiply.outer(self.centre, g[self.bias] / self.X[0, self.bias])
        return (g.T / self.scale).T

    # -- the functions in β

    def cost(self, beta: Array) -> float:
        """J; infinite where a raw prediction is outside of what the loss is meant for, or J overflows."""
        theta = self.unscaled(beta)
        if not np.isfinite(theta).all() or not self._inside(theta):
            return np.inf
        try:
            return float(self.functions["cost"](theta, self.X, self.y, self.weight, penalty=self.penalty))
        except DataError:
            if not self._finite_data():
                raise
            return np.inf

    def gradient(self, beta: Array) -> Array:
        """Tᵀ∇J."""
        f = self.functions["gradient"]
        return self._covariant(f(self.unscaled(beta), self.X, self.y, self.weight, penalty=self.penalty))

    def hessian(self, beta: Array) -> Array:
        """Tᵀ∇²J T."""
        H = self.functions["hessian"](self.unscaled(beta), self.X, self.y, self.weight, penalty=self.penalty)
        return self._covariant(self._covariant(H).T)

    def relative(self, gradient: Array) -> float:
        """The largest entry of the gradient in β, whose columns have unit size: relative to the size of the targets."""
        size = float(np.sqrt(np.mean(self.y**2))) if self.loss.link == "identity" else 1.0
        return float(np.abs(gradient).max() / (size or 1.0))

    def _inside(self, theta: Array) -> bool:
        r = self.loss.interval_z
        return r.lower is None or bool(((self.X @ theta) > float(r.lower)).all())

    def _finite_data(self) -> bool:
        """Do the targets fit the loss? Then an infinite cost is not theirs."""
        zero = np.zeros(self.n)
        if self.loss.interval_z.lower is None:
            self.functions["cost"](zero, self.X, self.y, self.weight)
        return True

    def rows(self, name: str, z: Array) -> Array:
        """∂ℓ/∂z ("gradient") or ∂²ℓ/∂z² ("hessian") of every row at raw predictions z."""
        return np.asarray(self.functions[name]._row.stable(z, self.y) + np.zeros(self.m))

    @property
    def curved(self) -> bool:
        """Has the loss a second derivative that is not zero everywhere?"""
        lower = self.loss.interval_z.lower
        grid = np.linspace(-9, 9, 37) if lower is None else np.geomspace(1e-3, 1e3, 37)
        return any(np.any(self.rows("hessian", np.full(self.m, z))) for z in grid)

    # -- where to start, and how good the end is

    def start(self, given: ArrayLike | None) -> Array:
        """β = 0, where that can be; else the β nearest to one raw prediction for all rows that fits the mean."""
        if given is not None:
            theta = np.asarray(given, float)
            if theta.shape != (self.n,) or not np.isfinite(theta).all():
                raise DataError(f"the start has the shape {theta.shape}; {self.n} finite numbers are needed")
            return self._usable(self.scaled(theta), "the start that was given")
        if not self.loss.convex and self.loss.link == "identity":  # far away it may be flat
            return self._usable(self.scaled(np.linalg.lstsq(self.X, self.y, rcond=None)[0]), "the least squares")
        if self.loss.interval_z.lower is None:
            return self._usable(np.zeros(self.n), "zero")
        theta = np.linalg.lstsq(self.X, np.full(self.m, self._constant()), rcond=None)[0]
        return self._usable(self.scaled(theta), "the constant model")

    def _usable(self, beta: Array, what: str) -> Array:
        if not np.isfinite(self.cost(beta)):
            raise DataError(f"at {what} the cost is not finite; give another start, at which every z is allowed")
        return beta

    def _constant(self) -> float:
        """The raw prediction that is best for all rows together, by bisection of the mean derivative."""
        low, high = 1 / _FAR, _FAR
        for _ in range(_BISECTIONS):
            middle = float(np.sqrt(low * high))
            rising = self.rows("gradient", np.full(self.m, middle)).mean() > 0
            low, high = (low, middle) if rising else (middle, high)
        return middle

    def deviance(self, theta: Array) -> float | None:
        """2 Σ wᵢ (ℓᵢ − ℓᵢ of a perfect prediction); None where the loss does not say what that is."""
        from derive.fit.spread import deviance

        return deviance(self, theta)
