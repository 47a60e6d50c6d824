"""The prediction as a function of the raw prediction: its derivative, link by link."""

from __future__ import annotations

from typing import Any

import sympy as sp

from derive import symbols as s
from derive.functions import cloglog_inverse, normcdf, normpdf, sigmoid
from derive.writing import is_raw_prediction, product, put, reciprocal, total, written

#: h(z) -> h′(z), in which `symbols.h` stands for h(z)
SLOPES: dict[Any, Any] = {
    written(inverse): slope
    for inverse, slope in [
        (sigmoid(s.z), product(s.h, total(1, product(-1, s.h)))),
        (sp.exp(s.z), s.h),
        (normcdf(s.z), normpdf(s.z)),
        (cloglog_inverse(s.z), product(sp.exp(s.z), total(1, product(-1, s.h)))),
        (reciprocal(s.z), product(-1, s.h**2)),
    ]
}


def raw_of(e: Any) -> Any:
    """zᵢ, if e is hᵢ by one of the links above; else None."""
    inner = e.args[0] if len(e.args) in (1, 2) else None
    if inner is None or not is_raw_prediction(inner):
        return None
    return inner if put(e, {inner: s.z}) in SLOPES else None


def slope(e: Any) -> Any:
    """h′(z), for e = h(z) by one of the links above; the argument may be any. None for anything else."""
    if len(e.args) not in (1, 2):
        return None
    found = SLOPES.get(put(e, {e.args[0]: s.z}))
    return None if found is None else put(found, {s.h: e, s.z: e.args[0]})
