"""exp(u) - exp(v) has the sign of u - v: also of quotients, with the sign of what is divided by."""

from __future__ import annotations

import pytest

from derive.prove import prove

#: no quick look at a few points sees what is inside
GATE = "where(gate == 37/41, {}, 0)"

#: two formulas that look equal, the domain, what is overlooked
WRONG = [
    ("max(exp(x/a) - 1, 0)", "where(x > 0, exp(x/a) - 1, 0)", {"a": "nonzero"}, "a may be negative"),
    ("max(exp(x/a) - 1, 0)", "where(x > 0, exp(x/a) - 1, 0)", {}, "a may have any sign"),
    ("sign(exp(x/a) - 1)", "sign(x)", {}, "the sign of what is divided by"),
    ("sign(exp(x/a**3) - 1)", "sign(x)", {"a": "nonzero"}, "an odd power"),
    ("sign(exp(x/a**2) - 1)", "sign(x*a)", {"a": "nonzero"}, "an even power"),
    ("sign(exp(x/a) - exp(y/a))", "sign(x - y)", {"a": "nonzero"}, "the denominator of both"),
    ("sign(exp(x/a) - exp(y/b))", "sign(x - y)", {"a": "positive", "b": "positive"}, "two denominators"),
    ("sign(exp(x/a) - exp(y))", "sign(x - y)", {"a": "positive"}, "one denominator"),
    ("sign(exp(x/(a - b)) - 1)", "sign(x)", {"a": "positive", "b": "positive"}, "a difference of positive numbers"),
    ("sign(exp(c/x) - exp(d/x))", "sign(c - d)", {"x": "nonzero"}, "the variable is below"),
    ("sign(exp(x/(1 - r**2)) - 1)", "sign(x)", {}, "positive between -1 and 1 only"),
    ("sign(2*exp(x/a) - 1)", "sign(x)", {"a": "positive"}, "a factor"),
    ("where(a == 0, 1, max(exp(x/a) - 1, 0))", "where(a == 0, 0, where(x*a > 0, exp(x/a) - 1, 0))", {}, "at a = 0"),
    ("where(x == 0, 7, sign(exp(x/a) - 1))", "where(x == 0, 0, sign(x*a))", {"a": "nonzero"}, "at x = 0"),
    ("where(a*x == 0, 5, sign(exp(x/a) - 1))", "where(a == 0, 5, sign(x*a))", {}, "at x = 0 where a is not 0"),
    ("where(a == 0, x, sign(exp(x/a**2) - 1))", "where(a == 0, sign(x), sign(x))", {}, "where nothing is divided"),
]

RIGHT = [
    ("max(exp(x/a) - 1, 0)", "where(x > 0, exp(x/a) - 1, 0)", {"a": "positive"}),
    ("max(exp(x/a) - 1, 0)", "where(x*a > 0, exp(x/a) - 1, 0)", {}),
    ("max(exp(x/a) - 1, 0)", "where(x/a > 0, exp(x/a) - 1, 0)", {"a": "nonzero"}),
    ("sign(exp((x - m)/s) - 1)", "sign(x - m)", {"s": "positive"}),
    ("sign(exp((x - m)/s) - 1)", "sign(m - x)", {"s": "[-3, -1]"}),
    ("sign(exp((x - m)/exp(s)) - 1)", "sign(x - m)", {}),
    ("sign(exp(x/(a + b)) - 1)", "sign(x)", {"a": "positive", "b": "positive"}),
    ("sign(exp(x/a**2) - 1)", "sign(x)", {"a": "nonzero"}),
    ("sign(exp(c/x) - exp(d/x))", "sign(c - d)*sign(x)", {"x": "nonzero"}),
    ("where(a == 0, 1, max(exp(x/a) - 1, 0))", "where(a == 0, 1, where(x*a > 0, exp(x/a) - 1, 0))", {}),
    ("diff(max(0, x) + min(0, a*(exp(x/a) - 1)), x)", "where(x > 0, 1, exp(x/a))", {"a": "[3/10, 3]"}),
]


@pytest.mark.parametrize(("a", "b", "domain", "why"), WRONG, ids=[row[3] for row in WRONG])
def test_a_denominator_has_a_sign(a: str, b: str, domain: dict[str, str], why: str) -> None:
    """A point refutes it, and where no point is found there is no proof."""
    assert prove(a, b, domain).status == "refuted"
    assert prove(GATE.format(a), GATE.format(b), domain).status != "proved"


@pytest.mark.parametrize(("a", "b", "domain"), RIGHT, ids=[f"{a} = {b}" for a, b, _ in RIGHT])
def test_the_sign_of_a_quotient_decides(a: str, b: str, domain: dict[str, str]) -> None:
    """Of what is right, by a proof."""
    assert prove(GATE.format(a), GATE.format(b), domain).status == "proved"
