"""Columns that are linearly dependent: which ones, and how, before anything is searched."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from derive.errors import DataError

if TYPE_CHECKING:
    from derive.fit.problem import Problem

_TINY = 1e-7
_SAFE = 1e-10
_SHOWN = 1e-6


def dependent(p: Problem, curvature: Any = None) -> None:
    """A `DataError` where a combination of columns is zero: then infinitely many θ give the same predictions.

    A Hessian in β that is safely positive definite shows that there is none, and saves a pass over X.
    """
    if p.penalty or (curvature is not None and _safe(curvature)):
        return
    values, vectors = np.linalg.eigh(_gram(p))
    if values[0] > _TINY**2 * values[-1]:
        return
    raise DataError(
        f"columns are linearly dependent, to {_TINY:g} of their size: {_said(p, vectors[:, 0])}; leave one of them out"
    )


def _safe(H: Any) -> bool:
    values = np.linalg.eigvalsh(H)
    return bool(values[0] > _SAFE * values[-1])


def _check_size(p: Problem) -> None:
    if p.m < p.n and not p.penalty:
        rows = f"{p.m} row{'s' * (p.m != 1)}"
        raise DataError(f"{rows} for {p.n} columns: infinitely many models fit; leave columns out, or add a penalty")


def check_single(p: Problem) -> None:
    """A `DataError` for a column that is zero, or constant like another one."""
    _check_size(p)
    c = p.columns
    zero = [k for k in range(p.n) if not c.scale[k] > 0]
    if zero:
        constant = c.bias is not None and c.table[0, zero[0]] + c.moved[zero[0]] != 0
        what = f"is constant, like {p.names[c.bias or 0]!r}" if constant else "is zero in every row"
        raise DataError(f"the column {p.names[zero[0]]!r} {what}: leave it out, it cannot be told from the others")


def _gram(p: Problem) -> Any:
    """The products of all columns, of unit size, block by block; rows without weight do not count."""
    total, rows = np.zeros((p.n, p.n)), max(1, (1 << 18) // p.n)
    weight = p.rows.weight
    for start in range(0, p.m, rows):
        part = slice(start, start + rows)
        block = (p.columns.table[part] - p.columns.centre) / p.columns.scale
        block = block if weight is None else block[weight[part] > 0]
        total += block.T @ block
    return total


def _said(p: Problem, v: Any) -> str:
    """The combination of columns that is zero, with the largest coefficient 1."""
    theta = p.unscaled(np.array(v))
    shares = np.abs(theta) * np.abs(p.X).max(axis=0)
    used = shares > _SHOWN * shares.max()
    theta = theta / theta[used][np.argmax(np.abs(theta[used]))]
    shown = [f"{c:+.4g}·{name}" for c, name, yes in zip(theta, p.names, used, strict=True) if yes]
    return " ".join(shown).lstrip("+") + " = 0"
