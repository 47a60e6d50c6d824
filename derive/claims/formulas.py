"""The right formula, short and ready to paste: proved equal to the derivative before it is shown."""

from __future__ import annotations

from collections.abc import Mapping

from derive.claims.scene import Scene
from derive.claims.shorten import shortest
from derive.claims.simplify import simplify
from derive.prove.differentiate import differentiate
from derive.prove.signals import GaveUp
from derive.render import latex
from derive.render.numpy_code import numpy_code
from derive.report import Formula
from derive.terms.term import Term, free_names, neg, num, sym, walk
from derive.terms.unparse import unparse

_LONGEST = 2_000


def written(t: Term, named: Mapping[str, Term]) -> Formula:
    """A term as text, NumPy and LaTeX."""
    return Formula(unparse(t), numpy_code(t), latex.term(t), t)


def right_formula(scene: Scene, fix: Term | None = None) -> Formula | None:
    """The claimed formula put right, or the derivative in a short form; None where neither is proved."""
    for t in _of_entries(scene, fix) if scene.of_entries else _proposals(scene, fix):
        if t.size <= _LONGEST and scene.equal(t, scene.true, everywhere=True) and _at_boundaries(scene, t):
            return written(t, scene.named)
    return None


def _of_entries(scene: Scene, fix: Term | None) -> list[Term]:
    """The claim put right, then the derivative without conditions on indices and with its deltas decided."""
    found = [] if fix is None else [simplify(fix)]
    plain = not any(a.head in ("diff", "slope", "given") for a in walk(scene.true))
    return [*found, simplify(_decided(scene, simplify(scene.true)))] if plain else found


def _decided(scene: Scene, t: Term) -> Term:
    """Conditions that say of indices what their domains say are taken to hold: proved with the whole."""
    if t.head in ("num", "sym"):
        return t
    if t.head == "delta" and (t.args[0] == t.args[1] or t.args[0].head == t.args[1].head == "num"):
        return num(int(t.args[0] == t.args[1]))
    indices = frozenset(n for n in free_names(t) if scene.domain[n].index is not None)
    if t.head == "piecewise" and len(t.args) == 4 and t.args[2] == num(0) and free_names(t.args[1]) & indices:
        return _decided(scene, t.args[0])
    return Term(t.head, tuple(_decided(scene, a) for a in t.args))


def _at_boundaries(scene: Scene, t: Term) -> bool:
    """Right also where a choice ties and the loss is smooth? Nothing is shown that is known to be wrong there."""
    if scene.true == scene.limit or scene.late():
        return True
    return not scene.told_apart(t, scene.limit)


def _proposals(scene: Scene, fix: Term | None) -> list[Term]:
    """What was claimed, put right, if that is not longer than the derivative; then the derivative."""
    own = [] if fix is None else [simplify(fix), fix]
    found = _derivative(scene)
    if found is None:
        return own
    short = shortest(found)
    smooth = shortest(one_branch(found))
    return [*([short, *own] if not own or short.size < own[0].size else [*own, short]), found, smooth]


def one_branch(t: Term) -> Term:
    """t with every choice made as where all that is compared is positive: right everywhere for a smooth function."""
    if t.head in ("num", "sym"):
        return t
    if t.head == "abs":
        return one_branch(t.args[0])
    if t.head in ("sign", "heaviside"):
        return num(1)
    if t.head in ("max", "piecewise"):
        return one_branch(t.args[0])
    return Term(t.head, tuple(map(one_branch, t.args)))


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
