"""Squared hinge loss"""

import sympy as sp

from derive.domain import parse_range
from derive.loss import Kink, Loss
from derive.symbols import h, y, z

LOSS = Loss(
    name="squared-hinge",
    title="Squared hinge loss",
    value=sp.Piecewise(((1 - y * h) ** 2, y * h < 1), (0, True), evaluate=False),
    inverse_link=z,
    interval_y_true=parse_range("{-1, 1}"),
    interval_h=parse_range("real"),
    link="identity",
    constant_to_optimal_zero=sp.S.Zero,
    reference=(
        "R.-E. Fan, K.-W. Chang, C.-J. Hsieh, X.-R. Wang, C.-J. Lin, LIBLINEAR: a library for large linear "
        "classification, J. Mach. Learn. Res. 9 (2008) 1871-1874"
    ),
    description=(
        "max(0, 1 − yz)², with the labels −1 and 1. It has a gradient everywhere; at yz = 1 the second derivative "
        "jumps from 2 to 0."
    ),
    kinks=(Kink(1 / y, "the second derivative jumps from 2 to 0, and 0 is taken"),),
)
