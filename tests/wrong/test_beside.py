"""Where a derivative exists: what jumps, ends or ties beside a point is no matter of the formula alone."""

from __future__ import annotations

import pytest

from derive import check
from derive.certificate import Proved, Refuted
from derive.domain import Domain
from derive.errors import CertificateError
from derive.prove import prove
from derive.recheck import recheck
from derive.terms.text import parse_formula

LASSO = "abs(z)+abs(w)+abs(u)+abs(a)+abs(b)+abs(c)+abs(d)"
MANY = "+abs(a)+abs(b)+abs(c)+abs(d)+abs(f)"
ROWS = {"i": "0..m-1", "j": "0..n-1", "m": "positive integer", "n": "positive integer"}

#: claims that are false, or true only where one side has no value: a proof must say at least that
FALSE: list[tuple[str, str, dict[str, str], str]] = [
    ("diff(diff((max(z,0)-max(-z,0))*y,z),y)", "where(z==0,0,1)", {}, "∂z is y at a tie too"),
    ("diff(diff((max(z,0)-max(-z,0))*y**2,z),y)", "2*y*where(z==0,0,1)", {}, "∂z is y² at a tie too"),
    ("diff(diff(abs(z)*sign(z)*y,z),y)", "where(z==0,0,1)", {}, "|z| sign z is z"),
    ("diff(entry(map(diff(v*log(v),v),v,matrix(X,m,n)),i,j), X[i,j])", "0", ROWS, "1 + log of an entry"),
    ("diff(entry(map(diff(v*v*abs(v),v),v,entries(w*w,i,j,m,n)),0,0), w)", "0", ROWS, "3v|v| at w²"),
    (f"diff(abs(z+abs(z))-abs(z),z){MANY}", f"(sign(z+abs(z))*(1+sign(z))-sign(z)){MANY}", {}, "it is z at 0"),
    ("diff(where(delta(z,1)>1/2,5,z),z)", "where(z==1,0,1)", {}, "a jump at 1"),
    ("where(floor(z)>0, diff(where(floor(z)>0,z,2*z),z), 1)", "1", {}, "a jump at 1"),
]


@pytest.mark.parametrize(("left", "right", "domain", "why"), FALSE, ids=[row[3] for row in FALSE])
@pytest.mark.parametrize("frame", ["{}", "where(exp(s)==3, {}, 0)"])
def test_a_formula_is_not_the_derivative_where_something_ties(
    left: str, right: str, domain: dict[str, str], why: str, frame: str
) -> None:
    """Not proved as if it were so everywhere, also where no look at a point could refute it."""
    verdict = prove(frame.format(left), frame.format(right), domain)
    assert not isinstance(verdict, Proved) or verdict.domains_differ, why


#: claims that hold wherever both sides have a value
TRUE: list[tuple[str, str, dict[str, str], str]] = [
    ("diff(diff((max(z,0)-max(-z,0))*y,z),y)", "1", {}, "the function is z y"),
    ("diff(entry(map(diff(v*log(v),v),v,matrix(X,m,n)),i,j), X[i,j])", "1/X[i,j]", ROWS, "1 + log of an entry"),
    ("diff(entry(map(diff(v**3*abs(v),v),v,entries(v*v,i,j,n,n)),0,0), v)", "24*v**5", ROWS, "4v⁶"),
    ("where(x[0]==0, diff(x[0]**(3/2), x[0]), 1)", "1", {}, "the border of a root"),
    ("where(x[0]==0, diff((-x[0]**2)**(3/2), x[0]), 1)", "1", {}, "a function of one point"),
    ("diff(where(delta(z,1)>1/2,5,z),z)", "where(z==1,99,1)", {}, "no derivative at a jump"),
    ("where(z==1, diff(where(floor(z)>0,z,2*z),z), 7)", "7", {}, "no derivative at a jump of floor"),
    ("where(z==2, diff(where(sum(1,i,0,floor(z))>5/2,5,z),z), 7)", "7", {}, "nor of the end of a sum"),
    ("where(z==0, diff(0*sqrt(z)+z,z), 5)", "5", {}, "the border that a factor 0 hides"),
    ("diff((max(z,0)-max(-z,0))*sum(sign(z-2)**2,z,0,4),z)", "4", {}, "the index is no variable"),
]


@pytest.mark.parametrize(("left", "right", "domain", "why"), TRUE, ids=[row[3] for row in TRUE])
def test_what_has_no_value_refutes_nothing(left: str, right: str, domain: dict[str, str], why: str) -> None:
    """A derivative at a jump or a border, or of a derivative at a tie, is not its formula: no refutation there."""
    assert not isinstance(prove(left, right, domain), Refuted), why


BORDERS = [
    ("diff(0*sqrt(z)+z,z)", "1+0*sqrt(z)"),
    ("diff(x[0]**(3/2),x[0])", "3/2*sqrt(x[0])"),
    (f"diff({LASSO},z)", "sign(z)"),
    ("diff(diff((max(z,0)**2)*y,z),y)", "2*max(z,0)+0*sign(z)**-2"),
]


@pytest.mark.parametrize(("left", "right"), BORDERS, ids=[left for left, _ in BORDERS])
def test_where_only_the_derivative_has_no_value_is_said(left: str, right: str) -> None:
    """√ at 0, with a factor 0 or of an entry; a lasso of seven weights: the domains of the two sides differ."""
    verdict = prove(left, right)
    assert not isinstance(verdict, Proved) or verdict.domains_differ or verdict.conditions


def test_a_lasso_of_many_weights_is_proved() -> None:
    """Choices that have nothing to do with the variable are not split, so there may be many."""
    assert prove(f"diff({LASSO},z)", "sign(z)").status == "proved"


def test_the_small_checker_takes_no_mixed_derivative_at_a_tie() -> None:
    """A proof by regions of a value at the tie that is wrong: the checker does not confirm it."""
    regions = {"split": "z", "+": {"zero": True}, "0": {"zero": True}, "-": {"zero": True}}
    left = parse_formula("diff(diff((max(z,0)-max(-z,0))*y,z),y)")
    for at_zero in ("0", "2", "5"):
        with pytest.raises(CertificateError):
            recheck(left, parse_formula(f"where(z==0,{at_zero},1)"), Domain({}), regions)


def test_the_small_checker_takes_no_derivative_across_a_jump() -> None:
    """A jump in a condition is seen by the checker as well."""
    left = parse_formula("diff(where(delta(z,1)>1/2,5,z),z)")
    inner = {"split": ["add", -1, "z"], "+": {"zero": True}, "0": {"zero": True}, "-": {"zero": True}}
    try:
        shown = recheck(left, parse_formula("where(z==1,0,1)"), Domain({}), inner)
    except CertificateError:
        return
    assert shown.undefined or shown.conditions


CHECKS = [
    ("(max(z,0)-max(-z,0))*sum(sign(z-2)**2,z,0,4)", "4", "the loss is 4 z"),
    ("where(w==1, diff(where(delta(z,1)>1/2,5,z),z)*z, z)", "1", "at z = 1 it has no value"),
]


@pytest.mark.parametrize(("loss", "gradient", "why"), CHECKS)
def test_a_right_gradient_is_not_refuted(loss: str, gradient: str, why: str) -> None:
    """The same through `check`."""
    assert check(loss=loss, gradient=gradient, wrt="z", dtypes=()).status != "refuted", why


ZEROS: list[tuple[str, str, dict[str, str], str]] = [
    ("where((x==0)&(y==0), diff(x**abs(y),y), 5)", "5", {}, "0^|y| jumps at y = 0"),
    ("diff(x**abs(y),y)", "where(x==0,where(y==0,7,0),x**abs(y)*log(x)*sign(y))", {"x": "nonnegative"}, "the same"),
    ("diff(0**(y**2)*(y+3),y)", "0", {}, "0^(y²) jumps at y = 0"),
    ("where(y==0,diff(where(0**abs(y)>1/2,5,y),y),7)", "7", {}, "in a condition"),
]


@pytest.mark.parametrize(("left", "right", "domain", "why"), ZEROS, ids=[row[3] for row in ZEROS])
def test_a_power_of_zero_jumps(left: str, right: str, domain: dict[str, str], why: str) -> None:
    """0^b is 1 at b = 0 and 0 beside: no derivative there, so nothing is refuted, nor proved to be 0."""
    assert not isinstance(prove(left, right, domain), Refuted), why
    verdict = prove("where((x==0)&(y==0), diff(x**abs(y),y), 0)", "0")
    assert not isinstance(verdict, Proved) or verdict.domains_differ


def test_a_power_with_any_exponent_has_a_border() -> None:
    """z^b at z = 0, where b need not be whole, has no derivative."""
    for left, right in [("diff(z**b,z)", "where(z==0,0,b*z**(b-1))"), ("where(z==0,diff(z**b,z),0)", "0")]:
        verdict = prove(left, right, {"b": "(1,3)"})
        assert not isinstance(verdict, Proved) or verdict.domains_differ


NOWHERE = "log(a-b)+log(b-c)+log(c-a)"


SPREAD = "1+(s-t)**2"


@pytest.mark.parametrize(
    ("left", "right"),
    [
        (f"log(-({SPREAD}))", f"log({SPREAD})"),
        (f"log({SPREAD})", f"log(-({SPREAD}))"),
        (f"log(-({SPREAD}))+log({SPREAD})", "7"),
        (f"sqrt(-({SPREAD}))", f"sqrt({SPREAD})"),
    ],
)
def test_a_side_that_needs_what_cannot_be_is_no_empty_region(left: str, right: str) -> None:
    """What is positive by its form is not negative, so a side that needs that has no value, and the other one has."""
    verdict = prove(f"where(x>0,{left},1)", f"where(x>0,{right},1)")
    assert not isinstance(verdict, Proved) or verdict.domains_differ


def test_conditions_that_contradict_each_other_are_no_empty_region() -> None:
    """Three differences that add up to 0 are not all positive: the left side has no value there, the right one has."""
    for left, right in [(f"where(s>0, {NOWHERE}+s, 1)", "1"), (f"where(s>0, {NOWHERE}, 1)", "where(s>0, 5, 1)")]:
        verdict = prove(left, right)
        assert not isinstance(verdict, Proved) or verdict.domains_differ
    verdict = prove(
        "where(g**2==2, log1p(n+u-1), 0)", "where(g**2==2, log(u-n), 0)", {"n": "positive integer", "u": "(0, 1)"}
    )
    assert not isinstance(verdict, Proved) or verdict.domains_differ


ENDS: list[tuple[str, str, str, dict[str, str]]] = [
    ("max(max(z,0),0)", "sign(z)", "refuted", {"z": "nonnegative"}),
    ("max(max(z,1),1)", "where(z==1,0,1)", "refuted", {"z": "[1, 7]"}),
    ("where((z*(z-1))**2<=0,5*z,5*z**2)", "5", "proved", {"z": "{0, 1}"}),
    ("where((z*(z-1))**2<=0,5*z,5*z**2)", "10*z", "refuted", {"z": "{0, 1}"}),
    ("where((z+q-1)**2<=0,z,z+(z+q-1))", "1", "proved", {"z, q": "simplex"}),
    ("where((z+q-1)**2<=0,z,z+(z+q-1))", "2", "refuted", {"z, q": "simplex"}),
]


@pytest.mark.parametrize(("loss", "gradient", "wrong", "domain"), ENDS)
def test_a_loss_is_not_what_it_is_on_its_domain(loss: str, gradient: str, wrong: str, domain: dict[str, str]) -> None:
    """A derivative at the end of a domain, or at one of few values, is taken from both sides."""
    assert check(loss=loss, gradient=gradient, wrt="z", domain=domain, dtypes=()).status != wrong


EDGES: list[tuple[str, str]] = [
    ("where(z==1,diff(0*asin(z)+z,z),5)", "5"),
    ("where(z==1,diff(0*acosh(z)+z,z),5)", "5"),
    ("diff(where(acosh(z)<9,z,0),z)", "where(z==1,5,where(acosh(z)<9,1,0))"),
    ("where(z==1,diff(where(asin(z)>-9,z,0),z),5)", "5"),
    ("diff(x[0]+0*asin(x[0]),x[0])", "where(x[0]==1,5,1)"),
    ("diff(x[0]+0*xlogy(x[0],x[0]),x[0])", "where(x[0]==0,5,1)"),
    ("diff(sum(x[i]*y[i]+0*acosh(x[i]),i,0,n-1),x[k])", "where(x[k]==1,5,y[k])"),
    ("where(z==0, diff(where(z==0,1,diff(0*sqrt(z)+z,z)),z), 5)", "5"),
    ("diff(where(z==0,0,z*diff(0*log(z)+z,z)),z)", "where(z==0,5,1)"),
]


@pytest.mark.parametrize(("left", "right"), EDGES)
def test_where_a_function_ends_it_has_no_derivative(left: str, right: str) -> None:
    """asin, acosh and x log x end; so does what is made of a derivative that has values on one side only."""
    assert not isinstance(prove(left, right, {"n": "positive integer", "k": "0..n-1"}), Refuted)


def test_an_inner_derivative_needs_values_beside_the_point() -> None:
    """z·∂(0·√z + z) has values for z > 0 only, so no derivative at 0: by the prover, and by the checker."""
    left = "where(z==0, diff(where(z==0,0,z*diff(0*sqrt(z)+z,z)),z), 1)"
    verdict = prove(left, "1")
    assert not isinstance(verdict, Proved) or verdict.domains_differ
    regions = {"split": "z", "+": {"zero": True}, "0": {"zero": True}, "-": {"zero": True}}
    try:
        shown = recheck(parse_formula(left), parse_formula("1"), Domain({}), regions)
    except CertificateError:
        return
    assert shown.undefined


POWERS: list[tuple[str, str, dict[str, str]]] = [
    ("diff(x**a,a)", "where(x==0,0,x**a*log(x))", {"x": "nonnegative", "a": "positive"}),
    ("diff(y**(2-q),q)", "where(y==0,0,-y**(2-q)*log(y))", {"y": "nonnegative", "q": "(1,2)"}),
]


@pytest.mark.parametrize(("left", "right", "domain"), POWERS)
def test_a_power_of_zero_with_a_positive_exponent_is_zero(left: str, right: str, domain: dict[str, str]) -> None:
    """Only 0^0 jumps: the derivative in the power of a Tweedie deviance is 0 at y = 0."""
    assert prove(left, right, domain).status == "proved"


EXPONENTS: list[tuple[str, str, dict[str, str]]] = [
    ("where(v==2, x**v, 0)", "where(v==2, x**2, 0)", {}),
    ("where(w[0]==2, x**w[0], 0)", "where(w[0]==2, x**2, 0)", {}),
    ("x**v", "where(v==2, x**2, x**v)", {"v": "{1/2, 2}"}),
    ("x**(2*v)", "where(v==1, x**2, x)", {"v": "{1/2, 1}"}),
]


@pytest.mark.parametrize(("left", "right", "domain"), EXPONENTS)
def test_an_exponent_that_varies_is_not_whole(left: str, right: str, domain: dict[str, str]) -> None:
    """x to the power v has no value for x < 0, also where v is 2: a proof says so, and needs not for x > 0."""
    found = prove(left, right, domain)
    assert not isinstance(found, Proved) or found.domains_differ
    positive = prove(left, right, domain | {"x": "positive"})
    assert isinstance(positive, Proved)
    assert not positive.domains_differ
