"""Probit regression, log loss"""

import sympy as sp

from derive.domain import parse_range
from derive.functions import log_normcdf, mills, mills_above, normcdf
from derive.loss import Loss
from derive.symbols import h, y, z
from derive.theorem import Statement

LOSS = Loss(
    name="probit",
    title="Probit regression, log loss",
    value=-y * sp.log(h) - (1 - y) * sp.log(1 - h),
    inverse_link=normcdf(z),
    interval_y_true=parse_range("[0, 1]"),
    interval_h=parse_range("(0, 1)"),
    link="probit",
    constant_to_optimal_zero=y * sp.log(y) + (1 - y) * sp.log(1 - y),
    reference="C. I. Bliss, The method of probits, Science 79 (1934) 38-39",
    description=(
        "Minus the log-likelihood of y in [0, 1] under the probability h = Φ(z), the normal distribution function."
    ),
    multiply_out=False,
    computed=(
        ("cost", -y * log_normcdf(z) - (1 - y) * log_normcdf(-z)),
        ("gradient", (1 - y) * mills(-z) - y * mills(z)),
        ("hessian", y * mills(z) * mills_above(z) + (1 - y) * mills(-z) * mills_above(-z)),
    ),
    statements=(
        Statement(
            "curvature",
            "∂²ℓ/∂z² is y·r(z)(z + r(z)) + (1 − y)·r(−z)(r(−z) − z), with r = φ/Φ > 0",
            "equal",
            (
                "diff(diff(-y*log(normcdf(z)) - (1 - y)*log(1 - normcdf(z)), z), z)",
                "y*normpdf(z)/normcdf(z)*(z + normpdf(z)/normcdf(z))"
                " + (1 - y)*normpdf(z)/normcdf(-z)*(normpdf(z)/normcdf(-z) - z)",
            ),
        ),
    ),
)
