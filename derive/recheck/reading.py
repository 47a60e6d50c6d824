"""What a proof is made of, as it stands in a file: texts, lists and terms, of which nothing is taken for granted."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from typing import Any

from derive.errors import CertificateError
from derive.recheck.fraction import NotRechecked
from derive.recheck.unfold import Ranges, whole
from derive.terms.heads import BINDERS, LEAVES
from derive.terms.json import Json, from_json
from derive.terms.term import (
    MATRIX_HEADS,
    Term,
    add,
    children,
    free_names,
    fresh,
    make,
    mul,
    num,
    power,
    rebuild,
    substitute,
    sym,
    walk,
)

#: what derivatives are written out to
MADE = frozenset({"slope", "given"})
_LATER = MATRIX_HEADS | MADE | {"diff", "entry"}


def uses(terms: tuple[Term, ...], known: Mapping[str, bool] | None = None) -> dict[str, bool]:
    """Is a name that of an array? An error where it is that of a number, too: a binder would hide the array."""
    found = dict(known or {})
    stack = list(terms)
    while stack:
        t = stack.pop()
        is_array = t.head in ("at", "matrix")
        if (is_array or t.head == "sym") and found.setdefault(t.name, is_array) != is_array:
            raise NotRechecked(f"cannot re-check a claim in which {t.name} is a number and an array")
        stack += t.args[1:] if is_array else children(t)
    return found


def apart(t: Term, own: Mapping[str, Term]) -> Term:
    """The same with bound names that no formula and no domain has, so none of them is ever taken for a variable."""
    if t.head in LEAVES:
        return own.get(t.name, t) if t.head == "sym" else t
    if t.head in ("at", "matrix"):
        return Term(t.head, (t.args[0], *(apart(a, own) for a in t.args[1:])))
    indices, scopes = BINDERS.get(t.head, ((), ()))
    kind = "i" if t.head in ("sum", "prod") else "x"  # in a table, a place need not be whole
    new = {t.args[i].name: sym(f"{t.args[i].name} {kind}{t.depth}_{n}") for n, i in enumerate(indices)}
    inside = {**own, **new}
    return Term(t.head, tuple(apart(a, inside if n in (*indices, *scopes) else own) for n, a in enumerate(t.args)))


def kind_of(name: str) -> str:
    """Of a name that `apart` made, or that was made of one: "i" runs through whole numbers, "x" does not; else ""."""
    return name.partition(" ")[2][:1]


def together(t: Term) -> Term:
    """With the names that the indices of sums had before."""
    t = rebuild(t, together)
    if t.head not in ("sum", "prod") or not kind_of(t.args[1].name):
        return t
    body, index, first, last = t.args
    new = sym(fresh(index.name.partition(" ")[0], free_names(body) - {index.name}))
    return Term(t.head, (substitute(body, {index.name: new}), new, first, last))


def put(t: Term, values: Mapping[str, Term], ranges: Ranges) -> Term:
    """With values in place of variables; an exponent that is not whole by its form is none after that, either."""
    return substitute(_marked(t, frozenset(values), ranges), values)


def _marked(t: Term, names: frozenset[str], ranges: Ranges) -> Term:
    if names.isdisjoint(free_names(t)):
        return t
    t = rebuild(t, lambda a: _marked(a, names, ranges))
    if t.head != "pow" or names.isdisjoint(free_names(t.args[1])) or whole(t.args[1], ranges):
        return t
    return power(t.args[0], add(t.args[1], mul(num(0), make("pi"))))


def plain(data: Json, known: Mapping[str, bool]) -> Term:
    """A term of the proof: without derivatives and matrices, which only have a meaning once they are written out."""
    t = from_json(data)
    uses((t,), known)
    if any(a.head in _LATER for a in walk(t)):
        raise CertificateError(f"not a plain expression: {t!r}"[:200])
    return t


def text(value: Any) -> str:
    """A text."""
    if not isinstance(value, str):
        raise CertificateError(f"a text was expected, not {value!r}"[:200])
    return value


def texts(values: tuple[Fraction, ...] | None) -> list[str]:
    """The values of a variable, as they are written."""
    return list(map(str, values or ()))


def listed(value: Any, length: int | None = None) -> list[Any]:
    """A list, of so many things."""
    if not isinstance(value, list) or length not in (None, len(value)):
        raise CertificateError(f"a list was expected, not {value!r}"[:200])
    return value
