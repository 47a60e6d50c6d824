"""Arrays of rows that code brings along, in a closure, a global or an attribute: a number for each row of its data."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from derive.errors import DeriveError
from derive.objective import check_objective

SCALE = np.array([1.0, 2.0, 0.5, 4.0, 3.0])
LABELS = np.array([0.0, 1.0, 1.0, 0.0, 1.0])


def weighted(preds: Any, dtrain: Any) -> Any:
    """A weight for each row, as a global."""
    return SCALE * (preds - dtrain.get_label()), SCALE


def squared(preds: Any, dtrain: Any) -> Any:
    """The weight squared in the gradient."""
    return SCALE**2 * (preds - dtrain.get_label()), SCALE


def closed(y: Any, sample_costs: Any, sign: int = 1) -> Any:
    """Labels and costs in a closure; the data set is not asked."""

    def objective(preds: Any, dtrain: Any) -> Any:
        p = 1 / (1 + np.exp(-preds))
        return sign * sample_costs * (p - y), sample_costs * p * (1 - p)

    return objective


class Holder:
    """In an attribute."""

    def __init__(self, offset: Any, factor: float = 1.0) -> None:
        self.offset = offset
        self.factor = factor

    def gradient(self, y_true: Any, raw: Any) -> Any:
        """With an exposure."""
        return self.factor * np.exp(raw + self.offset) - y_true

    def loss(self, y_true: Any, raw: Any) -> Any:
        """Poisson."""
        return np.exp(raw + self.offset) - y_true * (raw + self.offset)


COSTS = "sample_costs*(log(1 + exp(z)) - y*z)"
CASES: list[tuple[Any, str | None, str]] = [
    (weighted, "SCALE*(z - y)**2/2", "proved"),
    (squared, "SCALE*(z - y)**2/2", "refuted"),
    (weighted, "(z - y)**2/2", "refuted"),
    (closed(LABELS, SCALE), COSTS, "proved"),
    (closed(LABELS, SCALE, -1), COSTS, "refuted"),
    (closed(LABELS.astype(int), SCALE), COSTS, "proved"),
    (Holder(SCALE), None, "proved"),
    (Holder(SCALE, 2.0), None, "refuted"),
]


@pytest.mark.parametrize(("code", "loss", "status"), CASES)
def test_an_array_with_a_number_for_each_row_is_a_symbol(code: Any, loss: str | None, status: str) -> None:
    """By its name in the code; labels that the code brings along are those of the loss."""
    report = check_objective(code, loss, dtypes=())
    assert report.status == status, report.text()
    assert report.source is not None
    assert report.source.how == "read"
    assert any("a number for each row" in n for n in report.notes)


def test_nothing_stays_changed_and_the_range_is_that_of_the_values() -> None:
    """Positive numbers are taken to be positive; the code has its arrays back."""
    report = check_objective(weighted, "SCALE*(z - y)**2/2", dtypes=())
    assert report.domain["SCALE"] == "(0, oo)"
    assert SCALE.tolist() == [1.0, 2.0, 0.5, 4.0, 3.0]
    mixed = closed(LABELS, SCALE - 1)
    assert check_objective(mixed, COSTS, dtypes=()).domain["sample_costs"] == "real"


def test_findings_are_of_the_real_code() -> None:
    """The real code is called with columns of its arrays."""
    report = check_objective(weighted, "SCALE*(z - y)**2/2")
    assert report.status == "proved"


def test_an_array_that_has_the_name_of_something_else_is_kept_apart() -> None:
    """The code's array y is another one than the labels that it asks for: they are two symbols."""
    y = LABELS

    def objective(preds: Any, dtrain: Any) -> Any:
        return preds - (dtrain.get_label() + y) / 2, np.ones_like(preds)

    report = check_objective(objective, "(z - y)**2/2", dtypes=())
    assert report.status == "refuted"
    assert check_objective(objective, "(z - (y + y_own)/2)**2/2", dtypes=()).status == "proved"


def test_a_table_of_another_length_is_no_array_of_rows() -> None:
    """Only arrays of the length at which the call fails are taken for rows."""
    table = np.array([0.3, 0.7])

    def objective(preds: Any, dtrain: Any) -> Any:
        return table[dtrain.get_label().astype(int)] * SCALE * preds, np.ones_like(preds)

    loss = "SCALE*where(y == 0, 3, 7)*z**2/20"
    assert check_objective(objective, loss, domain={"y": "{0, 1}"}, dtypes=()).gradient.status == "proved"  # type: ignore[union-attr]


def test_what_does_not_fit_for_another_reason_is_an_error() -> None:
    """A mistake in the shapes stays one."""

    def objective(preds: Any, dtrain: Any) -> Any:
        return preds - np.arange(7.0), np.ones_like(preds)

    with pytest.raises(DeriveError, match="broadcast"):
        check_objective(objective, "(z - y)**2/2", dtypes=())


def test_what_is_said_of_the_array_goes_first() -> None:
    """Its range can be stated as for every symbol."""
    report = check_objective(weighted, "SCALE*(z - y)**2/2", domain={"SCALE": "[0, 5]"}, dtypes=())
    assert report.status == "proved"
    assert report.domain["SCALE"] == "[0, 5]"
