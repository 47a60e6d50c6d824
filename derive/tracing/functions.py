"""The functions of NumPy that are given a stand-in as a whole, and the methods of arrays."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from fractions import Fraction
from typing import Any

import numpy as np

from derive.terms.term import make, num
from derive.tracing import types
from derive.tracing.arithmetic import minus, operation, over, times, where
from derive.tracing.cells import Cell, array, each
from derive.tracing.context import current, here, unreadable
from derive.tracing.entries import Entries, cells_of, decided
from derive.tracing.folding import FOLDING, into
from derive.tracing.placing import PLACING
from derive.tracing.reductions import dot, reduced
from derive.tracing.rounding import rounded

#: only move entries around: called on the entries themselves
_MOVES = frozenset((
    *("reshape", "ravel", "transpose", "concatenate", "stack", "hstack", "vstack", "dstack"),
    *("column_stack", "squeeze", "expand_dims", "tile", "repeat", "roll", "flip", "fliplr", "flipud"),
    *("broadcast_to", "moveaxis", "swapaxes", "rollaxis", "delete", "append", "insert"),
    *("atleast_1d", "atleast_2d", "split", "array_split", "hsplit", "vsplit", "diagonal", "rot90"),
    *("copy", "broadcast_arrays", "resize"),
))
#: made of + and *, or of comparisons that the path decides: called on an array of stand-ins for scalars
_MADE = frozenset((
    *("einsum", "inner", "outer", "tensordot", "cumsum", "cumprod", "diff", "polyval", "trace", "kron"),
    *("vdot", "convolve", "sort", "argsort", "argmax", "argmin", "flatnonzero", "unique", "triu"),
    *("tril", "apply_along_axis", "ediff1d", "searchsorted"),
))


def call(me: Entries, func: Callable[..., Any], args: Any, kwargs: Any) -> Any:
    """A function of NumPy of which some argument is a stand-in."""
    name = func.__name__
    if name in _FUNCTIONS:
        return _FUNCTIONS[name](me, *args, **kwargs)
    if name in _MOVES:
        return _wrapped(me, func(*_unwrapped(args), **_unwrapped(kwargs)))
    if name in _MADE:
        return _wrapped(me, func(*_as_objects(me, args), **_as_objects(me, kwargs)))
    raise unreadable(f"np.{name} is not a function that can be read")


def _unwrapped(x: Any) -> Any:
    if isinstance(x, Entries):
        return x.settled()
    if isinstance(x, dict):
        return {k: _unwrapped(v) for k, v in x.items()}
    if isinstance(x, (tuple, list)):
        if any(isinstance(p, (Entries, np.ndarray)) for p in x):
            return type(x)(cells_of(p) if _is_data(p) else p for p in x)
        return type(x)(map(_unwrapped, x))
    return x


def _is_data(x: Any) -> bool:
    return isinstance(x, Entries) or (isinstance(x, np.ndarray) and x.dtype.kind == "f")


def _as_objects(me: Entries, x: Any) -> Any:
    """The arrays of which NumPy adds and multiplies the entries."""
    if isinstance(x, Entries):
        cells = x.settled()
        out = np.empty(cells.shape, object)
        for index in np.ndindex(cells.shape):
            out[index] = me.like(array(cells[index]))
        return out
    if isinstance(x, dict):
        return {k: _as_objects(me, v) for k, v in x.items()}
    return type(x)(_as_objects(me, p) for p in x) if isinstance(x, (tuple, list)) else x


def _wrapped(me: Entries, x: Any) -> Any:
    if isinstance(x, (list, tuple)):
        return type(x)(_wrapped(me, p) for p in x)
    if isinstance(x, np.ndarray) and x.dtype != object:
        return x
    if isinstance(x, np.ndarray) and all(isinstance(c, Cell) for c in x.flat):
        return me.like(x)  # a view stays one
    return x if x is None or isinstance(x, (int, Entries)) else me.like(cells_of(x))


# -- choices
def _where(me: Entries, condition: Any, *branches: Any) -> Any:
    if not branches:
        return np.nonzero(decided(cells_of(condition)))
    cells = map(cells_of, (condition, *branches))
    return me.like(
        each(
            lambda c, a, b: (
                where(c.condition, a.known, b.known) if _alike(a, b) else where(c.condition, a.value, b.value)
            ),
            here(),
            *cells,
        )
    )


def _alike(a: Cell, b: Cell) -> bool:
    return not (a.is_condition or b.is_condition)


def _select(me: Entries, conditions: Sequence[Any], values: Sequence[Any], default: Any = 0) -> Any:
    out = me.like(cells_of(default))
    for condition, value in reversed(list(zip(conditions, values, strict=True))):
        out = _where(me, condition, value, out)
    return out


def _value(f: Any, x: Any, args: Any, kwargs: Any) -> Any:
    return f(x, *args, **kwargs) if callable(f) else f


def _piecewise(me: Entries, x: Any, conditions: Any, functions: Sequence[Any], *args: Any, **kwargs: Any) -> Any:
    rows = list(conditions) if isinstance(conditions, (list, tuple)) else [conditions]
    functions = list(functions)
    default = _value(functions.pop(), x, args, kwargs) if len(functions) > len(rows) else 0
    out = me.like(np.broadcast_to(cells_of(default), x.settled().shape))
    for condition, f in zip(rows, functions, strict=True):  # the last condition that holds counts
        out = _where(me, condition, _value(f, x, args, kwargs), out)
    return out


def _clip(me: Entries, x: Any, a_min: Any = None, a_max: Any = None, **options: Any) -> Any:
    low = options.get("min", options.get("lower", a_min))
    high = options.get("max", options.get("upper", a_max))
    cells = cells_of(x)
    for name, bound in (("maximum", low), ("minimum", high)):
        if bound is not None and not (np.ndim(_plain(bound)) == 0 and np.isinf(_plain(bound))):
            cells = each(operation(name), here(), cells, cells_of(bound))
    made = me.like(cells)
    return into(options.get("out"), made)


def _plain(x: Any) -> Any:
    return 0.0 if isinstance(x, Entries) else x


def _nonzero(me: Entries, x: Any) -> Any:
    return np.nonzero(decided(cells_of(x)))


def _nan_to_num(me: Entries, x: Any, copy: Any = True, *_: Any, **__: Any) -> Any:
    current().note("nan_to_num is taken to change nothing: the formulas are of real numbers")
    return me.like(cells_of(x).copy()) if copy or not isinstance(x, Entries) else x


# -- new arrays
def filled(me: Entries, shape: Any, value: Any) -> Any:
    """An array of one value."""
    new = np.empty(shape, object)
    cell = cells_of(value)
    new[...] = cell[()] if cell.shape == () else cell
    return me.like(new)


def _like(value: float) -> Callable[..., Any]:
    return lambda me, x, *_, **__: filled(me, np.shape(cells_of(x)), value)


def _full_like(me: Entries, x: Any, fill_value: Any, *_: Any, **__: Any) -> Any:
    return filled(me, np.shape(cells_of(x)), fill_value)


def _diag(me: Entries, x: Any, k: int = 0) -> Any:
    cells = cells_of(x)
    if cells.ndim != 1:
        return me.like(np.diag(cells, k))
    out = cells_of(np.zeros((len(cells) + abs(k),) * 2))
    for i, cell in enumerate(cells):
        out[i + max(0, -k), i + max(0, k)] = cell
    return me.like(out)


def _asarray(me: Entries, x: Any, dtype: Any = None, *_: Any, **__: Any) -> Any:
    return x if dtype is None else types.astype(x, dtype, copy=False)


def logsumexp(me: Entries, a: Any, axis: Any = None, b: Any = None, keepdims: bool = False, **_: Any) -> Any:
    """`scipy.special.logsumexp`."""
    if b is not None:
        raise unreadable("logsumexp with weights b")
    return reduced(me.like(cells_of(a)), "logsumexp", axis, keepdims)


def softmax(me: Entries, x: Any, axis: Any = None) -> Any:
    """`scipy.special.softmax`."""
    powers = each(lambda c: make("exp", c.value), here(), cells_of(x))
    total = reduced(me.like(powers), "add", axis, keepdims=True).cells
    return me.like(each(lambda a, b: over(a.value, b.value), here(), powers, total))


def log_softmax(me: Entries, x: Any, axis: Any = None) -> Any:
    """`scipy.special.log_softmax`."""
    cells = cells_of(x)
    total = reduced(me.like(cells), "logsumexp", axis, keepdims=True).cells
    return me.like(each(lambda a, b: minus(a.value, b.value), here(), cells, total))


def polygamma(me: Entries, n: Any, x: Any) -> Any:
    """`scipy.special.polygamma`."""
    return me.like(each(operation("polygamma"), here(), cells_of(n), cells_of(x)))


_DIGITS = 4


def _round(me: Entries, a: Any, decimals: int = 0, **_: Any) -> Any:
    """`np.round`, to so many digits."""
    if decimals > _DIGITS:
        raise unreadable(f"np.round to {decimals} digits, which is there for the rounding errors")
    scale = 10**decimals if decimals >= 0 else Fraction(1, 10**-decimals)
    factor = num(scale.numerator, scale.denominator)
    return me.like(each(lambda c: over(rounded(times(c.value, factor)), factor), here(), cells_of(a)))


_FUNCTIONS: dict[str, Callable[..., Any]] = {
    **FOLDING,
    "where": _where,
    "select": _select,
    "piecewise": _piecewise,
    "clip": _clip,
    "nonzero": _nonzero,
    "argwhere": lambda me, x: np.argwhere(decided(cells_of(x))),
    "nan_to_num": _nan_to_num,
    "fix": lambda me, x: me.elementwise("trunc", (x,)),
    **dict.fromkeys(("round", "around", "round_"), _round),
    **PLACING,
    "zeros_like": _like(0),
    "ones_like": _like(1),
    "empty_like": _like(np.nan),
    "full_like": _full_like,
    "diag": _diag,
    "dot": dot,
    "asarray": _asarray,
    "array": _asarray,
    "asanyarray": _asarray,
    "ascontiguousarray": _asarray,
    "shape": lambda me, x: np.shape(cells_of(x)),
    "ndim": lambda me, x: cells_of(x).ndim,
    "size": lambda me, x, axis=None: np.size(cells_of(x), axis),
    "real": lambda me, x: x,
    "real_if_close": lambda me, x, **_: x,
    "isscalar": lambda me, x: not x.shape,
    "iscomplexobj": lambda me, x: False,
}
