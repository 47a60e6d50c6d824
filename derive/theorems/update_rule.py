"""One update rule: linear, logistic and every other regression with its canonical link"""

from derive.theorem import Statement, Theorem

_Z = "sum(X[i, k]*theta[k], k, 0, n - 1)"
_ALONG = "sum(X[i, k]*(theta[k] + s*v[k]), k, 0, n - 1)"
_SQUARE = "sum(X[i, k]*v[k], k, 0, n - 1)**2"


def _mean(summand: str) -> str:
    return f"sum({summand}, i, 0, m - 1)/m"


def _rule(h: str) -> str:
    """One component of θ ← θ − α/m Xᵀ(h − y)."""
    return f"theta[j] - alpha*sum(X[i, j]*({h} - y[i]), i, 0, m - 1)/m"


def _descent(loss: str) -> str:
    return f"theta[j] - alpha*diff({_mean(loss)}, theta[j])"


_LINEAR = f"({_Z} - y[i])**2/2"
_LOGISTIC = f"-y[i]*log(sigmoid({_Z})) - (1 - y[i])*log(1 - sigmoid({_Z}))"
_FAMILY = f"cumulant(0, {_Z}) - y[i]*{_Z}"
_FAMILY_ALONG = f"cumulant(0, {_ALONG}) - y[i]*{_ALONG}"

THEOREM = Theorem(
    name="update-rule",
    title="One update rule: θ ← θ − α/m Xᵀ(h − y)",
    description=(
        "Linear and logistic regression take the same step of gradient descent, and so does every exponential family "
        "with its canonical link: the loss of one sample is A(z) − yz, the prediction is h = A′(z), and the variance "
        "is A″(z). A stands for any smooth convex function; it is the same in all samples."
    ),
    domain={"m": "positive integer", "n": "positive integer", "j": "0..n-1", "k": "0..n-1"},
    symbols={
        "m": "the number of samples",
        "n": "the number of features",
        "X": "the features",
        "y": "the targets",
        "theta": "the parameters",
        "alpha": "the step size",
        "v": "a direction",
        "s": "how far to go in that direction",
    },
    notation={
        "z[i]": ("sum(X[i, k]*theta[k], k, 0, n - 1)", "the raw prediction for sample i"),
        "d[i]": ("sum(X[i, k]*v[k], k, 0, n - 1)", "the entry i of Xv"),
        "q[i]": (_ALONG, "the raw prediction for sample i at θ + sv"),
    },
    statements=(
        Statement("linear", "linear regression, h = z", "equal", (_descent(_LINEAR), _rule(_Z))),
        Statement("logistic", "logistic regression, h = σ(z)", "equal", (_descent(_LOGISTIC), _rule(f"sigmoid({_Z})"))),
        Statement(
            "family", "every exponential family, h = A′(z)", "equal", (_descent(_FAMILY), _rule(f"cumulant(1, {_Z})"))
        ),
        Statement(
            "linear-is-one",
            "linear regression is the one with A(z) = z²/2, but for a term without z",
            "equal",
            ("(z - y)**2/2", "z**2/2 - y*z + y**2/2"),
        ),
        Statement(
            "logistic-is-one",
            "logistic regression is the one with A(z) = ln(1 + e^z)",
            "equal",
            ("-y*log(sigmoid(z)) - (1 - y)*log(1 - sigmoid(z))", "softplus(z) - y*z"),
        ),
        Statement(
            "hessian",
            "the second derivative of its cost does not depend on y: the observed is the expected information",
            "equal",
            (
                f"diff(diff({_mean(_FAMILY)}, theta[j]), theta[k])",
                _mean(f"cumulant(2, {_Z.replace('k', 'l')})*X[i, j]*X[i, k]"),
            ),
        ),
        Statement(
            "curvature",
            "along a line θ + sv the second derivative is 1/m Σ A″(zᵢ) (Xv)ᵢ²",
            "equal",
            (f"diff(diff({_mean(_FAMILY_ALONG)}, s), s)", _mean(f"cumulant(2, {_ALONG})*{_SQUARE}")),
        ),
        Statement(
            "convex",
            "which is nowhere negative, as A is convex: the cost is convex",
            "nonnegative",
            (_mean(f"cumulant(2, {_ALONG})*{_SQUARE}"),),
        ),
        Statement(
            "other-links",
            "with another link it is not so: on the probit scale, h = Φ(z), the log loss has another gradient",
            "equal",
            ("diff(-y*log(normcdf(z)) - (1 - y)*log(1 - normcdf(z)), z)", "normcdf(z) - y"),
            {"y": "{0, 1}"},
            "refuted",
        ),
    ),
    reference="P. McCullagh, J. A. Nelder, Generalized Linear Models, 2nd edition, Chapman and Hall 1989, section 2.2",
)
