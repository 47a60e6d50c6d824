"""Linear inequalities over the rationals: Fourier–Motzkin elimination, exact, and given up where it grows."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from fractions import Fraction
from typing import Any, NamedTuple

_MAX_ROWS = 64

#: coefficients of the unknowns; what is an unknown (a monomial) does not matter here
Linear = dict[Any, Fraction]


class Row(NamedTuple):
    """Σ c·unknown + constant ≥ 0, or > 0 where it is strict."""

    linear: tuple[tuple[Any, Fraction], ...]
    constant: Fraction
    strict: bool


def row(linear: Linear, constant: Fraction, strict: bool) -> Row:
    """A row scaled so that its first coefficient is 1 or −1: equal rows are met once."""
    items = sorted(linear.items(), key=lambda mc: repr(mc[0]))
    scale = abs(items[0][1]) if items else Fraction(1)
    return Row(tuple((m, c / scale) for m, c in items), constant / scale, strict)


def infeasible(rows: Iterable[Row]) -> bool:
    """Is it seen that no values of the unknowns satisfy all rows?"""
    left = set(rows)
    while not any(map(_contradicts, left)):
        left = {r for r in left if r.linear}
        if not left or len(left) > _MAX_ROWS:
            return False
        left = _eliminated(left)
    return True


def _contradicts(r: Row) -> bool:
    return not r.linear and (r.constant < 0 or (r.strict and r.constant == 0))


def _eliminated(rows: set[Row]) -> set[Row]:
    """Without one unknown: each lower bound on it is below each upper bound."""
    signed: dict[Any, list[int]] = {}
    for r in rows:
        for m, c in r.linear:
            signed.setdefault(m, [0, 0])[c > 0] += 1
    unknown = min(signed, key=lambda m: (signed[m][0] * signed[m][1], repr(m)))
    out = {r for r in rows if unknown not in dict(r.linear)}
    if signed[unknown][0] * signed[unknown][1] + len(out) > _MAX_ROWS:
        return set()
    return out | set(_combined(rows, unknown))


def _combined(rows: set[Row], unknown: Any) -> Iterator[Row]:
    mine = [(r, dict(r.linear)) for r in rows if unknown in dict(r.linear)]
    for a, below in mine:
        for b, above in mine:
            if below[unknown] > 0 > above[unknown]:
                u, v = -above[unknown], below[unknown]
                sums = {m: u * below.get(m, Fraction(0)) + v * above.get(m, Fraction(0)) for m in below | above}
                linear = {m: c for m, c in sums.items() if c}
                yield row(linear, u * a.constant + v * b.constant, a.strict or b.strict)
