"""Cox's partial likelihood: a cost whose rows are coupled, its gradient, Hessian and convexity"""

from derive.theorem import Statement, Theorem

_ZI = "sum(X[i, k]*theta[k], k, 0, n - 1)"
_ZR = "sum(X[r, k]*theta[k], k, 0, n - 1)"
_RISK = f"sum(R[i, r]*exp({_ZR}), r, 0, m - 1)"


def _average(of: str) -> str:
    return f"sum(R[i, r]*exp({_ZR})*{of}, r, 0, m - 1)/{_RISK}"


def _mean(summand: str) -> str:
    return f"sum(e[i]*{summand}, i, 0, m - 1)/m"


_COST = _mean(f"(log({_RISK}) - {_ZI})")
_GRADIENT = _mean(f"({_average('X[r, j]')} - X[i, j])")
_WEIGHT = "sum(w[r], r, 0, m - 1)"
_CENTRE = f"sum(w[r]*u[r], r, 0, m - 1)/{_WEIGHT}"
_VARIANCE = f"sum(w[r]*(u[r] - {_CENTRE})**2, r, 0, m - 1)/{_WEIGHT}"

THEOREM = Theorem(
    name="cox",
    title="Cox's partial likelihood: a cost whose rows are coupled, its gradient, Hessian and convexity",
    description=(
        "Minus the logarithm of the partial likelihood, by Breslow for ties: each event is compared with all samples "
        "that "
        "are still at risk. R[i, r] is 1 where sample r is at risk at the time of sample i, e[i] is 1 for an event."
    ),
    domain={
        "m": "positive integer",
        "n": "positive integer",
        "j": "0..n-1",
        "l": "0..n-1",
        "R": "nonnegative",
        "w": "positive",
    },
    symbols={
        "m": "the number of samples",
        "n": "the number of features",
        "X": "the features",
        "theta": "the parameters",
        "R": "who is at risk at whose time",
        "e": "whether it is an event",
        "w": "the hazards R e^z of those at risk at one time",
        "u": "a direction in the space of raw predictions",
    },
    statements=(
        Statement(
            "gradient",
            "at each event, the average of the features of those at risk, weighted by their hazards, less those of "
            "the event",
            "equal",
            (f"diff({_COST}, theta[j])", _GRADIENT),
        ),
        Statement(
            "hessian",
            "the sum over the events of the weighted covariances of the features of those at risk",
            "equal",
            (
                f"diff({_GRADIENT}, theta[l])",
                _mean(f"({_average('X[r, j]*X[r, l]')} - {_average('X[r, j]')}*{_average('X[r, l]')})"),
            ),
        ),
        Statement(
            "variance",
            "along a direction it is a sum of variances, Σ w u²/Σ w − (Σ w u/Σ w)²",
            "equal",
            (f"sum(w[r]*u[r]**2, r, 0, m - 1)/{_WEIGHT} - ({_CENTRE})**2", _VARIANCE),
        ),
        Statement("convex", "which are nowhere negative: the cost is convex", "nonnegative", (_VARIANCE,)),
        Statement(
            "not-row-by-row",
            "without the average over those at risk it is another function",
            "equal",
            (f"diff({_COST}, theta[j])", _mean("(-X[i, j])")),
            expected="refuted",
        ),
    ),
    reference="D. R. Cox, Regression models and life-tables, J. R. Stat. Soc. B 34 (1972) 187-220",
)
