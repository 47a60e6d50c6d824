"""Why a claimed derivative is wrong. Each explanation is an equality that is proved before it is said."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import suppress

from derive.claims.diagnose import labels, lost, other_loss, proportional, region, slips, variable, vector
from derive.claims.diagnose.candidate import Candidate
from derive.claims.diagnose.lost import substitute_part
from derive.claims.scene import Scene
from derive.errors import TermError

__all__ = ["VAGUE", "Candidate", "explain_entry"]

#: asked in this order; the first one that is proved is told
EXPLANATIONS: tuple[Callable[[Scene], Iterator[Candidate]], ...] = (
    proportional.by_number,
    proportional.by_constant,
    other_loss.label_left_out,
    vector.permuted,
    vector.only_diagonal,
    vector.left_out,
    region.isolated,
    variable.other_variable,
    labels.labels,
    lost.derivative_of_the_claim,
    lost.term_of_the_claim,
    lost.term_of_the_loss,
    slips.precedence,
    proportional.by_factor,
    lost.term_of_the_derivative,
    slips.slip,
    slips.two_slips,
    slips.opposite_slip,
    proportional.by_power,
    lost.taken_for_constant,
    vector.exchanged,
    region.region,
    region.opposite_sign,
    region.values,
    proportional.by_two_factors,
)
#: of derivatives in entries of arrays
OF_ENTRIES = (proportional.by_number, vector.permuted, lost.term_of_the_claim, proportional.by_factor)
#: what is said better by the name of another loss, if there is one
VAGUE = frozenset({"factor", "one-value", "wrong-term"})


def explain_entry(scene: Scene) -> list[Candidate]:
    """What is proved to be wrong with an entry, the likeliest first; empty where nothing could be proved."""
    there = scene.by_formula()
    if there is None:
        return _explained(scene)
    return [
        c._replace(says=f"where the formula of the derivative has a value, {c.says}", partial=True)
        for c in _explained(there)
    ]


def _explained(scene: Scene) -> list[Candidate]:
    if scene.of_entries:
        found = _first(scene, OF_ENTRIES)
        return [] if found is None else [found]
    own = _first(scene, EXPLANATIONS)
    known = (
        _first(scene, (other_loss.known_loss, other_loss.known_curvature)) if own is None or own.kind in VAGUE else None
    )
    if known is not None:
        return [known] if own is None else [known, own]
    other = _first(scene, (other_loss.slip_of_the_loss if own is None else other_loss.negative_by_a_slip,))
    return [c for c in (other, own) if c is not None]


def _first(scene: Scene, explanations: tuple[Callable[[Scene], Iterator[Candidate]], ...]) -> Candidate | None:
    for explain in explanations:
        with suppress(TermError):  # in what is written as a derivative nothing can be put
            for candidate in explain(scene):
                if scene.equal(candidate.left, candidate.right, everywhere=not candidate.partial):
                    return candidate if candidate.partial else _at_ties(scene, candidate)
                if scene.late():
                    return None
    return None


def _at_ties(scene: Scene, found: Candidate) -> Candidate:
    """What was proved by the formula of the derivative, said so where its limit shows something else at a tie."""
    left, right = (substitute_part(t, scene.true, scene.limit) for t in (found.left, found.right))
    if scene.true == scene.limit or not scene.told_apart(left, right):
        return found
    kind = "sign" if found.kind == "convention" else found.kind
    return found._replace(kind=kind, says=f"where no choice ties, {found.says}", partial=True)
