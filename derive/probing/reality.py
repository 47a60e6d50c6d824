"""Does the code compute what was read? Its real numbers for many rows, beside the values of the formulas.

Code may see that it is called with stand-ins, or behave otherwise than an array of terms: it stores whole numbers only
(`zeros_like` of labels), wraps round (`uint8`), takes True + True for True, changes an array that it does not own,
remembers an earlier call, or has a rule for many rows. Then a proof about what was read says nothing about the code.
Agreement proves nothing. Rows in which the formula itself is lost to rounding are left to the findings.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction
from typing import Any

import numpy as np

from derive.certificate import Status
from derive.domain import Domain, Range
from derive.errors import DeriveError
from derive.floating.machine import Machine
from derive.floating.truth import value_at
from derive.frontends import Reading
from derive.probing.floats import Called, code_values, parts, real
from derive.terms.term import Term, num, substitute
from derive.tracing.rows import COUNT

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
_CLEAR = 1e-2


def differs(o: Called, reading: Reading, domain: Mapping[str, str], status: Status) -> str:
    """Where the code's numbers are not those of its formulas; empty if they are, as far as it was looked at.

    Only a proof can be spoiled by what was misread: a refutation is checked at its own point.
    """
    values = code_values(o, reading)
    if status == "refuted" or values is None:
        return ""
    known = Domain.of(domain)
    rng = np.random.default_rng(0)
    columns: dict[str, Any] = {}
    for rows, dtype, again in _CALLS:
        names = reading.wrt if again else (*reading.wrt, *reading.of_labels)
        columns |= {n: _sample(known[n], rows, rng) for n in names}
        columns[reading.labels[2]] = rng.integers(32, 128, rows) / 64.0
        try:
            numbers = real(o.frontend, o.fn, o.asked, {n: c.astype(dtype) for n, c in columns.items()})
        except DeriveError as why:
            return f"it does not run with {rows} rows of {dtype} numbers: {why}"
        here = {**values, COUNT: num(rows)}
        for name, side, index, term in parts(reading):
            found = getattr(numbers, side)
            own = found[..., index[0]] if index else found
            said = _row(substitute(term, here), known, columns, own, dtype)
            if said:
                return f"its {name} is not the formula that was read: {said}, in a call with {rows} rows of {dtype}"
    return ""


def _row(t: Term, domain: Domain, columns: Mapping[str, Any], found: Any, dtype: str) -> str:
    """The first row looked at whose number is another one."""
    for i in _chosen(len(found)):
        point = {n: Fraction(float(c[i])) for n, c in columns.items()}
        ball, got = value_at(t, domain, point), float(found[i])
        if ball is None:
            continue
        if isinstance(ball, str):
            if np.isfinite(got):
                return f"{got:g} instead of no value in row {i + 1}, at {_at(columns, i)}"
            continue
        wanted = float(ball.mid())
        scale = max(1.0, abs(wanted), *(abs(float(c[i])) for c in columns.values()))
        if not abs(got - wanted) <= _CLEAR * scale and not _is_lost(t, columns, i, dtype, _CLEAR * scale):
            return f"{got:g} instead of {wanted:g} in row {i + 1}, at {_at(columns, i)}"
    return ""


def _is_lost(t: Term, columns: Mapping[str, Any], i: int, dtype: str, allowed: float) -> bool:
    """May rounding cost as much, by the estimate for the formula as it is written? Then it is a finding."""
    machine = Machine(dtype, {n: c[i : i + 1].astype(dtype) for n, c in columns.items()})
    try:
        value, error = machine.number(t, 0)
    except KeyError:  # a function of which only true values are known
        return False
    return not np.isfinite(value) or not error <= allowed


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
