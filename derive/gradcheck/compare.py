"""The functions that are checked, and the record of a comparison: errors relative to the size of what was added up."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from derive.certificate import Check
from derive.compiled.stable import Array
from derive.data import Data
from derive.errors import DataError


@dataclass(frozen=True)
class Subject:
    """Cost, gradient and Hessian, somebody else's perhaps, with the strength of the penalty (0: there is none).

    `floors` has an entry for each function that was given by the user: it may round as h − y and h(1 − h) round h, so
    its error is also compared with that size. What the package compiles must be right in the tails, too.
    """

    functions: dict[str, Callable[..., Any]]
    floors: dict[str, float]
    penalty: float
    positive: bool = False  # raw predictions must be

    def cost(self, theta: Array, data: Data) -> Array:
        """J(θ)."""
        return self._call("cost", (), theta, data)

    def gradient(self, theta: Array, data: Data) -> Array:
        """∇J(θ)."""
        return self._call("gradient", theta.shape, theta, data)

    def hessian(self, theta: Array, data: Data) -> Array:
        """∇²J(θ)."""
        return self._call("hessian", theta.shape * 2, theta, data)

    def _call(self, name: str, shape: tuple[int, ...], theta: Array, data: Data) -> Array:
        options: dict[str, Any] = {} if data.sample_weight is None else {"sample_weight": data.sample_weight}
        if self.penalty:
            options["penalty"] = self.penalty
        with np.errstate(all="ignore"):
            out = np.asarray(self.functions[name](theta, data.X, data.y, **options))
        if out.shape != shape or out.dtype.kind not in "fiub":
            found = f"shape {out.shape} and type {out.dtype}"
            raise DataError(f"the {name} function returned {found}; expected real numbers of shape {shape}")
        return out.astype(float)


@dataclass(frozen=True)
class Tolerance:
    """The error that is allowed, relative to the size of what was added up, and why."""

    allowed: float
    why: str


@dataclass(frozen=True)
class Pair:
    """Values and what they should be, entry by entry, with the sizes of what was added up for them."""

    got: Array
    expected: Array
    size: ArrayLike


def agreement(name: str, pair: Pair, tolerance: Tolerance, places: Sequence[str]) -> Check:
    """A record of |got − expected| / size, entry by entry; a value that is not a number never agrees."""
    got, expected = np.ravel(pair.got), np.ravel(pair.expected)
    with np.errstate(all="ignore"):
        error = np.where(got == expected, 0.0, np.abs(got - expected) / np.ravel(pair.size))
    error = np.where(np.isfinite(error), error, np.inf)
    worst = int(error.argmax())
    ok = bool(error[worst] <= tolerance.allowed)
    where = f"{places[worst]}: {got[worst]:.17g}, expected {expected[worst]:.17g}"
    return Check(name, len(got), float(error[worst]), tolerance.allowed, tolerance.why, ok, where)
