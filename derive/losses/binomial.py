"""Binomial counts, logit link"""

from fractions import Fraction

import sympy as sp

from derive.domain import parse_range
from derive.functions import sigmoid
from derive.loss import Loss, Parameter
from derive.symbols import N, h, y, z

LOSS = Loss(
    name="binomial",
    title="Binomial counts, logit link",
    value=-y * sp.log(h) - (N - y) * sp.log(1 - h),
    inverse_link=sigmoid(z),
    interval_y_true=parse_range("nonnegative"),
    interval_h=parse_range("(0, 1)"),
    link="logit",
    constant_to_optimal_zero=y * sp.log(y / N) + (N - y) * sp.log(1 - y / N),
    reference="P. McCullagh, J. A. Nelder, Generalized Linear Models, 2nd edition, Chapman and Hall 1989, chapter 4",
    description=(
        "Minus the log-likelihood of y successes in N trials, each of probability h = σ(z), without the binomial "
        "coefficient."
    ),
    parameters=(Parameter(N, parse_range("positive"), "number of trials", (Fraction(1000), Fraction(2500))),),
    best_h=y / N,
)
