"""Facts as linear inequalities between monomials: those that speak of the same, and what follows from them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from fractions import Fraction
from typing import Any, NamedTuple

from derive.prove import linear
from derive.prove.signs import NEGATIVE, NONNEGATIVE, NONPOSITIVE, POSITIVE, ZERO

MOST = 12  # facts that are looked at together
#: what a sign says of a polynomial, as inequalities: the factor that makes it ≥ 0 or > 0, and whether it is strict
WAYS = {
    POSITIVE: ((1, True),),
    NONNEGATIVE: ((1, False),),
    ZERO: ((1, False), (-1, False)),
    NONPOSITIVE: ((-1, False),),
    NEGATIVE: ((-1, True),),
}


class Fact(NamedTuple):
    """Σ c·monomial + constant, and its sign."""

    terms: linear.Linear
    constant: Fraction
    sign: int

    def rows(self) -> list[linear.Row]:
        """The same as inequalities."""
        return [
            linear.row({m: s * c for m, c in self.terms.items()}, s * self.constant, strict)
            for s, strict in WAYS.get(self.sign, ())
        ]


def around(asked: Fact, facts: Sequence[Fact]) -> list[Fact]:
    """The facts that share monomials with what is asked, or with those that do."""
    near, chosen = set(asked.terms), list[Fact]()
    while len(chosen) < MOST:
        more = [fact for fact in facts if fact not in chosen and not near.isdisjoint(fact.terms)]
        if not more:
            break
        chosen += more
        near |= {m for fact in more for m in fact.terms}
    return chosen


def groups(facts: Sequence[Fact]) -> list[list[Fact]]:
    """The facts, apart where they share no monomial."""
    found: list[tuple[set[Any], list[Fact]]] = []
    for fact in facts:
        near, mine, others = set(fact.terms), [fact], []
        for g in found:
            if near.isdisjoint(g[0]):
                others.append(g)
            else:
                near, mine = near | g[0], mine + g[1]
        found = [*others, (near, mine)]
    return [mine for _, mine in found]


def rows(facts: Sequence[Fact], sign_of: Callable[[Any], int]) -> list[linear.Row]:
    """Facts as inequalities, and what is known of their monomials."""
    monomials = {m for fact in facts for m in fact.terms}
    signed = (Fact({m: Fraction(1)}, Fraction(0), sign_of(m)) for m in monomials)
    return [row for fact in (*facts, *signed) for row in fact.rows()]
