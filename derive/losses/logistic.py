"""Logistic regression, log loss"""

import sympy as sp

from derive.domain import parse_range
from derive.functions import sigmoid
from derive.loss import Loss
from derive.symbols import h, y, z

LOSS = Loss(
    name="logistic",
    title="Logistic regression, log loss",
    value=-y * sp.log(h) - (1 - y) * sp.log(1 - h),
    inverse_link=sigmoid(z),
    interval_y_true=parse_range("[0, 1]"),
    interval_h=parse_range("(0, 1)"),
    link="logit",
    # the entropy of the target; where y is 0 or 1 it is 0, the limit of y log y
    constant_to_optimal_zero=y * sp.log(y) + (1 - y) * sp.log(1 - y),
    reference="D. R. Cox, The regression analysis of binary sequences, J. R. Stat. Soc. B 20 (1958) 215-242",
    description="Minus the log-likelihood of y in [0, 1] under the probability h = σ(z); convex in the parameters.",
)
