"""Log-cosh loss"""

import sympy as sp

from derive.domain import parse_range
from derive.loss import Loss
from derive.symbols import h, y, z

LOSS = Loss(
    name="log-cosh",
    title="Log-cosh loss",
    value=sp.log(sp.cosh(h - y)),
    inverse_link=z,
    interval_y_true=parse_range("real"),
    interval_h=parse_range("real"),
    link="identity",
    constant_to_optimal_zero=sp.S.Zero,
    reference=(
        "P. J. Green, Bayesian reconstructions from emission tomography data using a modified EM algorithm, IEEE "
        "Trans. Med. Imaging 9 (1990) 84-93"
    ),
    description=(
        "The logarithm of the hyperbolic cosine of the residual: smooth, half its square where it is small, its "
        "absolute value less ln 2 where it is large."
    ),
    computed=(("hessian", 1 / sp.cosh(z - y) ** 2),),
)
