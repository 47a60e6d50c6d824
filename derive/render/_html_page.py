"""What all pages are made of: the frame, escaped text, verdicts in words, formulas that scroll in their own box."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from html import escape
from typing import NamedTuple

from derive.render import latex
from derive.render._html_style import STYLE
from derive.render._latex_width import width
from derive.render._mathml_printer import MathmlPrinter, row
from derive.render._printer import all_names, unmarked
from derive.render._statements import LATEX, TEXT
from derive.terms.term import Term
from derive.version import VERSION

MARKS = {"proved": "✓", "refuted": "✗", "unknown": "?"}
_POLICY = "default-src 'none'; style-src 'unsafe-inline'"
#: letters that fit on the narrowest screen: what is wider may have to be scrolled, by the keyboard too
_NARROW = 30


class Maths(NamedTuple):
    """Mathematics as elements of MathML, and as the LaTeX that comes with them to be copied."""

    shown: str
    source: str

    @property
    def letters(self) -> float:
        """About how wide it is."""
        return width(self.source)


RELATIONS = {name: Maths(f"<mo>{escape(TEXT[name])}</mo>", LATEX[name]) for name in TEXT}
CONDITIONS = {
    "positive": Maths("<mo>&gt;</mo><mn>0</mn>", "> 0"),
    "nonnegative": Maths("<mo>≥</mo><mn>0</mn>", r"\ge 0"),
    "nonzero": Maths("<mo>≠</mo><mn>0</mn>", r"\ne 0"),
}
INFINITY = Maths("<mi>∞</mi>", r"\infty")


def maths(folded: Term) -> Maths:
    """A term, whose short names are put in already."""
    return Maths(row(MathmlPrinter(all_names(folded)).term(folded).text), unmarked(latex.marked(folded)))


def inline(*pieces: Maths) -> str:
    """Mathematics within a line."""
    return f"<math>{_with_source(pieces)}</math>"


def block(*lines: Iterable[Maths]) -> str:
    """A formula in a box that scrolls by itself; its second line is indented."""
    rows = [list(line) for line in lines]
    letters = max(sum(p.letters for p in line) for line in rows)
    shown = [f'<math display="block">{_with_source(line)}</math>' for line in rows]
    shown[1:] = [f'<div class="more">{line}</div>' for line in shown[1:]]
    reach = ' tabindex="0" role="group" aria-label="formula"' if letters > _NARROW else ""
    return f'<div class="formula" style="--letters: {letters:.0f}"{reach}>{"".join(shown)}</div>'


def _with_source(pieces: Iterable[Maths]) -> str:
    pieces = list(pieces)
    shown, source = "".join(p.shown for p in pieces), said(" ".join(p.source for p in pieces))
    return f'<semantics><mrow>{shown}</mrow><annotation encoding="application/x-tex">{source}</annotation></semantics>'


def said(text: str) -> str:
    """Plain text, in which nothing is mark-up; characters that cannot be seen are named by their codes."""
    return escape("".join(c if c.isprintable() or c in "\n\u00a0" else f"U+{ord(c):04X}" for c in text))


def verdict(status: str, words: str = "") -> str:
    """A verdict in words; the colour says nothing that they do not say. What has no mark here is no verdict."""
    return f'<span class="verdict {status}">{said(words or f"{MARKS[status]} {status}")}</span>'


def opening(summary: str, inside: Iterable[str], opened: bool) -> Iterator[str]:
    """A line that opens."""
    how = ' open=""' if opened else ""
    yield f'<details{how}><summary>{summary}</summary><div class="inside">'
    yield from inside
    yield "</div></details>"


def terms(rows: Iterable[tuple[str, str]]) -> Iterator[str]:
    """What is what, in two columns; the first one is text, the second one mark-up."""
    yield "<dl>"
    yield from (f"<dt>{said(label)}</dt><dd>{content}</dd>" for label, content in rows)
    yield "</dl>"


def table(
    caption: str, heads: Iterable[str], rows: Iterable[list[str]], numbers: tuple[int, ...] = ()
) -> Iterator[str]:
    """A table with heads for columns and rows; `numbers` are the columns that stand to the right."""

    def cell(column: int, content: str, head: str = "") -> str:
        tag, scope = ("th", f' scope="{head}"') if head else ("td", "")
        kind = ' class="number"' if column in numbers else ""
        return f"<{tag}{scope}{kind}>{content}</{tag}>"

    yield f'<div class="wide" tabindex="0" role="group" aria-label="{said(caption)}">'
    yield f"<table><caption>{said(caption)}</caption>"
    yield f"<thead><tr>{''.join(cell(n, said(h), 'col') for n, h in enumerate(heads))}</tr></thead><tbody>"
    for cells in rows:
        yield f"<tr>{''.join(cell(n, c, '' if n else 'row') for n, c in enumerate(cells))}</tr>"
    yield "</tbody></table></div>"


class Section(NamedTuple):
    """A part of a page: its title is text, its lines are mark-up."""

    title: str
    lines: list[str]


def page(
    title: str, head: Iterable[str], sections: list[Section], foot: Iterable[str] = (), contents: bool = True
) -> str:
    """A whole page, which loads nothing from anywhere and runs no script."""
    return "\n".join([
        '<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8"/>',
        '<meta name="viewport" content="width=device-width, initial-scale=1"/>',
        f'<meta http-equiv="Content-Security-Policy" content="{_POLICY}"/>',
        f'<meta name="generator" content="derive {said(VERSION)}"/>\n<title>{said(_one_line(title))}</title>',
        f'<style>{STYLE}</style>\n</head>\n<body>\n<a class="skip" href="#main">To the content</a>',
        f"<header><h1>{said(title)}</h1>",
        *head,
        f'</header>\n{_contents(sections) if contents else ""}\n<main id="main">',
        *(line for number, s in enumerate(sections, 1) for line in section(str(number), s)),
        "</main>\n<footer>",
        *foot,
        f"<p>Made by derive {said(VERSION)}.</p></footer>\n</body>\n</html>\n",
    ])


def _one_line(text: str) -> str:
    return re.sub(r"\s+", " ", text).strip()


def _contents(sections: list[Section]) -> str:
    links = "".join(f'<li><a href="#part-{n}">{said(s.title)}</a></li>' for n, s in enumerate(sections, 1))
    return f'<nav aria-label="Contents"><ul>{links}</ul></nav>' if len(sections) > 2 else ""


def section(number: str, part: Section, head: str = "h2") -> Iterator[str]:
    """A part of a page, with its number on that page."""
    label = f' aria-labelledby="part-{number}"' if head == "h2" else ""  # a landmark, and there are not to be too many
    yield f'<section{label}><{head} id="part-{number}">{said(part.title)}</{head}>'
    yield from part.lines
    yield "</section>"
