"""A look at a Python file without running it: which functions and classes are decorated with `derive.claim`?

    import derive            @derive.claim(...)
    import derive as d       @d.claim(...)
    from derive import claim as promise      @promise(...)

Other uses of the decorator, such as a call in a loop or on what a function returns, are seen but not understood: then
the module has to be asked, in a worker.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

from derive.errors import DeriveError, FileError

#: where the decorator can be imported from
_HOMES = ("derive", "derive.objective")
_WORD = b"derive"
_MAX_BYTES = 5_000_000
_Scope: TypeAlias = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef


@dataclass(frozen=True, slots=True)
class Look:
    """What was seen: decorated names with their lines, whether the decorator is used in other ways, and all names."""

    claims: dict[str, int]
    others: bool
    names: dict[str, int]
    star: bool


def look(path: Path) -> Look:
    """Look at a file; a `DeriveError` says where its syntax is wrong."""
    text = _bytes(path)
    try:
        tree = ast.parse(text)
    except SyntaxError as error:
        raise DeriveError(f"{path}, line {error.lineno}: {error.msg}") from None
    except (ValueError, RecursionError) as error:
        raise DeriveError(f"{path} cannot be read as Python: {error}") from None
    return _seen(tree)


def mentions(path: Path) -> bool:
    """May the file use the decorator at all? A quick answer for a folder of many files."""
    return _WORD in _bytes(path)


def _bytes(path: Path) -> bytes:
    try:
        if path.stat().st_size > _MAX_BYTES:
            raise FileError(f"{path} has more than {_MAX_BYTES // 1_000_000} MB; is it the right file?")
        return path.read_bytes()
    except OSError as error:
        raise FileError(f"cannot read {path}: {(error.strerror or str(error)).lower()}") from None


def _seen(tree: ast.Module) -> Look:
    ways = set(_ways(tree))
    found = dict(_definitions(tree))
    own = {name: node for name, node in found.items() if any(_is_claim(d, ways) for d in node.decorator_list)}
    uses = sum(isinstance(n, ast.Name | ast.Attribute) and _dotted(n) in ways for n in ast.walk(tree))
    understood = sum(_is_claim(d, ways) for node in own.values() for d in node.decorator_list)
    star = any(isinstance(n, ast.ImportFrom) and n.names[0].name == "*" for n in ast.walk(tree))
    return Look({name: _line(n) for name, n in own.items()}, uses > understood, _names(tree, found), star)


def _line(node: _Scope) -> int:
    """The line of `def` or `class`, below the decorators: where an editor is sent."""
    return node.lineno


def _ways(tree: ast.Module) -> Iterator[str]:
    """The dotted names that mean `derive.claim` in this file."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            for a in node.names:
                if a.name.partition(".")[0] == "derive":
                    yield from [f"{a.asname}.claim"] if a.asname else ["derive.claim", "derive.objective.claim"]
        elif isinstance(node, ast.ImportFrom) and node.module in _HOMES and not node.level:
            for a in node.names:
                if a.name in ("claim", "*"):
                    yield a.asname or "claim"
                elif a.name == "objective":
                    yield f"{a.asname or a.name}.claim"


def _definitions(tree: ast.Module) -> Iterator[tuple[str, _Scope]]:
    """The functions and classes that can be reached by name: those of the module, and of classes in it."""

    def inside(body: list[ast.stmt], prefix: str) -> Iterator[tuple[str, _Scope]]:
        for node in body:
            if isinstance(node, _Scope):
                yield f"{prefix}{node.name}", node
            if isinstance(node, ast.ClassDef):
                yield from inside(node.body, f"{prefix}{node.name}.")
            if isinstance(node, ast.If | ast.Try | ast.With):
                yield from inside([*node.body, *getattr(node, "orelse", [])], prefix)

    yield from inside(tree.body, "")


def _names(tree: ast.Module, found: dict[str, _Scope]) -> dict[str, int]:
    """Every name that the module binds, with its line: also assigned and imported ones."""
    names = {n.id: n.lineno for n in ast.walk(tree) if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store)}
    imports = [n for n in ast.walk(tree) if isinstance(n, ast.Import | ast.ImportFrom)]
    names |= {a.asname or a.name.partition(".")[0]: n.lineno for n in imports for a in n.names}
    return names | {name: _line(node) for name, node in found.items()}


def _is_claim(node: ast.expr, ways: set[str]) -> bool:
    return _dotted(node.func if isinstance(node, ast.Call) else node) in ways


def _dotted(node: ast.expr) -> str:
    if isinstance(node, ast.Attribute):
        inner = _dotted(node.value)
        return f"{inner}.{node.attr}" if inner else ""
    return node.id if isinstance(node, ast.Name) else ""
