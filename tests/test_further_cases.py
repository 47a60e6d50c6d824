"""More hand-written derivatives of many kinds: losses in several parameters, backward functions, expected Hessians.

Each verdict is checked here by a witness of its own, mpmath's differences of the loss; each wrong claim is explained.
"""

from __future__ import annotations

import json
from functools import cache
from typing import Any

import pytest

import derive
from derive.report import Report
from tests.shared import few
from tests.test_public_cases import DATA, differs, expected

CASES: dict[str, dict[str, Any]] = {
    case["id"]: case for case in json.loads((DATA / "further_cases.json").read_text("utf-8"))
}
#: they take seconds each
SLOW = {
    "hampel",
    "asl-shift",
    "asl-shift-slope",
    "ppo",
    "ppo-region",
    "layernorm",
    "contrastive-distance",
    "weston-watkins",
}
#: what is wrong is a condition that random points seldom tell, or a mean
WITHOUT_REASON = {"weibull-aft-2-cross", "normal-s2-sigma"}
BY_DEFAULT = [name for name in CASES if name not in SLOW][::3]
WRONG = [name for name, case in CASES.items() if case["verdict"].startswith("wrong")]


@cache
def report(name: str) -> Report:
    """The report on a case."""
    case = CASES[name]
    kind = case.get("hessian_kind")
    claims = (case["loss"], case["gradient"], case["hessian"], case["wrt"])
    return derive.check(*claims, domain=case["domain"], hessian_kind=kind, convention=case["signs"], dtypes=())


@pytest.mark.parametrize("name", few(CASES, BY_DEFAULT))
def test_the_answer_is_the_known_one(name: str) -> None:
    """For gradient and Hessian, with the kind of what is inexact on purpose."""
    found, case = report(name), CASES[name]
    assert found.answer in expected(case), found
    assert "kind" not in case or found.hessian_kind == case["kind"]


@pytest.mark.parametrize("name", few([n for n in WRONG if n not in WITHOUT_REASON], BY_DEFAULT))
def test_what_is_wrong_is_explained(name: str) -> None:
    """Each wrong claim but two."""
    assert [d for claim in report(name).claims for d in claim.diagnosis]


#: what is exact is the mean of the second derivatives, or a step that random points do not meet
BY_POINTS = [name for name in CASES if CASES[name]["verdict"] != "correct-but-approximate"]


@pytest.mark.parametrize("name", few(BY_POINTS, BY_POINTS[::8]))
def test_the_record_is_right(name: str) -> None:
    """What the table says of gradient and Hessian is what differences of the loss say, at random points."""
    case = CASES[name]
    wrong = {side for side in ("gradient", "hessian") if differs(case, side, 8)}
    assert ("gradient" in wrong) == case["verdict"].startswith("wrong-gradient")
    assert ("hessian" in wrong) == case["verdict"].endswith("hessian")
