"""A file of Python and a function in it, by bytes: replaced parts leave everything around them as it was."""

from __future__ import annotations

import ast
import difflib
import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator
from difflib import get_close_matches
from pathlib import Path
from typing import TypeAlias

from derive.errors import DeriveError, FileError
from derive.files import read_text
from derive.mutate.records import Edit

Function: TypeAlias = "ast.FunctionDef | ast.AsyncFunctionDef"
#: written where they are an operand without brackets
_ATOMS = (ast.Name, ast.Attribute, ast.Call, ast.Subscript, ast.Constant, ast.List, ast.ListComp)
#: a lower operation inside one of these needs brackets
_BINDING = (ast.BinOp, ast.UnaryOp, ast.Compare, ast.BoolOp, ast.Attribute, ast.Subscript)


class Source:
    """The bytes of a file, its syntax tree, the nodes of one function (or class) in it, and each node's parent."""

    def __init__(self, path: Path, name: str) -> None:
        self.path = path
        self.text = read_text(path) and path.read_bytes().decode("utf-8-sig")  # keeps the ends of lines
        self.data = self.text.encode()
        self.tree = _parsed(self.text, path)
        self.node = _find(self.tree, name, path) if name else self.tree
        self.parents = {child: node for node in ast.walk(self.tree) for child in ast.iter_child_nodes(node)}
        self._starts = [0, *(m.end() for m in re.finditer(rb"\r\n|\r|\n", self.data))]

    def functions(self) -> Iterator[Function]:
        """The functions to change, outer ones first."""
        for node in ast.walk(self.node):
            if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
                yield node

    def start(self, node: ast.expr | ast.stmt) -> int:
        """The offset of the first byte of a node."""
        return self._starts[node.lineno - 1] + node.col_offset

    def end(self, node: ast.expr | ast.stmt) -> int:
        """The offset after the last byte of a node."""
        return self._starts[(node.end_lineno or node.lineno) - 1] + (node.end_col_offset or 0)

    def line(self, offset: int) -> int:
        """The number of the line of an offset, from 1."""
        return bisect_right(self._starts, offset)

    def indentation(self, node: ast.stmt) -> str:
        """What stands before a statement on its line; other statements and `def f():` included."""
        return self.data[self._starts[node.lineno - 1] : self.start(node)].decode()

    def of(self, node: ast.expr | ast.stmt) -> str:
        """The text of a node, without brackets around it."""
        return self.data[self.start(node) : self.end(node)].decode()

    def operand(self, node: ast.expr, bare: tuple[type[ast.operator], ...] = ()) -> str:
        """The text of a node, in brackets unless it needs none anywhere, or is one of the operations in `bare`."""
        free = isinstance(node, _ATOMS) or (isinstance(node, ast.BinOp) and isinstance(node.op, bare))
        return self.of(node) if free else f"({self.of(node)})"

    def promote(self, node: ast.expr, child: ast.expr) -> Edit:
        """One part of an expression takes its place."""
        return self.replace(node, self.of(child), isinstance(child, _ATOMS))

    def replace(self, node: ast.expr, text: str, atom: bool = False) -> Edit:
        """Write another expression in the place of a node, in brackets where it would fall apart."""
        bare = atom or not isinstance(self.parents[node], _BINDING) or self._bracketed(node)
        return Edit(self.start(node), self.end(node), text if bare else f"({text})")

    def _bracketed(self, node: ast.expr) -> bool:
        before, after = self.data[: self.start(node)].rstrip(), self.data[self.end(node) :].lstrip()
        return before.endswith(b"(") and after.startswith(b")")

    def changed(self, edits: Iterable[Edit]) -> str:
        """The whole file with some edits, which do not overlap."""
        data = self.data
        for edit in sorted(edits, key=lambda e: -e.start):
            data = data[: edit.start] + edit.text.encode() + data[edit.end :]
        return data.decode()

    def diff(self, text: str, name: str) -> str:
        """A unified diff from the file to another text."""
        old, new = (t.replace("\r\n", "\n").splitlines(keepends=True) for t in (self.text, text))
        lines = difflib.unified_diff(old, new, f"a/{name}", f"b/{name}", n=2)
        return "".join(line if line.endswith("\n") else f"{line}\n" for line in lines)


def split(target: str) -> tuple[Path, str]:
    """`objectives.py::Focal.backward` -> the file, which must be there, and the name in it; no name is all of it."""
    file, _, name = target.partition("::")
    path = Path(file)
    if not path.is_file():
        raise FileError(f"there is no file {file!r}; write a file and a function: objectives.py::focal_loss")
    if name and not all(part.isidentifier() for part in name.split(".")):
        raise DeriveError(
            f"{name[:60]!r} is not a name; write objectives.py::focal_loss, or objectives.py::Focal.backward"
        )
    return path, name


def _parsed(text: str, path: Path) -> ast.Module:
    try:
        return ast.parse(text)
    except (SyntaxError, ValueError) as error:
        raise DeriveError(f"{path}, line {getattr(error, 'lineno', 0)}: not Python: {error}") from None


def _find(tree: ast.Module, name: str, path: Path) -> ast.AST:
    """The function or class of a dotted name; a bare name may stand for one that is nested, if it is the only one."""
    named = list(_names(tree, ""))
    found = [n for full, n in named if full == name] or [n for full, n in named if full.endswith(f".{name}")]
    if len(found) > 1 and any(full == name for full, _ in named):
        return found[-1]  # the last definition is the one that counts
    if len(found) == 1:
        return found[0]
    full_names = [full for full, _ in named]
    if found:
        several = ", ".join(f for f in full_names if f.endswith(f".{name}"))
        raise DeriveError(f"{path} has more than one {name}: name one of {several}")
    close = get_close_matches(name, full_names, 3, 0.4) or full_names[:8]
    raise DeriveError(f"{path} has no function {name!r}; it has {', '.join(close) or 'no function at all'}")


def _names(node: ast.AST, prefix: str) -> Iterator[tuple[str, ast.AST]]:
    for child in ast.iter_child_nodes(node):
        inner = prefix
        if isinstance(child, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
            yield f"{prefix}{child.name}", child
            inner = f"{prefix}{child.name}."
        yield from _names(child, inner)
