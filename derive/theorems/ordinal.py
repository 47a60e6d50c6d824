"""Ordinal regression with cumulative logits: three kinds of class, their slopes and their convexity"""

from derive.theorem import Statement, Theorem

_FIRST, _LAST = "-log(sigmoid(b - z))", "-log(1 - sigmoid(a - z))"
_MIDDLE = "-log(sigmoid(b - z) - sigmoid(a - z))"
_CURVATURE = "sigmoid(a - z)*(1 - sigmoid(a - z)) + sigmoid(b - z)*(1 - sigmoid(b - z))"

THEOREM = Theorem(
    name="ordinal",
    title="Ordinal regression with cumulative logits: three kinds of class, their slopes and their convexity",
    description=(
        "Minus the log-likelihood of a class between the thresholds a < b, with P(class ≤ c) = σ(threshold − z); the "
        "first "
        "class has no lower threshold, the last one no upper one."
    ),
    domain={"z": "real", "a": "real", "b": "real"},
    symbols={"z": "the raw prediction", "a": "the lower threshold", "b": "the upper threshold"},
    statements=(
        Statement("first", "the slope of the first class", "equal", (f"diff({_FIRST}, z)", "1 - sigmoid(b - z)")),
        Statement("last", "the slope of the last class", "equal", (f"diff({_LAST}, z)", "-sigmoid(a - z)")),
        Statement(
            "middle",
            "the slope of a class in between, where a < b: their sum",
            "equal",
            (f"diff({_MIDDLE}, z)", "1 - sigmoid(a - z) - sigmoid(b - z)"),
        ),
        Statement(
            "curvature",
            "its second derivative is that of the first and of the last class, added",
            "equal",
            (f"diff(diff({_MIDDLE}, z), z)", _CURVATURE),
        ),
        Statement("convex", "which is positive: the loss is convex in z", "positive", (_CURVATURE,)),
        Statement(
            "threshold",
            "the slope in the upper threshold",
            "equal",
            (f"diff({_MIDDLE}, b)", "-sigmoid(b - z)*(1 - sigmoid(b - z))/(sigmoid(b - z) - sigmoid(a - z))"),
        ),
    ),
    reference="P. McCullagh, Regression models for ordinal data, J. R. Stat. Soc. B 42 (1980) 109-142",
)
