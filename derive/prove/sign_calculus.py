"""Signs by calculus: a function of one variable is compared with its value at an end, or where its derivative turns.

By the mean value theorem. It needs a function that is continuous on the whole interval and differentiable inside it,
so each question is asked anew on a domain where nothing else is assumed of the variable.
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace

from derive.prove.field import Frac
from derive.prove.normal import Normal
from derive.prove.polys import Poly
from derive.prove.roots import Interval
from derive.prove.sign_masks import FRACTION_RULES, RULES, Signs, interval_of
from derive.prove.sign_site import site_of
from derive.prove.sign_slopes import SMOOTH, derivative, flat, never_zero, turn
from derive.prove.signals import GaveUp, Kink, Split, Undefined
from derive.prove.signs import ANY, NEGATIVE, NONPOSITIVE, POSITIVE, ZERO
from derive.terms.term import Term, mul, num, sub, substitute


def _monotone(s: Signs, p: Poly, strict: bool) -> int:
    return _compared(s, Frac(p, ()), strict)


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
            return self._turned(*turn, strict)
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
        """f between its values at the ends that it reaches."""
        way = 1 if not slope & NEGATIVE else -1
        out = ANY
        ends = (
            (reach.lower, reach.lower_open, self.interval.lower_open, way),
            (reach.upper, reach.upper_open, self.interval.upper_open, -way),
        )
        for end, unreached, is_open, side in ends:
            if end is not None and not unreached:
                out &= _beyond(self._at(num(end), strict), side, moved=is_open and not slope & ZERO)
        return out


def _beyond(base: int, way: int, *, moved: bool) -> int:
    """The signs of what is at least (way 1) or at most (way −1) a value with the signs `base`; `moved`: not equal."""
    against, strictly = (NEGATIVE, POSITIVE) if way > 0 else (POSITIVE, NEGATIVE)
    if base & against:
        return ANY
    return strictly if moved or base == strictly else strictly | ZERO


RULES["monotone"] = _monotone
FRACTION_RULES["monotone"] = _compared
