"""Where a loss goes over to another formula: differences across it are no derivatives, so rows there are left out."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import Any, TypeAlias

import numpy as np
import sympy as sp
from sympy.core.relational import Relational

from derive import symbols as s
from derive.compiled.printer import kernel
from derive.compiled.stable import Array
from derive.loss import Loss

#: changes its sign, as a function of z and y, where the loss goes over to another formula
Switch: TypeAlias = Callable[[Array, Array], Array]


@lru_cache(maxsize=256)
def switches(loss: Loss) -> tuple[Switch, ...]:
    """One for each condition on z in the loss, and for each absolute value: numbers stand for its parameters.

    >>> from derive import catalog
    >>> [float(f(np.array([3.0]), np.array([1.0]))[0]) for f in switches(catalog.load("absolute"))]
    [2.0]
    """
    value = loss.of_raw_prediction
    found = [c.lhs - c.rhs for c in value.atoms(Relational)] + [a.args[0] for a in value.atoms(sp.Abs)]
    return tuple(kernel(f, s.z, s.y).stable for f in dict.fromkeys(found) if f.has(s.z))


def steady(found: Sequence[Switch], z: Array, u: Array, y: Array) -> Any:
    """The rows for which no switch is met between z − u and z + u."""
    keep = np.ones(len(y), dtype=bool)
    with np.errstate(all="ignore"):
        for f in found:
            left, middle, right = (np.sign(f(z + t * u, y)) for t in (-1.0, 0.0, 1.0))
            keep &= (left == middle) & (middle == right) & (middle != 0)
    return keep
