"""Term -> fraction in one region: the memory and the table of laws, which `laws`, `choices` and `sums` fill.

Each law is an identity of real functions wherever its left side is defined.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeAlias

from derive.recheck.differentiate import jumps
from derive.recheck.fraction import Frac, NotRechecked
from derive.recheck.poly import Number
from derive.recheck.region import Along, Region
from derive.recheck.table import DERIVED
from derive.terms.term import Term

Law: TypeAlias = Callable[[Region, Term], Frac]
LAWS: dict[str, Law] = {}


def law(*heads: str) -> Callable[[Law], Law]:
    """Enter a law for these heads."""

    def enter(f: Law) -> Law:
        LAWS.update(dict.fromkeys(heads, f))
        return f

    return enter


def go(r: Region, t: Term) -> Frac:
    """The fraction of a term."""
    memo = r.memos.setdefault(r.along, {})
    found = memo.get(t)
    if found is None:
        if r.along is not None and jumps(t, r.along.name):
            raise NotRechecked(f"cannot re-check a derivative of {t.head}, which may jump")
        if t.head in LAWS:
            found = LAWS[t.head](r, t)
        elif t.head in DERIVED:
            found = go(r, DERIVED[t.head](*t.args))
        else:
            raise NotRechecked(f"cannot re-check {t.head}")
        memo[t] = found
    return found


def beside(r: Region, along: Along | None, t: Term) -> Frac:
    """The fraction of a term while a derivative is taken, or (None) at the point itself."""
    before, r.along = r.along, along
    try:
        return go(r, t)
    finally:
        r.along = before


def canonical(r: Region, t: Term) -> Frac:
    """The fraction of a term that was made of generators: it speaks of the point itself."""
    return beside(r, None, t)


def number(c: Number) -> Frac:
    """A number as a fraction."""
    return Frac({(): c} if c else {})
