"""Ranges that depend on an index: prefixes, triangles, sums that a condition cuts, and choices in sums in functions."""

from __future__ import annotations

import pytest
import sympy as sp

from derive.prove import prove

INDEX = {"n": "positive integer", "m": "positive integer", "l": "0..n-1", "a": "0..n-1", "d": "0..m-1"}

#: an identity of sums, and a near miss of its right side
IDENTITIES = [
    ("sum(x[j],j,l+1,n-1)+sum(x[j],j,0,l-1)", "sum(x[j],j,0,n-1)-x[l]", "sum(x[j],j,0,n-1)"),
    ("sum(x[j],j,l,n-1)+sum(x[j],j,0,l)", "sum(x[j],j,0,n-1)+x[l]", "sum(x[j],j,0,n-1)-x[l]"),
    ("sum(sum(A[i,j],j,0,i),i,0,n-1)", "sum(sum(A[i,j],i,j,n-1),j,0,n-1)", "sum(sum(A[j,i],i,j,n-1),j,0,n-1)"),
    (
        "sum(sum(where(j<=i,A[i,j],0),j,0,n-1),i,0,n-1)",
        "sum(sum(A[i,j],j,0,i),i,0,n-1)",
        "sum(sum(A[i,j],j,0,i-1),i,0,n-1)",
    ),
    (
        "sum(sum(x[i]*x[j],j,i+1,n-1),i,0,n-1)",
        "(sum(x[i],i,0,n-1)**2-sum(x[i]**2,i,0,n-1))/2",
        "(sum(x[i],i,0,n-1)**2+sum(x[i]**2,i,0,n-1))/2",
    ),
    (
        "sum(sum(where(i<j,x[i]*x[j],0),j,0,n-1),i,0,n-1)",
        "(sum(x[i],i,0,n-1)**2-sum(x[i]**2,i,0,n-1))/2",
        "(sum(x[i],i,0,n-1)**2-sum(x[i]**2,i,0,n-1))",
    ),
    ("sum(sum(x[s],s,0,t),t,0,n-1)", "sum((n-t)*x[t],t,0,n-1)", "sum((n-t-1)*x[t],t,0,n-1)"),
    ("diff(sum(sum(x[i]*x[j],j,i+1,n-1),i,0,n-1),x[l])", "sum(x[j],j,0,n-1)-x[l]", "sum(x[j],j,0,n-1)"),
    (
        "diff(sum(sum(x[s],s,0,t)**2,t,0,n-1),x[a])",
        "2*sum(sum(x[s],s,0,t),t,a,n-1)",
        "2*sum(sum(x[s],s,0,t),t,0,n-1)",
    ),
    (
        "diff(sum(log(sum(exp(s[j]),j,i,n-1))-s[i],i,0,n-1),s[a])",
        "sum(exp(s[a])/sum(exp(s[j]),j,i,n-1),i,0,a)-1",
        "sum(exp(s[a])/sum(exp(s[j]),j,i,n-1),i,0,n-1)-1",
    ),
]


@pytest.mark.parametrize(("left", "right", "other"), IDENTITIES, ids=[row[0] for row in IDENTITIES])
def test_ranges_that_depend_on_an_index(left: str, right: str, other: str) -> None:
    """Proved for every size; a near miss shows a point."""
    proved = prove(left, right, INDEX, budget=10)
    assert proved.status == "proved"
    assert not proved.domains_differ
    assert prove(left, other, INDEX).status == "refuted"


#: what would follow from a law of ranges where it does not hold: domain, left side, right side
BEYOND = [
    ({"k": "integer"}, "sum(x[j],j,k,n-1)", "sum(x[j],j,0,n-1)-sum(x[j],j,0,k-1)"),
    ({"k": "0..n+1"}, "sum(x[j],j,k,n-1)", "sum(x[j],j,0,n-1)-sum(x[j],j,0,k-1)"),
    ({"k": "nonnegative integer"}, "sum(where(j<=k,x[j],0),j,0,n-1)", "sum(x[j],j,0,k)"),
    ({"k": "integer"}, "sum(where(j<=k,x[j],0),j,0,n-1)", "sum(x[j],j,0,k)"),
    ({"k": "real"}, "sum(where(j<k,x[j],0),j,0,n-1)", "sum(x[j],j,0,n-1)"),
    ({"k": "0..n-1"}, "sum(where(2*j<=k,x[j],0),j,0,n-1)", "sum(x[j],j,0,k)"),
    ({"k": "0..n-1"}, "sum(where(j<k,x[j],1),j,0,n-1)", "sum(x[j],j,0,k-1)+n-k-1"),
    ({}, "sum(sum(A[i,j],j,0,i),i,0,n-1)", "sum(sum(A[i,j],j,0,n-1),i,0,n-1)/2+sum(A[i,i],i,0,n-1)/2"),
    ({}, "sum(sum(x[i]*y[j],j,0,i),i,0,n-1)", "sum(sum(x[j]*y[i],j,0,i),i,0,n-1)"),
]


@pytest.mark.parametrize(("domain", "left", "right"), BEYOND, ids=[f"{row[1]} {row[0]}" for row in BEYOND])
def test_no_law_of_ranges_beyond_its_range(domain: dict[str, str], left: str, right: str) -> None:
    """Where an end may lie outside, a bound need not be whole, or a matrix is not symmetric, there is a witness."""
    assert prove(left, right, INDEX | domain).status == "refuted"


#: summands that have no value in the rest of the square, or before the first index
UNDEFINED = [
    ("sum(sum(1/(i-j+1),j,0,i),i,0,n-1)", "sum(sum(1/(i-j+1),j,0,n-1),i,0,n-1)-sum(sum(1/(i-j+1),j,i+1,n-1),i,0,n-1)"),
    ("sum(log(x[j]),j,l,n-1)", "sum(log(x[j]),j,0,n-1)-sum(log(x[j]),j,0,l-1)"),
    ("sum(sqrt(j-l),j,l,n-1)", "sum(sqrt(j-l),j,0,n-1)-sum(sqrt(j-l),j,0,l-1)"),
]


@pytest.mark.parametrize(("left", "right"), UNDEFINED, ids=[row[0] for row in UNDEFINED])
def test_summands_that_were_not_there_before_need_a_value(left: str, right: str) -> None:
    """A sum from a later index has a value where one from 0 has none, so the two are not defined at the same points."""
    verdict = prove(left, right, INDEX)
    assert verdict.status == "unknown" or verdict.domains_differ


@pytest.mark.parametrize(
    ("formula", "domain"),
    [
        ("log(sum(exp(x[j]),j,0,n-1))", {"n": "nonnegative integer"}),
        ("log(sum(exp(x[j]),j,1,n-1))", {"n": "positive integer"}),
        ("log(sum(exp(x[j]),j,k+1,n-1))", {"n": "positive integer", "k": "0..n-1"}),
        ("sum(log(sum(exp(x[j]),j,k,n-1)),n,0,3)", {"n": "positive integer", "k": "0..n-1"}),
        ("log(sum(exp(x[j]),j,0,c))", {"c": "positive"}),
    ],
)
def test_a_sum_that_may_be_empty_is_not_positive(formula: str, domain: dict[str, str]) -> None:
    """Its logarithm has no value there, whatever the summands are."""
    verdict = prove(f"0*{formula}", "0", domain)
    assert verdict.status == "unknown" or verdict.domains_differ


RELU = "max(sum(W[k,d]*x[i,d],d,0,m-1),0)"
NETWORK = f"sum((sum(v[k]*{RELU},k,0,n-1)-y[i])**2,i,0,K-1)"
BACK = f"sum(2*(sum(v[k]*{RELU},k,0,n-1)-y[i])*v[a]*where(sum(W[a,d]*x[i,d],d,0,m-1)>0,1,0)*x[i,d],i,0,K-1)"


def test_backpropagation_through_a_hidden_layer() -> None:
    """For any width and any number of samples; a lost factor, a lost mask and a flipped sign are seen."""
    domain = INDEX | {"K": "positive integer"}
    assert prove(f"diff({NETWORK},W[a,d])", BACK, domain, budget=10).status == "proved"
    for old, new in (("*v[a]*", "*"), (">0,1,0)", ">0,1,1)"), (")-y[i]", ")+y[i]")):
        assert prove(f"diff({NETWORK},W[a,d])", BACK.replace(old, new), domain).status == "refuted"


@pytest.mark.parametrize(
    "loss",
    [
        "exp(sum(abs(x[i]*max(c,0)),i,0,n-1))",
        "(sum(max(x[i]*max(c,0),0),i,0,n-1)-1)**2",
        "x[a]*max(c*abs(c)+c**2,0)*sum(max(x[i]*max(c,0),0),i,0,n-1)",
        "log(1+sum(abs(max(c,0)*x[i]),i,0,n-1)**2)",
    ],
)
def test_no_chain_rule_through_a_tie_that_is_thick(loss: str) -> None:
    """For c ≤ 0 the function does not depend on x, so its derivative is 0 there, not 99."""
    right = f"diff({loss},x[a])"
    assert prove(right, f"where(c<=0,99,{right})", INDEX).status != "proved"


def test_labels_that_are_whole_numbers() -> None:
    """Softmax regression with the class of each sample as an index; the part without a choice is summed apart."""
    loss, domain = "sum(log(sum(exp(w[j]),j,0,n-1))-w[y[i]],i,0,m-1)", INDEX | {"y": "0..n-1"}
    softmax = "exp(w[l])/sum(exp(w[j]),j,0,n-1)"
    proved = prove(f"diff({loss},w[l])", f"sum({softmax}-delta(y[i],l),i,0,m-1)", domain)
    assert proved.status == "proved"
    assert not proved.domains_differ
    assert prove(f"diff({loss},w[l])", f"sum({softmax}-1,i,0,m-1)", domain).status == "refuted"


def test_no_name_of_a_variable_is_taken_for_an_index() -> None:
    """Whatever a symbol is called, a summand that is not symmetric in its two indices is none that is."""
    n, b, c = sp.Symbol("n", integer=True, positive=True), *sp.symbols("b c", integer=True)
    x = sp.IndexedBase("X")
    for name in ("t", "#c", "#b", "c_1", "0.0", "index"):
        t = sp.Symbol(name, integer=True)
        f = x[c, t] * x[b, c] * x[t, b]
        square = sp.Sum(sp.Sum(f, (c, 0, n - 1)), (b, 0, n - 1)) + sp.Sum(f.subs(c, b), (b, 0, n - 1))
        assert prove(sp.Sum(sp.Sum(f, (c, 0, b)), (b, 0, n - 1)), square / 2).status == "refuted"


#: sums of choices that depend on a scalar, the derivative, and one that is wrong
BY_A_SCALAR = [
    ("sum(abs(x[i]-t),i,0,m-1)", "sum(sign(t-x[i]),i,0,m-1)", "sum(sign(x[i]-t),i,0,m-1)"),
    ("sum(max(0,x[i]-t)**2,i,0,m-1)", "-2*sum(max(0,x[i]-t),i,0,m-1)", "-sum(max(0,x[i]-t),i,0,m-1)"),
    (
        "sum(max(0,1-u[i]*(x[i]+t)),i,0,m-1)/m+c*t**2",
        "2*c*t-sum(where(u[i]*(x[i]+t)<1,u[i],0),i,0,m-1)/m",
        "2*c*t-sum(where(u[i]*(x[i]+t)<1,1,0),i,0,m-1)/m",
    ),
    (
        "sum(where(x[i]>t,q*(x[i]-t),(1-q)*(t-x[i])),i,0,m-1)",
        "sum(where(x[i]>t,-q,1-q),i,0,m-1)",
        "sum(where(x[i]>t,q-1,q),i,0,m-1)",
    ),
    (
        "log(1+sum(max(0,x[i]-t)**2,i,0,m-1))",
        "-2*sum(max(0,x[i]-t),i,0,m-1)/(1+sum(max(0,x[i]-t)**2,i,0,m-1))",
        "-2*sum(max(0,x[i]-t),i,0,m-1)",
    ),
]


@pytest.mark.parametrize(("loss", "slope", "wrong"), BY_A_SCALAR, ids=[row[0] for row in BY_A_SCALAR])
def test_a_shared_scalar(loss: str, slope: str, wrong: str) -> None:
    """The intercept of a support vector machine, a median, a quantile: index by index, and the note says where not."""
    domain = INDEX | {"u": "{-1, 1}", "q": "(0, 1)"}
    proved = prove(f"diff({loss},t)", slope, domain)
    assert proved.status == "proved"
    assert proved.notes[0] == "derivatives of sums of choices are compared where no choice ties"
    assert prove(f"diff({loss},t)", wrong, domain).status == "refuted"


@pytest.mark.parametrize(
    ("loss", "wrong", "domain"),
    [
        ("sum(abs(t-1)*u[i],i,0,m-1)", "where(t==1,99,sign(t-1)*sum(u[i],i,0,m-1))", {"t": "{0, 1}"}),
        ("sum(abs(t-1)*u[i],i,0,m-1)", "where(t==1,99,sign(t-1)*sum(u[i],i,0,m-1))", {"t": "integer"}),
        ("sum(abs(max(t,0)*u[i]),i,0,m-1)", "where(t<0,99,sum(abs(u[i]),i,0,m-1))", {}),
        ("sum(max(c,0)*abs(t-x[i]),i,0,m-1)", "where(c<=0,99,c*sum(sign(t-x[i]),i,0,m-1))", {}),
        ("max(c,0)*sum(abs(t-x[i]),i,0,m-1)", "where(c<=0,99,c*sum(sign(t-x[i]),i,0,m-1))", {}),
        ("sum(abs(z*t-z*t),i,0,m-1)", "99", {}),
        ("sum(floor(t)*abs(t),i,0,m-1)", "where(t<0,1,0)", {}),
    ],
)
def test_a_tie_of_a_scalar_that_is_no_point(loss: str, wrong: str, domain: dict[str, str]) -> None:
    """Where a variable has few values, or a tie is a whole region, the derivative there counts."""
    assert prove(f"diff({loss},t)", wrong, INDEX | domain).status != "proved"


def test_an_index_range_that_small_sizes_leave_empty() -> None:
    """Second differences: five entries are needed before there is an inner one."""
    domain = {"n": "positive integer", "a": "2..n-3"}
    energy = "diff(sum((x[t+1]-2*x[t]+x[t-1])**2,t,1,n-2),x[a])"
    slope = "2*(x[a-2]-4*x[a-1]+{}*x[a]-4*x[a+1]+x[a+2])"
    assert prove(energy, slope.format(6), domain).status == "proved"
    assert dict(prove(energy, slope.format(5), domain).witness.point)["n"] == "5"


@pytest.mark.parametrize(
    ("slope", "domain"),
    [
        ("diff(sum(max(p+q,1),i,0,n-1)+sum(min(p+q,1),i,0,n-1),p)", {"p,q": "simplex"}),
        (
            "entry(map(diff(sum(abs(v-x[i]),i,0,2)-sum(abs(v-x[i]),i,0,2),v),v,entries(x[0]+0*a,a,b,1,1)),0,0)",
            {},
        ),
    ],
)
def test_a_tie_that_is_everywhere_where_a_variable_is_put(slope: str, domain: dict[str, str]) -> None:
    """Where a domain or a map says the place of a variable, every point may tie, and kinks of two sums may cancel."""
    for hidden in ("exp(c)==3", "c>0"):
        claimed = prove(f"where({hidden},{slope},1)", f"where({hidden},99,1)", {"n": "positive integer", **domain})
        assert claimed.status != "proved"


def test_the_note_is_not_lost_in_a_matrix() -> None:
    """A product of matrices is a sum, too: where it is taken apart, the verdict says that ties are left out."""
    loss = "entry(matmul(matrix(X,1,n),entries(abs(t-y[i]),i,j,n,1)),0,0)"
    verdict = prove(f"diff({loss},t)", "sum(X[0,i]*sign(t-y[i]),i,0,n-1)", {"n": "positive integer"})
    assert verdict.status == "unknown" or verdict.notes[0].endswith("where no choice ties")
