"""Gradient descent: θ ← θ − α ∇J.

The first α to be tried is that of Barzilai and Borwein, sᵀs/sᵀ(change of ∇J) of the last step s; it is halved until the
cost falls enough. Whether a small gradient is a minimum is asked of the Hessian: the Newton step has to be small, too.

Source: J. Barzilai, J. M. Borwein, Two-point step size gradient methods, IMA J. Numerical Analysis 8 (1988), 141–148.
"""

from __future__ import annotations

from derive.fit.infinite import recession
from derive.fit.newton import newton_step
from derive.fit.problem import Array, Point
from derive.fit.search import Found, Progress, at_minimum, line_search, searched

_STEPS = 20_000
_LARGEST = 1e200


class _Size:
    """α, from one step to the next."""

    def __init__(self, start: Point) -> None:
        bend = float(abs(start.curvature.diagonal()).max())
        self.alpha = 1 / bend if bend > 0 else 1.0
        self.before: Array | None = None
        self.asked = 0

    def next(self, found: Found) -> float:
        """Barzilai and Borwein's; twice the last one where J does not bend."""
        step, gradient = found.last_step, found.point.gradient
        if step is not None and self.before is not None:
            bend = float(step @ (gradient - self.before))
            self.alpha = float(step @ step) / bend if bend > 0 else 2 * self.alpha
        self.before, self.alpha = gradient, min(max(self.alpha, 1 / _LARGEST), _LARGEST)
        return self.alpha


def descend(start: Point, tolerance: float, steps: int | None, progress: Progress | None) -> Found:
    """In coordinates in which every column has unit size, where one step size suits all of them."""
    size = _Size(start)

    def one(found: Found) -> str:
        if found.gradient_norm <= tolerance and found.steps >= size.asked:
            if at_minimum(start.problem, found, tolerance, newton_step(found.point.curvature, found.point.gradient)):
                return "converged"
            if recession(start.problem, found) is not None:
                return "no finite minimum"
            size.asked = 2 * found.steps + 1  # not in each step: a Hessian costs more than a gradient
        alpha = size.next(found)
        point, size.alpha = line_search(found.point, -found.point.gradient, False, alpha)
        return found.follow(point)

    return searched(start, steps or _STEPS, progress, one)
