"""Objectives with several targets in a row: a score and a label for each."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from derive.errors import DeriveError
from derive.frontends import frontend
from derive.objective import check_objective

SQUARES = "(z1 - y1)**2/2 + (z2 - y2)**2/2"
LOGISTIC = "log(1 + exp(z1)) - y1*z1 + log(1 + exp(z2)) - y2*z2 + log(1 + exp(z3)) - y3*z3"


class MultiRMSE:
    """CatBoost's form for several targets, as its documentation has it."""

    sign = 1

    def calc_ders_multi(self, approxes: Any, targets: Any, weight: Any) -> Any:
        """Derivatives of minus the loss."""
        assert len(targets) == len(approxes)
        grad, hess = [], []
        for j in range(len(targets)):
            grad.append(self.sign * weight * (targets[j] - approxes[j]))
            hess.append([-weight if i == j else 0.0 for i in range(len(targets))])
        return grad, hess


class WrongSign(MultiRMSE):
    """Derivatives of the loss itself."""

    sign = -1


class Crossed(MultiRMSE):
    """Each score with the target of the other one."""

    def calc_ders_multi(self, approxes: Any, targets: Any, weight: Any) -> Any:
        """Reversed."""
        return super().calc_ders_multi(approxes, targets[::-1], weight)


class Zipped:
    """In a comprehension, and the Hessian as an array."""

    def calc_ders_multi(self, approxes: Any, targets: Any, weight: Any) -> Any:
        """Logistic of each."""
        p = [1 / (1 + np.exp(-a)) for a in approxes]
        return [weight * (t - q) for t, q in zip(targets, p, strict=True)], -weight * np.diag([q * (1 - q) for q in p])


class LogCoshed:
    """A loss that couples the targets: √(1 + Σ(t − a)²) − 1."""

    def calc_ders_multi(self, approxes: Any, targets: Any, weight: Any) -> Any:
        """With a full Hessian."""
        r = np.array(targets) - np.array(approxes)
        s = np.sqrt(1 + np.sum(r**2))
        return weight * r / s, -weight * (np.eye(len(r)) / s - np.outer(r, r) / s**3)


class LogCoshedDiagonal(LogCoshed):
    """Without what couples them."""

    def calc_ders_multi(self, approxes: Any, targets: Any, weight: Any) -> Any:
        """Only the diagonal of the Hessian."""
        first, second = super().calc_ders_multi(approxes, targets, weight)
        return first, np.diag(np.diag(second))


@pytest.mark.parametrize(
    ("code", "loss", "gradient", "hessian"),
    [
        (MultiRMSE, SQUARES, "proved", "proved"),
        (WrongSign, SQUARES, "refuted", "proved"),
        (Crossed, SQUARES, "refuted", "proved"),
        (MultiRMSE, "(z1 - y1)**2 + (z2 - y2)**2", "refuted", "refuted"),
        (Zipped, LOGISTIC, "proved", "proved"),
        (LogCoshed, "sqrt(1 + (z1 - y1)**2 + (z2 - y2)**2) - 1", "proved", "proved"),
        (LogCoshedDiagonal, "sqrt(1 + (z1 - y1)**2 + (z2 - y2)**2) - 1", "proved", "refuted"),
    ],
)
def test_catboost_gives_a_list_of_targets(code: type, loss: str, gradient: str, hessian: str) -> None:
    """`calc_ders_multi(approxes, targets, weight)`: the loss says how many, z1, z2 … with y1, y2 …"""
    report = check_objective(code, loss, dtypes=())
    assert [c.status for c in report.claims] == [gradient, hessian], report.text()


def reshaped(preds: Any, dtrain: Any) -> Any:
    """As in XGBoost's demonstration of several outputs."""
    y = dtrain.get_label().reshape(preds.shape)
    return preds - y, np.ones_like(preds)


def as_it_comes(preds: Any, dtrain: Any) -> Any:
    """The labels have the shape of the scores."""
    return 2 * (preds - dtrain.get_label()), np.full(preds.shape, 2.0)


def one_target(preds: Any, dtrain: Any) -> Any:
    """The first target is taken for all."""
    y = dtrain.get_label().reshape(preds.shape)
    return preds - y[:, :1], np.ones_like(preds)


def estimator(y_true: Any, y_pred: Any) -> Any:
    """Of the scikit-learn interface."""
    r = y_pred - y_true.reshape(y_pred.shape)
    return r / np.sqrt(1 + r**2), (1 + r**2) ** -1.5


HUBER = "sqrt(1 + (z1 - y1)**2) + sqrt(1 + (z2 - y2)**2)"
XGBOOST = [
    (reshaped, SQUARES, "proved"),
    (as_it_comes, SQUARES, "refuted"),
    (as_it_comes, "(z1 - y1)**2 + (z2 - y2)**2", "proved"),
    (one_target, SQUARES, "refuted"),
    (estimator, HUBER, "proved"),
    (estimator, f"2*({HUBER})", "refuted"),
]


@pytest.mark.parametrize(("code", "loss", "status"), XGBOOST)
@pytest.mark.parametrize("classes", [2, None])
def test_xgboost_gives_a_table_of_labels(code: Any, loss: str, status: str, classes: int | None) -> None:
    """With `num_target` the labels have a column for each score; how many is said, or taken from the loss."""
    assert check_objective(code, loss, classes=classes, library="xgboost", dtypes=()).status == status


def test_the_loss_of_one_target_is_still_that_of_one() -> None:
    """The same code, stated for a single score."""
    assert check_objective(reshaped, "(z - y)**2/2", dtypes=()).status == "proved"
    assert check_objective(reshaped, "(z - y)**2", dtypes=()).status == "refuted"


def test_indicators_are_no_targets() -> None:
    """A label that is a class stays one: y1 is 1 where it is the first class."""

    def softmax(preds: Any, dtrain: Any) -> Any:
        e = np.exp(preds)
        p = e / e.sum(axis=1, keepdims=True)
        return p - np.eye(2)[dtrain.get_label().astype(int)], p * (1 - p)

    report = check_objective(softmax, "log(exp(z1) + exp(z2)) - y1*z1 - y2*z2", classes=2, dtypes=())
    assert report.status == "proved"
    assert "y" in report.domain


def test_targets_are_not_guessed_where_the_loss_speaks_of_one_label() -> None:
    """A stated label y is that of the row; the code's table of labels is another thing, so nothing is refuted by it."""
    with pytest.raises(DeriveError, match="one label"):
        check_objective(reshaped, "log(exp(z1) + exp(z2)) - where(y == 0, z1, z2)", classes=2, dtypes=())


def test_numbers_and_findings_of_several_targets() -> None:
    """The real code runs on tables of labels too."""
    report = check_objective(Zipped, LOGISTIC)
    assert report.status == "proved"
    assert any(f.formula.startswith("gradient") for f in report.findings) or report.findings == ()
    xgboost = frontend("xgboost")
    assert xgboost.recognises(reshaped)


def test_a_range_for_every_target() -> None:
    """`domain={"y": …}` is that of each of y1, y2 …"""
    report = check_objective(Zipped, LOGISTIC, domain={"y": "{0, 1}"}, dtypes=())
    assert report.domain["y2"] == "{0, 1}"


class Table:
    """Read from a table, which only numbers can be looked up in."""

    factor = 1.0

    def calc_ders_multi(self, approxes: Any, targets: Any, weight: Any) -> Any:
        """Interpolated on a line, so exactly the residual."""
        grid = np.linspace(-1000, 1000, 3)
        r = np.interp(np.array(targets) - np.array(approxes), grid, grid)
        return self.factor * weight * r, -weight * np.eye(len(r))


class TableDoubled(Table):
    """Twice as much."""

    factor = 2.0


def test_code_that_cannot_be_read_is_called_with_lists_of_targets() -> None:
    """Agreement of numbers proves nothing, a clear difference refutes."""
    right, wrong = (check_objective(code, SQUARES, dtypes=()) for code in (Table, TableDoubled))
    assert right.gradient is not None
    assert wrong.gradient is not None
    assert (right.gradient.status, wrong.gradient.status) == ("unknown", "refuted"), wrong.text()
    assert "agreement" in right.gradient.reason
