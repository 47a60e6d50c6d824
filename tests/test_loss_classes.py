"""Loss classes as people write them for boosting or for a network: their methods, and a loss that is one number."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from derive.errors import DeriveError
from derive.objective import check_objective
from derive.report import Report

BINARY = {"y": "{0, 1}"}


class Both:
    """One method for gradient and Hessian, and raw scores with a floor under the Hessian."""

    def grad_hess(self, y: Any, raw: Any) -> Any:
        """Logistic."""
        p = 1 / (1 + np.exp(-raw))
        return p - y, np.maximum(p * (1 - p), 1e-6)


class Plural:
    """Methods in the plural, and a mean of logaddexp."""

    factor = 1

    def loss(self, labels: Any, logits: Any) -> Any:
        """One number for all rows."""
        return np.mean(np.logaddexp(0, logits) - labels * logits)

    def gradients(self, labels: Any, logits: Any) -> Any:
        """Of a row."""
        return self.factor * (1 / (1 + np.exp(-logits)) - labels)

    def hessians(self, labels: Any, logits: Any) -> Any:
        """Of a row."""
        p = 1 / (1 + np.exp(-logits))
        return self.factor * p * (1 - p)


class PluralDoubled(Plural):
    """Twice as much."""

    factor = 2


class Called:
    """The loss is what the object does when it is called, and the gradient comes with a minus."""

    times = 2

    def __call__(self, y: Any, pred: Any) -> Any:
        """A mean of squares."""
        return np.mean((y - pred.ravel()) ** 2)

    def negative_gradient(self, y: Any, pred: Any) -> Any:
        """Residuals."""
        return self.times * (y - pred.ravel())


class CalledHalf(Called):
    """The derivative of half of it."""

    times = 1


def test_methods_are_found_by_their_usual_names() -> None:
    """`grad_hess`, `gradients` and `hessians`, `__call__` beside `negative_gradient`."""
    both = check_objective(Both, "log(1 + exp(z)) - y*z", domain=BINARY, dtypes=())
    assert [c.status for c in both.claims] == ["proved", "refuted"]
    assert both.hessian_kind == "clipped"
    assert [check_objective(c, domain=BINARY, dtypes=()).status for c in (Plural, PluralDoubled)] == [
        "proved",
        "refuted",
    ]
    assert [check_objective(c, dtypes=()).status for c in (Called, CalledHalf)] == ["proved", "refuted"]
    assert check_objective(CalledHalf, "(y - z)**2/2", dtypes=()).status == "proved"  # what is stated goes first


def squares(how: str, gradient: str) -> Any:
    """A class whose loss is the sum, the mean or the half sum of squares over the rows, with one of three gradients."""
    losses: dict[str, Callable[[Any], Any]] = {
        "sum": np.sum,
        "mean": np.mean,
        "column": lambda e: np.sum(e, keepdims=True),
    }
    gradients: dict[str, Callable[[Any], Any]] = {
        "row": lambda d: 2 * d,
        "mean": lambda d: 2 * d / len(d),
        "half": lambda d: d,
    }

    class Squares:
        """(y − p)²"""

        def loss(self, y: Any, p: Any) -> Any:
            """One number."""
            return losses[how]((y - p) ** 2)

        def gradient(self, y: Any, p: Any) -> Any:
            """One for each row."""
            return gradients[gradient](p - y)

    return Squares


@pytest.mark.parametrize(
    ("how", "gradient", "status"),
    [
        ("sum", "row", "proved"),
        ("sum", "half", "refuted"),
        ("sum", "mean", "refuted"),
        ("column", "row", "proved"),
        ("column", "mean", "refuted"),
        ("mean", "mean", "proved"),
        ("mean", "row", "proved"),
        ("mean", "half", "refuted"),
    ],
)
def test_a_loss_that_is_one_number_counts_once(how: str, gradient: str, status: str) -> None:
    """A sum has the gradient of its row; a mean 1/m of that or, as boosting wants it, that of a row: a note says so."""
    report = check_objective(squares(how, gradient), dtypes=())
    assert report.status == status
    assert any("mean over the rows" in n for n in report.notes) == (how == "mean" and gradient != "mean")


class Spread:
    """One number that is no sum over rows."""

    def loss(self, y: Any, p: Any) -> Any:
        """The square of the sum of the residuals."""
        return np.sum(p - y) ** 2

    def gradient(self, y: Any, p: Any) -> Any:
        """Its derivative, for all rows together."""
        return np.full_like(p, 2 * np.sum(p - y))


class SpreadWrong(Spread):
    """As if rows kept to themselves."""

    def gradient(self, y: Any, p: Any) -> Any:
        """Wrong."""
        return 2 * (p - y)


def test_a_loss_of_all_rows_together_counts_once_too() -> None:
    """It is differentiated as it is, and not once for each row."""
    assert [check_objective(c, dtypes=()).status for c in (Spread, SpreadWrong)] == ["proved", "refuted"]


def test_the_mean_of_a_loss_of_several_classes() -> None:
    """One number for all rows and classes."""

    class Softmax:
        """Cross entropy."""

        def loss(self, y: Any, raw: Any) -> Any:
            """A mean."""
            picked = raw[np.arange(len(y)), y.astype(int)]
            return np.mean(np.log(np.exp(raw).sum(axis=1)) - picked)

        def gradient(self, y: Any, raw: Any) -> Any:
            """Of a row."""
            e = np.exp(raw)
            return e / e.sum(axis=1, keepdims=True) - np.eye(3)[y.astype(int)]

    class Half(Softmax):
        """Half of it."""

        def gradient(self, y: Any, raw: Any) -> Any:
            """Wrong."""
            return super().gradient(y, raw) / 2

    assert [check_objective(c, classes=3, dtypes=()).status for c in (Softmax, Half)] == ["proved", "refuted"]


def catboost(sign: int) -> Report:
    """Pairs that come from an iterator."""

    class Pairs:
        """Squared error."""

        def calc_ders_range(self, approxes: Any, targets: Any, weights: Any) -> Any:
            """Derivatives of minus the loss."""
            first = sign * (np.array(approxes) - np.array(targets))
            return zip(first, -np.ones(len(targets)), strict=True)

    return check_objective(Pairs, "(z - y)**2/2", dtypes=())


def test_pairs_may_come_from_an_iterator() -> None:
    """CatBoost takes `zip(first, second)` as well as a list."""
    assert (catboost(-1).status, catboost(1).status) == ("proved", "refuted")


def test_a_column_of_results_is_a_result_for_each_row() -> None:
    """Of shape (rows, 1), also in a call with one row, where that is a square."""

    def column(y_true: Any, raw_pred: Any) -> Any:
        return (raw_pred - y_true).reshape(-1, 1), np.ones((len(y_true), 1))

    assert check_objective(column, "(z - y)**2/2", dtypes=()).status == "proved"
    assert check_objective(column, "(z - y)**2", dtypes=()).status == "refuted"


def test_an_array_of_one_length_in_the_code_is_named_by_its_error() -> None:
    """A weight for each row of one data set: neither read nor run with other rows, and the first reason is said too."""

    def scaled(preds: Any, train_data: Any) -> Any:
        scale = np.linspace(1, 4, 4)
        return (preds - train_data.get_label()) * scale, scale

    with pytest.raises(DeriveError, match=r"shapes .*; nor does it run with numbers"):
        check_objective(scaled, "(z - y)**2/2", dtypes=())


def test_a_data_set_taken_for_labels_says_where_they_are() -> None:
    """`dtrain - preds` works with arrays only; the report says so, and nothing is proved."""

    def residual(preds: Any, dtrain: Any) -> Any:
        return preds - dtrain, np.ones_like(preds)

    report = check_objective(residual, "(z - y)**2/2", dtypes=())
    assert report.status == "unknown"
    assert any("they are dtrain.get_label()" in n for n in report.notes)


def test_an_object_without_a_known_method_says_which_are_known() -> None:
    """The names that are looked for."""
    with pytest.raises(DeriveError, match=r"no objective: .*calc_ders_range, .*gradient"):
        check_objective(object(), "z**2")


def test_scores_that_come_class_by_class_are_those_of_lightgbm() -> None:
    """Nothing in the code says LightGBM; as XGBoost's it is wrong, and the report says of which library it is right."""

    def one_against_all(y_true: Any, raw_pred: Any) -> Any:
        scores = raw_pred.reshape(2, -1).T
        hot = np.zeros_like(scores)
        hot[np.arange(len(y_true)), y_true.astype(int)] = 1
        return (1 / (1 + np.exp(-scores)) - hot).ravel(order="F"), np.ones(raw_pred.size)

    loss = "log(1 + exp(z1)) - y1*z1 + log(1 + exp(z2)) - y2*z2"
    unsaid = check_objective(one_against_all, loss, classes=2, dtypes=())
    assert unsaid.status != "proved"
    assert any("library='lightgbm'" in n for n in unsaid.notes)
    said = check_objective(one_against_all, loss, classes=2, dtypes=(), library="lightgbm")
    assert said.gradient is not None
    assert said.gradient.status == "proved"
