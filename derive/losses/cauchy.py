"""Cauchy loss"""

from fractions import Fraction

import sympy as sp

from derive.domain import parse_range
from derive.loss import Loss, Parameter
from derive.symbols import c, h, y, z

LOSS = Loss(
    name="cauchy",
    title="Cauchy loss",
    value=c**2 / 2 * sp.log(1 + (h - y) ** 2 / c**2),
    inverse_link=z,
    interval_y_true=parse_range("real"),
    interval_h=parse_range("real"),
    link="identity",
    constant_to_optimal_zero=sp.S.Zero,
    reference=(
        "M. J. Black, P. Anandan, The robust estimation of multiple motions, Comput. Vis. Image Underst. 63 (1996) "
        "75-104"
    ),
    description=("Grows like a logarithm, so that far outliers count little; not convex beyond residuals of size c."),
    parameters=(
        Parameter(c, parse_range("positive"), "scale of the residuals", (Fraction(1), Fraction(1, 4), Fraction(8))),
    ),
    convex=False,
)
