"""Laws of powers: whole, rational and symbolic exponents; the parity of a power of a negative number."""

from __future__ import annotations

from fractions import Fraction

from derive.prove import signs
from derive.prove.elementary import abs_power, atom_free, exp, log_abs, number_power, prime_powers, whole_power
from derive.prove.field import Frac
from derive.prove.forms import rational, whole
from derive.prove.normal import Normal, law
from derive.prove.polys import Monomial
from derive.prove.registry import Key
from derive.prove.signals import GaveUp, Undefined
from derive.terms.term import Term, free_names


@law("pow")
def _pow(n: Normal, t: Term) -> Frac:
    base, exponent = t.args
    value: Fraction | None
    if exponent.head == "num":
        value = exponent.value
    else:
        b = n.go(exponent)
        value = n.field.constant_value(b)
        by_form = rational(exponent) or whole(exponent, n.range_of)
        if value is None or not by_form:
            return _symbolic_power(n, base, exponent, b)
    if value.denominator != 1:
        return _rational_power(n, base, value)
    if value == 0:
        n.go(base)
        return n.field.constant(Fraction(1))
    a = n.go(base)
    if value < 0:
        nonzero(n, base, a)
    return whole_power(n, a, value.numerator)


def nonzero(n: Normal, term: Term, a: Frac) -> None:
    """A denominator: undefined where it is zero."""
    if n.is_zero(a):
        raise Undefined(f"division by {term!r}, which is zero"[:200])
    n.require("nonzero", term, a)


def _rational_power(n: Normal, base: Term, r: Fraction) -> Frac:
    a = n.go(base)
    if n.is_zero(a):
        if r < 0:
            raise Undefined("a negative power of zero")
        if n.along is not None:
            n.require("nonnegative", base, a)
        return n.field.constant(Fraction(0))
    n.require("positive" if r < 0 else "nonnegative", base, a)
    k = even_exponent(base)
    return rational_power(n, n.go(base.args[0]), r * k) if k else rational_power(n, a, r)


def even_exponent(t: Term) -> int:
    """k of u^k, where it is an even number as written, else 0."""
    if t.head != "pow" or t.args[1].head != "num":
        return 0
    k = t.args[1].value
    return int(k) if k.denominator == 1 and k > 0 and k % 2 == 0 else 0


def rational_power(n: Normal, a: Frac, r: Fraction) -> Frac:
    """|a|^r = |c|^r Π |p|^(e r) over the irreducible factors."""
    f = n.field
    out = f.constant(Fraction(1))
    c, found = f.factor(a.num)
    for value, sign in ((abs(c).numerator, 1), (abs(c).denominator, -1)):
        for prime, e in prime_powers(value):
            out = f.mul(out, number_power(n, prime, r * e * sign))
    for p, e in found:
        out = f.mul(out, abs_power(n, p, r * e))
    for i, e in a.den:
        for p, k in f.factor(f.factors[i])[1]:
            out = f.mul(out, abs_power(n, p, -r * e * k))
    return out


def _symbolic_power(n: Normal, base: Term, exponent: Term, b: Frac) -> Frac:
    """a^b = exp(b log a) for a > 0; 0^b is 0 for b > 0; a negative base needs an exponent that is whole by its form."""
    a = n.go(base)
    is_whole = whole(exponent, n.range_of)
    moves = n.along is not None and n.along.name in free_names(exponent)
    if moves and n.mask(a) & signs.ZERO and n.sign(b, (signs.POSITIVE, signs.NONPOSITIVE)) != signs.POSITIVE:
        raise GaveUp("a power of what may be zero, whose exponent moves")  # 0**0 is 1, and 0 beside
    if not is_whole and (n.along is not None or not n.field.is_zero(a)):
        n.require("positive" if not n.mask(b) & signs.NONNEGATIVE else "nonnegative", base, a)
    match signs.ZERO if n.is_zero(a) else n.sign(a):
        case signs.POSITIVE:
            return exp(n, n.field.mul(b, log_abs(n, a)))
        case signs.ZERO:
            return _power_of_zero(n, b)
    return n.field.mul(parity(n, b), exp(n, n.field.mul(b, log_abs(n, a))))


def _power_of_zero(n: Normal, b: Frac) -> Frac:
    match n.sign(b):
        case signs.POSITIVE:
            return n.field.constant(Fraction(0))
        case signs.ZERO:
            return n.field.constant(Fraction(1))
    raise Undefined("a negative power of zero")


def parity(n: Normal, b: Frac) -> Frac:
    """(−1)^b for a whole b: a product of generators whose square is 1."""
    f = n.field
    out = f.constant(Fraction(1))
    if b.den:
        raise GaveUp("a power of a negative number with a fraction in the exponent")
    for monomial, c in f.terms(b.num):
        if c.denominator != 1 or not all(n.facts.is_whole(g) for g, _ in monomial):
            raise GaveUp("a power of a negative number whose exponent is not seen to be whole")
        if c.numerator % 2:  # a power of a whole number has its parity
            out = f.mul(out, _parity_atom(n, tuple((g, 1) for g, _ in monomial)))
    return out


def _parity_atom(n: Normal, monomial: Monomial) -> Frac:
    if not monomial:
        return n.field.constant(Fraction(-1))
    atom: Key = (monomial, frozenset())
    out = n.function(("parity", atom), atom_free(n, atom), signs.NONZERO)
    n.field.relate(n.registry.numbers["parity", atom], 2, n.field.one)
    return out
