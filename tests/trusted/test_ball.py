"""Balls against a second library: the value of a term at a point, and what is undefined there."""

from __future__ import annotations

from fractions import Fraction

import mpmath
import pytest
from flint import fmpq
from hypothesis import given
from hypothesis import strategies as st

from derive.domain import Domain
from derive.prove.ball import Evaluator
from derive.prove.ball_functions import to_arb
from derive.prove.point import Point
from derive.prove.refute import precision
from derive.prove.signals import GaveUp, Undefined
from derive.terms.term import make, num, sym
from derive.terms.text import parse_formula

FUNCTIONS = {
    "exp": mpmath.exp, "expm1": mpmath.expm1, "log": mpmath.log, "log1p": mpmath.log1p, "abs": abs,
    "sign": mpmath.sign, "sin": mpmath.sin, "cos": mpmath.cos, "tan": mpmath.tan, "sinh": mpmath.sinh,
    "cosh": mpmath.cosh, "tanh": mpmath.tanh, "sech": mpmath.sech, "asin": mpmath.asin, "acos": mpmath.acos,
    "atan": mpmath.atan, "asinh": mpmath.asinh, "acosh": mpmath.acosh, "atanh": mpmath.atanh, "erf": mpmath.erf,
    "erfc": mpmath.erfc, "erfinv": mpmath.erfinv, "gamma": mpmath.gamma, "loggamma": mpmath.loggamma,
    "lambertw": lambda x: mpmath.lambertw(x).real, "floor": mpmath.floor, "normcdf": mpmath.ncdf,
    "normpdf": mpmath.npdf, "normppf": lambda p: mpmath.sqrt(2) * mpmath.erfinv(2 * p - 1),
    "sigmoid": lambda z: 1 / (1 + mpmath.exp(-z)), "logit": lambda p: mpmath.log(p / (1 - p)),
    "softplus": lambda z: mpmath.log(1 + mpmath.exp(z)), "logsigmoid": lambda z: -mpmath.log(1 + mpmath.exp(-z)),
    "heaviside": lambda x: (mpmath.sign(x) + 1) / 2,
}  # fmt: skip


def _value(head: str, x: Fraction) -> object:
    return Evaluator(Point({"x": x}, Domain())).go(make(head, sym("x")))


@given(st.sampled_from(sorted(FUNCTIONS)), st.fractions(min_value=-6, max_value=6, max_denominator=40))
def test_a_ball_contains_the_value(head: str, x: Fraction) -> None:
    """mpmath's value at 50 digits lies in the ball or next to it; where there is no ball, the value is not real."""
    with mpmath.workdps(50), precision(120):
        try:
            ball = to_arb(_value(head, x))
        except GaveUp:
            return
        except Undefined:
            assert _not_real(head, x)
            return
        true = mpmath.mpf(FUNCTIONS[head](mpmath.mpf(x.numerator) / x.denominator))
        middle = mpmath.mpf(ball.mid().str(45, radius=False))
        assert abs(true - middle) <= mpmath.mpf(10) ** -28 * (1 + abs(true))


def _not_real(head: str, x: Fraction) -> bool:
    value = mpmath.mpf(x.numerator) / x.denominator
    try:
        found = FUNCTIONS[head](value)
    except (ValueError, ZeroDivisionError):
        return True
    return isinstance(found, mpmath.mpc) or not mpmath.isfinite(found) or head in ("loggamma", "lambertw")


POWERS = [
    ("0**0", "1"),
    ("(-8)**(1/3)", None),
    ("(-2)**3", "-8"),
    ("0**(-1)", None),
    ("0**(1/2)", "0"),
    ("(-1)**k", "-1"),
    ("(-1)**x", None),
    ("xlogy(0, -5)", "0"),
    ("where(1 > 2, log(-1), 7)", "7"),
    ("Sum(k, (k, 1, 0))", "0"),
    ("Sum(k, (k, 1, 4))", "10"),
    ("Product(k, (k, 1, 4))", "24"),
    ("KroneckerDelta(2, 2) + KroneckerDelta(2, 3)", "1"),
]


@pytest.mark.parametrize(("text", "value"), POWERS)
def test_conventions(text: str, value: str | None) -> None:
    """Powers of zero and of negative numbers, empty sums, branches not taken: the meaning that docs/trust.md states."""
    point = Point({"x": Fraction(3), "k": Fraction(3)}, Domain.of({"k": "integer"}))
    t = parse_formula(text)
    if value is None:
        with pytest.raises(Undefined):
            Evaluator(point).go(t)
    else:
        assert Evaluator(point).go(t) == fmpq(int(value))


@given(st.integers(0, 3), st.fractions(min_value=Fraction(1, 10), max_value=9, max_denominator=20))
def test_polygamma(k: int, x: Fraction) -> None:
    """ψₖ for x > 0 through the zeta function, against mpmath."""
    t = make("polygamma", num(k), sym("x"))
    with mpmath.workdps(40), precision(120):
        ball = to_arb(Evaluator(Point({"x": x}, Domain())).go(t))
        true = mpmath.psi(k, mpmath.mpf(x.numerator) / x.denominator)
        assert abs(mpmath.mpf(ball.mid().str(35, radius=False)) - true) <= mpmath.mpf(10) ** -25 * (1 + abs(true))


def test_a_point_outside_its_domain_is_seen() -> None:
    """A witness must lie in the domain: ranges, index bounds and totals of groups are checked."""
    where = Domain.of({"y": "{0, 1}", "j": "0..n-1", "a, b": "simplex"})
    inside = {"y": Fraction(1), "j": Fraction(1), "n": Fraction(2), "a": Fraction(1, 3), "b": Fraction(2, 3)}
    assert Point(inside, where).inside()
    for name, value in {"y": "1/2", "j": "2", "n": "1", "a": "1/2"}.items():
        assert not Point({**inside, name: Fraction(value)}, where).inside()
