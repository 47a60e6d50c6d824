"""Long lines are broken at operators: outside brackets rather than inside, and late rather than early."""

from __future__ import annotations

import re
from collections.abc import Callable

from derive.render._printer import BREAK, SOFT, unmarked

Measure = Callable[[str], float]
_TOKEN = re.compile(r"\\left.|\\right.|\\[A-Za-z]+|\\.|.", re.DOTALL)
_DEPTH = {**dict.fromkeys("([{⌊", 1), **dict.fromkeys(")]}⌋", -1)}
_LEAST = 0.35


def broken(text: str, first: float, following: float, measure: Measure = len) -> list[str]:
    """The lines of a marked text: `first` is the room on the first line, `following` the room on the others."""
    out: list[str] = []
    room = first
    while measure(unmarked(text)) > room and (place := _place(text, room, measure)):
        out.append(unmarked(text[:place]).rstrip())
        text = text[place + 1 :]
        room = following
    return [*out, unmarked(text)]


def _place(text: str, room: float, measure: Measure) -> int:
    """Where to break: as far out as possible, then as late as fits; 0 where there is no place at all."""
    places = [(p, soft, depth, measure(unmarked(text[:p]))) for p, soft, depth in _places(text)]
    fits = [p for p in places if p[3] <= room]
    good = [p for p in fits if p[3] >= room * _LEAST] or fits
    if good:
        return min(good, key=lambda p: (p[1], p[2], -p[0]))[0]
    return places[0][0] if places else 0


def _places(text: str) -> list[tuple[int, bool, int]]:
    """(position, is it soft, depth of brackets) of each mark outside LaTeX's braces."""
    out: list[tuple[int, bool, int]] = []
    depth = braces = 0
    for match in _TOKEN.finditer(text):
        piece = match[0]
        if piece in (BREAK, SOFT) and not braces:
            out.append((match.start(), piece == SOFT, depth))
        braces += {"{": 1, "}": -1}.get(piece, 0)
        depth += _DEPTH.get(piece[-1], 0) * (piece not in (r"\{", r"\}"))
    return out
