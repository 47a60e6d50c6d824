"""Gamma regression, inverse link"""

import sympy as sp

from derive.domain import parse_range
from derive.loss import Loss
from derive.symbols import h, y, z

LOSS = Loss(
    name="gamma-inverse",
    title="Gamma regression, inverse link",
    value=y / h + sp.log(h),
    inverse_link=sp.Pow(z, -1),
    interval_y_true=parse_range("positive"),
    interval_h=parse_range("positive"),
    link="inverse",
    constant_to_optimal_zero=-1 - sp.log(y),
    reference="P. McCullagh, J. A. Nelder, Generalized Linear Models, 2nd edition, Chapman and Hall 1989, section 8.4",
    description=("The gamma loss with its canonical link up to sign, h = 1/z: every raw prediction must be positive."),
    interval_z=parse_range("positive"),
)
