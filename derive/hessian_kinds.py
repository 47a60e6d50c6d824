"""What a formula is that is not the derivative, but was written on purpose: each kind is proved."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from fractions import Fraction
from typing import NamedTuple

from derive.diagnose.candidate import constant, inverse, parts, scaled, shown, summands, times
from derive.diagnose.region import opposite, region, says
from derive.domain import Range
from derive.prove.ball import to_arb
from derive.prove.field import to_fmpq
from derive.prove.point import choose
from derive.prove.points import moved
from derive.prove.refute import precision, values_at
from derive.scene import Scene
from derive.simplify import simplify
from derive.terms.term import Term, add, free_names, make, mul, neg, num, power, sub, substitute, sym, walk

KINDS = ("exact", "scaled", "constant", "majorizer", "fisher", "gauss-newton", "clipped", "secant", "taylor")
_BITS = 96
_STEPS = tuple(Fraction(v) for v in ("-20", "-5", "-1", "-1/4", "1/4", "1", "5", "20"))
_ROUNDING = num(1, 2**52)
_TRUE = make("true")


class Kind(NamedTuple):
    """The name of a kind, and what was proved."""

    name: str
    says: str


def recognise(scene: Scene) -> Kind | None:
    """The kind of an entry that is certainly no slip, or None."""
    return _first(scene, _GRADIENT_KINDS if scene.side == "gradient" else _HESSIAN_KINDS)


def recognise_bound(scene: Scene) -> Kind | None:
    """The kind of a Hessian that is an approximation if the gradient is right, and may follow from a slip if it is not."""
    return _first(scene, _BOUNDS) if scene.side == "hessian" else None


def _first(scene: Scene, kinds: tuple[Callable[[Scene], Kind | None], ...]) -> Kind | None:
    for kind in kinds:
        if scene.late():
            return None
        if (found := kind(scene)) is not None:
            return found
    return None


# -- both sides -------------------------------------------------------------------------------------------------------
def taylor(scene: Scene) -> Kind | None:
    """A choice between formulas, each the derivative but for less than the rounding error of float64."""
    rows = _branches(scene.claimed)
    inexact = []
    for value, condition, before in rows:
        holds = make("and", condition, *before) if before else condition
        left, right = make("piecewise", value, holds), make("piecewise", scene.true, holds)
        if scene.equal(left, right):
            continue
        if not _below_rounding(scene, value, condition, holds):
            return None
        inexact.append(says(condition) if condition != _TRUE else " and ".join(map(says, before)))
    if not inexact:
        return None
    return Kind(
        "taylor",
        f"exact but for a branch below rounding: where {'; '.join(inexact)}, off by less than 2**-52 of its size",
    )


def _branches(t: Term) -> list[tuple[Term, Term, list[Term]]]:
    """(value, condition, what must hold before it) of a choice, perhaps times something."""
    if t.head == "mul":
        at = next((i for i, a in enumerate(t.args) if a.head == "piecewise"), None)
        rows = _branches(t.args[at]) if at is not None else []
        rest = (*t.args[:at], *t.args[at + 1 :]) if at is not None else ()
        return [(times(*rest, v), c, b) for v, c, b in rows]
    if t.head != "piecewise":
        return []
    out: list[tuple[Term, Term, list[Term]]] = []
    before: list[Term] = []
    for value, condition in zip(t.args[::2], t.args[1::2], strict=True):
        out.append((value, condition, list(before)))
        before.append(opposite(condition) if condition.head in ("lt", "le", "eq", "ne") else make("not", condition))
    return out


def _below_rounding(scene: Scene, value: Term, condition: Term, holds: Term) -> bool:
    """|value − true| ≤ 2⁻⁵²·|a| for a summand a of the value, or for all of them together."""
    rest = (neg(a) for a in summands(simplify(scene.true)))
    gap = simplify(add(simplify(value), *rest))
    sizes = [simplify(make("abs", a)) for a in summands(simplify(value))]
    bounds = [*sizes, add(*sizes)] if len(sizes) > 1 else sizes
    return any(_bounded(scene, gap, mul(_ROUNDING, b), condition, holds) for b in bounds)


def _bounded(scene: Scene, gap: Term, bound: Term, condition: Term, holds: Term) -> bool:
    return all(_nonnegative(scene, add(bound, d), condition, holds) for d in (gap, neg(gap)))


def _nonnegative(scene: Scene, t: Term, condition: Term, holds: Term) -> bool:
    """Where the branch is taken: with the variable beyond its bound, whatever its range, or by cases."""
    cut = _cut(condition if condition.head != "true" else holds)
    if cut is None:
        return scene.nonnegative(make("piecewise", t, holds))
    beyond = scene.domain.with_(*cut)
    within = scene.domain.within({cut[0]: cut[1]})
    return scene.nonnegative(t, beyond) or scene.nonnegative(t, within)


def _cut(c: Term) -> tuple[str, Range] | None:
    if c.head not in ("lt", "le"):
        return None
    low, high = c.args
    is_open = c.head == "lt"
    if low.head == "sym" and high.head == "num":
        return low.name, Range(upper=high.value, upper_open=is_open)
    if low.head == "num" and high.head == "sym":
        return high.name, Range(lower=low.value, lower_open=is_open)
    return None


def finite_difference(scene: Scene) -> Kind | None:
    """A difference quotient of the loss (or of the gradient) with a step that stands in the formula."""
    if scene.loss is None or len(set(scene.variables)) != 1:
        return None
    z = sym(scene.z)
    for step in _steps(scene.claimed, z):
        for name, quotient in _quotients(scene, step):
            if scene.equal(scene.claimed, quotient):
                return Kind(
                    "finite-difference",
                    f"{name} with the step {step!r}: it is inexact by its nature, and rounding errors grow as the step shrinks",
                )
    return None


def _steps(t: Term, z: Term) -> list[Term]:
    found = [a.args[1] for a in walk(t) if a.head == "add" and len(a.args) == 2 and a.args[0] == z]
    values = {abs(b.value) for b in found if b.head == "num"}
    values |= {
        abs(b.args[1].value) for b in found if b.head == "mul" and b.args[0] == num(-1) and b.args[1].head == "num"
    }
    return [num(v) for v in sorted(values) if v]


def _quotients(scene: Scene, h: Term) -> Iterator[tuple[str, Term]]:
    z, loss = sym(scene.z), scene.loss
    if loss is None:
        return
    up, down = (substitute(loss, {scene.z: t}) for t in (add(z, h), sub(z, h)))
    s = Fraction(scene.sign)
    if scene.side == "gradient":
        yield "a central difference of the loss", scaled(s, times(sub(up, down), inverse(mul(num(2), h))))
        yield "a forward difference of the loss", scaled(s, times(sub(up, loss), inverse(h)))
        yield "a backward difference of the loss", scaled(s, times(sub(loss, down), inverse(h)))
        return
    yield (
        "a second difference of the loss",
        scaled(s, times(add(up, mul(num(-2), loss), down), inverse(power(h, num(2))))),
    )
    first = scene.claims.get(scene.z)
    if first is not None:
        above, below = (substitute(first, {scene.z: t}) for t in (add(z, h), sub(z, h)))
        yield "a central difference of the gradient", times(sub(above, below), inverse(mul(num(2), h)))


def clipped(scene: Scene) -> Kind | None:
    """The derivative, or a probability in it, kept within bounds."""
    for unclipped, floor, node in _unclipped(scene.claimed):
        if scene.equal(unclipped, scene.true):
            return Kind("clipped", f"the exact one, but {shown(node)} is bounded by {' and '.join(map(shown, floor))}")
    return None


def _unclipped(t: Term, depth: int = 0) -> Iterator[tuple[Term, list[Term], Term]]:
    """t with one (nested) max or min replaced by one of its arguments: the new term, the bounds and what is bounded."""
    if t.head in ("max", "min"):
        for i, a in enumerate(t.args):
            rest = [*t.args[:i], *t.args[i + 1 :]]
            if depth < 2 and a.head in ("max", "min"):
                yield from ((new, [*rest, *more], node) for new, more, node in _unclipped(a, depth + 1))
            yield a, rest, a
    elif t.head == "piecewise" and len(t.args) == 4:
        pairs = ((t.args[0], t.args[2]), (t.args[2], t.args[0]))
        yield from ((a, [b], a) for a, b in pairs if b.head == "num" and b.value > 0 and a.head != "num")
    if t.head in ("num", "sym"):
        return
    for i, a in enumerate(t.args):
        for new, bounds, node in _unclipped(a, depth) if a.head not in ("lt", "le", "eq", "ne") else ():
            yield Term(t.head, (*t.args[:i], new, *t.args[i + 1 :])), bounds, node


# -- Hessians ---------------------------------------------------------------------------------------------------------
def scaled_up(scene: Scene) -> Kind | None:
    """q times the exact one, q > 1, as an upper bound."""
    q = constant(scene.probe.ratios(scene.claimed, scene.true))
    if q is None or q <= 1 or not scene.equal(scene.claimed, scaled(q, scene.true)):
        return None
    return Kind("scaled", f"{q} times the exact one")


def fisher(scene: Scene) -> Kind | None:
    """The exact one plus multiples of the score, free of the data: equal in expectation, as the score has mean 0."""
    gap = sub(scene.true, scene.claimed)
    for name, score in scene.gradient.items():
        for y in sorted(free_names(score) - free_names(scene.claimed) - set(scene.gradient)):
            if not _takes_both_signs(scene, score):
                continue
            for factor in _multiples(scene, gap, score, y):
                if scene.equal(gap, times(factor, score)):
                    return Kind(
                        "fisher",
                        f"the Fisher information: the exact one in expectation over {y}, where the derivative in {name} has mean 0",
                    )
    return _variance(scene)


def _variance(scene: Scene) -> Kind | None:
    """The product of two scores, free of the data: the variance of the score, where second derivatives miss a kink."""
    a, b = (scene.gradient.get(v) for v in scene.variables)
    if a is None or b is None or not (free_names(a) - free_names(scene.claimed) - set(scene.gradient)):
        return None
    if not _takes_both_signs(scene, a) or not scene.equal(scene.claimed, scaled(Fraction(scene.sign), times(a, b))):
        return None
    return Kind(
        "fisher",
        "the Fisher information as the variance of the score; it is not the expected second derivative, which misses the kink",
    )


def _takes_both_signs(scene: Scene, t: Term) -> bool:
    values = [v for v in scene.probe.floats(t) if v]
    return any(v > 0 for v in values) and any(v < 0 for v in values)


def _multiples(scene: Scene, gap: Term, score: Term, y: str) -> Iterator[Term]:
    """What, free of y, could be gap/score: a number, or the ratio at one value of y."""
    q = constant(scene.probe.ratios(gap, score))
    if q is not None:
        yield num(q)
        return
    import random

    rng = random.Random(1)
    for _ in range(2):
        put = {y: num(choose(scene.domain[y], rng))}
        yield times(substitute(gap, put), inverse(substitute(score, put)))


def gauss_newton(scene: Scene) -> Kind | None:
    """f″(u)·u′², for a loss f(u): the exact one without f′(u)·u″."""
    if scene.loss is None:
        return None
    first, last = scene.variables
    for u in parts(scene.loss, scene.z, most=30):
        d1, d2 = scene.derivative(u, first), scene.derivative(u, last)
        mixed = None if d1 is None else scene.derivative(d1, last)
        if d1 is None or d2 is None or mixed is None or not free_names(mixed) or first not in scene.gradient:
            continue
        lost = scaled(Fraction(scene.sign), times(scene.gradient[first], inverse(d1), mixed))
        if scene.equal(scene.claimed, sub(scene.true, lost)) and scene.nonnegative(
            scaled(Fraction(scene.sign), scene.claimed)
        ):
            return Kind("gauss-newton", f"Gauss-Newton: the second derivative of {shown(u)} is left out")
    return None


def trapezoid(scene: Scene) -> Kind | None:
    """(H + r)/2, where r is free of the variable and is H at the optimum: the mean of both ends of a secant."""
    if len(set(scene.variables)) != 1 or scene.z not in scene.gradient:
        return None
    rest = sub(mul(num(2), scene.claimed), scene.true)
    change = scene.derivative(rest)
    score = scene.gradient[scene.z]
    if change is None or not scene.equal(change, num(0)):
        return None
    for y in sorted(free_names(score) - {scene.z}):
        optimum = _root(score, y)
        at_optimum = [substitute(t, {y: optimum}) for t in (rest, scene.true)]
        linear = scene.equal(score, mul(sub(sym(y), optimum), _slope(score, y)))
        if linear and scene.decide(*at_optimum).status == "proved":
            return Kind("secant", "the mean of the exact one and its value at the optimum (a secant)")
    return None


def _slope(t: Term, y: str) -> Term:
    return sub(substitute(t, {y: num(1)}), substitute(t, {y: num(0)}))


def _root(t: Term, y: str) -> Term:
    """Where t is zero, if it is linear in y."""
    return neg(times(substitute(t, {y: num(0)}), inverse(_slope(t, y))))


def secant(scene: Scene) -> Kind | None:
    """The gradient over the distance from a minimum: the slope of a secant of the gradient."""
    first = scene.gradient.get(scene.z)
    if first is None or len(set(scene.variables)) != 1:
        return None
    for y in sorted(free_names(first) - {scene.z}):
        way = mul(num(scene.sign), sub(sym(scene.z), sym(y)))
        if scene.equal(mul(way, scene.claimed), first):
            return Kind(
                "secant",
                f"the slope of a secant: the gradient over {scene.z} - {y} (the weight of iteratively reweighted least squares)",
            )
    return None


def constant_bound(scene: Scene) -> Kind | None:
    """Without the variables of the derivative, and nowhere below the exact one."""
    if free_names(scene.claimed) & set(scene.gradient or scene.variables) or not _is_above(scene):
        return None
    return Kind(
        "constant",
        f"constant in {', '.join(dict.fromkeys(scene.variables))}, and nowhere below the exact one: a majorizer",
    )


def majorizer(scene: Scene) -> Kind | None:
    """Nowhere below the exact one: a step with it does not overshoot. Exact on a region is a slip, not a majorizer."""
    if len(set(scene.variables)) != 1 or crosses(scene) or not _is_above(scene):
        return None
    if any(scene.equal(c.left, c.right) for c in region(scene)):
        return None
    return Kind("majorizer", "nowhere below the exact one: a majorizer")


def crosses(scene: Scene) -> bool:
    """Is the parabola with this curvature, tangent to the loss at one point, certainly below it at another one?"""
    if scene.loss is None or scene.z not in scene.gradient:
        return False
    needed = (scene.loss, scene.gradient[scene.z], scaled(Fraction(scene.sign), scene.claimed))
    with precision(_BITS):
        return any(_below(scene, needed, at) for at in range(len(scene.probe.points)))


def _below(scene: Scene, needed: tuple[Term, Term, Term], at: int) -> bool:
    point = scene.probe.points[at]
    here = [scene.probe.value(t, at) for t in needed]
    if any(v is None for v in here):
        return False
    value, slope, curvature = map(to_arb, here)
    z = point.values[scene.z]
    for step in _STEPS:
        other = moved(point, scene.z, z + step)
        there = values_at(other, scene.loss or needed[0], num(0)) if other.inside() else None
        if there is not None:
            h = to_arb(to_fmpq(step))
            if to_arb(there[0]) > value + slope * h + curvature * h * h / 2:
                return True
    return False


def _is_above(scene: Scene) -> bool:
    gap = sub(scene.claimed, scene.true)
    return scene.nonnegative(scaled(Fraction(scene.sign), gap))


_GRADIENT_KINDS: tuple[Callable[[Scene], Kind | None], ...] = (taylor, clipped, finite_difference)
_HESSIAN_KINDS = (*_GRADIENT_KINDS, fisher, constant_bound)
_BOUNDS = (scaled_up, gauss_newton, trapezoid, majorizer, secant)


def accepts(scene: Scene, wanted: str, *, exact: bool) -> Kind | None:
    """Is the entry of the kind that was claimed? The exact one is an extreme case of most kinds."""
    if wanted == "exact":
        return None
    if exact and wanted != "fisher":
        return Kind(wanted, "it is the exact one") if wanted in _MET_BY_EXACT else None
    if exact:
        return _exact_fisher(scene)
    if scene.late():
        return None
    found = _CLAIMED[wanted](scene)
    return found


_MET_BY_EXACT = frozenset({"scaled", "majorizer", "gauss-newton", "clipped", "secant", "taylor"})


def _exact_fisher(scene: Scene) -> Kind | None:
    """The exact one, free of the data of the score, is its own expectation."""
    data = frozenset().union(*(free_names(t) for t in scene.gradient.values())) - set(scene.gradient)
    free = data - free_names(scene.claimed)
    return Kind("fisher", f"it is the exact one, and free of {', '.join(sorted(free))}") if free else None


def _any_scale(scene: Scene) -> Kind | None:
    q = constant(scene.probe.ratios(scene.claimed, scene.true))
    if q is None or q <= 0 or not scene.equal(scene.claimed, scaled(q, scene.true)):
        return None
    return Kind("scaled", f"{q} times the exact one")


def _any_constant(scene: Scene) -> Kind | None:
    if free_names(scene.claimed) & set(scene.gradient or scene.variables):
        return None
    return constant_bound(scene) or Kind("constant", "constant; not shown to be above the exact one")


def _any_majorizer(scene: Scene) -> Kind | None:
    return Kind("majorizer", "nowhere below the exact one") if _is_above(scene) else None


def _any_secant(scene: Scene) -> Kind | None:
    return trapezoid(scene) or secant(scene)


_CLAIMED: dict[str, Callable[[Scene], Kind | None]] = {
    "scaled": _any_scale,
    "constant": _any_constant,
    "majorizer": _any_majorizer,
    "fisher": fisher,
    "gauss-newton": gauss_newton,
    "clipped": clipped,
    "secant": _any_secant,
    "taylor": taylor,
}
