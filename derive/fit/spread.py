"""Standard errors, dispersion and deviance of a fit."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from derive.fit.problem import Array, Problem

#: the variance of y at the mean h, for losses whose dispersion is estimated: Pearson's
_VARIANCE: Mapping[str, Callable[[Any], Any]] = {
    "linear": np.ones_like,
    "gamma": lambda h: h**2,
    "gamma-inverse": lambda h: h**2,
    "inverse-gaussian": lambda h: h**3,
}
_LEAST, _MOST = 1e-300, 1 - 2.0**-53
#: losses that are minus a log-likelihood with nothing left to estimate
_LIKELIHOODS = frozenset({
    "logistic",
    "logistic-signed",
    "poisson",
    "probit",
    "cloglog",
    "binomial",
    "negative-binomial",
})


def spread(p: Problem, theta: Array) -> tuple[Array | None, float | None]:
    """Standard errors √(φ (m∇²J)⁻¹)ₖₖ, and the dispersion φ; None for losses that are no log-likelihood.

    φ is 1, or Pearson's estimate Σ wᵢ (yᵢ − hᵢ)²/V(hᵢ)/(m − n) where the loss leaves a scale open.
    """
    name = p.loss.name.removesuffix("-weighted")
    if p.penalty or (name not in _VARIANCE and name not in _LIKELIHOODS):
        return None, None
    dispersion = 1.0
    if name in _VARIANCE:
        if p.m <= p.n:
            return None, None
        h = prediction(p, p.X @ theta)
        dispersion = float(np.sum(_weights(p) * (p.y - h) ** 2 / _VARIANCE[name](h)) / (p.m - p.n))
    inverse = np.linalg.inv(p.hessian(p.scaled(theta)))  # in β, where it is well conditioned
    columns = np.stack([p.unscaled(e) for e in np.eye(p.n)], axis=1)
    covariance = columns @ inverse @ columns.T
    return np.sqrt(dispersion * np.diag(covariance) / p.m), dispersion


def _weights(p: Problem) -> Array:
    return np.ones(p.m) if p.weight is None else p.weight


def prediction(p: Problem, z: Array) -> Array:
    """h of every row, from the inverse link of the loss."""
    from derive import symbols as s
    from derive.compiled.printer import kernel

    numbers = p.loss.numbers(p.parameters)
    return np.asarray(kernel(p.loss.inverse_link.xreplace(numbers), s.z, s.y).stable(z, p.y) + np.zeros(p.m))


def deviance(p: Problem, theta: Array) -> float | None:
    """2 Σ wᵢ (ℓᵢ + cᵢ), where c is `constant_to_optimal_zero`; None where the loss does not say, or a penalty is on."""
    from derive import symbols as s
    from derive.compiled.printer import kernel

    if p.penalty or p.loss.best_h is None:
        return None
    numbers = p.loss.numbers(p.parameters)
    with np.errstate(all="ignore"):
        best = kernel(p.loss.constant_to_optimal_zero.xreplace(numbers), s.z, s.y).stable
        constant, inside = best(p.X @ theta, p.y), best(p.X @ theta, np.clip(p.y, _LEAST, _MOST))
        constant = np.where(np.isnan(constant), inside, constant)  # y log y is 0 at 0, as a limit
        rows = p.functions["cost"]._row.stable(p.X @ theta, p.y) + constant + np.zeros(p.m)
    total = 2 * float(np.sum(_weights(p) * rows))
    return total if np.isfinite(total) else None
