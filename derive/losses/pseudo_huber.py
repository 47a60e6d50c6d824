"""Pseudo-Huber loss"""

from fractions import Fraction

import sympy as sp

from derive.domain import parse_range
from derive.functions import sqrt1pm1
from derive.loss import Loss, Parameter
from derive.symbols import delta, h, y, z

LOSS = Loss(
    name="pseudo-huber",
    title="Pseudo-Huber loss",
    value=delta**2 * (sp.sqrt(1 + (h - y) ** 2 / delta**2) - 1),
    inverse_link=z,
    interval_y_true=parse_range("real"),
    interval_h=parse_range("real"),
    link="identity",
    constant_to_optimal_zero=sp.S.Zero,
    reference=(
        "P. Charbonnier, L. Blanc-Féraud, G. Aubert, M. Barlaud, Deterministic edge-preserving regularization in "
        "computed imaging, IEEE Trans. Image Process. 6 (1997) 298-311"
    ),
    description=(
        "Smooth everywhere: half the squared residual where it is small against δ, δ times the absolute residual "
        "where it is large."
    ),
    parameters=(
        Parameter(
            delta,
            parse_range("positive"),
            "residual at which the loss turns from a parabola to a line",
            (Fraction(1), Fraction(1, 4), Fraction(8)),
        ),
    ),
    computed=(("cost", delta**2 * sqrt1pm1((z - y) ** 2 / delta**2)),),
)
