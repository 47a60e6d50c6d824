"""Numbers that were rounded to float32, as the numbers that they were before."""

from __future__ import annotations

import math
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

_SHORT = 6  # digits that float32 always keeps
_KNOWN = (
    *(math.pi, math.e, math.sqrt(math.pi), 1 / math.sqrt(math.pi), 1 / math.pi, math.pi**2, math.log(math.pi)),
    *(math.sqrt(2 * math.pi), 1 / math.sqrt(2 * math.pi), math.log(2 * math.pi)),
    *(f(n) for n in (2, 3, 5, 6, 7, 10) for f in (math.sqrt, math.log, lambda n: 1 / math.log(n))),
)


def widened(values: NDArray[Any]) -> NDArray[Any]:
    """An array of float64 for one of float32: the double of a known constant, else the shortest decimal."""
    if values.dtype != np.float32:
        return values
    return np.array([_wide(x) for x in values.reshape(-1)], np.float64).reshape(values.shape)


def _wide(x: np.float32) -> float:
    text = str(x)
    digits = text.partition("e")[0].replace(".", "").strip("-0")
    return float(text) if len(digits) <= _SHORT else _constants().get(float(x), float(text))


@lru_cache(maxsize=1)
def _constants() -> dict[float, float]:
    """float32 -> the double of a constant, and of its simple multiples."""
    factors = [sign * a / b for a in range(1, 5) for b in (1, 2, 3, 4) for sign in (1, -1)]
    doubles = [f * c for c in _KNOWN for f in factors] + [a / b for b in range(2, 20) for a in range(1, 20)]
    return {float(np.float32(d)): d for d in [*doubles, *(-d for d in doubles)]}
