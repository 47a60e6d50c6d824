"""Signs by calculus: a function of one variable is compared with its value at an end, or where its derivative turns.

By the mean value theorem. It needs a function that is continuous on the whole interval and differentiable inside it,
so each question is asked anew on a domain where nothing else is assumed of the variable.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import TypeVar

from derive.domain import Domain, Range
from derive.prove import signs
from derive.prove.elementary import atom_value
from derive.prove.field import Frac
from derive.prove.normal import Normal
from derive.prove.polys import Poly
from derive.prove.registry import Key, Registry
from derive.prove.roots import Interval
from derive.prove.sign_rules import FRACTION_RULES, RULES, Signs, coefficients, interval_of
from derive.prove.signals import GaveUp, Kink, Restart, Split, Undefined
from derive.prove.signs import ANY, NEGATIVE, NONNEGATIVE, NONPOSITIVE, NONZERO, POSITIVE, ZERO
from derive.terms.term import Term, make, mul, num, power, sub, substitute, sym

_MAX_RESTARTS = 40
_ONE = num(1)
T = TypeVar("T")


class _Everywhere(Normal):
    """A translation in which no condition is taken for granted: each is proved on the whole domain, or it gives up."""

    def __init__(self, registry: Registry, site: Site) -> None:
        super().__init__(registry, site.domain, site.deadline)
        self.calculus = site.calculus
        self.proving = False  # not while facts are entered: they come from where the claim is defined

    def require(self, kind: str, term: Term, a: Frac) -> None:
        """A side condition that is proved at once."""
        if not self.proving:
            super().require(kind, term, a)
            return
        wanted = {"positive": POSITIVE, "nonnegative": NONNEGATIVE, "nonzero": NONZERO}[kind]
        if self.mask(a) | wanted != wanted and Signs(self, self.calculus).of(a, True) | wanted != wanted:
            raise GaveUp("not seen to be defined on the whole domain")
        self.facts.learn(a, wanted)


@dataclass(frozen=True, slots=True)
class Site:
    """A place to ask questions: a domain, and facts about variables other than the one under study."""

    domain: Domain
    assumed: tuple[tuple[Term, int], ...]
    deadline: float
    calculus: int
    slots: int

    def at(self, name: str, interval: Interval) -> Site:
        """The same place with the variable in an interval."""
        r = Range(interval.lower, interval.upper, interval.lower_open, interval.upper_open)
        return replace(self, domain=self.domain.with_(name, r))

    def study(self, what: Callable[[_Everywhere], T]) -> T:
        """The result in a translation of its own; learnt units and bases are kept through restarts."""
        registry = Registry(slots=self.slots)
        for _ in range(_MAX_RESTARTS):
            n = _Everywhere(registry, self)
            n.field.tick()
            try:
                self._enter_facts(n)
                return what(n)
            except Restart:
                continue
        raise GaveUp("too many restarts")

    def _enter_facts(self, n: _Everywhere) -> None:
        for term, mask in self.assumed:
            with suppress(GaveUp, Split, Undefined, Kink):  # a fact that cannot be used here is left out
                n.assume(n.go(term), mask)
        n.proving = True
        if not n.feasible:
            raise GaveUp("no points")

    def sign(self, term: Term, strict: bool) -> int:
        """The mask of a term; it gives up where the term is not seen to be defined on the whole domain."""

        def ask(n: _Everywhere) -> int:
            return Signs(n, self.calculus).of(n.go(term), strict)

        return self.study(ask)


def site_of(s: Signs, name: str) -> Site:
    """Where to ask about a function of `name`: with the facts of the region that do not depend on it."""
    n = s.n
    domain = n.domain
    for index, r in n.bound.items():
        domain = domain.with_(index, r)
    kept = tuple((n.readback.poly(q), mask) for q, mask in n.facts.known[: s.facts] if name not in n.free_of(q))
    return Site(domain, kept, n.field.deadline, s.calculus - 1, n.registry.slots)


# -- derivatives of fractions over generators -------------------------------------------------------------------------
def derivative(n: Normal, a: Frac, name: str) -> Frac:
    """∂a/∂name, wherever its denominators are not zero."""
    f = n.field
    den = f.den_poly(a)
    top = f.sub(f.mul(_of_poly(n, a.num, name), Frac(den, ())), f.mul(Frac(a.num, ()), _of_poly(n, den, name)))
    return f.mul(top, f.inverse(Frac(f.times(den, den), ())))


def _of_poly(n: Normal, p: Poly, name: str) -> Frac:
    f = n.field
    parts = []
    for g in f.generators_of(p):
        if name in n.generator(g).free:
            parts.append(f.mul(Frac(f.reduce(p.derivative(f.slots - 1 - g)), ()), _of_generator(n, g, name)))
    return f.sum(parts)


def _of_generator(n: Normal, g: int, name: str) -> Frac:
    f, key = n.field, n.generator(g).key
    match key[0]:
        case "sym":
            return f.constant(Fraction(1))
        case "exp":
            inner = derivative(n, atom_value(n, key[1]), name)
            return f.mul(f.scale(inner, n.registry.units[key]), f.generator(g))
        case "log":
            return _logarithmic(n, key, name)
        case "root":
            return f.mul(f.scale(_logarithmic(n, key, name), n.registry.units[key]), f.generator(g))
        case "sin" | "cos":
            inner = derivative(n, atom_value(n, key[1]), name)
            other = n.function(("cos" if key[0] == "sin" else "sin", key[1]), n.generator(g).free)
            unit = n.registry.units["angle", key[1]]
            return f.mul(f.scale(inner, unit if key[0] == "sin" else -unit), other)
        case "erf" | "atan":
            a = n.readback.generator(g).args[0]
            return f.mul(derivative(n, n.go(a), name), n.go(_SLOPES[key[0]](a)))
    raise GaveUp(f"the derivative of {key[0]} is not used for signs")


def _logarithmic(n: Normal, key: Key, name: str) -> Frac:
    """p′/p."""
    p = sum((n.field.monomial(m, c) for m, c in key[1]), n.field.zero)
    if Signs(n, 0).of_poly(p, True) & ZERO:
        raise GaveUp("a logarithm or a root at zero")
    return n.field.mul(_of_poly(n, p, name), n.field.inverse(Frac(p, ())))


def _square(a: Term) -> Term:
    return power(a, num(2))


_SLOPES: dict[str, Callable[[Term], Term]] = {
    "erf": lambda a: mul(num(2), power(make("pi"), num(-1, 2)), make("exp", mul(num(-1), _square(a)))),
    "atan": lambda a: power(Term("add", (_ONE, _square(a))), num(-1)),
}
_SMOOTH = frozenset({"sym", "exp", "log", "root", "sin", "cos", "erf", "atan"})


# -- the rule ----------------------------------------------------------------
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
            return heads <= _SMOOTH and _never_zero(n, s, a)

        with suppress(GaveUp, Split, Undefined, Kink):
            return self.site.at(self.name, interval).study(ask)
        return False

    def _slope(self, strict: bool) -> tuple[int, tuple[int, Term] | None]:
        """The mask of the derivative inside the interval, or (s, a) where it is s times the sign of z − a."""
        inside = replace(self.interval, lower_open=True, upper_open=True)

        def ask(n: Normal) -> tuple[int, tuple[int, Term] | None]:
            s = Signs(n, self.site.calculus)
            d = derivative(n, n.go(self.term), self.name)
            if not _never_zero(n, s, d):
                return ANY, None
            mask = s.of(d, strict)
            if mask & NEGATIVE and mask & POSITIVE:
                return mask, _turn(n, s, d, self.name) or _flat(n, s, d, self.name)
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


def _never_zero(n: Normal, s: Signs, a: Frac) -> bool:
    """Are the denominators certainly not zero?"""
    return all(not s.of_poly(n.field.factors[i], True) & ZERO for i, _ in a.den)


# -- where the derivative turns ---------------------------------------------------------------------------------------
def _turn(n: Normal, s: Signs, d: Frac, name: str) -> tuple[int, Term] | None:
    """(way, a) where d has the sign of way · (z − a), or 0 more often: one factor of d turns, the others do not."""
    c, found = n.field.factor(d.num)
    mask = signs.of_number(c)
    turning: Poly = None
    for p, e in [*found, *((n.field.factors[i], e) for i, e in d.den)]:
        one = s.of_poly(p, True) if e % 2 else NONNEGATIVE
        if one & NEGATIVE and one & POSITIVE:
            if turning is not None:
                return None
            turning = p
        else:
            mask = signs.product(mask, one)
    if turning is None or (mask & NONZERO) == NONZERO:
        return None
    return _solved(n, s, turning, name, -1 if mask & NEGATIVE else 1)


def _flat(n: Normal, s: Signs, d: Frac, name: str) -> tuple[int, Term] | None:
    """Where d = 0 at 0 or at another variable, and does not fall, or does not rise, anywhere."""
    term = n.readback.fraction(d)
    others = sorted(v for v in n.free(d) - {name} if n.registry.number(("sym", v)) is not None)
    for at in (num(0), *map(sym, others)):
        with suppress(GaveUp, Split, Undefined, Kink, ZeroDivisionError):
            if n.field.is_zero(n.go(substitute(term, {name: at}))):
                second = derivative(n, d, name)
                mask = s.of(second, False) if _never_zero(n, s, second) else ANY
                if not mask & NEGATIVE or not mask & POSITIVE:
                    return (1 if not mask & NEGATIVE else -1), at
    return None


def _solved(n: Normal, s: Signs, p: Poly, name: str, way: int) -> tuple[int, Term] | None:
    """The zero of p for the variable, where p is linear in it or in an exponential of it."""
    for q in (p, n.facts.logarithm(p)):
        for g in n.field.generators_of(q) if q is not None else ():
            parts = coefficients(n, q, g)
            if set(parts) not in ({0, 1}, {1}) or any(name in n.free_of(c) for c in parts.values()):
                continue
            lead, rest = s.of_poly(parts[1], True), parts.get(0, n.field.zero)
            at = _place(n, s, g, name, mul(num(-1), n.readback.poly(rest), power(n.readback.poly(parts[1]), num(-1))))
            if lead in (NEGATIVE, POSITIVE) and at is not None and _reached(n, s, g, rest, lead):
                return (way if lead == POSITIVE else -way), at
    return None


def _place(n: Normal, s: Signs, g: int, name: str, value: Term) -> Term | None:
    """The variable where the generator has the value."""
    key = n.generator(g).key
    if key == ("sym", name):
        return value
    if key[0] == "exp" and key[1] == (((n.registry.numbers["sym", name], 1),), frozenset()):
        return mul(num(1 / n.registry.units[key]), make("log", value))
    return None


def _reached(n: Normal, s: Signs, g: int, rest: Poly, lead: int) -> bool:
    """An exponential only has positive values."""
    return n.generator(g).key[0] == "sym" or s.of_poly(rest, True) == signs.negated(lead)


RULES["monotone"] = _monotone
FRACTION_RULES["monotone"] = _compared
