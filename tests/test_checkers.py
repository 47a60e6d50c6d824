"""The seeded bugs and the right gradients in hard conditions of `benchmarks/checkers.py`, for `derive.check` alone."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

import derive

DATA = json.loads((Path(__file__).parent.parent / "benchmarks" / "data" / "checkers.json").read_text("utf-8"))


def status(row: dict[str, Any]) -> str:
    """What is said of a case; a clipped gradient is refuted too, and said to be clipped."""
    return derive.check(row["loss"], row["gradient"], wrt="z", domain=row["domain"], dtypes=()).status


def test_there_are_enough() -> None:
    """At least 40 of both, with names of their own."""
    for rows in DATA.values():
        assert len({row["name"] for row in rows}) == len(rows) >= 40


@pytest.mark.parametrize("row", DATA["bugs"], ids=lambda row: row["name"])
def test_a_bug_is_caught(row: dict[str, Any]) -> None:
    """However small, rare or far away it is."""
    assert status(row) == "refuted"


@pytest.mark.parametrize("row", DATA["right"], ids=lambda row: row["name"])
def test_a_right_gradient_is_no_false_alarm(row: dict[str, Any]) -> None:
    """Hard numbers are no reason to doubt a formula."""
    assert status(row) == "proved"
