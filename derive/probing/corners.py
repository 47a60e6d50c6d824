"""Rows at which code and formulas are likeliest to part: ties, both sides of every choice, far values, witnesses."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from fractions import Fraction
from itertools import islice
from typing import Any, TypeAlias

import numpy as np

from derive.domain import Domain
from derive.prove import points
from derive.prove.point import Point
from derive.terms.term import Term, free_names

Row: TypeAlias = Mapping[str, Fraction]
_TIES = tuple(map(Fraction, (0, 1, -1, 2)))
_FAR = tuple(map(Fraction, (30, -30, 100, -100)))
_MOST_KINKS = 24


def corners(terms: Sequence[Term], domain: Domain, bases: Sequence[Row], witnesses: Iterable[Row]) -> dict[str, Any]:
    """Columns of numbers: the bases, changed in one variable or in all; what is outside of the domain is left out."""
    rows = list(bases)
    for base in bases:
        rows += _together(base, domain)
        for t in terms:
            rows += islice(_kinks(t, base, domain), _MOST_KINKS)
        rows += [{**base, **{n: v for n, v in w.items() if n in base}} for w in witnesses]
        rows += [{**base, n: v} for n in base for v in _FAR]
    kept = [row for row in rows if all(v in domain[n] for n, v in row.items())] or list(bases)
    return {n: np.array([float(row[n]) for row in kept]) for n in bases[0]}


def _together(base: Row, domain: Domain) -> Iterator[Row]:
    """All variables at the same number, and each of them there."""
    free = [n for n in base if domain[n].values is None]
    for v in _TIES:
        yield {**base, **dict.fromkeys(free, v)}
        yield from ({**base, n: v} for n in free)


def _kinks(t: Term, base: Row, domain: Domain) -> Iterator[Row]:
    """On every break of a choice along a variable, between breaks and beyond."""
    if free_names(t) <= base.keys():
        yield from ({**base, **p.values} for p in points.kinks((t,), domain, Point(dict(base), domain)))
