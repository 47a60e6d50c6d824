"""Proof by regions: where a sign decides, study the term positive, zero and negative; in each, one normal form."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from fractions import Fraction

from derive.certificate import Condition
from derive.domain import Domain
from derive.prove import (
    boundary,
    choices,
    defined,
    gammas,
    powers,
    signs,
    slopes,
    special,
    sums,
    trigonometry,
    variables,
)
from derive.prove.field import Frac
from derive.prove.judge import Judge
from derive.prove.normal import Normal
from derive.prove.registry import Key, Registry
from derive.prove.signals import Beside, GaveUp, Nowhere, Restart, Split, Undefined
from derive.terms.json import Json, to_json
from derive.terms.readable import readable
from derive.terms.term import Term, sub, sym
from derive.terms.term import num as number

#: the modules whose laws fill the table of `normal`
LAW_MODULES = (variables, powers, defined, special, trigonometry, gammas, choices, sums, slopes)
_MAX_RESTARTS = 80
_MAX_REGIONS = 400
_MAX_DEPTH = 14
_SIGNS = ((signs.POSITIVE, "+"), (signs.ZERO, "0"), (signs.NEGATIVE, "-"))

Assumed = tuple[tuple[Term, int], ...]
#: what is claimed of the difference of the two sides, in one region: a proof, or None
Goal = Callable[[Normal, Frac], Json | None]


@dataclass
class Study:
    """What the regions of one question have shown so far."""

    domain: Domain
    deadline: float
    registry: Registry
    goal: Goal
    conditions: dict[Condition, None] = field(default_factory=dict)
    hypotheses: dict[str, None] = field(default_factory=dict)
    factors: dict[Term, None] = field(default_factory=dict)
    undefined: list[str] = field(default_factory=list)
    places: list[str] = field(default_factory=list)
    differ: bool = False
    regions: int = 0
    proved: int = 0
    at_once: bool = False
    level: int = 0  # a question about one index is a study within a study
    names: frozenset[str] = frozenset()  # free in the claim: no index is called like them

    def __post_init__(self) -> None:
        self.judge = Judge(self)

    def inner(self, domain: Domain, goal: Goal, registry: Registry | None = None) -> Study:
        """A study of a question that comes up in this one."""
        own = registry or self.registry.apart()
        return Study(domain, self.deadline, own, goal, level=self.level + 1, names=self.names)

    def absorb(self, other: Study) -> None:
        """What a proof rests on that is used in this one."""
        self.conditions.update(other.conditions)
        self.hypotheses.update(other.hypotheses)
        self.undefined += other.undefined
        self.differ |= other.differ
        self.regions += other.regions

    @staticmethod
    def zero(n: Normal, gap: Frac) -> Json | None:
        """The goal of an equality."""
        return vanishes(n, gap)

    def _normal(self, assumed: Assumed) -> Normal:
        n = Normal(self.registry, self.domain, self.deadline)
        n.judge, n.assumed, n.at_once = self.judge, assumed, self.at_once
        return n

    def prove(self, a: Term, b: Term, assumed: Assumed = (), depth: int = 0) -> Json | None:
        """The proof of the goal for a and b in the region, as a tree; None where it is not reached."""
        self.regions += 1
        if self.regions > _MAX_REGIONS or depth > _MAX_DEPTH:
            raise GaveUp("too many regions")
        for _ in range(_MAX_RESTARTS):
            n = self._normal(assumed)
            n.field.tick()
            try:
                return self._attempt(n, a, b, assumed)
            except Restart:
                continue
            except Nowhere:  # by what the sides need, or by the region alone
                return self._nowhere(a, b, assumed)
            except Undefined as why:
                self.undefined.append(f"{boundary.in_words(assumed, self.places, self.domain)}: {why}")
                self.differ |= not (self._undefined(a, assumed) and self._undefined(b, assumed))
                return {"undefined": str(why)}
            except GaveUp as why:
                if not (self._undefined(a, assumed) or self._undefined(b, assumed)):
                    raise
                self.undefined.append(f"{boundary.in_words(assumed, self.places, self.domain)}: a side has no value")
                self.differ = True
                return {"undefined": str(why)}
            except Split as split:
                if self.at_once and not isinstance(split, Beside):
                    return None
                return self._split(n, split.term, (a, b), assumed, depth)
        raise GaveUp("too many restarts")

    def prove_at_once(self, a: Term, b: Term, assumed: Assumed) -> Json | None:
        """The proof where no sign has to be known but beside a point, as choices of equal terms are equal."""
        trial = self.inner(self.domain, self.goal, self.registry)
        trial.level, trial.at_once = self.level, True
        try:
            proof = trial.prove(a, b, assumed)
        except GaveUp:
            return None
        if proof is not None:  # else nothing of what was seen on the way counts
            self.absorb(trial)
            self.factors.update(trial.factors)
            self.proved += trial.proved
        return proof

    def _attempt(self, n: Normal, a: Term, b: Term, assumed: Assumed) -> Json | None:
        for term, mask in assumed:
            n.assume(n.go(term), mask)
        if not n.feasible:
            return self._nowhere(a, b, assumed)
        gap = n.field.sum(n.field.scale(n.go(t), c) for t, c in (*_addends(a, 1), *_addends(b, -1)))
        if not n.feasible:
            return self._nowhere(a, b, assumed)
        proof = self.goal(n, gap)
        if proof is None:
            return self._nowhere(a, b, assumed) if n.facts.contradict() else None
        self.proved += 1
        self.factors.update(
            (n.readback.poly(p), None) for p in n.field.met.values() if not n.free_of(p) & n.bound.keys()
        )
        self.hypotheses.update(n.hypotheses)
        self._note_conditions(n, a, b, assumed)
        return proof

    def _nowhere(self, a: Term, b: Term, assumed: Assumed) -> Json:
        """A region without points, or one in which the conditions of the two sides contradict each other."""
        n = self._normal(assumed)
        n.quiet = True
        try:
            for term, mask in assumed:
                n.assume(n.go(term), mask)
            empty = not n.feasible or n.facts.contradict()
            if not empty:
                n.go(a), n.go(b)  # what is known of the ranges of their variables
                empty = not n.feasible or n.facts.contradict()
        except Nowhere:
            empty = True
        except (Restart, Split, Undefined, GaveUp):
            empty = False
        if empty:
            return {"empty": True}
        why = "a side has no value"
        self.undefined.append(f"{boundary.in_words(assumed, self.places, self.domain)}: {why}")
        self.differ = True
        return {"undefined": why}

    def hinted(self, proof: Json) -> Json:
        """The proof with the factors that were found on the way, for a checker that finds none itself."""
        factors = [self._written(f) for f in sorted(self.factors, key=repr)]
        return {"factors": factors, "proof": proof} if factors else proof

    def _written(self, t: Term) -> Json:
        """For the proof, with indices that have names as in a formula."""
        return to_json(readable(t, self.names))

    def _note_conditions(self, n: Normal, a: Term, b: Term, assumed: Assumed) -> None:
        """Which conditions each side needs on its own: where they differ, so do the domains of definition."""
        if not n.conditions and not n.other_needs:
            return
        self.conditions.update(dict.fromkeys(n.conditions))
        if self.differ:  # in another region, and so on the whole
            return
        left, right = (self._conditions_of(side, assumed, quiet=True) for side in (a, b))
        if left is None or right is None:
            # what the region's own terms need counts for both sides here, so it hides which of them needs it
            left, right, shared = (self._conditions_of(side, assumed) for side in (a, b, number(0)))
            self.differ |= shared != frozenset()
        self.differ |= left is None or left != right  # what is not seen is not said to be the same

    def _undefined(self, side: Term, assumed: Assumed) -> bool:
        """Is this side on its own seen to be undefined in the whole region?"""
        n = self._normal(assumed)
        try:
            for term, mask in assumed:
                n.assume(n.go(term), mask)
            n.go(side)
        except Undefined:
            return True
        except (Restart, Split, GaveUp):
            return False
        return False

    def _conditions_of(self, side: Term, assumed: Assumed, quiet: bool = False) -> frozenset[tuple[str, Key]] | None:
        """What a side needs on its own; None where that is not seen.

        Quiet: what the terms that make the region need does not count, so that the side says it by itself.
        """
        n = self._normal(assumed)
        n.quiet = quiet
        try:
            for term, mask in assumed:
                n.assume(n.go(term), mask)
            n.speak()
            n.go(side)
        except (Restart, Split, Undefined, GaveUp):
            return None
        return n.needed()

    def _split(self, n: Normal, on: Term, sides: tuple[Term, Term], assumed: Assumed, depth: int) -> Json | None:
        tree: dict[str, Json] = {"split": self._written(on)}
        for mask, name in _SIGNS:
            if mask == signs.ZERO and (solved := boundary.solve(n, on)):
                branch = self._at(solved, sides, assumed, depth)
            else:
                branch = self.prove(*sides, ((on, mask), *assumed), depth + 1)  # first: older terms may need it
            if branch is None and mask == signs.ZERO:
                equal = boundary.with_value(n, on, sides)  # exp(x[i]) is exp(x[j]) where x[i] is x[j]
                branch = equal and self.prove(*equal, ((on, mask), *assumed), depth + 1)
            if branch is None:
                return None
            tree[name] = branch
        return tree

    def _at(self, solved: tuple[Term, Term], sides: tuple[Term, Term], assumed: Assumed, depth: int) -> Json | None:
        """The boundary, where one variable is a function of the others and its range becomes an assumption."""
        name, value = solved[0].name, solved[1]
        values = {name: value}
        inside = tuple((boundary.put(t, values, self.domain), mask) for t, mask in assumed)
        limits = variables.limits(self.domain, name, value)
        if any(name in bounds for r in self.domain.ranges.values() if (bounds := r.names)):
            limits = (*limits, (sub(sym(name), value), signs.ZERO))  # other ranges speak of it
        self.places.append(f"{name} = {boundary.written(value)}")
        a, b = (boundary.put(side, values, self.domain) for side in sides)
        tree = self.prove(a, b, (*inside, *limits), depth + 1)
        self.places.pop()
        return None if tree is None else {"at": [name, self._written(value)], "proof": tree}


def _addends(t: Term, c: Fraction | int) -> Iterator[tuple[Term, Fraction]]:
    """t = Σ c·addend: equal ones of the two sides meet before there is a common denominator."""
    if t.head == "add":
        for a in t.args:
            yield from _addends(a, c)
    elif t.head == "mul" and t.args[0].head == "num" and len(t.args) == 2:
        yield from _addends(t.args[1], c * t.args[0].value)
    else:
        yield t, Fraction(c)


def vanishes(n: Normal, gap: Frac) -> Json | None:
    """Is the numerator zero, at once, modulo what is zero in this region, or after sums of one range are merged?"""
    return {"zero": True} if is_zero(n, gap) else None


def is_zero(n: Normal, gap: Frac) -> bool:
    """The three ways to see that a fraction is zero in this region."""
    if gap.num.is_zero():
        return True
    if any(n.field.divides(gap.num, q) is not None for q in n.facts.equalities if not q.is_zero()):
        return True
    return sums.merged_is_zero(n, gap)
