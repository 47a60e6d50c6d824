"""The split cost in one line: −y ln h − (1 − y) ln(1 − h)"""

from derive.theorem import Statement, Theorem

_LOSS = "-y*log(h) - (1 - y)*log(1 - h)"

THEOREM = Theorem(
    name="combine",
    title="The split cost in one line: −y ln h − (1 − y) ln(1 − h)",
    description="The log loss is the split cost for both labels; between them it is a mixture.",
    domain={"h": "(0, 1)"},
    symbols={"h": "the predicted probability of y = 1", "y": "the label"},
    statements=(
        Statement("one", "at y = 1 it is −ln h", "equal", (_LOSS, "-log(h)"), {"y": "{1}"}),
        Statement("zero", "at y = 0 it is −ln(1 − h)", "equal", (_LOSS, "-log(1 - h)"), {"y": "{0}"}),
        Statement(
            "both",
            "for both labels it is the split cost",
            "equal",
            (_LOSS, "where(y == 1, -log(h), -log(1 - h))"),
            {"y": "{0, 1}"},
        ),
        Statement(
            "labels-only",
            "for labels between 0 and 1 it is not",
            "equal",
            (_LOSS, "where(y == 1, -log(h), -log(1 - h))"),
            {"y": "[0, 1]"},
            "refuted",
        ),
    ),
    reference="C. M. Bishop, Pattern Recognition and Machine Learning, Springer 2006, section 4.3.2",
)
