"""Where the formula of a derivative is the derivative: not at a border, nor where a choice ties."""

from __future__ import annotations

from collections.abc import Sequence

from derive.domain import Domain
from derive.prove.forms import parts, positive, total, whole
from derive.prove.pairs import Case
from derive.prove.signals import GaveUp
from derive.prove.ties import Apart, apart, edges, has_choice, tied
from derive.terms.term import Term, add, free_names, make, mul, num, walk

_ZERO, _INVERSE = num(0), num(-1)


def guarded(d: Term, body: Term, v: Term, domain: Domain) -> Term:
    """A derivative exists only where its function does; at the boundary of a choice the formula is not enough."""
    choice = _has_choice(d, body, v)
    if not choice and total(body, domain) and not any(_is_delicate(a, v.name, domain) for a in walk(body)):
        return d
    if v.head == "sym":
        return make("slope", d, body, v, v)
    if any(a.head == "pow" and v.name in free_names(a.args[1]) and not positive(a.args[0], domain) for a in walk(body)):
        raise GaveUp("a derivative with respect to an entry in an exponent, of what need not be positive")
    if choice:  # what it is where a choice ties is not decided: there it counts as undefined
        body = add(body, apart(body, v.name, tied))
    border = apart(body, v.name, _borders(domain))
    return make("given", d if border == _ZERO else add(d, mul(_ZERO, border)), body)


def check_thin(d: Term, body: Term, case: Case, domain: Domain, bound: frozenset[str]) -> None:
    """Give up where a choice may tie on more than a thin set: a proof that leaves ties out would say too little.

    Of the names that are bound somewhere, the domain says nothing.
    """
    from derive.prove import points, thin  # they look at values, which are of what is written out by this

    v = case.v
    if v.head == "sym" or not _has_choice(d, body, v):
        return
    gaps = (case.back(gap) for gap in points.gaps(body) if v.name in free_names(gap))
    if not all(thin.thin(gap, v.name, domain, bound, case.apart) for gap in gaps):
        raise GaveUp("a derivative with respect to an entry, of choices that may tie on more than a thin set")


def _has_choice(d: Term, body: Term, v: Term) -> bool:
    return has_choice(body, v.name) or has_choice(d, v.name)


OF_ENTRIES = "derivatives with respect to an entry are compared where no choice ties"
OF_SUMS = "derivatives of sums of choices are compared where no choice ties"


def off_boundaries(t: Term) -> bool:
    """Is there a derivative with respect to an entry in it that is looked at only where no choice ties?"""
    if "diff" not in parts(t).heads:
        return False
    return any(a.head == "diff" and a.args[1].head != "sym" and has_choice(a.args[0], a.args[1].name) for a in walk(t))


def _is_delicate(t: Term, name: str, domain: Domain) -> bool:
    """Is it a power of the variable of which the rule may have no value where it has one? k a^(k-1), for k = a = 0."""
    if t.head != "pow" or name not in free_names(t) or positive(t.args[0], domain):
        return False
    return t.args[1].head != "num" or t.args[1].value.denominator != 1


def _has_end(t: Term, name: str, domain: Domain) -> bool:
    """Does a power, or x log y, of the variable end where its base comes to 0?"""
    if t.head not in ("pow", "xlogy") or name not in free_names(t.args[0]) or positive(t.args[0], domain):
        return False
    return not whole(t.args[1], domain.__getitem__) if t.head == "pow" else not positive(t.args[1], domain)


def _borders(domain: Domain) -> Apart:
    """What must not be negative, such as the base of a root, and may be 0: there the formula is not enough."""

    def own(t: Term, name: str) -> Sequence[Term]:
        if t.head in ("pow", "xlogy"):
            return t.args[:1] if _has_end(t, name, domain) else ()
        return tuple(gap for gap in edges(t) if name in free_names(gap))

    return own
