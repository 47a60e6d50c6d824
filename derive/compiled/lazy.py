"""Compiled functions of dask arrays: the blocks of rows are read once, one after the other, and then forgotten.

In memory at any time is one block of rows of X, y and the weights (whatever size the blocks of X have), and a working
copy of it where its columns come in several pieces or its type is another one. Nothing else grows with the data.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np

from derive.compiled import arrays
from derive.compiled.arrays import Arguments
from derive.errors import DataError, MissingExtraError

if TYPE_CHECKING:
    from derive.compiled.onepass import Compiled

Rows: TypeAlias = tuple[int, Any, Any, Any]


@dataclass(frozen=True, slots=True)
class Request:
    """A compiled function, where it is wanted, and the strength of the penalty."""

    function: Compiled
    theta: Any
    strength: float

    def finished(self, total: Any, last: Arguments, count: int) -> Any:
        """The sum over all rows, times the factor, and the penalty: these need the number of rows only."""
        X = np.broadcast_to(np.zeros(1, last.dtype), (count, last.X.shape[1]))
        theta = arrays.read(self.theta, last.X, last.y, None).theta
        out = self.function.finish(total, Arguments(theta, X, last.y, None, last.dtype, True), self.strength)
        if not np.isfinite(out).all():
            raise DataError(f"the numbers are too large for {last.dtype}: the sum overflows; scale the columns of X")
        return out


def is_lazy(x: Any) -> bool:
    """Is this of dask? Nothing is imported to find out."""
    return type(x).__module__.partition(".")[0] == "dask"


def evaluate(
    requests: Sequence[Request], X: Any, y: Any, weight: Any, look: Callable[[Arguments], object] = bool
) -> list[Any]:
    """The values of compiled functions at their θ, from one pass over the data; `look` is shown each block, too."""
    totals: list[Any] = [0.0] * len(requests)
    count, last = 0, None
    for start, *block in blocks(X, y, weight):
        for k, request in enumerate(requests):
            last = _read(request.theta, block, start)
            totals[k] = np.add(totals[k], _total(request.function, last, start), dtype=np.float64)
        if last is not None:
            look(last)
        count += len(block[0])
    if last is None:
        raise DataError("X has no rows: there is no sample in it, and J needs one")
    return [r.finished(np.asarray(t), last, count) for r, t in zip(requests, totals, strict=True)]


def _read(theta: Any, block: Sequence[Any], start: int) -> Arguments:
    with placed(start):
        return arrays.read(theta, *block)


def _total(function: Compiled, a: Arguments, start: int) -> Any:
    with placed(start):
        return function.total(a)


@contextmanager
def placed(start: int) -> Iterator[None]:
    """An error says in which block, unless it is the first: rows are counted from its start anyway."""
    try:
        yield
    except DataError as error:
        if start == 0:
            raise
        raise DataError(f"in the block that starts at row {start}, counted from there: {error}") from None


def blocks(X: Any, y: Any, weight: Any) -> Iterator[Rows]:
    """The number of the first row, and X, y and the weights of a block, in memory."""
    dask = _dask()
    if not (is_lazy(X) and hasattr(X, "to_delayed") and hasattr(X, "chunks")):
        raise DataError(f"X is {type(X).__name__} of dask; a table becomes an array by X.to_dask_array(lengths=True)")
    if X.ndim != 2:
        raise DataError(f"X has shape {X.shape}: it must be a matrix, one row a sample, its first column the bias")
    columns = [None if a is None else _aligned(a, X, name) for name, a in (("y", y), ("sample_weight", weight))]
    start = 0
    for k in range(X.numblocks[0]):
        parts = [X.blocks[k], *(_part(a, k, start, X.chunks[0][k]) for a in columns)]
        found = dask.compute(*parts)
        X_block = np.asarray(found[0])
        if len(X_block):
            yield start, X_block, np.asarray(found[1]), None if weight is None else np.asarray(found[2])
        start += len(X_block)


def _aligned(a: Any, X: Any, name: str) -> Any:
    """In the blocks of X."""
    if not is_lazy(a):
        a = np.asarray(a)
    if a.ndim != 1:
        raise DataError(f"{name} has shape {a.shape}: it must have one number for each row of X; use {name}.ravel()")
    if is_lazy(a) and a.chunks[0] == X.chunks[0]:
        return a
    known = not any(np.isnan(n) for n in (*X.shape, *a.shape))
    if known and len(a) != X.shape[0]:
        raise DataError(f"{name} has {len(a)} numbers, but X has {X.shape[0]} rows: one number for each row")
    if known:
        return a.rechunk((X.chunks[0],)) if is_lazy(a) else a
    if is_lazy(a) and a.numblocks[0] == X.numblocks[0]:
        return a
    raise DataError(f"{name} is not in the blocks of X, whose sizes are unknown; use X.compute_chunk_sizes()")


def _part(a: Any, k: int, start: int, rows: float) -> Any:
    if a is None:
        return None
    return a.blocks[k] if is_lazy(a) else a[start : start + int(rows)]


def _dask() -> Any:
    try:
        import dask
    except ImportError:
        raise MissingExtraError(
            "dask is not installed; install it with: python -m pip install 'derive[dask]'"
        ) from None
    return dask
