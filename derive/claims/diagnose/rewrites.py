"""A formula with one place changed, the likelier changes first in rank: for a loss, whose derivative is looked at."""

from __future__ import annotations

from collections.abc import Iterator

from derive.claims.diagnose.candidate import shown, times
from derive.claims.diagnose.local import regroup
from derive.terms.term import CONDITION_HEADS, Term, add, mul, neg, num, power

_RANKS = {"precedence": 0, "sign": 1, "factor": 2, "term": 3}


def rewrites(t: Term) -> Iterator[tuple[int, str, Term]]:
    """(rank, what is changed, the changed formula)."""
    for kind, old, new, whole in _everywhere(t):
        yield _RANKS[kind] * 100 + min(99, old.size), f"{shown(old)} must be {shown(new)}", whole


def _everywhere(t: Term) -> Iterator[tuple[str, Term, Term, Term]]:
    if t.head not in CONDITION_HEADS:
        yield from ((kind, t, new, new) for kind, new in _here(t) if new != t)
    if t.head in ("num", "sym"):
        return
    for i, a in enumerate(t.args):
        for kind, old, new, inner in _everywhere(a):
            yield kind, old, new, Term(t.head, (*t.args[:i], inner, *t.args[i + 1 :]))


def _here(t: Term) -> Iterator[tuple[str, Term]]:
    if t.head == "num":
        for v in (-t.value, 2 * t.value, t.value / 2, t.value + 1, t.value - 1):
            yield "factor", num(v)
        return
    yield "sign", neg(t)
    if t.head == "mul":
        yield "precedence", regroup(t)
    elif t.head == "add":
        yield from _spread(t)
    elif t.head == "pow":
        yield "term", t.args[0]
    yield "factor", mul(num(2), t)
    yield "factor", mul(num(1, 2), t)
    yield "term", power(t, num(2))
    yield "term", mul(num(1, 2), power(t, num(2)))


def _spread(t: Term) -> Iterator[tuple[str, Term]]:
    """q*a + b for q*(a + b); a term left out, or with another sign."""
    for i, a in enumerate(t.args):
        rest = (*t.args[:i], *t.args[i + 1 :])
        yield "term", add(*rest)
        for factor in dict.fromkeys(a.args) if a.head == "mul" else ():
            others = list(a.args)
            others.remove(factor)
            yield "precedence", mul(factor, add(*t.args[:i], times(*others), *t.args[i + 1 :]))
