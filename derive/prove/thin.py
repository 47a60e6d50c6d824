"""Is the boundary of a choice thin? Only then may it be left out: what is so away from it is so nearly everywhere.

The gap of a choice, as a function of the variable, is one of finitely many formulas without choices, by the choices
inside of it. Where that is analytic on the whole line, its zeros are isolated unless it is zero everywhere. That it is
not is seen at one point, for each combination of the values of what has finitely many, and for the least sizes.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable, Iterator
from fractions import Fraction

from derive.domain import Domain
from derive.prove import points
from derive.prove.forms import parts
from derive.prove.refute import attempt
from derive.prove.signals import GaveUp
from derive.prove.ties import has_choice
from derive.terms.term import LEAVES, Term, children, free_names, neg, num, rebuild, sym, walk

_MOST_BRANCHES, _MOST_CASES, _SIZES = 64, 64, 3
_POINTS, _BITS = 12, (96, 512)
_ZERO = num(0)
_ENTIRE = frozenset({"add", "mul", "exp", "expm1", "sin", "cos", "sinh", "cosh", "tanh", "sech", "sigmoid", "softplus"})
_ENTIRE |= {"logsigmoid", "erf", "erfc", "normpdf", "normcdf", "atan", "asinh"}
_VALUES: dict[str, Callable[[Term], tuple[Term, ...]]] = {
    "abs": lambda a: (a, neg(a)),
    "sign": lambda a: (num(1), num(-1)),
    "heaviside": lambda a: (num(1), _ZERO),
}


def thin(gap: Term, name: str, domain: Domain) -> bool:
    """Is the gap seen not to vanish on an interval of the variable, or of the entries of the array, of this name?"""
    r = domain[name]
    if r.values is not None or r.whole or r.nonzero or "cumulant" in parts(gap).heads:  # no interval, or any function
        return False
    try:
        return all(_somewhere(case, domain) for branch in _branches(gap, name) for case in _cases(branch, name, domain))
    except GaveUp:
        return False


def _branches(t: Term, name: str) -> list[Term]:
    """The formulas without choices that depend on the variable, one of which is the gap at each point."""
    if not has_choice(t, name):
        if not _entire(t, name):
            raise GaveUp("a boundary that need not be thin")
        return [t]
    inner = [_branches(a, name) for a in children(t)]
    if math.prod(map(len, inner)) > _MOST_BRANCHES or t.head in ("sum", "prod", "floor", "diff", "slope", "given"):
        raise GaveUp("a boundary with too many branches")
    out = [taken for args in itertools.product(*inner) for taken in _taken(Term(t.head, args))]
    return list(dict.fromkeys(out))


def _entire(t: Term, name: str) -> bool:
    """Is it analytic in the variable on the whole line, whatever others are? Roots, quotients and deltas are not."""
    if name not in free_names(t):
        return True
    if t.head == "pow":
        e = t.args[1]
        return e.head == "num" and e.value.denominator == 1 and e.value >= 0 and _entire(t.args[0], name)
    if t.head == "sum":
        return name not in free_names(t.args[2]) | free_names(t.args[3]) and _entire(t.args[0], name)
    if t.head == "at":
        return t.name == name and all(name not in free_names(i) for i in t.args[1:])
    return t.head == "sym" or (t.head in _ENTIRE and all(_entire(a, name) for a in t.args))


def _taken(t: Term) -> tuple[Term, ...]:
    """What a choice may be."""
    if t.head in _VALUES:
        return _VALUES[t.head](t.args[0])
    if t.head in ("max", "min"):
        return t.args
    if t.head == "piecewise":
        return t.args[::2]
    return (t,)


def _cases(t: Term, name: str, domain: Domain) -> Iterator[Term]:
    """At each combination of the values of what has finitely many; other whole numbers are given up."""
    values: dict[Term, tuple[Fraction, ...]] = {}
    for v in sorted(free_names(t) - {name} - _indices(t)):
        if v not in parts(t).arrays:
            values[sym(v)] = _values(t, v, domain)
        elif domain[v].values is not None or domain[v].whole:
            if domain[v].values is None:
                raise GaveUp("a boundary that may be everywhere for some whole number")
            values |= dict.fromkeys(_entries(t, v), domain[v].values or ())
    several = {part: own for part, own in values.items() if own}
    if math.prod(map(len, several.values())) > _MOST_CASES:
        raise GaveUp("a boundary with too many cases")
    for chosen in itertools.product(*several.values()):
        yield _put(t, {part: num(x) for part, x in zip(several, chosen, strict=True)})


def _entries(t: Term, array: str) -> list[Term]:
    """The entries of an array with few values, if none of them runs through a sum."""
    found = list(dict.fromkeys(a for a in walk(t) if a.head == "at" and a.name == array))
    if any(free_names(i) & parts(t).bound for a in found for i in a.args[1:]):
        raise GaveUp("a boundary that may be everywhere for some entries")
    return found


def _put(t: Term, values: dict[Term, Term]) -> Term:
    return values[t] if t in values else rebuild(t, lambda a: _put(a, values))


def _values(t: Term, v: str, domain: Domain) -> tuple[Fraction, ...]:
    """Where to look, one after the other; none for a real variable, of which a point is enough."""
    r = domain[v]
    if r.values is not None or not r.whole:
        return r.values or ()
    if not _is_size(t, v) or r.lower is None:
        raise GaveUp("a boundary that may be everywhere for some whole number")
    least = r.lower + (1 if r.lower_open else 0)
    return tuple(least + k for k in range(_SIZES))


def _indices(t: Term) -> frozenset[str]:
    return frozenset(v for a in walk(t) if a.head == "at" for i in a.args[1:] for v in free_names(i))


def _is_size(t: Term, v: str) -> bool:
    """Does the name only say how long sums are?"""
    if t.head == "sum":
        return _is_size(t.args[0], v)
    return v not in free_names(t) or (t.head not in LEAVES and all(_is_size(a, v) for a in children(t)))


def _somewhere(t: Term, domain: Domain) -> bool:
    """Is it certainly not 0 at a point?"""
    return attempt(points.search((t,), domain, 0, _POINTS), (t, _ZERO), _BITS)[0] is not None
