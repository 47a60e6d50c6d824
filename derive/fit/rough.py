"""Steps that do without the Hessian of all rows: most of the way to a minimum, for the price of gradients.

The Hessian of some of the rows is near that of all; what the gradients show of the rest is added to it, by the update
of Broyden, Fletcher, Goldfarb and Shanno. Source: J. Nocedal, S. J. Wright, Numerical Optimization, 2006, (6.19).
"""

from __future__ import annotations

import numpy as np

from derive.fit.newton import newton_step
from derive.fit.problem import Array
from derive.fit.search import Found

_GAIN = 0.5  # a step that does not halve the gradient ends it


class Rough:
    """A Hessian in β that is nearly right, until it is of no more use."""

    def __init__(self, matrix: Array | None) -> None:
        self.matrix = matrix

    def step(self, found: Found, tolerance: float) -> bool:
        """Go one step; False, and nothing is done, where that is of no use: then the true Hessian is asked."""
        if self.matrix is None or found.gradient_norm <= tolerance:
            return False
        here, direction = found.point, newton_step(self.matrix, found.point.gradient)
        there = here.problem.at(here.beta + direction, False)
        if there is None or np.abs(there.gradient).max() > _GAIN * np.abs(here.gradient).max():
            self.matrix = None
            return False
        self._learn(direction, there.gradient - here.gradient)
        found.follow(there)
        return True

    def _learn(self, step: Array, change: Array) -> None:
        """B ← B − B s sᵀB/(sᵀB s) + y yᵀ/(yᵀs), which takes the step to the change of the gradient that was met."""
        if self.matrix is None or not (bend := float(step @ change)) > 0:
            return
        moved = self.matrix @ step
        self.matrix = self.matrix - np.outer(moved, moved) / (step @ moved) + np.outer(change, change) / bend
