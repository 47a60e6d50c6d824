"""Products and fractions: multiply out, cancel, take common factors out."""

from __future__ import annotations

from math import prod
from typing import Any

import sympy as sp

from derive.errors import RuleDoesNotApply
from derive.rule import rule
from derive.rules.sums import pick
from derive.writing import content, factors_of, is_raw_prediction, product, reciprocal, terms_of, total, written


@rule("a(b + c) = ab + ac, (1/a) a = 1, Σₖ f(k) δⱼₖ = f(j)", "what is cancelled is not 0")
def multiply_out_and_cancel(expr: Any) -> Any:
    """Multiply out, cancel, and take out what all terms have in common."""
    return total(*map(_collect_term, terms_of(expr)))


def _collect_term(term: Any) -> Any:
    """One term of the whole: what is inside its sum is collected, and the sum of a delta is its one term."""
    sums = [f for f in factors_of(term) if isinstance(f, sp.Sum) and not is_raw_prediction(f)]
    outside = product(*(f for f in factors_of(term) if f not in sums))
    if len(sums) != 1:
        return term
    left = pick(sums[0])
    if left is not None:
        return product(outside, left)
    return _signed(outside, _collect(sums[0].function), sums[0].limits)


def _signed(outside: Any, body: Any, limits: Any) -> Any:
    """Numbers in front of the sum; a minus goes into a difference: −Σ (y − h) is Σ (h − y)."""
    outer, rest = content(outside)
    inner, body = content(body)
    number, mixed = outer * inner, next((f for f in factors_of(body) if f.is_Add), None)
    if number < 0 and mixed is not None and _has_minus(mixed):
        number, turned = -number, total(*(product(-1, t) for t in terms_of(mixed)))
        body = product(*(turned if f is mixed else f for f in factors_of(body)))
    return product(number, rest, sp.Sum(body, *limits))


def _has_minus(e: Any) -> bool:
    return any(content(t)[0] < 0 for t in terms_of(e))


def _collect(e: Any) -> Any:
    """Products with what cancels gone; of a sum, the common factors in front and the rest multiplied out."""
    if e.is_Mul:
        return product(*(_power(b, k) for b, k in _powers(product(*map(_collect, factors_of(e)))).items()))
    if not e.is_Add:
        return e
    powers = [_powers(_collect(t)) for t in terms_of(e)]
    common = {b: min(p[b] for p in powers) for b in powers[0] if all(b in p for p in powers) and not b.is_Rational}
    rest = [prod((b ** (k - common.get(b, 0)) for b, k in p.items()), start=sp.S.One) for p in powers]
    return product(*(_power(b, k) for b, k in common.items()), written(sp.expand_mul(sp.Add(*rest))))


def _power(base: Any, exponent: Any) -> Any:
    return base if exponent == 1 else sp.Pow(base, exponent, evaluate=False)


def _powers(term: Any) -> dict[Any, Any]:
    """base -> exponent; equal bases meet here, and cancel."""
    out: dict[Any, Any] = {}
    for factor in factors_of(term):
        base, exponent = _base_and_exponent(factor)
        out[base] = out.get(base, 0) + exponent
    return {b: e for b, e in out.items() if e != 0}


def _base_and_exponent(factor: Any) -> tuple[Any, Any]:
    """A power with a number as exponent. (SymPy's own `as_base_exp` takes eᵘ for a power of e.)"""
    return factor.args if isinstance(factor, sp.Pow) and factor.exp.is_Rational else (factor, sp.S.One)


@rule("p/(1 + p)² = 1/(1 + p) · (1 − 1/(1 + p))", "1 + p ≠ 0")
def split_the_fraction(expr: Any) -> Any:
    """Write the fraction as a product of 1/(1 + p) and what it lacks to 1."""
    for square in factors_of(expr):
        base, exponent = _base_and_exponent(square)
        rest = product(*(f for f in factors_of(expr) if f is not square))
        if exponent == -2 and total(1, rest) == base:
            return product(reciprocal(base), total(1, product(-1, reciprocal(base))))
    raise RuleDoesNotApply(f"{expr} is not of the form p/(1 + p)²"[:300])
