"""Fit a model with the gradient and the Hessian that were derived: Newton's method, or gradient descent."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from fractions import Fraction
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from derive.errors import DeriveError
from derive.fit.dependent import dependent
from derive.fit.descent import descend
from derive.fit.infinite import recession
from derive.fit.lines import solve
from derive.fit.newton import newton
from derive.fit.problem import Problem
from derive.fit.result import Fit
from derive.fit.search import Found
from derive.fit.spread import deviance, spread
from derive.fit.start import start as begin
from derive.loss import Loss

__all__ = ["METHODS", "Fit", "fit"]

METHODS: Mapping[str, Callable[..., Found]] = {"newton": newton, "gradient-descent": descend}


def fit(
    loss: Loss | str,
    X: ArrayLike,
    y: ArrayLike,
    *,
    sample_weight: ArrayLike | None = None,
    penalty: float = 0.0,
    method: str = "newton",
    names: tuple[str, ...] | None = None,
    start: ArrayLike | None = None,
    tolerance: float = 1e-10,
    steps: int | None = None,
    progress: Callable[[str], None] | None = None,
    **parameters: float | Fraction,
) -> Fit:
    """Minimise J(θ) = 1/m Σ wᵢ ℓ(zᵢ, yᵢ) + penalty, z = Xθ, for a loss of the catalog.

    X is m×n (no column is added; a bias is a column of ones), y and sample_weight m, `penalty` the λ of a loss that has
    one, `parameters` the numbers of the loss's parameters. `method` is "newton" or "gradient-descent". `tolerance` is
    for the gradient, relative to what is added up in it, with columns scaled to unit size; the last step must be small,
    too. `names` of the columns are used in messages.

    The answer says what was reached: `fit.status` is "converged", "not converged" (`steps` were not enough),
    "interrupted" (Ctrl-C; the best so far is kept) or "no finite minimum", with a direction in which J falls for ever.
    Raises `DataError` for columns that are linearly dependent (with their names), for wrong targets and wrong shapes.

    >>> found = fit("linear", [[1, 0], [1, 1], [1, 2]], [1, 3, 5])
    >>> found.status, found.coefficients.round(12).tolist()
    ('converged', [1.0, 2.0])
    """
    if method not in METHODS:
        raise DeriveError(f"there is no method {method[:40]!r}; the methods are {', '.join(METHODS)}")
    if isinstance(loss, str):
        from derive import catalog

        loss = catalog.load(loss)
    problem = Problem.read(loss, X, y, sample_weight, penalty, names, parameters)
    found = _search(problem, method, start, (tolerance, steps, progress))
    if found.converged and not loss.convex and not _is_minimum(found):
        found.status = "not converged"
    direction = recession(problem, found) if problem.curved else None
    return _answer(problem, found, direction, method)


def _search(p: Problem, method: str, given: Any, limits: Any) -> Found:
    if p.curved and p.loss.link != "identity":
        point = begin(p, given)
        dependent(p, point.curvature if point.rough is None else point.rough)
        return METHODS[method](point, *limits)
    dependent(p)
    if p.curved:
        return METHODS[method](begin(p, given), *limits)
    if method != "newton":
        raise DeriveError(
            f"{p.loss.name} is made of straight lines: gradient descent does not converge on it; leave the method out, "
            "and it is solved exactly, by an interior point method"
        )
    return solve(p, limits[-1])


def _is_minimum(found: Found) -> bool:
    """Is the Hessian positive definite? Of a loss that is not convex, another stationary point may be found."""
    return bool(np.linalg.eigvalsh(found.point.curvature)[0] > 0)


def _answer(p: Problem, found: Found, direction: Any, method: str) -> Fit:
    status = "no finite minimum" if direction is not None else found.status
    theta = p.unscaled(found.beta)
    errors, dispersion = (None, None) if status != "converged" else spread(p, found.point)
    return Fit(
        loss=p.loss.name,
        method=found.method or method,
        status=status,
        names=p.names,
        coefficients=theta,
        standard_errors=errors,
        cost=found.point.cost,
        deviance=deviance(p, found.point),
        dispersion=dispersion,
        gradient_norm=found.gradient_norm,
        steps=found.steps,
        rows=p.m,
        parameters={k: str(v) for k, v in p.parameters.items()},
        penalty=p.penalty,
        direction=None if direction is None else tuple(float(x) for x in direction),
        unique=found.unique,
        path=tuple(tuple(float(x) for x in p.unscaled(b)) for b in found.path),
    )
