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
from tests.shared import few

sys.path.insert(0, str(Path(__file__).parents[2] / "benchmarks"))

from fuzzing.formulas import NO_ANSWER, WHERE, compared, formulas
from fuzzing.judge import OneSided, gap_at, places
from fuzzing.terms import DOMAIN, Maker

_CANNOT = (CertificateError, Vacuous, Kink, OverflowError)


def seen(t: Term, domain: Domain, seed: int, count: int) -> int:
    """At how many points of the domain a term is seen to be written rightly; 0 where the checker cannot say."""
    r = Region(Book(), domain)
    try:
        out = r.book.term(go(r, unfold(t, r.range_of)))
    except _CANNOT:
        return 0
    return compared(t, out, r.conditions, places((t,), domain, seed, count))


HEADS = sorted(
    (LAWS.keys() | DERIVED.keys()) - {"num", "sym", "at", "pi", "euler_gamma", "e", "slope", "given", "cumulant"}
)


@pytest.mark.parametrize("head", few(HEADS, HEADS[::2]))
def test_a_law_is_an_identity(head: str) -> None:
    """With the conditions that it records, in domains that decide signs in different ways."""
    assert sum(seen(parse_formula(f), d, n, 5) for f in formulas(head) for n, d in enumerate(WHERE))


MASKED = ["where(v[i] < w[i], v[i]*x, w[i]**2)", "abs(v[i] - x)", "x*where(v[i] <= 0, 1, 2) + w[i]"]
MASKED += ["where(v[i] < 0, 1, where(v[i] == w[i], y, w[i]))", "where((v[i] < x) & ~(w[i] < x), v[i], abs(w[i]))"]
MASKED += ["where((v[i] < 0) | (w[i] != v[i]), 3, x)*v[i]", "exp(where(abs(v[i]) < 1, v[i], w[i]))"]


@pytest.mark.parametrize("summand", MASKED)
def test_a_choice_under_a_sum_keeps_its_value(summand: str) -> None:
    """Where the sign depends on the index, masks stand for it."""
    found = [seen(parse_formula(f"sum({summand}, i, 0, n-1)"), d, n, 8) for n, d in enumerate(WHERE)]
    assert sum(found)


@pytest.mark.parametrize("first", range(0, 200, 50))
def test_random_terms_keep_their_values(first: int) -> None:
    """Laws on top of laws."""
    seeds = range(first, first + 50)
    assert sum(seen(Maker(Random(s)).term(2), WHERE[s % len(WHERE)], s, 4) for s in seeds) > 20


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
    found = 0
    for n, domain in enumerate(WHERE[:3]):
        for place in places((t,), domain, n, 6):
            try:
                assert not gap_at(slope, formula, place), f"{formula!r} is not ∂({text})/∂x: see {place}"
            except (OneSided, *NO_ANSWER):
                continue
            found += 1
    assert found


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
