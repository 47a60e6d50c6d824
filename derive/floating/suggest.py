"""The stable form that is suggested: it fails less, and it is proved equal."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from dataclasses import replace
from fractions import Fraction

import numpy as np

from derive.domain import Domain
from derive.errors import TermError
from derive.finding import Finding
from derive.floating.findings import survey
from derive.floating.grid import Array, lines
from derive.floating.library import meaning
from derive.floating.machine import Machine
from derive.floating.stable import proposals
from derive.floating.truth import Truth
from derive.prove.decide import prove_terms
from derive.render.numpy_code import numpy_code
from derive.terms.term import Term
from derive.terms.unparse import unparse

_PROOF = 0.6


def stable_form(
    term: Term, found: Sequence[Finding], domain: Domain, dtypes: Sequence[str], deadline: float
) -> Term | None:
    """The proposal with the fewest and mildest findings, if it has fewer than the formula and is proved equal to it."""
    for candidate in _ranked(term, _cost(found), domain, dtypes, deadline):
        left = min(_PROOF, deadline - time.monotonic())
        if left <= 0:
            return None
        if prove_terms(meaning(term), meaning(candidate), domain, budget=left).status == "proved":
            return candidate
    return None


def _ranked(term: Term, cost: int, domain: Domain, dtypes: Sequence[str], deadline: float) -> Iterator[Term]:
    """Better forms, the best first; one without any finding at once."""
    rest: list[tuple[int, Term]] = []
    good = [_finite_part(term, domain, dtype) for dtype in dtypes]
    for candidate in proposals(term):
        if time.monotonic() > deadline:
            break
        if not all(np.isfinite(Machine(d, part).value(candidate)).all() for d, part in zip(dtypes, good, strict=True)):
            continue
        own = _cost(survey(candidate, domain, dtypes, deadline))
        if own == 0:
            yield candidate
        elif own < cost:
            rest.append((own, candidate))
    yield from (c for _, c in sorted(rest, key=lambda pair: pair[0]))


def _cost(found: Sequence[Finding]) -> int:
    return sum(1 if not f.serious else 10 if f.digits_lost is not None else 100 for f in found if f.kind != "range")


def _finite_part(term: Term, domain: Domain, dtype: str) -> dict[str, Array]:
    """The points of all lines at which the formula is finite: no form may fail at one of them."""
    parts = [line.columns(line.values) for line in lines(term, domain, dtype)]
    columns = {n: np.concatenate([p[n] for p in parts]) for n in parts[0]} if parts else {}
    fine = np.isfinite(Machine(dtype, columns).value(term))
    return {n: values[fine] for n, values in columns.items()}


def with_stable(term: Term, found: Sequence[Finding], stable: Term, domain: Domain) -> tuple[Finding, ...]:
    """The findings that the stable form removes say so."""
    truth = Truth(term, domain)
    try:
        text = unparse(stable)
    except TermError:
        return tuple(found)
    told = {"stable": meaning(stable), "stable_text": text, "stable_numpy": numpy_code(stable)}
    return tuple(replace(f, **told) if _removed(f, stable, truth) else f for f in found)  # type: ignore[arg-type]


def _removed(f: Finding, stable: Term, truth: Truth) -> bool:
    if f.kind == "range":
        return False
    point = {name: float(Fraction(value)) for name, value in f.point}
    computed = float(Machine(f.dtype, {n: np.array([v], f.dtype) for n, v in point.items()}).value(stable)[0])
    return truth.judge(computed, point, f.dtype).state in ("good", "unknown") and bool(np.isfinite(computed))
