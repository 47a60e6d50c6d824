"""Sums within sums, deltas in them, and choices of entries: what is lost when an index is taken for another."""

from __future__ import annotations

import pytest

from derive import check
from derive.certificate import Condition, Proved
from derive.domain import Domain
from derive.prove import prove, prove_nonnegative
from derive.replay import not_rechecked
from derive.terms.json import to_json
from derive.terms.text import parse_formula

INDEX = {"n": "positive integer", "k": "0..n-1", "l": "0..n-1"}
SIZES = {"n": "positive integer", "m": "positive integer"}
FORM = "sum(sum({},j,0,n-1),i,0,n-1)"

#: summands over i and j of one range: two that have the same sum, and one that has another
FORMS = [
    ("x[i]*a[i,j]*x[j]", "x[j]*a[j,i]*x[i]", "x[i]*a[i,j]*y[j]"),
    ("x[i]*a[i,j]*y[j]", "y[i]*a[j,i]*x[j]", "x[i]*a[j,i]*y[j]"),
    ("x[i]**2*a[i,j]*x[j]", "x[j]**2*a[j,i]*x[i]", "x[i]*a[i,j]*x[j]**2"),
    ("x[i]*a[i,j]*x[j]/(1+x[i]**2)", "x[j]*a[j,i]*x[i]/(1+x[j]**2)", "x[j]*a[i,j]*x[i]/(1+x[j]**2)"),
    (
        "a[i,j]*x[i]/sum(a[i,k]**2+1,k,0,n-1)",
        "a[j,i]*x[j]/sum(a[j,i]**2+1,i,0,n-1)",
        "a[j,i]*x[i]/sum(a[i,k]**2+1,k,0,n-1)",
    ),
    ("x[i]*(a[i,j]-a[j,i])*x[j]", "0", "x[i]*(a[i,j]-a[j,i])*y[j]"),
    ("exp(x[i]-x[j])*y[i]", "exp(x[j]-x[i])*y[j]", "exp(x[i]-x[j])*y[j]"),
]


@pytest.mark.parametrize(("left", "same", "other"), FORMS, ids=[row[0] for row in FORMS])
def test_the_order_of_a_double_sum(left: str, same: str, other: str) -> None:
    """It makes no difference; which index is whose does, and is seen in a small matrix."""
    assert prove(FORM.format(left), FORM.format(same), INDEX).status == "proved"
    refuted = prove(FORM.format(left), FORM.format(other), INDEX)
    assert refuted.status == "refuted"
    assert int(dict(refuted.witness.point)["n"]) <= 3


#: losses with sums within sums, their derivative with respect to an entry, and one that is wrong
GRADIENTS = [
    (
        "sum(sum(x[i]*a[i,j]*x[j],j,0,n-1),i,0,n-1)",
        "x[k]",
        "sum(a[k,j]*x[j],j,0,n-1)+sum(a[i,k]*x[i],i,0,n-1)",
        "2*sum(a[k,j]*x[j],j,0,n-1)",
    ),
    (
        "sum((y[i]-sum(a[i,j]*x[j],j,0,n-1))**2,i,0,n-1)/2+c/2*sum(sum(x[i]*a[i,j]*x[j],j,0,n-1),i,0,n-1)",
        "x[k]",
        "sum((sum(a[i,j]*x[j],j,0,n-1)-y[i])*a[i,k],i,0,n-1)+c/2*sum((a[k,j]+a[j,k])*x[j],j,0,n-1)",
        "sum((sum(a[i,j]*x[j],j,0,n-1)-y[i])*a[i,k],i,0,n-1)+c*sum(a[k,j]*x[j],j,0,n-1)",
    ),
    (
        "sum(sum(where(y[i]>y[j],log(1+exp(x[j]-x[i])),0),j,0,n-1),i,0,n-1)",
        "x[k]",
        "sum(where(y[i]>y[k],1/(1+exp(x[i]-x[k])),0),i,0,n-1)-sum(where(y[k]>y[j],1/(1+exp(x[k]-x[j])),0),j,0,n-1)",
        "-sum(where(y[k]>y[j],1/(1+exp(x[k]-x[j])),0),j,0,n-1)",
    ),
    (
        "sum(softplus(sum(a[i,j]*x[j],j,0,n-1)),i,0,n-1)+c*sum(abs(x[j]),j,0,n-1)",
        "x[k]",
        "sum(sigmoid(sum(a[i,j]*x[j],j,0,n-1))*a[i,k],i,0,n-1)+c*sign(x[k])",
        "sum(sigmoid(sum(a[i,j]*x[j],j,0,n-1))*a[i,k],i,0,n-1)+c*n*sign(x[k])",
    ),
    (
        "sqrt(sum(x[i]**2,i,0,n-1))",
        "x[k]",
        "x[k]/sqrt(sum(x[i]**2,i,0,n-1))",
        "2*x[k]/sqrt(sum(x[i]**2,i,0,n-1))",
    ),
    ("sum(sum(abs(a[i,j]),j,0,i),i,0,n-1)", "a[k,l]", "where(l<=k,sign(a[k,l]),0)", "sign(a[k,l])"),
]


@pytest.mark.parametrize(("loss", "entry", "right", "wrong"), GRADIENTS, ids=[row[0] for row in GRADIENTS])
def test_a_derivative_with_respect_to_an_entry(loss: str, entry: str, right: str, wrong: str) -> None:
    """Quadratic forms, pairs of scores, and penalties with a kink, for every n."""
    assert prove(f"diff({loss},{entry})", right, INDEX).status == "proved"
    assert prove(f"diff({loss},{entry})", wrong, INDEX).status == "refuted"


#: deltas in sums: what is equal, and what a delta of another index would give
DELTAS = [
    ("sum(delta(i,k)+sum(delta(i,k),i,0,n-1),i,0,n-1)", "1+n", "2"),
    ("sum(sum(delta(i,k)*y[j],j,0,i),i,0,n-1)", "sum(y[j],j,0,k)", "sum(y[j],j,0,n-1)"),
    ("sum(sum(delta(i,j)*x[i]*y[j],j,0,n-1),i,0,n-1)", "sum(x[i]*y[i],i,0,n-1)", "sum(x[i],i,0,n-1)*sum(y[i],i,0,n-1)"),
    ("sum(sum(delta(i,k)*a[i,j],j,0,n-1),i,0,n-1)", "sum(a[k,j],j,0,n-1)", "sum(a[j,k],j,0,n-1)"),
]


@pytest.mark.parametrize(("left", "right", "wrong"), DELTAS, ids=[row[0] for row in DELTAS])
def test_a_delta_in_an_inner_sum(left: str, right: str, wrong: str) -> None:
    """Resolved by the sum of its index, also where the same name is bound twice or a range ends at it."""
    assert prove(left, right, INDEX).status == "proved"
    assert prove(left, wrong, INDEX).status == "refuted"


def test_a_delta_hides_no_summand_without_a_value() -> None:
    """The logarithms of the other entries are in the sum, too: the domains differ."""
    verdict = prove("sum(sum(delta(i,k)*log(x[i]),j,0,n-1),i,0,n-1)", "n*log(x[k])", INDEX)
    assert verdict.status == "proved"
    assert verdict.domains_differ


#: derivatives with respect to an entry that are wrong where a choice ties on more than a thin set
THICK = [
    ("max(where(i<3,1,0)*w[i],0)**2", "w[i]", "where(i<3,2*max(w[i],0),99)", {"i": "integer"}),
    ("abs(i*w[i])", "w[i]", "where(i==0,99,i*sign(w[i]))", {"n": "positive integer", "i": "0..n-1"}),
    ("sum(abs(i*w[i]),i,0,n-1)", "w[k]", "where(k==0,99,k*sign(w[k]))", INDEX),
    ("max(max(c,0)*w[0],0)**2", "w[0]", "where(c<=0,99,2*max(c*w[0],0)*c)", {}),
    ("abs((c+abs(c))*w[0])", "w[0]", "where(c<=0,99,2*c*sign(w[0]))", {}),
    ("abs(floor(c)*w[0])", "w[0]", "where(floor(c)==0,99,floor(c)*sign(w[0]))", {}),
    ("abs(sign(max(c,0))*w[0])", "w[0]", "where(c<=0,99,sign(w[0]))", {}),
    ("abs((atan(c)+atan(1/c)-pi/2)*w[0])", "w[0]", "where(c>0,99,pi*sign(w[0]))", {}),
    ("abs((sqrt(c**2)+c)*w[0])", "w[0]", "where(c<=0,99,2*c*sign(w[0]))", {}),
]


@pytest.mark.parametrize(("loss", "entry", "wrong", "domain"), THICK, ids=[row[0] for row in THICK])
def test_a_tie_that_is_not_thin(loss: str, entry: str, wrong: str, domain: dict[str, str]) -> None:
    """What decides a choice may be 0 for many values of another variable: nothing may be left out there."""
    assert prove(f"diff({loss},{entry})", wrong, domain).status != "proved"


#: a root, a quotient or a logarithm of what is 0 at the point, though not everywhere: it has two sides
ONE_SIDED = [
    ("diff(abs(1-y*z)-sqrt((1-y*z)**2),z)", "where(y*z==1,7,0)", {}),
    ("diff(sqrt((1-y*z)**2)*sign(1-y*z),z)", "where(y*z==1,7,-y)", {}),
    (
        "where(x*y==1, diff(((x*y-1)**2)**(1/4),x)*((x*y-1)**2)**(1/4), 5)",
        "where(x*y==1,y/2,5)",
        {"x": "positive", "y": "positive"},
    ),
    (
        "where((y*z==1)&(w*z==1), diff(where(y*z==1,0,(w*z-1)**2/(y*z-1)),z), 5)",
        "where((y*z==1)&(w*z==1),0,5)",
        {},
    ),
    ("diff(sqrt((u**2-2)**2)*sign(u**2-2),u)", "where(u**2==2,99,2*u)", {}),
    ("diff(sqrt((exp(u)-2)**2)*sign(exp(u)-2),u)", "where(exp(u)==2,99,exp(u))", {}),
    ("diff(abs(log(y/m))-sqrt(log(y/m)**2),m)", "where(y==m,99,0)", {"y": "positive", "m": "positive"}),
    ("diff(where(w*y==1,0,(w*y-1)*abs(w*y-1)/sqrt((w*y-1)**2)),w)", "where(w*y==1,99,y)", {"y": "positive"}),
]


@pytest.mark.parametrize(("left", "wrong", "domain"), ONE_SIDED, ids=[row[0] for row in ONE_SIDED])
def test_what_is_zero_at_a_point_has_two_sides(left: str, wrong: str, domain: dict[str, str]) -> None:
    """Zero by what is known of the region is zero at the point alone; |p| is −p on one side of it."""
    verdict = prove(left, wrong, domain)
    assert verdict.status != "proved" or verdict.domains_differ is True


def test_a_hinge_written_as_a_root_is_compared_away_from_its_kink() -> None:
    """|p| + p with |p| as √p²: where the gradient is proved, the report says that the kink was left out."""
    verdict = check(loss="sqrt((1-y*z)**2)+1-y*z", gradient="where(y*z<1,-2*y,0)", wrt="z", dtypes=())
    assert verdict.status != "proved" or "away from the boundaries" in str(verdict)


def test_needs_of_sums_over_different_ranges_differ() -> None:
    """The logarithms of n entries and of m entries are not the same need, though the summand is."""
    left, right = (f"0*sum(where(w[i]>0,log(x[i]),0),i,0,{size}-1)+y" for size in "nm")
    verdict = prove(left, right, SIZES)
    assert verdict.status != "proved" or verdict.domains_differ


def test_a_condition_on_every_index_has_a_letter_of_its_own() -> None:
    """The i of the claim is a number in it, so a condition on each entry names another."""
    verdict = prove("i+sum(where(w[k]>0,log(x[k]),log(x[k])),k,0,n-1)", "i+sum(log(x[k]),k,0,n-1)", INDEX)
    assert isinstance(verdict, Proved)
    assert all("x, i)" not in repr(c.term) for c in verdict.conditions)


def test_a_hessian_by_a_gradient_with_a_hole_is_compared_away_from_it() -> None:
    """The claimed gradient y z/z has no slope at z = 0, where the loss y z has one: 7 is not it, nor said to be."""
    verdict = check(
        loss="(max(z,0)-max(-z,0))*y",
        gradient=["y*z/z", "z"],
        hessian=[["0", "where(z==0,7,1)"], ["1", "0"]],
        wrt=["z", "y"],
        dtypes=(),
    )
    assert "away from the boundaries" in str(verdict)


def _forged(left: str, right: str, proof: object, *conditions: Condition) -> str | None:
    """What the small checker says to a proof that hides that the domains differ."""
    verdict = Proved("normal form over exact arithmetic", conditions, False, (), proof)
    terms = (parse_formula(left), parse_formula(right))
    return not_rechecked(verdict, *terms, Domain.of({"n": "positive integer", "j": "0..n-1"}))


def test_the_small_checker_sees_a_hole_behind_a_split() -> None:
    """A split on what has no matter to the claim does not hide a place in which a side has no value."""
    zero = {"zero": True}
    hidden = {"split": to_json(parse_formula("log(w)")), "+": zero, "0": zero, "-": zero}
    proof = {"split": "s", "+": hidden, "0": zero, "-": zero}
    assert _forged("where(s>0,log(-1-x**2),1)", "where(s>0,99,1)", proof)


def test_the_small_checker_needs_every_summand() -> None:
    """A delta leaves one summand of many, and all of them must have a value."""
    left, right, zero = "sum(delta(k,j)*log(x[k]),k,0,n-1)", "log(x[j])", {"zero": True}
    assert _forged(left, right, zero, Condition("positive", parse_formula("x[j]")))
    honest = prove(left, right, {"n": "positive integer", "j": "0..n-1"})
    assert honest.domains_differ


#: derivatives with respect to an entry that are wrong where two indices are equal, or for one length
EQUAL = [
    ("abs(x[i]-x[j])", "x[i]", "where(i==j,99,sign(x[i]-x[j]))"),
    ("abs(x[i]-x[0])", "x[i]", "where(i==0,99,sign(x[i]-x[0]))"),
    ("max(x[i],x[j])", "x[i]", "heaviside(x[i]-x[j])"),
    ("abs(y[i]*x[i]-y[j]*x[j])", "x[i]", "where(i==j,99,y[i]*sign(y[i]*x[i]-y[j]*x[j]))"),
    ("abs(X[i,j]-X[j,i])", "X[i,j]", "where(i==j,4,sign(X[i,j]-X[j,i]))"),
    ("sum(abs(x[k]-x[2-k]),k,0,2)", "x[i]", "where(i==1,99,2*sign(x[i]-x[2-i]))"),
    ("abs(sum(x[k],k,0,n-1)-sum(x[k],k,0,5))", "x[0]", "where(n==6,99,0)"),
    ("abs(sum(x[k],k,0,n-1)-x[0]-x[1]-x[2]-x[3])", "x[0]", "where(n==4,99,0)"),
    ("abs(sum(x[k+1],k,0,n-1)-x[1])", "x[1]", "where(n==1,99,0)"),
    ("abs(sum(x[i+k],k,0,n-1)-x[i])", "x[i]", "where(n==1,99,0)"),
    ("abs(sum(x[k],k,n,5))", "x[5]", "where(n>=6,99,sign(sum(x[k],k,n,5)))"),
    ("abs((sum(1,k,0,n-1)-7)*x[0])", "x[0]", "where(n==7,99,(n-7)*sign((n-7)*x[0]))"),
    ("abs((sum(y[k]**0,k,0,n-1)-7)*x[0])", "x[0]", "where(n==7,99,(n-7)*sign((n-7)*x[0]))"),
]


@pytest.mark.parametrize(("loss", "entry", "wrong"), EQUAL, ids=[row[0] for row in EQUAL])
def test_indices_may_be_equal_and_lengths_are_many(loss: str, entry: str, wrong: str) -> None:
    """What decides a choice may be 0 for each value of the entries where two indices are one, or for one length."""
    domain = {"n": "positive integer", "i": "0..n-1", "j": "0..n-1"}
    assert prove(f"diff({loss},{entry})", wrong, domain).status != "proved"


def test_a_tie_of_a_term_with_itself_leaves_no_claim_empty() -> None:
    """|xᵢ − xᵢ| is 0 and smooth: pairs of an entry with itself do not make the derivative one without a value."""
    left = "where(c>0,diff(sum(sum(abs(x[i]-x[j]),j,0,2),i,0,2),x[1]),1)"
    assert prove(left, "where(c>0,99,1)").status != "proved"


def test_a_range_may_end_at_no_whole_number() -> None:
    """A sum up to c has a value for whole c only, also where a delta leaves one summand of it."""
    left, right, domain = "sum(delta(j,k)*x[j],j,0,c)", "where(k<=c,x[k],0)", {"k": "nonnegative integer"}
    verdict = prove(left, right, domain)
    assert verdict.status != "proved" or verdict.domains_differ
    sides = parse_formula(left), parse_formula(right)
    forged = Proved("normal form over exact arithmetic", (), False, (), getattr(verdict, "proof", {"zero": True}))
    assert not_rechecked(forged, *sides, Domain.of(domain))


def test_the_small_checker_sees_a_contradiction_of_conditions() -> None:
    """Four logarithms that have a value nowhere together: that is no region without points."""
    inner: object = {"zero": True}
    for on in ["x", "log(z)", "log(y)", "log(-x-z)", "log(x-y)"]:
        inner = {"split": to_json(parse_formula(on)), "+": inner, "0": inner, "-": inner}
    proof = {"split": "s", "+": inner, "0": {"zero": True}, "-": {"zero": True}}
    assert _forged("where(s>0,log(x-y)+log(-x-z)+log(y)+log(z),1)", "where(s>0,99,1)", proof)


def test_what_ties_on_more_than_a_thin_set_is_still_refuted() -> None:
    """That nothing can be proved of it does not hide a point at which nothing ties and the claim fails."""
    assert prove("diff(sum(abs(x[i]-x[0]),i,0,3),x[1])", "99").status == "refuted"
    assert prove("diff(sum(abs(x[i]-x[0]),i,0,3),x[1])", "sign(x[1]-x[0])").status == "proved"  # i = 0 is no tie


def test_a_sum_of_positive_quotients_is_positive() -> None:
    """A mixture of normal densities: its logarithm exists everywhere; with weights of any sign it does not."""
    density, sizes = "exp(-(x[i]-mu[q])**2/2)", {"n": "positive integer", "K": "positive integer", "r": "0..K-1"}
    loss = f"-sum(log(sum(w[q]*{density},q,0,K-1)),i,0,n-1)"
    slope = f"-sum(w[r]*exp(-(x[i]-mu[r])**2/2)*(x[i]-mu[r])/sum(w[q]*{density},q,0,K-1),i,0,n-1)"
    verdict = prove(f"diff({loss},mu[r])", slope, {**sizes, "w": "positive"})
    assert verdict.status == "proved"
    assert not verdict.domains_differ
    assert not verdict.conditions
    assert (
        prove(f"diff({loss},mu[r])", slope.replace("*(x[i]-mu[r])/", "/"), {**sizes, "w": "positive"}).status
        == "refuted"
    )
    signed = prove(f"log(sum(w[q]*{density.replace('[i]', '')},q,0,K-1))*0", "0", {"K": "positive integer"})
    assert signed.status != "proved" or signed.domains_differ


TIED = "diff(abs(max(c,0)*w[0]),w[0])"


@pytest.mark.parametrize(
    "formula",
    [
        f"where(c<=0,-1-0*{TIED},1)",
        f"where(c<=0,-1-0*{TIED},1)*exp(c)",
        f"where(c<=0,-1-0*{TIED},1)*(1+x[1]**2)",
        f"sum(where(c<=0,-1-0*{TIED},1)*x[i]**2,i,0,n-1)",
    ],
)
def test_a_sign_is_not_proved_away_from_a_thick_tie(formula: str) -> None:
    """For c ≤ 0 the function is 0 and so is its derivative: the formula is negative there, in whichever form it is."""
    for strict in (False, True):
        assert prove_nonnegative(formula, {"n": "positive integer"}, strict=strict).status != "proved"


#: lengths that are not said to be whole, or whose sums are shorter than they are
LENGTHS = [
    ("abs(sum(x[k],k,0,n-1)-x[0])", "where(n==1,99,where(n<1,-1,0)*sign(-x[0]))", {}),
    ("abs(sum(x[k],k,0,n-1)-x[0])", "where(n==1,99,where(n<1,-1,0)*sign(-x[0]))", {"n": "[0, 5]"}),
    (
        "abs(sum(x[k],k,0,n-3)-x[0])",
        "where(n==3,99,where(n<3,-1,0)*sign(sum(x[k],k,0,n-3)-x[0]))",
        {"n": "positive integer"},
    ),
    (
        "abs(sum(x[k],k,0,n-4)-x[0]-x[1])",
        "where(n==5,99,where(n<4,-1,0)*sign(sum(x[k],k,0,n-4)-x[0]-x[1]))",
        {"n": "positive integer"},
    ),
]


@pytest.mark.parametrize(("loss", "wrong", "domain"), LENGTHS, ids=[f"{row[0]} {row[2]}" for row in LENGTHS])
def test_the_length_at_which_a_sum_ties_is_met(loss: str, wrong: str, domain: dict[str, str]) -> None:
    """For one length the function is 0, and so is its derivative: whatever is known of the length."""
    assert prove(f"diff({loss},x[0])", wrong, domain).status != "proved"
