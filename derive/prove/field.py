"""Fractions of polynomials over Q in generators, modulo relations: exact arithmetic, and the test for zero.

A generator stands for a real function (a variable, an exponential, a logarithm, a root, a sum …). A fraction whose
numerator is the zero polynomial is zero wherever its generators and denominators make sense; nothing about the
independence of the generators is needed for that.
"""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction
from functools import reduce
from operator import gt
from typing import Any, NamedTuple

from derive.prove.polys import Poly, Polys, to_fmpq, to_fraction


class Frac(NamedTuple):
    """num / Π factor^exponent; `den` lists (index into the field's factors, exponent)."""

    num: Poly
    den: tuple[tuple[int, int], ...]


class Field(Polys):
    """Fractions: a numerator, and a denominator that stays factored."""

    def __init__(self, slots: int, deadline: float) -> None:
        super().__init__(slots, deadline)
        self.factors: list[Poly] = []
        self.degrees: list[tuple[int, ...]] = []  # of the factors
        self._index: dict[str, int] = {}

    def constant(self, value: Fraction) -> Frac:
        return Frac(self.ring.constant(to_fmpq(value)), ())

    def generator(self, generator: int) -> Frac:
        return Frac(self.poly_of(generator), ())

    def _raise(self, f: Poly, e: int) -> Poly:
        return self.power_poly(f, e) if e > 1 else f

    def add(self, a: Frac, b: Frac) -> Frac:
        if a.den == b.den:
            return self._cancel(a.num + b.num, a.den)
        common = dict(a.den)
        for f, e in b.den:
            if common.get(f, 0) < e:
                common[f] = e
        num = self._lift(a, common) + self._lift(b, common)
        return self._cancel(num, tuple(sorted(common.items())))

    def _lift(self, a: Frac, common: dict[int, int]) -> Poly:
        num, own = a.num, dict(a.den)
        for f, e in common.items():
            if missing := e - own.get(f, 0):
                num = self.times(num, self._raise(self.factors[f], missing))
        return num

    def sum(self, parts: Iterable[Frac]) -> Frac:
        """Add summands with equal denominators first, the largest denominators before others: sums swell less."""
        buckets: dict[tuple[tuple[int, int], ...], Poly] = {}
        for p in parts:
            buckets[p.den] = buckets[p.den] + p.num if p.den in buckets else p.num
        done: list[Frac] = []
        while buckets:
            den = max(buckets, key=lambda d: sum(e for _, e in d)) if len(buckets) > 1 else next(iter(buckets))
            reduced = self._cancel(buckets.pop(den), den)
            if reduced.den in buckets:
                buckets[reduced.den] += reduced.num
            else:
                done.append(reduced)
        return reduce(self.add, done) if done else Frac(self.zero, ())

    def mul(self, a: Frac, b: Frac) -> Frac:
        num = self.times(a.num, b.num)
        if not a.den and not b.den:
            return Frac(num, ())
        den = dict(a.den)
        for f, e in b.den:
            den[f] = den.get(f, 0) + e
        return self._cancel(num, tuple(sorted(den.items())))

    def product(self, parts: Iterable[Frac]) -> Frac:
        """Multiply numerators and collect denominators, then cancel once."""
        num, den = self.one, dict[int, int]()
        for p in parts:
            num = self.times(num, p.num) if num is not self.one else p.num
            for f, e in p.den:
                den[f] = den.get(f, 0) + e
        return self._cancel(num, tuple(sorted(den.items()))) if den else Frac(num, ())

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
        for generator, degree, relation in self.relations if den else ():
            index = self._index.get(str(self.poly_of(generator)), -1)
            if index not in den:
                continue
            base = self.poly_of(generator) ** degree - relation
            if base.degrees()[self.slots - 1 - generator] > 0:
                continue
            if e := den.pop(index):  # 1/g^e = g^r / (g^degree)^k: no root stays in a denominator
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
        p = p / coefficient if coefficient != 1 else p
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
            self.degrees.append(p.degrees())
        return self._index[key]

    def _cancel(self, num: Poly, den: tuple[tuple[int, int], ...]) -> Frac:
        if not den or num.is_zero():
            return Frac(num, ())
        out = []
        degrees = num.degrees()
        for f, e in den:
            left = e
            while left and not any(map(gt, self.degrees[f], degrees)):  # mostly it does not divide, and that is quick
                quotient = self.divides(num, self.factors[f])
                if quotient is None:
                    break
                num, degrees, left = quotient, quotient.degrees(), left - 1
            if left:
                out.append((f, left))
        return Frac(num, tuple(out))

    def is_zero(self, a: Frac) -> bool:
        return bool(a.num.is_zero())

    def constant_value(self, a: Frac) -> Fraction | None:
        """The rational number that a is, or None."""
        if a.den or not a.num.is_constant():
            return None
        return to_fraction(a.num.leading_coefficient()) if not a.num.is_zero() else Fraction(0)

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
