"""Sums over several indices as products of matrices; what is no such product is refused."""

from __future__ import annotations

from typing import Any

import pytest
import sympy as sp
from sympy.matrices.expressions.diagonal import DiagMatrix

from derive import symbols as s
from derive.errors import RuleDoesNotApply
from derive.rules.contraction import matrix_products


def over(index: Any, body: Any, count: Any = s.m) -> Any:
    """A sum over all values of an index."""
    return sp.Sum(body, (index, 0, count - 1))


X, Y, R, E = s.X, s.Y, s.R, s.e_vector
AT_RISK = over(s.r, R[s.i, s.r] * X[s.r, s.j])
PRODUCTS = {
    "a vector": (over(s.i, E[s.i, 0] * X[s.i, s.j]), X.T * E),
    "a matrix": (over(s.i, Y[s.i, s.class_c] * X[s.i, s.j]), X.T * Y),
    "weights between": (over(s.i, E[s.i, 0] * X[s.i, s.j] * X[s.i, s.l]), X.T * DiagMatrix(E) * X),
    "a chain": (over(s.i, E[s.i, 0] * AT_RISK), X.T * R.T * E),
    "a longer chain": (
        over(s.i, E[s.i, 0] * AT_RISK * over(s.r, R[s.i, s.r] * X[s.r, s.l])),
        X.T * R.T * DiagMatrix(E) * R * X,
    ),
}


@pytest.mark.parametrize("name", PRODUCTS)
def test_sums_are_products(name: str) -> None:
    """Each as it is written in a textbook; a constant stays in front."""
    entry, product = PRODUCTS[name]
    assert matrix_products(entry).doit() == product.doit()
    assert matrix_products(entry / s.m) == sp.MatMul(1 / s.m, *product.args)


def test_terms_share_what_is_in_front() -> None:
    """Of a vector, the scalar and the first matrix; what is subtracted comes last."""
    entry = (over(s.i, E[s.i, 0] * AT_RISK) - over(s.i, E[s.i, 0] * X[s.i, s.j])) / s.m
    found = matrix_products(sp.expand(entry))
    assert found.args[:2] == (1 / s.m, X.T)
    assert isinstance(found.args[2], sp.MatAdd)


@pytest.mark.parametrize(
    "entry",
    [
        over(s.i, X[s.i, s.j] * AT_RISK),
        sp.Sum(X[s.i, s.j] * E[s.i, 0], (s.i, 1, s.m - 1)),
        over(s.i, E[s.i, 0]),
        over(s.i, sp.exp(X[s.i, s.j] + R[s.i, s.r] * X[s.i, s.l])),
    ],
    ids=["a ring", "not all rows", "no index", "three indices in a factor"],
)
def test_what_is_no_product_is_refused(entry: Any) -> None:
    """The rule raises; it does not leave a factor out."""
    with pytest.raises(RuleDoesNotApply):
        matrix_products(entry)
