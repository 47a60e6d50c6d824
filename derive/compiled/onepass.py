"""Cost, gradient and Hessian in one pass over X: row blocks that stay in cache are read from memory once, used twice.

Xθ and then Xᵀr, each over all of X, would read it twice, and memory is what a gradient waits for. A block's z, row
values and contribution are small, so memory does not grow with m, and no m×m matrix is built.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable
from contextvars import copy_context
from math import isfinite
from typing import Any, ClassVar

import numpy as np
from numpy.typing import ArrayLike

from derive.compiled import arrays, lazy
from derive.compiled.arrays import Arguments
from derive.compiled.printer import Kernel
from derive.compiled.stable import Array
from derive.compiled.targets import Signs, Targets
from derive.domain import Range

#: of X, per block: large enough that the calls per block cost little, small enough to be in cache when read again
BLOCK_BYTES = 3 << 19

#: a context in which NumPy raises `FloatingPointError`; to run in a copy of it costs a tenth of `np.errstate`
_RAISING = copy_context()
_RAISING.run(lambda: np.seterr(over="raise", invalid="raise", divide="raise", under="ignore"))

Function = Callable[..., Any]


class Compiled(ABC):
    """A compiled function of `(theta, X, y, sample_weight=None, *, penalty=0.0)`; `.source` is its generated code.

    X is m×n (its first column the bias), theta n, y and sample_weight m; penalty is λ, for a loss that has one.
    X, y and sample_weight may be dask arrays: their blocks of rows are read once, and one is in memory at any time.
    The arithmetic is float32 if theta and X both are, else float64. `DataError` for shapes that disagree, m = 0,
    n = 0, values that are missing, infinite or not numbers, negative weights and targets that the loss excludes.
    """

    formula: ClassVar[str] = ""

    def __init__(self, name: str, targets: Range, row: Kernel, factor: Function, penalty: Function | None) -> None:
        self.name = name
        self.source = row.source
        self.__doc__ = f"{self.formula}, for the loss {name!r}.\n\n{Compiled.__doc__}\nRow by row:\n\n{row.source}"
        self._row = row
        self._targets = Targets(targets)
        self._factor = factor
        self._penalty = penalty

    def __repr__(self) -> str:
        return f"<{type(self).__name__.lower()} of {self.name!r}: (theta, X, y, sample_weight=None, *, penalty=0.0)>"

    def __call__(
        self,
        theta: ArrayLike,
        X: ArrayLike,
        y: ArrayLike,
        sample_weight: ArrayLike | None = None,
        *,
        penalty: float = 0.0,
    ) -> Any:
        """See the class: the compiled function at these arrays."""
        strength = arrays.read_penalty(penalty, self._penalty is not None, self.name) if penalty != 0.0 else 0.0
        if type(X) is not np.ndarray and lazy.is_lazy(X):
            return lazy.evaluate([lazy.Request(self, theta, strength)], X, y, sample_weight)[0]
        return self._evaluate(arrays.read(theta, X, y, sample_weight), strength)

    def of_row(self, z: Array, y: Array) -> Array:
        """ℓ, ∂ℓ/∂z or ∂²ℓ/∂z² of single rows: what a row adds is this times the factor, whose sign and number count."""
        return np.asarray(self._factor(1, 0.0) * self._row.stable(z, y))

    @np.errstate(all="ignore")
    def total(self, a: Arguments) -> Any:
        """The sum over these rows, before `finish`: by the quick forms, or by those that are right everywhere."""
        try:
            return _RAISING.copy().run(self._sum, a, self._quick_values)
        except FloatingPointError:
            try:
                return self._sum(a, self._stable_values)
            except FloatingPointError:
                arrays.explain(a, _rows(a))

    def finish(self, total: Any, a: Arguments, strength: float) -> Any:
        """The sum over all rows times the factor, and the penalty; of X only the shape counts."""
        return self._finish(total, a, strength)

    def _quick_values(self, a: Arguments, signs: Signs | None) -> Array:
        """The row values of a block by forms that may overflow, which raises `FloatingPointError`."""
        return self._stable_values(a, signs)

    @np.errstate(all="ignore")
    def _evaluate(self, a: Arguments, strength: float) -> Any:
        """By the forms that are right for every finite z."""
        try:
            out = self._finish(self._sum(a, self._stable_values), a, strength)
        except FloatingPointError:
            arrays.explain(a, _rows(a))
        if not np.isfinite(out).all():
            arrays.explain(a, _rows(a))
        return out

    def _sum(self, a: Arguments, values: Function) -> Any:
        """The sum over all rows, block by block; in float64, as many float32 blocks would lose digits."""
        if a.uniform and a.X.nbytes <= BLOCK_BYTES:
            return self._term(values(a, self._targets.signs(a.y)), a.X)
        total: Any = 0.0
        rows = _rows(a)
        for start in range(0, len(a.X), rows):
            if start % (8 * rows) == 0:
                self._targets.check(a.y[start : start + 8 * rows], start)
            block = _block(a, start, start + rows)
            total = np.add(total, self._term(values(block, None), block.X), dtype=np.float64)
        return total

    def _stable_values(self, a: Arguments, signs: Signs | None) -> Array:
        """The row values of a block; `FloatingPointError` if its data are not finite."""
        z = a.X.dot(a.theta)
        if not (np.isfinite(z).all() and _unread_is_finite(a)):
            raise FloatingPointError
        return _weighted(self._row.stable(z, a.y), a, z)

    @abstractmethod
    def _term(self, values: Array, X: Array) -> Any:
        """What a block adds to the sum, given its row values."""

    @abstractmethod
    def _finish(self, total: Any, a: Arguments, strength: float) -> Any:
        """The sum times the factor, and the penalty."""


def _rows(a: Arguments) -> int:
    return max(1, int(BLOCK_BYTES // (a.X.shape[1] * a.dtype.itemsize)))


def _block(a: Arguments, start: int, stop: int) -> Arguments:
    """Some of the rows, in the type of the arithmetic."""
    X, y, weight = a.X[start:stop], a.y[start:stop], None if a.weight is None else a.weight[start:stop]
    if not a.uniform:
        X, y = X.astype(a.dtype, copy=False), y.astype(a.dtype, copy=False)
        weight = None if weight is None else weight.astype(a.dtype, copy=False)
    return Arguments(a.theta, X, y, weight, a.dtype, True)


def _unread_is_finite(a: Arguments) -> bool:
    """Are the columns finite that z may not have seen? BLAS may skip what is multiplied by 0."""
    return np.count_nonzero(a.theta) == len(a.theta) or bool(np.isfinite(a.X[:, a.theta == 0]).all())


def _weighted(values: Any, a: Arguments, z: Array) -> Array:
    if not isinstance(values, np.ndarray):
        values = np.full_like(z, values)
    return values if a.weight is None else np.asarray(values * a.weight)


class Cost(Compiled):
    """J(θ)."""

    formula = "The cost J(θ) = 1/m Σ wᵢ ℓ(hᵢ, yᵢ) + penalty, a number"

    def _term(self, values: Array, X: Array) -> Any:
        return values.sum(dtype=np.float64)

    def _finish(self, total: Any, a: Arguments, strength: float) -> float:
        out = float(total) * self._factor(len(a.X), strength)
        return float(out + self._penalty(a.theta, len(a.X), strength) if strength and self._penalty else out)


class Gradient(Compiled):
    """∇J(θ)."""

    formula = "The gradient ∇J(θ), shape (n,)"

    def _evaluate(self, a: Arguments, strength: float) -> Any:
        try:
            return _RAISING.copy().run(self._quick, a, strength)
        except FloatingPointError:  # beyond the range of the quick forms, or bad data
            return super()._evaluate(a, strength)

    def _quick(self, a: Arguments, strength: float) -> Any:
        out = self._finish(self._sum(a, self._quick_values), a, strength)
        if not isfinite(out.dot(out)):
            raise FloatingPointError
        return out

    def _quick_values(self, a: Arguments, signs: Signs | None) -> Array:
        z = a.X.dot(a.theta)
        if not isfinite(z.dot(z)):
            raise FloatingPointError
        if signs is not None and self._row.labelled is not None and a.weight is None:
            return np.asarray(self._row.labelled(z, signs))  # none of them is 0, so all of X is read
        if not _unread_is_finite(a):
            raise FloatingPointError
        return _weighted(self._row.fast(z, a.y), a, z)

    def _term(self, values: Array, X: Array) -> Any:
        return values.dot(X)

    def _finish(self, total: Any, a: Arguments, strength: float) -> Array:
        m, n = a.X.shape
        total *= self._factor(m, strength)
        if strength and self._penalty:
            total += self._penalty(np.arange(n), m, n, strength) * a.theta
        return np.asarray(total if total.dtype is a.dtype else total.astype(a.dtype))


class Hessian(Compiled):
    """∇²J(θ)."""

    formula = "The Hessian ∇²J(θ), shape (n, n)"

    def _term(self, values: Array, X: Array) -> Any:
        if values.min() >= 0:  # AᵀA is symmetric to the last bit, and takes half the time
            half = np.sqrt(values)[:, None] * X
            return half.T.dot(half)
        return X.T.dot(values[:, None] * X)

    def _finish(self, total: Any, a: Arguments, strength: float) -> Array:
        m, n = a.X.shape
        total *= self._factor(m, strength)
        if strength and self._penalty:
            total[np.diag_indices(n)] += self._penalty(np.arange(n), m, n, strength)
        return np.asarray(total if total.dtype is a.dtype else total.astype(a.dtype))
