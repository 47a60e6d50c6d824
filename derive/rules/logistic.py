"""The logistic function by its definition."""

from __future__ import annotations

from typing import Any

import sympy as sp

from derive.functions import sigmoid
from derive.rule import rule
from derive.writing import product, reciprocal, rewrite, total


@rule("σ(z) = 1/(1 + e⁻ᶻ)")
def definition_of_sigmoid(expr: Any) -> Any:
    """Write the logistic function out."""
    return rewrite(expr, lambda e: _unfolded(e.args[0]) if isinstance(e, sigmoid) else None)


@rule("1/(1 + e⁻ᶻ) = σ(z)")
def fold_sigmoid(expr: Any) -> Any:
    """Write the logistic function by its name again."""
    return rewrite(expr, _folded)


def _unfolded(z: Any) -> Any:
    return reciprocal(total(1, sp.exp(product(-1, z))))


def _folded(e: Any) -> Any:
    if not isinstance(e, sp.Pow) or e.exp != -1 or not e.base.is_Add:
        return None
    exps = [t for t in e.base.args if isinstance(t, sp.exp)]
    if len(exps) != 1:
        return None
    z = product(-1, exps[0].args[0])
    return sigmoid(z) if e == _unfolded(z) else None
