"""Where a remark points: a file as the repository names it, a line, and the formula on it where that is known."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Literal, TypeAlias

if TYPE_CHECKING:
    from derive.render._remarks import Remark
    from derive.suite.item import Item, Outcome

#: from the name of a file to its lines; nothing for a file that cannot be read
Reader: TypeAlias = Callable[[str], tuple[str, ...]]
#: what a remark can be about that has a line of its own
SIDES: Mapping[str, Literal["gradient", "hessian", "loss"]] = {s: s for s in ("gradient", "hessian", "loss")}
_LONGEST_LIST = 400


@dataclass(frozen=True, slots=True)
class Span:
    """A part of a line: columns count from 1, and `end` is the one after the last."""

    line: int
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Place:
    """`file` is relative to the root of the repository, with slashes, where it is inside; line 0: in no file.

    `spans` are the formulas of the side that the remark is about, in order, where all of them were found.
    """

    file: str
    line: int
    spans: tuple[Span, ...] = ()


def place_of(remark: Remark, outcome: Outcome, root: Path, read: Reader) -> Place:
    """Where a remark points to."""
    file, line = outcome.place(SIDES.get(remark.side))
    return Place(_relative(file, root), line, tuple(_spans(outcome.item, remark.side, read)) if file else ())


def root_of(folder: Path) -> Path:
    """The root of the repository that a folder is in; the folder itself where there is none."""
    start = folder.resolve()
    return next((p for p in (start, *start.parents) if (p / ".git").exists()), start)


def lines_of(file: str) -> tuple[str, ...]:
    """The lines of a file of the user, for the columns of its formulas; none where it cannot be read."""
    from derive.errors import FileError
    from derive.files import read_text

    try:
        return tuple(read_text(Path(file)).split("\n"))
    except FileError:
        return ()


def _relative(file: str, root: Path) -> str:
    if not file:
        return ""
    full = Path(os.path.realpath(file))
    return (full.relative_to(root) if full.is_relative_to(root) else full).as_posix()


def _spans(item: Item, side: str, read: Reader) -> Iterator[Span]:
    """The formulas of a claims file, where they stand between quotes: one after the other, from the line of the key."""
    first = item.lines.get(side, 0)
    wanted = list(_texts(item.keywords.get(side)))
    lines = read(item.file)[: first + _LONGEST_LIST] if first and wanted else ()
    found: list[Span] = []
    row, column = first, 0
    for formula in wanted:
        span = _next(formula, lines, row, column)
        if span is None:
            return
        found.append(span)
        row, column = span.line, span.end
    yield from found


def _texts(value: object) -> Iterator[str]:
    """The formulas of a keyword: one, a list, or a list of rows."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, (list, tuple)):
        for part in value:
            yield from _texts(part)


def _next(formula: str, lines: tuple[str, ...], row: int, column: int) -> Span | None:
    for number in range(row, len(lines) + 1):
        begin = column if number == row else 0
        at = [lines[number - 1].find(f"{q}{formula}{q}", begin) for q in "\"'"]
        if max(at) >= 0:
            start = min(a for a in at if a >= 0) + 2
            return Span(number, start, start + len(formula))
    return None
