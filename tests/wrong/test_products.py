"""Derivatives of products of any length: what a factor that is 0 leaves, and ranges without the one that moves."""

from __future__ import annotations

import pytest

from derive.prove import prove

DOMAIN = {"n": "positive integer", "m": "positive integer", "c": "0..n-1", "b": "0..n-1", "e": "integer"}
POSITIVE = DOMAIN | {"x": "positive"}
SHARES = DOMAIN | {"p": "(0, 1)"}
_ALL = "prod(x[k],k,0,n-1)"
_OTHERS = "prod(where(k==c,1,x[k]),k,0,n-1)"
_NOISY = "prod(1-p[i],i,0,n-1)"
_FACTORS = "prod(1+s*x[k],k,0,n-1)"

WRONG: dict[str, tuple[str, str, dict[str, str]]] = {
    "a factor that is 0": (f"diff({_ALL},x[c])", f"where(x[c]==0,0,{_ALL}/x[c])", DOMAIN),
    "another factor that is 0": (f"diff({_ALL},x[c])", f"where(x[b]==0,0,{_ALL}/x[c])", DOMAIN),
    "the one that moves is kept": (f"diff({_ALL},x[c])", _ALL, POSITIVE),
    "another one is left out": (f"diff({_ALL},x[c])", f"{_ALL}/x[b]", POSITIVE),
    "one beyond the range": (f"diff({_ALL},x[c])", f"{_ALL}/x[c]", POSITIVE | {"c": "0..n"}),
    "one anywhere": (f"diff({_ALL},x[e])", f"{_ALL}/x[e]", POSITIVE),
    "two times the same": (f"diff({_ALL},x[c],x[c])", f"{_ALL}/x[c]**2", POSITIVE),
    "two that may be the same": (f"diff({_ALL},x[c],x[b])", f"{_ALL}/(x[c]*x[b])", POSITIVE),
    "a square counts twice": ("diff(prod(x[k]**2,k,0,n-1),x[c])", "prod(x[k]**2,k,0,n-1)/x[c]", POSITIVE),
    "a shared scalar counts once": (f"diff({_FACTORS},s)", f"{_FACTORS}*x[c]/(1+s*x[c])", POSITIVE | {"s": "positive"}),
    "a shared power": ("diff(prod(s*x[k],k,0,n-1),s)", "prod(s*x[k],k,0,n-1)/s", POSITIVE | {"s": "positive"}),
    "noisy or, own factor kept": (f"diff(log(1-{_NOISY}),p[b])", f"{_NOISY}/(1-{_NOISY})", SHARES),
    "noisy or, sign": (f"diff(log(1-{_NOISY}),p[b])", f"-{_NOISY}/((1-p[b])*(1-{_NOISY}))", SHARES),
    "the others, all": (_OTHERS, _ALL, POSITIVE),
    "the others, 0 among them": (_OTHERS, f"where(x[c]==0,0,{_ALL}/x[c])", DOMAIN),
    "the others, without a value at c": (
        "prod(where(k==c,1,log(x[k])),k,0,n-1)",
        "prod(log(x[k]),k,0,n-1)/log(x[c])+where(x[c]<0,1,0)",
        DOMAIN,
    ),
    "left out where it is not": ("prod(where(k==e,1,x[k]),k,0,n-1)", f"{_ALL}/x[e]", POSITIVE),
    "a choice of two": ("prod(where((k==c)|(k==b),1,x[k]),k,0,n-1)", f"{_ALL}/(x[c]*x[b])", POSITIVE),
    "no number of factors": ("diff(prod(x[k],k,0,n-2),x[c])", "prod(x[k],k,0,n-2)/x[c]", POSITIVE),
    "an index of that name": ("diff(prod(x[c],c,0,n-1),x[c])", "prod(x[b],b,0,n-1)/x[b]", POSITIVE),
    "an index called like the end": ("diff(prod(x[n],n,0,n),x[0])", "1", DOMAIN),
    "an index called like the end, of a sum": (
        "diff(sum(prod(x[k],k,0,k),k,0,2),x[0])",
        "sum(prod(where(b==0,1,x[b]),b,0,0),k,0,2)",
        DOMAIN,
    ),
}


@pytest.mark.parametrize("name", WRONG)
def test_wrong(name: str) -> None:
    """None of these is proved."""
    assert prove(*WRONG[name]).status != "proved"


RIGHT: dict[str, tuple[str, str, dict[str, str]]] = {
    "an index called like the end": ("diff(prod(x[n],n,0,n),x[0])", "prod(x[k],k,1,n)", POSITIVE),
    "where no factor is 0": (f"diff({_ALL},x[c])", f"{_ALL}/x[c]", POSITIVE),
    "where the one that moves is not 0": (f"diff({_ALL},x[c])", f"{_ALL}/x[c]", DOMAIN),
    "everywhere": (f"diff({_ALL},x[c])", _OTHERS, DOMAIN),
    "two different ones": (f"diff({_ALL},x[c],x[b])", f"where(b==c,0,{_ALL}/(x[c]*x[b]))", POSITIVE),
    "squares": ("diff(prod(x[k]**2,k,0,n-1),x[c])", "2*prod(x[k]**2,k,0,n-1)/x[c]", POSITIVE),
    "the logarithm": (f"diff(log({_ALL}),x[c])", "1/x[c]", POSITIVE),
    "noisy or": (f"diff(log(1-{_NOISY}),p[b])", f"{_NOISY}/((1-p[b])*(1-{_NOISY}))", SHARES),
    "an index of that name": ("diff(prod(x[c],c,0,n-1),x[c])", f"{_ALL}/x[c]", POSITIVE),
    "a shared scalar": (
        f"diff({_FACTORS},s)",
        f"{_FACTORS}*sum(x[k]/(1+s*x[k]),k,0,n-1)",
        POSITIVE | {"s": "positive"},
    ),
    "Cobb-Douglas": (
        "diff(prod(x[k]**t[k],k,0,n-1),t[c])",
        "prod(x[k]**t[k],k,0,n-1)*log(x[c])",
        POSITIVE,
    ),
    "one beyond the range": (f"diff({_ALL},x[c])", f"where(c==n,0,{_ALL}/x[c])", POSITIVE | {"c": "0..n"}),
}


@pytest.mark.parametrize("name", RIGHT)
def test_right(name: str) -> None:
    """The claims that these are taken from are proved."""
    assert prove(*RIGHT[name]).status == "proved"
