"""Signs, constant factors, terms, factors of the chain rule, p(1 − p) and exponents."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from derive.mutate.mistakes.draft import Draft, called, short, swap
from derive.mutate.mistakes.names import UPSTREAM, WEIGHTS, name_of
from derive.mutate.records import Edit
from derive.mutate.source import Source

_AUGMENTED: dict[type[ast.operator], str] = {ast.Add: "-=", ast.Sub: "+="}
_FACTOR = (ast.Mult, ast.Div, ast.Pow, ast.MatMult)
_SUMMAND = (*_FACTOR, ast.Add, ast.Sub)
_SHIFTED = {"log1p": "log", "expm1": "exp"}


def of(source: Source, node: ast.expr | ast.stmt) -> Iterator[Draft]:
    """The mistakes of arithmetic that can be made at a node."""
    match node:
        case ast.BinOp(op=ast.Add() | ast.Sub()) if not _is_text(node):
            yield from _sum(source, node)
        case ast.BinOp(op=ast.Mult() | ast.Div()):
            yield from _product(source, node)
        case ast.BinOp(op=ast.Pow(), left=base, right=exponent):
            yield swap("power", source, node, f"{source.operand(base)} ** ({source.of(exponent)} - 1)")
        case ast.UnaryOp(op=ast.USub(), operand=inner) if not isinstance(inner, ast.Constant):
            yield Draft("sign", f"{short(source.of(node))} without its sign", (source.promote(node, inner),))
        case ast.AugAssign():
            yield from _augmented(source, node)
        case ast.Call():
            yield from _function(source, node)


def _is_text(node: ast.BinOp) -> bool:
    return any(isinstance(n, ast.Constant) and isinstance(n.value, str) for n in (node.left, node.right))


def _sum(source: Source, node: ast.BinOp) -> Iterator[Draft]:
    a, b = source.operand(node.left, _SUMMAND), source.operand(node.right, _FACTOR)
    flipped = "-" if isinstance(node.op, ast.Add) else "+"
    says = f"{short(source.of(node.right))} with the other sign"
    yield Draft("sign", says, (source.replace(node, f"{a} {flipped} {b}"),))
    if isinstance(node.op, ast.Add):
        yield _lost("term", source, node, node.left, (source.promote(node, node.right),))
    else:
        back = source.replace(node, f"{b} - {source.operand(node.left, _FACTOR)}")
        yield Draft("sign", f"{short(source.of(node))} with the other sign", (back,))
        yield _lost("term", source, node, node.left, (source.replace(node, f"-{b}"),))
    yield _lost("term", source, node, node.right, (source.promote(node, node.left),))


def _lost(kind: str, source: Source, node: ast.expr, lost: ast.expr, edits: tuple[Edit, ...]) -> Draft:
    return Draft(kind, f"{short(source.of(lost), 20)} lost in {short(source.of(node), 28)}", edits)


def _product(source: Source, node: ast.BinOp) -> Iterator[Draft]:
    if isinstance(node.op, ast.Div):
        kind = "factor" if _is_constant(node.right) else "chain"
        yield _lost(kind, source, node, node.right, (source.promote(node, node.left),))
        return
    parent = source.parents[node]
    if isinstance(parent, ast.BinOp) and isinstance(parent.op, ast.Mult) and parent.left is node:
        return  # the whole chain of factors is seen at its top
    factors = _factors(node)
    for lost in factors:
        rest = [f for f in factors if f is not lost]
        yield _lost(_kind(lost), source, node, lost, (_times(source, node, rest),))
    yield from _variance(source, node, factors)


def _factors(node: ast.expr) -> list[ast.expr]:
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Mult):
        return [*_factors(node.left), node.right]
    return [node]


def _times(source: Source, node: ast.expr, factors: list[ast.expr]) -> Edit:
    if len(factors) == 1:
        return source.promote(node, factors[0])
    return source.replace(node, " * ".join(source.operand(f, (ast.Pow,)) for f in factors))


def _kind(factor: ast.expr) -> str:
    if _is_constant(factor):
        return "factor"
    name = name_of(factor)
    return "weight" if name in WEIGHTS else "upstream" if name in UPSTREAM else "chain"


def _is_constant(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) or (isinstance(node, ast.UnaryOp) and isinstance(node.operand, ast.Constant))


def _variance(source: Source, node: ast.BinOp, factors: list[ast.expr]) -> Iterator[Draft]:
    """p·(1 − p) lost: both factors, or all that there is."""
    for one in factors:
        match one:
            case ast.BinOp(op=ast.Sub(), left=ast.Constant(value=1), right=p):
                same = [f for f in factors if ast.dump(f) == ast.dump(p)]
                if same:
                    left = [f for f in factors if f is not one and f is not same[0]]
                    constant = source.replace(node, f"{source.operand(p)} * 0 + 1")
                    edit = _times(source, node, left) if left else constant
                    yield Draft("p(1-p)", f"{short(source.of(p))}·({short(source.of(one))}) lost", (edit,))


def _augmented(source: Source, node: ast.AugAssign) -> Iterator[Draft]:
    target, value = source.of(node.target), source.of(node.value)
    lost = Edit(source.start(node), source.end(node), "pass")
    text = short(source.of(node))
    if new := _AUGMENTED.get(type(node.op)):
        changed = Edit(source.start(node), source.end(node), f"{target} {new} {value}")
        yield Draft("sign", f"{text} → {target} {new} …", (changed,))
        yield Draft("term", f"{text} left out", (lost,))
    elif isinstance(node.op, (ast.Mult, ast.Div)):
        yield Draft(_kind(node.value), f"{text} left out", (lost,))


def _function(source: Source, node: ast.Call) -> Iterator[Draft]:
    name = called(node)
    if name in ("abs", "absolute", "fabs") and len(node.args) == 1:
        yield Draft("sign", f"{short(source.of(node))} without {name}", (source.promote(node, node.args[0]),))
    elif name in _SHIFTED and len(node.args) == 1:
        function = source.of(node.func)[: -len(name)] + _SHIFTED[name]
        yield swap("term", source, node, f"{function}({source.of(node.args[0])})", atom=True)
    elif name in ("power", "pow", "float_power") and node.args:
        exponent = node.args[-1]
        yield swap("power", source, exponent, f"{source.of(exponent)} - 1")
