"""Every law of the prover is an identity: what it writes for a term has the term's value, by mpmath."""

from __future__ import annotations

import sys
import time
from fractions import Fraction
from pathlib import Path
from random import Random

import pytest

from derive.domain import Domain
from derive.errors import TermError
from derive.prove import prove, signs
from derive.prove.normal import LAWS, Normal
from derive.prove.registry import Registry
from derive.prove.signals import GaveUp, Restart, Split, Undefined
from derive.prove.unfold import unfold
from derive.terms.term import Term, add, make, num, sym
from derive.terms.text import parse_formula
from tests.shared import few

sys.path.insert(0, str(Path(__file__).parents[2] / "benchmarks"))

from fuzzing.formulas import WHERE, compared, formulas
from fuzzing.judge import places
from fuzzing.terms import Maker

GATE = "where(gate == 37/41, {}, 0)"  # no quick look at a few points sees what is inside: the laws have to prove it


def seen(t: Term, domain: Domain, seed: int, count: int) -> int:
    """At how many points of the domain a term is seen to be written rightly; 0 where the prover cannot say."""
    registry = Registry(slots=24)
    plain = unfold(t, domain)
    for _ in range(12):
        n = Normal(registry, domain, time.monotonic() + 5)
        try:
            out = n.readback.fraction(n.go(plain))
        except Restart:
            continue
        except (Split, GaveUp, Undefined, TermError):
            return 0
        return compared(t, out, n.conditions, places((t,), domain, seed, count))
    return 0


#: without leaves, what derivatives are written out to, and the function that stands for any convex one
HEADS = sorted(LAWS.keys() - {"num", "sym", "at", "pi", "euler_gamma", "e", "slope", "given", "cumulant"})


@pytest.mark.parametrize("head", few(HEADS, HEADS[::2]))
def test_a_law_is_an_identity(head: str) -> None:
    """With the conditions that it records, in domains that decide signs in different ways."""
    assert sum(seen(parse_formula(f), d, n, 5) for f in formulas(head) for n, d in enumerate(WHERE))


@pytest.mark.parametrize("first", range(0, 200, 50))
def test_random_terms_keep_their_values(first: int) -> None:
    """Laws on top of laws."""
    seeds = range(first, first + 50)
    assert sum(seen(Maker(Random(s)).term(2), WHERE[s % len(WHERE)], s, 4) for s in seeds) > 20


SPECIAL = [
    ("digamma(1)", "-EulerGamma"),
    ("digamma(1/2)", "-EulerGamma - 2*log(2)"),
    ("digamma(3)", "3/2 - EulerGamma"),
    ("digamma(5/2)", "8/3 - EulerGamma - 2*log(2)"),
    ("polygamma(1, 1)", "pi**2/6"),
    ("polygamma(1, 1/2)", "pi**2/2"),
    ("polygamma(1, 2)", "pi**2/6 - 1"),
    ("gamma(1/2)", "sqrt(pi)"),
    ("gamma(5)", "24"),
    ("loggamma(4)", "log(6)"),
    ("where((x < 0) | (x > 1), 1, 2)", "where(x < 0, 1, where(x > 1, 1, 2))"),
    ("where(False | (x > 1), 1, 2)", "where(x > 1, 1, 2)"),
    ("where((x > 0) & (x < 1), 1, 2)", "where(x <= 0, 2, where(x >= 1, 2, 1))"),
]


@pytest.mark.parametrize(("a", "b"), SPECIAL)
def test_a_value_is_proved_and_nothing_near_it(a: str, b: str) -> None:
    """Behind a gate, where only a proof counts."""
    assert prove(GATE.format(a), GATE.format(b)).status == "proved"
    for wrong in (f"({b})*2", f"({b}) + log(2)", f"-({b})", f"({b}) + pi**2/7"):
        assert prove(GATE.format(a), GATE.format(wrong)).status != "proved"


PARTIAL = ["asin(x)", "acos(x)", "lambertw(x)", "erfinv(x)", "normppf(x)", "logit(x)", "atanh(x)", "acosh(x)", "log(x)"]


@pytest.mark.parametrize("f", [*PARTIAL, "sqrt(x)", "1/x", "loggamma(x)", "x**(-1/2)", "x**y", "xlogy(y, x)"])
def test_a_function_that_drops_out_leaves_its_condition(f: str) -> None:
    """f + 1 − f is 1 where f has a value, and the verdict says that the domains differ."""
    verdict = prove(f"{f} + 1 - {f}", "1")
    assert verdict.status == "proved"
    assert verdict.domains_differ
    assert prove(f"({f})**0", "1").domains_differ


def test_what_is_not_taken_has_to_have_a_value_all_the_same() -> None:
    """max(2, 1 − √x) is 2 where √x has a value."""
    verdict = prove("max(2, 1 - sqrt(x))", "2")
    assert verdict.status == "proved"
    assert verdict.domains_differ
    needs = prove("x**(-1 - y**2) + 1 - x**(-1 - y**2)", "1").conditions
    assert [c.kind for c in needs] == ["positive"]


SIMPLEX = {"p": "simplex(K)", "y": "one-hot(K)", "W": "simplex(K)", "K": "positive integer", "m": "positive integer"}
NOT_ONE = [
    "sum(p[k], k, 0, K-2)",
    "sum(p[k], k, 1, K-1)",
    "sum(p[k], k, 0, m-1)",
    "sum(p[k]**2, k, 0, K-1)",
    "sum(y[k]*p[k], k, 0, K-1)",
    "sum(p[0], k, 0, K-1)",
    "sum(W[k, k], k, 0, K-1)",
    "sum(W[k, 0], k, 0, K-1)",
    "sum(q[k], k, 0, K-1)",
]


@pytest.mark.parametrize("partial", NOT_ONE)
def test_only_a_whole_vector_adds_up_to_one(partial: str) -> None:
    """Part of it, another range, the diagonal or a column of rows, squares, products: nothing is known of their sum."""
    assert prove("sum(p[k], k, 0, K-1)", "1", SIMPLEX).status == "proved"
    assert prove("sum(W[j, k], k, 0, K-1)", "1", SIMPLEX).status == "proved"
    assert prove(GATE.format(partial), GATE.format("1"), SIMPLEX).status != "proved"


SECOND = [
    ("diff(diff(max(z, 0)**3, z), z)", "6*max(z, 0)", False),
    ("diff(diff(z**2*abs(z), z), z)", "6*abs(z)", False),
    ("diff(diff(max(z, 0)**2, z), z)", "2*heaviside(z)", True),
    ("diff(diff(abs(z), z), z)", "0", True),
]


@pytest.mark.parametrize(("a", "b", "kink"), SECOND)
def test_second_derivatives_at_a_kink(a: str, b: str, kink: bool) -> None:
    """Both sides count again: there is a second derivative at 0, or a note says that there is none."""
    verdict = prove(a, b)
    assert verdict.status == "proved"
    assert bool(verdict.notes) is kink
    assert prove(a, f"{b} + where(z == 0, 1, 0)").status == ("proved" if kink else "refuted")
    assert prove(a, f"{b} + max(-z, 0)").status == "refuted"


@pytest.mark.parametrize("k", [num(-1), num(1, 2), num(1000), sym("k")])
def test_orders_that_are_none(k: Term) -> None:
    """polygamma of a negative order, of a fraction, of thousands and of a symbol is given up."""
    t = add(make("polygamma", k, sym("x")), num(1))
    assert prove(t, t, {"x": "positive"}).status == "unknown"


_SAMPLES = {signs.NEGATIVE: (-2, -1), signs.ZERO: (0,), signs.POSITIVE: (1, 2)}


def _values(mask: int) -> list[int]:
    return [x for bit, xs in _SAMPLES.items() if mask & bit for x in xs]


def _mask(numbers: list[int]) -> int:
    return sum({signs.NEGATIVE if x < 0 else signs.ZERO if x == 0 else signs.POSITIVE for x in numbers})


@pytest.mark.parametrize("a", range(1, 8))
def test_signs_are_those_of_samples(a: int) -> None:
    """Of sums, products, negatives and powers: neither a sign too many nor one too few."""
    for b in range(1, 8):
        pairs = [(x, y) for x in _values(a) for y in _values(b)]
        assert signs.product(a, b) == _mask([x * y for x, y in pairs])
        assert signs.total(a, b) == _mask([x + y for x, y in pairs])
    assert signs.negated(a) == _mask([-x for x in _values(a)])
    assert [signs.to_power(a, e) for e in (1, 2, 3, 4)] == [_mask([x**e for x in _values(a)]) for e in (1, 2, 3, 4)]


def test_signs_of_numbers_and_texts() -> None:
    """Small numbers have a sign, too."""
    assert [signs.of_number(Fraction(c)) for c in ("-1/9", "0", "1/9")] == [1, 2, 4]
    assert [signs.of_text(t) for t in ("+", "-", "0", ">=", "<=", "!=", "?")] == [4, 1, 2, 6, 3, 5, 7]
