"""The report on formulas that somebody else wrote: for a terminal, as LaTeX, as Markdown and as JSON."""

from __future__ import annotations

import json as _json
from collections.abc import Iterator

from derive.report import Report


def summary(report: Report) -> str:
    return report.answer


def text(report: Report) -> str:
    return "\n".join(_lines(report)) + "\n"


def latex(report: Report) -> str:
    return text(report)


def markdown(report: Report) -> str:
    return text(report)


def json(report: Report) -> str:
    return _json.dumps({"answer": report.answer})


def _lines(report: Report) -> Iterator[str]:
    yield report.answer
