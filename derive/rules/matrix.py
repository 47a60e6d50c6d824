"""Sums over the samples as products of matrices."""

from __future__ import annotations

from typing import Any

import sympy as sp
from sympy.matrices.expressions.applyfunc import ElementwiseApplyFunction
from sympy.matrices.expressions.diagonal import DiagMatrix
from sympy.matrices.expressions.matexpr import MatrixElement

from derive import symbols as s
from derive.errors import RuleDoesNotApply
from derive.rule import rule
from derive.writing import factors_of, is_raw_prediction, names, product, put, terms_of, total

#: (0, 1, …, 1): the penalty leaves the bias alone
_NOT_BIAS = total(1, product(-1, sp.KroneckerDelta(s.j, 0)))
NOT_BIAS = DiagMatrix(sp.FunctionMatrix(s.n, 1, sp.Lambda((s.j, s.k), _NOT_BIAS)))
#: the Hessian of a cost that is linear between its kinks
_NOTHING = sp.FunctionMatrix(s.n, s.n, sp.Lambda((s.j, s.l), sp.S.Zero))


@rule("Σᵢ gᵢ xᵢⱼ = (Xᵀ g)ⱼ, Σᵢ gᵢ xᵢⱼ xᵢₗ = (Xᵀ diag(g) X)ⱼₗ", "the sum runs over all samples")
def matrix_form(expr: Any) -> Any:
    """Read the entry of index j (and l) as an entry of a matrix, the bias included."""
    if expr == 0:
        return _NOTHING
    parts = [_term(t) for t in terms_of(expr)]
    return parts[0] if len(parts) == 1 else sp.MatAdd(*parts)


def _term(term: Any) -> Any:
    factors = factors_of(term)
    for n, f in enumerate(factors):
        if isinstance(f, sp.Sum) and not is_raw_prediction(f):
            return _scaled(factors[:n] + factors[n + 1 :], _samples(f))
    return _penalty(factors)


def _scaled(scalars: list[Any], matrices: list[Any]) -> Any:
    if any(isinstance(a, MatrixElement) or a.has(sp.Sum) for f in scalars for a in sp.preorder_traversal(f)):
        raise RuleDoesNotApply(f"{product(*scalars)} is no constant factor of a matrix"[:300])
    scalar = product(*scalars) if scalars else sp.S.One
    return matrices[0] if scalar == 1 and len(matrices) == 1 else sp.MatMul(scalar, *matrices)


def _samples(e: Any) -> list[Any]:
    """Σᵢ gᵢ xᵢⱼ as [Xᵀ, g], Σᵢ gᵢ xᵢⱼ xᵢₗ as [Xᵀ, diag(g), X]."""
    row, first, last = e.limits[0]
    if (first, last) != (0, s.m - 1):
        raise RuleDoesNotApply(f"the sum runs over {first}..{last}, not over all samples"[:300])
    entries = [f for f in factors_of(e.function) if isinstance(f, MatrixElement) and (f.parent, f.i) == (s.X, row)]
    rest = [f for f in factors_of(e.function) if f not in entries]
    if [f.j for f in entries] == [s.j]:
        return [
            s.X.T,
            *_diagonals([f for f in rest if _is_weight(f)]),
            _vector([f for f in rest if not _is_weight(f)], row),
        ]
    if [f.j for f in entries] == [s.j, s.l]:
        weights, others = [f for f in rest if _is_weight(f)], [f for f in rest if not _is_weight(f)]
        return [s.X.T, *_diagonals(weights), *([DiagMatrix(_vector(others, row))] if others else []), s.X]
    raise RuleDoesNotApply(f"the summand {e.function} has not the form gᵢ xᵢⱼ or gᵢ xᵢⱼ xᵢₗ"[:300])


def _is_weight(f: Any) -> bool:
    return isinstance(f, MatrixElement) and f.parent == s.w_vector


def _diagonals(weights: list[Any]) -> list[Any]:
    return [DiagMatrix(f.parent) for f in weights]


def _vector(factors: list[Any], row: Any) -> Any:
    """The vector with the entries ∏ factors, one for each row: by parts if it is a sum, else a function of h."""
    whole = product(*factors) if factors else sp.S.One
    if len(terms_of(whole)) > 1 and _free_rows(whole, row) - {s.X}:
        return sp.MatAdd(*(_vector([t], row) for t in terms_of(whole)))
    constant = [f for f in factors_of(whole) if row not in names(f)]
    inner = product(*(f for f in factors_of(whole) if row in names(f)))
    vector = _entries(inner, row)
    return sp.MatMul(product(*constant), vector) if constant and constant != [1] else vector


def _free_rows(e: Any, row: Any) -> set[Any]:
    return {a.parent for a in sp.preorder_traversal(e) if isinstance(a, MatrixElement) and a.i == row}


def _entries(e: Any, row: Any) -> Any:
    """y, h, a function of the entries of h, or else the table of all entries."""
    if isinstance(e, MatrixElement) and e.i == row and e.parent.shape == (s.m, 1):
        return e.parent
    predictions, t = _predictions(e), sp.Symbol("t", real=True)
    inner = put(e, dict.fromkeys(predictions, t))
    if len(predictions) == 1 and row not in names(inner):
        return _applied(inner, t, _prediction_vector(predictions.pop()))
    return sp.FunctionMatrix(s.m, 1, sp.Lambda((row, s.l), e))  # k is bound within e


def _predictions(e: Any) -> set[Any]:
    """hᵢ as it stands in the expression: the link of zᵢ if every zᵢ is within the link, else zᵢ."""
    inside = {a for a in sp.preorder_traversal(e) if isinstance(a, sp.Function) and any(map(is_raw_prediction, a.args))}
    bare = put(e, dict.fromkeys(inside, s.h))
    found = any(map(is_raw_prediction, sp.preorder_traversal(bare)))
    return {a for a in sp.preorder_traversal(e) if is_raw_prediction(a)} if found else inside


def _prediction_vector(h: Any) -> Any:
    raw, t = sp.MatMul(s.X, s.theta), sp.Symbol("t", real=True)
    return raw if is_raw_prediction(h) else _applied(h.func(t), t, raw)


def _applied(body: Any, t: Any, vector: Any) -> Any:
    return vector if body == t else ElementwiseApplyFunction(sp.Lambda(t, body), vector)


def _penalty(factors: list[Any]) -> Any:
    """(1 − δⱼ₀) θⱼ as the entry of D θ, (1 − δⱼ₀) δⱼₗ as the entry of D."""
    special = {_NOT_BIAS: NOT_BIAS, s.entry(s.theta, s.j): s.theta, sp.KroneckerDelta(s.j, s.l): None}
    matrices = [special[f] for f in factors if f in special]
    if matrices not in ([NOT_BIAS, s.theta], [NOT_BIAS, None]):
        raise RuleDoesNotApply(f"{product(*factors)} is no entry of D θ or of D = diag(0, 1, …, 1)"[:300])
    return _scaled([f for f in factors if f not in special], [a for a in matrices if a is not None])
