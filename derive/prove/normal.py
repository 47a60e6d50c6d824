"""Term -> fraction over generators, in one region: the arithmetic, the memory and the table of laws.

Each law is an identity of real functions that holds wherever its left side is defined; the conditions under which
that is so are recorded. A law that needs a sign asks for it; an unknown sign ends the attempt with `Split`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from fractions import Fraction
from typing import NamedTuple, Protocol

from derive.certificate import Condition
from derive.domain import REAL, Domain, Range
from derive.prove import signs
from derive.prove.facts import Facts
from derive.prove.field import Field, Frac
from derive.prove.forms import nonnegative, positive, total
from derive.prove.polys import Poly
from derive.prove.readback import Readback
from derive.prove.registry import Generator, Key, Registry
from derive.prove.signals import GaveUp, Indexed, Nowhere, Outside, Split, Undefined
from derive.prove.ties import jumps
from derive.terms.term import Term, free_names

Law = Callable[["Normal", Term], Frac]
#: head -> law; the modules of laws fill it
LAWS: dict[str, Law] = {}


def law(*heads: str) -> Callable[[Law], Law]:
    """Enter a law for these heads."""

    def enter(f: Law) -> Law:
        for head in heads:
            LAWS[head] = f
        return f

    return enter


class Judge(Protocol):
    """Who answers questions about one index of a sum."""

    def zero_for_each(self, n: Normal, a: Term, name: str) -> bool: ...
    def same_for_each(self, n: Normal, a: Term, b: Term, name: str) -> bool: ...
    def without_choices(self, n: Normal, a: Term, name: str) -> Term | None: ...


class Along(NamedTuple):
    """A derivative is being taken: the variable, its value, and the side from which it comes (0: not decided yet)."""

    name: str
    value: Term
    side: int


class Normal:
    """The translation of terms in one region: a domain and the signs of some terms."""

    def __init__(self, registry: Registry, domain: Domain, deadline: float) -> None:
        self.registry = registry
        self.domain = domain
        self.bound: dict[str, Range] = {}
        self.field = Field(registry.slots, deadline)
        self.facts = Facts(self.field, registry)
        self.readback = Readback(self.field, registry)
        self.conditions: dict[Condition, None] = {}
        self.hypotheses: dict[str, None] = {}
        self.feasible = True
        self.quiet = False  # conditions are neither recorded nor learnt
        self.at_once = False  # choices are generators: no region is split
        self.along: Along | None = None
        self._memo: dict[Term, Frac] = {}  # of what is seen along `along`
        self._memos: dict[Along | None, dict[Term, Frac]] = {None: self._memo}
        self.other_needs = False  # some condition is of no kind that can be listed
        self.judge: Judge | None = None
        self.assumed: tuple[tuple[Term, int], ...] = ()
        self.exchanging: set[Key] = set()  # nested sums that are being written the other way round
        self._needed: list[tuple[str, Poly]] = []

    # -- translation ------------------------------------------------------------------------------------------------
    def go(self, term: Term) -> Frac:
        """The fraction of a term."""
        found = self._memo.get(term)
        if found is None:
            if self.along is not None and jumps(term, self.along.name):
                raise GaveUp("a derivative of what may jump")
            rule = LAWS.get(term.head)
            if rule is None:
                raise GaveUp(f"{term.head} is not a value that can be compared")
            memo = self._memo  # the law may look along something, or forget
            found = memo[term] = rule(self, term)
        return found

    def seen_along(self, along: Along | None, term: Term) -> Frac:
        """The fraction of a term, with the variable of a derivative at its place."""
        before, memo = self.along, self._memo
        self.along, self._memo = along, self._memos.setdefault(along, {})
        try:
            return self.go(term)
        finally:
            self.along, self._memo = before, memo

    def range_of(self, name: str) -> Range:
        """The values of a variable or of a bound index; one along which a derivative is taken moves over the reals."""
        if self.along is not None and name == self.along.name:
            return REAL
        return self.bound.get(name) or self.domain[name]

    @property
    def known(self) -> Domain:
        """What is known of all names: the indices of the sums around, and not the variable of a derivative."""
        ranges = {**self.domain.ranges, **self.bound}
        if self.along is not None:
            ranges.pop(self.along.name, None)
        return Domain(ranges, self.domain.groups)

    def function(self, key: Key, free: frozenset[str], sign: int = signs.ANY) -> Frac:
        """The generator of a key, new or known."""
        number = self.registry.number(key)
        if number is None:
            number = self.registry.new(key, free, sign)
        return self.field.generator(number)

    def free_of(self, *polys: Poly) -> frozenset[str]:
        """The names on which polynomials depend."""
        found = (self.generator(g).free for p in polys for g in self.field.generators_of(p))
        return frozenset().union(*found)

    def free(self, a: Frac) -> frozenset[str]:
        """The names on which a fraction depends."""
        return self.free_of(a.num, *(self.field.factors[f] for f, _ in a.den))

    def generator(self, number: int) -> Generator:
        return self.registry.generators[number]

    def key(self, a: Frac) -> Key:
        """A key of the value of a: equal for equal fractions."""
        a = self.field.normal(a) if a.den else a
        den = frozenset((self.field.poly_key(self.field.factors[f]), e) for f, e in a.den)
        return (self.field.poly_key(a.num), den)

    def value(self, key: Key) -> Frac:
        """The fraction of which this is the key."""
        rows, den = key
        out = Frac(self.field.from_key(rows), ())
        for factor, e in sorted(den, key=lambda fe: (sorted(fe[0]), fe[1])):
            inverse = self.field.inverse(Frac(self.field.from_key(factor), ()))
            out = self.field.mul(out, self.field.power(inverse, e))
        return out

    # -- signs ------------------------------------------------------------------------------------------------------
    def mask(self, a: Frac) -> int:
        """What is known of the sign of a, without a split."""
        return self.facts.of_fraction(a)

    def sign(self, a: Frac, wanted: Sequence[int] = (signs.NEGATIVE, signs.ZERO, signs.POSITIVE)) -> int:
        """The one mask of `wanted` in which the sign of a lies; ask for a split where that is not known."""
        looking = True
        while looking:
            mask = self.mask(a)
            for w in wanted:
                if mask | w == w:
                    return w
            looking = self.facts.refine(self.facts.undecided(a))
        raise self.split(a)

    def split(self, a: Frac) -> Split | GaveUp:
        """The request to study regions by the sign of a factor of a that is not known."""
        poly = self.facts.undecided(a)
        names = self.free_of(poly) & self.bound.keys()
        if names:
            return Indexed(names)
        return Split(self.readback.poly(poly))

    def is_zero(self, a: Frac) -> bool:
        """Is it zero in this region? While a derivative is taken that is at the point; beside it it need not be."""
        return self.field.is_zero(a) or self.mask(a) == signs.ZERO

    def seen_nonzero(self, a: Frac) -> bool:
        """Is it not 0 in this region? Regions are made for that, but not by what an index or a derivative moves."""
        known = self.mask(a) | signs.NONZERO == signs.NONZERO
        if self.along is not None and self.along.name in self.free(a):
            return False
        if not known and not self.free(a).isdisjoint(self.bound):
            return False
        return known or self.sign(a, (signs.NONZERO, signs.ZERO)) == signs.NONZERO

    def assume(self, a: Frac, mask: int) -> None:
        """Enter a fact; a contradiction makes the region infeasible."""
        if not self.facts.learn(a, mask):
            self.feasible = False

    def require(self, kind: str, term: Term, a: Frac) -> None:
        """A side condition of the term under study: recorded unless it is known to hold, and a fact from here on."""
        wanted = {"positive": signs.POSITIVE, "nonnegative": signs.NONNEGATIVE, "nonzero": signs.NONZERO}[kind]
        mask = self.mask(a)
        if self.along is not None:
            self._require_along(wanted, mask, term, a)
            return
        if not mask & wanted:
            if self._holds(term, wanted) and total(term, self.known):
                raise Nowhere(f"{term!r} is {kind}"[:200])
            raise Undefined(f"{term!r} is not {kind}"[:200])
        if mask | wanted == wanted or self.quiet:
            return
        if not self._holds(term, wanted):  # 1 + (s − t)² is positive, though that is not seen once it is multiplied out
            self.conditions[Condition(kind, term)] = None  # type: ignore[arg-type]
            self._note(kind, a)
        self.facts.learn(a, wanted)

    def _holds(self, term: Term, wanted: int) -> bool:
        """Has it this sign by its form?"""
        return positive(term, self.known) or (wanted == signs.NONNEGATIVE and nonnegative(term, self.known))

    def avoids_poles(self, a: Frac) -> None:
        """The gamma functions have no value at 0, −1, −2, …: no kind of condition says that, but domains may differ."""
        if not self.quiet and self.along is None and self.mask(a) != signs.POSITIVE:
            self.other_needs = True
            self._needed.append(("pole", self.field.times(a.num, self.field.den_poly(a))))

    def needs_value(self, term: Term) -> None:
        """A condition that is not looked into: this term has a value for each of its indices."""
        if not self.quiet and self.along is None:
            self.other_needs = True
            self._needed.append((f"a value of {term!r}", self.field.one))

    def needs_whole(self, term: Term) -> None:
        """A condition of no kind that can be listed: this term is a whole number."""
        if not self.quiet and self.along is None:
            self.other_needs = True
            self._needed.append((f"whole {term!r}", self.field.one))

    def speak(self) -> None:
        """From here on conditions are recorded, also those of terms that were met before."""
        if self.quiet:
            self.quiet = False
            for memo in self._memos.values():
                memo.clear()

    def _require_along(self, wanted: int, mask: int, term: Term, a: Frac) -> None:
        """While a derivative is taken nothing is assumed; a value that is zero at the point has a sign beside it."""
        tied = self.along is not None and self.along.name in free_names(term)
        if mask == signs.ZERO and tied:
            from derive.prove.slopes import sign_beside

            if not sign_beside(self, term, self.along) & wanted:  # type: ignore[arg-type]
                raise Outside(f"{term!r} leaves its range"[:200])
            if not wanted & signs.ZERO:
                raise Undefined(f"{term!r} is zero at the point"[:200])
        elif not mask & wanted:
            raise Undefined(f"{term!r} does not lie in its range"[:200])
        elif mask | wanted != wanted or (mask & signs.ZERO and tied):
            raise self.split(a)

    def _note(self, kind: str, a: Frac) -> None:
        """The condition in a form that does not depend on how it was written: by irreducible factors."""
        f = self.field
        odd, lead = f.one, Fraction(1)
        for p in (a.num, *(f.factors[i] for i, e in a.den if e % 2)):
            c, found = f.factor(p)
            lead *= c
            for factor, e in found:
                mask = self.facts.quick(factor)
                if mask in (signs.POSITIVE, signs.NEGATIVE):  # says nothing about where the side is defined
                    lead *= -1 if mask == signs.NEGATIVE and e % 2 else 1
                    continue
                if kind != "nonnegative" and (kind == "nonzero" or e % 2 == 0):
                    self._needed.append(("nonzero", factor))
                if e % 2:
                    odd = f.times(odd, factor)
                elif kind == "nonnegative" and mask & signs.ZERO:  # −x² y ≥ 0 holds at x = 0, too
                    odd = f.times(odd, f.times(factor, factor))
        if kind != "nonzero" and not odd.is_constant():
            self._needed.append((kind, odd if lead > 0 else -odd))

    def needed(self) -> frozenset[tuple[str, Key]]:
        """The conditions met so far, without those that a positive product implies."""
        positive = [p for kind, p in self._needed if kind == "positive"]
        out = [(k, p) for k, p in self._needed if k != "nonzero" or not self._implied(p, positive)]
        return frozenset((k, self.field.poly_key(p)) for k, p in out)

    def _implied(self, p: Poly, positive: list[Poly]) -> bool:
        return any(self.field.divides(q, p) is not None for q in positive)
