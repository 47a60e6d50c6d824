"""Sums as linear combinations and products as powers: the shapes that the rules for stable forms look for."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from fractions import Fraction
from typing import TypeAlias

from derive.terms.term import Term, add, make, mul, num, power

#: a linear combination: the number 1 stands for the constant
Linear: TypeAlias = dict[Term, Fraction]
ONE = num(1)
_UNIT = Fraction(1)


def linear(t: Term) -> Linear:
    """t as a sum of numbers times other terms."""
    out: Linear = {}
    _collect(t, _UNIT, out)
    return {k: v for k, v in out.items() if v}


def _collect(t: Term, by: Fraction, out: Linear) -> None:
    if t.head == "num":
        out[ONE] = out.get(ONE, Fraction(0)) + by * t.value
    elif t.head == "add":
        for a in t.args:
            _collect(a, by, out)
    else:
        number, rest = _number_and_rest(t)
        if rest is t:
            out[t] = out.get(t, Fraction(0)) + by
        else:
            _collect(rest, by * number, out)


def _number_and_rest(t: Term) -> tuple[Fraction, Term]:
    if t.head != "mul" or all(a.head not in ("num", "mul") for a in t.args):
        return _UNIT, t
    number, rest = _UNIT, []
    for a in _flat(t.args):
        if a.head == "num":
            number *= a.value
        else:
            rest.append(a)
    return number, mul(*rest)


def _flat(args: Iterable[Term]) -> Iterable[Term]:
    for a in args:
        yield from _flat(a.args) if a.head == "mul" else (a,)


def from_linear(parts: Mapping[Term, Fraction]) -> Term:
    """The sum again: what is added first, what is subtracted last."""
    kept = [_monomial(q, t) for t, q in parts.items() if q > 0]
    return add(*kept, *(_monomial(q, t) for t, q in parts.items() if q < 0))


def _monomial(q: Fraction, t: Term) -> Term:
    if t == ONE:
        return num(q)
    return t if q == 1 else mul(num(q), *(t.args if t.head == "mul" else (t,)))


def scaled(q: Fraction | int, t: Term) -> Term:
    """q·t."""
    return from_linear({k: v * q for k, v in linear(t).items()})


def times(q: Fraction | int, *factors: Term) -> Term:
    """q·a·b·c, evaluated in this order; no factor 1."""
    return mul(*factors) if q == 1 and factors else mul(num(Fraction(q)), *factors)


def plus(*terms: Term) -> Term:
    """The sum, like terms together."""
    total: Linear = {}
    for t in terms:
        for k, v in linear(t).items():
            total[k] = total.get(k, Fraction(0)) + v
    return from_linear({k: v for k, v in total.items() if v})


def minus(t: Term) -> Term:
    """−t."""
    return scaled(-1, t)


def opposite(a: Term, b: Term) -> bool:
    """Is a = −b, term by term?"""
    return linear(a) == {k: -v for k, v in linear(b).items()}


def same(a: Term, b: Term) -> bool:
    """Is a = b, term by term?"""
    return linear(a) == linear(b)


class Product:
    """number · Π base^exponent, with all exp(u) together: exp(`exponent`)."""

    def __init__(self, t: Term) -> None:
        self.number = _UNIT
        self.powers: dict[Term, Term] = {}
        self.exponent: Linear = {}
        self._take(t, _UNIT)

    def _take(self, t: Term, by: Fraction) -> None:
        if t.head == "num" and by.denominator == 1 and abs(by) < 20 and (t.value or by > 0):
            self.number *= t.value**by.numerator
        elif t.head == "mul" and by.denominator == 1:
            for a in t.args:
                self._take(a, by)
        elif t.head == "exp":
            for k, v in linear(t.args[0]).items():
                self.exponent[k] = self.exponent.get(k, Fraction(0)) + by * v
        elif t.head == "pow" and t.args[1].head == "num" and by.denominator == 1:
            self._take(t.args[0], by * t.args[1].value)
        elif t.head == "pow" and by == 1:
            self.times(t.args[0], t.args[1])
        else:
            self.times(t, num(by))

    def times(self, base: Term, exponent: Term | int) -> None:
        """Multiply by a power."""
        e = exponent if isinstance(exponent, Term) else num(exponent)
        total = plus(self.powers.pop(base), e) if base in self.powers else e
        if total != num(0):
            self.powers[base] = total

    def times_exp(self, u: Term, by: int = 1) -> None:
        """Multiply by exp(u)^by."""
        for k, v in linear(u).items():
            self.exponent[k] = self.exponent.get(k, Fraction(0)) + by * v

    @property
    def exp(self) -> Linear:
        """The exponent of e, without zeros."""
        return {k: v for k, v in self.exponent.items() if v}

    def whole(self, base: Term) -> int:
        """The exponent of a base, where it is a whole number, else 0."""
        e = self.powers.get(base, num(0))
        return int(e.value) if e.head == "num" and e.value.denominator == 1 else 0

    def term(self) -> Term:
        """The product again: the number, exp, factors, divisors."""
        above = [_power(b, e) for b, e in self.powers.items() if not _is_below(e)]
        below = [_power(b, e) for b, e in self.powers.items() if _is_below(e)]
        factors = [*([make("exp", from_linear(self.exp))] if self.exp else []), *above]
        if self.number == 1 and (factors or below):
            return mul(*factors, *below)
        return mul(num(self.number), *factors, *below)


def _is_below(e: Term) -> bool:
    return e.head == "num" and e.value < 0


def _power(base: Term, e: Term) -> Term:
    if e == ONE:
        return base
    if _is_below(e) and e.value < -1:
        return power(power(base, num(-e.value)), num(-1))
    return power(base, e)
