"""The derivatives of the links, against SymPy's own `diff`."""

from __future__ import annotations

from typing import Any

import pytest
import sympy as sp

from derive import symbols as s
from derive.functions import sigmoid
from derive.rules.links import SLOPES, raw_of, slope

Z = s.raw_prediction(s.i)


def plain(e: Any) -> Any:
    """In exp and erf alone."""
    return e.rewrite(sp.erf).rewrite(sp.exp)


@pytest.mark.parametrize("link", SLOPES, ids=str)
def test_slopes_are_derivatives(link: Any) -> None:
    """h′(z), written in h and z, has the values of SymPy's derivative of h."""
    for at in (sp.Rational(1, 3), sp.Rational(7, 5)):
        wanted = plain(link).diff(s.z).subs(s.z, at).evalf(30)
        assert plain(slope(link)).subs(s.z, at).evalf(30) == pytest.approx(wanted, rel=1e-25)


@pytest.mark.parametrize("link", SLOPES, ids=str)
def test_a_prediction_is_recognised(link: Any) -> None:
    """h(zᵢ) is a prediction, h of something else and zᵢ itself are none."""
    assert raw_of(link.xreplace({s.z: Z})) == Z
    assert raw_of(link) is None
    assert raw_of(Z) is None


def test_other_functions_are_no_links() -> None:
    """Only what is in the table has a slope here."""
    assert slope(sp.sin(s.z)) is None
    assert raw_of(sp.tanh(Z)) is None
    assert raw_of(sigmoid(Z + 1)) is None
