"""Why a claimed derivative is wrong. Each explanation is an equality that is proved before it is said."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from derive.diagnose import labels, lost, other_loss, proportional, region, slips, variable, vector
from derive.diagnose.candidate import Candidate
from derive.scene import Scene

__all__ = ["Candidate", "explain_entry"]

#: asked in this order; the first one that is proved is told
EXPLANATIONS: tuple[Callable[[Scene], Iterator[Candidate]], ...] = (
    proportional.by_number,
    vector.permuted,
    vector.left_out,
    region.isolated,
    variable.other_variable,
    labels.labels,
    lost.derivative_of_the_claim,
    lost.term_of_the_claim,
    lost.term_of_the_loss,
    proportional.by_factor,
    slips.slip,
    slips.two_slips,
    slips.opposite_slip,
    proportional.by_power,
    lost.taken_for_constant,
    lost.term_of_the_derivative,
    vector.exchanged,
    region.region,
    region.opposite_sign,
    region.values,
    proportional.by_two_factors,
)
#: asked too: the loss may be what is wrong
OF_THE_LOSS: tuple[Callable[[Scene], Iterator[Candidate]], ...] = (other_loss.known_loss, other_loss.slip_of_the_loss)


def explain_entry(scene: Scene) -> list[Candidate]:
    """What is proved to be wrong with an entry, the likeliest first; empty where nothing could be proved."""
    own = _first(scene, EXPLANATIONS)
    if own is not None and not _loss_is_suspect(scene):
        return [own]
    other = _first(scene, OF_THE_LOSS)
    if other is None:
        return [own] if own is not None else []
    if own is None or other_loss.evidence(scene, other.fix):
        return [other] if own is None else [other, own]
    return [own, other]


def _loss_is_suspect(scene: Scene) -> bool:
    return scene.side == "gradient" and other_loss.is_negative(scene)


def _first(scene: Scene, explanations: tuple[Callable[[Scene], Iterator[Candidate]], ...]) -> Candidate | None:
    for explain in explanations:
        for candidate in explain(scene):
            if scene.equal(candidate.left, candidate.right):
                return candidate
            if scene.late():
                return None
    return None
