"""Arithmetic of fractions, with the relations between generators that hold in one region."""

from __future__ import annotations

from collections.abc import Iterable

from derive.recheck import poly
from derive.recheck.fraction import MAX_POWER, Book, Den, Frac, NotRechecked
from derive.recheck.poly import ONE, Mono, Number, Poly
from derive.terms.term import free_names


class Vacuous(Exception):
    """There is no point in this region at which both sides have a value."""


class Arithmetic:
    """`relations`: the power of a generator from which on it is another fraction: |p|^1 = ±p, sin² = 1 − cos²."""

    def __init__(self, book: Book) -> None:
        self.book = book
        self.relations: dict[int, tuple[int, Frac]] = {}

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
        out: Poly = {poly.raised(m, -1): poly.ratio(1, c)}
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
