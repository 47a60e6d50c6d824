"""Where to evaluate: lines along each variable through a few base points, from one tail to the other.

All numbers are numbers of the floating-point type, exactly.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from derive.domain import Domain, Range
from derive.prove import points
from derive.prove.point import Point
from derive.terms.term import Term, free_names

Array = NDArray[Any]
_MAX_BASES = 6
_MAX_PAIRS = 3
_MAX_LINES = 24
#: powers of two, whole numbers, and the numbers just beyond which exp and its relatives fail in some type
_SIZES = [
    *(2.0**-k for k in (60, 53, 45, 40, 35, 30, 27, 24, 20, 17, 14, 12, 10, 8, 6, 5, 4, 3, 2, 1)),
    *(1, 1.25, 1.5, 1.75, 2, 2.5, 3, 3.5, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 22, 24, 26, 28),
    *(30, 32, 34, 36, 37, 38, 40, 44, 50, 60, 64, 75, 80, 86, 88, 89, 90, 100, 104, 110, 128, 150, 175, 200, 256, 300),
    *(350, 356, 400, 512, 600, 700, 708, 709, 710, 712, 720, 740, 745, 746, 750, 800, 1000, 1500, 2048, 10_000, 65_504),
    *(1e5, 1e6, 1e7, 1e8, 1e10, 1e12, 1e14, 1e16, 1e18, 1e20),
]
_WHOLE = [0, 1, 2, 3, 4, 5, 8, 10, 16, 20, 32, 50, 100, 170, 171, 200, 256, 1000, 2000, 10_000, 1_000_000]
_SHARES = [2.0**-k for k in (60, 53, 45, 40, 35, 30, 27, 24, 20, 17, 14, 12, 10, 8, 7, 6, 5, 4, 3, 2, 1)]
_BESIDE = [s * 2.0**-k for k in (30, 24, 20, 16, 12, 10, 8, 4) for s in (1, -1)]


@dataclass(frozen=True, eq=False)
class Line:
    """The variables `moves` (name -> 1 or −1) run through ± `values`, ascending; the others are at `base`."""

    moves: Mapping[str, int]
    base: Mapping[str, float]
    values: Array

    def columns(self, values: Array) -> dict[str, Array]:
        """The values of all variables at some points of the line."""
        fixed = {name: np.full(values.shape, value, values.dtype) for name, value in self.base.items()}
        return fixed | {name: values * sign for name, sign in self.moves.items()}

    def point(self, value: float) -> dict[str, float]:
        """One point of the line."""
        return {**self.base, **{name: float(value) * sign for name, sign in self.moves.items()}}

    @property
    def name(self) -> str:
        """The variable that runs, or how several run together."""
        return " = ".join(name if sign > 0 else f"-{name}" for name, sign in self.moves.items())


def lines(term: Term, domain: Domain, dtype: str) -> list[Line]:
    """The lines of a formula in one type; none for a formula without variables."""
    names = sorted(free_names(term))
    grouped = {n for g in domain.groups for n in g.names}
    bases = list(itertools.islice(_bases(names, domain, dtype), _MAX_BASES))
    if not bases:
        return []
    moving = [n for n in names if n not in grouped]
    ranges = {n: _values(domain[n], tuple(_kinks(term, domain, n, bases[0])), dtype) for n in moving}
    out = [Line({n: 1}, base, ranges[n]) for base in bases for n in moving if len(ranges[n]) > 1]
    out = _together(moving, domain, bases, ranges) + out
    return _each_once(out)[:_MAX_LINES]


def _each_once(found: list[Line]) -> list[Line]:
    """Lines through different points; those along one variable first."""
    kept: dict[tuple[Any, ...], Line] = {}
    for line in sorted(found, key=lambda x: len(x.moves)):
        rest = {n: v for n, v in line.base.items() if n not in line.moves}
        kept.setdefault((tuple(line.moves.items()), tuple(rest.items())), line)
    return list(kept.values())


def _together(
    moving: list[str], domain: Domain, bases: list[dict[str, float]], ranges: Mapping[str, Array]
) -> list[Line]:
    """All real variables at the same value, and pairs of them at opposite ones."""
    free = [n for n in moving if domain[n] == Range()]
    if len(free) < 2:
        return []
    out = [Line(dict.fromkeys(free, 1), bases[0], ranges[free[0]])]
    pairs = itertools.islice(itertools.combinations(free, 2), _MAX_PAIRS)
    return out + [Line({a: 1, b: -1}, bases[0], ranges[a]) for a, b in pairs]


def _bases(names: list[str], domain: Domain, dtype: str) -> Iterator[dict[str, float]]:
    """Simple points of the domain: every value of the labels at least once, in combination."""
    free = [n for n in names if not any(n in g.names for g in domain.groups)]
    choices = [_simple(domain[n], dtype) for n in free]
    groups = [_group(g.kind, g.names) for g in domain.groups if any(n in names for n in g.names)]
    if not all(choices):
        return
    count = max([*map(len, choices), *map(len, groups)], default=1)
    for k in range(count * count):
        shift = (k, k + k // count)
        point = {n: c[(shift[i % 2] + i) % len(c)] for i, (n, c) in enumerate(zip(free, choices, strict=True))}
        for g in groups:
            point |= g[k % len(g)]
        yield point


def _group(kind: str, names: tuple[str, ...]) -> list[dict[str, float]]:
    """The corners of a group of variables that add up to 1, and a point inside."""
    units = [{n: float(i == hot) for i, n in enumerate(names)} for hot in range(len(names))]
    if kind == "one-hot":
        return units
    inside = [2.0**-i for i in range(1, len(names))]
    return [dict(zip(names, [*inside, 1 - sum(inside)], strict=True)), *units]


def _simple(r: Range, dtype: str) -> list[float]:
    """A few short numbers of a range: what else is fixed while one variable runs."""
    if r.values is not None:
        wanted = list(map(float, r.values))
    elif r.lower is not None and r.upper is not None:
        low, high = float(r.lower), float(r.upper)
        wanted = [low, high, *(low + (high - low) * s for s in (0.5, 0.25))]
    else:
        start = 0.0 if r.lower is None and r.upper is None else float(r.lower or r.upper or 0)
        wanted = [start + (s if r.upper is None else -s) for s in ((1, 2) if r.whole else (0.5, 1.5, 1))]
    return [float(v) for v in _inside(np.array(wanted), r, dtype, ordered=False)][:3]


@lru_cache(maxsize=512)
def _values(r: Range, kinks: tuple[float, ...], dtype: str) -> Array:
    """The numbers of a range to try, ascending."""
    if r.values is not None:
        return _inside(np.array(r.values, float), r, dtype)
    if r.whole:
        start = float(r.lower) if r.lower is not None else 0.0
        return _inside(np.array([*(start + w for w in _WHOLE), *(-w for w in _WHOLE)], float), r, dtype)
    ends = [float(e) for e in (r.lower, r.upper) if e is not None]
    wanted = [0.0, *_SIZES, *(-s for s in _SIZES), *ends]
    if len(ends) == 2:
        width = ends[1] - ends[0]
        wanted += [p for s in _SHARES for p in (ends[0] + width * s, ends[1] - width * s)]
    elif ends:
        wanted += [ends[0] + s for s in (*_SIZES, *(-s for s in _SIZES))]
    wanted += [k + b * max(1.0, abs(k)) for k in kinks for b in (0.0, *_BESIDE)]
    return _inside(np.array(wanted), r, dtype)


def _inside(wanted: Array, r: Range, dtype: str, *, ordered: bool = True) -> Array:
    """Those that are numbers of the type, within the range."""
    with np.errstate(all="ignore"):
        values = wanted.astype(dtype)
    values = values[np.isfinite(values)]
    values = np.unique(values) if ordered else values
    if r == Range():
        return values
    low, high = (-np.inf if r.lower is None else float(r.lower)), (np.inf if r.upper is None else float(r.upper))
    if r.values is None and not r.whole:  # only what is next to an end, or 0, has to be looked at exactly
        close = np.array([e for e in (low, high, 0.0) if np.isfinite(e)]).astype(dtype)
        exact = np.isin(values, [*close, *np.nextafter(close, -np.inf), *np.nextafter(close, np.inf)])
        kept = (values > low) & (values < high)
        kept[exact] = [Fraction(float(v)) in r for v in values[exact]]
        return values[kept]
    return np.array([v for v in values if Fraction(float(v)) in r], dtype)


def _kinks(term: Term, domain: Domain, name: str, base: Mapping[str, float]) -> list[float]:
    """Where a choice in the formula changes along a variable."""
    if not points.gaps(term) or domain[name].values is not None:
        return []
    here = Point({n: Fraction(v) for n, v in base.items()}, domain)
    found = {p.values[name] for p in points.kinks((term,), domain, here)}
    return sorted(float(v) for v in found if abs(v) < 1e9)[:9]
