"""The value of a cost at numbers, in ball arithmetic: sums are added up, entries are looked up."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import reduce
from operator import add, mul
from typing import Any, TypeAlias

from flint import acb, arb

from derive.errors import TermError
from derive.terms.term import Term

#: a ball, a whole number, or an array of balls
Values: TypeAlias = Mapping[str, Any]


def value(term: Term, values: Values) -> Any:
    """The term at these values of its names: numbers for symbols, arrays for entries. `TermError` for other heads.

    >>> from derive.terms.text import parse_formula
    >>> print(value(parse_formula("sum(k**2, k, 0, n - 1)"), {"n": 4}).unique_fmpz())
    14
    """
    match term.head:
        case "num":
            top, bottom = term.value.as_integer_ratio()
            return top if bottom == 1 else arb(top) / bottom
        case "sym":
            return values[term.name]
        case "at":
            return values[term.name][tuple(_places(term, values))]
        case "sum":
            return _sum(term, values)
    parts = [value(a, values) for a in term.args]
    if term.head in ("add", "mul"):
        return reduce(add if term.head == "add" else mul, parts)
    if term.head == "pow" and isinstance(parts[1], int):
        return arb(parts[0]) ** parts[1] if isinstance(parts[0], int) else parts[0] ** parts[1]
    if term.head not in _FUNCTIONS:
        raise TermError(f"{term.head} has no value here, so the cost cannot be compared with differences")
    return _FUNCTIONS[term.head](*parts)


def _places(term: Term, values: Values) -> list[int]:
    places = [value(index, values) for index in term.args[1:]]
    return places[: values[term.name].ndim]


def _sum(term: Term, values: Values) -> Any:
    body, index, first, last = term.args
    every = range(value(first, values), value(last, values) + 1)
    return reduce(add, (value(body, {**values, index.name: n}) for n in every), arb(0))


def _log(x: Any) -> Any:
    return x.log(analytic=True) if isinstance(x, acb) else x.log()


_FUNCTIONS: dict[str, Callable[..., Any]] = {
    "exp": lambda x: x.exp(),
    "log": _log,
    "sigmoid": lambda x: 1 / (1 + (-x).exp()),
}
