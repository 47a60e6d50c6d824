"""Multinomial logistic regression: gradient, Hessian and convexity for any number of classes"""

from derive.theorem import Statement, Theorem


def _z(c: str, row: str = "i") -> str:
    return f"sum(X[{row}, k]*Theta[k, {c}], k, 0, n - 1)"


_TOTAL = f"sum(exp({_z('a')}), a, 0, K - 1)"


def _p(c: str) -> str:
    return f"exp({_z(c)})/{_TOTAL}"


def _mean(summand: str) -> str:
    return f"sum({summand}, i, 0, m - 1)/m"


_COST = _mean(f"log({_TOTAL}) - sum(Y[i, b]*{_z('b')}, b, 0, K - 1)")
_GRADIENT = _mean(f"({_p('c')} - Y[i, c])*X[i, j]")
_WEIGHT = "sum(exp(z[a]), a, 0, K - 1)"
_CENTRE = f"sum(exp(z[a])*u[a], a, 0, K - 1)/{_WEIGHT}"
_VARIANCE = f"sum(exp(z[c])*(u[c] - {_CENTRE})**2, c, 0, K - 1)/{_WEIGHT}"

THEOREM = Theorem(
    name="multinomial",
    title="Multinomial logistic regression: gradient, Hessian and convexity for any number of classes",
    description=(
        "Minus the log-likelihood of one-hot targets under the probabilities of softmax, with a column of parameters "
        "for "
        "each of K classes; for every m, n and K."
    ),
    domain={
        "m": "positive integer",
        "n": "positive integer",
        "K": "positive integer",
        "j": "0..n-1",
        "l": "0..n-1",
        "c": "0..K-1",
        "d": "0..K-1",
    },
    symbols={
        "m": "the number of samples",
        "n": "the number of features",
        "K": "the number of classes",
        "X": "the features",
        "Y": "the targets, one-hot",
        "y": "the target of one sample, as the number of its class",
        "Theta": "the parameters, a column for each class",
        "z": "the raw predictions of one sample",
        "u": "a direction in the space of raw predictions",
    },
    statements=(
        Statement(
            "gradient",
            "the gradient is Xᵀ(P − Y)/m, P the matrix of probabilities: its entry for parameter j of class c",
            "equal",
            (f"diff({_COST}, Theta[j, c])", _GRADIENT),
        ),
        Statement(
            "index-targets",
            "with the number y of the class in place of a one-hot row, the slope of one sample is p_c, less 1 if c is"
            " y",
            "equal",
            (f"diff(log({_WEIGHT}) - z[y], z[c])", f"exp(z[c])/{_WEIGHT} - delta(c, y)"),
            {"y": "0..K-1"},
        ),
        Statement(
            "hessian",
            "the block of the Hessian for the classes c and d is Xᵀ diag(p_c(δ − p_d)) X/m",
            "equal",
            (f"diff({_GRADIENT}, Theta[l, d])", _mean(f"{_p('c')}*(delta(c, d) - {_p('d')})*X[i, j]*X[i, l]")),
        ),
        Statement(
            "majorizer",
            "2p(1 − p), which some libraries use on the diagonal, is not the Hessian",
            "equal",
            (f"diff({_GRADIENT}, Theta[l, c])", _mean(f"2*{_p('c')}*(1 - {_p('c')})*X[i, j]*X[i, l]")),
            expected="refuted",
        ),
        Statement(
            "variance",
            "for one sample and a direction u, uᵀHu = Σ p u² − (Σ p u)² is a variance",
            "equal",
            (f"sum(exp(z[c])*u[c]**2, c, 0, K - 1)/{_WEIGHT} - ({_CENTRE})**2", _VARIANCE),
        ),
        Statement("convex", "which is nowhere negative: the cost is convex", "nonnegative", (_VARIANCE,)),
    ),
    reference=(
        "D. McFadden, Conditional logit analysis of qualitative choice behavior, in Frontiers in Econometrics, 1974"
    ),
)
