"""Logistic regression, log loss with label smoothing"""

from fractions import Fraction

import sympy as sp

from derive.domain import parse_range
from derive.functions import sigmoid
from derive.loss import Loss, Parameter
from derive.symbols import epsilon, h, y, z

LOSS = Loss(
    name="logistic-smoothed",
    title="Logistic regression, log loss with label smoothing",
    value=-((1 - epsilon) * y + epsilon / 2) * sp.log(h) - (1 - (1 - epsilon) * y - epsilon / 2) * sp.log(1 - h),
    inverse_link=sigmoid(z),
    interval_y_true=parse_range("{0, 1}"),
    interval_h=parse_range("(0, 1)"),
    link="logit",
    constant_to_optimal_zero=sp.S.Zero,
    reference=(
        "C. Szegedy, V. Vanhoucke, S. Ioffe, J. Shlens, Z. Wojna, Rethinking the Inception architecture for computer "
        "vision, CVPR 2016"
    ),
    description=(
        "The log loss with the target (1 − ε)y + ε/2 in place of y, so that no prediction is rewarded for being "
        "certain."
    ),
    parameters=(
        Parameter(
            epsilon,
            parse_range("(0, 1)"),
            "how much of the target is spread over both classes",
            (Fraction(1, 10), Fraction(1, 2)),
        ),
    ),
    best_h=None,
)
