"""Gauss-Newton, and the slopes of secants."""

from __future__ import annotations

from fractions import Fraction

from derive.claims.diagnose.candidate import inverse, parts, scaled, shown, times
from derive.claims.diagnose.lost import substitute_part
from derive.claims.hessian_kinds.bounds import is_above
from derive.claims.hessian_kinds.kind import Kind
from derive.claims.scene import Scene
from derive.claims.simplify import simplify
from derive.prove import prove_terms
from derive.terms.term import Term, free_names, mul, neg, num, power, sub, substitute, sym


def gauss_newton(scene: Scene) -> Kind | None:
    """f″(u)·u′², for a loss f(u): the exact one without f′(u)·u″."""
    return None if scene.loss is None else _gauss_newton(scene, parts(scene.loss, scene.z, most=30, choices=True))


def of_squares(scene: Scene) -> Kind | None:
    """The same for squares of residuals."""
    found = [] if scene.loss is None else parts(scene.loss, scene.z, most=30, choices=True)
    return _gauss_newton(scene, [u for u in found if power(u, num(2)) in found])


def _gauss_newton(scene: Scene, inner: list[Term]) -> Kind | None:
    first, last = scene.variables
    nonzero = any(v for v in scene.probe.floats(scene.claimed))
    for u in inner if nonzero else ():
        if not _through(scene, u):
            continue
        d1, d2 = scene.derivative(u, first), scene.derivative(u, last)
        mixed = None if d1 is None else scene.derivative(d1, last)
        if d1 is None or d2 is None or mixed is None or not free_names(mixed) or first not in scene.gradient:
            continue
        lost = simplify(scaled(Fraction(scene.sign), times(scene.gradient[first], inverse(d1), mixed)))
        found = scene.equal(scene.claimed, sub(scene.true, lost)) and scene.has_value(lost, scene.true)
        if found and (first != last or scene.nonnegative(scaled(Fraction(scene.sign), scene.claimed))):
            return Kind("gauss-newton", f"Gauss-Newton: the second derivative of {shown(u)} is left out")
    return None


def _through(scene: Scene, u: Term) -> bool:
    """Is the loss f(u), with the variables in u only? Else what is left out is one term of several, by a slip."""
    rest = substitute_part(scene.loss if scene.loss is not None else u, u, num(0))
    return not free_names(rest) & set(scene.variables)


def trapezoid(scene: Scene) -> Kind | None:
    """(H + r)/2, where r is free of the variable and is H at the optimum: the mean of both ends of a secant."""
    if len(set(scene.variables)) != 1 or scene.z not in scene.gradient:
        return None
    rest = sub(mul(num(2), scene.claimed), scene.true)
    change = scene.derivative(rest)
    score = scene.gradient[scene.z]
    if change is None or not scene.equal(change, num(0)):
        return None
    if not _varies(scene, scene.formula or scene.true):
        return None
    for y in sorted(free_names(score) - {scene.z}):
        optimum = _root(score, y)
        if not _varies(scene, optimum):
            continue  # the score is zero for a value of y whatever the variable is: that is no optimum
        ours, exact = (substitute(t, {y: optimum}) for t in (rest, scene.true))
        linear = scene.equal(score, mul(sub(sym(y), optimum), _slope(score, y)))
        if linear and scene.decide(ours, exact).status == "proved":
            return Kind("secant", "the mean of the exact one and its value at the optimum (a secant)")
    return None


def _varies(scene: Scene, t: Term) -> bool:
    """Does t certainly change with the variable?"""
    change = scene.derivative(t)
    return change is not None and any(v for v in scene.probe.floats(change))


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
        if scene.equal(mul(way, scene.claimed), first) and not _off_at(scene, sym(y)):
            says = f"the slope of a secant, the gradient over {scene.z} - {y}: the weight of reweighted least squares"
            return Kind("secant", says)
    return None


def _off_at(scene: Scene, end: Term) -> bool:
    """Where the distance is 0, is the claim certainly not the second derivative, which the slope tends to?"""
    ours, exact = (substitute(t, {scene.z: end}) for t in (scene.claimed, scene.formula or scene.true))
    return prove_terms(ours, exact, scene.domain, budget=1.0).status == "refuted"


def weight(scene: Scene) -> Kind | None:
    """The gradient over the variable, a residual: as `secant`, from a minimum at 0; nowhere below the exact one."""
    first = scene.gradient.get(scene.z)
    if first is None or len(set(scene.variables)) != 1:
        return None
    way = mul(num(scene.sign), sym(scene.z))
    if not scene.equal(mul(way, scene.claimed), first) or _off_at(scene, num(0)) or not is_above(scene):
        return None
    says = f"the slope of a secant, the gradient over {scene.z}: the weight of reweighted least squares"
    return Kind("secant", says)


def any_secant(scene: Scene) -> Kind | None:
    """Claimed to be a secant: one of the three."""
    return trapezoid(scene) or secant(scene) or weight(scene)
