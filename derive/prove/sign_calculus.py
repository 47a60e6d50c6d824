"""Signs by calculus: a function of one variable is compared with its value at an end, or where its derivative turns.

By the mean value theorem. It needs a function that is continuous on the whole interval and differentiable inside it,
so each question is asked anew on a domain where nothing else is assumed of the variable.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from fractions import Fraction

from derive.prove import signs
from derive.prove.field import Frac
from derive.prove.normal import Normal
from derive.prove.polys import Poly
from derive.prove.roots import Interval
from derive.prove.sign_limits import end_sign
from derive.prove.sign_masks import FRACTION_RULES, RULES, Signs, coefficients, interval_of
from derive.prove.sign_site import site_of
from derive.prove.sign_slopes import SMOOTH, derivative, flat, never_zero, turn
from derive.prove.signals import GaveUp, Kink, Split, Undefined
from derive.prove.signs import ANY, NEGATIVE, NONPOSITIVE, POSITIVE, ZERO
from derive.terms.term import Term, mul, num, sub, substitute

#: functions that are best alone when a derivative is taken: it makes them simpler
_LINEAR = ("log", "erf", "atan")
_MAX_DIVIDED = 2


def _monotone(s: Signs, p: Poly, strict: bool) -> int:
    """The sign of p, or of p over what is positive, or negative, in a coefficient of it."""
    out = _compared(s, Frac(p, ()), strict)
    for divisor in _divisors(s, p) if 0 < s.calculus <= _MAX_DIVIDED else ():
        if out in (POSITIVE, NEGATIVE, ZERO):
            break
        q = s.n.field.mul(Frac(p, ()), s.n.field.inverse(Frac(divisor, ())))
        out &= signs.product(_compared(s, q, strict), s.of_poly(divisor, True))
    return out


def _divisors(s: Signs, p: Poly) -> list[Poly]:
    """Of the coefficients of p by functions that are no variables: the factors that are certainly not zero."""
    n, found = s.n, {}
    for g in n.field.generators_of(p):
        if n.generator(g).free and n.generator(g).key[0] in _LINEAR:
            parts = coefficients(n, p, g)
            known = [q for q, _ in n.field.factor(parts[max(parts)])[1] if n.facts.of_poly(q) in (POSITIVE, NEGATIVE)]
            product = math.prod((q for q in known if n.free_of(q)), start=n.field.one)
            found[str(product)] = product
    return [q for q in found.values() if not q.is_constant()]


def _compared(s: Signs, a: Frac, strict: bool) -> int:
    """f ≥ f(a) on one side of a where f′ ≥ 0 there, and everywhere where f′ has the sign of z − a."""
    out = ANY
    if s.calculus <= 0:
        return out
    for g in _variables(s.n, a):
        out &= _Line(s, a, g).mask(strict)
        if out in (POSITIVE, NEGATIVE, ZERO):
            break
    return out


def _variables(n: Normal, a: Frac) -> list[int]:
    """The real variables of a, as generators."""
    keys = (("sym", name) for name in sorted(n.free(a)) if name not in n.bound)
    found = [n.registry.numbers[k] for k in keys if k in n.registry.numbers]
    ranges = {g: n.range_of(n.generator(g).key[1]) for g in found}
    return [g for g, r in ranges.items() if not r.whole and r.values is None and r.index is None]


class _Line:
    """A fraction over generators as a function of one variable, the others fixed."""

    def __init__(self, s: Signs, a: Frac, g: int) -> None:
        self.asker = s
        self.name = s.n.generator(g).key[1]
        self.term = s.n.readback.fraction(a)
        self.site = site_of(s, self.name)
        self.interval = interval_of(s.n, g)

    def mask(self, strict: bool) -> int:
        """What the derivative tells of the sign."""
        closed = replace(self.interval, lower_open=self.interval.lower is None, upper_open=self.interval.upper is None)
        if self.interval.empty:
            return ANY
        reach = closed if self._smooth(closed) else self.interval
        if reach != closed and not self._smooth(reach):
            return ANY
        slope, turn = self._slope(strict)
        if turn is not None:
            self.asker.places.append((self.name, turn[1]))
            found = self._turned(*turn, strict)
            return found if found != ANY else self._above_ends(-turn[0], reach, strict)
        if not slope & NEGATIVE or not slope & POSITIVE:
            return self._between(slope, reach, strict)
        return ANY

    def _smooth(self, interval: Interval) -> bool:
        """Is the function defined and continuous on the whole interval?"""

        def ask(n: Normal) -> bool:
            a, s = n.go(self.term), Signs(n, self.site.calculus)
            seen = {g for p in (a.num, *(n.field.factors[i] for i, _ in a.den)) for g in n.field.generators_of(p)}
            heads = {n.generator(g).key[0] for g in seen if self.name in n.generator(g).free}
            return heads <= SMOOTH and never_zero(n, s, a)

        with suppress(GaveUp, Split, Undefined, Kink):
            return self.site.at(self.name, interval).study(ask)
        return False

    def _slope(self, strict: bool) -> tuple[int, tuple[int, Term] | None]:
        """The mask of the derivative inside the interval, or (s, a) where it is s times the sign of z − a."""
        inside = replace(self.interval, lower_open=True, upper_open=True)

        def ask(n: Normal) -> tuple[int, tuple[int, Term] | None]:
            s = Signs(n, self.site.calculus)
            d = derivative(n, n.go(self.term), self.name)
            if not never_zero(n, s, d):
                return ANY, None
            mask = s.of(d, strict)
            if mask & NEGATIVE and mask & POSITIVE:
                return mask, turn(n, s, d, self.name) or flat(n, s, d, self.name)
            return mask, None

        return self.site.at(self.name, inside).study(ask)

    def _at(self, value: Term, strict: bool) -> int:
        return self.site.sign(substitute(self.term, {self.name: value}), strict)

    def _turned(self, way: int, at: Term, strict: bool) -> int:
        """f lies on one side of f(a), for every a in the interval."""
        for end, is_open, side in (
            (self.interval.lower, self.interval.lower_open, 1),
            (self.interval.upper, self.interval.upper_open, -1),
        ):
            if end is not None:
                gap = mul(num(side), sub(at, num(end)))
                if self.site.sign(gap, is_open) & (NONPOSITIVE if is_open else NEGATIVE):
                    return ANY
        return _beyond(self._at(at, strict), way, moved=False)

    def _between(self, slope: int, reach: Interval, strict: bool) -> int:
        """f between its values at the ends, or its limits there."""
        way = 1 if not slope & NEGATIVE else -1
        is_open = (self.interval.lower_open, self.interval.upper_open)
        out = ANY
        for base, moved, side in zip(self._ends(reach, strict), is_open, (way, -way), strict=True):
            out &= _beyond(base, side, moved=moved and not slope & ZERO)
        return out

    def _above_ends(self, way: int, reach: Interval, strict: bool) -> int:
        """What first rises and then falls (way 1) is at least the lesser one of its values, or limits, at the ends."""
        out = 0
        for base in self._ends(reach, strict):
            out |= _beyond(base, way, moved=False)
        return out

    def _ends(self, reach: Interval, strict: bool) -> Iterator[int]:
        """The sign at each end: of the value where the function reaches the end, else as in `end_sign`."""
        for end, unreached, to in ((reach.lower, reach.lower_open, 1), (reach.upper, reach.upper_open, -1)):
            yield self._limit(end, to) if end is None or unreached else self._at(num(end), strict)

    def _limit(self, end: Fraction | None, way: int) -> int:
        """The sign towards an end that is not reached, or ZERO for the limit 0; ANY where that is not seen."""
        with suppress(GaveUp, Split, Undefined, Kink):
            inside = self.site.at(self.name, replace(self.interval, lower_open=True, upper_open=True))
            return inside.study(lambda n: end_sign(n, n.go(self.term), self.name, end, way))
        return ANY


def _beyond(base: int, way: int, *, moved: bool) -> int:
    """The signs of what is at least (way 1) or at most (way −1) a value with the signs `base`; `moved`: not equal."""
    against, strictly = (NEGATIVE, POSITIVE) if way > 0 else (POSITIVE, NEGATIVE)
    if base & against:
        return ANY
    return strictly if moved or base == strictly else strictly | ZERO


RULES["monotone"] = _monotone
FRACTION_RULES["monotone"] = _compared
