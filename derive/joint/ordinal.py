"""Ordinal regression, cumulative logits"""

import sympy as sp

from derive.domain import parse_range
from derive.functions import sigmoid
from derive.joint_loss import CUTS, THETA, JointLoss, Short
from derive.symbols import JOINT_RANGES, K, Y, a, b, entry, i, m, raw_prediction, tau

_Z = raw_prediction(i)
_F = sigmoid(entry(tau, a) - _Z)
_D = entry(Y, i, a) - entry(Y, i, a + 1)
_P = entry(Y, i, K - 1) + sp.Sum(_D * _F, (a, 0, K - 2))

LOSS = JointLoss(
    name="ordinal",
    title="Ordinal regression, cumulative logits",
    formula=-sp.Sum(sp.log(_P), (i, 0, m - 1)) / m,
    blocks=(THETA, CUTS),
    data=("y",),
    own={**{name: JOINT_RANGES[name] for name in ("K", "Y")}, "a": parse_range("0..K-2")},
    link="cumulative logit",
    constant_to_optimal_zero="0",
    reference="P. McCullagh, Regression models for ordinal data, J. R. Stat. Soc. B 42 (1980) 109-142",
    description=(
        "Minus the log-likelihood of ordered classes with P(class ≤ a) = σ(τ_a − z), z = Xθ, and increasing cut points "
        "τ; X has no bias column, the cut points are its place. With one-hot Y the sum is that of the class of the "
        "sample: σ at its upper cut point (1 for the last class), less σ at its lower one (0 for the first)."
    ),
    convex=True,
    has_bias=False,
    notation=(
        Short("z", (i,), _Z, "raw prediction for sample i"),
        Short("F", (i, b), sigmoid(entry(tau, b) - _Z), "probability of the classes 0, …, b for sample i"),
        Short("g", (i,), sp.Sum(_D * _F * (1 - _F), (a, 0, K - 2)), "minus the derivative of pᵢ with respect to zᵢ"),
        Short("p", (i,), _P, "probability of the class of sample i"),
    ),
)
