"""Fits of many rows start from a fit of some of them: the answer is the same, and so are the refusals."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from derive.errors import DataError
from derive.fit import fit

ROWS = 6_000


def data(kind: str) -> tuple[Any, Any]:
    """Rows of which some are not like the others: sorted, rare, clustered."""
    rng = np.random.default_rng(7)
    X = np.column_stack([np.ones(ROWS), rng.normal(size=(ROWS, 3))])
    z = X @ [0.3, 1.0, -2.0, 0.5]
    if kind == "rare":  # a column that is 0 in nearly every row
        X[:, 3] = 0
        X[[17, 1234, 2222, 4001, 5003], 3] = [1, 1, -1, -1, 1]
        z = X @ [0.3, 1.0, -2.0, 0.5]
    y = (rng.random(ROWS) < 1 / (1 + np.exp(-z))).astype(float)
    if kind == "sorted":
        order = np.lexsort((X[:, 1], y))
        X, y = X[order], y[order]
    if kind == "clustered":  # two clusters far from each other, one after the other
        X[ROWS // 2 :, 1] += 6
    if kind == "periodic":  # each fifth row is of another kind
        X[::5, 2] *= 30
    return X, y


@pytest.mark.parametrize("loss", ["logistic", "poisson"])
@pytest.mark.parametrize("kind", ["plain", "sorted", "rare", "clustered", "periodic"])
def test_the_same_as_from_zero(kind: str, loss: str) -> None:
    """Coefficients, standard errors and deviance are those of Newton's method from zero, on all rows."""
    X, y = data(kind)
    quick, slow = fit(loss, X, y), fit(loss, X, y, start=np.zeros(4))
    assert quick.ok
    assert slow.ok
    assert np.allclose(quick.coefficients, slow.coefficients, rtol=1e-8, atol=1e-9)
    assert np.allclose(quick.standard_errors, slow.standard_errors, rtol=1e-8)
    assert quick.deviance == pytest.approx(slow.deviance, rel=1e-10)
    assert quick.path[-1] == tuple(quick.coefficients)
    assert len(quick.path) == quick.steps + 1


def test_weights_and_a_penalty() -> None:
    """Weights are taken with their rows; with a penalty nothing is centred."""
    X, y = data("plain")
    weight = np.random.default_rng(1).uniform(0, 3, ROWS)
    for loss, more in (("logistic", {"sample_weight": weight}), ("logistic-l2", {"penalty": 50.0})):
        quick, slow = fit(loss, X, y, **more), fit(loss, X, y, start=np.zeros(4), **more)
        assert quick.ok
        assert np.allclose(quick.coefficients, slow.coefficients, rtol=1e-8)


def test_no_finite_minimum_of_many_rows() -> None:
    """What some rows say of a minimum is not believed: separable data is separable, also if one row makes it so."""
    X, _ = data("plain")
    found = fit("logistic", X, (X[:, 1] > 0.2).astype(float))
    assert found.status == "no finite minimum"
    X[:, 3] = 0
    X[4321, 3] = 1  # a column that only one row has: its coefficient goes to infinity
    y = data("plain")[1]
    found = fit("logistic", X, y)
    assert found.status == "no finite minimum"
    assert abs(found.direction[3]) == 1


def test_dependent_columns_of_many_rows() -> None:
    """A column that is twice another one, or constant, is refused with its name; nearly so in some rows is fine."""
    X, y = data("plain")
    with pytest.raises(DataError, match="linearly dependent"):
        fit("logistic", np.column_stack([X, 2 * X[:, 1] - 1]), y)
    with pytest.raises(DataError, match="is constant"):
        fit("logistic", np.column_stack([X, np.full(ROWS, 3.0)]), y)
    other = X[:, 1].copy()
    other[[11, 12, 13, 2003, 2007]] += [1, -1, 2, -2, 1]
    assert fit("logistic", np.column_stack([X, other]), y).ok


def test_ctrl_c_keeps_the_best_of_many_rows() -> None:
    """An interrupt among the steps keeps what has been reached."""
    X, y = data("plain")

    def stop(text: str) -> None:
        if text.startswith("step 2"):
            raise KeyboardInterrupt

    found = fit("logistic", X, y, progress=stop)
    assert (found.status, found.steps) == ("interrupted", 2)


def test_what_is_no_number_among_many_rows() -> None:
    """Row and column of a NaN or of an infinite number are named."""
    for bad in (np.nan, np.inf, -np.inf):
        X, y = data("plain")
        X[3210, 2] = bad
        with pytest.raises(DataError, match=rf"row 3211, column x2: {bad} is not a finite number"):
            fit("logistic", X, y)
