"""A point of a domain: exact rational values of the variables, and of the entries of arrays as they are met."""

from __future__ import annotations

import random
from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from functools import lru_cache

from derive.domain import Domain, Group, Range
from derive.prove.signals import GaveUp, Undefined
from derive.terms.term import Term, free_names, num

_MOST_SHARES = 1_000


@dataclass(slots=True)
class Point:
    """Values of the variables; entries of arrays are chosen when they are first met, the same for the same seed."""

    values: dict[str, Fraction]
    domain: Domain
    seed: int = 0
    entries: dict[tuple[str, tuple[int, ...]], Fraction] = field(default_factory=dict)

    def entry(self, name: str, indices: tuple[int, ...]) -> Fraction:
        """An entry of an array, within the range of the array."""
        key = (name, indices)
        if key not in self.entries:
            self.entries[key] = self._new_entry(name, indices, f"{self.seed} {key}")
        return self.entries[key]

    def _new_entry(self, name: str, indices: tuple[int, ...], seed: str) -> Fraction:
        r = self.domain[name]
        if r.total is not None:
            return self._share(name, indices)
        if r.index is None:
            return _entry_value(r, seed)
        first, last = (bound(end, self.values) for end in r.index)
        if last < first:
            raise GaveUp(f"the range of {name} is empty at this point")
        return Fraction(random.Random(seed).randint(first, last))

    def moved(self, values: Mapping[str, Fraction]) -> Point:
        """The same point with other values of some variables; entries that depend on them are chosen anew."""
        kept = {key: v for key, v in self.entries.items() if self.domain[key[0]].names.isdisjoint(values)}
        return Point({**self.values, **values}, self.domain, self.seed, kept)

    def _share(self, name: str, indices: tuple[int, ...]) -> Fraction:
        """An entry of a vector whose entries add up to 1."""
        r = self.domain[name]
        size = bound(r.total or num(1), self.values)
        if not 0 <= indices[-1] < size:
            raise Undefined(f"{name} has {size} entries")
        if size > _MOST_SHARES:
            raise GaveUp(f"{name} has {size} entries, too many to choose them all")
        return _shares(f"{self.seed} {name} {indices[:-1]}", size, r.values is not None)[indices[-1]]

    def inside(self) -> bool:
        """Does every coordinate lie in its range, and every index between its bounds?"""
        try:
            return self._inside()
        except (GaveUp, Undefined):  # a bound that is no whole number, a vector without such an entry
            return False

    def _inside(self) -> bool:
        for name, value in self.values.items():
            r = self.domain[name]
            if value not in r:
                return False
            if r.index is not None and not self._between(value, *r.index):
                return False
        if any(sum(self.values[v] for v in g.names if v in self.values) != 1 for g in self._groups()):
            return False
        lengths = (r.total for r in self.domain.ranges.values() if r.total is not None)
        if any(free_names(n) <= self.values.keys() and bound(n, self.values) < 1 for n in lengths):
            return False  # entries that add up to 1, and there is none
        return all(self._entry_inside(name, indices, value) for (name, indices), value in self.entries.items())

    def _entry_inside(self, name: str, indices: tuple[int, ...], value: Fraction) -> bool:
        r = self.domain[name]
        if r.total is not None and value != self._share(name, indices):
            return False
        return value in r and (r.index is None or self._between(value, *r.index))

    def _between(self, value: Fraction, first: Term, last: Term) -> bool:
        known = all(v in self.values for v in free_names(first) | free_names(last))
        return known and bound(first, self.values) <= value <= bound(last, self.values)

    def _groups(self) -> list[Group]:
        """The groups that occur; `points.simple` gives a value to every member of one."""
        return [g for g in self.domain.groups if any(v in self.values for v in g.names)]


def shares(rng: random.Random, size: int, *, one_hot: bool) -> list[Fraction]:
    """Numbers that add up to 1."""
    parts = [Fraction(rng.randint(1, 5)) for _ in range(size)]
    hot = rng.randrange(size)
    if one_hot:
        return [Fraction(int(i == hot)) for i in range(size)]
    total = sum(parts)
    return [p / total for p in parts]


@lru_cache(maxsize=256)
def _shares(seed: str, size: int, one_hot: bool) -> list[Fraction]:
    return shares(random.Random(seed), size, one_hot=one_hot)


_SIMPLE = [Fraction(v) for v in ("0", "1", "-1", "2", "-2", "1/2", "-1/2", "3", "1/3", "-3/2", "5/2", "3/4")]


def choose(r: Range, rng: random.Random, simple: float = 0.5) -> Fraction:
    """A number of a range: with probability `simple` one of very few and short ones."""
    if r.values is not None:
        return rng.choice(r.values)
    for _ in range(40):
        value = rng.choice(_SIMPLE) if rng.random() < simple else Fraction(rng.randint(-60, 60), rng.randint(1, 9))
        if r.lower is not None and r.upper is not None:
            value = r.lower + (r.upper - r.lower) * Fraction(rng.randint(0, 12), 12)
        elif r.lower is not None:
            value = r.lower + abs(value)
        elif r.upper is not None:
            value = r.upper - abs(value)
        value = Fraction(round(value)) if r.whole else value
        if value in r:
            return value
    raise GaveUp(f"no simple number was found in {r}")


@lru_cache(maxsize=4_096)
def _entry_value(r: Range, seed: str) -> Fraction:
    return choose(r, random.Random(seed))


def bound(t: Term, values: Mapping[str, Fraction]) -> int:
    """The value of an end of an index range: a number, a size, or a size and a number."""
    match t.head:
        case "num":
            value = t.value
        case "sym" if t.name in values:
            value = values[t.name]
        case "add":
            value = Fraction(sum(bound(a, values) for a in t.args))
        case _:
            raise GaveUp(f"the end of an index range has no value: {t!r}"[:200])
    if value.denominator != 1:
        raise GaveUp(f"the end of an index range is not whole: {t!r}"[:200])
    return value.numerator
