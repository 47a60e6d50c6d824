"""Are two expressions equal on a domain, is one nonnegative on it, or positive?

`Proved`, `Refuted` with a witness, or `Unknown` with a reason.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from derive.certificate import Verdict
from derive.domain import Domain
from derive.errors import TermError
from derive.prove.decide import prove_terms
from derive.terms.calls import no_constants
from derive.terms.readable import is_internal
from derive.terms.term import Term, walk

__all__ = [
    "prove",
    "prove_nonnegative",
    "prove_positive",
    "prove_positive_semidefinite",
    "prove_terms",
]
# what decides signs is loaded where it is used: a verification of equalities needs none of it


def prove(a: Any, b: Any, domain: Mapping[Any, str] | None = None, *, budget: float = 2.0) -> Verdict:
    """Is a = b at every point of the domain where both are defined, over the real numbers?

    a, b: SymPy expressions, matrix expressions, or text such as `"1/(1 + exp(-z))"`. `domain` maps a symbol or its
    name to `"real"`, `"positive"`, `"[0, 1]"`, `"{0, 1}"`, `"0..n-1"` …; the assumptions of SymPy symbols hold, and a
    symbol without any is real. Entries of arrays are real unless `domain` says otherwise of the array. `budget`: the
    processor time of this thread, in seconds, after which the answer is `Unknown`.

    >>> import sympy as sp
    >>> z = sp.Symbol("z")
    >>> prove(sp.tanh(z), 2 / (1 + sp.exp(-2 * z)) - 1).status
    'proved'
    >>> prove("sqrt(z**2)", "z").witness.point
    (('z', '-1/2'),)
    """
    read = _Reader()
    left, right = read(a), read(b)
    return prove_terms(left, right, read.domain(domain or {}), budget=budget)


def prove_nonnegative(
    e: Any, domain: Mapping[Any, str] | None = None, *, strict: bool = False, budget: float = 2.0
) -> Verdict:
    """Is e ≥ 0 (e > 0 with `strict`) at every point of the domain where it is defined, over the real numbers?

    e and domain are as in `prove`. `Refuted` shows a point where e is negative (or 0, with `strict`).

    >>> prove_nonnegative("1/4 - sigmoid(z)*(1 - sigmoid(z))").status
    'proved'
    >>> prove_nonnegative("log(1 + exp(z)) - z", strict=True).status
    'proved'
    >>> prove_nonnegative("z**2/(1 + z**2)", strict=True).witness.point
    (('z', '0'),)
    """
    from derive.prove.sign import sign_terms

    read = _Reader()
    term = read(e)
    return sign_terms(term, read.domain(domain or {}), "positive" if strict else "nonnegative", budget=budget)


def prove_positive(e: Any, domain: Mapping[Any, str] | None = None, *, budget: float = 2.0) -> Verdict:
    """Is e > 0 at every point of the domain where it is defined? See `prove_nonnegative`.

    >>> prove_positive("y*exp(-z)", {"y": "positive"}).status
    'proved'
    """
    return prove_nonnegative(e, domain, strict=True, budget=budget)


def prove_positive_semidefinite(
    matrix: Any, domain: Mapping[Any, str] | None = None, *, budget: float = 2.0
) -> Verdict:
    """Is v′Hv ≥ 0 for every v, at every point of the domain where all entries of H are defined?

    H is a symmetric matrix of at most 4×4: a SymPy matrix, or a list of rows. `Refuted` shows a point, the value of
    v′Hv there, and the direction v in its notes. Raises `TermError` where H is not square, not symmetric or too large.

    >>> prove_positive_semidefinite([["p*(1 - p)", "-p*q"], ["-p*q", "q*(1 - q)"]], {"p, q, r": "simplex"}).status
    'proved'
    >>> prove_positive_semidefinite([["1", "2"], ["2", "1"]]).notes
    ("v'Hv < 0 in the direction v = (-2, 1)",)
    """
    from derive.prove.sign_matrix import semidefinite_terms

    read = _Reader()
    rows = [[read(e) for e in row] for row in _rows(matrix)]
    return semidefinite_terms(rows, read.domain(domain or {}), budget=budget)


def _rows(matrix: Any) -> list[list[Any]]:
    """The entries of a matrix of SymPy, of an array, or of a list of rows."""
    given = matrix.tolist() if hasattr(matrix, "tolist") else matrix
    rows = list(given) if isinstance(given, Iterable) else [given]
    if any(isinstance(row, str) or not isinstance(row, Iterable) for row in rows):
        raise TermError("a matrix is given as a list of rows, each a list of expressions")
    return [list(row) for row in rows]


class _Reader:
    """The terms of one question: equal parts are one object, and what SymPy's symbols say of themselves is kept."""

    def __init__(self) -> None:
        self._shared: dict[Term, Term] = {}
        self._symbols: set[Any] = set()
        self._texts = False

    def __call__(self, x: Any) -> Term:
        if isinstance(x, Term):
            return _named(x)
        if isinstance(x, str):
            from derive.terms.text import parse_formula

            self._texts = True
            return parse_formula(x)
        from derive.terms.bridge import from_sympy

        return from_sympy(x, self._shared, self._symbols)

    def domain(self, described: Mapping[Any, str]) -> Domain:
        """What is described, together with what the symbols say."""
        named = isinstance(described, Mapping)
        said = Domain.of({getattr(k, "name", k): r for k, r in described.items()} if named else described)
        if self._texts:
            no_constants("domain", said.ranges)
        if not self._symbols:
            return said
        from derive.terms.declared import assumptions

        return said.within(assumptions(self._symbols))


def _named(t: Term) -> Term:
    """A term that comes from elsewhere, and so has no name that a proof gives to an index."""
    if odd := sorted({a.name for a in walk(t) if a.head == "sym" and is_internal(a.name)}):
        raise TermError(f"a name cannot begin with a dot: {odd[0]!r}; rename it")
    return t
