"""Where formulas are compared: corners by name, random points from a fixed seed, and data sets, generated and real."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import numpy as np
import sympy as sp

from derive import symbols as s
from derive.compiled.stable import Array
from derive.data import Data, check_target, snoring, stack_loss
from derive.domain import REAL, Range
from derive.errors import DataError
from derive.loss import Loss

SEED = 20_240_229
#: where formulas break: 0, both sides of 0, where 1 − σ(z) is rounded to 0, where exp overflows or vanishes, far out
CORNERS = (1e-8, 20.0, 37.0, 40.0, 710.0, 745.0, 1e20)
_OTHERS = (1e-6, 1e-4, 1e-2, 0.1, 0.5, 1.0, 2.0, 5.0, 10.0, 15.0, 25.0, 30.0, 100.0, 300.0, 690.0)
_TARGETS = (0.0, 1.0, 0.25, -2.5, 1000.0, 0.75, 0.0625)
_BESIDE = (0.0, 1e-8, -1e-8, 1e-4, -1e-4, 0.01, -0.01)
#: a power of two, so that dividing by the number of samples rounds nothing
GRID = 64


def grid() -> Array:
    """64 raw predictions: 0, the corners and other magnitudes with both signs, and random ones."""
    sizes = np.array(CORNERS + _OTHERS)
    fixed = np.concatenate([[0.0], sizes, -sizes])
    return np.concatenate([fixed, np.random.default_rng(SEED).normal(scale=8, size=GRID - len(fixed))])


def points(loss: Loss, y: float) -> Array:
    """The raw predictions at which a loss is looked at for one target: the grid, its kinks and what is beside them."""
    places = [float(kink.at.xreplace({s.y: sp.Rational(y)})) for kink in loss.kinks]
    z = np.concatenate([grid(), [place + d for place in places for d in _BESIDE]])
    return np.asarray(z if loss.interval_z == REAL else z[z > 0])


def targets(allowed: Range) -> list[float]:
    """The targets to try: all of them if they are few, else two ends or ties, and others in between."""
    if allowed.values is not None:
        return [float(v) for v in allowed.values]
    picked = [v for v in _TARGETS if Fraction(v) in allowed]
    if not picked:
        raise DataError(f"no target to try is known for targets in {allowed}; give data")
    return picked[:3]


def generated(loss: Loss, m: int, n: int) -> Data:
    """Random data with a bias column, weights from 0 to 3, and a few rows far out."""
    rng = np.random.default_rng(SEED + m)
    X = rng.normal(size=(m, n))
    X[:, 0] = 1
    X[: m // 6, 1:] *= 20
    if loss.interval_z != REAL:
        X = np.abs(X)
    weight = rng.uniform(0, 3, size=m)
    weight[0] = 0
    y = rng.choice(targets(loss.interval_y_true), size=m)
    return Data(X, y, tuple(f"x{k}" for k in range(n)), "y", weight, "generated data")


def real(loss: Loss) -> list[Data]:
    """The real data sets whose targets the loss is defined for."""
    return [d for d in (snoring(), stack_loss()) if _fits(d, loss)]


def _fits(data: Data, loss: Loss) -> bool:
    try:
        check_target(data, loss)
    except DataError:
        return False
    return True


def thinned(data: Data, most: int) -> Data:
    """At most so many rows, evenly spread: high precision takes its time."""
    if len(data.y) <= most:
        return data
    rows = np.linspace(0, len(data.y) - 1, most).astype(int)
    return replace(data.rows(rows), title=f"{data.title}, {most} rows of it")


def parameters(data: Data, positive: bool = False) -> list[Array]:
    """θ = 0, and random ones for which Xθ is of size 1 and of size 10; with `positive`, three for which Xθ > 0."""
    scale = np.random.default_rng(SEED).normal(size=data.X.shape[1]) / largest(data.X) / np.sqrt(data.X.shape[1])
    if positive:
        return [0.1 * np.abs(scale), 2 * np.abs(scale), 20 * np.abs(scale)]
    return [np.zeros_like(scale), 2 * scale, 20 * scale]


def direction(data: Data) -> Array:
    """A random direction v of mixed signs, with Σₖ |Xᵢₖ vₖ| < 1 in each row."""
    v = np.random.default_rng(SEED + 1).uniform(0.5, 1, size=(data.X.shape[1],))
    v[1::2] *= -1
    return np.asarray(v / largest(data.X) / len(v))


def largest(X: Array) -> Array:
    """The largest absolute value in each column, 1 for a column of zeros."""
    found = np.abs(X).max(axis=0)
    return np.asarray(np.where(found > 0, found, 1.0))
