"""Sums over all pairs of one range: what cancels once each pair is met both ways round.

    Σ_b Σ_c F(b, c) = ½ Σ_b Σ_c (F(b, c) + F(c, b))

so that is 0 where F(b, c) + F(c, b) is 0 for each b and c. Products of two sums, single sums and what depends on no
index are sums over all pairs, too: (Σ f)(Σ g) = Σ_b Σ_c f(b) g(c), and c₀ = Σ_b Σ_c c₀/N².
"""

from __future__ import annotations

from typing import NamedTuple

from derive.prove.field import Frac
from derive.prove.normal import Normal
from derive.prove.polys import Monomial
from derive.prove.registry import Key
from derive.terms.term import Term, add, mul, num, power, substitute, sym

_SUMS = ("sum", "sum_of")


class Square(NamedTuple):
    """All pairs: the key of the range, the number of its values, and the names of the two indices."""

    range: Key
    size: Term
    outer: str
    inner: str


def merged_is_zero(n: Normal, gap: Frac) -> bool:
    """Is the fraction 0, as its sums over all pairs of one range are?"""
    if n.judge is None:
        return False
    for square in _squares(n, gap):
        f = _merged(n, gap, square)
        turned = f and substitute(f, {square.outer: sym(square.inner), square.inner: sym(square.outer)})
        if f and turned and n.judge.zero_for_each(n, add(f, turned), square.inner):
            return True
    return False


def _squares(n: Normal, gap: Frac) -> dict[Square, None]:
    """The ranges over whose pairs there is a sum, each with the indices of the first such sum."""
    found: dict[Key, Square] = {}
    for g in n.field.generators_of(gap.num):
        key = n.generator(g).key
        if key[0] == "sum" and (inner := _inner(n, key)) is not None:
            last = n.bound[key[3]].index
            count = add(last[1], num(1)) if last else num(1)
            found.setdefault(key[2], Square(key[2], count, key[3], inner[-1]))
    return dict.fromkeys(found.values())


def _inner(n: Normal, key: Key) -> Key | None:
    """The one sum over the same range in the summand of a sum."""
    monomial, den = key[1]
    inside = [(n.generator(g).key, e) for g, e in monomial]
    found = [k for k, e in inside if k[0] in _SUMS and e == 1 and k[-2] == key[2]]
    return found[0] if len(found) == 1 and not den else None


def _merged(n: Normal, gap: Frac, square: Square) -> Term | None:
    """F, where the numerator of the gap is a sum of products of at most two sums, or of one over all pairs."""
    parts = [_part(n, monomial, square) for monomial, _ in n.field.terms(gap.num)]
    known = [p for p in parts if p is not None]
    if len(known) < len(parts):
        return None
    return add(*(mul(num(c), p) for (_, c), p in zip(n.field.terms(gap.num), known, strict=True)))


def _part(n: Normal, monomial: Monomial, square: Square) -> Term | None:
    """One monomial, as what is summed over all pairs."""
    sums = [n.generator(g).key for g, e in monomial for _ in range(e) if _is_over(n, g, square)]
    rest = tuple((g, e) for g, e in monomial if not _is_over(n, g, square))
    front = n.readback.poly(n.field.monomial(rest))
    by_pairs = _of_pairs(n, sums[0], square) if len(sums) == 1 else None
    if by_pairs is not None:
        return mul(front, by_pairs)
    if len(sums) > 2:
        return None
    indices = (square.outer, square.inner)
    factors = [substitute(summand(n, k), {k[-1]: sym(i)}) for k, i in zip(sums, indices, strict=False)]
    return mul(front, *factors, power(square.size, num(len(sums) - 2)))


def _is_over(n: Normal, g: int, square: Square) -> bool:
    key = n.generator(g).key
    return key[0] in _SUMS and key[-2] == square.range


def _of_pairs(n: Normal, key: Key, square: Square) -> Term | None:
    """The summand of a sum in which there is another one over the same range."""
    inner = _inner(n, key) if key[0] == "sum" else None
    if inner is None:
        return None
    rest = tuple((g, e) for g, e in key[1][0] if n.generator(g).key != inner)
    f = mul(n.readback.atom((rest, frozenset())), summand(n, inner))
    return substitute(f, {key[-1]: sym(square.outer), inner[-1]: sym(square.inner)})


def summand(n: Normal, key: Key) -> Term:
    """What is added up in a sum, with the index of its key."""
    return key[2] if key[0] == "sum_of" else n.readback.atom(key[1])
