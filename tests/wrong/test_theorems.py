"""Wrong twins of the theorems: each must be refused, and the reason is said."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from derive.certificate import Asked, Certificate
from derive.certificate_json import dumps
from derive.errors import CertificateError
from derive.replay import replay_text
from derive.theorem import Statement, Theorem, certify, check
from derive.theorems.logistic_squared_error import COST
from tests.shared import examples

_H = "sigmoid(sum(X[i, k]*(theta[k] + s*v[k]), k, 0, n - 1))"
_SQUARE = "sum(X[i, k]*v[k], k, 0, n - 1)**2"
_SIZES = {"m": "positive integer", "n": "positive integer"}
_FAMILY = "cumulant(0, z) - y*z"

REFUTED: dict[str, tuple[Asked, tuple[str, ...], dict[str, str]]] = {
    "squared error on σ(z) is convex": ("nonnegative", ("diff(diff((sigmoid(z) - y)**2/2, z), z)",), {"y": "{0, 1}"}),
    "it is convex for y = 1 at least": ("nonnegative", ("diff(diff((sigmoid(z) - 1)**2/2, z), z)",), {}),
    "the Cauchy loss is convex": ("nonnegative", ("diff(diff(log(1 + z**2), z), z)",), {}),
    "the weight is at most 1/5": ("nonnegative", ("1/5 - sigmoid(z)*(1 - sigmoid(z))",), {}),
    "the weight is less than 1/4": ("positive", ("1/4 - sigmoid(z)*(1 - sigmoid(z))",), {}),
    "the limit at 1 is 1/10": ("limit", ("-log(h)", "h", "1 - delta*t", "1/10", "1 - exp(-epsilon)"), {"h": "(0, 1)"}),
    "the limit at 1 is 0, with too large a δ": ("limit", ("-log(h)", "h", "1 - delta*t", "0", "1"), {"h": "(0, 1)"}),
    "a δ that is not positive": ("limit", ("-log(h)", "h", "1 - delta*t", "0", "-epsilon"), {"h": "(0, 1)"}),
    "the limit at 0 is 0": ("limit", ("-log(h)", "h", "delta*t", "0", "exp(-epsilon)"), {"h": "(0, 1)"}),
    "the cost grows without bound at 1": ("diverges", ("-log(h)", "h", "1 - delta*t", "exp(-M)"), {"h": "(0, 1)"}),
    "a step limit from the wrong side": ("limit", ("heaviside(x)", "x", "-delta*t", "1", "epsilon"), {}),
    "the split cost is the log loss for soft labels": (
        "equal",
        ("-y*log(h) - (1 - y)*log(1 - h)", "where(y == 1, -log(h), -log(1 - h))"),
        {"h": "(0, 1)", "y": "[0, 1]"},
    ),
    "the gradient of a family is A(z) − y": ("equal", (f"diff({_FAMILY}, z)", "cumulant(0, z) - y"), {}),
    "the Hessian of a family is A′(z)": ("equal", (f"diff(diff({_FAMILY}, z), z)", "cumulant(1, z)"), {}),
    "every family has A(z) = e^z": ("equal", ("cumulant(1, z)", "exp(z)"), {}),
    "A is additive": ("equal", ("cumulant(0, x + y)", "cumulant(0, x) + cumulant(0, y)"), {}),
    "A grows": ("nonnegative", ("cumulant(1, z) - 1",), {}),
    "a quadratic without its second order": ("equal", ("(z + v)**2/2 - z**2/2", "z*v"), {}),
    "no stationary point in the box": ("minimum", (COST, "0", "1", "a", "3", "3.1", "b", "0", "0.1"), {}),
    "a saddle is a minimum": ("minimum", ("a**2 - b**2", "-1", "1", "a", "-1", "1", "b", "-1", "1"), {}),
    "a saddle askew is a minimum": ("minimum", ("a**2 + b**2 + 3*a*b", "-9", "9", "a", "-1", "1", "b", "-1", "1"), {}),
    "a maximum is a minimum": ("minimum", ("cos(a)", "0", "2", "a", "-0.1", "0.1"), {}),
    "the value at the minimum is something else": ("minimum", ("a**2 + 1", "2", "3", "a", "-1", "1"), {}),
}
NOT_PROVED: dict[str, tuple[Asked, tuple[str, ...], dict[str, str]]] = {
    "the log loss is strictly convex whatever X": (
        "positive",
        (f"sum({_H}*(1 - {_H})*{_SQUARE}, i, 0, m - 1)/m",),
        _SIZES,
    ),
    "the Lipschitz constant is ‖X‖²/(5m)": (
        "nonnegative",
        (f"sum({_SQUARE}, i, 0, m - 1)/(5*m) - sum({_H}*(1 - {_H})*{_SQUARE}, i, 0, m - 1)/m",),
        _SIZES,
    ),
    "a strictly convex A": ("positive", ("cumulant(2, z)",), {}),
    "A′ is positive": ("positive", ("cumulant(1, z)",), {}),
    "two minima in one box": ("minimum", ("(a**2 - 1)**2", "-1", "1", "a", "-1.5", "1.6"), {}),
    "a minimum that is not strict": ("minimum", ("a**4", "-1", "1", "a", "-1", "1"), {}),
    "a minimum at a kink": ("minimum", ("abs(a)", "-1", "1", "a", "-1", "1"), {}),
    "a minimum at the edge of the box": ("minimum", ("a**2", "-1", "1", "a", "0", "1"), {}),
    "a limit that oscillates": ("limit", ("sin(1/x)", "x", "delta*t", "0", "epsilon"), {}),
}


def _decide(case: tuple[Asked, tuple[str, ...], dict[str, str]], seconds: float = 2.0) -> str:
    question, formulas, domain = case
    return check(Statement("wrong", "wrong", question, formulas), domain, budget=seconds).status


@pytest.mark.parametrize("name", REFUTED)
def test_a_wrong_statement_is_refuted(name: str) -> None:
    """What is false, and would be believed, is refuted."""
    assert _decide(REFUTED[name]) == "refuted"


@pytest.mark.parametrize("name", NOT_PROVED)
def test_what_does_not_follow_is_not_proved(name: str) -> None:
    """Some of these are true for some A or at some points: they are not proved."""
    assert _decide(NOT_PROVED[name], examples(20, 8) / 10) != "proved"


def test_the_answer_no_is_no_way_to_prove_yes() -> None:
    """A statement that expects a refutation, and is proved instead, is refuted."""
    said = Statement("squares", "some square is negative", "nonnegative", ("x**2",), expected="refuted")
    assert check(said, {}).status == "refuted"


def test_not_knowing_is_never_the_expected_answer() -> None:
    """A certificate that expects "unknown" of an open question proves nothing, and is not even read."""
    open_question = Statement("strict", "strictly convex", *NOT_PROVED["a strictly convex A"][:2])
    made = certify(Theorem("forged", "Forged", "", (open_question,)), budget=1.0)
    forged = _expecting(made, "unknown")
    assert not forged.statements[0].ok
    assert forged.status == "unknown"
    with pytest.raises(CertificateError, match="expected"):
        replay_text(dumps(forged))


def _expecting(made: Certificate, answer: Any) -> Certificate:
    return replace(made, statements=tuple(replace(s, expected=answer) for s in made.statements))
