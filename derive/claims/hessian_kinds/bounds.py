"""What lies nowhere below the exact Hessian: a multiple, a constant, a majorizer."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

from derive.certificate import Proved
from derive.claims.diagnose.candidate import constant, inverse, scaled, shown, times
from derive.claims.diagnose.region import region
from derive.claims.hessian_kinds.kind import Kind
from derive.claims.kinks import kinks
from derive.claims.scene import Scene
from derive.claims.simplify import simplify
from derive.prove.ball_functions import to_arb
from derive.prove.points import moved
from derive.prove.polys import to_fmpq
from derive.prove.refute import precision, values_at
from derive.prove.sign import sign_terms
from derive.prove.ties import has_choice
from derive.report import Kink
from derive.terms.term import Term, free_names, make, num, sub, substitute, sym

_BITS = 96
_CLOSE = 1e-9
_BUDGET = 0.4
_STEPS = tuple(Fraction(v) for v in ("-20", "-5", "-1", "-1/4", "1/4", "1", "5", "20"))


def scaled_up(scene: Scene) -> Kind | None:
    """q times the exact one, q > 1, as an upper bound."""
    q = constant(scene.probe.ratios(scene.claimed, scene.formula or scene.true))
    if q is None or q <= 1 or not scene.equal(scene.claimed, scaled(q, scene.true)):
        return None
    return Kind("scaled", f"{q} times the exact one")


def scaled_by_parameter(scene: Scene, *, above: bool = True) -> Kind | None:
    """The exact one times a factor: one number everywhere, or in parameters that the loss does not have.

    The factor is at least 1, and if it need not be `above`, positive.
    """
    own = free_names(scene.claimed) <= free_names(scene.loss) if scene.loss is not None else True
    if scene.loss is None or (own and not _one_number(scene)):
        return None
    places = ({v: num(i) for i, v in enumerate(sorted(free_names(scene.loss)), n)} for n in (1, 2))
    for place in places:
        factor = simplify(
            times(substitute(scene.claimed, place), inverse(substitute(scene.formula or scene.true, place)))
        )
        least = sub(factor, num(1)) if above else factor
        if scene.equal(scene.claimed, times(factor, scene.true)) and scene.nonnegative(least, strict=not above):
            return Kind("scaled", f"{shown(factor)} times the exact one")
    return None


def _one_number(scene: Scene) -> bool:
    """Is the quotient the same at all points?"""
    pairs = zip(scene.probe.floats(scene.claimed), scene.probe.floats(scene.formula or scene.true), strict=True)
    found = [a / b for a, b in pairs if a is not None and b]
    return len(found) > 2 and max(found) - min(found) < _CLOSE * abs(found[0])


def constant_bound(scene: Scene) -> Kind | None:
    """Without the variables of the derivative, and nowhere below the exact one."""
    mixed = len(set(scene.variables)) > 1
    if mixed or free_names(scene.claimed) & set(scene.gradient or scene.variables) or not is_above(scene):
        return None
    if steeper_at_a_kink(scene):
        kink = f"nowhere below the exact one where there is one, but no majorizer, as the loss has a kink in {scene.z}"
        return Kind("constant", f"constant in {scene.z}; {kink}")
    return Kind("constant", f"constant in {scene.z}, and nowhere below the exact one: a majorizer")


def majorizer(scene: Scene) -> Kind | None:
    """Nowhere below the exact one: a step with it does not overshoot. Exact on a region is a slip, not a majorizer."""
    if len(set(scene.variables)) != 1 or crosses(scene) or not is_above(scene) or steeper_at_a_kink(scene):
        return None
    if any(scene.equal(c.left, c.right) for c in region(scene)):
        return None
    return Kind("majorizer", "nowhere below the exact one: a majorizer")


def magnitude(scene: Scene) -> Kind | None:
    """The absolute value of the exact one."""
    size = scaled(Fraction(scene.sign), make("abs", scene.true))
    if len(set(scene.variables)) != 1 or not scene.equal(scene.claimed, size) or steeper_at_a_kink(scene):
        return None
    return Kind("majorizer", "the absolute value of the exact one, nowhere below it: a majorizer")


def steeper_at_a_kink(scene: Scene) -> bool:
    """Where the loss has a kink, what is above the second derivative everywhere else may be no bound."""
    return _may_have_kinks(scene) and (crosses(scene) or any(not _turns(scene, k, -1) for k in _kinks(scene)))


def _may_have_kinks(scene: Scene) -> bool:
    if scene.loss is None or not has_choice(scene.loss, scene.z) or scene.z not in scene.gradient:
        return False
    slope = make("diff", scene.loss, sym(scene.z))
    verdict = scene.decide(slope, slope)
    return not isinstance(verdict, Proved) or any("kink" in note for note in verdict.notes)


def _kinks(scene: Scene) -> tuple[Kink, ...]:
    return kinks(replace(scene, side="gradient", variables=(scene.z,), claimed=scene.gradient[scene.z]))


def _turns(scene: Scene, kink: Kink, way: int) -> bool:
    """Is it proved that the loss turns upwards (downwards for −1) at a kink?"""
    turn = scaled(Fraction(way * scene.sign), sub(kink.right, kink.left))
    return scene.nonnegative(turn)


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


def is_above(scene: Scene) -> bool:
    """Is it proved to be nowhere below the exact one?"""
    gap = sub(scene.claimed, scene.true)
    return scene.nonnegative(scaled(Fraction(scene.sign), gap))


def any_scale(scene: Scene) -> Kind | None:
    """Claimed to be scaled: by any positive number."""
    q = constant(scene.probe.ratios(scene.claimed, scene.formula or scene.true))
    if q is None or q <= 0 or not scene.equal(scene.claimed, scaled(q, scene.true)):
        return scaled_by_parameter(scene, above=False)
    return Kind("scaled", f"{q} times the exact one")


def any_constant(scene: Scene) -> Kind | None:
    """Claimed to be constant: without the variables of the derivative."""
    if free_names(scene.claimed) & set(scene.gradient or scene.variables):
        return None
    return constant_bound(scene) or Kind("constant", "constant; not shown to be above the exact one")


def any_majorizer(scene: Scene) -> Kind | None:
    """Claimed to be a majorizer: nowhere below the exact one. A mixed entry says nothing on its own."""
    if len(set(scene.variables)) > 1 or steeper_at_a_kink(scene):
        return None
    return Kind("majorizer", "nowhere below the exact one") if is_above(scene) else None


def no_multiple(scene: Scene) -> bool:
    """Is it certainly no positive multiple: not of one sign with the exact one, or a factor that is not one number?"""
    ratios = [r for r in scene.probe.ratios(scene.claimed, scene.true) if r is not None and r.is_finite()]
    zeros = zip(scene.probe.floats(scene.true), scene.probe.floats(scene.claimed), strict=True)
    if any(r <= 0 for r in ratios) or any(a == 0 and b for a, b in zeros):
        return True
    own = scene.loss is None or free_names(scene.claimed) <= free_names(scene.loss)
    return own and any(not r.overlaps(ratios[0]) for r in ratios)


def no_majorizer(scene: Scene) -> bool:
    """Is it certainly below the exact one at a point, or the loss steeper than its parabola?"""
    if len(set(scene.variables)) > 1:
        return True
    if _may_have_kinks(scene) and (crosses(scene) or any(_turns(scene, k, 1) for k in _kinks(scene))):
        return True
    tied = scene.loss is None or has_choice(scene.loss, scene.z)
    gaps = (scaled(Fraction(scene.sign), sub(scene.claimed, t)) for t in (scene.true, scene.limit)[: 1 + tied])
    return any(sign_terms(gap, scene.domain, "nonnegative", budget=_BUDGET).status == "refuted" for gap in gaps)
