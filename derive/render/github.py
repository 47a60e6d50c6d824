"""GitHub's workflow commands, which put a message beside a line of a pull request, and the summary of a job."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from derive.render._places import Place, Reader, lines_of, place_of, root_of
from derive.render._remarks import Level, Remark, for_people, in_text, level
from derive.render.markdown import escape

if TYPE_CHECKING:
    from derive.suite.item import Outcome
    from derive.suite.policy import Policy

_COMMANDS = {"error": "error", "warning": "warning", "note": "notice"}
_MARKS = {"proved": "✅", "refuted": "❌", "unknown": "❔", "error": "❌"}
#: GitHub refuses a summary of more than 1 MiB
_LARGEST = 900_000


def commands(outcomes: Sequence[Outcome], policy: Policy, *, root: Path | None = None, read: Reader = lines_of) -> str:
    """A line for each thing that is wrong or open: `::error file=…,line=…,title=…::…`, `::warning` or `::notice`.

    A pull request has room for ten of a kind, so floating point has one for each formula, and none where the claim is
    refuted.
    """
    top = root_of(root or Path.cwd())
    said = ((r, o, level(r, o, policy)) for o in outcomes for r in for_people(o))
    return "".join(_command(r, o, lvl, place_of(r, o, top, read)) for r, o, lvl in said)


def _command(remark: Remark, outcome: Outcome, lvl: Level, place: Place) -> str:
    named = {**_where(place), "title": f"{remark.title} ({remark.rule})"}
    properties = ",".join(f"{key}={_property(value)}" for key, value in named.items())
    return f"::{_COMMANDS[lvl]} {properties}::{_data(in_text(remark, outcome.item.name))}\n"


def _where(place: Place) -> dict[str, str]:
    if not place.file:
        return {}
    if len(place.spans) != 1:
        return {"file": place.file, "line": str(max(place.line, 1))}
    span = place.spans[0]
    return {"file": place.file, "line": str(span.line), "col": str(span.start), "endColumn": str(span.end - 1)}


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")


# -- the summary of a job


def summary(outcomes: Sequence[Outcome], policy: Policy) -> str:
    """The summary of a job in Markdown, for the file that `$GITHUB_STEP_SUMMARY` names: counts, a table, reports."""
    rows = [_row(o, policy) for o in outcomes]
    head = ["## Derivatives", "", _counts(outcomes), ""]
    table = ["| claim | answer | for the build | |", "| --- | --- | --- | --- |", *rows, ""] if rows else []
    return _cut("\n".join([*head, *table]) + "\n", _details(outcomes))


def _counts(outcomes: Sequence[Outcome]) -> str:
    """How many there are of each answer; that there are none is said, and is no success."""
    found: Counter[str] = Counter(o.status for o in outcomes)
    words = {"proved": "proved", "refuted": "refuted", "unknown": "not decided", "error": "cannot be read"}
    said = ", ".join(f"{found[s]} {w}" for s, w in words.items() if found[s])
    return f"**{said}**" if said else "**No claim was found, so nothing is proved.**"


def _row(outcome: Outcome, policy: Policy) -> str:
    file, line = outcome.place()
    name = outcome.item.name
    place = "" if not file else f"line {line}" if name.startswith(f"{file}::") else f"{file}, line {line}"
    what = escape(outcome.summary.replace("\n", " "))
    answer = f"{_MARKS[outcome.status]} {outcome.status}" + " (numbers agree)" * outcome.numeric_only
    said = {"fail": "fails it", "warn": "a warning", "ignore": ""}[policy.level(outcome)]
    return f"| {escape(name)}{place and '<br>'}{escape(place)} | {answer} | {said} | {what} |"


def _details(outcomes: Sequence[Outcome]) -> Iterator[str]:
    for o in outcomes:
        if o.report is not None and (o.status != "proved" or o.report.serious):
            title = o.item.name.replace("&", "&amp;").replace("<", "&lt;")
            yield f"<details><summary>{title}</summary>\n\n```text\n{o.report.text().rstrip()}\n```\n\n</details>\n"


def _cut(text: str, parts: Iterator[str]) -> str:
    """As many parts as there is room for, and what was left out."""
    size, left = len(text.encode()), 0
    for part in parts:
        size += len(part.encode())
        left += size > _LARGEST
        text += part if size <= _LARGEST else ""
    return text + (f"\nThe reports of {left} more claims are too long for this page.\n" if left else "")
