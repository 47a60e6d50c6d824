"""What is changed in a module: comparisons, conditions, operators, numbers, texts, calls, branches, entries of tables.

Left alone are what does nothing when the program runs (docstrings, annotations, imports) and the messages of errors.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from typing import Any, NamedTuple

_COMPARED: dict[type[ast.cmpop], tuple[type[ast.cmpop], ...]] = {
    ast.Lt: (ast.LtE, ast.GtE),
    ast.LtE: (ast.Lt, ast.Gt),
    ast.Gt: (ast.GtE, ast.LtE),
    ast.GtE: (ast.Gt, ast.Lt),
    ast.Eq: (ast.NotEq,),
    ast.NotEq: (ast.Eq,),
    ast.In: (ast.NotIn,),
    ast.NotIn: (ast.In,),
    ast.Is: (ast.IsNot,),
    ast.IsNot: (ast.Is,),
}
_OPERATED: dict[type[ast.operator], type[ast.operator]] = {
    ast.Add: ast.Sub,
    ast.Sub: ast.Add,
    ast.Mult: ast.FloorDiv,
    ast.Div: ast.Mult,
    ast.FloorDiv: ast.Mult,
    ast.Mod: ast.Mult,
    ast.Pow: ast.Mult,
    ast.BitOr: ast.BitAnd,
    ast.BitAnd: ast.BitOr,
    ast.LShift: ast.RShift,
    ast.RShift: ast.LShift,
}
_CALLED = {"any": "all", "all": "any", "max": "min", "min": "max"}
_TABLES = (ast.Tuple, ast.List, ast.Set)


class Mutant(NamedTuple):
    """One change: where it is, in words and as a path through the tree, and which function it is in."""

    line: int
    says: str
    path: tuple[tuple[str, int | None], ...]
    number: int  # among the changes of this node
    function: int | None  # the first line of the outermost function around it; None: it runs at import

    def __str__(self) -> str:
        return f"{self.line}: {self.says}"


def mutants(source: str) -> list[Mutant]:
    """All mutants of a module, in the order of its text."""
    found = sorted(_of(ast.parse(source), (), None), key=lambda m: (m.line, m.says, m.path))
    return [m._replace(says=m.says + _which(found[:n], m)) for n, m in enumerate(found)]


def _which(before: list[Mutant], m: Mutant) -> str:
    """Two changes of one line can read the same."""
    same = sum((b.line, b.says) == (m.line, m.says) for b in before[-20:])
    return f" ({same + 1})" if same else ""


def mutated(source: str, mutant: Mutant) -> ast.Module:
    """The syntax tree of the module with one change."""
    tree = ast.parse(source)
    holder: Any = tree
    for field, at in mutant.path[:-1]:
        holder = getattr(holder, field) if at is None else getattr(holder, field)[at]
    field, at = mutant.path[-1]
    node = getattr(holder, field) if at is None else getattr(holder, field)[at]
    _, new = list(_changes(node))[mutant.number]
    ast.copy_location(new, node)
    if at is None:
        setattr(holder, field, new)
    else:
        getattr(holder, field)[at] = new
    return ast.fix_missing_locations(tree)


def _of(node: ast.AST, path: tuple[tuple[str, int | None], ...], function: int | None) -> Iterator[Mutant]:
    for field, value in ast.iter_fields(node):
        if field in {"annotation", "returns", "msg"} or (isinstance(node, ast.Raise) and field != "body"):
            continue
        inside = function
        if inside is None and isinstance(node, (ast.FunctionDef, ast.Lambda)) and field == "body":
            decorated = getattr(node, "decorator_list", [])
            inside = min([node.lineno, *(d.lineno for d in decorated)])
        rows = enumerate(value) if isinstance(value, list) else [(None, value)]
        for at, child in rows:
            if not isinstance(child, ast.AST) or _idle(child):
                continue
            where = (*path, (field, at))
            line = getattr(child, "lineno", getattr(node, "lineno", 0))
            for n, (says, _) in enumerate(_changes(child)):
                yield Mutant(line, says, where, n, inside)
            yield from _of(child, where, inside)


def _idle(node: ast.AST) -> bool:
    if isinstance(node, ast.AnnAssign):
        return node.value is None
    if isinstance(node, ast.Expr):
        return isinstance(node.value, ast.Constant)
    return isinstance(node, (ast.Import, ast.ImportFrom, ast.JoinedStr, ast.FormattedValue, ast.arguments))


def _changes(node: ast.AST) -> Iterator[tuple[str, ast.AST]]:
    """(what is done, the new node) for every change of one node."""
    if isinstance(node, ast.expr):
        yield from _of_expression(node)
    elif isinstance(node, ast.stmt):
        yield from _of_statement(node)
    elif isinstance(node, ast.match_case):
        never = ast.match_case(pattern=node.pattern, guard=ast.Constant(False), body=node.body)
        yield f"no case {ast.unparse(node.pattern)}", never
        if node.guard is not None:
            yield f"no guard {ast.unparse(node.guard)}", ast.match_case(node.pattern, None, node.body)
    elif isinstance(node, ast.comprehension):
        for i, test in enumerate(node.ifs):
            ifs = [t for j, t in enumerate(node.ifs) if j != i]
            yield f"no if {ast.unparse(test)}", ast.comprehension(node.target, node.iter, ifs, 0)


def _of_statement(node: ast.stmt) -> Iterator[tuple[str, ast.AST]]:
    shown = ast.unparse(node).splitlines()[0][:70]
    match node:
        case ast.Return(value=ast.expr() as value) if not (isinstance(value, ast.Constant) and value.value is None):
            yield f"return None for {shown}", ast.Return(ast.Constant(None))
        case ast.Expr(value=ast.Call()) | ast.Raise():
            yield f"without {shown}", ast.Pass()
        case ast.AugAssign(op=op):
            yield f"other operator in {shown}", ast.AugAssign(node.target, _OPERATED[type(op)](), node.value)
        case ast.If(test=test) | ast.While(test=test) if not isinstance(test, ast.Compare):
            turned = ast.UnaryOp(ast.Not(), test)
            yield f"not {ast.unparse(test)}"[:80], type(node)(turned, node.body, node.orelse)
        case ast.Break():
            yield "continue for break", ast.Continue()
        case ast.Continue():
            yield "break for continue", ast.Break()


def _of_expression(node: ast.expr) -> Iterator[tuple[str, ast.AST]]:  # noqa: PLR0912  (a case for each kind)
    shown = ast.unparse(node)[:70]
    match node:
        case ast.Compare(ops=ops):
            for i, op in enumerate(ops):
                for other in _COMPARED[type(op)]:
                    new = [other() if j == i else o for j, o in enumerate(ops)]
                    yield f"{other.__name__} in {shown}", ast.Compare(node.left, new, node.comparators)
        case ast.BoolOp(op=op, values=values):
            yield f"and/or in {shown}", ast.BoolOp(ast.Or() if isinstance(op, ast.And) else ast.And(), values)
            for i in range(len(values)):
                left = [v for j, v in enumerate(values) if j != i]
                yield f"without operand {i + 1} in {shown}", ast.BoolOp(op, left) if len(left) > 1 else left[0]
        case ast.BinOp(op=op) if type(op) in _OPERATED:
            yield f"other operator in {shown}", ast.BinOp(node.left, _OPERATED[type(op)](), node.right)
        case ast.UnaryOp(operand=operand):
            yield f"without the sign of {shown}", operand
        case ast.IfExp(test=test):
            yield f"turned {shown}", ast.IfExp(ast.UnaryOp(ast.Not(), test), node.body, node.orelse)
        case ast.Call(func=ast.Name(id=name)) if name in _CALLED:
            new = ast.Name(_CALLED[name], ast.Load())
            yield f"{_CALLED[name]} in {shown}", ast.Call(new, node.args, node.keywords)
        case ast.Constant(value=bool() as value):
            yield f"{not value} for {value}", ast.Constant(not value)
        case ast.Constant(value=int() as value):
            yield f"{value + 1} for {value}", ast.Constant(value + 1)
        case ast.Constant(value=str() as value):
            yield f"another text for {value!r}"[:80], ast.Constant(f"{value}x")
        case ast.Dict(keys=keys, values=values) if len(keys) > 1:
            for i in range(len(keys)):
                left = [j for j in range(len(keys)) if j != i]
                label = ast.unparse(keys[i]) if keys[i] is not None else "**"  # type: ignore[arg-type]
                yield f"without the entry {label}"[:80], ast.Dict([keys[j] for j in left], [values[j] for j in left])
        case ast.Set(elts=elts) if len(elts) > 1:
            for i in range(len(elts)):
                yield f"without {ast.unparse(elts[i])} in {shown}", ast.Set([e for j, e in enumerate(elts) if j != i])
