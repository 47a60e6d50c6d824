"""Term ⇄ JSON: a number is 3 or ["num", 1, 2], a symbol is its name, everything else is [head, ...arguments]."""

from __future__ import annotations

import unicodedata
from fractions import Fraction
from typing import Any, TypeAlias

from derive.errors import TermError
from derive.terms.term import MAX_DEPTH, Term, make, num, sym

Json: TypeAlias = Any

_NAME_LIMIT = 100


def to_json(term: Term) -> Json:
    """The term as JSON values."""
    if term.head == "sym":
        return term.name
    if term.head == "num":
        value = term.value
        return value.numerator if value.denominator == 1 else ["num", value.numerator, value.denominator]
    return [term.head, *map(to_json, term.args)]


def from_json(data: Json, depth: int = 0) -> Term:
    """Read a term back; anything that is not one is a TermError that shows the offending value."""
    if depth > MAX_DEPTH:
        raise TermError(f"the expression is nested more than {MAX_DEPTH} deep")
    if isinstance(data, str):
        return sym(check_name(data))
    if isinstance(data, int) and not isinstance(data, bool):
        return num(data)
    if not isinstance(data, list) or not data or not isinstance(data[0], str):
        raise TermError(f"not an expression: {data!r}"[:200])
    if data[0] == "num":
        return _number(data)
    return make(data[0], *(from_json(a, depth + 1) for a in data[1:]))


def check_name(name: str) -> str:
    """A name is a Python identifier (any alphabet), as Python compares it, of at most 100 characters."""
    if not name.isidentifier() or len(name) > _NAME_LIMIT or unicodedata.normalize("NFKC", name) != name:
        raise TermError(f"not a name: {name!r}"[:200])
    return name


def _number(data: list[Json]) -> Term:
    match data:
        case ["num", int(p), int(q)] if q > 1 and not isinstance(p, bool) and Fraction(p, q).denominator == q:
            return num(p, q)
    raise TermError(f"not a fraction in lowest terms: {data!r}"[:200])
