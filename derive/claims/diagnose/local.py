"""What one place of a formula could be changed into, given the values that it would have to have."""

from __future__ import annotations

import math
import operator
from collections.abc import Callable, Iterator
from fractions import Fraction

from derive.claims.diagnose.candidate import inverse, parts, times
from derive.claims.diagnose.invert import Place, Values
from derive.claims.scene import Scene
from derive.terms.term import Term, add, free_names, make, mul, neg, num, power, sub, sym, walk

_ONE = num(1)
_CLOSE = 1e-7
_LARGEST = 60
_SMALL = 9
_MOST = 8
_SIBLINGS = {"sin": "cos", "cos": "sin", "sinh": "cosh", "cosh": "sinh", "max": "min", "min": "max"}
_SIBLINGS |= {
    "exp": "expm1",
    "expm1": "exp",
    "log": "log1p",
    "log1p": "log",
    "normpdf": "normcdf",
    "normcdf": "normpdf",
}


class Library:
    """Variables, small parts of the loss, sums of parameters, with their values: what is meant, or missing."""

    def __init__(self, scene: Scene) -> None:
        self.scene = scene
        sources = [t for t in (scene.loss, scene.claimed) if t is not None]
        names = [sym(n) for n in sorted(frozenset().union(*map(free_names, sources)))]
        inner = [a for t in sources[:1] for a in parts(t, scene.z, most=12)]
        others = [a for t in sources for a in walk(t) if a.head == "add" and scene.z not in free_names(a)]
        others = [a for a in dict.fromkeys(others) if a.size <= _SMALL and free_names(a)][:_MOST]
        self.atoms = [(a, scene.probe.floats(a)) for a in dict.fromkeys([*names, *others, *inner])]


def changes(place: Place, library: Library) -> Iterator[tuple[str, Term]]:
    """The changes of this place that give the needed values at all points."""
    v, n = place.values, place.needed
    if same(v, n):
        return
    t = place.term
    yield from _by_number(t, v, n, place.parent)
    yield from _by_power(t, v, n)
    yield from _by_structure(t, n, library.scene)
    for atom, values in library.atoms:
        yield from _by_atom(place, atom, values)


def same(a: Values, b: Values) -> bool:
    """Are the values close wherever both are known?"""
    return _fits(a, b, b, lambda x, _: x)


def _fits(wanted: Values, a: Values, b: Values, op: Callable[[float, float], float]) -> bool:
    """Is op(a, b) close to what is wanted wherever all are known? Most of what is tried fails at the first point."""
    met = False
    for w, x, y in zip(wanted, a, b, strict=True):
        found = None if w is None or x is None or y is None else _quiet(op, x, y)
        if found is None or w is None:
            continue
        if not abs(found - w) <= _CLOSE * (1e-3 + abs(found) + abs(w)):
            return False
        met = True
    return met


def _number(values: Values) -> Fraction | None:
    """The simple number that all the values are, if they are one."""
    known = [x for x in values if x is not None]
    if len(known) < 2 or max(known) - min(known) > _CLOSE * (1e-3 + abs(known[0])):
        return None
    q = Fraction(known[0]).limit_denominator(_LARGEST)
    return q if abs(float(q) - known[0]) <= _CLOSE * (1e-3 + abs(known[0])) and abs(q) <= _LARGEST else None


def _each(a: Values, b: Values, op: Callable[[float, float], float]) -> Values:
    return [None if x is None or y is None else _quiet(op, x, y) for x, y in zip(a, b, strict=True)]


def _quiet(op: Callable[[float, float], float], x: float, y: float) -> float | None:
    try:
        return op(x, y)
    except (ValueError, ZeroDivisionError, OverflowError):
        return None


def _by_number(t: Term, v: Values, n: Values, parent: str) -> Iterator[tuple[str, Term]]:
    """−t, q·t, t + q, or a number instead of t."""
    if t.head == "num":
        q = _number(n)
        kind = "exponent" if parent == "pow" else "sign" if q == -t.value else "constant-factor"
        yield from () if q is None else [(kind, num(q))]
        return
    if all(x in (None, 0) for x in v):
        return
    q = _number(_each(n, v, lambda x, y: x / y))
    if q == 0:
        yield "wrong-term", num(0)
    elif q is not None:
        yield ("sign", neg(t)) if q == -1 else ("constant-factor", times(num(q), t))
    q = _number(_each(n, v, lambda x, y: x - y))
    if q:
        yield "wrong-term", add(t, num(q))
    q = _number(n)
    if q is not None:
        kind = "factor" if parent == "mul" and q == 1 else "wrong-variable" if t.head == "sym" else "wrong-term"
        yield kind, num(q)
    if _fits(n, v, v, lambda x, _: 1 - x):
        yield "wrong-term", sub(_ONE, t)


def _by_power(t: Term, v: Values, n: Values) -> Iterator[tuple[str, Term]]:
    """t to some power."""
    e = _number(_each(n, v, lambda x, y: math.log(abs(x)) / math.log(abs(y))))
    if e is not None and e not in (0, 1) and e.denominator <= 2 and abs(e) <= 4 and t.head != "num":
        base, old = (t.args[0], t.args[1]) if t.head == "pow" else (t, _ONE)
        new = num(old.value * e) if old.head == "num" else mul(num(e), old)
        yield "exponent", base if new == _ONE else power(base, new)


def _by_structure(t: Term, n: Values, scene: Scene) -> Iterator[tuple[str, Term]]:
    for kind, new in _structures(t):
        if new != t and same(scene.probe.floats(new), n):
            yield kind, new


def _structures(t: Term) -> Iterator[tuple[str, Term]]:
    if t.head == "mul":
        yield "precedence", regroup(t)
    elif t.head == "add":
        yield from _sums(t)
    elif t.head == "pow":
        base, e = t.args
        yield "precedence", inverse(base)
        if base.head == "mul":
            yield "precedence", mul(*base.args[:-1], power(base.args[-1], e))
    elif t.head in ("exp", "log", "abs", "sigmoid"):
        yield "wrong-term", t.args[0]
    if t.head in _SIBLINGS:
        yield "wrong-term", make(_SIBLINGS[t.head], *t.args)


def _sums(t: Term) -> Iterator[tuple[str, Term]]:
    """q*a + b for q*(a + b); a − b + c for a − (b + c); −a**2 for (−a)**2 is a product."""
    for i, a in enumerate(t.args):
        for factor in dict.fromkeys(a.args) if a.head == "mul" else ():
            others = list(a.args)
            others.remove(factor)
            yield "precedence", mul(factor, add(*t.args[:i], times(*others), *t.args[i + 1 :]))
    for i in range(2, len(t.args)):
        yield "precedence", add(*(neg(b) if j >= i else b for j, b in enumerate(t.args)))


def regroup(t: Term) -> Term:
    """A product in which all that follows the first division is divided by."""
    at = next((i for i, a in enumerate(t.args) if _below(a) is not None), None)
    if t.head != "mul" or at is None or at == len(t.args) - 1:
        return t
    below = [_below(t.args[at]) or _ONE, *t.args[at + 1 :]]
    return times(*t.args[:at], inverse(times(*below)))


def _below(t: Term) -> Term | None:
    """b, where t is 1/b."""
    if t.head == "pow" and t.args[1] == num(-1):
        return t.args[0]
    if t.head == "num" and t.value.numerator == 1 and t.value.denominator > 1:
        return num(t.value.denominator)
    return None


def _by_atom(place: Place, a: Term, values: Values) -> Iterator[tuple[str, Term]]:
    """a is meant, or a is missing as a factor or a term."""
    t, v, n = place.term, place.values, place.needed
    if t.size <= _SMALL and a != t:
        if same(n, values):
            yield "wrong-variable" if t.head == "sym" and a.head == "sym" else "wrong-term", a
        elif _fits(n, v, values, lambda _, y: -y):
            yield "wrong-term", neg(a)
    if _fits(n, v, values, operator.mul):
        yield "factor", times(t, a)
    if _fits(n, v, values, operator.truediv):
        yield "factor", times(t, inverse(a))
    if _fits(n, v, values, operator.add):
        yield "wrong-term", add(t, a)
    if _fits(n, v, values, operator.sub):
        yield "wrong-term", sub(t, a)
