"""Laws of abs, sign, max, min, heaviside, piecewise and xlogy: each asks for a sign and takes one branch."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from fractions import Fraction

from derive.prove import signs
from derive.prove.differentiate import differentiate
from derive.prove.elementary import log_of
from derive.prove.field import Frac
from derive.prove.normal import Along, Normal, law
from derive.prove.signals import GaveUp, Kink, Undefined
from derive.prove.unfold import positive, total, unfold
from derive.terms.term import Term, free_names, sub, substitute, sym

_WAYS = (signs.NONNEGATIVE, signs.NONPOSITIVE)
_EXACT = (signs.NEGATIVE, signs.ZERO, signs.POSITIVE)


def sign_of(n: Normal, gap: Term, wanted: Sequence[int] = _EXACT) -> int:
    """The one mask of `wanted` in which the sign of a gap lies.

    While a derivative is taken, a gap that depends on the variable and is zero has the sign of its slope on the side
    from which the variable comes.
    """
    a = n.go(gap)
    if n.along is None or n.along.name not in free_names(gap):
        return n.sign(a, wanted)
    mask = signs.ZERO if n.field.is_zero(a) else n.sign(a)
    if mask == signs.ZERO:
        mask = _sign_beside(n, gap, n.along)
    return next(w for w in wanted if mask | w == w)


def _sign_beside(n: Normal, gap: Term, along: Along) -> int:
    if not along.side:
        raise Kink
    slope = n.go(unfold(differentiate(gap, sym(along.name)), n.domain))
    mask = signs.ZERO if n.field.is_zero(slope) else n.sign(slope)
    if mask == signs.ZERO:
        raise GaveUp("a boundary that is touched and not crossed")
    return mask if along.side > 0 else signs.negated(mask)


@law("slope")
def _slope(n: Normal, t: Term) -> Frac:
    """The formula where no choice ties; else the common limit of both sides, if the function is continuous there.

    A function that is continuous at a point, and whose derivative has one limit from both sides, has that derivative.
    """
    formula, body, v, at = t.args
    if n.along is not None:
        return _inner_slope(n, t)
    try:
        return n.seen_along(Along(v.name, at, 0), formula)
    except Kink:
        pass
    sides = [Along(v.name, at, side) for side in (1, -1)]
    try:
        values = [n.seen_along(side, body) for side in sides]
        slopes = [n.seen_along(side, formula) for side in sides]
    except Undefined:
        raise GaveUp("a derivative at a boundary where one side has no value") from None
    here = n.go(body if at == v else substitute(body, {v.name: at}))
    if not all(_same(n, here, value) for value in values) or not _same(n, *slopes):
        raise Undefined("there is no derivative at a kink or a jump")
    return slopes[0]


def _inner_slope(n: Normal, t: Term) -> Frac:
    """A derivative inside a derivative: beside the point the formula holds, at the point both sides count again."""
    formula, _, v, at = t.args
    along = n.along
    if along is None or along.name != v.name or at != v:
        raise GaveUp("a mixed derivative at the boundary of a choice")
    if along.side:
        return n.go(formula)
    return n.seen_along(None, Term("slope", (*t.args[:3], along.value)))


def _same(n: Normal, a: Frac, b: Frac) -> bool:
    gap = n.field.sub(a, b)
    if n.field.is_zero(gap) or any(n.field.divides(gap.num, q) is not None for q in n.facts.equalities):
        return True
    return n.sign(gap, (signs.ZERO, signs.NONZERO)) == signs.ZERO


@law("abs")
def _abs(n: Normal, t: Term) -> Frac:
    a = n.go(t.args[0])
    return a if sign_of(n, t.args[0], _WAYS) == signs.NONNEGATIVE else n.field.neg(a)


@law("sign")
def _sign(n: Normal, t: Term) -> Frac:
    return _step(n, t, -1, 0, 1)


@law("heaviside")
def _heaviside(n: Normal, t: Term) -> Frac:
    return _step(n, t, 0, Fraction(1, 2), 1)


def _step(n: Normal, t: Term, below: int, at_zero: Fraction | int, above: int) -> Frac:
    values = {signs.NEGATIVE: below, signs.ZERO: at_zero, signs.POSITIVE: above}
    return n.field.constant(Fraction(values[sign_of(n, t.args[0])]))


@law("max")
def _max(n: Normal, t: Term) -> Frac:
    return _extreme(n, t, signs.NONNEGATIVE)


@law("min")
def _min(n: Normal, t: Term) -> Frac:
    return _extreme(n, t, signs.NONPOSITIVE)


def _extreme(n: Normal, t: Term, keep: int) -> Frac:
    out = t.args[0]
    n.go(out)
    for other in t.args[1:]:
        n.go(other)
        out = out if sign_of(n, sub(out, other), _WAYS) == keep else other
    return n.go(out)


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
    seen = positive(y, n.domain) and total(y, n.domain)
    if not seen and (n.field.is_zero(n.go(x)) or sign_of(n, x, (signs.ZERO, signs.NONZERO)) == signs.ZERO):
        return n.field.constant(Fraction(0))
    return n.field.mul(n.go(x), log_of(n, y, n.go(y)))
