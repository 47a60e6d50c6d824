"""Limits, minima, signs and domains near the borders of what their laws promise: wrong claims that are refused."""

from __future__ import annotations

import time

import pytest

from derive.certificate import Proved
from derive.domain import Domain
from derive.errors import CertificateError, TermError
from derive.prove import prove
from derive.prove.ask import ask
from derive.recheck import recheck_sign
from derive.terms.text import parse_formula

NO_LIMITS = {
    "a modulus that depends on the point": ("1 - x", "x", "delta*t", "0", "1/t"),
    "a limit that depends on epsilon": ("0*x", "x", "delta*t", "epsilon/2", "epsilon"),
    "an approach to nothing": ("x", "x", "5 + delta*t - delta*t", "5", "epsilon"),
}


@pytest.mark.parametrize("claim", NO_LIMITS.values(), ids=NO_LIMITS)
def test_what_is_no_limit_is_no_question(claim: tuple[str, ...]) -> None:
    """The modulus is chosen before the point, the limit before both, and the approach has to approach."""
    with pytest.raises(TermError, match=r"depends on|an approach is"):
        ask("limit", [parse_formula(t) for t in claim], Domain({}))


def test_no_divergence_by_a_modulus_of_the_point() -> None:
    """x does not tend to infinity at 0."""
    with pytest.raises(TermError, match="depends on t"):
        ask("diverges", [parse_formula(t) for t in ("x", "x", "delta*t", "2*M/t")], Domain({}))


def test_no_limit_of_a_function_that_has_no_value_there() -> None:
    """√(x − 1) has no value near 0, though it has one for some t."""
    claim = [parse_formula(t) for t in ("0*sqrt(x - 1)", "x", "delta*t", "0", "2")]
    assert ask("limit", claim, Domain({})).status == "unknown"


def test_a_minimum_where_the_function_has_a_value_in_the_whole_box() -> None:
    """The derivative may have a value where the function has none."""
    claim = [parse_formula(t) for t in ("(x - 1)**2 + 0*log(x)", "-1", "1", "x", "-1", "3")]
    assert ask("minimum", claim, Domain({})).status == "unknown"


@pytest.mark.parametrize("said", ["[1/2, 1]", "integer", "nonzero", "{-1, 0, 1}"])
def test_a_box_lies_in_the_domain(said: str) -> None:
    """x² has no stationary point in [1/2, 1], and none at whole numbers alone."""
    claim = [parse_formula(t) for t in ("x**2", "-1", "1", "x", "-1", "1")]
    with pytest.raises(TermError, match="not every number"):
        ask("minimum", claim, Domain.of({"x": said}))


@pytest.mark.parametrize(
    "text", ["0*log(i) + sum(i, i, -n, 0)", "log(i)**2 + sum(i, i, -n, 0)", "log(i) + sum(i, i, -5, 0)"]
)
def test_what_is_known_of_a_name_is_not_known_of_the_index_of_a_sum(text: str) -> None:
    """log i says that the free i is positive, and nothing of the i that the sum binds."""
    with pytest.raises(CertificateError, match="is not seen"):
        recheck_sign(parse_formula(text), Domain.of({"n": "positive integer"}), strict=False)


SAME_VALUES = [
    ("sqrt(-k**2)", "abs(k)"),
    ("sqrt(sqrt(x*k)**2)**2", "x*((k + abs(k))/2 + (k - abs(k))/2)"),
]


@pytest.mark.parametrize(("left", "right"), SAME_VALUES)
def test_roots_of_whole_numbers_have_domains(left: str, right: str) -> None:
    """Where one side alone has a value, the verdict says so."""
    verdict = prove(left, right, {"k": "integer"})
    assert isinstance(verdict, Proved)
    assert verdict.domains_differ


def test_shares_of_very_long_vectors_are_not_chosen() -> None:
    """A point with a million entries takes minutes; it is passed over."""
    start = time.process_time()
    claim = "sum(p[i], i, 0, k) + sum(p[i], i, k + 1, n - 1)"
    verdict = prove(claim, "1", {"p": "simplex(n)", "n": "positive integer", "k": "integer"})
    assert verdict.status != "proved"
    assert time.process_time() - start < 10
