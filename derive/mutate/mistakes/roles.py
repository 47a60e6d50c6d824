"""Labels in another convention, a raw prediction whose tail is clipped, labels and predictions exchanged."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from derive.mutate.mistakes.draft import Draft
from derive.mutate.mistakes.names import LABELS, PREDICTIONS
from derive.mutate.records import Edit
from derive.mutate.source import Function, Source

#: {0, 1} for {1, 0}, {−1, 1} for {0, 1}
_CONVENTIONS = ("1 - {}", "2 * {} - 1")
_BOUND = 10


def of(source: Source, function: Function) -> Iterator[Draft]:
    """The mistakes about what the arguments mean."""
    names = [a.arg for a in (*function.args.posonlyargs, *function.args.args)]
    labels = [n for n in names if n in LABELS]
    scores = [n for n in names if n in PREDICTIONS]
    for name in labels:
        yield from _recoded(source, function, name)
    yield from _attributes(source, function)
    yield from _unpacked(source, function)
    for name in scores[:1]:
        yield from _clipped(source, function, name)
    if labels and scores:
        text = f"{labels[0]}, {scores[0]} = {scores[0]}, {labels[0]}"
        yield Draft("label", f"{labels[0]} and {scores[0]} exchanged", (at_the_top(source, function, text),))


def at_the_top(source: Source, function: Function, statement: str) -> Edit:
    """A statement before the first one of a function."""
    first = function.body[1 if ast.get_docstring(function) and len(function.body) > 1 else 0]
    before = source.indentation(first)
    ending = f"\n{before}" if not before.strip() else "; "
    return Edit(source.start(first), source.start(first), statement + ending)


def _recoded(source: Source, function: Function, name: str) -> Iterator[Draft]:
    entries = _entries(source, function, name)
    for form in _CONVENTIONS:
        if entries:
            text = form.format(source.of(entries[0]))
            edits = tuple(source.replace(e, form.format(source.of(e))) for e in entries)
            yield Draft("label", f"{source.of(entries[0])} → {text}", edits)
        else:
            text = f"{name} = {form.format(name)}"
            yield Draft("label", f"{name} → {form.format(name)}", (at_the_top(source, function, text),))


def _entries(source: Source, function: Function, name: str) -> list[ast.expr]:
    """`targets[i]`, where the name is used in this way only (but for its length): it may be a list."""
    found: list[ast.expr] = []
    for node in ast.walk(function):
        if isinstance(node, ast.Name) and node.id == name:
            match source.parents[node]:
                case ast.Subscript(ctx=ast.Load(), slice=ast.Name() | ast.Constant()) as entry:
                    found.append(entry)
                case ast.Call(func=ast.Name(id="len" | "range" | "enumerate")):
                    pass
                case _:
                    return []
    return found


def _attributes(source: Source, function: Function) -> Iterator[Draft]:
    """`dtrain.get_label()` and `data.label`."""
    found: list[ast.expr] = []
    for node in ast.walk(function):
        match node:
            case ast.Call(func=ast.Attribute(attr="get_label")):
                found.append(node)
            case ast.Attribute(attr="label" | "labels", ctx=ast.Load()):
                found.append(node)
    for form in _CONVENTIONS if found else ():
        text = form.format(source.of(found[0]))
        yield Draft("label", f"{source.of(found[0])} → {text}", tuple(_recode(source, e, form) for e in found))


def _recode(source: Source, node: ast.expr, form: str) -> Edit:
    return source.replace(node, form.format(source.of(node)))


def _unpacked(source: Source, function: Function) -> Iterator[Draft]:
    """`z, y = ctx.saved_tensors`, `y, p = residuals`."""
    for node in ast.walk(function):
        match node:
            case ast.Assign(targets=[ast.Tuple(elts=parts)], value=ast.Name() | ast.Attribute()):
                names = [part.id for part in parts if isinstance(part, ast.Name)]
                for name in (n for n in names if n in LABELS):
                    for form in _CONVENTIONS:
                        text = f"{name} = {form.format(name)}"
                        yield Draft("label", f"{name} → {form.format(name)}", (_after(source, node, text),))


def _after(source: Source, node: ast.stmt, statement: str) -> Edit:
    before = source.indentation(node)
    start = f"\n{before}" if not before.strip() else "; "
    return Edit(source.end(node), source.end(node), start + statement)


def _clipped(source: Source, function: Function, name: str) -> Iterator[Draft]:
    """The raw prediction kept within ±10, in a form for numbers, arrays and tensors alike."""
    if _entries(source, function, name):
        return
    text = f"{name} = (abs({name} + {_BOUND}) - abs({name} - {_BOUND})) / 2"
    says = f"{name} kept within ±{_BOUND}"
    yield Draft("tail", says, (at_the_top(source, function, text),))
