"""Choices and sums: a choice one side of which has no value, one that is decided; summands, and the share of a row."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from fractions import Fraction

from derive.domain import Domain
from derive.prove import prove_terms
from derive.terms.term import Term, make, mul, num, rebuild, substitute
from derive.tracing.arithmetic import compared, no, plus, times, where
from derive.tracing.cells import Cell

_BUDGET = 0.5


def choice(condition: Term, a: Cell, b: Cell) -> Term:
    """a where the condition holds, else b. What has no value (NaN) leaves the formula without one there."""
    if a.term is None or b.term is None:
        return make("piecewise", (a if b.term is None else b).value, condition if b.term is None else no(condition))
    return where(condition, a.value, b.value)


def decided(t: Term, values: Mapping[str, Term]) -> Term:
    """The formula for some classes, without the choices that they decide."""
    return _without_choices(substitute(t, values)) if values else t


def _without_choices(t: Term) -> Term:
    t = rebuild(t, _without_choices)
    if t.head in ("eq", "ne", "lt", "le") and t.args[0].head == t.args[1].head == "num":
        return compared(t.head)(*t.args)
    if t.head != "piecewise":
        return t
    pairs = [(v, c) for v, c in zip(t.args[::2], t.args[1::2], strict=True) if c.head != "false"]
    return pairs[0][0] if pairs and pairs[0][1].head == "true" else t


def summands(t: Term, factor: Fraction = Fraction(1)) -> Counter[Term]:
    """The summands of a term, each with its number in front: what a sum over rows and its factor are made of."""
    out: Counter[Term] = Counter()
    if t.head == "add":
        for part in t.args:
            out.update(summands(part, factor))
    elif t.head == "mul" and t.args[0].head == "num":
        out.update(summands(mul(*t.args[1:]), factor * t.args[0].value))
    else:
        out[t] = factor  # type: ignore[assignment]
    return out


def share(total: Term, rows: Sequence[Term], domain: Domain) -> Term | None:
    """What a total is of the sum of two rows: 1 for the sum, 1/2 for the mean; None for neither."""
    for factor in (num(1), num(1, 2)):
        both = times(factor, plus(*rows))
        if summands(total) == summands(both) or prove_terms(total, both, domain, budget=_BUDGET).status == "proved":
            return factor
    return None
