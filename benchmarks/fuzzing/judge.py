"""Is a verdict right? Decided by mpmath at many points, on the claim as it was given."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from fractions import Fraction
from random import Random

from mpmath import mp, mpf

from derive.certificate import Witness
from derive.domain import Domain, Range
from derive.terms.term import Term, free_names, walk
from fuzzing.values import NoValue, TooClose, number, pair, value

_POOL = [Fraction(c) for c in ("0", "1", "-1", "2", "-2", "1/2", "-1/2", "3", "1/3", "-3/2", "5/4", "10", "-7", "31")]
_POOL += [Fraction(c) for c in ("-31", "41", "-45", "1/100000000", "-1/100000000")]
_FEW = (50, 100)
_MANY = (1400, 2000)  # more digits than the prover ever uses
_NO_ANSWER = (TooClose, OverflowError, ValueError, ZeroDivisionError)


class OneSided(NoValue):
    """One side has a value and the other has none."""


Key = tuple[str, tuple[int, ...]]


@dataclass
class Place:
    """Values of variables; entries of arrays are chosen when they are met."""

    domain: Domain
    values: dict[str, Fraction]
    seed: str = ""
    entries: dict[Key, Fraction] = field(default_factory=dict)

    def __repr__(self) -> str:
        entries = {f"{name}{list(i)}": v for (name, i), v in self.entries.items()}
        return ", ".join(f"{name} = {v}" for name, v in sorted({**self.values, **entries}.items()))

    def entry(self, name: str, indices: tuple[int, ...]) -> Fraction:
        """The same entry for the same seed."""
        key = (name, indices)
        if key not in self.entries:
            self.entries[key] = draw(Random(f"{self.seed} {key}"), self.domain[name])
        return self.entries[key]

    def value(self, t: Term, digits: int) -> mpf:
        """By mpmath."""
        return number(value(t, self.values, self.entry, self._whole(), digits))

    def pair(self, a: Term, b: Term, digits: int) -> list[mpf | None]:
        """Both values by mpmath, None where there is none."""
        return pair((a, b), self.values, self.entry, self._whole(), digits)

    def _whole(self) -> frozenset[str]:
        return frozenset(name for name, r in self.domain.ranges.items() if r.whole)

    def inside(self) -> bool:
        """Does every coordinate lie in its range?"""
        ok = all(v in self.domain[name] for name, v in self.values.items())
        ok = ok and all(v in self.domain[name] for (name, _), v in self.entries.items())
        return ok and all(low <= self.values[i] <= high for i, low, high in self._bounds())

    def _bounds(self) -> Iterator[tuple[str, Fraction, Fraction]]:
        for name in self.values:
            if (index := self.domain[name].index) is not None:
                yield name, *(Fraction(int(self.value(end, 30))) for end in index)  # type: ignore[misc]


def draw(rng: Random, r: Range) -> Fraction:
    """A value in a range: often one at which formulas break."""
    if r.values is not None:
        return rng.choice(r.values)
    if r.whole and r.lower is not None and r.upper is None:
        return r.lower + r.lower_open + rng.randint(0, 2)
    for _ in range(200):
        v = rng.choice(_POOL) if rng.random() < 0.7 else Fraction(rng.randint(-40, 40), rng.randint(1, 7))
        v = Fraction(round(v)) if r.whole else v
        if v in r:
            return v
    low, high = (Fraction(0) if end is None else end for end in (r.lower, r.upper))
    return (low + high) / 2


def scalars(*terms: Term) -> set[str]:
    """The free names that are not arrays."""
    arrays = {t.name for term in terms for t in walk(term) if t.head == "at"}
    return set().union(*map(free_names, terms)) - arrays


def places(terms: tuple[Term, ...], domain: Domain, seed: int, count: int) -> Iterator[Place]:
    """Points of the domain; sizes are small, and an index lies in its range."""
    names = scalars(*terms)
    indices = sorted(name for name in names if domain[name].index is not None)
    sizes = {s for i in indices for end in domain[i].index or () for s in free_names(end)}
    for s in range(count):
        rng = Random(f"{seed} {s}")
        values = {name: draw(rng, domain[name]) for name in sorted((names | sizes) - set(indices))}
        if rng.random() < 0.2 and {"x", "y"} <= values.keys():
            values["x"] = values["y"]
        place = Place(domain, values, f"{seed} {s}")
        for i in indices:
            low, high = (int(place.value(end, 30)) for end in domain[i].index or ())
            place.values[i] = Fraction(rng.randint(low, max(low, high)))
        if place.inside():
            yield place


def gap_at(a: Term, b: Term, place: Place, digits: tuple[int, int] = _FEW) -> bool:
    """Do the values differ? `NoValue` where neither side has one, `OneSided` where one has."""
    rough = place.pair(a, b, digits[0])
    if _none(rough) == 2:
        raise NoValue
    if not _none(rough) and _agree(rough, digits[0]):
        return False
    fine = place.pair(a, b, digits[1])
    if [v is None for v in rough] != [v is None for v in fine]:
        raise TooClose
    if _none(fine):
        raise OneSided
    return _apart(rough, fine, digits)


def _none(values: list[mpf | None]) -> int:
    return values.count(None)


def _agree(values: list[mpf], digits: int) -> bool:
    """In nearly all digits: more precision is not asked for."""
    with mp.workdps(digits):
        return bool(abs(values[0] - values[1]) <= mpf(10) ** (6 - digits) * abs(values[0]))


def _apart(rough: list[mpf], fine: list[mpf], digits: tuple[int, int]) -> bool:
    """Is the difference far more than its change with the precision?"""
    with mp.workdps(digits[1]):
        before, gap = rough[0] - rough[1], fine[0] - fine[1]
        found = bool(abs(gap) > 10**6 * abs(before - gap))
        if not mp.isfinite(gap) or (found and abs(gap) < mpf(10) ** (-0.9 * digits[0])):
            raise TooClose  # where 1 + a tiny number is 1, both precisions may agree on nonsense
        return found


@dataclass
class Seen:
    """What the points say: how many have both sides, where they differ, where one side alone is defined."""

    both: int = 0
    differs: Place | None = None
    one_sided: Place | None = None


def look(a: Term, b: Term, where: Iterable[Place]) -> Seen:
    """Compare two terms at points, until they differ."""
    seen = Seen()
    for place in where:
        try:
            seen.both += 1
            if gap_at(a, b, place) and gap_at(a, b, place, _MANY):  # tiny values need more digits
                seen.differs = place
                break
        except OneSided:
            seen.both, seen.one_sided = seen.both - 1, seen.one_sided or place
        except (NoValue, *_NO_ANSWER):
            seen.both -= 1
    return seen


def confirmed(a: Term, b: Term, domain: Domain, witness: Witness) -> bool | None:
    """Does the witness refute the claim as it was given? None when mpmath cannot tell."""
    place = Place(domain, {}, "witness")
    for name, text in witness.point:
        array, _, rest = name.partition("[")
        if rest:
            place.entries[array, tuple(map(int, rest.rstrip("]").split(",")))] = Fraction(text)
        else:
            place.values[name] = Fraction(text)
    if not place.inside():
        return False
    unclear = _too_small(a, b, witness)
    for digits in (_FEW, _MANY):
        try:
            if gap_at(a, b, place, digits):
                return True
        except _NO_ANSWER:
            unclear = True
        except NoValue:
            if digits is _MANY:  # with few, a jump beside the point is taken for one at the point
                return False
    return None if unclear else False


def _too_small(a: Term, b: Term, witness: Witness) -> bool:
    """Derivatives are computed by differences, in which values as small as these are lost."""
    if not any(t.head == "diff" for side in (a, b) for t in walk(side)):
        return False
    return max(abs(mpf(text)) for text in (witness.left, witness.right)) < _LOST


_LOST = mpf("1e-150")
