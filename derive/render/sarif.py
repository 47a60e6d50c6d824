"""SARIF 2.1.0, the format in which code scanning reads results: a result for each thing that is wrong or open.

Paths are relative to the root of the repository, lines are those of the wrong formula, and what identifies a result
does not depend on its line.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from derive.render._kinds import KINDS, OPEN, WRONG, Kind
from derive.render._places import Place, Reader, Span, lines_of, place_of, root_of
from derive.render._remarks import Remark, in_markdown, in_text, level, remarks
from derive.version import VERSION

if TYPE_CHECKING:
    from derive.suite.item import Outcome
    from derive.suite.policy import Policy

SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"
_ROOT = "%SRCROOT%"
_RULES = tuple(KINDS)
_EXITS = {0: "proved", 1: "refuted", 2: "a claim cannot be read", 3: "not decided"}


def render(
    outcomes: Sequence[Outcome], policy: Policy, *, exit_code: int, root: Path | None = None, read: Reader = lines_of
) -> str:
    """The outcomes as a SARIF log, for `github/codeql-action/upload-sarif` and every other reader of the format.

    `root` is the root of the repository, found from the working folder where it is not given. `read` gives the lines of
    a claims file: where a formula is found in it, its columns are given, and its replacement as a fix.
    """
    top = root_of(root or Path.cwd())
    results = [_result(r, o, policy, place_of(r, o, top, read)) for o in outcomes for r in remarks(o)]
    log = {"$schema": SCHEMA, "version": "2.1.0", "runs": [_run(results, exit_code)]}
    return json.dumps(log, indent=1, ensure_ascii=False) + "\n"


def _run(results: list[dict[str, Any]], exit_code: int) -> dict[str, Any]:
    return {
        "tool": {"driver": {"name": "derive", "version": VERSION, "rules": [_rule(n, k) for n, k in KINDS.items()]}},
        "invocations": [
            {"executionSuccessful": True, "exitCode": exit_code, "exitCodeDescription": _EXITS.get(exit_code, "")}
        ],
        "originalUriBaseIds": {_ROOT: {"description": {"text": "The root of the repository."}}},
        "columnKind": "unicodeCodePoints",
        "results": results,
    }


def _rule(name: str, kind: Kind) -> dict[str, Any]:
    wrong = name in WRONG or name == "bad-claim"
    return {
        "id": name,
        "shortDescription": {"text": f"{kind.title}."},
        "fullDescription": {"text": kind.help},
        "help": {"text": kind.help, "markdown": kind.help},
        "defaultConfiguration": {"level": "error" if wrong or name in OPEN else "warning"},
        "properties": {"precision": "high" if name in OPEN else "very-high", "tags": ["correctness", "mathematics"]},
    }


def _result(remark: Remark, outcome: Outcome, policy: Policy, place: Place) -> dict[str, Any]:
    name = outcome.item.name
    found: dict[str, Any] = {
        "ruleId": remark.rule,
        "ruleIndex": _RULES.index(remark.rule),
        "level": level(remark, outcome, policy),
        "message": {"text": _linkless(in_text(remark, name)), "markdown": _linkless(in_markdown(remark, name))},
        "locations": [_location(outcome, place)],
        "partialFingerprints": {"deriveClaim/v1": _fingerprint(remark, outcome, place)},
        "properties": {"claim": name, "status": outcome.status},
    }
    fixes = list(_fixes(remark, place))
    return {**found, "fixes": fixes} if fixes else found


def _linkless(message: str) -> str:
    """Words in brackets before parentheses would be a link."""
    return message.replace("](", "] (")


def _location(outcome: Outcome, place: Place) -> dict[str, Any]:
    found: dict[str, Any] = {"logicalLocations": [{"fullyQualifiedName": outcome.item.name, "kind": "function"}]}
    if place.file:
        found["physicalLocation"] = {"artifactLocation": _artifact(place), "region": _region(place)}
    return found


def _artifact(place: Place) -> dict[str, Any]:
    if Path(place.file).is_absolute():
        return {"uri": Path(place.file).as_uri()}
    return {"uri": quote(place.file), "uriBaseId": _ROOT}


def _region(place: Place) -> dict[str, Any]:
    return _span(place.spans[0]) if len(place.spans) == 1 else {"startLine": max(place.line, 1)}


def _span(span: Span) -> dict[str, Any]:
    return {"startLine": span.line, "startColumn": span.start, "endLine": span.line, "endColumn": span.end}


def _fingerprint(remark: Remark, outcome: Outcome, place: Place) -> str:
    """The same result has it in every version of a file, wherever in it the claim stands."""
    parts = (place.file, outcome.item.name, remark.rule, remark.side)
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:32]


def _fixes(remark: Remark, place: Place) -> Iterator[dict[str, Any]]:
    """Each formula of a claims file that is to be replaced, with the right one."""
    changes = [
        {"deletedRegion": _span(place.spans[fix.entry]), "insertedContent": {"text": fix.formula.text}}
        for fix in remark.fixes
        if fix.entry < len(place.spans) and not set(fix.formula.text) & set("\"'\\\n")
    ]
    if changes:
        says = "; ".join(f"{fix.label}: {fix.formula.text}" for fix in remark.fixes)
        change = {"artifactLocation": _artifact(place), "replacements": changes}
        yield {"description": {"text": _linkless(says)}, "artifactChanges": [change]}
