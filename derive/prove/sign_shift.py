"""Sums that count from 1 as sums that count from 0, with arrays whose entries are counted from 0, too.

Where every u[…] of a claim is then u[k + 1] for some k, the claim is one on v with v[k] = u[k + 1], which may be any
array as u may be: what is proved of all v is proved of all u. That u are shares is forgotten: those count from 0.
"""

from __future__ import annotations

from dataclasses import replace

from derive.domain import Domain
from derive.prove.forms import parts
from derive.terms.term import (
    Term,
    add,
    fresh,
    num,
    rebuild,
    sub,
    substitute,
    sym,
    walk,
)

_COUNTING = ("sum", "prod")
#: what binds names in other ways, or has names that are no variables
_OPAQUE = frozenset({"slope", "given", "diff", "map", "entry"})
#: the slot of an index of an array, and what is added there
Steps = dict[int, int]


class Shifted:
    """A claim in which sums count from 0, its domain, and the way back."""

    def __init__(self, e: Term, domain: Domain) -> None:
        moved = _from_zero(e)
        self.steps = {v: s for v in {t.name: 0 for t in walk(moved) if t.head == "at"} if (s := _steps(moved, v))}
        taken = parts(e).free | parts(e).bound | domain.names
        self.names: dict[str, str] = {}
        for v in self.steps:
            self.names[v] = fresh(v, taken | set(self.names.values()))
        self.term, self.domain = self._renamed(moved), domain
        for v, other in self.names.items():
            self.domain = self.domain.with_(other, replace(domain[v], total=None))

    def _renamed(self, t: Term) -> Term:
        out = rebuild(t, self._renamed)
        if t.head != "at" or t.name not in self.steps:
            return out
        indices = [_stripped(i) if k in self.steps[t.name] else i for k, i in enumerate(out.args[1:])]
        return Term("at", (sym(self.names[t.name]), *indices))

    def back(self, t: Term) -> Term:
        """A term that speaks of these arrays, in the names of the claim."""
        out = rebuild(t, self.back)
        old = next((v for v, other in self.names.items() if t.head == "at" and t.name == other), None)
        if old is None:
            return out
        steps = self.steps[old]
        return Term("at", (sym(old), *(add(i, num(steps.get(k, 0))) for k, i in enumerate(out.args[1:]))))


def shifted(e: Term, domain: Domain) -> Shifted | None:
    """The claim counted from 0, if it is counted from elsewhere."""
    if not any(t.head in _COUNTING and _start(t) for t in walk(e)) or any(t.head in _OPAQUE for t in walk(e)):
        return None
    out = Shifted(e, domain)
    return out if out.steps else None


def _start(t: Term) -> int:
    """Where a sum starts, if that is a whole number as written."""
    first = t.args[2]
    return int(first.value) if first.head == "num" and first.value.denominator == 1 else 0


def _from_zero(t: Term) -> Term:
    """The same value, with sums that start at 0."""
    t = rebuild(t, _from_zero)
    if t.head not in _COUNTING or not (start := _start(t)):
        return t
    body, index, _, last = t.args
    moved = substitute(body, {index.name: add(index, num(start))})
    return Term(t.head, (moved, index, num(0), sub(last, num(start))))


def _steps(e: Term, array: str) -> Steps:
    """What is added to every index in a slot of an array."""
    rows = [t.args[1:] for t in walk(e) if t.head == "at" and t.name == array]
    found = {k: {_added(row[k]) for row in rows if k < len(row)} for k in range(max(map(len, rows)))}
    return {k: int(next(iter(s))) for k, s in found.items() if len(s) == 1 and 0 not in s}


def _added(i: Term) -> int:
    """The number in v + number."""
    if i.head == "add" and len(i.args) == 2 and {a.head for a in i.args} == {"sym", "num"}:
        number = next(a for a in i.args if a.head == "num").value
        return int(number) if number.denominator == 1 else 0
    return 0


def _stripped(i: Term) -> Term:
    return next(a for a in i.args if a.head == "sym")
