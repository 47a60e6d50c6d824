"""A series of pandas that code makes of stand-ins: an array of terms with pandas' own methods.

Methods that pandas has otherwise than NumPy, such as `std`, which divides by m − 1, are not read.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from derive.tracing.arithmetic import where
from derive.tracing.cells import each
from derive.tracing.context import active, here, unreadable
from derive.tracing.entries import Entries, cells_of
from derive.tracing.stand_in import StandIn

_OTHER = frozenset(("std", "var", "sem", "argsort", "sort_values", "rank", "quantile", "diff", "shift", "cumsum"))
_OTHER |= {"groupby", "rolling", "expanding", "ewm", "drop", "iloc", "loc", "at", "iat", "unique", "value_counts"}
_SAME = frozenset(("fillna", "reset_index", "dropna", "squeeze", "rename"))
_OPERATORS = {"add": "add", "sub": "subtract", "mul": "multiply", "div": "divide", "truediv": "divide", "pow": "power"}
_OPERATORS |= {"gt": "greater", "ge": "greater_equal", "lt": "less", "le": "less_equal", "eq": "equal"}
_OPERATORS |= {"ne": "not_equal"}


class Series(StandIn):
    """Entries with the methods of a series."""

    __slots__ = ()

    @property
    def values(self) -> Any:
        """The array."""
        return StandIn(self.settled())

    def to_numpy(self, *_: Any, **__: Any) -> Any:
        """The array."""
        return StandIn(self.settled().copy())

    def __array_function__(self, func: Callable[..., Any], types: Any, args: Any, kwargs: Any) -> Any:
        if func.__name__ in _OTHER:
            raise unreadable(f"np.{func.__name__} of a series of pandas")
        return super().__array_function__(func, types, args, kwargs)

    def abs(self) -> Any:
        """Without the sign."""
        return self.elementwise("absolute", (self,))

    def apply(self, function: Callable[..., Any], *_: Any, args: Any = (), **named: Any) -> Any:
        """A function of each entry."""
        return self.like(cells_of([function(x, *args, **named) for x in StandIn(self.settled())]))

    def map(self, function: Any, *_: Any) -> Any:
        """A function of each entry, or a dictionary of them."""
        return self.apply(function if callable(function) else function.__getitem__)

    def where(self, condition: Any, other: Any = float("nan")) -> Any:
        """The entries where a condition holds, else others."""
        cells = (cells_of(condition), self.settled(), cells_of(other))
        return self.like(each(lambda c, a, b: where(c.condition, a.value, b.value), here(), *cells))

    def __getattr__(self, name: str) -> Any:
        if name in _OTHER:
            raise unreadable(f"{name} of a series of pandas")
        if name in _SAME:
            return lambda *_, **__: self
        if name in _OPERATORS:
            return lambda other, *_, **__: self.elementwise(_OPERATORS[name], (self, other))
        return super().__getattr__(name)


class OfSeries(type):
    """`pandas.Series` as code sees it: of stand-ins a `Series` of here, of everything else pandas' own."""

    real: Any

    def __call__(cls, data: Any = None, *args: Any, **named: Any) -> Any:
        if active() is None or not (isinstance(data, Entries) or _has_entries(data)):
            return cls.real(data, *args, **named)
        return Series(cells_of(data))

    def __instancecheck__(cls, x: Any) -> bool:
        return isinstance(x, (cls.real, Series))

    def __subclasscheck__(cls, kind: Any) -> bool:
        return issubclass(kind, cls.real)

    def __getattr__(cls, name: str) -> Any:
        return getattr(type.__getattribute__(cls, "real"), name)


def _has_entries(data: Any) -> bool:
    return isinstance(data, list) and any(isinstance(x, Entries) for x in data)


def series_class(real: Any) -> Any:
    """What takes the place of `pandas.Series`."""
    return OfSeries("Series", (), {"real": real})
