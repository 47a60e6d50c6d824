"""What both methods share: a record of the search, and the line search."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, TypeAlias

import numpy as np

from derive.fit.problem import Array, Point, Problem

Progress: TypeAlias = Callable[[str], None]

_ENOUGH_DECREASE = 1e-4
_CLOSE = 0.1
_MOST_HALVINGS = 80
_ROUNDING = 4e-15
_PATH = 10_000


@dataclass
class Found:
    """Where a search has got to, in scaled coordinates, and in which direction it went last."""

    point: Point
    steps: int = 0
    status: str = "not converged"
    last_step: Array | None = None
    path: list[Array] = field(default_factory=list)
    method: str = ""
    unique: bool = True
    gradient_norm: float = np.inf

    @property
    def beta(self) -> Array:
        """Where it is."""
        return self.point.beta

    @property
    def converged(self) -> bool:
        """Is it at a minimum, as far as floating point can tell?"""
        return self.status == "converged"

    def follow(self, point: Point | None) -> str:
        """Go where the line search says; "not converged" where no step makes the cost smaller, else ""."""
        if point is None or np.array_equal(point.beta, self.beta):
            return "not converged"
        self.last_step, self.point = point.beta - self.beta, point
        self.gradient_norm = point.problem.relative(point.gradient)
        self.steps += 1
        if len(self.path) < _PATH:
            self.path.append(point.beta)
        return ""


def searched(point: Point, steps: int, progress: Progress | None, one: Callable[[Found], str]) -> Found:
    """Make steps until `one` gives a status, they are used up, or Ctrl-C: the best so far is kept."""
    found = Found(point, path=[point.beta], gradient_norm=point.problem.relative(point.gradient))
    try:
        while not (status := one(found)) and found.steps < steps:
            if progress is not None:
                progress(f"step {found.steps}: cost {found.point.cost:.10g}, gradient {found.gradient_norm:.2g}")
        found.status = status or found.status
    except KeyboardInterrupt:
        found.status = "interrupted"
    if progress is not None:
        progress("")
    return found


def line_search(here: Point, direction: Array, curved: bool, first: float = 1.0) -> tuple[Point | None, float]:
    """The first of t, t/2, t/4 … with which the cost falls enough, or, at the limits of rounding, does not rise."""
    t = first
    for _ in range(_MOST_HALVINGS):
        with np.errstate(all="ignore"):
            there = here.problem.at(here.beta + t * direction, curved)
        if there is not None and _good(here, there, direction, t):
            return there, t
        t /= 2
    return None, t


def _good(here: Point, there: Point, direction: Array, t: float) -> bool:
    """Of a convex cost that still falls along the direction there, nothing has to be known: it fell all the way."""
    slope, after = float(here.gradient @ direction), float(there.gradient @ direction)
    if here.problem.loss.convex and (after <= 0 or _nearly_there(here, there, after <= -_CLOSE * slope)):
        return True
    gain, rounding = here.cost - there.cost, _ROUNDING * here.costs[1]
    if gain >= -_ENOUGH_DECREASE * t * slope and gain > rounding:
        return True
    return abs(gain) <= rounding and after <= -slope / 2  # the cost cannot tell any more, its slope can


def _nearly_there(here: Point, there: Point, level: bool) -> bool:
    """Is the gradient much smaller in every respect? Then the cost need not be asked."""
    return level and bool(np.abs(there.gradient).max() <= _CLOSE * np.abs(here.gradient).max())


def small(step: Any, beta: Array, tolerance: float) -> bool:
    """Is the step small beside where it leads to?"""
    return bool(np.abs(step).max() <= np.sqrt(tolerance) * np.abs(beta).max(initial=1e-300))


def at_minimum(problem: Problem, found: Found, tolerance: float, step: Array) -> bool:
    """Are the gradient and the step small? At 0, where no step is small beside it, its gain has to be."""
    if found.gradient_norm > tolerance:
        return False
    if small(step, found.beta, tolerance):
        return True
    gain, size = abs(float(found.point.gradient @ step)), found.point.costs[1]
    return gain <= tolerance * tolerance * (size or 1.0)
