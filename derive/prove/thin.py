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

from derive.domain import REAL, Domain
from derive.prove import points
from derive.prove.forms import parts, positive
from derive.prove.placed import ENTIRE, Apart, placed, sizes
from derive.prove.refute import attempt
from derive.prove.settle import settled
from derive.prove.signals import GaveUp
from derive.prove.ties import CHOICES
from derive.terms.term import LEAVES, Term, children, free_names, mul, neg, num, rebuild, sym, walk

_MOST_BRANCHES, _MOST_CASES, _MOST_ROOTS = 64, 64, 2
_POINTS, _BITS = 12, (96, 512)
_ZERO = num(0)
_VARIABLES = frozenset({"sym", "num", "pi", "e", "euler_gamma"})
_ONE_OF = frozenset({"max", "min", "piecewise"})
_CHOICES = CHOICES | {"piecewise", "and", "or", "not", "floor", "delta", "given", "slope", "diff"}
_VALUES: dict[str, Callable[[Term], tuple[Term, ...]]] = {
    "abs": lambda a: (a, neg(a)),
    "sign": lambda a: (num(1), num(-1)),
    "heaviside": lambda a: (num(1), _ZERO),
}
_TAKEN = _ONE_OF | _VALUES.keys()


def thin(gap: Term, name: str, domain: Domain, bound: frozenset[str] = frozenset(), apart: Apart = frozenset()) -> bool:
    """Is the gap seen not to vanish on an interval of the variable, or of the entries of the array, of this name?

    A name that is bound around it may have few values: it may say which entry is meant, and nothing else. Indices
    that are `apart` are not equal.
    """
    if not bound.isdisjoint(free_names(gap) - _indices(gap)):
        return False
    r = domain[name]
    if r.values is not None or r.whole or r.nonzero or "cumulant" in parts(gap).heads:  # no interval, or any function
        return False
    totals = [total for v in free_names(gap) if (total := domain[v].total) is not None]
    if any(total.head != "num" or "sum" in parts(gap).heads for total in totals):
        return False  # entries that add up to 1 cannot all be 0, and one alone is 1
    try:
        return _never_zero(_branches(gap, name, domain, apart), name, domain, apart)
    except GaveUp:
        return False


def _branches(t: Term, name: str, domain: Domain, apart: Apart) -> list[Term]:
    """The formulas without choices, of whichever variable, one of which is the gap at each point."""
    if parts(t).heads.isdisjoint(_CHOICES):
        if not _analytic(t, name, domain):
            raise GaveUp("a boundary that need not be thin")
        return [t]
    if t.head not in _TAKEN | ENTIRE:
        raise GaveUp("a boundary with steps")
    chosen = t.args[::2] if t.head == "piecewise" else t.args
    inner = [_branches(a, name, domain, apart) for a in chosen]
    if t.head in _ONE_OF:
        return list(dict.fromkeys(b for own in inner for b in own))
    if math.prod(map(len, inner)) > _MOST_BRANCHES:
        raise GaveUp("a boundary with too many branches")
    if t.head in _VALUES:
        at_zero = [] if _never_zero(inner[0], name, domain, apart) else [Term(t.head, (_ZERO,))]
        return list(dict.fromkeys([*(v for a in inner[0] for v in _VALUES[t.head](a)), *at_zero]))
    return list(dict.fromkeys(Term(t.head, args) for args in itertools.product(*inner)))


def _analytic(t: Term, name: str, domain: Domain, rational: bool = True) -> bool:
    """Is it analytic in all its variables at once, on a connected set, and in the named one on its whole range?

    A quotient of such functions vanishes where its numerator does, so it will do too where no function is taken of it
    (`rational`): atan(c) + atan(1/c) is constant for positive c only. Roots, logarithms, other quotients are analytic
    where their argument is positive, which is no connected set unless that is everywhere, or the range of a variable.
    """
    if t.head == "pow" and t.args[1].head == "num" and t.args[1].value.denominator == 1:
        base, whole_power = t.args[0], t.args[1].value >= 0
        if not whole_power and positive(base, domain) and not _roots(base, domain):
            return _analytic(base, name, domain, False)
        quotient = rational and name not in free_names(base) and not _roots(base, domain)
        return (whole_power or quotient) and _analytic(base, name, domain, rational)
    if _is_root(t, domain):  # as a function of the root, which is looked at with each sign
        return not _roots(t.args[0], domain) and _analytic(t.args[0], name, domain, False)
    if t.head == "log" or (t.head == "pow" and t.args[1].head == "num"):
        base = t.args[0]
        single = base.head in ("sym", "at") and name not in free_names(base)
        return (single or positive(base, domain)) and all(_analytic(a, name, domain, False) for a in t.args)
    if t.head == "sum":
        ends = [a for end in t.args[2:] for a in walk(end)]
        fixed = all(a.head in ("sym", "num", "add", "mul") and a != sym(name) for a in ends)
        return fixed and _analytic(t.args[0], name, domain, rational)
    if t.head == "at":
        return all(name not in free_names(i) for i in t.args[1:])
    rational = rational and t.head in ("add", "mul")
    return t.head in _VARIABLES or (t.head in ENTIRE and all(_analytic(a, name, domain, rational) for a in t.args))


def _never_zero(branches: list[Term], name: str, domain: Domain, apart: Apart) -> bool:
    """But on a thin set: is each of the branches somewhere not 0, in each case?"""
    if not all(_analytic(b, name, domain) for b in branches):  # put together from parts that were
        return False
    sized = [branch for branch in branches if not _without_sizes(branch, domain)]
    put = (_with_each_sign(t, domain) for branch in sized for t in placed(branch, apart))
    return all(_somewhere(case, domain) for t in put for case in _cases(t, name, domain))


def _without_sizes(t: Term, domain: Domain) -> bool:
    """Is it somewhere not 0 where all entries are 0, whatever the sizes, as nothing of sums is left there?"""
    arrays = parts(t).arrays
    if not arrays or _roots(t, domain) or any(domain[v] != REAL for v in arrays):
        return False
    left = settled(_put(t, {a: _ZERO for a in walk(t) if a.head == "at"}), domain)
    seen = "sum" not in parts(left).heads and not any(domain[v].whole for v in free_names(left))
    return seen and all(_somewhere(case, domain) for case in _cases(left, "", domain))


def _with_each_sign(t: Term, domain: Domain) -> Term:
    """A product that is 0 where t is, and analytic where a root of squares is 0, too: F(√S) F(−√S) is even in the root.

    So it is a function of S. Taken as it is, √S is one of ±a where S is a², and a − √a² vanishes on half of the line.
    """
    roots = _roots(t, domain)
    if len(roots) > _MOST_ROOTS or any(a.head == "sum" and _roots(a.args[0], domain) for a in walk(t)):
        raise GaveUp("a boundary with a root for each index")
    chosen = itertools.chain.from_iterable(itertools.combinations(roots, k) for k in range(len(roots) + 1))
    return mul(*(_flipped(t, some, domain) for some in chosen))


def _flipped(t: Term, some: tuple[Term, ...], domain: Domain) -> Term:
    """With the other sign of the roots of some of the bases."""
    return _put(t, {a: neg(a) for a in walk(t) if _is_root(a, domain) and a.args[0] in some})


def _roots(t: Term, domain: Domain) -> tuple[Term, ...]:
    """What roots are taken of that may be 0."""
    return tuple(dict.fromkeys(a.args[0] for a in walk(t) if _is_root(a, domain)))


def _is_root(t: Term, domain: Domain) -> bool:
    """Is it an odd power of the root of squares, with an exponent over 0?"""
    if t.head != "pow" or t.args[1].head != "num" or not _squares(t.args[0]) or positive(t.args[0], domain):
        return False
    return t.args[1].value.denominator == 2 and t.args[1].value > 0


def _squares(t: Term) -> bool:
    """Is it made of squares and positive numbers by sums and products?"""
    match t.head:
        case "num":
            return t.value >= 0
        case "pow":
            return t.args[1].head == "num" and t.args[1].value.denominator == 1 and t.args[1].value % 2 == 0
        case "add" | "mul":
            return all(map(_squares, t.args))
    return t.head == "sum" and _squares(t.args[0])


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
    if r.values is not None:
        return r.values
    if not r.whole and not any(a.head == "sum" and v in free_names(a.args[3]) for a in walk(t)):
        return ()
    if not r.whole or not _is_size(t, v) or r.lower is None:
        raise GaveUp("a boundary that may be everywhere for some whole number")
    return sizes(t, v, Fraction(math.floor(r.lower) + 1 if r.lower_open else math.ceil(r.lower)))


def _indices(t: Term) -> frozenset[str]:
    """The names that are used in indices of entries only."""
    inside = frozenset(v for a in walk(t) if a.head == "at" for i in a.args[1:] for v in free_names(i))
    return inside - free_names(_without_indices(t))


def _without_indices(t: Term) -> Term:
    return t.args[0] if t.head == "at" else rebuild(t, _without_indices)


def _is_size(t: Term, v: str) -> bool:
    """Does the name only say how long sums are?"""
    if t.head == "sum":
        return _is_size(t.args[0], v)
    return v not in free_names(t) or (t.head not in LEAVES and all(_is_size(a, v) for a in children(t)))


def _somewhere(t: Term, domain: Domain) -> bool:
    """Is it certainly not 0 at a point?"""
    return attempt(points.search((t,), domain, 0, _POINTS), (t, _ZERO), _BITS)[0] is not None
