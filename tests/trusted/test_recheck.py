"""The small checker: it confirms the proofs of true claims, and nothing makes it confirm a false one."""

from __future__ import annotations

import copy
import json
import subprocess
import sys
from collections.abc import Callable, Iterator
from functools import cache
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from derive import catalog
from derive.certificate import Proved
from derive.claim import equality
from derive.domain import Domain
from derive.errors import CertificateError
from derive.prove import prove_terms
from derive.recheck import NotRechecked, Shown, recheck, recheck_sign
from derive.terms.json import Json
from derive.terms.term import Term, add, at, make, mul, num, power, sub, sym
from derive.terms.text import parse_formula
from tests.shared import certificate_of, examples

ZERO: Json = {"zero": True}
Described = dict[str, str]


def proof_of(a: Term, b: Term, domain: Domain) -> Json:
    """What the prover records, as it is in a file."""
    verdict = prove_terms(a, b, domain)
    assert isinstance(verdict, Proved), verdict
    return json.loads(json.dumps(verdict.proof))


def check(a: str, b: str, described: Described, proof: Json) -> Shown:
    """Check a proof of a claim in text."""
    return recheck(parse_formula(a), parse_formula(b), Domain.of(described), proof)


# -- what it confirms

TRUE: list[tuple[str, str, Described]] = [
    ("sigmoid(z)", "1 - sigmoid(-z)", {}),
    ("tanh(z)", "2*sigmoid(2*z) - 1", {}),
    ("softplus(z) - softplus(-z)", "z", {}),
    ("logit(sigmoid(z))", "z", {}),
    ("sigmoid(logit(p))", "p", {"p": "(0, 1)"}),
    ("log(1 - tanh(z)**2)", "log(4) - 2*softplus(2*z) + 2*z", {}),
    ("-y*log(sigmoid(z)) - (1 - y)*log(1 - sigmoid(z))", "softplus(z) - y*z", {}),
    ("y*softplus(-z) + (1 - y)*softplus(z)", "softplus((1 - 2*y)*z)", {"y": "{0, 1}"}),
    ("sqrt(z**2)", "abs(z)", {}),
    ("sqrt(x**2 - 2*x + 1)", "abs(x - 1)", {}),
    ("sqrt(exp(2*z) + 2*exp(z) + 1)", "1 + exp(z)", {}),
    ("log(x**2 - 1)", "log(x - 1) + log(x + 1)", {}),
    ("log(exp(2*z) - 1) - log(exp(z) - 1)", "log(exp(z) + 1)", {}),
    ("log(x**a)", "a*log(x)", {"x": "positive"}),
    ("x**a*x**b", "x**(a + b)", {"x": "positive"}),
    ("x**(1/3)*x**(2/3)", "x", {"x": "[0, oo)"}),
    ("sqrt(6)/sqrt(2)", "sqrt(3)", {}),
    ("log(12)", "2*log(2) + log(3)", {}),
    ("exp(x/(1 + x))", "exp(1)*exp(-1/(1 + x))", {}),
    ("asinh(sinh(x))", "x", {}),
    ("atanh(tanh(x))", "x", {}),
    ("cosh(z)**2 - sinh(z)**2", "1", {}),
    ("sin(a + b)", "sin(a)*cos(b) + cos(a)*sin(b)", {}),
    ("normcdf(x) + normcdf(-x)", "1", {}),
    ("normppf(normcdf(x))", "x", {}),
    ("loggamma(x + 2)", "loggamma(x) + log(x) + log(x + 1)", {"x": "positive"}),
    ("digamma(x + 1)", "digamma(x) + 1/x", {"x": "positive"}),
    ("max(a, b) + min(a, b)", "a + b", {}),
    ("max(z, 0) - z*y + log(1 + exp(-abs(z)))", "softplus(z) - z*y", {}),
    ("exp(max(a, b))", "max(exp(a), exp(b))", {}),
    (
        "where(abs(r) <= d, r**2/2, d*abs(r) - d**2/2)",
        "where(r > d, d*r - d**2/2, where(r < -d, -d*r - d**2/2, r**2/2))",
        {"d": "positive"},
    ),
    ("xlogy(y, y/m)", "y*log(y) - y*log(m)", {"y": "positive", "m": "positive"}),
    ("diff(max(z, 0)**2, z)", "2*max(z, 0)", {}),
    ("diff(abs(z), z)", "sign(z)", {}),
    ("diff(sqrt(z), z)", "1/(2*sqrt(z))", {"z": "nonnegative"}),
    ("diff(x**a, x)", "a*x**(a - 1)", {"x": "positive"}),
    ("sum(u[k] - sum(u[j], j, 0, m-1)/m, k, 0, m-1)", "0", {"m": "positive integer"}),
    ("sum(exp(u[k])/sum(exp(u[j]), j, 0, m-1), k, 0, m-1)", "1", {"m": "positive integer"}),
    ("log(sum(exp(u[k] + t), k, 0, m-1))", "t + log(sum(exp(u[k]), k, 0, m-1))", {"m": "positive integer"}),
    ("sum(u[k-1], k, 1, m)", "sum(u[k], k, 0, m-1)", {"m": "positive integer"}),
]


@pytest.mark.parametrize(("a", "b", "described"), TRUE)
def test_the_proof_of_a_true_claim_is_confirmed(a: str, b: str, described: Described) -> None:
    """In both directions, with the side conditions that the prover found, from the proof as it is in a file."""
    left, right, domain = parse_formula(a), parse_formula(b), Domain.of(described)
    proof = proof_of(left, right, domain)
    recheck(left, right, domain, proof)
    recheck(right, left, domain, proof_of(right, left, domain))


@pytest.mark.parametrize("name", catalog.names())
def test_every_step_of_the_catalog_is_confirmed(name: str) -> None:
    """All equalities of the derivations, matrix forms and choices under a sum included; a value is missing nowhere."""
    certificate = certificate_of(name)
    domain = Domain.of(certificate.domain)
    for d in certificate.derivations:
        before = d.start
        for step in d.steps:
            assert isinstance(step.verdict, Proved)
            proof = json.loads(json.dumps(step.verdict.proof))
            shown = recheck(*equality(before, step.result, d.indices), domain, proof)
            assert not shown.undefined
            before = step.result


def test_side_conditions_are_found_again() -> None:
    """What the two sides need in order to have a value is what the prover recorded."""
    a, b, domain = parse_formula("log(x/y)"), parse_formula("log(x) - log(y)"), Domain.of({})
    verdict = prove_terms(a, b, domain)
    assert isinstance(verdict, Proved)
    assert recheck(a, b, domain, verdict.proof).conditions == set(verdict.conditions)


def test_whole_matrices_are_compared_by_their_entries() -> None:
    """X′(Xθ) is (X′X)θ; the shapes must fit."""
    x, theta = make("matrix", sym("X"), sym("m"), sym("n")), make("matrix", sym("theta"), sym("n"), num(1))
    a = make("matmul", make("transpose", x), make("matmul", x, theta))
    b = make("matmul", make("matmul", make("transpose", x), x), theta)
    domain = Domain.of({"m": "positive integer", "n": "positive integer"})
    recheck(a, a, domain, ZERO)
    recheck(a, make("matmul", make("transpose", x), x, theta), domain, ZERO)
    for wrong in (x, theta, make("matmul", x, x), make("matadd", a, x), make("diag", x)):
        with pytest.raises(CertificateError):
            recheck(b, wrong, domain, ZERO)


# -- what it must refuse

SPLIT = {"split": "z", "+": ZERO, "0": {"at": ["z", 0], "proof": ZERO}, "-": ZERO}
FORGED: dict[str, tuple[str, str, Described, Json]] = {
    "not equal": ("x", "x + 1", {}, ZERO),
    "a small difference": ("x", "x*(1 + 1/10**9)", {}, ZERO),
    "the sign of z": ("sqrt(z**2)", "z", {}, SPLIT),
    "no region": ("sqrt(z**2)", "abs(z)", {}, ZERO),
    "a branch is missing": ("sqrt(z**2)", "z", {}, {"split": "z", "+": ZERO, "0": {"at": ["z", 0], "proof": ZERO}}),
    "a branch is renamed": ("sqrt(z**2)", "z", {}, {"split": "z", "+": ZERO, "0": ZERO, "+ ": ZERO}),
    "a region is said to be empty": ("sqrt(z**2)", "z", {}, {**SPLIT, "-": {"empty": True}}),
    "a side is said to be undefined": ("sqrt(z**2)", "z", {}, {**SPLIT, "-": {"undefined": "a side has no value"}}),
    "all is said to be empty": ("z", "z + 1", {}, {"empty": True}),
    "all is said to be undefined": ("z", "z + 1", {}, {"undefined": "why not"}),
    "split on what is undefined below 0": ("sqrt(z**2)", "z", {}, {**SPLIT, "split": ["log", "z"], "0": ZERO}),
    "split on a root": ("sqrt(z**2)", "z", {}, {**SPLIT, "split": ["pow", "z", ["num", 1, 2]], "0": ZERO}),
    "split on 1/0": ("z", "z + 1", {}, {**SPLIT, "split": ["pow", 0, -1], "0": ZERO}),
    "split on 1/z": ("where(z < 0, 1, 0)", "0", {}, {**SPLIT, "split": ["pow", ["max", "z", 0], -1], "0": ZERO}),
    "split on a derivative": ("z", "z + 1", {}, {**SPLIT, "split": ["diff", "z", "z"]}),
    "split on a formula of a derivative": ("z", "z + 1", {}, {**SPLIT, "split": ["slope", 0, "z", "z", "z"]}),
    "another boundary": ("where(z == 0, 1, 0)", "0", {}, {**SPLIT, "0": {"at": ["z", 1], "proof": ZERO}}),
    "a boundary of another variable": ("where(z == 0, 1, 0)", "0", {}, {**SPLIT, "0": {"at": ["y", 0], "proof": ZERO}}),
    "a boundary by itself": ("where(z == 0, 1, 0)", "0", {}, {**SPLIT, "0": {"at": ["z", "z"], "proof": ZERO}}),
    "a boundary without a value": (
        "where(z == 0, 1, 0)",
        "0",
        {},
        {**SPLIT, "0": {"at": ["z", ["log", 0]], "proof": ZERO}},
    ),
    "a boundary under another sign": (
        "abs(z)",
        "0",
        {},
        {**SPLIT, "+": {"at": ["z", 0], "proof": ZERO}, "-": {"at": ["z", 0], "proof": ZERO}},
    ),
    "two roots": (
        "where(z**2 == 1, z, 1)",
        "1",
        {},
        {"split": ["add", -1, ["pow", "z", 2]], "+": ZERO, "0": {"at": ["z", 1], "proof": ZERO}, "-": ZERO},
    ),
    "a fraction in place of a whole number": (
        "(-1)**k",
        "1",
        {"k": "integer"},
        {"split": ["add", "k", ["mul", -1, "z"]], "+": ZERO, "0": {"at": ["k", "z"], "proof": ZERO}, "-": ZERO},
    ),
    "a case is missing": (
        "y**2",
        "y",
        {"y": "{0, 1, 2}"},
        {"cases": ["y"], "branches": [[["0"], ZERO], [["1"], ZERO]]},
    ),
    "a case is repeated": (
        "y**2",
        "y",
        {"y": "{0, 1, 2}"},
        {"cases": ["y"], "branches": [[["0"], ZERO], [["1"], ZERO], [["1"], ZERO]]},
    ),
    "a case too many": ("y**2", "2*y", {"y": "{0, 2}"}, {"cases": ["y"], "branches": [[["0"], ZERO], [["1"], ZERO]]}),
    "cases of a real variable": ("y**2", "y", {}, {"cases": ["y"], "branches": [[["0"], ZERO], [["1"], ZERO]]}),
    "no cases": ("y**2", "y", {"y": "{0, 1, 2}"}, {"cases": [], "branches": []}),
    "no cases but one": ("y", "y + 1", {"y": "{0, 1}"}, {"cases": [], "branches": [[[], ZERO]]}),
    "a factor that is none": (
        "log(x**2 - 1)",
        "log(x - 1) + log(x + 2)",
        {},
        {"factors": [["add", -1, "x"], ["add", 2, "x"]], "proof": ZERO},
    ),
    "a square that is none": (
        "sqrt(x**2 - 2*x + 2)",
        "abs(x - 1)",
        {},
        {
            "factors": [["add", -1, "x"]],
            "proof": {**SPLIT, "split": ["add", -1, "x"], "0": {"at": ["x", 1], "proof": ZERO}},
        },
    ),
    "a hint with a condition": (
        "sqrt(z**2)",
        "z",
        {},
        {"factors": [["log", "z"], ["pow", "z", ["num", 1, 2]]], "proof": ZERO},
    ),
    "logarithms of unknown signs": ("log(abs(x))", "log(x) + 1", {}, ZERO),
    "a power of a power": ("(x**2)**(1/2)", "x", {}, ZERO),
    "a common factor of two exponentials": (
        "max(x*exp(u), x*exp(v))",
        "x*max(exp(u), exp(v))",
        {},
        {"split": ["add", "u", ["mul", -1, "v"]], "+": ZERO, "0": {"at": ["u", "v"], "proof": ZERO}, "-": ZERO},
    ),
    "a sum over nothing": ("sum(1, k, 0, n-1)", "n", {"n": "integer"}, ZERO),
    "an empty region of a sum": (
        "sum(1, k, 0, n-1)",
        "n",
        {"n": "integer"},
        {"split": "n", "+": ZERO, "0": {"at": ["n", 0], "proof": ZERO}, "-": {"empty": True}},
    ),
    "an index that is not whole": (
        "sum(delta(k, t)*u[k], k, 0, n-1)",
        "u[t]",
        {"t": "[0, 1/2]", "n": "positive integer"},
        ZERO,
    ),
    "a free index of the name of a bound one": (
        "sum(delta(k, t)*k, k, 0, n-1) + sum(t, t, 0, n-1)",
        "t + sum(t, t, 0, n-1)",
        {"n": "positive integer", "t": "[0, 1/2]"},
        {"split": ["add", ["mul", -1, "t"], "n", -1], "+": ZERO, "0": ZERO, "-": ZERO},
    ),
    "nothing at all": ("log(-1 - x**2)", "7", {}, ZERO),
    "nothing at all, honestly": ("log(-1 - x**2)", "7", {}, {"undefined": "the logarithm of a negative number"}),
    "a kink": ("diff(max(z, 0)**2, z)", "where(z == 0, 1, 2*max(z, 0))", {}, SPLIT),
    "a derivative where its formula has no value": (
        "diff(z*sqrt(z**2), z)",
        "where(z == 0, 1, 2*abs(z))",
        {},
        {**SPLIT, "0": {"at": ["z", 0], "proof": {"undefined": "division by zero"}}},
    ),
    "a derivative of one side": ("diff(abs(z), z)", "1", {}, SPLIT),
    "a false sum of exponentials": ("exp(a)*exp(b)", "exp(a*b)", {}, ZERO),
    "sine for cosine": ("sin(2*x)", "2*cos(x)**2 - 1", {}, ZERO),
    "gamma without its factor": ("gamma(x + 1)", "gamma(x)", {"x": "positive"}, ZERO),
    "gamma beyond a pole": ("gamma(x + 1)/gamma(x)", "where(x == 0, 2, x)", {}, ZERO),
    "an inverse outside of its range": ("asin(sin(x))", "x", {}, ZERO),
    "the largest is the first": ("max(a, b)", "a", {}, ZERO),
    "a boundary that belongs to the other side": (
        "where(z >= 0, 1, 0)",
        "where(z > 0, 1, 0)",
        {},
        {**SPLIT, "0": {"empty": True}},
    ),
}


@pytest.mark.parametrize("name", FORGED)
def test_a_forged_proof_is_refused(name: str) -> None:
    """A false claim, or one about nothing, with a proof that looks like one."""
    with pytest.raises(CertificateError):
        check(*FORGED[name])


@pytest.mark.parametrize(
    "proof",
    [
        None,
        True,
        1,
        "zero",
        [],
        {},
        [ZERO],
        {"zero": False},
        {"zero": None},
        {"empty": "yes"},
        {"undefined": 1},
        {"zero": True, "more": 1},
        {"proof": ZERO},
        {"factors": 1, "proof": ZERO},
        {"factors": [1.5], "proof": ZERO},
        {"factors": []},
        {"split": "z"},
        {"split": None, "+": ZERO, "0": ZERO, "-": ZERO},
        {"split": ["evil", 1], "+": ZERO, "0": ZERO, "-": ZERO},
        {**SPLIT, "0": {"at": ["z"], "proof": ZERO}},
        {**SPLIT, "0": {"at": [0, 0], "proof": ZERO}},
        {**SPLIT, "0": {"at": "z0", "proof": ZERO}},
        {"cases": "y", "branches": []},
        {"cases": [1], "branches": []},
        {"cases": ["y"], "branches": [[]]},
        {"cases": ["y"], "branches": [[["x"], ZERO]]},
        {"cases": ["y"], "branches": [[[0], ZERO], [[1], ZERO]]},
        {"cases": ["y", "y"], "branches": [[["0", "0"], ZERO]]},
        {"cases": ["y"], "branches": [[["1/0"], ZERO]]},
    ],
)
def test_what_is_no_proof_is_refused(proof: Json) -> None:
    """Each as a `CertificateError`, never another exception; even for a true claim."""
    with pytest.raises(CertificateError):
        check("abs(z)*y", "where(z > 0, z, -z)*y", {"y": "{0, 1}"}, proof)


def test_the_proof_of_one_claim_is_not_that_of_another() -> None:
    """Every proof of a true claim, given for each of the others where the prover finds a witness, is refused."""
    claims = [(parse_formula(a), parse_formula(b), Domain.of(d)) for a, b, d in TRUE]
    proofs = [proof_of(*claim) for claim in claims]
    for n, (a, _, domain) in enumerate(claims):
        b = claims[(n + 1) % len(claims)][1]
        if prove_terms(a, b, domain).status == "refuted":
            for proof in proofs:
                with pytest.raises(CertificateError):
                    recheck(a, b, domain, proof)


#: true claims with a proof of some structure, and false ones that differ in one region, one case or one boundary only
NEAR: list[tuple[str, str, str, Described]] = [
    ("sqrt(z**2)", "abs(z)", "where(z < 0, -2*z, z)", {}),
    ("sqrt(z**2)", "abs(z)", "where(z == 0, 1, abs(z))", {}),
    ("max(a, b)", "(a + b + abs(a - b))/2", "where(a == b, a + 1, max(a, b))", {}),
    ("max(a, b)", "(a + b + abs(a - b))/2", "where(a < b, b + exp(a - b), a)", {}),
    ("(1 - 2*y)**2", "where(y == 0, 1, 1)", "where(y == 0, 1, 2)", {"y": "{0, 1}"}),
    (
        "y*softplus(-z) + (1 - y)*softplus(z)",
        "softplus((1 - 2*y)*z)",
        "softplus((1 - 2*y)*z) + y*z*(1 + y)",
        {"y": "{0, 1}"},
    ),
    ("sqrt(x**2 - 2*x + 1)", "abs(x - 1)", "abs(x - 1) + max(1 - x, 0)", {}),
    ("log(x**2 - 1)", "log(x - 1) + log(x + 1)", "log(x - 1) + log(x + 1) + max(x - 2, 0)", {}),
    ("diff(max(z, 0)**2, z)", "2*max(z, 0)", "where(z == 0, 1, 2*max(z, 0))", {}),
    (
        "diff(where(abs(r) <= d, r**2/2, d*abs(r) - d**2/2), r)",
        "min(max(r, -d), d)",
        "where(r == d, 0, min(max(r, -d), d))",
        {"d": "positive"},
    ),
    (
        "sum(u[k], k, 1, n-1)*2",
        "sum(2*u[k], k, 1, n-1)",
        "sum(2*u[k], k, 1, n-1) + where(n == 1, 1, 0)",
        {"n": "positive integer"},
    ),
]
WORDS = (
    "z",
    "a",
    "b",
    "x",
    "y",
    "+",
    "0",
    "-",
    "1",
    "zero",
    "empty",
    "undefined",
    "split",
    "at",
    "proof",
    "add",
    "mul",
    "log",
    "pow",
)


def places(value: Json, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """The places of all values in a proof."""
    yield path
    if isinstance(value, (dict, list)):
        for key, inner in value.items() if isinstance(value, dict) else enumerate(value):
            yield from places(inner, (*path, key))


def found(value: Json, path: tuple[Any, ...]) -> Json:
    """The value at a place."""
    for key in path:
        value = value[key]
    return value


@st.composite
def edits(draw: st.DrawFn, proof: Json) -> Json:
    """A proof with a few values replaced: by numbers, words, leaves, or other parts of the same proof."""
    out = copy.deepcopy(proof)
    for _ in range(draw(st.integers(1, 3))):
        everywhere = list(places(out))
        path = draw(st.sampled_from(everywhere))
        leaf = st.sampled_from([ZERO, {"empty": True}, {"undefined": "so"}, True, ["add", -1, "x"], ["log", "x"]])
        part = st.sampled_from(everywhere).map(lambda p, whole=out: copy.deepcopy(found(whole, p)))
        new = copy.deepcopy(draw(st.one_of(st.integers(-2, 2), st.sampled_from(WORDS), leaf, part)))
        if not path:
            out = new
        elif draw(st.booleans()) or isinstance(found(out, path[:-1]), list):
            found(out, path[:-1])[path[-1]] = new
        else:
            del found(out, path[:-1])[path[-1]]
    return out


@cache
def near_proof(a: str, b: str, described: tuple[tuple[str, str], ...]) -> Json:
    """The proof of a true claim, made once."""
    return proof_of(parse_formula(a), parse_formula(b), Domain.of(dict(described)))


@settings(max_examples=examples(300, 120), deadline=None)
@given(data=st.data())
def test_no_edit_of_a_proof_proves_a_false_claim(data: st.DataObject) -> None:
    """The false claim comes with an edited proof of the true one that is nearest to it."""
    a, b, wrong, described = data.draw(st.sampled_from(NEAR))
    domain = Domain.of(described)
    left, false = map(parse_formula, (a, wrong))
    forged = data.draw(edits(near_proof(a, b, tuple(described.items()))))
    with pytest.raises(CertificateError):
        recheck(left, false, domain, forged)


@pytest.mark.parametrize(("a", "b", "wrong", "described"), NEAR)
def test_a_near_miss_is_refused(a: str, b: str, wrong: str, described: Described) -> None:
    """The same with the proof as it is; and the claims are true and false indeed."""
    domain = Domain.of(described)
    left, right, false = map(parse_formula, (a, b, wrong))
    assert prove_terms(left, false, domain).status == "refuted"
    proof = proof_of(left, right, domain)
    recheck(left, right, domain, proof)
    with pytest.raises(CertificateError):
        recheck(left, false, domain, proof)


# -- random claims: whatever is confirmed has no witness against it

X, Y = sym("x"), sym("y")
HALF = num(1, 2)


def terms(depth: int = 2) -> st.SearchStrategy[Term]:
    """Small terms in two variables, with all that asks for signs."""
    base = st.sampled_from([X, Y, num(0), num(1), num(-2), HALF])
    if not depth:
        return base
    inner = terms(depth - 1)
    one = st.sampled_from(["exp", "log", "abs", "sign", "sigmoid", "softplus", "tanh", "logit", "sinh", "asinh"])
    return st.one_of(
        base,
        st.builds(make, one, inner),
        st.builds(make, st.sampled_from(["add", "mul", "max", "min", "xlogy"]), inner, inner),
        st.builds(power, inner, st.sampled_from([num(2), num(-1), HALF, num(3), X])),
        st.builds(lambda a, b, c: make("piecewise", a, make("le", b, num(0)), c, make("true")), inner, inner, inner),
        st.builds(lambda a: make("diff", a, X), inner),
    )


def plausible(u: Term, v: Term) -> list[tuple[Term, Term]]:
    """Identities, most of which hold only sometimes."""
    log = lambda t: make("log", t)  # noqa: E731
    return [
        (power(power(u, num(2)), HALF), u),
        (power(power(u, num(2)), HALF), make("abs", u)),
        (log(mul(u, v)), add(log(u), log(v))),
        (log(power(u, num(2))), mul(num(2), log(u))),
        (make("exp", log(u)), u),
        (log(make("exp", u)), u),
        (mul(u, power(u, num(-1))), num(1)),
        (make("max", u, v), mul(HALF, add(u, v, make("abs", sub(u, v))))),
        (make("max", u, v), u),
        (make("abs", mul(u, v)), mul(make("abs", u), make("abs", v))),
        (mul(u, make("sign", u)), make("abs", u)),
        (make("xlogy", u, u), mul(u, log(u))),
        (power(mul(u, v), HALF), mul(power(u, HALF), power(v, HALF))),
        (power(power(u, v), num(2)), power(u, mul(num(2), v))),
        (make("diff", mul(u, u), X), mul(num(2), u, make("diff", u, X))),
        (make("piecewise", u, make("lt", num(0), v), u, make("true")), u),
        (power(u, num(0)), num(1)),
        (make("asinh", u), log(add(u, power(add(num(1), power(u, num(2))), HALF)))),
    ]


@st.composite
def claims(draw: st.DrawFn) -> tuple[Term, Term, Domain, Json]:
    """A claim that may hold, and a proof that splits by one or two terms."""
    u, v = draw(terms()), draw(terms(1))
    a, b = draw(st.sampled_from(plausible(u, v)))
    context = draw(terms(1))
    proof: Json = draw(st.sampled_from([ZERO, {"undefined": "so"}, {"empty": True}]))
    for _ in range(draw(st.integers(0, 2))):
        on = draw(st.sampled_from(["x", "y", ["add", "x", ["mul", -1, "y"]], ["add", -1, "x"], ["log", "x"]]))
        middle = {"at": ["x", 0 if on == "x" else 1 if on == ["add", -1, "x"] else "y"], "proof": proof}
        proof = {"split": on, "+": proof, "0": draw(st.sampled_from([proof, middle])), "-": proof}
    domain = Domain.of(
        draw(st.sampled_from([{}, {"x": "positive"}, {"x": "[0, 1]"}, {"y": "nonzero"}, {"x": "{0, 1}"}]))
    )
    combine = draw(st.sampled_from(["add", "mul", "max"]))
    return make(combine, a, context), make(combine, b, context), domain, proof


@settings(max_examples=examples(150, 60), deadline=None)
@given(claim=claims())
def test_what_is_confirmed_has_no_witness_against_it(claim: tuple[Term, Term, Domain, Json]) -> None:
    """Balls know nothing of normal forms: where the checker says yes, they find no point that says no."""
    a, b, domain, proof = claim
    try:
        recheck(a, b, domain, proof)
    except CertificateError:
        return
    assert prove_terms(a, b, domain, budget=0.5).status != "refuted"


def real_index() -> tuple[Term, Term, Domain]:
    """Σᵢ δᵢₖ i = k for 0 ≤ k < n, which is false at k = 1/2; elsewhere k is the index of a sum."""
    i, k, n = sym("i"), sym("k"), sym("n")
    last = sub(n, num(1))
    inside = make("and", make("le", num(0), k), make("le", k, last))
    chosen = make("sum", mul(make("delta", i, k), i), i, num(0), last)
    other = make("sum", at("x", k), k, num(0), last)
    sides = (make("piecewise", value, inside, num(0), make("true")) for value in (chosen, k))
    a, b = (add(side, other) for side in sides)
    return a, b, Domain.of({"n": "positive integer"})


def half_indices() -> tuple[Term, Term, Domain]:
    """No index of 1/2, 3/2, … is the whole number j."""
    j, k, n = sym("j"), sym("k"), sym("n")
    a = make("sum", mul(make("delta", k, j), at("u", j)), k, num(1, 2), add(n, num(1, 2)))
    return a, at("u", j), Domain.of({"n": "positive integer", "j": "1..n"})


def entry_at_zero() -> tuple[Term, Term, Domain]:
    """d(x √x²)/dx is 0 at x = 0, though the rules give no value there."""
    x = at("x", num(0))
    a = make("diff", mul(x, power(power(x, num(2)), num(1, 2))), x)
    return a, make("piecewise", num(1), make("eq", x, num(0)), mul(num(2), make("abs", x)), make("true")), Domain()


@pytest.mark.parametrize("claim", [real_index, half_indices, entry_at_zero])
def test_neither_the_prover_nor_the_checker_is_taken_in(claim: Callable[[], tuple[Term, Term, Domain]]) -> None:
    """False claims for which laws that are nearly right would make a proof."""
    a, b, domain = claim()
    assert prove_terms(a, b, domain).status != "proved"
    at_zero: Json = {"split": ["at", "x", 0], "+": ZERO, "0": {"undefined": "no value"}, "-": ZERO}
    middle: Json = {"split": "k", "+": ZERO, "0": {"at": ["k", 0], "proof": ZERO}, "-": ZERO}
    for proof in (ZERO, at_zero, middle):
        with pytest.raises(CertificateError):
            recheck(a, b, domain, proof)


# -- limits


@pytest.mark.parametrize(
    ("a", "b"),
    [
        ("(-1)**k*(-1)**k", "1"),
        ("floor(x + 1)", "floor(x) + 1"),
        ("(x + y + z + 1)**150", "(x + y + z + 1)**150 + 1"),
        ("9**9**9", "9**9**9 + 1"),
        ("(((9**199)**199)**199)**199", "2"),
        ("x**(10**9) - 1 + log((x**(10**9) - 1)/(x - 1))", "1"),
        ("1/(1 + exp(x/10**9)) + 1/(1 + exp(x))", "1"),
        ("prod(u[k], k, 0, n-1)", "1"),
        ("sum(1, k, 0, 1/2)", "1"),
    ],
)
def test_what_is_too_large_or_not_known_is_refused(a: str, b: str) -> None:
    """In good time, and as a `CertificateError`."""
    with pytest.raises(CertificateError):
        check(a, b, {"k": "integer"}, ZERO)


def test_what_is_not_known_has_a_class_of_its_own() -> None:
    """A claim that may well be true is told from a proof that shows nothing."""
    with pytest.raises(NotRechecked, match="cannot re-check"):
        check("(-1)**(2*k)", "1", {"k": "integer"}, {"split": "k", "+": ZERO, "0": ZERO, "-": ZERO})
    with pytest.raises(CertificateError) as refused:
        check("x", "x + 1", {}, ZERO)
    assert not isinstance(refused.value, NotRechecked)


def test_deep_proofs_end() -> None:
    """A proof of many levels is an error, not a crash."""
    deep: Json = ZERO
    for _ in range(500):
        deep = {"factors": [], "proof": deep}
    with pytest.raises(CertificateError, match="not a proof"):
        check("x", "x", {}, deep)


def test_it_is_independent() -> None:
    """Neither the prover nor SymPy nor FLINT is loaded."""
    code = "import sys, derive.recheck; print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    loaded = {name.split(".")[0] for name in done.stdout.split()} | set(done.stdout.split())
    assert not {"sympy", "numpy", "flint", "derive.prove", "derive.rule", "derive.loss"} & loaded


def test_an_entry_stands_for_any_number() -> None:
    """Softmax over K classes, K a symbol: gradient proved; a wrong index refused."""
    c, k = sym("c"), sym("k")
    exp_z = make("exp", at("z", c))
    total = make("sum", exp_z, c, num(0), sub(sym("K"), num(1)))
    p = mul(make("exp", at("z", k)), power(total, num(-1)))
    domain = Domain.of({"K": "positive integer", "k": "0..K-1", "l": "0..K-1"})
    grad = make("diff", make("log", total), at("z", k))
    recheck(grad, p, domain, ZERO)
    wrong = mul(make("exp", at("z", sym("l"))), power(total, num(-1)))
    with pytest.raises(CertificateError):
        recheck(grad, wrong, domain, ZERO)


# -- signs

_SIGNS = {"p": "positive", "n": "nonnegative", "m": "positive integer"}


@pytest.mark.parametrize(
    ("text", "strict"),
    [
        ("x**2", False),
        ("p", True),
        ("n", False),
        ("1/p", True),
        ("sigmoid(x)*(1 - sigmoid(x))", True),
        ("sum(x[i]**2*sigmoid(x[i])*(1 - sigmoid(x[i])), i, 0, m - 1)/m", False),
        ("sum((sigmoid(x[i]) - 1/2)**2*x[i]**2, i, 0, m - 1)/m", False),
        ("(x - y)**2/n", False),
    ],
)
def test_a_sign_that_follows_from_the_form_is_confirmed(text: str, strict: bool) -> None:
    """Sums and products of squares and of functions of one sign."""
    recheck_sign(parse_formula(text), Domain.of(_SIGNS), strict=strict)


@pytest.mark.parametrize(
    ("text", "strict"),
    [
        ("x", False),
        ("x**2", True),
        ("n", True),
        ("exp(x) - 1", False),
        ("x**3", False),
        ("-x**2", False),
        ("x**2 - 1", False),
        ("x**2*y", False),
        ("sum(x[i]**3, i, 0, m - 1)", False),
        ("sum(x[i]**2, i, 0, m - 1)", True),
        ("sum(x[i]**2, i, 0, m - 1) - 1", False),
        ("-sum(x[i]**2, i, 0, m - 1)", False),
        ("sum(p, p, -m, 0)", False),  # the index hides the positive p
    ],
)
def test_a_sign_that_does_not_follow_is_refused(text: str, strict: bool) -> None:
    """What is false, or not to be seen from the form, is left to the prover."""
    with pytest.raises(CertificateError):
        recheck_sign(parse_formula(text), Domain.of(_SIGNS), strict=strict)
