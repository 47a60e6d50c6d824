"""The split cost: −ln h for y = 1, −ln(1 − h) for y = 0"""

from derive.theorem import Statement, Theorem

THEOREM = Theorem(
    name="split-cost",
    title="The split cost: −ln h for y = 1, −ln(1 − h) for y = 0",
    description=(
        "What a classifier is charged for one sample: nothing as its prediction h tends to the label, without bound as "
        "h tends to the other one."
    ),
    domain={"h": "(0, 1)", "z": "real"},
    symbols={
        "h": "the predicted probability of y = 1",
        "z": "the raw prediction, h = sigmoid(z)",
    },
    statements=(
        Statement("one-slope", "for y = 1 the derivative of the cost is −1/h", "equal", ("diff(-log(h), h)", "-1/h")),
        Statement("one-falls", "which is negative: the cost falls as h grows", "positive", ("1/h",)),
        Statement("one-nonnegative", "the cost is nowhere negative", "positive", ("-log(h)",)),
        Statement(
            "one-limit-zero",
            "the cost tends to 0 as h tends to 1: it is less than ε where h is within 1 − e^(−ε) of 1",
            "limit",
            ("-log(h)", "h", "1 - delta*t", "0", "1 - exp(-epsilon)"),
        ),
        Statement(
            "one-limit-infinity",
            "the cost tends to ∞ as h tends to 0: it is more than M where h < e^(−M)",
            "diverges",
            ("-log(h)", "h", "delta*t", "exp(-M)"),
        ),
        Statement(
            "zero-slope",
            "for y = 0 the derivative of the cost is 1/(1 − h)",
            "equal",
            ("diff(-log(1 - h), h)", "1/(1 - h)"),
        ),
        Statement("zero-rises", "which is positive: the cost rises as h grows", "positive", ("1/(1 - h)",)),
        Statement("zero-nonnegative", "the cost is nowhere negative", "positive", ("-log(1 - h)",)),
        Statement(
            "zero-limit-zero",
            "the cost tends to 0 as h tends to 0: it is less than ε where h < 1 − e^(−ε)",
            "limit",
            ("-log(1 - h)", "h", "delta*t", "0", "1 - exp(-epsilon)"),
        ),
        Statement(
            "zero-limit-infinity",
            "the cost tends to ∞ as h tends to 1: it is more than M where h is within e^(−M) of 1",
            "diverges",
            ("-log(1 - h)", "h", "1 - delta*t", "exp(-M)"),
        ),
        Statement(
            "one-curvature",
            "in z, for y = 1, the second derivative of the cost is h(1 − h)",
            "equal",
            ("diff(diff(-log(sigmoid(z)), z), z)", "sigmoid(z)*(1 - sigmoid(z))"),
        ),
        Statement(
            "zero-curvature",
            "and for y = 0 it is the same",
            "equal",
            ("diff(diff(-log(1 - sigmoid(z)), z), z)", "sigmoid(z)*(1 - sigmoid(z))"),
        ),
        Statement("convex", "which is positive: both are convex in z", "positive", ("sigmoid(z)*(1 - sigmoid(z))",)),
    ),
    reference="D. R. Cox, The regression analysis of binary sequences, J. R. Statist. Soc. B 20 (1958), 215–242",
)
