"""Hand-written derivatives with known verdicts: 132 real ones, and 120 made in their manner after the procedure.

Each record of the second table is checked here by a witness of its own: mpmath's differences of the loss.
"""

from __future__ import annotations

import json
import random
from collections.abc import Iterable, Iterator
from fractions import Fraction
from functools import cache
from pathlib import Path
from typing import Any

import mpmath
import pytest
import sympy as sp

import derive
from derive.domain import Domain
from derive.prove import prove_terms
from derive.report import DELIBERATE, Report
from derive.terms.term import Term
from derive.terms.text import parse_formula
from tests.shared import examples, few, once

DATA = Path(__file__).parent / "data"
PUBLIC: list[dict[str, Any]] = json.loads((DATA / "public_cases.json").read_text("utf-8"))
MORE: list[dict[str, Any]] = json.loads((DATA / "more_cases.json").read_text("utf-8"))
CASES = [*PUBLIC, *MORE]
#: by default all the real ones, and of the others each deliberate approximation and a third of the rest
CHECKED = [*PUBLIC, *(case for n, case in enumerate(MORE) if "kind" in case or n % examples(1, 3) == 0)]
TABLES = pytest.mark.parametrize("table", few([PUBLIC, MORE], [PUBLIC]), ids=["public", "more"])
BY_ID = {case["id"]: case for case in CASES}
#: cause in the record -> kinds of explanations that are about that cause
ABOUT = {
    "sign": {"sign", "wrong-region"},
    "constant-factor": {"constant-factor", "factor"},
    "chain-rule": {"other-variable", "factor", "product-rule", "follows-gradient", "one-value", "constant-factor"},
    "missing-or-wrong-term": {
        *("wrong-variable", "wrong-term", "lost-term", "sign", "constant-factor", "exponent", "factor"),
        *("other-variable", "one-value", "precedence", "product-rule", "extra-term"),
    },
    "wrong-region": {"wrong-region", "only-at-points"},
    "weight-or-count": {"factor", "wrong-variable", "one-value"},
    "wrong-information-matrix": {"factor", "constant-factor"},
    "vector-structure": {"permuted", "left-out", "lost-term", "only-diagonal"},
    "operator-precedence": {"precedence"},
    "library-sign-convention": {"convention"},
    "loss-at-fault": {"loss-at-fault", "other-loss"},
    "derivative-of-another-loss": {"other-loss", "loss-at-fault"},
    "one-value": {"one-value", "some-labels"},
    "label-coding": {"label"},
}


@cache
def report(name: str) -> Report:
    """The report on a case."""
    return once(Report, name, _checked, [case["id"] for case in CHECKED])


def _checked(name: str) -> Report:
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
    )


def expected(case: dict[str, Any]) -> set[str]:
    """The answers that are right; a difference quotient is unstable, and approximate as well."""
    return {"correct", "correct-but-approximate"} if case["verdict"] == "unstable" else {case["verdict"]}


def by_default(names: Iterable[str]) -> list[Any]:
    """The names of cases, those that are checked by default among them."""
    return few(names, [case["id"] for case in CHECKED])


@pytest.mark.parametrize("name", by_default(BY_ID))
def test_no_case_is_decided_wrongly(name: str) -> None:
    """The answer is the known one, for gradient and Hessian."""
    assert report(name).answer in expected(BY_ID[name]), report(name)


@TABLES
def test_few_are_undecided(table: list[dict[str, Any]]) -> None:
    """At most one in twenty is unknown."""
    assert len(table) in (132, 120)
    assert sum(report(case["id"]).answer == "unknown" for case in table) <= 0.05 * len(table)


OF_A_KIND = [case["id"] for case in CASES if "kind" in case]
#: they take seconds each, and others of their kinds do not
SLOW = {"lgb-huber", "lgb-3532-huber", "lgb-quantile-weighted", "wild-mape-is-l2", "ngb-laplace-log"}


@pytest.mark.parametrize("name", OF_A_KIND)
def test_deliberate_approximations_are_named(name: str) -> None:
    """A constant, Fisher, clipped, secant, scaled or Taylor Hessian and a majorizer are called by their names."""
    assert report(name).hessian_kind == BY_ID[name]["kind"]


@pytest.mark.parametrize("name", few(OF_A_KIND, [name for name in OF_A_KIND if name not in SLOW]))
def test_a_kind_that_is_claimed_is_proved(name: str) -> None:
    """With `hessian_kind` the same Hessian is what it claims to be."""
    case = BY_ID[name]
    claims = {"hessian_kind": case["kind"], "convention": case["signs"], "domain": case["domain"]}
    found = derive.check(case["loss"], None, case["hessian"], case["wrt"], dtypes=(), **claims)
    assert found.hessian is not None
    assert found.hessian.status == "proved"
    assert found.hessian_kind == case["kind"]


@TABLES
def test_causes_are_diagnosed(table: list[dict[str, Any]]) -> None:
    """Of the wrong claims with a known cause, at least four in five are explained, and by what is about that cause."""
    known = [case for case in table if "cause" in case]
    told = [case["id"] for case in known if kinds(report(case["id"])) & ABOUT[case["cause"]]]
    assert len(known) in (48, 49)
    assert len(told) >= 0.8 * len(known), sorted({case["id"] for case in known} - set(told))


def kinds(found: Report) -> set[str]:
    """The kinds of all explanations; a convention in which all is right is one."""
    return {d.kind for claim in found.claims for d in claim.diagnosis} | ({"convention"} if found.convention else set())


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
    by_default(c["id"] for c in CASES if {"right_gradient", "right_hessian"} & c.keys() and c["id"] not in ROUNDED),
)
def test_the_formula_that_is_shown_is_the_right_one(name: str) -> None:
    """It never differs from the corrected formula in the record."""
    domain = Domain.of(BY_ID[name]["domain"])
    for shown, recorded in right(BY_ID[name], report(name)):
        assert prove_terms(shown, recorded, domain).status != "refuted"


def test_every_explanation_is_an_equality_that_holds() -> None:
    """What is said is proved again, from the records alone."""
    for case in CHECKED:
        domain = Domain.of(case["domain"])
        for claim in report(case["id"]).claims:
            for d in claim.diagnosis:
                assert prove_terms(d.left, d.right, domain).status == "proved", (case["id"], d)


def test_what_is_right_is_not_explained() -> None:
    """A proved claim has no diagnosis, and a kind that is either exact or deliberate."""
    for case in CHECKED:
        for claim in report(case["id"]).claims:
            if claim.status == "proved":
                assert claim.diagnosis == ()
                assert claim.kind in DELIBERATE | {"exact"}


# -- an independent witness of the records


def numbers(text: str, names: list[str]) -> Any:
    """A formula of a record as a function of numbers, by SymPy and mpmath; decimals are what is written."""
    symbols = {n: sp.Symbol(n, real=True) for n in names}
    exact = sp.parse_expr(text, local_dict=symbols).replace(lambda t: t.is_Float, lambda t: sp.Rational(str(t)))
    return sp.lambdify([symbols[n] for n in names], exact, "mpmath")


def sample(names: str, described: str, rng: random.Random) -> dict[str, Any]:
    """Values for the names of one line of a domain, at most ten from 0."""
    own = [n.strip() for n in names.split(",")]
    if described in ("one-hot", "simplex"):
        parts = [Fraction(rng.randint(1, 99)) for _ in own]
        chosen = rng.randrange(len(own))
        shares = [Fraction(i == chosen) if described == "one-hot" else p / sum(parts) for i, p in enumerate(parts)]
        return {n: mpmath.mpf(s.numerator) / s.denominator for n, s in zip(own, shares, strict=True)}
    r = Domain.of({own[0]: described})[own[0]]
    if r.values:
        return {own[0]: mpmath.mpf(int(rng.choice(r.values)))}
    low, high = max(-10.0, float(r.lower or 0)), min(10.0, float(r.upper or 0))
    return {own[0]: mpmath.mpf(rng.randint(int(low), int(high)) if r.integer else rng.uniform(low, high))}


def entries(case: dict[str, Any], side: str) -> list[tuple[list[str], str]]:
    """The variables of each derivative, and the formula that is claimed for it."""
    wrt = [case["wrt"]] if isinstance(case["wrt"], str) else case["wrt"]
    formulas = _flat(case[side])
    if side == "gradient":
        keys = [[v] for v in wrt]
    else:
        keys = [[a, b] for a in wrt for b in wrt] if len(formulas) == len(wrt) ** 2 else [[v, v] for v in wrt]
    return list(zip(keys, formulas, strict=True))


def differs(case: dict[str, Any], side: str, points: int) -> bool:
    """Does an entry of the claim differ from the differences of the loss at a point?"""
    if case[side] is None:
        return False
    rng = random.Random(case["id"])
    names = sorted(n.strip() for line in case["domain"] for n in line.split(","))
    loss, sign = numbers(case["loss"], names), case["signs"][side == "hessian"]
    with mpmath.workdps(40):
        for key, text in entries(case, side):
            claimed = numbers(text, names)
            order = tuple(key.count(n) for n in names)
            for _ in range(points):
                at = {n: v for line, r in case["domain"].items() for n, v in sample(line, r, rng).items()}
                here = [at[n] for n in names]
                true, said = sign * mpmath.diff(loss, tuple(here), order, h=mpmath.mpf("1e-12")), claimed(*here)
                if abs(true - said) > mpmath.mpf("1e-8") * (abs(true) + abs(said) + mpmath.mpf("1e-6")):
                    return True
    return False


#: what is wrong, or inexact, only where random points do not come
ELSEWHERE = {"logloss-floored", "logloss-branch", "abs-at-zero"}
BY_POINTS = [case["id"] for case in MORE if case["id"] not in ELSEWHERE]


#: the records stay as they are: some of them are looked at again each time
@pytest.mark.parametrize("name", few(BY_POINTS, BY_POINTS[::4]))
def test_the_record_is_right(name: str) -> None:
    """What the table says of gradient and Hessian is what differences of the loss say, at random points."""
    case = BY_ID[name]
    wrong = {side for side in ("gradient", "hessian") if differs(case, side, 12)}
    verdict = case["verdict"]
    assert ("gradient" in wrong) == verdict.startswith("wrong-gradient")
    assert ("hessian" in wrong) == (verdict.endswith("hessian") or verdict == "correct-but-approximate")
