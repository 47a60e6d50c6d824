"""Is an expression nonnegative, or positive, on a domain? The pipeline of `decide`, with a sign as what is claimed."""

from __future__ import annotations

import itertools
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import replace
from functools import partial
from typing import Any, TypeAlias

from derive.certificate import Condition, Proved, Refuted, Unknown, Verdict, Witness
from derive.domain import Domain, Range
from derive.prove import bisect, points, sign_calculus, sign_forms, sign_means, sign_parts, sign_rules, signs
from derive.prove.ball_functions import to_arb
from derive.prove.decide import Question, decided, prove_terms
from derive.prove.exponents import logarithm
from derive.prove.field import Frac
from derive.prove.forms import total
from derive.prove.normal import Normal
from derive.prove.point import Point
from derive.prove.regions import Study, is_zero
from derive.prove.registry import Registry
from derive.prove.sign_masks import Signs, learn_bounds
from derive.prove.sign_parts import Claim, ways
from derive.prove.sign_search import downhill, middle, near_zero, rounded
from derive.prove.sign_shift import shifted
from derive.prove.signals import GaveUp, Split
from derive.prove.signs import NEGATIVE, NONNEGATIVE, POSITIVE
from derive.terms.json import Json, to_json
from derive.terms.term import Term, bound_names, free_names, fresh, num, rebuild, substitute, sym

#: the modules whose rules fill the table of `sign_masks`
RULE_MODULES = (sign_rules, sign_forms, sign_means, sign_calculus, bisect)
METHOD = "signs by exact arithmetic"
Want: TypeAlias = sign_parts.Want
_MASKS: dict[Want, int] = {"nonnegative": NONNEGATIVE, "positive": POSITIVE}
_ZERO = num(0)
_MAX_SPLITS = 3
_SHALLOW, _DEEP = (0, 1), (2, bisect.TOP)
_EXACT_POINTS = 60
_MORE = 12
_EXTRA = 0.4  # seconds beyond the deadline, for a witness where there is no proof
_SHOWN_BITS = 16
_TURNS, _BITS = 20, (96, 512)


def sign_terms(e: Term, domain: Domain, want: Want, *, budget: float = 2.0) -> Verdict:
    """Is e ≥ 0 (`want` is "nonnegative") or e > 0 ("positive") at every point of the domain where e is defined?

    `budget` is the processor time of this thread, in seconds, after which the answer is `Unknown`.
    """
    return decided(lambda: SignQuestion(e, domain, time.thread_time() + budget, want).answer())


class SignQuestion(Question):
    """Is e ≥ 0, or e > 0? The other side is 0."""

    method = METHOD
    undecided = "the sign was not decided, and no witness was found"

    def __init__(self, e: Term, domain: Domain, deadline: float, want: Want) -> None:
        super().__init__(e, _ZERO, domain, deadline)
        self.want: Want = want
        self.places: list[tuple[str, Term]] = []

    def refutes(self, left: Any, right: Any) -> bool:
        """Is the value certainly negative, or certainly not positive?"""
        value = to_arb(left)
        if value.is_zero():
            return self.want == "positive"
        return bool(value.is_finite() and value < 0 and value.rel_accuracy_bits() >= _SHOWN_BITS)

    def answer(self) -> Verdict:
        """The domains of definition are those of one side: there is nothing to differ."""
        verdict = super().answer()
        if isinstance(verdict, Unknown) and self.want == "positive":
            zero = self._zero_at_a_point()
            return verdict if zero is None else zero
        return replace(verdict, domains_differ=False) if isinstance(verdict, Proved) else verdict

    def harder(self) -> Iterator[Point]:
        """Simple points, where derivatives turn, kinks and corners; downhill from some points; then many."""
        for point in self._candidates(super().harder):
            if time.thread_time() > self.deadline + _EXTRA:
                return
            yield point

    def _candidates(self, usual: Callable[[], Iterator[Point]]) -> Iterator[Point]:
        bases = list(points.search(self.plain, self.domain, 0, 5))
        yield from points.search(self.plain, self.domain, _MORE, _MORE)
        for base in bases:
            yield from self._turns(base)
        yield from itertools.islice(usual(), 40)
        yield from downhill(self.plain[0], self.domain, iter(bases), self.deadline + _EXTRA / 2)
        yield from usual()

    def _turns(self, base: Point) -> Iterator[Point]:
        """The places that the rules met on the way, as rational numbers."""
        for name, place in self.places:
            value = middle(place, base) if name in base.values else None
            if value is not None:
                yield from rounded(points.moved(base, name, value), [name])

    def _fails_at(self, places: list[tuple[str, Term]]) -> bool:
        """Is there a witness where a derivative turns? Then there is nothing to prove."""
        self.places += places
        bases = points.search(self.plain, self.domain, 0, 1) if places else ()
        turns = (point for base in bases for point in self._turns(base))
        return self._refute(itertools.islice(turns, _TURNS), _BITS) is not None

    def _zero_at_a_point(self) -> Refuted | None:
        """A value that is 0 but not by a ball, as log 2 − log 2, is found to be 0 by the proof of an equality."""
        if points.arrays(*self.plain):
            return None
        for point in itertools.islice(Question.harder(self), _EXACT_POINTS):
            values = {name: num(v) for name, v in point.values.items()}
            if time.thread_time() > self.deadline + 2 * _EXTRA:
                return None
            if not near_zero(self.plain[0], point) or not point.inside():
                continue
            if prove_terms(substitute(self.plain[0], values), _ZERO, Domain(), budget=0.2).status == "proved":
                coordinates = tuple((name, str(v)) for name, v in sorted(point.values.items()))
                return Refuted(Witness(coordinates, "0", "0"), "normal form over exact arithmetic")
        return None

    # -- proof ----------------------------------------------------------------------------
    def goal(self, n: Normal, gap: Frac) -> Json | None:
        """The sign of the normal form, by the rules for signs; where they are silent, a split that may help."""
        wanted = _MASKS[self.want]
        if is_zero(n, gap):
            return {"sign": "0"} if wanted & signs.ZERO else None
        rules = Signs(n, 0)
        mask = self._mask(rules, gap, _SHALLOW)
        if mask | wanted != wanted and self._fails_at(rules.places):
            raise GaveUp(self.undecided)
        if mask | wanted != wanted and mask & wanted:
            if (on := _split(n, rules, gap)) is not None:
                raise Split(on)
            mask &= self._mask(rules, gap, _DEEP)
            mask &= self._bounded(rules, gap) if mask | wanted != wanted else mask
        self.places += rules.places
        return {"sign": ">" if mask == POSITIVE else ">=", "by": rules.used} if mask | wanted == wanted else None

    def _mask(self, rules: Signs, gap: Frac, depths: tuple[int, ...]) -> int:
        """The mask by ever deeper calculus."""
        wanted, mask = _MASKS[self.want], signs.ANY
        for rules.calculus in depths:
            if mask | wanted != wanted:
                mask &= rules.of(gap, self.want == "positive")
        return mask

    def _bounded(self, rules: Signs, gap: Frac) -> int:
        """The mask with bounds of generators as facts."""
        learn_bounds(rules.n, gap)
        bounded = Signs(rules.n, 0)
        mask = bounded.of(gap, self.want == "positive")
        rules.used += bounded.used
        return mask

    def prove(self, study: Study) -> Json | None:
        """The expression itself, then with entries and sums as variables of their own, then part by part."""
        if (proof := self._from_zero(study)) is not None:
            return proof
        why: GaveUp | None = None
        for form, names in self._forms():
            own = Study(form.domain, self.deadline, Registry(slots=self._slots()), form.goal, names=self.free)
            try:
                proof = Question.prove(form, own)
            except GaveUp as gave_up:
                why = why or gave_up
                continue
            self.places += () if form is self else form.places
            if proof is not None:
                _take_over(study, own, partial(substitute, values=names))
                return {"for": {k: to_json(v) for k, v in names.items()}, "proof": proof} if names else proof
        proof = self._by_parts(study)
        if proof is None and why is not None:
            raise why
        return proof

    def _from_zero(self, study: Study) -> Json | None:
        """The expression with sums that count from 0; where it has no value is better said in its own words."""
        moved = shifted(self.a, self.domain)
        if moved is None:
            return None
        own = study.inner(moved.domain, self.goal)
        with suppress(GaveUp):
            proof = SignQuestion(moved.term, moved.domain, self.deadline, self.want).prove(own)
            if proof is not None and not own.undefined:
                _take_over(study, own, moved.back)
                return {"from 0": proof}
        return None

    def _forms(self) -> Iterator[tuple[SignQuestion, dict[str, Term]]]:
        yield self, {}
        seen = {self.a}
        for heads in (("at",), ("at", "sum", "prod")):
            e, names, domain = generalised(self.a, self.domain, heads)
            if e not in seen:
                seen.add(e)
                yield SignQuestion(e, domain, self.deadline, self.want), names

    def _by_parts(self, study: Study) -> Json | None:
        """Part by part, in one of several ways."""
        for claims, hypotheses in ways(self.a, self.domain, self.want):
            own = study.inner(self.domain, self.goal)
            with suppress(GaveUp):
                proofs = self._of_all(claims, own)
                if proofs:
                    own.hypotheses.update(dict.fromkeys(hypotheses))
                    study.absorb(own)
                    study.proved += own.proved
                    return {"parts": proofs}
        return None

    def _of_all(self, claims: list[Claim], study: Study) -> list[Json]:
        """The proofs of these claims; none where one of them has none."""
        proofs: list[Json] = []
        for e, domain, want in claims:
            proof = SignQuestion(e, domain, self.deadline, want).prove(study)
            if proof is None:
                return []
            proofs.append(proof)
        return proofs


def _take_over(study: Study, own: Study, back: Callable[[Term], Term]) -> None:
    """What the study of a more general claim has shown, in the names of the claim."""
    conditions = (Condition(c.kind, back(c.term)) for c in own.conditions)
    study.conditions.update(dict.fromkeys(conditions))
    study.hypotheses.update(own.hypotheses)
    study.undefined += own.undefined
    study.proved += own.proved
    study.regions += own.regions


def generalised(e: Term, domain: Domain, heads: tuple[str, ...]) -> tuple[Term, dict[str, Term], Domain]:
    """e with each maximal part of these heads as a variable of its own: what holds for all its values holds."""
    names: dict[Term, str] = {}
    taken = free_names(e) | bound_names(e) | domain.names

    def go(t: Term) -> Term:
        nonlocal domain
        hides = t.head in ("sum", "prod", "slope", "given", "diff")
        if hides and (t.head not in heads or not total(t, domain)):  # where it has no value is seen in the claim itself
            return t
        if t.head not in heads:
            return rebuild(t, go)
        if t not in names:
            names[t] = fresh(f"u{len(names)}", taken | set(names.values()))
            r = domain[t.name] if t.head == "at" else Range()
            domain = domain.with_(names[t], replace(r, total=None))
        return sym(names[t])

    out = go(e)
    return out, {name: t for t, name in names.items()}, domain


# -- where to split ----------------------------------------------------------------------------
def _split(n: Normal, rules: Signs, gap: Frac) -> Term | None:
    """One of several factors whose sign is open, else a variable."""
    f = n.field
    polys = [gap.num, *(f.factors[i] for i, e in gap.den if e % 2)]
    factors = [p for q in polys for p, e in f.factor(q)[1] if e % 2]
    unsettled = [p for p in factors if not n.free_of(p) & n.bound.keys() and _is_open(rules.of_poly(p, False))]
    if len(unsettled) > 1:
        simplest = min(unsettled, key=lambda p: (len(p), p.total_degree(), str(p)))
        return n.readback.poly(logarithm(n.field, n.registry, simplest) or simplest)
    names = sorted(n.free_of(gap.num) - n.bound.keys())
    keys = [("sym", name) for name in names if ("sym", name) in n.registry.numbers]
    masks = {key: n.facts.of_poly(f.poly_of(n.registry.numbers[key])) for key in keys[:_MAX_SPLITS]}
    found = next((key for key, mask in masks.items() if mask not in (NEGATIVE, signs.ZERO, POSITIVE)), None)
    return None if found is None else sym(found[1])


def _is_open(mask: int) -> bool:
    return bool(mask & NEGATIVE and mask & POSITIVE)
