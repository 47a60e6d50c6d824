"""NumPy evaluates a term exactly as it is written, in one floating-point type, and estimates what is lost on the way.

The estimate follows each rounding to the result, to first order. It only says where to look: what is reported is
compared with the true value.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from derive.floating.functions import FUNCTIONS
from derive.terms.term import CONDITION_HEADS, Term, num

Array: TypeAlias = NDArray[Any]
Operation: TypeAlias = Callable[..., Array]
_CONSTANTS = {"pi": np.pi, "e": np.e, "euler_gamma": np.euler_gamma}
_MINUS_ONE, _HALF = num(-1), num(1, 2)
_CONDITIONS: Mapping[str, Operation] = {
    "lt": np.less,
    "le": np.less_equal,
    "eq": np.equal,
    "ne": np.not_equal,
    "and": lambda *a: np.logical_and.reduce(np.broadcast_arrays(*a)),
    "or": lambda *a: np.logical_or.reduce(np.broadcast_arrays(*a)),
    "not": np.logical_not,
}


def divides(factor: Term) -> Term | None:
    """d, when multiplying by the factor is written as dividing by d."""
    if factor.head == "pow" and factor.args[1] == _MINUS_ONE:
        return factor.args[0]
    if factor.head == "num" and factor.value.numerator == 1 and factor.value.denominator > 1:
        return num(factor.value.denominator)
    return None


@lru_cache(maxsize=8_192)
def operands(t: Term) -> tuple[Term, ...]:
    """What is computed before the node itself: a quotient has its denominator, not 1/denominator."""
    if t.head in ("num", "sym", *_CONSTANTS):
        return ()
    if t.head == "mul":
        return tuple(d if (d := divides(a)) is not None and i else a for i, a in enumerate(t.args))
    if t.head == "pow" and t.args[1].head == "num":
        return t.args[:1]
    return t.args[:1] if t.head == "given" else t.args[1:] if t.head == "polygamma" else t.args


def operation(t: Term) -> Operation:
    """The NumPy function that a node is, of the values of its operands."""
    if t.head == "mul":
        return _product([i > 0 and divides(a) is not None for i, a in enumerate(t.args)])
    if t.head == "pow" and t.args[1].head == "num":
        return _power(t.args[1])
    if t.head == "polygamma":
        return FUNCTIONS[f"polygamma{t.args[0]!r}"]
    return _HEADS.get(t.head) or _CONDITIONS.get(t.head) or FUNCTIONS[t.head]


def _sum(*a: Array) -> Array:
    out = a[0]
    for b in a[1:]:
        out = out + b
    return out


def _product(divided: list[bool]) -> Operation:
    def f(*a: Array) -> Array:
        out = a[0]
        for b, below in zip(a[1:], divided[1:], strict=True):
            out = out / b if below else out * b
        return out

    return f


def _power(exponent: Term) -> Operation:
    if exponent == _HALF:
        return np.sqrt
    if exponent == _MINUS_ONE:
        return lambda a: 1 / a
    value = float(exponent.value)
    return lambda a: np.asarray(a ** np.asarray(value, a.dtype))


def _choice(*a: Array) -> Array:
    out = np.full(np.broadcast_shapes(*(np.shape(x) for x in a)), np.nan, np.result_type(*a[::2]))
    for value, condition in reversed(list(zip(a[::2], a[1::2], strict=True))):
        out = np.where(condition, value, out)
    return out


_HEADS: Mapping[str, Operation] = {
    "add": _sum,
    "pow": np.power,
    "given": lambda a: a,
    "piecewise": _choice,
    "max": lambda *a: np.maximum.reduce(np.broadcast_arrays(*a)),
    "min": lambda *a: np.minimum.reduce(np.broadcast_arrays(*a)),
}


@dataclass
class Machine:
    """Evaluates in one type. `values` and `errors` (estimates, in float64) belong to every node met."""

    dtype: str
    columns: Mapping[str, Array]
    values: dict[Term, Array] = field(default_factory=dict)
    errors: dict[Term, Array] = field(default_factory=dict)

    @property
    def unit(self) -> float:
        """Half the distance from 1 to the next number."""
        return float(np.finfo(self.dtype).eps) / 2

    def value(self, t: Term) -> Array:
        """The computed values, one for each point."""
        with np.errstate(all="ignore"):
            return np.broadcast_to(self._value(t), self._shape)

    def error(self, t: Term) -> Array:
        """How large the error of the value may be."""
        with np.errstate(all="ignore"):
            self._value(t)
            return np.broadcast_to(self._error(t), self._shape)

    def number(self, t: Term, index: int) -> tuple[float, float]:
        """The computed value and the estimate of its error at one point."""
        with np.errstate(all="ignore"):
            return _one(self._value(t), index), _one(self._error(t), index)

    def numbers(self, path: list[Term], index: int) -> dict[Term, tuple[float, float]]:
        """The same for all parts of a path and their operands."""
        with np.errstate(all="ignore"):
            nodes = dict.fromkeys(n for t in path for n in (t, *operands(t)) if n.head not in CONDITION_HEADS)
            return {t: (_one(self._value(t), index), _one(self._error(t), index)) for t in nodes}

    def path(self, t: Term, index: int) -> list[Term]:
        """The parts that the result at one point is made of, in the order of their computation, each once."""
        seen: dict[Term, None] = {}
        self._walk(t, index, seen)
        return list(seen)

    def _walk(self, t: Term, index: int, seen: dict[Term, None]) -> None:
        if t in seen or t.head in CONDITION_HEADS:
            return
        if t.head == "piecewise":
            pairs = zip(t.args[::2], t.args[1::2], strict=True)
            self._walk(next((v for v, c in pairs if _one(self._value(c), index)), t.args[0]), index, seen)
            return
        for a in operands(t):
            self._walk(a, index, seen)
        seen[t] = None

    @property
    def _shape(self) -> tuple[int, ...]:
        return np.broadcast_shapes(*(c.shape for c in self.columns.values()))

    def _value(self, t: Term) -> Array:
        found = self.values.get(t)
        if found is None:
            found = self.values[t] = self._new(t)
        return found

    def _new(self, t: Term) -> Array:
        if t.head == "num":
            return np.asarray(_number(t), self.dtype)
        if t.head == "sym":
            return self.columns[t.name].astype(self.dtype, copy=False)
        if t.head in _CONSTANTS:
            return np.asarray(_CONSTANTS[t.head], self.dtype)
        if t.head in ("true", "false"):
            return np.asarray(t.head == "true")
        return np.asarray(operation(t)(*map(self._value, operands(t))))

    def _error(self, t: Term) -> Array:
        found = self.errors.get(t)
        if found is None:
            found = self.errors[t] = self._new_error(t)
        return found

    def _new_error(self, t: Term) -> Array:
        value = np.abs(self._value(t).astype(np.float64)) if t.head not in CONDITION_HEADS else np.zeros(())
        if t.head == "sym" or t.head in CONDITION_HEADS or (t.head == "num" and _exact(t, self.dtype)):
            return np.zeros(())
        least = float(np.finfo(self.dtype).smallest_subnormal)
        own = self.unit * value + least
        if t.head == "add":
            return self._sum_error(t)
        if t.head == "mul":
            return self._product_error(t) + least
        return own + self._carried(t)

    def _sum_error(self, t: Term) -> Array:
        total = self._value(t.args[0]).astype(np.float64)
        out = self._error(t.args[0])
        for a in t.args[1:]:
            total = total + self._value(a)
            out = out + self._error(a) + self.unit * np.abs(total)
        return np.asarray(out)

    def _product_error(self, t: Term) -> Array:
        first, *rest = operands(t)
        total, out = np.abs(self._value(first).astype(np.float64)), self._error(first)
        for a, factor in zip(rest, t.args[1:], strict=True):
            x, e = np.abs(self._value(a).astype(np.float64)), self._error(a)
            below = divides(factor) is not None
            total, out = (total / x, (out + total / x * e) / x) if below else (total * x, out * x + total * e)
            out = out + self.unit * total
        return np.asarray(out)

    def _carried(self, t: Term) -> Array:
        """What the errors of the operands do to the result: the operation, again, at the operands with their errors."""
        parts = operands(t)
        values = [self._value(a) for a in parts]
        if not any(np.any(self._error(a)) for a in parts):
            return np.zeros(())
        apply, wide = operation(t), [v if v.dtype == bool else v.astype(np.float64) for v in values]
        here, out = apply(*wide), np.zeros(())
        for i, a in enumerate(parts):
            error = self._error(a)
            if np.any(error):
                step = np.maximum(error, 2 * np.spacing(np.abs(wide[i])))  # less would be rounded away
                moved = np.abs(apply(*wide[:i], wide[i] + step, *wide[i + 1 :]) - here)
                out = out + np.where(error > 0, moved * (error / step), 0)
        return np.asarray(out)


def _one(values: Array, index: int) -> float:
    return float(values if values.ndim == 0 else values[index])


def _number(t: Term) -> float:
    try:
        return float(t.value)
    except OverflowError:
        return np.inf if t.value > 0 else -np.inf


def _exact(t: Term, dtype: str) -> bool:
    """Is the number one of the type?"""
    with np.errstate(all="ignore"):
        value = float(np.asarray(_number(t), dtype))
    return bool(np.isfinite(value)) and value == t.value
