"""With an L2 penalty the log loss is strongly convex in the coefficients that are penalised"""

from derive.theorem import Statement, Theorem

_Z = "sum(X[i, k]*(theta[k] + s*v[k]), k, 0, n - 1)"
_H = f"sigmoid({_Z})"
_SQUARE = "sum(X[i, k]*v[k], k, 0, n - 1)**2"
_PENALTY = "lambda/m*sum(v[k]**2, k, 1, n - 1)"
_CURVATURE = f"sum({_H}*(1 - {_H})*{_SQUARE}, i, 0, m - 1)/m + {_PENALTY}"
_COST = (
    f"sum(-y[i]*log({_H}) - (1 - y[i])*log(1 - {_H}), i, 0, m - 1)/m"
    " + lambda/(2*m)*sum((theta[k] + s*v[k])**2, k, 1, n - 1)"
)

THEOREM = Theorem(
    name="logistic-l2",
    title="With an L2 penalty the log loss is strongly convex in the coefficients that are penalised",
    description="For every data set of any size.",
    domain={"m": "positive integer", "n": "positive integer", "lambda": "positive"},
    symbols={"v": "a direction", "s": "how far to go in that direction"},
    notation={
        "q[i]": ("sum(X[i, k]*(theta[k] + s*v[k]), k, 0, n - 1)", "the raw prediction for sample i at θ + sv"),
        "d[i]": ("sum(X[i, k]*v[k], k, 0, n - 1)", "the entry i of Xv"),
    },
    statements=(
        Statement(
            "curvature",
            "vᵀHv, the second derivative of J along a line θ + sv, is 1/m Σ hᵢ(1 − hᵢ) (Xv)ᵢ² + λ/m Σ_{k≥1} vₖ²",
            "equal",
            (f"diff(diff({_COST}, s), s)", _CURVATURE),
        ),
        Statement(
            "strongly-convex",
            "the first part is nowhere negative, so vᵀHv is at least λ/m Σ_{k≥1} vₖ²: J is "
            "strongly convex with λ/m in all coefficients but the bias, and in "
            "the bias, which has no penalty, strictly convex, as the weights h(1 − h) are positive",
            "nonnegative",
            (f"sum({_H}*(1 - {_H})*{_SQUARE}, i, 0, m - 1)/m",),
        ),
        Statement("weights", "the weights are positive", "positive", ("sigmoid(z)*(1 - sigmoid(z))",)),
    ),
    reference="Y. Nesterov, Lectures on Convex Optimization, Springer 2018, section 2.1.3",
)
