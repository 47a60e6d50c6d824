"""Is a small symmetric matrix positive semidefinite? Exactly when no principal minor is negative.

Refuted by a point and a direction v with v′Hv < 0 there.
"""

from __future__ import annotations

import itertools
import time
from collections.abc import Iterator, Sequence
from fractions import Fraction
from math import prod

from derive.certificate import Proved, Refuted, Unknown, Verdict, Witness
from derive.domain import Domain
from derive.errors import TermError
from derive.prove import points
from derive.prove.decide import decided, prove_terms
from derive.prove.point import Point
from derive.prove.refute import attempt
from derive.prove.sign import METHOD, SignQuestion
from derive.prove.sign_search import middle
from derive.terms.term import Term, add, mul, num

Rows = Sequence[Sequence[Term]]
MAX_SIZE = 4
_BITS = (96, 512)
_SIMPLE = 8
_DENOMINATORS = (1, 2, 10, 1_000, 10**6)


def semidefinite_terms(rows: Rows, domain: Domain, *, budget: float = 2.0) -> Verdict:
    """Is v′Hv ≥ 0 for every v, at every point of the domain where all entries of H are defined?

    Raises `TermError` where H is not square, not symmetric or larger than 4×4.
    """
    deadline = time.thread_time() + budget
    _check_shape(rows)
    reason = _not_symmetric(rows, domain, deadline)
    return Unknown(reason) if reason else decided(lambda: _Matrix(rows, domain, deadline).answer())


def _check_shape(rows: Rows) -> None:
    size = len(rows)
    if not 1 <= size <= MAX_SIZE or any(len(row) != size for row in rows):
        raise TermError(
            f"a square matrix of at most {MAX_SIZE} rows is needed, not rows of {[*map(len, rows)]} entries"
        )


def _not_symmetric(rows: Rows, domain: Domain, deadline: float) -> str:
    """Why two entries that mirror each other are not seen to be equal; an error where they differ."""
    everywhere = add(*(mul(num(0), e) for row in rows for e in row))  # where all entries have values
    for i, j in itertools.combinations(range(len(rows)), 2):
        if rows[i][j] == rows[j][i]:
            continue
        pair = (add(rows[i][j], everywhere), add(rows[j][i], everywhere))
        verdict = prove_terms(*pair, domain, budget=max(0.0, deadline - time.thread_time()))
        if isinstance(verdict, Refuted):
            raise TermError(f"the matrix is not symmetric: its entries ({i}, {j}) and ({j}, {i}) differ")
        if isinstance(verdict, Unknown):
            return f"the entries ({i}, {j}) and ({j}, {i}) are not seen to be equal: {verdict.reason}"
    return ""


class _Matrix:
    def __init__(self, rows: Rows, domain: Domain, deadline: float) -> None:
        self.rows = rows
        self.deadline = deadline
        self.size = len(rows)
        #: every entry is in it, so it is defined only where all of them are
        self.whole = SignQuestion(self.form([Fraction(1)] * self.size), domain, deadline, "nonnegative")
        self.plain = [[SignQuestion(e, domain, deadline, "nonnegative").plain[0] for e in row] for row in rows]
        self.domain = domain

    def form(self, v: Sequence[Fraction]) -> Term:
        """v′Hv, with every entry in it."""
        pairs = itertools.product(range(self.size), repeat=2)
        return add(num(0), *(mul(num(v[i] * v[j]), self.rows[i][j]) for i, j in pairs))

    def answer(self) -> Verdict:
        refuted = self._refuted(points.search(self.whole.plain, self.domain, 0, _SIMPLE))
        if refuted is not None:
            return refuted
        verdicts = []
        for chosen in self._subsets():
            verdict = self._minor(chosen)
            if not isinstance(verdict, Proved):
                refuted = self._refuted(self._candidates(verdict))
                return _undecided(verdict, chosen) if refuted is None else refuted
            verdicts.append(verdict)
        return _all(verdicts)

    def _subsets(self) -> Iterator[tuple[int, ...]]:
        for count in range(1, self.size + 1):
            yield from itertools.combinations(range(self.size), count)

    def _minor(self, chosen: tuple[int, ...]) -> Verdict:
        minor = _determinant([[self.rows[i][j] for j in chosen] for i in chosen])
        return decided(lambda: SignQuestion(minor, self.domain, self.deadline, "nonnegative").answer())

    # -- refutation ------------------------------------------------------------
    def _candidates(self, verdict: Verdict) -> Iterator[Point]:
        """The point where a minor is negative, then the usual ones."""
        if isinstance(verdict, Refuted):
            given = {name: Fraction(value) for name, value in verdict.witness.point if "[" not in name}
            for base in points.search(self.whole.plain, self.domain, 0, _SIMPLE):
                yield Point({**base.values, **given}, self.domain, base.seed)
        yield from self.whole.harder()

    def _refuted(self, candidates: Iterator[Point]) -> Refuted | None:
        for point in candidates:
            for v in self._directions(point):
                form = SignQuestion(self.form(v), self.domain, self.deadline, "nonnegative")
                refuted, _ = attempt([point], form.plain, _BITS, clash=form.refutes)
                if refuted is not None:
                    return _with_direction(refuted.witness, v)
        return None

    def _directions(self, point: Point) -> Iterator[list[Fraction]]:
        """A direction in which the form is negative about the point, rounded to simple numbers first."""
        values = [[middle(e, point) for e in row] for row in self.plain]
        known = [[x for x in row if x is not None] for row in values]
        v = direction(known) if known == values else None
        if v is None:
            return
        for limit in _DENOMINATORS:
            yield [x.limit_denominator(limit) for x in v]
        yield v


def direction(h: Sequence[Sequence[Fraction]]) -> list[Fraction] | None:
    """Some v with v′hv < 0, by completing squares; None where h is positive semidefinite."""
    if not h:
        return None
    size = len(h)
    unit = [Fraction(0)] * size
    for i in range(size):
        if h[i][i] < 0:
            return [*unit[:i], Fraction(1), *unit[i + 1 :]]
        across = next((j for j in range(size) if h[i][j]), None)
        if h[i][i] == 0 and across is not None:
            v = list(unit)
            v[across], v[i] = Fraction(1), -(h[across][across] + 1) / (2 * h[i][across])
            return v
    return _by_first_square(h, size)


def _by_first_square(h: Sequence[Sequence[Fraction]], size: int) -> list[Fraction] | None:
    """The rest after the square of the first variable that has one."""
    first = next((i for i in range(size) if h[i][i]), None)
    if first is None:
        return None
    rest = [i for i in range(size) if i != first]
    w = direction([[h[i][j] - h[i][first] * h[first][j] / h[first][first] for j in rest] for i in rest])
    if w is None:
        return None
    v = [Fraction(0)] * size
    for i, x in zip(rest, w, strict=True):
        v[i] = x
    v[first] = -sum((h[first][i] * v[i] for i in rest), Fraction(0)) / h[first][first]
    return v


def _determinant(rows: list[list[Term]]) -> Term:
    """Σ over permutations: every entry is in it, so it is defined only where all of them are."""
    size = range(len(rows))
    products = []
    for order in itertools.permutations(size):
        sign = prod(-1 for i, j in itertools.combinations(size, 2) if order[i] > order[j])
        products.append(mul(num(sign), *(rows[i][order[i]] for i in size)))
    return add(*products)


def _with_direction(at: Witness, v: Sequence[Fraction]) -> Refuted:
    return Refuted(at, notes=(f"v'Hv < 0 in the direction v = ({', '.join(map(str, v))})",))


def _undecided(verdict: Verdict, chosen: tuple[int, ...]) -> Unknown:
    where = f"the principal minor of the rows {', '.join(map(str, chosen))}"
    if isinstance(verdict, Unknown):
        return Unknown(f"{where}: {verdict.reason}", verdict.notes)
    return Unknown(f"{where} is negative somewhere, but no direction was found where all entries are defined")


def _all(verdicts: list[Proved]) -> Proved:
    conditions = dict.fromkeys(c for v in verdicts for c in v.conditions)
    notes = dict.fromkeys(n for v in verdicts for n in v.notes)
    return Proved(METHOD, tuple(conditions), False, tuple(notes), {"minors": [v.proof for v in verdicts]})
