"""Which branch of a choice is taken at a point: decided exactly, so that a point on a kink is on the right side."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from functools import reduce
from operator import add, eq, le, lt, mul, ne
from typing import Any

from derive.errors import TermError
from derive.terms.term import LEAVES, Term, rebuild

_COMPARE: dict[str, Callable[[Fraction, Fraction], bool]] = {"lt": lt, "le": le, "eq": eq, "ne": ne}


def resolved(term: Term, z: Any, y: float) -> Term:
    """The term with each choice replaced by the branch that is taken at z, y.

    `TermError` for a condition that is not a comparison of polynomials in z and y.

    >>> from derive.terms.text import parse_formula
    >>> resolved(parse_formula("where(z < y, z, 2*z)"), 1.0, 1.0)
    mul(2, z)
    """
    if not _has_choice(term):
        return term
    return _taken(term, {"z": _exact(z), "y": _exact(y)})


def _exact(x: Any) -> Fraction:
    """A float, or a ball whose middle is the number."""
    if isinstance(x, (int, float)):
        return Fraction(x)
    mantissa, exponent = x.mid().man_exp()
    return Fraction(int(mantissa)) * Fraction(2) ** int(exponent)


def _has_choice(t: Term) -> bool:
    return t.head == "piecewise" or (t.head not in LEAVES and any(map(_has_choice, t.args)))


def _taken(t: Term, values: dict[str, Fraction]) -> Term:
    if t.head == "piecewise":
        pairs = zip(t.args[::2], t.args[1::2], strict=True)
        found = next((value for value, condition in pairs if _holds(condition, values)), None)
        if found is None:
            raise TermError(f"no branch of {t!r} is taken"[:300])
        return _taken(found, values)
    return t if t.head in LEAVES else rebuild(t, lambda a: _taken(a, values))


def _holds(condition: Term, values: dict[str, Fraction]) -> bool:
    if condition.head in ("true", "false"):
        return condition.head == "true"
    if condition.head not in _COMPARE:
        raise TermError(f"{condition!r} is not a comparison"[:300])
    left, right = (_value(a, values) for a in condition.args)
    return _COMPARE[condition.head](left, right)


def _value(t: Term, values: dict[str, Fraction]) -> Fraction:
    """The exact value of a polynomial."""
    match t.head:
        case "num":
            return t.value
        case "sym" if t.name in values:
            return values[t.name]
        case "add" | "mul":
            return reduce(add if t.head == "add" else mul, (_value(a, values) for a in t.args))
        case "abs":
            return abs(_value(t.args[0], values))
    raise TermError(f"{t!r} is compared, and its value is not known exactly"[:300])
