"""Written order: what people expect to read, and always the same value."""

from __future__ import annotations

from typing import Any

import pytest
import sympy as sp
from hypothesis import given, settings
from hypothesis import strategies as st

from derive import symbols as s
from derive.functions import sigmoid
from derive.writing import (
    content,
    derivative,
    factors_of,
    is_raw_prediction,
    names,
    product,
    put,
    reciprocal,
    rewrite,
    row_of,
    terms_of,
    total,
    written,
)

H = sigmoid(s.raw_prediction(s.i))
Y, W, X_IJ = s.y_vector[s.i, 0], s.w_vector[s.i, 0], s.X[s.i, s.j]
ATOMS = [s.z, s.y, s.lam, s.m, sp.Integer(2), sp.Rational(-1, 2), sp.Integer(-1), sp.exp(s.z)]
VALUES = {s.z: sp.Rational(3, 7), s.y: sp.Rational(-2, 5), s.lam: sp.Integer(3), s.m: sp.Integer(4)}


def expressions() -> st.SearchStrategy[Any]:
    """Sums, products and powers of a few symbols, built as they are written."""
    return st.recursive(
        st.sampled_from(ATOMS),
        lambda inner: st.one_of(
            st.lists(inner, min_size=1, max_size=4).map(lambda a: total(*a)),
            st.lists(inner, min_size=1, max_size=4).map(lambda a: product(*a)),
            inner.map(lambda a: sp.Pow(a, 2, evaluate=False)),
        ),
        max_leaves=8,
    )


def value(e: Any) -> Any:
    """The exact value at one point, exp(3/7) as a symbol."""
    return sp.expand(e.subs(VALUES).doit())


@settings(max_examples=60, deadline=None)
@given(e=expressions())
def test_order_does_not_change_the_value(e: Any) -> None:
    """`written`, and a number taken in front, leave the value as it is."""
    assert value(written(e)) == value(e)
    number, rest = content(e)
    assert value(number * rest) == value(e)


@settings(max_examples=60, deadline=None)
@given(e=expressions())
def test_written_order_is_stable(e: Any) -> None:
    """Writing what is written changes nothing."""
    assert written(written(e)) == written(e)


def test_factors_have_their_places() -> None:
    """Number, constant, weight, target, prediction, datum, derivative: whatever order they come in."""
    wanted = [sp.Integer(2), 1 / s.m, W, Y, H, X_IJ, derivative(H, s.theta[s.j, 0])]
    assert list(product(*reversed(wanted)).args) == wanted


def test_nothing_is_cancelled_in_a_product() -> None:
    """h · 1/h stays, so that a step can show it."""
    assert product(H, reciprocal(H)) != 1
    assert product(0, H) == 0
    assert product(2, sp.Rational(1, 2)) == 1


def test_terms_have_their_places() -> None:
    """h − y, 1 − h, and the penalty last."""
    assert total(product(-1, Y), H).args == (H, product(-1, Y))
    assert total(product(s.lam, s.z), s.y).args == (s.y, product(s.lam, s.z))
    assert total() == 0
    assert total(0, H) == H
    assert terms_of(total(H, total(Y, 1))) == [sp.S.One, Y, H]
    assert factors_of(product(Y, product(W, 2))) == [2, W, Y]


def test_a_number_goes_in_front_of_the_sum() -> None:
    """Σ −(a + b)/2 is −1/2 Σ (a + b)."""
    half = written(sp.Sum(total(product(sp.Rational(-1, 2), Y), product(sp.Rational(-1, 2), H)), (s.i, 0, s.m - 1)))
    assert half == product(sp.Rational(-1, 2), sp.Sum(total(Y, H), (s.i, 0, s.m - 1)))


def test_a_derivative_is_sympy_s_own() -> None:
    """It has the form of SymPy's unevaluated derivative, and is evaluated by nothing but a rule."""
    assert derivative(s.z**2, s.z) == sp.Derivative(s.z**2, s.z)
    assert derivative(H, s.theta[s.j, 0]).variables == (s.theta[s.j, 0],)


def test_raw_predictions_are_recognised() -> None:
    """Σₖ Xᵣₖ θₖ over all parameters, for any row and name of the index, and nothing else."""
    assert is_raw_prediction(s.raw_prediction(s.i))
    assert is_raw_prediction(s.raw_prediction(s.j, s.l))
    assert row_of(s.raw_prediction(s.l)) == s.l
    for body, limits in [
        (s.X[s.i, s.k] * s.theta[s.k, 0], (s.k, 1, s.n - 1)),
        (s.X[s.i, s.j] * s.theta[s.k, 0], (s.k, 0, s.n - 1)),
        (s.X[s.k, s.k] * s.theta[s.k, 0], (s.k, 0, s.n - 1)),
        (s.X[s.i, s.k] * s.theta[s.k, 0] * s.z, (s.k, 0, s.n - 1)),
        (s.theta[s.k, 0] ** 2, (s.k, 0, s.n - 1)),
    ]:
        assert not is_raw_prediction(sp.Sum(body, limits))
    assert not is_raw_prediction(s.z)


def test_rewrite_takes_the_outermost() -> None:
    """The first node for which there is something is replaced, and not looked into again."""
    e = sigmoid(sigmoid(s.z))
    assert rewrite(e, lambda a: s.y if isinstance(a, sigmoid) else None) == s.y
    assert rewrite(e, lambda a: None) is e
    assert put(e, {s.z: s.y}) == sigmoid(sigmoid(s.y))


@pytest.mark.parametrize("e", [H, X_IJ, s.raw_prediction(s.i)])
def test_names_are_free_or_bound(e: Any) -> None:
    """Arrays and symbols, indices of sums included, shapes excluded."""
    assert s.X in names(e)
    assert s.i in names(e)
    assert (s.k in names(e)) == (e != X_IJ)
