"""A difference quotient of the loss, or of the gradient."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

from derive.claims.diagnose.candidate import inverse, scaled, times
from derive.claims.hessian_kinds.kind import Kind
from derive.claims.scene import Scene
from derive.terms.term import Term, add, mul, num, power, sub, substitute, sym, walk


def finite_difference(scene: Scene) -> Kind | None:
    """A difference quotient of the loss (or of the gradient) with a step that stands in the formula."""
    if scene.loss is None or len(set(scene.variables)) != 1:
        return None
    z = sym(scene.z)
    for step in _steps(scene.claimed, z):
        for name, quotient in _quotients(scene, step):
            if scene.equal(scene.claimed, quotient):
                return Kind("finite-difference", f"{name} with the step {step!r}, inexact by its nature")
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
