"""One region: the arithmetic in it, what is known of signs, and what follows from that without a search.

A sign is a set of three bits. A fact is a polynomial and its sign; it comes from the range of a variable, from the
region itself, or from the places where both sides of the claim are defined. Facts that contradict each other say that
there is no such place: `Vacuous`.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from fractions import Fraction
from typing import NamedTuple

from derive.certificate import Condition
from derive.domain import Domain, Range
from derive.errors import CertificateError
from derive.recheck import poly
from derive.recheck.fraction import MAX_POWER, Book, Den, Frac, NotRechecked
from derive.recheck.poly import ONE, Mono, Number, Poly
from derive.terms.term import Term, free_names

NEGATIVE, ZERO, POSITIVE, ANY = 1, 2, 4, 7
NONNEGATIVE, NONPOSITIVE, NONZERO = ZERO | POSITIVE, ZERO | NEGATIVE, NEGATIVE | POSITIVE
SIGNS = (NEGATIVE, ZERO, POSITIVE)
_OF_TEXT = {"+": POSITIVE, "-": NEGATIVE, "0": ZERO, ">=": NONNEGATIVE, "<=": NONPOSITIVE, "!=": NONZERO, "?": ANY}
_OF_HEAD = {"exp": POSITIVE, "abs": NONNEGATIVE, "pi": POSITIVE, "euler_gamma": POSITIVE}
_WANTED = {"positive": POSITIVE, "nonnegative": NONNEGATIVE, "nonzero": NONZERO}


class Vacuous(Exception):
    """There is no point in this region at which both sides have a value."""


class Kink(Exception):
    """A choice ties at the point where a derivative is taken: both sides have to be looked at."""


class Outside(Vacuous):
    """Beside a point, on the side under study, there is no value."""


class Along(NamedTuple):
    """A derivative is being taken: the variable, its value, and the side from which it comes (0: not decided yet)."""

    name: str
    value: Term
    side: int


class Unsigned(CertificateError):
    """A sign decides here, and does not follow from what is known in this region."""


def negated(mask: int) -> int:
    """The signs of −x."""
    return (mask & ZERO) | (mask >> 2) | (mask & NEGATIVE) << 2


def product(a: int, b: int) -> int:
    """The signs of x y."""
    out = (a | b) & ZERO
    if b & POSITIVE:
        out |= a & NONZERO
    return out | negated(a) & NONZERO if b & NEGATIVE else out


def total(a: int, b: int) -> int:
    """The signs of x + y."""
    if ZERO in (a, b):
        return b if a == ZERO else a
    if (a | b) & NONZERO == NONZERO:
        return ANY
    return (a | b) & NONZERO | (a & b & ZERO)


def to_power(mask: int, e: Number) -> int:
    """The signs of x^e: e is whole, or x is not negative."""
    if e.denominator == 1 and e.numerator % 2 == 0:
        mask = mask & ZERO | (POSITIVE if mask & NONZERO else 0)
    return mask & NONZERO if e < 0 else mask


def of_number(c: Number) -> int:
    """The sign of a number."""
    return POSITIVE if c > 0 else NEGATIVE if c < 0 else ZERO


class Region:
    """A domain, assumptions about signs, and arithmetic with what follows from them."""

    def __init__(self, book: Book, domain: Domain) -> None:
        self.book = book
        self.domain = domain
        self.bound: dict[str, Range] = {}
        self.conditions: set[Condition] = set()
        self.strict = False
        self.relations: dict[int, tuple[int, Frac]] = {}
        self.facts: list[tuple[Poly, int]] = []
        self.signs: dict[int, int] = {}
        self.along: Along | None = None
        self.memos: dict[Along | None, dict[Term, Frac]] = {None: {}}

    def range_of(self, name: str) -> Range:
        """The values of a variable or of a bound index."""
        return self.bound.get(name) or self.domain[name]

    # -- arithmetic ---------------------------------------------------------------------------------------------------
    def of(self, term: Term, sign: int = ANY) -> Frac:
        """The generator that is written like this; `sign` is what holds of it in this region."""
        g = self.book.number(term)
        self.signs[g] = self.signs.get(g, self._sign_by_form(term)) & sign
        return Frac({((g, 1),): 1})

    def _sign_by_form(self, term: Term) -> int:
        if term.head in ("sym", "at"):
            return _OF_TEXT[self.range_of(term.name).sign]
        return _OF_HEAD.get(term.head, ANY)

    def add(self, parts: Iterable[Frac]) -> Frac:
        """The sum, over a common denominator."""
        buckets: dict[object, Frac] = {}
        for a in parts:
            before = buckets.get(a.den)
            buckets[a.den] = Frac(poly.add(before.num, a.num), a.den) if before else a
        common: dict[int, int] = {}
        for a in buckets.values():
            common |= {f: max(common.get(f, 0), e) for f, e in a.den}
        out: Poly = {}
        for a in buckets.values():
            own = dict(a.den)
            lifted = a.num
            for f, e in common.items():
                lifted = self._times(lifted, self._power(self.book.factors[f], e - own.get(f, 0)))
            out = poly.add(out, lifted)
        return self._related(self.book.cancel(out, common))

    def sub(self, a: Frac, b: Frac) -> Frac:
        """a − b."""
        return self.add((a, self.scale(b, -1)))

    def scale(self, a: Frac, c: Number) -> Frac:
        """c a."""
        return Frac(poly.scale(a.num, c), a.den if c else ())

    def mul(self, a: Frac, b: Frac) -> Frac:
        """a b, with the relations of generators used."""
        self.book.spend(len(a.num) * len(b.num))
        den = dict(a.den)
        for f, e in b.den:
            den[f] = den.get(f, 0) + e
        return self._related(self.book.cancel(poly.mul(a.num, b.num), den))

    def _times(self, p: Poly, q: Poly) -> Poly:
        self.book.spend(len(p) * len(q))
        return p if q == ONE else poly.mul(p, q)

    def _power(self, p: Poly, e: int) -> Poly:
        out = ONE
        for _ in range(e):
            out = self._times(p, out)
        return out

    def _related(self, a: Frac) -> Frac:
        """generator^limit is another fraction: |p|^1 = ±p, sin² = 1 − cos²."""
        for g in sorted(self.relations, reverse=True):
            limit, value = self.relations[g]
            shrinks = g not in poly.generators(value.num)
            if any(h == g and (e >= limit or (e < 0 and shrinks)) for m in a.num for h, e in m):
                return self.add(self._reduced(m, c, g, a.den) for m, c in a.num.items())
        return a

    def _reduced(self, m: Mono, c: Number, g: int, den: Den) -> Frac:
        limit, value = self.relations[g]
        times = dict(m).get(g, 0) // limit
        rest = poly.times(m, ((g, -times * limit),)) if times else m
        return self.mul(Frac({rest: c}, den), self.power(value, int(times)))

    def inverse(self, a: Frac) -> Frac:
        """1/a; the caller knows that a is not zero."""
        if not a.num:
            raise Vacuous("division by zero")
        c, m, found = self.book.factored(a.num)
        out: Poly = {poly.raised(m, -1): Fraction(1) / c}
        for f, e in a.den:
            out = self._times(self._power(self.book.factors[f], e), out)
        return self._related(self.book.cancel(out, found))

    def power(self, a: Frac, e: int) -> Frac:
        """a^e for a whole e; the caller knows that a is not zero where e < 0."""
        if e < 0:
            return self.power(self.inverse(a), -e)
        if len(a.num) == 1 and not a.den:
            ((m, c),) = a.num.items()
            if e <= MAX_POWER or c in (1, -1):
                return self._related(Frac(poly.mul({poly.raised(m, e): c**e}, ONE)))
        if e > MAX_POWER:
            raise NotRechecked(f"cannot re-check: an exponent over {MAX_POWER}")
        out = Frac(ONE)
        for _ in range(e):
            out = self.mul(a, out)
        return out

    def names(self, p: Iterable[Mono]) -> frozenset[str]:
        """The names on which monomials depend."""
        return frozenset().union(*(free_names(self.book.terms[g]) for g in poly.generators(p)))

    # -- signs --------------------------------------------------------------------------------------------------------
    def sign(self, a: Frac, wanted: Sequence[int] = SIGNS) -> int:
        """The one mask of `wanted` in which the sign of a lies; `Unsigned` where that does not follow."""
        mask = self.mask(a)
        for w in wanted:
            if mask | w == w:
                return w
        raise Unsigned(f"the sign of {self.book.term(a)!r} decides here, and does not follow"[:300])

    def mask(self, a: Frac) -> int:
        """What is known of the sign of a fraction that is defined."""
        out = self._of_poly(a.num)
        for f, e in a.den:
            out = product(out, to_power(self._of_poly(self.book.factors[f]) & NONZERO, e))
        return out or self._contradiction()

    @staticmethod
    def _contradiction() -> int:
        raise Vacuous("what is known in this region contradicts itself")

    def _of_poly(self, p: Poly) -> int:
        out = self._quick(p)
        if out in SIGNS or len(p) < 2:
            return out
        c, m, found, rest = self.book.split(p)
        if m or found:
            by_factors = product(of_number(c), self._of_mono(m))
            for q, e in (*((self.book.factors[f], e) for f, e in found.items()), (rest, 1)):
                by_factors = product(by_factors, to_power(self._quick(q), e))
            out &= by_factors
        return out or self._contradiction()

    def _quick(self, p: Poly) -> int:
        out = self._by_terms(p)
        if out not in SIGNS:
            out &= self._by_facts(p)
        if out not in SIGNS and len(p) == 2:
            out &= self._by_logarithm(p)
        return out or self._contradiction()

    def _by_terms(self, p: Poly) -> int:
        out = ZERO
        for m, c in p.items():
            out = total(out, product(of_number(c), self._of_mono(m)))
            if out == ANY:
                break
        return out

    def _of_mono(self, m: Mono) -> int:
        out = POSITIVE
        for g, e in m:
            out = product(out, to_power(self.signs[g], e))
        return out

    def _by_facts(self, p: Poly) -> int:
        """p = w q + rest with a known q: their signs bound that of p."""
        out = ANY
        for q, known in self.facts:
            self.book.spend(len(q))
            for w in {Fraction(p[m]) / c for m, c in q.items() if m in p}:
                rest = poly.add(p, poly.scale(q, -w))
                out &= total(known if w > 0 else negated(known), self._by_terms(rest))
        return out

    def _by_logarithm(self, p: Poly) -> int:
        """c e^u − c e^v has the sign of c (u − v)."""
        (m, c), (n, d) = p.items()
        if c != -d:
            return ANY
        gap: Poly = {}
        outside = product(of_number(c), self._of_mono(n))
        for g, e in poly.times(m, poly.raised(n, -1)):
            inside = self.memos[None].get(self.book.terms[g].args[0]) if self.book.terms[g].head == "exp" else None
            if inside is None or inside.den:
                return ANY
            gap = poly.add(gap, poly.scale(inside.num, e))
        return product(outside, self._by_terms(gap) & self._by_facts(gap))

    # -- facts --------------------------------------------------------------------------------------------------------
    def require(self, kind: str, term: Term, a: Frac) -> None:
        """Both sides are defined only where a has this sign: a condition, and a fact from here on."""
        wanted, mask = _WANTED[kind], self.mask(a)
        if self.along is not None:
            return self._require_along(wanted, mask, term)
        if self.strict and mask | wanted != wanted:
            raise Unsigned(f"{term!r} is not seen to be {kind} in this region"[:300])
        if not mask & wanted:
            raise Vacuous(f"{term!r} is not {kind}"[:200])
        if mask | wanted != wanted:
            self.conditions.add(Condition(kind, term))  # type: ignore[arg-type]
            self.learn(a, wanted)
        return None

    def _require_along(self, wanted: int, mask: int, term: Term) -> None:
        """While a derivative is taken nothing is assumed; a root of zero has a sign beside the point."""
        tied = self.along is not None and self.along.name in free_names(term)
        if mask == ZERO and tied and wanted == NONNEGATIVE:
            from derive.recheck.choices import beside_zero

            if not beside_zero(self, term, self.along) & wanted:  # type: ignore[arg-type]
                raise Outside(f"{term!r} leaves its range"[:200])
        elif not mask & wanted:
            raise Vacuous(f"{term!r} does not lie in its range"[:200])
        elif mask | wanted != wanted or (mask != wanted and mask & ZERO and tied):
            raise Unsigned(f"while a derivative is taken, the sign of {term!r} must be known"[:300])

    def learn(self, a: Frac, mask: int) -> None:
        """Enter the sign of a fraction that holds in this region."""
        p = a.num
        for f, e in a.den:
            if e % 2:
                p = self._times(p, self.book.factors[f])
        known = self._of_poly(p) if p else ZERO
        if not known & mask:
            raise Vacuous("the assumptions contradict each other")
        if known | mask != mask:
            self._enter(p, known & mask)

    def _enter(self, p: Poly, mask: int) -> None:
        if len(p) == 1:
            ((m, c),) = p.items()
            self._enter_mono(m, mask if c > 0 else negated(mask))
        m = tuple((g, e) for g, e in poly.content(p) if self.signs[g] == POSITIVE)
        p = poly.shift(p, poly.raised(m, -1))
        if mask in (POSITIVE, NEGATIVE) and self._whole(p):
            step = -1 if mask == POSITIVE else 1
            p, mask = poly.add(p, {(): step}), mask | ZERO
        self.facts.append((p, mask))

    def _enter_mono(self, m: Mono, mask: int) -> None:
        for g, e in m:
            if len(m) == 1 and e.denominator == 1 and e.numerator % 2:
                self.signs[g] &= mask
            elif not mask & ZERO:
                self.signs[g] &= NONZERO

    def _whole(self, p: Poly) -> bool:
        """Are the values of p whole numbers? Then p > 0 says p >= 1."""
        return all(c.denominator == 1 and all(self._whole_power(g, e) for g, e in m) for m, c in p.items())

    def _whole_power(self, g: int, e: Number) -> bool:
        t = self.book.terms[g]
        return t.head in ("sym", "at") and self.range_of(t.name).whole and e.denominator == 1 and e > 0
