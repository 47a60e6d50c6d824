"""Data that outgrow memory: CSV files, dask arrays and memory-mapped ones, read once, in blocks of rows.

The bound: a block of m rows with n columns is allowed 8m(5n + 12) bytes, for its numbers, those of the block before it
and the copies that reading and comparing make; and 48n² bytes go to the Hessian. What Python, NumPy and SymPy take by
themselves comes on top. Chunks of dask are in memory one at a time, whatever size they have.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from derive.compiled import arrays, lazy
from derive.data import Array, Data, csv_blocks, joined, read_csv
from derive.errors import DataError

MIB = 1 << 20
#: what the numbers may take where nobody says how much
MEMORY = 256 * MIB
#: fewer rows than this are no block
_LEAST = 64
#: and more than this no machine has
_MOST = 1 << 40
#: chunks of dask with fewer rows are joined
_FEW = 4096
#: bytes of numbers that a byte of CSV can hold at most, as each needs a digit and a comma, times the copies of them
_WHOLE = 4 * 5


@dataclass(frozen=True)
class Blocks:
    """Data that are not in memory: each call of `read` goes through the rows once, in blocks, each of them a `Data`."""

    read: Callable[[], Iterator[Data]]
    title: str = "your data"


def block_rows(columns: int, memory: int | None = None) -> int:
    """How many rows make a block within so many bytes; by default 256 MiB, or what 64 rows need if that is more.

    >>> block_rows(10, 1 << 30)
    2164792
    """
    bound = memory or max(MEMORY, _needed(columns))
    if bound < _needed(columns):
        need = -(-_needed(columns) // MIB)
        raise DataError(f"{columns} columns and their Hessian need {need} MiB; {bound // MIB} MiB are not enough")
    return min((bound - 48 * columns**2) // (8 * (5 * columns + 12)), _MOST)


def _needed(columns: int) -> int:
    return 48 * columns**2 + _LEAST * 8 * (5 * columns + 12)


def open_csv(path: Path, target: str, memory: int | None = None) -> Data | Blocks:
    """A CSV file, or a folder of CSV files with the same header, whose numbers may take `memory` bytes.

    A small file is read whole. What is larger is read when it is compared: once, block by block; errors are those of
    `derive.data.read_csv`, and `DataError` for a folder without CSV files or with files whose columns differ.
    """
    if path.is_dir():
        return Blocks(lambda: _gathered(_folder(path, target, memory), memory))
    size = path.stat().st_size if path.is_file() else 0
    if size * _WHOLE <= (memory or MEMORY):
        return read_csv(path, target)
    return Blocks(lambda: csv_blocks(path, target, lambda columns: block_rows(columns, memory)))


def _folder(folder: Path, target: str, memory: int | None) -> Iterator[Data]:
    files = sorted(folder.glob("*.csv"))
    if not files:
        raise DataError(f"{folder} is a folder without files whose names end in .csv")
    names: tuple[str, ...] = ()
    for file in files:
        for block in csv_blocks(file, target, lambda columns: block_rows(columns, memory)):
            names = names or block.names
            if block.names != names:
                raise DataError(f"{file} has other columns than {files[0]}: {_listed(block)}, not {_listed(names)}")
            yield block


def _listed(names: Data | tuple[str, ...]) -> str:
    said = ", ".join((names.names if isinstance(names, Data) else names)[1:])
    return said if len(said) <= 120 else f"{said[:119]}…"


def outgrows(data: Data) -> bool:
    """Are these arrays on disk, or of dask?"""
    return isinstance(data.X, np.memmap) or lazy.is_lazy(data.X)


def in_blocks(data: Data, memory: int | None = None) -> Blocks:
    """The rows of dask arrays or memory-mapped ones, block by block."""
    if lazy.is_lazy(data.X):
        return Blocks(lambda: _gathered(_of_dask(data), memory, _FEW), data.title)
    return Blocks(lambda: _of_disk(data, memory), data.title)


def _of_dask(data: Data) -> Iterator[Data]:
    for start, *block in lazy.blocks(data.X, data.y, data.sample_weight):
        yield _checked(data, start, *block)


def _of_disk(data: Data, memory: int | None) -> Iterator[Data]:
    for name, array in (("y", data.y), ("sample_weight", data.sample_weight)):
        if array is not None and (data.X.ndim != 2 or array.shape != data.X.shape[:1]):
            said = f"X has shape {data.X.shape} and {name} {array.shape}"
            raise DataError(f"{said}: it must have one number for each row")
    rows = block_rows(data.X.shape[1], memory)
    for start in range(0, len(data.X), rows):
        part = data.rows(slice(start, start + rows))
        yield _checked(part, start, part.X, part.y, part.sample_weight)


def _checked(data: Data, start: int, X: Any, y: Any, weight: Any) -> Data:
    """A block in memory, in float64. `DataError` for what is no finite number."""
    with lazy.placed(start):
        arrays.read(np.zeros(X.shape[-1]), X, y, weight)
        ready = None if weight is None else _finite("sample_weight", weight)
        return replace(data, X=_finite("X", X), y=_finite("y", y), sample_weight=ready)


def _finite(name: str, values: Any) -> Array:
    out = np.array(values, dtype=np.float64)
    finite = np.isfinite(out)
    if not finite.all():
        at = np.unravel_index(int(np.argmin(finite)), out.shape)
        raise DataError(f"{name}[{', '.join(map(str, at))}] is {out[at]}: every number must be finite")
    return out


def _gathered(parts: Iterator[Data], memory: int | None, enough: int | None = None) -> Iterator[Data]:
    """The same rows in blocks of as many as the memory allows, the last one apart; or of `enough`, or as they come."""
    held: list[Data] = []
    for part in parts:
        start, most = 0, block_rows(part.X.shape[1], memory)
        while start < len(part.y):
            piece = part.rows(slice(start, start + most - _count(held)))
            start += len(piece.y)
            held.append(piece)
            if _count(held) >= min(most, enough or most):
                yield _let_go(held)
    if held:
        yield _let_go(held)


def _count(held: list[Data]) -> int:
    return sum(len(part.y) for part in held)


def _let_go(held: list[Data]) -> Data:
    """One block of all that is held, which is then held no longer."""
    parts, held[:] = list(held), []
    return joined(parts)
