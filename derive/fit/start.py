"""Where to start: the best of a few models that cost little."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np
from numpy.typing import ArrayLike

from derive.errors import DataError
from derive.fit.problem import Array, Point, Problem
from derive.fit.rows import derivative, few_targets

_BISECTIONS = 44
_MANY = 200  # rows for each column: then some of them give a good start
_ROWS = 50
_SHARE = 5
_FEW = 6
_ROUGH = 1e-3
_FAR = 30.0  # beyond it, a constant model has gone to infinity
_POSITIVE = 1e100


def start(p: Problem, given: ArrayLike | None) -> Point:
    """The start that was given, else the one with the smallest cost: no model, a constant, least squares."""
    if given is not None:
        return _given(p, given)
    if p.loss.convex and p.loss.link != "identity" and p.columns.bias is not None and p.m > _MANY * p.n:
        found = _sampled(p)
        if found is not None:
            return found
    points = [point for beta in _candidates(p) if (point := p.at(beta, True)) is not None]
    if len(points) > 1:
        points = [point for point in points if np.isfinite(point.cost)]
    if not points:
        raise DataError("the cost is not finite at any start; give one, at which every raw prediction is allowed")
    return points[0] if len(points) == 1 else min(points, key=lambda point: point.cost)


def _given(p: Problem, given: ArrayLike) -> Point:
    try:
        theta = np.asarray(given, float)
    except (TypeError, ValueError):
        raise DataError("the start is not an array of numbers") from None
    if theta.shape != (p.n,) or not np.isfinite(theta).all():
        raise DataError(f"the start has the shape {theta.shape}; {p.n} finite numbers are needed")
    with np.errstate(all="ignore"):
        point = p.at(p.columns.scaled(theta), True)
    if point is None or not np.isfinite(point.cost):
        raise DataError("at the start that was given the cost is not finite; every raw prediction has to be allowed")
    return point


def _candidates(p: Problem) -> Iterator[Array]:
    """In β."""
    if p.loss.link == "identity":
        yield np.zeros(p.n)
        yield from _by_residuals(p)
    elif p.columns.bias is None:
        yield np.zeros(p.n) if p.rows.lower is None else _nearest(p, np.full(p.m, p.constant))
    else:
        yield _only_bias(p, p.constant)


def _sampled(p: Problem) -> Point | None:
    """Newton's method on a few rows, then on more of them: most of the way, for a small part of the time.

    The point comes with the Hessian of those rows; None where it is not one for all rows.
    """
    from derive.fit.newton import newton, newton_step

    point = _some(p, _ROWS * p.n).at(_only_bias(p, p.constant), True)
    if point is None:
        return None
    point = _some(p, p.m // _SHARE).at(newton(point, _ROUGH, _FEW, None).beta, True)
    if point is None:
        return None
    there = p.at(point.beta + newton_step(point.curvature, point.gradient), False)
    return None if there is None else replace(there, rough=point.curvature)


def _some(p: Problem, rows: int) -> Problem:
    """The problem on about so many rows, taken evenly."""
    part = slice(None, None, max(1, p.m // rows))
    weight = None if p.weight is None else p.weight[part]
    fewer = replace(p.rows, table=np.ascontiguousarray(p.columns.table[part]), y=p.y[part], weight=weight)
    columns = replace(p.columns, table=fewer.table)
    made = replace(p, X=fewer.table, y=fewer.y, weight=weight, rows=fewer, columns=columns)
    vars(made)["size"] = p.size  # they are rows of the same kind: it need not be found again
    return made


def _by_residuals(p: Problem) -> Iterator[Array]:
    """Least squares, and where the loss is flat for large residuals the least absolute residuals."""
    if p.loss.name == "linear":
        return
    yield _nearest(p, p.y)
    if p.m >= p.n and not p.loss.interval_y_true.values:
        from derive.fit.lines import Lines, interior_point

        one = np.ones(p.m)
        found = interior_point(p, Lines(p.y, one, one))
        if found is not None:
            yield found.beta


def _only_bias(p: Problem, z: float) -> Array:
    bias = p.columns.bias or 0
    beta = np.zeros(p.n)
    beta[bias] = z / p.columns.table[0, bias] * p.columns.scale[bias]
    return beta


def _nearest(p: Problem, z: Array) -> Array:
    """The β whose raw predictions are nearest."""
    scale = p.columns.scale
    return p.columns.outer(np.linalg.lstsq(p.columns.table / scale, z, rcond=None)[0] / scale)


def constant(p: Problem) -> float:
    """The raw prediction that is best for all rows together, by bisection of the mean derivative."""
    positive = p.rows.lower is not None
    y, w = few_targets(p.y, p.weight)
    low, high = (1 / _POSITIVE, _POSITIVE) if positive else (-_FAR, _FAR + np.log(max(np.abs(p.y).max(), 1.0)))
    for _ in range(_BISECTIONS):
        middle = float(np.sqrt(low) * np.sqrt(high)) if positive else (low + high) / 2
        each = derivative(p.rows.gradient, np.full(len(y), middle), y)
        slope = float(np.sum(each if w is None else w * each))
        rising = not slope <= 0
        low, high = (low, middle) if rising else (middle, high)
    return float(low)
