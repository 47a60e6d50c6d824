"""The mask of a fraction over generators in one region: by factors, each of them by the rules of a table."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from typing import Any

from derive.prove import signs
from derive.prove.field import Frac
from derive.prove.normal import Normal
from derive.prove.polys import Poly, to_fraction
from derive.prove.roots import Interval
from derive.prove.signals import GaveUp, Kink, Split, Undefined
from derive.prove.signs import ANY, NEGATIVE, NONNEGATIVE, NONPOSITIVE, NONZERO, POSITIVE, ZERO
from derive.terms.json import Json, to_json
from derive.terms.term import Term, make

_CERTAIN = (NEGATIVE, ZERO, POSITIVE)
_SETTLED = (*_CERTAIN, NONNEGATIVE, NONPOSITIVE)
_MAX_DEPTH = 6
_RANGES = {"sin": Interval(Fraction(-1), Fraction(1), False, False), "erf": Interval(Fraction(-1), Fraction(1))}
_RANGES["cos"] = _RANGES["sin"]

Rule = Callable[["Signs", Poly, bool], int]
#: rules for a fraction as a whole, which may be simpler than its numerator
FRACTION_RULES: dict[str, Callable[[Signs, Frac, bool], int]] = {}
#: name -> rule; the modules of rules fill it
RULES: dict[str, Rule] = {}
#: in this order they are asked: what is cheap first
ORDER = (
    *("number", "real roots", "merged sums", "pairs of summands", "exchanged sums", "bounds of sums"),
    *("chord", "discriminant", "square root", "coefficients"),
    *("two exponentials", "exponential", "monotone", "boxes"),
)


class Signs:
    """Answers in one region. `strict` asks for more than ≥ 0 or ≤ 0; `calculus` for the rules that differentiate."""

    def __init__(self, n: Normal, calculus: int) -> None:
        self.n = n
        self.calculus = calculus
        self.facts = len(n.facts.known)
        self.used: list[Json] = []
        #: variables and values where something was seen to turn: where to look for a witness
        self.places: list[tuple[str, Term]] = []
        self.depth = 0
        self._memo: dict[tuple[Any, bool, int], int] = {}

    def of(self, a: Frac, strict: bool) -> int:
        """The mask of a fraction; its denominators are not zero where it is defined."""
        out = self.of_poly(a.num, strict)
        for i, e in a.den:
            if e % 2:
                out = signs.product(out, self.of_poly(self.n.field.factors[i], True) & NONZERO or NONZERO)
        if a.den and not self._enough(out, strict) and not self.depth:
            for rule in FRACTION_RULES.values():
                out = out & self._applied(rule, a, strict) or out
        return out

    def of_poly(self, p: Poly, strict: bool) -> int:
        """The mask of a polynomial, by its irreducible factors."""
        known = self.n.facts.of_poly(p)
        if self._enough(known, strict) or self.depth > _MAX_DEPTH:
            return known
        c, found = self.n.field.factor(p)
        out = signs.of_number(c)
        for f, e in found:
            if e % 2 or strict:
                out = signs.product(out, signs.to_power(self.of_factor(f, strict), e))
            else:
                out = signs.product(out, NONNEGATIVE)
        return out & known or known

    def of_factor(self, p: Poly, strict: bool) -> int:
        """The mask of an irreducible polynomial."""
        key = (self.n.field.poly_key(p), strict, self.calculus)
        if key not in self._memo:
            self._memo[key] = ANY  # a rule that comes back to its own question learns nothing
            self.depth += 1
            try:
                self._memo[key] = self._by_rules(p, strict)
            finally:
                self.depth -= 1
        return self._memo[key]

    def _by_rules(self, p: Poly, strict: bool) -> int:
        out = self.n.facts.of_poly(p)
        for name in ORDER:
            if self._enough(out, strict):
                break
            self.n.field.tick()
            found = self._applied(RULES[name], p, strict)
            if found & out not in (0, out):
                out &= found
                self.used.append({"rule": name, "of": to_json(self.n.readback.poly(p))})
        return out

    def _applied(self, rule: Callable[[Signs, Any, bool], int], a: Poly | Frac, strict: bool) -> int:
        try:
            return rule(self, a, strict)
        except (GaveUp, Split, Undefined, Kink, ZeroDivisionError, OverflowError):
            return ANY

    @staticmethod
    def _enough(mask: int, strict: bool) -> bool:
        return mask in _CERTAIN or (not strict and mask in _SETTLED)


# -- facts about generators
def learn_bounds(n: Normal, a: Frac) -> None:
    """exp(u) ≥ 1 + u, log|p| ≤ |p| − 1 and |atan(u)| < π/2, for the generators of a."""
    f = n.field
    for g in sorted({g for p in (a.num, *(f.factors[i] for i, _ in a.den)) for g in f.generators_of(p)}):
        key, gen = n.generator(g).key, f.poly_of(g)
        match key[0]:
            case "exp" if not key[1][1]:
                n.facts.enter(gen - f.one - f.monomial(key[1][0], n.registry.units[key]), NONNEGATIVE)
            case "log":
                p = sum((f.monomial(m, c) for m, c in key[1]), f.zero)
                if n.facts.of_poly(p) in (POSITIVE, NEGATIVE):
                    size = p if n.facts.of_poly(p) == POSITIVE else -p
                    n.facts.enter(size - f.one - gen, NONNEGATIVE)
            case "atan":
                pi = n.go(make("pi")).num
                n.facts.enter(pi - gen * 2, POSITIVE)
                n.facts.enter(pi + gen * 2, POSITIVE)


# -- polynomials as polynomials in one generator ----------------------------------------------------------------------
def coefficients(n: Normal, p: Poly, g: int) -> dict[int, Poly]:
    """p = Σ cₖ gᵏ: the cₖ by k."""
    out: dict[int, Poly] = {}
    for monomial, c in n.field.terms(p):
        rest = tuple(ge for ge in monomial if ge[0] != g)
        k = dict(monomial).get(g, 0)
        out[k] = out.get(k, n.field.zero) + n.field.monomial(rest, c)
    return out


def interval_of(n: Normal, g: int) -> Interval:
    """Where the values of a generator lie: by its sign, and by the facts that compare it with a number."""
    generator = n.generator(g)
    masks = {Fraction(0): generator.sign}
    gen = n.field.poly_of(g)
    for q, mask in n.facts.known:
        gap = gen - q
        if gap.is_constant():
            at = to_fraction(gap.leading_coefficient()) if not gap.is_zero() else Fraction(0)
            masks[at] = masks.get(at, ANY) & mask
    if generator.key[0] == "exp" and not generator.key[1][1]:
        masks[Fraction(1)] = masks.get(Fraction(1), ANY) & n.facts.of_poly(n.field.monomial(generator.key[1][0]))
    return _interval(masks, _RANGES.get(generator.key[0], Interval()))


def _interval(masks: dict[Fraction, int], base: Interval) -> Interval:
    """`masks` say on which side of some numbers the value lies."""
    low = [(at, not mask & ZERO) for at, mask in masks.items() if not mask & NEGATIVE]
    high = [(at, not mask & ZERO) for at, mask in masks.items() if not mask & POSITIVE]
    if base.lower is not None and base.upper is not None:
        low, high = [*low, (base.lower, base.lower_open)], [*high, (base.upper, base.upper_open)]
    lower, lower_open = max(low, default=(None, True))
    upper, upper_open = min(high, key=lambda h: (h[0], not h[1]), default=(None, True))
    return Interval(lower, upper, lower_open, upper_open)
