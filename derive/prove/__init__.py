"""Are two expressions equal on a domain? `Proved`, `Refuted` with a witness, or `Unknown` with a reason."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from derive.certificate import Verdict
from derive.domain import Domain
from derive.prove.decide import prove_terms
from derive.terms.term import Term

__all__ = ["prove", "prove_terms"]


def prove(a: Any, b: Any, domain: Mapping[Any, str] | None = None, *, budget: float = 2.0) -> Verdict:
    """Is a = b at every point of the domain where both are defined, over the real numbers?

    a, b: SymPy expressions, matrix expressions, or text such as `"1/(1 + exp(-z))"`. `domain` maps a symbol or its
    name to `"real"`, `"positive"`, `"[0, 1]"`, `"{0, 1}"`, `"0..n-1"` …; the assumptions of SymPy symbols hold, and a
    symbol without any is real. Entries of arrays are real unless `domain` says otherwise of the array.

    >>> import sympy as sp
    >>> z = sp.Symbol("z")
    >>> prove(sp.tanh(z), 2 / (1 + sp.exp(-2 * z)) - 1).status
    'proved'
    >>> prove("sqrt(z**2)", "z").witness.point
    (('z', '-1'),)
    """
    left, right = _term(a), _term(b)
    return prove_terms(left, right, _domain((a, b), domain or {}), budget=budget)


def _term(x: Any) -> Term:
    if isinstance(x, Term):
        return x
    if isinstance(x, str):
        from derive.terms.text import parse_formula

        return parse_formula(x)
    from derive.terms.bridge import from_sympy

    return from_sympy(x)


def _domain(sides: tuple[Any, ...], described: Mapping[Any, str]) -> Domain:
    """What is described, together with what the symbols of SymPy say of themselves."""
    said = Domain.of({getattr(name, "name", name): text for name, text in described.items()})
    from_symbols = [s for s in sides if hasattr(s, "free_symbols")]
    if not from_symbols:
        return said
    from derive.terms.bridge import assumptions

    return said.within(assumptions(*from_symbols))
