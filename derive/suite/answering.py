"""What a worker does with one item: from the cache if it holds there, else anew, and then into the cache."""

from __future__ import annotations

import importlib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from derive.certificate_json import encode, record_from_json
from derive.errors import CertificateError
from derive.report import Report
from derive.suite.cache import Cache
from derive.terms.json import Json


def answer(payload: Mapping[str, Any]) -> Json:
    """The report of one item as JSON, whether it was replayed, and why an entry of the cache was not used."""
    cache = Cache(Path(payload["cache"])) if payload["cache"] else None
    keywords = dict(payload["keywords"])
    if payload["kind"] == "objective":
        report, replayed, said = _objective(payload["objective"], keywords, payload["budget"], cache)
    else:
        report, replayed, said = _formulas(keywords, payload["budget"], cache)
    return {"report": encode(report), "replayed": replayed, "cached": said}


def _formulas(keywords: dict[str, Any], budget: float, cache: Cache | None) -> tuple[Report, bool, str]:
    claim: Json = {"kind": "formulas", "keywords": keywords}
    keywords.setdefault("budget", budget)
    report, said = _again(claim, keywords, cache)
    if report is not None:
        return report, True, said
    from derive.check import check

    report = check(**keywords)
    return report, False, said or _store(claim, report, cache)


def _again(claim: Json, keywords: dict[str, Any], cache: Cache | None) -> tuple[Report | None, str]:
    """The report in the cache, where all that it says is shown again; else why not."""
    if cache is None:
        return None, ""
    found = cache.get(claim)
    if found.body is None:
        return None, found.why
    from derive.suite.again import again

    try:
        recorded = record_from_json(Report, found.body)
        return again(keywords, recorded), ""
    except CertificateError as error:
        return None, f"its entry in the cache does not hold: {error}"


def _store(claim: Json, report: Report, cache: Cache | None) -> str:
    """What is not decided is tried again the next time."""
    if cache is None or report.status == "unknown":
        return ""
    return cache.put(claim, encode(report))


def _objective(where: str, keywords: dict[str, Any], budget: float, cache: Cache | None) -> tuple[Report, bool, str]:
    from derive.suite.loading import MARK, objective

    function = objective(where)
    said = {**getattr(function, MARK, {}), **keywords}
    said.setdefault("budget", budget)
    check_objective = importlib.import_module("derive.objective").check_objective
    return check_objective(function, **said), False, ""
