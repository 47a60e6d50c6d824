"""Objectives that are wrong, or that nobody can know to be right: none of them may be proved."""

from __future__ import annotations

import functools
import math
import random
import time
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import derive
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


def filled_in_part(z: Any, y: Any) -> Any:
    """Where |z − y| = 1 no mask holds: what the memory has been used for before is what comes out."""
    r = z - y
    g = np.empty(len(z))
    g[r > 1], g[r < -1] = 1, -1
    g[np.abs(r) < 1] = r[np.abs(r) < 1]
    return g


def remembers_labels(z: Any, y: Any, kept: dict[str, Any] = {}) -> Any:  # noqa: B006
    """What was computed for the first scores is given again for other ones with the same labels."""
    return kept.setdefault(str(y), z - y)


@pytest.mark.parametrize("code", [filled_in_part, remembers_labels])
def test_code_that_sometimes_gives_something_else_is_not_proved(code: Callable[..., Any]) -> None:
    """Memory that was never given a value, and a memory of earlier calls."""
    huber = "where(abs(z - y) <= 1, (z - y)**2/2, abs(z - y) - 1/2)"
    assert check_objective(code, huber if code is filled_in_part else SQUARED, dtypes=()).status != "proved"


def test_a_flat_result_is_in_the_order_of_the_library() -> None:
    """LightGBM takes a flat array class by class, XGBoost row by row: one of the two is given the wrong gradient."""

    def in_rows(preds: Any, data: Any) -> Any:
        p = np.exp(preds) / np.exp(preds).sum(axis=1)[:, None]
        return (p - np.eye(3)[data.get_label().astype(int)]).reshape(-1), (p * (1 - p)).reshape(-1)

    loss = "log(exp(z1) + exp(z2) + exp(z3)) - y1*z1 - y2*z2 - y3*z3"
    said: dict[str, Any] = {"loss": loss, "classes": 3, "dtypes": ()}
    assert check_objective(in_rows, library="lightgbm", **said).status == "refuted"
    assert check_objective(in_rows, library="xgboost", **said).gradient.status == "proved"  # type: ignore[union-attr]


def lost_digits(z: Any, y: Any) -> Any:
    """Right, and 1 − Φ(z) is 0 beyond z = 8.3, with few digits before: an `int` that is a float hides it."""
    tail = np.array([1 - math.erfc(-float.fromhex(float(a).hex()) / math.sqrt(2)) / 2 for a in np.asarray(z).tolist()])
    return np.exp(-(z**2) / 2) / math.sqrt(2 * math.pi) / tail + 0 * y


def in_single_precision(z: Any, y: Any) -> Any:
    """Right, and computed in float32 by code that cannot be read."""
    single = np.frombuffer(np.asarray(z, float).astype(np.float32).tobytes(), np.float32)
    return (1 - np.tanh(single) ** 2) * 1000 + 0 * y


ROUNDED = [(lost_digits, "-log(1 - normcdf(z)) + 0*y"), (in_single_precision, "1000*tanh(z) + 0*y")]


@pytest.mark.parametrize(("code", "loss"), ROUNDED, ids=["1 - cdf", "float32"])
def test_rounding_refutes_nothing(code: Callable[..., Any], loss: str) -> None:
    """Code that cannot be read, and loses its digits, is not decided: the error of a formula does not jump about."""
    report = check_objective(code, loss)
    assert (report.status, report.source.how if report.source else "") == ("unknown", "probed")


def test_an_error_at_one_tie_is_not_laid_at_another() -> None:
    """Wrong at z = y only: the loss has another tie, at |z − y| = 1, where the claim is right."""
    huber = "where(abs(z - y) <= 1, (z - y)**2/2, abs(z - y) - 1/2)"
    claimed = "where(z == y, 1/2, where(abs(z - y) <= 1, z - y, sign(z - y)))"
    report = derive.check(huber, claimed, wrt="z", dtypes=())
    assert report.gradient is not None
    assert [(d.kind, "z - y is not 0" in d.says) for d in report.gradient.diagnosis] == [("only-at-points", True)]
