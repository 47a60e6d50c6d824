"""The derivative at a point: its formula where nothing ties there, else what the two sides of the point say.

While a derivative is taken (`Normal.along`), nothing is assumed: a choice or a condition whose sign is not known asks
for a split. Where a gap is zero at the point, its sign beside the point is that of its slope.
"""

from __future__ import annotations

from collections.abc import Sequence

from derive.prove import signs
from derive.prove.differentiate import slopes
from derive.prove.field import Frac
from derive.prove.normal import Along, Normal, law
from derive.prove.signals import Beside, GaveUp, Kink, Outside, Split, Undefined
from derive.prove.unfold import unfold
from derive.terms.term import Term, free_names, substitute, sym

_EXACT = (signs.NEGATIVE, signs.ZERO, signs.POSITIVE)


def sign_of(n: Normal, gap: Term, wanted: Sequence[int] = _EXACT) -> int:
    """The one mask of `wanted` in which the sign of a gap lies, beside the point where a derivative is taken."""
    a = n.go(gap)
    if n.along is None or n.along.name not in free_names(gap):
        return n.sign(a, wanted)
    try:
        mask = signs.ZERO if n.field.is_zero(a) else n.sign(a)
    except Split as split:
        raise Beside(split.term) from None
    if mask == signs.ZERO:
        mask = sign_beside(n, gap, n.along)
    return next(w for w in wanted if mask | w == w)


def sign_beside(n: Normal, gap: Term, along: Along) -> int:
    """The sign of a gap that is zero at the point, on the side from which the variable comes.

    It is that of the first derivative that is not zero: by the mean value theorem, from one order to the next. A
    polynomial whose derivatives are all zero is zero.
    """
    if not along.side:
        raise Kink
    for order, derivative in slopes(gap, sym(along.name)):
        slope = n.go(unfold(derivative, n.domain))
        mask = signs.ZERO if n.field.is_zero(slope) else n.sign(slope)
        if mask != signs.ZERO:
            return mask if along.side > 0 or order % 2 == 0 else signs.negated(mask)
    return signs.ZERO


@law("slope")
def _slope(n: Normal, t: Term) -> Frac:
    """The formula where nothing ties; else the common limit of both sides, if the function is continuous there.

    A function that is continuous at a point, and whose derivative has one limit from both sides, has that derivative.
    """
    formula, body, v, at = t.args
    if n.along is not None:
        return _inner_slope(n, t)
    here = n.go(body if at == v else substitute(body, {v.name: at}))
    try:
        _look_along(n, Along(v.name, at, 0), body)
        return n.seen_along(Along(v.name, at, 0), formula)
    except Kink:
        tie = True
    except Undefined:
        tie = False
    values = [_value_beside(n, Along(v.name, at, side), body) for side in (1, -1)]
    if not tie:
        raise GaveUp("a derivative where its formula has no value")
    slopes = [_limit(n, Along(v.name, at, side), formula) for side in (1, -1)]
    if not all(_same(n, here, value) for value in values) or not _same(n, *slopes):
        raise Undefined("there is no derivative at a kink or a jump")
    return slopes[0]


def _look_along(n: Normal, along: Along, t: Term) -> None:
    """Has each part that depends on the variable values on both sides? The formula may have lost some of them."""
    if along.name not in free_names(t):
        return
    parts = t.args if t.head in ("add", "mul", "given") else ()
    if t.head == "slope" and t.args[2].name != along.name:
        parts = t.args[:2]
    for a in parts:
        _look_along(n, along, a)
    if not parts:
        n.seen_along(along, t)


def _value_beside(n: Normal, side: Along, body: Term) -> Frac:
    try:
        return n.seen_along(side, body)
    except Outside:
        raise Undefined("there is no derivative at the border of the function") from None
    except Undefined:
        raise GaveUp("a derivative at a point where one side has no value") from None


def _limit(n: Normal, side: Along, formula: Term) -> Frac:
    try:
        return n.seen_along(side, formula)
    except Undefined:
        raise GaveUp("a derivative at a point where its formula has no value") from None


def _inner_slope(n: Normal, t: Term) -> Frac:
    """A derivative inside a derivative: beside the point the formula holds, at the point both sides count again."""
    formula, body, v, at = t.args
    along = n.along
    if along is None or along.name != v.name or at != v:
        raise GaveUp("a mixed derivative at the boundary of a choice")
    if along.side:
        _look_along(n, along, body)
        return n.go(formula)
    return n.seen_along(None, Term("slope", (*t.args[:3], along.value)))


def _same(n: Normal, a: Frac, b: Frac) -> bool:
    gap = n.field.sub(a, b)
    if n.field.is_zero(gap) or any(n.field.divides(gap.num, q) is not None for q in n.facts.equalities):
        return True
    return n.sign(gap, (signs.ZERO, signs.NONZERO)) == signs.ZERO
