"""The shortest way to write a summand: always equal, and the shortest of what was tried."""

from __future__ import annotations

from typing import Any

import pytest
import sympy as sp
from hypothesis import given, settings
from hypothesis import strategies as st

from derive import symbols as s
from derive.functions import sigmoid
from derive.rules.collect import cancelled, shortest
from derive.writing import product, reciprocal, total
from tests.shared import examples

H, Y, X = sigmoid(s.raw_prediction(s.i)), s.y_vector[s.i, 0], s.X[s.i, s.j]
NOT_H = total(1, product(-1, H))
ATOMS = [H, Y, X, NOT_H, reciprocal(H), sp.Pow(H, s.p, evaluate=False), sp.Pow(H, 1 - s.p, evaluate=False), s.alpha]
VALUES = {H: sp.Rational(2, 7), Y: sp.Rational(3, 5), X: sp.Rational(-4, 3), s.p: 3, s.alpha: sp.Rational(5, 2)}


@settings(max_examples=examples(60, 30), deadline=None)
@given(terms=st.lists(st.lists(st.sampled_from(ATOMS), min_size=1, max_size=4), min_size=1, max_size=3))
def test_what_is_written_shorter_is_equal(terms: list[list[Any]]) -> None:
    """Both ways keep the value, also with symbolic exponents."""
    expr = total(*(product(*factors) for factors in terms))
    for how in (shortest, cancelled):
        assert sp.simplify(how(expr).xreplace(VALUES) - expr.xreplace(VALUES)) == 0


@pytest.mark.parametrize(
    ("expr", "short"),
    [
        (product(H, sp.Pow(H, 1 - s.p, evaluate=False)), "h**(2 - p)"),
        (product(sp.sinh(s.z, evaluate=False), reciprocal(sp.cosh(s.z))), "tanh(z)"),
        (total(product(Y, H), product(Y, s.alpha)), "(h + alpha)*y"),
        (
            sp.Piecewise((product(-1, Y, X), s.z < 1), (0, True), evaluate=False),
            "y*x*Piecewise((-1, z < 1), (0, True))",
        ),
    ],
    ids=str,
)
def test_what_is_found(expr: Any, short: str) -> None:
    """Equal bases meet, sinh/cosh is tanh, common factors come in front, also of a choice."""
    found = shortest(expr).xreplace({H: s.h, Y: s.y, X: sp.Symbol("x")})
    names = {"h": s.h, "y": s.y, "x": sp.Symbol("x"), "z": s.z, "p": s.p, "alpha": s.alpha}
    assert sp.srepr(found.doit()) == sp.srepr(sp.parsing.sympy_parser.parse_expr(short, names))
