"""Multiplying out and cancelling: equal to what it was, by the values at rational points."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import sympy as sp
from hypothesis import given, settings
from hypothesis import strategies as st

from derive import symbols as s
from derive.errors import RuleDoesNotApply
from derive.functions import sigmoid
from derive.rules.algebra import cancel, multiply_out_and_cancel, split_the_fraction
from derive.terms.bridge import from_sympy
from derive.writing import product, reciprocal, total
from tests.shared import examples

H = sigmoid(s.raw_prediction(s.i))
Y, W, X_IJ = s.y_vector[s.i, 0], s.w_vector[s.i, 0], s.X[s.i, s.j]
NOT_H, NOT_Y = total(1, product(-1, H)), total(1, product(-1, Y))
ATOMS = [H, Y, W, X_IJ, NOT_H, NOT_Y, reciprocal(H), reciprocal(NOT_H), sp.Integer(2), sp.Rational(-1, 3)]


def over_samples(body: Any) -> Any:
    """1/m Σᵢ body."""
    return product(1 / s.m, sp.Sum(body, (s.i, 0, s.m - 1)))


@settings(max_examples=examples(80, 40), deadline=None)
@given(terms=st.lists(st.lists(st.sampled_from(ATOMS), min_size=1, max_size=5), min_size=1, max_size=4))
def test_collected_is_equal(terms: list[list[Any]], value_of: Callable[..., Any], data: dict[str, Any]) -> None:
    """Any sum of products of these keeps its value, whatever is multiplied out, cancelled or taken in front."""
    expr = over_samples(total(*(product(*factors) for factors in terms)))
    try:
        found = multiply_out_and_cancel(expr)
    except RuleDoesNotApply:
        return
    before, after = (value_of(from_sympy(e), {**data, "j": 1}) for e in (expr, found))
    assert after == pytest.approx(before, rel=1e-9, abs=1e-12)


def test_the_third_step_of_the_logistic_gradient() -> None:
    """−1/m Σ [y 1/h h(1 − h)x − (1 − y) 1/(1 − h) h(1 − h)x] = 1/m Σ (h − y)x."""
    first = product(Y, reciprocal(H), H, NOT_H, X_IJ)
    second = product(-1, NOT_Y, reciprocal(NOT_H), H, NOT_H, X_IJ)
    found = multiply_out_and_cancel(product(-1, over_samples(total(first, second))))
    assert found == over_samples(product(total(H, product(-1, Y)), X_IJ))


def test_factors_around_a_sum_within_are_collected_too() -> None:
    """w (a + b) is collected inside the bracket, and w stays in front."""
    found = multiply_out_and_cancel(over_samples(product(W, total(product(Y, H, reciprocal(H)), product(-1, H)))))
    assert found == over_samples(product(W, total(Y, product(-1, H))))


def test_a_sum_of_a_delta_is_its_one_term() -> None:
    """λ/2m Σ_{k≥1} 2 θₖ δⱼₖ = λ/m (1 − δⱼ₀) θⱼ."""
    body = product(2, sp.KroneckerDelta(s.j, s.k), s.theta[s.k, 0])
    found = multiply_out_and_cancel(product(s.lam, 1 / (2 * s.m), sp.Sum(body, (s.k, 1, s.n - 1))))
    not_bias = total(1, product(-1, sp.KroneckerDelta(s.j, 0)))
    assert found == product(s.lam, 1 / s.m, not_bias, s.theta[s.j, 0])


def test_what_is_collected_already_is_refused() -> None:
    """There is nothing to do in 1/m Σ (h − y) x."""
    with pytest.raises(RuleDoesNotApply, match="nothing to rewrite"):
        multiply_out_and_cancel(over_samples(product(total(H, product(-1, Y)), X_IJ)))


def test_split_the_fraction() -> None:
    """p/(1 + p)² = 1/(1 + p) (1 − 1/(1 + p)), for this p only."""
    p = sp.exp(-s.z)
    once = reciprocal(total(1, p))
    square = sp.Pow(total(1, p), -2, evaluate=False)
    assert split_the_fraction(product(p, square)) == product(once, total(1, product(-1, once)))
    for other in (product(2, p, square), square, product(p, once), product(sp.exp(s.z), square)):
        with pytest.raises(RuleDoesNotApply, match="not of the form"):
            split_the_fraction(other)


def test_cancel_multiplies_nothing_out() -> None:
    """(1 − h)(h − y)/(1 − h) loses its fraction and keeps its difference; y(1 − h) stays as it is."""
    difference = total(H, product(-1, Y))
    found = cancel(over_samples(product(NOT_H, difference, reciprocal(NOT_H), X_IJ)))
    assert found == over_samples(product(difference, X_IJ))
    with pytest.raises(RuleDoesNotApply):
        cancel(over_samples(product(Y, NOT_H, X_IJ)))
