"""What formulas do at the ends of intervals: nothing is said that values far out contradict."""

from __future__ import annotations

import time
from fractions import Fraction

import mpmath as mp
import pytest
import sympy as sp

from derive.domain import Domain
from derive.prove import sign, signs
from derive.prove.normal import Normal
from derive.prove.registry import Registry
from derive.prove.sign_limits import end_sign
from derive.prove.signals import GaveUp, Restart
from derive.terms.bridge import to_sympy
from derive.terms.text import parse_formula

assert sign.RULE_MODULES  # the laws and the rules are entered
#: a formula in x, an end, and what is said of the formula there: "+" or "-" near the end, "0" for the limit 0
AT_AN_END = [
    ("x*normcdf(x)", "-oo", "0"),
    ("x**9*normcdf(x)*exp(x**2/4)", "-oo", "0"),
    ("x*normcdf(x)", "oo", "+"),
    ("exp(x**2)*erfc(x)", "oo", "0"),
    ("x*exp(x**2)*erfc(x)", "oo", "?"),
    ("x*log(1 + 1/x)", "oo", "?"),
    ("log(2*x + 3) - log(x) - log(2)", "oo", "0"),
    ("log(3*x + 2) - log(x) - log(2)", "oo", "+"),
    ("sqrt(x)*log(x)", "0+", "0"),
    ("1/x + log(x)", "0+", "+"),
    ("log(x)/x", "0+", "-"),
    ("log(x)**5/sqrt(x)", "oo", "0"),
    ("exp(-1/x)/x", "0+", "0"),
    ("exp(1/x)*x**3 - 1", "0+", "+"),
    ("exp(x) - exp(x**2/10**6)", "oo", "-"),
    ("exp(x/10**6) - x**9", "oo", "+"),
    ("exp(-exp(-x)) - 1", "oo", "0"),
    ("exp(exp(x))", "oo", "?"),
    ("atan(x) - pi/2", "oo", "0"),
    ("x*(atan(x) - pi/2)", "oo", "?"),
    ("atan(x) - 11/7", "oo", "-"),
    ("atan(1/x**2)", "oo", "0"),
    ("sin(x)/x", "oo", "0"),
    ("sin(x)", "oo", "?"),
    ("x + sin(x)", "oo", "+"),
    ("x + x*sin(x)", "oo", "?"),
    ("a*x - b*x", "oo", "?"),
    ("a/x + b/x**2", "oo", "0"),
    ("exp(a*x)", "-oo", "?"),
    ("(x**3 - x)/(2 - 5*x**3) + 1/5", "-oo", "0"),
    ("(x**3 - x)/(2 - 5*x**3) + 1/6", "-oo", "-"),
    ("sqrt(x**2 + 1) - x", "oo", "0"),
    ("x*(sqrt(x**2 + 1) - x)", "oo", "?"),
    ("erf(x + exp(-x))", "oo", "+"),
    ("erf(1/x)", "oo", "0"),
]


@pytest.mark.parametrize(("formula", "end", "says"), AT_AN_END, ids=[f"{f} at {e}" for f, e, _ in AT_AN_END])
def test_what_a_formula_does_at_an_end(formula: str, end: str, says: str) -> None:
    """The sign near an end, or the limit 0, holds at points ever closer to it; else nothing is said."""
    ranges = {"oo": "(1, oo)", "-oo": "(-oo, -1)", "0+": "(0, 1)"}
    domain = Domain.of({"x": ranges[end], "a": "positive", "b": "positive"})
    found = {"?": signs.ANY, "0": signs.ZERO, "+": signs.POSITIVE, "-": signs.NEGATIVE}[says]
    assert _at_an_end(formula, domain, end) == found
    for t in (10**40, 10**60) if says != "?" else ():
        x = {"oo": Fraction(t), "-oo": Fraction(-t), "0+": Fraction(1, t)}[end]
        value = _value(formula, x)
        assert {"0": abs(value) < mp.mpf(t) ** -0.25, "+": value > 0, "-": value < 0}[says]


def _at_an_end(formula: str, domain: Domain, end: str) -> int:
    registry = Registry()
    for _ in range(40):
        n = Normal(registry, domain, time.monotonic() + 10)
        try:
            place, way = (Fraction(0), 1) if end == "0+" else (None, -1 if end == "oo" else 1)
            return end_sign(n, n.go(parse_formula(formula)), "x", place, way)
        except Restart:
            continue
        except GaveUp:
            return signs.ANY
    raise AssertionError("too many restarts")


def _value(formula: str, x: Fraction) -> mp.mpf:
    """By mpmath, with more digits than the terms differ in."""
    e = to_sympy(parse_formula(formula))
    e = e.subs({s: sp.Symbol(s.name) for s in e.free_symbols})
    own = {"normcdf": lambda u: mp.erfc(-u / mp.sqrt(2)) / 2}
    f = sp.lambdify(sp.symbols("x, a, b"), e, ["mpmath", own])
    with mp.workdps(300):
        return f(mp.mpf(x.numerator) / x.denominator, mp.mpf(3), mp.mpf(2))
