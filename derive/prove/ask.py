"""The questions that a statement may ask of terms, each with the procedure that decides it."""

from __future__ import annotations

from collections.abc import Sequence

from derive.certificate import Verdict
from derive.domain import Domain
from derive.errors import TermError
from derive.prove.decide import prove_terms
from derive.terms.term import Term


def ask(question: str, terms: Sequence[Term], domain: Domain, *, budget: float = 2.0) -> Verdict:
    """The verdict on a question of `derive.certificate.CheckedStatement`; a `TermError` for one that is none.

    >>> from derive.terms.text import parse_formula
    >>> ask("positive", [parse_formula("exp(x)")], Domain({})).status
    'proved'
    """
    match question, len(terms):
        case "equal", 2:
            return prove_terms(terms[0], terms[1], domain, budget=budget)
        case ("nonnegative" | "positive") as want, 1:
            from derive.prove.sign import sign_terms

            return sign_terms(terms[0], domain, want, budget=budget)
        case "limit", 5:
            from derive.prove.limits import limit_terms

            return limit_terms(terms, domain, budget=budget)
        case "diverges", 4:
            from derive.prove.limits import divergence_terms

            return divergence_terms(terms, domain, budget=budget)
        case "minimum", _:
            from derive.prove.minimum import minimum_terms

            return minimum_terms(terms, domain)
    raise TermError(f"no question: {question!r} about {len(terms)} terms")
