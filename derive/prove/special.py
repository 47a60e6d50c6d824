"""Laws of constants and of functions that are generators of their own: parity, inverses, recurrences."""

from __future__ import annotations

from fractions import Fraction
from math import floor

from derive.prove import signs
from derive.prove.elementary import ONE, atoms, exp
from derive.prove.field import Frac
from derive.prove.normal import Normal, law
from derive.prove.powers import rational_power
from derive.prove.signals import GaveUp
from derive.terms.term import Term, add, make, mul, num, power, sub

_HALF = Fraction(1, 2)
_MAX_ORDER = 30


@law("pi", "euler_gamma")
def _constant(n: Normal, t: Term) -> Frac:
    return n.function(("const", t.head), frozenset(), signs.POSITIVE)


def odd(n: Normal, head: str, a: Frac) -> Frac:
    """f(−a) = −f(a): one of the two is the generator."""
    if n.field.is_zero(a):
        return a
    lead = n.field.terms(a.num)[0][1]
    if lead < 0:
        return n.field.neg(n.function((head, n.key(n.field.neg(a))), n.free(a)))
    return n.function((head, n.key(a)), n.free(a))


def _inner(n: Normal, a: Frac, head: str) -> Frac | None:
    """x, where a is ±head(x) as a generator."""
    rows = n.field.terms(a.num)
    if a.den or len(rows) != 1 or len(rows[0][0]) != 1 or rows[0][0][0][1] != 1 or abs(rows[0][1]) != 1:
        return None
    key = n.generator(rows[0][0][0][0]).key
    return n.field.scale(n.value(key[1]), rows[0][1]) if key[0] == head else None


@law("erf")
def _erf(n: Normal, t: Term) -> Frac:
    return erf(n, n.go(t.args[0]))


def erf(n: Normal, a: Frac) -> Frac:
    """Odd, and the left inverse of erfinv."""
    inner = _inner(n, a, "erfinv")
    if inner is not None:
        return inner
    value, one = odd(n, "erf", a), n.field.constant(Fraction(1))
    for gap in (n.field.sub(one, value), n.field.add(one, value)):  # −1 < erf < 1
        n.assume(gap, signs.POSITIVE)
    return value


@law("erfinv")
def _erfinv(n: Normal, t: Term) -> Frac:
    a = n.go(t.args[0])
    n.require("positive", sub(num(1), power(t.args[0], num(2))), one_minus_square(n, a))
    return erfinv(n, a)


def erfinv(n: Normal, a: Frac) -> Frac:
    """Odd, for −1 < a < 1, and the left inverse of erf."""
    inner = _inner(n, a, "erf")
    return odd(n, "erfinv", a) if inner is None else inner


def one_minus_square(n: Normal, a: Frac) -> Frac:
    """1 − a²."""
    return n.field.sub(n.field.constant(Fraction(1)), n.field.mul(a, a))


@law("normppf")
def _normppf(n: Normal, t: Term) -> Frac:
    """√2 erfinv(2p − 1) for 0 < p < 1."""
    f = n.field
    p, one = n.go(t.args[0]), f.constant(Fraction(1))
    n.require("positive", mul(t.args[0], sub(num(1), t.args[0])), f.mul(p, f.sub(one, p)))
    value = erfinv(n, f.sub(f.scale(p, Fraction(2)), one))
    return f.mul(rational_power(n, f.constant(Fraction(2)), _HALF), value)


@law("lambertw")
def _lambertw(n: Normal, t: Term) -> Frac:
    """W = a e^−W for a ≥ −1/e: the generator is e^W > 0."""
    f = n.field
    a = n.go(t.args[0])
    if f.is_zero(a):
        return a
    bound = add(mul(make("e"), t.args[0]), num(1))
    n.require("nonnegative", bound, n.go(bound))
    return f.mul(a, f.inverse(n.function(("expw", n.key(a)), n.free(a), signs.POSITIVE)))


@law("exp1")
def _exp1(n: Normal, t: Term) -> Frac:
    """E₁(a) for a > 0, a positive number."""
    a = n.go(t.args[0])
    n.require("positive", t.args[0], a)
    return n.function(("exp1", n.key(a)), n.free(a), signs.POSITIVE)


@law("cumulant")
def _cumulant(n: Normal, t: Term) -> Frac:
    """The k-th derivative at a of a convex function of which nothing else is known."""
    order = n.field.constant_value(n.go(t.args[0]))
    if order is None or order.denominator != 1 or not 0 <= order <= _MAX_ORDER:
        raise GaveUp("cumulant needs a literal order")
    a = n.go(t.args[1])
    out = n.function(("cumulant", n.key(n.field.constant(order)), n.key(a)), n.free(a))
    if order == 2:
        n.facts.learn(out, signs.NONNEGATIVE)
    return out


@law("floor")
def _floor(n: Normal, t: Term) -> Frac:
    """floor(a + k) = floor(a) + k for a whole number k."""
    f = n.field
    a = n.go(t.args[0])
    value = f.constant_value(a)
    if value is not None:
        return f.constant(Fraction(floor(value)))
    shift = floor(dict(atoms(n, a)).get(ONE, Fraction(0)))
    rest = f.sub(a, f.constant(Fraction(shift)))
    return f.add(n.function(("floor", n.key(rest)), n.free(rest)), f.constant(Fraction(shift)))


@law("erfc")
def _erfc(n: Normal, t: Term) -> Frac:
    return n.field.sub(n.field.constant(Fraction(1)), erf(n, n.go(t.args[0])))


@law("normcdf")
def _normcdf(n: Normal, t: Term) -> Frac:
    """(1 + erf(a/√2))/2."""
    f = n.field
    root = rational_power(n, f.constant(_HALF), _HALF)
    value = erf(n, f.mul(n.go(t.args[0]), root))
    return f.scale(f.add(f.constant(Fraction(1)), value), _HALF)


@law("normpdf")
def _normpdf(n: Normal, t: Term) -> Frac:
    """exp(−a²/2)/√(2π)."""
    f = n.field
    a = n.go(t.args[0])
    two_pi = f.scale(n.function(("const", "pi"), frozenset(), signs.POSITIVE), Fraction(2))
    return f.mul(exp(n, f.scale(f.mul(a, a), -_HALF)), rational_power(n, two_pi, -_HALF))
