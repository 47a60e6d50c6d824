"""Standard errors, dispersion and deviance of a fit."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import numpy as np

from derive.fit.rows import few_targets

if TYPE_CHECKING:
    from derive.fit.problem import Array, Point, Problem

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


def spread(p: Problem, point: Point) -> tuple[Array | None, float | None]:
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
        h = prediction(p, point.z)
        dispersion = float(np.sum(_weights(p) * (p.y - h) ** 2 / _VARIANCE[name](h)) / (p.m - p.n))
    L = np.linalg.cholesky(point.curvature)  # in β, where it is well conditioned
    T = p.columns.transform
    size = np.abs(T).max(axis=1)  # may be 1e200, whose square is not a number
    columns = np.linalg.solve(L, (T / size[:, None]).T)
    return size * np.sqrt(dispersion / p.m * (columns**2).sum(axis=0)), dispersion


def _weights(p: Problem) -> Array:
    return np.ones(p.m) if p.weight is None else p.weight


@lru_cache(maxsize=64)
def _compiled(expr: Any) -> Any:
    """A formula in z and y as a function of arrays."""
    from derive import symbols as s
    from derive.compiled.printer import kernel

    return kernel(expr, s.z, s.y).stable


def prediction(p: Problem, z: Array) -> Array:
    """h of every row, from the inverse link of the loss."""
    link = _compiled(p.loss.inverse_link.xreplace(p.loss.numbers(p.parameters)))
    return np.asarray(link(z, p.y) + np.zeros(p.m))


def deviance(p: Problem, point: Point) -> float | None:
    """2 Σ wᵢ (ℓᵢ + cᵢ), where c is `constant_to_optimal_zero`; None where the loss does not say, or a penalty is on."""
    if p.penalty or p.loss.best_h is None:
        return None
    best = _compiled(p.loss.constant_to_optimal_zero.xreplace(p.loss.numbers(p.parameters)))
    y, w = few_targets(p.y, p.weight)
    with np.errstate(all="ignore"):
        constant, inside = best(y, y), best(y, np.clip(y, _LEAST, _MOST))
    constant = np.where(np.isnan(constant), inside, constant) + np.zeros(len(y))  # y log y is 0 at 0, as a limit
    total = 2 * (p.m * point.cost + float(np.sum(constant if w is None else w * constant)))
    return max(total, 0.0) if np.isfinite(total) else None
