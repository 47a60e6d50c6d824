"""Forged proofs that lean on one check each: without it, the small checker would confirm something false."""

from __future__ import annotations

import pytest

from derive.certificate import Proved
from derive.domain import Domain
from derive.errors import CertificateError
from derive.prove import prove
from derive.recheck import Shown, recheck
from derive.terms.json import Json
from derive.terms.term import make, sym
from derive.terms.text import parse_formula

ZERO: Json = {"zero": True}
NOTHING: Json = {"undefined": "a side has no value"}


def check(a: str, b: str, described: dict[str, str], proof: Json) -> Shown:
    """Check a proof of a claim in text."""
    return recheck(parse_formula(a), parse_formula(b), Domain.of(described), proof)


def split(on: Json, negative: Json, zero: Json = ZERO, positive: Json = ZERO) -> Json:
    """Three regions."""
    return {"split": on, "+": positive, "0": zero, "-": negative}


FORGED: dict[str, tuple[str, str, dict[str, str], Json]] = {
    "no cases of a variable that has no finite set, in one region": (
        *("sqrt(z**2)", "z", {}),
        split("z", {"cases": ["z"], "branches": []}),
    ),
    "a whole number replaced by what is not whole, where a power then has no value": (
        *("where(k == 2*x + 17/3, (-1)**k, 0)", "0", {"k": "integer"}),
        split(
            ["add", "k", ["mul", -2, "x"], ["num", -17, 3]],
            ZERO,
            {"at": ["k", ["add", ["mul", 2, "x"], ["num", 17, 3]]], "proof": NOTHING},
        ),
    ),
    "an undefined region that is not": (*("abs(z)", "z", {}), split("z", NOTHING)),
    "an empty region that is not": (*("abs(z)", "z", {}), split("z", {"empty": True})),
    "the sign of zero": (*("sign(z)", "where(z >= 0, 1, -1)", {}), split("z", ZERO)),
    "a step at zero": (*("heaviside(z)", "where(z >= 0, 1, 0)", {}), split("z", ZERO)),
    "a square that is positive says nothing of a sign": (*("abs(z)", "z", {}), split(["pow", "z", 2], {"empty": True})),
    "one over a whole number is none": (
        *("sum(delta(i, j**(-1)), i, 0, n-1)", "where((0 <= j**(-1)) & (j**(-1) <= n - 1), 1, 0)"),
        {"j": "positive integer", "n": "positive integer"},
        split(["add", "n", -1, ["mul", -1, ["pow", "j", -1]]], ZERO),
    ),
    "the formula of a derivative where a choice of an entry ties": (
        *("diff(where(v[j] == 0, 0, v[j]), v[j])", "where(v[j] == 0, 0, 1)", {"n": "positive integer", "j": "0..n-1"}),
        split(["at", "v", "j"], ZERO),
    ),
    "two multiples of one sum": (
        *("x*sum(v[i], i, 0, n-1)", "y*sum(v[i], i, 0, n-1)", {"n": "positive integer"}),
        ZERO,
    ),
    "two powers of one sum": (
        *("sum(v[i], i, 0, n-1)**2", "sum(v[i]**2, i, 0, n-1)", {"n": "positive integer"}),
        ZERO,
    ),
    "a sum of whole numbers over another range": (
        *("sum(v[i], i, 0, n-1)", "sum(v[i], i, 0, m-1)", {"n": "positive integer", "m": "positive integer"}),
        ZERO,
    ),
    "the boundary alone": (*("abs(z)", "z + 1", {}), split("z", NOTHING, NOTHING, NOTHING)),
}


@pytest.mark.parametrize("name", FORGED)
def test_a_forged_proof_is_refused(name: str) -> None:
    """Each claim is false, and its proof holds but for one thing."""
    with pytest.raises(CertificateError):
        check(*FORGED[name])


CHOICES = [
    ("sign(z)", "0"),
    ("heaviside(z)", "0"),
    ("abs(z)", "sign(z)"),
    ("max(z, 0)", "heaviside(z)"),
    ("min(z, 0)", "heaviside(-z)"),
    ("where(z < 0, 1, 2)", "0"),
    ("where(z <= 0, 1, 2)", "0"),
    ("where(z == 0, 1, 2)", "0"),
    ("where(z != 0, 1, 2)", "0"),
    ("xlogy(z, 2) + abs(z)", "log(2) + sign(z)"),
]


@pytest.mark.parametrize(("f", "slope"), CHOICES)
def test_a_kink_is_seen_whatever_makes_it(f: str, slope: str) -> None:
    """There is no derivative at 0, and the checker says that a side is undefined there."""
    proof = split("z", ZERO, {"at": ["z", 0], "proof": NOTHING})
    assert check(f"diff({f}, z)", slope, {}, proof).undefined


def test_the_index_of_an_entry_is_no_name_of_the_claim() -> None:
    """The matrix of all `row` is not the matrix of the row numbers."""
    i, j, n = map(sym, "ijn")
    for name in ("row", "column"):
        all_equal = make("entries", sym(name), i, j, n, n)
        for other in (make("entries", i, i, j, n, n), make("entries", j, i, j, n, n)):
            for a, b in ((all_equal, other), (other, all_equal)):
                with pytest.raises(CertificateError):
                    recheck(a, b, Domain.of({"n": "positive integer"}), ZERO)


PARTIAL = ["sqrt(x)", "x**(-1/2)", "log(x)", "1/x", "logit(x)", "atanh(x)", "x**(1/3)", "erfinv(x)"]


@pytest.mark.parametrize("f", [*PARTIAL, "loggamma(x)", "x**(-2)"])
def test_a_function_that_drops_out_leaves_its_condition(f: str) -> None:
    """f + 1 − f is 1 where f has a value: the condition is found."""
    verdict = prove(f"{f} + 1 - {f}", "1")
    assert isinstance(verdict, Proved)
    assert check(f"{f} + 1 - {f}", "1", {}, verdict.proof).conditions
