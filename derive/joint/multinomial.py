"""Multinomial logistic regression, one-hot targets"""

import sympy as sp

from derive.domain import parse_range
from derive.joint_loss import CLASSES, JointLoss, Short
from derive.symbols import JOINT_RANGES, K, Theta, Y, a, class_c, entry, i, m, raw_prediction
from derive.symbols import k as feature

_Z = raw_prediction(i, feature, Theta, a)
_ZC = raw_prediction(i, feature, Theta, class_c)
_S = sp.Sum(sp.exp(_Z), (a, 0, K - 1))
_SAMPLE = sp.log(_S) - sp.Sum(entry(Y, i, a) * _Z, (a, 0, K - 1))

LOSS = JointLoss(
    name="multinomial",
    title="Multinomial logistic regression, one-hot targets",
    formula=sp.Sum(_SAMPLE, (i, 0, m - 1)) / m,
    blocks=(CLASSES,),
    data=("Y",),
    own={**{name: JOINT_RANGES[name] for name in ("K", "Y")}, "a": parse_range("0..K-1")},
    link="softmax",
    constant_to_optimal_zero="0",
    reference=(
        "D. McFadden, Conditional logit analysis of qualitative choice behavior, in Frontiers in Econometrics, 1974"
    ),
    description=(
        "Minus the log-likelihood of one-hot targets under the probabilities of softmax, with a column of parameters "
        "for each of K classes; for every m, n and K."
    ),
    convex=True,
    notation=(
        Short("z", (i, class_c), _ZC, "raw prediction for sample i and class c"),
        Short("S", (i,), _S, "normaliser of sample i"),
        Short("P", (i, class_c), sp.exp(_ZC) / _S, "probability of class c for sample i"),
    ),
)
