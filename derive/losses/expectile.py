"""Expectile loss"""

from fractions import Fraction

import sympy as sp

from derive.domain import parse_range
from derive.loss import Kink, Loss, Parameter
from derive.symbols import h, q, y, z
from derive.theorem import Statement

LOSS = Loss(
    name="expectile",
    title="Expectile loss",
    value=sp.Piecewise((q * (h - y) ** 2, h < y), ((1 - q) * (h - y) ** 2, True), evaluate=False),
    inverse_link=z,
    interval_y_true=parse_range("real"),
    interval_h=parse_range("real"),
    link="identity",
    constant_to_optimal_zero=sp.S.Zero,
    reference=(
        "W. K. Newey, J. L. Powell, Asymmetric least squares estimation and testing, Econometrica 55 (1987) 819-847"
    ),
    description=(
        "The squared residual, q times where z is below y and 1 − q times where it is above: the best constant "
        "prediction is a q-expectile."
    ),
    parameters=(
        Parameter(
            q,
            parse_range("(0, 1)"),
            "expectile that is estimated",
            (Fraction(1, 2), Fraction(1, 10), Fraction(99, 100)),
        ),
    ),
    kinks=(Kink(y, "the second derivative jumps from 2q to 2(1 − q), and 2(1 − q) is taken"),),
    convex_by=True,
    statements=(
        Statement(
            "convex-in-z",
            "half the gradient, a·r for residuals r = z − y < 0 and b·r for others with any a, b > 0, does not fall as "
            "r grows by v: ℓ is convex in z, with a = q and b = 1 − q",
            "nonnegative",
            ("where(r + v < 0, a, b)*(r + v) - where(r < 0, a, b)*r",),
            {"a": "positive", "b": "positive", "v": "positive"},
        ),
    ),
)
