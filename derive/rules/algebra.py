"""Products and fractions: multiply out, cancel, take common factors out."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import sympy as sp

from derive.errors import RuleDoesNotApply
from derive.rule import rule
from derive.rules.collect import base_and_exponent, cancelled, shortest
from derive.rules.nested import inner_sums
from derive.rules.sums import pick
from derive.writing import content, factors_of, is_raw_prediction, product, reciprocal, summed, terms_of, total


@rule("a(b + c) = ab + ac, (1/a) a = 1, sinh/cosh = tanh, Σₖ f(k) δⱼₖ = f(j)", "what is cancelled is not 0")
def multiply_out_and_cancel(expr: Any) -> Any:
    """Multiply out, cancel, and take out what all terms have in common."""
    return total(*(_collect_term(t, shortest) for t in terms_of(expr)))


@rule("(1/a) a = 1, ab + ac = a(b + c), sinh/cosh = tanh, Σₖ f(k) δⱼₖ = f(j)", "what is cancelled is not 0")
def cancel(expr: Any) -> Any:
    """Cancel, and take out what all terms have in common; nothing is multiplied out."""
    return total(*(_collect_term(t, cancelled) for t in terms_of(expr)))


def _collect_term(term: Any, how: Callable[[Any], Any]) -> Any:
    """One term of the whole: what is inside its sum is collected, and the sum of a delta is its one term."""
    sums = [f for f in factors_of(term) if isinstance(f, sp.Sum) and not is_raw_prediction(f)]
    outside = product(*(f for f in factors_of(term) if f not in sums))
    if len(sums) != 1:
        return term
    left = pick(sums[0])
    if left is not None:
        return product(outside, left)
    return _signed(outside, inner_sums(sums[0].function, how), sums[0].limits)


def _signed(outside: Any, body: Any, limits: Any) -> Any:
    """Numbers in front of the sum; a minus goes into a difference: −Σ (y − h) is Σ (h − y)."""
    outer, rest = content(outside)
    inner, body = content(body)
    number, mixed = outer * inner, next((f for f in factors_of(body) if f.is_Add), None)
    if number < 0 and mixed is not None and _has_minus(mixed):
        number, turned = -number, total(*(product(-1, t) for t in terms_of(mixed)))
        body = product(*(turned if f is mixed else f for f in factors_of(body)))
    return product(number, rest, summed(body, *limits))


def _has_minus(e: Any) -> bool:
    return any(content(t)[0] < 0 for t in terms_of(e))


@rule("p/(1 + p)² = 1/(1 + p) · (1 − 1/(1 + p))", "1 + p ≠ 0")
def split_the_fraction(expr: Any) -> Any:
    """Write the fraction as a product of 1/(1 + p) and what it lacks to 1."""
    for square in factors_of(expr):
        base, exponent = base_and_exponent(square)
        rest = product(*(f for f in factors_of(expr) if f is not square))
        if exponent == -2 and total(1, rest) == base:
            return product(reciprocal(base), total(1, product(-1, reciprocal(base))))
    raise RuleDoesNotApply(f"{expr} is not of the form p/(1 + p)²"[:300])
