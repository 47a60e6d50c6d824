"""Inverse Gaussian regression, log link"""

import sympy as sp

from derive.domain import parse_range
from derive.loss import Loss
from derive.symbols import h, y, z

LOSS = Loss(
    name="inverse-gaussian",
    title="Inverse Gaussian regression, log link",
    value=(h - y) ** 2 / (2 * y * h**2),
    inverse_link=sp.exp(z),
    interval_y_true=parse_range("positive"),
    interval_h=parse_range("positive"),
    link="log",
    constant_to_optimal_zero=sp.S.Zero,
    reference=(
        "M. C. K. Tweedie, Statistical properties of inverse Gaussian distributions, Ann. Math. Stat. 28 (1957) 362-377"
    ),
    description=(
        "Minus the log-likelihood of y > 0 under an inverse Gaussian distribution of mean h = e^z, divided by its "
        "shape; half the deviance. Convex only where h ≤ 2y."
    ),
    convex=False,
)
