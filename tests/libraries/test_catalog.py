"""The catalog against scikit-learn's `_loss` and statsmodels: values, gradients and Hessians of single samples."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import statsmodels.api as sm
from sklearn._loss import loss as sk
from statsmodels.discrete.discrete_model import Logit, NegativeBinomial, Poisson, Probit
from statsmodels.robust import norms

from derive import catalog, compiled

Z = np.array([-6.0, -2.5, -1.0, -0.125, 0.0, 0.375, 1.0, 2.25, 5.0])
Y: dict[str, list[float]] = {"label": [0, 1], "count": [0, 1, 7], "positive": [0.25, 1, 6.5], "real": [-1.5, 0, 0.3]}


def ours(name: str, z: Any, y: Any, **parameters: float) -> tuple[Any, Any, Any]:
    """ℓ, ℓ′ and ℓ″ of each sample, from the compiled functions: X is the identity, θ is z."""
    loss, m = catalog.load(name), len(z)
    cost = np.array([compiled.cost(loss, **parameters)([a], [[1]], [b]) for a, b in zip(z, y, strict=True)])
    first = m * compiled.gradient(loss, **parameters)(z, np.eye(m), y)
    second = m * np.diag(compiled.hessian(loss, **parameters)(z, np.eye(m), y))
    return cost, first, second


def grid(kind: str) -> tuple[Any, Any]:
    """Every z with every target."""
    return np.tile(Z, len(Y[kind])), np.repeat(np.array(Y[kind], dtype=float), len(Z))


SKLEARN: dict[str, tuple[str, str, dict[str, float], Callable[[], Any]]] = {
    "squared error": ("linear", "real", {}, sk.HalfSquaredError),
    "absolute": ("absolute", "real", {}, sk.AbsoluteError),
    "quantile": ("quantile", "real", {"q": 0.3}, lambda: sk.PinballLoss(quantile=0.3)),
    "huber": ("huber", "real", {"delta": 1.25}, lambda: sk.HuberLoss(delta=1.25)),
    "poisson": ("poisson", "count", {}, sk.HalfPoissonLoss),
    "gamma": ("gamma", "positive", {}, sk.HalfGammaLoss),
    "tweedie": ("tweedie", "count", {"p": 1.5}, lambda: sk.HalfTweedieLoss(power=1.5)),
    "log loss": ("logistic", "label", {}, sk.HalfBinomialLoss),
    "exponential": ("exponential", "label", {}, sk.ExponentialLoss),
}


@pytest.mark.parametrize(("name", "kind", "parameters", "other"), SKLEARN.values(), ids=SKLEARN)
def test_agrees_with_scikit_learn(name: str, kind: str, parameters: dict[str, float], other: Callable[[], Any]) -> None:
    """Values but for a constant in y, gradients and Hessians are those of scikit-learn's losses."""
    z, y = grid(kind)
    smooth = np.abs(z - y) > 1e-9 if kind == "real" else np.full(len(z), True)
    z, y = z[smooth], y[smooth]
    mine = ours(name, z, 2 * y - 1 if name == "exponential" else y, **parameters)
    theirs = other()
    value = theirs.loss(y, z)
    first, second = theirs.gradient_hessian(y, z)
    for target in np.unique(y):
        gap = (value - mine[0])[y == target]
        np.testing.assert_allclose(gap, gap[0], rtol=1e-9, atol=1e-9)
    np.testing.assert_allclose(mine[1], first, rtol=1e-9, atol=1e-12)
    if name not in ("absolute", "quantile", "huber"):  # scikit-learn takes 1 for their second derivatives
        np.testing.assert_allclose(mine[2], second, rtol=1e-9, atol=1e-12)


def rows(kind: str) -> tuple[Any, Any, Any]:
    """Samples with a bias and one feature, targets of a kind, and parameters."""
    rng = np.random.default_rng(5)
    X = np.column_stack([np.ones(40), rng.normal(size=40)])
    return X, rng.choice(np.array(Y[kind], dtype=float), size=40), np.array([0.3, -0.6])


MODELS: dict[str, tuple[str, str, dict[str, float], Callable[[Any, Any], Any]]] = {
    "logit": ("logistic", "label", {}, Logit),
    "probit": ("probit", "label", {}, Probit),
    "poisson": ("poisson", "count", {}, Poisson),
    "cloglog": (
        *("cloglog", "label", {}),
        lambda y, X: sm.GLM(y, X, family=sm.families.Binomial(sm.families.links.CLogLog())),
    ),
    "gamma": ("gamma", "positive", {}, lambda y, X: sm.GLM(y, X, family=sm.families.Gamma(sm.families.links.Log()))),
    "inverse Gaussian": (
        *("inverse-gaussian", "positive", {}),
        lambda y, X: sm.GLM(y, X, family=sm.families.InverseGaussian(sm.families.links.Log())),
    ),
    "negative binomial": (
        *("negative-binomial", "count", {"alpha": 0.75}),
        lambda y, X: sm.GLM(y, X, family=sm.families.NegativeBinomial(sm.families.links.Log(), alpha=0.75)),
    ),
}


@pytest.mark.parametrize(("name", "kind", "parameters", "model"), MODELS.values(), ids=MODELS)
def test_agrees_with_statsmodels(
    name: str, kind: str, parameters: dict[str, float], model: Callable[[Any, Any], Any]
) -> None:
    """Minus score and minus Hessian of the log-likelihood, and its differences, divided by the number of samples."""
    X, y, theta = rows(kind)
    other, loss, m = model(y, X), catalog.load(name), len(y)
    glm = {"scale": 1.0} if isinstance(other, sm.GLM) else {}
    np.testing.assert_allclose(
        compiled.gradient(loss, **parameters)(theta, X, y), -other.score(theta, **glm) / m, rtol=1e-8, atol=1e-10
    )
    options = {"observed": True, **glm} if glm else {}
    np.testing.assert_allclose(
        compiled.hessian(loss, **parameters)(theta, X, y), -other.hessian(theta, **options) / m, rtol=1e-8, atol=1e-10
    )
    cost = [compiled.cost(loss, **parameters)(t, X, y) for t in (theta, theta / 2)]
    likelihood = [other.loglike(t, **glm) / m for t in (theta, theta / 2)]
    np.testing.assert_allclose(cost[1] - cost[0], likelihood[0] - likelihood[1], rtol=1e-8)


def test_the_dispersion_of_the_negative_binomial_model() -> None:
    """The same with statsmodels' other model of it, in which log α is the last parameter."""
    X, y, theta = rows("count")
    score = NegativeBinomial(y, X).score(np.append(theta, np.log(0.75)))[:2]
    mine = compiled.gradient(catalog.load("negative-binomial"), alpha=0.75)(theta, X, y)
    np.testing.assert_allclose(mine, -score / len(y), rtol=1e-8)


@pytest.mark.parametrize(
    ("name", "parameters", "norm"),
    [
        ("huber", {"delta": 1.5}, norms.HuberT(1.5)),
        ("tukey", {"c": 3.0}, norms.TukeyBiweight(3.0)),
        ("linear", {}, norms.LeastSquares()),
    ],
)
def test_agrees_with_robust_norms(name: str, parameters: dict[str, float], norm: Any) -> None:
    """ρ, ψ and ψ′ of statsmodels' norms; its least squares and Tukey's ρ differ from ours by a factor or a constant."""
    z, y = grid("real")
    value, first, second = ours(name, z, y, **parameters)
    rho = norm.rho(z - y)
    np.testing.assert_allclose(value, rho, rtol=1e-9, atol=1e-12)
    np.testing.assert_allclose(first, norm.psi(z - y), rtol=1e-9, atol=1e-12)
    np.testing.assert_allclose(second, norm.psi_deriv(z - y), rtol=1e-9, atol=1e-12)
