"""Pairs of entries with a choice: what is lost where both are the same entry, or taken for another pair."""

from __future__ import annotations

import pytest

from derive import check
from derive.prove import prove

DOMAIN = {
    "n": "positive integer",
    "m": "positive integer",
    **dict.fromkeys(["i", "j", "a", "b"], "0..n-1"),
    "g": "integer",
    "l": "0..m-1",
}


def pairs(body: str) -> str:
    """The sum over all pairs."""
    return f"sum(sum({body},j,0,n-1),i,0,n-1)"


#: derivatives of one term by an entry, of which two may be the same
SINGLE = [
    ("abs(x[i]-x[j])", "x[i]", "where(i==j,99,sign(x[i]-x[j]))"),
    ("abs(x[i]-x[j])", "x[a]", "where((i==j)&(a==i),99,sign(x[i]-x[j])*(delta(i,a)-delta(j,a)))"),
    ("abs(x[i]-x[j])", "x[a]", "where((i==j)&(a!=i),99,sign(x[i]-x[j])*(delta(i,a)-delta(j,a)))"),
    ("abs(x[i]-x[j])", "x[i]", "where(i==j,sign(x[i]-x[j]),-sign(x[i]-x[j]))"),
    ("abs(x[i]+x[j])", "x[i]", "sign(x[i]+x[j])"),
    ("abs(x[i]-2*x[j])", "x[i]", "sign(x[i]-2*x[j])"),
    ("max(x[i],x[j])", "x[i]", "where(x[i]>x[j],1,0)"),
    ("max(x[i],x[j])", "x[i]", "heaviside(x[i]-x[j])"),
    ("max(0,1-s[i]-s[j])", "s[i]", "where(1-s[i]-s[j]>0,-1,0)"),
    ("max(0,1-s[i]+s[j])", "s[i]", "where(1-s[i]+s[j]>0,-1,0)"),
    ("max(s[j]-s[i],0)**2", "s[j]", "where(i==j,99,2*max(s[j]-s[i],0))"),
    ("abs(x[i+1]-x[j])", "x[j]", "where(j==i+1,99,-sign(x[i+1]-x[j]))"),
    ("abs(x[i+1]-x[j])", "x[j]", "where(j==i,0,-sign(x[i+1]-x[j]))"),
    ("abs(x[i+1]-x[j])", "x[i+1]", "where(j==i+1,99,sign(x[i+1]-x[j]))"),
    ("abs(x[2-i]-x[i])", "x[i]", "where(i==1,99,-sign(x[2-i]-x[i]))"),
    ("abs(x[2-i]-x[i])", "x[a]", "where(i==1,99,sign(x[2-i]-x[i])*(delta(2-i,a)-delta(i,a)))"),
    ("abs(x[2*i]-x[j])", "x[j]", "where(j==2*i,99,-sign(x[2*i]-x[j]))"),
    ("abs(X[i,j]-X[j,i])", "X[i,j]", "where(i==j,4,sign(X[i,j]-X[j,i]))"),
    ("abs(X[i,j]-X[j,i])", "X[a,b]", "where(i==j,4,sign(X[i,j]-X[j,i])*(delta(i,a)*delta(j,b)-delta(i,b)*delta(j,a)))"),
    ("abs(X[i,j]-X[j,i])", "X[a,b]", "sign(X[i,j]-X[j,i])*(delta(i,a)-delta(j,a))"),
    ("abs(x[g[i]]-x[j])", "x[j]", "where(g[i]==j,99,-sign(x[g[i]]-x[j]))"),
    ("abs(x[g[i]]-x[g[j]])", "x[g[i]]", "where(i==j,0,sign(x[g[i]]-x[g[j]]))+where((i!=j)&(g[i]==g[j]),99,0)"),
    ("abs(x[x[0]]-x[j])", "x[j]", "-sign(x[x[0]]-x[j])"),
    ("abs(x[i]+x[j]-2*x[a])", "x[i]", "sign(x[i]+x[j]-2*x[a])"),
    ("abs(x[i]+x[j]-2*x[a])", "x[i]", "where(i==j,2,1)*sign(x[i]+x[j]-2*x[a])"),
    ("max(x[i],x[j],x[a])", "x[i]", "where((x[i]>x[j])&(x[i]>x[a]),1,0)"),
    (
        "abs(x[i]-x[j])*abs(x[j]-x[a])",
        "x[j]",
        "sign(x[j]-x[i])*abs(x[j]-x[a])+abs(x[i]-x[j])*where(j==a,7,sign(x[j]-x[a]))",
    ),
    ("abs(max(c,0)*(x[i]-x[j]))", "x[i]", "where((c<=0)&(i!=j),99,c*sign(x[i]-x[j]))"),
    ("max(c,0)*abs(x[i]-x[j])", "x[i]", "where(c<=0,99,c*sign(x[i]-x[j]))"),
    ("abs((c+abs(c))*(x[i]-x[j]))", "x[i]", "where(c<=0,99,2*c*sign(x[i]-x[j]))"),
    ("abs(l*(x[i]-x[j]))", "x[i]", "where(l==0,99,l*sign(x[i]-x[j]))"),
    ("abs(delta(i,j)*x[i])", "x[i]", "where(i==j,sign(x[i]),99)"),
    ("abs((i-j)*x[i])", "x[i]", "where(i==j,99,abs(i-j)*sign(x[i]))"),
    ("abs(where(i==j,0,x[i]))", "x[i]", "where(i==j,99,sign(x[i]))"),
    ("where(i==j,abs(x[i]-x[j]),5*x[i])", "x[i]", "where(i==j,1,5)"),
    ("where(x[i]>x[j],x[i],x[j])", "x[i]", "where(x[i]>x[j],1,0)"),
    ("where(x[i]>=x[j],x[i]**2,x[j]**2)", "x[i]", "where(i==j,99,where(x[i]>=x[j],2*x[i],0))"),
    ("abs((w[i]-w[j])*(x[i]-x[b]))", "x[i]", "where(i==j,99,(w[i]-w[j])*sign((w[i]-w[j])*(x[i]-x[b])))"),
    ("sum(abs(x[i+1]-y),i,0,n-2)", "x[i]", "0"),
    ("sum(abs(x[i]-x[j]),j,0,n-1)", "x[j]", "sign(x[j]-x[i])"),
    ("sum(abs(x[i]-x[j]),j,0,n-1)", "x[j]", "where(i==j,0,sign(x[j]-x[i]))"),
    ("sqrt((x[i]-x[j])**2)", "x[i]", "where(i==j,99,(x[i]-x[j])/sqrt((x[i]-x[j])**2))"),
    ("abs(sqrt((x[i]-x[j])**2)-x[i]+x[j])", "x[i]", "where(x[i]>=x[j],99,-2)"),
]


@pytest.mark.parametrize(("loss", "entry", "wrong"), SINGLE, ids=[f"{row[0]} {row[2]}" for row in SINGLE])
def test_two_entries_may_be_one(loss: str, entry: str, wrong: str) -> None:
    """Where indices are equal the function is another one, and its derivative, too."""
    assert prove(f"diff({loss},{entry})", wrong, DOMAIN).status != "proved"


STEP = "where(1-s[i]+s[a]>0,1,0)-where(1-s[a]+s[i]>0,1,0)"

#: sums over pairs
SUMS = [
    (pairs("abs(x[i]-x[j])"), "x[a]", "sum(sign(x[a]-x[j]),j,0,n-1)"),
    (pairs("abs(x[i]-x[j])"), "x[a]", "-2*sum(sign(x[a]-x[j]),j,0,n-1)"),
    (pairs("abs(x[i]-x[j])"), "x[a]", "where(n==1,99,2*sum(sign(x[a]-x[j]),j,0,n-1))"),
    (pairs("abs(x[i]-x[j])"), "x[a]", "2*sum(where(j==a,99,sign(x[a]-x[j])),j,0,n-1)"),
    (pairs("abs(x[i]-x[j])"), "x[a]", "2*sum(sign(x[a]-x[j]),j,0,n-1)+where(n==2,99,0)"),
    (pairs("abs(x[i]-x[j])"), "x[a]", "2*sum(sign(x[a]-x[j]),j,1,n-1)"),
    (pairs("abs(x[i]-x[j])"), "x[a]", "2*sum(sign(x[a]-x[j]),j,0,n-2)"),
    (pairs("where(i!=j,abs(x[i]-x[j]),0)"), "x[a]", "sum(sign(x[a]-x[j]),j,0,n-1)"),
    (pairs("where(i==j,abs(x[i]-x[j]),0)"), "x[a]", "2*sum(sign(x[a]-x[j]),j,0,n-1)"),
    (pairs("where(i==j,abs(x[i]-x[j]),0)"), "x[a]", "99"),
    (pairs("w[i]*abs(x[i]-x[j])"), "x[a]", "2*w[a]*sum(sign(x[a]-x[j]),j,0,n-1)"),
    (pairs("w[i]*w[j]*abs(x[i]-x[j])"), "x[a]", "2*sum(w[j]*sign(x[a]-x[j]),j,0,n-1)"),
    (pairs("abs(x[i]+x[j])"), "x[a]", "2*sum(sign(x[a]+x[j]),j,0,n-1)+sign(x[a])"),
    (pairs("abs(x[i]+x[j])"), "x[a]", "2*sum(where(j!=a,sign(x[a]+x[j]),0),j,0,n-1)"),
    (pairs("where(i!=j,abs(x[i]+x[j]),0)"), "x[a]", "2*sum(sign(x[a]+x[j]),j,0,n-1)"),
    (pairs("where(i==j,abs(x[i]+x[j]),0)"), "x[a]", "2*sum(where(j!=a,sign(x[a]+x[j]),0),j,0,n-1)"),
    (pairs("max(0,1-s[i]+s[j])"), "s[a]", f"-sum({STEP},i,0,n-1)"),
    (pairs("max(0,1-s[i]+s[j])"), "s[a]", "sum(where(1-s[i]+s[a]>0,1,0),i,0,n-1)"),
    (pairs("max(0,1-s[i]-s[j])"), "s[a]", "-2*sum(where((i!=a)&(1-s[i]-s[a]>0),1,0),i,0,n-1)"),
    (pairs("where(y[i]>y[j],max(0,1-s[i]+s[j]),0)"), "s[a]", f"sum(where(y[i]>y[a],{STEP},0),i,0,n-1)"),
    (pairs("max(0,mg-sum(abs(z[i,k]-z[j,k]),k,0,m-1))"), "z[a,l]", "where(n==1,99,0)"),
    (pairs("sum(abs(z[i,k]-z[j,k]),k,0,m-1)"), "z[a,l]", "2*sum(sign(z[a,l]-z[l,j]),j,0,n-1)"),
    (pairs("sum(abs(z[i,k]-z[j,k]),k,0,m-1)"), "z[a,l]", "where(m==1,2*sum(sign(z[a,l]-z[j,l]),j,0,n-1),99)"),
    ("sum(sum(abs(X[i,j]-X[j,i]),j,0,n-1),i,0,n-1)", "X[a,b]", "sign(X[a,b]-X[b,a])"),
    ("sum(sum(abs(X[i,j]-X[j,i]),j,0,n-1),i,0,n-1)", "X[a,b]", "where(a==b,99,2*sign(X[a,b]-X[b,a]))"),
    ("sum(abs(x[t+1]-x[t]),t,0,n-2)", "x[a]", "sign(x[a]-x[a-1])-sign(x[a+1]-x[a])"),
    ("sum(abs(x[t+1]-x[t]),t,0,n-2)", "x[a]", "where(a>0,sign(x[a]-x[a-1]),0)-sign(x[a+1]-x[a])"),
    ("sum(abs(x[t+1]-x[t]),t,0,n-2)", "x[0]", "where(n==1,99,-sign(x[1]-x[0]))"),
    ("sum(abs(x[t+1]-x[t]),t,0,n-2)", "x[0]", "sign(x[1]-x[0])"),
    ("sum(abs(x[n-1-t]-x[t]),t,0,n-1)", "x[a]", "where(2*a==n-1,99,2*sign(x[a]-x[n-1-a]))"),
    ("sum(abs(x[t]-x[0]),t,0,n-1)", "x[0]", "where(n==1,99,-sum(sign(x[t]-x[0]),t,0,n-1))"),
    ("sum(abs(x[t]-x[0]),t,0,n-1)", "x[a]", "sign(x[a]-x[0])"),
    ("sum(sum(sum(abs(x[i]+x[j]-2*x[k]),k,0,n-1),j,0,n-1),i,0,n-1)", "x[a]", "where(n==1,99,0)"),
    ("sum(sum(max(c,0)*abs(x[i]-x[j]),j,0,n-1),i,0,n-1)", "x[a]", "where(c<=0,99,2*c*sum(sign(x[a]-x[j]),j,0,n-1))"),
    (pairs("abs(max(c,0)*(x[i]-x[j]))"), "x[a]", "where(c<=0,99,2*c*sum(sign(x[a]-x[j]),j,0,n-1))"),
    (pairs("abs(y[i]*(x[i]-x[j]))"), "x[a]", "2*sum(abs(y[a])*sign(x[a]-x[j]),j,0,n-1)"),
    ("abs(sum(x[k],k,0,n-1)-x[i])", "x[i]", "where(n==1,99,0)"),
    ("abs(sum(x[k],k,0,n-1)-x[i])", "x[a]", "where((n==1)&(i==a),99,where(a==i,0,sign(sum(x[k],k,0,n-1)-x[i])))"),
    (
        "abs(sum(x[k],k,0,n-1)-x[i]-x[j])",
        "x[a]",
        "where((n==2)&(i!=j),99,(1-delta(i,a)-delta(j,a))*sign(sum(x[k],k,0,n-1)-x[i]-x[j]))",
    ),
    (pairs("abs(sum(x[k],k,0,n-1)-x[i]-x[j])"), "x[a]", "where(n==2,99,0)"),
    ("abs(sum(x[k],k,0,n-1)-n*x[i])", "x[a]", "where(n==1,99,(1-n*delta(i,a))*sign(sum(x[k],k,0,n-1)-n*x[i]))"),
    ("sum(abs(x[t]-sum(x[k],k,0,n-1)/n),t,0,n-1)", "x[a]", "where(n==1,99,0)"),
    ("max(0,sum((x[k]-x[k])**2,k,0,n-1)-c+c)", "x[a]", "99"),
]


@pytest.mark.parametrize(("loss", "entry", "wrong"), SUMS, ids=[f"{row[0]} {row[2]}" for row in SUMS])
def test_a_sum_over_pairs(loss: str, entry: str, wrong: str) -> None:
    """The pairs of an entry with itself, the factor of two, the ends of the range and the sizes count."""
    assert prove(f"diff({loss},{entry})", wrong, DOMAIN).status != "proved"


#: margins on a distance, which is a root that may be 0
MARGINS = [
    (
        "max(0,mg-sqrt(sum((x[k]-y[k])**2,k,0,n-1)))**2",
        "2*max(0,mg-sqrt(sum((x[k]-y[k])**2,k,0,n-1)))*(x[a]-y[a])/sqrt(sum((x[k]-y[k])**2,k,0,n-1))",
    ),
    (
        "max(0,mg-sqrt(sum((x[k]-y[k])**2,k,0,n-1)))**2",
        "where(mg<=0,99,-2*max(0,mg-sqrt(sum((x[k]-y[k])**2,k,0,n-1)))*(x[a]-y[a])/sqrt(sum((x[k]-y[k])**2,k,0,n-1)))",
    ),
    ("max(0,mg-sqrt(sum((x[k]-x[k])**2,k,0,n-1)))**2", "where(mg>0,99,0)"),
    ("max(0,x[a]-sqrt(x[a]**2))", "where(x[a]>0,99,0)"),
    ("max(0,abs(x[a])-sqrt(x[a]**2))", "where(x[a]>0,99,0)"),
    ("max(0,sqrt(x[a]**2+2*x[a]+1)-x[a]-1)", "where(x[a]>-1,99,-2)"),
    ("max(0,sqrt(sum((x[k]-y[k])**2,k,0,n-1))-sqrt(sum((y[k]-x[k])**2,k,0,n-1)))", "99"),
    (
        "max(0,sqrt(sum(x[k]**2,k,0,n-1))-x[0])",
        "where((n==1)&(x[0]>0),99,where(n==1,-2,x[a]/sqrt(sum(x[k]**2,k,0,n-1))-delta(a,0)))",
    ),
    ("max(0,x[a]**2-sqrt(x[a]**4))", "where(x[a]>0,99,0)"),
    ("max(0,sqrt(x[a]**2+y**2)-sqrt(y**2+x[a]**2))", "where(x[a]>0,99,0)"),
    ("max(0,sqrt(x[a]**2)*sqrt(y**2)-x[a]*y)", "where(x[a]*y>0,99,-2*y)"),
    ("max(0,max(c,0)*(mg-sqrt(x[a]**2)))", "where(c<=0,99,0)"),
]


@pytest.mark.parametrize(("loss", "wrong"), MARGINS, ids=[f"{row[0]} {row[1]}" for row in MARGINS])
def test_a_margin_on_a_distance(loss: str, wrong: str) -> None:
    """A root is 0 or of one sign: with the other one the gap may vanish on half of the line."""
    assert prove(f"diff({loss},x[a])", wrong, DOMAIN).status != "proved"


def test_a_hessian_of_a_pair() -> None:
    """The second derivative of |xᵢ − xⱼ| is 0 at i = j, too."""
    verdict = check(
        loss="lam*abs(w[i]-w[j])",
        gradient="lam*sign(w[i]-w[j])",
        hessian="where(i==j,5,0)",
        wrt="w[i]",
        domain={"n": "positive integer", "i": "0..n-1", "j": "0..n-1"},
        dtypes=(),
    )
    assert not verdict.ok


#: sums over pairs, and single pairs: their derivatives
RIGHT = [
    ("abs(x[i]-x[j])", "x[i]", "sign(x[i]-x[j])"),
    ("abs(x[i]+x[j])", "x[i]", "where(i==j,2,1)*sign(x[i]+x[j])"),
    ("max(x[i],x[j])", "x[i]", "where((i==j)|(x[i]>x[j]),1,0)"),
    ("abs(x[i+1]-x[j])", "x[j]", "-sign(x[i+1]-x[j])"),
    ("abs(X[i,j]-X[j,i])", "X[i,j]", "sign(X[i,j]-X[j,i])"),
    (pairs("abs(x[i]-x[j])"), "x[a]", "2*sum(sign(x[a]-x[j]),j,0,n-1)"),
    (pairs("where(i!=j,abs(x[i]-x[j]),0)"), "x[a]", "2*sum(sign(x[a]-x[j]),j,0,n-1)"),
    (pairs("w[i]*w[j]*abs(x[i]-x[j])"), "x[a]", "2*w[a]*sum(w[j]*sign(x[a]-x[j]),j,0,n-1)"),
    (pairs("abs(x[i]+x[j])"), "x[a]", "2*sum(sign(x[a]+x[j]),j,0,n-1)"),
    (pairs("abs(X[i,j]-X[j,i])"), "X[a,b]", "2*sign(X[a,b]-X[b,a])"),
    (pairs("sum(abs(z[i,k]-z[j,k]),k,0,m-1)"), "z[a,l]", "2*sum(sign(z[a,l]-z[j,l]),j,0,n-1)"),
    (pairs("max(0,1-s[i]+s[j])"), "s[a]", f"sum({STEP},i,0,n-1)"),
    ("sum(where(j!=b,max(0,1+s[j]-s[b]),0),j,0,n-1)", "s[b]", "-sum(where((j!=b)&(1+s[j]-s[b]>0),1,0),j,0,n-1)"),
    (
        "sum(abs(x[t+1]-x[t]),t,0,n-2)",
        "x[a]",
        "where(a>0,sign(x[a]-x[a-1]),0)-where(a<n-1,sign(x[a+1]-x[a]),0)",
    ),
]


@pytest.mark.parametrize(("loss", "entry", "right"), RIGHT, ids=[row[0] for row in RIGHT])
def test_pairs_are_decided_entry_by_entry(loss: str, entry: str, right: str) -> None:
    """Gini's mean difference, hinges between two scores, total variation: compared off the ties."""
    verdict = prove(f"diff({loss},{entry})", right, DOMAIN)
    assert verdict.status == "proved"
    assert "where no choice ties" in verdict.notes[0]
    assert prove(f"diff({loss},{entry})", f"3*({right})", DOMAIN).status == "refuted"


def test_a_distance_of_an_entry_from_itself_is_no_root() -> None:
    """√(xᵢ − xᵢ)² is 0 and smooth; between different entries, the formula has no value where they are equal."""
    left, root = "diff(sqrt((x[i]-x[j])**2),x[i])", "(x[i]-x[j])/sqrt((x[i]-x[j])**2)"
    assert prove(left, f"where(i==j,0,{root})", DOMAIN).status == "proved"
    assert prove(left, f"where(i==j,99,{root})", DOMAIN).status == "refuted"
    assert prove(left, f"where((x[i]==x[j])&(i!=j),99,where(i==j,0,{root}))", DOMAIN).status != "proved"


def test_a_hinge_on_a_distance_for_any_length() -> None:
    """The gap is a root whose base is 0 in one point: it is looked at with both signs."""
    far = "sqrt(sum((x[k]-y[k])**2,k,0,n-1))"
    right = f"-2*max(0,mg-{far})*(x[a]-y[a])/{far}"
    assert prove(f"diff(max(0,mg-{far})**2,x[a])", right, DOMAIN).status == "proved"


@pytest.mark.parametrize(
    ("loss", "wrong", "domain"),
    [
        ("abs(x[0]*(sum(c[j]/c[j],j,0,n-1)-7))", "where(n==7,99,abs(n-7)*sign(x[0]))", {"c": "positive"}),
        ("abs(x[0]*(sum(c[j]*c[j]**(-1),j,0,n-1)-7))", "where(n==7,99,abs(n-7)*sign(x[0]))", {}),
        ("abs(x[0]*(atan(c)+atan(sign(exp(y))/c)-pi/2))", "where(c>0,99,pi*sign(x[0]))", {}),
        ("abs(x[0]*(atan(c)+atan((max(y+1,y)-y)/c)-pi/2))", "where(c>0,99,pi*sign(x[0]))", {}),
    ],
)
def test_a_quotient_is_not_analytic_where_it_is_0_over_0(loss: str, wrong: str, domain: dict[str, str]) -> None:
    """Entries that cancel out don't vanish with their summand, and a quotient in a function has two halves."""
    assert prove(f"diff({loss},x[0])", wrong, {"n": "positive integer", **domain}).status != "proved"


GUARDED = "diff(sum(where(j==0,5*abs(x[k])*log(y),2*where(j==1,abs(x[k])*log(u),0)),j,0,n+1),x[k])"


def test_a_summand_of_its_own_is_not_lost() -> None:
    """Σ of what is something at j = 0 and something else at j = 1: both count."""
    for left in (f"where(exp(w)==3,{GUARDED},1)", f"entry(entries({GUARDED}+0*r,r,s,1,1),0,0)"):
        right = "2*log(u)*sign(x[k])"
        claimed = right if "entry" in left else f"where(exp(w)==3,{right},1)"
        assert prove(left, claimed, {"n": "positive integer", "k": "0..n-1"}).status != "proved"


def test_shares_cannot_all_be_0() -> None:
    """Of six shares the first six add up to 1 at every point, so the function is 0 where n is 6."""
    total = "sum(p[j],j,0,n-1)-1"
    wrong = f"where({total}==0,99,abs({total})*sign(x[0]))"
    assert (
        prove(f"diff(abs(x[0]*({total})),x[0])", wrong, {"p": "simplex(6)", "n": "positive integer"}).status != "proved"
    )


def test_a_place_that_two_guards_share_counts_once() -> None:
    """Where a and b are one index, the first of the two choices is taken, and the second is not."""
    domain = {"n": "positive integer", "a": "0..n-1", "b": "0..n-1", "k": "0..n-1"}
    slope = "diff(sum(where(j==a,5*abs(x[k])*log(y),2*where(j==b,abs(x[k])*log(u),0)),j,0,n-1),x[k])"
    for at_once, status in (("10*log(y)", ("refuted", "unknown")), ("5*log(y)", ("proved", "unknown"))):
        right = f"where(a==b,{at_once},5*log(y)+2*log(u))*sign(x[k])"
        assert prove(slope, right, domain).status in status
        assert prove(f"where(exp(w)==3,{slope},1)", f"where(exp(w)==3,{right},1)", domain).status in status
