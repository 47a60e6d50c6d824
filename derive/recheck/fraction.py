"""Fractions of polynomials over generators. A generator is a term in a canonical form: equal terms, equal functions.

A fraction is num / Π factor^e; each factor has at least two terms, no monomial to take out, and leading coefficient 1.
No factor is ever found here: a polynomial is divided by the factors that are known, and what is left is one more.
"""

from __future__ import annotations

from typing import NamedTuple

from derive.errors import CertificateError
from derive.recheck import poly
from derive.recheck.poly import ONE, Mono, Number, Poly
from derive.terms.term import Term, add, mul, num, power

MAX_WORK = 300_000
MAX_POWER = 200
Den = tuple[tuple[int, int], ...]


class NotRechecked(CertificateError):
    """The small checker does not know this kind of step, or it is too large for it: nothing is said about the proof."""


class Frac(NamedTuple):
    """num / Π factor^e, by the numbers of the factors."""

    num: Poly
    den: Den = ()

    @property
    def constant(self) -> Number | None:
        """The number that it is, or None."""
        return None if self.den or self.num.keys() - {()} else self.num.get((), 0)


class Book:
    """The generators and factors of one proof, by number. The same numbers in all regions."""

    def __init__(self) -> None:
        self.terms: list[Term] = []
        self.factors: list[Poly] = []
        self.ranges: dict[Term, int] = {}
        self.opaque: set[str] = set()
        self._numbers: dict[Term, int] = {}
        self._shown: dict[frozenset[tuple[Mono, Number]], Term] = {}
        self._work = 0

    def number(self, term: Term) -> int:
        """The number of the generator that is written like this."""
        n = self._numbers.setdefault(term, len(self.terms))
        if n == len(self.terms):
            self.terms.append(term)
        return n

    def spend(self, work: int) -> None:
        """Large expressions end here rather than never."""
        self._work += work
        if self._work > MAX_WORK:
            raise NotRechecked("cannot re-check: the expression swells beyond the limit of the small checker")

    # -- back to terms ------------------------------------------------------------------------------------------------
    def mono(self, m: Mono) -> Term:
        """Π generator^e."""
        return mul(*(self.terms[g] if e == 1 else power(self.terms[g], num(e)) for g, e in m))

    def poly(self, p: Poly) -> Term:
        """The polynomial as a sum of products, in the order of its monomials."""
        key = frozenset(p.items())
        if key not in self._shown:
            self._shown[key] = add(*(_scaled(p[m], self.mono(m)) for m in sorted(p)))
        return self._shown[key]

    def term(self, a: Frac) -> Term:
        """The fraction as a term: the same for equal fractions, if their factors are irreducible."""
        if not a.den:
            return self.poly(a.num)
        return mul(self.poly(a.num), *(power(self.poly(self.factors[f]), num(-e)) for f, e in a.den))

    # -- factors ------------------------------------------------------------------------------------------------------
    def split(self, p: Poly) -> tuple[Number, Mono, dict[int, int], Poly]:
        """p = c · monomial · Π factor^e · rest, where no known factor divides the rest."""
        m = poly.content(p)
        p = poly.shift(p, poly.raised(m, -1))
        c = p[max(p)]
        p = poly.scale(p, poly.ratio(1, c))
        found: dict[int, int] = {}
        for f in range(len(self.factors)):
            while (q := self.quotient(p, f)) is not None:
                p, found[f] = q, found.get(f, 0) + 1
        lead = p[max(p)]  # a quotient may have another one
        return poly.exact(c * lead), m, found, poly.scale(p, poly.ratio(1, lead))

    def factored(self, p: Poly) -> tuple[Number, Mono, dict[int, int]]:
        """The same, with the rest as a new factor."""
        c, m, found, rest = self.split(p)
        if rest != ONE:
            self.factors.append(rest)
            found[len(self.factors) - 1] = 1
        return c, m, found

    def quotient(self, p: Poly, f: int) -> Poly | None:
        """p / factor, where that leaves no rest."""
        factor = self.factors[f]
        if len(p) < 2 or not poly.fits(p, factor):
            return None
        if p == factor:
            return ONE
        self.spend(len(p) * len(factor))
        q, rest = poly.divide(p, factor)
        return None if rest else q

    def cancel(self, p: Poly, den: dict[int, int]) -> Frac:
        """p / Π factor^e without the factors that divide p."""
        if not p:
            return Frac({})
        m = poly.content(p) if den else ()
        bare = poly.shift(p, poly.raised(m, -1))
        left = {}
        for f, e in sorted(den.items()):
            while e and (q := self.quotient(bare, f)) is not None:
                bare, e = q, e - 1  # noqa: PLW2901
            if e:
                left[f] = e
        return Frac(poly.shift(bare, m), tuple(left.items()))


def _scaled(c: Number, t: Term) -> Term:
    return t if c == 1 else num(c) if t == num(1) else mul(num(c), t)
