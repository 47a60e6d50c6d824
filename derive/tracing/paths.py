"""Decisions that depend on the data: each is followed both ways, one call for each path, and the results are joined."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Generic, TypeAlias, TypeVar

from derive.domain import Domain
from derive.prove.ball import Evaluator
from derive.prove.point import Point
from derive.prove.signals import GaveUp, Undefined
from derive.terms.term import Term, free_names, make, num
from derive.tracing.unreadable import Unreadable

MOST_PATHS = 64
_MOST_CASES = 1_024
_MOST_DECISIONS = 200
_FEASIBLE: dict[str, tuple[bool, bool]] = {"true": (True, False), "false": (False, True)}
_SIGNS = {"lt": frozenset({-1}), "le": frozenset({-1, 0}), "eq": frozenset({0}), "ne": frozenset({-1, 1})}
Decision: TypeAlias = tuple[Term, bool]
T = TypeVar("T")


class Decisions:
    """The conditions that were met on one path, and which way it went. The first `prefix` ones are given."""

    def __init__(self, domain: Domain, prefix: Sequence[bool] = ()) -> None:
        self.domain = domain
        self.prefix = tuple(prefix)
        self.made: list[Decision] = []

    def holds(self, condition: Term) -> bool:
        """Which way does this path go? The domain and the decisions before may leave one way only."""
        if condition.head == "not":
            return not self.holds(condition.args[0])
        yes, no = self.possible(condition)
        if not (yes and no):
            return yes
        position = len(self.made)
        if position == _MOST_DECISIONS:
            raise Unreadable(
                f"one path depends on the data more than {_MOST_DECISIONS} times; is there a loop without end?"
            )
        taken = self.prefix[position] if position < len(self.prefix) else True
        self.made.append((condition, taken))
        return taken

    def possible(self, condition: Term) -> tuple[bool, bool]:
        """Can the condition hold, and can it fail, as far as that is easily seen?"""
        if condition.head in _FEASIBLE:
            return _FEASIBLE[condition.head]
        for known, taken in self.made:
            if known == condition:
                return taken, not taken
        if condition.head in ("and", "or"):
            return self._junction(condition)
        left = self._signs(condition)
        if left is not None and (len(left[0]) == 0 or len(left[1]) == 0):
            return bool(left[0]), bool(left[1])
        return self._by_cases(condition)

    def _junction(self, condition: Term) -> tuple[bool, bool]:
        parts = [self.possible(p) for p in condition.args]
        every = condition.head == "and"
        yes = all(p[0] for p in parts) if every else any(p[0] for p in parts)
        no = any(p[1] for p in parts) if every else all(p[1] for p in parts)
        return (yes, no) if not (yes and no) else self._by_cases(condition)

    def _signs(self, condition: Term) -> tuple[frozenset[int], frozenset[int]] | None:
        """The signs of a difference that are left if a comparison holds, and if it fails."""
        if condition.head not in _SIGNS:
            return None
        a, b = condition.args
        left = frozenset({-1, 0, 1})
        for known, taken in self.made:
            signs = _SIGNS.get(known.head, frozenset())
            if signs and known.args in ((a, b), (b, a)):
                signs = signs if known.args == (a, b) else frozenset(-s for s in signs)
                left &= signs if taken else left - signs
        holds = _SIGNS[condition.head]
        return left & holds, left - holds

    def _by_cases(self, condition: Term) -> tuple[bool, bool]:
        """Try all values of variables with few values, as far as the decisions before allow them."""
        names = free_names(condition)
        if not names or any(self.domain[n].values is None for n in names):
            return self._constant(condition) if not names else (True, True)
        found = set(itertools.islice(self._values(condition, sorted(names)), _MOST_CASES + 1))
        return (True, True) if not found or None in found else (True in found, False in found)

    def _constant(self, condition: Term) -> tuple[bool, bool]:
        value = _at(condition, {}, self.domain)
        return (True, True) if value is None else (value, not value)

    def _values(self, condition: Term, names: list[str]) -> Iterator[bool | None]:
        known = [(c, taken) for c, taken in self.made if free_names(c) <= set(names)]
        for values in itertools.product(*(self.domain[n].values or () for n in names)):
            point = dict(zip(names, values, strict=True))
            if all(_at(c, point, self.domain) in (taken, None) for c, taken in known):
                yield _at(condition, point, self.domain)

    def value(self, term: Term) -> Fraction | None:
        """The value of a term on this path, one of finitely many; None if there may be infinitely many."""
        if term.head == "num":
            return term.value
        names = sorted(free_names(term))
        if not names or any(self.domain[n].values is None for n in names):
            return None
        for value in sorted(set(self._numbers(term, names))):
            if self.holds(make("eq", term, num(value))):
                return value
        return None

    def _numbers(self, term: Term, names: list[str]) -> Iterator[Fraction]:
        ranges = [self.domain[n].values or () for n in names]
        for values in itertools.islice(itertools.product(*ranges), _MOST_CASES):
            point = Point(dict(zip(names, values, strict=True)), self.domain)
            try:
                found = Evaluator(point).go(term)
                yield Fraction(int(found.p), int(found.q))
            except (GaveUp, Undefined, AttributeError, ZeroDivisionError):
                continue


def _at(condition: Term, point: dict[str, Fraction], domain: Domain) -> bool | None:
    try:
        return Evaluator(Point(dict(point), domain)).holds(condition)
    except (GaveUp, Undefined, ZeroDivisionError):
        return None


@dataclass(frozen=True)
class Leaf(Generic[T]):
    """What a call gave on one path; an error of the user's code is in `raised`."""

    made: tuple[Decision, ...]
    value: T | None
    raised: str = ""


def explore(domain: Domain, call: Callable[[Decisions], tuple[T | None, str]]) -> list[Leaf[T]]:
    """Call once for each path; `Unreadable` if there are more than 64."""
    leaves: list[Leaf[T]] = []
    prefix: list[bool] | None = []
    while prefix is not None:
        if len(leaves) == MOST_PATHS:
            first = leaves[0].made[0][0] if leaves[0].made else None
            raise Unreadable(f"the code has more than {MOST_PATHS} paths that depend on the data, such as on {first!r}")
        decisions = Decisions(domain, prefix)
        value, raised = call(decisions)
        leaves.append(Leaf(tuple(decisions.made), value, raised))
        prefix = _next([taken for _, taken in decisions.made])
    return leaves


def _next(taken: list[bool]) -> list[bool] | None:
    """The path after this one: the last way that was taken first is taken the other way."""
    while taken and not taken[-1]:
        taken.pop()
    return [*taken[:-1], False] if taken else None


def joined(leaves: Sequence[Leaf[T]], term: Callable[[T], Term], depth: int = 0) -> Term | None:
    """One term for all paths, by the conditions that tell them apart; None where every path raised an error."""
    if len(leaves[0].made) <= depth:
        value = leaves[0].value
        return None if value is None else term(value)
    condition = leaves[0].made[depth][0]
    if any(len(leaf.made) <= depth or leaf.made[depth][0] != condition for leaf in leaves):
        raise Unreadable("the code does something else at each call, so it has no formula")
    sides = [[x for x in leaves if x.made[depth][1] is taken] for taken in (True, False)]
    found = [joined(side, term, depth + 1) if side else None for side in sides]
    return choice(condition, *found)


def choice(condition: Term, yes: Term | None, no: Term | None) -> Term | None:
    """`yes` where the condition holds, else `no`; what is None has no value."""
    if yes == no or condition.head == "true":
        return yes
    if condition.head == "false":
        return no
    if yes is None:
        return None if no is None else make("piecewise", no, make("not", condition))
    if no is None:
        return make("piecewise", yes, condition)
    rest = no.args if no.head == "piecewise" else (no, make("true"))
    return make("piecewise", yes, condition, *rest)
