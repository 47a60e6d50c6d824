"""What a compiled function accepts, checked as cheaply as a 1,000 × 10 problem demands.

Shapes and types are checked on entry. Missing and infinite values are looked for only when a result is not finite:
none of them can hide, as each entry of the data goes into z = Xθ, and a pass over X would double the cost.
"""

from __future__ import annotations

from typing import Any, NamedTuple, NoReturn

import numpy as np

from derive.compiled.stable import Array
from derive.errors import DataError

_FLOAT64 = np.dtype(np.float64)


class Arguments(NamedTuple):
    """θ (n), X (m×n), y (m), weights (m) or None, the type of the arithmetic, and whether all have it already."""

    theta: Array
    X: Array
    y: Array
    weight: Array | None
    dtype: np.dtype[Any]
    uniform: bool


def read(theta: Any, X: Any, y: Any, weight: Any) -> Arguments:
    """Arrays of numbers whose shapes agree; float32 if both θ and X are, else float64. `DataError` else."""
    if not type(X) is type(theta) is type(y) is np.ndarray:
        X, theta, y = _array("X", X), _array("theta", theta), _array("y", y)
    if X.shape != y.shape + theta.shape or theta.ndim != 1 or not X.size:
        _explain_shapes(theta.shape, X.shape, y.shape)
    if weight is not None:
        weight = _weights(weight, y.shape)
    if X.dtype is theta.dtype is y.dtype is _FLOAT64:
        return Arguments(theta, X, y, weight, _FLOAT64, weight is None or weight.dtype is _FLOAT64)
    for name, array in (("X", X), ("theta", theta), ("y", y)):
        _demand_numbers(name, array)
    single = X.dtype == np.float32 and theta.dtype == np.float32
    dtype = np.dtype(np.float32) if single else _FLOAT64
    return Arguments(theta.astype(dtype), X, y, weight, dtype, False)


def _array(name: str, value: Any) -> Array:
    try:
        array = np.asarray(value)
    except ValueError as error:
        raise DataError(f"{name} is not an array of numbers: {error}") from None
    if array.size:
        _demand_numbers(name, array)
    return array


def _demand_numbers(name: str, array: Array) -> None:
    if array.dtype.kind not in "fiub":
        raise DataError(f"{name} is not an array of real numbers: its type is {array.dtype}; convert it to floats")


def _explain_shapes(theta: tuple[int, ...], X: tuple[int, ...], y: tuple[int, ...]) -> NoReturn:
    if len(X) != 2:
        raise DataError(f"X has shape {X}: it must be a matrix, one row a sample, its first column the bias")
    m, n = X
    if m == 0 or n == 0:
        raise DataError(f"X has shape {X}: there is no {'sample' if m == 0 else 'feature'} in it, and J needs one")
    if theta != (n,):
        raise DataError(f"theta has shape {theta}, but X has {n} columns: theta must have shape ({n},)")
    hint = "; use y.ravel()" if y == (m, 1) else ""
    raise DataError(f"y has shape {y}, but X has {m} rows: y must have shape ({m},){hint}")


def _weights(value: Any, shape: tuple[int, ...]) -> Array:
    weight = _array("sample_weight", value)
    if weight.shape != shape:
        raise DataError(f"sample_weight has shape {weight.shape}, but y has shape {shape}: one weight a sample")
    if not weight.min() >= 0:
        row = int(np.argmin(weight >= 0))
        raise DataError(f"sample_weight[{row}] is {weight[row]}: a weight is a number ≥ 0")
    return weight


def read_penalty(value: Any, available: bool, name: str) -> float:
    """λ ≥ 0, and 0 for a loss without a penalty."""
    try:
        number = float(value)
    except (TypeError, ValueError):
        raise DataError(f"penalty is {value!r}: it must be a number ≥ 0") from None
    if not 0 <= number < float("inf"):
        raise DataError(f"penalty is {number}: it must be a finite number ≥ 0")
    if number and not available:
        raise DataError(f"penalty is {number}, but the loss {name!r} has none: use one with an L2 penalty")
    return number


def explain(a: Arguments, rows: int) -> NoReturn:
    """Say why a result is not finite: the first missing or infinite value, or numbers that are too large.

    X is searched `rows` rows at a time.
    """
    for name, array in (("theta", a.theta), ("y", a.y), ("sample_weight", a.weight)):
        if array is not None and not (finite := np.isfinite(array)).all():
            row = int(np.argmin(finite))
            raise DataError(f"{name}[{row}] is {array[row]}: every number must be finite")
    for start in range(0, len(a.X), rows):
        finite = np.isfinite(a.X[start : start + rows])
        if not finite.all():
            row, column = (int(i) for i in np.unravel_index(int(np.argmin(finite)), finite.shape))
            raise DataError(f"X[{start + row}, {column}] is {a.X[start + row, column]}: every number must be finite")
    raise DataError(
        f"the numbers are too large for {a.dtype}: X @ theta or the result overflows; scale the columns of X"
    )
