"""Poisson regression, log link"""

import sympy as sp

from derive.domain import parse_range
from derive.loss import Loss
from derive.symbols import h, y, z

LOSS = Loss(
    name="poisson",
    title="Poisson regression, log link",
    value=h - y * sp.log(h),
    inverse_link=sp.exp(z),
    interval_y_true=parse_range("nonnegative"),
    interval_h=parse_range("positive"),
    link="log",
    constant_to_optimal_zero=y * sp.log(y) - y,
    reference="J. A. Nelder, R. W. M. Wedderburn, Generalized linear models, J. R. Stat. Soc. A 135 (1972) 370-384",
    description=(
        "Minus the log-likelihood of a count y under the mean h = e^z, without the term log y!; half the Poisson "
        "deviance."
    ),
)
