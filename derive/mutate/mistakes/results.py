"""What a function gives back: negated, scaled, in another order, gradient and Hessian exchanged."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from derive.mutate.mistakes.draft import Draft, called, short
from derive.mutate.source import Function, Source

_PAIR = ("the gradient", "the Hessian")
#: their results are no arrays
_CONTAINERS = frozenset(("list", "tuple", "zip", "dict", "set", "apply", "partial"))
_NO_FORMULAS = (ast.ListComp, ast.List, ast.Dict, ast.DictComp, ast.Lambda, ast.JoinedStr)


def of(source: Source, function: Function) -> Iterator[Draft]:
    """The mistakes in what a function gives back."""
    for node in _own(function):
        match node:
            case ast.Return(value=ast.Tuple(elts=[_, _] as pair)):
                yield from _both(source, pair)
            case ast.Return(value=ast.Tuple(elts=several)):
                yield from (d for i, e in enumerate(several, 1) for d in _value(source, e, f"result {i}"))
            case ast.Return(value=ast.expr() as value):
                yield from _value(source, value, "the result")
            case ast.Call(args=[ast.Tuple(elts=[_, _] as pair)]) if called(node) == "append":
                yield from _both(source, pair)
            case ast.ListComp(elt=ast.Tuple(elts=[_, _] as pair)):
                yield from _both(source, pair)
            case ast.Call(args=[_, _] as pair) if called(node) == "zip" and _is_result(source, node):
                yield from _both(source, pair)


def _own(function: Function) -> Iterator[ast.AST]:
    """The nodes of a function, those of functions inside it left out: they have their own turn."""
    stack: list[ast.AST] = list(function.body)
    while stack:
        node = stack.pop(0)
        if not isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Lambda)):
            yield node
            stack[:0] = ast.iter_child_nodes(node)


def _is_result(source: Source, node: ast.AST) -> bool:
    """Is it `return list(zip(…))`?"""
    parent = source.parents[node]
    return isinstance(parent, ast.Return) or (called(parent) in _CONTAINERS and _is_result(source, parent))


def _both(source: Source, pair: list[ast.expr]) -> Iterator[Draft]:
    a, b = pair
    edits = (source.replace(a, source.of(b), True), source.replace(b, source.of(a), True))
    yield Draft("swap", "gradient and Hessian exchanged", edits)
    for value, what in zip(pair, _PAIR, strict=True):
        yield from _value(source, value, what)


def _value(source: Source, value: ast.expr, what: str) -> Iterator[Draft]:
    if isinstance(value, ast.Constant) and isinstance(value.value, (int, float)) and not isinstance(value.value, bool):
        yield Draft("sign", f"{what}: -{source.of(value)}", (source.replace(value, f"-{source.of(value)}"),))
        yield Draft("factor", f"{what}: twice", (source.replace(value, f"2 * {source.of(value)}"),))
        return
    if isinstance(value, (ast.Constant, *_NO_FORMULAS)) or called(value) in _CONTAINERS:
        return
    operand = source.operand(value)
    yield Draft("sign", f"{what} negated: -{short(operand)}", (source.replace(value, f"-{operand}"),))
    for number in ("2", "0.5"):
        yield Draft("factor", f"{what} times {number}", (source.replace(value, f"{number} * {operand}"),))
    back = f"{operand}.flip(0)" if "torch" in source.text else f"{operand}[::-1]"
    if what != "the Hessian":
        yield Draft("index", f"{what} with its rows in reverse order", (source.replace(value, back, True),))
