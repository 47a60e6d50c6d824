"""What a worker does with one item: from the cache if it holds there, else anew, and then into the cache."""

from __future__ import annotations

import hashlib
import json
import sys
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from derive.certificate_json import encode, record_from_json
from derive.errors import CertificateError
from derive.report import Report
from derive.suite.cache import Cache
from derive.terms.json import Json

if TYPE_CHECKING:
    from derive.frontends import Reading
    from derive.objective import Objective

#: whose versions say what code does with numbers
_LIBRARIES = ("numpy", "scipy", "xgboost", "lightgbm", "catboost", "sklearn", "torch", "jax")


def answer(payload: Mapping[str, Any]) -> Json:
    """The report of one item as JSON, whether it was replayed, and why an entry of the cache was not used."""
    cache = Cache(Path(payload["cache"])) if payload["cache"] else None
    keywords = {"budget": payload["budget"], **payload["keywords"]}
    if payload["kind"] == "objective":
        report, replayed, said = _objective(payload["objective"], keywords, cache)
    else:
        report, replayed, said = _formulas(keywords, payload["keywords"], cache)
    return {"report": encode(report), "replayed": replayed, "cached": said}


def _formulas(keywords: dict[str, Any], said: Json, cache: Cache | None) -> tuple[Report, bool, str]:
    claim: Json = {"kind": "formulas", "keywords": said}
    report, why = _again(claim, keywords, cache)
    if report is not None:
        return report, True, ""
    from derive.check import check

    report = check(**keywords)
    return report, False, _store(claim, report, cache) or why


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


# -- code


def _objective(where: str, keywords: dict[str, Any], cache: Cache | None) -> tuple[Report, bool, str]:
    """The code is read in any case: what it computes is the statement that the entry has to show."""
    from derive.objective import ATTRIBUTE, Objective, check_objective
    from derive.suite.loading import objective
    from derive.tracing.unreadable import Unreadable

    function = objective(where)
    if cache is None:
        return check_objective(function, **keywords), False, ""
    try:
        asked = Objective(function, **{**getattr(function, ATTRIBUTE, {}), **keywords})
        return _read(asked, asked.frontend.read(asked.fn, asked.asked), cache)
    except (Unreadable, TypeError):  # it is probed, or an error says what is wrong
        return check_objective(function, **keywords), False, ""


def _read(asked: Objective, reading: Reading, cache: Cache) -> tuple[Report, bool, str]:
    from derive.objective import Statement

    statement = {**Statement(asked, reading).keywords(), "budget": asked.budget}
    claim = _claim(asked, statement)
    strict = asked.strict_floating_point  # then what the code does with numbers decides, and is found anew
    report, why = (None, "") if claim is None or strict else _again(claim, statement, cache)
    if report is not None:
        asked.check_numbers(reading, report)  # the entry knows formulas, not whether this code still computes them
        return replace(report, source=asked.source(reading)), True, ""
    report = asked.checked(reading)
    return report, False, (_store(claim, report, cache) if claim is not None else "") or why


def _claim(asked: Objective, statement: dict[str, Any]) -> Json | None:
    """What the code computes, its text, and the libraries: all of it in JSON, or there is no entry."""
    module = sys.modules.get(getattr(asked.fn, "__module__", ""))
    try:
        text = Path(str(getattr(module, "__file__", ""))).read_bytes()
        claim: Json = {
            "kind": "objective",
            "statement": encode({k: v for k, v in statement.items() if k != "budget"}),
            "name": getattr(asked.fn, "__qualname__", type(asked.fn).__qualname__),
            "library": asked.library,
            "dtypes": list(asked.dtypes) if asked.dtypes is not None else None,
            "text": hashlib.sha256(text).hexdigest(),
            "versions": {name: str(getattr(sys.modules.get(name), "__version__", "")) for name in _LIBRARIES},
        }
        return json.loads(json.dumps(claim))
    except (OSError, TypeError, ValueError):
        return None
