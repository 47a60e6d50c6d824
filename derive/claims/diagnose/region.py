"""Right on a region, at all but isolated points, for some labels, or for one value of a parameter."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from itertools import combinations

from derive.claims.diagnose.candidate import Candidate, shown, times
from derive.claims.scene import Scene
from derive.domain import Range
from derive.prove import points
from derive.terms.term import CONDITION_HEADS, Term, free_names, make, mul, neg, num, substitute, walk

_OPPOSITE = {"lt": "le", "le": "lt", "eq": "ne", "ne": "eq"}
_MORE_VALUES = (Fraction(1, 2), Fraction(3, 2), Fraction(-1), Fraction(3), Fraction(4))
_WORDS = {"lt": "<", "le": "<=", "eq": "==", "ne": "!="}


def isolated(scene: Scene) -> Iterator[Candidate]:
    """Right everywhere but where a choice ties: where that one does, or where some do. Labels do not tie at points."""
    gaps = [g for g in _gaps(scene) if not all(_is_label(scene.domain[v]) for v in free_names(g))]
    for gap in gaps:
        apart = make("ne", gap, num(0))
        words = f"it is right wherever {shown(gap)} is not 0, and wrong only there"
        found = _restricted(scene, apart, "only-at-points", words)
        limit = make("piecewise", scene.limit, apart)
        if scene.probe.agree(found.left, found.right) and scene.decide(found.left, limit).status == "proved":
            yield found
    words = "it is right but where two sides of a condition are equal, or the sides of max, min or abs"
    if gaps and len(gaps) == len(_gaps(scene)):
        yield Candidate("only-at-points", words, scene.claimed, scene.true, partial=True)


def region(scene: Scene) -> Iterator[Candidate]:
    """Right where a condition holds that occurs in the formulas, wrong elsewhere."""
    known = _conditions(scene)
    for c in known:
        yield _restricted(scene, c, "wrong-region", f"it is right where {says(c)}, not everywhere else")
    for a, b in combinations(known, 2):
        yield _restricted(
            scene, make("and", a, b), "wrong-region", f"it is right where {says(a)} and {says(b)}, not everywhere else"
        )


def values(scene: Scene) -> Iterator[Candidate]:
    """Right for one value of a variable with few values, or where parameters are 1 or 0."""
    names = sorted((free_names(scene.claimed) | free_names(scene.true)) - set(scene.variables))
    for name in names:
        r = scene.domain[name]
        for v in r.values or _of(r, (1, 0, 2, *_MORE_VALUES)):
            yield _at(scene, {name: num(v)}, "one-value" if r.values is None else "some-labels")
    stems = {name.rstrip("0123456789") for name in names}
    for stem in sorted(stems):
        same = [n for n in names if n.rstrip("0123456789") == stem]
        if len(same) > 1 and all(Fraction(1) in scene.domain[n] for n in same):
            yield _at(scene, dict.fromkeys(same, num(1)), "one-value")


def _is_label(r: Range) -> bool:
    """Whole numbers, or few values."""
    return r.whole or r.values is not None


def _of(r: Range, values: tuple[int | Fraction, ...]) -> Iterator[int | Fraction]:
    """Those within the range."""
    return (v for v in values if Fraction(v) in r)


def opposite_sign(scene: Scene) -> Iterator[Candidate]:
    """Of the opposite sign, wherever it is not zero."""
    product = times(scene.claimed, scene.true)
    for name in sorted(free_names(scene.claimed) - set(scene.variables)):
        for v in scene.domain[name].values or ():
            yield from _opposite(scene, substitute(product, {name: num(v)}), f" for {name} = {v}")
    yield from _opposite(scene, product, "")


def _opposite(scene: Scene, product: Term, where: str) -> Iterator[Candidate]:
    for c in (None, *_conditions(scene)):
        at = f"{where} where {says(c)}" if c is not None else where
        shown_where = f"it has the wrong sign{at}" if at else "it has the wrong sign everywhere"
        cut = product if c is None else make("piecewise", product, c)
        if any(v is not None and v < 0 for v in scene.probe.floats(cut)):
            yield Candidate("sign", shown_where, make("abs", cut), neg(cut), partial=True)


def _restricted(scene: Scene, condition: Term, kind: str, words: str) -> Candidate:
    left, right = (make("piecewise", t, condition) for t in (scene.claimed, scene.true))
    return Candidate(kind, words, left, right, partial=True)


def _at(scene: Scene, put: dict[str, Term], kind: str) -> Candidate:
    words = ", ".join(f"{k} = {v!r}" for k, v in put.items())
    left, right = (substitute(t, put) for t in (scene.claimed, scene.true))
    return Candidate(kind, f"it is right for {words}, not in general", left, right, partial=True)


def _gaps(scene: Scene) -> list[Term]:
    sources = [t for t in (scene.loss, scene.claimed) if t is not None]
    return list(dict.fromkeys(tidy(g) for g in points.gaps(*sources)))[:12]


def _conditions(scene: Scene) -> list[Term]:
    """The conditions in the formulas and their opposites, and the signs of what is chosen by."""
    sources = [t for t in (scene.loss, scene.claimed) if t is not None]
    written = [a for t in sources for a in walk(t) if a.head in _OPPOSITE]
    out = [c for a in written for c in (a, opposite(a))]
    for g in _gaps(scene):
        out += [make("lt", num(0), g), make("lt", g, num(0))]
    return list(dict.fromkeys(out))[:24]


def opposite(c: Term) -> Term:
    """The condition that holds where c does not."""
    args = tuple(reversed(c.args)) if c.head in ("lt", "le") else c.args
    return Term(_OPPOSITE[c.head], args)


def says(c: Term) -> str:
    """A condition in words of an explanation."""
    if c.head in CONDITION_HEADS and c.head in _WORDS:
        return f"{shown(c.args[0])} {_WORDS[c.head]} {shown(c.args[1])}"
    return shown(c)


def tidy(gap: Term) -> Term:
    """0 − x and x − 0 as x."""
    zeros = (num(0), mul(num(-1), num(0)))
    rest = [a for a in gap.args if a not in zeros] if gap.head == "add" else [gap]
    if len(rest) != 1:
        return gap
    only = rest[0]
    return mul(*only.args[1:]) if only.head == "mul" and only.args[0] == num(-1) else only
