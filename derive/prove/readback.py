"""Polynomials and generators back to terms: for the terms on which regions split and for what is shown."""

from __future__ import annotations

from typing import Any

from derive.prove.field import Field, Frac
from derive.prove.polys import Monomial, Poly
from derive.prove.registry import Key, Registry
from derive.terms.term import Term, add, make, mul, num, power, sym


class Readback:
    """The term that a generator, a monomial or a polynomial stands for."""

    def __init__(self, field: Field, registry: Registry) -> None:
        self.field = field
        self.registry = registry

    def poly(self, p: Poly) -> Term:
        """The polynomial as a sum of products."""
        return self._poly_key(self.field.terms(p))

    def fraction(self, a: Frac) -> Term:
        """num · Π factor^−e."""
        out = [self.poly(a.num)]
        out += [power(self.poly(self.field.factors[f]), num(-e)) for f, e in a.den]
        return mul(*out)

    def _poly_key(self, rows: Any) -> Term:
        parts = [self._scaled(self.monomial(m), c) for m, c in sorted(rows)]
        return add(*parts)

    @staticmethod
    def _scaled(term: Term, c: Any) -> Term:
        if c == 1:
            return term
        return num(c) if term == num(1) else mul(num(c), term)

    def monomial(self, m: Monomial) -> Term:
        """Π generator^exponent."""
        return mul(*(self._power(self.generator(g), e) for g, e in m))

    @staticmethod
    def _power(base: Term, e: int) -> Term:
        return base if e == 1 else power(base, num(e))

    def generator(self, g: int) -> Term:
        """The function that a generator stands for."""
        found = self.registry.terms.get(g)
        if found is None:
            key = self.registry.generators[g].key
            how = getattr(self, f"_{key[0]}", None)
            found = how(key) if how else make(key[0], *map(self._fraction_key, key[1:]))
            self.registry.terms[g] = found
        return found

    def _fraction_key(self, key: Key) -> Term:
        rows, den = key
        parts = [power(self._poly_key(f), num(-e)) for f, e in sorted(den, key=lambda fe: (sorted(fe[0]), fe[1]))]
        return mul(self._poly_key(rows), *parts)

    def atom(self, key: Key) -> Term:
        """monomial / denominator."""
        monomial, den = key
        parts = [power(self._poly_key(f), num(-e)) for f, e in sorted(den, key=lambda fe: (sorted(fe[0]), fe[1]))]
        return mul(self.monomial(monomial), *parts)

    def _unit(self, key: Key) -> Term:
        return num(self.registry.units[key])

    def _sym(self, key: Key) -> Term:
        return sym(key[1])

    def _at(self, key: Key) -> Term:
        return make("at", sym(key[1]), *map(self._fraction_key, key[2]))

    def _const(self, key: Key) -> Term:
        return make(key[1])

    def _exp(self, key: Key) -> Term:
        return make("exp", mul(self._unit(key), self.atom(key[1])))

    def _log(self, key: Key) -> Term:
        """log|p| as ½ log p², which asks for no sign when it is read again."""
        return mul(num(1, 2), make("log", power(self._poly_key(key[1]), num(2))))

    def _logn(self, key: Key) -> Term:
        return make("log", num(key[1]))

    def _root(self, key: Key) -> Term:
        """|p|^r as (p²)^(r/2), for the same reason."""
        return power(power(self._poly_key(key[1]), num(2)), mul(num(1, 2), self._unit(key)))

    def _rootn(self, key: Key) -> Term:
        return power(num(key[1]), self._unit(key))

    def _expw(self, key: Key) -> Term:
        return make("exp", make("lambertw", self._fraction_key(key[1])))

    def _sin(self, key: Key) -> Term:
        return make("sin", mul(self._unit(("angle", key[1])), self.atom(key[1])))

    def _cos(self, key: Key) -> Term:
        return make("cos", mul(self._unit(("angle", key[1])), self.atom(key[1])))

    def _parity(self, key: Key) -> Term:
        return power(num(-1), self.atom(key[1]))

    def _sum(self, key: Key) -> Term:
        _, atom, count, name = key
        return make("sum", self.atom(atom), sym(name), num(0), add(self._fraction_key(count), num(-1)))

    def _prod(self, key: Key) -> Term:
        _, body, count, name = key
        return make("prod", self._fraction_key(body), sym(name), num(0), add(self._fraction_key(count), num(-1)))

    def _sum_of(self, key: Key) -> Term:
        head, _, body, count, name = key
        last = add(self._fraction_key(count), num(-1))
        return make(head.removesuffix("_of"), body, sym(name), num(0), last)

    _prod_of = _sum_of

    def _max_of(self, key: Key) -> Term:
        return make("max", *sorted(map(self._fraction_key, key[1]), key=repr))
