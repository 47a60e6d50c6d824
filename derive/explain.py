"""Why two sides differ: sign, constant factor, constant difference, region. Nothing is said that is not proved."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from derive.certificate import Proved, Question, Refuted, Verdict
from derive.domain import Domain
from derive.errors import DeriveError
from derive.prove import points, prove_terms
from derive.prove.ball_functions import to_arb
from derive.prove.point import Point
from derive.prove.polys import to_fmpq
from derive.prove.refute import precision, values_at
from derive.prove.unfold import Claim
from derive.terms.term import Term, add, make, mul, num, sym
from derive.terms.unparse import unparse

_POINTS = 6
_BITS = 160
_LARGEST_DENOMINATOR = 10_000


@dataclass(frozen=True, slots=True)
class Explanation:
    """One proved statement about a refuted equality.

    `kind` is "sign", "factor", "constant" or "region"; `says` is the statement, `verdict` its proof.
    """

    kind: str
    says: str
    verdict: Proved


def explain(verdict: Verdict, *, budget: float = 2.0) -> tuple[Explanation, ...]:
    """What is wrong with a refuted equality, as far as it can be proved; empty where nothing could be.

    >>> from derive.prove import prove
    >>> [e.says for e in explain(prove("y - sigmoid(z)", "sigmoid(z) - y"))]
    ['the left side is minus the right side']
    """
    if not isinstance(verdict, Refuted) or verdict.question is None:
        raise DeriveError(f"only a refuted equality can be explained, and this verdict is {verdict.status}")
    question = verdict.question
    domain = Domain.of(question.domain)
    found = [*_proportional(question, domain, budget), *_shifted(question, domain, budget)]
    return tuple(found or _regions(question, domain, budget))


def _proved(a: Term, b: Term, domain: Domain, budget: float) -> Proved | None:
    verdict = prove_terms(a, b, domain, budget=budget)
    return verdict if isinstance(verdict, Proved) else None


def _proportional(q: Question, domain: Domain, budget: float) -> Iterator[Explanation]:
    """left = c · right for a rational c."""
    c = _common(q, domain, lambda a, b: a / b)
    if c is None or c == 0:
        return
    proof = _proved(q.left, mul(num(c), q.right), domain, budget)
    if proof is not None and c == -1:
        yield Explanation("sign", "the left side is minus the right side", proof)
    elif proof is not None:
        yield Explanation("factor", f"the left side is {c} times the right side", proof)


def _shifted(q: Question, domain: Domain, budget: float) -> Iterator[Explanation]:
    """left = right + c for a rational c."""
    c = _common(q, domain, lambda a, b: a - b)
    proof = _proved(q.left, add(q.right, num(c)), domain, budget) if c is not None else None
    if proof is not None:
        yield Explanation("constant", f"the left side is the right side plus {c}", proof)


def _common(q: Question, domain: Domain, combine: Any) -> Fraction | None:
    """A simple rational number that lies in the ball of `combine(left, right)` at every point looked at."""
    found: Fraction | None = None
    claim = Claim(q.left, q.right, domain)
    with precision(_BITS):
        for point in points.search(claim.plain, claim.domain, 0, _POINTS):
            ball = _combined(point, claim.plain, combine)
            if ball is None:
                continue
            if found is None:
                found = Fraction(str(ball.mid().str(30, radius=False))).limit_denominator(_LARGEST_DENOMINATOR)
            if not ball.contains(to_arb(to_fmpq(found))):
                return None
    return found


def _combined(point: Point, sides: tuple[Term, Term], combine: Any) -> Any:
    values = values_at(point, *sides)
    if values is None:
        return None
    ball = combine(*map(to_arb, values))
    return ball if ball.is_finite() else None


def _regions(q: Question, domain: Domain, budget: float) -> list[Explanation]:
    """Equal everywhere but on a boundary that occurs in the claim; or on one side of it, or for one value."""
    found: list[Explanation] = []
    for condition, says, all_but in _conditions(q, domain):
        inside = [make("piecewise", side, condition) for side in (q.left, q.right)]  # no value elsewhere: none counts
        proof = _proved(inside[0], inside[1], domain, budget)
        if proof is not None and all_but:
            return [Explanation("region", f"the two sides are equal wherever {says}", proof)]
        if proof is not None:
            found.append(Explanation("region", f"the two sides are equal where {says}", proof))
    return found


def _conditions(q: Question, domain: Domain) -> Iterator[tuple[Term, str, bool]]:
    zero = num(0)
    gaps = list(dict.fromkeys(map(_unsigned, points.gaps(q.left, q.right))))
    for gap in gaps:
        yield make("ne", gap, zero), f"{unparse(gap)} is not 0", True
    for name in points.scalars(q.left, q.right):
        for value in domain[name].values or ():
            yield make("eq", sym(name), num(value)), f"{name} = {value}", False
    for gap in gaps:
        yield make("lt", zero, gap), f"{unparse(gap)} > 0", False
        yield make("lt", gap, zero), f"{unparse(gap)} < 0", False


def _unsigned(gap: Term) -> Term:
    """0 − x and x − 0 as x: the same boundary."""
    parts = [a for a in gap.args if a not in (num(0), mul(num(-1), num(0)))] if gap.head == "add" else [gap]
    if len(parts) == 1 and parts[0].head == "mul" and parts[0].args[0] == num(-1):
        return mul(*parts[0].args[1:])
    return parts[0] if len(parts) == 1 else gap
