"""Laws of constants and of functions that are generators of their own: parity, recurrences, angle addition."""

from __future__ import annotations

from fractions import Fraction

from derive.prove import signs
from derive.prove.elementary import atom_free, atoms, exp, nonzero, rational_power
from derive.prove.field import Frac
from derive.prove.normal import Normal, law
from derive.prove.registry import Key
from derive.prove.signals import GaveUp
from derive.terms.term import Term

_HALF = Fraction(1, 2)
_MAX_MULTIPLE = 12


@law("pi", "euler_gamma")
def _constant(n: Normal, t: Term) -> Frac:
    return n.function(("const", t.head), frozenset(), signs.POSITIVE)


@law("erf", "atan")
def _odd(n: Normal, t: Term) -> Frac:
    return odd(n, t.head, n.go(t.args[0]))


def odd(n: Normal, head: str, a: Frac) -> Frac:
    """f(−a) = −f(a): one of the two is the generator."""
    if n.field.is_zero(a):
        return a
    lead = n.field.terms(a.num)[0][1]
    if lead < 0:
        return n.field.neg(n.function((head, n.key(n.field.neg(a))), n.free(a)))
    return n.function((head, n.key(a)), n.free(a))


@law("erfc")
def _erfc(n: Normal, t: Term) -> Frac:
    return n.field.sub(n.field.constant(Fraction(1)), odd(n, "erf", n.go(t.args[0])))


@law("normcdf")
def _normcdf(n: Normal, t: Term) -> Frac:
    """(1 + erf(a/√2))/2."""
    f = n.field
    root = rational_power(n, f.constant(_HALF), _HALF)
    value = odd(n, "erf", f.mul(n.go(t.args[0]), root))
    return f.scale(f.add(f.constant(Fraction(1)), value), _HALF)


@law("normpdf")
def _normpdf(n: Normal, t: Term) -> Frac:
    """exp(−a²/2)/√(2π)."""
    f = n.field
    a = n.go(t.args[0])
    two_pi = f.scale(n.function(("const", "pi"), frozenset(), signs.POSITIVE), Fraction(2))
    return f.mul(exp(n, f.scale(f.mul(a, a), -_HALF)), rational_power(n, two_pi, -_HALF))


# -- sin and cos --------------------------------------------------------------------------------------------------------
@law("sin")
def _sin(n: Normal, t: Term) -> Frac:
    return sin_cos(n, n.go(t.args[0]))[0]


@law("cos")
def _cos(n: Normal, t: Term) -> Frac:
    return sin_cos(n, n.go(t.args[0]))[1]


@law("tan")
def _tan(n: Normal, t: Term) -> Frac:
    s, c = sin_cos(n, n.go(t.args[0]))
    nonzero(n, Term("cos", t.args), c)
    return n.field.mul(s, n.field.inverse(c))


def sin_cos(n: Normal, a: Frac) -> tuple[Frac, Frac]:
    """Angle addition over the atoms of a; sin² is rewritten to 1 − cos²."""
    f = n.field
    s, c = f.constant(Fraction(0)), f.constant(Fraction(1))
    for atom, coefficient in atoms(n, a):
        s1, c1 = _angle(n, atom, coefficient)
        s, c = f.add(f.mul(s, c1), f.mul(c, s1)), f.sub(f.mul(c, c1), f.mul(s, s1))
    return s, c


def _angle(n: Normal, atom: Key, coefficient: Fraction) -> tuple[Frac, Frac]:
    f = n.field
    k = n.registry.multiple(("angle", atom), coefficient)
    if abs(k) > _MAX_MULTIPLE:
        raise GaveUp(f"a multiple of an angle over {_MAX_MULTIPLE}")
    free = atom_free(n, atom)
    cos = n.function(("cos", atom), free)
    sin = n.function(("sin", atom), free)
    f.relate(n.registry.numbers["sin", atom], 2, f.one - f.poly_of(n.registry.numbers["cos", atom]) ** 2)
    s, c = f.constant(Fraction(0)), f.constant(Fraction(1))
    for _ in range(abs(k)):
        s, c = f.add(f.mul(s, cos), f.mul(c, sin)), f.sub(f.mul(c, cos), f.mul(s, sin))
    return (s, c) if k > 0 else (f.neg(s), c)
