"""Every law of the prover is an identity: what it writes for a term has the term's value, by mpmath."""

from __future__ import annotations

import sys
import time
from pathlib import Path
from random import Random

import pytest

from derive.domain import Domain
from derive.errors import TermError
from derive.prove import prove
from derive.prove.normal import LAWS, Normal
from derive.prove.registry import Registry
from derive.prove.signals import GaveUp, Restart, Split, Undefined
from derive.prove.unfold import Unfolding
from derive.terms.term import Term, free_names
from derive.terms.text import parse_formula

sys.path.insert(0, str(Path(__file__).parents[2] / "benchmarks"))

from fuzzing.formulas import WHERE, compared, formulas
from fuzzing.judge import places
from fuzzing.terms import Maker

GATE = "where(gate == 37/41, {}, 0)"  # no quick look at a few points sees what is inside: the laws have to prove it


def seen(t: Term, domain: Domain, seed: int, count: int) -> int:
    """At how many points of the domain a term is seen to be written rightly; 0 where the prover cannot say."""
    registry = Registry(slots=24)
    plain = Unfolding(domain, free_names(t))(t)
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


@pytest.mark.parametrize("head", HEADS)
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
