"""A kind where choices tie as well. The formula of a derivative says nothing there: its limit from both sides does.

A kind is found by the formula, and then asked for once more with limits in the place of formulas. Where the loss has a
kink there is no limit, and a note says so, as one does of an exact derivative.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from derive.certificate import Proved, Refuted, Verdict
from derive.claims.comparison import OFF_BOUNDARY
from derive.claims.hessian_kinds.kind import Kind
from derive.claims.scene import Scene
from derive.errors import TermError
from derive.prove.ties import has_choice
from derive.terms.term import make, sym


def settled(scene: Scene, kind: Callable[[Scene], Kind | None]) -> Kind | Refuted | None:
    """The kind with its conditions and notes; None where it is not found, or how it is refuted where a choice ties."""
    scene = replace(scene, asked=[])
    found = _asked(scene, kind)
    if found is None or not _may_tie(scene):
        return found and _with_proofs(found, scene.asked)
    there = _with_limits(scene)
    again = _asked(there, kind)
    if again is not None:
        return _with_proofs(again, there.asked)
    verdict = _decisive(scene.asked, there.asked)
    if isinstance(verdict, Refuted):
        return verdict
    found = _with_proofs(found, scene.asked)
    return found._replace(notes=(*found.notes, OFF_BOUNDARY), asked=verdict is not None)


def _asked(scene: Scene, kind: Callable[[Scene], Kind | None]) -> Kind | None:
    try:
        return kind(scene)
    except TermError:  # in what is written as a derivative nothing can be put
        return None


def _may_tie(scene: Scene) -> bool:
    source = scene.loss if scene.loss is not None else scene.claims.get(scene.variables[0])
    return source is not None and not scene.of_entries and any(has_choice(source, v) for v in scene.variables)


def _with_limits(scene: Scene) -> Scene:
    """The same scene, but for derivatives that have a value wherever both sides agree."""
    loss = scene.loss
    first = scene.gradient if loss is None else {v: make("diff", loss, sym(v)) for v in scene.gradient}
    return replace(scene, true=scene.limit, gradient=first, formula=scene.true, asked=[])


def _decisive(before: Sequence[Verdict], after: Sequence[Verdict]) -> Verdict | None:
    """The first answer that was a proof by the formulas, and is none by the limits."""
    pairs = zip(before, after, strict=False)
    return next((b for a, b in pairs if isinstance(a, Proved) and not isinstance(b, Proved)), None)


def _with_proofs(kind: Kind, verdicts: Sequence[Verdict]) -> Kind:
    """With the conditions and the notes of what was proved on the way."""
    proofs = [v for v in verdicts if isinstance(v, Proved)]
    conditions = dict.fromkeys(c for p in proofs for c in p.conditions)
    return kind._replace(conditions=tuple(conditions), notes=tuple(dict.fromkeys(n for p in proofs for n in p.notes)))
