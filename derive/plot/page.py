"""Pictures as a part of a page: SVG that takes its colours from the page, in which no name is there twice."""

from __future__ import annotations

import re
from collections.abc import Sequence
from html import escape
from typing import Any

from derive.plot.style import BLACK, BLUE, GREEN, LINE, ORANGE, RED, WHITE, Drawing, content, panels
from derive.render.picture import Picture

#: colours -> what the page has for them, light or dark
_COLOURS = {
    BLACK: "currentColor",
    WHITE: "var(--paper)",
    BLUE: "var(--blue)",
    ORANGE: "var(--orange)",
    GREEN: "var(--green)",
    RED: "var(--red)",
    LINE: "var(--line)",
}
_HEAD = re.compile(r'^.*?<svg [^>]*?viewBox="(?P<box>[^"]*)"[^>]*>', re.DOTALL)
_DROPPED = re.compile(r"<metadata>.*?</metadata>|<defs>\s*<style.*?</style>\s*</defs>|<!--.*?-->", re.DOTALL)
_NAMED = re.compile(r'\bid="([^"]*)"')
_USED = re.compile(r'(?:href="#|url\(#)([^")]*)')
_PATH = re.compile(r'\b(?:d|x|y|width|height)="[^"]*"')
_LINES = re.compile(r"(?:L -?[\d.]+ -?[\d.]+\n){2,}")
_DECIMALS = re.compile(r"-?\d+\.\d{2,}")


def in_a_page(drawings: Sequence[Drawing], prefix: str = "picture") -> tuple[Picture, ...]:
    """Each drawing as a picture whose panels are SVG elements; all names in it begin with the prefix."""
    return tuple(_picture(drawing, f"{prefix}-{n}") for n, drawing in enumerate(drawings, 1))


def _picture(drawing: Drawing, name: str) -> Picture:
    figures = panels(drawing)
    shown = [
        inline(made, f"{name}-{n}", f"{drawing.title} ({n} of {len(figures)})") for n, made in enumerate(figures, 1)
    ]
    return Picture(name, drawing.title, drawing.says, tuple(shown))


def inline(made: Any, prefix: str, label: str) -> str:
    """A figure as an `svg` element: no size of its own, no style that leaks, coordinates of a tenth of a point."""
    text = content(made, "svg").decode()
    head = _HEAD.match(text)
    if head is None:
        raise ValueError("matplotlib wrote SVG without a viewBox")
    text = _DROPPED.sub("", text[head.end() :])
    text = _own_names(text.replace("xlink:href", "href"), prefix)
    text = _PATH.sub(lambda found: _DECIMALS.sub(_rounded, found[0]), text)
    for colour, name in _COLOURS.items():
        text = re.sub(colour, name, text, flags=re.IGNORECASE)
    text = re.sub(r"\s*\n\s*", "\n", _LINES.sub(_shorter, text)).strip().replace("<g >", "<g>")
    text = _PATH.sub(lambda found: " ".join(found[0].split()), text)
    look = 'fill="currentColor" stroke-linejoin="round" role="img"'
    return f'<svg viewBox="{head["box"]}" {look} aria-label="{escape(label)}">{text}'


def _own_names(text: str, prefix: str) -> str:
    """Names that nothing refers to are left out; the others are numbered, behind the prefix."""
    names = {used: f"{prefix}-{n}" for n, used in enumerate(dict.fromkeys(_USED.findall(text)))}
    text = _NAMED.sub(lambda found: f'id="{names[found[1]]}"' if found[1] in names else "", text)
    return _USED.sub(lambda found: found[0].replace(found[1], names[found[1]]), text)


def _shorter(lines: re.Match[str]) -> str:
    """Of several straight lines in a row, only the first one needs its L."""
    return "L" + lines[0].replace("L ", "").replace("\n", " ")


def _rounded(number: re.Match[str]) -> str:
    return f"{float(number[0]):.1f}".rstrip("0").rstrip(".")
