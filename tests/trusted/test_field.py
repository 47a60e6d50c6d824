"""Exact arithmetic of fractions against SymPy, and signs that follow from what is known."""

from __future__ import annotations

import time
from fractions import Fraction

import pytest
import sympy as sp
from hypothesis import given, settings
from hypothesis import strategies as st

from derive.domain import Domain
from derive.prove import signs
from derive.prove.normal import Normal
from derive.prove.regions import LAW_MODULES
from derive.prove.registry import Registry, rational_gcd
from derive.prove.signals import GaveUp, Restart
from derive.terms.text import parse_formula
from tests.shared import examples

assert LAW_MODULES
X, Y = sp.symbols("x y")
SMALL = st.integers(-3, 3)


def _normal(domain: dict[str, str] | None = None) -> Normal:
    return Normal(Registry(slots=24), Domain.of(domain or {}), time.monotonic() + 10)


def _text(rows: list[tuple[int, int, int]]) -> str:
    return " + ".join(f"({c})*x**{a}*y**{b}" for c, a, b in rows) or "0"


POLYS = st.lists(st.tuples(SMALL, st.integers(0, 3), st.integers(0, 2)), max_size=4).map(_text)


@settings(max_examples=examples(60, 30), deadline=None)
@given(POLYS, POLYS, POLYS, POLYS)
def test_sums_products_and_quotients(a: str, b: str, c: str, d: str) -> None:
    """(a/(1+b²))·c − d/(1+b²) is zero for us exactly when it is for SymPy."""
    text = f"({a})/(1 + ({b})**2)*({c}) - ({d})/(1 + ({b})**2)"
    n = _normal()
    ours = n.field.is_zero(n.go(parse_formula(text)))
    assert ours == (sp.cancel(sp.sympify(text)) == 0)


@settings(max_examples=examples(60, 30), deadline=None)
@given(POLYS, POLYS)
def test_equal_fractions_have_equal_keys(a: str, b: str) -> None:
    """A key does not depend on how a fraction was computed."""
    n = _normal()
    one = n.go(parse_formula(f"(({a})*(x + 2))/((1 + y**2)*(x + 2)) + ({b})"))
    other = n.go(parse_formula(f"({b}) + ({a})/(1 + y**2)"))
    assert n.key(one) == n.key(other)
    assert n.field.is_zero(n.field.sub(n.value(n.key(one)), one))


def test_the_zero_polynomial_depends_on_nothing() -> None:
    """FLINT gives it the degree −1 in every variable."""
    n = _normal()
    assert n.free(n.go(parse_formula("x - x"))) == frozenset()


UNITS = st.fractions(min_value=Fraction(1, 30), max_value=20, max_denominator=30)


@given(UNITS, UNITS)
def test_the_common_unit(a: Fraction, b: Fraction) -> None:
    """Both numbers are whole multiples of their unit, and no larger number has that property."""
    unit = rational_gcd(a, b)
    ratios = (a / unit, b / unit)
    assert all(r.denominator == 1 for r in ratios)
    assert sp.gcd(ratios[0].numerator, ratios[1].numerator) == 1


SIGNS = [
    ("exp(x)", {}, signs.POSITIVE),
    ("x**2 + 1", {}, signs.POSITIVE),
    ("x**2", {}, signs.NONNEGATIVE),
    ("x", {"x": "positive"}, signs.POSITIVE),
    ("x", {"x": "nonnegative"}, signs.NONNEGATIVE),
    ("1 - p", {"p": "(0, 1)"}, signs.POSITIVE),
    ("1 - p", {"p": "[0, 1]"}, signs.NONNEGATIVE),
    ("p*(1 - p)", {"p": "(0, 1)"}, signs.POSITIVE),
    ("x - 1", {"x": "positive"}, signs.ANY),
    ("k - 1", {"k": "positive integer"}, signs.NONNEGATIVE),
    ("n - 1 - j", {"j": "0..n-1"}, signs.NONNEGATIVE),
    ("exp(x) - 1", {"x": "positive"}, signs.POSITIVE),
    ("exp(x) - exp(2*x)", {"x": "positive"}, signs.NEGATIVE),
    ("-x**2 - exp(y)", {}, signs.NEGATIVE),
    ("x*y", {"x": "positive", "y": "negative"}, signs.NEGATIVE),
    ("x + y", {"x": "positive", "y": "negative"}, signs.ANY),
]


@pytest.mark.parametrize(("text", "domain", "mask"), SIGNS)
def test_signs(text: str, domain: dict[str, str], mask: int) -> None:
    """What is known of a sign follows from ranges; what does not follow is not claimed."""
    n = _normal(domain)
    for _ in range(5):
        try:
            assert n.mask(n.go(parse_formula(text))) == mask
        except Restart:
            n = Normal(n.registry, n.domain, time.monotonic() + 10)
        else:
            return
    pytest.fail("too many restarts")


def test_a_contradiction_makes_a_region_empty() -> None:
    """x > 0 and x + 1 < 0 have no point in common."""
    n = _normal()
    n.assume(n.go(parse_formula("x")), signs.POSITIVE)
    assert n.feasible
    n.assume(n.go(parse_formula("x + 1")), signs.NEGATIVE)
    assert not n.feasible


@pytest.mark.parametrize("text", ["(x + y + 1)**500", "x**100000 + 1", "(x + 1)**(10**8)"])
def test_swell_ends_in_a_reason(text: str) -> None:
    """A polynomial that would be too large is not computed."""
    n = _normal()
    with pytest.raises(GaveUp):
        n.field.power(n.go(parse_formula(text)), 3)
