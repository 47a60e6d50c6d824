"""Rewriting into functions that are accurate everywhere. A proposal: what is suggested is proved equal first.

Each rule takes a node whose parts are rewritten already, and gives another term or None. Its formula is its docstring.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from fractions import Fraction
from functools import lru_cache
from typing import TypeAlias

from derive.errors import TermError
from derive.floating.forms import minus, times
from derive.floating.logarithms import LOGARITHMS
from derive.floating.products import PRODUCTS
from derive.floating.quotients import QUOTIENTS
from derive.floating.sums import LABELS, SUMS
from derive.terms.term import Term, add, make, num, power, rebuild

Rule: TypeAlias = Callable[[Term], Term | None]
_MAX_STEPS = 200
_LARGEST = 3_000
_MINUS = num(-1)
_ALWAYS: Sequence[Rule] = (*SUMS, *PRODUCTS, *LOGARITHMS)
#: sets of rules, the most thorough first
_SETS: Sequence[Sequence[Rule]] = ((*LABELS, *_ALWAYS), _ALWAYS, (*_ALWAYS, *QUOTIENTS), (*LOGARITHMS, *QUOTIENTS))


def proposals(t: Term) -> list[Term]:
    """Other forms of a formula, each different from it."""
    found = (p for rules in _SETS if (p := _proposal(t, rules)) is not None)
    return [p for p in dict.fromkeys(found) if p != t and p.size < _LARGEST]


def _proposal(t: Term, rules: Sequence[Rule]) -> Term | None:
    try:
        return finish(_rewritten(t, rules))
    except TermError:  # it became too large
        return None


def _rewritten(t: Term, rules: Sequence[Rule]) -> Term:
    """Bottom-up, each node until no rule applies."""
    memo: dict[Term, Term] = {}
    steps = [_MAX_STEPS]

    def go(node: Term) -> Term:
        found = memo.get(node)
        if found is None:
            inner = rebuild(node, go)
            after = _first(inner, rules) if steps[0] > 0 else None
            steps[0] -= after is not None
            if after is not None and after.head == "piecewise":  # its branches are as they should be
                memo[after] = after
            found = memo[node] = inner if after is None or after == inner else go(after)
        return found

    return go(t)


def _first(t: Term, rules: Iterable[Rule]) -> Term | None:
    return next((out for rule in rules if (out := rule(t)) is not None), None)


@lru_cache(maxsize=4_096)
def finish(t: Term) -> Term:
    """1/σ(−u) is 1 + exp(u) again, and signs are where they are seen."""
    inner = rebuild(t, finish)
    if inner.head == "pow" and inner.args[0].head == "sigmoid" and inner.args[1].head == "num":
        (base,), e = inner.args[0].args, inner.args[1].value
        total = add(num(1), make("exp", minus(base)))
        return inner if e > 0 else total if e == -1 else power(total, num(-e))
    return _signs(inner) if inner.head == "mul" else inner


def _signs(t: Term) -> Term:
    """a·(−b) = −a·b, −(−a − b) = a + b."""
    sign, factors = Fraction(1), []
    for a in t.args:
        negative = a.head == "mul" and a.args[0] == _MINUS
        sign = -sign if negative or a == _MINUS else sign
        factors += list(a.args[1:]) if negative else [] if a == _MINUS else [a]
    for i, a in enumerate(factors):
        if a.head == "add" and sign < 0 and 2 * sum(map(_is_negative, a.args)) > len(a.args):
            factors[i], sign = minus(a), -sign
    return times(sign, *factors)


def _is_negative(t: Term) -> bool:
    return (t.args[0] if t.head == "mul" else t).head == "num" and (t.args[0] if t.head == "mul" else t).value < 0
