"""The log loss of logistic regression is convex, and its gradient is Lipschitz with ‖X‖²/(4m)"""

from derive.theorem import Statement, Theorem

_Z = "sum(X[i, k]*(theta[k] + s*v[k]), k, 0, n - 1)"
_H = f"sigmoid({_Z})"
_SQUARE = "sum(X[i, k]*v[k], k, 0, n - 1)**2"
_CURVATURE = f"sum({_H}*(1 - {_H})*{_SQUARE}, i, 0, m - 1)/m"
_SUMMAND = f"{_H}*(1 - {_H})*{_SQUARE}"
_ONE = _SUMMAND.replace("X[i", "X[r")
_GAP = f"sum(({_H} - 1/2)**2*{_SQUARE}, i, 0, m - 1)/m"

THEOREM = Theorem(
    name="logistic",
    title="The log loss is convex, and its gradient is Lipschitz with ‖X‖²/(4m)",
    description="For every data set of any size.",
    domain={"m": "positive integer", "n": "positive integer"},
    symbols={
        "v": "a direction",
        "s": "how far to go in that direction",
        "r": "index of one sample",
        "u": "the entry of Xv for one sample",
        "a": "weights of the other samples",
        "x": "a feature of the first of two samples",
        "t": "raw prediction of the second of two samples",
    },
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
        Statement("weights", "every weight h(1 − h) is positive", "positive", ("sigmoid(z)*(1 - sigmoid(z))",)),
        Statement(
            "one-sample",
            "take one sample r out of the sum: the rest has the weight 1 − δᵢᵣ, which is 0 or 1",
            "equal",
            (_CURVATURE, f"({_ONE} + sum((1 - delta(i, r))*{_SUMMAND}, i, 0, m - 1))/m"),
            {"r": "0..m-1"},
        ),
        Statement(
            "strictly-convex",
            "so vᵀHv > 0 if (Xv)ᵣ, here u, is not 0 for one sample: for all v ≠ 0, if X has full column rank",
            "positive",
            (f"(sigmoid(z)*(1 - sigmoid(z))*u**2 + sum(a[i]*{_SUMMAND}, i, 0, m - 1))/m",),
            {"u": "nonzero", "a": "nonnegative"},
        ),
        Statement(
            "only-if",
            "and if X has not, Xv = 0 for some v ≠ 0, and vᵀHv = 0: J is strictly convex if and only if the columns of "
            "X are linearly independent",
            "equal",
            (f"sum({_H}*(1 - {_H})*d[i]**2, i, 0, m - 1)/m", "0"),
            {"d": "{0}"},
        ),
        Statement(
            "not-without-rank",
            "without that it is not: two samples, and a second column of X that is twice the first",
            "positive",
            (
                "(sigmoid(z)*(1 - sigmoid(z))*(x*v[0] + 2*x*v[1])**2"
                " + sigmoid(t)*(1 - sigmoid(t))*(y*v[0] + 2*y*v[1])**2)/2",
            ),
            {"v": "nonzero"},
            "refuted",
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
