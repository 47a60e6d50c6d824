"""The value of a formula at a point: Python's own parser reads it, mpmath computes it, and nothing of derive is used.

Sums and products are loops, a derivative is a central difference with h = 10⁻¹² at 50 digits, so this is right to more
than ten digits and slow: a witness for the labels of claims, at small sizes and at points where no choice ties.
"""

from __future__ import annotations

import ast
import itertools
import operator
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from random import Random
from typing import Any

from mpmath import mp, mpf

Value = Any  # a number of mpmath, or a truth value
Key = tuple[str, tuple[int, ...]]
_DIGITS, _STEP = 50, mpf(10) ** -12
_COMBINATIONS = 40
_CLOSE = mpf(10) ** -10
_SIZES = (1, 2, 3)
_MORE = (1, 2, 3, 4, 5)  # where there is one size only
_INDEX = re.compile(r"(\w+)\.\.(.+)")
_VECTOR = re.compile(r"(simplex|one-hot)\((\w+)\)")
_INTERVAL = re.compile(r"[\[(](\S+), (\S+)[\])]")


class NoValue(Exception):
    """The formula has no real value at this point."""


@dataclass
class Place:
    """A point of the domain: numbers are chosen when they are met, and are the same whenever they are met again."""

    domain: dict[str, str]
    seed: str
    chosen: dict[Key, Value] = field(default_factory=dict)

    def __getitem__(self, key: Key) -> Value:
        if key not in self.chosen:
            if vector := _VECTOR.fullmatch(self.domain.get(key[0], "real")):
                self._vector(key[0], *vector.groups())
            else:
                self.chosen[key] = self._number(self.domain.get(key[0], "real"), Random(f"{self.seed} {key}"))
        if key not in self.chosen:
            raise NoValue(f"{key} is not in the range of the vector")
        return self.chosen[key]

    def _vector(self, name: str, kind: str, length: str) -> None:
        """Entries that add up to 1."""
        rng, size = Random(f"{self.seed} {name}"), int(value(length, self))
        parts = [mpf(rng.uniform(0.1, 1)) for _ in range(size)]
        one = rng.randrange(size)
        for i, part in enumerate(parts):
            self.chosen[name, (i,)] = part / sum(parts) if kind == "simplex" else mpf(i == one)

    def _number(self, text: str, rng: Random) -> Value:
        """A number in the range that a text says."""
        if index := _INDEX.fullmatch(text):
            first, last = (int(value(end, self)) for end in index.groups())
            if last < first:
                raise NoValue(f"{text} is empty")
            return mpf(rng.randint(first, last))
        if text.startswith("{"):
            return value(rng.choice(text.strip("{}").split(",")), self)
        if "integer" in text:
            return mpf(rng.randint("positive" in text, 3))
        return mpf(rng.uniform(*self._ends(text)))

    def _ends(self, text: str) -> tuple[float, float]:
        if interval := _INTERVAL.fullmatch(text):
            low, high = (None if "oo" in end else float(value(end, self)) for end in interval.groups())
            least = -1.5 if low is None else low
            return least, least + 2 if high is None else high
        return {"positive": (0.2, 2.0), "nonnegative": (0.0, 2.0), "negative": (-2.0, -0.2)}.get(text, (-1.5, 1.5))


def places(domain: dict[str, str], count: int) -> Iterator[Place]:
    """At least `count` points for each combination of small sizes, one for each combination of indices."""
    sizes = sorted(name for name, text in domain.items() if text == "positive integer")
    for numbers in itertools.product(_MORE if len(sizes) == 1 else _SIZES, repeat=len(sizes)):
        place = Place(domain, str(numbers))
        place.chosen.update({(name, ()): mpf(v) for name, v in zip(sizes, numbers, strict=True)})
        for seed, indices in enumerate(_indices(place, count)):
            yield Place(domain, f"{seed} {numbers}", {**place.chosen, **indices})


def _indices(place: Place, count: int) -> list[dict[Key, Value]]:
    """Values of the indices: each combination, up to a limit, and some again until there are enough."""
    ranges = {name: _INDEX.fullmatch(text) for name, text in sorted(place.domain.items())}
    ends = {name: [int(value(end, place)) for end in m.groups()] for name, m in ranges.items() if m}
    rng = Random(place.seed)
    rows = list(itertools.product(*(range(low, high + 1) for low, high in ends.values())))
    rows = rng.sample(rows, min(len(rows), _COMBINATIONS))
    rows += rng.choices(rows, k=count - len(rows)) if 0 < len(rows) < count else []
    return [{(name, ()): mpf(v) for name, v in zip(ends, row, strict=True)} for row in rows]


def value(formula: str, place: Place) -> Value:
    """The value at a point; `NoValue` where there is none."""
    with mp.workdps(_DIGITS):
        return _real(_value(ast.parse(formula.strip(), mode="eval").body, place))


def _real(v: Value) -> Value:
    if not isinstance(v, mpf) or not mp.isfinite(v):
        raise NoValue
    return v


def _value(node: ast.expr, place: Place) -> Value:
    match node:
        case ast.Constant(value=bool() as v):
            return v
        case ast.Constant(value=int() | float() as v):
            return mpf(repr(v))
        case ast.Name(id=name):
            return mp.pi if name == "pi" else place[name, ()]
        case ast.Subscript():
            return place[_key(node, place)]
        case ast.UnaryOp(op=op, operand=a):
            return _UNARY[type(op)](_value(a, place))
        case ast.BinOp(left=a, op=op, right=b):
            return _arithmetic(_OPERATORS[type(op)], _value(a, place), _value(b, place))
        case ast.Compare(left=a, ops=[op], comparators=[b]):
            return _OPERATORS[type(op)](_value(a, place), _value(b, place))
        case ast.Call(func=ast.Name(id=name) | ast.Attribute(attr=name), args=args):
            return _BINDERS[name](place, *args) if name in _BINDERS else _call(name, [_value(a, place) for a in args])
    raise ValueError(f"not read: {ast.unparse(node)}")


def _key(node: ast.expr, place: Place) -> Key:
    """The name and the indices of a variable."""
    match node:
        case ast.Name(id=name):
            return name, ()
        case ast.Subscript(value=ast.Name(id=name), slice=ast.Tuple(elts=parts)):
            return name, tuple(int(_value(p, place)) for p in parts)
        case ast.Subscript(value=ast.Name(id=name), slice=part):
            return name, (int(_value(part, place)),)
    raise ValueError(f"not a variable: {ast.unparse(node)}")


def _arithmetic(how: Callable[[Value, Value], Value], a: Value, b: Value) -> Value:
    try:
        return how(a, b)
    except ZeroDivisionError:
        raise NoValue from None


def _call(name: str, args: list[Value]) -> Value:
    try:
        return _real(mpf(_FUNCTIONS[_ALSO.get(name, name)](*args)))
    except (TypeError, ValueError, ZeroDivisionError):  # complex, or a pole
        raise NoValue from None


# -- what binds a name, or does not need all of its arguments


def _loop(start: int, how: Callable[[Value, Value], Value]) -> Callable[..., Value]:
    def run(place: Place, body: ast.expr, index: ast.expr, first: ast.expr, last: ast.expr) -> Value:
        key, out = _key(index, place), mpf(start)
        before = place.chosen.get(key)
        for i in range(int(_value(first, place)), int(_value(last, place)) + 1):
            place.chosen[key] = mpf(i)
            out = how(out, _value(body, place))
        _put(place, key, before)
        return out

    return run


def _put(place: Place, key: Key, v: Value) -> None:
    if v is None:
        place.chosen.pop(key, None)
    else:
        place.chosen[key] = v


def _diff(place: Place, body: ast.expr, *variables: ast.expr) -> Value:
    if not variables:
        return _value(body, place)
    if isinstance(variables[-1], ast.Constant):  # the order
        return _diff(place, body, *variables[:-2], *[variables[-2]] * int(_value(variables[-1], place)))
    key = _key(variables[-1], place)
    middle, sides = place[key], []
    for step in (_STEP, -_STEP):
        place.chosen[key] = middle + step
        sides.append(_diff(place, body, *variables[:-1]))
    place.chosen[key] = middle
    return (sides[0] - sides[1]) / (2 * _STEP)


def _ranges(place: Place, body: ast.expr, *ranges: ast.expr) -> Value:
    """A sum as SymPy writes it; the last range is the outermost."""
    for each in ranges:
        assert isinstance(each, ast.Tuple)
        body = ast.Call(ast.Name("sum"), [body, *each.elts], [])
    return _value(body, place)


def _piecewise(place: Place, *pairs: ast.expr) -> Value:
    for pair in pairs:
        assert isinstance(pair, ast.Tuple)
        if _value(pair.elts[1], place):
            return _value(pair.elts[0], place)
    raise NoValue


def _where(place: Place, condition: ast.expr, a: ast.expr, b: ast.expr) -> Value:
    return _value(a if _value(condition, place) else b, place)


_BINDERS: dict[str, Callable[..., Value]] = {
    "sum": _loop(0, operator.add),
    "prod": _loop(1, operator.mul),
    "diff": _diff,
    "where": _where,
    "Sum": _ranges,
    "Piecewise": _piecewise,
}
_UNARY: dict[type, Callable[[Value], Value]] = {
    ast.USub: operator.neg,
    ast.Not: operator.not_,
    ast.Invert: operator.not_,
}
_OPERATORS: dict[type, Callable[[Value, Value], Value]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
    ast.Pow: lambda a, b: _real(a**b),
    ast.BitAnd: operator.and_,
    ast.BitOr: operator.or_,
    ast.Lt: operator.lt,
    ast.LtE: operator.le,
    ast.Gt: operator.gt,
    ast.GtE: operator.ge,
    ast.Eq: operator.eq,
    ast.NotEq: operator.ne,
}
_OF_MPMATH = "exp log log1p expm1 sqrt tanh sinh cosh sin cos atan erf floor sign gamma loggamma digamma"
_FUNCTIONS: dict[str, Callable[..., Value]] = {
    **{name: getattr(mp, name) for name in _OF_MPMATH.split()},
    "abs": abs,
    "max": max,
    "min": min,
    "relu": lambda a: max(a, 0),
    "normcdf": mp.ncdf,
    "normpdf": mp.npdf,
    "log_ndtr": lambda a: mp.log(mp.ncdf(a)),
    "sigmoid": lambda a: 1 / (1 + mp.exp(-a)),
    "softplus": lambda a: mp.log(1 + mp.exp(a)),
    "logsigmoid": lambda a: -mp.log(1 + mp.exp(-a)),
    "logaddexp": lambda a, b: mp.log(mp.exp(a) + mp.exp(b)),
    "log2": lambda a: mp.log(a, 2),
    "square": lambda a: a * a,
    "xlogy": lambda a, b: mpf(0) if a == 0 else a * mp.log(b),
    "heaviside": lambda a: (1 + mp.sign(a)) / 2,
    "delta": lambda a, b: mpf(a == b),
    "trigamma": lambda a: mp.psi(1, a),
}


_ALSO = {"Abs": "abs", "Max": "max", "Heaviside": "heaviside", "KroneckerDelta": "delta"}


# -- claims


def holds(claim: dict[str, Any], place: Place) -> bool:
    """Is the claim true at this point?"""
    left = value(claim["left"], place)
    if claim["kind"] == "nonnegative":
        return bool(left > -_CLOSE)
    if claim["kind"] == "positive":
        return bool(left > _CLOSE)
    right = value(claim["right"], place)
    return bool(abs(left - right) <= _CLOSE * (1 + abs(left)))


def label(claim: dict[str, Any], count: int = 4) -> bool | None:
    """True if the claim holds at all points, False at the first where it does not, None if it has a value at none."""
    seen = 0
    for place in places(claim["domain"], count):
        try:
            if not holds(claim, place):
                return False
            seen += 1
        except NoValue:
            continue
    return True if seen else None
