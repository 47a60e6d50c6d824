"""Reads the final matrix formula of a derivation: which function of one row it sums, with what factor and penalty.

A gradient is  factor · Xᵀ v + penalty,  a Hessian  factor · Xᵀ diag(v) X + penalty;  entry i of the vector v depends
on row i alone: on zᵢ = (Xθ)ᵢ, yᵢ and wᵢ. So one row at a time is enough, and no m×m matrix is ever built.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import reduce
from operator import mul
from typing import Any

import sympy as sp
from sympy.matrices.expressions.applyfunc import ElementwiseApplyFunction
from sympy.matrices.expressions.diagonal import DiagMatrix

from derive import symbols as s
from derive.errors import DerivationError
from derive.writing import put

_W = sp.Symbol("w", nonnegative=True)


@dataclass(frozen=True)
class MatrixForm:
    """factor · Xᵀ v (or Xᵀ diag(v) X) with v = w·row(z, y), and the penalty's coefficient of θₖ (or diagonal entry)."""

    row: sp.Expr
    factor: sp.Expr
    penalty: sp.Expr
    is_hessian: bool

    @property
    def slope(self) -> sp.Expr:
        """∂ℓ/∂z of one sample, or ∂²ℓ/∂z²: the row with the constants in front of the sum, which is divided by m."""
        return s.m * self.factor * self.row


def read(expr: Any) -> MatrixForm:
    """Take the final matrix formula apart. `DerivationError` if it has another structure.

    >>> h = (s.X * s.theta).applyfunc(sp.exp)
    >>> read(s.X.T * (h - s.y_vector) / s.m)
    MatrixForm(row=-y + exp(z), factor=1/m, penalty=0, is_hessian=False)
    """
    is_hessian = expr.shape[1] != 1
    row, factor, penalty = sp.S.Zero, None, sp.S.Zero
    for term in expr.args if isinstance(expr, sp.MatAdd) else (expr,):
        scalar, factors = _factors(term)
        if factors[0] != s.X.T:
            penalty += scalar * _penalty(factors, is_hessian)
            continue
        factor = scalar if factor is None else factor
        row += sp.cancel(scalar / factor) * _between(factors, is_hessian)
    if factor is None and is_hessian and _is_zero(expr):
        return MatrixForm(sp.S.Zero, 1 / s.m, sp.S.Zero, True)
    if factor is None or not row.free_symbols <= {s.z, s.y, _W, *s.PARAMETERS}:
        raise _unreadable(expr)
    return MatrixForm(_without_weight(row, expr), factor, penalty, is_hessian)


def _is_zero(expr: Any) -> bool:
    return isinstance(expr, sp.FunctionMatrix) and expr.lamda.expr == 0


def _unreadable(expr: Any) -> DerivationError:
    return DerivationError(
        f"cannot compile {expr}: expected a sum of factor·Xᵀv or factor·Xᵀdiag(v)X and a penalty"[:400]
    )


def _factors(term: Any) -> tuple[sp.Expr, list[Any]]:
    if not isinstance(term, sp.MatMul):
        return sp.S.One, [term]
    scalar, matrices = term.as_coeff_matrices()
    inner = [_factors(f) for f in matrices]
    return sp.Mul(scalar, *(c for c, _ in inner)), [f for _, factors in inner for f in factors]


def _between(factors: Sequence[Any], is_hessian: bool) -> sp.Expr:
    """What stands after Xᵀ, or between Xᵀ and X, for one row."""
    if is_hessian and factors[-1] != s.X:
        raise _unreadable(sp.MatMul(*factors))
    return _row_product(factors[1:-1] if is_hessian else factors[1:])


def _row_product(factors: Sequence[Any]) -> sp.Expr:
    if tuple(factors[-2:]) == (s.X, s.theta):
        return _row_product(factors[:-2]) * s.z
    return reduce(mul, map(_row, factors), sp.S.One)


def _row(e: Any) -> sp.Expr:
    """Entry i of a vector, or diagonal entry i of a diagonal matrix, in zᵢ, yᵢ and wᵢ."""
    match e:
        case sp.MatMul():
            scalar, factors = _factors(e)
            return scalar * _row_product(factors)
        case sp.MatAdd():
            return sp.Add(*map(_row, e.args))
        case DiagMatrix():
            return _row(e.args[0])
        case ElementwiseApplyFunction():
            return e.function(_row(e.expr))
        case sp.OneMatrix() | sp.Identity():
            return sp.S.One
        case sp.FunctionMatrix():
            return _entry(e)
    if e in (s.y_vector, s.w_vector):
        return s.y if e == s.y_vector else _W
    raise _unreadable(e)


def _entry(e: sp.FunctionMatrix) -> sp.Expr:
    """Entry i of a vector that is given by its entries."""
    i, body = e.lamda.variables[0], e.lamda.expr
    names = {s.raw_prediction(i): s.z, s.entry(s.y_vector, i): s.y, s.entry(s.w_vector, i): _W}
    row = put(body, names)
    if row.has(sp.MatrixSymbol) or i in row.free_symbols:
        raise _unreadable(e)
    return row


def _without_weight(row: sp.Expr, expr: Any) -> sp.Expr:
    """v = w·row: every formula takes weights, and without them every weight is 1."""
    if not row.has(_W):
        return row
    slope = sp.diff(row, _W)
    if slope.has(_W) or sp.expand(row.subs(_W, 0)) != 0:
        raise _unreadable(expr)
    return slope


def _penalty(factors: Sequence[Any], is_hessian: bool) -> sp.Expr:
    """Diagonal entry k of D, in the penalty D or D·θ."""
    if not is_hessian and factors[-1] != s.theta:
        raise _unreadable(sp.MatMul(*factors))
    matrices = factors if is_hessian else factors[:-1]
    return reduce(mul, map(_diagonal, matrices), sp.S.One)


def _diagonal(matrix: Any) -> sp.Expr:
    if isinstance(matrix, sp.MatAdd):
        return sp.Add(*map(_diagonal, matrix.args))
    if isinstance(matrix, sp.MatMul):
        scalar, factors = _factors(matrix)
        return scalar * reduce(mul, map(_diagonal, factors), sp.S.One)
    entry, other = matrix[s.k, s.k], matrix[s.k, s.l]
    off = other.replace(sp.KroneckerDelta, lambda *_: sp.S.Zero).subs({sp.Eq(s.k, s.l): False, sp.Eq(s.l, s.k): False})
    if sp.expand(off) != 0:
        raise _unreadable(matrix)
    return entry
