"""Where to look for a witness: simple points first, then corners, tails, and both sides of every kink."""

from __future__ import annotations

import itertools
import random
from collections.abc import Iterator
from fractions import Fraction
from functools import lru_cache

from flint import arb, fmpq

from derive.domain import Domain, Range
from derive.prove.ball import Evaluator
from derive.prove.forms import linear, parts
from derive.prove.point import Point, choose, shares
from derive.prove.signals import GaveUp, Undefined
from derive.prove.ties import CHOICES, deciding
from derive.terms.term import Term, free_names, sub, walk

_CORNERS = (
    "0",
    "1",
    "-1",
    "1e-8",
    "-1e-8",
    "20",
    "-20",
    "37",
    "-37",
    "40",
    "-40",
    "710",
    "-710",
    "745",
    "-745",
    "1e20",
    "-1e20",
)
CORNERS = tuple(map(Fraction, _CORNERS))
_GRID = [
    Fraction(v)
    for v in (-745, -300, -100, -40, -30, -20, -12, -8, -5, -3, -2, -1, 0, 1, 2, 3, 5, 8, 12, 20, 30, 40, 100, 300, 745)
]
_CHOICES = CHOICES | {"piecewise", "floor"}
_BISECTIONS = 60
_TAIL = 40
_LEAST = Fraction(0)
_SIMPLE_SEEDS = 4
_MAX_PINNED = 3


def arrays(*terms: Term) -> frozenset[str]:
    """The names that are used with indices."""
    return frozenset().union(*[parts(t).arrays for t in terms])


def has_choices(*terms: Term) -> bool:
    """Is there a branch in one of them?"""
    return any(not parts(t).heads.isdisjoint(_CHOICES) for t in terms)


def scalars(*terms: Term) -> list[str]:
    """The free names that need a value, sorted."""
    found = [parts(t) for t in terms]
    return sorted(frozenset().union(*[p.free for p in found]).difference(*[p.arrays for p in found]))


def simple(
    names: list[str],
    domain: Domain,
    seed: int,
    indexed: frozenset[str] = frozenset(),
    sizes: frozenset[str] = frozenset(),
) -> Point:
    """A point of small rational numbers within the domain; indices are chosen last, within their bounds.

    Where arrays are `indexed` whose entries are indices themselves, there are sizes for these, too. `sizes` are names
    that ranges end at: small whole numbers, where the domain has them.
    """
    rng = random.Random(seed)
    likely = 0.9 if seed < _SIMPLE_SEEDS else 0.5
    values: dict[str, Fraction] = {}
    point = Point(values, domain, seed)
    needed = _least_sizes(domain)
    for name in sorted(names, key=lambda v: domain[v].index is not None):
        r = domain[name]
        if r.index is None:
            counts = r.whole and r.values is None and r.upper is None and r.lower is not None
            size = max(_size(rng), needed.get(name, _LEAST)) if counts or name in sizes else None
            values[name] = size if size is not None and (counts or size in r) else choose(r, rng, likely)
            continue
        _give_sizes(r.index, values, domain, rng)
        first, last = (Evaluator(point).index(b) for b in r.index)
        if last < first:
            raise GaveUp(f"the range of {name} is empty at this point")
        values[name] = Fraction(rng.randint(first, last))
    for name, r in domain.ranges.items():
        if r.total is not None:
            _give_sizes((r.total,), values, domain, rng)
        elif r.index is not None and name in indexed:
            _give_sizes(r.index, values, domain, rng)
    for g in domain.groups:
        if any(v in values for v in g.names):
            values.update(zip(g.names, shares(rng, len(g.names), one_hot=g.kind == "one-hot"), strict=True))
    return point


def _least_sizes(domain: Domain) -> dict[str, Fraction]:
    """The sizes below which an index range, such as 2 … n − 3, is empty."""
    out: dict[str, Fraction] = {}
    for r in domain.ranges.values():
        rows = linear(sub(r.index[1], r.index[0])) if r.index is not None else None
        ends = [v for v, c in (rows or {}).items() if v and c]
        if rows is not None and len(ends) == 1 and rows[ends[0]] == 1:
            out[ends[0]] = max(out.get(ends[0], _LEAST), -rows.get("", _LEAST))
    return out


def _give_sizes(bounds: tuple[Term, ...], values: dict[str, Fraction], domain: Domain, rng: random.Random) -> None:
    for name in sorted(frozenset().union(*map(free_names, bounds)) - values.keys()):
        values[name] = _size(rng)


def _size(rng: random.Random) -> Fraction:
    return Fraction(rng.choice((2, 3, 1, 2)))


def search(terms: tuple[Term, ...], domain: Domain, first: int, count: int) -> Iterator[Point]:
    """Simple points with the seeds first … first + count − 1; those that cannot be made are left out."""
    names, indexed, sizes = scalars(*terms), arrays(*terms), _ends(*terms)
    for seed in range(first, first + count):
        try:
            yield simple(names, domain, seed, indexed, sizes)
        except (GaveUp, Undefined):
            continue


def _ends(*terms: Term) -> frozenset[str]:
    """The names that ranges of sums and products end at."""
    ranges = (a for t in terms if parts(t).bound for a in walk(t) if a.head in ("sum", "prod"))
    return frozenset().union(*(free_names(end) for a in ranges for end in a.args[2:]))


def moved(point: Point, name: str, value: Fraction) -> Point:
    """The same point with another value of one variable."""
    return point.moved({name: value})


def corners(terms: tuple[Term, ...], domain: Domain, base: Point) -> Iterator[Point]:
    """The base point with each real variable in turn at each corner of its range."""
    for name in scalars(*terms):
        if domain[name].index is None:
            yield from (moved(base, name, c) for c in CORNERS if c in domain[name] and c != base.values[name])


def together(terms: tuple[Term, ...], domain: Domain, base: Point) -> Iterator[Point]:
    """All real variables at one corner, or moved by it, and the kinks around two of these: tails with a difference."""
    free = [v for v in scalars(*terms) if domain[v].index is None and domain[v].values is None and not domain[v].whole]
    if len(free) < 2:
        return
    for c in CORNERS:
        for values in (dict.fromkeys(free, c), {v: base.values[v] + c for v in free}):
            point = base.moved({v: x for v, x in values.items() if x in domain[v]})
            yield point
            if abs(c) == _TAIL:
                yield from kinks(terms, domain, point)


def kinks(terms: tuple[Term, ...], domain: Domain, base: Point, *, quick: bool = False) -> Iterator[Point]:
    """Along each variable: a point beyond all breaks of a choice, one between two, and every break.

    Quick: only breaks of what is linear in the variable, which are seen at three points.
    """
    for name in _continuous(terms, domain):
        r, breaks = domain[name], _all_breaks(terms, name, base, quick)
        if breaks:
            ends = [breaks[-1] + 1, breaks[0] - 1]
            ends += [(e + b) / 2 for e, b in ((r.lower, breaks[0]), (r.upper, breaks[-1])) if e is not None]
            inside = [(a + b) / 2 for a, b in itertools.pairwise(breaks)]
            yield from (moved(base, name, v) for v in (*ends, *inside, *breaks) if v in r)


def pinned(terms: tuple[Term, ...], domain: Domain, bases: list[Point], others: list[Point]) -> Iterator[Point]:
    """Many points at each break that is the same for two bases: what is so only there may need other values."""
    for name in _continuous(terms, domain) if len(bases) > 1 else ():
        breaks = [_all_breaks(terms, name, base) for base in bases[:2]]
        for v in [b for b in breaks[0] if b in breaks[1] and b in domain[name]][:_MAX_PINNED]:
            yield from (moved(point, name, v) for point in others)


def _continuous(terms: tuple[Term, ...], domain: Domain) -> list[str]:
    ranges = {name: domain[name] for name in scalars(*terms)}
    return [name for name, r in ranges.items() if r.index is None and r.values is None and not r.whole]


def _all_breaks(terms: tuple[Term, ...], name: str, base: Point, quick: bool = False) -> list[Fraction]:
    return sorted({b for g in gaps(*terms) if name in free_names(g) for b in _breaks(g, name, base, quick)})


def gaps(*terms: Term) -> list[Term]:
    """The terms whose signs decide the choices in these terms, each once."""
    return list(dict.fromkeys(g for term in terms for g in _gaps_of(term)))


@lru_cache(maxsize=1_024)
def _gaps_of(term: Term) -> tuple[Term, ...]:
    if not parts(term).heads & CHOICES:
        return ()
    return tuple(dict.fromkeys(g for t in walk(term) for g in deciding(t)))


def _value(gap: Term, name: str, base: Point, v: Fraction) -> fmpq | arb | None:
    try:
        return Evaluator(moved(base, name, v)).go(gap)
    except (GaveUp, Undefined, KeyError):
        return None


def _breaks(gap: Term, name: str, base: Point, quick: bool) -> list[Fraction]:
    exact = [_value(gap, name, base, Fraction(v)) for v in (0, 1, 2)]
    if all(isinstance(v, fmpq) for v in exact):
        a, b, c = (Fraction(int(v.p), int(v.q)) for v in exact)  # type: ignore[union-attr]
        if a - 2 * b + c == 0:
            return [-a / (b - a)] if b != a else []
    if quick:
        return []
    if arrays(gap):
        return _by_bisection(gap, name, base)
    others = tuple((n, base.values[n]) for n in sorted(free_names(gap)) if n in base.values)
    return list(_remembered(gap, name, others, base.domain[name]))


@lru_cache(maxsize=4_096)
def _remembered(gap: Term, name: str, others: tuple[tuple[str, Fraction], ...], r: Range) -> tuple[Fraction, ...]:
    """The breaks of a gap without entries of arrays: many questions ask for those around the same point."""
    return tuple(_by_bisection(gap, name, Point(dict(others), Domain({name: r}))))


def _by_bisection(gap: Term, name: str, base: Point) -> list[Fraction]:
    """Both sides of each change of sign on the grid, within the range."""
    out: list[Fraction] = []
    r = base.domain[name]
    grid = sorted({*(v for v in _GRID if v in r), *(e for e in (r.lower, r.upper) if e is not None)})
    known = [(v, s) for v in grid if (s := _sign_at(gap, name, base, v)) is not None]
    for (low, s), (high, t) in itertools.pairwise(known):
        if s * t < 0:
            out += _narrowed(gap, name, base, (low, s), high)
        elif t == 0:
            out.append(high)
    return out


def _narrowed(gap: Term, name: str, base: Point, left: tuple[Fraction, int], high: Fraction) -> list[Fraction]:
    low, sign = left
    for _ in range(_BISECTIONS):
        middle = (low + high) / 2
        s = _sign_at(gap, name, base, middle)
        if s is None or s == 0:
            return [low, middle, high]
        low, high = (middle, high) if s == sign else (low, middle)
    return [low, high]


def _sign_at(gap: Term, name: str, base: Point, v: Fraction) -> int | None:
    value = _value(gap, name, base, v)
    if value is None:
        return None
    return 1 if value > 0 else -1 if value < 0 else 0 if value == 0 else None
