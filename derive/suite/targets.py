"""What people name on the command line -> items: files, folders, `file.py::name`, `module:name`, claims files.

Nothing of the user is run here: Python files are only looked at. Where the decorator is used in a way that cannot be
understood so, a worker imports the module and lists what is decorated.
"""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from difflib import get_close_matches
from pathlib import Path, PurePath
from typing import TypeAlias

from derive.errors import DeriveError, FileError
from derive.suite import folders
from derive.suite.declared import items_in
from derive.suite.decorated import Look, look, mentions
from derive.suite.item import Item, shown
from derive.terms.json import Json

_MODULE = re.compile(r"([^\W\d]\w*(?:\.[^\W\d]\w*)*):([^\W\d]\w*(?:\.[^\W\d]\w*)*)")
#: asks a module which of its functions are decorated: name -> line
Lister: TypeAlias = Callable[[Path], Mapping[str, int]]


def items_of(
    targets: Sequence[str], keywords: Mapping[str, Json] | None = None, lister: Lister | None = None
) -> tuple[Item, ...]:
    """The claims that the targets name, each once, in the order of the targets.

    A target is a Python file (its functions decorated with `derive.claim`), `file.py::name`, a folder (all claims files
    and Python files with decorated functions in it), `module:name`, a claims file such as `derive.toml`, or
    `derive.toml::name`. `keywords` describe objectives that are named one by one.

    Raises `DeriveError` (exit code 2) for a target that is not there, that cannot be read, or that holds no claim.
    """
    search = _Search(dict(keywords or {}), lister or _listed)
    found: dict[str, Item] = {}
    for target in targets:
        items = search.target(target)
        if not items:
            raise DeriveError(f"{target}: there is no claim in it; {_HINTS}")
        for item in items:
            found.setdefault(item.name, item)
    return tuple(found.values())


def items_in_file(path: Path, lister: Lister | None = None) -> tuple[Item, ...]:
    """The claims of one claims file or Python file; none where it holds none."""
    return _Search({}, lister or _listed).file(path)


_HINTS = "decorate a function with @derive.claim(...), write [[claim]] tables in derive.toml, or name file.py::function"


def _listed(path: Path) -> Mapping[str, int]:
    from derive.suite.runner import listed

    return listed(path)


class _Search:
    def __init__(self, keywords: dict[str, Json], lister: Lister) -> None:
        self.keywords = keywords
        self.lister = lister

    def target(self, text: str) -> tuple[Item, ...]:
        """The items of one target."""
        place, colons, name = text.rpartition("::") if "::" in text else (text, "", "")
        path = Path(place)
        if colons:
            return (self.one(path, name),)
        if path.is_dir():
            return self.alone(text, tuple(self.folder(path)))
        if path.is_file() or path.suffix in (".py", ".toml"):
            return self.alone(text, self.file(path))
        if found := _MODULE.fullmatch(text):
            return (self.module(found[1], found[2]),)
        raise FileError(f"there is no {text}{_similar(path)}")

    def alone(self, text: str, items: tuple[Item, ...]) -> tuple[Item, ...]:
        """Options describe one objective, not a file of claims."""
        if self.keywords and items:
            said = ", ".join(f"--{k.replace('_', '-')}" for k in self.keywords)
            raise DeriveError(f"{text} holds claims that describe themselves: {said} goes with file.py::function")
        return items

    def file(self, path: Path) -> tuple[Item, ...]:
        """A claims file, or the decorated functions of a Python file."""
        if not path.is_file():
            raise FileError(f"there is no file {shown(path)}{_similar(path)}")
        if path.suffix == ".toml":
            return items_in(path, shown(path))
        if path.suffix != ".py":
            raise DeriveError(f"{shown(path)} is neither a Python file (.py) nor a claims file (.toml)")
        return tuple(self.decorated(path))

    def decorated(self, path: Path) -> Iterator[Item]:
        """The decorated functions of a Python file, in their order in it."""
        if not mentions(path):
            return
        seen = look(path)
        claims = {**seen.claims, **self.lister(path)} if seen.others else seen.claims
        for name, line in sorted(claims.items(), key=lambda pair: pair[1]):
            yield _objective(path, name, line, {})

    def folder(self, folder: Path) -> Iterator[Item]:
        """All claims below a folder."""
        for path in folders.files(folder):
            yield from self.file(path)

    def one(self, path: Path, name: str) -> Item:
        """`file.py::name` or `derive.toml::name`."""
        if path.is_dir():
            raise DeriveError(f"{shown(path)} is a folder; name a file: {shown(path / 'objectives.py')}::{name}")
        if path.suffix == ".toml":
            items = self.alone(str(path), self.file(path))
            full = f"{shown(path)}::{name}"
            found = next((i for i in items if i.name == full), None)
            if found is None:
                own = [i.name.partition("::")[2] for i in items]
                raise DeriveError(f"{shown(path)} has no claim {name!r}; {_near(name, own)}")
            return found
        if not path.is_file():
            raise FileError(f"there is no file {shown(path)}{_similar(path)}")
        return _objective(path, name, _line(look(path), name, shown(path)), self.keywords)

    def module(self, module: str, name: str) -> Item:
        """`module:name`; where the module's file is found, so is the line."""
        path = _file_of(module)
        line = _line(look(path), name, module) if path is not None else 0
        file = shown(path) if path is not None else ""
        target = f"{module}:{name}"
        return Item(target, "objective", self.keywords, file, line, objective=target)


def _objective(path: Path, name: str, line: int, keywords: dict[str, Json]) -> Item:
    where = f"{Path(os.path.abspath(path)).as_posix()}::{name}"
    return Item(f"{shown(path)}::{name}", "objective", keywords, shown(path), line, objective=where)


def _line(seen: Look, name: str, where: str) -> int:
    """The line of a name; an error suggests the near one. A method may be inherited: its class has to be there."""
    first = name.partition(".")[0]
    if name in seen.names or (first in seen.names and "." in name):
        return seen.names.get(name, seen.names[first])
    if seen.star or seen.others:
        return 0  # it may come from there: the worker will say
    raise DeriveError(f"{where} has no {name!r}; {_near(name, list(seen.names))}")


def _file_of(module: str) -> Path | None:
    """The file of a module that is found from the working folder or on Python's path, without importing anything."""
    parts = PurePath(*module.split("."))
    for folder in dict.fromkeys([str(Path.cwd()), *sys.path]):
        for candidate in (Path(folder) / parts.with_suffix(".py"), Path(folder) / parts / "__init__.py"):
            if candidate.is_file():
                return candidate
    return None


def _similar(path: Path) -> str:
    """A near name in the same folder."""
    if not path.parent.is_dir():
        return f": there is no folder {path.parent}"
    names = [p.name for p in path.parent.iterdir() if p.is_dir() or p.suffix in (".py", ".toml")]
    close = get_close_matches(path.name, names, 1)
    return f"; did you mean {(path.parent / close[0]).as_posix()!r}?" if close else ""


def _near(name: str, known: Sequence[str]) -> str:
    close = get_close_matches(name, known, 1)
    if close:
        return f"did you mean {close[0]!r}?"
    return f"it has {', '.join(known[:8])}{' …' if len(known) > 8 else ''}" if known else "it is empty"
