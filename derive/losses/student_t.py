"""Student t regression"""

from fractions import Fraction

import sympy as sp

from derive.domain import parse_range
from derive.loss import Loss, Parameter
from derive.symbols import h, nu, y, z

LOSS = Loss(
    name="student-t",
    title="Student t regression",
    value=(nu + 1) / 2 * sp.log(1 + (h - y) ** 2 / nu),
    inverse_link=z,
    interval_y_true=parse_range("real"),
    interval_h=parse_range("real"),
    link="identity",
    constant_to_optimal_zero=sp.S.Zero,
    reference=(
        "K. L. Lange, R. J. A. Little, J. M. G. Taylor, Robust statistical modeling using the t distribution, J. Am. "
        "Stat. Assoc. 84 (1989) 881-896"
    ),
    description=(
        "Minus the log-likelihood of y under a t distribution around z with ν degrees of freedom and scale 1; not "
        "convex where the squared residual exceeds ν."
    ),
    parameters=(
        Parameter(nu, parse_range("positive"), "degrees of freedom", (Fraction(4), Fraction(1), Fraction(30))),
    ),
    convex=False,
    multiply_out=False,
)
