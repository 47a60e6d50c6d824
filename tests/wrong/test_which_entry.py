"""Derivatives with respect to an entry: which entry is meant, where the function has a value, and where it ties."""

from __future__ import annotations

import pytest

from derive.certificate import Proved
from derive.domain import Domain
from derive.prove import prove
from derive.replay import not_rechecked
from derive.terms.text import parse_formula

SIMPLEX = {"p": "simplex(K)", "K": "positive integer", "i": "0..K-1", "j": "0..K-1"}


@pytest.mark.parametrize(
    ("loss", "wrong"),
    [
        ("abs((p[i]-1)*x[0])", "where((K==1)&(p[i]==1),99,abs(p[i]-1)*sign(x[0]))"),
        ("abs((p[0]+p[1]-1)*x[0])", "where((K==2)&(p[0]+p[1]==1),99,abs(p[0]+p[1]-1)*sign(x[0]))"),
    ],
)
def test_a_simplex_of_one_class(loss: str, wrong: str) -> None:
    """With one class its probability is 1 at every point, so the function is 0 there and ties everywhere."""
    assert prove(f"diff({loss},x[0])", wrong, SIMPLEX).status != "proved"


@pytest.mark.parametrize("claimed", ["0", "1", "delta(x[0],0)"])
@pytest.mark.parametrize("domain", [{}, {"x": "integer"}])
def test_an_entry_that_says_which_entry_is_meant(claimed: str, domain: dict[str, str]) -> None:
    """Where x[0] moves, x[x[0]] is another entry: there is no derivative."""
    assert prove("diff(x[x[0]],x[0])", claimed, domain).status == "unknown"


FORGED = Proved("normal form over exact arithmetic", (), False, (), {"zero": True})


@pytest.mark.parametrize(
    ("left", "right"),
    [
        ("diff(abs(y)+x[0]+log(-1-w**2),x[0])", "1"),
        ("diff(abs(y)+x[0]+log(w),x[0])", "1"),
        ("diff(exp(abs(y)*log(w))+x[0],x[0])", "1"),
        ("diff(max(y,0)+x[0]+1/(z-z),x[0])", "1"),
        ("diff(where(y>0,log(w),1)+x[0],x[0])", "1"),
        ("sum(where(t[i]<3,diff(log(-1-w**2)+x[0],x[0]),5),i,0,n-1)", "sum(where(t[i]<3,1,5),i,0,n-1)"),
    ],
)
def test_what_comes_after_an_undecided_choice_must_have_a_value(left: str, right: str) -> None:
    """A certificate that says nothing of it is not confirmed, though the formula has lost that part of the function."""
    sides = parse_formula(left), parse_formula(right)
    assert not_rechecked(FORGED, *sides, Domain.of({"n": "positive integer"})) is not None
    assert prove(left, right, {"n": "positive integer"}) != FORGED


def test_an_undecided_choice_is_no_reason_to_doubt() -> None:
    """Where each part has a value whichever way the choice goes, the small checker confirms the proof."""
    sides = parse_formula("diff(abs(y)*w**2+max(y,w)+x[0],x[0])"), parse_formula("1")
    assert not_rechecked(FORGED, *sides, Domain.of({})) is None


def test_the_index_of_a_sum_is_not_the_variable_of_that_name() -> None:
    """A positive j says nothing of the j that runs from −1, of which a root is taken."""
    left, right = parse_formula("diff(abs(y)+x[0]+sum(j**(1/2),j,-1,3),x[0])"), parse_formula("1")
    assert not_rechecked(FORGED, left, right, Domain.of({"j": "positive"})) is not None


def test_each_side_ties_where_it_ties() -> None:
    """A kink at 0 and one at 1: the two derivatives exist at different points, though both notes say the same."""
    left, right = (parse_formula(f"diff(heaviside(x[0]{at})+x[0],x[0])") for at in ("", "-1"))
    note = "derivatives with respect to an entry are compared where no choice ties"
    forged = Proved(FORGED.method, (), False, (note,), {"zero": True})
    assert not_rechecked(forged, left, right, Domain.of({})) is not None
    assert prove("diff(heaviside(x[0])+x[0],x[0])", "diff(heaviside(x[0]-1)+x[0],x[0])").domains_differ


@pytest.mark.parametrize("claimed", ["1", "5"])
@pytest.mark.parametrize(
    "formula", ["diff(0*(-2)**k+k,k)", "entry(map(diff(0*(-2)**k+k,k),k,matrix(M,2,2)),i,j)"], ids=["free", "bound"]
)
def test_the_variable_of_a_derivative_moves_over_the_reals(formula: str, claimed: str) -> None:
    """Whatever the domain says of it: beside a whole number the power has no value, so there is no derivative."""
    domain = {"M": "integer", "i": "0..1", "j": "0..1", "k": "integer"}
    assert prove(formula, claimed, domain).status == "unknown"


@pytest.mark.parametrize("name", ["i", "v"])
def test_the_name_of_an_argument_makes_no_difference(name: str) -> None:
    """The argument of a map within a sum may be called as the index of the sum."""
    slope = f"entry(map(diff({name}*abs({name}),{name}),{name},matrix(X,2,2)),0,0)"
    assert prove(f"sum(i*{slope},i,0,2)", "6*abs(X[0,0])").status == "proved"
    assert prove(f"sum(i*{slope},i,0,2)", "5*abs(X[0,0])").status == "refuted"


@pytest.mark.parametrize(
    ("left", "right"),
    [
        ("sum({},i,0,n-1)", "sum({},i,1,n)"),
        ("sum({},i,0,n-1)/n", "sum({},i,0,m-1)/m"),
    ],
)
def test_ties_of_other_ranges(left: str, right: str) -> None:
    """A tie at each index of one range, and at each of another: no certificate says that these are the same points."""
    domain = {"n": "positive integer", "m": "positive integer"}
    slope = "diff(heaviside(x[i])+x[i],x[i])"
    sides = parse_formula(left.format(slope)), parse_formula(right.format(slope))
    note = "derivatives with respect to an entry are compared where no choice ties"
    forged = Proved(FORGED.method, (), False, (note,), {"zero": True})
    assert not_rechecked(forged, *sides, Domain.of(domain)) is not None
    assert prove(left.format(slope), right.format(slope), domain).domains_differ


@pytest.mark.parametrize("claimed", ["0", "1", "5"])
def test_an_entry_in_an_exponent_moves_over_the_reals(claimed: str) -> None:
    """Beside a whole number a power of −2 has no value, so there is no derivative."""
    assert prove("diff(0*(-2)**x[0]+x[0],x[0])", claimed, {"x": "integer"}).status == "unknown"
