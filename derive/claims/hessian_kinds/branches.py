"""A choice between formulas, each the derivative but for less than the rounding error of float64."""

from __future__ import annotations

from derive.claims.diagnose.candidate import summands, times
from derive.claims.diagnose.region import opposite, says
from derive.claims.hessian_kinds.kind import Kind
from derive.claims.scene import Scene
from derive.claims.simplify import simplify
from derive.domain import Range
from derive.terms.term import Term, add, make, mul, neg, num

_ROUNDING = num(1, 2**52)
_TRUE = make("true")


def taylor(scene: Scene) -> Kind | None:
    """A choice between formulas, each the derivative but for less than the rounding error of float64."""
    rows = _branches(scene.claimed)
    inexact = []
    for value, condition, before in rows:
        holds = make("and", condition, *before) if before else condition
        left, right = (make("piecewise", t, holds, num(0), _TRUE) for t in (value, scene.true))
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
