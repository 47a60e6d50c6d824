"""Signs that a plausible prover would accept: each is refuted, at a point where SymPy finds the value negative too."""

from __future__ import annotations

import pytest
import sympy as sp
from sympy.abc import z

from derive.certificate import Refuted
from derive.domain import Domain
from derive.errors import TermError
from derive.prove import prove_nonnegative, prove_positive, prove_positive_semidefinite
from derive.terms.bridge import to_sympy
from derive.terms.text import parse_formula

#: formula, domain, why it looks nonnegative
NEGATIVE = [
    ("z**2 - 1/10**12", {}, "negative only next to 0"),
    ("(3*z - 1)**2 - 1/10**10", {}, "a dip between the points that one tries"),
    ("(7*z - 22)**2 - 1/10**14", {}, "a dip at 22/7"),
    ("(z**2 - 2)**2 - 1/10**18", {}, "a dip at an irrational number"),
    ("exp(z) - 1", {}, "true for z >= 0"),
    ("x**3", {"x": "[-1/1000000000, 1]"}, "negative on a billionth of the domain"),
    ("1/x", {"x": "nonzero"}, "nonzero is not positive"),
    ("(z - 1)*(z - 10001/10000)", {}, "nearly a double root"),
    ("(z - 1)**2*(z - 10001/10000)", {"z": "[1, 2]"}, "a double root and a root next to it"),
    ("1 - exp(z - 30)/1000", {}, "negative only far out"),
    ("Piecewise((1, z < 30), (-1, True))", {}, "negative only in the tail"),
    ("1 - 2*exp(-100000*(z - 31)**2)", {}, "a narrow dip far out"),
    ("1 - 2*exp(-100000*(z - 31/7)**2)", {}, "a narrow dip at 31/7"),
    ("1 - tanh(z) - 1/10**30", {}, "rounded to 0 or less by any floating-point number"),
    ("sqrt(1 + z**2) - z - 1/10**9", {}, "negative beyond half a billion"),
    ("Piecewise((-1, Eq(z, 1/7)), (z**2, True))", {}, "negative only at a point"),
    ("max(z, -z) - 1/1000000", {}, "negative only at a kink"),
    ("abs(z - 2) + abs(z - 3) - 1 - 1/10**9 + abs(z - 5/2)", {}, "negative only around a kink"),
    ("sum(x[i], i, 0, n - 1)", {"n": "positive integer"}, "a sum of anything"),
    ("y*z", {"y": "{-1, 1}"}, "one label of two"),
    ("(2*y - 1)*z", {"y": "{0, 1}", "z": "nonnegative"}, "one label of two"),
    ("sigmoid(z)*(1 - sigmoid(z)) - 1/4 + 1/10**20", {}, "1/4 is the largest value, not the least"),
    ("1/4 - p*(1 - p) - 1/10**15", {"p": "[0, 1]"}, "negative next to 1/2"),
    ("(1 - z**2)/(1 + z**2)**2", {}, "the Cauchy loss is not convex"),
    ("Piecewise(((1 - z**2)*(1 - 5*z**2), abs(z) <= 1), (0, True))", {}, "the Tukey loss is not convex"),
    ("diff(diff((sigmoid(z) - y)**2, z), z)", {"y": "{0, 1}"}, "the squared error of a sigmoid is not convex"),
    ("(1 - p)*y*exp(z*(1 - p)) + (2 - p)*exp(z*(2 - p))", {"p": "(0, 2)", "y": "nonnegative"}, "wrong for p > 1"),
    ("log(u) + y/u - 1 - log(y) - 1/10**6", {"u": "positive", "y": "positive"}, "the least value is 0"),
    ("diff(diff(log(u) + y/u, u), u)", {"u": "positive", "y": "positive"}, "not convex in the mean, for u > 2y"),
    ("x**2 + y**2 - 2*x*y*(1 + 1/10**6)", {}, "indefinite by a millionth"),
    ("log(x)", {"x": "positive"}, "negative below 1"),
    ("exp(z) - 1 - z - z**2/2", {}, "a Taylor polynomial that is a bound on one side only"),
    ("x*log(2) - log(2) - log(x)", {"x": "positive"}, "zero at 1 and at 2"),
    ("n*(n - 1)*(n - 2) - 1", {"n": "nonnegative integer"}, "whole numbers, and 1 too much"),
    ("exp(-z) - z**3*exp(-2*z)", {}, "negative in the middle"),
    ("sin(z)", {"z": "[0, 4]"}, "a little beyond pi"),
    ("1/(exp(2*x) - y + 3/4)", {"x": "nonnegative", "y": "[-1, 3]"}, "falls where it is defined, and has a pole"),
    ("1/(1 - x)", {"x": "[0, 3]"}, "rises from 1, through a pole"),
    ("1 - atan(1/x)", {"x": "[-1, 1]"}, "rises from 1.8, and jumps down at 0"),
    ("tan(x)", {"x": "[0, 3]"}, "rises from 0, through a pole"),
    ("1 + 1/(y - x) - 1/(y + 1)", {"x": "positive", "y": "positive"}, "rises in x, through a pole at y"),
    ("x/(x**2 - 2) + 2/3", {"x": "[1, 2]"}, "nonnegative at both ends, with a pole between"),
    ("exp(1/(x - 1)) - exp(-1)/2", {"x": "[0, 2]"}, "falls from 1/e, and jumps at 1"),
    ("1 - sqrt((x - 1)**2)/(x - 1) - 1/10", {"x": "[0, 2]"}, "the sign of x - 1 as a root"),
    ("p*(1 - p) - q*(1 - q)", {"p": "[0, 1]", "q": "[0, 1/2]"}, "monotone on half of the domain only"),
    ("Piecewise((exp(z), z < 0), (exp(z) - 2, True))", {}, "rises from 0 at minus infinity, and jumps down"),
    ("-1/z", {}, "rises from 0 at minus infinity, through a pole"),
    ("-1/z", {"z": "nonzero"}, "rises from 0, on a domain that is no interval"),
    ("exp(-1/z) - 1", {"z": "nonzero"}, "rises from 0 and, again, from -1"),
    ("-atan(1/z)", {}, "rises from 0 at minus infinity, and jumps down at 0"),
    ("1/(2 - exp(z))", {}, "rises from 1/2 at minus infinity, through a pole"),
    ("exp(z) - 1/10**30", {}, "rises from less than 0"),
    ("-exp(-z)", {}, "rises to 0, not from it"),
    ("exp(z**2)*erfc(z) - 1/10", {"z": "nonnegative"}, "falls from 9/10 to less than 0"),
    ("z*exp(z**2)*erfc(z) - 1/2", {"z": "[1, oo)"}, "its limit is positive, its first value is not"),
    ("1/(1 + x) - log(1 + 1/x)", {"x": "positive"}, "both limits are 0, from below"),
    ("log(1 + 1/x) - (1 - 1/10**9)/x", {"x": "positive"}, "0 in the limit, negative near 0"),
    ("(x + 1/2)*log(1 + 1/x) - 1 - 1/10**9", {"x": "positive"}, "falls to less than 0"),
    ("atan(x) - pi/2 + (1 - 1/10**6)/x", {"x": "positive"}, "negative far out"),
    ("exp(-x**2) - erfc(x) - 1/10**20", {"x": "nonnegative"}, "the least value is that of both ends"),
    (
        "erfc(x) - 2*x/(1 + 2*x**2)*exp(-x**2)*(1 + 1/10**6)/sqrt(pi)",
        {"x": "positive"},
        "a bound of the tail, a bit more",
    ),
    ("exp(x) - exp(x**2/100)", {"x": "nonnegative"}, "the square is the greater one in the end"),
    ("x*exp(-x) - 1/10**9", {"x": "nonnegative"}, "rises and falls, and is less than 0 at both ends"),
    ("y*x + (1 - y)*(1 - x) - 1/10**9", {"y": "[0, 1]", "x": "[0, 1]"}, "between two values, one of them 0"),
    ("(1 - y)*z**2 + y*(z**2 - 1/10**8)", {"y": "[0, 1]"}, "nonnegative for one end of y"),
    ("y*(z**2 + 1) - z*y/2 - 1/4", {"y": "(0, 1)"}, "negative at the end that is not reached"),
]
ZERO = [
    ("z**2", {}, "0 at 0"),
    ("abs(x)", {}, "0 at the kink"),
    ("x", {"x": "nonnegative"}, "nonnegative is not positive"),
    ("x*y", {"x": "nonnegative", "y": "positive"}, "one factor may be 0"),
    ("z - 1 - log(z)", {"z": "positive"}, "0 at 1"),
    ("exp(z) - 1 - z", {}, "0 at 0"),
    ("exp(x) - exp(1)*x", {}, "0 at 1"),
    ("log(cosh(z))", {}, "0 at 0"),
    ("log(1 + exp(z)) - log(2)", {"z": "nonnegative"}, "0 at the end of the domain, and no ball shows it"),
    ("1/4 - sigmoid(z)*(1 - sigmoid(z))", {}, "0 at 0"),
    ("sum(x[i]**2, i, 0, n - 1)", {"n": "nonnegative integer"}, "an empty sum"),
    ("y*(y - 1)", {"y": "{0, 1}"}, "0 at both"),
    ("abs(z - 2) - abs(z) + 2", {}, "0 on half of the line"),
    ("Piecewise((1, abs(z) <= 1), (0, True))", {}, "0 outside"),
    ("n - 1", {"n": "positive integer"}, "0 at 1"),
    ("z*exp(-z)", {"z": "nonnegative"}, "0 at the end"),
    ("max(0, 1 - z)", {}, "0 beyond the margin"),
    ("z + sqrt(z**2)", {}, "rises from the limit 0, and is 0 on half of the line"),
    ("Piecewise((0, z < 0), (z**2*exp(z), True))", {}, "rises from the limit 0, and is 0 on half of the line"),
    ("y*exp(-z)", {"y": "[0, 1]"}, "0 at one end of y"),
    ("y*x + (1 - y)*(1 - x)", {"y": "[0, 1]", "x": "[0, 1]"}, "0 at two corners"),
]


@pytest.mark.parametrize(("formula", "domain", "why"), NEGATIVE, ids=[c[0] for c in NEGATIVE])
def test_negative_somewhere(formula: str, domain: dict[str, str], why: str) -> None:
    """What is negative somewhere is refuted there, however small the place."""
    verdict = prove_nonnegative(formula, domain, budget=1)  # after it, witnesses are still looked for
    assert isinstance(verdict, Refuted), (why, verdict)
    assert value_at(formula, domain, verdict) < 0


@pytest.mark.parametrize(("formula", "domain", "why"), ZERO, ids=[c[0] for c in ZERO])
def test_zero_somewhere(formula: str, domain: dict[str, str], why: str) -> None:
    """What is 0 somewhere is not positive, although it is nonnegative everywhere."""
    verdict = prove_positive(formula, domain, budget=20)
    assert isinstance(verdict, Refuted), (why, verdict)
    assert abs(value_at(formula, domain, verdict)) < sp.Float(10) ** -80
    assert prove_nonnegative(formula, domain).status == "proved"


def value_at(formula: str, domain: dict[str, str], verdict: Refuted) -> sp.Float:
    """The value at the witness, to 100 digits, by SymPy; the witness lies in the domain."""
    point = {name: sp.Rational(value) for name, value in verdict.witness.point}
    ranges = Domain.of(domain)
    assert all(value.q == 1 or not ranges[name].whole for name, value in point.items())
    assert all(_fraction(value) in ranges[name] for name, value in point.items() if "[" not in name)
    e = to_sympy(parse_formula(formula)).doit()
    entries = {a: point[f"{a.base}[{a.indices[0]}]"] for a in _entries(e, point)}
    e = e.subs({s: point[s.name] for s in e.free_symbols if s.name in point}).doit().subs(entries).doit()
    return sp.N(e.subs({a: point[f"{a.base}[{a.indices[0]}]"] for a in e.atoms(sp.Indexed)}), 100)


def _entries(e: sp.Expr, point: dict[str, sp.Rational]) -> list[sp.Indexed]:
    return [a for a in e.atoms(sp.Indexed) if f"{a.base}[{a.indices[0]}]" in point]


def _fraction(value: sp.Rational) -> object:
    from fractions import Fraction

    return Fraction(int(value.p), int(value.q))


INDEFINITE = [
    ([["1", "2"], ["2", "1"]], {}),
    ([["x**2", "x*y + 1/1000"], ["x*y + 1/1000", "y**2"]], {}),
    ([["0", "x"], ["x", "1"]], {"x": "positive"}),
    ([["1", "0", "0"], ["0", "1", "0"], ["0", "0", "-1/10**9"]], {}),
    ([["exp(-s)", "(y - m)*exp(-s)"], ["(y - m)*exp(-s)", "(y - m)**2*exp(-s)/2"]], {}),
    ([["p - p**2", "-p*q", "-p*r"], ["-p*q", "q - q**2 - 1/10**6", "-q*r"], ["-p*r", "-q*r", "r - r**2"]],
     {"p, q, r": "simplex"}),
]  # fmt: skip


@pytest.mark.parametrize(("rows", "domain"), INDEFINITE)
def test_indefinite(rows: list[list[str]], domain: dict[str, str]) -> None:
    """An indefinite matrix is refuted by a point and a direction; v'Hv is negative there, by SymPy as well."""
    verdict = prove_positive_semidefinite(rows, domain)
    assert isinstance(verdict, Refuted)
    point = {sp.Symbol(name, real=True): sp.Rational(value) for name, value in verdict.witness.point}
    v = sp.Matrix(sp.sympify(verdict.notes[0].partition("v = ")[2], rational=True))
    h = sp.Matrix(len(rows), len(rows), lambda i, j: sp.sympify(rows[i][j], rational=True))
    h = h.subs({s: point[sp.Symbol(s.name, real=True)] for s in h.free_symbols})
    assert sp.N((v.T * h * v)[0, 0], 50) < 0


def test_a_matrix_that_is_not_symmetric() -> None:
    """Semidefinite is said of symmetric matrices: another one is an error, not an answer."""
    with pytest.raises(TermError, match="not symmetric"):
        prove_positive_semidefinite([["1", "x"], ["-x", "1"]])


@pytest.mark.parametrize("rows", [[], [["1", "2"]], [["1"], ["2"]], [["1"] * 5] * 5, "z", ["z"], z])
def test_what_is_not_a_small_square_matrix(rows: object) -> None:
    """Wrong shapes are errors with a message, never a verdict."""
    with pytest.raises(TermError, match=r"square|list of rows"):
        prove_positive_semidefinite(rows)


def test_a_domain_without_points_of_definition() -> None:
    """Where the expression is defined nowhere, nothing is proved."""
    assert prove_nonnegative("sqrt(-1 - z**2)").status == "unknown"
    assert prove_positive("1/(z - z)").status == "unknown"
