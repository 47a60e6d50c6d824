"""Laws of sin, cos and tan, and of their inverses: angle addition, exact values, and what undoes what."""

from __future__ import annotations

from fractions import Fraction

from derive.prove import signs
from derive.prove.elementary import atom_free, atoms
from derive.prove.field import Frac
from derive.prove.normal import Normal, law
from derive.prove.powers import nonzero, parity, rational_power
from derive.prove.registry import Key
from derive.prove.signals import GaveUp
from derive.prove.special import odd, one_minus_square
from derive.terms.term import Term, num, power, sub

_HALF = Fraction(1, 2)
_MAX_MULTIPLE = 12
#: q: sin² and cos² of π/q, an angle of at most a right one
_SQUARES: dict[int, tuple[Fraction | int, Fraction | int]] = {
    1: (0, 1),
    2: (1, 0),
    3: (Fraction(3, 4), Fraction(1, 4)),
    4: (_HALF, _HALF),
    6: (Fraction(1, 4), Fraction(3, 4)),
}
#: a²: asin a, or atan a, over π
_ASIN = {Fraction(1, 4): Fraction(1, 6), _HALF: Fraction(1, 4), Fraction(3, 4): Fraction(1, 3), Fraction(1): _HALF}
_ATAN = {Fraction(1, 3): Fraction(1, 6), Fraction(1): Fraction(1, 4), Fraction(3): Fraction(1, 3)}
Pair = tuple[Frac, Frac]


def _pi(n: Normal, c: Fraction) -> Frac:
    return n.field.scale(n.function(("const", "pi"), frozenset(), signs.POSITIVE), c)


# -- inverses -------------------------------------------------------------------------------------------------------
@law("atan")
def _atan(n: Normal, t: Term) -> Frac:
    """Odd; atan(c/p) = ±π/2 − atan(p/c) where a number c is divided."""
    f = n.field
    a = n.go(t.args[0])
    value = _exact(n, a, _ATAN)
    if value is not None:
        return value
    if not a.den or not a.num.is_constant():
        return odd(n, "atan", a)
    side = n.sign(a, (signs.POSITIVE, signs.NEGATIVE))
    return f.sub(_pi(n, _HALF if side == signs.POSITIVE else -_HALF), odd(n, "atan", f.inverse(a)))


def _exact(n: Normal, a: Frac, values: dict[Fraction, Fraction]) -> Frac | None:
    """A rational multiple of π, where the square of a is one of the numbers listed."""
    square = n.field.constant_value(n.field.mul(a, a)) if len(a.num) == 1 else None
    mask = n.mask(a) if square in values else signs.ANY
    if square is None or mask not in (signs.POSITIVE, signs.NEGATIVE):
        return None
    return _pi(n, values[square] if mask == signs.POSITIVE else -values[square])


@law("asin")
def _asin(n: Normal, t: Term) -> Frac:
    return _arc_sine(n, t)


@law("acos")
def _acos(n: Normal, t: Term) -> Frac:
    """π/2 − asin a."""
    return n.field.sub(_pi(n, _HALF), _arc_sine(n, t))


def _arc_sine(n: Normal, t: Term) -> Frac:
    a = n.go(t.args[0])
    n.require("nonnegative", sub(num(1), power(t.args[0], num(2))), one_minus_square(n, a))
    value = _exact(n, a, _ASIN)
    return odd(n, "asin", a) if value is None else value


# -- sin, cos and tan -----------------------------------------------------------------------------------------------
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


def sin_cos(n: Normal, a: Frac) -> Pair:
    """Angle addition over the atoms of a; sin² is rewritten to 1 − cos²."""
    out = n.field.constant(Fraction(0)), n.field.constant(Fraction(1))
    for atom, coefficient in atoms(n, a):
        out = _turned(n, out, _angle(n, atom, coefficient))
    return out


def _turned(n: Normal, a: Pair, b: Pair) -> Pair:
    """sin and cos of a sum of two angles."""
    f, (s, c), (s1, c1) = n.field, a, b
    return f.add(f.mul(s, c1), f.mul(c, s1)), f.sub(f.mul(c, c1), f.mul(s, s1))


def _multiple(n: Normal, one: Pair, k: int) -> Pair:
    if abs(k) > _MAX_MULTIPLE:
        raise GaveUp(f"a multiple of an angle over {_MAX_MULTIPLE}")
    s, c = n.field.constant(Fraction(0)), n.field.constant(Fraction(1))
    for _ in range(abs(k)):
        s, c = _turned(n, (s, c), one)
    return (s, c) if k >= 0 else (n.field.neg(s), c)


def _angle(n: Normal, atom: Key, coefficient: Fraction) -> Pair:
    known = _known_angle(n, atom, coefficient)
    if known is not None:
        return known
    k = n.registry.multiple(("angle", atom), coefficient)
    free = atom_free(n, atom)
    cos = n.function(("cos", atom), free)
    sin = n.function(("sin", atom), free)
    square = n.field.one - n.field.poly_of(n.registry.numbers["cos", atom]) ** 2
    n.field.relate(n.registry.numbers["sin", atom], 2, square)
    return _multiple(n, (sin, cos), k)


def _known_angle(n: Normal, atom: Key, c: Fraction) -> Pair | None:
    """Of multiples of π, and of whole multiples of asin and atan."""
    monomial, den = atom
    if den or not monomial:
        return None
    keys = [n.generator(g).key for g, _ in monomial]
    if ("const", "pi") in keys:
        return _of_pi(n, monomial, keys.index(("const", "pi")), c)
    if len(monomial) > 1 or monomial[0][1] > 1 or c.denominator > 1 or keys[0][0] not in ("asin", "atan"):
        return None
    return _multiple(n, _of_arc(n, keys[0]), c.numerator)


def _of_pi(n: Normal, monomial: tuple[tuple[int, int], ...], place: int, c: Fraction) -> Pair | None:
    """sin πk = 0 and cos πk = (−1)^k for a whole k; the exact values of π/2, π/3, π/4, π/6."""
    f = n.field
    rest = (*monomial[:place], *monomial[place + 1 :])
    if monomial[place][1] != 1:
        return None
    if rest:
        if c.denominator > 1 or not all(n.facts.is_whole(g) for g, _ in rest):
            return None
        return f.constant(Fraction(0)), parity(n, Frac(f.monomial(rest, c), ()))
    if c.denominator not in _SQUARES:
        return None
    root = [f.constant(Fraction(x)) for x in _SQUARES[c.denominator]]
    s, cos = (x if f.is_zero(x) else rational_power(n, x, _HALF) for x in root)
    one = (s, f.neg(cos)) if c.denominator == 1 else (s, cos)
    return _multiple(n, one, c.numerator % (2 * c.denominator))


def _of_arc(n: Normal, key: Key) -> Pair:
    """cos asin a = √(1 − a²); tan atan a = a and cos atan a = 1/√(1 + a²)."""
    f = n.field
    a = n.value(key[1])
    if key[0] == "asin":
        rest = one_minus_square(n, a)
        return a, rest if f.is_zero(rest) else rational_power(n, rest, _HALF)
    cos = rational_power(n, f.add(f.constant(Fraction(1)), f.mul(a, a)), -_HALF)
    return f.mul(a, cos), cos
