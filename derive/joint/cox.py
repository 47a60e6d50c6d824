"""Cox's partial likelihood, ties by Breslow"""

import sympy as sp

from derive.joint_loss import THETA, JointLoss, Short
from derive.symbols import JOINT_RANGES, R, e_vector, entry, i, m, r, raw_prediction

_RISK = sp.Sum(entry(R, i, r) * sp.exp(raw_prediction(r)), (r, 0, m - 1))

LOSS = JointLoss(
    name="cox",
    title="Cox's partial likelihood, ties by Breslow",
    formula=sp.Sum(entry(e_vector, i) * (sp.log(_RISK) - raw_prediction(i)), (i, 0, m - 1)) / m,
    blocks=(THETA,),
    data=("time", "event"),
    own={name: JOINT_RANGES[name] for name in ("e", "R")},
    link="log",
    constant_to_optimal_zero="0",
    reference="D. R. Cox, Regression models and life-tables, J. R. Stat. Soc. B 34 (1972) 187-220",
    description=(
        "Minus the logarithm of the partial likelihood, by Breslow for ties, divided by m: each event is compared with "
        "all samples that are still at risk. X has no bias column, which would cancel. What is proved holds whatever R "
        "is; R[i, r] = 1 where tᵣ ≥ tᵢ makes it the risk sets of the times t."
    ),
    convex=True,
    has_bias=False,
    notation=(
        Short("z", (i,), raw_prediction(i), "raw prediction for sample i"),
        Short("S", (i,), _RISK, "sum of the hazards of those at risk at the time of sample i"),
    ),
)
