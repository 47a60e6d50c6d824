"""What has a value although a part of it vanishes: roots of squares, whole powers, sums over those still at risk."""

from __future__ import annotations

import pytest

from derive.prove import prove

SIZES = {"n": "positive integer", "m": "positive integer", "K": "positive integer"}
INDICES = {"l": "0..n-1", "b": "0..K-1", "c": "0..K-1", "a": "0..m-1"}
DOMAIN = SIZES | INDICES

_NORM = "sqrt(sum(W[{0},k]**2,k,0,n-1))"
_LASSO = f"diff(sum({_NORM.format('j')},j,0,K-1),W[c,l])"
_SLOPE = f"W[c,l]/{_NORM.format('c')}"
_RISK = "sum(where(t[j]>=t[i],exp(s[j]),0),j,0,m-1)"
_COX = f"diff(sum(log({_RISK}),i,0,m-1),s[a])"
_SHARE = f"exp(s[a])/{_RISK}"

WRONG = {
    "a group that is 0 takes no value from the others": (
        _LASSO,
        f"where({_NORM.format('b')}==0,7,{_SLOPE})",
        DOMAIN,
    ),
    "the group itself": (_LASSO, f"W[c,l]/{_NORM.format('b')}", DOMAIN),
    "a factor": (_LASSO, f"2*{_SLOPE}", DOMAIN),
    "a root in a root": (
        "diff(sum(sqrt(sqrt(W[j,0]**2)),j,0,K-1),W[c,0])",
        "where(W[b,0]==0,7,W[c,0]/(2*(W[c,0]**2)**(3/4)))",
        DOMAIN,
    ),
    "the norm of all, and a group": (
        "diff(sqrt(sum(sum(W[j,k]**2,k,0,n-1),j,0,K-1)),W[c,l])",
        f"where({_NORM.format('b')}==0,7,W[c,l]/sqrt(sum(sum(W[j,k]**2,k,0,n-1),j,0,K-1)))",
        DOMAIN,
    ),
    "an entry that is 0": ("diff(sum(sqrt(x[i]),i,0,m-1),x[a])", "where(x[b]==0,7,1/(2*sqrt(x[a])))", DOMAIN),
    "a power with exponent 0 at 0": (
        "sum(t[k]*x**k,k,0,n-1)-t[0]",
        "sum(t[k]*x**k,k,0,n-1)-where(x==0,0,t[0])",
        DOMAIN,
    ),
    "whole powers, counted from -1": ("sum(x**k-x**k,k,-1,n-1)", "where(x==0,7,0)+sum(0,k,0,n-1)", SIZES),
    "a polynomial by a coefficient": (
        "diff(sum((y[i]-sum(t[k]*x[i]**k,k,0,n-1))**2,i,0,m-1),t[l])",
        "-2*sum((y[i]-sum(t[k]*x[i]**k,k,0,n-1))*x[i]**(l+1),i,0,m-1)",
        DOMAIN,
    ),
    "a polynomial by its place, at 0": (
        "diff(sum(t[k]*x**k,k,0,n-1),x)",
        "where(x==0,0,sum(t[k]*k*x**(k-1),k,0,n-1))",
        DOMAIN,
    ),
    "all at risk": (
        _COX,
        "sum(exp(s[a])/sum(exp(s[j]),j,0,m-1),i,0,m-1)",
        DOMAIN,
    ),
    "at risk the other way round": (_COX, f"sum(where(t[a]<=t[i],{_SHARE},0),i,0,m-1)", DOMAIN),
    "strictly at risk: the last one has no value": (
        _COX.replace(">=", ">"),
        f"where(m==1,7,sum(where(t[a]>t[i],{_SHARE.replace('>=', '>')},0),i,0,m-1))",
        DOMAIN,
    ),
    "ties lost": (_COX, f"sum(where(t[a]>t[i],{_SHARE},0),i,0,m-1)", DOMAIN),
}


@pytest.mark.parametrize("name", WRONG)
def test_wrong(name: str) -> None:
    """None of these is proved: a value that a part lacks is no excuse for the whole."""
    assert prove(*WRONG[name]).status != "proved"


#: (left, right, domain): a sum that may be 0 has no logarithm, whatever the form of its summands
MAY_VANISH = [
    ("sum(where(t[j]>t[i],exp(s[j]),0),j,0,m-1)", DOMAIN | {"i": "0..m-1"}),
    ("sum(where(t[j]>=t[i],exp(s[j]),0),j,0,m-1)", DOMAIN | {"i": "0..m"}),
    ("sum(where(t[j]>=t[i],exp(s[j]),0),j,1,m-1)", DOMAIN | {"i": "0..m-1"}),
    ("sum(where(t[j]>=t[i+1],exp(s[j]),0),j,0,m-1)", DOMAIN | {"i": "0..m-1"}),
    ("sum(where(t[j]>=t[i],s[j]**2,0),j,0,m-1)", DOMAIN | {"i": "0..m-1"}),
    ("sum(where(t[j]>=t[i],exp(s[j]),-1),j,0,m-1)", DOMAIN | {"i": "0..m-1"}),
    ("sum(where(t[j]>=1,exp(s[j]),0),j,0,m-1)", DOMAIN),
    ("sum(where(t[j]>=t[i],exp(s[j]),0),j,0,m-1)", DOMAIN | {"i": "integer"}),
]


@pytest.mark.parametrize(("risk", "domain"), MAY_VANISH)
def test_may_vanish(risk: str, domain: dict[str, str]) -> None:
    """The logarithm of a sum that may be 0 is no value: the condition is named."""
    verdict = prove(f"log({risk})-log({risk})", "0", domain)
    assert verdict.status != "proved" or verdict.conditions


RIGHT = {
    "group lasso": (_LASSO, _SLOPE, DOMAIN),
    "a sum of roots": ("diff(sum(sqrt(x[i]),i,0,m-1),x[a])", "1/(2*sqrt(x[a]))", DOMAIN | {"x": "nonnegative"}),
    "a polynomial by a coefficient": (
        "diff(sum((y[i]-sum(t[k]*x[i]**k,k,0,n-1))**2,i,0,m-1),t[l])",
        "-2*sum((y[i]-sum(t[k]*x[i]**k,k,0,n-1))*x[i]**l,i,0,m-1)",
        DOMAIN,
    ),
    "partial likelihood by a score": (_COX, f"sum(where(t[a]>=t[i],{_SHARE},0),i,0,m-1)", DOMAIN),
    "the other way round": (
        _COX,
        "sum(where(t[a]<t[i],0,exp(s[a])/sum(where(t[j]<t[i],0,exp(s[j])),j,0,m-1)),i,0,m-1)",
        DOMAIN,
    ),
}


@pytest.mark.parametrize("name", RIGHT)
def test_right(name: str) -> None:
    """The claims that these are taken from are proved."""
    assert prove(*RIGHT[name]).status == "proved"


def test_a_sum_over_those_at_risk_is_positive() -> None:
    """Whoever is at risk is one of those at risk: the sum has a logarithm, and that is no condition."""
    verdict = prove(f"sum(log({_RISK}),i,0,m-1)", f"sum(log({_RISK}),i,0,m-1)+0*n", SIZES)
    assert verdict.status == "proved"
    assert verdict.conditions == ()
