"""A place to ask about signs anew: a domain on which everything has to be defined, and a few facts."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import TypeVar

from derive.domain import Domain, Range
from derive.prove.field import Frac
from derive.prove.normal import Normal
from derive.prove.registry import Registry
from derive.prove.roots import Interval
from derive.prove.sign_masks import Signs
from derive.prove.signals import GaveUp, Kink, Restart, Split, Undefined
from derive.prove.signs import NONNEGATIVE, NONZERO, POSITIVE
from derive.terms.term import Term

_MAX_RESTARTS = 40
T = TypeVar("T")


class Everywhere(Normal):
    """A translation in which no condition is taken for granted: each is proved on the whole domain, or it gives up."""

    def __init__(self, registry: Registry, site: Site) -> None:
        super().__init__(registry, site.domain, site.deadline)
        self.calculus = site.calculus
        self.proving = False  # not while facts are entered: they come from where the claim is defined

    def require(self, kind: str, term: Term, a: Frac) -> None:
        """A side condition that is proved at once."""
        if not self.proving:
            super().require(kind, term, a)
            return
        wanted = {"positive": POSITIVE, "nonnegative": NONNEGATIVE, "nonzero": NONZERO}[kind]
        if self.mask(a) | wanted != wanted and Signs(self, self.calculus).of(a, True) | wanted != wanted:
            raise GaveUp("not seen to be defined on the whole domain")
        self.facts.learn(a, wanted)


@dataclass(frozen=True, slots=True)
class Site:
    """A place to ask questions: a domain, and facts about variables other than the one under study."""

    domain: Domain
    assumed: tuple[tuple[Term, int], ...]
    deadline: float
    calculus: int
    registry: Registry  # empty; the names of indices in the facts are none that it gives

    def at(self, name: str, interval: Interval) -> Site:
        """The same place with the variable in an interval."""
        r = Range(interval.lower, interval.upper, interval.lower_open, interval.upper_open)
        return replace(self, domain=self.domain.with_(name, r))

    def study(self, what: Callable[[Everywhere], T]) -> T:
        """The result in a translation of its own; learnt units and bases are kept through restarts."""
        registry = self.registry.apart(self.registry.slots)
        for _ in range(_MAX_RESTARTS):
            n = Everywhere(registry, self)
            n.field.tick()
            try:
                self._enter_facts(n)
                return what(n)
            except Restart:
                continue
        raise GaveUp("too many restarts")

    def _enter_facts(self, n: Everywhere) -> None:
        for term, mask in self.assumed:
            with suppress(GaveUp, Split, Undefined, Kink):  # a fact that cannot be used here is left out
                n.assume(n.go(term), mask)
        n.proving = True
        if not n.feasible:
            raise GaveUp("no points")

    def sign(self, term: Term, strict: bool) -> int:
        """The mask of a term; it gives up where the term is not seen to be defined on the whole domain."""

        def ask(n: Everywhere) -> int:
            return Signs(n, self.calculus).of(n.go(term), strict)

        return self.study(ask)


def site_of(s: Signs, name: str) -> Site:
    """Where to ask about a function of `name`: with the facts of the region, and the ranges, that do not depend on it.

    The variable moves while the others stay where they are, beyond bounds that move with it.
    """
    n = s.n
    ranges = {other: r.apart_from(name) for other, r in {**n.domain.ranges, **n.bound}.items()}
    domain = Domain(ranges, n.domain.groups)
    kept = tuple((n.readback.poly(q), mask) for q, mask in n.facts.known[: s.facts] if name not in n.free_of(q))
    return Site(domain, kept, n.field.deadline, s.calculus - 1, n.registry.apart(n.registry.slots))
