"""Matching losses: the gradient of each is Xᵀ(h − y)/m, proved, and compared with numbers from elsewhere."""

from __future__ import annotations

import json

import pytest
from click.testing import CliRunner
from mpmath import mp
from scipy import special

from derive.certificate import Certificate
from derive.cli import main
from derive.errors import DeriveError, DomainError, FormulaError, UnknownError
from derive.matching import LINKS, antiderivative, matching_loss
from derive.terms.text import parse_formula
from derive.terms.unparse import unparse

#: link -> the inverse link by another library
WITNESSES = {
    "probit": special.ndtr,
    "logit": special.expit,
    "cloglog": lambda z: -special.expm1(-float(mp.exp(z))),
    "cauchit": lambda z: mp.mpf(1) / 2 + mp.atan(z) / mp.pi,
    "tanh": mp.tanh,
    "log": mp.exp,
}


@pytest.mark.parametrize("link", LINKS)
def test_every_link_has_a_convex_matching_loss(link: str) -> None:
    """Each statement is proved: the antiderivative, the gradient, the Hessian, convexity, and the matrix form."""
    c = matching_loss(link)
    assert [s.name for s in c.statements if not s.ok] == []
    assert c.status == "proved"
    assert "convex" in {s.name for s in c.statements}


@pytest.mark.parametrize("link", WITNESSES)
def test_differences_of_the_antiderivative_are_the_inverse_link(link: str) -> None:
    """High-precision differences of A, evaluated by mpmath, against the inverse link by SciPy or mpmath."""
    a = unparse(antiderivative(parse_formula(LINKS[link].inverse), LINKS[link].range_z))
    names = {
        "exp": mp.exp,
        "log": mp.log,
        "log1p": mp.log1p,
        "atan": mp.atan,
        "pi": mp.pi,
        "normcdf": mp.ncdf,
        "normpdf": mp.npdf,
        "softplus": lambda x: mp.log1p(mp.exp(x)),
        "exp1": mp.e1,
        "cosh": mp.cosh,
        "sqrt": mp.sqrt,
    }
    code = compile(a, "antiderivative", "eval")
    for z in (-2.5, -0.3, 0.0, 1.7):
        slope = mp.diff(lambda x: eval(code, {**names, "z": x}), z)
        assert float(slope) == pytest.approx(float(WITNESSES[link](z)), rel=1e-10)


def test_a_falling_inverse_link_is_not_convex() -> None:
    """The certificate says so, with a point."""
    c = matching_loss(inverse_link="-z")
    assert c.status == "proved"
    (said,) = [s for s in c.statements if s.name == "not-convex"]
    assert said.verdict.status == "refuted"


@pytest.mark.parametrize(
    ("options", "error"),
    [
        ({"link": "probbit"}, DeriveError),
        ({}, DeriveError),
        ({"link": "probit", "inverse_link": "z"}, DeriveError),
        ({"inverse_link": "x*z"}, FormulaError),
        ({"inverse_link": "1"}, FormulaError),
        ({"inverse_link": "log(1 + exp(z))"}, UnknownError),
    ],
)
def test_what_cannot_be_done_is_an_error(options: dict[str, str], error: type[DeriveError]) -> None:
    """An unknown link, none or two, a formula of something else, an integral that is not known."""
    with pytest.raises(error):
        matching_loss(**options)


@pytest.mark.usefixtures("in_process")
def test_the_command() -> None:
    """It prints the certificate in each format; an error is a message and an exit code."""
    run = CliRunner().invoke
    shown = run(main, ["matching-loss", "--link", "cloglog", "--format", "text"])
    assert (shown.exit_code, "E₁(exp(z))" in shown.output) == (0, True)
    as_json = json.loads(run(main, ["matching-loss", "--link", "probit", "--format", "json"]).output)
    assert (as_json["kind"], len(as_json["statements"])) == ("theorem", 5)
    assert run(main, ["matching-loss"]).exit_code == 2
    assert run(main, ["matching-loss", "--inverse-link", "z +"]).exit_code == 2
    assert run(main, ["matching-loss", "--inverse-link", "log(1 + exp(z))"]).exit_code == 3
    assert isinstance(matching_loss("log"), Certificate)


def test_the_command_asks_a_worker() -> None:
    """The formula is integrated in another process, and the certificate comes back from it."""
    shown = CliRunner().invoke(main, ["matching-loss", "--link", "identity", "--format", "text"])
    assert (shown.exit_code, "z²/2" in shown.output) == (0, True), shown.output


NOT_EVERYWHERE = [  # an inverse link, its range, and what the refusal says
    ("-sign(z)", "real", "no derivative at a kink or a jump"),
    ("sign(z)", "real", "no derivative at a kink or a jump"),
    ("where(z > 0, 0, 1)", "real", "no derivative at a kink or a jump"),
    ("where(z > 0, z - 2, z)", "real", "no derivative at a kink or a jump"),
    ("1/z", "real", "z > 0"),
    ("-1/z", "real", "z > 0"),
    ("log(z)", "real", "z > 0"),
    ("1/(z - 1)", "real", "-1 + z > 0"),
    ("z/z", "real", "z != 0"),
    ("exp(exp(z))", "real", "not proved"),
    ("sqrt(-1 - z**2)", "real", "no antiderivative"),
    ("exp(z**2)", "real", "no antiderivative"),
    ("diff(z**2, z)", "real", "is not known here"),
]


@pytest.mark.parametrize(("inverse_link", "range_z", "reason"), NOT_EVERYWHERE)
def test_a_loss_is_shown_only_where_its_derivative_is_the_link_everywhere(
    inverse_link: str, range_z: str, reason: str
) -> None:
    """−|z| has the derivative −sign z but at 0, and a second derivative that is nowhere negative: it is not convex."""
    with pytest.raises(UnknownError) as refused:
        matching_loss(inverse_link=inverse_link, range_z=range_z)
    assert reason in str(refused.value)


@pytest.mark.parametrize("range_z", ["{1, 2}", "integer", "nonzero", "0..n-1", "simplex(3)", "[1, 1]"])
def test_raw_predictions_are_an_interval(range_z: str) -> None:
    """Elsewhere a derivative says nothing of convexity."""
    with pytest.raises(DomainError, match="are no interval"):
        matching_loss("identity", range_z=range_z)


@pytest.mark.parametrize(
    ("inverse_link", "range_z"), [("max(z, 0)", "real"), ("where(z > 0, z, z/10)", "real"), ("1/z", "(-oo, 0)")]
)
def test_kinks_of_a_link_and_other_ranges_do_no_harm(inverse_link: str, range_z: str) -> None:
    """Where the link is continuous, its antiderivative has it as derivative at the kink, too."""
    assert matching_loss(inverse_link=inverse_link, range_z=range_z).status == "proved"
