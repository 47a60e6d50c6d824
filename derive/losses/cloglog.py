"""Complementary log-log regression, log loss"""

import sympy as sp

from derive.domain import parse_range
from derive.functions import cloglog_bend, cloglog_inverse, cloglog_ratio, log_cloglog, scaled_exp
from derive.loss import Loss
from derive.symbols import h, y, z
from derive.theorem import Statement

LOSS = Loss(
    name="cloglog",
    title="Complementary log-log regression, log loss",
    value=-y * sp.log(h) - (1 - y) * sp.log(1 - h),
    inverse_link=cloglog_inverse(z),
    interval_y_true=parse_range("[0, 1]"),
    interval_h=parse_range("(0, 1)"),
    link="cloglog",
    constant_to_optimal_zero=y * sp.log(y) + (1 - y) * sp.log(1 - y),
    reference=(
        "R. A. Fisher, On the mathematical foundations of theoretical statistics, Phil. Trans. R. Soc. A 222 (1922) "
        "309-368"
    ),
    description=(
        "Minus the log-likelihood of y in [0, 1] under the probability h = 1 − e^(−e^z): whether a Poisson count of "
        "mean e^z is positive."
    ),
    computed=(
        ("cost", scaled_exp(1 - y, z) - y * log_cloglog(z)),
        ("gradient", scaled_exp(1 - y, z) - y * cloglog_ratio(z)),
        ("hessian", scaled_exp(1 - y, z) + y * cloglog_bend(z)),
    ),
    convex_by=True,
    statements=(
        Statement(
            "curvature",
            "∂²ℓ/∂z² is (1 − y)u + y·u((u − 1)e^u + 1)/(e^u − 1)², with u = e^z",
            "equal",
            (
                "diff(diff((1 - y)*exp(z) - y*log(1 - exp(-exp(z))), z), z)",
                "(1 - y)*exp(z) + y*exp(z)*((exp(z) - 1)*exp(exp(z)) + 1)/(exp(exp(z)) - 1)**2",
            ),
        ),
        Statement(
            "convex-in-z",
            "which is positive for all u > 0: ℓ is convex in z",
            "positive",
            ("(1 - y)*u + y*u*((u - 1)*exp(u) + 1)/(exp(u) - 1)**2",),
            {"u": "positive"},
        ),
    ),
)
