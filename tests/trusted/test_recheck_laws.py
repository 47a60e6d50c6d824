"""Every law of the small checker is an identity: what it writes for a term has the term's value, by mpmath."""

from __future__ import annotations

import sys
from pathlib import Path
from random import Random

import pytest

from derive.domain import Domain
from derive.errors import CertificateError
from derive.recheck import recheck
from derive.recheck.arithmetic import Vacuous
from derive.recheck.differentiate import differentiate, plain
from derive.recheck.fraction import Book
from derive.recheck.region import Kink, Region
from derive.recheck.table import DERIVED
from derive.recheck.translate import LAWS, go
from derive.recheck.unfold import unfold
from derive.terms.term import Term, make, sym
from derive.terms.text import parse_formula

sys.path.insert(0, str(Path(__file__).parents[2] / "benchmarks"))

from fuzzing.judge import OneSided, Place, gap_at, places
from fuzzing.terms import DOMAIN, Maker
from fuzzing.values import NoValue, TooClose

_NO_ANSWER = (NoValue, TooClose, OverflowError, ValueError, ZeroDivisionError)
_CANNOT = (CertificateError, Vacuous, Kink, OverflowError)
#: signs known by a domain, so that choices are decided without a split
WHERE = [
    Domain.of({**DOMAIN.to_json(), "x": x, "y": y, "n": "positive integer", "m": "positive integer"})
    for x, y in (("positive", "negative"), ("(1, oo)", "(0, 1)"), ("(-1, 0)", "(0, 1)"), ("real", "real"))
]


def written(t: Term, domain: Domain) -> tuple[Term, Region]:
    """What the checker makes of a term in a domain, as a term again."""
    r = Region(Book(), domain)
    return r.book.term(go(r, unfold(t, r.range_of))), r


def compared(t: Term, domain: Domain, seed: int, count: int = 8) -> int:
    """At how many points the written term has the value of t, where t has one; a difference fails."""
    out, r = written(t, domain)
    seen = 0
    for place in places((t,), domain, seed, count):
        try:
            assert not gap_at(t, out, place), f"{t!r} is written as {out!r}: see {place}"
        except OneSided:
            assert not _has_value(t, place), f"{t!r} has a value and {out!r} has none: see {place}"
        except _NO_ANSWER:
            continue
        else:
            seen += 1
            for c in r.conditions:
                assert _holds(c.kind, c.term, place), f"{c} is no condition of {t!r}: see {place}"
    return seen


def _has_value(t: Term, place: Place) -> bool:
    try:
        place.value(t, 50)
    except NoValue:
        return False
    return True


def _holds(kind: str, term: Term, place: Place) -> bool:
    try:
        v = place.value(term, 50)
    except _NO_ANSWER:
        return True
    return {"positive": v > 0, "nonnegative": v >= 0, "nonzero": v != 0}[kind]


ARGUMENTS = [
    "x",
    "-x",
    "2*x + y",
    "x*y - 1",
    "x/3",
    "log(x)",
    "exp(x - y)",
    "1/x",
    "x + 3",
    "3/2",
    "x**2",
    "1/(1+x**2)",
]
#: head -> formulas, apart by semicolons
FORMULAS = {
    "pow": (
        "x**3; x**(-2); x**(1/2); x**(-3/2); (x*y)**(2/3); x**y; 2**x; (x**2)**(1/2); x**(3*k); "
        "(12*x)**(1/2); (x/18)**(-1/2); exp(x)**(1/2); ((x + 1)*(x + 2))**(3/2); 0**x; (-2)**k; "
        "4**(1/2)"
    ),
    "max": "max(x, y); max(x, y, 0); max(x, 2*x, y)",
    "min": "min(x, y); min(x, y, 1); min(-x, y)",
    "piecewise": "where(x < y, x, y); where(x <= 0, 1, y); where(x == 2, 1, 2); where(not x > y, x, 3)",
    "xlogy": "xlogy(x, 2); xlogy(x, x**2); xlogy(0, x); xlogy(x, 1 + y**2)",
    "delta": "delta(2, 3); delta(k, k); delta(k, k + 1)",
    "polygamma": "polygamma(0, x + 2); polygamma(1, x + 3); polygamma(2, x + 1); polygamma(3, 5/2)",
    "sum": (
        "sum(x*i, i, 0, 3); sum(v[i]*x, i, 0, n-1); sum(v[i]/(1 + w[i]) + y, i, 1, n); "
        "sum(i, i, 3, 2); sum(sum(v[i]*w[l], l, 0, m-1), i, 0, n-1); "
        "sum((v[i] + i)/(x**2 + 1), i, 0, n-1); sum(w[i]/w[i], i, 0, n); "
        "sum(sum(A[i, l], i, 0, n-1)*w[l], l, 0, n-1); sum((w[i]**2 + 1)/(w[i] + 1), i, 0, n-1)"
    ),
    "prod": "prod(x + i, i, 0, 2); prod(w[i]*x**2, i, 0, n-1); prod(i, i, 2, 1)",
    "sin": "sin(x + y); sin(2*x - y); sin(3*x)*sin(x); sin(x/2); sin(x + pi); sin(-5*pi/2); sin(pi*x)",
    "cos": "cos(x - y); cos(4*x); cos(x/2)**3; cos(3*pi); cos(x + pi/2)",
    "gamma": "gamma(x + 4); gamma(5/2); gamma(x*y)",
    "loggamma": "loggamma(x + 3); loggamma(x)",
    "log": ("log(12*x**2/y**3); log(exp(x)*y**2); log(x**2 + x); log(abs(x)); log(7/15); log(sqrt(x) + 1)"),
    "exp": ("exp(2*log(x) - y); exp(x/(1 + x)); exp((x**2 + 2)/(x + 1)); exp(x)**2*exp(-y/2); exp(log(3)/2)"),
    "mul": "(x + 1)*(x - 1)/(x**2 - 1); x*(y + 1)/(x*y + x)",
    "add": "1/x + 1/(x + 1) - y; x/(x + y) + y/(x + y)",
}
HEADS = sorted((LAWS.keys() | DERIVED.keys()) - {"num", "sym", "at", "pi", "euler_gamma", "e", "slope", "given"})


@pytest.mark.parametrize("head", HEADS)
def test_a_law_is_an_identity(head: str) -> None:
    """With the conditions that it records, in domains that decide signs in different ways."""
    texts = FORMULAS[head].split("; ") if head in FORMULAS else []
    if not texts or head in ("sin", "cos", "gamma", "loggamma", "log", "exp"):
        texts += [f"{head}({a})" for a in ARGUMENTS]
    seen = 0
    for text in texts:
        for n, domain in enumerate(WHERE):
            try:
                seen += compared(parse_formula(text), domain, n, 5)
            except _CANNOT:
                continue
    assert seen


@pytest.mark.parametrize("first", range(0, 200, 50))
def test_random_terms_keep_their_values(first: int) -> None:
    """Laws on top of laws."""
    seen = 0
    for seed in range(first, first + 50):
        t = Maker(Random(seed)).term(2)
        try:
            seen += compared(t, WHERE[seed % len(WHERE)], seed, 4)
        except _CANNOT:
            continue
    assert seen > 20


SLOPES = [f"{h}(x)" for h in sorted(DERIVED.keys() - {"e"})]
SLOPES += ["exp(x*y)", "log(x + 2)", "sin(x)", "cos(2*x)", "asin(x/3)", "atan(x)", "erf(x)", "erfinv(x/3)", "gamma(x)"]
SLOPES += ["loggamma(x + 1)", "polygamma(1, x)", "abs(x)", "x**3", "x**y", "2**x", "x**x", "x**(1/2)", "x*y*exp(x)"]
SLOPES += ["1/(x + 1)", "max(x, y)", "min(x, y, 1)", "max(2*x, y, x)", "sign(x)*x", "heaviside(x)*x", "xlogy(x, y + 3)"]
SLOPES += ["xlogy(2, x + 2)", "xlogy(x, x)", "where(x < y, x**2, sin(x))", "where(y < x, x**2, sin(x))"]
SLOPES += ["sum(exp(x*v[i]), i, 0, n-1)", "sum(x**i, i, 0, n)", "max(x, 1)*y"]


@pytest.mark.parametrize("text", SLOPES)
def test_a_rule_of_calculus_gives_the_derivative(text: str) -> None:
    """Against difference quotients, where there is a derivative."""
    t, x = parse_formula(text), sym("x")
    formula, slope = differentiate(plain(t), x), make("diff", t, x)
    seen = 0
    for n, domain in enumerate(WHERE[:3]):
        for place in places((t,), domain, n, 6):
            try:
                assert not gap_at(slope, formula, place), f"{formula!r} is not ∂({text})/∂x: see {place}"
            except (OneSided, *_NO_ANSWER):
                continue
            seen += 1
    assert seen


def test_derivatives_with_respect_to_entries() -> None:
    """∂/∂vⱼ picks one summand; another array, another number of indices and another name do not depend on it."""
    text = "diff(sum(v[i]**2*w[i] + v[i]*x, i, 0, n-1), v[j])"
    t = parse_formula(text)
    out = unfold(t, DOMAIN.__getitem__)
    expected = parse_formula("2*v[j]*w[j] + x")
    for place in places((t, expected), DOMAIN, 3, 6):
        assert not gap_at(out, expected, place)
    assert recheck(t, expected, DOMAIN, {"zero": True}).conditions == frozenset()


@pytest.mark.parametrize("f", ["log(x)", "1/x", "loggamma(x)", "logit(x)", "x**(-3)"])
def test_a_derivative_exists_only_where_its_function_does(f: str) -> None:
    """The conditions of a function that drops out of its derivative stay."""
    for g in (f"x + 0*({f})", f"x + ({f})**0", f"x + y*({f}) - y*({f})"):
        shown = recheck(make("diff", parse_formula(g), sym("x")), parse_formula("1"), Domain(), {"zero": True})
        assert shown.conditions
