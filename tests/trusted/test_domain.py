"""Ranges: what a text means, which values it holds, what is known of their sign, and what is refused."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import numpy as np
import pytest
import sympy as sp
from hypothesis import given, settings
from hypothesis import strategies as st

from derive.domain import REAL, Domain, Range, parse_range
from derive.errors import DomainError, TermError
from derive.prove import prove
from derive.ranges import intersect
from derive.terms.term import add, num, sym

_INSIDE = [Fraction(v) for v in ("-3", "-2", "-3/2", "-1", "-1/2", "0", "1/2", "1", "3/2", "2", "3")]

#: text -> how it is written back, its sign, the values of _INSIDE that it holds, whether all are whole
READ: dict[str, tuple[str, str, str, bool]] = {
    "real": ("real", "?", "-3 -2 -3/2 -1 -1/2 0 1/2 1 3/2 2 3", False),
    "positive": ("(0, oo)", "+", "1/2 1 3/2 2 3", False),
    "nonnegative": ("[0, oo)", ">=", "0 1/2 1 3/2 2 3", False),
    "negative": ("(-oo, 0)", "-", "-3 -2 -3/2 -1 -1/2", False),
    "nonpositive": ("(-oo, 0]", "<=", "-3 -2 -3/2 -1 -1/2 0", False),
    "nonzero": ("nonzero", "!=", "-3 -2 -3/2 -1 -1/2 1/2 1 3/2 2 3", False),
    "integer": ("integer", "?", "-3 -2 -1 0 1 2 3", True),
    "nonzero integer": ("nonzero integer", "!=", "-3 -2 -1 1 2 3", True),
    "positive integer": ("integer (0, oo)", "+", "1 2 3", True),
    "nonnegative nonzero": ("nonzero [0, oo)", "+", "1/2 1 3/2 2 3", False),
    "nonpositive nonzero": ("nonzero (-oo, 0]", "-", "-3 -2 -3/2 -1 -1/2", False),
    "[0, 1]": ("[0, 1]", ">=", "0 1/2 1", False),
    "(0, 1)": ("(0, 1)", "+", "1/2", False),
    "(0, 1]": ("(0, 1]", "+", "1/2 1", False),
    "[-1, 0)": ("[-1, 0)", "-", "-1 -1/2", False),
    "[-1, 0]": ("[-1, 0]", "<=", "-1 -1/2 0", False),
    "(-1, 1)": ("(-1, 1)", "?", "-1/2 0 1/2", False),
    "nonzero (-1, 1)": ("nonzero (-1, 1)", "!=", "-1/2 1/2", False),
    "[1, 2]": ("[1, 2]", "+", "1 3/2 2", False),
    "[-2, -1)": ("[-2, -1)", "-", "-2 -3/2", False),
    "(-oo, 1]": ("(-oo, 1]", "?", "-3 -2 -3/2 -1 -1/2 0 1/2 1", False),
    "[-oo, inf]": ("real", "?", "-3 -2 -3/2 -1 -1/2 0 1/2 1 3/2 2 3", False),
    "[0.5, 1e0]": ("[1/2, 1]", "+", "1/2 1", False),
    "[-1, oo) (-2, 1]": ("[-1, 1]", "?", "-1 -1/2 0 1/2 1", False),
    "[-1, 1], (-1, 2)": ("(-1, 1]", "?", "-1/2 0 1/2 1", False),
    "[0, 1) & [-1, 1]": ("[0, 1)", ">=", "0 1/2", False),
    "integer [0, 2]": ("integer [0, 2]", ">=", "0 1 2", True),
    "[1, 1]": ("{1}", "+", "1", True),
    "integer [1, 1]": ("{1}", "+", "1", True),
    "[0, 0]": ("{0}", "0", "0", True),
    "[1/2, 1/2]": ("{1/2}", "+", "1/2", False),
    "0..0": ("0..0", ">=", "0", True),
    "2..5-3": ("2..2", "+", "2", True),
    "{1, -1}": ("{-1, 1}", "!=", "-1 1", True),
    "{0, 1, 1}": ("{0, 1}", ">=", "0 1", True),
    "{-1, 0}": ("{-1, 0}", "<=", "-1 0", True),
    "{1/2, 2}": ("{1/2, 2}", "+", "1/2 2", False),
    "{-1/2}": ("{-1/2}", "-", "-1/2", False),
    "{-1, 0, 1}": ("{-1, 0, 1}", "?", "-1 0 1", True),
    "0..n-1": ("0..n-1", ">=", "0 1 2 3", True),
    "1..n": ("1..n", "+", "1 2 3", True),
    "0..2": ("0..2", ">=", "0 1 2", True),
    "1..4-2": ("1..2", "+", "1 2", True),
    "0..m+3": ("0..m+3", ">=", "0 1 2 3", True),
    "one-hot(K)": ("one-hot(K)", ">=", "0 1", True),
    "simplex(3)": ("simplex(3)", ">=", "0 1/2 1", False),
    " simplex ( K ) ": ("simplex(K)", ">=", "0 1/2 1", False),
}


@pytest.mark.parametrize("text", READ)
def test_what_a_text_means(text: str) -> None:
    """Its values, their sign, whether they are whole; written back it means the same."""
    r = parse_range(text)
    written, sign, values, whole = READ[text]
    assert (str(r), r.sign, r.whole) == (written, sign, whole)
    assert " ".join(str(v) for v in _INSIDE if v in r) == values
    assert parse_range(str(r)) == r


REFUSED = {
    "": "an empty domain",
    "  ": "an empty domain",
    "reel": "cannot read the domain",
    "real positiv": "cannot read the domain",
    "[0, 1": "cannot read the domain",
    "{0, 1": "cannot read the domain",
    "0, 1}": "cannot read the domain",
    "[1, 0]": "is empty",
    "(0, 0]": "is empty",
    "[0, 0)": "is empty",
    "nonzero [0, 0]": "is empty",
    "positive negative": "is empty",
    "{}": "is empty",
    "{ , }": "is empty",
    "{one}": "not a number",
    "{1/0}": "division by zero",
    "[0, 1/0]": "division by zero",
    "3..2": "is empty",
    "1..3-3": "is empty",
    "one-hot(0)": "needs an entry",
    "simplex(0)": "needs an entry",
    "x" * 1001: "more than 1,000 characters",
}


@pytest.mark.parametrize("text", REFUSED)
def test_what_is_no_range_is_refused(text: str) -> None:
    """With the text and what could be written instead."""
    with pytest.raises(DomainError, match=REFUSED[text]):
        parse_range(text)


def test_a_long_text_is_read() -> None:
    """1,000 characters are not too many; a range of one point that is not whole stays as it is said."""
    assert parse_range("real" + " " * 992 + "real") == REAL
    assert str(parse_range("real " * 200)) == "real"
    half = parse_range("integer [1/2, 1/2]")
    assert not [v for v in _INSIDE if v in half]


def test_index_ranges_know_their_ends() -> None:
    """Both ends are terms; a last index that is a number is an upper bound, too."""
    assert parse_range("0..n-1").index == (num(0), add(sym("n"), num(-1)))
    assert parse_range("0..n").index == (num(0), sym("n"))
    assert parse_range("2..5").index == (num(2), num(5))
    assert (parse_range("2..5").upper, parse_range("2..n").upper) == (5, None)
    assert (parse_range("2..5").lower, parse_range("2..n").lower) == (2, 2)
    negative = Range(index=(num(-1), sym("n")), integer=True)
    unknown = Range(index=(sym("k"), sym("n")), integer=True)
    assert (negative.sign, unknown.sign) == ("?", "?")


def test_vectors_know_their_length() -> None:
    """A number or a name."""
    assert parse_range("one-hot(K)").total == sym("K")
    assert parse_range("one-hot(3)").total == num(3)
    assert parse_range("simplex(1)").total == num(1)
    assert parse_range("one-hot(1)").values == (0, 1)


RANGES = st.sampled_from([t for t in READ if ".." not in t and "(K)" not in t.replace(" ", "") and "(3)" not in t])


@settings(deadline=None)
@given(RANGES, RANGES)
def test_an_intersection_holds_what_both_hold(a: str, b: str) -> None:
    """Neither more nor less; where nothing is left, that is an error."""
    both = [v for v in _INSIDE if v in parse_range(a) and v in parse_range(b)]
    if both:
        r = intersect(parse_range(a), parse_range(b), "x")
        assert [v for v in _INSIDE if v in r] == both


def test_an_empty_intersection_is_refused() -> None:
    """A claim on no points says nothing."""
    for a, b in (("{0, 1}", "{2}"), ("{0, 1}", "(1, 2)"), ("[0, 1)", "[1, 2]"), ("positive", "negative")):
        with pytest.raises(DomainError, match=r"empty"):
            intersect(parse_range(a), parse_range(b), "x")


def test_an_index_range_stays_one() -> None:
    """What else is said of an index does not take its ends away; what no range can say is an error."""
    index = parse_range("0..n-1")
    for other, both in (("integer", index), ("nonnegative", index), ("positive", parse_range("1..n-1"))):
        assert intersect(index, parse_range(other), "j") == both
        assert intersect(parse_range(other), index, "j") == both
    for other in ("[0, 5]", "negative", "{0, 1}", "(3, oo)"):
        with pytest.raises(DomainError, match="cannot say both"):
            intersect(index, parse_range(other), "j")


def test_entries_that_add_up_stay_so() -> None:
    """A vector that adds up to 1 still does when its entries are said to be positive."""
    simplex, one_hot = parse_range("simplex(K)"), parse_range("one-hot(K)")
    positive = intersect(simplex, parse_range("positive"), "p")
    assert positive.total == simplex.total
    assert [v in positive for v in (0, Fraction(1, 2), 1)] == [False, True, True]
    assert intersect(one_hot, parse_range("nonnegative integer"), "y") == one_hot
    with pytest.raises(DomainError, match="cannot say both"):
        intersect(one_hot, parse_range("positive"), "y")


def test_names_are_compared_as_python_does() -> None:
    """The micro sign and the Greek letter are one name, in ranges, in groups and in the ends of an index."""
    domain = Domain.of({"\u00b5": "positive", "p\u00b5, q": "simplex", "i": "0..\u00b5-1"})
    assert domain["\u03bc"].sign == "+"
    assert domain.groups[0].names == ("p\u03bc", "q")
    assert domain["i"].names == {"\u03bc"}
    with pytest.raises(DomainError, match="described twice"):
        Domain.of({"\u00b5": "positive", "\u03bc": "real"})


def test_what_does_not_depend_on_a_variable() -> None:
    """Where a variable moves, the bounds that move with it say nothing of the others."""
    index = parse_range("0..n-1")
    assert index.names == {"n"}
    assert index.apart_from("m") == index
    assert [v in index.apart_from("n") for v in (-1, 5, Fraction(1, 2))] == [False, True, False]
    assert parse_range("simplex(K)").apart_from("K").total is None


def test_groups_are_variables_together() -> None:
    """Each member has its range, and no other one beside it."""
    d = Domain.of({"a, b": "one-hot", "p,q,r": "simplex", "z": "real"})
    assert (str(d["a"]), str(d["q"]), str(d["z"]), str(d["unknown"])) == ("{0, 1}", "[0, 1]", "real", "real")
    assert [(g.kind, g.names) for g in d.groups] == [("one-hot", ("a", "b")), ("simplex", ("p", "q", "r"))]
    assert d.to_json() == {"a, b": "one-hot", "p, q, r": "simplex", "z": "real"}
    assert Domain.of(d.to_json()) == d
    for wrong in (
        {"a, b": "real"},
        {"a, a": "one-hot"},
        {"a, a": "simplex"},
        {"a, ": "simplex"},
        {"a, b": "one-hot", "b, c": "one-hot"},
    ):
        with pytest.raises(DomainError):
            Domain.of(wrong)
    with pytest.raises(DomainError, match="a: in a group and described once more"):
        Domain.of({"a, b": "one-hot", "a": "{0, 1}"})


def test_domains_are_put_together() -> None:
    """`within` intersects name by name and keeps the groups; `with_` replaces one range."""
    d = Domain.of({"x": "[0, 2]", "a, b": "one-hot"})
    more = d.within({"x": parse_range("[1, 3]"), "y": parse_range("positive")})
    assert (str(more["x"]), str(more["y"]), more.groups) == ("[1, 2]", "(0, oo)", d.groups)
    with pytest.raises(DomainError, match="x"):
        d.within({"x": parse_range("[3, 4]")})
    assert str(d.with_("x", parse_range("{7}"))["x"]) == "{7}"
    assert d.with_("x", REAL).groups == d.groups
    assert str(more.with_("x", REAL)["y"]) == "(0, oo)"


BOUNDS = [
    ("[1/2, 3] & [0, 5]", Fraction(1, 2), Fraction(3)),
    ("[0, 5] & [1/2, 9/2]", Fraction(1, 2), Fraction(9, 2)),
    ("[2, 3] & [2, 5)", Fraction(2), Fraction(3)),
    ("(2, 5] & [2, 3]", Fraction(2), Fraction(3)),
    ("[-7/2, 4] & [-4, 7/2]", Fraction(-7, 2), Fraction(7, 2)),
]


@pytest.mark.parametrize(("text", "lower", "upper"), BOUNDS)
def test_the_tighter_of_two_bounds_counts(text: str, lower: Fraction, upper: Fraction) -> None:
    """To the fraction, on both sides."""
    r = parse_range(text)
    assert (r.lower, r.upper) == (lower, upper)


def test_an_index_range_holds_its_ends() -> None:
    """The first index and the last one, and no fraction between them."""
    for text in ("0..2", "1..3", "0..n-1"):
        r = parse_range(text)
        assert r.lower in r
        assert r.lower is not None
        assert r.lower + Fraction(1, 2) not in r
        assert r.lower - 1 not in r
    assert Fraction(2) in parse_range("0..2")
    assert Fraction(3) not in parse_range("0..2")


@pytest.mark.parametrize("text", ["[0, 1]x", "[0, 1] x", "real x", "x[0, 1]", "[0, xoo)"])
def test_nothing_stands_beside_a_range(text: str) -> None:
    """What is not read is not passed over."""
    with pytest.raises(DomainError):
        parse_range(text)


@pytest.mark.parametrize(
    "described",
    [{"z": True}, {"z": None}, {"z": (0, 1)}, {"z": [0, 1]}, {"z": b"real"}, "z", [("z", "real")], {1: "real"}],
)
def test_what_is_no_domain_is_said_to_be_none(described: Any) -> None:
    """With the value and the way out, not with an error of Python."""
    with pytest.raises(DomainError, match=r"not"):
        Domain.of(described)
    with pytest.raises(DomainError, match=r"not"):
        prove("z", "z", described)


@pytest.mark.parametrize("side", [sp.Matrix([[1, 2]]), np.array([1, 2]), [], {}, None])
def test_what_is_no_formula_is_said_to_be_none(side: Any) -> None:
    """A matrix of numbers or a list cannot be compared with a formula."""
    with pytest.raises(TermError, match="has no place here"):
        prove(side, "z")
