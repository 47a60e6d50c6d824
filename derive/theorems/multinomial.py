"""The multinomial loss: targets as numbers of classes, and convexity in all parameters"""

from derive.theorem import Statement, Theorem


def _z(c: str, theta: str = "Theta[k, {}]") -> str:
    return f"sum(X[i, k]*({theta.format(c)}), k, 0, n - 1)"


_LINE = "Theta[k, {0}] + s*V[k, {0}]"
_STEP = "V[k, {}]"


def _total(theta: str, of: str = "") -> str:
    return f"sum(exp({_z('a', theta)}){of}, a, 0, K - 1)"


def _mean(summand: str) -> str:
    return f"sum({summand}, i, 0, m - 1)/m"


_COST = _mean(f"log({_total(_LINE)}) - sum(Y[i, a]*{_z('a', _LINE)}, a, 0, K - 1)")
_AVERAGE = f"{_total(_LINE, '*' + _z('a', _STEP))}/{_total(_LINE)}"
_VARIANCE = f"sum(exp({_z('c', _LINE)})*({_z('c', _STEP)} - {_AVERAGE})**2, c, 0, K - 1)/{_total(_LINE)}"
_WEIGHTS = "sum(exp(z[i, a]), a, 0, K - 1)"
_SPREAD = f"sum(exp(z[i, c])*(u[i, c] - sum(exp(z[i, a])*u[i, a], a, 0, K - 1)/{_WEIGHTS})**2, c, 0, K - 1)"
_P = "exp(z[{}])/sum(exp(z[a]), a, 0, K - 1)"
_INDEX = f"log({_total('Theta[k, {}]')}) - {_z('y')}"

THEOREM = Theorem(
    name="multinomial",
    title="The multinomial loss: targets as numbers of classes, and convexity in all parameters",
    description="For every data set of any size and any number of classes.",
    domain={
        "m": "positive integer",
        "n": "positive integer",
        "K": "positive integer",
        "i": "0..m-1",
        "j": "0..n-1",
        "c": "0..K-1",
        "d": "0..K-1",
        "y": "0..K-1",
    },
    symbols={
        "y": "the target of one sample, as the number of its class",
        "z": "raw predictions",
        "u": "what is added to the raw predictions along the line",
        "V": "a direction in the space of all parameters",
        "s": "how far to go in that direction",
    },
    statements=(
        Statement(
            "index-targets",
            "with the number y of the class in place of a one-hot row, what is summed against the raw predictions is "
            "the one of class y",
            "equal",
            (f"sum(delta(a, y)*{_z('a')}, a, 0, K - 1)", _z("y")),
        ),
        Statement(
            "index-gradient",
            "and the derivative of the loss of one sample is (p_c − δ) xᵢⱼ: p_c, less 1 if c is y",
            "equal",
            (f"diff({_INDEX}, Theta[j, c])", f"(exp({_z('c')})/{_total('Theta[k, {}]')} - delta(c, y))*X[i, j]"),
        ),
        Statement(
            "majorizer",
            "2p(1 − p), which some libraries use on the diagonal, is not the second derivative",
            "equal",
            (f"diff({_P.format('c')}, z[c])", f"2*{_P.format('c')}*(1 - {_P.format('c')})"),
            expected="refuted",
        ),
        Statement(
            "curvature",
            "the second derivative of J along a line Θ + sV is 1/m Σ of the variances of (XV)ᵢ꜀ over the classes, "
            "weighted by their probabilities",
            "equal",
            (f"diff(diff({_COST}, s), s)", _mean(_VARIANCE)),
        ),
        Statement(
            "convex",
            "which are nowhere negative, here in z = X(Θ + sV) and u = XV: J is convex",
            "nonnegative",
            (_mean(f"{_SPREAD}/{_WEIGHTS}"),),
        ),
        Statement(
            "not-strictly",
            "but not strictly: the same step for all classes changes no probability",
            "equal",
            ("exp(z[c] + t)/sum(exp(z[a] + t), a, 0, K - 1)", _P.format("c")),
        ),
    ),
    reference=("D. Böhning, Multinomial logistic regression algorithm, Ann. Inst. Stat. Math. 44 (1992) 197-200"),
)
