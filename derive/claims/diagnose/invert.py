"""What each place of a formula would have to be, at some points, for the whole to be right: from the outside in."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from typing import NamedTuple, TypeAlias

from derive.claims.scene import Scene
from derive.terms.term import CONDITION_HEADS, Term

Values: TypeAlias = "list[float | None]"
Rebuild: TypeAlias = "Callable[[Term], Term]"
_FEWEST = 3


class Place(NamedTuple):
    """A part of a formula, its values, those it would have to have, and the formula with something else there."""

    term: Term
    values: Values
    needed: Values
    parent: str
    rebuild: Rebuild


def places(scene: Scene, formula: Term, goal: Term) -> Iterator[Place]:
    """Every place whose value decides that of the formula at several points."""
    return _walk(scene, formula, scene.probe.floats(goal), "", lambda new: new)


def _walk(scene: Scene, t: Term, needed: Values, parent: str, rebuild: Rebuild) -> Iterator[Place]:
    values = scene.probe.floats(t)
    if sum(n is not None and v is not None for n, v in zip(needed, values, strict=True)) < _FEWEST:
        return
    yield Place(t, values, needed, parent, rebuild)
    if t.head in ("num", "sym"):
        return
    for i, a in enumerate(t.args):
        if a.head not in CONDITION_HEADS and (inner := _needed(scene, t, i, values, needed)) is not None:
            yield from _walk(scene, a, inner, t.head, _inside(t, i, rebuild))


def _inside(t: Term, i: int, rebuild: Rebuild) -> Rebuild:
    return lambda new: rebuild(Term(t.head, (*t.args[:i], new, *t.args[i + 1 :])))


def _needed(scene: Scene, t: Term, i: int, values: Values, needed: Values) -> Values | None:
    """The values that argument i must have for t to have the needed ones."""
    inverse = _INVERSES.get(t.head)
    if inverse is None:
        return None
    columns = [scene.probe.floats(a) if a.head not in CONDITION_HEADS else None for a in t.args]
    if t.head == "piecewise":
        return _active(scene, t, i, values, needed)
    out: Values = []
    for at, (v, n) in enumerate(zip(values, needed, strict=True)):
        args = [None if c is None else c[at] for c in columns]
        out.append(None if v is None or n is None or None in args else _safe(inverse, args, i, v, n))
    return out


def _active(scene: Scene, t: Term, i: int, values: Values, needed: Values) -> Values:
    """A branch is needed where its value is the value of the choice and no other branch has it."""
    branches = [scene.probe.floats(a) for a in t.args[::2]]
    mine = branches[i // 2]
    return [
        n if v is not None and mine[at] == v and sum(b[at] == v for b in branches) == 1 else None
        for at, (v, n) in enumerate(zip(values, needed, strict=True))
    ]


def _safe(inverse: _Inverse, args: list[float | None], i: int, v: float, n: float) -> float | None:
    try:
        x = inverse(args, i, v, n)  # type: ignore[arg-type]
    except (ValueError, ZeroDivisionError, OverflowError):
        return None
    return x if isinstance(x, float) and math.isfinite(x) else None


_Inverse: TypeAlias = "Callable[[list[float], int, float, float], float | None]"


def _product(args: list[float], i: int, v: float, n: float) -> float:
    return n / math.prod(a for j, a in enumerate(args) if j != i)


def _power(args: list[float], i: int, v: float, n: float) -> float:
    base, e = args
    if i == 1:
        return math.log(n) / math.log(base)
    if e == int(e) and int(e) % 2:
        return math.copysign(math.pow(abs(n), 1 / e), n)
    return math.copysign(math.pow(n, 1 / e), base)


def _extreme(args: list[float], i: int, v: float, n: float) -> float | None:
    return n if args[i] == v else None


def _unary(f: Callable[[float], float]) -> _Inverse:
    return lambda args, i, v, n: f(n)


_INVERSES: dict[str, _Inverse] = {
    "add": lambda args, i, v, n: n - sum(a for j, a in enumerate(args) if j != i),
    "mul": _product,
    "pow": _power,
    "piecewise": _extreme,
    "max": _extreme,
    "min": _extreme,
    "abs": lambda args, i, v, n: math.copysign(n, args[0]),
    "exp": _unary(math.log),
    "log": _unary(math.exp),
    "log1p": _unary(math.expm1),
    "expm1": _unary(math.log1p),
    "sigmoid": _unary(lambda n: math.log(n / (1 - n))),
    "softplus": _unary(lambda n: math.log(math.expm1(n))),
    "tanh": _unary(math.atanh),
    "sinh": _unary(math.asinh),
    "cosh": lambda args, i, v, n: math.copysign(math.acosh(n), args[0]),
    "sin": _unary(math.asin),
    "atan": _unary(math.tan),
    "tan": _unary(math.atan),
}
