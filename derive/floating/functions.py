"""The functions that a formula may call, as NumPy, SciPy or a careful author computes them.

What NumPy has is NumPy's. The others stand for accurate implementations such as those of `scipy.special`: their values
are right to a few units in the last place.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from fractions import Fraction
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from derive.domain import Domain
from derive.floating.library import LIBRARY, library, meaning
from derive.prove.ball import Evaluator
from derive.prove.ball_functions import to_arb
from derive.prove.point import Point
from derive.prove.refute import precision
from derive.prove.signals import GaveUp, Undefined
from derive.terms.term import Term, make, num

Array = NDArray[Any]
_BITS, _FEW_BITS = 400, 96  # tails that cancel need many
_MAX_ORDER = 4
#: the values of functions at −∞ and +∞
_LIMITS = {
    "log_ndtr": (-math.inf, 0.0),
    "erfcx": (math.inf, 0.0),
    "lambertw": (math.nan, math.inf),
    "exp1": (math.nan, 0.0),
    "polygamma0": (math.nan, math.inf),
    **{f"polygamma{k}": (math.nan, 0.0) for k in range(1, _MAX_ORDER + 1)},
}


def _sigmoid(z: Array) -> Array:
    t = np.exp(-np.abs(z))
    return np.asarray(np.where(z < 0, t, np.ones_like(t)) / (1 + t))


def _softplus(z: Array) -> Array:
    return np.asarray(np.maximum(z, 0) + np.log1p(np.exp(-np.abs(z))))


def _xlogy(x: Array, y: Array) -> Array:
    return np.asarray(np.where(x == 0, x * 0, x * np.log(y)))


def _betaln(a: Array, b: Array) -> Array:
    one = FUNCTIONS["loggamma"]
    return np.asarray(one(a) + one(b) - one(a + b))


def _each(f: Callable[[float], float]) -> Callable[[Array], Array]:
    """A function of one number, for arrays: each number once."""

    def g(x: Array) -> Array:
        numbers, where = np.unique(np.asarray(x), return_inverse=True)
        values = np.array([_or_nan(f, float(v)) for v in numbers])
        return np.asarray(values[where].reshape(np.shape(x)).astype(np.asarray(x).dtype))

    return g


def _or_nan(f: Callable[[float], float], x: float) -> float:
    """NumPy has nan and inf where Python has errors."""
    try:
        return f(x)
    except OverflowError:
        return math.inf
    except ValueError:
        return math.nan


def _gamma(x: float) -> float:
    return math.inf if x in (0, math.inf) else math.gamma(x)


def _loggamma(x: float) -> float:
    return math.lgamma(x) if x > 0 else math.inf if x == 0 else math.nan


def _by_balls(name: str) -> Callable[[Array], Array]:
    return _each(lambda x: _precise(name, x))


@lru_cache(maxsize=8_192)
def _precise(name: str, x: float) -> float:
    if not math.isfinite(x):
        return math.nan if math.isnan(x) else _LIMITS.get(name, (math.nan, math.nan))[x > 0]
    node = _node(name, num(Fraction(x)))
    with precision(_FEW_BITS if name.startswith("polygamma") else _BITS):
        try:
            return float(to_arb(Evaluator(Point({}, Domain())).go(meaning(node))).mid())
        except (GaveUp, Undefined, ZeroDivisionError, OverflowError):
            return math.nan


def _node(name: str, x: Term) -> Term:
    if name.startswith("polygamma"):
        return make("polygamma", num(int(name.removeprefix("polygamma"))), x)
    return library(name, x) if name in LIBRARY else make(name, x)


FUNCTIONS: Mapping[str, Callable[..., Array]] = {
    **{f: getattr(np, f) for f in ("exp", "log", "log1p", "expm1", "abs", "sign", "floor", "logaddexp", "hypot")},
    **{f: getattr(np, f) for f in ("sin", "cos", "tan", "sinh", "cosh", "tanh")},
    **{f"a{f}": getattr(np, f"arc{f}") for f in ("sin", "cos", "tan", "sinh", "cosh", "tanh")},
    "sech": lambda x: 1 / np.cosh(x),
    "sigmoid": _sigmoid,
    "softplus": _softplus,
    "logsigmoid": lambda z: -_softplus(-z),
    "logit": lambda p: np.log(p) - np.log1p(-p),
    "heaviside": lambda x: np.heaviside(x, np.asarray(0.5, x.dtype)),
    "normpdf": lambda x: np.exp(-x * x / 2) / np.asarray(math.sqrt(2 * math.pi), x.dtype),
    "erf": _each(math.erf),
    "erfc": _each(math.erfc),
    "normcdf": _each(lambda x: math.erfc(-x / math.sqrt(2)) / 2),
    "gamma": _each(_gamma),
    "loggamma": _each(_loggamma),
    "xlogy": _xlogy,
    "xlog1py": lambda x, y: np.where(x == 0, x * 0, x * np.log1p(y)),
    "betaln": _betaln,
    **{f: _by_balls(f) for f in ("erfinv", "normppf", "lambertw", "exp1", "log_ndtr", "erfcx")},
    **{f"polygamma{k}": _by_balls(f"polygamma{k}") for k in range(_MAX_ORDER + 1)},
}
