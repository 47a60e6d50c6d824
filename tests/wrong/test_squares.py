"""Sums over all pairs: what cancels with the pair turned round, and pairs that are counted once."""

from __future__ import annotations

import pytest

from derive.prove import prove

N = {"n": "positive integer"}
TWO = N | {"m": "positive integer"}
LABELS = N | {"s": "real", "y": "{0, 1}"}


def pairs(body: str, first: str = "0", last: str = "n-1") -> str:
    """The sum over i and, inside, over j in this range."""
    return f"sum(sum({body},j,{first},{last}),i,0,n-1)"


_WINS = pairs("where(x[i]>x[j],1,0)")
_TIES = pairs("where(x[i]==x[j],1,0)")
_ORDERED = "y[i]*(1-y[j])*where(s[i]>s[j],1,where(s[i]==s[j],1/2,0))"
_TURNED = "y[i]*(1-y[j])*where(s[i]<s[j],1,where(s[i]==s[j],1/2,0))"

WRONG: dict[str, tuple[str, str, dict[str, str]]] = {
    "gaps do not cancel": (pairs("abs(x[i]-x[j])"), "0", N),
    "one side of them": (pairs("max(x[i]-x[j],0)"), "0", N),
    "signs of two": (pairs("sign(x[i]-x[j])*sign(u[i]-u[j])"), "0", N),
    "signs with a weight": (pairs("w[i]*sign(x[i]-x[j])"), "0", N),
    "signs with two weights": (pairs("w[i]*v[j]*sign(x[i]-x[j])"), "0", N),
    "signs over different ranges": ("sum(sum(sign(x[i]-x[j]),j,0,m-1),i,0,n-1)", "0", TWO),
    "signs of two arrays": (pairs("sign(x[i]-u[j])"), "0", N),
    "signs of later ones": (pairs("sign(x[i]-x[j])", "i+1"), "0", N),
    "signs of sums": (pairs("sign(x[i]+x[j])"), "0", N),
    "signs of those and the next": (pairs("sign(x[i]-x[j+1])"), "0", N),
    "wins and losses, weighted": (pairs("w[i]*where(x[i]>x[j],1,0)"), pairs("w[i]*where(x[i]<x[j],1,0)"), N),
    "wins are half of all": (f"2*{_WINS}", "n**2", N),
    "wins are half of the others": (f"2*{_WINS}", "n*(n-1)", N),
    "ties twice": (f"2*{_WINS}+2*{_TIES}", "n**2", N),
    "wins, losses, and none": (f"2*{_WINS}+{_TIES}", "n**2-n", N),
    "mean rank, from 1": (pairs("where(x[j]<x[i],1,0)+where(x[j]==x[i],1,0)/2"), "n*(n+1)/2", N),
    "area, squares": (f"{pairs(_ORDERED)}+{pairs(_TURNED)}", "sum(y[i],i,0,n-1)**2", LABELS),
    "area, one label": (f"{pairs(_ORDERED)}+{pairs(_TURNED)}", "n*sum(y[i],i,0,n-1)", LABELS),
    "pairs counted once, 2 lost": (pairs("abs(x[i]-x[j])"), pairs("abs(x[i]-x[j])", "i+1"), N),
    "pairs counted once, of no symmetry": (pairs("max(x[i]-x[j],0)"), f"2*{pairs('max(x[i]-x[j],0)', 'i+1')}", N),
    "pairs counted once, with themselves": (
        pairs("exp(-abs(x[i]-x[j]))"),
        f"2*{pairs('exp(-abs(x[i]-x[j]))', 'i+1')}",
        N,
    ),
    "pairs by the larger, n lost": (
        pairs("abs(x[i]-x[j])"),
        f"2*{pairs('max(x[i],x[j])')}-2*sum(x[i],i,0,n-1)",
        N,
    ),
    "pairs by the smaller, sign": (
        pairs("abs(x[i]-x[j])"),
        f"2*{pairs('min(x[i],x[j])')}-2*n*sum(x[i],i,0,n-1)",
        N,
    ),
    "a value that is lacking": (pairs("where(x[i]>x[j],log(x[i]-x[j]),-log(x[i]-x[j]))"), "0", N),
    "concordance, once": (
        pairs("sign(x[i]-x[j])*sign(u[i]-u[j])"),
        pairs("sign(x[i]-x[j])*sign(u[i]-u[j])", "0", "i-1"),
        N,
    ),
    "products of sums of two lengths": (
        pairs("where(x[i]>x[j],1,0)*y[i]"),
        "sum(y[i],i,0,n-1)*sum(1-y[i],i,0,m-1)",
        TWO,
    ),
    "machines: squares kept": (
        "sum(sum(sum(v[i,k]*v[j,k],k,0,m-1)*x[i]*x[j],j,i+1,n-1),i,0,n-1)",
        "1/2*sum((sum(v[i,k]*x[i],i,0,n-1))**2,k,0,m-1)",
        TWO,
    ),
}


@pytest.mark.parametrize("name", WRONG)
def test_wrong(name: str) -> None:
    """None of these is proved."""
    assert prove(*WRONG[name]).status != "proved"


RIGHT: dict[str, tuple[str, str, dict[str, str]]] = {
    "signs cancel": (pairs("sign(x[i]-x[j])"), "0", N),
    "signs with the same weights": (pairs("w[i]*w[j]*sign(x[i]-x[j])"), "0", N),
    "wins and losses": (_WINS, pairs("where(x[i]<x[j],1,0)"), N),
    "wins, losses and ties": (f"2*{_WINS}+{_TIES}", "n**2", N),
    "mean rank": (pairs("where(x[j]<x[i],1,0)+where(x[j]==x[i],1,0)/2"), "n**2/2", N),
    "area from both sides": (
        f"{pairs(_ORDERED)}+{pairs(_TURNED)}",
        "sum(y[i],i,0,n-1)*sum(1-y[i],i,0,n-1)",
        LABELS,
    ),
    "pairs counted once": (pairs("abs(x[i]-x[j])"), f"2*{pairs('abs(x[i]-x[j])', 'i+1')}", N),
    "from below": (pairs("abs(x[i]-x[j])"), f"2*{pairs('abs(x[i]-x[j])', '0', 'i-1')}", N),
    "with themselves": (pairs("exp(-abs(x[i]-x[j]))"), f"n+2*{pairs('exp(-abs(x[i]-x[j]))', 'i+1')}", N),
    "by the larger": (pairs("abs(x[i]-x[j])"), f"2*{pairs('max(x[i],x[j])')}-2*n*sum(x[i],i,0,n-1)", N),
    "concordance": (
        pairs("sign(x[i]-x[j])*sign(u[i]-u[j])"),
        f"2*{pairs('sign(x[i]-x[j])*sign(u[i]-u[j])', '0', 'i-1')}",
        N,
    ),
    "machines": (
        "sum(sum(sum(v[i,k]*v[j,k],k,0,m-1)*x[i]*x[j],j,i+1,n-1),i,0,n-1)",
        "1/2*sum((sum(v[i,k]*x[i],i,0,n-1))**2-sum(v[i,k]**2*x[i]**2,i,0,n-1),k,0,m-1)",
        TWO,
    ),
}


@pytest.mark.parametrize("name", RIGHT)
def test_right(name: str) -> None:
    """The claims that these are taken from are proved."""
    assert prove(*RIGHT[name]).status == "proved"


ENTRIES = N | {"a": "0..n-1", "b": "0..n-1", "i": "0..n-1"}
#: where two entries are equal, one may be put for the other, but not under a sum that binds its index
EQUAL = [
    ("where(x[a]==x[i],sum(exp(x[a]+x[i]),i,0,n-1),0)", "where(x[a]==x[i],n*exp(2*x[a]),0)"),
    ("where(x[a]==x[b],exp(x[a]),0)", "where(x[a]==x[b],exp(x[i]),0)"),
    ("where(x[a]==x[b],exp(x[a]),0)", "where(x[a]==x[b],exp(2*x[b]),0)"),
    ("where(x[a]==x[b],x[a+1],0)", "where(x[a]==x[b],x[b+1],0)"),
    ("where(x[a]==2*x[b],exp(x[a]),0)", "where(x[a]==2*x[b],exp(x[b]),0)"),
    ("where(x[a]*x[b]==1,exp(x[a]),0)", "where(x[a]*x[b]==1,exp(x[b]),0)"),
    ("where(x[a]==x[b],sum(exp(x[j]),j,0,a),0)", "where(x[a]==x[b],sum(exp(x[j]),j,0,b),0)"),
    ("exp(-abs(x[a]-x[b]))", "exp(-abs(x[b]-x[i]))"),
]


@pytest.mark.parametrize(("left", "right"), EQUAL)
def test_equal_entries(left: str, right: str) -> None:
    """Equal entries are equal numbers, and no more than that."""
    assert prove(left, right, ENTRIES).status != "proved"


@pytest.mark.parametrize("value", ["s", "3*s+5", "u[3]", "s/2"])
def test_a_whole_entry_that_is_equal_stays_whole(value: str) -> None:
    """What is negative has whole powers only, so an entry in an exponent is not replaced by what need not be whole."""
    here, domain = f"(exp(t)==3)&(g[0]=={value})", {"g": "integer", "x": "negative"}
    assert prove(f"where({here},x**g[0],1)", f"where({here},99,1)", domain).status != "proved"


def test_equal_entries_have_equal_exponentials() -> None:
    """Where x[a] = x[b], so are their functions; so a function of the distance is symmetric."""
    assert prove("exp(-abs(x[a]-x[b]))", "exp(-abs(x[b]-x[a]))", ENTRIES).status == "proved"
    assert prove("log(1+exp(max(x[a],x[b])))", "log(1+exp(max(x[b],x[a])))", ENTRIES).status == "proved"
    assert prove("where(x[a]==2*x[b],exp(x[a]),0)", "where(x[a]==2*x[b],exp(x[b])**2,0)", ENTRIES).status == "proved"


_DUAL = "sum(sum(a[i]*a[j]*sum(X[i,k]*X[j,k],k,0,m-1),j,0,n-1),i,0,n-1)"
_PRIMAL = "sum(sum(a[i]*X[i,k],i,0,n-1)**2,k,0,m-1)"


@pytest.mark.parametrize("claim", [(_DUAL, _PRIMAL), (_PRIMAL, _DUAL)], ids=["dual first", "primal first"])
def test_a_norm_by_rows_or_by_columns(claim: tuple[str, str]) -> None:
    """aᵀXXᵀa = |Xᵀa|², whichever side comes first; not with another vector, nor without the square."""
    assert prove(*claim, TWO).status == "proved"
    assert prove(claim[0], claim[1].replace("a[i]*", "b[i]*"), TWO).status != "proved"
    assert prove(claim[0], claim[1].replace("X[i,k]", "X[k,i]"), TWO).status != "proved"


@pytest.mark.parametrize("f", ["1/(i-j+1/2)", "y[i]*z[j]/(1+x[i]*x[j])", "y[i]*y[j]/(1+(x[i]-x[j])**2)"])
def test_quotients_that_are_the_same_both_ways(f: str) -> None:
    """Where each order of two sums leads to the other one, one of them is kept, and a little more is more."""
    rows, columns = (f"sum(sum({f},{a},0,n-1),{b},0,n-1)" for a, b in ("ji", "ij"))
    assert prove(rows, columns, N).status == "proved"
    assert prove(columns, rows, N).status == "proved"
    assert prove(rows, f"{columns}+1/1000000", N).status == "refuted"


def test_a_note_does_not_say_what_ranges_say() -> None:
    """Where an index is another one, that it lies in its range goes without saying; what does not, is said."""
    norm = "sqrt(sum(w[k]**2,k,0,n-1))"
    claim = f"diff(diff({norm},w[a]),w[b])", f"delta(a,b)/{norm}-w[a]*w[b]/{norm}**3"
    notes = prove(*claim, ENTRIES).notes
    assert any("where a = b, Sum(w[i]**2, (i, 0, n - 1)) = 0:" in note for note in notes), notes
    assert not any(">= 0" in note for note in notes)
