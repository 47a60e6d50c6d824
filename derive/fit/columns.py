"""The columns of X, and coordinates in which each of them has unit size: searches go there, answers come back."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from derive.errors import DataError

Array = NDArray[np.float64]
_FAR = 1e3  # mean by spread: beyond it, Xθ loses digits, and a centred copy is made
_LARGE = 2.0**60  # squares and products of what is smaller never overflow


@dataclass(frozen=True)
class Columns:
    """`table` is (X − moved)/unit, X itself where that does. β are the coordinates, θ = Tβ those of X.

    With a bias (a column of one number), the columns are centred in β; `scale` is the size of the columns of `table`
    after that, 0 for a column that is constant, too.
    """

    table: Array
    moved: Array
    unit: Array
    centre: Array
    scale: Array
    bias: int | None

    @classmethod
    def read(cls, X: Array, centred: bool, names: tuple[str, ...]) -> Columns:
        """The columns of X; they are centred only if that is allowed and there is a bias.

        `DataError` for what is not a finite number.
        """
        if (quick := cls._quick(X, centred)) is not None:
            return quick
        _check_finite(X, names)
        low, high = X.min(axis=0), X.max(axis=0)
        constant, unit = low == high, _unit(np.maximum(np.abs(low), np.abs(high)))
        bias = next((int(k) for k in np.flatnonzero(constant) if low[k] != 0), None) if centred else None
        table = X if (unit == 1).all() else X / unit
        none = np.zeros(len(low))
        centre = none if bias is None else np.where(constant, 0.0, table.mean(axis=0))
        scale = _sizes(table, centre)
        if bias is not None:
            scale = np.where(constant & (np.arange(len(low)) != bias), 0.0, scale)
        if bias is None or not (np.abs(centre) > _FAR * scale).any():
            return cls(table, none, unit, centre, scale, bias)
        return cls(table - centre, centre, unit, none, scale, bias)

    @classmethod
    def _quick(cls, X: Array, centred: bool) -> Columns | None:
        """In one pass, for columns of ordinary size that are not far from 0; None for others."""
        mean, spread = _moments(X)
        size = np.abs(X[0]) + spread
        constant = spread == 0
        if not ((size > 1 / _LARGE) & (size < _LARGE) & (constant | (np.abs(mean) < _FAR * spread))).all():
            return None
        bias = int(constant.argmax()) if centred and constant.any() else None
        none = np.zeros(len(mean))
        centre = none if bias is None else np.where(constant, 0.0, mean)
        other = constant & (np.arange(len(mean)) != bias) if bias is not None else none > 0
        scale = np.where(constant, np.abs(X[0]), np.sqrt(spread**2 + (mean - centre) ** 2))
        return None if other.any() else cls(X, none, none + 1, centre, scale, bias)

    def inner(self, beta: Array) -> Array:
        """The coefficients of `table`."""
        theta = beta / self.scale
        if self.bias is not None:
            theta[self.bias] -= (self.centre @ theta) / self.table[0, self.bias]
        return theta

    def unscaled(self, beta: Array) -> Array:
        """θ = Tβ."""
        theta = self.inner(beta)
        if self.bias is not None:
            theta[self.bias] -= (self.moved @ theta) / self.table[0, self.bias]
        with np.errstate(over="ignore"):  # a column of 1e-320 has a coefficient beyond all numbers
            return np.asarray(theta / self.unit)

    def outer(self, theta: Array) -> Array:
        """β from the coefficients of `table`."""
        theta = np.array(theta, float)
        if self.bias is not None:
            theta[self.bias] += (self.centre @ theta) / self.table[0, self.bias]
        return np.asarray(theta * self.scale)

    def scaled(self, theta: Array) -> Array:
        """β with θ = Tβ."""
        theta = theta * self.unit
        if self.bias is not None:
            theta[self.bias] += (self.moved @ theta) / self.table[0, self.bias]
        return self.outer(theta)

    def covariant(self, g: Array) -> Array:
        """The gradient in β from that in the coefficients of `table`, of a vector or of the columns of a matrix."""
        if self.bias is not None:
            g = g - np.multiply.outer(self.centre, g[self.bias] / self.table[0, self.bias])
        return np.asarray((g.T / self.scale).T)

    @property
    def transform(self) -> Array:
        """T."""
        return np.stack([self.unscaled(e) for e in np.eye(len(self.scale))], axis=1)


def _check_finite(X: Array, names: tuple[str, ...]) -> None:
    if not np.isfinite(X).all():
        row, column = np.argwhere(~np.isfinite(X))[0]
        raise DataError(f"row {row + 1}, column {names[column]}: {X[row, column]} is not a finite number")


def _unit(largest: Array) -> Array:
    """1, or for columns so large or small that their squares are in danger, the power of two that is near."""
    power = np.exp2(np.floor(np.log2(np.where(largest > 0, largest, 1.0))))
    return np.where((power > _LARGE) | (power < 1 / _LARGE), power, 1.0)


def _moments(X: Array) -> tuple[Array, Array]:
    """Mean and standard deviation of each column, about its first entry: exactly 0 only if all are alike."""
    first, second, rows = np.zeros(X.shape[1]), np.zeros(X.shape[1]), max(1, (1 << 15) // X.shape[1])
    one = np.ones(rows)
    with np.errstate(all="ignore"):
        for start in range(0, len(X), rows):
            block = X[start : start + rows] - X[0]
            first += one[: len(block)] @ block
            second += one[: len(block)] @ np.multiply(block, block, out=block)
        mean = first / len(X)
        return X[0] + mean, np.where(second == 0, 0.0, np.sqrt(np.maximum(second / len(X) - mean**2, second * 1e-12)))


def _sizes(table: Array, centre: Array) -> Array:
    """√ mean (x − centre)² of each column, in blocks of rows: no second table in memory."""
    total, rows = np.zeros(len(centre)), max(1, (1 << 18) // len(centre))
    for start in range(0, len(table), rows):
        block = table[start : start + rows] - centre
        total += np.einsum("ij,ij->j", block, block)
    return np.asarray(np.where(np.ptp(table, axis=0) == 0, np.abs(table[0] - centre), np.sqrt(total / len(table))))
