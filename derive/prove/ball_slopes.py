"""The derivative at a rational point: as in `slopes`, with balls."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flint import fmpq

from derive.prove.ball_functions import Ball, compare
from derive.prove.polys import to_fraction
from derive.prove.signals import GaveUp, Kink, Outside, Undefined
from derive.terms.term import Term, free_names, num, substitute, walk

if TYPE_CHECKING:
    from derive.prove.ball import Evaluator


def slope(e: Evaluator, t: Term) -> Ball:
    """As in `choices`: the formula where no choice ties, else the common limit from both sides."""
    formula, body, v, at = t.args
    if e.along is not None:
        return _inner_slope(e, t)
    here, x = e.go(body if at == v else substitute(body, {v.name: at})), e.go(at)
    try:
        _look_along(e, (v.name, x, 0), body)
        return e.seen_along((v.name, x, 0), formula)
    except Kink:
        pass
    except Undefined:
        raise GaveUp("a derivative where its formula has no value") from None
    try:
        values = [e.seen_along((v.name, x, side), body) for side in (1, -1)]
        slopes = [e.seen_along((v.name, x, side), formula) for side in (1, -1)]
    except Outside:
        raise Undefined("there is no derivative at the border of the function") from None
    except Undefined:
        raise GaveUp("a derivative at a boundary where one side has no value") from None
    jump = not _continuous(body) and any(compare(here, value) for value in values)
    if jump or compare(*slopes):
        raise Undefined("there is no derivative at a kink or a jump")
    return slopes[0]


def _look_along(e: Evaluator, along: tuple[str, Ball, int], t: Term) -> None:
    """As in `slopes`: has each part that depends on the variable values on both sides?"""
    if along[0] not in free_names(t):
        return
    parts = t.args if t.head in ("add", "mul", "given") else ()
    if t.head == "slope" and t.args[2].name != along[0]:
        parts = t.args[:2]
    for a in parts:
        _look_along(e, along, a)
    if not parts:
        e.seen_along(along, t)


def _continuous(t: Term) -> bool:
    """Is there nothing in t that can jump?"""
    return not any(a.head in ("piecewise", "sign", "heaviside", "floor", "slope", "xlogy") for a in walk(t))


def _inner_slope(e: Evaluator, t: Term) -> Ball:
    formula, body, v, at = t.args
    if e.along is None or e.along[0] != v.name or at != v:
        raise GaveUp("a mixed derivative at the boundary of a choice")
    if e.along[2]:
        _look_along(e, e.along, body)
        return e.go(formula)
    value = e.along[1]
    if not isinstance(value, fmpq):
        raise GaveUp("a second derivative at a point that is not rational")
    return e.seen_along(None, Term("slope", (formula, body, v, num(to_fraction(value)))))
