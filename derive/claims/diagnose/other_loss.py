"""The gradient is right, and the loss is the wrong side: it is the gradient of another loss."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

from derive.claims.diagnose.candidate import Candidate, scaled, shown, times
from derive.claims.diagnose.rewrites import rewrites
from derive.claims.scene import Scene
from derive.prove.refute import differ, precision
from derive.terms.term import Term, add, free_names, make, num, power, sub, substitute, sym

_BITS = 96
_MOST = 1500
_PROOFS = 4
_PLAUSIBLE = 200  # the rank from which a change of the loss is no slip of sign or brackets


def slip_of_the_loss(scene: Scene) -> Iterator[Candidate]:
    """The loss with one place changed has this gradient."""
    for _, _, words, slope, loss in _found(scene)[:_PROOFS]:
        says = f"it is the gradient of another loss: {words} in the loss"
        yield Candidate("loss-at-fault", says, scene.claimed, slope, loss)


def negative_by_a_slip(scene: Scene) -> Iterator[Candidate]:
    """The stated loss is negative somewhere; without a slip of sign or brackets it is not, and has this gradient."""
    if scene.side == "gradient" and scene.loss is not None and _negative(scene, scene.loss):
        for better, rank, words, slope, loss in _found(scene)[:_PROOFS]:
            if better and rank < _PLAUSIBLE:
                says = f"it is the gradient of another loss: {words} in the loss, which is negative at some points"
                yield Candidate("loss-at-fault", says, scene.claimed, slope, loss)


def _found(scene: Scene) -> list[tuple[bool, int, str, Term, Term]]:
    if scene.side != "gradient" or len(scene.claims) != 1:
        return []
    return sorted(_changed(scene), key=lambda s: (not s[0] or s[1] >= _PLAUSIBLE, s[1]))


def _changed(scene: Scene) -> Iterator[tuple[bool, int, str, Term, Term]]:
    probe = scene.probe
    goal = _first_value(scene)
    if goal is None or scene.loss is None:
        return
    at, value = goal
    for n, (rank, words, loss) in enumerate(rewrites(scene.loss)):
        if n > _MOST or (n % 20 == 0 and scene.late()):
            return
        slope = scene.derivative(loss, partly=True) if scene.z in free_names(loss) else None
        if slope is None:
            continue
        slope = scaled(Fraction(scene.sign), slope)
        with precision(_BITS):
            mine = probe.value(slope, at)
        likely = mine is not None and not differ(mine, value) and probe.agree(slope, scene.claimed)
        if likely and scene.derivative(loss) is not None:
            better = _negative(scene, scene.loss) and not _negative(scene, loss)
            yield better, rank, words, slope, loss


def _first_value(scene: Scene) -> tuple[int, object] | None:
    with precision(_BITS):
        for at in range(len(scene.probe.points)):
            claimed, true = scene.probe.value(scene.claimed, at), scene.probe.value(scene.true, at)
            if claimed is not None and true is not None and differ(claimed, true):
                return at, claimed
    return None


def _negative(scene: Scene, loss: Term) -> bool:
    """Does a loss take negative values at the points?"""
    return any(v is not None and v < -1e-12 for v in scene.probe.floats(loss))


def known_loss(scene: Scene) -> Iterator[Candidate]:
    """Proportional, by a factor without the variable, to the gradient of a well-known loss."""
    if scene.loss is None or scene.side != "gradient" or scene.z not in free_names(scene.claimed):
        return
    for name, slope, place in _well_known(scene):
        claimed, stated = (times(_ratio_at(t, slope, {scene.z: place}), slope) for t in (scene.claimed, scene.true))
        if scene.probe.agree(stated, scene.true):
            continue  # the stated loss is this one
        words = f"it is the gradient of {name}, up to a factor without {scene.z}; the stated loss is another one"
        yield Candidate("other-loss", words, scene.claimed, claimed)


def known_curvature(scene: Scene) -> Iterator[Candidate]:
    """The second derivative of a well-known loss that is no constant."""
    if scene.loss is None or len(set(scene.variables)) != 1 or scene.side == "gradient":
        return
    z = sym(scene.z)
    for name, slope in _curved(scene, z):
        second = scene.derivative(slope)
        if second is not None and scene.z in free_names(scene.claimed):
            words = f"it is the second derivative of {name}; the stated loss is another one"
            yield Candidate("other-loss", words, scene.claimed, scaled(Fraction(scene.sign), second))


def _curved(scene: Scene, z: Term) -> Iterator[tuple[str, Term]]:
    yield f"the log loss of {scene.z}", make("sigmoid", z)
    yield f"the Poisson loss exp({scene.z}) - y*{scene.z}", make("exp", z)
    for other in sorted(free_names(scene.claimed) - {scene.z}):
        yield f"log(cosh({scene.z} - {other}))", make("tanh", sub(z, sym(other)))


def label_left_out(scene: Scene) -> Iterator[Candidate]:
    """The gradient of the stated loss with a label or a weight in it that the loss does not have."""
    if scene.loss is None or scene.side != "gradient" or len(scene.claims) != 1:
        return
    z = sym(scene.z)
    for name in sorted(free_names(scene.claimed) - free_names(scene.loss)):
        y = sym(name)
        for old, new in ((z, times(y, z)), (z, sub(z, y)), (scene.loss, times(y, scene.loss))):
            loss = substitute(scene.loss, {scene.z: new}) if old == z else new
            slope = scene.derivative(loss)
            if slope is not None:
                words = f"it is the gradient of another loss: {name} is not in the stated one; {shown(loss)} has it"
                yield Candidate("loss-at-fault", words, scene.claimed, scaled(Fraction(scene.sign), slope), loss)


def _ratio_at(t: Term, slope: Term, place: dict[str, Term]) -> Term:
    return times(substitute(t, place), power(substitute(slope, place), num(-1)))


def _well_known(scene: Scene) -> Iterator[tuple[str, Term, Term]]:
    """The name, the derivative, and a place where that is not zero."""
    z = sym(scene.z)
    yield f"the square {scene.z}**2", z, num(1)
    for other in sorted(free_names(scene.claimed) - {scene.z}):
        label = sym(other)
        r, beside = sub(z, label), add(label, num(1))
        yield f"the squared error ({scene.z} - {other})**2", r, beside
        yield f"the absolute error abs({scene.z} - {other})", make("sign", r), beside
        yield f"log(cosh({scene.z} - {other}))", make("tanh", r), beside
        yield f"the log loss of {scene.z} with label {other}", sub(make("sigmoid", z), label), num(5)
        yield f"the Poisson loss exp({scene.z}) - {other}*{scene.z}", sub(make("exp", z), label), num(-5)
