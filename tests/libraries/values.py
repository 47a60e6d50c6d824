"""The value of a formula at a point, by NumPy and SciPy: a second opinion on what a term means."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
from scipy import special, stats

from derive.terms.term import Term

_FUNCTIONS: dict[str, Callable[..., Any]] = {
    "add": lambda *a: math.fsum(a),
    "mul": lambda *a: math.prod(a),
    "pow": lambda a, b: float(a) ** float(b),
    "abs": abs,
    "max": max,
    "min": min,
    "lt": lambda a, b: a < b,
    "le": lambda a, b: a <= b,
    "eq": lambda a, b: a == b,
    "ne": lambda a, b: a != b,
    "and": lambda *a: all(a),
    "or": lambda *a: any(a),
    "not": lambda a: not a,
    "true": lambda: True,
    "false": lambda: False,
    "pi": lambda: math.pi,
    "e": lambda: math.e,
    "euler_gamma": lambda: float(np.euler_gamma),
    "sigmoid": special.expit,
    "logit": special.logit,
    "logsigmoid": special.log_expit,
    "softplus": lambda a: np.logaddexp(0, a),
    "loggamma": special.gammaln,
    "gamma": special.gamma,
    "polygamma": special.polygamma,
    "xlogy": special.xlogy,
    "erf": special.erf,
    "erfc": special.erfc,
    "erfinv": special.erfinv,
    "normcdf": special.ndtr,
    "normppf": special.ndtri,
    "normpdf": stats.norm.pdf,
    "sech": lambda a: 1 / math.cosh(a),
    "heaviside": lambda a: np.heaviside(a, 0.5),
    "logaddexp": np.logaddexp,
    "hypot": np.hypot,
    "erfcx": special.erfcx,
    "log_ndtr": special.log_ndtr,
    "xlog1py": special.xlog1py,
    **{f"a{n}": getattr(np, f"arc{n}") for n in ("sin", "cos", "tan", "sinh", "cosh", "tanh")},
    **{n: getattr(np, n) for n in ("exp", "log", "log1p", "expm1", "sign", "floor", "sin", "cos", "tan")},
    **{n: getattr(np, n) for n in ("sinh", "cosh", "tanh")},
}


def value(t: Term, point: Mapping[str, float]) -> Any:
    """The number (or the truth) of a term."""
    if t.head == "num":
        return float(t.value)
    if t.head == "sym":
        return point[t.name]
    if t.head == "piecewise":
        pairs = zip(t.args[::2], t.args[1::2], strict=True)
        return next(value(v, point) for v, c in pairs if value(c, point))
    return _FUNCTIONS[t.head](*(value(a, point) for a in t.args))
