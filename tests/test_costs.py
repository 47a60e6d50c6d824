"""Costs of all coefficients, as SciPy's `minimize` takes them with `jac=True`: what is proved, refuted and not read."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from derive.errors import DeriveError
from derive.frontends import recognise
from derive.objective import check_objective
from derive.report import Report

BINARY = {"y": "{0, 1}"}


def logistic(theta: Any, X: Any, y: Any, lam: Any, *, share: float = 1.0, penalised: int = 1, mean: bool = True) -> Any:
    """Logistic regression with a penalty on all coefficients but the first one."""
    h = 1 / (1 + np.exp(-(X @ theta)))
    cost = -np.mean(y * np.log(h) + (1 - y) * np.log(1 - h)) + lam / (2 * len(y)) * np.sum(theta[1:] ** 2)
    penalty = lam / len(y) * theta
    penalty[:penalised] = 0
    return cost, share * X.T @ (h - y) / (len(y) if mean else 1) + penalty


def looped(theta: Any, X: Any, y: Any) -> Any:
    """Squared error, row by row."""
    cost, gradient = 0, np.zeros(X.shape[1])
    for i in range(X.shape[0]):
        error = np.dot(X[i], theta) - y[i]
        cost += error**2 / 2
        for j in range(X.shape[1]):
            gradient[j] += error * X[i, j]
    return cost, gradient


def columns(theta: Any, X: Any, y: Any) -> Any:
    """Written for columns: with rows of numbers in their place, h − y would be a table."""
    h = X @ theta
    assert h.shape == (len(y), 1)
    return (h - y).T @ (h - y) / 2, X.T @ (h - y)


def poisson(beta: Any, X: Any, y: Any) -> Any:
    """With a Hessian."""
    mu = np.exp(X @ beta)
    return np.sum(mu - y * (X @ beta)), X.T @ (mu - y), X.T @ (mu[:, None] * X)


def poisson_unweighted(beta: Any, X: Any, y: Any) -> Any:
    """The Hessian of squared error."""
    cost, gradient, _ = poisson(beta, X, y)
    return cost, gradient, X.T @ X


def of_logistic(**changed: Any) -> Report:
    """The report on logistic regression with something changed."""

    def cost(theta: Any, X: Any, y: Any, lam: Any) -> Any:
        return logistic(theta, X, y, lam, **changed)

    return check_objective(cost, domain=BINARY, dtypes=())


def test_a_right_cost_is_proved() -> None:
    """Each formula is that of a data set of one size, and the report says which one."""
    report = of_logistic()
    assert report.status == "proved"
    assert report.source is not None
    assert (report.source.library, report.source.how) == ("scipy", "read")
    assert any("theta of shape (2,), X of (3, 2) and y of (3,)" in n for n in report.notes)
    assert check_objective(looped, dtypes=()).status == "proved"
    assert check_objective(columns, dtypes=()).status == "proved"
    assert [c.status for c in check_objective(poisson, dtypes=()).claims] == ["proved", "proved"]


@pytest.mark.parametrize("changed", [{"share": 2.0}, {"penalised": 0}, {"penalised": 2}, {"mean": False}])
def test_a_wrong_gradient_is_refuted(changed: dict[str, Any]) -> None:
    """A factor, a penalty of the intercept, none at all, and a forgotten 1/m."""
    report = of_logistic(**changed)
    assert report.gradient is not None
    assert report.gradient.status == "refuted"
    assert report.gradient.witness is not None


@pytest.mark.parametrize(("first", "status"), [(0, "proved"), (1, "refuted")])
def test_a_penalty_put_together_in_blocks(first: int, status: str) -> None:
    """`np.block([0, theta[1:]])` leaves the intercept out."""

    def ridge(theta: Any, X: Any, y: Any, lam: Any) -> Any:
        r = X @ theta - y
        return r @ r / 2 + lam / 2 * theta[1:] @ theta[1:], X.T @ r + lam * np.block([first, theta[1:]])

    assert check_objective(ridge, dtypes=()).status == status


def test_a_wrong_hessian_is_refuted() -> None:
    """Beside a right gradient."""
    report = check_objective(poisson_unweighted, dtypes=(), budget=1.0)
    assert [c.status for c in report.claims] == ["proved", "refuted"]


def right_for_three_rows(theta: Any, X: Any, y: Any) -> Any:
    """The number of rows is written as 3."""
    r = X @ theta - y
    return np.mean(r**2), 2 * X.T @ r / 3


def right_for_two_columns(w: Any, X: Any, y: Any) -> Any:
    """The penalty of the last coefficients is forgotten, where there are more than two."""
    r, g = X @ w - y, np.zeros(len(w))
    g[:2] = 2 * w[:2]
    return np.sum(r**2) + np.sum(w**2), 2 * X.T @ r + g


@pytest.mark.parametrize("code", [right_for_three_rows, right_for_two_columns])
def test_what_is_right_for_one_size_only_is_not_proved(code: Any) -> None:
    """The size that is read proves nothing then, and the report says so."""
    with pytest.raises(DeriveError, match="for 3 rows and 2 columns, and not for 5 and 4"):
        check_objective(code, dtypes=())


def remembers(theta: Any, X: Any, y: Any) -> Any:
    """Another cost for numbers than for stand-ins."""
    r = X @ theta - y
    return np.sum(r**2) * (2 if type(theta) is np.ndarray else 1), 2 * X.T @ r


def test_what_is_read_is_compared_with_numbers() -> None:
    """Code that sees the difference is not proved."""
    with pytest.raises(DeriveError, match="not the formula that was read"):
        check_objective(remembers, dtypes=())


def _ridge(theta: Any, X: Any, y: Any, lam: Any = 0.5) -> Any:
    """A right cost."""
    r = X @ theta - y
    return r @ r / 2 + lam / 2 * theta @ theta, X.T @ r + lam * theta, X.T @ X + lam * np.eye(len(theta))


def _negative(theta: Any, X: Any, y: Any) -> Any:
    """Otherwise than it is read where a coefficient is negative."""
    cost, gradient, hessian = _ridge(theta, X, y)
    return cost, gradient + (theta < 0) * (0.1 if type(theta) is np.ndarray else 0), hessian


def _at_whole_numbers(theta: Any, X: Any, y: Any) -> Any:
    """Otherwise than it is read at 0 and other whole numbers."""
    cost, gradient, hessian = _ridge(theta, X, y)
    return cost, gradient + (np.floor(theta) == theta if type(theta) is np.ndarray else 0), hessian


def _second(theta: Any, X: Any, y: Any) -> Any:
    """Otherwise than it is read in the Hessian."""
    cost, gradient, hessian = _ridge(theta, X, y)
    return cost, gradient, hessian * (2 if type(theta) is np.ndarray else 1)


def _fixed(theta: Any, X: Any, y: Any) -> Any:
    """With the size of its Hessian written out."""
    cost, gradient, hessian = _ridge(theta, X, y)
    table = np.zeros((2, 2))
    table[:] = hessian
    return cost, gradient, table


@pytest.mark.parametrize(
    ("code", "why"),
    [
        (_negative, "its gradient is not the formula that was read"),
        (_at_whole_numbers, "its gradient is not the formula that was read"),
        (_second, "its hessian is not the formula that was read"),
        (_fixed, "does not run with 5 rows and 4 columns"),
    ],
)
def test_numbers_of_several_data_sets_are_compared(code: Any, why: str) -> None:
    """Negative ones, whole ones, those of the Hessian; an error of the code for another size is told."""
    with pytest.raises(DeriveError, match=why) as told:
        check_objective(code, dtypes=())
    assert str(told.value).count(why) == 1
    assert check_objective(_ridge, dtypes=()).status == "proved"
    assert check_objective(_ridge, dtypes=(), parameters=("lam",)).status == "proved"


def test_what_is_no_cost_says_what_is_wanted() -> None:
    """A gradient alone, or other arguments."""

    def gradient(theta: Any, X: Any, y: Any) -> Any:
        return X.T @ (X @ theta - y)

    assert recognise(gradient) == "scipy"
    with pytest.raises(DeriveError, match="of two functions, give one that calls both"):
        check_objective(gradient, dtypes=())
    with pytest.raises(DeriveError, match=r"a cost has the arguments \(theta, X, y\); this one has p, q"):
        check_objective(lambda p, q: (p, q), library="scipy")


def test_a_name_that_only_the_gradient_has_is_a_variable() -> None:
    """The claim is refuted; it is no error that the loss does not speak of the label."""

    def shifted(z: Any, y: Any) -> Any:
        return z + y

    report = check_objective(shifted, "z**2/2", dtypes=())
    assert report.status == "refuted"
    assert check_objective(shifted, "z**2/2 + y*z", dtypes=()).status == "proved"
