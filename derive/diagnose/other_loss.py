"""The gradient is right, and the loss is the wrong side: it is the gradient of another loss."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

from derive.diagnose.candidate import Candidate, scaled, times
from derive.diagnose.rewrites import rewrites
from derive.prove.refute import differ, precision
from derive.scene import Scene
from derive.terms.term import Term, free_names, make, num, power, sub, sym

_BITS = 96
_MOST = 1500
_PROOFS = 4


def slip_of_the_loss(scene: Scene) -> Iterator[Candidate]:
    """The loss with one place changed has this gradient."""
    if scene.loss is None or scene.side != "gradient" or len(scene.claims) != 1:
        return
    found = sorted(_changed(scene), key=lambda s: (not s[0], s[1]))
    for _, _, words, slope, loss in found[:_PROOFS]:
        yield Candidate(
            "loss-at-fault", f"it is the gradient of another loss: {words} in the loss", scene.claimed, slope, loss
        )


def _changed(scene: Scene) -> Iterator[tuple[bool, int, str, Term, Term]]:
    probe = scene.probe
    goal = _first_value(scene)
    if goal is None or scene.loss is None:
        return
    at, value = goal
    for n, (rank, words, loss) in enumerate(rewrites(scene.loss)):
        if n > _MOST or (n % 20 == 0 and scene.late()):
            return
        slope = scene.derivative(loss) if scene.z in free_names(loss) else None
        if slope is None:
            continue
        slope = scaled(Fraction(scene.sign), slope)
        with precision(_BITS):
            mine = probe.value(slope, at)
        if mine is not None and not differ(mine, value) and probe.agree(slope, scene.claimed):
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


def is_negative(scene: Scene) -> bool:
    """Does the stated loss take negative values at the points?"""
    return scene.loss is not None and _negative(scene, scene.loss)


def evidence(scene: Scene, loss: Term | None) -> bool:
    """Is the stated loss negative somewhere, where the other one is not at any point looked at?"""
    return loss is not None and scene.loss is not None and _negative(scene, scene.loss) and not _negative(scene, loss)


def known_loss(scene: Scene) -> Iterator[Candidate]:
    """Proportional, by a factor without the variable, to the gradient of a well-known loss of the same residual."""
    if scene.loss is None or scene.side != "gradient" or scene.z not in free_names(scene.claimed):
        return
    for name, slope in _well_known(scene):
        ratio = times(scene.claimed, power(slope, num(-1)))
        change = scene.derivative(ratio)
        if change is not None and ratio_is_simple(scene, ratio):
            words = f"it is the gradient of {name}, up to a factor without {scene.z}; the stated loss is another one"
            yield Candidate("other-loss", words, change, num(0))


def ratio_is_simple(scene: Scene, ratio: Term) -> bool:
    """Does the ratio have a value somewhere?"""
    return any(v is not None for v in scene.probe.floats(ratio))


def _well_known(scene: Scene) -> Iterator[tuple[str, Term]]:
    z = sym(scene.z)
    yield f"the square {scene.z}**2", z
    for other in sorted(free_names(scene.claimed) - {scene.z}):
        r = sub(z, sym(other))
        shift = f"{scene.z} - {other}"
        yield f"the squared error ({shift})**2", r
        yield f"the absolute error |{shift}|", make("sign", r)
        yield f"log(cosh({shift}))", make("tanh", r)
        yield f"the log loss of {scene.z} with label {other}", sub(make("sigmoid", z), sym(other))
        yield f"the Poisson loss exp({scene.z}) - {other}*{scene.z}", sub(make("exp", z), sym(other))
