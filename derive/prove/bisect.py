"""Branch and bound: a function of one variable has one sign on an interval, box by box, in ball arithmetic."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from itertools import islice
from typing import Any

from flint import arb, fmpq

from derive.domain import Domain
from derive.prove.ball import Evaluator
from derive.prove.ball_functions import Ball, to_arb
from derive.prove.field import Frac
from derive.prove.normal import Normal
from derive.prove.point import Point
from derive.prove.polys import Poly
from derive.prove.refute import precision
from derive.prove.roots import Interval
from derive.prove.sign_masks import RULES, Signs, interval_of
from derive.prove.sign_site import site_of
from derive.prove.sign_slopes import derivative
from derive.prove.signals import GaveUp, Undefined
from derive.prove.signs import ANY, NEGATIVE, POSITIVE
from derive.terms.term import Term

#: from here on only the rules of calculus are asked
TAIL = Fraction(20)
TOP = 4
_MAX_BOXES = 1_500
_NARROW = Fraction(1, 2**16)  # a zero, or something like one: more boxes would not help
_BITS = 128
_SAMPLES = 3


class _Box(Evaluator):
    """The values of a term on an interval of its only variable: a ball that contains them all."""

    def __init__(self, name: str, values: Any, domain: Domain) -> None:
        super().__init__(Point({}, domain), instance=False)
        self._only = (name, values)

    def variable(self, name: str) -> Ball:
        return self._only[1] if name == self._only[0] else super().variable(name)


def _ball(low: Fraction, high: Fraction) -> Any:
    middle, radius = (low + high) / 2, (high - low) / 2
    return to_arb(_exact(middle)) + to_arb(_exact(radius)) * arb(0, 1)


def _exact(x: Fraction) -> fmpq:
    return fmpq(x.numerator, x.denominator)


class _Function:
    """A term of one variable and its derivative."""

    def __init__(self, name: str, term: Term, slope: Term, domain: Domain) -> None:
        self.name, self.term, self.slope, self.domain = name, term, slope, domain

    def sign(self, low: Fraction, high: Fraction) -> int:
        """The sign on the whole interval, or 0 where that is not seen."""
        try:
            values = self._values(self.term, _ball(low, high))
            if not (values > 0 or values < 0):
                middle = self._values(self.term, _exact((low + high) / 2))
                values = middle + self._values(self.slope, _ball(low, high)) * _ball((low - high) / 2, (high - low) / 2)
        except (GaveUp, Undefined, ZeroDivisionError, OverflowError):
            return 0
        if not values.is_finite():
            return 0
        return int(values > 0) - int(values < 0)

    def height(self, box: tuple[Fraction, Fraction]) -> Any:
        """The size of the value in the middle: where it is small, a proof fails first."""
        try:
            return abs(self._values(self.term, _exact((box[0] + box[1]) / 2))).mid()
        except (GaveUp, Undefined, ZeroDivisionError, OverflowError):
            return arb(0)

    def _values(self, term: Term, at: Any) -> Any:
        return to_arb(_Box(self.name, at, self.domain).go(term))


def _boxes(s: Signs, p: Poly, strict: bool) -> int:
    """One free variable: boxes on a compact interval, calculus beyond it."""
    line = _line(s, p) if s.calculus == TOP and s.depth == 1 else None
    if line is None:
        return ANY
    f, interval = line
    sign = _guess(f, interval)
    mask = {1: POSITIVE, -1: NEGATIVE}.get(sign, ANY)
    if mask == ANY:
        return ANY
    middle, tails = _cut(interval)
    site = site_of(s, f.name)
    if any(site.at(f.name, tail).sign(f.term, True) != mask for tail in tails):
        return ANY
    with precision(_BITS):
        return mask if _everywhere(s.n, f, middle, sign) else ANY


def _line(s: Signs, p: Poly) -> tuple[_Function, Interval] | None:
    names = sorted(s.n.free_of(p))
    g = s.n.registry.numbers.get(("sym", names[0])) if len(names) == 1 else None
    if g is None or names[0] in s.n.bound or s.n.range_of(names[0]).index is not None:
        return None
    interval = interval_of(s.n, g)
    slope = s.n.readback.fraction(derivative(s.n, Frac(p, ()), names[0]))
    return None if interval.empty else (_Function(names[0], s.n.readback.poly(p), slope, s.n.domain), interval)


def _guess(f: _Function, interval: Interval) -> int:
    """The sign at a few points, where it is the same."""
    with precision(_BITS):
        found = {f.sign(x, x) for x in islice(interval.inside(), _SAMPLES)}
    return found.pop() if len(found) == 1 else 0


def _cut(interval: Interval) -> tuple[tuple[Fraction, Fraction], list[Interval]]:
    low, high = interval.lower, interval.upper
    left = -TAIL if high is None else min(-TAIL, high - 2 * TAIL)
    right = TAIL if low is None else max(TAIL, low + 2 * TAIL)
    tails = []
    if low is None:
        tails.append(replace(interval, upper=left, upper_open=False))
    if high is None:
        tails.append(replace(interval, lower=right, lower_open=False))
    return (left if low is None else low, right if high is None else high), tails


def _everywhere(n: Normal, f: _Function, whole: tuple[Fraction, Fraction], sign: int) -> bool:
    """Has the function this sign on every box that the interval is cut into?"""
    todo = [whole]
    for _ in range(_MAX_BOXES):
        if not todo:
            return True
        low, high = todo.pop()
        found = f.sign(low, high)
        if found == -sign or (not found and high - low < _NARROW):
            return False
        if not found:
            n.field.tick()
            middle = (low + high) / 2
            todo += sorted([(low, middle), (middle, high)], key=f.height, reverse=True)
    return False


RULES["boxes"] = _boxes
