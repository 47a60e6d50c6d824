"""Quantile loss (pinball loss)"""

from fractions import Fraction

import sympy as sp

from derive.domain import parse_range
from derive.loss import Kink, Loss, Parameter
from derive.symbols import h, q, y, z

LOSS = Loss(
    name="quantile",
    title="Quantile loss (pinball loss)",
    value=sp.Piecewise((q * (y - h), h < y), ((1 - q) * (h - y), True), evaluate=False),
    inverse_link=z,
    interval_y_true=parse_range("real"),
    interval_h=parse_range("real"),
    link="identity",
    constant_to_optimal_zero=sp.S.Zero,
    reference="R. Koenker, G. Bassett, Regression quantiles, Econometrica 46 (1978) 33-50",
    description=(
        "q times the residual where z is below y, 1 − q times where it is above: the best constant prediction is a "
        "q-quantile. Its Hessian is 0 where it has one."
    ),
    parameters=(
        Parameter(
            q, parse_range("(0, 1)"), "quantile that is estimated", (Fraction(1, 2), Fraction(1, 10), Fraction(99, 100))
        ),
    ),
    kinks=(Kink(y, "the subgradient 1 − q, from the interval [−q, 1 − q]"),),
)
