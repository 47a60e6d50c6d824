"""Something in another place: an entry, an axis, an order of entries."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from derive.mutate.mistakes.draft import Draft, swap
from derive.mutate.source import Source

_AXES = {"0": "1", "1": "0", "-1": "0"}
_ORDERS = {f"{q}{a}{q}": f"{q}{b}{q}" for q in "\"'" for a, b in ("FC", "CF")}
_OTHER = {("axis", k): v for k, v in _AXES.items()} | {("dim", k): v for k, v in _AXES.items()}
_OTHER |= {("order", k): v for k, v in _ORDERS.items()}


def of(source: Source, node: ast.expr | ast.stmt) -> Iterator[Draft]:
    """The mistakes of place that can be made at a node."""
    match node:
        case ast.Subscript(slice=ast.Tuple(elts=entries)):
            yield from (d for entry in entries for d in _index(source, entry))
        case ast.Subscript(slice=entry):
            yield from _index(source, entry)
        case ast.Call(keywords=keywords):
            yield from _options(source, keywords)


def _index(source: Source, entry: ast.expr) -> Iterator[Draft]:
    if isinstance(entry, ast.Constant) and isinstance(entry.value, int):
        yield swap("index", source, entry, str(0 if entry.value else 1), atom=True)


def _options(source: Source, keywords: list[ast.keyword]) -> Iterator[Draft]:
    for keyword in keywords:
        said = (keyword.arg or "", source.of(keyword.value))
        if other := _OTHER.get(said):
            edit = source.replace(keyword.value, other, True)
            yield Draft("index", f"{'='.join(said)} → {keyword.arg}={other}", (edit,))
