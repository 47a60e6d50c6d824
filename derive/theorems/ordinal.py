"""Ordinal regression: its classes, a stable form, and convexity in z and the cut points"""

from derive.theorem import Statement, Theorem

_FIRST, _LAST = "-log(sigmoid(b - z))", "-log(1 - sigmoid(a - z))"
_MIDDLE = "-log(sigmoid(b - z) - sigmoid(a - z))"
_AT = {"z": "(z + s*u)", "a": "(a + s*p)", "b": "(b + s*r)"}
_LINE = f"-log(sigmoid({_AT['b']} - {_AT['z']}) - sigmoid({_AT['a']} - {_AT['z']}))"


def _slope(of: str) -> str:
    return f"sigmoid({of})*(1 - sigmoid({of}))"


_GAP = f"exp({_AT['a']} - {_AT['b']})"
_CURVATURE = (
    f"{_slope(_AT['b'] + ' - ' + _AT['z'])}*(r - u)**2 + {_slope(_AT['a'] + ' - ' + _AT['z'])}*(p - u)**2"
    f" + {_GAP}/(1 - {_GAP})**2*(r - p)**2"
)

THEOREM = Theorem(
    name="ordinal",
    title="Ordinal regression: its classes, a stable form, and convexity in z and the cut points",
    description=(
        "For one sample whose class lies between the cut points a < b; the first class has no lower one, the last no "
        "upper one."
    ),
    domain=dict.fromkeys(("z", "a", "b", "s", "u", "p", "r"), "real"),
    symbols={
        "z": "the raw prediction",
        "a": "the lower cut point",
        "b": "the upper cut point",
        "u": "the change of z along a line",
        "p": "the change of a",
        "r": "the change of b",
        "s": "how far to go along the line",
    },
    statements=(
        Statement(
            "class-probability",
            "with one-hot targets the sum in the cost is the difference of F = σ(τ − z), here f, at two cut points: "
            "for a class y in between",
            "equal",
            ("sum((delta(a, y) - delta(a, y - 1))*f[a], a, 0, K - 2) + delta(y, K - 1)", "f[y] - f[y - 1]"),
            {"y": "1..K-2", "K": "integer [3, oo)"},
        ),
        Statement(
            "by-parts",
            "and for any targets it is what the classes get, one by one: f₀ for the first, 1 − f for the last",
            "equal",
            (
                "sum(Y[a]*(f[a] - f[a - 1]), a, 1, K - 2) + Y[0]*f[0] + Y[K - 1]*(1 - f[K - 2])",
                "Y[K - 1] + sum((Y[a] - Y[a + 1])*f[a], a, 0, K - 2)",
            ),
            {"K": "integer [2, oo)"},
        ),
        Statement("first", "the slope of the first class", "equal", (f"diff({_FIRST}, z)", "1 - sigmoid(b - z)")),
        Statement("last", "the slope of the last class", "equal", (f"diff({_LAST}, z)", "-sigmoid(a - z)")),
        Statement(
            "middle",
            "the slope of a class in between, where a < b: their sum",
            "equal",
            (f"diff({_MIDDLE}, z)", "1 - sigmoid(a - z) - sigmoid(b - z)"),
        ),
        Statement(
            "stable",
            "its cost, in the form that is computed: no difference of two probabilities",
            "equal",
            (_MIDDLE, "softplus(z - b) + softplus(a - z) - log(1 - exp(a - b))"),
        ),
        Statement(
            "threshold",
            "and its slope in the upper cut point, in the form that is computed",
            "equal",
            (f"diff({_MIDDLE}, b)", "-sigmoid(z - b) - 1/(exp(b - a) - 1)"),
        ),
        Statement(
            "curvature",
            "its second derivative along a line in the space of z, a and b",
            "equal",
            (f"diff(diff({_LINE}, s), s)", _CURVATURE),
        ),
        Statement(
            "convex",
            "which is nowhere negative: the loss is convex in z and the cut points together",
            "nonnegative",
            (_CURVATURE,),
        ),
    ),
    reference="P. McCullagh, Regression models for ordinal data, J. R. Stat. Soc. B 42 (1980) 109-142",
)
