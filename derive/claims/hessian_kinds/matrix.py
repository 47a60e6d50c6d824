"""A whole matrix nowhere below the Hessian: the difference is positive semidefinite."""

from __future__ import annotations

import time
from collections.abc import Iterable, Mapping
from typing import TypeAlias

from derive.certificate import Proved, Unknown, Verdict
from derive.claims.comparison import OFF_BOUNDARY, Comparison
from derive.claims.hessian_kinds.kind import Kind
from derive.errors import TermError
from derive.prove.sign_matrix import MAX_SIZE, semidefinite_terms
from derive.terms.term import Term, free_names, mul, num, sub

_BUDGET = 2.0
Matrix: TypeAlias = Mapping[tuple[str, ...], Term]


def matrix_bound(claimed: Matrix, compare: Comparison) -> Kind | Unknown | None:
    """Is claimed − true positive semidefinite (with the sign of the convention)? Entries are keyed by variables.

    None where it certainly is not, or where the claim is not symmetric.

    Where choices tie, the derivatives are their limits from both sides; where these are not decided, a note says so.
    """
    names = list(dict.fromkeys(key[0] for key in claimed))
    if not 2 <= len(names) <= MAX_SIZE or len(claimed) != len(names) ** 2:
        return Unknown(f"matrices of more than {MAX_SIZE} rows are not compared as a whole")
    verdict, notes = _above(claimed, {k: compare.true("hessian", k) for k in claimed}, compare), tuple[str, ...]()
    if isinstance(verdict, Unknown):
        formulas = {k: t for k in claimed if (t := compare.plain("hessian", k)) is not None}
        verdict, notes = _above(claimed, formulas, compare), (OFF_BOUNDARY,)
    if not isinstance(verdict, Proved):
        return verdict if isinstance(verdict, Unknown) else None
    return Kind(*_named(claimed.values(), names), verdict.conditions, (*verdict.notes, *notes))


def _above(claimed: Matrix, true: Matrix, compare: Comparison) -> Verdict | None:
    if claimed.keys() != true.keys():
        return Unknown("no formula of a derivative")
    names = list(dict.fromkeys(key[0] for key in claimed))
    sign = num(compare.sign("hessian"))
    rows = [[mul(sign, sub(claimed[a, b], true[a, b])) for b in names] for a in names]
    try:
        left = min(_BUDGET, max(compare.deadline - time.thread_time(), 0))
        return semidefinite_terms(rows, compare.stated.domain, budget=left) if left else Unknown("the time is over")
    except TermError:  # it is not symmetric
        return None


def _named(entries: Iterable[Term], names: list[str]) -> tuple[str, str]:
    says = "the difference from the exact one is positive semidefinite: a majorizer"
    if not any(free_names(t) & set(names) for t in entries):
        return "constant", f"constant in {', '.join(names)}, and {says}"
    return "majorizer", says
