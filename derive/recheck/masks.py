"""Choices that the index of a sum decides: masks, which are 1 where a condition holds and else 0.

A mask is a polynomial in the sign s of a gap, with s³ = s: [g > 0] = (s² + s)/2, [g = 0] = 1 − s².
"""

from __future__ import annotations

from fractions import Fraction

from derive.recheck import poly
from derive.recheck.arithmetic import Vacuous
from derive.recheck.fraction import Frac, NotRechecked
from derive.recheck.region import Region
from derive.recheck.signs import NEGATIVE, POSITIVE, SIGNS, ZERO
from derive.recheck.translate import go, number
from derive.terms.term import Term, free_names


def has_index(r: Region, t: Term) -> bool:
    """May masks stand for a choice? Where it depends on the index of a sum, and no derivative is taken."""
    return r.along is None and bool(r.bound.keys() & free_names(t))


def by_masks(r: Region, branches: list[tuple[Term, Term]]) -> Frac:
    """A choice that depends on the index of a sum: Σ value · mask, which is 1 on its branch, else 0.

    So each branch must be seen to have a value, also where it is not taken: if it has none, that says nothing.
    """
    strict, r.strict = r.strict, True
    try:
        *values, last = [go(r, value) for value, _ in branches]
        out, left = number(0), number(1)
        for value, (_, condition) in zip(values, branches, strict=False):
            mask = _mask(r, condition)
            out = r.add((out, r.mul(value, r.mul(left, mask))))
            left = r.mul(left, r.sub(number(1), mask))
        return at_zero(r, r.add((out, r.mul(last, left))))
    except Vacuous:
        raise NotRechecked("cannot re-check a choice of which a branch has no value") from None
    finally:
        r.strict = strict


def _mask(r: Region, t: Term) -> Frac:
    """1 where a condition holds, else 0."""
    one = number(1)
    match t.head:
        case "true" | "false":
            return number(int(t.head == "true"))
        case "not":
            return r.sub(one, _mask(r, t.args[0]))
        case "and" | "or":
            masks = [_mask(r, a) for a in t.args]
            out = one
            for m in masks:
                out = r.mul(out, m if t.head == "and" else r.sub(one, m))
            return out if t.head == "and" else r.sub(one, out)
    s = signed(r, _gap(r, t))
    square = r.mul(s, s)
    if t.head in ("eq", "ne"):
        return square if t.head == "ne" else r.sub(one, square)
    if t.head == "le":  # not above
        return r.sub(one, r.scale(r.sub(square, s), Fraction(1, 2)))
    return r.scale(r.add((square, s)), Fraction(1, 2))


def _gap(r: Region, comparison: Term) -> Frac:
    """Right − left."""
    return r.sub(go(r, comparison.args[1]), go(r, comparison.args[0]))


def signed(r: Region, a: Frac) -> Frac:
    """The sign s of a fraction as a generator, s³ = s, unless it is known; of a and of −2a it is the same one."""
    mask = r.mask(a)
    if mask in SIGNS:
        return number({NEGATIVE: -1, ZERO: 0, POSITIVE: 1}[mask])
    lead = a.num[max(a.num)]
    s = r.of(Term("sign", (r.book.term(r.scale(a, poly.ratio(1, lead))),)))
    ((m, _),) = s.num.items()
    r.relations[m[0][0]] = (3, s)
    return s if lead > 0 else r.scale(s, -1)


def at_zero(r: Region, a: Frac) -> Frac:
    """One form for what differs only where a sign s is 0: there its g is 0, too, so g s² = g."""
    for i in sorted(poly.generators(a.num)):
        sign = r.book.terms[i]
        if sign.head != "sign" or r.along is not None:
            continue
        g, square = go(r, sign.args[0]), poly.raised(((i, 1),), 2)
        twice = {poly.times(m, poly.raised(square, -1)): c for m, c in a.num.items() if dict(m).get(i) == 2}
        if g.num and not g.den and (q := poly.divide(twice, g.num)[0]):
            less = r.mul(Frac(q), r.mul(g, r.sub(number(1), Frac({square: 1}))))
            a = r.add((a, r.mul(less, Frac(poly.ONE, a.den))))
    return a
