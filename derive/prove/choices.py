"""Laws of abs, sign, max, min, heaviside, piecewise and xlogy: each asks for a sign and takes one branch."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from fractions import Fraction
from itertools import combinations

from derive.prove import signs
from derive.prove.defined import log_of
from derive.prove.field import Frac
from derive.prove.forms import positive, total
from derive.prove.normal import Normal, law
from derive.prove.signals import GaveUp, Undefined
from derive.prove.slopes import sign_of
from derive.terms.term import Term, free_names, sub

_WAYS = (signs.NONNEGATIVE, signs.NONPOSITIVE)
_EXACT = (signs.NEGATIVE, signs.ZERO, signs.POSITIVE)


@law("abs")
def _abs(n: Normal, t: Term) -> Frac:
    a = n.go(t.args[0])
    if _as_it_is(n, t, _WAYS):
        return _absolute(n, a)
    return a if sign_of(n, t.args[0], _WAYS) == signs.NONNEGATIVE else n.field.neg(a)


@law("sign")
def _sign(n: Normal, t: Term) -> Frac:
    return _step(n, t, -1, 0, 1)


@law("heaviside")
def _heaviside(n: Normal, t: Term) -> Frac:
    return _step(n, t, 0, Fraction(1, 2), 1)


def _step(n: Normal, t: Term, below: int, at_zero: Fraction | int, above: int) -> Frac:
    if _as_it_is(n, t, _EXACT):
        middle, half = Fraction(above + below) / 2, Fraction(above - below) / 2  # at_zero is the middle
        return n.field.add(n.field.constant(middle), n.field.scale(_direction(n, n.go(t.args[0])), half))
    values = {signs.NEGATIVE: below, signs.ZERO: at_zero, signs.POSITIVE: above}
    return n.field.constant(Fraction(values[sign_of(n, t.args[0])]))


@law("max")
def _max(n: Normal, t: Term) -> Frac:
    return _extreme(n, t, signs.NONNEGATIVE)


@law("min")
def _min(n: Normal, t: Term) -> Frac:
    return _extreme(n, t, signs.NONPOSITIVE)


def _extreme(n: Normal, t: Term, keep: int) -> Frac:
    if _as_it_is(n, t, _WAYS):
        return _extreme_at_once(n, t, 1 if keep == signs.NONNEGATIVE else -1)
    out = t.args[0]
    n.go(out)
    for other in t.args[1:]:
        n.go(other)
        out = out if sign_of(n, sub(out, other), _WAYS) == keep else other
    return n.go(out)


# -- without a look at signs: choices as generators -----------------------------------------------------------------
def _as_it_is(n: Normal, t: Term, ways: tuple[int, ...]) -> bool:
    """Is the choice left open? Not where its sign is known, nor beside a point, where it depends on the variable."""
    if not n.at_once or (n.along is not None and n.along.name in free_names(t)):
        return False
    gaps = [sub(a, b) for a, b in combinations(t.args, 2)] or t.args
    masks = [n.mask(n.go(gap)) for gap in gaps]
    return not all(any(mask | w == w for w in ways) for mask in masks)


def _leads_down(n: Normal, a: Frac) -> bool:
    return n.field.terms(a.num)[0][1] < 0


def _absolute(n: Normal, a: Frac) -> Frac:
    """|a| = |−a|."""
    if n.field.is_zero(a):
        return a
    a = n.field.neg(a) if _leads_down(n, a) else a
    return n.function(("abs", n.key(a)), n.free(a), signs.NONNEGATIVE)


def _direction(n: Normal, a: Frac) -> Frac:
    """sign(−a) = −sign(a)."""
    if n.field.is_zero(a):
        return a
    out = n.function(("sign", n.key(n.field.neg(a) if _leads_down(n, a) else a)), n.free(a))
    return n.field.neg(out) if _leads_down(n, a) else out


def _extreme_at_once(n: Normal, t: Term, way: int) -> Frac:
    """max(a, b) = (a + b + |a − b|)/2; of more, the set counts; min(…) = −max(−…)."""
    f = n.field
    parts = list({n.key(a): a for a in _flat(n, t, way)}.values())
    if len(parts) == 1:
        out = parts[0]
    elif len(parts) == 2:
        out = f.scale(f.add(f.add(*parts), _absolute(n, f.sub(*parts))), Fraction(1, 2))
    else:
        free = frozenset().union(*map(n.free, parts))
        out = n.function(("max_of", frozenset(map(n.key, parts))), free)
    return f.scale(out, Fraction(way))


def _flat(n: Normal, t: Term, way: int) -> Iterator[Frac]:
    for a in t.args:
        yield from _flat(n, a, way) if a.head == t.head else (n.field.scale(n.go(a), Fraction(way)),)


@law("piecewise")
def _piecewise(n: Normal, t: Term) -> Frac:
    """Only the branch that is taken is looked at: the others need not be defined there."""
    for value, condition in zip(t.args[::2], t.args[1::2], strict=True):
        if holds(n, condition):
            return n.go(value)
    raise Undefined("no condition of a piecewise holds")


def holds(n: Normal, t: Term) -> bool:
    """Does a condition hold in this region? Ask for a split where that is not known."""
    test = _TESTS.get(t.head)
    if test is None:
        raise GaveUp(f"{t.head} is not a condition")
    return test(n, t)


def _compare(yes: int, no: int) -> Callable[[Normal, Term], bool]:
    return lambda n, t: sign_of(n, sub(t.args[1], t.args[0]), (yes, no)) == yes


_TESTS: dict[str, Callable[[Normal, Term], bool]] = {
    "true": lambda n, t: True,
    "false": lambda n, t: False,
    "lt": _compare(signs.POSITIVE, signs.NONPOSITIVE),
    "le": _compare(signs.NONNEGATIVE, signs.NEGATIVE),
    "eq": _compare(signs.ZERO, signs.NONZERO),
    "ne": _compare(signs.NONZERO, signs.ZERO),
    "and": lambda n, t: all(holds(n, a) for a in t.args),
    "or": lambda n, t: any(holds(n, a) for a in t.args),
    "not": lambda n, t: not holds(n, t.args[0]),
}


@law("xlogy")
def _xlogy(n: Normal, t: Term) -> Frac:
    """x log y, and 0 where x = 0, whatever y: no look at x is needed where log y is seen to exist everywhere."""
    x, y = t.args
    seen = positive(y, n.known) and total(y, n.known)
    if not seen and sign_of(n, x, (signs.ZERO, signs.NONZERO)) == signs.ZERO:
        return n.field.constant(Fraction(0))
    return n.field.mul(n.go(x), log_of(n, y, n.go(y)))
