"""A whole matrix nowhere below the Hessian: the difference is positive semidefinite."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from derive.claims.hessian_kinds.kind import Kind
from derive.domain import Domain
from derive.errors import TermError
from derive.prove.sign_matrix import semidefinite_terms
from derive.terms.term import Term, free_names, mul, num, sub

_LARGEST = 4
_BUDGET = 2.0


def matrix_bound(
    claimed: Mapping[tuple[str, ...], Term], true: Mapping[tuple[str, ...], Term], sign: int, domain: Domain
) -> Kind | None:
    """Is claimed − true positive semidefinite (with the sign of the convention)? Entries are keyed by variables."""
    names = list(dict.fromkeys(key[0] for key in claimed))
    if not 2 <= len(names) <= _LARGEST or len(claimed) != len(names) ** 2 or claimed.keys() != true.keys():
        return None
    rows = [[mul(num(sign), sub(claimed[a, b], true[a, b])) for b in names] for a in names]
    try:
        verdict = semidefinite_terms(rows, domain, budget=_BUDGET)
    except TermError:
        return None
    if verdict.status != "proved":
        return None
    return Kind(*_named(claimed.values(), names))


def _named(entries: Iterable[Term], names: list[str]) -> tuple[str, str]:
    says = "the difference from the exact one is positive semidefinite: a majorizer"
    if not any(free_names(t) & set(names) for t in entries):
        return "constant", f"constant in {', '.join(names)}, and {says}"
    return "majorizer", says
