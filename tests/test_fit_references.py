"""Fits of published data against published coefficients, recomputed elsewhere to more digits."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from derive.data import read_csv
from derive.fit import Fit, fit

_DATA = Path(__file__).parent / "data" / "fits"
_BOTH = pytest.mark.parametrize("method", ["newton", "gradient-descent"])

_DOSE = np.array([1.6907, 1.7242, 1.7552, 1.7842, 1.8113, 1.8369, 1.8610, 1.8839])
_BEETLES = np.array([59, 60, 62, 56, 63, 59, 62, 60])
_KILLED = np.array([6, 13, 18, 28, 52, 53, 61, 60])
_LOT_1 = np.array([118, 58, 42, 35, 27, 25, 21, 19, 18])
_LOT_2 = np.array([69, 35, 26, 21, 18, 16, 13, 12, 12])
_CLOTTING = np.array([5, 10, 15, 20, 30, 40, 60, 80, 100])
_WEIGHT = np.array([
    [2.620, 2.875, 2.320, 3.215, 3.440, 3.460, 3.570, 3.190, 3.150, 3.440, 3.440, 4.070, 3.730, 3.780, 5.250, 5.424],
    [5.345, 2.200, 1.615, 1.835, 2.465, 3.520, 3.435, 3.840, 3.845, 1.935, 2.140, 1.513, 3.170, 2.770, 3.570, 2.780],
]).ravel()
_MANUAL = np.isin(np.arange(1, 33), [1, 2, 3, 18, 19, 20, 26, 27, 28, 29, 30, 31, 32]).astype(float)
STACK = np.array([
    (80, 27, 89, 42), (80, 27, 88, 37), (75, 25, 90, 37), (62, 24, 87, 28), (62, 22, 87, 18), (62, 23, 87, 18),
    (62, 24, 93, 19), (62, 24, 93, 20), (58, 23, 87, 15), (58, 18, 80, 14), (58, 18, 89, 14), (58, 17, 88, 13),
    (58, 18, 82, 11), (58, 19, 93, 12), (50, 18, 89, 8), (50, 18, 86, 7), (50, 19, 72, 8), (50, 19, 79, 8),
    (50, 20, 80, 9), (56, 20, 82, 15), (70, 20, 91, 15),
], dtype=float)  # fmt: skip


def with_bias(*columns: Any) -> Any:
    """A table whose first column is 1."""
    return np.column_stack([np.ones(len(columns[0])), *columns])


def close(actual: Any, wanted: Any, relative: float = 1e-8) -> bool:
    """Are they the same to this relative error, or to the digits that are written?"""
    return bool(np.allclose(actual, wanted, rtol=relative, atol=1e-9))


@_BOTH
@pytest.mark.parametrize(
    ("link", "coefficients", "likelihood", "deviance"),
    [
        ("logistic", (-60.717454562, 34.270325734), 186.2354032718, 11.2322310974),
        ("probit", (-34.935258899, 19.727934211), 185.6791667796, 10.1197581130),
        ("cloglog", (-39.572310606, 22.041169821), 182.3425070909, 3.4464387330),
    ],
)
def test_beetles(method: str, link: str, coefficients: Any, likelihood: float, deviance: float) -> None:
    """Beetle mortality (Bliss 1935), as counts of the dead and of the living, with three links."""
    X, y = with_bias(np.tile(_DOSE, 2)), np.repeat([1.0, 0.0], 8)
    found = fit(link, X, y, sample_weight=np.r_[_KILLED, _BEETLES - _KILLED], method=method)
    assert found.status == "converged"
    assert close(found.coefficients, coefficients)
    assert close(found.cost * 16, likelihood)
    rate = _KILLED / _BEETLES
    with np.errstate(all="ignore"):
        best = np.nansum(_KILLED * np.log(rate)) + np.nansum((_BEETLES - _KILLED) * np.log(1 - rate))
    assert found.deviance is not None
    assert close(found.deviance + 2 * best, deviance)


@_BOTH
def test_snoring(method: str) -> None:
    """Snoring and heart disease (Agresti): coefficients, standard errors and likelihood."""
    x, yes, no = np.array([0, 2, 4, 5]), np.array([24, 35, 21, 30]), np.array([1355, 603, 192, 224])
    found = fit("logistic", with_bias(np.tile(x, 2)), np.repeat([1, 0], 4), sample_weight=np.r_[yes, no], method=method)
    assert close(found.coefficients, (-3.866248101377, 0.397336620449))
    assert close(found.standard_errors, (0.166214364, 0.050010660))
    assert close(found.cost * 8, 418.865816232)


@_BOTH
def test_trial_counts(method: str) -> None:
    """A randomised trial (Dobson): Poisson counts, with two coefficients that are zero."""
    counts, outcome, treatment = np.array([18, 17, 15, 20, 10, 20, 25, 13, 12]), np.arange(9) % 3, np.arange(9) // 3
    X = with_bias(outcome == 1, outcome == 2, treatment == 1, treatment == 2)
    found = fit("poisson", X, counts, method=method)
    assert close(found.coefficients, (3.044522437723, -0.454255272278, -0.292987124681, 0, 0))
    assert close(found.standard_errors, (0.170898652, 0.202170759, 0.192742345, 0.2, 0.2))
    assert found.deviance is not None
    assert close(found.deviance, 5.129141077001)


@_BOTH
@pytest.mark.parametrize(
    ("lot", "coefficients", "errors", "deviance", "dispersion"),
    [
        (_LOT_1, (-0.016554381726, 0.015343114910), (0.000927549, 0.000414960), 0.016729715, 0.002446036),
        (_LOT_2, (-0.023908469799, 0.023599213583), (0.001326457, 0.000576784), 0.012671756, 0.001813347),
    ],
)
def test_clotting(method: str, lot: Any, coefficients: Any, errors: Any, deviance: float, dispersion: float) -> None:
    """Blood clotting (McCullagh and Nelder): the inverse link, where every raw prediction has to stay positive."""
    found = fit("gamma-inverse", with_bias(np.log(_CLOTTING)), lot, method=method)
    assert close(found.coefficients, coefficients)
    assert close(found.standard_errors, errors)
    assert close(found.deviance, deviance)
    assert close(found.dispersion, dispersion)


@_BOTH
def test_cars(method: str) -> None:
    """Gear boxes by weight (mtcars): coefficients, standard errors and deviance."""
    found = fit("logistic", with_bias(_WEIGHT), _MANUAL, method=method)
    assert close(found.coefficients, (12.040369729, -4.023969962))
    assert close(found.deviance, 19.176084807)
    assert close(found.standard_errors, (4.510066, 1.436528), 1e-6)


@_BOTH
@pytest.mark.parametrize(
    ("loss", "parameters", "coefficients", "total"),
    [
        ("linear", {}, (-39.919674420, 0.715640200, 1.295286124, -0.152122519), None),
        ("huber", {"delta": 2}, (-39.501486087, 0.828084864, 0.772668326, -0.109427192), 56.721903957),
    ],
)
def test_stack_loss(method: str, loss: str, parameters: Any, coefficients: Any, total: float | None) -> None:
    """Stack loss (Brownlee 1965): least squares, and Huber's loss without a scale."""
    found = fit(loss, with_bias(*STACK[:, :3].T), STACK[:, 3], method=method, **parameters)
    assert found.ok
    assert close(found.coefficients, coefficients)
    assert total is None or close(found.cost * 21, total)


@_BOTH
def test_stack_loss_with_a_scale(method: str) -> None:
    """Huber's loss with k = 1.345 and a scale that is the median of the absolute residuals over 0.6745.

    The minimum for δ = k times the scale is the published one, and its residuals have that scale again.
    """
    scale = 2.440536092
    X, y = with_bias(*STACK[:, :3].T), STACK[:, 3]
    found = fit("huber", X, y, method=method, delta=1.345 * scale)
    assert close(found.coefficients, (-41.026498352, 0.829384335, 0.926065966, -0.127846725))
    assert close(np.median(np.abs(y - X @ found.coefficients)) / 0.6744897501960817, scale, 1e-8)


@_BOTH
def test_negative_binomial_intercept(method: str) -> None:
    """One coefficient with a closed form: log of the mean."""
    found = fit("negative-binomial", np.ones((5, 1)), [0, 1, 0, 1, 0], method=method, alpha=1)
    assert close(found.coefficients, np.log(0.4), 1e-10)
    assert close(found.deviance, 2.830596796)


def _columns(name: str, target: str) -> tuple[Any, dict[str, Any]]:
    data = read_csv(_DATA / f"{name}.csv", target)
    return data.y, dict(zip(data.names, data.X.T, strict=True))


@_BOTH
@pytest.mark.parametrize(
    ("loss", "coefficients", "relative"),
    [
        ("logistic", (-13.021346858116, 2.826112594889, 0.095157661318, 2.378687655093), 1e-8),
        ("probit", (-7.452319648, 1.625810039, 0.051728946, 1.426332342), 1e-8),
    ],
)
def test_spector(method: str, loss: str, coefficients: Any, relative: float) -> None:
    """Grades of students (Spector and Mazzeo 1980), with two links."""
    data = read_csv(_DATA / "spector.csv", "GRADE")
    found = fit(loss, data.X, data.y, method=method)
    assert found.ok
    assert close(found.coefficients, coefficients, relative)
    if loss == "logistic":
        assert close(found.standard_errors, (4.931324214, 1.262941076, 0.141554206, 1.064564254))


@_BOTH
def test_capital_punishment(method: str) -> None:
    """Executions in 17 states (Gill): Poisson, with columns whose raw Hessian has the condition 2e12."""
    y, c = _columns("cpunish", "EXECUTIONS")
    X = with_bias(c["INCOME"], c["PERPOVERTY"], c["PERBLACK"], np.log(c["VC100k96"]), c["SOUTH"], c["DEGREE"])
    found = fit("poisson", X, y, method=method)
    wanted = (2.611016520e-4, 7.781801504e-2, -9.493110781e-2, 0.2969349335, 2.301183321, -18.72206800)
    assert close(found.coefficients[0], -6.801479861)
    assert np.allclose(found.coefficients[1:], wanted, rtol=2e-9)
    assert close(found.deviance, 18.591641759529)


@_BOTH
def test_scottish_vote(method: str) -> None:
    """The vote of 32 districts (Gill): gamma with the inverse link, condition 2e12."""
    data = read_csv(_DATA / "scotvote.csv", "YES")
    found = fit("gamma-inverse", data.X, data.y, method=method)
    wanted = [-1.776527028e-2, 4.961768299e-5, 2.034422590e-3, -7.181428737e-5, 1.118520129e-4, -1.467515042e-7]
    wanted += [-5.186831119e-4, -2.427174979e-6]
    assert found.ok
    assert np.allclose(found.coefficients, wanted, rtol=1e-8)
    assert close(found.deviance, 0.087388516417)
    assert close(found.dispersion, 0.003584283)


@_BOTH
def test_committees(method: str) -> None:
    """Bills of 20 committees (Gill): negative binomial with an interaction of two columns."""
    y, c = _columns("committee", "BILLS104")
    staff = np.log(c["STAFF"])
    X = with_bias(c["SIZE"], c["SUBS"], staff, c["PRESTIGE"], c["BILLS103"], c["SUBS"] * staff)
    found: Fit = fit("negative-binomial", X, y, method=method, alpha=1)
    wanted = (-6.448699809, -0.026818151, 1.251096951, 2.910799004, -0.347917997, 0.006597931, -0.313044950)
    assert found.ok
    assert np.allclose(found.coefficients, wanted, rtol=1e-7, atol=5e-10)
    assert close(found.deviance, 5.615520115764)
