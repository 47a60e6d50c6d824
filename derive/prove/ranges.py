"""Laws of the ranges of sums: turned round, shifted, longer by a few, and sums of small powers of the index."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from math import floor

from derive.prove import signs
from derive.prove.elementary import ONE, atoms
from derive.prove.field import Frac
from derive.prove.forms import total
from derive.prove.normal import Normal
from derive.prove.registry import Key
from derive.terms.term import Term, add, children, free_names, make, mul, neg, num, sub, substitute, sym

_MAX_PEELED = 8
#: k: the coefficients of N, N², … in Σ b^k over b = 0 … N − 1
_POWERS = {
    1: (Fraction(-1, 2), Fraction(1, 2)),
    2: (Fraction(1, 6), Fraction(-1, 2), Fraction(1, 3)),
    3: (Fraction(0), Fraction(1, 4), Fraction(-1, 2), Fraction(1, 4)),
    4: (Fraction(-1, 30), Fraction(0), Fraction(1, 3), Fraction(-1, 2), Fraction(1, 5)),
}


def power_sum(n: Normal, atom: Key, count: Frac, name: str) -> Frac | None:
    """Σ b^k as a polynomial in the number of summands."""
    monomial, den = atom
    if den or len(monomial) != 1 or n.generator(monomial[0][0]).key != ("sym", name):
        return None
    coefficients = _POWERS.get(monomial[0][1])
    if coefficients is None:
        return None
    return n.field.sum(n.field.scale(n.field.power(count, e), c) for e, c in enumerate(coefficients, 1) if c)


def peeled(n: Normal, t: Term, count: Frac) -> Term | None:
    """Ranges whose lengths differ by a whole number share the shortest; the summands beyond it are written out."""
    whole = floor(dict(atoms(n, count)).get(ONE, Fraction(0)))
    rest = n.field.sub(count, n.field.constant(Fraction(whole)))
    more = whole - n.registry.base(("range", n.key(rest)), whole)
    if not 0 < more <= _MAX_PEELED:
        return None
    shortest = n.field.sub(count, n.field.constant(Fraction(more)))
    if n.sign(shortest, (signs.NONNEGATIVE, signs.NEGATIVE)) == signs.NEGATIVE:
        return None
    body, index, first, last = t.args
    ends = [substitute(body, {index.name: sub(last, num(k))}) for k in range(more)]
    shorter = Term(t.head, (body, index, first, sub(last, num(more))))
    return make("add" if t.head == "sum" else "mul", shorter, *ends)


def in_order(n: Normal, body: Term, name: str, count: Term) -> Term | None:
    """Σ body with entries x[b], x[b + 1], …, where they are x[c − b] …, or x[b + k] … with another least k; or None.

    Turned round, the summands are the same. Shifted, others than before are met, so each must have a value everywhere.
    """
    found = list(_offsets(body, name))
    if not found or None in found:
        return None
    directions = {way for way, _ in found}  # type: ignore[misc]
    last = sub(count, num(1))
    if directions == {-1}:
        return make("sum", substitute(body, {name: sub(last, sym(name))}), sym(name), num(0), last)
    least = min(k for _, k in found)  # type: ignore[misc]
    if (
        directions != {1}
        or not least
        or abs(least) > _MAX_PEELED
        or not total(body, n.known.without(frozenset((name,))))
    ):
        return None
    moved = substitute(body, {name: sub(sym(name), num(least))})
    steps = range(least) if least > 0 else range(least, 0)
    gaps = [sub(substitute(moved, {name: add(count, num(s))}), substitute(moved, {name: num(s)})) for s in steps]
    return add(make("sum", moved, sym(name), num(0), last), *(g if least > 0 else neg(g) for g in gaps))


def _offsets(t: Term, name: str) -> Iterator[tuple[int, int] | None]:
    """For each index of an entry in which the name occurs: its sign and the number added; None for anything else."""
    if name not in free_names(t):
        return
    if t.head != "at":
        for a in children(t):
            yield from _offsets(a, name) if a.head != "sym" else ([None] if a.name == name else [])
        return
    for i in t.args[1:]:
        if name in free_names(i):
            yield _offset(i, name)


def _offset(i: Term, name: str) -> tuple[int, int] | None:
    """name + k, or … − name."""
    parts = i.args if i.head == "add" else (i,)
    mine = [p for p in parts if name in free_names(p)]
    others = [p for p in parts if p not in mine]
    if mine == [mul(num(-1), sym(name))]:
        return -1, 0
    if mine != [sym(name)] or any(p.head != "num" or p.value.denominator != 1 for p in others):
        return None
    return 1, int(sum(p.value for p in others))
