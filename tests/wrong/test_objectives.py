"""Objectives that are wrong, or that nobody can know to be right: none of them may be proved."""

from __future__ import annotations

import functools
import random
import time
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from derive.errors import DeriveError
from derive.objective import check_objective
from derive.tracing.unreadable import Unreadable

SQUARED = "(z - y)**2/2"
LOGISTIC = "log(1 + exp(z)) - y*z"
BINARY = {"y": "{0, 1}"}


def narrow_window(z: Any, y: Any) -> Any:
    """Wrong in a window that no grid hits."""
    return np.where((z > 1.23456) & (z < 1.23457), 0, z - y)


def wrong_beyond(z: Any, y: Any) -> Any:
    """Cut far out."""
    return np.clip(z - y, -1e6, 1e6)


def wrong_for_one_label(z: Any, y: Any) -> Any:
    """Wrong where y = 1."""
    p = 1 / (1 + np.exp(-z))
    return np.where(y == 1, p, p - y)


def wrong_in_the_last_row(z: Any, y: Any) -> Any:
    """Every row but the last one is right."""
    g = z - y
    g[-1] = 0
    return g


def other_row(z: Any, y: Any) -> Any:
    """The labels of the row before."""
    return z - np.roll(y, 1)


def by_the_count(z: Any, y: Any) -> Any:
    """Right for two rows only."""
    return (z - y) * (2 / len(z))


def in_place_view(z: Any, y: Any) -> Any:
    """The gradient is changed through the Hessian, which is the same array."""
    g = z - y
    h = g
    h[:] = 1
    return g, h


def mutated_scores(z: Any, y: Any) -> Any:
    """The scores are cut in place before they are used."""
    z[z > 5] = 5
    return z - y


def integer_division(z: Any, y: Any) -> Any:
    """// is not /."""
    return (z - y) // 1


def sign_at_one_branch(z: Any, y: Any) -> Any:
    """A loop whose second branch has the wrong sign."""
    out = []
    for a, t in zip(z, y, strict=True):
        if t == 1:
            out.append(1 / (1 + np.exp(-a)) - 1)
        else:
            out.append(-1 / (1 + np.exp(-a)))
    return np.array(out)


def precedence(z: Any, y: Any) -> Any:
    """The unary minus binds less than the power."""
    return -((z - y) ** 1) * -1 + 0 * -(z**2) + 1e-9


def nearly(z: Any, y: Any) -> Any:
    """A factor of 1 + 1e−9, which no difference of floats sees."""
    return (z - y) * 1.000000001


WRONG: list[tuple[Callable[..., Any], str, dict[str, str]]] = [
    (narrow_window, SQUARED, {}),
    (wrong_beyond, SQUARED, {}),
    (wrong_for_one_label, LOGISTIC, BINARY),
    (other_row, SQUARED, {}),
    (wrong_in_the_last_row, SQUARED, {}),
    (by_the_count, SQUARED, {}),
    (in_place_view, SQUARED, {}),
    (mutated_scores, SQUARED, {}),
    (integer_division, SQUARED, {}),
    (sign_at_one_branch, LOGISTIC, BINARY),
    (precedence, SQUARED, {}),
    (nearly, SQUARED, {}),
]


@pytest.mark.parametrize(("code", "loss", "domain"), WRONG, ids=[w[0].__name__ for w in WRONG])
def test_wrong_code_is_refuted(code: Callable[..., Any], loss: str, domain: dict[str, str]) -> None:
    """Each has a point at which it is wrong, however small the region."""
    report = check_objective(code, loss, domain=domain, dtypes=())
    assert report.gradient is not None
    assert report.gradient.status == "refuted"
    assert report.gradient.witness is not None or report.gradient.kinks


CALLS = {"count": 0}


def remembers(z: Any, y: Any) -> Any:
    """Another formula at every call."""
    CALLS["count"] += 1
    return (z - y) * CALLS["count"]


def by_chance(z: Any, y: Any) -> Any:
    """Random numbers."""
    return (z - y) * random.choice([1.0, 2.0, 3.0])


def by_the_clock(z: Any, y: Any) -> Any:
    """The time."""
    return (z - y) * (1 + time.time())


@functools.lru_cache
def _cached(n: int) -> int:
    CALLS["count"] += 1
    return CALLS["count"]


def by_the_rows(z: Any, y: Any) -> Any:
    """Another formula for another number of rows."""
    return (z - y) * _cached(len(z))


@pytest.mark.parametrize("code", [remembers, by_chance, by_the_clock, by_the_rows])
def test_code_that_is_no_function_is_never_proved(code: Callable[..., Any]) -> None:
    """What is another formula at another call is the gradient of nothing."""
    try:
        status = check_objective(code, SQUARED, dtypes=()).status
    except DeriveError:
        return
    assert status != "proved"


def raising(z: Any, y: Any) -> Any:
    """No value for one label: the formula is right where it has one."""
    for label in y:
        if label == 1:
            raise ValueError("label")
    return 1 / (1 + np.exp(-z)) - y


def test_code_that_raises_says_where() -> None:
    """Where the code raises there is no value; the report says so, and code that raises always is not read."""
    report = check_objective(raising, LOGISTIC, domain=BINARY, dtypes=())
    assert report.status != "proved" or any("raises ValueError" in note for note in report.notes)

    def always(z: Any, y: Any) -> Any:
        raise ValueError("no")

    with pytest.raises(Unreadable, match="raises ValueError"):
        check_objective(always, dtypes=())


def test_a_loop_that_the_data_ends_is_not_followed_for_ever() -> None:
    """Every turn is another decision: after some hundred of them it is given up."""

    def loop(z: Any, y: Any) -> Any:
        while z[0] > 0:
            z = z - 1
        return z - y

    with pytest.raises(Unreadable, match="loop without end"):
        check_objective(loop, dtypes=())


def test_agreement_of_numbers_is_never_proved() -> None:
    """Code that cannot be read and is right is unknown; nothing makes it proved."""

    def right(z: Any, y: Any) -> Any:
        return np.array([np.float64(a) - np.float64(b) for a, b in zip(z, y, strict=True)])

    report = check_objective(right, SQUARED)
    assert (report.status, report.ok) == ("unknown", False)


def test_a_hessian_for_a_gradient_is_refuted() -> None:
    """Gradient and Hessian in the wrong order."""

    def exchanged(preds: Any, dtrain: Any) -> Any:
        p = 1 / (1 + np.exp(-preds))
        return p * (1 - p), p - dtrain.get_label()

    assert check_objective(exchanged, LOGISTIC, dtypes=()).answer == "wrong-gradient-and-hessian"


def test_a_wrong_layout_of_classes_is_not_proved() -> None:
    """Scores that are read class by class, where the library hands over rows, mix rows."""

    def mixed(preds: Any, dtrain: Any) -> Any:
        k = 3
        scores = preds.reshape(-1).reshape(k, -1).T
        e = np.exp(scores)
        p = e / e.sum(axis=1, keepdims=True)
        y = np.eye(k)[dtrain.get_label().astype(int)]
        return (p - y).reshape(preds.shape), (p * (1 - p)).reshape(preds.shape)

    loss = "log(exp(z1) + exp(z2) + exp(z3)) - y1*z1 - y2*z2 - y3*z3"
    report = check_objective(mixed, loss, classes=3, dtypes=())
    assert report.status != "proved" or any("class by class" in note for note in report.notes)
