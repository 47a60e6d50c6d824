"""One entry of a claim with what is needed to explain it: proofs, and points that sort out what cannot be proved."""

from __future__ import annotations

import math
import time
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from fractions import Fraction
from itertools import islice
from typing import Any

from derive.certificate import Proved, Unknown, Verdict
from derive.claims.distributions import Distribution
from derive.claims.stated import variable
from derive.domain import Domain
from derive.errors import TermError
from derive.prove import points, prove_terms
from derive.prove.ball import Evaluator
from derive.prove.ball_functions import to_arb
from derive.prove.decide import Question, decided
from derive.prove.differentiate import differentiate
from derive.prove.forms import parts, total
from derive.prove.point import Point
from derive.prove.refute import attempt, differ, precision
from derive.prove.sign import Want, sign_terms
from derive.prove.signals import GaveUp, Undefined
from derive.prove.thin import thin
from derive.prove.ties import has_choice
from derive.prove.unfold import unfold
from derive.terms.term import Term, add, free_names, make, mul, neg, num, sym

_BITS = 128
_ACCURATE = 45
_SIMPLE, _KINKS = 8, 16
_BUDGET = 0.6
_PASSED_OVER = Unknown("a point speaks against it, or the time is over")
_NO_VALUE = (GaveUp, Undefined, ZeroDivisionError, OverflowError, KeyError, ValueError)


class Probe:
    """Values at a few points of the domain, kept, so that a look at one more formula costs what is new in it."""

    def __init__(self, points: Iterable[Point]) -> None:
        self.points = list(points)
        self._evaluators = [Evaluator(p) for p in self.points]
        self._floats: dict[Term, list[float | None]] = {}

    def value(self, t: Term, at: int) -> Any:
        """The ball of t at a point, or None where it has no value there."""
        try:
            return self._evaluators[at].go(t)
        except _NO_VALUE:
            return None

    def agree(self, a: Term, b: Term, needed: frozenset[int] = frozenset()) -> bool:
        """No point tells the two apart, and there is one where both have a value; so they do at those needed."""
        met = False
        with precision(_BITS):
            for at in range(len(self.points)):
                left = self.value(a, at)
                right = None if left is None else self.value(b, at)
                if right is None and at in needed:
                    return False
                if right is None:
                    continue
                if differ(left, right):
                    return False
                met = True
        return met

    def defined(self, *terms: Term) -> frozenset[int]:
        """The points where all terms have a value."""
        with precision(_BITS):
            return frozenset(i for i in range(len(self.points)) if None not in [self.value(t, i) for t in terms])

    def ratios(self, a: Term, b: Term) -> list[Any]:
        """a/b at every point where both have a value and b is not zero; None elsewhere."""
        with precision(_BITS):
            return [self._ratio(a, b, at) for at in range(len(self.points))]

    def _ratio(self, a: Term, b: Term, at: int) -> Any:
        left, right = self.value(a, at), self.value(b, at)
        if left is None or right is None:
            return None
        below = to_arb(right)
        return None if below.contains(0) else to_arb(left) / below

    def floats(self, t: Term) -> list[float | None]:
        """The values, roughly."""
        if t not in self._floats:
            self._floats[t] = self._all_floats(t)
        return self._floats[t]

    def _all_floats(self, t: Term) -> list[float | None]:
        with precision(_BITS):
            values = [self.value(t, at) for at in range(len(self.points))]
            return [None if v is None else _float(to_arb(v)) for v in values]


def _float(ball: Any) -> float | None:
    """The middle of a narrow ball; None for a wide one, whose middle may be far from the value."""
    return float(ball.mid()) if ball.rel_accuracy_bits() >= _ACCURATE or ball.is_zero() else None


def places(terms: tuple[Term, ...], domain: Domain, first: Mapping[str, Fraction] | None) -> Iterator[Point]:
    """The witness, simple points, and both sides of the kinks around one of them."""
    names = set(points.scalars(*terms))
    if first is not None and names <= first.keys():
        yield Point(dict(first), domain)
    simple = list(points.search(terms, domain, 2, _SIMPLE))
    yield from (p for p in simple if p.inside())
    for base in simple[2:3]:
        yield from (p for p in islice(points.kinks(terms, domain, base), _KINKS) if p.inside())


class _Quick(Question):
    """A question without the long search for a witness: what is not proved is left."""

    def harder(self) -> Iterator[Point]:
        """A few points more, to see that both sides are defined somewhere."""
        return points.search(self._sides, self.domain, 100, _SIMPLE)


def _asked(a: Term, b: Term, domain: Domain) -> _Quick | None:
    """The question whether a = b; None where it cannot be asked."""
    try:
        return _Quick(a, b, domain, math.inf)
    except (GaveUp, TermError):
        return None


@dataclass
class Scene:
    """What is claimed of one entry, what is true, and where both come from.

    `true` is the derivative by its formula, without a value where a choice ties; `limit` has one where both sides
    agree.
    `gradient` maps each variable to the true derivative of the loss (before any sign of a convention), `claims` to the
    claimed one (with it). `sign` is what the convention multiplies the derivative by. `asked` are the verdicts on the
    questions so far, in their order. Where limits stand for the derivatives, which
    have no values at points, `formula` is what `true` was.
    """

    side: str
    variables: tuple[str, ...]
    claimed: Term
    true: Term
    limit: Term
    loss: Term | None
    sign: int
    domain: Domain
    deadline: float
    patience: float = 1.0
    gradient: Mapping[str, Term] = field(default_factory=dict)
    claims: Mapping[str, Term] = field(default_factory=dict)
    named: Mapping[str, Term] = field(default_factory=dict)
    all_true: Mapping[tuple[str, ...], Term] = field(default_factory=dict)
    witness: Mapping[str, Fraction] | None = None
    distributions: tuple[Distribution, ...] = ()
    asked: list[Verdict] = field(default_factory=list)
    formula: Term | None = None
    _probe: Probe | None = None
    _both: frozenset[int] | None = None

    @property
    def z(self) -> str:
        """The variable of the (last) derivative."""
        return self.variables[-1]

    @property
    def of_entries(self) -> bool:
        """Are the variables entries of arrays? Then little is known but equalities."""
        return any("[" in v for v in self.variables)

    @property
    def probe(self) -> Probe:
        """Points for this entry."""
        if self._probe is None:
            terms = [self.claimed, self.true, *([self.loss] if self.loss is not None else [])]
            extra = [t for c in (self.claims, self.gradient) for t in c.values()]
            wanted = frozenset().union(*map(free_names, (*terms, *extra)))
            padding = tuple(mul(num(0), sym(n)) for n in sorted(wanted))
            self._probe = Probe(places((*terms, *padding), self.domain, self.witness))
        return self._probe

    def late(self) -> bool:
        """Is the time over?"""
        return time.thread_time() > self.deadline

    def decide(self, a: Term, b: Term, domain: Domain | None = None) -> Verdict:
        """Is a = b? A short attempt."""
        end = time.thread_time() + max(0.01, min(_BUDGET * self.patience, self.deadline - time.thread_time()))
        return decided(lambda: _Quick(a, b, self.domain if domain is None else domain, end).answer())

    def equal(self, a: Term, b: Term, *, everywhere: bool = False) -> bool:
        """Is a = b proved? Points are asked first, as most of what is tried is false.

        `everywhere`: both must have a value at each of the points where the claim and the truth have one.
        """
        if self.formula is not None and not self.late():
            return self._proved(prove_terms(a, b, self.domain, budget=_BUDGET * self.patience))
        if self.late() or not self.probe.agree(a, b, self._needed() if everywhere else frozenset()):
            return self._proved(_PASSED_OVER)
        return self._proved(self.decide(a, b))

    def _proved(self, verdict: Verdict) -> bool:
        self.asked.append(verdict)
        return isinstance(verdict, Proved)

    def has_value(self, t: Term, where: Term) -> bool:
        """Is it proved that t has a value wherever the other term has one? What has none would be equal to anything."""
        verdict = self.decide(where, add(where, mul(num(0), t)))
        return isinstance(verdict, Proved) and not verdict.domains_differ

    def told_apart(self, a: Term, b: Term) -> bool:
        """Do a and b certainly differ at a kink or between two of them? Nothing is proved, so this is quick."""
        question = _asked(a, b, self.domain)
        return question is not None and attempt(question.around(), question.plain, (_BITS,))[0] is not None

    def _needed(self) -> frozenset[int]:
        if self._both is None:
            self._both = self.probe.defined(self.claimed, self.true)
        return self._both

    def nonnegative(self, t: Term, domain: Domain | None = None, *, strict: bool = False) -> bool:
        """Is t ≥ 0 proved, or t > 0?"""
        looked = domain is None and self.formula is None
        if self.late() or (looked and any(v is not None and v < 0 for v in self.probe.floats(t))):
            return self._proved(_PASSED_OVER)
        left = max(0.01, min(2 * _BUDGET * self.patience, self.deadline - time.thread_time()))
        want: Want = "positive" if strict else "nonnegative"
        return self._proved(sign_terms(t, self.domain if domain is None else domain, want, budget=left))

    def by_formula(self) -> Scene | None:
        """The same with the formula of the derivative, which says nothing where it has no value; None if it has it."""
        if self.loss is None or self.true != self.limit or self.of_entries:
            return None
        found = derivative(self.loss, self.variables, self.domain, partly=True)
        true = found if found is None or self.sign > 0 else neg(found)
        return None if true is None else replace(self, true=true, _probe=None, _both=None)

    def derivative(self, t: Term, name: str | None = None, *, partly: bool = False) -> Term | None:
        """∂t/∂z by its formula, away from the boundaries of choices; None where there is no rule."""
        return derivative(t, (name or self.z,), self.domain, partly=partly)


def written_out(t: Term, names: tuple[str, ...], domain: Domain) -> Term | None:
    """The derivative in entries of arrays, with the deltas under its sums resolved; None where there is no rule."""
    for name in names:
        t = make("diff", t, variable(name))
    try:
        return unfold(t, domain)
    except (GaveUp, TermError):
        return None


def derivative(t: Term, names: tuple[str, ...], domain: Domain, *, partly: bool = False) -> Term | None:
    """The derivative in each of the names by its formula, without a value where a choice in t ties.

    None where there is no rule, where choices may tie on more than a thin set, or, but for `partly`, where the formula
    is not seen to have a value wherever t has one and no choice ties: there it says nothing, and any claim would be
    equal to it.
    """
    if any("[" in name for name in names):
        return None
    out = t
    try:
        for name in names:
            out = differentiate(out, sym(name))
    except GaveUp:
        return None
    if not any(has_choice(t, name) for name in names):
        return out if partly or _keeps_values(t, out, make("true"), domain) else None
    gaps = [g for g in dict.fromkeys(points.gaps(t)) if free_names(g) & set(names)]
    if any(parts(t).bound & free_names(g) for g in gaps):  # it would be said of one index
        return None
    if not all(thin(g, name, domain) for g in gaps for name in names if name in free_names(g)):
        return None
    apart = [make("ne", g, num(0)) for g in gaps]
    where = make("and", *apart) if len(apart) > 1 else (*apart, make("true"))[0]
    if not partly and not _keeps_values(t, out, where, domain):
        return None
    return make("piecewise", out, where) if apart else out


def _keeps_values(t: Term, formula: Term, where: Term, domain: Domain) -> bool:
    """Is the formula of a derivative seen to have a value at each point of a region where the function has one?"""
    if total(formula, domain):
        return True
    zero = mul(num(0), t)
    a, b = (make("piecewise", side, where) for side in (zero, add(zero, mul(num(0), formula))))
    verdict = decided(lambda: _Quick(a, b, domain, time.thread_time() + _BUDGET).answer())
    return isinstance(verdict, Proved) and not verdict.domains_differ
