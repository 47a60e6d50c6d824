"""What is said of a refuted equality is proved, and is what a person would say."""

from __future__ import annotations

import pytest

from derive.errors import DeriveError
from derive.explain import explain
from derive.prove import prove

CASES = [
    ("y - sigmoid(z)", "sigmoid(z) - y", {}, ["the left side is minus the right side"]),
    ("2*p*(1-p)", "p*(1-p)", {}, ["the left side is 2 times the right side"]),
    ("z + 3", "z + 1/2", {}, ["the left side is the right side plus 5/2"]),
    ("where(z>0, z, 0)", "where(z>0, z, 1)", {}, ["the two sides are equal where z > 0"]),
    ("sign(z)", "where(z>=0, 1, -1)", {}, ["the two sides are equal wherever z is not 0"]),
    ("sigmoid(z)", "y*sigmoid(z)", {"y": "{0, 1}"}, ["the two sides are equal where y = 1"]),
    ("x", "x**2", {}, []),
    ("exp(z)", "exp(z)*(1 + 1e-9)", {}, []),
]


@pytest.mark.parametrize(("a", "b", "domain", "says"), CASES)
def test_the_difference_is_named(a: str, b: str, domain: dict[str, str], says: list[str]) -> None:
    """Sign, factor, constant and region are told apart; where none is proved, nothing is said."""
    found = explain(prove(a, b, domain))
    assert [e.says for e in found] == says
    assert all(e.verdict.status == "proved" for e in found)


def test_only_a_refutation_can_be_explained() -> None:
    """There is nothing to explain about a proved equality, and that is said."""
    with pytest.raises(DeriveError, match="proved"):
        explain(prove("z", "z"))
