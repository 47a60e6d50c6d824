"""Every public case of a hand-written derivative: 132 real formulas with known verdicts."""

from __future__ import annotations

import json
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest

import derive
from derive.domain import Domain
from derive.prove import prove_terms
from derive.report import DELIBERATE, Report
from derive.terms.term import Term
from derive.terms.text import parse_formula

CASES: list[dict[str, Any]] = json.loads((Path(__file__).parent / "data" / "public_cases.json").read_text("utf-8"))
BY_ID = {case["id"]: case for case in CASES}
#: cause in the record -> kinds of explanations that are about that cause
ABOUT = {
    "sign": {"sign", "wrong-region"},
    "constant-factor": {"constant-factor", "factor"},
    "chain-rule": {"other-variable", "factor", "product-rule", "follows-gradient", "one-value", "constant-factor"},
    "missing-or-wrong-term": {
        *("wrong-variable", "wrong-term", "lost-term", "sign", "constant-factor", "exponent", "factor"),
        *("other-variable", "one-value", "precedence"),
    },
    "wrong-region": {"wrong-region", "only-at-points"},
    "weight-or-count": {"factor", "wrong-variable", "one-value"},
    "wrong-information-matrix": {"factor", "constant-factor"},
    "vector-structure": {"permuted", "left-out", "lost-term"},
    "operator-precedence": {"precedence"},
    "library-sign-convention": {"convention"},
    "loss-at-fault": {"loss-at-fault", "other-loss"},
    "derivative-of-another-loss": {"other-loss", "loss-at-fault"},
}


@cache
def report(name: str) -> Report:
    """The report on a case."""
    case = BY_ID[name]
    return derive.check(
        case["loss"],
        case["gradient"],
        case["hessian"],
        case["wrt"],
        domain=case["domain"],
        hessian_kind=case.get("hessian_kind"),
        convention=case["signs"],
        dtypes=(),
        budget=30,
    )


def expected(case: dict[str, Any]) -> set[str]:
    """The answers that are right; a difference quotient is unstable, and approximate as well."""
    return {"correct", "correct-but-approximate"} if case["verdict"] == "unstable" else {case["verdict"]}


@pytest.mark.parametrize("name", BY_ID)
def test_no_case_is_decided_wrongly(name: str) -> None:
    """The answer is the known one, for gradient and Hessian."""
    assert report(name).answer in expected(BY_ID[name]), report(name)


def test_few_are_undecided() -> None:
    """At most one in twenty is unknown."""
    assert len(CASES) == 132
    assert sum(report(name).answer == "unknown" for name in BY_ID) <= 0.05 * len(CASES)


@pytest.mark.parametrize("name", [case["id"] for case in CASES if "kind" in case])
def test_deliberate_approximations_are_named(name: str) -> None:
    """A constant, Fisher, clipped, secant, scaled or Taylor Hessian and a majorizer are called by their names."""
    assert report(name).hessian_kind == BY_ID[name]["kind"]


@pytest.mark.parametrize("name", [case["id"] for case in CASES if "kind" in case])
def test_a_kind_that_is_claimed_is_proved(name: str) -> None:
    """With `hessian_kind` the same Hessian is what it claims to be."""
    case = BY_ID[name]
    claims = {"hessian_kind": case["kind"], "convention": case["signs"], "domain": case["domain"]}
    found = derive.check(case["loss"], None, case["hessian"], case["wrt"], dtypes=(), budget=30, **claims)
    assert found.hessian is not None
    assert found.hessian.status == "proved"
    assert found.hessian_kind == case["kind"]


def test_causes_are_diagnosed() -> None:
    """Of the wrong claims with a known cause, at least four in five are explained, and by what is about that cause."""
    known = [case for case in CASES if "cause" in case]
    told = [case["id"] for case in known if kinds(report(case["id"])) & ABOUT[case["cause"]]]
    assert len(known) == 48
    assert len(told) >= 0.8 * len(known), sorted({case["id"] for case in known} - set(told))


def kinds(found: Report) -> set[str]:
    """The kinds of all explanations."""
    return {d.kind for claim in found.claims for d in claim.diagnosis}


def right(case: dict[str, Any], found: Report) -> Iterator[tuple[Term, Term]]:
    """Pairs of the formula that is shown as right, and the one in the record."""
    for claim in found.claims:
        recorded = case.get(f"right_{claim.side}")
        formulas = _flat(recorded) if recorded else []
        if len(formulas) == len(claim.components):
            pairs = zip(claim.components, formulas, strict=True)
            yield from ((c.right.term, parse_formula(text)) for c, text in pairs if c.right is not None)


def _flat(recorded: Any) -> list[str]:
    return [recorded] if isinstance(recorded, str) else [text for part in recorded for text in _flat(part)]


#: the corrected formula in the record is an approximation itself
ROUNDED = {"stan-bernoulli-logit-sign"}


@pytest.mark.parametrize(
    "name",
    [c["id"] for c in CASES if ("right_gradient" in c or "right_hessian" in c) and c["id"] not in ROUNDED],
)
def test_the_formula_that_is_shown_is_the_right_one(name: str) -> None:
    """It never differs from the corrected formula in the record."""
    domain = Domain.of(BY_ID[name]["domain"])
    for shown, recorded in right(BY_ID[name], report(name)):
        assert prove_terms(shown, recorded, domain).status != "refuted"


def test_every_explanation_is_an_equality_that_holds() -> None:
    """What is said is proved again, from the records alone."""
    for case in CASES:
        domain = Domain.of(case["domain"])
        for claim in report(case["id"]).claims:
            for d in claim.diagnosis:
                assert prove_terms(d.left, d.right, domain).status == "proved", (case["id"], d)


def test_what_is_right_is_not_explained() -> None:
    """A proved claim has no diagnosis, and a kind that is either exact or deliberate."""
    for case in CASES:
        for claim in report(case["id"]).claims:
            if claim.status == "proved":
                assert claim.diagnosis == ()
                assert claim.kind in DELIBERATE | {"exact"}
