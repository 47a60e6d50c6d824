"""Kinds of Hessians that were accepted once and do not hold: where a choice ties, or where the claim has no value."""

from __future__ import annotations

from typing import Any

import pytest

from derive import check
from derive.report import Report


def kind_of(loss: str, hessian: str, kind: str, **more: Any) -> Report:
    """A Hessian in z that is claimed to be of a kind."""
    return check(loss=loss, hessian=hessian, hessian_kind=kind, wrt="z", dtypes=(), **more)


CUBE = "z**2 + abs(z)**3"  # its second derivative is 2 + 6|z|, at 0 as well
TIES: list[tuple[str, str, str]] = [
    ("abs(z)**2", "where(z == 0, -50, 2)", "majorizer"),
    ("abs(z)**2", "where(z == 0, 1, 3)", "majorizer"),
    ("abs(z)**2", "where(z == 0, 6, 4)", "scaled"),
    (CUBE, "where(z == 0, 0, 3*(2 + 6*abs(z)))", "scaled"),
    (CUBE, "where(z == 0, 0, max(2 + 6*abs(z), 1))", "clipped"),
    (CUBE, "where(z == 0, 0, c*(2 + 6*abs(z)))", "scaled"),
    ("softplus(-abs(z)) + max(z, 0) - y*z", "where(z == 0, 1/8, 1/4)", "majorizer"),
    ("softplus(-abs(z)) + max(z, 0) - y*z", "where(z == 0, 1/8, 1/4)", "constant"),
]


@pytest.mark.parametrize(("loss", "hessian", "kind"), TIES)
def test_a_kind_holds_at_a_tie_where_the_loss_is_smooth(loss: str, hessian: str, kind: str) -> None:
    """Where both one-sided second derivatives agree, there is one, and the claimed value is compared with it."""
    report = kind_of(loss, hessian, kind, domain={"c": "[1, oo)"} if "c*" in hessian else None)
    assert report.hessian is not None
    assert report.hessian.status == "refuted"
    assert check(loss=loss, hessian=hessian, wrt="z", domain={"c": "[1, oo)"}, dtypes=()).status == "refuted"


RIGHT: list[tuple[str, str, str]] = [
    ("abs(z)**2", "3", "majorizer"),
    (CUBE, "2 + 7*abs(z)", "majorizer"),
    (CUBE, "3*(2 + 6*abs(z))", "scaled"),
    (CUBE, "c*(2 + 6*abs(z))", "scaled"),
    (CUBE, "max(2 + 6*abs(z), 1)", "clipped"),
    ("softplus(-abs(z)) + max(z, 0) - y*z", "1/4", "constant"),
    ("softplus(-abs(z)) + max(z, 0) - y*z", "1/4", "majorizer"),
]


@pytest.mark.parametrize(("loss", "hessian", "kind"), RIGHT)
def test_a_right_one_is_accepted_without_a_note(loss: str, hessian: str, kind: str) -> None:
    """Nothing is left out where everything is decided."""
    report = kind_of(loss, hessian, kind, domain={"c": "[1, oo)"} if "c*" in hessian else None)
    assert report.hessian is not None
    assert (report.status, report.hessian.notes) == ("proved", ())


def test_at_a_kink_the_note_of_an_exact_one_is_said() -> None:
    """max(z, 0)² has no second derivative at 0: 2 is a majorizer wherever there is one, and the report says so."""
    exact, kind = (kind_of("max(z, 0)**2", h, "majorizer") for h in ("where(z > 0, 2, 0)", "2"))
    assert exact.hessian is not None
    assert kind.hessian is not None
    assert (exact.status, kind.status) == ("proved", "proved")
    assert any("no derivative at a kink" in n for n in exact.hessian.notes)
    assert any("no derivative at a kink" in n for n in kind.hessian.notes)


PARTIAL: list[tuple[str, str, str]] = [
    ("z**4", "24*z**2*sqrt(z)/sqrt(z)", "scaled"),
    ("z**2", "4*log(z)/log(z)", "scaled"),
    ("z**2", "4*log(z)/log(z)", "majorizer"),
    ("z**2", "2*log(z)/log(z)", "majorizer"),
    ("softplus(z) - y*z", "log(z)/log(z)/4", "majorizer"),
]


@pytest.mark.parametrize(("loss", "hessian", "kind"), PARTIAL)
def test_where_a_claim_has_no_value_is_said(loss: str, hessian: str, kind: str) -> None:
    """For z < 0 there is no such Hessian: the proof for the others carries the condition, as one of exactness does."""
    report = kind_of(loss, hessian, kind)
    assert report.hessian is not None
    told = [(c.kind, str(c.term)) for c in report.hessian.conditions]
    assert ("positive", "z") in told or ("nonnegative", "z") in told
    assert "where z > 0" in str(report) or "where z >= 0" in str(report)


def test_a_matrix_is_compared_at_ties_too() -> None:
    """|a|² + b² has the Hessian 2·1 also where a = 0."""
    wrong, right = (
        check("abs(a)**2 + b**2", None, [[h, "1/2"], ["1/2", "3"]], ["a", "b"], hessian_kind="majorizer", dtypes=())
        for h in ("where(a == 0, 0, 3)", "3")
    )
    assert (wrong.status, right.status) == ("refuted", "proved")


NO_EXPECTATION: list[tuple[str, str, str, dict[str, str]]] = [
    ("z**2*y*log(y)/2", "0", "y ~ bernoulli(p)", {"p": "(0, 1)", "y": "[0, 1]"}),
    ("z**2*(1-y)*log(1-y)/2", "0", "y ~ bernoulli(p)", {"p": "(0, 1)", "y": "[0, 1]"}),
    ("where(w > 0, z**2*y*log(y)/2, 0)", "0", "y ~ bernoulli(p)", {"p": "(0, 1)", "y": "[0, 1]"}),
    ("z**2*(a*log(a) + b*log(b))/2", "0", "a, b ~ categorical(p, 1-p)", {"p": "(0, 1)", "a, b": "simplex"}),
    ("z**2*y**2/y/2", "p", "y ~ bernoulli(p)", {"p": "(0, 1)", "y": "[0, 1]"}),
    ("z**2*y**2/y/2", "mu", "y ~ poisson(mu)", {"mu": "positive", "y": "nonnegative integer"}),
    ("z**2*y*log(y-1)/log(y-1)/2", "mu", "y ~ gamma(mu, 2)", {"mu": "positive", "y": "positive"}),
    ("z**2*y*sqrt(y-m)/sqrt(y-m)/2", "m", "y ~ normal(m, 1)", {"y": "real"}),
]


@pytest.mark.parametrize(("loss", "hessian", "data", "domain"), NO_EXPECTATION)
def test_what_has_no_value_has_no_expectation(loss: str, hessian: str, data: str, domain: dict[str, str]) -> None:
    """y log y has no value at y = 0, where `check` says so of a derivative as well; `xlogy` states the convention."""
    report = kind_of(loss, hessian, "fisher", distribution=data, domain=domain)
    assert report.status != "proved"


STATED: list[tuple[str, str, str, dict[str, str]]] = [
    ("z**2*xlogy(y, y)/2", "0", "y ~ bernoulli(p)", {"p": "(0, 1)", "y": "[0, 1]"}),
    ("z**2*where(y > 0, y*log(y), 0)/2", "0", "y ~ bernoulli(p)", {"p": "(0, 1)", "y": "[0, 1]"}),
    ("-(y*log(p) + (1-y)*log(1-p))", "1/(p*(1-p))", "y ~ bernoulli(p)", {"z": "(0, 1)", "y": "{0, 1}"}),
    ("z**2*y**2/y/2", "m", "y ~ normal(m, 1)", {"m": "real"}),
    ("-(y*log(p) + (1-y)*log(1-p))", "1/(p*(1-p))", "y ~ bernoulli(p)", {"z": "[0, 1]", "y": "{0, 1}"}),
]


@pytest.mark.parametrize(("loss", "hessian", "data", "domain"), STATED)
def test_a_convention_that_is_stated_counts(loss: str, hessian: str, data: str, domain: dict[str, str]) -> None:
    """xlogy(0, 0) is 0, and a branch that is not taken needs no value."""
    put = {} if "xlogy" in loss or "where" in loss else {"where": {"p": "z"}}
    report = kind_of(loss, hessian, "fisher", distribution=data, domain=domain, **put)
    assert report.status == "proved", report


NOT_REFUTED: list[tuple[str, str, str, dict[str, str]]] = [
    ("-log(normcdf(z))", "1", "majorizer", {}),  # a normal variable cut off on one side has a variance below 1
    ("z**4", "z**2/1000", "scaled", {}),
    ("z**4", "np.pi*z**2", "scaled", {}),
    ("z**4", "z**2/c", "scaled", {"c": "positive"}),
]


@pytest.mark.parametrize(("loss", "hessian", "kind", "domain"), NOT_REFUTED)
def test_what_is_of_the_kind_is_not_refuted(loss: str, hessian: str, kind: str, domain: dict[str, str]) -> None:
    """That it is not exact refutes no kind: where it is not proved, which may take too long, the answer is unknown."""
    report = kind_of(loss, hessian, kind, domain=domain)
    assert report.status == "proved" or kind != "scaled"
    assert report.status == "proved" or "not decided" in report.hessian.reason  # type: ignore[union-attr]


REFUTED: list[tuple[str, str, str, dict[str, str]]] = [
    ("log(cosh(z - y))", "1/2", "majorizer", {}),
    ("-log(normcdf(z))", "1/2", "majorizer", {}),
    ("z**4", "z**2 + 1", "scaled", {}),
    ("z**4", "-z**2", "scaled", {}),
    ("z**4", "z**2/c", "scaled", {"c": "nonzero"}),
    ("z**4", "z**4", "scaled", {}),
]


@pytest.mark.parametrize(("loss", "hessian", "kind", "domain"), REFUTED)
def test_what_is_below_or_no_multiple_is_refuted(loss: str, hessian: str, kind: str, domain: dict[str, str]) -> None:
    """A point at which the kind itself fails."""
    assert kind_of(loss, hessian, kind, domain=domain).status == "refuted"


def test_a_matrix_whose_sign_is_not_decided_is_not_refuted() -> None:
    """5·1 is above the Hessian of log Σ exp for five scores, which is more than is asked of a matrix here."""
    loss = "log(" + " + ".join(f"exp({v})" for v in "abcde") + ")"
    rows = [["5" if i == j else "0" for j in range(5)] for i in range(5)]
    report = check(loss, None, rows, list("abcde"), hessian_kind="majorizer", dtypes=())
    assert report.status == "unknown"
    rows[2][2] = "1/10"
    assert check(loss, None, rows, list("abcde"), hessian_kind="majorizer", dtypes=()).status == "refuted"


WRONG_AT_A_TIE = [
    ("abs(z)**2", "where(z == 0, 5, 4*z)"),
    ("abs(z)**2", "where(z == 0, 5, -2*z)"),
    ("abs(z)**3", "where(z == 0, 5, -3*z*abs(z))"),
]


@pytest.mark.parametrize(("loss", "gradient"), WRONG_AT_A_TIE)
def test_what_is_said_of_a_multiple_says_where(loss: str, gradient: str) -> None:
    """Twice the derivative, or minus it, but not at 0: there it is something else, and no convention."""
    report = check(loss=loss, gradient=gradient, wrt="z", dtypes=())
    assert report.gradient is not None
    assert report.convention == ""
    assert all("where no choice ties" in d.says for d in report.gradient.diagnosis)


def test_a_branch_below_rounding_says_where_the_others_have_a_value() -> None:
    """1 for σ(z) beyond 37 is all that is approximate: that the rest has no value for z < 0 is no part of it."""
    whole, half = (
        check("softplus(z)", f"where(z > 37, 1, {f}sigmoid(z))", None, "z", dtypes=()).gradient
        for f in ("", "log(z)/log(z)*")
    )
    assert whole is not None
    assert half is not None
    assert (whole.kind, whole.conditions, len(whole.notes)) == ("taylor", (), 1)
    assert any("undefined where z < 0" in n or "undefined where z <= 0" in n for n in half.notes) or half.conditions


SECANTS: list[tuple[str, str, str]] = [
    ("log(cosh(z - y))", "where(z == y, {}, tanh(z - y)/(z - y))", "1"),
    ("sqrt(1 + (z - y)**2) - 1", "where(z == y, {}, 1/sqrt(1 + (z - y)**2))", "1"),
    ("log(cosh(z)) + 0*y", "where(z == 0, {}, tanh(z)/z)", "1"),
]


@pytest.mark.parametrize(("loss", "hessian", "right"), SECANTS)
def test_a_secant_is_a_tangent_at_its_end(loss: str, hessian: str, right: str) -> None:
    """(z − y)·H = ℓ′ says nothing of H at z = y: there it is the second derivative, or it has no value."""
    found = [kind_of(loss, hessian.format(v), "secant").status for v in (right, "100")]
    assert found == ["proved", "refuted"]
    assert kind_of("log(cosh(z - y))", "tanh(z - y)/(z - y)", "secant").status == "proved"


def test_what_is_squared_may_have_choices() -> None:
    """(|z|³ − y)²/2 has the Gauss-Newton Hessian 9z⁴; what is claimed at 0 is not decided, and then not proved."""
    hessians = ("9*z**4", "where(z == 0, 7, 9*z**4)", "18*z**4", "8*z**4")
    found = [kind_of("(abs(z)**3 - y)**2/2", h, "gauss-newton").status for h in hessians]
    assert found == ["unknown", "unknown", "refuted", "refuted"]


def test_an_accepted_entry_is_not_shown_as_refuted() -> None:
    """Under "proved: majorizer" no entry is said to be refuted: that it is not exact was never claimed."""
    told = str(kind_of("abs(z)**2", "3", "majorizer"))
    assert "d2/dz2: proved, claimed is 3" in told
    assert "refuted" not in told


DEVIANCE = "y*m**(1 - p)/(p - 1) + m**(2 - p)/(2 - p)"
FAIR = "abs(z)/c - log(1 + abs(z)/c)"
#: loss, Hessian, variable, what it is: the curvature of one part of the loss explains the difference, by chance
BESIDE: list[tuple[str, str, str, str]] = [
    (DEVIANCE, "m**(-p) + (y - m)*m**(-1 - p)", "m", "wrong"),
    (FAIR, "1/(c*(abs(z) + c))", "z", "majorizer"),
]


@pytest.mark.parametrize(("loss", "hessian", "wrt", "kind"), BESIDE)
def test_what_is_left_out_is_the_curvature_of_all_that_depends_on_the_variable(
    loss: str, hessian: str, wrt: str, kind: str
) -> None:
    """Gauss-Newton leaves out u″ of f(u). With the variable beside u it is a slip in one of several terms."""
    domain = {"m": "positive", "y": "positive", "c": "positive", "p": "(1, 2)"}
    claim: dict[str, Any] = {"loss": loss, "hessian": hessian, "wrt": wrt, "dtypes": ()}
    claim["domain"] = {n: r for n, r in domain.items() if n in loss}
    assert check(**claim).hessian_kind == kind
    assert check(**claim, hessian_kind="gauss-newton").status == "refuted"


def test_gauss_newton_of_several_variables_may_be_negative_off_the_diagonal() -> None:
    """The residual y - V*x/(K + x): the matrix is the product of its gradient with itself."""
    mixed = "-V*x**2/(K + x)**3"
    hessian = [["(x/(K + x))**2", mixed], [mixed, "(V*x/(K + x)**2)**2"]]
    domain = dict.fromkeys(("V", "K", "x", "y"), "positive")
    claim: dict[str, Any] = {"loss": "(y - V*x/(K + x))**2/2", "wrt": ["V", "K"], "domain": domain, "dtypes": ()}
    assert check(**claim, hessian=hessian).hessian_kind == "gauss-newton"
    assert check(**claim, hessian=hessian, hessian_kind="gauss-newton").status == "proved"
    slip = [[hessian[0][0], mixed[1:]], [mixed[1:], hessian[1][1]]]
    assert check(**claim, hessian=slip).hessian_kind == "wrong"
