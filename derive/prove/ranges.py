"""Laws of the ranges of sums: turned round, shifted, longer by a few; sums of powers of the index, geometric series."""

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
from derive.terms.term import Term, add, children, free_names, make, mul, neg, num, power, sub, substitute, sym

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


def geometric(n: Normal, atom: Key, count: Term, name: str) -> Frac | None:
    """Σ f(b) = f(0) (r^N − 1)/(r − 1), where f(b + 1)/f(b) is r for every b, and f(0) N where r is 1."""
    if not _exponential(n, atom, name):
        return None
    f = n.field
    body = n.readback.atom(atom)
    ratio = f.mul(n.go(substitute(body, {name: add(sym(name), num(1))})), f.inverse(n.go(body)))
    if name in n.free(ratio):
        return None
    first, gap = n.go(substitute(body, {name: num(0)})), f.sub(ratio, f.constant(Fraction(1)))
    if f.is_zero(gap):
        return f.mul(first, n.go(count))
    if not n.seen_nonzero(gap):
        return None
    longer = n.go(power(n.readback.fraction(ratio), count))
    return f.mul(first, f.mul(f.sub(longer, f.constant(Fraction(1))), f.inverse(gap)))


def _exponential(n: Normal, atom: Key, name: str) -> bool:
    """Is it a product of exponentials, none of which can be 0, of exponents in which the index is a factor?"""
    monomial, den = atom
    rows = [m for factor, _ in den for m, _ in factor]
    single = all(len(factor) == 1 for factor, _ in den)
    keys = [n.generator(g).key for m in (monomial, *rows) for g, _ in m]
    return single and all(k[0] == "exp" and _is_multiple(n, k[1], name) for k in keys)


def _is_multiple(n: Normal, atom: Key, name: str) -> bool:
    """Is it the index times what does not depend on it?"""
    rest = [(n.generator(g), e) for g, e in atom[0]]
    rest += [(n.generator(g), 2) for factor, _ in atom[1] for m, _ in factor for g, _ in m]
    return [g.key for g, e in rest if name in g.free and e == 1] == [("sym", name)] and not any(
        name in g.free for g, e in rest if e != 1
    )


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

    Turned round, the summands are the same: of u[b] v[c − b] that one is kept in which the first array counts up.
    Shifted, others than before are met, so each must have a value everywhere.
    """
    found = list(_offsets(body, name))
    if not found or None in found:
        return None
    ways = {(array, way) for array, way, _ in found}  # type: ignore[misc]
    last = sub(count, num(1))
    if sorted((array, way) for array, way in ways) < sorted((array, -way) for array, way in ways):
        return make("sum", substitute(body, {name: sub(last, sym(name))}), sym(name), num(0), last)
    least = min(k for _, _, k in found)  # type: ignore[misc]
    if (
        any(way < 0 for _, way in ways)
        or not least
        or abs(least) > _MAX_PEELED
        or not total(body, n.known.without(frozenset((name,))))
    ):
        return None
    moved = substitute(body, {name: sub(sym(name), num(least))})
    steps = range(least) if least > 0 else range(least, 0)
    gaps = [sub(substitute(moved, {name: add(count, num(s))}), substitute(moved, {name: num(s)})) for s in steps]
    return add(make("sum", moved, sym(name), num(0), last), *(g if least > 0 else neg(g) for g in gaps))


def _offsets(t: Term, name: str) -> Iterator[tuple[str, int, int] | None]:
    """For each index of an entry in which the name occurs: array, sign and number added; None for others."""
    if name not in free_names(t):
        return
    if t.head != "at":
        for a in children(t):
            yield from _offsets(a, name) if a.head != "sym" else []
        return
    for i in t.args[1:]:
        if name in free_names(i):
            found = _offset(i, name)
            yield found and (t.name, *found)


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
