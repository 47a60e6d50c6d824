"""Rounding, as NumPy has it: of two whole numbers that are equally near, the even one."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from typing import Any

import numpy as np
import pytest

from derive.domain import Domain
from derive.floating.truth import value_at
from derive.objective import check_objective
from derive.tracing.stand_in import StandIn

POINTS = [-3.5, -2.5, -2.0, -1.5, -0.75, -0.5, -0.25, 0.0, 0.25, 0.5, 0.75, 1.0, 1.5, 2.5, 3.5, 7.125, 0.0625]
WAYS: dict[str, Callable[[Any], Any]] = {
    "rint": np.rint,
    "round": np.round,
    "method": lambda x: x.round(),
    "one digit": lambda x: np.round(x, 1),
    "tens": lambda x: np.round(16 * x, -1),
    "trunc": np.trunc,
    "fix": np.fix,
    "ceil": np.ceil,
}


@pytest.mark.parametrize("name", list(WAYS))
def test_what_is_read_is_what_numpy_computes(name: str) -> None:
    """At whole numbers, at halves and between."""
    (cell,) = WAYS[name](StandIn.named(["z"])).cells
    for z, wanted in zip(POINTS, WAYS[name](np.array(POINTS)), strict=True):
        ball = value_at(cell.known, Domain.of({}), {"z": Fraction(z)})
        assert abs(float(ball.mid()) - wanted) < 1e-12, z


def test_labels_that_are_rounded() -> None:
    """A label made whole by rounding is one; a wrong sign is found all the same."""

    def logistic(y_true: Any, y_pred: Any) -> Any:
        p = 1 / (1 + np.exp(-y_pred))
        return p - np.round(y_true), p * (1 - p)

    loss, domain = "log(1 + exp(z)) - y*z", {"y": "{0, 1}"}
    assert check_objective(logistic, loss, domain=domain, dtypes=()).status == "proved"
    assert (
        check_objective(
            lambda y, z: (-logistic(y, z)[0], logistic(y, z)[1]), loss, library="xgboost", domain=domain, dtypes=()
        ).status
        == "refuted"
    )
