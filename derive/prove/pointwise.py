"""Sums and products with a choice that depends on the index: decided index by index.

Σ f = Σ g where f(i) = g(i) for every index i of the range. That is a question of its own, in which i is a variable and
regions may depend on it. What no such question settles is a generator: the sum as it is.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from functools import lru_cache
from typing import Protocol

from derive.prove import prefixes
from derive.prove.elementary import atom_value
from derive.prove.field import Frac
from derive.prove.forms import total
from derive.prove.normal import Normal
from derive.prove.registry import Key
from derive.prove.signals import GaveUp, Indexed
from derive.terms.term import Term, add, children, free_names, mul, num, power, substitute, sym


class Scope(Protocol):
    """The range of a sum: the name of its index, the number of its values, the summand."""

    name: str
    term: Term
    count: Frac

    def summand(self) -> Term:
        """The summand, with the name of the index in it."""


Build = Callable[[Normal, Frac], Frac]


@lru_cache(maxsize=20_000)
def height(t: Term) -> int:
    """How deep sums are nested in a term."""
    return max(map(height, children(t)), default=0) + (t.head in ("sum", "prod"))


def over_range(n: Normal, scope: Scope, build: Build) -> Frac:
    """What `build` makes of the summand; where a choice in it depends on the index, of what it is for each index."""
    body = scope.summand()
    try:
        return build(n, n.go(body))
    except Indexed as why:
        moves = n.along is not None and n.along.name in free_names(body)
        if scope.name not in why.names or moves or n.judge is None:
            raise
    parts = prefixes.cut(n, scope.term) if scope.term.head == "sum" else None
    return _by_index(n, body, scope, build) if parts is None else n.go(parts)


def _by_index(n: Normal, body: Term, scope: Scope, build: Build) -> Frac:
    if n.judge is None:
        raise GaveUp("a choice that depends on the index of a sum")
    single = n.judge.without_choices(n, body, scope.name)
    if single is not None:
        with suppress(Indexed):
            return build(n, n.go(single))
    return _generator(n, body, scope)


def _generator(n: Normal, body: Term, scope: Scope) -> Frac:
    """The generator of a sum with this summand, or with one that is seen to be equal to it."""
    kind, count = f"{scope.term.head}_of", n.key(scope.count)
    known = (g.key for g in n.registry.generators if g.key[0] == kind and g.key[3:] == (count, scope.name))
    key = next(
        (k for k in known if _same(n, body, k[2], scope.name)), (kind, height(body) + 1, body, count, scope.name)
    )
    if not total(key[2], n.known):
        if n.along is not None:
            raise GaveUp("a derivative with a sum of choices that need not have a value")
        n.needs_value(key[2])
    return n.function(key, (free_names(key[2]) - {scope.name}) | n.free(scope.count))


def _same(n: Normal, a: Term, b: Term, name: str) -> bool:
    return a == b or (n.judge is not None and n.judge.same_for_each(n, a, b, name))


def merged_is_zero(n: Normal, gap: Frac) -> bool:
    """c₀ + Σⱼ cⱼ Sⱼ = 0, linear in sums over one range: is c₀/count + Σⱼ cⱼ bodyⱼ zero for each index?"""
    if n.judge is None:
        return False
    found = {g: n.generator(g).key for g in n.field.generators_of(gap.num)}
    for count, name in dict.fromkeys(key[3:] for key in found.values() if key[0] == "sum_of"):
        mine = {g: key for g, key in found.items() if key[0] in ("sum", "sum_of") and key[-2] == count}
        summand = _merged(n, gap, mine, name)
        if summand is not None and n.judge.zero_for_each(n, summand, name):
            return True
    return False


def _merged(n: Normal, gap: Frac, mine: dict[int, Key], name: str) -> Term | None:
    """c₀/count + Σⱼ cⱼ bodyⱼ, where the gap is linear in these sums."""
    last = n.bound[name].index
    count = add(last[1], num(1)) if last else num(1)
    parts = []
    for monomial, c in n.field.terms(gap.num):
        here = [(g, e) for g, e in monomial if g in mine]
        if len(here) > 1 or (here and here[0][1] > 1):
            return None
        rest = n.field.monomial(tuple(ge for ge in monomial if ge not in here), c)
        parts.append(mul(n.readback.poly(rest), _body(n, mine[here[0][0]], name) if here else power(count, num(-1))))
    return add(*parts)


def _body(n: Normal, key: Key, name: str) -> Term:
    body = key[2] if key[0] == "sum_of" else n.readback.fraction(atom_value(n, key[1]))
    return substitute(body, {key[-1]: sym(name)})
