"""Absolute error"""

import sympy as sp

from derive.domain import parse_range
from derive.loss import Kink, Loss
from derive.symbols import h, y, z

LOSS = Loss(
    name="absolute",
    title="Absolute error",
    value=sp.Piecewise((y - h, h < y), (h - y, True), evaluate=False),
    inverse_link=z,
    interval_y_true=parse_range("real"),
    interval_h=parse_range("real"),
    link="identity",
    constant_to_optimal_zero=sp.S.Zero,
    reference=(
        "P. Bloomfield, W. L. Steiger, Least Absolute Deviations: Theory, Applications and Algorithms, Birkhäuser 1983"
    ),
    description=(
        "The absolute residual, whose best constant prediction is a median. Its Hessian is 0 where it has one."
    ),
    kinks=(Kink(y, "the subgradient 1, from the interval [−1, 1]"),),
)
