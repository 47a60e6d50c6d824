"""Logistic regression, log loss with a weight for y = 1"""

from fractions import Fraction

import sympy as sp

from derive.domain import parse_range
from derive.functions import sigmoid
from derive.loss import Loss, Parameter
from derive.symbols import alpha, h, y, z

LOSS = Loss(
    name="logistic-pos-weight",
    title="Logistic regression, log loss with a weight for y = 1",
    value=-alpha * y * sp.log(h) - (1 - y) * sp.log(1 - h),
    inverse_link=sigmoid(z),
    interval_y_true=parse_range("{0, 1}"),
    interval_h=parse_range("(0, 1)"),
    link="logit",
    constant_to_optimal_zero=sp.S.Zero,
    reference="G. King, L. Zeng, Logistic regression in rare events data, Political Analysis 9 (2001) 137-163",
    description=("The log loss in which each sample with y = 1 counts α times."),
    parameters=(
        Parameter(alpha, parse_range("positive"), "weight of the samples with y = 1", (Fraction(3), Fraction(1, 10))),
    ),
    best_h=None,
    multiply_out=False,
)
