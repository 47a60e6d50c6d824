"""Does the code compute what was read? Its real numbers for many rows, beside the values of the formulas.

Code may see that it is called with stand-ins, or behave otherwise than an array of terms: it stores whole numbers only
(`zeros_like` of labels), wraps round (`uint8`), takes True + True for True, changes an array that it does not own,
remembers an earlier call, or has a rule for many rows. Then a proof about what was read says nothing about the code.
Agreement proves nothing. Rows in which the formula itself is lost to rounding are left to the findings.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, NamedTuple, TypeAlias

import numpy as np

from derive.certificate import Refuted
from derive.domain import Domain, Range
from derive.errors import DeriveError
from derive.floating.machine import Machine
from derive.floating.truth import value_at
from derive.frontends import Reading
from derive.probing.corners import Row, corners
from derive.probing.floats import Called, code_values, parts, real
from derive.report import Report
from derive.terms.term import Term, free_names, num, substitute
from derive.tracing.rows import COUNT
from derive.tracing.unreadable import Unreadable

_MANY = 1_500
#: how many rows, their type, and whether the labels are those of the call before: code may remember either
_CALLS = (
    (1, "float64", False),
    (40, "float64", False),
    (40, "float64", True),
    (_MANY, "float64", False),
    (_MANY, "float64", False),
    (40, "float32", False),
)
_LOOKED_AT = 24
_BASES, _TOGETHER = 3, 12
_OF_ONE_SIZE = frozenset(("torch", "jax", "scipy"))  # compared where they are read
#: what code may lose that computes in float32 inside, or is handed float32
_CLEAR = {"float64": 1e-5, "float32": 1e-2}
_RIGHT = 1e-3
Columns: TypeAlias = Mapping[str, Any]


class _Given(NamedTuple):
    """A number of the code, its type, and is it one at a corner? There IEEE arithmetic gives what no formula does."""

    number: float
    dtype: str
    corner: bool


def differs(o: Called, reading: Reading, report: Report) -> str:
    """Where the code's numbers are not those of its formulas; empty if they are, as far as it was looked at.

    What is misread spoils a proof and a refutation alike; code that was refuted need not run, nor give a number.
    """
    values = code_values(o, reading)
    if values is None or (reading.rows and o.library in _OF_ONE_SIZE):
        return ""
    look = _Look(o, reading, Domain.of(report.domain), values, _witnesses(report), report.status != "refuted")
    try:
        return next(filter(None, look.together() if reading.rows else look.apart()), "")
    except DeriveError as why:
        return "" if report.status == "refuted" else str(why)


def _witnesses(report: Report) -> list[Row]:
    """The points that are said to refute a formula."""
    verdicts = [c.verdict for claim in report.claims for c in claim.components]
    return [{n: Fraction(v) for n, v in x.witness.point} for x in verdicts if isinstance(x, Refuted)]


@dataclass
class _Look:
    """The calls that are made, and what is said against them."""

    o: Called
    reading: Reading
    domain: Domain
    values: Mapping[str, Term]
    witnesses: Sequence[Row]
    must_run: bool

    def __post_init__(self) -> None:
        self.rng: Any = np.random.default_rng(0)
        self.names = (*self.reading.wrt, *self.reading.of_labels)

    def apart(self) -> Iterator[str]:
        """Rows on their own: many of them by chance, and those at corners."""
        columns: dict[str, Any] = {}
        for rows, dtype, again in _CALLS:
            columns |= {n: self.sample(n, rows) for n in (self.reading.wrt if again else self.names)}
            yield self.call(self.weighed(columns, rows), dtype)
        terms = [substitute(t, self.values) for *_, t in parts(self.reading)]
        bases = [{n: Fraction(float(c[i])) for n, c in columns.items() if n in self.names} for i in range(_BASES)]
        special = corners(terms, self.domain, bases, self.witnesses)
        columns = self.weighed(special, len(special[self.names[0]]))
        yield self.call(columns, "float64", every=True)
        if self.o.stated is None and self.reading.loss is not None:
            yield from (
                self.call_alone({n: c[i : i + 1] for n, c in columns.items()})
                for i in _chosen(len(columns[self.names[0]]))
            )

    def together(self) -> Iterator[str]:
        """Rows that depend on each other: as many as were read, several times."""
        for _ in range(_TOGETHER):
            yield self.call_together(self.row_by_row({n: self.sample(n, 1)[0] for n in self.numbered()}))
        base = {n: Fraction(float(self.sample(n, 1)[0])) for n in self.numbered()}
        terms = [substitute(t, self.values) for *_, t in parts(self.reading)]
        special = corners(terms, self.domain, [base], self.witnesses)
        for i in range(len(special[self.numbered()[0]])):
            yield self.call_together(self.row_by_row({n: c[i] for n, c in special.items()}))

    def numbered(self) -> list[str]:
        """The names of all rows."""
        return [f"{n}{i + 1}" for n in self.reading.numbered for i in range(self.reading.rows)]

    def row_by_row(self, point: Mapping[str, float]) -> dict[str, Any]:
        """Columns of the values of one point."""
        rows = range(self.reading.rows)
        return {n: np.array([float(point[f"{n}{i + 1}"]) for i in rows]) for n in self.reading.numbered}

    def sample(self, name: str, rows: int) -> Any:
        return _sample(self.domain[name], rows, self.rng)

    def weighed(self, columns: Columns, rows: int) -> dict[str, Any]:
        """With a weight for each row."""
        return {**columns, self.reading.labels[2]: self.rng.integers(32, 128, rows) / 64.0}

    def numbers(self, columns: Columns, dtype: str) -> Any:
        rows = len(next(iter(columns.values())))
        try:
            return real(self.o.frontend, self.o.fn, self.o.asked, {n: c.astype(dtype) for n, c in columns.items()})
        except DeriveError as why:
            raise Unreadable(f"it does not run with {rows} rows of {dtype} numbers: {why}") from None

    def call(self, columns: Columns, dtype: str, *, every: bool = False) -> str:
        """What is said of one call with rows on their own."""
        numbers, rows = self.numbers(columns, dtype), len(next(iter(columns.values())))
        here = {**self.values, COUNT: num(rows)}
        for name, side, index, term in parts(self.reading):
            found = getattr(numbers, side)
            own = found[..., index[0]] if index else found
            chosen = [i for i in (range(rows) if every else _chosen(rows)) if self.counts(own[i])]
            each_row = (
                _row(substitute(term, here), self.domain, columns, i, _Given(float(own[i]), dtype, every))
                for i in chosen
            )
            said = next(filter(None, each_row), "")
            if said:
                return f"its {name} is not the formula that was read: {said}, in a call with {rows} rows of {dtype}"
        return ""

    def call_alone(self, columns: Columns) -> str:
        """What is said of the code's own loss, in a call with one row: there a mean is a sum."""
        found = self.numbers(columns, "float64").loss
        loss = substitute(self.reading.loss or num(0), {**self.values, COUNT: num(1)})
        if np.size(found) != 1 or found is None or not free_names(loss) <= columns.keys():
            return ""
        said = _row(loss, self.domain, columns, 0, _Given(float(np.reshape(found, -1)[0]), "float64", True))
        return f"its loss is not the formula that was read: {said}" if said else ""

    def call_together(self, columns: Columns) -> str:
        """What is said of one call with rows that depend on each other."""
        numbers, rows = self.numbers(columns, "float64"), self.reading.rows
        point = {f"{n}{i + 1}": c[i : i + 1] for n, c in columns.items() for i in range(rows)}
        for name, side, index, term in parts(self.reading):
            found = getattr(numbers, side)
            if np.shape(found) != (rows,) or not self.counts(found[index[0]]):
                continue
            given = _Given(float(found[index[0]]), "float64", False)
            said = _row(substitute(term, self.values), self.domain, point, 0, given)
            if said:
                return f"its {name} is not the formula that was read: {said}"
        return ""

    def counts(self, number: Any) -> bool:
        """Is this a number that is to be compared?"""
        return self.must_run or bool(np.isfinite(number))


def _row(t: Term, domain: Domain, columns: Columns, i: int, given: _Given) -> str:
    """What is said of a row; empty if its number is that of the formula, or that of NumPy for the formula."""
    got, dtype, corner = given
    point = {n: Fraction(float(c[i])) for n, c in columns.items()}
    ball = value_at(t, domain, point)
    if ball is None:
        return ""
    wanted = None if isinstance(ball, str) else float(ball.mid())
    allowed = _CLEAR[dtype] * max(1.0, abs(wanted or 0), *(abs(float(c[i])) for c in columns.values()))
    if wanted is None:
        own = _machine(t, columns, i, dtype) if corner else None
        alike = not np.isfinite(got) or (own is not None and abs(own[0] - got) <= allowed)
    else:
        alike = abs(got - wanted) <= allowed or _is_lost(t, columns, i, given, (wanted, allowed))
    if alike:
        return ""
    return f"{got:g} instead of {'no value' if wanted is None else f'{wanted:g}'} in row {i + 1}, at {_at(columns, i)}"


def _is_lost(t: Term, columns: Columns, i: int, given: _Given, true: tuple[float, float]) -> bool:
    """Is this NumPy's number for the formula as it is written? Or may rounding cost as much? Then it is a finding.

    Code may compute in float32 inside, whatever it is handed. Where NumPy's number is right, at a tie, nothing is lost.
    """
    wanted, allowed = true
    for dtype in dict.fromkeys((given.dtype, "float32")):
        found = _machine(t, columns, i, dtype)
        if found is None:
            return False
        value, error = found
        if abs(value - given.number) <= allowed or not np.isfinite(value):
            return True
        if not error <= allowed and abs(value - wanted) > _RIGHT * allowed:
            return True
    return False


def _machine(t: Term, columns: Columns, i: int, dtype: str) -> tuple[float, float] | None:
    """What NumPy makes of the formula as it is written, and an estimate of its error; None if that is not known."""
    machine = Machine(dtype, {n: c[i : i + 1].astype(dtype) for n, c in columns.items()})
    try:
        return machine.number(t, 0)
    except KeyError:  # a function of which only true values are known
        return None


def _at(columns: Mapping[str, Any], i: int) -> str:
    return ", ".join(f"{n} = {float(c[i]):g}" for n, c in columns.items())


def _chosen(rows: int) -> Iterator[int]:
    """The first rows, the last ones, and some between."""
    yield from sorted({*range(min(rows, _LOOKED_AT // 2)), *range(0, rows, rows // _LOOKED_AT + 1), rows - 1})


def _sample(r: Range, rows: int, rng: Any) -> Any:
    """Values of a variable that float32 holds exactly."""
    if r.values is not None:
        return rng.choice([float(v) for v in r.values], rows)
    low, high = _ends(r)
    steps = rng.integers(1, 64, rows) if high - low < 1 else rng.integers(1, int(64 * (high - low)), rows)
    found = low + steps * ((high - low) / 64 if high - low < 1 else 1 / 64)
    return np.clip(np.round(found), np.ceil(low), np.floor(high)) if r.integer else found


def _ends(r: Range) -> tuple[float, float]:
    low = float(r.lower) if r.lower is not None else None
    high = float(r.upper) if r.upper is not None else None
    if low is None:
        return (-6.0, 6.0) if high is None else (high - 12, high)
    return low, min(low + 12, high) if high is not None else low + 12


__all__: Sequence[str] = ["differs"]
