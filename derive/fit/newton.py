"""Newton's method, damped: the step solves ∇²J d = −∇J, and is halved until the cost falls enough."""

from __future__ import annotations

import numpy as np

from derive.fit.problem import Array, Point
from derive.fit.search import Found, Progress, at_minimum, line_search, searched

_STEPS = 200
_FIRST_SHIFT = 1e-10
_MOST_SHIFTS = 24
_SINGULAR = 1e-15


def newton(start: Point, tolerance: float, steps: int | None, progress: Progress | None) -> Found:
    """θ ← θ − t (∇²J + τD)⁻¹ ∇J; τ = 0 where the Hessian is positive definite.

    Where the start comes with a rough Hessian, it is used as long as it is of use; the last word has the true one.
    """
    from derive.fit.rough import Rough

    rough = Rough(start.rough)

    def one(found: Found) -> str:
        if rough.step(found, tolerance):
            return ""
        direction = newton_step(found.point.curvature, found.point.gradient)
        if at_minimum(start.problem, found, tolerance, direction):
            return "converged"
        return found.follow(line_search(found.point, direction, True)[0])

    return searched(start, steps or _STEPS, progress, one)


def newton_step(H: Array, g: Array) -> Array:
    """−(H + τ size I)⁻¹ g, with the smallest τ of a geometric row that makes it safely positive definite."""
    size, shift = float(np.abs(np.diag(H)).max()), 0.0
    if not size > 0:
        return -g
    H, g = H / size, g / size
    for _ in range(_MOST_SHIFTS):
        try:
            L = np.linalg.cholesky(H + shift * np.eye(len(g)))
        except np.linalg.LinAlgError:
            shift = 10 * shift or _FIRST_SHIFT
            continue
        if np.diag(L).min() ** 2 > _SINGULAR:
            return np.asarray(-np.linalg.solve(L.T, np.linalg.solve(L, g)))
        shift = 10 * shift or _FIRST_SHIFT
    return -g
