"""Derivatives at the points where a choice ties, by the small checker: what it confirms, and what it must not."""

from __future__ import annotations

import pytest

from derive.domain import Domain
from derive.errors import CertificateError
from derive.recheck import NotRechecked, Shown, recheck
from derive.terms.json import Json
from derive.terms.text import parse_formula

ZERO: Json = {"zero": True}


def at_zero(f: str, slope: str, on: Json = "x", zero: Json = ZERO, **described: str) -> Shown:
    """diff(f, x) = slope, for each sign of x on its own."""
    proof = {"split": on, "+": ZERO, "0": zero, "-": ZERO}
    return recheck(parse_formula(f"diff({f}, x)"), parse_formula(slope), Domain.of(described), proof)


REPLACED: Json = {"at": ["x", 0], "proof": ZERO}
SMOOTH = [
    ("abs(x)*x", "2*abs(x)"),
    ("diff(abs(x)**3, x)", "6*abs(x)"),
    ("diff(max(x, 0)**3, x)", "6*max(x, 0)"),
    ("diff(where(x < 0, x**3, x**4), x)", "where(x < 0, 6*x, 12*x**2)"),
    ("where(x < 0, 0, x**(3/2))", "3/2*sqrt(max(x, 0))"),
    ("max(x, 2*x, 0)**2", "8*max(x, 0)"),
    ("min(x, 0)**2 + heaviside(x)*x**2", "2*x"),
    ("sign(x)*x**3", "3*x*abs(x)"),
]


@pytest.mark.parametrize(("f", "slope"), SMOOTH)
def test_a_derivative_that_exists_has_its_value_at_zero(f: str, slope: str) -> None:
    """Both sides have one limit there: it is confirmed, and any other value is not."""
    for zero in (ZERO, REPLACED):
        assert not at_zero(f, slope, zero=zero).undefined
        for wrong in ("1", "-1"):
            with pytest.raises(CertificateError, match="does not vanish"):
                at_zero(f, f"{slope} + where(x == 0, {wrong}, 0)", zero=zero)
        for wrong in ("min(x, 0)", "max(x, 0)"):
            with pytest.raises(CertificateError, match="does not vanish"):
                at_zero(f, f"{slope} + {wrong}", zero=zero)


KINKS = [
    ("abs(x)", "sign(x)"),
    ("sqrt(x)", "1/(2*sqrt(x))"),
    ("x*sqrt(x)", "3/2*sqrt(x)"),
    ("x*log(abs(x))", "log(abs(x)) + 1"),
    ("max(x, 3*x)", "2 + sign(x)"),
    ("max(x, 2*x, 0)", "where(x < 0, 0, 2)"),
    ("min(x, 2*x, 3*x)", "where(x < 0, 3, 1)"),
    ("where(x < 0, 0, 1)", "0"),
    ("where(x <= 0, x, x + 1)", "1"),
    ("where(x == 0, 1, x)", "1"),
    ("where(x == 0, 0, where(x < 0, 1, 2))", "0"),
    ("diff(max(x, 0)**2, x)", "2*heaviside(x)"),
    ("diff(x*abs(x), x)", "2*sign(x)"),
    ("diff(diff(where(x < 0, x**3, x**4), x), x)", "where(x < 0, 6, 24*x)"),
]


@pytest.mark.parametrize(("f", "slope"), KINKS)
def test_a_kink_a_jump_and_a_border_have_no_derivative(f: str, slope: str) -> None:
    """It says that a side has no value at 0; beside 0 the slope must be right."""
    for zero in (ZERO, REPLACED, {"undefined": "a kink"}):
        assert at_zero(f, slope, zero=zero).undefined
    with pytest.raises(CertificateError):
        at_zero(f, f"{slope} + x")


UNDECIDED = [
    ("abs(x**2)", "2*x", "touched and not crossed"),
    ("x*sqrt(x**2)", "2*abs(x)", "touched and not crossed"),
    ("where(x**2 <= 0, 1, x**2)", "2*x", "touched and not crossed"),
    ("abs(x)**y", "y*abs(x)**(y - 1)*sign(x)", "symbolic power"),
    ("xlogy(x, abs(x))", "log(abs(x)) + 1", "one side has no value"),
    ("diff(abs(x)**3*y, y)", "3*x*abs(x)", "mixed derivative"),
    ("x*diff(max(y, x)**3, y)", "1", "mixed derivative"),
]


@pytest.mark.parametrize(("f", "slope", "why"), UNDECIDED)
def test_what_it_cannot_decide_at_zero_it_does_not_confirm(f: str, slope: str, why: str) -> None:
    """Most of these are true: that is said by the class of the error."""
    on: Json = ["add", "x", ["mul", -1, "y"]] if "max(y, x)" in f else "x"
    with pytest.raises(NotRechecked, match=why):
        at_zero(f, slope, on=on, y="positive")


def test_where_two_variables_tie() -> None:
    """The other variable of the choice stays what it is."""
    tie: Json = ["add", "x", ["mul", -1, "y"]]
    zero: Json = {"at": ["x", "y"], "proof": ZERO}
    assert not at_zero("diff(max(x - y, 0)**3, x)", "6*max(x - y, 0)", on=tie, zero=zero).undefined
    assert at_zero("max(x, y)", "heaviside(x - y)", on=tie, zero=zero).undefined
    with pytest.raises(CertificateError, match="does not vanish"):
        at_zero("diff(max(x - y, 0)**3, x)", "where(x == y, 1, 6*max(x - y, 0))", on=tie, zero=zero)


def test_a_border_is_looked_at_on_its_own() -> None:
    """x^(3/2) has values for x ≥ 0 only, so it has no derivative at 0, though its formula has a value there."""
    for f in ("x**(3/2)", "(x - 3)**(3/2)"):
        slope = f.replace("(3/2)", "(1/2)*3/2")
        for described in ({}, {"x": "nonnegative"}):
            with pytest.raises(CertificateError, match="must be known"):
                recheck(parse_formula(f"diff({f}, x)"), parse_formula(slope), Domain.of(described), ZERO)
    for zero in (ZERO, REPLACED):
        assert at_zero("x**(3/2)", "3/2*sqrt(x)", zero=zero).undefined
        assert at_zero("x**(3/2)", "3/2*sqrt(x)", zero=zero, x="nonnegative").undefined
    assert not at_zero("x**(3/2)", "3/2*sqrt(x)", x="positive").undefined


def test_a_choice_without_the_variable_does_not_tie() -> None:
    """|y| does not change with x, whatever the sign of x."""
    assert not at_zero("x*max(y, 1)", "max(y, 1)", y="(2, oo)").undefined
    assert not at_zero("x*max(y, 1)", "max(y, 1)", y="[1, oo)").undefined
    assert not at_zero("x*abs(0)*y + x**2", "2*x").undefined
