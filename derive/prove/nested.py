"""Laws of nested sums: which one is inside, and triangles at any depth."""

from __future__ import annotations

from derive.prove import prefixes, squares
from derive.prove.elementary import atom_free
from derive.prove.field import Frac
from derive.prove.forms import form
from derive.prove.normal import Normal
from derive.prove.registry import Generator, Key, numbers_in
from derive.terms.term import Term, make, mul, num, sym


def in_order(n: Normal, atom: Key, count: Frac, name: str) -> Frac | None:
    """The sum in the order in which it is kept; None where this one is, or where each order leads to the other one."""
    key = (atom, n.key(count))
    if key in n.exchanging:
        n.registry.kept.add(key)
    other = None if key in n.registry.kept else exchanged(n, atom, count, name)
    if other is None:
        return None
    n.exchanging.add(key)
    try:
        return n.go(other)
    finally:
        n.exchanging.discard(key)


def exchanged(n: Normal, atom: Key, count: Frac, name: str) -> Term | None:
    """Σ_b r(b) Σ_c f(b, c) the other way round, where that is the order in which it is kept; None where this one is.

    Σ_b r(b) Σ_c g(b, c) S(c) becomes Σ_c S(c) T(c). Else that sum is inside which depends on fewer indices, so that
    Σ_b r(b) Σ_c s(c) Σ_k g(b, k) h(c, k) becomes Σ_k (Σ_b r g) (Σ_c s h). Else the order is by range, then by form.
    So it is from the start for quotients: how much of them is in one summand depends on how they were written.
    """
    found = _only_sum(n, atom, "sum")
    if found is None:
        return None
    key, rest = found
    _, body, inner_count, other = key
    if name in n.free(n.value(inner_count)) or name not in atom_free(n, body):
        return None
    f, whole = mul(rest, n.readback.atom(body)), not (atom[1] or body[1])
    if not (whole and any(n.generator(g).key[0] == "sum" and name not in n.generator(g).free for g, _ in body[0])):
        factors = [g for g in map(n.generator, sorted(numbers_in((atom, body)))) if whole and g.key != key]
        here, there = (n.registry.ranges[k] for k in (n.key(count), inner_count))
        kept = _indices(n, factors, other), here, form(f, {name: "b", other: "c"})
        flipped = _indices(n, factors, name), there, form(f, {name: "c", other: "b"})
        if kept <= flipped:
            return None
    last_inner, last_outer = (n.bound[v].index[1] for v in (name, other))  # type: ignore[index]
    return make("sum", make("sum", f, sym(name), num(0), last_inner), sym(other), num(0), last_outer)


def _indices(n: Normal, factors: list[Generator], name: str) -> int:
    """On how many indices a sum over this one depends."""
    return len(frozenset().union(*(g.free for g in factors if name in g.free)) & n.bound.keys())


def triangle(n: Normal, atom: Key, count: Term, name: str) -> Term | None:
    """Σ_b r(b) Σ_{c ≤ b} f(b, c) through the other triangle, where that is the one that is kept; also for each k."""
    found = _only_sum(n, atom, "sum", "sum_of")
    if found is None:
        return None
    key, rest = found
    beyond = n.field.sub(n.value(key[-2]), n.go(sym(name)))
    if n.field.constant_value(beyond) == 1:
        return prefixes.triangle(n, mul(rest, squares.summand(n, key)), name, key[-1], count)
    inner = None if key[0] != "sum" or name in n.free(n.value(key[-2])) else _only_sum(n, key[1], "sum", "sum_of")
    if inner is None or n.field.constant_value(n.field.sub(n.value(inner[0][-2]), n.go(sym(name)))) != 1:
        return None
    f = mul(rest, inner[1], squares.summand(n, inner[0]))  # Σ_b Σ_k Σ_{c ≤ b} = Σ_k Σ_b Σ_{c ≤ b}
    other = prefixes.triangle(n, f, name, inner[0][-1], count)
    return other and make("sum", other, sym(key[-1]), num(0), n.bound[key[-1]].index[1])  # type: ignore[index]


def _only_sum(n: Normal, atom: Key, *kinds: str) -> tuple[Key, Term] | None:
    """The one sum of these kinds in a summand, and its other factors."""
    inner = [(g, e) for g, e in atom[0] if n.generator(g).key[0] in kinds]
    if len(inner) != 1 or inner[0][1] != 1:
        return None
    rest = tuple(ge for ge in atom[0] if ge != inner[0])
    return n.generator(inner[0][0]).key, n.readback.atom((rest, atom[1]))
