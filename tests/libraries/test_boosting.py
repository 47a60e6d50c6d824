"""Objectives that equal the built-in ones of XGBoost, LightGBM and CatBoost: proved, and they train the same model."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import catboost
import lightgbm
import numpy as np
import pytest
import xgboost
from scipy.special import expit

from derive.objective import check_objective

GENERATOR = np.random.default_rng(5)
X = GENERATOR.normal(size=(300, 4))
SIGNAL = X[:, 0] - 0.5 * X[:, 1] + 0.3 * GENERATOR.normal(size=300)
BINARY = (SIGNAL > 0).astype(float)
COUNTS = GENERATOR.poisson(np.exp(0.4 * SIGNAL)).astype(float)
POSITIVE = np.exp(0.4 * SIGNAL)
CLASSES = np.digitize(SIGNAL, [-0.5, 0.5])
SOFTMAX = "log(exp(z1) + exp(z2) + exp(z3)) - y1*z1 - y2*z2 - y3*z3"


def squared(preds: Any, data: Any) -> Any:
    return preds - data.get_label(), np.ones_like(preds)


def logistic(preds: Any, data: Any) -> Any:
    p = expit(preds)
    return p - data.get_label(), p * (1 - p)


def gamma(preds: Any, data: Any) -> Any:
    ratio = data.get_label() * np.exp(-preds)
    return 1 - ratio, ratio


def tweedie(preds: Any, data: Any, rho: float = 1.5) -> Any:
    a, b = data.get_label() * np.exp((1 - rho) * preds), np.exp((2 - rho) * preds)
    return b - a, (2 - rho) * b - (1 - rho) * a


def pseudo_huber(preds: Any, data: Any) -> Any:
    r = preds - data.get_label()
    scale = 1 + r**2
    return r / np.sqrt(scale), 1 / (scale * np.sqrt(scale))


def poisson_damped(preds: Any, data: Any) -> Any:
    return np.exp(preds) - data.get_label(), np.exp(preds + 0.7)


def fair(preds: Any, data: Any) -> Any:
    x = preds - data.get_label()
    return x / (np.abs(x) + 1), 1 / (np.abs(x) + 1) ** 2


def softmax(preds: Any, data: Any) -> Any:
    y = np.eye(3)[data.get_label().astype(int)]
    e = np.exp(preds - preds.max(axis=1, keepdims=True))
    p = e / e.sum(axis=1, keepdims=True)
    return p - y, np.maximum(2 * p * (1 - p), 1e-16)


LOGISTIC = ("log(1 + exp(z)) - y*z", {"y": "{0, 1}"})
XGBOOST = [
    (squared, "reg:squarederror", SIGNAL, "(z - y)**2/2", {}, "exact"),
    (logistic, "binary:logistic", BINARY, *LOGISTIC, "exact"),
    (gamma, "reg:gamma", POSITIVE, "z + y*exp(-z)", {"y": "positive"}, "exact"),
    (tweedie, "reg:tweedie", POSITIVE, "exp((2-rho)*z)/(2-rho) - y*exp((1-rho)*z)/(1-rho)", {"rho": "(1, 2)"}, "exact"),
    (pseudo_huber, "reg:pseudohubererror", SIGNAL, "sqrt(1 + (z - y)**2) - 1", {}, "exact"),
]


@pytest.mark.parametrize(("code", "builtin", "y", "loss", "domain", "kind"), XGBOOST)
def test_xgboost_built_in(
    code: Callable[..., Any], builtin: str, y: Any, loss: str, domain: dict[str, str], kind: str
) -> None:
    """The formula of the built-in objective, as a custom one: proved, and the trees are the same to rounding."""
    report = check_objective(code, loss, domain=domain, dtypes=())
    assert (report.status, report.hessian_kind) == ("proved", kind)
    data = xgboost.DMatrix(X, y)
    options = {"max_depth": 3, "base_score": 0.5 if builtin == "binary:logistic" else 1.0, "nthread": 1}
    start = 0.0 if builtin == "binary:logistic" else 0.0 if builtin in ("reg:gamma", "reg:tweedie") else 1.0
    own = xgboost.train({**options, "base_score": start}, data, 8, obj=code)
    theirs = xgboost.train({**options, "objective": builtin}, data, 8)
    margins = [m.predict(data, output_margin=True) for m in (own, theirs)]
    assert np.allclose(*margins, rtol=1e-3, atol=1e-3)


def test_xgboost_softmax_is_a_majorizer() -> None:
    """The built-in softmax has 2p(1 − p) for its Hessian: not exact, and named for what it is."""
    report = check_objective(softmax, SOFTMAX, classes=3, dtypes=())
    assert report.gradient is not None
    assert (report.gradient.status, report.hessian_kind, report.status) == ("proved", "majorizer", "refuted")
    assert check_objective(softmax, SOFTMAX, classes=3, dtypes=(), hessian_kind="majorizer").status == "proved"
    data = xgboost.DMatrix(X, CLASSES)
    options = {"max_depth": 3, "num_class": 3, "base_score": 0.5, "nthread": 1}
    own = xgboost.train({**options, "disable_default_eval_metric": True}, data, 6, obj=softmax)
    theirs = xgboost.train({**options, "objective": "multi:softprob"}, data, 6)
    margins = [m.predict(data, output_margin=True) for m in (own, theirs)]
    assert np.allclose(*(m - m[:, :1] for m in margins), atol=1e-3)


LIGHTGBM = [
    (squared, "regression", SIGNAL, "(z - y)**2/2", {}, "exact"),
    (logistic, "binary", BINARY, *LOGISTIC, "exact"),
    (fair, "fair", SIGNAL, "abs(z - y) - log(1 + abs(z - y))", {}, "exact"),
    (poisson_damped, "poisson", COUNTS, "exp(z) - y*z", {"y": "nonnegative"}, "scaled"),
    (gamma, "gamma", POSITIVE, "z + y*exp(-z)", {"y": "positive"}, "exact"),
]


@pytest.mark.parametrize(("code", "builtin", "y", "loss", "domain", "kind"), LIGHTGBM)
def test_lightgbm_built_in(
    code: Callable[..., Any], builtin: str, y: Any, loss: str, domain: dict[str, str], kind: str
) -> None:
    """The same for LightGBM, with its damped Poisson Hessian named."""
    report = check_objective(code, loss, domain=domain, library="lightgbm", dtypes=())
    assert report.gradient is not None
    assert (report.gradient.status, report.hessian_kind) == ("proved", kind)
    options = {"num_leaves": 7, "boost_from_average": False, "verbose": -1, "num_threads": 1, "deterministic": True}
    own = lightgbm.train({**options, "objective": code}, lightgbm.Dataset(X, y), 8)
    theirs = lightgbm.train({**options, "objective": builtin}, lightgbm.Dataset(X, y), 8)
    assert np.allclose(own.predict(X, raw_score=True), theirs.predict(X, raw_score=True), rtol=1e-3, atol=1e-3)


class Rmse:
    """CatBoost's RMSE."""

    def calc_ders_range(self, approxes: Any, targets: Any, weights: Any) -> Any:
        out = []
        for i in range(len(targets)):
            der1, der2 = targets[i] - approxes[i], -1.0
            if weights is not None:
                der1 *= weights[i]
                der2 *= weights[i]
            out.append((der1, der2))
        return out


class Logloss:
    """CatBoost's Logloss."""

    def calc_ders_range(self, approxes: Any, targets: Any, weights: Any) -> Any:
        out = []
        for a, t in zip(approxes, targets, strict=True):
            p = 1 / (1 + np.exp(-a))
            out.append((t - p, -p * (1 - p)))
        return out


class MultiClass:
    """CatBoost's MultiClass."""

    def calc_ders_multi(self, approxes: Any, target: Any, weight: Any) -> Any:
        e = np.exp(np.array(approxes) - max(approxes))
        p = e / e.sum()
        der1 = [weight * ((j == target) - p[j]) for j in range(len(p))]
        der2 = [[weight * (p[j] * p[k] - (j == k) * p[j]) for k in range(len(p))] for j in range(len(p))]
        return der1, der2


CATBOOST = [
    (Rmse, "RMSE", SIGNAL, "(z - y)**2/2", {}),
    (Logloss, "Logloss", BINARY, *LOGISTIC),
    (MultiClass, "MultiClass", CLASSES, SOFTMAX, {}),
]


@pytest.mark.filterwarnings("ignore:Failed to import numba")
@pytest.mark.parametrize(("code", "builtin", "y", "loss", "domain"), CATBOOST)
def test_catboost_built_in(code: type, builtin: str, y: Any, loss: str, domain: dict[str, str]) -> None:
    """CatBoost wants derivatives of minus the loss: proved in its signs, and the model is that of the built-in loss."""
    report = check_objective(code, loss, domain=domain, dtypes=())
    assert (report.source and report.source.library, report.status) == ("catboost", "proved")
    options: dict[str, Any] = {
        "iterations": 6,
        "depth": 3,
        "learning_rate": 0.3,
        "leaf_estimation_iterations": 1,
        "thread_count": 1,
        "leaf_estimation_method": "Newton",
        "logging_level": "Silent",
        "boost_from_average": False,
        "allow_writing_files": False,
        "score_function": "L2",
        "bootstrap_type": "No",
        "random_seed": 1,
    }
    if builtin == "MultiClass":
        options["classes_count"] = 3
    pool = catboost.Pool(X, y)
    own = catboost.CatBoost({**options, "loss_function": code(), "eval_metric": builtin}).fit(pool)
    theirs = catboost.CatBoost({**options, "loss_function": builtin}).fit(pool)
    scores = [m.predict(pool, prediction_type="RawFormulaVal") for m in (own, theirs)]
    assert np.allclose(*scores, rtol=1e-2, atol=1e-2)


def test_estimators_call_in_the_order_that_is_checked() -> None:
    """The estimators of XGBoost and LightGBM hand over labels first: a wrong order is refuted, and named."""

    def swapped(y_pred: Any, y_true: Any) -> Any:
        return y_pred - y_true, np.ones_like(y_pred)

    report = check_objective(swapped, "(z - y)**2/2", library="xgboost", dtypes=())
    assert report.status == "refuted"
    assert any("exchanged" in note for note in report.notes)
    seen = []

    def spy(a: Any, b: Any) -> Any:
        seen.append((np.array(a), np.array(b)))
        return b - a, np.ones_like(b)

    xgboost.XGBRegressor(objective=spy, n_estimators=1, base_score=0.0).fit(X, SIGNAL)
    lightgbm.LGBMRegressor(objective=spy, n_estimators=1, verbose=-1).fit(X, SIGNAL)
    assert all(np.allclose(labels, SIGNAL, atol=1e-5) and np.allclose(scores, 0) for labels, scores in seen)


def several(preds: Any, data: Any) -> Any:
    y = data.get_label().reshape(preds.shape)
    return preds - y, np.ones_like(preds)


def test_xgboost_with_several_targets() -> None:
    """The labels of several targets come as a table: proved, and the trees are those of the built-in objective."""
    loss = "(z1 - y1)**2/2 + (z2 - y2)**2/2"
    assert check_objective(several, loss, dtypes=()).status == "proved"
    data = xgboost.DMatrix(X, np.stack([SIGNAL, POSITIVE], axis=1))
    options = {"max_depth": 3, "num_target": 2, "nthread": 1, "base_score": 0.0}
    own = xgboost.train(options, data, 6, obj=several)
    theirs = xgboost.train({**options, "objective": "reg:squarederror"}, data, 6)
    assert np.allclose(own.predict(data), theirs.predict(data), rtol=1e-3, atol=1e-3)


class MultiRMSE(catboost.MultiTargetCustomObjective):  # type: ignore[misc]
    """CatBoost's MultiRMSE, as in its documentation."""

    seen: Any = None

    def calc_ders_multi(self, approxes: Any, targets: Any, weight: Any) -> Any:
        MultiRMSE.seen = len(targets), len(approxes)
        ders = [weight * (targets[j] - approxes[j]) for j in range(len(targets))]
        return ders, [[-weight if i == j else 0.0 for i in range(len(targets))] for j in range(len(targets))]


@pytest.mark.filterwarnings("ignore:Failed to import numba")
def test_catboost_with_several_targets() -> None:
    """CatBoost hands over the list of targets of an object, as it is read."""
    assert check_objective(MultiRMSE, "(z1 - y1)**2/2 + (z2 - y2)**2/2", dtypes=()).status == "proved"
    assert check_objective(MultiRMSE, "(z1 - y1)**2 + (z2 - y2)**2", dtypes=()).status == "refuted"
    pool = catboost.Pool(X, np.stack([SIGNAL, POSITIVE], axis=1))
    options: dict[str, Any] = {"iterations": 2, "depth": 2, "thread_count": 1, "logging_level": "Silent"}
    options |= {"allow_writing_files": False, "boost_from_average": False, "leaf_estimation_method": "Gradient"}
    catboost.CatBoost({**options, "loss_function": MultiRMSE(), "eval_metric": "MultiRMSE"}).fit(pool)
    assert MultiRMSE.seen == (2, 2)
