"""The rules of calculus, against SymPy's own `diff` and against finite sizes."""

from __future__ import annotations

from typing import Any

import pytest
import sympy as sp
from hypothesis import given, settings
from hypothesis import strategies as st

from derive import symbols as s
from derive.errors import RuleDoesNotApply
from derive.functions import sigmoid
from derive.rules.calculus import chain_rule, derivative_of_a_sum, derivative_of_the_link, partial_derivatives
from derive.writing import derivative, product, total
from tests.shared import examples

Z, TH = s.raw_prediction(s.i), s.theta[s.j, 0]
H = sigmoid(Z)
X_IJ = s.X[s.i, s.j]


@st.composite
def functions_of_z(draw: st.DrawFn, depth: int = 3) -> Any:
    """Sums, products, powers and compositions that are smooth and defined for all real z."""
    if depth == 0:
        return draw(st.sampled_from([s.z, s.y, sp.Integer(2), sp.Rational(-1, 3), s.z]))
    inner = functions_of_z(depth=depth - 1)
    kind = draw(st.sampled_from(["add", "mul", "square", "exp", "sigmoid", "tanh", "reciprocal", "log"]))
    u = draw(inner)
    match kind:
        case "add":
            return total(u, draw(inner))
        case "mul":
            return product(u, draw(inner))
        case "square":
            return sp.Pow(u, 2, evaluate=False)
        case "reciprocal":
            return sp.Pow(total(3, sp.Pow(u, 2, evaluate=False)), -1, evaluate=False)
        case "log":
            return sp.log(total(3, sp.Pow(u, 2, evaluate=False)), evaluate=False)
    return {"exp": sp.exp, "sigmoid": sigmoid, "tanh": sp.tanh}[kind](u)


def value(e: Any, at: float) -> complex:
    """The value at z = at and y = 1/3, derivatives taken by SymPy."""
    plain = e.doit().rewrite(sp.exp) if e.has(sp.Derivative) else e.rewrite(sp.exp)
    return complex(plain.subs({s.z: at, s.y: sp.Rational(1, 3)}).evalf(30))


@settings(max_examples=examples(40, 15), deadline=None)
@given(e=functions_of_z(), at=st.sampled_from([sp.Rational(1, 7), sp.Rational(-3, 5), sp.Integer(1)]))
def test_evaluated_derivatives_are_those_of_sympy(e: Any, at: sp.Rational) -> None:
    """For any composed function the rule gives the number that SymPy's `diff` gives, or says that it does not apply."""
    found = partial_derivatives(derivative(e, s.z))
    assert not found.has(sp.Derivative)
    assert value(found, at) == pytest.approx(value(sp.diff(e, s.z), at), rel=1e-12, abs=1e-20)


@settings(max_examples=examples(40, 15), deadline=None)
@given(e=functions_of_z(), at=st.sampled_from([sp.Rational(1, 7), sp.Integer(-1)]))
def test_one_link_of_the_chain_is_equal(e: Any, at: sp.Rational) -> None:
    """The chain rule may leave derivatives; together with them it is still the derivative."""
    try:
        found = chain_rule(derivative(e, s.z))
    except RuleDoesNotApply:
        assert e == s.z
        return
    assert value(found, at) == pytest.approx(value(sp.diff(e, s.z), at), rel=1e-12, abs=1e-20)


def test_chain_rule_shows_the_partial_derivatives() -> None:
    """∂ log(1 − h)/∂θ = 1/(1 − h) ∂(1 − h)/∂θ, the last factor as it stands."""
    inner = total(1, product(-1, H))
    found = chain_rule(derivative(sp.log(inner, evaluate=False), TH))
    assert found == product(sp.Pow(inner, -1, evaluate=False), derivative(inner, TH))


def test_chain_rule_leaves_the_prediction_alone() -> None:
    """∂h/∂θ is a partial derivative to be found by the lemmas: there is nothing for the chain rule in it."""
    for e in (Z, H):
        with pytest.raises(RuleDoesNotApply, match="nothing to rewrite"):
            chain_rule(derivative(e, TH))


def test_chain_rule_of_several_factors() -> None:
    """(fg)′ = fg′ + f′g."""
    found = chain_rule(derivative(product(s.z, sp.exp(s.z)), s.z))
    assert found.doit().equals((1 + s.z) * sp.exp(s.z))


def test_derivative_of_a_sum_goes_inside_with_constants_in_front() -> None:
    """∂/∂θ of c Σ a f is c Σ a ∂f/∂θ."""
    summand = product(total(H, product(-1, s.y_vector[s.i, 0])), X_IJ)
    found = derivative_of_a_sum(derivative(product(1 / s.m, sp.Sum(summand, (s.i, 0, s.m - 1))), s.theta[s.l, 0]))
    (inside,) = found.atoms(sp.Derivative)
    assert inside.expr == total(H, product(-1, s.y_vector[s.i, 0]))
    assert inside.variables == (s.theta[s.l, 0],)


def test_a_constant_has_derivative_zero() -> None:
    """What does not contain θ at all vanishes."""
    assert derivative_of_a_sum(derivative(total(s.y, s.m), TH)) == 0
    assert partial_derivatives(derivative(s.y, TH)) == 0


def test_derivative_of_the_link_is_the_lemma() -> None:
    """∂σ(z)/∂θ = σ(z)(1 − σ(z)) ∂z/∂θ."""
    assert derivative_of_the_link(derivative(H, TH)) == product(H, total(1, product(-1, H)), derivative(Z, TH))


def test_partial_derivatives_of_the_predictions() -> None:
    """∂z/∂θⱼ = xᵢⱼ, ∂h/∂θⱼ = h(1 − h) xᵢⱼ, ∂θₖ/∂θⱼ = δⱼₖ."""
    assert partial_derivatives(derivative(Z, TH)) == X_IJ
    assert partial_derivatives(derivative(H, TH)) == product(H, total(1, product(-1, H)), X_IJ)
    assert partial_derivatives(derivative(s.theta[s.k, 0], TH)) == sp.KroneckerDelta(s.j, s.k)


def test_the_row_is_kept() -> None:
    """∂z_r/∂θⱼ = x_rj for any row r."""
    assert partial_derivatives(derivative(s.raw_prediction(s.l), TH)) == s.X[s.l, s.j]


@pytest.mark.parametrize(
    ("e", "v"),
    [(Z, s.theta[s.i, 0]), (Z, s.theta[s.m, 0]), (Z, s.X[s.i, s.j]), (s.y_vector[s.i, 0], s.y_vector[s.j, 0])],
)
def test_an_index_out_of_range_is_refused(e: Any, v: Any) -> None:
    """∂z/∂θⱼ = xᵢⱼ only where j is an index of a parameter: i counts samples, and m is no index."""
    with pytest.raises(RuleDoesNotApply):
        partial_derivatives(derivative(e, v))


def test_two_derivatives_at_once_are_refused() -> None:
    """A second derivative, or one by two variables, is not silently taken for a first one."""
    for e in (sp.Derivative(s.z**3, s.z, s.z), sp.Derivative(s.z * s.y, s.z, s.y)):
        with pytest.raises(RuleDoesNotApply, match="not one first derivative"):
            partial_derivatives(e)
