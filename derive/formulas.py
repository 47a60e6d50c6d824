"""The right formula, short and ready to paste: proved equal to the derivative before it is shown."""

from __future__ import annotations

from collections.abc import Mapping

from derive.prove.differentiate import differentiate
from derive.prove.signals import GaveUp
from derive.render import latex
from derive.render.numpy_code import numpy_code
from derive.report import Formula
from derive.scene import Scene
from derive.shorten import shortest
from derive.simplify import simplify
from derive.terms.term import Term, neg, sym
from derive.terms.unparse import unparse

_LONGEST = 2_000


def written(t: Term, named: Mapping[str, Term]) -> Formula:
    """A term as text, NumPy and LaTeX."""
    return Formula(unparse(t), numpy_code(t), latex.term(t), t)


def right_formula(scene: Scene, fix: Term | None = None) -> Formula | None:
    """The claimed formula put right, or the derivative in a short form; None where neither is proved."""
    for t in _proposals(scene, fix):
        if t.size <= _LONGEST and scene.equal(t, scene.true):
            return written(t, scene.named)
    return None


def _proposals(scene: Scene, fix: Term | None) -> list[Term]:
    """What was claimed, put right, if that is not longer than the derivative; then the derivative."""
    own = [] if fix is None else [simplify(fix), fix]
    found = _derivative(scene)
    if found is None:
        return own
    short = shortest(found)
    return [short, *own, found] if not own or short.size < own[0].size else [*own, short, found]


def _derivative(scene: Scene) -> Term | None:
    """The derivative by the rules of the textbook, simplified after each."""
    source = scene.loss if scene.loss is not None else scene.claims.get(scene.variables[0])
    names = scene.variables if scene.loss is not None else scene.variables[1:]
    if source is None:
        return None
    try:
        for v in names:
            source = shortest(differentiate(source, sym(v)))
    except GaveUp:
        return None
    return source if scene.sign > 0 else simplify(neg(source))
