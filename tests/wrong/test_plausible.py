"""Claims that a prover with one condition too few would accept: each is refuted, or its gap is named."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from derive.certificate import Proved
from derive.prove import prove, prove_nonnegative, prove_positive, prove_positive_semidefinite

N = {"n": "positive integer"}
M = {"m": "integer"}

NOT_EQUAL: list[tuple[str, str, Mapping[str, str], str]] = [
    ("sum(x[i], i, 0, m-1)", "x[0] + sum(x[i], i, 1, m-1)", {"m": "nonnegative integer"}, "no first summand at m = 0"),
    ("sum(x[i] - x[i+1], i, 0, m-1)", "x[0] - x[m]", M, "an empty sum does not telescope"),
    ("sum(i, i, 0, m)", "m*(m+1)/2", M, "the formula goes on where the range is empty, below m = -1"),
    ("prod(c, i, 0, m-1)", "c**m", M, "an empty product is 1, a negative power is not"),
    ("sum(x[m-i-1], i, 0, m)", "sum(x[i], i, 0, m)", {"m": "positive integer"}, "turned round about the wrong middle"),
    ("sum(exp(delta(i, j)), i, 0, n-1)", "n - 1 + exp(1)", N | {"j": "0..n"}, "the delta is never hit at j = n"),
    ("sum(delta(i, 2*j)*x[i], i, 0, n-1)", "x[2*j]", N | {"j": "0..n-1"}, "2 j lies beyond the range"),
    ("diff(x[i]*x[k], x[i])", "x[k]", {"i": "integer", "k": "integer"}, "2 x[i] where i = k"),
    (
        *("sum(y[i, k], i, 0, K-1)", "1"),
        {"y": "one-hot(K)", "K": "positive integer"},
        "the rows of a one-hot array add up to 1, not its columns",
    ),
    ("where(n == i + 1, where(i < m, 1, 0), 1)", "1", {"i": "0..n-1", "m": "integer"}, "another size"),
    ("0**k", "0", {"k": "nonnegative integer"}, "0**0 is 1"),
    ("(x**6)**(1/6)", "x", {}, "an even power forgets the sign"),
    ("(-1)**sign(x)", "-1", {}, "1 at x = 0"),
    ("lambertw(x*exp(x))", "x", {"x": "[-2, -1]"}, "the other branch"),
    ("acosh(cosh(x))", "x", {}, "|x|"),
    ("atan(tan(x))", "x", {}, "beyond a right angle"),
]


@pytest.mark.parametrize(("a", "b", "domain", "why"), NOT_EQUAL, ids=[row[0] for row in NOT_EQUAL])
def test_refuted(a: str, b: str, domain: Mapping[str, str], why: str) -> None:
    """A case at the edge of a range, of a branch or of an index refutes the claim."""
    assert prove(a, b, domain).status == "refuted", why


DOMAINS_DIFFER: list[tuple[str, str, Mapping[str, str], str]] = [
    ("diff(max(x**3, x**5), x)", "where(x**3 > x**5, 3*x**2, 5*x**4)", {}, "kinks at 1 and -1, but none at 0"),
    ("diff(x*heaviside(x), x)", "heaviside(x)", {}, "a kink, where the formula has the value 1/2"),
    ("gamma(x)", "gamma(x + 3)/(x*(x + 1)*(x + 2))", {}, "both have poles at 0, -1 and -2, the shifted one none"),
    ("(x**2)**a", "x**(2*a)", {}, "the right needs x >= 0, as 2 a is not whole by its form"),
    ("sum(1/(1 - delta(i, j)), i, 0, n-1)", "n", N | {"j": "integer"}, "division by 0 where the delta is hit"),
    ("sum(c, i, 0, m-1)/m", "c", {"m": "nonnegative integer"}, "division by 0 at m = 0"),
]


@pytest.mark.parametrize(("a", "b", "domain", "why"), DOMAINS_DIFFER, ids=[row[0] for row in DOMAINS_DIFFER])
def test_what_differs_is_said(a: str, b: str, domain: Mapping[str, str], why: str) -> None:
    """Equal where both have a value; one side alone has one elsewhere, which the verdict says."""
    verdict = prove(a, b, domain)
    assert isinstance(verdict, Proved), why
    assert verdict.domains_differ, why


NEGATIVE: list[tuple[str, Mapping[str, str], str]] = [
    ("exp(1/x) - 1", {"x": "(-1, 1) nonzero"}, "it falls from 0 at the left of a pole, and from above at its right"),
    ("(x - y)*(1/y - 1/x)", {}, "1/x falls on both sides of its pole, but not across it"),
    ("x*y - log(x) - log(y) - 1.001", {"x": "positive", "y": "positive"}, "the least value is 1, where x y = 1"),
    ("1/4 - p*q - q*r - r*p", {"p, q, r": "simplex"}, "1/3 is the bound of three"),
    ("exp(n - i) - 5 - i", {"i": "0..n-1"}, "i may come near to n"),
    ("polygamma(0, x)", {"x": "positive"}, "its derivative is positive, itself it is not"),
]


@pytest.mark.parametrize(("e", "domain", "why"), NEGATIVE, ids=[row[0] for row in NEGATIVE])
def test_negative_somewhere(e: str, domain: Mapping[str, str], why: str) -> None:
    """A rule that looks at one side, one end or one index would prove it nonnegative."""
    assert prove_nonnegative(e, domain).status == "refuted", why


@pytest.mark.parametrize("e", ["log(x) + 1/x - 1", "(x - 1)**2*exp(x)"])
def test_zero_at_a_point(e: str) -> None:
    """Positive nearly everywhere, and 0 at 1."""
    assert prove_positive(e, {"x": "positive"}).status == "refuted"


@pytest.mark.parametrize(
    "rows",
    [
        [["0", "x"], ["x", "1"]],
        [["a**2", "a*b", "a"], ["a*b", "b**2", "b"], ["a", "b", "1 - 1e-9"]],
        [["cosh(x)", "sinh(x)"], ["sinh(x)", "cosh(x) - 1"]],
    ],
    ids=["zero diagonal", "nearly of rank one", "determinant"],
)
def test_nearly_semidefinite(rows: list[list[str]]) -> None:
    """Leading principal minors, or minors that are 0, say nothing: a direction refutes it."""
    assert prove_positive_semidefinite(rows).status == "refuted"
