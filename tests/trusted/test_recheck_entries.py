"""Derivatives by an entry of what jumps, ties or ends, and names that a proof makes: what must not be confirmed.

By an entry the small checker takes the formula of a derivative, and says that it holds where no choice ties. So what
jumps elsewhere is not for it, nor what ties at all the values that an entry has.
"""

from __future__ import annotations

from dataclasses import replace

import pytest

from derive.certificate import CheckedStatement, Proved
from derive.domain import Domain
from derive.errors import CertificateError, DomainError
from derive.prove.ask import ask
from derive.recheck import recheck, recheck_sign
from derive.replay import not_rechecked, replay_certificate
from derive.terms.json import Json
from derive.terms.text import parse_formula
from tests.shared import theorem_of

ZERO: Json = {"zero": True}
METHOD = "normal form over exact arithmetic"


def split(*on: Json) -> Json:
    """Regions by the signs of some terms, each of which is said to be no matter."""
    proof = ZERO
    for t in reversed(on):
        proof = {"split": t, "+": proof, "0": proof, "-": proof}
    return proof


def confirmed(a: str, b: str, described: dict[str, str], proof: Json) -> set[bool]:
    """Is a forged record confirmed that says what the checker finds, and that the domains agree, or do not?"""
    terms, domain = (parse_formula(a), parse_formula(b)), Domain.of(described)
    try:
        shown = recheck(*terms, domain, proof)
    except CertificateError:
        return set()
    record = Proved(METHOD, tuple(shown.conditions), notes=shown.notes, proof=proof)
    records = {differ: replace(record, domains_differ=differ) for differ in (False, True)}
    return {differ for differ, r in records.items() if not_rechecked(r, *terms, domain) is None}


X0: Json = ["at", "x", 0]
X1: Json = ["add", X0, -1]
#: (the function of x[0], what its formula gives): wrong at the place named by a condition without a tie, or at a tie
JUMPS: dict[str, tuple[str, str, Json]] = {
    "f(1) = 1, f′(1) = 2": ("where(delta(x[0],1)>1/2, 5*x[0]-4, x[0]**2)", "where(x[0]==1, 5, 2*x[0])", split(X1)),
    "a jump at 1": ("sign(delta(x[0],1)-1/2)", "0", split(X1)),
    "a step at 1": ("heaviside(delta(x[0],1)-1/2)", "0", split(X1)),
    "0⁰ is 1": ("where(0**(x[0]**2)>1/2, 5*x[0], x[0]**3)", "where(x[0]==0, 5, 3*x[0]**2)", split(X0)),
    "0⁰ in a step": ("sign(0**(x[0]**2)-1/2)", "0", split(X0)),
    "two entries": ("where(delta(x[0],x[1])>1/2, 5, 0)", "0", split(["add", X0, ["mul", -1, ["at", "x", 1]]])),
    "the end of a sum": ("where(sum(x[i],i,0,sign(x[0]))>5, 5*x[0], x[0])", "1", split(X0)),
}


@pytest.mark.parametrize("why", JUMPS)
def test_what_jumps_without_a_tie(why: str) -> None:
    """Its formula is no derivative there, and no note says so."""
    f, formula, proof = JUMPS[why]
    assert not confirmed(f"diff({f}, x[0])", formula, {}, proof)


#: at x[0] = 0 the derivative is 0, and at x[0] = 1 it is 10; there are no other points
FEW = "diff(where((x[0]*(x[0]-1))**2<=0, 5*x[0], 5*x[0]**2), x[0])"
SUMMED = "diff(where((x[0]+x[1]-1)**2<=0, 5*x[0], 5*x[0]**2), x[0])"


@pytest.mark.parametrize(
    ("left", "right", "kind", "proof"),
    [
        (FEW, "5", "{0, 1}", ZERO),
        (FEW, "5", "one-hot(n)", ZERO),
        ("diff(where((x[0]*(2*x[0]-1))**2<=0, 5*x[0], 10*x[0]**2), x[0])", "5", "{0, 1/2}", ZERO),
        ("diff(max(x[0]**2 - 1, 0), x[0])", "2*x[0]", "{-1, 1}", ZERO),
        ("diff(abs(x[0]), x[0])", "x[0]", "0..1", split(X0)),
        (FEW, "where((x[0]*(x[0]-1))**2<=0, 5, 10*x[0])", "0..1", split(["pow", ["mul", X0, X1], 2])),
        (
            SUMMED,
            "where((x[0]+x[1]-1)**2<=0, 5, 10*x[0])",
            "simplex(2)",
            split(["pow", ["add", X0, ["at", "x", 1], -1], 2]),
        ),
    ],
)
def test_nothing_is_said_where_every_point_ties(left: str, right: str, kind: str, proof: Json) -> None:
    """An entry with few values may tie at all of them, though its function does not tie beside them."""
    assert not confirmed(left, right, {"x": kind, "n": "positive integer"}, proof)


#: derivatives by x[0] whose formula has a value where there is no derivative, or where the function has no value
LOST: list[tuple[str, str, dict[str, str], Json]] = [
    ("x[0]**(3/2)", "3/2*x[0]**(1/2)", {"x": "nonnegative"}, ZERO),
    ("sum(x[i]**(3/2),i,0,n-1)", "3/2*x[0]**(1/2)", {"x": "nonnegative", "n": "positive integer"}, ZERO),
    ("0*acosh(x[0])+x[0]", "1+0*acosh(x[0])", {"x": "[1, oo)"}, ZERO),
    ("0*xlogy(x[0],x[0])+x[0]", "1", {"x": "nonnegative"}, ZERO),
    ("abs(u)+0*log(y)+x[0]", "1", {}, ZERO),
    ("0*(delta(u,0)*log(y))+x[0]", "1", {}, ZERO),
    ("0*sqrt(abs(u)-1)+x[0]", "1", {}, ZERO),
    ("0*Piecewise((1,u<0))+x[0]", "1", {}, ZERO),
    ("x[0]+sum(y,k,b,n)", "1", {"n": "integer"}, ZERO),
    ("x[0]+sum(y,k,n,b)", "1", {"n": "integer"}, ZERO),
]


@pytest.mark.parametrize(("f", "formula", "domain", "proof"), LOST)
def test_what_a_formula_has_lost_is_still_needed(f: str, formula: str, domain: dict[str, str], proof: Json) -> None:
    """A border, a tie or a place without a value is one of the derivative, too: the domains of the sides differ."""
    assert confirmed(f"diff({f}, x[0])", formula, domain, proof) <= {True}


#: the same by a variable: with a proof that looks at no sign, or at that of z
MOVED: list[tuple[str, str, dict[str, str], Json]] = [
    ("diff(sign(z), z)", "0", {}, split("z")),
    ("diff(heaviside(z), z)", "0", {}, split("z")),
    ("diff(sign(z), z)", "0", {}, ZERO),
    ("diff(heaviside(z), z)", "0", {}, ZERO),
    ("diff(where(z<0,-z,z), z)", "where(z<0,-1,1)", {}, ZERO),
    ("diff(sum(abs(z-v[i]),i,0,n-1), z)", "sum(sign(z-v[i]),i,0,n-1)", {"n": "positive integer"}, ZERO),
    ("diff(0*sqrt(z)+z, z)", "1", {"z": "nonnegative"}, ZERO),
    ("where(z==0, 0*diff(xlogy(z,y),z), 1)", "where(z==0,0,1)", {}, split("z")),
    ("diff(z+sum(y,k,b,n), z)", "1", {"n": "integer"}, ZERO),
    ("diff(z+sum(y,k,n,b), z)", "1", {"n": "integer"}, ZERO),
]


@pytest.mark.parametrize(("a", "b", "domain", "proof"), MOVED)
def test_what_is_not_looked_at_may_tie(a: str, b: str, domain: dict[str, str], proof: Json) -> None:
    """No derivative is taken across a choice that is not decided, and none of what has no value beside."""
    assert confirmed(a, b, domain, proof) <= {True}


def test_ties_of_other_entries_are_others() -> None:
    """Two sums over different ranges of the same derivative at a tie do not have values at the same points."""
    a, b = (f"y + 0*sum(diff(max(w[i],0),w[i]),i,0,{size}-1)" for size in "nm")
    domain = {"w": "nonnegative", "n": "positive integer", "m": "positive integer"}
    assert False not in confirmed(a, b, domain, ZERO)


SIGNS: list[tuple[str, dict[str, str]]] = [
    (FEW, {"x": "{0, 1}"}),
    ("diff(max(x[0], 0), x[0])", {"x": "nonnegative"}),
    ("sum(exp(diff(max(x[i], 0), x[i])), i, 0, n-1)", {"x": "nonnegative", "n": "positive integer"}),
]


@pytest.mark.parametrize(("text", "domain"), SIGNS)
def test_a_sign_is_recorded_with_what_limits_it(text: str, domain: dict[str, str]) -> None:
    """A sign of a derivative by an entry holds where no choice ties; a record that does not say so is not confirmed."""
    term = parse_formula(text)
    try:
        conditions = tuple(recheck_sign(term, Domain.of(domain), strict=True).conditions)
    except CertificateError:
        conditions = ()
    forged = Proved("signs by exact arithmetic", conditions)
    theorem = theorem_of("logistic")
    statement = CheckedStatement("sign", "a sign", "positive", (term,), domain, forged)
    assert ask("positive", [term], Domain.of(domain)) != forged
    try:
        again = replay_certificate(replace(theorem, statements=(statement,)))
    except CertificateError:
        return
    assert not any("1 of 1 verdicts" in note for note in again.notes)


# -- names ------------------------------------------------------------------------------------------------------------
PRODUCT = "entry(matmul(entries(delta(i,j),i,j,n,n), entries(1/i,i,j,n,n)), a, 0)"
N = {"n": "positive integer", "a": "1..n-1"}


@pytest.mark.parametrize("named", [{}, {"k": "positive"}, {"k_1": "positive", "k": "positive"}])
def test_the_index_of_a_product_of_matrices_is_no_variable(named: dict[str, str]) -> None:
    """Σₖ δₐₖ 1/k from k = 0 has no value, whatever the domain says of a k."""
    assert confirmed(PRODUCT, "1/a", N | named, ZERO) <= {True}
    assert confirmed(PRODUCT + " + 0*k", "1/a", N | named, ZERO) <= {True}


#: the index i of the sum is renamed where an index i comes in from outside; i_1 is then no variable
RENAMED = "sum(entry(map(sum(delta(i,b)*v*i**(-1),i,0,n-1),v,entries(i+0*k,k,l,n,n)),0,0), i, 0, n-1)"


def test_an_index_that_gets_another_name_is_no_variable() -> None:
    """Σᵢ δᵢᵦ v/i from i = 0 has no value; with i for v the inner index gets a name that a domain may call positive."""
    right = "sum(i, i, 0, n-1)/b"
    for named in ({}, {"i_1": "positive"}):
        assert confirmed(RENAMED, right, {"n": "positive integer", "b": "1..n-1"} | named, ZERO) <= {True}


def test_a_place_in_a_table_is_not_whole() -> None:
    """Σₗ 1 up to a has no value for a = 1/2, in a table as elsewhere."""
    left = "entry(entries(diff(w+sum(1,l,0,i),w),i,j,n,n), a, 0)"
    assert not confirmed(left, "1", {"n": "positive integer"}, ZERO)
    assert confirmed(left, "1", {"n": "positive integer", "a": "0..n-1"}, ZERO) == {False}


def test_a_variable_moves_through_numbers_that_are_not_whole() -> None:
    """Beside k = 2 there is no xᵏ for x < 0, so no derivative by k, also where its formula has lost the power."""
    proof = {"cases": ["k"], "branches": [[["2"], ZERO], [["3"], ZERO]]}
    assert confirmed("diff(0*x**k+k, k)", "1", {"k": "{2, 3}", "x": "positive"}, proof)
    assert not confirmed("diff(0*x**k+k, k)", "1", {"k": "{2, 3}"}, proof)


POWERS: list[tuple[str, str, dict[str, str], Json]] = [
    (
        "where(v==2, x**v, 0)",
        "where(v==2, x**2, 0)",
        {},
        {**split(["add", "v", -2]), "0": {"at": ["v", 2], "proof": ZERO}},
    ),
    (
        "x**v",
        "where(v==2, x**2, x**v)",
        {"v": "{1/2, 2}"},
        {"cases": ["v"], "branches": [[["1/2"], ZERO], [["2"], ZERO]]},
    ),
    (
        "x**(2*v)",
        "where(v==1, x**2, x)",
        {"v": "{1/2, 1}"},
        {"cases": ["v"], "branches": [[["1/2"], ZERO], [["1"], ZERO]]},
    ),
]


def test_a_letter_for_an_index_is_no_variable_of_either_side() -> None:
    """That all entries are positive is one condition, and that x[i] is another one, for a variable i of one side."""
    sides = parse_formula("0*sum(log(x[k]),k,0,n-1)+y"), parse_formula("0*log(x[i])+y")
    for a, b in (sides, sides[::-1]):
        assert len(recheck(a, b, Domain.of({"n": "positive integer", "i": "0..n-1"}), ZERO).conditions) == 2


@pytest.mark.parametrize(("a", "b", "domain", "proof"), POWERS)
def test_an_exponent_that_varies_is_not_whole(a: str, b: str, domain: dict[str, str], proof: Json) -> None:
    """Also where it is 2, x to the power v has no value for x < 0; a whole exponent is one everywhere."""
    assert confirmed(a, b, domain, proof) <= {True}
    assert confirmed(a, b, domain | {"x": "positive"}, proof) == {False}
    assert confirmed(a, b, domain | {"v": "{1, 2}"}, {"cases": ["v"], "branches": [[["1"], ZERO], [["2"], ZERO]]}) <= {
        False
    }


def test_a_domain_is_of_names() -> None:
    """What is no name could be that of an index in a proof."""
    for name in (" index", ".1.0", " i3_0", "a-b", "x y", ""):
        with pytest.raises(DomainError, match="not a name"):
            Domain.of({name: "positive", "n": "positive integer"})
