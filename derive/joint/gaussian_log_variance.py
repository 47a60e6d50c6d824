"""Gaussian regression with a log-variance of its own"""

import sympy as sp

from derive.domain import REAL
from derive.joint_loss import ETA, THETA, JointLoss, Short
from derive.symbols import entry, eta, i, k, m, raw_prediction, y_vector

_Z, _U = raw_prediction(i), raw_prediction(i, k, eta)

LOSS = JointLoss(
    name="gaussian-log-variance",
    title="Gaussian regression with a log-variance of its own",
    formula=sp.Sum(_U / 2 + (_Z - entry(y_vector, i)) ** 2 * sp.exp(-_U) / 2, (i, 0, m - 1)) / m,
    blocks=(THETA, ETA),
    data=("y",),
    own={"y": REAL},
    link="identity, log",
    constant_to_optimal_zero="log(2π)/2",
    reference="D. A. Nix, A. S. Weigend, Estimating the mean and variance of the target distribution, ICNN 1994",
    description=(
        "Minus the log-likelihood of y under a normal distribution of mean z = Xθ and variance e^u, u = Xη, without "
        "the term ½ ln 2π; for every m and n."
    ),
    convex=False,
    notation=(
        Short("z", (i,), _Z, "mean for sample i"),
        Short("u", (i,), _U, "log-variance for sample i"),
    ),
)
