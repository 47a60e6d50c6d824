"""Newton's method, damped: the step solves ∇²J d = −∇J, and is halved until the cost falls enough."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from derive.fit.problem import Array, Problem
from derive.fit.search import Found, line_search, searched, small

_STEPS = 200
_FIRST_SHIFT = 1e-8
_MOST_SHIFTS = 40
_FLAT = 1e-3
_LONGEST = 1e6  # in coordinates in which columns have unit size


def newton(
    problem: Problem, beta: Array, tolerance: float, steps: int | None, progress: Callable[[str], None]
) -> Found:
    """θ ← θ − t (∇²J + τD)⁻¹ ∇J; τ = 0 where the Hessian is positive definite."""

    def one(found: Found) -> str:
        direction = newton_step(problem.hessian(found.beta), found.gradient)
        if found.gradient_norm <= tolerance and small(direction, found.beta, tolerance):
            return "converged"
        return found.follow(problem, line_search(problem, found, direction))

    return searched(problem, beta, steps or _STEPS, progress, one)


def newton_step(H: Array, g: Array) -> Array:
    """−(H + τ diag)⁻¹ g, with the smallest τ of a geometric row that makes it positive definite."""
    size = max(float(np.abs(np.diag(H)).max()), _FLAT)
    shift = 0.0
    for _ in range(_MOST_SHIFTS):
        try:
            L = np.linalg.cholesky(H + shift * size * np.eye(len(g)))
        except np.linalg.LinAlgError:
            shift = 10 * shift or _FIRST_SHIFT
            continue
        step = -np.linalg.solve(L.T, np.linalg.solve(L, g))
        if np.abs(step).max() < _LONGEST:
            return step
        shift = 10 * shift or _FIRST_SHIFT
    return -g / size
