"""Derivatives of sums, products and composed functions."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import sympy as sp
from sympy.matrices.expressions.matexpr import MatrixElement

from derive import symbols as s
from derive.errors import RuleDoesNotApply
from derive.functions import sigmoid
from derive.rule import rule
from derive.rules import links
from derive.rules.sums import is_index
from derive.writing import (
    derivative,
    is_raw_prediction,
    names,
    product,
    reciprocal,
    rewrite,
    row_of,
    summed,
    total,
    weight_of,
)

Differentiate = Callable[[Any, Any], Any]


def _each_derivative(expr: Any, how: Differentiate) -> Any:
    """Apply `how` to every derivative that is not inside another one."""

    def change(e: Any) -> Any:
        return how(e.expr, _variable(e)) if isinstance(e, sp.Derivative) else None

    return rewrite(expr, change)


def _variable(e: Any) -> Any:
    ((variable, count),) = e.variable_count if len(e.variable_count) == 1 else ((None, 0),)
    if count != 1:
        raise RuleDoesNotApply(f"{e} is not one first derivative; differentiate once at a time"[:300])
    return variable


def _depends(e: Any, v: Any) -> bool:
    """Can the expression change with v? An entry of an array depends on every entry of that array."""
    return (v.parent if isinstance(v, MatrixElement) else v) in names(e)


def _linear(e: Any, v: Any, inner: Differentiate) -> Any:
    """The derivative of sums and products, by that of their terms and factors."""
    if not _depends(e, v):
        return sp.S.Zero
    if isinstance(e, sp.Piecewise):
        return _choice([(_linear(value, v, inner), condition) for value, condition in e.args])
    if e.is_Add:
        return total(*(_linear(t, v, inner) for t in e.args))
    if e.is_Mul:
        return total(*(product(*_others(e.args, n), _linear(f, v, inner)) for n, f in enumerate(e.args)))
    if isinstance(e, sp.Sum) and not is_raw_prediction(e):
        return summed(_linear(e.function, v, inner), *e.limits)
    return inner(e, v)


def _choice(pairs: list[tuple[Any, Any]]) -> Any:
    """A choice differentiated branch by branch, which holds away from the kinks."""
    same = all(value == pairs[0][0] for value, _ in pairs)
    return pairs[0][0] if same else sp.Piecewise(*pairs, evaluate=False)


def _others(args: tuple[Any, ...], position: int) -> tuple[Any, ...]:
    return args[:position] + args[position + 1 :]


def _composed(e: Any, v: Any, inner: Differentiate) -> Any:
    """f(u)′ = f′(u) u′, the last factor by `inner`; what is not composed stays a derivative."""
    if links.raw_of(e) is not None:
        return product(links.slope(e), inner(e.args[0], v))
    if isinstance(e, sp.Pow) and not _depends(e.exp, v):
        return product(e.exp, _power(e.base, e.exp - 1), inner(e.base, v))
    if isinstance(e, sp.Function) and len(e.args) == 1:
        return product(_outer(e), inner(e.args[0], v))
    if isinstance(e, sp.polygamma) and not _depends(e.args[0], v):
        return product(sp.polygamma(e.args[0] + 1, e.args[1]), inner(e.args[1], v))
    return derivative(e, v)


def _power(base: Any, exponent: Any) -> Any:
    return sp.Pow(base, exponent, evaluate=False) if exponent not in (0, 1) else base**exponent


def _outer(e: Any) -> Any:
    """f′(u), for e = f(u)."""
    (u,) = e.args
    if isinstance(e, sp.log):
        return reciprocal(u)
    if isinstance(e, sigmoid):
        return product(e, total(1, product(-1, e)))
    if isinstance(e, sp.tanh):
        return total(1, product(-1, sp.Pow(e, 2, evaluate=False)))
    if isinstance(e, sp.cosh):
        return sp.sinh(u, evaluate=False)
    if isinstance(e, (sp.Abs, sp.sign)):  # away from the kink or jump
        return sp.sign(u, evaluate=False) if isinstance(e, sp.Abs) else sp.S.Zero
    return e.fdiff(1)


def _is_prediction(e: Any) -> bool:
    raw = is_raw_prediction(e) or links.raw_of(e) is not None
    return raw or (isinstance(e, sp.Function) and len(e.args) == 1 and is_raw_prediction(e.args[0]))


@rule("∂/∂θ Σᵢ f(θ, i) = Σᵢ ∂f(θ, i)/∂θ", "the sum is finite and its bounds do not depend on θ")
def derivative_of_a_sum(expr: Any) -> Any:
    """Differentiate under the sum: a derivative of a finite sum is the sum of the derivatives."""
    return _each_derivative(expr, _under_the_sum)


def _under_the_sum(e: Any, v: Any) -> Any:
    if not _depends(e, v):
        return sp.S.Zero
    if e.is_Add:
        return total(*(_under_the_sum(t, v) for t in e.args))
    if e.is_Mul:
        return _constants_in_front(e, v)
    if isinstance(e, sp.Sum):
        return summed(_inside(e.function, v), *e.limits)
    return derivative(e, v)


def _inside(body: Any, v: Any) -> Any:
    """Of a summand only the constant factors are taken apart."""
    return _constants_in_front(body, v) if body.is_Mul else derivative(body, v)


def _constants_in_front(e: Any, v: Any) -> Any:
    constant = [f for f in e.args if not _depends(f, v)]
    rest = product(*(f for f in e.args if _depends(f, v)))
    whole = rest.is_Mul or rest.is_Add
    return product(*constant, derivative(rest, v) if whole else _under_the_sum(rest, v))


@rule("∂f(u)/∂θ = f′(u) ∂u/∂θ", "f is differentiable at u", "1/u: u ≠ 0", "log u: u > 0")
def chain_rule(expr: Any) -> Any:
    """Differentiate the outer functions; the partial derivatives of the inner ones are left to be found."""
    return _each_derivative(expr, lambda e, v: _linear(e, v, _one_function))


def _one_function(e: Any, v: Any) -> Any:
    return derivative(e, v) if _is_prediction(e) else _composed(e, v, derivative)


@rule("∂h(u)/∂θ = h′(u) ∂u/∂θ, for σ: σ′ = σ(1 − σ), for exp: exp′ = exp, for Φ: Φ′ = φ")
def derivative_of_the_link(expr: Any) -> Any:
    """Differentiate the prediction as a function of the raw prediction, by the lemma."""
    return _each_derivative(expr, lambda e, v: _composed(e, v, derivative))


@rule(
    "∂h(u)/∂θ = h′(u) ∂u/∂θ, ∂zᵢ/∂θⱼ = xᵢⱼ, ∂θₖ/∂θⱼ = δⱼₖ",
    "j is one of the indices of the sum zᵢ = Σₖ xᵢₖ θₖ",
)
def partial_derivatives(expr: Any) -> Any:
    """Evaluate the partial derivatives by the lemmas."""
    return _each_derivative(expr, _evaluate)


def _evaluate(e: Any, v: Any) -> Any:
    return _linear(e, v, _evaluate_inner)


def _evaluate_inner(e: Any, v: Any) -> Any:
    if is_raw_prediction(e):
        return _entry_of_the_row(e, v)
    if isinstance(e, MatrixElement):
        return _same_entry(e, v)
    if e == v:
        return sp.S.One
    inner = _composed(e, v, _evaluate)
    if isinstance(inner, sp.Derivative):
        raise RuleDoesNotApply(f"no lemma gives the derivative of {e} with respect to {v}"[:300])
    return inner


def _entry_of_the_row(z: Any, v: Any) -> Any:
    """∂(Σₖ Xᵢₖ θₖ)/∂θⱼ = Xᵢⱼ, if j is one of the k; ∂(Σₖ Xᵢₖ Θₖₐ)/∂Θⱼ꜀ = δₐ꜀ Xᵢⱼ."""
    weight = weight_of(z)
    if not (isinstance(v, MatrixElement) and v.parent == weight.parent and is_index(v.i, *z.limits[0][1:])):
        raise RuleDoesNotApply(f"{v} is not one of the parameters in {z}: its index may be out of range"[:300])
    entry = s.entry(s.X, row_of(z), v.i)
    return entry if weight.j == v.j else product(sp.KroneckerDelta(weight.j, v.j), entry)


def _same_entry(e: Any, v: Any) -> Any:
    """∂θₖ/∂θⱼ = δⱼₖ, ∂Θₖₐ/∂Θⱼ꜀ = δⱼₖ δₐ꜀."""
    if not isinstance(v, MatrixElement) or e.parent != v.parent or e.parent not in s.PARAMETER_ARRAYS:
        raise RuleDoesNotApply(f"{e} and {v} are not entries of θ"[:300])
    row = sp.KroneckerDelta(v.i, e.i)
    return row if e.j == v.j else product(row, sp.KroneckerDelta(v.j, e.j))
