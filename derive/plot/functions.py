"""Formulas as functions of arrays, for pictures: each is one that was derived, proved or claimed."""

from __future__ import annotations

from typing import Any

import numpy as np
import sympy as sp
from numpy.typing import NDArray
from sympy.printing.codeprinter import PrintMethodNotImplementedError

from derive import compiled, functions
from derive import symbols as s
from derive.compiled.printer import kernel
from derive.errors import DeriveError
from derive.loss import Loss
from derive.terms.bridge import to_sympy
from derive.terms.text import parse_formula

Array = NDArray[np.float64]
#: whose derivatives are 0 but where they jump
_STEPS = (sp.floor, sp.ceiling, sp.KroneckerDelta)
_OWN = [kind for kind in vars(functions).values() if isinstance(kind, type) and issubclass(kind, sp.Function)]


def rows(loss: Loss, order: int) -> Any:
    """ℓ, ∂ℓ/∂z or ∂²ℓ/∂z² as a function of arrays z and y, at the defaults of the parameters."""
    function = (compiled.cost, compiled.gradient, compiled.hessian)[order](loss)

    def f(z: Array, y: Any) -> Array:
        with np.errstate(all="ignore"):
            return np.asarray(function.of_row(z, np.broadcast_to(np.asarray(y, float), z.shape)) + np.zeros(z.shape))

    return f


def of_text(formula: str, *names: str) -> Any:
    """A formula as a function of arrays in the place of these variables."""
    return of_expression(to_sympy(parse_formula(formula)), names)


def of_expression(expr: Any, names: tuple[str, ...]) -> Any:
    """A SymPy expression as a function of arrays in the place of these variables; NaN where it has no value.

    Functions that NumPy lacks are computed point by point by mpmath. A derivative at a jump is left out: it is 0 beside
    the jump. A `DeriveError` says what cannot be computed at all.
    """
    expr = _beside_jumps(expr)
    found = {v.name: v for v in expr.free_symbols}
    variables = [found.get(name, sp.Dummy(name)) for name in names]
    fast, slow = _fast(expr, variables), _slow(expr, variables)

    def evaluated(*arrays: Array) -> Array:
        shape = np.broadcast_shapes(*(a.shape for a in arrays))
        with np.errstate(all="ignore"):
            try:
                return np.asarray(fast(*arrays) + np.zeros(shape), float)
            except (NameError, TypeError, AttributeError, ValueError):
                return np.asarray(np.vectorize(_number, otypes=[float])(slow, *arrays))

    return evaluated


def _beside_jumps(expr: Any) -> Any:
    """SymPy writes the derivative at a jump as a Dirac delta, or as one that it does not know."""
    expr = expr.replace(sp.DiracDelta, lambda *_: sp.S.Zero)
    return expr.replace(lambda e: isinstance(e, sp.Derivative) and isinstance(e.expr, _STEPS), lambda _: sp.S.Zero)


def _fast(expr: Any, variables: list[Any]) -> Any:
    try:
        return kernel(expr, *variables).stable
    except PrintMethodNotImplementedError:
        return None


def _slow(expr: Any, variables: list[Any]) -> Any:
    for rule in 2 * (sp.exp, sp.log, sp.erf):  # mpmath knows no function of ours, but what they are made of
        expr = expr.rewrite(_OWN, rule)
    try:
        return sp.lambdify(variables, expr, "mpmath")
    except PrintMethodNotImplementedError:
        raise DeriveError(f"{str(expr)[:200]} cannot be drawn: it cannot be computed at a point") from None


def _number(f: Any, *point: float) -> float:
    """The value at one point, NaN where it is not a real number."""
    try:
        return float(f(*map(float, point)))
    except (TypeError, ValueError, ArithmeticError):
        return float("nan")


def of_h(loss: Loss) -> Any:
    """ℓ as a function of arrays h and y."""
    return kernel(loss.value, s.h, s.y).stable
