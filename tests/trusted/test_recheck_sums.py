"""The small checker on sums over symbolic ranges: deltas within inner sums, choices of each index, ties of entries."""

from __future__ import annotations

import itertools
import json
from collections import defaultdict
from pathlib import Path
from typing import Any

import pytest

from derive.certificate import Proved
from derive.domain import Domain
from derive.errors import CertificateError
from derive.prove import prove_terms
from derive.recheck import Shown, recheck
from derive.replay import not_rechecked
from derive.terms.json import Json, to_json
from derive.terms.term import Term, at, make, num, sym
from derive.terms.text import parse_formula
from tests.shared import few

ORDINARY = Path(__file__).parents[2] / "benchmarks" / "data" / "ordinary.json"
ZERO: Json = {"zero": True}
SIZES = {"m": "positive integer", "n": "positive integer", "a": "0..n-1", "b": "0..m-1"}
_ELSEWHERE = "0..n-2"  # the index after it is one, too


def check(a: str, b: str, described: dict[str, str], proof: Json = ZERO) -> Shown:
    """Check a proof of a claim in text."""
    return recheck(parse_formula(a), parse_formula(b), Domain.of(SIZES | described), proof)


TRUE: list[tuple[str, str, dict[str, str]]] = [
    ("sum(sum(delta(i,a)*X[i,k],k,0,m-1),i,0,n-1)", "sum(X[a,k],k,0,m-1)", {}),
    ("sum(sum(delta(i,a)*delta(k,b)*X[i,k],k,0,m-1),i,0,n-1)", "X[a,b]", {}),
    ("sum(x[i]*where(i<=a, delta(i,a), 0),i,0,n-1)", "x[a]", {}),
    ("sum(abs(x[i]),i,0,n-1)", "sum(where(x[i]>=0, x[i], -x[i]),i,0,n-1)", {}),
    ("sum(abs(x[i])*sign(x[i]),i,0,n-1)", "sum(x[i],i,0,n-1)", {}),
    ("sum(exp(max(x[i]-1,0)),i,0,n-1)", "sum(exp((x[i] - 1 + abs(1-x[i]))/2),i,0,n-1)", {}),
    ("sum(where(x[i]<0, 1, 0)*where(x[i]>0, y[i], 0),i,0,n-1)", "0", {}),
    ("sum(where(x[i]<0 or x[i]>0, 1, 0),i,0,n-1)", "sum(where(x[i]==0, 0, 1),i,0,n-1)", {}),
    ("sum(where(not (x[i]<0), 1, 0),i,0,n-1)", "sum(where(2*x[i]>=0, 1, 0),i,0,n-1)", {}),
    ("diff(sum(sum((R[i,j]-sum(U[i,k]*V[j,k],k,0,q-1))**2,j,0,m-1),i,0,n-1),U[a,c])",
     "-2*sum((R[a,j]-sum(U[a,k]*V[j,k],k,0,q-1))*V[j,c],j,0,m-1)", {"q": "positive integer", "c": "0..q-1"}),
    ("sum(delta(i+1,a)*x[i],i,0,n-1)", "x[a-1]", {"a": "1..n-1"}),
    ("sum(delta(i-1,a)*x[i],i,0,n-1)", "x[a+1]", {"a": _ELSEWHERE}),
    ("sum(delta(a,2+i)*x[i],i,0,n-1)", "x[a-2]", {"a": "2..n-1"}),
    ("sum(sign(x[i]),i,0,n-1)", "sum(where(x[i]<0, -1, where(x[i]>0, 1, 0)),i,0,n-1)", {}),
    ("sum(sign(x[i]),i,0,n-1)", "sum(sign(x[k]),k,0,n-1)", {}),
    ("sum(where(x[i]<0 and p>0, 1, 0),i,0,n-1)", "sum(where(x[i]<0, 1, 0),i,0,n-1)", {"p": "positive"}),
    ("sum(where(x[i]<0 and p<0, 1, 0),i,0,n-1)", "0", {"p": "positive"}),
    ("sum(where(x[i]<0 or y[i]<y[i], 1, 0),i,0,n-1)", "sum(where(x[i]<0, 1, 0),i,0,n-1)", {}),
    ("sum(where(x[i]<0 or y[i]<=y[i], 1, 0),i,0,n-1)", "n", {}),
    ("sum(where(x[i]<0 or y[i]==y[i], 1, 0),i,0,n-1)", "n", {}),
    ("sum(heaviside(x[i]),i,0,n-1)", "sum(where(x[i]<0, 0, where(x[i]>0, 1, 1/2)),i,0,n-1)", {}),
    ("sum(max(x[i],y[i]),i,0,n-1)", "sum(where(y[i]<=x[i], x[i], y[i]),i,0,n-1)", {}),
    ("sum(2*min(x[i],y[i]),i,0,n-1)", "2*sum(min(x[i],y[i]),i,0,n-1)", {}),
]  # fmt: skip


@pytest.mark.parametrize(("a", "b", "described"), TRUE)
def test_what_is_so_for_every_size_is_confirmed(a: str, b: str, described: dict[str, str]) -> None:
    """Deltas and choices that an index decides, without a search."""
    check(a, b, described)


WRONG: list[tuple[str, str, dict[str, str]]] = [
    # the inner index hides the outer one of the same name
    ("sum(sum(delta(i,a)*x[i],i,0,n-1),i,0,n-1)", "x[a]", {}),
    ("sum(sum(delta(i,a)*X[i,k],i,0,n-1),k,0,m-1)", "sum(X[k,k],k,0,m-1)", {}),
    # the other side of the delta moves with an inner index
    ("sum(sum(delta(i,k)*x[i]*y[k],k,0,n-1),i,0,n-1)", "n*x[a]*y[a]", {}),
    ("sum(sum(delta(i,k)*X[i,k],k,0,n-1),i,0,n-1)", "sum(X[a,k],k,0,n-1)", {}),
    # a shift the other way, or beyond the range
    ("sum(delta(i-1,a)*x[i],i,0,n-1)", "x[a-1]", {"a": "1..n-2"}),
    ("sum(delta(i-1,a)*x[i],i,0,n-1)", "x[a+1]", {}),
    ("sum(delta(i+1,a)*x[i],i,0,n-1)", "x[a-1]", {}),
    ("sum(delta(a-i,2)*x[i],i,0,n-1)", "x[a+2]", {"a": "0..n-3"}),
    ("sum(delta(i+i,a)*x[i],i,0,n-1)", "x[a]", {}),
    # it depends on the index itself
    ("sum(delta(i,i*i)*x[i],i,0,n-1)", "where((0<=i*i) & (i*i<=n-1), x[i*i], 0)", {"i": "integer"}),
    ("sum(delta(i+i*i,a)*x[i],i,0,n-1)", "x[a-i*i]", {"i": "integer"}),
    # a choice that need not choose anything elsewhere, and a sum that need not have whole ends
    ("sum(delta(i,a)*Piecewise((x[i],i<=a)),i,0,n-1)", "x[a]", {}),
    ("sum(delta(i,a)*x[i],i,t,n-1)", "x[a]", {"t": "(-oo, 0]"}),
    ("sum(delta(i,a)*x[i],i,0,t)", "x[a]", {"t": "[1, oo)", "a": "{0, 1}"}),
    # values that are known, over two ranges
    ("sum(x[i],i,0,n-1)", "sum(x[i],i,0,m-1)", {"x": "{1}"}),
    # it never is a whole number, or need not be one
    ("sum(delta(i+1/2,a)*x[i],i,0,n-1)", "x[a-1/2]", {}),
    ("sum(delta(i,t)*x[i],i,0,n-1)", "x[t]", {"t": "real"}),
    # what else stands in the summand counts for each index
    ("sum(delta(i,a)*x[i] + y[i],i,0,n-1)", "x[a] + y[a]", {}),
    ("sum((1 - delta(i,a))*x[i],i,0,n-1)", "sum(x[i],i,0,n-1)", {}),
    ("sum(where(delta(i,a)>0, x[i], y[i]),i,0,n-1)", "x[a]", {}),
    ("sum(exp(delta(i,a)*x[i]),i,0,n-1)", "exp(x[a])", {}),
    ("sum(where(i<a, delta(i,a), 0)*x[i],i,0,n-1)", "x[a]", {}),
    # a condition whose sign is known
    ("sum(where(x[i]<0 and p>0, 1, 0),i,0,n-1)", "0", {"p": "positive"}),
    ("sum(where(x[i]<0 and p<0, 1, 0),i,0,n-1)", "sum(where(x[i]<0, 1, 0),i,0,n-1)", {"p": "positive"}),
    ("sum(where(x[i]<0 or y[i]<y[i], 1, 0),i,0,n-1)", "n", {}),
    ("sum(where(x[i]<0 or y[i]==y[i], 1, 0),i,0,n-1)", "sum(where(x[i]<0, 1, 0),i,0,n-1)", {}),
    ("sum(where(x[i]<0 and y[i]<=y[i], 1, 0),i,0,n-1)", "0", {}),
    # ties, and which of two is chosen
    ("sum(sign(x[i]),i,0,n-1)", "sum(where(x[i]<0, -1, 1),i,0,n-1)", {}),
    ("sum(heaviside(x[i]),i,0,n-1)", "sum(where(x[i]<0, 0, 1),i,0,n-1)", {}),
    ("sum(max(x[i],y[i]),i,0,n-1)", "sum(where(x[i]<=y[i], x[i], y[i]),i,0,n-1)", {}),
    ("sum(abs(x[i])*sign(x[i])**2,i,0,n-1)", "sum(x[i],i,0,n-1)", {}),
    ("sum(sign(x[i])**2,i,0,n-1)", "n", {}),
    ("sum(y[i]*sign(x[i])**2,i,0,n-1)", "sum(y[i],i,0,n-1)", {}),
    ("sum(exp(sign(x[i])**2),i,0,n-1)", "n*exp(1)", {}),
    ("sum(where(x[i]<1, x[i], 2*x[i]),i,0,n-1)", "sum(where(x[i]<=1, x[i], 2*x[i]),i,0,n-1)", {}),
    ("sum(sign(x[i]-y[i]),i,0,n-1)", "sum(sign(y[i]-x[i]),i,0,n-1)", {}),
    ("sum(sign(x[i]/y[i]),i,0,n-1)", "sum(sign(x[i]),i,0,n-1)", {}),
    ("sum(where(x[i]<0 and y[i]<0, 1, 0),i,0,n-1)", "sum(where(x[i]<0 or y[i]<0, 1, 0),i,0,n-1)", {}),
    ("sum(where(x[i]<0, 1/x[i], 0),i,0,n-1)", "sum(1/x[i],i,0,n-1)", {}),
    ("sum(min(x[i],y[i]),i,0,n-1)", "sum(max(x[i],y[i]),i,0,n-1)", {}),
    ("sum(max(x[i],y[i],z[i]),i,0,n-1)", "sum(max(x[i],y[i]),i,0,n-1)", {}),
    ("diff(sum(abs(w[k]),k,0,n-1),w[a])", "1", {}),
    ("diff(sum(max(0,w[k]),k,0,n-1),w[a])", "where(w[a]>0, 2, 0)", {}),
]  # fmt: skip
PROOFS: list[Json] = [
    ZERO,
    {"undefined": "it ties"},
    {"empty": True},
    {"split": ["at", "w", "a"], "+": ZERO, "0": {"undefined": "it ties"}, "-": ZERO},
    {"split": ["at", "w", "a"], "+": ZERO, "0": {"undefined": "it ties"}, "-": {"undefined": "it ties"}},
]


@pytest.mark.parametrize(("a", "b", "described"), WRONG)
def test_what_is_wrong_for_some_size_is_refused(a: str, b: str, described: dict[str, str]) -> None:
    """No proof makes it so, whatever is said to be undefined."""
    for proof in PROOFS:
        with pytest.raises(CertificateError):
            check(a, b, described, proof)


def test_two_orders_of_a_sum_are_one() -> None:
    """Also of one range, with names that are exchanged; what a summand needs is asked once, in the order as written."""
    for a, b in [
        ("sum(sum(X[i,k]*X[i,a]*t[k],i,0,m-1),k,0,n-1)", "sum(sum(X[i,k]*t[k],k,0,n-1)*X[i,a],i,0,m-1)"),
        ("sum(x[i]*sum(A[i,k]*x[k],k,0,n-1),i,0,n-1)", "sum(x[k]*sum(A[i,k]*x[i],i,0,n-1),k,0,n-1)"),
        ("sum(sum(A[i,k],k,0,n-1),i,0,m-1)", "sum(sum(A[i,k],i,0,m-1),k,0,n-1)"),
    ]:
        check(a, b, {})
    for f in ("sqrt(A[i,k])", "log(A[i,k])", "1/A[i,k]"):
        text = f"sum(sum(x[i]*{f},k,0,m-1),i,0,n-1)"
        assert len(check(text, text, {}).conditions) == 1
    for a, b in [
        ("sum(x[i]*sum(A[i,k]*x[k],k,0,n-1),i,0,n-1)", "sum(x[i]*sum(A[i,k]*x[i],k,0,n-1),i,0,n-1)"),
        ("sum(x[i]*sum(A[i,k]*y[k],k,0,n-1),i,0,n-1)", "sum(x[i]*sum(A[k,i]*y[k],k,0,n-1),i,0,n-1)"),
        ("sum(sum(A[i,k],k,0,n-1),i,0,m-1)", "sum(sum(A[i,k],i,0,n-1),k,0,m-1)"),
        ("sum(sum(A[i,k],k,0,i),i,0,n-1)", "sum(sum(A[i,k],i,0,k),k,0,n-1)"),
    ]:
        with pytest.raises(CertificateError):
            check(a, b, {})


def test_nested_sums_take_no_time() -> None:
    """Twelve sums in one another, where each could be exchanged with the next one."""
    names = [f"i{q}" for q in range(12)]
    chain = "+".join(f"A[{i},{k}]*x[{i}]" for i, k in itertools.pairwise(names))
    text = f"exp({chain}+{'*'.join(f'x[{i}]' for i in names)})"
    for i in reversed(names):
        text = f"sum({text},{i},0,n-1)"
    check(text, text, {})


@pytest.mark.parametrize("literal", ["true", "false"])
def test_a_literal_condition(literal: str) -> None:
    """A mask that is 1 everywhere, or nowhere."""
    index, last = sym("i"), parse_formula("n-1")
    negative = make("lt", at("x", index), num(0))

    def counted(head: str) -> Term:
        condition = make(head, negative, make(literal))
        return make("sum", make("piecewise", num(1), condition, num(0), make("true")), index, num(0), last)

    some = make("sum", make("piecewise", num(1), negative, num(0), make("true")), index, num(0), last)
    right = {
        "true": {"and": some, "or": sym("n")},
        "false": {"and": num(0), "or": some},
    }[literal]
    for head, value in right.items():
        recheck(counted(head), value, Domain.of(SIZES), ZERO)
        for wrong in {some, sym("n"), num(0)} - {value}:
            with pytest.raises(CertificateError):
                recheck(counted(head), wrong, Domain.of(SIZES), ZERO)


def test_what_a_summand_needs_is_kept() -> None:
    """A delta picks one logarithm, and the sum has a value only where all have one: that stays a condition."""
    shown = check("sum(sum(delta(i,a)*log(X[i,k]),k,0,m-1),i,0,n-1)", "sum(log(X[a,k]),k,0,m-1)", {})
    assert {c.kind for c in shown.conditions} == {"positive"}
    needs = [check(side, side, {}).needs for side in (
        "sum(sum(delta(i,a)*log(X[i,k]),k,0,m-1),i,0,n-1)", "sum(log(X[a,k]),k,0,m-1)"
    )]  # fmt: skip
    assert needs[0] != needs[1]


def test_a_tie_of_an_entry_is_what_the_note_speaks_of() -> None:
    """A region in which a choice ties is no region without a value; one without a tie still is."""
    proof = {"split": ["at", "w", "a"], "+": ZERO, "0": {"undefined": "it ties"}, "-": ZERO}
    assert not check("diff(sum(abs(w[k]),k,0,n-1),w[a])", "sign(w[a])", {}, proof).undefined
    assert check("sum(w[k],k,0,n-1)", "sum(w[k],k,0,n-1)", {}, proof).undefined
    with pytest.raises(CertificateError):
        check("diff(sum(abs(w[k]),k,0,n-1),w[a])", "where(w[a]==0, 5, sign(w[a]))", {}, proof)


#: an array with the name of an index, which a sum over the index would hide
_HIDDEN = [
    ("sum(sum(delta(k,i[0]),k,0,n-1),i,0,0)", "sum(where((0<=i[0]) & (i[0]<=n-1),1,0),i,0,0)", ["i[0]", "n-1-i[0]"]),
    ("sum(i[0],i,0,n-1)", "n*i[0]", []),
    ("diff(sum(i[0],i,0,n-1),i[0])", "0", []),
    ("diff(prod(i[0],i,0,2),i[0])", "0", []),
    ("diff(i[0]**2 + sum(i[0],i,0,n-1),i[0])", "2*i[0]", []),
    ("x[0]", "x[0]", ["sum(x,x,0,n-1)"]),
    ("x", "x", ["x[0]"]),
]


@pytest.mark.parametrize(("a", "b", "on"), _HIDDEN)
def test_a_name_is_that_of_a_number_or_of_an_array(a: str, b: str, on: list[str]) -> None:
    """Also where it is bound, and in what a proof speaks of."""
    proof = ZERO
    for text in reversed(on):
        proof = {"split": to_json(parse_formula(text)), "+": proof, "0": proof, "-": proof}
    with pytest.raises(CertificateError, match="is a number and an array"):
        check(a, b, {}, proof)


#: for z = 0, or y = 0, the branch that is not taken has no value, and the sides differ where no branch is taken
_NOT_TAKEN = [
    ("sum(where(x[i]<0, diff(abs(z),z), x[i]),i,0,n-1)",
     "sum(where(x[i]<0, sign(z), x[i]),i,0,n-1)+where(z==0,5,0)", "z"),
    ("sum(where(x[i]<0, 0**(-y), x[i]),i,0,n-1)",
     "sum(where(x[i]<0, where(y==0,1,0), x[i]),i,0,n-1)+where(y>0,5,0)", "y"),
]  # fmt: skip


@pytest.mark.parametrize(("a", "b", "on"), _NOT_TAKEN)
def test_a_branch_that_is_not_taken_needs_no_value(a: str, b: str, on: str) -> None:
    """That it has none says nothing of the region: the sum has one."""
    with pytest.raises(CertificateError):
        check(a, b, {}, {"split": on, "+": ZERO, "0": ZERO, "-": ZERO})


def test_cases_are_texts_of_the_values() -> None:
    """A number that is written at length is none of them, and takes no time; of a one-hot group one is 1."""
    proof: Json = {"cases": ["y"], "branches": [[["1e10000000"], ZERO], [["1"], ZERO]]}
    with pytest.raises(CertificateError, match="not all combinations"):
        check("y", "y", {"y": "{0, 1}"}, proof)
    one = {"u, v": "one-hot"}
    units: list[Json] = [[["1", "0"], ZERO], [["0", "1"], ZERO]]
    check("u**2 + v**2", "1", one, {"cases": ["u", "v"], "branches": units})
    for kind, branches in (("one-hot", units[:1]), ("simplex", units)):
        with pytest.raises(CertificateError):
            check("u**2 + v**2", "1", {"u, v": kind}, {"cases": ["u", "v"], "branches": branches})


def _claims() -> dict[str, list[dict[str, Any]]]:
    out = defaultdict(list)
    for claim in json.loads(ORDINARY.read_text(encoding="utf-8")):
        if claim["kind"] == "equal":
            out[claim["family"]].append(claim)
    return out


FAMILIES = few(
    ["ridge, lasso, elastic net", "matrix factorisation", "ranking", "contrastive losses"],
    ["ridge, lasso, elastic net", "matrix factorisation"],
)


@pytest.mark.parametrize("family", FAMILIES)
def test_a_proof_proves_no_other_claim(family: str) -> None:
    """The proofs of a family are confirmed, some of them by the checker alone; near misses are not, by any of them."""
    claims = _claims()[family]
    proofs: list[Json] = [ZERO]
    alone = []
    for c in claims:
        terms = parse_formula(c["left"]), parse_formula(c["right"]), Domain.of(c["domain"])
        found = prove_terms(*terms) if c["true"] else None
        if isinstance(found, Proved):
            alone.append(not_rechecked(found, *terms) is None)
            proofs += [found.proof] if found.proof not in proofs else []
    assert sum(alone) >= 3
    for c in claims:
        for proof in proofs if not c["true"] else ():
            with pytest.raises(CertificateError):
                check(c["left"], c["right"], c["domain"], proof)
