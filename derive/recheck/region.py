"""One region: the arithmetic in it, what is known of signs, and what follows from that without a search.

A sign is a set of three bits. A fact is a polynomial and its sign; it comes from the range of a variable, from the
region itself, or from the places where both sides of the claim are defined. Facts that contradict each other say that
there is no such place: `Vacuous`.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from derive.certificate import Condition
from derive.domain import REAL, Domain, Range
from derive.errors import CertificateError
from derive.recheck import poly
from derive.recheck.arithmetic import Arithmetic, Vacuous
from derive.recheck.fraction import Book, Frac
from derive.recheck.poly import Mono, Number, Poly
from derive.recheck.signs import (
    ANY,
    NEGATIVE,
    NONNEGATIVE,
    NONZERO,
    POSITIVE,
    SIGNS,
    ZERO,
    negated,
    of_number,
    of_text,
    product,
    to_power,
    total,
)
from derive.terms.term import Term, free_names

_OF_HEAD = {"exp": POSITIVE, "abs": NONNEGATIVE, "pi": POSITIVE, "euler_gamma": POSITIVE}
_WANTED = {"positive": POSITIVE, "nonnegative": NONNEGATIVE, "nonzero": NONZERO}


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


class Region(Arithmetic):
    """A domain, assumptions about signs, and arithmetic with what follows from them."""

    def __init__(self, book: Book, domain: Domain) -> None:
        super().__init__(book)
        self.domain = domain
        self.bound: dict[str, Range] = {}
        self.conditions: set[Condition] = set()
        self.strict = False
        self.facts: list[tuple[Poly, int]] = []
        self.signs: dict[int, int] = {}
        self.along: Along | None = None
        self.memos: dict[Along | None, dict[Term, Frac]] = {None: {}}

    def range_of(self, name: str) -> Range:
        """The values of a variable or of a bound index; by which a derivative is taken, that is any number."""
        if self.along is not None and name == self.along.name:
            return REAL
        return self.bound.get(name) or self.domain[name]

    def of(self, term: Term, sign: int = ANY) -> Frac:
        """The generator that is written like this; `sign` is what holds of it in this region."""
        g = self.book.number(term)
        self.signs[g] = self.signs.get(g, self._sign_by_form(term)) & sign
        return Frac({((g, 1),): 1})

    def _sign_by_form(self, term: Term) -> int:
        if term.head in ("sym", "at"):
            return of_text(self.range_of(term.name).sign)
        return _OF_HEAD.get(term.head, ANY)

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
            for w in {poly.ratio(p[m], c) for m, c in q.items() if m in p}:
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
        if mask | wanted != wanted:
            mask = self._seen_by_form(term, a, mask)
        if self.strict and mask | wanted != wanted:
            raise Unsigned(f"{term!r} is not seen to be {kind} in this region"[:300])
        if not mask & wanted:
            raise Vacuous(f"{term!r} is not {kind}"[:200])
        if mask | wanted != wanted:
            self.conditions.add(Condition(kind, term))  # type: ignore[arg-type]
            self.learn(a, wanted)
        return None

    def _seen_by_form(self, term: Term, a: Frac, mask: int) -> int:
        """1 + (s − t)² is positive, though that is not seen once it is multiplied out."""
        from derive.recheck.form import by_form

        if term.head == "add" and (more := by_form(self, term) & mask) != mask:
            self.learn(a, more)
            return more
        return mask

    def _require_along(self, wanted: int, mask: int, term: Term) -> None:
        """While a derivative is taken nothing is assumed; a root of zero has a sign beside the point."""
        tied = self.along is not None and self.along.name in free_names(term)
        if mask == ZERO and tied and wanted == NONNEGATIVE:
            from derive.recheck.choices import beside_zero

            if not beside_zero(self, term, self.along) & wanted:  # type: ignore[arg-type]
                raise Outside(f"{term!r} leaves its range"[:200])
        elif not mask & wanted:
            raise Vacuous(f"{term!r} does not lie in its range"[:200])
        elif mask | wanted != wanted or (mask & ZERO and tied):
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
        if known | mask != mask or (mask in (POSITIVE, NEGATIVE) and p.keys() - {()} and self._whole(p)):
            self._enter(p, known & mask)

    def _enter(self, p: Poly, mask: int) -> None:
        if len(p) == 1:
            ((m, c),) = p.items()
            self._enter_mono(m, mask if c > 0 else negated(mask))
        if mask in (POSITIVE, NEGATIVE) and self._whole(p):
            step = -1 if mask == POSITIVE else 1
            p, mask = poly.add(p, {(): step}), mask | ZERO
        m = tuple((g, e) for g, e in poly.content(p) if self.signs[g] == POSITIVE)
        p = poly.shift(p, poly.raised(m, -1))
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
