"""Gamma regression, log link"""

import sympy as sp

from derive.domain import parse_range
from derive.loss import Loss
from derive.symbols import h, y, z

LOSS = Loss(
    name="gamma",
    title="Gamma regression, log link",
    value=y / h + sp.log(h),
    inverse_link=sp.exp(z),
    interval_y_true=parse_range("positive"),
    interval_h=parse_range("positive"),
    link="log",
    constant_to_optimal_zero=-1 - sp.log(y),
    reference="P. McCullagh, J. A. Nelder, Generalized Linear Models, 2nd edition, Chapman and Hall 1989, chapter 8",
    description=(
        "Minus the log-likelihood of y > 0 under a gamma distribution of mean h = e^z, divided by its shape; half the"
        " gamma deviance."
    ),
)
