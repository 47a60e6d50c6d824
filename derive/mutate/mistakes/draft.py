"""A mistake before it is made: its kind, what it does in words, and the edits that make it."""

from __future__ import annotations

import ast
from typing import NamedTuple

from derive.mutate.records import Edit
from derive.mutate.source import Source

_LONG = 32


class Draft(NamedTuple):
    """One mistake; the first edit says the line."""

    kind: str
    says: str
    edits: tuple[Edit, ...]


def swap(kind: str, source: Source, node: ast.expr, text: str, *, atom: bool = False) -> Draft:
    """An expression becomes another one."""
    return Draft(kind, f"{short(source.of(node))} → {short(text)}", (source.replace(node, text, atom),))


def short(text: str, long: int = _LONG) -> str:
    """The text on one line, cut where it is long."""
    line = " ".join(text.split())
    return line if len(line) <= long else f"{line[: long - 1]}…"


def called(node: ast.AST) -> str:
    """The last part of the name of what is called: `clip` for `np.clip(…)`; empty for anything else."""
    if not isinstance(node, ast.Call):
        return ""
    f = node.func
    return f.attr if isinstance(f, ast.Attribute) else f.id if isinstance(f, ast.Name) else ""
