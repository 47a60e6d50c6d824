"""What a derivation claims, in terms alone: the equality of each step, and what a whole chain speaks of.

Both sides of a step are scalars. A whole matrix stands for its entry at the derivation's indices, whatever they are.
Used by `verify`, and by `replay` for a file from a stranger: so it knows no loss, no rule and no SymPy.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from derive.certificate import CheckedDerivation
from derive.errors import DerivationError
from derive.terms.matrices import shape
from derive.terms.term import MATRIX_HEADS, Term, at, free_names, make, num, sym

#: kind -> number of free indices: an entry of a gradient has a row, one of a Hessian a row and a column
_INDICES = {"gradient": 1, "hessian": 2}
#: what m, n, the indices, the data and the parameters must be, for the claim to hold for every data set of any size
_GENERAL = {"X": "real", "theta": "real", "m": "(0, oo)", "n": "(0, oo)"}


def equality(before: Term, after: Term, indices: Sequence[str]) -> tuple[Term, Term]:
    """The two scalars that a step claims to be equal: entries, where a side is a whole matrix."""
    return _scalar(before, indices), _scalar(after, indices)


def _scalar(term: Term, indices: Sequence[str]) -> Term:
    if term.head not in MATRIX_HEADS:
        return term
    if not 1 <= len(indices) <= 2:
        raise DerivationError(
            f"a whole matrix needs a row index (and a column index) to be compared by, not {indices!r}"
        )
    stray = free_names(term) & set(indices)
    if stray:
        raise DerivationError(
            f"the matrix itself depends on the index {', '.join(sorted(stray))} of its entries: {term!r}"[:300]
        )
    row, column = [*map(sym, indices), num(0)][:2]
    return make("entry", term, row, column)


def check_chain(derivations: Sequence[CheckedDerivation], cost: Term, domain: Mapping[str, str]) -> None:
    """The gradient is that of the cost, the Hessian that of the gradient, for every data set of any size.

    Raises `DerivationError` for a derivation without steps, one that starts elsewhere or speaks of less.
    """
    for d in derivations:
        if not d.steps:
            raise DerivationError(f"the derivation {d.name!r} has no steps: there is nothing to prove in it")
    gradient, hessian = (_only(derivations, kind) for kind in _INDICES)
    (j,) = gradient.indices
    _starts(gradient, [make("diff", cost, at("theta", sym(j)))])
    row, column = hessian.indices
    _starts(
        hessian,
        [make("diff", s.result, at("theta", sym(column))) for s in gradient.steps if _scalar_in(s.result, row, j)],
    )
    _check_domain(domain, {j, row, column})


def _only(derivations: Sequence[CheckedDerivation], kind: str) -> CheckedDerivation:
    found = [d for d in derivations if d.kind == kind]
    if len(found) != 1:
        raise DerivationError(f"there are {len(found)} derivations of the {kind}; there must be one")
    if len(set(found[0].indices)) != _INDICES[kind] or len(found[0].indices) != _INDICES[kind]:
        raise DerivationError(
            f"the {kind} has the indices {found[0].indices!r}; {_INDICES[kind]} different ones are needed"
        )
    _check_result(kind, found[0].steps[-1].result)
    return found[0]


def _check_result(kind: str, result: Term) -> None:
    if result.head not in MATRIX_HEADS:
        raise DerivationError(f"the last step of the {kind} is not the whole {kind}, but one entry of it")
    rows, columns = shape(result)
    if (rows, columns) != (sym("n"), sym("n") if kind == "hessian" else num(1)):
        raise DerivationError(f"the {kind} has {rows!r} rows and {columns!r} columns: it is another matrix")


def _scalar_in(result: Term, row: str, gradient_row: str) -> bool:
    return result.head not in MATRIX_HEADS and row == gradient_row


def _starts(d: CheckedDerivation, allowed: Sequence[Term]) -> None:
    if d.start not in allowed:
        raise DerivationError(
            f"the derivation of the {d.kind} starts from another expression than it should: {d.start!r}"[:300]
        )


def _check_domain(domain: Mapping[str, str], indices: set[str]) -> None:
    """Nothing of the data or its size may be left out."""
    for name, wanted in {**_GENERAL, **dict.fromkeys(indices, "0..n-1")}.items():
        said = domain.get(name, "real").removeprefix("integer ")
        if said != wanted:
            raise DerivationError(f"{name} is {said} here, not {wanted}: the proof would not hold for every data set")
