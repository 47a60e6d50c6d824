"""Compiled NumPy functions of (θ, X, y, sample weights): cost, gradient and Hessian, stable for every finite z.

The gradient and the Hessian are compiled from the final matrix formula of the derivation that proves them.
"""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from functools import lru_cache
from typing import Any, TypeAlias, cast

import sympy as sp

from derive import derivation
from derive import symbols as s
from derive.compiled import matrix_form
from derive.compiled.onepass import Compiled, Cost, Gradient, Hessian
from derive.compiled.printer import kernel
from derive.errors import DerivationError
from derive.loss import Loss

Parameters: TypeAlias = Mapping[str, float | Fraction]

__all__ = ["Compiled", "Cost", "Gradient", "Hessian", "cost", "from_matrix_form", "gradient", "hessian"]


def from_matrix_form(expr: Any, loss: Loss, parameters: Parameters | None = None) -> Gradient | Hessian:
    """Compile the final matrix formula of a gradient or a Hessian, such as Xᵀ(σ(Xθ) − y)/m or Xᵀdiag(v)X/m + λD/m.

    `expr` is a SymPy matrix expression in the arrays of `derive.symbols`; `loss` tells which targets are allowed.
    `parameters` are numbers for the parameters of the loss, their defaults where they are not given.
    Returns a `Gradient` (n) or a `Hessian` (n×n). `DerivationError` if the formula has another structure.

    >>> from derive import catalog
    >>> h = (s.X * s.theta).applyfunc(sp.Lambda(s.z, s.z))
    >>> g = from_matrix_form(s.X.T * (h - s.y_vector) / s.m, catalog.load("linear"))
    >>> g([0, 1], [[1, 2], [1, 4]], [1, 1])
    array([2., 7.])
    """
    form = matrix_form.read(expr)
    numbers = loss.numbers(parameters or {})
    better = dict(loss.computed).get("hessian" if form.is_hessian else "gradient")
    row, front = (form.row, form.factor) if better is None else (better, 1 / s.m)
    factor = kernel(front.xreplace(numbers), s.m, s.lam).stable
    penalty = None if form.penalty == 0 else kernel(form.penalty, s.k, s.m, s.n, s.lam).stable
    kind = Hessian if form.is_hessian else Gradient
    return kind(loss.name, loss.interval_y_true, kernel(row.xreplace(numbers), s.z, s.y), factor, penalty)


@lru_cache(maxsize=256)
def gradient(loss: Loss, **parameters: float | Fraction) -> Gradient:
    """Compile ∇J(θ), (n,), from the final matrix formula of its derivation, such as Xᵀ(h − y)/m.

    `parameters` are numbers for the parameters of the loss, such as `delta=1.5`; `DomainError` for others.

    >>> from derive import catalog
    >>> g = gradient(catalog.load("logistic"))
    >>> g([0, 0], [[1, 2], [1, -2]], [1, 0])
    array([ 0., -1.])
    >>> print(g.source.splitlines()[1].strip())
    return sigmoid_minus(z, y)
    """
    _of_one_prediction(loss)
    return cast(Gradient, from_matrix_form(derivation.gradient(loss).result, loss, parameters))


@lru_cache(maxsize=256)
def hessian(loss: Loss, **parameters: float | Fraction) -> Hessian:
    """Compile ∇²J(θ), (n, n), from the final matrix formula of its derivation, such as Xᵀ diag(h(1 − h)) X/m.

    `parameters` as for `gradient`.

    >>> from derive import catalog
    >>> hessian(catalog.load("logistic"))([0, 0], [[1, 2], [1, -2]], [1, 0])
    array([[0.25, 0.  ],
           [0.  , 1.  ]])
    """
    _of_one_prediction(loss)
    return cast(Hessian, from_matrix_form(derivation.hessian(loss).result, loss, parameters))


@lru_cache(maxsize=256)
def cost(loss: Loss, **parameters: float | Fraction) -> Cost:
    """Compile J(θ) = 1/m Σ wᵢ ℓ(hᵢ, yᵢ) + penalty. `parameters` as for `gradient`.

    >>> from derive import catalog
    >>> cost(catalog.load("logistic"))([0, 800], [[1, 1], [1, -1]], [1, 0])
    0.0
    """
    _of_one_prediction(loss)
    value = dict(loss.computed).get("cost", loss.of_raw_prediction).xreplace(loss.numbers(parameters))
    row, mean = kernel(value, s.z, s.y), kernel(1 / s.m, s.m, s.lam).stable
    return Cost(loss.name, loss.interval_y_true, row, mean, _penalty(loss))


def _of_one_prediction(loss: Loss) -> None:
    if not isinstance(loss, Loss):
        kind = getattr(loss, "name", type(loss).__name__)
        raise DerivationError(
            f"{kind!r} has no single raw prediction; for a joint loss there is derive.compiled.joint.functions(loss)"
        )


def _penalty(loss: Loss) -> Any:
    """c Σ_{k≥a} p(θₖ) as a function of (θ, m, λ)."""
    if loss.penalty_term == 0:
        return None
    factor, total = loss.penalty_term.as_independent(sp.Sum, as_Add=False)
    index, first, last = total.limits[0] if isinstance(total, sp.Sum) else (s.k, s.n, s.n)
    if sp.expand(last - s.n + 1) != 0 or not first.is_Integer:
        raise DerivationError(
            f"cannot compile the penalty {loss.penalty_term}: expected c·Sum(p(theta[k, 0]), (k, a, n - 1))"
        )
    each = kernel(total.function.subs(s.theta[index, 0], s.z), s.z).stable
    scale = kernel(factor, s.m, s.lam).stable
    return lambda theta, m, strength: float(scale(m, strength) * each(theta[int(first) :]).sum())
