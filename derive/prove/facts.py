"""What is known of signs in one region, and what follows: sound, incomplete, quick.

A fact is a polynomial and a mask. New facts come from ranges of variables, from the region's assumptions and from
the places where both sides of the claim are defined.
"""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction
from math import gcd
from typing import Any

from derive.prove import inequalities, linear, signs
from derive.prove.exponents import difference
from derive.prove.field import Field, Frac
from derive.prove.polys import Poly, to_fraction
from derive.prove.registry import Registry
from derive.prove.roots import Interval, sign_on
from derive.prove.signs import ANY, NEGATIVE, NONNEGATIVE, NONPOSITIVE, NONZERO, POSITIVE, ZERO

_MAX_FACTS = 60
_MAX_LENGTH = 60
_FEW = 2  # terms: to ask which generators occur in them takes longer


class Facts:
    """Signs of polynomials in the generators of a field."""

    def __init__(self, field: Field, registry: Registry) -> None:
        self.field = field
        self.registry = registry
        self.known: list[tuple[Poly, int]] = []
        self._rows: list[dict[Any, Any]] = []
        self.equalities: list[Poly] = []
        self.seen: set[Any] = set()

    # -- learning ---------------------------------------------------------------------------------------------------
    def learn(self, a: Frac, mask: int) -> bool:
        """Enter the sign of a fraction; False when that contradicts what is known."""
        before = self.of_fraction(a)
        if not before & mask:
            return False
        if before | mask == mask:
            return True
        p, mask = a.num, mask & before
        for factor in (self.field.factors[f] for f, e in a.den if e % 2):
            known = self.of_poly(factor)
            if known == NEGATIVE:
                mask = signs.negated(mask)
            elif known != POSITIVE:
                p = self.field.times(p, factor)
        self.enter(p, mask)
        return True

    def enter(self, p: Poly, mask: int) -> None:
        """Enter a sign without a look at what is known."""
        if mask == ZERO:
            self.equalities.append(p)
        self._store(p, mask)
        if mask in (POSITIVE, NEGATIVE) and self._whole(p):  # says more of sums, and less of products
            self._store(p - 1 if mask == POSITIVE else p + 1, NONNEGATIVE if mask == POSITIVE else NONPOSITIVE)

    def _store(self, p: Poly, mask: int) -> None:
        if p.is_zero():
            return
        lead = to_fraction(p.leading_coefficient())
        if lead < 0:
            mask = signs.negated(mask)
        if len(self.known) < _MAX_FACTS:
            q = p / p.leading_coefficient()
            self.known.append((q, mask))
            self._rows.append(dict(q.terms()))

    def _whole(self, p: Poly) -> bool:
        """Are the values of p whole numbers? Then p > 0 says p ≥ 1."""
        return all(c.denominator == 1 and all(self.is_whole(g) for g, _ in m) for m, c in self.field.terms(p))

    def is_whole(self, generator: int) -> bool:
        """Does this generator take whole values only?"""
        return ("whole", generator) in self.seen

    # -- asking -----------------------------------------------------------------------------------------------------
    def of_fraction(self, a: Frac) -> int:
        """The mask of num/den."""
        out = self.of_poly(a.num)
        for f, e in a.den:
            mask = self.of_poly(self.field.factors[f]) & NONZERO
            out = signs.product(out, signs.to_power(mask or NONZERO, e))
        return out

    def of_poly(self, p: Poly) -> int:
        """The mask of a polynomial: by its terms, by facts, then by its factors."""
        quick = self.quick(p)
        if quick in (NEGATIVE, ZERO, POSITIVE) or len(p) < 2:
            return quick
        found = quick & self._by_factors(p)
        return found or quick

    def quick(self, p: Poly) -> int:
        """The mask of a polynomial without a look at its factors."""
        out = self._by_terms(p)
        if out in (NEGATIVE, ZERO, POSITIVE):
            return out
        out = out & self._by_fact(p) or out
        return out & self._by_exponents(p) or out

    def _by_terms(self, p: Poly) -> int:
        out = ZERO
        known: dict[int, int] = {}
        last = self.field.slots - 1
        used = [i for i, d in enumerate(p.degrees()) if d] if len(p) > _FEW else range(last, -1, -1)
        for exponents, c in p.terms():
            mask = POSITIVE if c > 0 else NEGATIVE
            for i in used:
                if e := exponents[i]:
                    if i not in known:
                        known[i] = self._of_generator(last - i)
                    mask = signs.product(mask, known[i] if e % 2 else signs.to_power(known[i], 2))
            out = signs.total(out, mask)
            if out == ANY:
                break
        return out

    def _of_monomial(self, monomial: Iterable[tuple[int, int]]) -> int:
        out = POSITIVE
        for g, e in monomial:
            out = signs.product(out, signs.to_power(self._of_generator(g), e))
        return out

    def _of_generator(self, g: int) -> int:
        mask = self.registry.generators[g].sign
        if mask in (NEGATIVE, ZERO, POSITIVE) or not self.known:
            return mask
        gen = self.field.poly_of(g)
        for p, fact in self.known:
            if p == gen:
                mask &= fact
        return mask

    def _by_fact(self, p: Poly) -> int:
        """p = λq + rest with a known q: the signs of λq and of the rest, by its terms, bound the sign of p."""
        out = ANY
        mine = dict(p.terms()) if self.known else {}
        for (q, fact), rows in zip(self.known, self._rows, strict=True):
            if mine.keys().isdisjoint(rows):
                continue
            for weight in {mine[m] / rows[m] for m in mine.keys() & rows.keys()}:
                rest = p - q * weight
                known = fact if weight > 0 else signs.negated(fact)
                out &= known if rest.is_zero() else signs.total(known, self._by_terms(rest))
        return out or ANY

    def _by_factors(self, p: Poly) -> int:
        c, found = self.field.factor(p)
        if len(found) == 1 and found[0][1] == 1:
            return ANY
        out = signs.of_number(c)
        for f, e in found:
            out = signs.product(out, signs.to_power(self.quick(f), e))
        return out

    def undecided(self, a: Frac) -> Poly:
        """An irreducible factor of a whose sign is not known: where to split."""
        polys = [a.num, *(self.field.factors[f] for f, e in a.den if e % 2)]
        for p in polys:
            for f, e in self.field.factor(p)[1]:
                mask = self.quick(f)
                if mask not in (NEGATIVE, ZERO, POSITIVE) and (e % 2 or mask & ZERO):
                    return self._opened(f)
        return a.num

    # -- what takes longer, before a region is split ------------------------------------------------------------------
    def refine(self, p: Poly) -> bool:
        """Look closer at the sign of a polynomial; what is found is entered. Is anything found?"""
        self.field.tick()
        before = self.quick(p)
        if len(p) > _MAX_LENGTH:
            return False
        for look in (self._by_discriminant, self._by_roots, self._by_all_facts):
            found = before & look(p)
            if found != before:
                break
        else:
            return False
        self.enter(p, found)
        return True

    def contradict(self) -> bool:
        """Is it seen that no point satisfies all that is known?"""
        self.field.tick()
        apart = inequalities.groups(self._facts()) if len(self.known) > 1 else []
        near = (group for group in apart if len(group) <= inequalities.MOST)
        return any(linear.infeasible(inequalities.rows(group, self._of_monomial)) for group in near)

    def _by_discriminant(self, p: Poly) -> int:
        """a g² + b g + c with a > 0 and b² − 4ac ≤ 0 has the sign of a, or is 0; likewise a < 0."""
        for g in self.field.generators_of(p):
            parts = [self.field.zero] * 3
            rows = self.field.terms(p)
            if max(dict(m).get(g, 0) for m, _ in rows) != 2:
                continue
            for m, value in rows:
                parts[dict(m).get(g, 0)] += self.field.monomial(tuple(x for x in m if x[0] != g), value)
            c, b, a = parts
            lead, gap = self.quick(a), self.quick(self.field.reduce(b * b - 4 * a * c))
            if lead in (POSITIVE, NEGATIVE) and not gap & POSITIVE:
                return lead | (gap & ZERO)
        return ANY

    def _by_roots(self, p: Poly) -> int:
        """A polynomial in one monomial h, by its real roots where h has its values."""
        rows = self.field.terms(p)
        highest = max((m for m, _ in rows), key=lambda m: sum(e for _, e in m), default=())
        if not highest:
            return ANY
        root = gcd(*(e for _, e in highest))
        h = tuple((g, e // root) for g, e in highest)
        dense = [Fraction(0)] * (root + 1)
        for m, c in rows:
            k = m[0][1] // h[0][1] if m else 0
            if m != tuple((g, e * k) for g, e in h if k):
                return ANY
            dense[k] = c
        mask = self._of_monomial(h)
        low, high = (None if mask & side else Fraction(0) for side in (NEGATIVE, POSITIVE))
        return sign_on(dense, Interval(low, high, *(end is None or not mask & ZERO for end in (low, high))))

    def _by_all_facts(self, p: Poly) -> int:
        """The signs of p that linear inequalities between monomials leave: facts, and the signs of the monomials."""
        near = inequalities.around(self._fact(p, ANY), self._facts())
        rows = inequalities.rows(near, self._of_monomial)
        out = ANY
        for mask in (NEGATIVE, ZERO, POSITIVE) if len(rows) > 1 else ():
            if linear.infeasible([*rows, *self._fact(p, mask).rows()]):
                out &= ~mask
        return out

    def _fact(self, p: Poly, mask: int) -> inequalities.Fact:
        terms = dict(self.field.terms(p))
        constant = terms.pop((), Fraction(0))
        return inequalities.Fact(terms, constant, mask)

    def _facts(self) -> list[inequalities.Fact]:
        return [self._fact(p, mask) for p, mask in self.known if mask in inequalities.WAYS]

    # -- two exponentials -------------------------------------------------------------------------------------------
    def _by_exponents(self, p: Poly) -> int:
        found = difference(self.field, self.registry, p) if len(p) == 2 else None
        if found is None:
            return ANY
        other, below = found
        if not below:
            return self._by_terms(other) & self._by_fact(other)
        out = self.of_poly(other)
        for factor, e in below:  # not 0 where the exponentials have values
            mask = self.of_poly(self.field.from_key(factor)) & NONZERO
            out = signs.product(out, signs.to_power(mask or NONZERO, e))
        return out

    def _opened(self, p: Poly) -> Poly:
        """Where to split for the sign of p: for a difference of exponentials, that of their exponents."""
        found = difference(self.field, self.registry, p)
        if found is None or not found[1]:
            return p if found is None else found[0]
        parts = [found[0], *(self.field.from_key(f) for f, e in found[1] if e % 2)]
        for q in (q for part in parts for q, _ in self.field.factor(part)[1]):
            if self.quick(q) not in (NEGATIVE, ZERO, POSITIVE):
                return self._opened(q)
        return p
