"""The numbers ∞ and −∞ in code, such as the outermost thresholds of ordered classes: what is computed from them.

A symbol that no formula can contain stands for each. Wherever IEEE arithmetic has one result for all real values of the
rest, that is taken; everything else is unreadable, and so is a formula that still contains one.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

from derive.terms.term import Term, make, num, sym
from derive.tracing.context import unreadable

#: −∞ and ∞
INFINITE = (sym(".-inf"), sym(".inf"))
_LOW, _HIGH = INFINITE
_ZERO, _ONE, _MINUS = num(0), num(1), num(-1)
_TRUE, _FALSE = make("true"), make("false")
#: the values at −∞ and at ∞; None where there is none
_ENDS: Mapping[str, tuple[Term | None, Term | None]] = {
    "exp": (_ZERO, _HIGH),
    "expm1": (_MINUS, _HIGH),
    "log": (None, _HIGH),
    "log1p": (None, _HIGH),
    "sqrt": (None, _HIGH),
    **dict.fromkeys(("expit", "sigmoid", "logistic", "ndtr", "normcdf"), (_ZERO, _ONE)),
    "normpdf": (_ZERO, _ZERO),
    "log_ndtr": (_LOW, _ZERO),
    **dict.fromkeys(("tanh", "erf"), (_MINUS, _ONE)),
    "erfc": (num(2), _ZERO),
    **dict.fromkeys(("square", "absolute", "fabs", "abs"), (_HIGH, _HIGH)),
    "sign": (_MINUS, _ONE),
    "negative": (_HIGH, _LOW),
    "positive": (_LOW, _HIGH),
    **dict.fromkeys(("isfinite", "isnan"), (_FALSE, _FALSE)),
    "isinf": (_TRUE, _TRUE),
}
_COMPARED = {
    "less": lambda a, b: a < b,
    "less_equal": lambda a, b: a <= b,
    "greater": lambda a, b: a > b,
    "greater_equal": lambda a, b: a >= b,
    "equal": lambda a, b: a == b,
    "not_equal": lambda a, b: a != b,
}


def beyond(name: str, args: Sequence[Term]) -> Term:
    """The function of a name where an argument is infinite, and the others are any real numbers; or `Unreadable`."""
    found = _of_one(name, args[0]) if len(args) == 1 else _of_two(name, *args) if len(args) == 2 else None
    if name == "clip" and len(args) == 3:
        low = _of_bounds("maximum", args[0], args[1])
        found = _of_bounds("minimum", low, args[2])
    if found is None:
        raise unreadable(f"{name} of an infinite number")
    return found


def _of_one(name: str, a: Term) -> Term | None:
    return _ENDS[name][a == _HIGH] if name in _ENDS else None


def _of_two(name: str, a: Term, b: Term) -> Term | None:
    if name in _COMPARED:
        return _TRUE if _COMPARED[name](_size(a), _size(b)) else _FALSE
    if name in ("maximum", "minimum", "fmax", "fmin"):
        return _of_bounds(name, a, b)
    if name in ("add", "subtract"):
        return _sum(a, b if name == "add" else _turned(b))
    if name in ("divide", "true_divide") and a not in INFINITE:
        return _ZERO
    if name == "multiply" or (name in ("divide", "true_divide") and b not in INFINITE):
        return _product(a, b)
    return None


def _size(t: Term) -> float:
    """An infinite number, or 0 for any real one: it is between the two."""
    return {_LOW: -math.inf, _HIGH: math.inf}.get(t, 0.0)


def _turned(t: Term) -> Term:
    return {_LOW: _HIGH, _HIGH: _LOW}.get(t, t)


def _sum(a: Term, b: Term) -> Term | None:
    """∞ − ∞ is no number."""
    ends = {t for t in (a, b) if t in INFINITE}
    return ends.pop() if len(ends) == 1 else None


def _product(a: Term, b: Term) -> Term | None:
    """Of infinite numbers, and numbers whose sign is known."""
    sign = 1
    for t in (a, b):
        if t.head != "num" and t not in INFINITE:
            return None
        here = _size(t) or float(t.value if t.head == "num" else 0)
        sign *= (here > 0) - (here < 0)
    return None if not sign else _HIGH if sign > 0 else _LOW


def _of_bounds(name: str, a: Term, b: Term) -> Term:
    """The larger or the smaller one, where one of the two is infinite."""
    if a not in INFINITE and b not in INFINITE:
        return make("max" if name in ("maximum", "fmax") else "min", a, b)
    largest = name in ("maximum", "fmax")
    return a if (_size(a) > _size(b)) == largest else b
