"""Where the code of a function, a method or an object stands, and the names that it sees."""

from __future__ import annotations

import functools
import inspect
import linecache
import re
from collections.abc import Iterator
from types import FunctionType, ModuleType
from typing import Any

import numpy as np

_LIBRARIES = frozenset({
    "numpy",
    "scipy",
    "pandas",
    "torch",
    "jax",
    "numba",
    "sklearn",
    "xgboost",
    "lightgbm",
    "catboost",
    "derive",  # what is imported to check is not what is checked
})


def plain_function(target: Any) -> FunctionType | None:
    """The Python function behind a function, a method, a partial or a callable object."""
    while isinstance(target, (functools.partial, np.vectorize)):
        target = target.func if isinstance(target, functools.partial) else target.pyfunc
    target = inspect.unwrap(target) if callable(target) else target
    target = getattr(target, "__func__", target)
    if isinstance(target, FunctionType):
        return target
    called = vars(type(target)).get("__call__")
    return called if isinstance(called, FunctionType) else None


def functions(target: Any) -> list[FunctionType]:
    """The function behind a target; of an object without one, its methods."""
    found = plain_function(target)
    if found is not None:
        return [found]
    kind = target if inspect.isclass(target) else type(target)
    members = (getattr(kind, name, None) for name in dir(kind) if not name.startswith("__"))
    found_all = [m for m in members if isinstance(m, FunctionType)]
    return [m for m in found_all if str(m.__module__).partition(".")[0] not in _LIBRARIES] or found_all


def file_of(target: Any) -> str:
    """The file of the code, as its frames name it; empty where there is none."""
    found = functions(target)
    return found[0].__code__.co_filename if found else ""


def line_of(target: Any) -> int:
    """The line at which the definition starts; 0 where it is unknown."""
    kind = target if inspect.isclass(target) else type(target)
    found = plain_function(target)
    if found is not None:
        return _definition(found)
    lines = linecache.getlines(file_of(target))
    starts = (i for i, line in enumerate(lines, 1) if re.match(rf"\s*class {kind.__name__}\b", line))
    return next(starts, 0)


def _definition(f: FunctionType) -> int:
    """The line of `def`, below the decorators."""
    first = f.__code__.co_firstlineno
    lines = linecache.getlines(f.__code__.co_filename)[first - 1 :]
    return next((first + i for i, line in enumerate(lines) if line.lstrip().startswith(("def ", "async def "))), first)


def return_line(target: Any) -> int:
    """The line of the only `return`; 0 where there are several, or none is found."""
    found = plain_function(target)
    if found is None:
        return 0
    first = found.__code__.co_firstlineno
    last = max((line for _, _, line in found.__code__.co_lines() if line), default=first)
    lines = linecache.getlines(found.__code__.co_filename)
    returns = [i for i in range(first, last + 1) if i <= len(lines) and re.match(r"\s*return\b", lines[i - 1])]
    return returns[0] if len(returns) == 1 else 0


def namespaces(target: Any) -> list[dict[str, Any]]:
    """The globals of the code, and of the functions of others that it can reach by name."""
    found: dict[int, dict[str, Any]] = {}
    todo = list(functions(target))
    while todo:
        f = todo.pop()
        names = f.__globals__
        if id(names) in found or str(names.get("__name__", "")).partition(".")[0] in _LIBRARIES:
            continue
        found[id(names)] = names
        todo += [v for v in (*names.values(), *_cells(f)) if isinstance(v, FunctionType)]
        todo += [g for m in names.values() if isinstance(m, ModuleType) for g in _own(m, names)]
    return list(found.values())


def _own(module: ModuleType, names: dict[str, Any]) -> Iterator[FunctionType]:
    """The functions of a module of the same package, or beside the file."""
    package = str(names.get("__name__", "")).partition(".")[0]
    if module.__name__.partition(".")[0] == package:
        yield from (v for v in vars(module).values() if isinstance(v, FunctionType))


def _cells(f: FunctionType) -> Iterator[Any]:
    for cell in f.__closure__ or ():
        try:
            yield cell.cell_contents
        except ValueError:  # not given a value yet
            continue
