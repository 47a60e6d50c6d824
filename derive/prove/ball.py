"""The value of a term at a rational point: an exact rational, or a ball that certainly contains the value.

Undefined and undecided are told apart: `Undefined` is a proof that there is no real value, `GaveUp` is not.
"""

from __future__ import annotations

import operator
from collections.abc import Callable
from functools import reduce
from typing import Any

from flint import arb, fmpq

from derive.domain import REAL, Range
from derive.prove.ball_functions import REAL_FUNCTIONS, Ball, compare, cumulant, finite, log, polygamma, signum, to_arb
from derive.prove.ball_slopes import slope
from derive.prove.differentiate import slopes
from derive.prove.forms import rational, whole
from derive.prove.point import Point
from derive.prove.signals import GaveUp, Kink, Outside, Undefined
from derive.prove.ties import CHOICES, edges, jumps
from derive.prove.unfold import unfold
from derive.prove.variables import resolve
from derive.terms.term import Term, free_names, sub, sym

_MAX_SUMMANDS = 200
_MAX_WORK = 100_000  # values within sums: where they are nested, their sizes multiply
_MAX_EXACT_BITS = 4_000


class Evaluator:
    """The value of terms at one point, in the working precision of FLINT's context."""

    def __init__(self, point: Point, *, instance: bool = True) -> None:
        self.point = point
        self.instance = instance  # is one function enough where any is meant? So it is to refute
        self.bound: dict[str, int] = {}
        self.along: tuple[str, Ball, int] | None = None
        self._memo: dict[Term, Ball] = {}
        self._work = 0

    def go(self, t: Term) -> Ball:
        """The value of a term."""
        if self.bound or self.along:
            self._work += 1
            if self._work > _MAX_WORK:
                raise GaveUp("too many summands at a point")
            return self._new(t)
        found = self._memo.get(t)
        if found is None:
            found = self._memo[t] = self._new(t)
        return found

    def _new(self, t: Term) -> Ball:
        if self.along:
            if jumps(t, self.along[0]):
                raise GaveUp("a derivative of what may jump")
            if t.head in CHOICES:
                return _CHOSEN[t.head](self, t)
            if any(self.along[0] in free_names(gap) and self.sign_of(gap) < 0 for gap in edges(t)):
                raise Outside(f"beside the point, {t.head} has no value")
        how = _HEADS.get(t.head)
        if how is None:
            raise GaveUp(f"{t.head} cannot be evaluated at a point")
        return how(self, t)

    def number(self, name: str) -> Ball:
        """The value of a variable or of a bound index."""
        if self.along and name == self.along[0]:  # within a sum around it whose index has that name
            return self.along[1]
        if name in self.bound:
            return fmpq(self.bound[name])
        return self.variable(name)

    def variable(self, name: str) -> Ball:
        """The value of a variable at the point."""
        value = self.point.values.get(name)
        if value is None:
            raise GaveUp(f"{name} has no value")
        return fmpq(value.numerator, value.denominator)

    def index(self, t: Term) -> int:
        """A term that must be a whole number."""
        value = self.go(t)
        if not isinstance(value, fmpq) or value.q != 1:
            raise GaveUp(f"an index that is not a whole number: {t!r}"[:200])
        return int(value.p)

    def sign_of(self, gap: Term) -> int:
        """The sign of a gap; where a derivative is taken and it is zero, the sign on the side of the variable."""
        sign = signum(self.go(gap))
        if sign or self.along is None or self.along[0] not in free_names(gap):
            return sign
        name, _, side = self.along
        if not side:
            raise Kink
        for order, derivative in slopes(gap, sym(name)):
            if found := signum(self.go(unfold(derivative, self.point.domain))):
                return found if order % 2 == 0 else found * side
        return 0

    def seen_along(self, along: tuple[str, Ball, int] | None, t: Term) -> Ball:
        """The value of a term, with the variable of a derivative at its place."""
        before, self.along = self.along, along
        try:
            return self.go(t)
        finally:
            self.along = before

    def holds(self, t: Term) -> bool:
        """Does a condition hold at the point?"""
        match t.head:
            case "true" | "false":
                return t.head == "true"
            case "and":
                return all(map(self.holds, t.args))
            case "or":
                return any(map(self.holds, t.args))
            case "not":
                return not self.holds(t.args[0])
        order = self.sign_of(sub(*t.args)) if self.along else compare(self.go(t.args[0]), self.go(t.args[1]))
        return {"lt": order < 0, "le": order <= 0, "eq": order == 0, "ne": order != 0}[t.head]


# -- arithmetic ----------------------------------------------------------------
def _add(e: Evaluator, t: Term) -> Ball:
    return reduce(operator.add, map(e.go, t.args))


def _mul(e: Evaluator, t: Term) -> Ball:
    return reduce(operator.mul, map(e.go, t.args))


def _pow(e: Evaluator, t: Term) -> Ball:
    base, exponent = map(e.go, t.args)
    if isinstance(exponent, fmpq) and exponent.q == 1 and _whole_by_form(e, t.args[1]):
        return _whole_power(base, int(exponent.p))
    sign = signum(base)
    if sign == 0 and e.along and e.along[0] in free_names(t.args[1]) and signum(exponent) <= 0:
        raise GaveUp("a power of zero whose exponent moves")
    if sign < 0:
        raise Undefined("a power of a negative number whose exponent is not whole")
    if sign == 0 and e.along and e.along[0] in free_names(t.args[0]):
        sign = -1 if e.sign_of(t.args[0]) < 0 else 0
        if sign < 0:
            raise Outside("beside the point, a power of a negative number")
    if sign == 0:
        order = signum(exponent)
        if order < 0:
            raise Undefined("a negative power of zero")
        return fmpq(0 if order else 1)
    if isinstance(exponent, fmpq) and exponent.q == 2:
        return _whole_power(to_arb(base).sqrt(), int(exponent.p))
    return finite(to_arb(base) ** to_arb(exponent), t.head)


def _whole_by_form(e: Evaluator, exponent: Term) -> bool:
    inside = dict.fromkeys(e.bound, Range(integer=True)) | ({e.along[0]: REAL} if e.along else {})
    return rational(exponent) or whole(exponent, resolve(e.point.domain, inside))


def _whole_power(base: Ball, k: int) -> Ball:
    if k < 0:
        if signum(base) == 0:
            raise Undefined("division by zero")
        base, k = 1 / base, -k
    exact = isinstance(base, fmpq) and k * max(base.p.bit_length(), base.q.bit_length()) <= _MAX_EXACT_BITS
    return base**k if exact else to_arb(base) ** k


# -- special heads ----------------------------------------------------------------
def _floor(e: Evaluator, t: Term) -> Ball:
    x = e.go(t.args[0])
    low = x.floor() if isinstance(x, fmpq) else x.floor().unique_fmpz()
    if low is None:
        raise GaveUp("a value too close to a whole number")
    return fmpq(low)


# -- choices, sums, entries ----------------------------------------------------------------
def _extreme(way: int) -> Callable[[Evaluator, Term], Ball]:
    def f(e: Evaluator, t: Term) -> Ball:
        values = [e.go(a) for a in t.args]
        if all(isinstance(v, fmpq) for v in values):
            return max(values) if way > 0 else min(values)
        balls = map(to_arb, values)
        return reduce(lambda a, b: a.max(b) if way > 0 else a.min(b), balls)

    return f


def _piecewise(e: Evaluator, t: Term) -> Ball:
    for value, condition in zip(t.args[::2], t.args[1::2], strict=True):
        if e.holds(condition):
            return e.go(value)
    raise Undefined("no condition of a piecewise holds")


def _xlogy(e: Evaluator, t: Term) -> Ball:
    x = e.go(t.args[0])
    if (e.sign_of(t.args[0]) if e.along else signum(x)) == 0:
        return fmpq(0)
    return x * log(e.go(t.args[1]))


def _entry(e: Evaluator, t: Term) -> Ball:
    value = e.point.entry(t.name, tuple(map(e.index, t.args[1:])))
    return fmpq(value.numerator, value.denominator)


def _delta(e: Evaluator, t: Term) -> Ball:
    return fmpq(int(e.index(t.args[0]) == e.index(t.args[1])))


def _end(e: Evaluator, t: Term) -> int:
    value = e.go(t)
    if isinstance(value, fmpq) and value.q != 1:
        raise Undefined("the end of a range is no whole number")
    return e.index(t)


def _series(empty: int, op: Callable[[Any, Any], Any]) -> Callable[[Evaluator, Term], Ball]:
    def f(e: Evaluator, t: Term) -> Ball:
        body, index, first, last = t.args
        low, high = _end(e, first), _end(e, last)
        if high - low >= _MAX_SUMMANDS:
            raise GaveUp(f"more than {_MAX_SUMMANDS} summands at a point")
        before, parts = (e.bound, e.along), [fmpq(empty)]
        if e.along and e.along[0] == index.name:
            e.along = None  # in here it is another
        try:
            for value in range(low, high + 1):
                e.bound = {**before[0], index.name: value}
                parts.append(e.go(body))
        finally:  # who asked may go on with another term
            e.bound, e.along = before
        return reduce(op, parts)

    return f


def _chosen_extreme(e: Evaluator, t: Term) -> Ball:
    out = t.args[0]
    for other in t.args[1:]:
        keep = e.sign_of(sub(out, other)) * (1 if t.head == "max" else -1) >= 0
        out = out if keep else other
    return e.go(out)


#: choices while a derivative is taken: by the sign of a gap, which has a side
_CHOSEN: dict[str, Callable[[Evaluator, Term], Ball]] = {
    "abs": lambda e, t: e.go(t.args[0]) * e.sign_of(t.args[0]),
    "sign": lambda e, t: fmpq(e.sign_of(t.args[0])),
    "heaviside": lambda e, t: fmpq(1 + e.sign_of(t.args[0]), 2),
    "max": _chosen_extreme,
    "min": _chosen_extreme,
}


def _cumulant(e: Evaluator, t: Term) -> Ball:
    if not e.instance:
        raise GaveUp("a function of which nothing is known has no value")
    return cumulant(e.index(t.args[0]), e.go(t.args[1]))


def _given(e: Evaluator, t: Term) -> Ball:
    e.go(t.args[1])
    return e.go(t.args[0])


def _real(head: str, f: Callable[[Ball], Ball]) -> Callable[[Evaluator, Term], Ball]:
    return lambda e, t: finite(f(e.go(t.args[0])), head)


_HEADS: dict[str, Callable[[Evaluator, Term], Ball]] = {
    **{head: _real(head, f) for head, f in REAL_FUNCTIONS.items()},
    "num": lambda e, t: fmpq(*t.args),
    "sym": lambda e, t: e.number(t.name),
    "at": _entry,
    "delta": _delta,
    "add": _add,
    "mul": _mul,
    "pow": _pow,
    "pi": lambda e, t: arb.pi(),
    "e": lambda e, t: arb(1).exp(),
    "euler_gamma": lambda e, t: arb.const_euler(),
    "polygamma": lambda e, t: polygamma(e.index(t.args[0]), e.go(t.args[1])),
    "cumulant": _cumulant,
    "floor": _floor,
    "max": _extreme(1),
    "min": _extreme(-1),
    "piecewise": _piecewise,
    "xlogy": _xlogy,
    "sum": _series(0, operator.add),
    "prod": _series(1, operator.mul),
    "given": _given,
    "slope": slope,
}
