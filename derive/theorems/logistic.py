"""The log loss of logistic regression is convex, and its gradient is Lipschitz with ‖X‖²/(4m)"""

from derive.theorem import Statement, Theorem

_Z = "sum(X[i, k]*(theta[k] + s*v[k]), k, 0, n - 1)"
_H = f"sigmoid({_Z})"
_SQUARE = "sum(X[i, k]*v[k], k, 0, n - 1)**2"
_CURVATURE = f"sum({_H}*(1 - {_H})*{_SQUARE}, i, 0, m - 1)/m"
_GAP = f"sum(({_H} - 1/2)**2*{_SQUARE}, i, 0, m - 1)/m"

THEOREM = Theorem(
    name="logistic",
    title="The log loss is convex, and its gradient is Lipschitz with ‖X‖²/(4m)",
    description="For every data set of any size.",
    domain={"m": "positive integer", "n": "positive integer"},
    symbols={"v": "a direction", "s": "how far to go in that direction"},
    notation={
        "q[i]": ("sum(X[i, k]*(theta[k] + s*v[k]), k, 0, n - 1)", "the raw prediction for sample i at θ + sv"),
        "d[i]": ("sum(X[i, k]*v[k], k, 0, n - 1)", "the entry i of Xv"),
    },
    statements=(
        Statement(
            "curvature",
            "vᵀHv, the second derivative of J along a line θ + sv, is 1/m Σ hᵢ(1 − hᵢ) (Xv)ᵢ²",
            "equal",
            (f"diff(diff(sum(-y[i]*log({_H}) - (1 - y[i])*log(1 - {_H}), i, 0, m - 1)/m, s), s)", _CURVATURE),
        ),
        Statement("convex", "which is nowhere negative: J is convex", "nonnegative", (_CURVATURE,)),
        Statement(
            "weights",
            "every weight h(1 − h) is positive, so the sum is 0 only where Xv = 0: J is strictly convex if and only if "
            "the columns of X are linearly independent",
            "positive",
            ("sigmoid(z)*(1 - sigmoid(z))",),
        ),
        Statement(
            "largest-weight",
            "and no weight is more than ¼: what is missing is a square",
            "equal",
            ("1/4 - sigmoid(z)*(1 - sigmoid(z))", "(sigmoid(z) - 1/2)**2"),
        ),
        Statement(
            "gap",
            "so ‖Xv‖²/(4m) is more than the second derivative by a sum of squares",
            "equal",
            (f"sum({_SQUARE}, i, 0, m - 1)/(4*m) - {_CURVATURE}", _GAP),
        ),
        Statement(
            "lipschitz",
            "hence vᵀHv ≤ ‖Xv‖²/(4m) ≤ ‖X‖²/(4m) ‖v‖², where ‖X‖ is the largest singular value: the gradient is "
            "Lipschitz with ‖X‖²/(4m), and gradient descent with α = 4m/‖X‖² never goes up",
            "nonnegative",
            (_GAP,),
        ),
        Statement(
            "no-smaller-constant",
            "no smaller constant will do: at z = 0 the weight is ¼",
            "equal",
            ("sigmoid(z)*(1 - sigmoid(z))", "1/4"),
            {"z": "{0}"},
        ),
    ),
    reference="S. Boyd, L. Vandenberghe, Convex Optimization, Cambridge 2004, section 7.1.1; Y. Nesterov, Lectures on "
    "Convex Optimization, Springer 2018, theorem 2.1.14",
)
