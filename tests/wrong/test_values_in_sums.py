"""What has a value although a part of it vanishes: roots of squares, whole powers, sums over those still at risk."""

from __future__ import annotations

import pytest

from derive.domain import Domain
from derive.prove import prove
from derive.prove.forms import nonnegative, positive
from derive.terms.text import parse_formula

SIZES = {"n": "positive integer", "m": "positive integer", "K": "positive integer"}
INDICES = {"l": "0..n-1", "b": "0..K-1", "c": "0..K-1", "a": "0..m-1"}
DOMAIN = SIZES | INDICES

_NORM = "sqrt(sum(W[{0},k]**2,k,0,n-1))"
_LASSO = f"diff(sum({_NORM.format('j')},j,0,K-1),W[c,l])"
_SLOPE = f"W[c,l]/{_NORM.format('c')}"
_LEVELS = DOMAIN | {"c": "1..K-2", "Y": "nonnegative"}
_Z = "sum(X[i,k]*w[k],k,0,n-1)"
_CLASS = f"(sigmoid(h[j]-{_Z})-sigmoid(h[j-1]-{_Z}))"
_ORDINAL = f"sum(sum(Y[i,j]*log({_CLASS}),j,1,K-1),i,0,m-1)"
_BY_WEIGHT = f"sum(sum(Y[i,j]*(sigmoid(h[j]-{_Z})+sigmoid(h[j-1]-{_Z})-1),j,1,K-1)*X[i,l],i,0,m-1)"
_ABOVE = "Y[i,c+1]/(h[c+1]-h[c])"
_BY_LEVEL = f"sum(Y[i,c]/(h[c]-h[c-1])-{_ABOVE},i,0,m-1)"
_GAPS = "sum(sum(Y[i,j]*log(h[j]-h[j-1]),j,1,K-1),i,0,m-1)"
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
    "thresholds, one lost": (f"diff({_ORDINAL},w[l])", _BY_WEIGHT.replace("+sigmoid(h[j-1]-" + _Z + ")", ""), _LEVELS),
    "thresholds, sign": (f"diff({_ORDINAL},w[l])", f"-{_BY_WEIGHT}", _LEVELS),
    "a threshold, class above lost": (f"diff({_GAPS},h[c])", _BY_LEVEL.replace("-" + _ABOVE, ""), _LEVELS),
    "a threshold beyond the last class": (f"diff({_GAPS},h[c])", _BY_LEVEL, _LEVELS | {"c": "1..K-1"}),
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
    "ordinal, by a weight": (f"diff({_ORDINAL},w[l])", _BY_WEIGHT, _LEVELS),
    "ordinal, by a threshold": (f"diff({_GAPS},h[c])", _BY_LEVEL, _LEVELS),
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


ONE_OR_NONE = {"c": "{0, 1}"}
#: power, variable, where the base is 0, the rule, more of the domain
POWERS = [
    ("x**k", "x", "x==0", "k*x**(k-1)", {}),
    ("x[a]**k", "x[a]", "x[a]==0", "k*x[a]**(k-1)", {}),
    ("(x-1)**k", "x", "x==1", "k*(x-1)**(k-1)", {}),
    ("(c*x)**k", "x", "c==0", "k*c*(c*x)**(k-1)", ONE_OR_NONE),
    ("(c*x)**k", "x", "c==0", "k*c*(c*x)**(k-1)", ONE_OR_NONE | {"k": "{0, 1, 2}"}),
    ("(max(c,0)*x)**k", "x", "c<0", "k*(max(c,0)*x)**k/x", {"c": "real"}),
    ("sum((c*x[i])**k,i,0,m-1)", "x[a]", "c==0", "k*c*(c*x[a])**(k-1)", ONE_OR_NONE),
    ("c**(k*x)", "x", "c==0", "k*c**(k*x)*log(c)", {"c": "nonnegative", "k": "nonnegative", "x": "nonnegative"}),
]


@pytest.mark.parametrize(("power", "variable", "zero", "rule", "more"), POWERS)
def test_a_power_that_does_not_move(power: str, variable: str, zero: str, rule: str, more: dict[str, str]) -> None:
    """With exponent 0 it is 1 whatever its base, so its derivative is 0, also where the rule has no value."""
    domain = SIZES | {"a": "0..m-1", "k": "nonnegative integer"} | more
    wrong = f"where(k==0,where({zero},99,{rule}),{rule})"
    assert prove(f"diff({power},{variable})", wrong, domain).status != "proved"


def test_an_index_under_a_new_name() -> None:
    """What the domain says of a name is not said of an index that is given this name, called like one of the entry."""
    loss, domain = "sum(log(i)*abs(x[i]),i,0,n-1)", {"n": "positive integer", "i": "0..n-1", "i_1": "positive"}
    assert prove(f"diff({loss},x[i])", "log(i)*sign(x[i])", domain).status != "proved"  # log 0 is in each of the sums


@pytest.mark.parametrize(("x", "sign"), [("positive", True), ("nonnegative", True), ("real", False)])
def test_forms_within_forms_are_looked_at_once(x: str, sign: bool) -> None:
    """A polynomial as Horner writes it, of degree 60: twice at each level would take longer than anyone waits."""
    text, domain = "1", Domain.of({"x": x, "y": "positive"})
    for _ in range(60):
        text = f"({text}*x+y)"
    assert positive(parse_formula(text), domain) is nonnegative(parse_formula(text), domain) is sign
