"""Beta regression, logit link"""

from fractions import Fraction

import sympy as sp

from derive.domain import parse_range
from derive.functions import sigmoid, softplus
from derive.loss import Loss, Parameter
from derive.symbols import h, phi, y, z

#: ψ(1 + φh) − ψ(1 + φ(1 − h)) − logit y: ψ(x) without its pole, as ψ(1 + x) − 1/x
_SCORE = sp.polygamma(0, 1 + phi * sigmoid(z)) - sp.polygamma(0, 1 + phi * sigmoid(-z)) + sp.log(1 - y) - sp.log(y)

LOSS = Loss(
    name="beta",
    title="Beta regression, logit link",
    value=sp.loggamma(phi * h)
    + sp.loggamma(phi * (1 - h))
    - (phi * h - 1) * sp.log(y)
    - (phi * (1 - h) - 1) * sp.log(1 - y),
    inverse_link=sigmoid(z),
    interval_y_true=parse_range("(0, 1)"),
    interval_h=parse_range("(0, 1)"),
    link="logit",
    constant_to_optimal_zero=sp.S.Zero,
    reference=(
        "S. Ferrari, F. Cribari-Neto, Beta regression for modelling rates and proportions, J. Appl. Stat. 31 (2004) "
        "799-815"
    ),
    description=(
        "Minus the log-likelihood of y in (0, 1) under a beta distribution of mean h = σ(z) and precision φ, without "
        "the term log Γ(φ)."
    ),
    parameters=(
        Parameter(
            phi,
            parse_range("positive"),
            "precision: the variance is h(1 − h)/(1 + φ)",
            (Fraction(5), Fraction(1, 2), Fraction(40)),
        ),
    ),
    multiply_out=False,
    best_h=None,
    convex=False,
    computed=(
        (
            "cost",
            sp.loggamma(1 + phi * sigmoid(z))
            + sp.loggamma(1 + phi * sigmoid(-z))
            + softplus(z)
            + softplus(-z)
            - 2 * sp.log(phi)
            - (phi * sigmoid(z) - 1) * sp.log(y)
            - (phi * sigmoid(-z) - 1) * sp.log(1 - y),
        ),
        ("gradient", phi * sigmoid(z) * sigmoid(-z) * _SCORE + sp.tanh(z / 2)),
        (
            "hessian",
            sigmoid(z)
            * sigmoid(-z)
            * (
                2
                - phi * sp.tanh(z / 2) * _SCORE
                + phi**2
                * sigmoid(z)
                * sigmoid(-z)
                * (sp.polygamma(1, 1 + phi * sigmoid(z)) + sp.polygamma(1, 1 + phi * sigmoid(-z)))
            ),
        ),
    ),
)
