"""Tukey's biweight loss"""

from fractions import Fraction

import sympy as sp

from derive.domain import parse_range
from derive.loss import Loss, Parameter
from derive.symbols import c, h, y, z

LOSS = Loss(
    name="tukey",
    title="Tukey's biweight loss",
    value=sp.Piecewise(
        ((h - y) ** 2 / 2 - (h - y) ** 4 / (2 * c**2) + (h - y) ** 6 / (6 * c**4), sp.Abs(h - y) <= c),
        (c**2 / 6, True),
        evaluate=False,
    ),
    inverse_link=z,
    interval_y_true=parse_range("real"),
    interval_h=parse_range("real"),
    link="identity",
    constant_to_optimal_zero=sp.S.Zero,
    reference=(
        "A. E. Beaton, J. W. Tukey, The fitting of power series, meaning polynomials, illustrated on "
        "band-spectroscopic data, Technometrics 16 (1974) 147-185"
    ),
    description=(
        "c²/6·(1 − (1 − r²/c²)³) of the residual r = z − y up to c, then constant: far outliers count nothing. Twice "
        "differentiable; not convex beyond residuals of c/√5."
    ),
    parameters=(
        Parameter(
            c, parse_range("positive"), "residual from which on the loss is constant", (Fraction(4), Fraction(1, 2))
        ),
    ),
    convex=False,
)
