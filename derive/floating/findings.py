"""From the failing parts of lines to findings: one for each way in which the formula fails."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import replace
from fractions import Fraction

import numpy as np

from derive.domain import Domain
from derive.finding import Finding
from derive.floating.blame import Blame
from derive.floating.search import Code, Fault, Search
from derive.floating.truth import Truth, telling
from derive.terms.term import Term
from derive.terms.unparse import unparse

_LARGE = 1e16


def survey(
    term: Term, domain: Domain, dtypes: Sequence[str], deadline: float, code: Code | None = None
) -> list[Finding]:
    """Everything that goes wrong, type by type, as far as there is time; no stable forms yet."""
    truth = Truth(term, domain)
    out: list[Finding] = []
    for dtype in dtypes:
        faults = Search(term, truth, domain, dtype, code).faults(deadline)
        out += _merged([_finding(term, domain, dtype, fault) for fault in faults], faults)
    return out


def _finding(term: Term, domain: Domain, dtype: str, fault: Fault) -> Finding:
    point = fault.line.point(fault.worst)
    kind, part, reason = _reason(term, domain, dtype, fault)
    lost = fault.judgement.lost if fault.judgement.state == "bad" and math.isfinite(fault.judgement.lost) else None
    return Finding(
        kind=kind,
        dtype=dtype,
        variable=fault.line.name,
        where=_where(fault, dtype),
        point=tuple((name, exact_text(value)) for name, value in sorted(point.items())),
        computed=f"{fault.computed:.{telling(lost or 16, dtype)}g}",
        true=fault.judgement.true or "no value",
        digits_lost=lost,
        part=part,
        reason=reason,
        serious=fault.judgement.serious,
    )


def _reason(term: Term, domain: Domain, dtype: str, fault: Fault) -> tuple[str, str, str]:
    if fault.judgement.state != "bad":
        return fault.judgement.state, "", ""
    blame = Blame(term, domain, dtype, fault.line.point(fault.worst))
    part = blame.part()
    return blame.kind(part, fault.computed), unparse(part), blame.reason(part)


def exact_text(value: float) -> str:
    """A floating-point number in full, as a formula reads it."""
    exact = Fraction(value)
    return str(exact) if abs(exact) < _LARGE and exact.denominator == 1 else repr(float(value))


def _where(fault: Fault, dtype: str) -> str:
    """The failing values of the variable, and what the others were."""
    fixed = [f"{n} = {exact_text(v)}" for n, v in sorted(fault.line.base.items()) if n not in fault.line.moves]
    at = f" (at {', '.join(fixed)})" if fixed else ""
    return f"{_interval(fault, dtype)}{at}"


def _interval(fault: Fault, dtype: str) -> str:
    name, low, high = fault.line.name, _end(fault, fault.first, dtype), _end(fault, fault.last, dtype)
    if fault.before is None and fault.after is None:
        return f"every {name}"
    if fault.after is None:
        return f"{name} >= {low}"
    if fault.before is None:
        return f"{name} <= {high}"
    return f"{name} = {low}" if low == high else f"{low} <= {name} <= {high}"


def _end(fault: Fault, value: float, dtype: str) -> str:
    """The exact end of a range without finite values; the rough end of one with lost digits."""
    if fault.finite:
        return exact_text(float(f"{value:.3g}"))
    return str(np.asarray(value, dtype)[()])


def _merged(found: list[Finding], faults: list[Fault]) -> Iterator[Finding]:
    """One finding for each kind and part, the two tails together."""
    groups: dict[tuple[str, str], list[int]] = {}
    for i, f in enumerate(found):
        groups.setdefault((f.kind, f.part), []).append(i)
    yield from (_worst([found[i] for i in group], [faults[i] for i in group]) for group in groups.values())


def _worst(found: list[Finding], faults: list[Fault]) -> Finding:
    """Of findings that differ in the place only: the first one, with the places of the others on its line."""
    line = faults[0].line
    places = [f.where for f, fault in zip(found, faults, strict=True) if fault.line is line]
    worst = max((f for f, fault in zip(found, faults, strict=True) if fault.line is line), key=_badness)
    if len(places) < 2:
        return worst
    fixed = " (at" + places[0].split(" (at")[1] if " (at" in places[0] else ""
    where = " or ".join(p.split(" (at")[0] for p in sorted(places, key=len)) + fixed
    return replace(worst, where=where)


def _badness(f: Finding) -> float:
    return math.inf if f.digits_lost is None else f.digits_lost
