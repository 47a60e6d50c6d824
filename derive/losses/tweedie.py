"""Tweedie regression, log link"""

from fractions import Fraction

import sympy as sp

from derive.domain import parse_range
from derive.functions import scaled_exp
from derive.loss import Loss, Parameter
from derive.symbols import h, p, y, z

LOSS = Loss(
    name="tweedie",
    title="Tweedie regression, log link",
    value=h ** (2 - p) / (2 - p) - y * h ** (1 - p) / (1 - p),
    inverse_link=sp.exp(z),
    interval_y_true=parse_range("nonnegative"),
    interval_h=parse_range("positive"),
    link="log",
    constant_to_optimal_zero=y ** (2 - p) / ((1 - p) * (2 - p)),
    reference="B. Jørgensen, Exponential dispersion models, J. R. Stat. Soc. B 49 (1987) 127-162",
    description=(
        "Half the deviance of the compound Poisson-gamma distributions with variance proportional to h^p, 1 < p < 2. "
        "At p = 1 and p = 2 the formula is 0/0 once the terms in y alone are added; the limits are the Poisson and "
        "the gamma loss."
    ),
    parameters=(
        Parameter(
            p,
            parse_range("(1, 2)"),
            "power of the variance function",
            (Fraction(3, 2), Fraction(11, 10), Fraction(19, 10)),
        ),
    ),
    computed=(
        ("cost", sp.exp((2 - p) * z) / (2 - p) + scaled_exp(y, (1 - p) * z) / (p - 1)),
        ("gradient", sp.exp((2 - p) * z) - scaled_exp(y, (1 - p) * z)),
        ("hessian", (2 - p) * sp.exp((2 - p) * z) + (p - 1) * scaled_exp(y, (1 - p) * z)),
    ),
)
