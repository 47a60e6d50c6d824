"""The sign of a polynomial in one variable on an interval, exactly: by Sturm's theorem.

The number of roots of a square-free f in (a, b), where f(a) and f(b) are not 0, is V(a) − V(b): V counts the changes of
sign in f, f′, and the negated remainders of each two before.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise
from typing import Any

from flint import fmpq, fmpq_poly

from derive.prove import signs

Polynomial = Any  # flint.fmpq_poly has no types
MAX_DEGREE = 60


@dataclass(frozen=True, slots=True)
class Interval:
    """The numbers between two ends; an end that is None is infinite."""

    lower: Fraction | None = None
    upper: Fraction | None = None
    lower_open: bool = True
    upper_open: bool = True

    def inside(self) -> Iterator[Fraction]:
        """Endlessly many different numbers of the interior."""
        count = 2
        while True:
            yield self._at(Fraction(1, count))
            count += 1

    def _at(self, share: Fraction) -> Fraction:
        if self.lower is not None and self.upper is not None:
            return self.lower + (self.upper - self.lower) * share
        if self.lower is not None:
            return self.lower + 1 / share - 1
        return (self.upper or Fraction(0)) + 1 - 1 / share

    @property
    def empty(self) -> bool:
        """Is there no interior?"""
        return self.lower is not None and self.upper is not None and self.lower >= self.upper

    def closed_ends(self) -> list[Fraction]:
        """The ends that belong to the interval."""
        ends = ((self.lower, self.lower_open), (self.upper, self.upper_open))
        return [value for value, is_open in ends if value is not None and not is_open]


def sign_on(coefficients: Sequence[Fraction], interval: Interval) -> int:
    """The signs (a mask of `signs`) that Σ cₖ xᵏ has on the interval; ANY where the degree is over the limit."""
    p = fmpq_poly([fmpq(c.numerator, c.denominator) for c in coefficients])
    if p.degree() > MAX_DEGREE or interval.empty:
        return signs.ANY
    if p.degree() <= 0:
        return _sign(p(fmpq(0)))
    out = _sign_inside(p, interval)
    for end in interval.closed_ends():
        out |= _sign(p(_exact(end)))
    return out


def _sign_inside(p: Polynomial, interval: Interval) -> int:
    out = 0
    for factor, multiplicity in p.factor_squarefree()[1]:
        if roots_inside(factor, interval):
            if int(multiplicity) % 2:
                return signs.ANY
            out = signs.ZERO
    values = (_sign(p(_exact(x))) for x in interval.inside())
    return out | next(s for s in values if s != signs.ZERO)


def roots_inside(f: Polynomial, interval: Interval) -> int:
    """How many roots a square-free polynomial has between the ends, which do not count."""
    for end in (interval.lower, interval.upper):
        if end is not None and f(_exact(end)) == 0:
            f = divmod(f, fmpq_poly([-_exact(end), 1]))[0]
    chain = _chain(f)
    return _changes(chain, interval.lower, -1) - _changes(chain, interval.upper, 1)


def _chain(f: Polynomial) -> list[Polynomial]:
    chain = [f, f.derivative()]
    while chain[-1].degree() > 0:
        rest = -divmod(chain[-2], chain[-1])[1]
        if rest == 0:
            break
        chain.append(rest / abs(rest.leading_coefficient()))
    return [p for p in chain if p != 0]


def _changes(chain: list[Polynomial], at: Fraction | None, side: int) -> int:
    """The changes of sign at a number, or at −∞ (side −1) or ∞."""
    values = [_at_infinity(p, side) for p in chain] if at is None else [p(_exact(at)) for p in chain]
    return sum((a < 0) != (b < 0) for a, b in pairwise(v for v in values if v != 0))


def _at_infinity(p: Polynomial, side: int) -> Any:
    lead = p.leading_coefficient()
    return -lead if side < 0 and p.degree() % 2 else lead


def _exact(x: Fraction) -> Any:
    return fmpq(x.numerator, x.denominator)


def _sign(x: Any) -> int:
    return signs.of_number(Fraction(int(x.p), int(x.q)))
