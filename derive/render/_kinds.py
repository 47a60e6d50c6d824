"""What can be wrong with a claim, by the names that a build sees: a title, and what to do about it.

The names are those of the explanations in `derive.report`, so they stay the same from version to version.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple


class Kind(NamedTuple):
    """A kind of remark: what it says in a line, and the help for whoever meets it."""

    title: str
    help: str


_SLIP = "The message shows the formula with this one change, proved equal to the derivative."
_WITNESS = "The message shows a point at which the claimed value and the right one differ, and the right formula."
_MEANT = 'If it is meant, say so: hessian_kind = "{}" makes it a claim of its own, which is proved.'

#: of a derivative that is wrong
WRONG: Mapping[str, Kind] = {
    "sign": Kind("The sign is wrong", f"The claim is minus the derivative, in whole or in a part. {_SLIP}"),
    "constant-factor": Kind("A constant factor is wrong", f"The claim is a number times the derivative. {_SLIP}"),
    "factor": Kind("A factor is missing or too many", f"Often one of the chain rule. {_SLIP}"),
    "other-variable": Kind(
        "The derivative with respect to another variable",
        "Most libraries pass raw predictions: a derivative with respect to the probability lacks a factor dp/dz.",
    ),
    "lost-term": Kind("A term is missing", f"A term of the derivative was lost on the way. {_SLIP}"),
    "extra-term": Kind("A term too many", f"The claim has a term that the derivative has not. {_SLIP}"),
    "product-rule": Kind("A part was taken for a constant", "It depends on the variable, so it has a derivative too."),
    "precedence": Kind("The parentheses are wrong", f"Operators bind in another order than was meant. {_SLIP}"),
    "exponent": Kind("An exponent is wrong", _SLIP),
    "wrong-variable": Kind("A variable is mistaken for another", _SLIP),
    "wrong-term": Kind("A term is wrong", _SLIP),
    "wrong-region": Kind("Wrong on a part of the domain", "A condition is wrong, or a branch of it."),
    "only-at-points": Kind("Wrong at isolated points", "Tests with random numbers do not find it."),
    "one-value": Kind("Right for one value of a parameter only", "Tests that use no other value do not find it."),
    "some-labels": Kind("Right for some labels only", "The domain of the label is a part of the claim."),
    "label": Kind("Right for another coding of the labels", "{-1, 1} instead of {0, 1}, or the classes exchanged."),
    "permuted": Kind("Components in the wrong place", "The message says which two are exchanged."),
    "left-out": Kind("A component is left out", "The loss depends on the variable, and the component is 0."),
    "only-diagonal": Kind("Only the diagonal", "The mixed derivatives of the loss are not 0."),
    "follows-gradient": Kind("The Hessian of a wrong gradient", "It is the derivative of the claimed gradient."),
    "other-loss": Kind("The derivative of another loss", "The message names the loss that it belongs to."),
    "loss-at-fault": Kind("The stated loss is wrong", "The derivative is right, for a loss that is one change away."),
    "convention": Kind(
        "The convention of another library",
        'The derivatives are right, but of minus the loss. Say which are wanted: convention = "catboost", "loss" …',
    ),
    "kink": Kind(
        "No subgradient at a kink", "Where a loss has a kink, values between the one-sided derivatives are right."
    ),
    "not-a-gradient": Kind("The gradient of nothing", "Its mixed derivatives differ, so no loss has this gradient."),
    "wrong-gradient": Kind("The gradient is wrong", _WITNESS),
    "wrong-hessian": Kind("The Hessian is wrong", _WITNESS),
}

_NAMES = ("scaled", "constant", "majorizer", "fisher", "gauss-newton", "clipped", "secant", "taylor")
#: of what is right in its way, but was claimed to be the derivative
INEXACT: Mapping[str, Kind] = {
    **{f"{n}-not-exact": Kind(f"{n.capitalize()}, not exact", _MEANT.format(n)) for n in _NAMES},
    "finite-difference-not-exact": Kind("A difference quotient, not the derivative", "Write the derivative instead."),
}

_FLOATING = (
    "The value is right on paper; computed as it is written it is not. {} A stable form is shown where one is proved."
)
_FAILS = {
    "overflow": "A part of it exceeds the largest number.",
    "underflow": "A part of it becomes 0.",
    "nan": "It comes out as nan.",
    "division by zero": "It divides by what has become 0.",
    "logarithm of zero": "It takes the logarithm of what has become 0.",
    "cancellation": "Nearly equal numbers are subtracted, and their digits are lost.",
    "undefined": "It has no value at a point of the domain.",
}
FLOATING: Mapping[str, Kind] = {
    f"floating-point-{name.replace(' ', '-')}": Kind(f"Fails in floating point: {name}", _FLOATING.format(says))
    for name, says in _FAILS.items()
}

#: of what was not decided, and of what could not be read
OPEN: Mapping[str, Kind] = {
    "unknown": Kind("Not decided", "Neither proved nor refuted: the message says why. It is not known to be right."),
    "numeric-only": Kind(
        "Compared by numbers, not proved",
        "The code could not be read as formulas, so its values were compared at chosen points, and agree there.",
    ),
    "bad-claim": Kind("The claim cannot be read", "The message says what is wrong with it. Nothing was decided."),
}

KINDS: Mapping[str, Kind] = {**WRONG, **INEXACT, **FLOATING, **OPEN}
