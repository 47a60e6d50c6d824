"""What is replaced while code is called with stand-ins: functions that would not ask their arguments.

`np.zeros(n)` makes an array that can hold terms; `math.exp`, `scipy.special.softmax` and `scipy.stats.norm.pdf` take
stand-ins. Everything is put back, whatever happens. The replacements look whether their thread is in such a call, and
whether the caller is a library: for all others they are the functions that they replace.
"""

from __future__ import annotations

import math
import sys
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from functools import partial, reduce
from typing import Any

import numpy as np

from derive.tracing import functions, types
from derive.tracing.cells import Cell
from derive.tracing.context import active, here, is_users
from derive.tracing.entries import Entries, cells_of
from derive.tracing.series import series_class
from derive.tracing.stand_in import StandIn, lift

Replacement = Callable[..., Any]
_LOCK = threading.RLock()
_MATH = (
    *("exp", "exp2", "expm1", "log", "log1p", "log2", "log10", "sqrt", "cbrt", "pow", "fabs", "floor", "copysign"),
    *("sin", "cos", "tan", "asin", "acos", "atan", "sinh", "cosh", "tanh", "asinh", "acosh", "atanh", "hypot"),
    *("erf", "erfc", "gamma", "lgamma", "isnan", "isinf", "isfinite"),
)
_NORMAL = {"pdf": "normpdf", "cdf": "normcdf", "ppf": "normppf", "logcdf": "log_ndtr"}


def has_stand_in(x: Any) -> bool:
    """Is this a stand-in, or does it contain one?"""
    if isinstance(x, (list, tuple)):
        return any(map(has_stand_in, x))
    if isinstance(x, Entries):
        return True
    return isinstance(x, np.ndarray) and x.dtype == object and any(isinstance(p, Entries) for p in x.flat)


def _made(value: float) -> Callable[[Replacement], Replacement]:
    """`np.zeros` and its like: of stand-ins."""
    return lambda original: lambda shape, *args, **kwargs: functions.filled(StandIn(cells_of(0)), shape, value)


def _full(original: Replacement) -> Replacement:
    return lambda shape, fill_value, *args, **kwargs: functions.filled(StandIn(cells_of(0)), shape, fill_value)


def _identity(original: Replacement) -> Replacement:
    return lambda *args, **kwargs: lift(original(*args, **kwargs))


def _array(original: Replacement) -> Replacement:
    copies = original.__name__ == "array"  # the others give the array itself, where its type is the one asked for

    def run(x: Any, dtype: Any = None, *args: Any, **kwargs: Any) -> Any:
        if not has_stand_in(x):
            return original(x, dtype, *args, **kwargs)
        copied = copies and bool(kwargs.get("copy", True))
        made = lift(x) if isinstance(x, StandIn) else StandIn(cells_of(x))
        made = StandIn(made.settled().copy()) if copied and made is x else made
        return made if dtype is None else types.astype(made, dtype, copy=copied)

    return run


def _asked(function: Callable[..., Any]) -> Callable[[Replacement], Replacement]:
    """A function of stand-ins in the place of one that does not ask for them."""

    def wrap(original: Replacement) -> Replacement:
        def run(*args: Any, **kwargs: Any) -> Any:
            if not has_stand_in(args) and not has_stand_in(list(kwargs.values())):
                return original(*args, **kwargs)
            return function(StandIn(cells_of(0)), *args, **kwargs)

        return run

    return wrap


def _named(name: str) -> Callable[[Replacement], Replacement]:
    return _asked(lambda me, *args: me.elementwise(name, args))


def _normal(name: str) -> Callable[[Replacement], Replacement]:
    """A method of `scipy.stats.norm`: with `loc` and `scale`."""
    return _asked(lambda me, x, loc=0, scale=1: _of_normal(me, name, lift(x), loc, scale))


def _of_normal(me: Any, name: str, x: Any, loc: Any, scale: Any) -> Any:
    if name == "ppf":
        return loc + scale * me.elementwise("normppf", (x,))
    at = x if _is(loc, 0) and _is(scale, 1) else (x - loc) / scale
    if name == "logpdf":
        return -(at**2) / 2 - np.log(np.sqrt(2 * np.pi)) - _log(me, scale)
    if name in ("sf", "logsf"):
        return me.elementwise("normcdf" if name == "sf" else "log_ndtr", (-at,))
    value = me.elementwise(_NORMAL[name], (at,))
    return value if name != "pdf" or _is(scale, 1) else value / scale


def _is(x: Any, number: int) -> bool:
    return not isinstance(x, Entries) and np.ndim(x) == 0 and x == number


def _log(me: Any, scale: Any) -> Any:
    return 0 if _is(scale, 1) else me.elementwise("log", (scale,))


def _like(name: str) -> Callable[[Replacement], Replacement]:
    return lambda original: lambda x, *args, **kwargs: functions.call(lift(x), original, (x, *args), kwargs)


def _replacements() -> Iterator[tuple[Any, str, Callable[[Replacement], Replacement]]]:
    """(object, attribute, what makes the new function of the old one)."""
    for name, value in {"zeros": 0, "ones": 1, "empty": np.nan}.items():
        yield np, name, _made(value)
        yield np, f"{name}_like", _like(f"{name}_like")
    yield from (
        (np, name, _array) for name in ("array", "asarray", "asanyarray", "ascontiguousarray", "asfortranarray")
    )
    yield from ((np, "full", _full), (np, "full_like", _like("full_like")))
    yield from ((np, name, _identity) for name in ("eye", "identity"))
    yield from ((math, name, _named(name)) for name in _MATH if hasattr(math, name))
    yield math, "fsum", _asked(lambda me, x: sum(x))
    special = sys.modules.get("scipy.special")
    if special is not None:
        for name in ("softmax", "log_softmax", "logsumexp", "polygamma"):
            yield special, name, _asked(getattr(functions, name))
    stats = sys.modules.get("scipy.stats")
    if stats is not None:
        for name in (*_NORMAL, "logpdf", "sf", "logsf"):
            yield stats.norm, name, _normal(name)


def _guarded(original: Replacement, new: Replacement) -> Replacement:
    """The new function for the user's code in a call with stand-ins, the old one for everybody else."""

    def run(*args: Any, **kwargs: Any) -> Any:
        if active() is None or not is_users(sys._getframe(1)):
            return original(*args, **kwargs)
        return new(*args, **kwargs)

    run.__name__ = getattr(original, "__name__", "function")
    return run


@contextmanager
def replaced(namespaces: Iterable[dict[str, Any]]) -> Iterator[None]:
    """Within, the functions are replaced: in their modules, and where they were imported by name."""
    with _LOCK:
        undo: list[Callable[[], None]] = []
        try:
            news = _in_modules(undo)
            for names in namespaces:
                _in_names(names, news, undo)
                _builtins(names, undo)
            yield
        finally:
            for put_back in reversed(undo):
                put_back()


def _in_modules(undo: list[Callable[[], None]]) -> dict[int, tuple[Any, Replacement]]:
    news: dict[int, tuple[Any, Replacement]] = {}
    for owner, name, make in _replacements():
        original = getattr(owner, name)
        new = _guarded(original, make(original))
        news[id(original)] = (original, new)
        undo.append(_restorer(owner, name, original))
        setattr(owner, name, new)
    for owner, name, kind in _classes():
        news[id(kind.real)] = (kind.real, kind)
        undo.append(_restorer(owner, name, kind.real))
        setattr(owner, name, kind)
    return news


def _classes() -> Iterator[tuple[Any, str, Any]]:
    """(module, name, the class in its place)"""
    pandas = sys.modules.get("pandas")
    if pandas is not None and hasattr(pandas, "Series"):
        yield pandas, "Series", series_class(pandas.Series)


def _restorer(owner: Any, name: str, original: Any) -> Callable[[], None]:
    if isinstance(owner, type(sys)):
        return lambda: setattr(owner, name, original)
    return lambda: delattr(owner, name)  # a method, found in the class again


def _in_names(
    names: dict[str, Any], news: Mapping[int, tuple[Any, Replacement]], undo: list[Callable[[], None]]
) -> None:
    for name, value in list(names.items()):
        if id(value) in news and news[id(value)][0] is value:
            undo.append(_item_restorer(names, name, value))
            names[name] = news[id(value)][1]


def _extreme(original: Replacement, name: str) -> Replacement:
    """Python's `max` and `min`: of stand-ins without a decision."""

    def run(*args: Any, **kwargs: Any) -> Any:
        parts = list(args[0]) if len(args) == 1 else list(args)
        if kwargs or len(parts) < 2 or not has_stand_in(parts):
            return original(*((parts,) if len(args) == 1 else args), **kwargs)
        return reduce(lambda a, b: lift(a).elementwise(name, (a, b)), parts)

    return run


class _OfFloat(type):
    """`float` as code sees it: of a stand-in it is that number, of everything else Python's."""

    def __call__(cls, *args: Any) -> Any:
        if active() is None or not has_stand_in(args):
            return float(*args)
        return StandIn(cells_of(Cell(lift(args[0]).one().value, here())))

    def __instancecheck__(cls, x: Any) -> bool:
        return isinstance(x, float) or (isinstance(x, Entries) and not x.cells.shape)


class _Float(float, metaclass=_OfFloat):
    dtype = np.dtype(np.float64)  # where it is given as a type


def _builtins(names: dict[str, Any], undo: list[Callable[[], None]]) -> None:
    news = {"max": _guarded(max, _extreme(max, "maximum")), "min": _guarded(min, _extreme(min, "minimum"))}
    for name, new in {**news, "float": _Float}.items():
        if name not in names:
            names[name] = new
            undo.append(partial(names.__delitem__, name))


def _item_restorer(names: dict[str, Any], name: str, value: Any) -> Callable[[], None]:
    def put_back() -> None:
        names[name] = value

    return put_back
