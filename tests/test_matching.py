"""Matching losses: the gradient of each is Xᵀ(h − y)/m, proved, and compared with numbers from elsewhere."""

from __future__ import annotations

import json

import pytest
from click.testing import CliRunner
from mpmath import mp
from scipy import special

from derive.certificate import Certificate
from derive.cli import main
from derive.errors import DeriveError, FormulaError, UnknownError
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
