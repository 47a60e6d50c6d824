"""Refutation: a rational point at which rigorous enclosures of the two sides do not meet."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable
from typing import Any, TypeAlias

from flint import ctx, fmpq

from derive.certificate import Refuted, Witness
from derive.prove.ball import Evaluator
from derive.prove.ball_functions import to_arb
from derive.prove.point import Point
from derive.prove.signals import GaveUp, Undefined
from derive.terms.term import Term

#: do two enclosures rule out what is claimed of the two values?
Clash: TypeAlias = Callable[[Any, Any], bool]
_LOCK = threading.RLock()  # the working precision of FLINT is one for the whole process
_FEW, _MAX_DIGITS = 6, 1_200


class precision:  # noqa: N801  (used like a function)
    """Work with so many bits; the former precision comes back afterwards."""

    __slots__ = ("_before", "bits")

    def __init__(self, bits: int) -> None:
        self.bits = bits

    def __enter__(self) -> None:
        _LOCK.acquire()
        self._before = ctx.prec
        ctx.prec = self.bits

    def __exit__(self, *_: object) -> None:
        ctx.prec = self._before
        _LOCK.release()


def values_at(point: Point, a: Term, b: Term) -> tuple[Any, Any] | None:
    """Both values, or None where one is undefined or not decided."""
    evaluator = Evaluator(point)
    try:
        return evaluator.go(a), evaluator.go(b)
    except (GaveUp, Undefined, ZeroDivisionError, OverflowError):
        return None


def differ(left: Any, right: Any) -> bool:
    """Do the two enclosures certainly not meet?"""
    if isinstance(left, fmpq) and isinstance(right, fmpq):
        return bool(left != right)
    gap = to_arb(left) - to_arb(right)
    return bool(gap > 0 or gap < 0)


def attempt(
    points: Iterable[Point],
    sides: tuple[Term, Term],
    bits: Iterable[int],
    enough: int | None = None,
    clash: Clash = differ,
) -> tuple[Refuted | None, int]:
    """The first witness among the points, and at how many points both sides were defined: stop when they are enough."""
    defined = 0
    for point in points:
        for prec in bits:
            with precision(prec):
                values = values_at(point, *sides)
                if values is not None and not point.inside():
                    values = None
                if values is not None and clash(*values):
                    return Refuted(_witness(point, *values)), defined + 1
            if values is not None and isinstance(values[0], fmpq) and isinstance(values[1], fmpq):
                break
        defined += values is not None
        if enough is not None and defined >= enough:
            break
    return None, defined


def _witness(point: Point, left: Any, right: Any) -> Witness:
    entries = ((f"{name}[{', '.join(map(str, i))}]", v) for (name, i), v in sorted(point.entries.items()))
    coordinates = tuple((name, str(v)) for name, v in (*sorted(point.values.items()), *entries))
    return Witness(coordinates, *_shown(left, right))


def _shown(left: Any, right: Any) -> tuple[str, str]:
    """Both values to the first digits that tell them apart, and two more; short fractions as they are."""
    if _short(left) and _short(right):
        return str(left), str(right)
    digits = _FEW
    if _far(left, right):
        return _digits(left, digits + 2), _digits(right, digits + 2)
    while digits < _MAX_DIGITS:
        shown = _digits(left, digits), _digits(right, digits)
        if shown[0] != shown[1]:
            return _digits(left, digits + 2), _digits(right, digits + 2)
        digits *= 2
    return _digits(left, digits), _digits(right, digits)


def _far(left: Any, right: Any) -> bool:
    """Are they seen at once to differ in the first few digits?"""
    left, right = float(to_arb(left)), float(to_arb(right))
    return bool(abs(left - right) > max(abs(left), abs(right)) * 10.0 ** (2 - _FEW))


def _short(x: Any) -> bool:
    return isinstance(x, fmpq) and max(x.p.bit_length(), x.q.bit_length()) <= 40


def _digits(x: Any, digits: int) -> str:
    if _short(x):
        return str(x)
    bits = int(digits * 3.4) + 20
    if bits <= ctx.prec:
        return str(to_arb(x).str(digits, radius=False))
    with precision(bits):
        return str(to_arb(x).str(digits, radius=False))
