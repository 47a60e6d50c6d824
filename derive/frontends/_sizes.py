"""Numbers for arrays of one size, as witnesses against what was read: values of their ranges, and differences."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from fractions import Fraction
from typing import Any

import numpy as np

from derive.domain import Domain
from derive.floating.truth import value_at
from derive.terms.term import Term, free_names

_CLOSE, _STEP, _CLEAR = 1e-6, 1e-5, 1e-3


def value_of(domain: Domain, name: str, chance: Any) -> Fraction:
    """A number of its range; near 1/2 where nothing is said. `chance` is a `random.Random`."""
    known = domain[name]
    if known.values is not None:
        out: Fraction = chance.choice(list(known.values))
        return out
    return Fraction(chance.randrange(8, 56), 64)


def drawn(domain: Domain, name: str, shape: tuple[int, ...], chance: Any) -> Any:
    """An array of such numbers."""
    return np.reshape([float(value_of(domain, name, chance)) for _ in range(int(np.prod(shape)))], shape)


def agree(own: float, formula: Term, domain: Domain, values: Mapping[str, Fraction]) -> bool:
    """Is a number of the code that of the formula? True where the formula has none."""
    ball = value_at(formula, domain, {n: values[n] for n in free_names(formula)})
    if ball is None or isinstance(ball, str):
        return True
    return abs(own - float(ball.mid())) <= _CLOSE * max(1.0, abs(own))


def slopes(called: Callable[[Any], float], at: Any) -> Any:
    """The differences of a number in each entry of an array."""
    out = np.zeros(at.shape)
    for index in np.ndindex(at.shape):
        ends = []
        for step in (_STEP, -_STEP):
            moved = at.copy()
            moved[index] += step
            ends.append(called(moved))
        out[index] = (ends[0] - ends[1]) / (2 * _STEP)
    return out


def is_slope(claimed: Any, found: Any) -> bool:
    """Does a claimed gradient agree with differences?"""
    return claimed.shape == found.shape and bool(np.all(np.abs(claimed - found) <= _CLEAR * (1 + np.abs(found))))
