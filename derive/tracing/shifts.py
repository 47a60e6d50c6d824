"""The largest score that softmax and logsumexp subtract for safety: proved not to matter, it is left out."""

from __future__ import annotations

from derive.domain import Domain
from derive.prove import prove_terms
from derive.terms.term import Term, free_names, fresh, num, rebuild, sym, walk

_BUDGET = 1.0


def unshifted(t: Term, domain: Domain) -> Term:
    """The same formula without the extremes of which it does not depend, whatever their value were."""
    for extreme in [x for x in walk(t) if x.head in ("max", "min") and len(x.args) > 1 and _depends(x)]:
        name = fresh("c", free_names(t))
        shifted, plain = _replaced(t, extreme, sym(name)), _replaced(t, extreme, num(0))
        if _additive(t, extreme):
            verdict = prove_terms(shifted, plain, domain, budget=_BUDGET)
            if verdict.status == "proved" and not verdict.domains_differ:  # type: ignore[union-attr]  # it is `Proved`
                t = plain
    return t


def _depends(t: Term) -> bool:
    return all(free_names(a) for a in t.args)


def _additive(t: Term, extreme: Term) -> bool:
    """Is it only added, and inside of a function? Others are not worth a proof."""
    return all(extreme not in x.args for x in walk(t) if x.head not in ("add", "mul")) and t.head != "max"


def _replaced(t: Term, old: Term, new: Term) -> Term:
    return new if t == old else _tidy(rebuild(t, lambda a: _replaced(a, old, new)))


def _tidy(t: Term) -> Term:
    """Without zeros in sums, as nobody writes them."""
    if t.head == "mul" and num(0) in t.args:
        return num(0)
    if t.head != "add" or num(0) not in t.args:
        return t
    rest = tuple(a for a in t.args if a != num(0))
    return rest[0] if len(rest) == 1 else Term("add", rest) if rest else num(0)
