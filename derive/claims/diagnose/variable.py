"""The claim is a derivative with respect to another variable: p given for z, σ for log σ, or the logit for p."""

from __future__ import annotations

from collections.abc import Iterator

from derive.claims.diagnose.candidate import Candidate, inverse, parts, shown, times
from derive.claims.scene import Scene
from derive.terms.term import Term, free_names, make, num, power, sub, substitute, sym


def other_variable(scene: Scene) -> Iterator[Candidate]:
    """dL/du for a part u of the loss: du/dz is missing, or u stands where z is meant."""
    if scene.loss is None:
        return
    names = {t: name for name, t in scene.named.items()}
    for u in parts(scene.loss, scene.z, most=30):
        if u == scene.loss:
            continue
        yield from _within(scene, u, names.get(u) or shown(u))
    for u in _changes(scene):
        yield from _within(scene, u, shown(u), inside=False)


def _changes(scene: Scene) -> list[Term]:
    """Other scales of the variable."""
    z = sym(scene.z)
    r = scene.domain[scene.z]
    out = [make("exp", z)]
    if r.sign == "+":
        out += [make("log", z), power(z, num(1, 2)), power(z, num(-1)), power(z, num(2))]
        if r.upper is not None and r.upper <= 1:
            out.append(make("log", times(z, inverse(sub(num(1), z)))))
    return out


def _within(scene: Scene, u: Term, name: str, *, inside: bool = True) -> Iterator[Candidate]:
    slope = scene.derivative(u)
    if slope is None or not free_names(slope):
        return
    wanted = _in_terms_of(scene, u, slope)
    if wanted is None:
        return
    left, right = wanted
    order = "second derivative" if scene.side == "hessian" else "derivative"
    says = f"it is the {order} with respect to {name}, not {scene.z}"
    yield Candidate("other-variable", says, times(scene.claimed, left), right)
    if inside:
        moved = substitute(scene.claimed, {scene.z: u})
        says = f"it is the {order} with respect to {name}, with {scene.z} written for {name}"
        yield Candidate("other-variable", says, times(moved, left), right)
        says = f"it must be taken at {name}, where {scene.z} is written"
        yield Candidate("other-variable", says, moved, scene.true, moved)


def _in_terms_of(scene: Scene, u: Term, slope: Term) -> tuple[Term, Term] | None:
    """(a, b) such that claimed·a = b says that it is the derivative with respect to u."""
    if scene.side == "gradient":
        return slope, scene.true
    z = scene.variables[0]
    if scene.variables != (z, z) or z not in scene.gradient:
        return None
    second = scene.derivative(slope)
    if second is None:
        return None
    gradient = times(num(scene.sign), scene.gradient[z])
    return power(slope, num(3)), sub(times(scene.true, slope), times(gradient, second))
