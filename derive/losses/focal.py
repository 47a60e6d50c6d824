"""Focal loss"""

from fractions import Fraction

import sympy as sp

from derive.domain import parse_range
from derive.functions import sigmoid
from derive.loss import Loss, Parameter
from derive.symbols import alpha, gamma, h, y, z

LOSS = Loss(
    name="focal",
    title="Focal loss",
    value=-alpha * y * (1 - h) ** gamma * sp.log(h) - (1 - alpha) * (1 - y) * h**gamma * sp.log(1 - h),
    inverse_link=sigmoid(z),
    interval_y_true=parse_range("{0, 1}"),
    interval_h=parse_range("(0, 1)"),
    link="logit",
    constant_to_optimal_zero=sp.S.Zero,
    reference="T.-Y. Lin, P. Goyal, R. Girshick, K. He, P. Dollár, Focal loss for dense object detection, ICCV 2017",
    description=(
        "The log loss with less weight on what is predicted well: (1 − h)^γ for y = 1, h^γ for y = 0, and α against 1"
        " − α between the classes. Not convex for γ > 0."
    ),
    parameters=(
        Parameter(alpha, parse_range("(0, 1)"), "weight of the samples with y = 1", (Fraction(1, 4), Fraction(1, 2))),
        Parameter(
            gamma,
            parse_range("positive"),
            "how much less well predicted samples count",
            (Fraction(2), Fraction(1, 2), Fraction(5)),
        ),
    ),
    multiply_out=False,
    best_h=None,
    convex=False,
)
