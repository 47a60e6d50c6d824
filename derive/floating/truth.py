"""The true values at points whose coordinates are floating-point numbers, and whether a computed value is good enough.

A value is good when it is the value of the formula at some point nearby: within rounding of each variable that is not
exact itself. So the last digits beside a simple zero, or of sin(1e20), are no fault of a formula. Neither is 0 for a
value below the normal numbers of the type.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, Literal

import numpy as np
from flint import arb

from derive.domain import Domain
from derive.floating.library import meaning
from derive.prove.ball import Evaluator
from derive.prove.ball_functions import to_arb
from derive.prove.point import Point
from derive.prove.refute import precision
from derive.prove.signals import GaveUp, Undefined
from derive.terms.term import Term, num, rebuild, walk

_BITS = (128, 1_300)
_FEW = 8
_HARDLY = 0.97  # a value that is larger than this power of the largest number hardly fits
_CERTAIN = 2.0**-70  # an enclosure as tight as this is as good as the value
_NO_VALUE = (GaveUp, ZeroDivisionError, OverflowError, ValueError)
State = Literal["good", "bad", "range", "undefined", "unknown"]


@dataclass(frozen=True)
class Judgement:
    """What is to be said of a computed value; `lost` counts decimal digits.

    It is serious when half of the digits are wrong even compared with 1: a term of that size spoils any sum.
    """

    state: State
    true: str = ""
    lost: float = 0.0
    serious: bool = False


def allowed_loss(dtype: str) -> float:
    """How many times the unavoidable error is still good: a third of the digits, at least one and a half."""
    digits = -math.log10(np.finfo(dtype).eps / 2)
    return float(10 ** max(1.5, digits / 3))


class Truth:
    """True values of one formula, each computed once."""

    def __init__(self, term: Term, domain: Domain) -> None:
        self.term = meaning(term)
        self.domain = domain
        self.moved = _moved(self.term)
        self._known: dict[tuple[float, ...], Any] = {}

    def at(self, point: Mapping[str, float]) -> Any:
        """The value at a point as a tight ball, "undefined", or None where it is not decided."""
        key = tuple(point.values())
        if key not in self._known:
            self._known[key] = value_at(self.term, self.domain, _exactly(point))
        return self._known[key]

    def judge(self, computed: float, point: Mapping[str, float], dtype: str) -> Judgement:
        """Is the computed value good enough?"""
        true = self.at(point)
        if true is None:
            return Judgement("unknown")
        if isinstance(true, str):
            return Judgement("undefined" if math.isnan(computed) else "unknown")
        info = np.finfo(dtype)
        with precision(_BITS[-1]):
            if not abs(true) < arb(float(info.max)):
                return Judgement("good" if math.isfinite(computed) else "range", shown(true))
            if not math.isfinite(computed) and abs(true) > arb(float(info.max) ** _HARDLY):
                return Judgement("range", shown(true))
            if not math.isfinite(computed):
                return Judgement("bad", shown(true), math.inf, serious=True)
            return self._compare(arb(computed), true, point, dtype)

    def _compare(self, computed: Any, true: Any, point: Mapping[str, float], dtype: str) -> Judgement:
        info = np.finfo(dtype)
        unit, least, allowed = float(info.eps) / 2, float(info.tiny), allowed_loss(dtype)
        error, size = abs(computed - true), abs(true)
        if not error > (arb(allowed * unit) * size).max(arb(least)):
            return Judgement("good", shown(true))
        near = arb(unit) * size + self._nearby(true, point, unit)
        if not error > arb(allowed) * near:
            return Judgement("good", shown(true))
        serious = bool(error > arb(math.sqrt(unit)) * size.max(arb(1)))
        lost = _digits(error / (arb(unit) * size.max(arb(least))))
        return Judgement("bad", shown(true, telling(lost, dtype)), lost, serious)

    def _nearby(self, true: Any, point: Mapping[str, float], unit: float) -> Any:
        """How far the value moves when the variables and the constants move by a rounding."""
        out = arb(0)
        for name, value in point.items():
            if value and not self._is_exact(name, value):
                out += max((self._shift(self.term, true, point, name, s * unit) for s in (1, -1)), key=float)
        for moved in self.moved:
            out += self._shift(moved(unit), true, point, "", 0)
        return out

    def _shift(self, term: Term, true: Any, point: Mapping[str, float], name: str, by: float) -> Any:
        values = _exactly(point)
        if name:
            values[name] *= 1 + Fraction(by)
        other = value_at(term, self.domain, values)
        return arb(0) if other is None or isinstance(other, str) else abs(other - true)

    def _is_exact(self, name: str, value: float) -> bool:
        """Labels and the ends of an interval are exact."""
        r = self.domain[name]
        return r.values is not None or value in (r.lower, r.upper)


def _exactly(point: Mapping[str, float]) -> dict[str, Fraction]:
    return {name: Fraction(value) for name, value in point.items()}


def value_at(term: Term, domain: Domain, values: dict[str, Fraction]) -> Any:
    """A tight ball, "undefined", or None."""
    point = Point(values, domain)
    for bits in _BITS:
        with precision(bits):
            try:
                ball = to_arb(Evaluator(point).go(term))
            except Undefined:
                return "undefined"
            except _NO_VALUE:
                continue
            if _tight(ball):
                return ball
    return None


def _tight(ball: Any) -> bool:
    radius = ball.rad()
    return bool(radius < abs(ball.mid()) * _CERTAIN or abs(ball) < arb(2.0**-1074) * _CERTAIN or radius == 0)


def telling(lost: float, dtype: str) -> int:
    """As many digits as it takes to see a difference."""
    return max(_FEW, math.ceil(-math.log10(np.finfo(dtype).eps / 2) - lost) + 3)


def shown(ball: Any, digits: int = _FEW) -> str:
    """A true value to a few digits; what is certainly far below every number of every type as such."""
    if ball.contains(0) and ball.rad() > 0:
        return "less than 1e-340"
    return str(ball.str(digits, radius=False))


def _digits(ratio: Any) -> float:
    return round(float((ratio.log() / arb(10).log()).mid()), 1)


def _moved(term: Term) -> list[Any]:
    """For each literal number that is no float: the formula in which it is moved a little, everywhere."""
    literals = {t for t in walk(term) if t.head == "num" and t.value.denominator & (t.value.denominator - 1)}
    return [_mover(term, t) for t in sorted(literals, key=repr)[:4]]


def _mover(term: Term, literal: Term) -> Any:
    def moved(unit: float) -> Term:
        new = num(literal.value * (1 + Fraction(unit)))
        return _replaced(term, literal, new)

    return moved


def _replaced(term: Term, old: Term, new: Term) -> Term:
    return new if term == old else rebuild(term, lambda a: _replaced(a, old, new))
