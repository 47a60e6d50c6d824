"""Hinge loss"""

import sympy as sp

from derive.domain import parse_range
from derive.loss import Kink, Loss
from derive.symbols import h, y, z

LOSS = Loss(
    name="hinge",
    title="Hinge loss",
    value=sp.Piecewise((1 - y * h, y * h < 1), (0, True), evaluate=False),
    inverse_link=z,
    interval_y_true=parse_range("{-1, 1}"),
    interval_h=parse_range("real"),
    link="identity",
    constant_to_optimal_zero=sp.S.Zero,
    reference="C. Cortes, V. Vapnik, Support-vector networks, Mach. Learn. 20 (1995) 273-297",
    description=(
        "The loss of the support vector machine, max(0, 1 − yz), with the labels −1 and 1. Linear between its kinks, "
        "so its Hessian is 0 where it has one."
    ),
    best_h=y,
    kinks=(Kink(1 / y, "the subgradient 0, from the interval between −y and 0"),),
)
