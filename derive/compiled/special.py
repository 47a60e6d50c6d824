"""Functions of statistics that NumPy lacks: of the normal distribution, of the double exponential, and of Γ.

As those of `stable.py`, they are accurate to a few units in the last place, or a few dozen, for every finite z.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from types import MappingProxyType

import numpy as np

from derive.compiled.stable import Array

_ERFC = np.frompyfunc(math.erfc, 1, 1)
_LGAMMA = np.frompyfunc(math.lgamma, 1, 1)
#: from here on the continued fraction is as accurate as the quotient
_FAR = -4.0
_FRACTION = range(60, 1, -1)
#: B₂ₖ/(2k) and B₂ₖ, k = 1 … 8: the asymptotic series of ψ and ψ′
_BERNOULLI = (1 / 6, -1 / 30, 1 / 42, -1 / 30, 5 / 66, -691 / 2730, 7 / 6, -3617 / 510)
_SHIFT = 10


def normpdf(z: Array) -> Array:
    """φ(z)."""
    return np.asarray(np.exp(-np.square(z) / 2) / math.sqrt(2 * math.pi))


def normcdf(z: Array) -> Array:
    """Φ(z) = erfc(−z/√2)/2."""
    return np.asarray(np.asarray(_ERFC(-np.asarray(z) / math.sqrt(2)), dtype=np.result_type(z)) / 2)


def mills_above(z: Array) -> Array:
    """z + φ(z)/Φ(z); far to the left by 1/(x + 2/(x + 3/(x + …))), x = −z, where the sum would cancel."""
    x = np.maximum(-np.asarray(z), -_FAR)
    tail = x
    for k in _FRACTION:
        tail = x + k / tail
    near = np.maximum(z, _FAR)
    return np.asarray(np.where(z < _FAR, 1 / tail, near + normpdf(near) / normcdf(near)))


def mills(z: Array) -> Array:
    """φ(z)/Φ(z), which is nearly −z far to the left."""
    near = np.maximum(z, _FAR)
    return np.asarray(np.where(z < _FAR, mills_above(z) - z, normpdf(near) / normcdf(near)))


def log_normcdf(z: Array) -> Array:
    """log Φ(z): log1p(−Φ(−z)) for z > 0, log φ(z) − log(φ(z)/Φ(z)) far to the left."""
    middle = np.clip(z, _FAR, 0)
    left = -np.square(z) / 2 - math.log(2 * math.pi) / 2 - np.log(mills(np.minimum(z, _FAR)))
    return np.asarray(
        np.where(z > 0, np.log1p(-normcdf(-np.abs(z))), np.where(z < _FAR, left, np.log(normcdf(middle))))
    )


def log_cloglog(z: Array) -> Array:
    """log(1 − exp(−u)), u = exp(z): z + log((1 − exp(−u))/u) for z < 0, log1p(−exp(−u)) else."""
    u = np.exp(np.minimum(z, 700))
    small = np.where(u > 0, np.minimum(u, 1), 1)
    ratio = np.where(u > 0, -np.expm1(-small) / small, 1)
    return np.asarray(np.where(z < 0, z + np.log(ratio), np.log1p(-np.exp(-np.maximum(u, 1)))))


def cloglog_ratio(z: Array) -> Array:
    """u/(exp(u) − 1), u = exp(z): 1 far to the left, 0 far to the right."""
    u = np.exp(np.minimum(z, 6.5))
    ratio = u / np.expm1(np.where(u > 0, u, 1))
    return np.asarray(np.where(z > 6.5, _far(z), np.where(u > 0, ratio, 1)))


def cloglog_bend(z: Array) -> Array:
    """−d/dz of u/(exp(u) − 1), u = exp(z): u((u − 1)exp(u) + 1)/(exp(u) − 1)², by a power series for u < 1."""
    u = np.exp(np.minimum(z, 5.8))
    small = np.minimum(u, 1)
    series = sum((small ** (k - 2) * ((k - 1) / math.factorial(k)) for k in range(20, 1, -1)), np.zeros_like(u))
    top = np.where(u < 1, series, ((u - 1) * np.exp(u) + 1) / np.square(np.maximum(u, 1)))
    near = u * np.square(cloglog_ratio(np.minimum(z, 5.8))) * top
    return np.asarray(np.where(z > 5.8, _far(z) * (np.exp(np.clip(z, 0, 9)) - 1), near))


def _far(z: Array) -> Array:
    """u exp(−u), u = exp(z), for u so large that 1 is nothing beside exp(u)."""
    u = np.exp(np.clip(z, 0, 9))
    return np.asarray(u * np.exp(-u))


def logcosh(z: Array) -> Array:
    """log cosh z: log1p(2 sinh²(z/2)) near 0, |z| − log 2 + log1p(exp(−2|z|)) else."""
    x = np.abs(z)
    near = np.log1p(2 * np.square(np.sinh(np.minimum(x, 1) / 2)))
    return np.asarray(np.where(x < 1, near, x - math.log(2) + np.log1p(np.exp(-2 * x))))


def sqrt1pm1(x: Array) -> Array:
    """√(1 + x) − 1 = x/(1 + √(1 + x)), x ≥ 0."""
    return np.asarray(x / (1 + np.sqrt(1 + x)))


def scaled_exp(a: Array, u: Array) -> Array:
    """a exp(u), and 0 where a = 0."""
    return np.asarray(np.where(np.equal(a, 0), 0, a * np.exp(np.where(np.equal(a, 0), 0, u))))


def loggamma(x: Array) -> Array:
    """log Γ(x), x > 0."""
    return np.asarray(_LGAMMA(x), dtype=np.result_type(x))


def digamma(x: Array) -> Array:
    """ψ(x), x > 0: ψ(x + 10) by its asymptotic series, less 1/x + … + 1/(x + 9)."""
    far = np.asarray(x) + _SHIFT
    series = sum((b / (2 * k) / far ** (2 * k) for k, b in enumerate(_BERNOULLI, 1)), np.zeros_like(far))
    back = sum((1 / (x + k) for k in range(_SHIFT)), np.zeros_like(far))
    return np.asarray(np.log(far) - 1 / (2 * far) - series - back)


def trigamma(x: Array) -> Array:
    """ψ′(x), x > 0: ψ′(x + 10) by its asymptotic series, and 1/x² + … + 1/(x + 9)²."""
    far = np.asarray(x) + _SHIFT
    series = sum((b / far ** (2 * k + 1) for k, b in enumerate(_BERNOULLI, 1)), np.zeros_like(far))
    back = sum((1 / np.square(x + k) for k in range(_SHIFT)), np.zeros_like(far))
    return np.asarray(1 / far + 1 / (2 * np.square(far)) + series + back)


_NORMAL: list[Callable[..., Array]] = [normpdf, normcdf, mills, mills_above, log_normcdf]
_OTHERS: list[Callable[..., Array]] = [log_cloglog, cloglog_ratio, cloglog_bend, logcosh, sqrt1pm1, scaled_exp]
_GAMMA: list[Callable[..., Array]] = [loggamma, digamma, trigamma]
#: names in generated code -> functions
SPECIAL: MappingProxyType[str, Callable[..., Array]] = MappingProxyType({
    f.__name__: f for f in (*_NORMAL, *_OTHERS, *_GAMMA)
})
