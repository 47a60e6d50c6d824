"""Fractions of polynomials over Q in generators, modulo relations: exact arithmetic, and the test for zero.

A generator stands for a real function (a variable, an exponential, a logarithm, a root, a sum …). A fraction whose
numerator is the zero polynomial is zero wherever its generators and denominators make sense; nothing about the
independence of the generators is needed for that.
"""

from __future__ import annotations

import time
from collections.abc import Iterable
from fractions import Fraction
from typing import Any, NamedTuple

from flint import Ordering, fmpq, fmpq_mpoly_ctx

from derive.prove.signals import GaveUp, Restart

Poly = Any  # flint.fmpq_mpoly has no types
#: ((generator, exponent), ...) sorted: a monomial that does not depend on the polynomial ring
Monomial = tuple[tuple[int, int], ...]

MAX_TERMS = 4_000
MAX_WORK = 400_000
MAX_DEGREE = 400
MAX_GENERATORS = 1_024
_DIVIDE_TERMS = 600


class Frac(NamedTuple):
    """num / Π factor^exponent; `den` lists (index into the field's factors, exponent)."""

    num: Poly
    den: tuple[tuple[int, int], ...]


def to_fmpq(value: Fraction) -> Any:
    """The same number in FLINT."""
    return fmpq(value.numerator, value.denominator)


def to_fraction(value: Any) -> Fraction:
    """The same number in Python."""
    return Fraction(int(value.p), int(value.q))


class Field:
    """Arithmetic with limits. Newer generators are greater, so a relation rewrites towards older ones."""

    def __init__(self, slots: int, deadline: float) -> None:
        if slots > MAX_GENERATORS:
            raise GaveUp(f"more than {MAX_GENERATORS} different functions and variables")
        self.slots = slots
        self.deadline = deadline
        self.ring = fmpq_mpoly_ctx.get([f"g{i}" for i in range(slots)], Ordering.lex)
        self.one = self.ring.constant(1)
        self.zero = self.ring.constant(0)
        self.factors: list[Poly] = []
        self._index: dict[str, int] = {}
        self.met: dict[str, Poly] = {}  # factors of products that were taken apart: hints for who checks the proof
        self.relations: list[tuple[int, int, Poly]] = []

    # -- making -----------------------------------------------------------------------------------------------------
    def constant(self, value: Fraction) -> Frac:
        return Frac(self.ring.constant(to_fmpq(value)), ())

    def poly_of(self, generator: int) -> Poly:
        if generator >= self.slots:
            raise Restart
        return self.ring.gen(self.slots - 1 - generator)

    def generator(self, generator: int) -> Frac:
        return Frac(self.poly_of(generator), ())

    def relate(self, generator: int, degree: int, poly: Poly) -> None:
        """From now on generator**degree is rewritten to `poly`, which has older generators only."""
        if all(g != generator for g, _, _ in self.relations):
            self.relations.append((generator, degree, self.poly_of(generator) ** degree - poly))
            self.relations.sort(key=lambda r: -r[0])

    # -- arithmetic -------------------------------------------------------------------------------------------------
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
        if time.monotonic() > self.deadline:
            raise GaveUp("the time is used up")

    def reduce(self, p: Poly) -> Poly:
        """Modulo the relations, newest generator first: one pass, as each rewrites to older ones."""
        for generator, degree, relation in self.relations:
            if p.degrees()[self.slots - 1 - generator] >= degree:
                p = divmod(p, relation)[1]
        return p

    def _raise(self, f: Poly, e: int) -> Poly:
        return self.power_poly(f, e) if e > 1 else f

    def power_poly(self, p: Poly, e: int) -> Poly:
        """p**e within the limits."""
        if len(p) > 1:
            estimate = 1
            for _ in range(e):
                estimate *= len(p)
                if estimate > MAX_WORK:
                    raise GaveUp(f"a sum of {len(p)} terms to the power {e} is too large")
        self.check_degree(p, e)
        return self.reduce(p**e)

    def check_degree(self, p: Poly, e: int = 1) -> None:
        if p.total_degree() * e > MAX_DEGREE:
            raise GaveUp(f"a polynomial of degree over {MAX_DEGREE}")

    def add(self, a: Frac, b: Frac) -> Frac:
        if a.den == b.den:
            return self._cancel(a.num + b.num, a.den)
        common = dict(a.den)
        for f, e in b.den:
            common[f] = max(common.get(f, 0), e)
        num = self._lift(a, common) + self._lift(b, common)
        return self._cancel(num, tuple(sorted(common.items())))

    def _lift(self, a: Frac, common: dict[int, int]) -> Poly:
        num, own = a.num, dict(a.den)
        for f, e in common.items():
            if missing := e - own.get(f, 0):
                num = self.times(num, self._raise(self.factors[f], missing))
        return num

    def sum(self, parts: Iterable[Frac]) -> Frac:
        """Add summands with equal denominators first: unrolled sums swell less."""
        buckets: dict[tuple[tuple[int, int], ...], Poly] = {}
        for p in parts:
            buckets[p.den] = buckets[p.den] + p.num if p.den in buckets else p.num
        out = Frac(self.zero, ())
        for den, num in buckets.items():
            out = self.add(out, self._cancel(num, den))
        return out

    def mul(self, a: Frac, b: Frac) -> Frac:
        num = self.times(a.num, b.num)
        if not a.den and not b.den:
            return Frac(num, ())
        den = dict(a.den)
        for f, e in b.den:
            den[f] = den.get(f, 0) + e
        return self._cancel(num, tuple(sorted(den.items())))

    def scale(self, a: Frac, c: Fraction) -> Frac:
        return Frac(a.num * to_fmpq(c), a.den)

    def neg(self, a: Frac) -> Frac:
        return Frac(-a.num, a.den)

    def sub(self, a: Frac, b: Frac) -> Frac:
        return self.add(a, self.neg(b))

    def power(self, a: Frac, e: int) -> Frac:
        """a**e for a whole number e; a must not be zero when e < 0."""
        if e < 0:
            return self.power(self.inverse(a), -e)
        return self._cancel(self.power_poly(a.num, e) if e != 1 else a.num, tuple((f, k * e) for f, k in a.den if e))

    def inverse(self, a: Frac) -> Frac:
        """1/a; the caller knows that a is not the zero polynomial."""
        num = self.one
        for f, e in a.den:
            num = self.times(num, self._raise(self.factors[f], e))
        content, den = self._split(a.num)
        out = Frac(num / content, ())
        for generator, degree, relation in self.relations:
            base = self.poly_of(generator) ** degree - relation
            if base.degrees()[self.slots - 1 - generator] > 0:
                continue
            e = den.pop(self._index.get(str(self.poly_of(generator)), -1), 0)
            if e:  # 1/g^e = g^r / (g^degree)^k: no root stays in a denominator
                k = -(-e // degree)
                out = self.mul(out, Frac(self.poly_of(generator) ** (k * degree - e), ()))
                out = self.mul(out, self.power(self.inverse(Frac(base, ())), k))
        return self._cancel(out.num, self._joined(out.den, den))

    @staticmethod
    def _joined(a: tuple[tuple[int, int], ...], b: dict[int, int]) -> tuple[tuple[int, int], ...]:
        out = dict(a)
        for f, e in b.items():
            out[f] = out.get(f, 0) + e
        return tuple(sorted(out.items()))

    def _split(self, p: Poly) -> tuple[Any, dict[int, int]]:
        """p = content · Π known or new factors; single generators are factors of their own."""
        den: dict[int, int] = {}
        monomial = p.term_content()
        coefficient = p.leading_coefficient()
        if not monomial.is_constant():
            (exponents,) = monomial.monoms()
            for slot, e in enumerate(exponents):
                if e:
                    den[self.factor_index(self.ring.gen(slot))] = int(e)
            p = divmod(p, monomial / monomial.leading_coefficient())[0]
        p = p / coefficient
        for index in range(len(self.factors)):
            p = self._divide_out(p, index, den)
        if not p.is_constant():
            den[self.factor_index(p)] = den.get(self.factor_index(p), 0) + 1
        return coefficient, den

    def _divide_out(self, p: Poly, index: int, den: dict[int, int]) -> Poly:
        f = self.factors[index]
        while len(f) > 1 and not p.is_constant():
            quotient = self.divides(p, f)
            if quotient is None:
                break
            p, den[index] = quotient, den.get(index, 0) + 1
        return p

    def factor_index(self, p: Poly) -> int:
        """The index of a factor with leading coefficient 1."""
        key = str(p)  # polynomials of FLINT are not hashable
        if key not in self._index:
            self.check_degree(p)
            self._index[key] = len(self.factors)
            self.factors.append(p)
        return self._index[key]

    def divides(self, p: Poly, f: Poly) -> Poly | None:
        """p / f when the division is exact, else None (also when it would take too long)."""
        if len(p) > _DIVIDE_TERMS or any(b > a for a, b in zip(p.degrees(), f.degrees(), strict=True)):
            return None
        quotient, rest = divmod(p, f)
        return quotient if rest.is_zero() else None

    def _cancel(self, num: Poly, den: tuple[tuple[int, int], ...]) -> Frac:
        if num.is_zero():
            return Frac(num, ())
        out = []
        for f, e in den:
            left = e
            while left and (quotient := self.divides(num, self.factors[f])) is not None:
                num, left = quotient, left - 1
            if left:
                out.append((f, left))
        return Frac(num, tuple(out))

    # -- looking ----------------------------------------------------------------------------------------------------
    def is_zero(self, a: Frac) -> bool:
        return bool(a.num.is_zero())

    def constant_value(self, a: Frac) -> Fraction | None:
        """The rational number that a is, or None."""
        if a.den or not a.num.is_constant():
            return None
        return to_fraction(a.num.leading_coefficient()) if not a.num.is_zero() else Fraction(0)

    def terms(self, p: Poly) -> list[tuple[Monomial, Fraction]]:
        """The terms of a polynomial by generator numbers, in the ring's order."""
        last = self.slots - 1
        return [
            (tuple((last - s, int(e)) for s, e in reversed(list(enumerate(exps))) if e), to_fraction(c))
            for exps, c in p.terms()
        ]

    def monomial(self, m: Monomial, c: Fraction = Fraction(1)) -> Poly:
        out = self.ring.constant(to_fmpq(c))
        for g, e in m:
            out *= self.poly_of(g) ** e
        return out

    def generators_of(self, p: Poly) -> list[int]:
        """The generators that occur in p, oldest first."""
        return [self.slots - 1 - s for s, e in reversed(list(enumerate(p.degrees()))) if e > 0]

    def poly_key(self, p: Poly) -> frozenset[tuple[Monomial, Fraction]]:
        return frozenset(self.terms(p))

    def from_key(self, key: Iterable[tuple[Monomial, Fraction]]) -> Poly:
        """The polynomial of which this is the key."""
        return sum((self.monomial(m, c) for m, c in key), self.zero)

    def den_poly(self, a: Frac) -> Poly:
        """The denominator, multiplied out."""
        out = self.one
        for f, e in a.den:
            out = self.times(out, self._raise(self.factors[f], e))
        return out

    def normal(self, a: Frac) -> Frac:
        """The same value with irreducible denominator factors, each cancelled: needed where a is a key."""
        out = Frac(a.num, ())
        for f, e in a.den:
            for g, k in self.factor(self.factors[f])[1]:
                index = self.factor_index(g)
                out = self._cancel(
                    out.num, tuple(sorted((dict(out.den) | {index: dict(out.den).get(index, 0) + k * e}).items()))
                )
        return out

    def factor(self, p: Poly) -> tuple[Fraction, list[tuple[Poly, int]]]:
        """p = c · Π fᵢ^eᵢ with leading coefficients 1, multiplied back to be sure of it."""
        self.check_degree(p)
        if len(p) > _DIVIDE_TERMS:
            raise GaveUp("a polynomial that is too large to be factored")
        if len(p) == 1:
            c, found = p.leading_coefficient(), [(self.poly_of(g), e) for g, e in self.terms(p)[0][0]]
        else:
            c, found = p.factor()
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
