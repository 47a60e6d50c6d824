"""Modules that are loaded: their functions get other code, or they are forgotten, so that they are imported again."""

from __future__ import annotations

import ast
import functools
import gc
import importlib
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from types import CodeType, FunctionType, ModuleType
from typing import Any

from mutating.operators import Mutant, mutated

Key = tuple[str, int]  # a file, and the first line of a function at its top or in a class
_OWN = ("derive", "tests", "fuzzing")


def functions(source: str | ast.Module, file: str) -> Iterator[tuple[int, CodeType]]:
    """All code of functions, with the first line of the outermost function around it."""
    yield from _inside(compile(source, file, "exec"), None)


def _inside(code: CodeType, first: int | None) -> Iterator[tuple[int, CodeType]]:
    for inner in code.co_consts:
        if isinstance(inner, CodeType):
            is_class = first is None and not inner.co_flags & 2  # no function: the body of a class
            own = None if is_class else first or inner.co_firstlineno
            if own is not None:
                yield own, inner
            yield from _inside(inner, own)


class Loaded:
    """The functions of some files as they are loaded now, and the caches of the package and its tests."""

    def __init__(self, files: set[str]) -> None:
        gc.unfreeze()  # what is frozen is not listed
        every = gc.get_objects()
        self.functions = [f for f in every if isinstance(f, FunctionType) and f.__code__.co_filename in files]
        caches = [f for f in every if isinstance(f, functools._lru_cache_wrapper)]
        self.caches = [f for f in caches if str(f.__module__).partition(".")[0] in _OWN]
        self.sources = {file: Path(file).read_text() for file in files}
        self.codes = {file: list(functions(source, file)) for file, source in self.sources.items()}

    def exchange(self, file: str, mutant: Mutant, entered: set[Key]) -> bool:
        """The functions of a module get the code that they have in the mutant, and nothing is remembered.

        Is that enough? Not where what changed was run at import only, or a function needs other variables around it.
        """
        before, after = self.codes[file], list(functions(mutated(self.sources[file], mutant), file))
        if len(before) != len(after):  # a function inside of another one is gone
            before, after = _outer(before), _outer(after)
        new = {a: b for (_, a), (_, b) in zip(before, after, strict=True) if a != b}
        if not new:
            raise SystemExit("the change makes no difference to any code")
        changed = [f for f in self.functions if f.__code__ in new]
        enough = any((file, code.co_firstlineno) in entered for code in new)
        for f in changed:
            code = new[f.__code__]
            if code.co_freevars == f.__code__.co_freevars:
                f.__code__ = code
            else:
                enough = False
        self.empty_caches()
        return enough

    def empty_caches(self) -> None:
        """What was computed before is computed again."""
        for cache in self.caches:
            cache.cache_clear()


def _outer(codes: list[tuple[int, CodeType]]) -> list[tuple[int, CodeType]]:
    return [(first, code) for first, code in codes if "<locals>" not in code.co_qualname]


# -- imported again ---------------------------------------------------------------------------------------------------
def forget(files: set[str]) -> None:
    """Modules, and what imports them, are imported again when they are needed."""
    own = _own()
    gone = {name for name, m in own.items() if m.__file__ in files}
    needs = {name: set(_imported(m)) for name, m in own.items()}
    while more := {name for name in own.keys() - gone if needs[name] & gone}:
        gone |= more
    for name in gone:
        del sys.modules[name]


def replace(files: set[str]) -> None:
    """Modules are imported again, and all others get the new functions and classes under the names that they use."""
    old = {name: m for name, m in _own().items() if m.__file__ in files}
    for name in old:
        del sys.modules[name]
    new = {name: importlib.import_module(name) for name in old}
    errors = {vars(new[name])[a]: e for name, m in old.items() for a, e in vars(m).items() if _defines(m, e)}
    for user in _own().values():  # tuples of exceptions may be kept anywhere, so these stay what they were
        for attribute, value in list(vars(user).items()):
            if isinstance(value, type) and value in errors:
                setattr(user, attribute, errors[value])
    for user in _own().values():
        if user.__file__ not in files:
            for name, before in old.items():
                _exchange_names(user, before, new[name])


def _defines(module: ModuleType, x: object) -> bool:
    return isinstance(x, type) and issubclass(x, BaseException) and x.__module__ == module.__name__


def _exchange_names(user: ModuleType, before: ModuleType, after: ModuleType) -> None:
    for attribute, value in list(vars(user).items()):
        if value is before:
            setattr(user, attribute, after)
        elif not attribute.startswith("__") and attribute in vars(before) and value is vars(before)[attribute]:
            setattr(user, attribute, vars(after).get(attribute))


def _own() -> dict[str, ModuleType]:
    every = list(sys.modules.items())
    return {name: m for name, m in every if name.partition(".")[0] in _OWN and getattr(m, "__file__", None)}


def _imported(module: ModuleType) -> Iterator[str]:
    for node in ast.walk(ast.parse(Path(str(module.__file__)).read_text())):
        if isinstance(node, ast.Import):
            yield from (a.name for a in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module
            yield from (f"{node.module}.{a.name}" for a in node.names)


# -- remembered -------------------------------------------------------------------------------------------------------
def remember(name: str) -> None:
    """A function that no mutant touches, "module:name", answers the same question once; everywhere where it is used."""
    module, _, own = name.partition(":")
    function = getattr(importlib.import_module(module), own)
    new = _remembering(function)
    for m in list(sys.modules.values()):
        for attribute, value in list(getattr(m, "__dict__", {}).items()):
            if value is function:
                setattr(m, attribute, new)


def _remembering(function: Callable[..., Any]) -> Callable[..., Any]:
    memory: dict[Any, tuple[Any, Any]] = {}

    def answer(*args: Any, **options: Any) -> Any:
        key = tuple(map(_key, (*args, *sorted(options.items()))))
        if key not in memory:
            memory[key] = _asked(function, *args, **options), args
        value, _ = memory[key]
        if isinstance(value, Exception):
            raise value
        return value

    return functools.wraps(function)(answer)


def _asked(function: Callable[..., Any], *args: Any, **options: Any) -> Any:
    try:
        value = function(*args, **options)
        return tuple(value) if isinstance(value, Iterator) else value
    except Exception as why:  # noqa: BLE001  (an answer as any other, raised again)
        return why


def _key(x: Any) -> Any:
    """What tells arguments apart: a record that may be changed is the same while it lives."""
    if type(x).__name__ == "Domain":
        return repr(x)
    try:
        hash(x)
    except TypeError:
        return id(x)
    return type(x), x
