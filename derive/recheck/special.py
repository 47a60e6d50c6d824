"""Laws of functions that are generators of their own: parity, angle addition, recurrences."""

from __future__ import annotations

from fractions import Fraction
from math import factorial, floor

from derive.recheck.fraction import Frac, NotRechecked
from derive.recheck.laws import atoms, log_abs
from derive.recheck.poly import ONE, Number
from derive.recheck.region import Region
from derive.recheck.signs import ANY, NONNEGATIVE, POSITIVE
from derive.recheck.translate import canonical, go, law, number
from derive.terms.term import Term, mul, num, sub

_MAX_SHIFT = 30
_MAX_MULTIPLE = 12
_INVERSE = {"erf": "erfinv", "erfinv": "erf"}


# -- odd functions, sine and cosine -----------------------------------------------------------------------------------
@law("erf", "atan", "erfinv")
def _odd(r: Region, t: Term) -> Frac:
    """f(−a) = −f(a): one of the two is the generator; erf and erfinv undo each other."""
    a = go(r, t.args[0])
    if t.head == "erfinv":
        r.require("positive", sub(num(1), mul(t.args[0], t.args[0])), r.sub(number(1), r.mul(a, a)))
    if not a.num:
        return a
    c = 1 if a.num[min(a.num)] > 0 else -1
    inner = r.book.term(r.scale(a, c))
    if inner.head == _INVERSE.get(t.head):
        return r.scale(canonical(r, inner.args[0]), c)
    out = r.of(Term(t.head, (inner,)))
    if t.head == "erf":  # −1 < erf < 1
        for side in (-1, 1):
            r.learn(r.add((number(1), r.scale(out, side))), POSITIVE)
    return r.scale(out, c)


@law("sin", "cos")
def _sin_cos(r: Region, t: Term) -> Frac:
    """Angle addition over the atoms; sin² is rewritten to 1 − cos²."""
    s, c = Frac({}), Frac(ONE)
    for term, _, e in atoms(r, go(r, t.args[0])):
        s1, c1 = _angle(r, term, e)
        s, c = _turn(r, (s, c), (s1, c1))
    return s if t.head == "sin" else c


def _turn(r: Region, a: tuple[Frac, Frac], b: tuple[Frac, Frac]) -> tuple[Frac, Frac]:
    s = r.add((r.mul(a[0], b[1]), r.mul(a[1], b[0])))
    return s, r.sub(r.mul(a[1], b[1]), r.mul(a[0], b[0]))


def _angle(r: Region, atom: Term, e: Number) -> tuple[Frac, Frac]:
    if atom.head == "pi" and e * 2 % 1 == 0:
        quarters = int(e * 2) % 4
        return number((0, 1, 0, -1)[quarters]), number((1, 0, -1, 0)[quarters])
    unit = atom if e.denominator == 1 else mul(num(1, e.denominator), atom)
    cos = r.of(Term("cos", (unit,)))
    sin = r.of(Term("sin", (unit,)))
    ((m, _),) = sin.num.items()
    if m[0][0] not in r.relations:
        r.relations[m[0][0]] = (2, r.sub(Frac(ONE), r.mul(cos, cos)))
    if abs(e.numerator) > _MAX_MULTIPLE:
        raise NotRechecked("cannot re-check a large multiple of an angle")
    out = (Frac({}), Frac(ONE))
    for _ in range(abs(e.numerator)):
        out = _turn(r, out, (sin, cos))
    return out if e > 0 else (r.scale(out[0], -1), out[1])


# -- gamma ------------------------------------------------------------------------------------------------------------
@law("gamma", "loggamma", "polygamma")
def _gamma(r: Region, t: Term) -> Frac:
    """f(b + n) by the recurrence from b, where b > 0 is the argument with its whole part taken off."""
    a = go(r, t.args[-1])
    if t.head != "loggamma" and r.mask(a) != POSITIVE:
        r.book.opaque.add(t.head)  # there may be poles
    n = floor(a.num.get((), 0)) if not a.den else 0
    base = r.sub(a, number(n))
    if t.head == "loggamma":
        r.require("positive", t.args[-1], a)
    if not 0 < n <= _MAX_SHIFT or r.mask(base) != POSITIVE:
        n, base = 0, a
    steps = [r.add((base, number(k))) for k in range(n)]
    out = r.of(Term(t.head, (*t.args[:-1], r.book.term(base))))
    if t.head == "loggamma":
        return r.add([out, *(log_abs(r, s) for s in steps)])
    if t.head == "gamma":
        for s in steps:
            out = r.mul(out, s)
        return out
    k = _order(t)
    c = (-1) ** k * factorial(k)
    return r.add([out, *(r.scale(r.power(s, -k - 1), c) for s in steps)])


def _order(t: Term) -> int:
    k = t.args[0].value if t.args[0].head == "num" else Fraction(-1)
    if k.denominator != 1 or not 0 <= k <= _MAX_SHIFT:
        raise NotRechecked(f"cannot re-check {t.head} of this order")
    return int(k)


@law("cumulant")
def _cumulant(r: Region, t: Term) -> Frac:
    """The k-th derivative of a smooth convex function: the second one is not negative, and no more is known."""
    k = _order(t)
    return r.of(Term("cumulant", (num(k), r.book.term(go(r, t.args[1])))), NONNEGATIVE if k == 2 else ANY)
