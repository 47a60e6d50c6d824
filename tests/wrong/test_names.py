"""A name means one thing inside of a sum, a matrix or a box, and another outside."""

from __future__ import annotations

from dataclasses import replace

import pytest

from derive.certificate import Proved
from derive.domain import Domain
from derive.errors import CertificateError, DomainError, TermError
from derive.prove import prove, prove_nonnegative, prove_positive_semidefinite
from derive.prove.ask import ask
from derive.recheck import recheck
from derive.replay import not_rechecked
from derive.terms.term import Term, make, num, sym
from derive.terms.text import parse_formula
from tests.shared import examples

N = {"n": "positive integer"}
MN = {"m": "positive integer", **N}
SECONDS = examples(20, 8) / 10  # what is proved takes less, so a proof of what is wrong would be met


def hidden(formula: str) -> str:
    """The same where exp(s) = 3, which is at no rational point: no look at a point can refute it."""
    return f"where(exp(s)==3, {formula}, 0)"


SIGNS: list[tuple[str, dict[str, str], str]] = [
    ("sum(log(x[i]),i,0,m-1)**2*(exp(z)-1-z+sum(x[j],j,0,n-1))", MN, "x[i] > 0 for i < m says nothing of j < n"),
    (
        "sum(u[i],i,0,m-1)**2*(exp(t)-1-t+sum((m-1-j)*y[j]**2,j,0,n-1)-sum(abs(m-1-j)*y[j]**2,j,0,n-1))",
        MN,
        "i < m says nothing of j < n",
    ),
    ("0*sum(log(x[i]),i,0,m-1)+exp(z)-1-z+sum(x[j],j,0,n-1)", MN, "nor with a factor 0"),
    (
        "z*sin(exp(z))+exp(z)*sin(3*z)+z**2*cos(5*z)+sum(where(i<50,sum((z-3/2)*60,z,0,1),60),i,0,99)/50",
        {"z": "[2, 3]"},
        "the index z is not the variable z",
    ),
]


@pytest.mark.parametrize(("formula", "domain", "why"), SIGNS, ids=[row[2] for row in SIGNS])
def test_an_index_lends_its_range_to_no_other(formula: str, domain: dict[str, str], why: str) -> None:
    """A sign is not proved by what is known of an index of another sum, or of a variable of that name."""
    assert prove_nonnegative(hidden(formula), domain, budget=SECONDS).status != "proved", why


TABLES = [
    ("entry(entries(sum(delta(i,k),k,0,n),i,j,n,n),a,0)", "where((0<=a)&(a<=n),1,0)", "a is 1/2"),
    ("sum(entry(entries(sum(delta(p,k),k,0,n),p,q,n,n), i/2, 0),i,0,n)", "n+1", "i/2 is 1/2"),
]


@pytest.mark.parametrize(("left", "right", "why"), TABLES)
def test_a_place_in_a_table_need_not_be_whole(left: str, right: str, why: str) -> None:
    """A table of entries is written out for the place that is asked for, not for whole ones."""
    verdict = prove(hidden(left), hidden(right), N)
    assert verdict.status != "proved", why
    assert prove(left, right, N).status != "proved", why
    split = {"split": "a", **{s: {"zero": True} for s in "+0-"}}
    tree = {**split, "+": {"split": ["add", ["mul", -1, "a"], "n"], **{s: {"zero": True} for s in "+0-"}}}
    with pytest.raises(CertificateError):
        recheck(parse_formula(left), parse_formula(right), Domain.of(N), tree if "a" in right else {"zero": True})


def test_a_term_is_not_called_like_an_index_of_a_proof() -> None:
    """The names that proofs give to indices are refused in terms that come from elsewhere."""
    total = make("sum", sym(".1.0"), sym("i"), num(0), parse_formula("n-1"))
    with pytest.raises(TermError, match="rename"):
        prove(total, "n*(n-1)/2", N)
    with pytest.raises(TermError, match="rename"):
        prove_nonnegative(total, N)


MINIMA = [(num(-1, 10), num(1, 10), "proved"), (num(59, 10), num(61, 10), "refuted")]


@pytest.mark.parametrize(("low", "high", "wrong"), MINIMA)
def test_the_index_of_a_sum_is_no_coordinate(low: Term, high: Term, wrong: str) -> None:
    """The least value of x² + Σₓ₌₀³ x is 6, not 0."""
    terms = [parse_formula("x**2+sum(x,x,0,3)"), low, high, sym("x"), num(-1), num(1)]
    assert ask("minimum", terms, Domain({})).status != wrong


def test_a_sum_has_a_value_for_whole_ends_only() -> None:
    """A sum to a real bound has no value at 1/2: not proved as if its domain were that of the other side."""
    domain = {"j": "integer", **N}
    for left, right in [
        ("sum(delta(k,j)*sum(x[l],l,0,a), k,0,n)", "where((0<=j)&(j<=n), sum(x[l],l,0,a), 0)"),
        ("diff(x+sum(y,i,0,a),x)", "1"),
    ]:
        verdict = prove(left, right, domain)
        assert not isinstance(verdict, Proved) or verdict.domains_differ
    delta, epsilon = parse_formula("delta*t"), parse_formula("epsilon")
    for f in ("sum(0*i,i,0,x)+x", "x+sum(x*0,i,0,x/2)"):
        assert ask("limit", [parse_formula(f), sym("x"), delta, num(0), epsilon], Domain({})).status != "proved"


def test_a_condition_on_every_entry_is_not_one_on_an_entry() -> None:
    """That all x[j] are positive is more than that x[i] is, whatever letter the index of the sum is given."""
    domain = {"i": "0..n-1", **N}
    left, right = "sum(log(x[j]),j,0,n-1)*0+y", "0*log(x[i])+y"
    verdict = prove(left, right, domain)
    assert isinstance(verdict, Proved)
    assert verdict.domains_differ
    forged = replace(verdict, domains_differ=False)
    assert not_rechecked(forged, parse_formula(left), parse_formula(right), Domain.of(domain)) is not None
    said = prove("i*sum(log(x[j]),j,0,n-1)", "sum(i*log(x[j]),j,0,n-1)", domain)
    assert isinstance(said, Proved)
    assert "i" not in {t.args[1].name for c in said.conditions for t in [c.term] if t.head == "at"}


def test_a_cumulant_has_an_order_from_zero_on() -> None:
    """Others are not decided, and no error."""
    assert prove_nonnegative("cumulant(-5, x)").status == "unknown"


def test_a_domain_is_of_an_array_not_of_an_entry() -> None:
    """A range of x[0] alone cannot be said; it is an error, not ignored."""
    with pytest.raises(DomainError, match="describe x"):
        prove("abs(x[0])", "x[0]", {"x[0]": "positive"})


def test_what_a_domain_says_of_a_name_is_not_said_of_an_index() -> None:
    """Σₖ k^u from k = −1 has no value at u = 1/2, though the domain calls k positive."""
    domain = Domain.of({"k": "positive integer", "n": "positive integer"})
    shown = recheck(parse_formula("diff(w+sum(k**u,k,1,n),w)"), num(1), domain, {"zero": True})
    assert not shown.undefined
    with pytest.raises(CertificateError):
        recheck(parse_formula("diff(w+sum(k**u,k,-1,n),w)"), num(1), domain, {"zero": True})


def test_a_cumulant_is_of_any_function() -> None:
    """What is so for one smooth convex function is not proved for each: A(0) may be −1."""
    for claim in ("cumulant(0,0)", "cumulant(1,0)-1/2", hidden("cumulant(0,0)-1/2")):
        assert prove_nonnegative(claim).status != "proved"
    terms = [parse_formula("cumulant(0,x)-2*x"), num(-1), num(3), sym("x"), num(0), num(2)]
    assert ask("minimum", terms, Domain({})).status != "proved"


def test_an_entry_at_a_place_that_moves_has_no_limit() -> None:
    """y has three entries, none at 1/2."""
    terms = [parse_formula(f) for f in ("x+0*y[x]", "x", "0+delta*t", "0", "epsilon")]
    assert ask("limit", terms, Domain.of({"y": "simplex(3)"})).status != "proved"


LIMIT = "where(x>1/100, 0*(log(b-c)+log(c-x)+log(x-b))+7*sin(b), x)"


def test_a_function_without_values_has_no_limit() -> None:
    """Beside 0 there is no b, c and x at which the three logarithms have a value."""
    terms = [parse_formula(f) for f in (LIMIT, "x", "0+delta*t", "0", "epsilon")]
    domain = Domain.of(dict.fromkeys("abc", "positive"))
    assert ask("limit", terms, domain).status != "proved"


SUMS = [
    ("where((x==0)&(w==0), xlogy(x, exp(sum(1,i,0,sign(1/w)))), 5)", "5"),
    ("diff(x+sum(1,i,0,floor(1/y)),x)", "1"),
    ("diff(x+sum(1,i,0,sign(log(y))),x)", "1"),
]


@pytest.mark.parametrize(("left", "right"), SUMS)
def test_an_end_that_is_whole_by_its_form_needs_a_value(left: str, right: str) -> None:
    """sign(1/w) is whole, and has no value at w = 0."""
    verdict = prove(left, right)
    assert not isinstance(verdict, Proved) or verdict.domains_differ or verdict.conditions


def test_what_is_needed_of_n_entries_is_not_needed_of_m() -> None:
    """A forged record that the domains agree is not confirmed where the sums run over other ranges."""
    left, right = "0*sum(log(x[j]),j,0,n-1)+y", "0*sum(log(x[j]),j,0,m-1)+y"
    verdict = prove(left, right, MN)
    assert isinstance(verdict, Proved)
    assert verdict.domains_differ
    forged = replace(verdict, domains_differ=False)
    assert not_rechecked(forged, parse_formula(left), parse_formula(right), Domain.of(MN)) is not None


def test_an_index_is_merged_once() -> None:
    """Σⱼ Σₖ xₖ³y² · Σₖ xₖ + 1 is −199 for x = (3, −1), y = (0, 10): the two k are not one."""
    claim = "sum(sum(x[k]**3*y[j,k]**2,k,0,n-1),j,0,m-1)*sum(x[k],k,0,n-1)+1"
    assert prove_nonnegative(claim, MN, budget=SECONDS).status != "proved"
    assert prove_nonnegative(hidden(claim), MN, budget=SECONDS).status != "proved"


def test_a_box_is_not_in_a_simplex() -> None:
    """Where x + y = 1, the least value of a function of x and y is not that in a box."""
    terms = [parse_formula("(x-1/4)**2+(y-1/4)**2"), num(-1), num(3)]
    box = [sym("x"), num(1, 8), num(1, 2), sym("y"), num(1, 8), num(1, 2)]
    with pytest.raises(TermError, match="simplex"):
        ask("minimum", [*terms, *box], Domain.of({"x, y": "simplex"}))


def test_what_a_sum_needs_is_said_of_a_sign() -> None:
    """e^S − 1 − S − S²/2 − S³/6 ≥ 0 for every number S; that S is a sum of logarithms is a condition."""
    s = "sum(log(x[i]),i,0,n-1)"
    verdict = prove_nonnegative(f"exp({s})-1-{s}-{s}**2/2-{s}**3/6", N)
    assert not isinstance(verdict, Proved) or verdict.conditions


def test_a_matrix_is_symmetric_where_its_entries_have_values() -> None:
    """x and |x| are the same where log x has a value."""
    assert prove_positive_semidefinite([["1+log(x)**2", "x"], ["abs(x)", "1+x**2"]]).status != "refuted"


HOLES: list[tuple[str, dict[str, str]]] = [
    ("x+0*entry(matmul(matrix(A,2,x),matrix(B,x,2)),0,0)", {}),
    ("x+entry(map(0*sum(k,k,0,v),v,entries(x+0*i,i,j,2,2)),0,0)", {"v": "integer"}),
    ("x+entry(map(0*gamma(v),v,entries(1-300*x+0*i,i,j,2,2)),0,0)", {"v": "positive"}),
    ("x+entry(entries(0*gamma(i+1),i,j,2,2),-1-x*100,0)", {"i": "positive"}),
]


@pytest.mark.parametrize(("formula", "domain"), HOLES)
def test_what_a_matrix_hides_has_no_limit(formula: str, domain: dict[str, str]) -> None:
    """Whether a function has values near a point is asked of what its matrices are written out to."""
    terms = [parse_formula(f) for f in (formula, "x", "0+delta*t", "0", "epsilon")]
    assert ask("limit", terms, Domain.of(domain)).status != "proved"


def test_a_limit_is_taken_in_a_variable_of_its_own() -> None:
    """One that belongs to a simplex, or to the range of an index, cannot move alone."""
    for f, domain in [
        ("where(x+y==1,x,5)", {"x, y": "simplex"}),
        ("where(i<=x-1,x,5)", {"i": "0..x-1", "x": "integer"}),
    ]:
        terms = [parse_formula(g) for g in (f, "x", "0+delta*t", "0", "epsilon")]
        with pytest.raises(TermError, match="depends"):
            ask("limit", terms, Domain.of(domain))


def test_what_is_needed_of_nested_entries_has_a_range_too() -> None:
    """The same for sums in sums, where the inner range is that of the outer index."""
    left, right = (f"0*sum(sum(log(x[j]),j,0,i),i,0,{size}-1)+y" for size in "nm")
    verdict = prove(left, right, MN)
    assert isinstance(verdict, Proved)
    assert verdict.domains_differ
    forged = replace(verdict, domains_differ=False)
    assert not_rechecked(forged, parse_formula(left), parse_formula(right), Domain.of(MN)) is not None


@pytest.mark.parametrize(
    ("a", "b"),
    [
        ("diff(sum(i[0], i, 0, n-1), i[0])", "0"),
        ("diff(sum(i[0], i, 0, n-1), i[0])", "n"),
        ("diff(prod(i[0], i, 0, 2), i[0])", "0"),
        ("diff(i[0]**2 + sum(i[0], i, 0, n-1), i[0])", "2*i[0]"),
        ("entries(abs(i[0]), i, k, n, m)", "entries(i[0], i, k, n, m)"),
        ("entries(abs(row[0]), row, column, n, m)", "entries(row[0], row, column, n, m)"),
        ("entries(abs(column[0]), i, column, n, m)", "entries(column[0], i, column, n, m)"),
        ("map(abs(row[0]), row, matrix(M, n, m))", "map(row[0], row, matrix(M, n, m))"),
        ("sum(sum(delta(k, i[0]), k, 0, n-1), i, 0, 0)", "sum(where((0<=i[0]) & (i[0]<=n-1), 1, 0), i, 0, 0)"),
    ],
)
def test_an_index_is_called_like_no_array(a: str, b: str) -> None:
    """The sum would hide the array, and its derivative be 0: such a claim is not decided, and says why."""
    sizes = {"n": "positive integer", "m": "positive integer"}
    found = prove(a, b, sizes)
    assert found.status == "unknown"
    assert "as a number" in found.reason
    assert found.reason.endswith("; rename one")
    if a.startswith(("sum", "diff")):
        assert prove_nonnegative(a, sizes).status == "unknown"
