"""The stages of reading code: numbers, decisions, rows, parameters, replacements; each on its own."""

from __future__ import annotations

import functools
import math
import sys
from fractions import Fraction
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from derive.domain import Domain
from derive.errors import DeriveError
from derive.terms.term import Term, add, make, mul, num, power, sym
from derive.terms.text import parse_formula
from derive.terms.unparse import unparse
from derive.tracing import (
    arithmetic,
    calling,
    cells,
    constants,
    context,
    entries,
    functions,
    indexing,
    methods,
    parameters,
    patches,
    reductions,
    sources,
    types,
)
from derive.tracing.paths import Decisions, Leaf, choice, explore, joined
from derive.tracing.rows import Traced, at_count, general, uses_count
from derive.tracing.shifts import unshifted
from derive.tracing.stand_in import StandIn, lift
from derive.tracing.unreadable import Unreadable

Z, Y = sym("z"), sym("y")


# -- numbers


@given(st.decimals(min_value=-1000, max_value=1000, places=4))
def test_a_short_decimal_is_what_is_written(value: Any) -> None:
    """The double that Python makes of 0.1 is read as 1/10."""
    assert constants.read(float(value)) == num(Fraction(value))


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (math.pi, "pi"),
        (math.sqrt(2), "sqrt(2)"),
        (math.log(2), "log(2)"),
        (1 / math.sqrt(2 * math.pi), "(2*pi)**(-1/2)"),
        (np.sqrt(2 / np.pi), None),
        (1 / 3, "1/3"),
        (1 - 0.9, "1/10"),
        (4.685**2 / 6, "877969/240000"),
        (0.9999999999999999, "9999999999999999/10000000000000000"),
        (0.123456789012345678, "0.12345678901234568"),
        (sys.float_info.max, None),
        (sys.float_info.min, None),
    ],
)
def test_the_double_of_a_known_number_is_that_number(value: float, text: str | None) -> None:
    """Where it is one; a long decimal that is none stays what it is. Each reading has the value of the double."""
    read = constants.read(float(value))
    if text is not None:
        assert unparse(read) == unparse(parse_formula(text))


def test_what_is_no_number_is_refused() -> None:
    """Infinity and None are no numbers of formulas."""
    with pytest.raises(Unreadable, match="inf"):
        constants.read(math.inf)
    with pytest.raises(Unreadable, match="NoneType"):
        cells.cell_of(None, None)


# -- decisions


def test_each_path_is_gone_once() -> None:
    """Two conditions, of which the second depends on the first: three paths, joined to one formula."""
    domain = Domain.of({})

    def call(decisions: Decisions) -> tuple[Term | None, str]:
        if decisions.holds(make("lt", Z, num(0))):
            return num(1), ""
        if decisions.holds(make("not", make("lt", num(3), Z))):
            return num(2), ""
        return num(3), ""

    leaves = explore(domain, call)
    assert len(leaves) == 3
    formula = joined(leaves, lambda t: t)
    assert formula is not None
    assert unparse(formula) == "Piecewise((1, z < 0), (3, 3 < z), (2, True))"


def test_what_follows_is_not_decided_again() -> None:
    """After z < y, neither y < z nor z = y is open; after y = 0, y = 1 is not; labels have few values."""
    decisions = Decisions(Domain.of({"k": "{0, 1}"}))
    assert decisions.holds(make("lt", Z, Y))
    for condition in (make("lt", Y, Z), make("eq", Z, Y), make("le", Y, Z)):
        assert not decisions.holds(condition)
    assert decisions.holds(make("ne", Y, Z))
    first = decisions.value(sym("k"))
    assert decisions.value(add(sym("k"), num(1))) == (first or 0) + 1
    assert len(decisions.made) == 2
    assert decisions.value(Z) is None


def test_too_many_paths_are_an_error() -> None:
    """64 are followed, and no more."""
    domain = Domain.of({})

    def call(decisions: Decisions) -> tuple[Term | None, str]:
        return num(sum(decisions.holds(make("lt", sym(f"z{i}"), num(0))) for i in range(7))), ""

    with pytest.raises(Unreadable, match="more than 64 paths"):
        explore(domain, call)


def test_a_path_that_raises_has_no_value() -> None:
    """There the formula has none either; a formula is not made up."""
    condition = make("lt", Z, num(0))
    leaves = [Leaf(((condition, True),), None, "ValueError"), Leaf(((condition, False),), num(2))]
    formula = joined(leaves, lambda t: t)
    assert formula == make("piecewise", num(2), make("not", condition))
    assert choice(condition, None, None) is None


# -- rows


@pytest.mark.parametrize("text", ["2*m*z", "z/m", "z*(m - 1)", "3*z/(m - 1)", "z*m**2", "z/m**2", "z + (m + 3)"])
def test_a_formula_of_two_counts_is_one_of_m(text: str) -> None:
    """Numbers that change with the number of rows are m, 1/m, m − 1, m² …: right for a third number too."""
    five, seven, eleven = (at_count(parse_formula(text), n) for n in (5, 7, 11))
    found = general(five, seven, (5, 7))
    assert found is not None
    assert uses_count(found)
    assert at_count(found, 11) == eleven


def test_other_formulas_have_no_count() -> None:
    """Numbers that follow no such law, other symbols, other shapes."""
    assert general(num(5), num(11), (5, 7)) is None
    assert general(Z, Y, (5, 7)) is None
    assert general(mul(num(2), Z), power(Z, num(2)), (5, 7)) is None


def test_rows_share_a_formula_or_not() -> None:
    """The same formula of the own row; another formula, or another row's symbol, is none."""
    own = [{"z1": "z"}, {"z2": "z"}]
    assert Traced(2, [add(sym("z1"), num(1)), add(sym("z2"), num(1))], own).common() == add(Z, num(1))
    assert Traced(2, [sym("z1"), num(1)], own).common() is None
    assert Traced(2, [sym("z1"), sym("z1")], own).common() is None


def test_only_what_does_not_matter_is_left_out() -> None:
    """The maximum in softmax cancels; one that does not stays."""
    softmax = parse_formula("exp(a - max(a, b))/(exp(a - max(a, b)) + exp(b - max(a, b)))")
    assert unshifted(softmax, Domain.of({})) == parse_formula("exp(a)/(exp(a) + exp(b))")
    for text in ("exp(a - max(a, b))", "max(a, b)", "exp(a - max(a, b)) + max(a, 0)"):
        assert unshifted(parse_formula(text), Domain.of({})) == parse_formula(text)


# -- code


RATE = 0.5


def helper(z: Any) -> Any:
    return z * RATE


def with_default(z: Any, y: Any, delta: float = 2.0, *, power: int = 3) -> Any:
    return helper(z) ** power - delta * y


class Holder:
    """Parameters in attributes."""

    def __init__(self) -> None:
        self.gamma = 1.5

    def __call__(self, z: Any, y: Any) -> Any:
        return self.gamma * z

    def method(self, z: Any, y: Any) -> Any:
        """The same."""
        return self.gamma * z


def test_parameters_are_found_wherever_they_are() -> None:
    """Defaults, globals of helpers, attributes, keywords of a partial."""
    assert parameters.numbers_of(with_default) == {"delta": 2.0, "power": 3, "RATE": 0.5}
    assert parameters.numbers_of(Holder()) == {"gamma": 1.5}
    assert parameters.numbers_of(Holder().method) == {"gamma": 1.5}
    assert parameters.numbers_of(functools.partial(with_default, delta=4))["delta"] in (2.0, 4)


def test_parameters_are_put_back_whatever_happens() -> None:
    """Within they are symbols; after an error they are numbers again."""

    def fail() -> None:
        with parameters.as_symbols(with_default, ("RATE", "delta", "power")):
            assert isinstance(RATE, StandIn)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    assert (RATE, with_default.__defaults__, with_default.__kwdefaults__) == (0.5, (2.0,), {"power": 3})
    with pytest.raises(DeriveError, match="no 'alpha'"), parameters.as_symbols(Holder(), ("alpha",)):
        pass


def test_replacements_are_undone_and_are_not_for_libraries() -> None:
    """Names that were imported are replaced too; outside of a call a replacement is what it replaces."""
    names: dict[str, Any] = {"zeros": np.zeros, "exp": math.exp, "other": 3}
    original = (np.zeros, math.exp)
    with patches.replaced([names]):
        assert names["zeros"] is not original[0]
        assert type(names["zeros"](2)) is np.ndarray  # this thread is not in a call
        assert names["exp"](0.0) == 1.0
    assert (names["zeros"], names["exp"], names["other"]) == (*original, 3)
    assert (np.zeros, math.exp) == original


def test_where_code_stands() -> None:
    """The file and the line of a function, a method, an object, a partial; nothing of what is built in."""
    line = with_default.__code__.co_firstlineno
    assert sources.line_of(with_default) == sources.line_of(functools.partial(with_default)) == line
    assert sources.file_of(Holder()) == __file__
    assert sources.line_of(Holder) > line
    assert (sources.file_of(len), sources.line_of(len)) == ("", 0)
    assert sys.modules[__name__].__dict__ in sources.namespaces(with_default)


def test_outside_of_a_call_nothing_is_noted() -> None:
    """A stand-in can be looked at outside of a call; the pieces fit together."""
    x = lift([1, 2.5])
    assert (x.shape, len(x), context.active()) == ((2,), 2, None)
    assert methods.METHODS["sum"](x).term() == num(7, 2)
    assert reductions.dot(x, x, x).term() == num(29, 4)
    assert entries.cells_of(x) is x.cells
    assert indexing.concrete((1, slice(2))) == (1, slice(2))
    assert types.is_whole(num(3))
    assert not types.is_whole(num(1, 2))
    assert arithmetic.known("exp")
    assert not arithmetic.known("sum")
    assert functions.filled(x, 2, 0).shape == (2,)
    assert calling.Tried is not None
