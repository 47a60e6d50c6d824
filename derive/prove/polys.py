"""Polynomials over Q in generators, modulo relations, with limits: what FLINT does, and how its results are read."""

from __future__ import annotations

import time
from collections.abc import Iterable
from fractions import Fraction
from functools import lru_cache
from math import comb
from operator import gt
from typing import Any

from flint import Ordering, fmpq, fmpq_mpoly_ctx

from derive.prove.signals import GaveUp, Restart

Poly = Any  # flint.fmpq_mpoly has no types
#: ((generator, exponent), ...) sorted: a monomial that does not depend on the polynomial ring
Monomial = tuple[tuple[int, int], ...]

MAX_TERMS = 30_000
MAX_WORK = 4_000_000
MAX_DEGREE = 400
MAX_GENERATORS = 1_024
_DIVIDE_TERMS = 30_000
_FACTOR_TERMS = 600
_HIGH, _SPARSE = 20, 12
_FEW_TERMS = 4


def to_fmpq(value: Fraction) -> Any:
    """The same number in FLINT."""
    return fmpq(value.numerator, value.denominator)


def to_fraction(value: Any) -> Fraction:
    """The same number in Python."""
    return Fraction(int(value.p)) if value.q == 1 else Fraction(int(value.p), int(value.q))


@lru_cache(maxsize=64)
def _ring(slots: int) -> Any:
    return fmpq_mpoly_ctx.get([f"g{i}" for i in range(slots)], Ordering.lex)


def _taken_apart(p: Poly) -> tuple[Any, list[tuple[Poly, int]]]:
    """The factors of p: not all of them where that may take minutes, as for few terms of high degree in two generators.

    x^40 − y^40 − 1 falls into many factors modulo each prime. In high powers of its generators it is of low degree;
    what still is not is taken apart into its powers only.
    """
    if len(p) == 2 or len(p) > _SPARSE or not _is_high(p):
        return p.factor()  # type: ignore[no-any-return]
    steps = [int(k) for k in p.deflation_index()[0]]
    powers = [_step(int(d), k) for d, k in zip(p.degrees(), steps, strict=True)]
    q = p.deflate(powers)
    c, found = q.factor_squarefree() if _is_high(q) else q.factor()
    return c, [(f.inflate(powers), e) for f, e in found]


def _is_high(p: Poly) -> bool:
    """Is the degree high in two generators?"""
    return len([d for d in p.degrees() if d > _HIGH]) > 1


def _step(degree: int, step: int) -> int:
    """The least k for which p, of this degree in x and a polynomial in x^step, is one of no high degree in x^k."""
    ways = (k for k in range(1, step + 1) if step % k == 0 and degree <= k * _HIGH)
    return next(ways, max(step, 1))


class Polys:
    """A ring of polynomials. Newer generators are greater, so a relation rewrites towards older ones."""

    def __init__(self, slots: int, deadline: float) -> None:
        if slots > MAX_GENERATORS:
            raise GaveUp(f"more than {MAX_GENERATORS} different functions and variables")
        self.slots = slots
        self.deadline = deadline
        self.ring = _ring(slots)
        self.one = self.ring.constant(1)
        self.zero = self.ring.constant(0)
        self.met: dict[str, Poly] = {}  # factors of products that were taken apart: hints for who checks the proof
        self.relations: list[tuple[int, int, Poly]] = []
        self._generators: dict[int, Poly] = {}
        self._factored: dict[str, tuple[Fraction, list[tuple[Poly, int]]]] = {}

    def poly_of(self, generator: int) -> Poly:
        if generator >= self.slots:
            raise Restart
        found = self._generators.get(generator)
        if found is None:
            found = self._generators[generator] = self.ring.gen(self.slots - 1 - generator)
        return found

    def relate(self, generator: int, degree: int, poly: Poly) -> None:
        """From now on generator**degree is rewritten to `poly`, which has older generators only."""
        if all(g != generator for g, _, _ in self.relations):
            self.relations.append((generator, degree, self.poly_of(generator) ** degree - poly))
            self.relations.sort(key=lambda r: -r[0])

    def times(self, a: Poly, b: Poly) -> Poly:
        work = len(a) * len(b)
        if work > MAX_WORK:
            raise GaveUp("the expression swells beyond the limit on terms")
        if work > 2_000:
            self.tick()
        out = self.reduce(a * b)
        if len(out) > MAX_TERMS:
            raise GaveUp("the expression swells beyond the limit on terms")
        return out

    def tick(self) -> None:
        """Stop when the time is used up."""
        if time.thread_time() > self.deadline:
            raise GaveUp("the time is used up")

    def reduce(self, p: Poly) -> Poly:
        """Modulo the relations, newest generator first: one pass, as each rewrites to older ones."""
        if not self.relations:
            return p
        degrees = p.degrees()
        for generator, degree, relation in self.relations:
            if degrees[self.slots - 1 - generator] >= degree:
                p = divmod(p, relation)[1]
                degrees = p.degrees()
        return p

    def power_poly(self, p: Poly, e: int) -> Poly:
        """p**e within the limits."""
        if len(p) > 1 and comb(e + len(p) - 1, min(e, len(p) - 1)) > MAX_TERMS:
            raise GaveUp(f"a sum of {len(p)} terms to the power {e} is too large")
        self.check_degree(p, e)
        return self.reduce(p**e)

    def check_degree(self, p: Poly, e: int = 1) -> None:
        if p.total_degree() * e > MAX_DEGREE:
            raise GaveUp(f"a polynomial of degree over {MAX_DEGREE}")

    def divides(self, p: Poly, f: Poly) -> Poly | None:
        """p / f when the division is exact, else None (also when it would take too long)."""
        if len(p) > _DIVIDE_TERMS or any(map(gt, f.degrees(), p.degrees())):
            return None
        quotient, rest = divmod(p, f)
        return quotient if rest.is_zero() else None

    def terms(self, p: Poly) -> list[tuple[Monomial, Fraction]]:
        """The terms of a polynomial by generator numbers, in the ring's order."""
        if len(p) <= _FEW_TERMS:  # to ask which generators occur takes longer
            return [
                (tuple([(g, int(e)) for g, e in enumerate(exps[::-1]) if e]), to_fraction(c)) for exps, c in p.terms()
            ]
        used = [(g, self.slots - 1 - g) for g in self.generators_of(p)]
        return [(tuple([(g, int(exps[s])) for g, s in used if exps[s]]), to_fraction(c)) for exps, c in p.terms()]

    def monomial(self, m: Monomial, c: Fraction = Fraction(1)) -> Poly:
        out = self.ring.constant(to_fmpq(c))
        for g, e in m:
            out *= self.poly_of(g) ** e
        return out

    def generators_of(self, p: Poly) -> list[int]:
        """The generators that occur in p, oldest first."""
        return [g for g, degree in enumerate(p.degrees()[::-1]) if degree > 0]

    def poly_key(self, p: Poly) -> frozenset[tuple[Monomial, Fraction]]:
        return frozenset(self.terms(p))

    def from_key(self, key: Iterable[tuple[Monomial, Fraction]]) -> Poly:
        """The polynomial of which this is the key."""
        return sum((self.monomial(m, c) for m, c in key), self.zero)

    def factor(self, p: Poly) -> tuple[Fraction, list[tuple[Poly, int]]]:
        """p = c · Π fᵢ^eᵢ with leading coefficients 1, multiplied back to be sure of it."""
        if len(p) > _FACTOR_TERMS:
            raise GaveUp("a polynomial that is too large to be factored")
        key = str(p)  # polynomials of FLINT are not hashable
        found = self._factored.get(key)
        if found is None:
            found = self._factored[key] = self._factor(p)
        return found

    def _factor(self, p: Poly) -> tuple[Fraction, list[tuple[Poly, int]]]:
        self.check_degree(p)
        if len(p) == 1:
            c, found = p.leading_coefficient(), [(self.poly_of(g), e) for g, e in self.terms(p)[0][0]]
        else:
            c, found = _taken_apart(p)
        monic = []
        c = to_fraction(fmpq(c))
        for f, e in found:
            lead = to_fraction(f.leading_coefficient())
            c *= lead ** int(e)
            monic.append((f / f.leading_coefficient(), int(e)))
        product = self.ring.constant(to_fmpq(c))
        for f, e in monic:
            product *= f**e
        if product != p:
            raise GaveUp("a factorisation did not multiply back")
        if sum(e for f, e in monic if len(f) > 1) > 1:
            self.met.update((str(f), f) for f, _ in monic if len(f) > 1)
        return c, monic
