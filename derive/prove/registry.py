"""The generators of one question: what each stands for. Outlives restarts, so numbers and keys stay stable.

A key is a nested tuple over generator numbers, so equal functions get equal generators:
("sym", name) · ("at", name, indices) · ("const", name) · ("exp", atom) · ("log", poly) · ("logn", prime) ·
("root", poly) · ("rootn", prime) · ("sin", atom) · ("cos", atom) · ("parity", atom) · ("delta", fraction) ·
("sum", atom, range, index) · ("prod", fraction, range, index) · (head, fraction) for any other function ·
("sum_of", height, summand, range, index) and ("prod_of", …) for those whose summand is kept as a term.
An atom is (monomial, denominator): the function monomial/denominator.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from fractions import Fraction
from math import gcd
from typing import Any

from derive.prove.signals import Restart
from derive.terms.term import Term

Key = Any  # nested tuples and frozensets of numbers, names and fractions


def rational_gcd(a: Fraction, b: Fraction) -> Fraction:
    """The largest number of which both a and b are whole multiples."""
    return Fraction(gcd(a.numerator * b.denominator, b.numerator * a.denominator), a.denominator * b.denominator)


def numbers_in(part: Any) -> set[int]:
    """The generators that occur in a key: monomials are tuples of (generator, exponent)."""
    if isinstance(part, frozenset):
        return set().union(*map(numbers_in, part))
    if not isinstance(part, tuple):
        return set()
    if len(part) == 2 and all(isinstance(x, int) for x in part):
        return {part[0]}
    return set().union(*map(numbers_in, part))


@dataclass(slots=True)
class Generator:
    """A real function: its key, the names it depends on, and what is known of its sign (a mask of signs.py)."""

    key: Key
    free: frozenset[str]
    sign: int


@dataclass(slots=True)
class Registry:
    """Numbers for keys, and what restarts have learnt."""

    generators: list[Generator] = field(default_factory=list)
    numbers: dict[Key, int] = field(default_factory=dict)
    units: dict[Key, Fraction] = field(default_factory=dict)
    bases: dict[Key, int] = field(default_factory=dict)
    ranges: dict[Key, int] = field(default_factory=dict)
    slots: int = 12
    first_range: int = 0  # so that no index gets a name that came in from elsewhere
    terms: dict[int, Term] = field(default_factory=dict)  # what generators were read back as
    kept: set[Key] = field(default_factory=set)  # nested sums of which each order leads to the other one
    _heights: dict[int, int] = field(default_factory=dict)

    def apart(self, slots: int = 12) -> Registry:
        """An empty one for a question that comes up here: terms may bring the names of indices along."""
        return Registry(slots=slots, first_range=self.first_range + len(self.ranges))

    def range_number(self, key: Key) -> int:
        """The number of a range of indices."""
        return self.ranges.setdefault(key, self.first_range + len(self.ranges))

    def number(self, key: Key) -> int | None:
        """The number of a known generator."""
        return self.numbers.get(key)

    def new(self, key: Key, free: frozenset[str], sign: int) -> int:
        """Enter a generator; when the ring has no room, ask for a larger one."""
        self.numbers[key] = number = len(self.generators)
        self.generators.append(Generator(key, free, sign))
        if number >= self.slots:
            self.slots = max(2 * self.slots, number + 4)
            raise Restart
        return number

    def base(self, key: Key, shift: int) -> int:
        """The least shift met so far; a lower one is learnt by a restart."""
        base = self.bases.setdefault(key, shift)
        if shift < base:
            self.bases[key] = shift
            raise Restart
        return base

    def height(self, key: Key) -> int:
        """How deep sums are nested in a function."""
        if key[0] in ("sum_of", "prod_of"):
            return int(key[1])
        inner = max((self._height_of(g) for g in numbers_in(key)), default=0)
        return inner + (key[0] in ("sum", "prod"))

    def _height_of(self, number: int) -> int:
        if number not in self._heights:
            self._heights[number] = self.height(self.generators[number].key)
        return self._heights[number]

    def multiple(self, key: Key, c: Fraction) -> int:
        """c as a whole multiple of the unit of `key`; a finer unit is learnt by a restart."""
        unit = self.units.get(key)
        if unit is None:
            self.units[key] = abs(c)
            return 1 if c > 0 else -1
        ratio = c / unit
        if ratio.denominator != 1:
            self.units[key] = rational_gcd(unit, abs(c))
            self.terms.clear()
            raise Restart
        return ratio.numerator
