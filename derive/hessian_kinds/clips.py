"""The derivative, or a probability in it, kept within bounds."""

from __future__ import annotations

from collections.abc import Iterator

from derive.diagnose.candidate import shown
from derive.hessian_kinds.kind import Kind
from derive.scene import Scene
from derive.terms.term import Term


def clipped(scene: Scene) -> Kind | None:
    """The derivative, or a probability in it, kept within bounds."""
    for unclipped, floor, node in _unclipped(scene.claimed):
        if scene.equal(unclipped, scene.true):
            return Kind("clipped", f"the exact one, but {shown(node)} is bounded by {' and '.join(map(shown, floor))}")
    return None


def _unclipped(t: Term, depth: int = 0) -> Iterator[tuple[Term, list[Term], Term]]:
    """t with one (nested) max or min replaced by one of its arguments: the new term, the bounds and what is bounded."""
    if t.head in ("max", "min"):
        for i, a in enumerate(t.args):
            rest = [*t.args[:i], *t.args[i + 1 :]]
            if depth < 2 and a.head in ("max", "min"):
                yield from ((new, [*rest, *more], node) for new, more, node in _unclipped(a, depth + 1))
            yield a, rest, a
    elif t.head == "piecewise" and len(t.args) == 4:
        pairs = ((t.args[0], t.args[2]), (t.args[2], t.args[0]))
        yield from ((a, [b], a) for a, b in pairs if b.head == "num" and b.value > 0 and a.head != "num")
    if t.head in ("num", "sym"):
        return
    for i, a in enumerate(t.args):
        for new, bounds, node in _unclipped(a, depth) if a.head not in ("lt", "le", "eq", "ne") else ():
            yield Term(t.head, (*t.args[:i], new, *t.args[i + 1 :])), bounds, node
