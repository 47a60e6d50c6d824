"""Limits by their definition: a modulus is given, and what it promises is an inequality.

f(x) → L as x → a from above: for every ε > 0 there is a δ > 0 with |f(x) − L| < ε wherever a < x < a + δ. The modulus
is δ as a formula in ε. The neighbourhood is {a + δt : 0 < t < 1}, so three signs are to be decided, for all ε > 0 and
all t in (0, 1): δ > 0, f − L < ε and f − L > −ε. In the same way f(x) → ∞ is f > M for every M > 0. The other sides are
a − δt, and a limit at infinity is 1/(δt).
"""

from __future__ import annotations

from collections.abc import Sequence

from derive.certificate import Condition, Proved, Unknown, Verdict
from derive.domain import Domain, parse_range
from derive.errors import TermError
from derive.prove.decide import USED
from derive.prove.forms import parts, total
from derive.prove.sign import sign_terms
from derive.prove.signals import GaveUp
from derive.prove.unfold import unfold
from derive.terms.term import Term, add, free_names, num, power, sub, substitute, sym, walk
from derive.terms.unparse import unparse

METHOD = "the definition of the limit, with the modulus that was given"
DELTA, T = "delta", "t"
_RESERVED = {"epsilon": parse_range("positive"), "M": parse_range("positive"), T: parse_range("(0, 1)")}
_NO_VALUE = "the function is not seen to have a value in the whole neighbourhood"
_RESERVED_NAMES = {DELTA, *_RESERVED}


def limit_terms(terms: Sequence[Term], domain: Domain, *, budget: float) -> Verdict:
    """Does f tend to L? terms: f, its variable, the approach (in `delta` and `t`), L, δ (in `epsilon`)."""
    f, variable, approach, target, modulus = terms
    _apart(variable, domain)
    _only("epsilon", modulus, "modulus")
    _only("", target, "limit")
    gap = sub(_along(f, variable, approach, modulus), target)
    return _all([modulus, sub(sym("epsilon"), gap), add(sym("epsilon"), gap)], domain, budget)


def divergence_terms(terms: Sequence[Term], domain: Domain, *, budget: float) -> Verdict:
    """Does f tend to ∞? terms: f, its variable, the approach (a term in `delta` and `t`), δ (a term in `M`)."""
    f, variable, approach, modulus = terms
    _apart(variable, domain)
    _only("M", modulus, "modulus")
    return _all([modulus, sub(_along(f, variable, approach, modulus), sym("M"))], domain, budget)


def _apart(variable: Term, domain: Domain) -> None:
    """The variable moves while all others stay where they are."""
    tied = [", ".join(g.names) for g in domain.groups if free_names(variable) & set(g.names)]
    tied += [name for name, r in domain.ranges.items() if free_names(variable) & r.names]
    if tied:
        raise TermError(f"a limit is taken in {variable!r}, on which the domain of {tied[0]} depends")


def _only(own: str, t: Term, what: str) -> None:
    """A limit is a number, and its modulus is the same at each point of the neighbourhood."""
    stray = free_names(t) & _RESERVED_NAMES - {own}
    if stray:
        raise TermError(f"the {what} {unparse(t)} depends on {', '.join(sorted(stray))}")


def _along(f: Term, variable: Term, approach: Term, modulus: Term) -> Term:
    """f where x is at the share t of the neighbourhood."""
    if variable.head != "sym" or variable.name not in free_names(f):
        raise TermError(f"a limit is taken in a variable of the function, not in {variable!r}"[:200])
    if not {DELTA, T} <= free_names(approach):
        raise TermError(f"the approach is a formula in delta and t, such as 1 - delta*t, not {approach!r}"[:200])
    if not _is_approach(approach):
        raise TermError(
            f"an approach is a + delta*t, a - delta*t, 1/(delta*t) or -1/(delta*t), not {unparse(approach)}"
        )
    if free_names(f) & _RESERVED_NAMES:
        raise TermError("delta, t, epsilon and M belong to the definition of the limit, not to the function")
    return substitute(f, {variable.name: substitute(approach, {DELTA: modulus})})


def _is_approach(t: Term) -> bool:
    """Is it a ± δt, with a number a that does not depend on them, or ±1/(δt)?"""
    if t.head != "add":
        return _is_step(t) or [_is_reciprocal(f) for f in _without_sign(t)] == [True]
    steps = [a for a in t.args if _is_step(a)]
    return len(steps) == 1 and not any(free_names(a) & _RESERVED_NAMES for a in t.args if a not in steps)


def _is_step(t: Term) -> bool:
    """δt or −δt."""
    return sorted(f.name for f in _without_sign(t) if f.head == "sym") == [DELTA, T] and len(_without_sign(t)) == 2


def _is_reciprocal(t: Term) -> bool:
    return t.head == "pow" and t.args[1] == num(-1) and _is_step(t.args[0])


def _without_sign(t: Term) -> list[Term]:
    """The factors of a product, other than −1."""
    if t.head == "mul":
        return [f for a in t.args for f in _without_sign(a)]
    return [] if t == num(-1) else [t]


def _all(positive: Sequence[Term], domain: Domain, budget: float) -> Verdict:
    """Are all of the terms positive? The first answer that is no, or not decided, is the answer."""
    if domain.names & _RESERVED_NAMES:
        raise TermError("delta, t, epsilon and M belong to the definition of the limit, not to the domain")
    where = Domain({**domain.ranges, **_RESERVED}, domain.groups)
    found: list[Proved] = []
    for term in positive:
        verdict = sign_terms(term, where, "positive", budget=budget)
        if not isinstance(verdict, Proved):
            return verdict
        found.append(verdict)
    conditions = dict.fromkeys(c for v in found for c in v.conditions)
    notes = tuple(dict.fromkeys(n for v in found for n in v.notes))
    near = [c for c in conditions if free_names(c.term) & _RESERVED_NAMES]
    seen = not any(map(_is_hole, notes)) and all(_holds(c, where, budget) for c in near)
    if not (seen and all(_seen_defined(t, where, budget) for t in positive)):
        return Unknown(_NO_VALUE)
    return Proved(METHOD, tuple(conditions), notes=notes)


def _holds(c: Condition, where: Domain, budget: float) -> bool:
    """Does a condition hold in the whole neighbourhood, so that the function has a value there?"""
    kind, t = ("positive", power(c.term, num(2))) if c.kind == "nonzero" else (c.kind, c.term)
    verdict = sign_terms(t, where, "positive" if kind == "positive" else "nonnegative", budget=budget)
    return isinstance(verdict, Proved) and not verdict.conditions and not any(map(_is_hole, verdict.notes))


def _is_hole(note: str) -> bool:
    """Does a note say anything but which hypothesis was used? Then there may be places without a value."""
    return not note.startswith(USED)


def _seen_defined(t: Term, where: Domain, budget: float) -> bool:
    """What no condition of a verdict speaks of: arguments of gamma functions are positive, summands have values."""
    try:
        t = unfold(t, where)
    except GaveUp:
        return False
    if any(a.head in ("sum", "prod") and not total(a, where) for a in walk(t)):
        return False
    places = [(where[a.name].total, i) for a in walk(t) if a.head == "at" for i in a.args[1:]]
    if any(free_names(i) & _RESERVED_NAMES or (length is not None and i.head != "num") for length, i in places):
        return False
    arguments = {a.args[-1] for a in walk(t) if a.head in ("gamma", "polygamma")}
    if any(free_names(a) & parts(t).bound for a in arguments):
        return False
    return all(_holds(Condition("positive", a), where, budget) for a in arguments)
