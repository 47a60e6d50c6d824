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


def spread(p: Problem, beta: Array) -> tuple[Array | None, float | None]:
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
        h = prediction(p, p.z(beta))
        dispersion = float(np.sum(_weights(p) * (p.y - h) ** 2 / _VARIANCE[name](h)) / (p.m - p.n))
    L = np.linalg.cholesky(p.hessian(beta))  # in β, where it is well conditioned
    columns = np.linalg.solve(L, p.columns.transform.T)
    return np.sqrt(dispersion / p.m) * np.sqrt((columns**2).sum(axis=0)), dispersion


def _weights(p: Problem) -> Array:
    return np.ones(p.m) if p.weight is None else p.weight


def prediction(p: Problem, z: Array) -> Array:
    """h of every row, from the inverse link of the loss."""
    from derive import symbols as s
    from derive.compiled.printer import kernel

    numbers = p.loss.numbers(p.parameters)
    return np.asarray(kernel(p.loss.inverse_link.xreplace(numbers), s.z, s.y).stable(z, p.y) + np.zeros(p.m))


def deviance(p: Problem, beta: Array) -> float | None:
    """2 Σ wᵢ (ℓᵢ + cᵢ), where c is `constant_to_optimal_zero`; None where the loss does not say, or a penalty is on."""
    from derive import symbols as s
    from derive.compiled.printer import kernel

    if p.penalty or p.loss.best_h is None:
        return None
    numbers = p.loss.numbers(p.parameters)
    with np.errstate(all="ignore"):
        z = p.z(beta)
        best = kernel(p.loss.constant_to_optimal_zero.xreplace(numbers), s.z, s.y).stable
        constant, inside = best(z, p.y), best(z, np.clip(p.y, _LEAST, _MOST))
        constant = np.where(np.isnan(constant), inside, constant)  # y log y is 0 at 0, as a limit
        rows = p.rows.each(p.rows.cost, z) + constant
    total = 2 * float(np.sum(_weights(p) * rows))
    return total if np.isfinite(total) else None
