"""Claims about names, ranges and places that were once answered wrongly: what a name means, and where it may move."""

from __future__ import annotations

import time
from collections.abc import Mapping

import pytest
import sympy as sp

from derive.certificate import Proved, Refuted
from derive.domain import Domain
from derive.errors import CertificateError, TermError
from derive.prove import prove, prove_nonnegative, prove_positive, prove_positive_semidefinite
from derive.prove.ask import ask
from derive.recheck import recheck
from derive.terms.term import add, make, num, sym
from derive.terms.text import parse_formula

K = sp.Symbol("K", integer=True, positive=True)
k = sp.Symbol("k", integer=True)

NOT_EQUAL: list[tuple[str, str, Mapping[str, str], str]] = [
    (
        *("where(exp(z) == 3, sum(where(k > j, 1, 0), k, 0, m-1), 0)", "where(exp(z) == 3, m, 0)"),
        {"j": "0..i-1", "m": "positive integer"},
        "the index of a study takes no name on which a range depends: false at m = 1, j = 0",
    ),
    (
        *("log(p*exp(p) + q*exp(q) - np.e)", "log(p*exp(p) + q*exp(q) - np.e) + 0*p"),
        {"p, q": "simplex"},
        "a point off the simplex does not show that both sides have a value",
    ),
]


@pytest.mark.parametrize(("a", "b", "domain", "why"), NOT_EQUAL, ids=[row[3][:40] for row in NOT_EQUAL])
def test_not_proved(a: str, b: str, domain: Mapping[str, str], why: str) -> None:
    """Each was proved once, for the reason beside it."""
    assert prove(a, b, domain).status != "proved", why


NO_SIGN: list[tuple[str, Mapping[str, str], str]] = [
    (
        "sum(x[i], i, 0, n-1)**2 - 1/10**9",
        {"x": "nonzero", "n": "positive integer"},
        "what is not 0 may add up to 0: 1 and −1",
    ),
    ("(n-i-1)**2 + 5 - i", {"i": "0..n-1"}, "where n moves, i ≤ n − 1 moves with it: −4 at n = 10, i = 9"),
    ("(n-i-1)**2 + 5 - i", {"i": "0..n-1", "n": "positive"}, "the same for n > 0"),
    (
        "sum(where(exp(z) == 3, k-1-j, 1), k, 0, m-1)",
        {"j": "0..k-1", "m": "positive integer"},
        "the index is not the k in the range of j",
    ),
    (
        "sum(i*(i-1), i, a, a+n)",
        {"n": "nonnegative integer"},
        "an index that starts at 1/2 is not whole: −1/4 at n = 0",
    ),
]


@pytest.mark.parametrize(("e", "domain", "why"), NO_SIGN, ids=[row[2][:40] for row in NO_SIGN])
def test_no_sign(e: str, domain: Mapping[str, str], why: str) -> None:
    """Each was proved to be nonnegative once, for the reason beside it."""
    assert prove_nonnegative(e, domain).status != "proved", why


def test_a_square_of_a_sum_may_vanish() -> None:
    """Summands that are not 0 say nothing of their sum."""
    assert prove_positive("sum(x[i], i, 0, n-1)**2", {"x": "nonzero", "n": "positive integer"}).status != "proved"


@pytest.mark.parametrize("f", ["where(x < 1/1000, log(-1), x)", "where(x < 1/1000, 1/(x - x), x)"])
def test_no_limit_where_there_is_no_value(f: str) -> None:
    """A function without a value beside the point has no limit there."""
    formulas = [f, "x", "delta*t", "0", "epsilon"]
    assert ask("limit", list(map(parse_formula, formulas)), Domain({})).status != "proved"


TRUE: list[tuple[object, object, Mapping[str, str], str]] = [
    (
        *("sum(delta(c[i], k), k, 0, K-1)", "1"),
        {"c": "0..K-1", "K": "positive integer"},
        "entries that are indices end where their range ends",
    ),
    (
        *(sp.Sum(sp.IndexedBase("p", positive=True)[k], (k, 0, K - 1)), sp.Integer(1)),
        {"p": "simplex(K)"},
        "what SymPy's symbols say does not take away that entries add up to 1",
    ),
    (
        *(sp.Sum(sp.IndexedBase("y", integer=True, nonnegative=True)[k], (k, 0, K - 1)), sp.Integer(1)),
        {"y": "one-hot(K)"},
        "the same for one-hot vectors",
    ),
    (
        *("sum(p[k], k, 0, K-1)", "1"),
        {"p": "simplex(K)"},
        "a vector without entries has none that add up to 1: K = 0 is no point",
    ),
    (
        *("sum(y[k], k, 0, K-1)", "1"),
        {"y": "one-hot(K)", "K": "nonnegative integer"},
        "the same where K = 0 is allowed",
    ),
    (
        *(sp.Symbol("i", positive=True, integer=True), "where(i > 0, i, 5)"),
        {"i": "0..n-1"},
        "a positive index is not 0",
    ),
    (
        "abs(\u00b5)",
        "\u00b5",
        {"\u00b5": "positive"},
        "the micro sign is the Greek letter, in a domain as in a formula",
    ),
    (sp.Symbol("x", nonnegative=True, nonpositive=True), sp.Integer(0), {}, "two assumptions hold together"),
    (sp.Symbol("u", extended_positive=True), "abs(u)", {}, "of real numbers, extended_positive says positive"),
    (
        *(
            "i + (sqrt(3 + 2*sqrt(2)) - 1 - sqrt(2)) + diff(sum(max(z, 0)**2*(i + 1), i, 0, 1), z)",
            "i + sum(2*max(z, 0)*(i + 1), i, 0, 1)",
        ),
        {},
        "an index that a tie left behind is not the variable of this name",
    ),
]


@pytest.mark.parametrize(("a", "b", "domain", "why"), TRUE, ids=[row[3][:40] for row in TRUE])
def test_not_refuted(a: object, b: object, domain: Mapping[str, str], why: str) -> None:
    """Each is true and was refuted once, for the reason beside it."""
    assert prove(a, b, domain).status != "refuted", why


@pytest.mark.parametrize("domain", [{"p": "simplex(K)"}, {"p": "simplex(K)", "K": "positive integer"}])
def test_entries_are_chosen_anew_with_their_number(domain: Mapping[str, str]) -> None:
    """Where the length of a vector moves, so do entries that add up to 1: Σ p² ≤ 1 is true."""
    assert prove_nonnegative("1 - sum(p[k]**2, k, 0, K-1)", domain).status != "refuted"
    assert prove_nonnegative("K - 1 - c[i]", {"c": "0..K-1", "K": "positive integer"}).status == "proved"


DIFFERENT_DOMAINS: list[tuple[str, str, Mapping[str, str], str]] = [
    (
        *("sum(delta(j, k)*log(k), k, L, K-1)", "where((L <= j) & (j <= K-1), log(j), 0)"),
        {"k": "positive", "j": "nonnegative integer", "L": "nonnegative integer", "K": "positive integer"},
        "the index k is not the positive k of the domain: the left side has no value at L = 0",
    ),
    ("diff(x**(3/2), x)", "3/2*sqrt(x)", {}, "no derivative at the border, though its formula has a value there"),
    (
        *("where(g == 1, (-sqrt(softplus(y)))**(1/2), 0)", "where(g == 1, softplus(y)**(1/4), 0)"),
        {},
        "minus a square is not negative only where it is 0",
    ),
    ("x**(log(4)/log(2))", "x**2", {}, "an exponent that only comes out whole: no value for x < 0"),
]


@pytest.mark.parametrize(("a", "b", "domain", "why"), DIFFERENT_DOMAINS, ids=[row[3][:40] for row in DIFFERENT_DOMAINS])
def test_the_domains_differ(a: str, b: str, domain: Mapping[str, str], why: str) -> None:
    """Equal where both have a value, and it is said that one has none where the other has."""
    verdict = prove(a, b, domain)
    assert isinstance(verdict, Proved), why
    assert verdict.domains_differ, why


def test_numbers_beyond_doubles() -> None:
    """A SymPy number that no double holds is read exactly: it is not 0."""
    assert isinstance(prove(sp.Float("1e-400"), 0), Refuted)
    assert prove(sp.Float(0.1), sp.Rational(1, 10)).status == "proved"


def test_a_name_that_python_reads_as_another() -> None:
    """A SymPy symbol called by the micro sign could not be spoken of in a domain: it is an error, not another name."""
    with pytest.raises(TermError, match="rename"):
        prove(sp.Symbol("\u00b5"), 0)


HEAVY = [
    lambda: prove_positive_semidefinite([["exp(exp(100*x**2 + 10))", "0"], ["0", "1"]]),
    lambda: prove("sum(sum(sum(x*i*j*k, k, 0, 199), j, 0, 199), i, 0, 199)", "x*19900**3", budget=0.2),
    lambda: prove_nonnegative(
        "sum(x[i]**2, i, 0, n-1) - 2*c*sum(x[i], i, 0, n-1) + c**2", {"n": "positive integer"}, budget=0.2
    ),
]


@pytest.mark.parametrize("ask_it", HEAVY)
def test_towers_and_nested_sums_end(ask_it) -> None:  # type: ignore[no-untyped-def]
    """Values with billions of digits, and sums whose sizes multiply, are given up in time and never crash."""
    start = time.thread_time()
    assert ask_it().status in ("proved", "refuted", "unknown")
    assert time.thread_time() - start < 20


IN_EITHER_ORDER = [
    ("diff(x**y, x)", "y*x**(y - 1)"),
    ("diff(x**y, y)", "x**y*log(x)"),
    ("diff(sqrt(x**2), x)", "x/sqrt(x**2)"),
    ("diff(cbrt(z), z)", "abs(z)**(-2/3)/3"),
]


@pytest.mark.parametrize(("a", "b"), IN_EITHER_ORDER)
def test_the_order_of_the_sides_makes_no_difference(a: str, b: str) -> None:
    """Where one side cannot be translated and the other has no value, nothing is claimed; the verdict says where."""
    for verdict in (prove(a, b), prove(b, a)):
        assert isinstance(verdict, Proved)
        assert verdict.domains_differ
        assert any("a side is undefined where" in note for note in verdict.notes)


@pytest.mark.parametrize("name", ["", ".1.0", " index"])
def test_names_of_the_prover_are_not_names_of_a_claim(name: str) -> None:
    """A SymPy symbol may have any name, but not one that the prover gives to an index."""
    with pytest.raises(TermError, match="rename"):
        prove(sp.Sum(sp.Symbol(name), (k, 0, K - 1)), K * (K - 1) / 2)


@pytest.mark.parametrize("domain", [{}, {"t": "integer"}])
def test_the_argument_of_a_map_is_no_index(domain: dict[str, str]) -> None:
    """Σₖ δ(t, k) is applied to each entry of X, which need not be whole: at ½ it is 0, and no index of the sum is ½."""
    matrix = make("matrix", sym("X"), num(2), num(2))
    mapped = make("entry", make("map", parse_formula("sum(delta(t, k), k, 0, 2)"), sym("t"), matrix), num(0), num(0))
    between = parse_formula("where((0 <= X[0, 0]) & (X[0, 0] <= 2), 1, 0)")
    assert prove(mapped, between, domain).status != "proved"
    inner = {name: {"zero": True} for name in "+0-"}
    split = {"split": ["add", -2, ["at", "X", 0, 0]], **inner}
    with pytest.raises(CertificateError):
        recheck(mapped, between, Domain.of(domain), {"split": ["at", "X", 0, 0], **inner, "+": split})


def test_what_is_known_of_an_index_is_not_known_of_an_argument() -> None:
    """The same Σₖ δ(t, k) is 1 in a sum over t = 0 … 2 and 0 at ½ in a map: written out for one, it is not for both."""
    matrix = make("matrix", sym("X"), num(2), num(2))
    mapped = make("entry", make("map", parse_formula("sum(delta(t, k), k, 0, 2)"), sym("t"), matrix), num(0), num(0))
    summed = parse_formula("sum(sum(delta(t, k), k, 0, 2), t, 0, 5)")
    between = parse_formula("where((0 <= X[0, 0]) & (X[0, 0] <= 2), 1, 0)")
    assert prove(add(summed, between), add(num(3), mapped), {}).status != "proved"
    assert prove(add(num(3), mapped), add(summed, between), {}).status != "proved"


@pytest.mark.parametrize("claimed", ["where(exp(w)==3,sum(exp(x[j]),j,k,n-1),1)"])
def test_the_domain_of_a_name_is_not_that_of_a_variable_along_which_is_derived(claimed: str) -> None:
    """A positive v says nothing of the v that a map puts an entry for, which may be negative."""
    slope = "entry(map(diff(sum(v*exp(x[j]),j,k,n-1)+log(u),v),v,matrix(M,2,2)),0,0)"
    left = f"where(exp(w)==3,{slope}*sign(sum(M[0,0]*exp(x[j]),j,k,n-1)),1)"
    for said in ({}, {"v": "positive"}):
        assert prove(left, claimed, {"k": "1..n-1", "n": "[2,oo) integer", **said}).status != "proved"
