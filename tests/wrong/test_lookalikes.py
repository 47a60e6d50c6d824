"""Two names that a reader cannot tell apart are an error, not a claim: what is shown would say something else."""

from __future__ import annotations

from typing import Any

import pytest

from derive import check
from derive.errors import DeriveError
from derive.render._lookalikes import look_alike

PAIRS = [
    ("\u03b8", "\u0473"),  # Greek theta, Cyrillic fita
    ("\u03b8", "\u04e9"),
    ("o", "\u03bf"),
    ("o", "\u043e"),
    ("\u03bf", "\u043e"),
    ("a", "\u0430"),
    ("x", "\u0445"),
    ("p", "\u0440"),
    ("y1", "\u04431"),
    ("max_x", "m\u0430x_\u0445"),
    ("A", "\u0391"),
    ("\u0393", "\u0413"),
]


@pytest.mark.parametrize(("one", "other"), PAIRS)
def test_letters_that_look_alike_are_named(one: str, other: str) -> None:
    """The error names both with the code points of what is not plain."""
    with pytest.raises(DeriveError, match="look alike") as told:
        check(loss=f"({one} - {other})**2", gradient=f"2*({one} - {other})", wrt=one)
    odd = [c for name in (one, other) for c in name if not c.isascii()]
    assert all(f"U+{ord(c):04X}" in str(told.value) for c in odd)
    assert "rename" in str(told.value)


EVERYWHERE: list[dict[str, Any]] = [
    {"loss": "(x-y)**2", "gradient": "2*(\u0445-y)", "domain": {"\u0445": "real"}},
    {"loss": "(x-y)**2", "gradient": "2*(x-y)", "where": {"\u0445": "x"}},
    {"loss": "(x-y)**2", "gradient": "2*(x-y)", "domain": {"\u0443": "real"}},
    {"loss": "(x-y)**2 + sum(\u0445**2, \u0445, 0, 3)", "gradient": "2*(x-y)"},
    {"loss": "(x-y)**2", "gradient": "2*(x-y)/\u0440 + 0*p", "reduction": "mean:\u0440", "domain": {"p": "real"}},
    {"loss": "(x-y)**2*\u0440[0]", "gradient": "2*(x-y)*p[0]", "domain": {"p": "real"}},
]


@pytest.mark.parametrize("claim", EVERYWHERE)
def test_wherever_the_names_stand(claim: dict[str, Any]) -> None:
    """In the gradient, as an index, in `where`, in the domain, as a count, as an array."""
    with pytest.raises(DeriveError, match="look alike"):
        check(wrt="x", **claim)


def test_other_letters_are_names_as_before() -> None:
    """Names may be in any script, and a and \u03b1, p and \u03c1, v and nu stand beside each other."""
    assert look_alike(["a", "\u03b1", "p", "\u03c1", "v", "nu", "theta", "\u03bb", "x", "X", "x1", "\u0436"]) is None
    assert check(loss="(\u043e - y)**2", gradient="2*(\u043e - y)", wrt="\u043e", dtypes=()).ok
