"""Infinite thresholds in code: what NumPy computes from them, and what is not read."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from scipy import special, stats

from derive.objective import check_objective
from derive.terms.term import Term, make, num, sym
from derive.tracing.infinity import _COMPARED, _ENDS, INFINITE, beyond
from derive.tracing.unreadable import Unreadable

SIGMOID = {"sigmoid": special.expit, "logistic": special.expit, "normcdf": stats.norm.cdf, "normpdf": stats.norm.pdf}
POINTS = (-3.5, -1.0, 0.0, 0.25, 7.0)
BINARY = ("add", "subtract", "multiply", "divide", "maximum", "minimum", *_COMPARED)
ORDINAL = "-log(where(y == 0, sigmoid(-1 - z), where(y == 1, sigmoid(1 - z) - sigmoid(-1 - z), 1 - sigmoid(1 - z))))"
CLASSES = {"y": "{0, 1, 2}"}


def number(t: Term, finite: float) -> float:
    """What a result stands for, with a number in the place of the symbol."""
    if t in INFINITE:
        return float("inf") if t == INFINITE[1] else -float("inf")
    return {"true": 1.0, "false": 0.0, "sym": finite}[t.head] if t.head != "num" else float(t.value)


@pytest.mark.parametrize("name", _ENDS)
def test_one_argument_is_as_numpy_has_it(name: str) -> None:
    """The value at both ends, or none."""
    code = SIGMOID.get(name) or getattr(np, name, None) or getattr(special, name, None) or np.abs
    for end, at in zip(INFINITE, (-np.inf, np.inf), strict=True):
        with np.errstate(all="ignore"):
            wanted = float(code(at))
        if np.isnan(wanted):
            with pytest.raises(Unreadable, match="of an infinite number"):
                beyond(name, [end])
        else:
            assert number(beyond(name, [end]), 0.0) == wanted


@pytest.mark.parametrize("name", BINARY)
def test_two_arguments_are_as_numpy_has_them(name: str) -> None:
    """With any real number beside it, and with both infinite: where NumPy has one result, or else nothing is read."""
    code = getattr(np, name)
    for turned in (False, True):
        for end, at in zip(INFINITE, (-np.inf, np.inf), strict=True):
            for other, values in [(sym("x"), POINTS), *((num(int(v)), (v,)) for v in (-1.0, 0.0, 7.0))]:
                args = [other, end] if turned else [end, other]
                with np.errstate(all="ignore"):
                    wanted = [float(code(v, at) if turned else code(at, v)) for v in values]
                try:
                    found = beyond(name, args)
                except Unreadable:
                    assert name in ("multiply", "divide")
                    assert len(set(wanted)) > 1 or np.isnan(wanted[0]) or other == num(0)
                    continue
                assert [number(found, v) for v in values] == wanted


def test_what_has_no_value_is_not_read() -> None:
    """∞ − ∞, ∞/∞, and functions of which nothing is said."""
    low, high = INFINITE
    for name, args in [("add", [low, high]), ("divide", [high, high]), ("subtract", [high, high]), ("sin", [low])]:
        with pytest.raises(Unreadable, match="of an infinite number"):
            beyond(name, args)
    assert beyond("clip", [sym("x"), low, num(5)]) == make("min", sym("x"), num(5))
    assert beyond("add", [high, high]) == high


def ordinal(y_true: Any, y_pred: Any) -> Any:
    """Thresholds in a table whose ends are infinite."""
    bounds = np.concatenate([[-np.inf], [-1.0, 1.0], [np.inf]])
    label = y_true.astype(int)
    above, below = (special.expit(bounds[label + k] - y_pred) for k in (1, 0))
    slope = above * (1 - above) - below * (1 - below)
    return slope / (above - below)


def ordinal_shifted(y_true: Any, y_pred: Any) -> Any:
    """One threshold is another one."""
    bounds = np.array([-np.inf, -1.0, 2.0, np.inf])
    label = y_true.astype(int)
    above, below = (special.expit(bounds[label + k] - y_pred) for k in (1, 0))
    return (above * (1 - above) - below * (1 - below)) / (above - below)


def test_ordered_classes_with_infinite_ends() -> None:
    """The gradient is read for each class, and proved; a wrong threshold and a wrong sign are refuted."""
    right = check_objective(ordinal, ORDINAL, domain=CLASSES, dtypes=())
    assert right.gradient is not None
    assert right.source is not None
    assert (right.gradient.status, right.source.how) == ("proved", "read")
    for code in (ordinal_shifted, lambda y_true, y_pred: -ordinal(y_true, y_pred)):
        assert check_objective(code, ORDINAL, domain=CLASSES, dtypes=(), budget=0.5).status == "refuted"


def test_a_formula_that_keeps_an_infinite_number_is_not_read() -> None:
    """Hidden in a choice, or given back as it is."""

    def hidden(z: Any, y: Any) -> Any:
        return np.where(y > 0, z, np.inf) - y

    def bare(z: Any, y: Any) -> Any:
        return np.full_like(z, np.inf) + 0 * y

    for code in (hidden, bare):
        report = check_objective(code, "z**2/2 - y*z", dtypes=())
        assert report.source is not None
        assert report.status != "proved"
        assert report.source.how == "probed"
