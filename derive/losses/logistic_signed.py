"""Logistic regression, log loss, labels −1 and 1"""

import sympy as sp

from derive.domain import parse_range
from derive.loss import Loss
from derive.symbols import h, y, z
from derive.theorem import Statement

LOSS = Loss(
    name="logistic-signed",
    title="Logistic regression, log loss, labels −1 and 1",
    value=sp.log(1 + sp.exp(-y * h)),
    inverse_link=z,
    interval_y_true=parse_range("{-1, 1}"),
    interval_h=parse_range("real"),
    link="identity",
    constant_to_optimal_zero=sp.S.Zero,
    reference=(
        "T. Hastie, R. Tibshirani, J. Friedman, The Elements of Statistical Learning, 2nd edition, Springer 2009, "
        "section 10.5"
    ),
    description=(
        "The log loss as a function of the margin yz, with the labels −1 and 1; the same function as with the labels "
        "0 and 1."
    ),
    best_h=None,
    statements=(
        Statement(
            "same-function",
            "with the label 2y − 1 in place of y ∈ {0, 1} it is the log loss",
            "equal",
            ("log(1 + exp(-(2*y - 1)*z))", "-y*log(sigmoid(z)) - (1 - y)*log(1 - sigmoid(z))"),
            {"y": "{0, 1}"},
        ),
    ),
)
