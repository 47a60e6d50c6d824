"""Has J no finite minimum? Then it falls for ever in some direction: for separable data, the one that separates.

Along a direction d the slope of row i is ℓ′(zᵢ + t dᵢ) dᵢ, with dᵢ = (Xd)ᵢ. If no row's slope is ever positive, and
some row's is negative however far one goes, J falls for ever. A convex J has no minimum then; it may still be bounded.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from derive.fit.newton import newton_step
from derive.fit.problem import Array, Problem
from derive.fit.search import Found

#: how far to go, in units of the raw prediction
_FAR = (0.0, 1.0, 10.0, 100.0, 300.0)
_NEARER = (0.0, 1.0, 6.0, 18.0)  # where exp(−z²/2) is not 0 yet
_LEVELS = (1e-8, 1e-5, 1e-3, 1e-1)
_ZERO = 1e-13  # of the largest move: rounding
_NEAR = 10.0  # a minimum whose raw predictions are smaller is one
_LEAST_STEPS = 4


def recession(problem: Problem, found: Found) -> Array | None:
    """A direction in θ in which the cost falls for ever, largest entry 1; None where none is found."""
    if found.steps < _LEAST_STEPS or problem.penalty:
        return None
    if found.converged and np.abs(found.point.z).max() < _NEAR:
        return None
    with np.errstate(all="ignore"):
        for d in _candidates(problem, found):
            if _falls_for_ever(problem, found, d):
                theta = problem.unscaled(d)
                return np.asarray(theta / np.abs(theta).max())
    return None


def _candidates(problem: Problem, found: Found) -> Iterator[Array]:
    """Where the search has gone, and where it goes now; also with what is nearly level made level."""
    steps = [found.beta, found.beta - found.path[0]] + ([] if found.last_step is None else [found.last_step])
    if found.point.hessian is not None:
        steps.append(newton_step(found.point.hessian, found.point.gradient))
    for d in steps:
        if np.any(d):
            unit = d / np.abs(d).max()
            yield unit
            for level in _LEVELS:
                yield _levelled(problem, unit, level)


def _levelled(problem: Problem, d: Array, share: float) -> Array:
    """The part of d in which the rows that change least do not change at all."""
    columns = np.stack([problem.columns.inner(e) for e in np.eye(problem.n)], axis=1)
    moved = problem.columns.table @ (columns @ d)
    level = problem.columns.table[np.abs(moved) <= share * np.abs(moved).max()] @ columns
    if not len(level):
        return d
    return np.asarray(d - np.linalg.lstsq(level, level @ d, rcond=None)[0])


def _falls_for_ever(problem: Problem, found: Found, d: Array) -> bool:
    moves = problem.z(d)
    largest = np.abs(moves).max()
    if not (largest > 0 and np.isfinite(largest)):
        return False
    moves = np.where(np.abs(moves) <= _ZERO * largest, 0.0, moves / largest)
    if _falls_along(problem, found, moves, _FAR):
        return True
    smooth = not problem.loss.kinks  # then a slope that is 0 far away is one that is too small for a number
    never = smooth and _falls_along(problem, found, moves, _FAR, strictly=False)
    return never and _falls_along(problem, found, moves, _NEARER)


def _falls_along(problem: Problem, found: Found, moves: Array, far: tuple[float, ...], strictly: bool = True) -> bool:
    z = np.clip(found.point.z, -far[-1], far[-1])
    return all(_falls(problem, z + t * moves, moves, strictly) for t in far)


def _falls(problem: Problem, z: Array, moves: Array, strictly: bool) -> bool:
    lower = problem.rows.lower
    if lower is not None and (z <= lower).any():
        return False
    slopes = problem.rows.each(problem.rows.gradient, z) * moves * problem.rows.weights
    return bool(np.isfinite(slopes).all() and (slopes <= 0).all() and (slopes.min() < 0 or not strictly))
