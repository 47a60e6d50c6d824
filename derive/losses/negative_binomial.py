"""Negative binomial regression, log link"""

from fractions import Fraction

import sympy as sp

from derive.domain import parse_range
from derive.loss import Loss, Parameter
from derive.symbols import alpha, h, y, z

LOSS = Loss(
    name="negative-binomial",
    title="Negative binomial regression, log link",
    value=(y + 1 / alpha) * sp.log(1 + alpha * h) - y * sp.log(h),
    inverse_link=sp.exp(z),
    interval_y_true=parse_range("nonnegative"),
    interval_h=parse_range("positive"),
    link="log",
    constant_to_optimal_zero=y * sp.log(y) - (y + 1 / alpha) * sp.log(1 + alpha * y),
    reference="J. F. Lawless, Negative binomial and mixed Poisson regression, Can. J. Stat. 15 (1987) 209-225",
    description=(
        "Minus the log-likelihood of a count y of mean h = e^z and variance h + αh², for a given α, without the terms"
        " in y and α alone."
    ),
    parameters=(
        Parameter(
            alpha,
            parse_range("positive"),
            "dispersion: the variance is h + αh²",
            (Fraction(1), Fraction(1, 4), Fraction(3)),
        ),
    ),
)
