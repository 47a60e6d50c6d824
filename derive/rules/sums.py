"""Finite sums: the one term that a Kronecker delta leaves."""

from __future__ import annotations

from typing import Any

import sympy as sp

from derive import symbols as s
from derive.errors import RuleDoesNotApply
from derive.rule import rule
from derive.terms.bridge import to_sympy
from derive.writing import factors_of, product, rewrite, total


@rule("Σₖ f(k) δⱼₖ = f(j)", "j is one of the indices of the sum, or the missing ones are named: (1 − δⱼ₀) f(j)")
def term_of_a_delta(expr: Any) -> Any:
    """A Kronecker delta leaves one term of the sum."""
    return rewrite(expr, lambda e: pick(e) if isinstance(e, sp.Sum) else None)


def pick(e: Any) -> Any:
    """The term that is left of a sum with a Kronecker delta of its index, or None if it has none.

    Raises `RuleDoesNotApply` where the other index may be out of the range of the sum.
    """
    (index, first, last), factors = e.limits[0], factors_of(e.function)
    deltas = [f for f in factors if isinstance(f, sp.KroneckerDelta) and index in f.args]
    if not deltas or len(e.limits) != 1:
        return None
    pairs = [(f, next(a for a in f.args if a != index)) for f in deltas]
    delta, chosen = next((pair for pair in pairs if index_range(pair[1])), pairs[0])
    gaps = _missing(chosen, first, last)
    rest = product(*(f for f in factors if f is not delta))
    return product(*(_not_equal(chosen, g) for g in gaps), rest.xreplace({index: chosen}))


def is_index(index: Any, first: Any, last: Any) -> bool:
    """Does the index, by the range of its name, always lie within first..last?"""
    found = index_range(index)
    return found is not None and found == (first, last)


def index_range(index: Any) -> tuple[Any, Any] | None:
    """First and last value of an index, by its name."""
    known = s.RANGES.get(index.name, s.JOINT_RANGES.get(index.name)) if index.is_Symbol else None
    if known is None or known.index is None:
        return None
    first, last = (to_sympy(end, {"m": s.m, "n": s.n, "K": s.K}) for end in known.index)
    return first, last


def _missing(chosen: Any, first: Any, last: Any) -> range:
    """The values of the chosen index that the sum leaves out."""
    found = index_range(chosen)
    if found is None or found[1] != last or not first.is_Integer or first < found[0]:
        raise RuleDoesNotApply(f"{chosen} may lie outside of {first}..{last}, the indices of the sum"[:300])
    return range(int(found[0]), int(first))


def _not_equal(chosen: Any, value: int) -> Any:
    return total(1, product(-1, sp.KroneckerDelta(chosen, value)))
