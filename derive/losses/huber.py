"""Huber loss"""

from fractions import Fraction

import sympy as sp

from derive.domain import parse_range
from derive.loss import Kink, Loss, Parameter
from derive.symbols import delta, h, y, z

LOSS = Loss(
    name="huber",
    title="Huber loss",
    value=sp.Piecewise(
        (-delta * (h - y) - delta**2 / 2, h - y < -delta),
        ((h - y) ** 2 / 2, h - y <= delta),
        (delta * (h - y) - delta**2 / 2, True),
        evaluate=False,
    ),
    inverse_link=z,
    interval_y_true=parse_range("real"),
    interval_h=parse_range("real"),
    link="identity",
    constant_to_optimal_zero=sp.S.Zero,
    reference="P. J. Huber, Robust estimation of a location parameter, Ann. Math. Stat. 35 (1964) 73-101",
    description=(
        "Half the squared residual up to δ, then δ times the absolute residual. It has a gradient everywhere; at |z −"
        " y| = δ the second derivative jumps from 1 to 0."
    ),
    parameters=(
        Parameter(
            delta,
            parse_range("positive"),
            "residual at which the loss turns from a parabola to a line",
            (Fraction(1), Fraction(1, 4), Fraction(8)),
        ),
    ),
    kinks=(
        Kink(y - delta, "the second derivative jumps from 0 to 1, and 1 is taken"),
        Kink(y + delta, "the second derivative jumps from 1 to 0, and 1 is taken"),
    ),
)
