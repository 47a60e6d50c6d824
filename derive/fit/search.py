"""What both methods share: a record of the search, and the line search."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from derive.fit.problem import Array, Problem

_ENOUGH_DECREASE = 1e-4
_MOST_HALVINGS = 60
_ROUNDING = 4e-15
_PATH = 10_000


@dataclass
class Found:
    """Where a search has got to, in scaled coordinates."""

    beta: Array
    cost: float
    gradient: Array
    gradient_norm: float = np.inf
    steps: int = 0
    status: str = "not converged"
    last_step: Array | None = None
    path: list[Array] = field(default_factory=list)

    @property
    def converged(self) -> bool:
        """Is it at a minimum, as far as floating point can tell?"""
        return self.status == "converged"

    def follow(self, problem: Problem, step: tuple[Array, float] | None) -> str:
        """Go where the line search says; "not converged" where no step makes the cost smaller, else ""."""
        if step is None or np.array_equal(step[0], self.beta):
            return "not converged"
        beta, _ = step
        self.last_step, self.beta = beta - self.beta, beta
        self.cost, self.gradient = problem.cost(beta), problem.gradient(beta)
        self.gradient_norm = problem.relative(self.gradient)
        self.steps += 1
        if len(self.path) < _PATH:
            self.path.append(beta)
        return ""


def started(problem: Problem, beta: Array) -> Found:
    """A search that has not gone anywhere yet."""
    found = Found(beta, problem.cost(beta), problem.gradient(beta), path=[beta])
    found.gradient_norm = problem.relative(found.gradient)
    return found


def searched(
    problem: Problem,
    beta: Array,
    steps: int,
    progress: Callable[[str], None],
    one: Callable[[Found], str],
) -> Found:
    """Make steps until `one` gives a status, they are used up, or Ctrl-C: the best so far is kept."""
    found = started(problem, beta)
    try:
        while found.steps < steps:
            progress(f"step {found.steps}: cost {found.cost:.10g}, gradient {found.gradient_norm:.2g}")
            if status := one(found):
                found.status = status
                break
    except KeyboardInterrupt:
        found.status = "interrupted"
    progress("")
    return found


def line_search(problem: Problem, found: Found, direction: Array, first: float = 1.0) -> tuple[Array, float] | None:
    """The first of t, t/2, t/4 … with which the cost falls enough, or, at the limits of rounding, does not rise."""
    slope = float(found.gradient @ direction)
    t = first
    for _ in range(_MOST_HALVINGS):
        there = found.beta + t * direction
        gain, rounding = found.cost - problem.cost(there), _ROUNDING * abs(found.cost)
        if gain >= -_ENOUGH_DECREASE * t * slope and gain > rounding:
            return there, t
        if abs(gain) <= rounding and problem.gradient(there) @ direction <= -slope / 2:
            return there, t  # the cost cannot tell any more, its slope along the direction can
        t /= 2
    return None


def small(step: Any, beta: Array, tolerance: float) -> bool:
    """Is the step small beside where it leads to?"""
    return bool(np.abs(step).max() <= np.sqrt(tolerance) * (1 + np.abs(beta).max()))
