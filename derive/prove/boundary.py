"""The boundary between two regions: what one variable, or one entry of an array, is there; and regions in words."""

from __future__ import annotations

import operator
from collections.abc import Mapping, Sequence

from derive.domain import Domain
from derive.errors import TermError
from derive.prove import signs
from derive.prove.deltas import ANYWHERE, with_delta
from derive.prove.forms import least, parts, whole
from derive.prove.normal import Normal
from derive.prove.signals import GaveUp, Restart, Split, Undefined
from derive.terms.readable import readable
from derive.terms.term import Term, add, free_names, make, mul, num, power, rebuild, substitute
from derive.terms.unparse import unparse

_NAMES = {signs.POSITIVE: "> 0", signs.ZERO: "= 0", signs.NEGATIVE: "< 0", signs.NONNEGATIVE: ">= 0"}
_NOTHING = mul(num(0), make("pi"))  # 0, but no rational number by its form


def with_value(n: Normal, on: Term, sides: tuple[Term, Term]) -> tuple[Term, Term] | None:
    """The two sides where on = 0, with the value that this says of an entry in its place; None where there is none."""
    solved = solve(n, on, "at")
    if solved is None or any(parts(side).bound & free_names(solved[1]) for side in sides):
        return None
    marked = tuple(_as_exponents(side, frozenset({solved[0].name}), n.domain) for side in sides)
    a, b = (with_delta(side, *solved, ANYWHERE) for side in marked)
    return None if (a, b) == marked else (a, b)


def put(t: Term, values: Mapping[str, Term], domain: Domain) -> Term:
    """With values in place of variables. Also where v is 2, x to the power v has no value for x < 0."""
    return substitute(_as_exponents(t, frozenset(values), domain), values)


def _as_exponents(t: Term, names: frozenset[str], domain: Domain) -> Term:
    """Exponents that depend on the names, and are not whole by their form, are not numbers by their form, either."""
    if names.isdisjoint(free_names(t)):
        return t
    t = rebuild(t, lambda a: _as_exponents(a, names, domain))
    if t.head != "pow" or names.isdisjoint(free_names(t.args[1])) or whole(t.args[1], domain.__getitem__):
        return t
    return power(t.args[0], add(t.args[1], _NOTHING))


def solve(n: Normal, on: Term, head: str = "sym") -> tuple[Term, Term] | None:
    """on = 0 solved for a variable, or an entry, that occurs linearly, with a constant factor."""
    try:
        p = n.go(on).num
    except (Restart, Split, Undefined, GaveUp):
        return None
    rows = n.field.terms(p)
    for g in reversed(n.field.generators_of(p)):
        mine = [(m, c) for m, c in rows if any(h == g for h, _ in m)]
        if n.generator(g).key[0] != head or len(mine) != 1 or mine[0][0] != ((g, 1),):
            continue
        rest = p - n.field.monomial(*mine[0])
        value = n.readback.poly(rest / n.field.monomial((), -mine[0][1]).leading_coefficient())
        found = n.readback.poly(n.field.poly_of(g))
        if _fits(n, found.name, value) and (head == "at" or _is_free(n, found.name, value)):
            return found, value
    return None


def _fits(n: Normal, name: str, value: Term) -> bool:
    """Is the value seen to be whole where the variable is? What has a whole exponent may have no value for another."""
    return not n.domain[name].whole or whole(value, n.range_of)


def _is_free(n: Normal, name: str, value: Term) -> bool:
    """May the variable be this value, which does not depend on it?"""
    return name not in n.bound and name not in free_names(value)


# -- in words ---------------------------------------------------------------------------------------------------------
def in_words(assumed: Sequence[tuple[Term, int]], places: Sequence[str], domain: Domain) -> str:
    """A region for a note, without what the ranges of variables say anyway."""
    seen = {signs.POSITIVE: operator.gt, signs.NONNEGATIVE: operator.ge}
    left = [(t, m) for t, m in assumed if free_names(t) and not (m in seen and seen[m](least(t, domain), 0))]
    said = [*places, *(f"{written(t)} {_NAMES.get(m, '<= 0')}" for t, m in left)]
    return "where " + ", ".join(said) if said else "everywhere"


def written(t: Term) -> str:
    """For a note; a name that no formula can contain is no reason not to write it."""
    try:
        return unparse(readable(t))
    except TermError:
        return repr(t)
