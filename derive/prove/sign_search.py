"""Where an expression may be negative: downhill from a few points, one variable after the other.

Nothing found here is believed: each point goes to rigorous balls.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from fractions import Fraction
from typing import Any

from derive.domain import Domain
from derive.prove.ball import Evaluator
from derive.prove.ball_functions import to_arb
from derive.prove.point import Point
from derive.prove.points import moved, scalars
from derive.prove.refute import precision
from derive.prove.signals import GaveUp, Undefined
from derive.terms.term import Term

_ROUNDS = 4
_SMALLEST = Fraction(1, 2**70)
_STEPS = (Fraction(1), Fraction(1, 64))
_BITS = 192
_MAX_BINARY = 10_000  # digits of a number that is looked at again
_DENOMINATORS = (1, 10, 100, 10**4, 10**6, 10**9, 10**13, 10**20)


def downhill(term: Term, domain: Domain, bases: Iterator[Point], deadline: float) -> Iterator[Point]:
    """From each point to a low one nearby: first rounded to simple numbers, then exactly."""
    names = [v for v in scalars(term) if (r := domain[v]).index is None and r.values is None and not r.whole]
    for base in bases if names else ():
        if time.thread_time() > deadline:
            return
        with precision(_BITS):
            low = _lowest(term, names, base, deadline)
            simple = _simplified(term, names, low)
        yield simple
        yield from rounded(low, names)


def _simplified(term: Term, names: list[str], point: Point) -> Point:
    """Each variable in turn as simple as it can be, where the value stays at or below 0."""
    for name in names:
        for limit in _DENOMINATORS:
            there = moved(point, name, point.values[name].limit_denominator(limit))
            value = _value(term, there) if _inside(there, [name]) else None
            if value is not None and value <= 0:
                point = there
                break
    return point


def rounded(low: Point, names: list[str]) -> Iterator[Point]:
    """The point with simple values of these variables, ever closer, and the point itself; all within the domain."""
    for limit in _DENOMINATORS:
        point = low
        for name in names:
            value = low.values[name].limit_denominator(limit)
            point = moved(point, name, value)
        yield from (p for p in (point,) if _inside(p, names))
    yield from (p for p in (low,) if _inside(p, names))


def _inside(point: Point, names: list[str]) -> bool:
    return all(point.values[name] in point.domain[name] for name in names)


def _lowest(term: Term, names: list[str], base: Point, deadline: float) -> Point:
    best, value = base, _value(term, base)
    for _ in range(_ROUNDS):
        before = value
        for name in names:
            for step in _STEPS:
                best, value = _along(term, name, step, (best, value), deadline)
        if value is None or value == before:
            break
    return best


def _along(term: Term, name: str, step: Fraction, start: tuple[Point, Any], deadline: float) -> tuple[Point, Any]:
    """Longer steps while they lead down, shorter ones where none does."""
    point, value = start
    while _SMALLEST < abs(step) < 2**60 and time.thread_time() < deadline:
        for signed in (step, -step):
            there = moved(point, name, point.values[name] + signed)
            lower = _value(term, there) if there.values[name] in there.domain[name] else None
            if lower is not None and (value is None or lower < value):
                point, value, step = there, lower, signed * 2
                break
        else:
            step /= 2
    return point, value


def middle(term: Term, point: Point) -> Fraction | None:
    """A rational number close to the value."""
    with precision(_BITS):
        value = _value(term, point)
    if value is None:
        return None
    mantissa, exponent = value.man_exp()
    if abs(exponent) > _MAX_BINARY:
        return None
    return Fraction(int(mantissa)) * Fraction(2) ** int(exponent)


def near_zero(term: Term, point: Point) -> bool:
    """May the value be 0, as far as a ball can tell?"""
    with precision(_BITS):
        try:
            value = to_arb(Evaluator(point).go(term))
        except (GaveUp, Undefined, ZeroDivisionError, OverflowError):
            return False
    return bool(value.is_finite() and value.contains(0))


def _value(term: Term, point: Point) -> Any:
    try:
        value = to_arb(Evaluator(point).go(term))
    except (GaveUp, Undefined, ZeroDivisionError, OverflowError):
        return None
    return value.mid() if value.is_finite() else None
