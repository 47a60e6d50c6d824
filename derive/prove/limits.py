"""Limits by their definition: a modulus is given, and what it promises is an inequality.

f(x) → L as x → a from above: for every ε > 0 there is a δ > 0 with |f(x) − L| < ε wherever a < x < a + δ. The modulus
is δ as a formula in ε. The neighbourhood is {a + δt : 0 < t < 1}, so three signs are to be decided, for all ε > 0 and
all t in (0, 1): δ > 0, f − L < ε and f − L > −ε. In the same way f(x) → ∞ is f > M for every M > 0. The other sides are
a − δt, and a limit at infinity is 1/(δt).
"""

from __future__ import annotations

from collections.abc import Sequence

from derive.certificate import Proved, Verdict
from derive.domain import Domain, parse_range
from derive.errors import TermError
from derive.prove.sign import sign_terms
from derive.terms.term import Term, add, free_names, sub, substitute, sym

METHOD = "the definition of the limit, with the modulus that was given"
DELTA, T = "delta", "t"
_RESERVED = {"epsilon": parse_range("positive"), "M": parse_range("positive"), T: parse_range("(0, 1)")}


def limit_terms(terms: Sequence[Term], domain: Domain, *, budget: float) -> Verdict:
    """Does f tend to L? terms: f, its variable, the approach (a term in `delta` and `t`), L, δ (a term in `epsilon`)."""
    f, variable, approach, target, modulus = terms
    gap = sub(_along(f, variable, approach, modulus), target)
    return _all([modulus, sub(sym("epsilon"), gap), add(sym("epsilon"), gap)], domain, budget)


def divergence_terms(terms: Sequence[Term], domain: Domain, *, budget: float) -> Verdict:
    """Does f tend to ∞? terms: f, its variable, the approach (a term in `delta` and `t`), δ (a term in `M`)."""
    f, variable, approach, modulus = terms
    return _all([modulus, sub(_along(f, variable, approach, modulus), sym("M"))], domain, budget)


def _along(f: Term, variable: Term, approach: Term, modulus: Term) -> Term:
    """f where x is at the share t of the neighbourhood."""
    if variable.head != "sym" or variable.name not in free_names(f):
        raise TermError(f"a limit is taken in a variable of the function, not in {variable!r}"[:200])
    if not {DELTA, T} <= free_names(approach):
        raise TermError(f"the approach is a formula in delta and t, such as 1 - delta*t, not {approach!r}"[:200])
    if free_names(f) & {DELTA, T, "epsilon", "M"}:
        raise TermError("delta, t, epsilon and M belong to the definition of the limit, not to the function")
    return substitute(f, {variable.name: substitute(approach, {DELTA: modulus})})


def _all(positive: Sequence[Term], domain: Domain, budget: float) -> Verdict:
    """Are all of the terms positive? The first answer that is no, or not decided, is the answer."""
    where = Domain({**domain.ranges, **_RESERVED}, domain.groups)
    found: list[Proved] = []
    for term in positive:
        verdict = sign_terms(term, where, "positive", budget=budget)
        if not isinstance(verdict, Proved):
            return verdict
        found.append(verdict)
    conditions = dict.fromkeys(c for v in found for c in v.conditions)
    return Proved(METHOD, tuple(conditions), notes=tuple(dict.fromkeys(n for v in found for n in v.notes)))
