"""Are all targets of the kind that the loss is defined for? Asked in each call, so it has to be quick."""

from __future__ import annotations

from math import inf
from typing import TypeAlias

import numpy as np

from derive.compiled.stable import Array
from derive.domain import Range
from derive.errors import DataError

#: 2y − 1 and 1 − 2y
Signs: TypeAlias = tuple[Array, Array]

#: bytes of y up to which its content is remembered
_SMALL = 1 << 16


class Targets:
    """Checks that all targets are allowed, and remembers a small y by its content: descent asks a thousand times."""

    def __init__(self, allowed: Range) -> None:
        self.allowed = allowed
        self._low = -inf if allowed.lower is None else float(allowed.lower)
        self._high = inf if allowed.upper is None else float(allowed.upper)
        self._closed = allowed == Range(allowed.lower, allowed.upper, allowed.lower is None, allowed.upper is None)
        self._all = allowed == Range()
        self._last: dict[int, tuple[bytes, Signs | None]] = {}

    def signs(self, y: Array) -> Signs | None:
        """2y − 1 and 1 − 2y if y is small and each 0 or 1, else None. `DataError` for a target that is not allowed."""
        if self._all:
            return None
        if y.nbytes > _SMALL:
            self.check(y, 0)
            return None
        content = y.tobytes()
        last = self._last.get(y.itemsize)
        if last is None or last[0] != content:
            self.check(y, 0)
            self._last[y.itemsize] = last = (content, _signs(y))
        return last[1]

    def check(self, y: Array, start: int) -> None:
        """`DataError` for a target that is not allowed; `start` is the number of the first row."""
        if self._all or (self._closed and y.min() >= self._low and y.max() <= self._high):
            return
        bad = outside(y, self.allowed)
        if bad.any():
            row = int(bad.argmax())
            raise DataError(f"y[{start + row}] is {float(y[row])}: the targets of this loss are in {self.allowed}")


def _signs(y: Array) -> Signs | None:
    return (2 * y - 1, 1 - 2 * y) if ((y == 0) | (y == 1)).all() else None


def outside(y: Array, allowed: Range) -> Array:
    """Which targets are not allowed: a missing one never is.

    >>> from derive.domain import parse_range
    >>> outside(np.array([0.0, 0.5, 2.0, np.nan]), parse_range("[0, 1]")).tolist()
    [False, False, True, True]
    """
    if allowed.values is not None:
        return ~np.isin(y, [float(v) for v in allowed.values])
    good = ~np.isnan(y)
    if allowed.lower is not None:
        good &= (y > float(allowed.lower)) if allowed.lower_open else (y >= float(allowed.lower))
    if allowed.upper is not None:
        good &= (y < float(allowed.upper)) if allowed.upper_open else (y <= float(allowed.upper))
    if allowed.integer:
        good &= y == np.floor(y)
    return np.asarray(~good | (y == 0) if allowed.nonzero else ~good)
