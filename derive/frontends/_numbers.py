"""Calls of objectives with numbers: all rows at once, or row by row where the code raises errors for some."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from derive.frontends import Asked, Numbers
from derive.frontends._names import Batch, Call, Names, Outputs
from derive.frontends._rows import SIDES
from derive.tracing.calling import Tried, quiet
from derive.tracing.unreadable import Unreadable


def numbers_rows(
    call: Call, asked: Asked, columns: Mapping[str, Any], names: Names, flat: str = "row by row"
) -> Numbers:
    """The same from a call with arrays: see `Frontend.numbers`. flat: the order of results in a flat array."""
    of_z = [columns[n] for n in names.classes] if names.classes else [columns[names.z]]
    rows = len(of_z[0])
    z = np.stack(of_z, axis=1) if names.classes else of_z[0].copy()
    of_y = [np.array(columns.get(n, np.zeros(rows, z.dtype))) for n in names.targets or (names.y,)]
    y = np.stack(of_y, axis=1) if names.targets else of_y[0]
    w = np.array(columns.get(names.w, np.ones(rows, z.dtype)))
    if names.classes and asked.layout != "rows of scores":
        call = _flat(call, "F" if asked.layout == "class by class" else "C")
    batch = Batch(rows, asked.classes, z, y, w)
    with quiet():
        found = _called(call, batch)
    shape = (rows, len(names.classes)) if names.classes else (rows,)
    order = "F" if flat == "class by class" and asked.layout == "rows of scores" else "C"
    gradient, hessian = (None if s not in found else _real(found[s], shape, order) for s in SIDES[:2])
    return Numbers(gradient, hessian, found.get("loss"))


def _flat(call: Call, order: Any) -> Call:
    """The same for scores in one flat array, whose values come back in its order, or as rows."""

    def called(b: Batch) -> Outputs:
        found = call(replace(b, z=b.z.reshape(-1, order=order)))
        shape = b.z.shape
        return {s: x.reshape(shape, order=order) if np.shape(x) == (b.z.size,) else x for s, x in found.items()}

    return called


def _called(call: Call, batch: Batch) -> Outputs:
    """All rows at once; or row by row, where the code raises an error for some of them, which have no value then."""
    with Tried():
        return call(batch)
    rows = [_row(call, batch, i) for i in range(batch.rows)]
    return {side: _column(side, rows) for side in SIDES[:2]}


def _row(call: Call, b: Batch, i: int) -> Outputs:
    """One row, as arrays of length 1, or as numbers for code that takes these; nothing where it raises an error."""
    part = slice(i, i + 1)
    with Tried():
        return call(Batch(1, b.classes, b.z[part], b.y[part], b.w[part]))
    if b.classes is None:
        with Tried():
            return call(Batch(1, None, b.z[i], b.y[i], b.w[i]))
    return {}


def _column(side: str, rows: Sequence[Outputs]) -> Any:
    """The values of all rows; NaN where there is none."""
    found = [np.asarray(row[side], float).reshape(-1) if side in row else None for row in rows]
    width = max((len(x) for x in found if x is not None), default=1)
    out = np.full((len(rows), width), np.nan)
    for i, x in enumerate(found):
        if x is not None:
            out[i] = x
    return out[:, 0] if width == 1 else out


def _real(x: Any, shape: tuple[int, ...], order: Any) -> Any:
    values = np.asarray(x)
    if values.dtype.kind not in "fiub":
        raise Unreadable(f"the code gives {type(x).__name__}, and no numbers")
    if len(shape) == 2 and values.shape == (*shape, shape[-1]):
        return values  # whole Hessians
    if values.ndim and values.size != np.prod(shape):
        raise Unreadable(f"the code gives an array of shape {values.shape}, for {shape[0]} rows")
    return (
        np.broadcast_to(values, shape)
        if values.ndim == 0
        else values.reshape(shape, order="C" if values.ndim > 1 else order)
    )


def stacked(parts: Sequence[Any], rows: int) -> Any:
    """What real code gives back for each input, as `Numbers` wants it: (rows,), or (rows, inputs or classes)."""
    wide = [np.broadcast_to(np.reshape(b, (-1, *np.shape(b)[1:])), (rows, *np.shape(b)[1:])) for b in parts]
    return wide[0] if len(wide) == 1 else np.stack(wide, axis=1)


def of_rows(values: Any, averaged: bool | None, once: Any, twice: Callable[[], Any]) -> Any:
    """The gradient of a mean over rows as that of a row: times the number of rows.

    averaged: is it a mean, if that was read? Else the value is asked for with every row `twice`: a mean stays.
    """
    if averaged is None and np.size(once) == 1 and len(values) > 1:
        averaged = bool(np.allclose(twice(), once, rtol=1e-5, atol=0))
    with np.errstate(all="ignore"):
        return values * len(values) if averaged else values
