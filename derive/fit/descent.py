"""Gradient descent: θ ← θ − α ∇J.

The first α to be tried is that of Barzilai and Borwein, sᵀs/sᵀ(change of ∇J) of the last step s; it is halved until the
cost falls enough.

Source: J. Barzilai, J. M. Borwein, Two-point step size gradient methods, IMA J. Numerical Analysis 8 (1988), 141–148.
"""

from __future__ import annotations

from collections.abc import Callable

from derive.fit.problem import Array, Problem
from derive.fit.search import Found, line_search, searched, small

_STEPS = 100_000
_LONGEST = 1e8


def descend(
    problem: Problem, beta: Array, tolerance: float, steps: int | None, progress: Callable[[str], None]
) -> Found:
    """In coordinates in which every column has unit size, where one step size suits all of them."""
    size, before = 1.0, None

    def one(found: Found) -> str:
        nonlocal size, before
        if found.gradient_norm <= tolerance and small(size * found.gradient, found.beta, tolerance):
            return "converged"
        if before is not None and found.last_step is not None:
            bend = float(found.last_step @ (found.gradient - before))
            size = float(found.last_step @ found.last_step) / bend if bend > 0 else 2 * size
            size = min(size, _LONGEST)
        before = found.gradient
        step = line_search(problem, found, -found.gradient, size)
        size = step[1] if step is not None else size
        return found.follow(problem, step)

    return searched(problem, beta, steps or _STEPS, progress, one)
