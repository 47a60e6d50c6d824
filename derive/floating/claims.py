"""The findings of all formulas of a claim, each formula as it was given."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from derive.domain import Domain
from derive.errors import DeriveError
from derive.finding import Finding
from derive.floating import findings
from derive.floating.library import as_written, resolved
from derive.terms.term import Term, substitute

_BUDGET = 1.0


def of_claims(
    formulas: Mapping[str, Any], where: Mapping[str, Any], domain: Domain, dtypes: Sequence[str]
) -> tuple[tuple[Finding, ...], tuple[str, ...]]:
    """The findings, and notes on the formulas that cannot be followed in floating point.

    formulas: names such as "loss", and a formula, a list, or a list of rows. A formula is a text or a term; others
    (SymPy has rewritten its expressions already) are left out.
    """
    found: list[Finding] = []
    notes: list[str] = []
    known: dict[Term, tuple[Finding, ...]] = {}
    named = resolved(dict(_each(where)))
    for name, formula in _each(formulas):
        term = substitute(formula, named)
        try:
            if term not in known:
                known[term] = findings(term, domain, dtypes=dtypes, budget=_BUDGET)
        except DeriveError as why:
            notes.append(f"{name}: not evaluated in floating point: {why}")
            continue
        found += [replace(f, formula=name) for f in known[term]]
    return tuple(found), tuple(notes)


def _each(formulas: Mapping[str, Any]) -> Iterator[tuple[str, Term]]:
    for name, formula in formulas.items():
        if isinstance(formula, (list, tuple)):
            rows = isinstance(formula[0], (list, tuple))
            kind = "row" if rows else "column" if ", row" in name else "component"
            yield from _each({f"{name}, {kind} {i}": part for i, part in enumerate(formula, 1)})
        elif isinstance(formula, (str, Term)):
            yield name, as_written(formula) if isinstance(formula, str) else formula
