"""Choices that tie on an interval: the derivative there is that of the function, whatever the choices are."""

from __future__ import annotations

import pytest

from derive import check

LABELS = {"y": "{-1, 1}"}
CLIPPED = "where(max(min(z, 1), -1) == z, z**2/2, abs(z) - 1/2)"
#: loss, gradient, a wrong one that differs where choices tie only, domain
TIES: list[tuple[str, str, str, dict[str, str]]] = [
    ("max(max(z, 0), 0)**2", "2*max(z, 0)", "where(z > 0, 2*z, 99)", {}),
    ("abs(max(z, 0))**2 + z**2", "where(z < 0, 2*z, 4*z)", "where(z < 0, 7, 4*z)", {}),
    ("max(0, 1 - min(y*z, 1))**2", "where(y*z < 1, -2*y*(1 - y*z), 0)", "where(y*z < 1, -2*y*(1 - y*z), 99)", LABELS),
    ("max(abs(max(abs(z-y) - 1, 0)), 0)**2", "2*max(abs(z-y) - 1, 0)*sign(z-y)", "2*sign(z-y)*(abs(z-y) - 1)", {}),
    ("max(sqrt(z**2) - z, 0)**2", "where(z < 0, 8*z, 0)", "where(z < 0, 8*z, 99)", {}),
    (CLIPPED, "max(min(z, 1), -1)", "z", {}),
    (CLIPPED, "max(min(z, 1), -1)", "max(min(z, 1), 0)", {}),
    ("where(abs(z) == z, z**2, 3*z**2)", "where(z >= 0, 2*z, 6*z)", "2*z", {}),
    ("where(max(z, 0) == 0, z**2, 3*z**2)", "where(z <= 0, 2*z, 6*z)", "6*z", {}),
    (
        "-min(exp(z)*a, min(max(exp(z), 1 - e), 1 + e)*a)",
        "where(((a >= 0) & (exp(z) <= 1 + e)) | ((a < 0) & (exp(z) >= 1 - e)), -exp(z)*a, 0)",
        "where((exp(z) <= 1 + e) & (exp(z) >= 1 - e), -exp(z)*a, 0)",
        {"e": "[1/10, 2/5]"},
    ),
    ("max(a*z, a*min(z, 1))", "where((a < 0) & (z > 1), 0, a)", "where(z > 1, 0, a)", {}),
    ("max(z, min(max(z, 0), 2))", "where(z > 0, 1, 0)", "where((z > 0) & (z < 2), 1, 0)", {}),
    ("min(max(max(z, 0), 0), 5)**2", "where(z < 5, 2*max(z, 0), 0)", "2*max(z, 0)", {}),
]


@pytest.mark.parametrize(("loss", "right", "wrong", "domain"), TIES)
def test_a_tie_on_an_interval_is_decided(loss: str, right: str, wrong: str, domain: dict[str, str]) -> None:
    """The right gradient is proved, the wrong one refuted, and what is shown as right is right."""
    claim = {"loss": loss, "wrt": "z", "domain": domain, "dtypes": ()}
    assert check(gradient=right, **claim).status == "proved"  # type: ignore[arg-type]
    report = check(gradient=wrong, **claim)  # type: ignore[arg-type]
    assert report.status == "refuted"
    assert report.gradient is not None
    formula = report.gradient.components[0].right
    assert formula is None or check(gradient=formula.text, **claim).status == "proved"  # type: ignore[arg-type]


def test_the_loss_is_shown_as_it_was_stated() -> None:
    """What decides the choices is no other claim."""
    report = check(loss="max(max(z, 0), 0)**2", gradient="2*max(z, 0)", wrt="z", dtypes=())
    assert str(report.loss) == "pow(max(max(z, 0), 0), 2)"


LOST: list[tuple[str, str]] = [
    ("max(max(z, 0), 0*log(z - 1))**2", "2*max(z, 0)"),
    ("where(max(z, 0) == 0, z**2, log(z - 1))", "where(z <= 0, 2*z, 0)"),
]


@pytest.mark.parametrize(("loss", "gradient"), LOST)
def test_a_choice_that_is_decided_loses_no_condition(loss: str, gradient: str) -> None:
    """Where what is not taken has no value, the loss has none, and this is said."""
    report = check(loss=loss, gradient=gradient, wrt="z", dtypes=())
    assert report.gradient is not None
    assert report.status != "proved" or report.gradient.conditions or report.gradient.notes


def test_a_claimed_gradient_may_tie_on_an_interval() -> None:
    """Without a loss the Hessian is compared with the gradient, in the same way."""
    gradient = "max(max(z, 0), 0)"
    verdicts = [check(None, gradient, f"where(z > 0, 1, {h})", "z", dtypes=()).status for h in ("0", "9")]
    assert verdicts == ["proved", "refuted"]


JUMPS = [
    ("where(delta(z, 1) == 0, z**2, 5)", "2*z"),
    ("where(delta(z, 1) == 0, z**2, 1)", "2*z"),
    ("where(floor(z) == 0, z**2, 0)", "where((z > 0) & (z < 1), 2*z, where(z == 1, 5, 0))"),
]


@pytest.mark.parametrize(("loss", "gradient"), JUMPS)
def test_a_condition_may_jump_at_a_point(loss: str, gradient: str) -> None:
    """Beside z = 1 the other branch is taken: that the condition is not near its border there says nothing."""
    assert check(loss=loss, gradient=gradient, wrt="z", dtypes=()).status != "refuted"
