"""The derivative of a fraction over generators, and where it turns from one sign to the other."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from fractions import Fraction

from derive.prove import signs
from derive.prove.elementary import atom_value
from derive.prove.exponents import logarithm
from derive.prove.field import Frac
from derive.prove.normal import Normal
from derive.prove.polys import Poly
from derive.prove.registry import Key
from derive.prove.sign_masks import Signs, coefficients
from derive.prove.signals import GaveUp, Kink, Split, Undefined
from derive.prove.signs import ANY, NEGATIVE, NONNEGATIVE, NONZERO, POSITIVE, ZERO
from derive.terms.term import Term, make, mul, num, power, substitute, sym

_ONE = num(1)


# -- derivatives
def derivative(n: Normal, a: Frac, name: str) -> Frac:
    """∂a/∂name, wherever its denominators are not zero."""
    f = n.field
    den = f.den_poly(a)
    top = f.sub(f.mul(_of_poly(n, a.num, name), Frac(den, ())), f.mul(Frac(a.num, ()), _of_poly(n, den, name)))
    return f.mul(top, f.inverse(Frac(f.times(den, den), ())))


def _of_poly(n: Normal, p: Poly, name: str) -> Frac:
    f = n.field
    parts = []
    for g in f.generators_of(p):
        if name in n.generator(g).free:
            parts.append(f.mul(Frac(f.reduce(p.derivative(f.slots - 1 - g)), ()), _of_generator(n, g, name)))
    return f.sum(parts)


def _of_generator(n: Normal, g: int, name: str) -> Frac:
    f, key = n.field, n.generator(g).key
    match key[0]:
        case "sym":
            return f.constant(Fraction(1))
        case "exp":
            inner = derivative(n, atom_value(n, key[1]), name)
            return f.mul(f.scale(inner, n.registry.units[key]), f.generator(g))
        case "log":
            return _logarithmic(n, key, name)
        case "root":
            return f.mul(f.scale(_logarithmic(n, key, name), n.registry.units[key]), f.generator(g))
        case "sin" | "cos":
            inner = derivative(n, atom_value(n, key[1]), name)
            other = n.function(("cos" if key[0] == "sin" else "sin", key[1]), n.generator(g).free)
            unit = n.registry.units["angle", key[1]]
            return f.mul(f.scale(inner, unit if key[0] == "sin" else -unit), other)
        case "erf" | "atan":
            a = n.readback.generator(g).args[0]
            return f.mul(derivative(n, n.go(a), name), n.go(_SLOPES[key[0]](a)))
    raise GaveUp(f"the derivative of {key[0]} is not used for signs")


def _logarithmic(n: Normal, key: Key, name: str) -> Frac:
    """p′/p."""
    p = sum((n.field.monomial(m, c) for m, c in key[1]), n.field.zero)
    if Signs(n, 0).of_poly(p, True) & ZERO:
        raise GaveUp("a logarithm or a root at zero")
    return n.field.mul(_of_poly(n, p, name), n.field.inverse(Frac(p, ())))


def _square(a: Term) -> Term:
    return power(a, num(2))


_SLOPES: dict[str, Callable[[Term], Term]] = {
    "erf": lambda a: mul(num(2), power(make("pi"), num(-1, 2)), make("exp", mul(num(-1), _square(a)))),
    "atan": lambda a: power(Term("add", (_ONE, _square(a))), num(-1)),
}
SMOOTH = frozenset({"sym", "exp", "log", "root", "sin", "cos", "erf", "atan"})


def never_zero(n: Normal, s: Signs, a: Frac) -> bool:
    """Are the denominators certainly not zero?"""
    return all(not s.of_poly(n.field.factors[i], True) & ZERO for i, _ in a.den)


# -- where the derivative turns
def turn(n: Normal, s: Signs, d: Frac, name: str) -> tuple[int, Term] | None:
    """(way, a) where d has the sign of way · (z − a), or 0 more often: one factor of d turns, the others do not."""
    c, found = n.field.factor(d.num)
    mask = signs.of_number(c)
    turning: Poly = None
    for p, e in [*found, *((n.field.factors[i], e) for i, e in d.den)]:
        one = s.of_poly(p, True) if e % 2 else NONNEGATIVE
        if one & NEGATIVE and one & POSITIVE:
            if turning is not None:
                return None
            turning = p
        else:
            mask = signs.product(mask, one)
    if turning is None or (mask & NONZERO) == NONZERO:
        return None
    return _solved(n, s, turning, name, -1 if mask & NEGATIVE else 1)


def flat(n: Normal, s: Signs, d: Frac, name: str) -> tuple[int, Term] | None:
    """Where d = 0 at 0 or at another variable, and does not fall, or does not rise, anywhere."""
    term = n.readback.fraction(d)
    others = sorted(v for v in n.free(d) - {name} if n.registry.number(("sym", v)) is not None)
    for at in (num(0), *map(sym, others)):
        with suppress(GaveUp, Split, Undefined, Kink, ZeroDivisionError):
            if n.field.is_zero(n.go(substitute(term, {name: at}))):
                second = derivative(n, d, name)
                mask = s.of(second, False) if never_zero(n, s, second) else ANY
                if not mask & NEGATIVE or not mask & POSITIVE:
                    return (1 if not mask & NEGATIVE else -1), at
    return None


def _solved(n: Normal, s: Signs, p: Poly, name: str, way: int) -> tuple[int, Term] | None:
    """The zero of p for the variable, where p is linear in it or in an exponential of it."""
    for q in (p, logarithm(n.field, n.registry, p)):
        for g in n.field.generators_of(q) if q is not None else ():
            parts = coefficients(n, q, g)
            if set(parts) not in ({0, 1}, {1}) or any(name in n.free_of(c) for c in parts.values()):
                continue
            lead, rest = s.of_poly(parts[1], True), parts.get(0, n.field.zero)
            at = _place(n, s, g, name, mul(num(-1), n.readback.poly(rest), power(n.readback.poly(parts[1]), num(-1))))
            if lead in (NEGATIVE, POSITIVE) and at is not None and _reached(n, s, g, rest, lead):
                return (way if lead == POSITIVE else -way), at
    return None


def _place(n: Normal, s: Signs, g: int, name: str, value: Term) -> Term | None:
    """The variable where the generator has the value."""
    key = n.generator(g).key
    if key == ("sym", name):
        return value
    if key[0] == "exp" and key[1] == (((n.registry.numbers["sym", name], 1),), frozenset()):
        return mul(num(1 / n.registry.units[key]), make("log", value))
    return None


def _reached(n: Normal, s: Signs, g: int, rest: Poly, lead: int) -> bool:
    """An exponential only has positive values."""
    return n.generator(g).key[0] == "sym" or s.of_poly(rest, True) == signs.negated(lead)
