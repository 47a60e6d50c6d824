"""Cox's partial likelihood is convex; samples at one time are at risk together"""

from derive.theorem import Statement, Theorem


def _z(row: str, theta: str) -> str:
    return f"sum(X[{row}, k]*({theta}), k, 0, n - 1)"


_LINE, _STEP = "theta[k] + s*v[k]", "v[k]"


def _risk(of: str = "", row: str = "r") -> str:
    return f"sum(R[i, {row}]*exp({_z(row, _LINE)}){of}, {row}, 0, m - 1)"


def _mean(summand: str) -> str:
    return f"sum(e[i]*({summand}), i, 0, m - 1)/m"


_COST = _mean(f"log({_risk()}) - {_z('i', _LINE)}")
_AVERAGE = f"{_risk('*' + _z('q', _STEP), 'q')}/{_risk(row='q')}"
_VARIANCE = f"{_risk('*(' + _z('r', _STEP) + ' - ' + _AVERAGE + ')**2')}/{_risk()}"
_WEIGHTS = "sum(R[i, q]*exp(z[q]), q, 0, m - 1)"
_SPREAD = f"sum(R[i, r]*exp(z[r])*(u[r] - sum(R[i, q]*exp(z[q])*u[q], q, 0, m - 1)/{_WEIGHTS})**2, r, 0, m - 1)"
_PAIR = "log(exp(u)*where(t[0] <= t[0], 1, 0) + exp(w)*where(t[0] {} t[1], 1, 0)) - u"

THEOREM = Theorem(
    name="cox",
    title="Cox's partial likelihood is convex; samples at one time are at risk together",
    description="For every data set of any size.",
    domain={
        "m": "positive integer",
        "n": "positive integer",
        "R": "nonnegative",
        "e": "{0, 1}",
    },
    symbols={
        "R": "who is at risk at whose time",
        "e": "whether it is an event",
        "v": "a direction in the space of parameters",
        "s": "how far to go in that direction",
        "t": "the times of two samples",
        "z": "the raw predictions",
        "u": "what is added to the raw predictions along the line; or that of the first of two samples, an event",
        "w": "the raw prediction of the second",
    },
    statements=(
        Statement(
            "curvature",
            "the second derivative of J along a line θ + sv is, over the events, 1/m Σ of the variances of (Xv)ᵣ over "
            "those at risk, weighted by their hazards",
            "equal",
            (f"diff(diff({_COST}, s), s)", _mean(_VARIANCE)),
        ),
        Statement(
            "convex",
            "which are nowhere negative, here in z = X(θ + sv) and u = Xv: J is convex",
            "nonnegative",
            (_mean(f"{_SPREAD}/{_WEIGHTS}"),),
        ),
        Statement(
            "ties",
            "at an event, a sample of the same time is at risk",
            "equal",
            (_PAIR.format("<="), "log(exp(u) + exp(w)) - u"),
            {"t": "{1}"},
        ),
        Statement(
            "not-later-only",
            "with only those in the risk set whose time is later, it is another function",
            "equal",
            (_PAIR.format("<"), "log(exp(u) + exp(w)) - u"),
            {"t": "{1}"},
            "refuted",
        ),
        Statement(
            "no-bias",
            "what is added to all raw predictions cancels, so a bias column has no effect",
            "equal",
            ("log(sum(R[r]*exp(z[r] + a), r, 0, m - 1)) - (z[i] + a)", "log(sum(R[r]*exp(z[r]), r, 0, m - 1)) - z[i]"),
            {"z": "real", "a": "real", "i": "0..m-1"},
        ),
    ),
    reference=(
        "P. K. Andersen, R. D. Gill, Cox's regression model for counting processes, Ann. Stat. 10 (1982) 1100-1120"
    ),
)
