"""Components in the wrong place, only the diagonal of a Jacobian, a component left out."""

from __future__ import annotations

from collections.abc import Iterator

from derive.claims.diagnose.candidate import Candidate
from derive.claims.scene import Scene
from derive.terms.term import free_names, num, substitute, sym


def permuted(scene: Scene) -> Iterator[Candidate]:
    """The derivative in another variable of the list."""
    for key, true in scene.all_true.items():
        if key != scene.variables and true != scene.true:
            name = ", ".join(dict.fromkeys(key))
            yield Candidate(
                "permuted",
                f"it is the derivative with respect to {name}: components are exchanged",
                scene.claimed,
                true,
            )


def left_out(scene: Scene) -> Iterator[Candidate]:
    """A component 0 where the loss depends on the variable."""
    if scene.claimed == num(0):
        yield Candidate("left-out", f"the loss depends on {scene.z}, and the component is 0", scene.claimed, num(0))


def only_diagonal(scene: Scene) -> Iterator[Candidate]:
    """A mixed second derivative 0 that is not."""
    if scene.side == "hessian" and len(set(scene.variables)) > 1 and scene.claimed == num(0):
        a, b = scene.variables
        says = f"only the diagonal is claimed: the loss couples {a} and {b}, and the mixed derivative is not 0"
        yield Candidate("only-diagonal", says, scene.claimed, num(0))


def exchanged(scene: Scene) -> Iterator[Candidate]:
    """Two variables exchanged in the claim."""
    names = sorted(free_names(scene.claimed))
    for i, a in enumerate(names):
        for b in names[i + 1 :]:
            swapped = substitute(scene.claimed, {a: sym(b), b: sym(a)})
            yield Candidate("permuted", f"{a} and {b} are exchanged", swapped, scene.true, swapped)
