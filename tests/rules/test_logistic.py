"""The logistic function and its definition."""

from __future__ import annotations

import pytest
import sympy as sp

from derive import symbols as s
from derive.errors import RuleDoesNotApply
from derive.functions import sigmoid
from derive.rules.logistic import definition_of_sigmoid, fold_sigmoid


@pytest.mark.parametrize("u", [s.z, 2 * s.z, s.z - s.y, s.raw_prediction(s.i)])
def test_unfolding_and_folding_are_inverse(u: sp.Expr) -> None:
    """σ(u) written out and folded again is σ(u), and the definition is 1/(1 + e⁻ᵘ)."""
    written_out = definition_of_sigmoid(sigmoid(u))
    assert written_out.doit() == 1 / (1 + sp.exp(-u))
    assert fold_sigmoid(definition_of_sigmoid(sigmoid(s.z))) == sigmoid(s.z)


@pytest.mark.parametrize("e", [1 / (2 + sp.exp(-s.z)), 1 / (1 - sp.exp(-s.z)), (1 + sp.exp(-s.z)) ** -2, sp.exp(-s.z)])
def test_what_is_not_the_logistic_function_is_not_folded(e: sp.Expr) -> None:
    """1/(2 + e⁻ᶻ) and the like are left alone, with an error."""
    with pytest.raises(RuleDoesNotApply):
        fold_sigmoid(e)


def test_nothing_to_unfold_is_refused() -> None:
    """No σ, no step."""
    with pytest.raises(RuleDoesNotApply):
        definition_of_sigmoid(sp.exp(s.z))
