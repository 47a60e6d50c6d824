"""Where a loss has no derivative: the derivatives from both sides, and whether what is claimed lies between them."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice, product

from derive.certificate import Status
from derive.claims.scene import Scene
from derive.claims.simplify import simplify
from derive.domain import Domain
from derive.errors import TermError
from derive.prove import points
from derive.prove.differentiate import differentiate
from derive.prove.signals import GaveUp
from derive.report import Kink
from derive.terms.term import CONDITION_HEADS, Term, add, free_names, mul, neg, num, power, sub, substitute, sym
from derive.terms.unparse import unparse

_MOST = 6
_ZERO = num(0)


def kinks(scene: Scene) -> tuple[Kink, ...]:
    """The kinks of the loss in the variable, where they can be written as variable = formula."""
    if scene.loss is None or scene.side != "gradient":
        return ()
    found = (k for put, value in islice(_places(scene), _MOST) if (k := _kink(scene, put, value)) is not None)
    return tuple(dict.fromkeys(found))


def _places(scene: Scene) -> Iterator[tuple[dict[str, Term], Term]]:
    """Where a choice of the loss ties: values of the variables with few values, and the value of the variable."""
    loss, z = scene.loss, scene.z
    if loss is None:
        return
    gaps = [g for g in points.gaps(loss) if z in free_names(g)]
    seen = set()
    for gap in dict.fromkeys(gaps):
        names = sorted(n for n in free_names(gap) - {z} if scene.domain[n].values is not None)
        for values in product(*(scene.domain[n].values or () for n in names)):
            put = {n: num(v) for n, v in zip(names, values, strict=True)}
            value = _solved(scene, substitute(gap, put), z)
            if value is not None and (tuple(put.items()), value) not in seen:
                seen.add((tuple(put.items()), value))
                yield put, value


def _solved(scene: Scene, gap: Term, z: str) -> Term | None:
    """The root of a gap that is linear in the variable with a constant slope."""
    inner = gap.args[0] if gap.head == "abs" else gap
    try:
        slope = simplify(differentiate(inner, sym(z)))
    except GaveUp:
        return None
    if slope.head != "num" or not slope.value:
        return None
    at_zero = substitute(inner, {z: _ZERO})
    value = simplify(mul(num(-1 / slope.value), at_zero))
    linear = scene.decide(inner, mul(slope, sub(sym(z), value)))
    inside = value.head != "num" or value.value in scene.domain[z]
    return value if inside and linear.status == "proved" else None


def _kink(scene: Scene, put: dict[str, Term], value: Term) -> Kink | None:
    z, loss = scene.z, substitute(scene.loss, put) if scene.loss is not None else None
    smooth = [None if loss is None else _smooth_beside(scene, loss, value, side) for side in (-1, 1)]
    if smooth[0] is None or smooth[1] is None:
        return None
    left, right = (_slope_there(scene, t, value) for t in smooth if t is not None)
    if left is None or right is None:
        return None
    here = _others(scene)
    if scene.decide(left, right, here).status != "refuted":
        return None
    where = ", ".join(f"{k} = {unparse(v)}" for k, v in (*put.items(), (z, value)))
    try:
        claimed = substitute(substitute(scene.claimed, put), {z: value})
    except TermError:  # a derivative that is claimed as one: nothing can be put in
        return Kink(where, left, right, scene.claimed, "unknown", "the value that is claimed there is not known")
    if all(_settled(scene, t, value, here) for t in smooth if t is not None):
        status, says = _judged(scene, (left, claimed, right), here)
    else:
        status, says = "unknown", "whether another choice ties there, too, is not decided"
    return Kink(where, left, right, claimed if status == "unknown" else simplify(claimed), status, says)


def _judged(scene: Scene, values: tuple[Term, Term, Term], here: Domain) -> tuple[Status, str]:
    """Which subgradient is claimed? Equal to an end or the middle, or between the ends."""
    left, claimed, right = values
    middle = simplify(mul(num(1, 2), add(left, right)))
    for target, name in (
        (left, "the derivative from the left"),
        (right, "the derivative from the right"),
        (middle, "the mean of both sides"),
    ):
        if scene.decide(claimed, target, here).status == "proved":
            return "proved", f"{name} is claimed, a subgradient"
    between = mul(sub(claimed, left), sub(right, claimed))
    verdict = _sign(scene, between, here)
    if verdict == "proved":
        return "proved", "a subgradient is claimed"
    if verdict == "refuted":
        return "refuted", "the claimed value is not between the derivatives from both sides"
    return "unknown", "whether the claimed value is a subgradient is not decided"


def _sign(scene: Scene, t: Term, domain: Domain) -> Status:
    from derive.prove.sign import sign_terms

    return sign_terms(t, domain, "nonnegative", budget=0.3).status


def _smooth_beside(scene: Scene, loss: Term, value: Term, side: int) -> Term | None:
    """The loss on one side, by choices that are decided beside the place, if it goes on without a jump there."""
    smooth = _beside(scene, loss, value, side)
    if smooth is None or any(scene.decide(gap, _ZERO).status == "proved" for gap in _gaps_there(scene, smooth, value)):
        return None  # a choice that ties, and is not decided
    at = {scene.z: value}
    same = scene.decide(substitute(smooth, at), substitute(loss, at), _others(scene))
    return smooth if same.status == "proved" else None


def _gaps_there(scene: Scene, t: Term, value: Term) -> list[Term]:
    """At the place, the terms whose signs decide the choices that are left."""
    return [simplify(substitute(gap, {scene.z: value})) for gap in points.gaps(t) if scene.z in free_names(gap)]


def _settled(scene: Scene, t: Term, value: Term, here: Domain) -> bool:
    """Does no other choice tie at the place?"""
    from derive.prove.sign import sign_terms

    squares = (power(gap, num(2)) for gap in _gaps_there(scene, t, value))
    return all(sign_terms(square, here, "positive", budget=0.3).status == "proved" for square in squares)


def _others(scene: Scene) -> Domain:
    """Where the other variables are."""
    return Domain({k: r for k, r in scene.domain.ranges.items() if k != scene.z}, scene.domain.groups)


def _slope_there(scene: Scene, smooth: Term, value: Term) -> Term | None:
    """The derivative from one side."""
    z, here, at = scene.z, _others(scene), {scene.z: value}
    try:
        slope = differentiate(smooth, sym(z))
    except GaveUp:
        return None
    value_there = substitute(slope if scene.sign > 0 else neg(slope), at)
    short = simplify(value_there)
    return short if scene.decide(value_there, short, here).status == "proved" else None


def _beside(scene: Scene, t: Term, value: Term, side: int) -> Term | None:
    """t with every choice that ties at variable = value decided as beside it; None where that is not known."""
    if t.head in ("num", "sym") or scene.z not in free_names(t):
        return t
    if t.head in ("max", "min") and len(t.args) > 2:
        t = Term(t.head, (Term(t.head, t.args[:-1]), t.args[-1]))
    args = [_beside(scene, a, value, side) for a in t.args]
    if any(a is None for a in args):
        return None
    new = Term(t.head, tuple(a for a in args if a is not None))
    if new.head in ("abs", "sign", "heaviside"):
        return _stepped(new, _sign_beside(scene, new.args[0], value, side))
    if new.head in ("max", "min") and len(new.args) == 2:
        return _extreme(new, _sign_beside(scene, sub(*new.args), value, side))
    if new.head in CONDITION_HEADS and len(new.args) == 2 and new.head in _HOLDS:
        sign = _sign_beside(scene, sub(new.args[1], new.args[0]), value, side)
        return new if sign is None else Term("true" if _HOLDS[new.head](sign) else "false", ())
    return new


_HOLDS = {"lt": lambda s: s > 0, "le": lambda s: s >= 0, "eq": lambda s: s == 0, "ne": lambda s: s != 0}


def _stepped(t: Term, sign: int | None) -> Term:
    if sign is None:
        return t
    if t.head == "abs":
        return t.args[0] if sign > 0 else neg(t.args[0])
    return num(sign) if t.head == "sign" else num((sign + 1) // 2)


def _extreme(t: Term, sign: int | None) -> Term:
    if sign is None:
        return t
    first = sign > 0 if t.head == "max" else sign < 0
    return t.args[0] if first else t.args[1]


def _sign_beside(scene: Scene, gap: Term, value: Term, side: int) -> int | None:
    """The sign of a gap beside the place, where it is zero at the place; None where it is not, or not known."""
    if scene.z not in free_names(gap):
        return None
    at = simplify(substitute(gap, {scene.z: value}))
    if at != _ZERO and scene.decide(at, _ZERO).status != "proved":
        return None
    try:
        slope = simplify(differentiate(gap, sym(scene.z)))
    except GaveUp:
        return None
    slope = simplify(substitute(slope, {scene.z: value}))
    if slope.head != "num" or not slope.value:
        return None
    return side if slope.value > 0 else -side
