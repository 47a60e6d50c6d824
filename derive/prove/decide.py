"""The pipeline of one question: refute at simple points, prove by cases and regions, refute harder, give up."""

from __future__ import annotations

import itertools
import math
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from fractions import Fraction
from typing import Any, TypeAlias

from derive.certificate import Proved, Refuted, Unknown, Verdict
from derive.certificate import Question as Asked
from derive.domain import Domain
from derive.errors import TermError
from derive.prove import boundary, points
from derive.prove.field import Frac
from derive.prove.forms import functions
from derive.prove.normal import Normal
from derive.prove.point import Point
from derive.prove.refute import attempt, differ
from derive.prove.regions import Assumed, Study, vanishes
from derive.prove.registry import Registry
from derive.prove.signals import GaveUp
from derive.prove.signs import NONNEGATIVE
from derive.prove.unfold import Claim
from derive.terms.json import Json
from derive.terms.readable import readable
from derive.terms.term import Term, add, free_names, neg, num, substitute, sym

METHOD = "normal form over exact arithmetic"
USED = "used: "  # begins the notes that name a hypothesis
_MAX_CASES = 256
_MANY = 5  # choices: more of them are first taken as they are, before regions are split
_QUICK = 6
_ENOUGH, _SOME = 1, 3  # smooth sides that differ do so almost everywhere; branches must be met
_HARD = 60
_PINNED = 24
_QUICK_BITS = (96,)
_HARD_BITS = (96, 512, 4096)


def prove_terms(a: Term, b: Term, domain: Domain, *, budget: float = 2.0) -> Verdict:
    """Is a = b at every point of the domain where both are defined? See `derive.certificate` for the answers.

    `budget` is the processor time of this thread, in seconds, after which the answer is `Unknown`.
    """
    verdict = decided(lambda: Question(a, b, domain, time.thread_time() + budget).answer())
    if isinstance(verdict, Refuted):
        return Refuted(verdict.witness, verdict.method, verdict.notes, Asked(a, b, domain.to_json()))
    return verdict


def decided(answer: Callable[[], Verdict]) -> Verdict:
    """The answer, or `Unknown` where the attempt ends early."""
    try:
        return answer()
    except GaveUp as why:
        return Unknown(str(why))
    except TermError as why:
        return Unknown(str(why))
    except RecursionError:
        return Unknown("the expression is nested too deeply")


#: names, and the values that they take together
_Choice: TypeAlias = tuple[tuple[str, ...], list[tuple[Fraction, ...]]]


class Question:
    """Is a = b? What is claimed of a and b is in the methods `refutes` and `goal`."""

    method = METHOD
    undecided = "the normal form of the difference is not zero, and no witness was found"

    def __init__(self, a: Term, b: Term, domain: Domain, deadline: float) -> None:
        claim = Claim(a, b, domain)
        self.a, self.b = claim.sides
        self.plain = claim.plain
        self.free = claim.free
        self.unproved = claim.unproved
        self.notes = claim.notes
        self.domain = claim.domain
        self.deadline = deadline
        self.defined = 0

    def refutes(self, left: Any, right: Any) -> bool:
        """Do enclosures of the two values rule out what is claimed?"""
        return differ(left, right)

    def goal(self, n: Normal, gap: Frac) -> Json | None:
        """Does what is claimed hold in this region? `gap` is a − b."""
        return vanishes(n, gap)

    def answer(self) -> Verdict:
        """Refute at simple points, prove, refute harder."""
        # of entries, all the points of small sizes are looked at before large ones
        some = None if points.arrays(*self._sides) else _SOME
        enough = _SOME if some and points.has_choices(*self._sides) else _ENOUGH
        refuted = self._refute(self.simple(), _QUICK_BITS, enough)
        if refuted is None and enough == _SOME:
            refuted = self._refute(self.around(quick=True), _QUICK_BITS)
        if refuted is not None:
            return refuted
        why = self.undecided
        study = Study(self.domain, self.deadline, Registry(slots=self._slots()), self.goal, names=self.free)
        proof = None
        try:
            if self.unproved:  # asked here, as every way to a proof begins here
                raise GaveUp(self.unproved)
            proof = self.prove(study)
        except GaveUp as gave_up:
            why = str(gave_up)
        if proof is None or not self.defined:
            refuted = self._refute(self.simple(), _QUICK_BITS, some) if some is None or some > enough else None
            if refuted is None:
                refuted = self._refute(self.harder(), _HARD_BITS)
            if refuted is not None:
                return refuted
        if proof is None:
            return Unknown(why)
        if not self.defined or not study.proved:
            return Unknown("no point was found at which both sides are defined")
        if study.regions > 1 and self._refute(self.around(), _QUICK_BITS) is not None:
            return Unknown("a proof and a witness contradict each other: please report this claim")
        undefined = (f"a side is undefined {where}" for where in dict.fromkeys(study.undefined) if not self._tie(where))
        notes = (*self.notes, *undefined, *(USED + h for h in study.hypotheses))
        conditions = dict.fromkeys(replace(c, term=readable(c.term, self.free)) for c in study.conditions)
        return Proved(self.method, tuple(conditions), study.differ, notes, study.hinted(proof))

    def _tie(self, where: str) -> bool:
        """Is it a tie that the first note speaks of? The conditions have it as what must not be 0."""
        return bool(self.notes) and (where.endswith("is not nonzero") or ": division by " in where)

    def _slots(self) -> int:
        """Room for the generators to be expected, so that few restarts are needed; in a small ring all is quicker."""
        return max(7, len(functions(*self._sides)) + 2)

    @property
    def _sides(self) -> tuple[Term, Term]:
        return self.a, self.b

    @property
    def _all(self) -> tuple[Term, ...]:
        """The sides as they are looked at in points and as they are proved, which are mostly the same."""
        return self._sides if self.plain == self._sides else (*self.plain, *self._sides)

    def _refute(self, candidates: Iterator[Point], bits: tuple[int, ...], enough: int | None = None) -> Refuted | None:
        refuted, defined = attempt(candidates, self.plain, bits, enough, self.refutes)
        self.defined += defined
        return refuted

    def simple(self) -> Iterator[Point]:
        """A few points of small numbers."""
        return points.search(self._all, self.domain, 0, _QUICK)

    def around(self, *, quick: bool = False) -> Iterator[Point]:
        """The kinks around one point: each branch, before a proof, and a second look at a proof by regions."""
        for base in points.search(self._all, self.domain, _QUICK, 1):
            yield from points.kinks(self._sides, self.domain, base, quick=quick)

    def harder(self) -> Iterator[Point]:
        """Kinks and corners around a few points, then more points, as long as there is time."""
        bases = list(points.search(self._all, self.domain, _QUICK, 4))
        around = (where(self._sides, self.domain, base) for base in bases for where in (points.kinks, points.corners))
        more = points.search(self._all, self.domain, 100, _HARD)
        tails = points.together(self._sides, self.domain, bases[0]) if bases else ()
        others = list(points.search(self._all, self.domain, _QUICK, _PINNED))
        pinned = points.pinned(self._sides, self.domain, bases, others)
        for point in itertools.chain(*around, tails, pinned, more):
            if time.thread_time() > self.deadline + 0.5:
                return
            yield point

    # -- cases over finite sets, groups ------------------------------------------------------------------------------
    def prove(self, study: Study) -> Json | None:
        """Every combination of the values of the variables that have finitely many."""
        a, b, assumed = self._without_simplices(study)
        if len(points.gaps(a, b)) > _MANY and (proof := study.prove_at_once(a, b, assumed)) is not None:
            return proof
        choices = self._choices()
        count = math.prod(len(values) for _, values in choices)
        if count > _MAX_CASES:
            raise GaveUp(f"more than {_MAX_CASES} combinations of values: {', '.join(str(n) for n, _ in choices)}")
        if not choices:
            return study.prove(a, b, assumed)
        return self._each_case(study, a, b, assumed, choices)

    def _choices(self) -> list[_Choice]:
        """Variables, or one-hot groups of them, with the values that they take together."""
        used = [v for v in points.scalars(*self._sides) if self.domain[v].values is not None]
        grouped = {v: g for g in self.domain.groups if g.kind == "one-hot" for v in g.names}
        alone: list[_Choice] = [((v,), [(x,) for x in self.domain[v].values or ()]) for v in used if v not in grouped]
        groups = dict.fromkeys(grouped[v] for v in used if v in grouped)
        return alone + [(g.names, _units(len(g.names))) for g in groups]

    def _without_simplices(self, study: Study) -> tuple[Term, Term, Assumed]:
        """The last variable of a simplex is 1 minus the others."""
        a, b = self._sides
        assumed: Assumed = ()
        for g in self.domain.groups:
            if g.kind == "simplex" and any(v in free_names(side) for side in (a, b) for v in g.names):
                last = add(num(1), *(neg(sym(v)) for v in g.names[:-1]))
                put = {g.names[-1]: last}
                a, b = substitute(a, put), substitute(b, put)
                assumed = (*assumed, (last, NONNEGATIVE))
                study.hypotheses[f"{' + '.join(g.names)} = 1"] = None
        return a, b, assumed

    def _each_case(self, study: Study, a: Term, b: Term, assumed: Assumed, choices: list[_Choice]) -> Json | None:
        branches = []
        names = [v for group, _ in choices for v in group]
        for combination in itertools.product(*(values for _, values in choices)):
            values = [x for part in combination for x in part]
            here = {v: num(x) for v, x in zip(names, values, strict=True)}
            seen = len(study.undefined)
            inside = tuple((boundary.put(t, here, self.domain), mask) for t, mask in assumed)
            branch = study.prove(boundary.put(a, here, self.domain), boundary.put(b, here, self.domain), inside)
            case = ", ".join(f"{v} = {x}" for v, x in zip(names, values, strict=True))
            study.undefined[seen:] = [f"at {case}, {where}" for where in study.undefined[seen:]]
            if branch is None:
                return None
            branches.append([list(map(str, values)), branch])
        return {"cases": names, "branches": branches}


def _units(size: int) -> list[tuple[Fraction, ...]]:
    return [tuple(Fraction(int(i == hot)) for i in range(size)) for hot in range(size)]
