"""Exponential loss"""

import sympy as sp

from derive.domain import parse_range
from derive.loss import Loss
from derive.symbols import h, y, z

LOSS = Loss(
    name="exponential",
    title="Exponential loss",
    value=sp.exp(-y * h),
    inverse_link=z,
    interval_y_true=parse_range("{-1, 1}"),
    interval_h=parse_range("real"),
    link="identity",
    constant_to_optimal_zero=sp.S.Zero,
    reference=(
        "Y. Freund, R. E. Schapire, A decision-theoretic generalization of on-line learning and an application to "
        "boosting, J. Comput. Syst. Sci. 55 (1997) 119-139"
    ),
    description=("The loss that AdaBoost minimises, e^(−yz) of the margin yz, with the labels −1 and 1."),
    best_h=None,
)
