"""Forged proofs that lean on one check each: without it, the small checker would confirm something false."""

from __future__ import annotations

import pytest

from derive.domain import Domain
from derive.errors import CertificateError
from derive.recheck import Shown, recheck
from derive.terms.json import Json
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
