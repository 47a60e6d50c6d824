"""Questions about one index of a sum, each a study of its own with the index as a variable."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING

from derive.prove.field import Frac
from derive.prove.normal import Normal
from derive.prove.signals import GaveUp
from derive.terms.json import Json
from derive.terms.term import Term, free_names, fresh, num, substitute, sym

if TYPE_CHECKING:
    from derive.prove.regions import Goal, Study

_ZERO = num(0)
_MAX_LEVEL = 2


class Judge:
    """Answers for the regions of one study; what the answers rest on is entered into that study."""

    def __init__(self, study: Study) -> None:
        self.study = study
        self._answers: dict[tuple[object, ...], bool] = {}
        self._forms: dict[tuple[object, ...], Term | None] = {}

    def zero_for_each(self, n: Normal, a: Term, name: str) -> bool:
        """Is a zero for each index, wherever it has a value?"""
        return self._proved(n, a, _ZERO, name, strict=False)

    def same_for_each(self, n: Normal, a: Term, b: Term, name: str) -> bool:
        """Are the two equal for each index, and seen to have values at the same points?"""
        return self._proved(n, a, b, name, strict=True)

    def without_choices(self, n: Normal, a: Term, name: str) -> Term | None:
        """What a is in the region that is met first, if that is what it is for each index."""
        question = (a, name, n.assumed)
        if question not in self._forms:
            first = self._first(n, a, name)
            ok = first is not None and first != a and self.same_for_each(n, a, first, name)
            self._forms[question] = first if ok else None
        return self._forms[question]

    def _first(self, n: Normal, a: Term, name: str) -> Term | None:
        found: list[Term] = []

        def keep(inner: Normal, gap: Frac) -> Json | None:
            found.append(substitute(inner.readback.fraction(gap), {self._index(n, (a,)): sym(name)}))
            return None

        with suppress(GaveUp):
            self._study(n, (a, _ZERO), name, keep)
        return found[0] if found else None

    def _proved(self, n: Normal, a: Term, b: Term, name: str, *, strict: bool) -> bool:
        question = (a, b, name, strict, n.assumed)
        if question not in self._answers:
            self._answers[question] = False  # what is asked within itself is not settled
            self._answers[question] = self._ask(n, (a, b), name, strict)
        return self._answers[question]

    def _ask(self, n: Normal, sides: tuple[Term, Term], name: str, strict: bool) -> bool:
        try:
            inner = self._study(n, sides, name, self.study.zero)
        except GaveUp:
            return False
        if inner is None or (strict and inner.differ):
            return False
        self.study.absorb(inner)
        return True

    def _study(self, n: Normal, sides: tuple[Term, Term], name: str, goal: Goal) -> Study | None:
        """A study for each index, or None where the goal is not reached."""
        if self.study.level >= _MAX_LEVEL:
            raise GaveUp("sums of choices are nested too deeply")
        index = self._index(n, sides)
        domain = n.domain.with_(index, n.bound[name])
        for other, r in n.bound.items():
            domain = domain.with_(other, r)
        inner = self.study.inner(domain, goal)
        a, b = (substitute(side, {name: sym(index)}) for side in sides)
        proof = inner.prove(a, b, n.assumed)
        return inner if proof is not None and inner.proved else None

    def _index(self, n: Normal, sides: tuple[Term, ...]) -> str:
        taken = frozenset().union(*(free_names(t) for t in (*sides, *(t for t, _ in n.assumed))))
        return fresh("i", taken | n.domain.names | self.study.names)
