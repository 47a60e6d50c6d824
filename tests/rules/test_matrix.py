"""Sums over the samples as matrix formulas, compared with the matrices of small sizes."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from itertools import product as product_of
from typing import Any

import pytest
import sympy as sp

from derive import symbols as s
from derive.errors import RuleDoesNotApply
from derive.functions import sigmoid
from derive.rules.matrix import NOT_BIAS, matrix_form
from derive.terms.bridge import from_sympy
from derive.terms.term import Term
from derive.writing import product, total

Z = s.raw_prediction(s.i)
H = sigmoid(Z)
Y, W, X_IJ, X_IL = s.y_vector[s.i, 0], s.w_vector[s.i, 0], s.X[s.i, s.j], s.X[s.i, s.l]
Evaluate = Callable[[Term, Mapping[str, Any]], Any]


def over_samples(*factors: Any) -> Any:
    """1/m Σᵢ of a product."""
    return product(1 / s.m, sp.Sum(product(*factors), (s.i, 0, s.m - 1)))


@pytest.mark.parametrize(
    "body",
    [
        [total(Z, product(-1, Y))],
        [total(H, product(-1, Y))],
        [W, total(H, product(-1, Y))],
        [H, total(1, product(-1, H))],
        [Y, H],
        [product(2, H)],
        [total(product(3, H), product(-1, Y))],
        [total(sp.Pow(H, 2, evaluate=False), H)],
        [total(Z, H)],
        [sp.tanh(Z)],
        [Y],
        [],
    ],
    ids=str,
)
def test_a_gradient_is_its_matrix_formula(body: list[Any], value_of: Evaluate, data: dict[str, Any]) -> None:
    """Row j of the formula is the sum with xᵢⱼ, for each j; and the formula has one column."""
    entry = over_samples(*body, X_IJ)
    matrix = value_of(from_sympy(matrix_form(entry)), data)
    assert matrix.shape == (3, 1)
    for row in range(3):
        assert matrix[row, 0] == pytest.approx(value_of(from_sympy(entry), {**data, "j": row}), rel=1e-12)


@pytest.mark.parametrize("body", [[], [H, total(1, product(-1, H))], [W], [W, H], [Y, Z]], ids=str)
def test_a_hessian_is_its_matrix_formula(body: list[Any], value_of: Evaluate, data: dict[str, Any]) -> None:
    """Entry (j, l) of Xᵀ diag(g) X is the sum with xᵢⱼ xᵢₗ."""
    entry = over_samples(*body, X_IJ, X_IL)
    matrix = value_of(from_sympy(matrix_form(entry)), data)
    for row, column in product_of(range(3), range(3)):
        expected = value_of(from_sympy(entry), {**data, "j": row, "l": column})
        assert matrix[row, column] == pytest.approx(expected, rel=1e-12)


def test_the_penalty_leaves_the_bias_alone(value_of: Evaluate, data: dict[str, Any]) -> None:
    """D = diag(0, 1, …, 1)."""
    assert value_of(from_sympy(NOT_BIAS), data).tolist() == [[0, 0, 0], [0, 1, 0], [0, 0, 1]]


def test_the_published_forms() -> None:
    """Xᵀ(h − y)/m and Xᵀ diag(h(1 − h)) X/m, as they are printed."""
    h = "Lambda(t, sigmoid(t)).(X*theta)"
    assert str(matrix_form(over_samples(total(H, product(-1, Y)), X_IJ))) == f"1/m*X.T*({h} - y)"
    hessian = matrix_form(over_samples(H, total(1, product(-1, H)), X_IJ, X_IL))
    assert str(hessian) == f"1/m*X.T*DiagMatrix(Lambda(t, t*(1 - t)).({h}))*X"


@pytest.mark.parametrize(
    ("entry", "reason"),
    [
        (sp.Sum(X_IJ, (s.i, 1, s.m - 1)), "not over all samples"),
        (sp.Sum(H, (s.i, 0, s.m - 1)), "has not the form"),
        (sp.Sum(X_IJ * s.X[s.i, s.k], (s.i, 0, s.m - 1)), "has not the form"),
        (product(s.theta[s.j, 0], sp.Sum(X_IJ, (s.i, 0, s.m - 1))), "no constant factor"),
        (s.lam * s.theta[s.j, 0], "no entry of D"),
        (s.lam * sp.KroneckerDelta(s.j, s.l), "no entry of D"),
    ],
)
def test_other_shapes_are_refused(entry: Any, reason: str) -> None:
    """A sum over some samples, without data, or with a factor that depends on the entry is no matrix formula."""
    with pytest.raises(RuleDoesNotApply, match=reason):
        matrix_form(entry)
