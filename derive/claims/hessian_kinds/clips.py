"""The derivative, or a probability in it, kept within bounds."""

from __future__ import annotations

from collections.abc import Iterator

from derive.claims.diagnose.candidate import shown
from derive.claims.diagnose.lost import substitute_part
from derive.claims.hessian_kinds.kind import Kind
from derive.claims.scene import Scene
from derive.terms.term import Term, num, walk


def clipped(scene: Scene) -> Kind | None:
    """The derivative, or a probability in it, kept within bounds."""
    for unclipped, floor, node in _unclipped(scene.claimed):
        if scene.side == "gradient" and num(0) in floor:
            continue  # a gradient that is cut off at 0 is another one
        if scene.equal(unclipped, scene.true):
            return Kind("clipped", f"the exact one, but {shown(node)} is bounded by {' and '.join(map(shown, floor))}")
    return None


def _unclipped(t: Term) -> Iterator[tuple[Term, list[Term], Term]]:
    """t with a max, a min, or both, replaced by what is bounded: the new term, the bounds and what is bounded."""
    for node in walk(t):
        if node.head in ("max", "min"):
            for inner, bounds in _bounded(node):
                yield substitute_part(t, node, inner), bounds, inner
        elif node.head == "piecewise" and len(node.args) == 4 and node.args[3].head == "true":
            a, condition, b, _ = node.args
            for inner, bound in ((a, b), (b, a)):
                if condition.head in ("lt", "le") and set(condition.args) == {inner, bound} and bound.head == "num":
                    yield substitute_part(t, node, inner), [bound], inner


def _bounded(node: Term, depth: int = 0) -> Iterator[tuple[Term, list[Term]]]:
    for i, a in enumerate(node.args):
        rest = [*node.args[:i], *node.args[i + 1 :]]
        if depth == 0 and a.head in ("max", "min"):
            yield from ((inner, [*more, *rest]) for inner, more in _bounded(a, 1))
        yield a, rest
