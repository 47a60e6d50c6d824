"""Squared error on σ(z) is not convex, and has two minima on some data"""

from derive.theorem import Statement, Theorem


def _square(x: int, y: int) -> str:
    h = f"sigmoid(a + {x}*b)" if x else "sigmoid(a)"
    return f"({h} - {y})**2" if y else f"{h}**2"


#: x and y of six samples; with the bias, z = a + b x
SAMPLES = ((-6, 0), (0, 1), (0, 1), (2, 0), (3, 1), (5, 0))
COST = f"({' + '.join(_square(x, y) for x, y in SAMPLES)})/{2 * len(SAMPLES)}"
_LOSS = "(sigmoid(z) - y)**2/2"
_CURVATURE = "sigmoid(z)*(1 - sigmoid(z))*(sigmoid(z)*(1 - sigmoid(z)) + (sigmoid(z) - y)*(1 - 2*sigmoid(z)))"

THEOREM = Theorem(
    name="logistic-squared-error",
    title="Squared error on σ(z) is not convex, and has two minima on some data",
    description=(
        "Why the cost of linear regression is not used for classification: with h = σ(z) it is not convex, and on six "
        "samples, x = −6, 0, 0, 2, 3, 5 with y = 0, 1, 1, 0, 1, 0 and z = a + bx, gradient descent ends in one of two "
        "minima, depending on where it starts. One of them is not the global minimum."
    ),
    domain={"z": "real", "y": "{0, 1}", "a": "real", "b": "real"},
    symbols={
        "z": "the raw prediction",
        "y": "the label",
        "a": "the coefficient of the bias column",
        "b": "the coefficient of x",
    },
    notation={"J": (COST, "the cost of the six samples")},
    statements=(
        Statement(
            "curvature",
            "the second derivative of ½(σ(z) − y)² with respect to z",
            "equal",
            (f"diff(diff({_LOSS}, z), z)", _CURVATURE),
        ),
        Statement(
            "not-convex",
            "it is negative at some z and y: no convex function",
            "nonnegative",
            (_CURVATURE,),
            expected="refuted",
        ),
        Statement("not-concave", "nor a concave one", "nonnegative", (f"-({_CURVATURE})",), expected="refuted"),
        Statement(
            "first-minimum",
            "the cost of the six samples has a strict minimum near a = 1.68, b = −0.63, where it is above 0.14",
            "minimum",
            (COST, "0.14", "0.15", "a", "1.678", "1.68", "b", "-0.6275", "-0.626"),
        ),
        Statement(
            "second-minimum",
            "and another one near a = −0.02, b = 0.05, where it is below 0.13",
            "minimum",
            (COST, "0.12", "0.13", "a", "-0.03", "-0.015", "b", "0.05", "0.06"),
        ),
    ),
    reference="P. Auer, M. Herbster, M. Warmuth, Exponentially many local minima for single neurons, NIPS 1995",
)
