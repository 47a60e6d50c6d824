"""Columns that are linearly dependent: which ones, and how, before anything is searched."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from derive.errors import DataError

if TYPE_CHECKING:
    from derive.fit.problem import Problem

_TINY = 1e-7
_SHOWN = 1e-6


def dependent(p: Problem) -> None:
    """A `DataError` where a combination of columns is zero: then infinitely many θ give the same predictions."""
    zero = [k for k in range(p.n) if p.scale[k] == 0]
    if zero:
        constant = p.X[0, zero[0]] != 0
        also = f"like {p.names[p.bias]!r} " if constant and p.bias is not None else ""
        what = f"is {also}constant" if constant else "is zero in every row"
        raise DataError(f"the column {p.names[zero[0]]!r} {what}: leave it out, it cannot be told from the others")
    if p.m < p.n and not p.penalty:
        raise DataError(
            f"{p.m} rows for {p.n} columns: infinitely many models fit; leave columns out, or add a penalty"
        )
    scaled = (p.X - p.centre) / p.scale
    values, vectors = np.linalg.eigh(scaled.T @ scaled / p.m)
    if p.penalty or values[0] > _TINY**2 * values[-1]:
        return
    raise DataError(f"columns are linearly dependent: {_said(p, vectors[:, 0])}; leave one of them out")


def _said(p: Problem, v: Any) -> str:
    """The combination of columns that is zero, with the largest coefficient 1."""
    theta = p.unscaled(np.array(v))
    used = np.abs(theta * p.scale) > _SHOWN * np.abs(theta * p.scale).max()
    theta = theta / theta[used][np.argmax(np.abs(theta[used]))]
    shown = [f"{c:+.4g}·{name}" for c, name, yes in zip(theta, p.names, used, strict=True) if yes]
    return " ".join(shown).lstrip("+") + " = 0"
