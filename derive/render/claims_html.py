"""The report on formulas that somebody else wrote as a page of its own, and the reports on many as one."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from types import MappingProxyType
from typing import TYPE_CHECKING

from derive.render._html_page import (
    CONDITIONS,
    RELATIONS,
    Maths,
    Section,
    block,
    maths,
    opening,
    page,
    said,
    section,
    table,
    terms,
    verdict,
)
from derive.render._names import unicode_name
from derive.render.claims import Line, summary, told_lines
from derive.render.picture import Picture, figures
from derive.report import Report

if TYPE_CHECKING:
    from derive.suite.item import Outcome

_LOSS = Maths("<mi>ℓ</mi>", r"\ell")
_WHY = {"proved": "How it was proved", "refuted": "What is wrong, and what is right", "unknown": "What is open"}
_WORDS = {"error": "✗ cannot be read"}


def render(report: Report, *, pictures: Sequence[Picture] = ()) -> str:
    """The report as a page.

    >>> from derive.check import check
    >>> "refuted" in render(check("z**2", "z", wrt="z"))
    True
    """
    head = [f"<p>{verdict(report.status)} {said(summary(report))}.</p>"]
    return page("Is the claim right?", head, _parts(report, pictures))


def render_all(
    outcomes: Sequence[Outcome], counted: str, *, pictures: Mapping[str, Sequence[Picture]] = MappingProxyType({})
) -> str:
    """A page about many claims: what came out of each in a table, then its report; `counted` is the line above.

    `pictures` are those of the claims, by their names.
    """
    numbered = list(enumerate(outcomes, 2))  # the numbers of their parts of the page: the first part is the table
    rows = ([f'<a href="#part-{n}">{said(o.item.name)}</a>', _status(o), said(o.summary)] for n, o in numbered)
    found = list(table("What came out", ("claim", "answer", "in short"), rows)) if numbered else []
    sections = [
        Section("All claims", found),
        *(Section(o.item.name, list(_outcome(n, o, pictures.get(o.item.name, ())))) for n, o in numbered),
    ]
    return page("Are the claims right?", [f"<p>{said(counted)}</p>"], sections, contents=False)


def _status(outcome: Outcome) -> str:
    return verdict("refuted" if outcome.status == "error" else outcome.status, _WORDS.get(outcome.status, ""))


def _outcome(number: int, outcome: Outcome, pictures: Sequence[Picture]) -> Iterator[str]:
    yield f"<p>{_status(outcome)} {said(outcome.summary)}</p>"
    if outcome.report is None:
        yield f'<p class="said">{said(outcome.reason)}</p>'
        return
    for n, part in enumerate(_parts(outcome.report, pictures), 1):
        yield from section(f"{number}-{n}", part, "h3")


# -- one report


def _parts(report: Report, pictures: Sequence[Picture]) -> list[Section]:
    """What was claimed, then each answer with all that belongs to it, then what else there is to say."""
    groups = _grouped(list(told_lines(report))[1:], 0)
    parts = [Section(_capital(line.says), list(_entries(below))) for line, below in groups if below]
    notes = [f"<p>{said(line.says)}</p>" for line, below in groups if not below]
    drawn = [Section("Pictures", list(figures(pictures)))] if pictures else []
    more = [Section("Notes", notes)] if notes else []
    return [Section("What is claimed", list(_claimed(report))), *parts, *drawn, *more]


def _claimed(report: Report) -> Iterator[str]:
    if report.loss is not None:
        yield block((_LOSS, RELATIONS["eq"], maths(report.loss)))
    rows = [("With respect to", ", ".join(f"<var>{said(unicode_name(v))}</var>" for v in report.wrt))]
    rows += [(f"Values of {names}", said(values)) for names, values in report.domain.items()]
    if (source := report.source) is not None and source.file:
        rows.append(("Written in", said(f"{source.file}, line {source.line}" if source.line else source.file)))
    yield from terms(rows)


def _grouped(lines: Iterable[Line], level: int) -> list[tuple[Line, list[Line]]]:
    """Each line of a level, with those below it."""
    groups: list[tuple[Line, list[Line]]] = []
    for line in lines:
        if line.level <= level or not groups:
            groups.append((line, []))
        else:
            groups[-1][1].append(line)
    return groups


def _entries(lines: list[Line]) -> Iterator[str]:
    yield '<ul class="plain">'
    for line, below in _grouped(lines, 1):
        yield f"<li>{_line(line)}"
        if below:
            inside = ["<ul>", *(f"<li>{_line(one)}</li>" for one in below), "</ul>"]
            yield from opening(_WHY.get(line.status, "More"), inside, line.status != "proved")
        yield "</li>"
    yield "</ul>"


def _line(line: Line) -> str:
    """Its words, with the verdict among them, and its formula or its code."""
    words = said(line.says)
    if line.status:
        before, _, after = line.says.partition(line.status)
        words = said(before) + verdict(line.status) + said(after)
    if line.code:
        return f"{words} <code>{said(line.code)}</code>"
    if line.term is None:
        return words
    relation = [CONDITIONS[line.relation]] if line.relation else []
    return f"{words}{block((maths(line.term), *relation))}"


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:].removesuffix(":")
