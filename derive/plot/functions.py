"""Formulas as functions of arrays, for pictures: each is one that was derived, proved or claimed."""

from __future__ import annotations

from typing import Any

import numpy as np
import sympy as sp
from numpy.typing import NDArray

from derive import compiled
from derive import symbols as s
from derive.compiled.printer import kernel
from derive.loss import Loss
from derive.terms.bridge import to_sympy
from derive.terms.text import parse_formula

Array = NDArray[np.float64]


def rows(loss: Loss, order: int) -> Any:
    """ℓ, ∂ℓ/∂z or ∂²ℓ/∂z² as a function of arrays z and y, at the defaults of the parameters."""
    row = (compiled.cost, compiled.gradient, compiled.hessian)[order](loss)._row

    def f(z: Array, y: Any) -> Array:
        with np.errstate(all="ignore"):
            return np.asarray(row.stable(z, np.broadcast_to(np.asarray(y, float), z.shape)) + np.zeros(z.shape))

    return f


def of_text(formula: str, *names: str) -> Any:
    """A formula as a function of arrays in the place of these variables."""
    return of_expression(to_sympy(parse_formula(formula)), names)


def of_expression(expr: Any, names: tuple[str, ...]) -> Any:
    """A SymPy expression as a function of arrays in the place of these variables; NaN where it has no value.

    Functions that NumPy lacks are computed point by point by mpmath. A derivative at a jump, that SymPy writes as a
    Dirac delta, is left out: it is 0 beside the jump.
    """
    expr = expr.replace(sp.DiracDelta, lambda *_: sp.S.Zero)
    found = {v.name: v for v in expr.free_symbols}
    variables = [found.get(name, sp.Dummy(name)) for name in names]
    fast, slow = kernel(expr, *variables).stable, sp.lambdify(variables, expr, "mpmath")

    def evaluated(*arrays: Array) -> Array:
        shape = np.broadcast_shapes(*(a.shape for a in arrays))
        with np.errstate(all="ignore"):
            try:
                return np.asarray(fast(*arrays) + np.zeros(shape), float)
            except (NameError, TypeError, AttributeError):
                return np.asarray(np.vectorize(_number, otypes=[float])(slow, *arrays))

    return evaluated


def _number(f: Any, *point: float) -> float:
    """The value at one point, NaN where it is not a real number."""
    try:
        return float(f(*map(float, point)))
    except (TypeError, ValueError, ArithmeticError):
        return float("nan")


def of_h(loss: Loss) -> Any:
    """ℓ as a function of arrays h and y."""
    return kernel(loss.value, s.h, s.y).stable
