"""Where a mistake of an objective can be made: not in messages, shapes, annotations, defaults or decorators."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from derive.mutate.mistakes.draft import called
from derive.mutate.source import Source

#: calls that are no formula: what is inside is a shape, a count or a message
_NOT_FORMULAS = frozenset({
    "print",
    "range",
    "len",
    "isinstance",
    "reshape",
    "zeros",
    "empty",
    "warn",
    "debug",
    "info",
    "error",
    "format",
    "array_split",
    "getattr",
    "hasattr",
})
_SKIPPED = (ast.JoinedStr, ast.Raise, ast.Assert, ast.arguments, ast.Import, ast.ImportFrom)


def nodes(source: Source) -> Iterator[ast.expr | ast.stmt]:
    """The statements and expressions of the function, from top to bottom."""
    yield from _below(source.node)


def _below(node: ast.AST) -> Iterator[ast.expr | ast.stmt]:
    for name, field in ast.iter_fields(node):
        if name in ("decorator_list", "returns", "annotation", "args") and not isinstance(node, ast.Call):
            continue
        for child in field if isinstance(field, list) else [field]:
            if not isinstance(child, ast.AST) or isinstance(child, _SKIPPED):
                continue
            if isinstance(child, (ast.expr, ast.stmt)):
                yield child
            aside = isinstance(child, ast.Call) and called(child) in _NOT_FORMULAS
            yield from _below(child.func if aside and isinstance(child, ast.Call) else child)
