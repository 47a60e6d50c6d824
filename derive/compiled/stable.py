"""The functions that generated code calls: accurate for every finite z, in float64 and in float32.

Everything is written in t = exp(−|z|), which lies in [0, 1]: nothing overflows, nothing is 0/0, no logarithm of 0.
Relative errors are a few units in the last place in both tails, where 1/(1 + exp(−z)) − y keeps no digit at all.
"""

from __future__ import annotations

from collections.abc import Callable
from types import MappingProxyType
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

Array: TypeAlias = NDArray[Any]


def sigmoid(z: Array) -> Array:
    """σ(z) = 1/(1 + exp(−z)): t/(1 + t) for z < 0, 1/(1 + t) else."""
    t = np.exp(-np.abs(z))
    return np.asarray(np.where(z < 0, t, 1) / (1 + t))


def sigmoid_minus(z: Array, v: Array) -> Array:
    """σ(z) − v: with q = σ(−|z|), it is q − v for z < 0 and (1 − v) − q else, so v = 1 does not swallow q."""
    t = np.exp(-np.abs(z))
    q = t / (1 + t)
    return np.asarray(np.where(z < 0, q - v, (1 - v) - q))


def sigmoid_slope(z: Array) -> Array:
    """σ(z)σ(−z) = t/(1 + t)², the derivative of σ."""
    t = np.exp(-np.abs(z))
    d = 1 + t
    return np.asarray(t / d / d)


def softplus(z: Array) -> Array:
    """log(1 + exp(z)) = max(z, 0) + log1p(t)."""
    return np.asarray(np.maximum(z, 0) + np.log1p(np.exp(-np.abs(z))))


def sigmoid_minus_fast(z: Array, v: Array) -> Array:
    """σ(z) − v = ((1 − v)e − v)/(1 + e) with e = exp(z): as accurate, in fewer passes, unless e overflows."""
    one = _ONE[z.itemsize]
    e = np.exp(z)
    top = one - v
    top *= e
    top -= v
    e += one
    top /= e
    return np.asarray(top)


def sigmoid_minus_label(z: Array, signs: tuple[Array, Array]) -> Array:
    """σ(z) − v = −s/(1 + exp(sz)) for v = 0 or 1, given s = 2v − 1 and −s: the quickest, unless exp overflows.

    It uses z up.
    """
    z *= signs[0]
    np.exp(z, out=z)
    z += _ONE[z.itemsize]
    return np.divide(signs[1], z, out=z)


#: the number 1 as an array: NumPy converts a Python number anew in each operation
_ONE = {4: np.ones((), np.float32), 8: np.ones((), np.float64)}

#: names in generated code -> functions
STABLE: MappingProxyType[str, Callable[..., Array]] = MappingProxyType({
    f.__name__: f for f in (sigmoid, sigmoid_minus, sigmoid_slope, softplus)
})
#: the same with quicker ones, which set the overflow flag where they are no good: then STABLE has to do it again
FAST: MappingProxyType[str, Callable[..., Array]] = MappingProxyType({
    **STABLE,
    "sigmoid_minus": sigmoid_minus_fast,
    "sigmoid_minus_label": sigmoid_minus_label,
})
