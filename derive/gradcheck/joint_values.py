"""The value of a cost at numbers, in ball arithmetic: sums are added up, entries are looked up."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import lru_cache, reduce
from operator import add, itemgetter, mul
from typing import Any, TypeAlias

from flint import acb, arb

from derive.errors import TermError
from derive.terms.term import Term

#: a ball, a whole number, or an array of balls
Values: TypeAlias = Mapping[str, Any]
Function: TypeAlias = Callable[[Values], Any]


def value(term: Term, values: Values) -> Any:
    """The term at these values of its names: numbers for symbols, arrays for entries. `TermError` for other heads.

    >>> from derive.terms.text import parse_formula
    >>> print(value(parse_formula("sum(k**2, k, 0, n - 1)"), {"n": 4}).unique_fmpz())
    14
    """
    return _function(term)(values)


@lru_cache(maxsize=64)
def _function(term: Term) -> Function:
    """The term as a function of its values: it is read once, for thousands of points. No number in it is rounded."""
    match term.head:
        case "num":
            return _number(*term.value.as_integer_ratio())
        case "sym":
            return itemgetter(term.name)
        case "at":
            return _entry(term)
        case "sum":
            return _sum(term)
    parts = [_function(a) for a in term.args]
    if term.head in ("add", "mul"):
        joined = add if term.head == "add" else mul
        return lambda values: reduce(joined, [part(values) for part in parts])
    if term.head == "pow":
        return lambda values: _power(*(part(values) for part in parts))
    if term.head not in _FUNCTIONS:
        raise _without_value(term.head)
    function = _FUNCTIONS[term.head]
    return lambda values: function(*(part(values) for part in parts))


def _number(top: int, bottom: int) -> Function:
    return (lambda _: top) if bottom == 1 else (lambda _: arb(top) / bottom)


def _power(base: Any, exponent: Any) -> Any:
    if not isinstance(exponent, int):
        raise _without_value("pow")
    return arb(base) ** exponent if isinstance(base, int) else base**exponent


def _without_value(head: str) -> TermError:
    return TermError(f"{head} has no value here, so the cost cannot be compared with differences")


def _entry(term: Term) -> Function:
    name, places = term.name, [_function(index) for index in term.args[1:]]

    def entry(values: Values) -> Any:
        array = values[name]
        return array[tuple([place(values) for place in places][: array.ndim])]

    return entry


def _sum(term: Term) -> Function:
    body, first, last = (_function(term.args[k]) for k in (0, 2, 3))
    index = term.args[1].name

    def added(values: Values) -> Any:
        inside, total = dict(values), arb(0)
        for n in range(first(values), last(values) + 1):
            inside[index] = n
            total += body(inside)
        return total

    return added


def _log(x: Any) -> Any:
    return x.log(analytic=True) if isinstance(x, acb) else x.log()


_FUNCTIONS: dict[str, Callable[..., Any]] = {
    "exp": lambda x: x.exp(),
    "log": _log,
    "sigmoid": lambda x: 1 / (1 + (-x).exp()),
}
