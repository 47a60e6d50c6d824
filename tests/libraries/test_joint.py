"""Joint losses against scikit-learn's multinomial loss and statsmodels: values, gradients and Hessians."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import statsmodels.api as sm
from scipy.stats import norm
from sklearn._loss.loss import HalfMultinomialLoss
from statsmodels.duration.hazard_regression import PHReg
from statsmodels.miscmodels.ordinal_model import OrderedModel

from derive import catalog
from derive.compiled.joint import JointFunctions, functions

RNG = np.random.default_rng(7)
M = 40
X = np.column_stack([np.ones(M), RNG.normal(size=(M, 2))])
CLASSES = np.concatenate([[0, 1, 2], RNG.integers(0, 3, size=M - 3)])
SIZES = (0.0, 0.5, 2.0)


def ours(name: str) -> JointFunctions:
    """The compiled functions."""
    return functions(catalog.load_joint(name))


def close(got: Any, expected: Any, tolerance: float = 1e-9) -> None:
    """Equal but for roundings."""
    np.testing.assert_allclose(got, expected, rtol=tolerance, atol=tolerance)


@pytest.mark.parametrize("size", [*SIZES, 300.0])
def test_multinomial_agrees_with_scikit_learn(size: float) -> None:
    """Value, gradient and the diagonal of the Hessian of single samples, as `_loss` has them; probabilities far out."""
    other, z = HalfMultinomialLoss(n_classes=3), size * RNG.normal(size=(M, 3))
    y = CLASSES.astype(float)
    mine, one = ours("multinomial"), np.eye(M)
    gradient = mine.gradient({"Theta": z}, one, y)["Theta"]
    hessian = mine.hessian({"Theta": z}, one, y)["Theta", "Theta"]
    first, second = other.gradient_hessian(y, z)
    close(M * mine.cost({"Theta": z}, one, y), other.loss(y, z).sum())
    close(M * gradient, first)
    close(M * np.einsum("icic->ic", hessian), second)


@pytest.mark.parametrize("size", SIZES)
def test_multinomial_agrees_with_statsmodels(size: float) -> None:
    """Log-likelihood, score and Hessian of MNLogit, whose first class has the parameters 0."""
    other, params = sm.MNLogit(CLASSES, X), size * RNG.normal(size=(3, 2))
    theta = {"Theta": np.column_stack([np.zeros(3), params])}
    mine = ours("multinomial")
    close(-M * mine.cost(theta, X, CLASSES), other.loglike(params))
    close(-M * mine.gradient(theta, X, CLASSES)["Theta"][:, 1:].ravel("F"), other.score(params.ravel("F")))
    whole = mine.hessian(theta, X, CLASSES)["Theta", "Theta"][:, 1:, :, 1:]
    flat = whole.transpose(1, 0, 3, 2).reshape(6, 6)
    close(-M * flat, other.hessian(params.ravel("F")))


@pytest.mark.parametrize("size", SIZES)
def test_ordinal_agrees_with_statsmodels(size: float) -> None:
    """Log-likelihood, and its numeric score and Hessian, of OrderedModel: its cut points are increments there."""
    other = OrderedModel(CLASSES, X[:, 1:], distr="logit")
    beta, tau = size * RNG.normal(size=2), np.array([-0.5, 1.25])
    params = np.concatenate([beta, [tau[0], np.log(tau[1] - tau[0])]])
    blocks, mine = {"theta": beta, "tau": tau}, ours("ordinal")
    found = mine.gradient(blocks, X[:, 1:], CLASSES)
    close(-M * mine.cost(blocks, X[:, 1:], CLASSES), other.loglike(params))
    by_increment = np.array([found["tau"].sum(), found["tau"][1] * (tau[1] - tau[0])])
    close(-M * np.concatenate([found["theta"], by_increment]), other.score(params), 1e-5)
    close(-M * mine.hessian(blocks, X[:, 1:], CLASSES)["theta", "theta"], other.hessian(params)[:2, :2], 1e-4)


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("ties", [False, True])
def test_cox_agrees_with_statsmodels(ties: bool, size: float) -> None:
    """Log-likelihood, score and Hessian of PHReg, by Breslow where samples have the same time."""
    time = RNG.integers(1, 12, size=M).astype(float) if ties else RNG.permutation(M).astype(float) + 1
    event, theta = RNG.integers(0, 2, size=M), size * RNG.normal(size=2)
    other, mine = PHReg(time, X[:, 1:], status=event, ties="breslow"), ours("cox")
    arguments = ({"theta": theta}, X[:, 1:], time, event)
    close(-M * mine.cost(*arguments), other.loglike(theta))
    close(-M * mine.gradient(*arguments)["theta"], other.score(theta))
    close(-M * mine.hessian(*arguments)["theta", "theta"], other.hessian(theta))


@pytest.mark.parametrize("size", SIZES)
def test_gaussian_agrees_with_scipy(size: float) -> None:
    """With variance e^u it is the Gaussian negative log-likelihood of SciPy, less ln(2π)/2."""

    theta, eta, y = size * RNG.normal(size=3), size * RNG.normal(size=3), RNG.normal(size=M)
    mine = ours("gaussian-log-variance").cost({"theta": theta, "eta": eta}, X, y)
    theirs = -norm.logpdf(y, X @ theta, np.exp(X @ eta / 2)).mean() - np.log(2 * np.pi) / 2
    close(mine, theirs)
