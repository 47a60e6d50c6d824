"""Random claims: what is rewritten is never refuted, what is mutated is never proved unless 50 digits agree.

The same machine runs for hours in `benchmarks/fuzz.py`; here a few hundred claims, the same in every run.
"""

from __future__ import annotations

import sys
from fractions import Fraction
from pathlib import Path
from random import Random

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from derive.domain import Domain
from derive.errors import TermError
from derive.prove import prove_terms
from derive.terms.term import Term
from derive.terms.text import parse_formula

sys.path.insert(0, str(Path(__file__).parents[2] / "benchmarks"))

from fuzzing.cases import Claim, claim, from_seed, judged, plain
from fuzzing.judge import look, places
from fuzzing.rewrites import BY_HEAD, rewrite, somewhere
from fuzzing.terms import DOMAIN, Maker
from fuzzing.values import NoValue, value

from tests.shared import examples, few

SETTINGS = settings(
    max_examples=examples(80, 50),
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=list(HealthCheck),
)


@SETTINGS
@given(st.randoms(use_true_random=False))
def test_a_verdict_on_a_random_claim_is_right(rng: Random) -> None:
    """No false proof, no false witness, no silence about different domains, no exception, no answer that takes long."""
    try:
        asked = claim(rng)
    except TermError:
        return
    assert judged(asked, points=6).complaint == ""


@pytest.mark.parametrize("first", few(range(0, 100, 20), [0]))
def test_the_seeds_of_the_long_run_are_right(first: int) -> None:
    """The first claims of `benchmarks/fuzz.py`: a second source of random numbers."""
    assert [seed for seed in range(first, first + 20) if from_seed(seed, points=6)[1].complaint] == []


@SETTINGS
@given(st.integers(0, 10**6))
def test_rewritings_are_true(seed: int) -> None:
    """The machine itself is right: where a rewritten term has a value, the term had it before."""
    g = Maker(Random(seed))
    before = g.term(2)
    after = somewhere(g, before, rewrite)
    seen = look(before, after, places((before, after), DOMAIN, seed, 4))
    assert not seen.differs


@pytest.mark.parametrize("mutated", ["sqrt(x**2)*1000001/1000000", "x", "abs(x) + 1/1000000000000*sign(x)"])
def test_the_judge_sees_small_and_local_differences(mutated: str) -> None:
    """A judge that is blind finds no bugs."""
    sides = parse_formula("sqrt(x**2)"), parse_formula(mutated)
    assert look(*sides, places(sides, Domain(), 0, 20)).differs


def test_the_judge_complains() -> None:
    """Of a true claim that is called false, and of a false one that is called true."""
    a, b = parse_formula("x + y"), parse_formula("y + x + z - z + 1")
    assert "refuted" in judged(Claim(a, b, true=True, frame=plain), 5).complaint
    assert prove_terms(a, b, DOMAIN).status == "refuted"


@pytest.mark.parametrize("head", sorted(BY_HEAD))
def test_every_head_is_evaluated(head: str) -> None:
    """A head that the evaluator does not know would be judged by nobody."""
    t = _EXAMPLES.get(head) or parse_formula(f"{head}(1/3)")
    try:
        value(t, {"x": Fraction(1, 3)}, lambda *_: Fraction(1), frozenset(), 20)
    except NoValue:
        pytest.fail(f"{t} has no value")


_EXAMPLES: dict[str, Term] = {
    "add": parse_formula("x + 1"),
    "mul": parse_formula("x*2"),
    "pow": parse_formula("x**(1/2)"),
    "max": parse_formula("max(x, 1)"),
    "min": parse_formula("min(x, 1)"),
    "xlogy": parse_formula("xlogy(x, 2)"),
    "polygamma": parse_formula("polygamma(1, x)"),
    "delta": parse_formula("delta(1, 2)"),
    "piecewise": parse_formula("Piecewise((x, x < 1), (1, True))"),
    "sum": parse_formula("Sum(x*i, (i, 0, 3))"),
    "prod": parse_formula("Product(x*i, (i, 0, 3))"),
}
