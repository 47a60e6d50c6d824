"""One slip of the pen: the formula is right when one place in it is changed."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from derive.claims.diagnose.candidate import Candidate, shown
from derive.claims.diagnose.invert import places
from derive.claims.diagnose.local import Library, changes, regroup
from derive.claims.scene import Scene
from derive.terms.term import CONDITION_HEADS, Term, neg, num

_PROOFS = 5
_RANK = ("precedence", "sign", "wrong-region", "constant-factor", "exponent", "factor", "wrong-variable", "wrong-term")


@dataclass(frozen=True)
class Slip:
    """A changed formula: `old` became `new` at one place."""

    kind: str
    old: Term
    new: Term
    formula: Term

    @cached_property
    def rank(self) -> tuple[int, int, int]:
        """The likelier slip first: the smaller change, then by kind, then at the smaller place."""
        return (max(0, self.new.size - self.old.size), _RANK.index(self.kind), self.old.size)

    @property
    def says(self) -> str:
        words = {"precedence": "operator precedence: ", "sign": "a sign: ", "wrong-region": "a condition: "}
        return f"{words.get(self.kind, '')}{shown(self.old)} must be {shown(self.new)}"


def slip(scene: Scene) -> Iterator[Candidate]:
    """Each change of one place after which points tell the formula from the derivative no more; likely ones first."""
    for s in _likely(scene, scene.claimed, scene.true):
        yield Candidate(s.kind, s.says, s.formula, scene.true, s.formula)


def precedence(scene: Scene) -> Iterator[Candidate]:
    """Operator precedence everywhere, or at one place."""
    for formula in _regroupings(scene.claimed):
        yield Candidate("precedence", _says_regrouped(formula), formula, scene.true, formula)


def _says_regrouped(formula: Term) -> str:
    return f"operator precedence: a/b*c is (a/b)*c, and a/(b*c) is meant: {shown(formula)}"


def two_slips(scene: Scene) -> Iterator[Candidate]:
    """Operator precedence, and one more change."""
    for formula in _regroupings(scene.claimed):
        says = _says_regrouped(formula)
        for s in _likely(scene, formula, scene.true, most=2):
            yield Candidate("precedence", f"{says}; and {s.says}", s.formula, scene.true, s.formula)


def opposite_slip(scene: Scene) -> Iterator[Candidate]:
    """One change, and the sign of the whole."""
    wanted = neg(scene.true)
    for s in _likely(scene, scene.claimed, wanted, most=2):
        yield Candidate("sign", f"the sign of the whole; and {s.says}", s.formula, wanted, neg(s.formula))


def _likely(scene: Scene, formula: Term, wanted: Term, most: int = _PROOFS) -> list[Slip]:
    found = [*_of_values(scene, formula, wanted), *_of_conditions(scene, formula, wanted)]
    return sorted(found, key=lambda s: s.rank)[:most]


def _of_values(scene: Scene, formula: Term, wanted: Term) -> Iterator[Slip]:
    library = Library(scene)
    for place in places(scene, formula, wanted):
        if scene.late():
            return
        for kind, new in changes(place, library):
            whole = place.rebuild(new)
            if new != place.term and scene.probe.agree(whole, wanted):
                yield Slip(kind, place.term, new, whole)


def _of_conditions(scene: Scene, formula: Term, wanted: Term) -> Iterator[Slip]:
    """One comparison turned round, or with a sign, a factor or an absolute value in it."""
    for old, new, whole in conditions(formula):
        if scene.probe.agree(whole, wanted):
            yield Slip("wrong-region", old, new, whole)


def conditions(t: Term) -> Iterator[tuple[Term, Term, Term]]:
    """Every formula that differs from t in one comparison: the old one, the new one, the formula."""
    if t.head in ("num", "sym"):
        return
    if t.head in CONDITION_HEADS and len(t.args) == 2 and t.head in ("lt", "le"):
        for new in _comparisons(t):
            yield t, new, new
    for i, a in enumerate(t.args):
        for old, new, inner in conditions(a):
            yield old, new, Term(t.head, (*t.args[:i], inner, *t.args[i + 1 :]))


def _comparisons(t: Term) -> Iterator[Term]:
    a, b = t.args
    yield Term(t.head, (b, a))
    for new in _sides(a):
        yield Term(t.head, (new, b))
    for new in _sides(b):
        yield Term(t.head, (a, new))


def _sides(a: Term) -> Iterator[Term]:
    yield neg(a)
    if a.head not in ("num", "abs"):
        yield Term("abs", (a,))
    yield from (num(v) for v in (0, 1) if a != num(v))


def _regroupings(t: Term) -> list[Term]:
    """Products regrouped everywhere, and each one alone."""
    out = [everywhere(t), *_one_place(t)]
    return [new for new in dict.fromkeys(out) if new != t][:6]


def everywhere(t: Term) -> Term:
    """Every product of t regrouped."""
    if t.head in ("num", "sym"):
        return t
    new = Term(t.head, tuple(map(everywhere, t.args)))
    return regroup(new) if new.head == "mul" else new


def _one_place(t: Term) -> Iterator[Term]:
    if t.head in ("num", "sym"):
        return
    if t.head == "mul" and (new := regroup(t)) != t:
        yield new
    for i, a in enumerate(t.args):
        yield from (Term(t.head, (*t.args[:i], new, *t.args[i + 1 :])) for new in _one_place(a))
