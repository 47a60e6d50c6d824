"""Sums whose index is an exponent: geometric series, discounted sums, and sums that are turned round or shifted."""

from __future__ import annotations

import pytest

from derive.prove import prove

N = {"n": "positive integer"}
SHARE = N | {"g": "(0, 1)"}
POSITIVE = N | {"g": "positive"}
FROM_0 = {"n": "nonnegative integer", "g": "(0, 1)"}
_RETURN = "sum(g**t*r[t],t,0,n-1)"

WRONG: dict[str, tuple[str, str, dict[str, str]]] = {
    "one summand too few": ("sum(g**t,t,0,n-1)", "(1-g**(n-1))/(1-g)", SHARE),
    "one too many": ("sum(g**t,t,0,n-1)", "(1-g**(n+1))/(1-g)", SHARE),
    "from 1 on": ("sum(g**t,t,1,n)", "(1-g**n)/(1-g)", SHARE),
    "no end": ("sum(g**t,t,0,n-1)", "1/(1-g)", SHARE),
    "sign": ("sum(g**t,t,0,n-1)", "(1-g**n)/(1+g)", SHARE),
    "where the ratio is 1": ("sum(g**t,t,0,n-1)", "where(g==1,n+1,(1-g**n)/(1-g))", POSITIVE),
    "where the ratio is 1, and the sum 0": ("sum(g**t,t,0,n-1)", "where(g==1,0,(1-g**n)/(1-g))", POSITIVE),
    "no summand": ("sum(g**t,t,0,n-1)", "where(n==0,1,(1-g**n)/(1-g))", FROM_0),
    "less than none": ("sum(g**t,t,0,k)", "(1-g**(k+1))/(1-g)", {"k": "integer", "g": "(0, 1)"}),
    "a ratio that may be negative": ("sum(g**t,t,0,n-1)", "where(g<0,0,(1-g**n)/(1-g))", N),
    "exponentials": ("sum(exp(a*t),t,0,n-1)", "(exp(a*n)-1)/(exp(a)+1)", N | {"a": "positive"}),
    "exponentials that are all 1": ("sum(exp(a*t),t,0,n-1)", "where(a==0,1,(exp(a*n)-1)/(exp(a)-1))", N),
    "a square in the exponent": ("sum(exp(a*t**2),t,0,n-1)", "(exp(a*n**2)-1)/(exp(a)-1)", N | {"a": "positive"}),
    "the index in front": ("sum(t*g**t,t,0,n-1)", "n*(1-g**n)/(1-g)", SHARE),
    "the index in front, shifted": ("sum(t*x[t+1],t,0,n-2)", "sum(t*x[t],t,0,n-1)", N),
    "one step, discount lost": (_RETURN, "r[0]+sum(g**t*r[t+1],t,0,n-2)", POSITIVE),
    "one step, first lost": (_RETURN, "g*sum(g**t*r[t+1],t,0,n-2)", POSITIVE),
    "one step, one too many": (_RETURN, "r[0]+g*sum(g**t*r[t+1],t,0,n-1)", POSITIVE),
    "turned round, off by one": ("sum(x[n-1-t]*g**t,t,0,n-1)", "sum(x[t]*g**(n-t),t,0,n-1)", POSITIVE),
    "not turned": ("sum(x[n-1-t]*g**t,t,0,n-1)", "sum(x[t]*g**t,t,0,n-1)", POSITIVE),
    "convolution, end lost": ("sum(u[t]*v[n-t],t,0,n)", "sum(v[t]*u[n-t],t,0,n-1)", N),
    "convolution of one with itself": ("sum(u[t]*v[n-t],t,0,n)", "sum(u[t]*v[t],t,0,n)", N),
    "convolution, another sum": ("sum(u[t]*v[n-t],t,0,n)", "sum(u[t]*v[n-1-t],t,0,n)", N),
    "differences, discount lost": (
        "sum(g**t*(r[t]+g*V[t+1]-V[t]),t,0,n-1)",
        f"{_RETURN}+V[n]-V[0]",
        POSITIVE,
    ),
    "shifted beyond where it has a value": ("sum(x[t+1]/t,t,1,n)", "sum(x[t]/(t-1),t,1,n)", N),
    "shifted logarithms": ("sum(log(t)*x[t+1],t,1,n)", "sum(log(t-1)*x[t],t,1,n)+x[n+1]*log(n)", N),
}


@pytest.mark.parametrize("name", WRONG)
def test_wrong(name: str) -> None:
    """None of these is proved."""
    assert prove(*WRONG[name]).status != "proved"


RIGHT: dict[str, tuple[str, str, dict[str, str]]] = {
    "geometric series": ("sum(g**t,t,0,n-1)", "(1-g**n)/(1-g)", SHARE),
    "of any positive ratio": ("sum(g**t,t,0,n-1)", "where(g==1,n,(1-g**n)/(1-g))", POSITIVE),
    "no summand": ("sum(g**t,t,0,n-1)", "(1-g**n)/(1-g)", FROM_0),
    "from 1 on": ("sum(g**t,t,1,n)", "g*(1-g**n)/(1-g)", SHARE),
    "exponentials": ("sum(exp(a*t),t,0,n-1)", "(exp(a*n)-1)/(exp(a)-1)", N | {"a": "positive"}),
    "weights of a mean": ("sum((1-g)*g**(n-1-t),t,0,n-1)", "1-g**n", SHARE),
    "one step": (_RETURN, "r[0]+g*sum(g**t*r[t+1],t,0,n-2)", POSITIVE),
    "turned round": ("sum(x[n-1-t]*g**t,t,0,n-1)", "sum(x[t]*g**(n-1-t),t,0,n-1)", POSITIVE),
    "differences": ("sum(g**t*(r[t]+g*V[t+1]-V[t]),t,0,n-1)", f"{_RETURN}+g**n*V[n]-V[0]", POSITIVE),
    "convolution": ("sum(u[t]*v[n-t],t,0,n)", "sum(v[t]*u[n-t],t,0,n)", N),
    "the index in front, shifted": ("sum(t*x[t+1],t,0,n-2)", "sum((t-1)*x[t],t,1,n-1)", N),
}


@pytest.mark.parametrize("name", RIGHT)
def test_right(name: str) -> None:
    """The claims that these are taken from are proved."""
    assert prove(*RIGHT[name]).status == "proved"
