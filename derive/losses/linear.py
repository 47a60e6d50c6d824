"""Linear regression, squared error"""

import sympy as sp

from derive.domain import parse_range
from derive.loss import Loss
from derive.symbols import h, y, z

LOSS = Loss(
    name="linear",
    title="Linear regression, squared error",
    value=(h - y) ** 2 / 2,
    inverse_link=z,
    interval_y_true=parse_range("real"),
    interval_h=parse_range("real"),
    link="identity",
    constant_to_optimal_zero=sp.S.Zero,
    reference="A. M. Legendre, Nouvelles méthodes pour la détermination des orbites des comètes, 1805, appendix",
    description="Half the squared distance between the prediction h = z and the target; convex in the parameters.",
)
