"""The methods of arrays, for stand-ins."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from derive.tracing.arithmetic import operation
from derive.tracing.cells import array, each
from derive.tracing.context import here
from derive.tracing.entries import Entries, cells_of
from derive.tracing.functions import call
from derive.tracing.types import astype, view


def _tolist(x: Entries) -> Any:
    parts = [x.like(array(part)) for part in x.settled()]
    return parts if x.cells.ndim == 1 else [_tolist(part) for part in parts]


def _put_in(x: Entries, value: Any) -> None:
    x.cells[...] = cells_of(value)[()]


def _elementwise(name: str) -> Callable[..., Any]:
    """What NumPy calls on each entry of an array of objects, for `np.exp` and the like."""
    return lambda me, *_, **__: me.like(each(operation(name), here(), me.settled()))


def _method(name: str) -> Callable[..., Any]:
    return lambda me, *args, **kwargs: call(me, getattr(np, name), (me, *args), kwargs)


def _reshape(me: Entries, *shape: Any, order: Any = "C") -> Any:
    """`x.reshape(2, 3)`, `x.reshape((2, 3))`."""
    wanted = shape[0] if len(shape) == 1 else shape
    return me.like(np.reshape(me.settled(), wanted, order=order))


#: the methods of arrays
METHODS: dict[str, Callable[..., Any]] = {
    **{
        name: _method(name) for name in ("sum", "prod", "max", "min", "all", "any", "mean", "var", "std", "clip", "dot")
    },
    **{
        name: _method(name)
        for name in ("cumsum", "nonzero", "repeat", "take", "squeeze", "swapaxes", "argmax", "argmin")
    },
    **{name: _method(name) for name in ("argsort", "diagonal", "round")},
    "reshape": _reshape,
    "ravel": lambda me, order="C": me.like(np.ravel(me.settled(), order=order)),
    "flatten": lambda me, order="C": me.like(me.settled().flatten(order=order)),
    "transpose": lambda me, *axes: me.like(me.settled().transpose(*axes)),
    **dict.fromkeys(("copy", "to_numpy"), lambda me, *_, **__: me.like(me.settled().copy())),
    "astype": astype,
    "view": view,
    "tolist": _tolist,
    "item": lambda me, *index: me.like(array(me.settled()[index] if index else me.one())),
    "fill": _put_in,
    **{name: _elementwise(name) for name in ("exp", "log", "sqrt", "log1p", "expm1", "tanh")},
}
