"""The line of every key of a TOML text, which `tomllib` does not tell: a walk over a text that it has accepted.

A path is what leads to a value: `("claim", 0, "where", "p")` is `p` in the table `where` of the first `[[claim]]`.
"""

from __future__ import annotations

import re
import tomllib
from typing import Any, TypeAlias

Path: TypeAlias = "tuple[str | int, ...]"
_SPACE = re.compile(r"(?:[ \t\r\n]|#[^\n]*)*")
_KEY = re.compile(r"""(?:"(?:[^"\\\n]|\\.)*"|'[^'\n]*'|[A-Za-z0-9_-]+|[ \t]*\.[ \t]*)+""")
_STRINGS = (
    re.compile(r'"""(?:[^\\]|\\.)*?"{3,5}', re.DOTALL),
    re.compile(r"'''.*?'{3,5}", re.DOTALL),
    re.compile(r'"(?:[^"\\\n]|\\.)*"'),
    re.compile(r"'[^'\n]*'"),
)
_PLAIN = re.compile(r"[^,\]}#\n]*")


def lines(text: str) -> dict[Path, int]:
    """path -> line, from 1. The text must be valid TOML.

    >>> lines("a = 1\\n[[claim]]\\nwhere.p = 'z'")
    {('a',): 1, ('claim',): 2, ('claim', 0): 2, ('claim', 0, 'where'): 3, ('claim', 0, 'where', 'p'): 3}
    """
    return _Scan(text).all()


class _Scan:
    def __init__(self, text: str) -> None:
        self.text = text
        self.at = 0
        self.found: dict[Path, int] = {}
        self.counts: dict[Path, int] = {}
        self.counted = 0
        self.line = 1

    def all(self) -> dict[Path, int]:
        """Headers and assignments, to the end."""
        table: Path = ()
        self.skip()
        while self.at < len(self.text):
            table = self.header() if self.text[self.at] == "[" else self.assignment(table)
            self.skip()
        return self.found

    def skip(self) -> None:
        """Over blanks, ends of lines and comments."""
        found = _SPACE.match(self.text, self.at)
        self.at = found.end() if found else self.at

    def take(self, pattern: re.Pattern[str]) -> str:
        """What matches here, or nothing."""
        found = pattern.match(self.text, self.at)
        self.at = found.end() if found else self.at
        return found.group() if found else ""

    def mark(self, path: Path) -> None:
        """The key on the way to here: the first line counts."""
        self.line += self.text.count("\n", self.counted, self.at)
        self.counted = self.at
        for end in range(1, len(path) + 1):
            if not isinstance(path[end - 1], int) or end == len(path):
                self.found.setdefault(path[:end], self.line)

    def header(self) -> Path:
        """`[a.b]` or `[[a.b]]`; in an array of tables, its last one is meant."""
        repeated = self.text.startswith("[[", self.at)
        self.at += 2 if repeated else 1
        self.skip()
        keys = _keys(self.take(_KEY))
        path = self.inside(keys[:-1]) + keys[-1:]
        if repeated:
            number = self.counts[path] = self.counts.get(path, -1) + 1
            path = (*path, number)
        else:
            path = self.inside(keys)
        self.mark(path)
        self.at = self.text.index("]", self.at) + (2 if repeated else 1)
        return path

    def inside(self, keys: Path) -> Path:
        """The path with the number of the last table of each array of tables on the way."""
        path: Path = ()
        for key in keys:
            path = (*path, key)
            path = (*path, self.counts[path]) if path in self.counts else path
        return path

    def assignment(self, table: Path) -> Path:
        """`a.b = value`, to the end of the value."""
        start = self.at
        path = table + _keys(self.take(_KEY))
        end, self.at = self.at, start
        self.mark(path)
        self.at = self.text.index("=", end) + 1
        self.skip()
        self.value(path)
        return table

    def value(self, path: Path) -> None:
        """A text, an array, an inline table, or anything else up to where it ends."""
        first = self.text[self.at : self.at + 1]
        if first in ('"', "'"):
            next(t for t in map(self.take, _STRINGS) if t)
        elif first == "[":
            self.items(path, "]")
        elif first == "{":
            self.items(path, "}")
        else:
            self.take(_PLAIN)

    def items(self, path: Path, end: str) -> None:
        """What stands between brackets, with commas between."""
        self.at += 1
        number = 0
        self.skip()
        while self.text[self.at] != end:
            if self.text[self.at] == ",":
                self.at += 1
            elif end == "}":
                self.assignment(path)
            else:
                self.mark((*path, number))
                self.value((*path, number))
                number += 1
            self.skip()
        self.at += 1


def _keys(text: str) -> Path:
    """The parts of a dotted key, quoted or not."""
    out: list[str | int] = []
    inside: Any = tomllib.loads(f"{text.strip()} = 0")
    while isinstance(inside, dict):
        key, inside = next(iter(inside.items()))
        out.append(key)
    return tuple(out)
