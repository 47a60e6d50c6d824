"""Conditions flipped, moved, or with the boundary on the other side; branches exchanged or left out; lost clips."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from derive.mutate.mistakes.draft import Draft, called, short, swap
from derive.mutate.records import Edit
from derive.mutate.source import Source

_OPPOSITE: dict[type[ast.cmpop], str] = {
    ast.Lt: ">=", ast.LtE: ">", ast.Gt: "<=", ast.GtE: "<", ast.Eq: "!=", ast.NotEq: "==",
}  # fmt: skip
_BOUNDARY: dict[type[ast.cmpop], str] = {ast.Lt: "<=", ast.LtE: "<", ast.Gt: ">=", ast.GtE: ">"}
_SIGN: dict[type[ast.cmpop], str] = {ast.Lt: "<", ast.LtE: "<=", ast.Gt: ">", ast.GtE: ">="}
_CLIPS = frozenset(("clip", "clamp", "maximum", "minimum", "fmax", "fmin", "clamp_", "clip_"))
#: modules whose functions take what a method would be called on
_MODULES = frozenset(("np", "numpy", "jnp", "torch", "cp", "F"))


def of(source: Source, node: ast.expr | ast.stmt) -> Iterator[Draft]:
    """The mistakes of branches that can be made at a node."""
    match node:
        case ast.Compare(left=a, ops=[op], comparators=[b]) if type(op) in _OPPOSITE:
            yield from _comparison(source, node, a, op, b)
        case ast.Call(args=[condition, a, b]) if called(node) == "where" and not isinstance(condition, ast.Compare):
            both = (source.replace(a, source.of(b), True), source.replace(b, source.of(a), True))
            yield Draft("branch", f"branches of {short(source.of(node))} exchanged", both)
        case ast.Call() if called(node) in _CLIPS:
            yield from _unclipped(source, node)
        case ast.Assign(targets=[ast.Subscript(slice=mask)]) if not isinstance(mask, (ast.Constant, ast.Slice)):
            lost = Edit(source.start(node), source.end(node), "pass")
            yield Draft("branch", f"{short(source.of(node))} left out", (lost,))


def _comparison(source: Source, node: ast.Compare, a: ast.expr, op: ast.cmpop, b: ast.expr) -> Iterator[Draft]:
    left, right = source.of(a), source.of(b)
    yield swap("branch", source, node, f"{left} {_OPPOSITE[type(op)]} {right}")
    if type(op) in _BOUNDARY:
        yield swap("branch", source, node, f"{left} {_BOUNDARY[type(op)]} {right}")
        yield swap("branch", source, node, f"{left} {_SIGN[type(op)]} {_moved(source, b)}")


def _moved(source: Source, bound: ast.expr) -> str:
    return "1" if isinstance(bound, ast.Constant) and bound.value == 0 else f"2 * {source.operand(bound)}"


def _unclipped(source: Source, node: ast.Call) -> Iterator[Draft]:
    """What was kept within bounds no longer is."""
    f = node.func
    method = isinstance(f, ast.Attribute) and not (isinstance(f.value, ast.Name) and f.value.id in _MODULES)
    inside = [f.value] if method and isinstance(f, ast.Attribute) else node.args
    for kept in inside[:2] if called(node) in ("maximum", "minimum", "fmax", "fmin") else inside[:1]:
        if not isinstance(kept, ast.Constant):
            yield Draft("tail", f"{short(source.of(node))} without the bound", (source.promote(node, kept),))
