"""The parameters of code (closures, globals, defaults, attributes): their values, and symbols in their place."""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import contextmanager
from types import FunctionType
from typing import Any

import numpy as np

from derive.errors import DeriveError
from derive.tracing import sources
from derive.tracing.stand_in import StandIn


def numbers_of(target: Any) -> dict[str, float]:
    """The parameters that are numbers, with their values."""
    found: dict[str, float] = {}
    for slot in _slots(target):
        name, value = slot[0], slot[1]
        if isinstance(value, (int, float, np.floating, np.integer)) and not isinstance(value, bool):
            found.setdefault(name, float(value) if isinstance(value, (float, np.floating)) else int(value))
    return found


def arrays_of(target: Any) -> dict[str, Any]:
    """The parameters that are arrays of numbers in one dimension, or series of pandas, as arrays."""
    found: dict[str, Any] = {}
    for name, value, _ in _slots(target):
        array = value if isinstance(value, np.ndarray) else getattr(value, "values", None)
        if isinstance(array, np.ndarray) and array.ndim == 1 and array.dtype.kind in "fiub":
            found.setdefault(name, array)
    return found


def _stand_in(name: str) -> Any:
    return StandIn.named([name])[0]


@contextmanager
def as_symbols(target: Any, names: Collection[str], make: Callable[[str], Any] = _stand_in) -> Iterator[None]:
    """Within, the parameters of these names are symbols (`make` says of what kind), and afterwards what they were."""
    undo: list[Callable[[], None]] = []
    missing = set(names)
    try:
        for name, value, put in _slots(target) if names else ():
            if name in names:
                missing.discard(name)
                put(make(name))
                undo.append(functools.partial(put, value))
        if missing:
            known = ", ".join(sorted(numbers_of(target))) or "none"
            raise DeriveError(f"parameters: the code has no {sorted(missing)[0]!r}; its parameters are {known}")
        yield
    finally:
        for put_back in reversed(undo):
            put_back()


Slot = tuple[str, Any, Callable[[Any], None]]


def _slots(target: Any) -> Iterator[Slot]:
    """Every place that holds a parameter: name, value, and how to change it. What a partial was given counts first."""
    if isinstance(target, functools.partial):
        yield from _of_mapping(target.keywords)
        yield from _of_positions(target)
    for f in sources.functions(target):
        yield from _of_function(f, set())
    owner = getattr(target, "__self__", target)
    if not isinstance(owner, (FunctionType, type, functools.partial)):
        attributes: Mapping[str, Any] = getattr(owner, "__dict__", {})
        yield from ((n, v, functools.partial(setattr, owner, n)) for n, v in list(attributes.items()))


def _of_function(f: FunctionType, seen: set[int]) -> Iterator[Slot]:
    if id(f) in seen:
        return
    seen.add(id(f))
    helpers = []
    for name, cell in zip(f.__code__.co_freevars, f.__closure__ or (), strict=True):
        content = _content(cell)
        if isinstance(content, FunctionType):
            helpers.append(content)
        elif content is not None:
            yield name, content, functools.partial(setattr, cell, "cell_contents")
    used = {n: f.__globals__[n] for n in _names(f.__code__) if n in f.__globals__}
    helpers += [v for v in used.values() if isinstance(v, FunctionType) and v.__module__ == f.__module__]
    for name, value in used.items():
        yield name, value, functools.partial(f.__globals__.__setitem__, name)
    yield from _defaults(f)
    for helper in helpers:
        yield from _of_function(helper, seen)


def _names(code: Any) -> list[str]:
    """The globals that code and the functions in it use."""
    inner = [n for c in code.co_consts if inspect.iscode(c) for n in _names(c)]
    return [*code.co_names, *inner]


def _content(cell: Any) -> Any:
    try:
        return cell.cell_contents
    except ValueError:  # not given a value yet
        return None


def _defaults(f: FunctionType) -> Iterator[Slot]:
    names = f.__code__.co_varnames[: f.__code__.co_argcount]
    values = f.__defaults__ or ()
    for position, name in enumerate(names[len(names) - len(values) :]):
        yield name, values[position], functools.partial(_set_default, f, position)
    yield from _of_mapping(f.__kwdefaults__ or {})


def _set_default(f: FunctionType, position: int, value: Any) -> None:
    values = list(f.__defaults__ or ())
    values[position] = value
    f.__defaults__ = tuple(values)


def _of_positions(target: functools.partial[Any]) -> Iterator[Slot]:
    """The arguments that a partial has been given without their names."""
    found = sources.plain_function(target.func)
    names = found.__code__.co_varnames[: found.__code__.co_argcount] if found is not None else ()
    for position, (name, value) in enumerate(zip(names, target.args, strict=False)):
        yield name, value, functools.partial(_set_position, target, position)


def _set_position(target: Any, position: int, value: Any) -> None:
    args = list(target.args)
    args[position] = value
    target.__setstate__((target.func, tuple(args), target.keywords, vars(target)))


def _of_mapping(values: Any) -> Iterator[Slot]:
    yield from ((n, v, functools.partial(values.__setitem__, n)) for n, v in list(values.items()))
