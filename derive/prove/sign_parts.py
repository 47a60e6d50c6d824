"""Claims that together say that an expression has a sign: its parts, its summands, and what a sum loses by nothing.

Σ (q(k) − p(k)) is 0 where p and q are shares, which add up to 1, and 1 is Σ p(k), or Σ 1/n. So Σ p log(p/q) has the
sign that p log(p/q) + q − p has for each index.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from typing import Literal, NamedTuple, TypeAlias

from derive.domain import Domain, between
from derive.errors import TermError
from derive.prove.decide import prove_terms
from derive.prove.differentiate import differentiate
from derive.prove.forms import whole
from derive.prove.sign_forms import adds_up
from derive.prove.signals import GaveUp
from derive.terms.term import (
    Term,
    add,
    bound_names,
    free_names,
    fresh,
    make,
    mul,
    num,
    power,
    rebuild,
    sub,
    substitute,
    sym,
    walk,
)

Want: TypeAlias = Literal["nonnegative", "positive"]
Claim: TypeAlias = tuple[Term, Domain, Want]
_ZERO, _ONE, _HALF = num(0), num(1), num(1, 2)
_QUICK = 0.1  # seconds for a small question


class Way(NamedTuple):
    """Claims that together say that an expression has the sign, if the hypotheses hold."""

    claims: list[Claim]
    hypotheses: tuple[str, ...] = ()


def ways(e: Term, domain: Domain, want: Want) -> Iterator[Way]:
    """Ways to see that e has the sign, none where there is no sum in it: those that hit first, then the cheap ones."""
    if not any(t.head == "sum" for t in walk(e)):
        return
    found = _one_sum(e, domain)
    if found is not None:
        for merged, hypotheses in found.tilted(domain):
            yield Way(_all_of(merged, domain, want), hypotheses)
    yield Way(_parts(e, domain, want))
    if (signed := _unsigned(e)) is not None:
        yield Way([(side, domain, want) for side in signed])
    elif found is not None and e.head == "add":
        yield Way(_all_of(found.spread(), domain, want))


def _parts(e: Term, domain: Domain, want: Want) -> list[Claim]:
    """Each addend, each factor, or the summand for each index."""
    if e.head in ("mul", "add"):
        return [(a, domain, want) for a in e.args]
    if e.head != "sum":
        return []
    body, index, first, last = e.args
    if not whole(first, domain.__getitem__):  # the index starts anywhere then, and is no whole number
        return []
    name = fresh(index.name, free_names(e) | domain.names)
    one: Claim = (substitute(body, {index.name: sym(name)}), domain.with_(name, between(first, last)), want)
    return [one, (add(sub(last, first), _ONE), domain, want)] if want == "positive" else [one]


def _all_of(e: Term, domain: Domain, want: Want) -> list[Claim]:
    """The summand for each index, of a sum from 0 that must not be empty."""
    return [*_parts(e, domain, want), (e.args[3], domain, "nonnegative")]


def _unsigned(e: Term) -> tuple[Term, Term] | None:
    """a − c|t| is the lesser one of a − ct and a + ct."""
    for i, a in enumerate(e.args if e.head == "add" else ()):
        c, t = _scaled(a)
        if t.head == "abs" and c.head == "num" and c.value < 0:
            rest, turned = add(*e.args[:i], *e.args[i + 1 :]), num(-c.value)
            return add(rest, mul(c, t.args[0])), add(rest, mul(turned, t.args[0]))
    return None


# -- one sum over a range that begins at 0 ----------------------------------------------------------------------------
class _OneSum(NamedTuple):
    """Σ body + rest, the index with this name from 0 to last."""

    body: Term
    rest: Term
    name: str
    last: Term

    @property
    def even(self) -> Term:
        """1/n, which adds up to 1 where the range is not empty."""
        return power(add(self.last, _ONE), num(-1))

    def spread(self, *more: Term, over: Term | None = None) -> Term:
        """One sum: what is beside it is spread evenly, or over shares; and with more in the summand."""
        body = add(self.body, mul(self.rest, over or self.even), *more)
        return make("sum", body, sym(self.name), _ZERO, self.last)

    def tilted(self, domain: Domain) -> Iterator[tuple[Term, tuple[str, ...]]]:
        """Equal sums if shares add up to 1, which is said, where they may be 0 for each index, and flat there."""
        inside = domain.with_(self.name, between(_ZERO, self.last))
        shares = list(dict.fromkeys(t for t in walk(self.body) if self._is_share(t, domain)))
        for u, other in itertools.permutations([*shares, self.even], 2):
            for w in (_ONE, _HALF, self.even) if u in shares else ():
                if _slopes(add(self.body, mul(self.rest, u)), u, other, w, inside):
                    names = dict.fromkeys(t.name for t in (u, other) if t in shares)
                    yield self.spread(mul(w, sub(other, u)), over=u), tuple(map(adds_up, names))

    def _is_share(self, t: Term, domain: Domain) -> bool:
        """Is it an entry of a vector, or of a row, that adds up to 1 over the range?"""
        if t.head != "at" or t.args[-1] != sym(self.name):
            return False
        if any(self.name in free_names(i) for i in t.args[1:-1]) or free_names(t) & bound_names(self.body):
            return False
        length = domain[t.name].total
        return length is not None and _same(length, add(self.last, _ONE), domain)


def _one_sum(e: Term, domain: Domain) -> _OneSum | None:
    """e as one sum, where all sums that are added in it are over one range."""
    addends = [_scaled(a) for a in (e.args if e.head == "add" else (e,))]
    sums = [(c, a) for c, a in addends if a.head == "sum"]
    if not sums or any(a.args[2] != _ZERO for _, a in sums):
        return None
    last = sums[0][1].args[3]
    if not whole(last, domain.__getitem__) or any(not _same(a.args[3], last, domain) for _, a in sums):
        return None
    name = fresh(sums[0][1].args[1].name, free_names(e) | bound_names(e) | domain.names)
    body = add(*(mul(c, substitute(a.args[0], {a.args[1].name: sym(name)})) for c, a in sums))
    return _OneSum(body, add(_ZERO, *(mul(c, a) for c, a in addends if a.head != "sum")), name, last)


def _scaled(t: Term) -> tuple[Term, Term]:
    """t = c·a, with a sum if there is one among the factors, or else what a number stands before."""
    if t.head == "mul":
        sums = [i for i, a in enumerate(t.args) if a.head == "sum"]
        at = sums[0] if sums else 1 if t.args[0].head == "num" and len(t.args) == 2 else None
        if at is not None:
            return mul(*t.args[:at], *t.args[at + 1 :]), t.args[at]
    return _ONE, t


def _same(a: Term, b: Term, domain: Domain) -> bool:
    """Are two terms proved to be equal?"""
    return a == b or prove_terms(a, b, domain, budget=_QUICK).status == "proved"


def _slopes(e: Term, u: Term, other: Term, w: Term, domain: Domain) -> bool:
    """Has e the slope w in u where u is `other`? Then e + w (other − u) is least there, if e is convex in u."""
    a = sym(fresh("a", free_names(e) | bound_names(e) | domain.names))
    try:
        slope = substitute(differentiate(_put(e, u, a), a), {a.name: other})
        return prove_terms(slope, w, domain, budget=_QUICK).status == "proved"
    except (GaveUp, TermError):
        return False


def _put(t: Term, old: Term, new: Term) -> Term:
    return new if t == old else rebuild(t, lambda a: _put(a, old, new))
