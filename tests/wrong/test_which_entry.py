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
