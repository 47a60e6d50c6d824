"""Laws of ranges that depend on an index: sums that begin anywhere, that a condition cuts in two, and triangles.

    Σ_{j = a … b} f(j) = Σ_{j = 0 … b} f(j) − Σ_{j = 0 … a−1} f(j)      for 0 ≤ a ≤ b + 1
    Σ_{j = a … b} f(j, [j ≤ e]) = Σ_{j = a … e} f(j, 1) + Σ_{j = e+1 … b} f(j, 0)      for a − 1 ≤ e ≤ b
    Σ_{i < n} Σ_{j ≤ i} (f(i, j) + f(j, i)) = Σ_{i < n} Σ_{j < n} f(i, j) + Σ_{i < n} f(i, i)

The first and the last one meet summands that were not there before, so each of these must have a value.
"""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

from derive.prove import signs
from derive.prove.deltas import ANYWHERE, with_delta
from derive.prove.field import Frac
from derive.prove.forms import form, linear, nonnegative, positive, total, whole, within
from derive.prove.normal import Normal
from derive.prove.ties import CHOICES
from derive.terms.term import (
    BINDERS,
    Term,
    add,
    children,
    free_names,
    make,
    mul,
    neg,
    num,
    sub,
    substitute,
    sym,
    walk,
)

_ZERO, _ONE, _HALF = num(0), num(1), num(1, 2)
_TRUE, _FALSE = make("true"), make("false")
_AT_LEAST_ZERO = (signs.POSITIVE, signs.ZERO, signs.NONNEGATIVE)


def seen(n: Normal, *terms: Term) -> bool:
    """Is none of these seen to be able to be negative?"""
    return all(n.mask(n.go(t)) in _AT_LEAST_ZERO for t in terms)


def _whole(n: Normal, *terms: Term) -> bool:
    return all(whole(t, n.range_of) for t in terms)


# -- sums that begin anywhere -------------------------------------------------------------------------------------
def from_zero(n: Normal, t: Term) -> Frac | None:
    """Σ from a variable index on, as the difference of two sums from 0; a strict prefix, as one that is never empty."""
    body, index, first, last = t.args
    if first.head == "num":
        return _one_more(n, t)
    count = add(sub(last, first), _ONE)
    if not _whole(n, first, last):
        return None
    if index.name not in free_names(body) and seen(n, count) and total(body, n.known):
        return n.field.mul(n.go(count), n.go(body))
    if _relative(body, index, first):
        return None
    if not seen(n, first, count) or not total(make("sum", body, index, _ZERO, last), n.known):
        return None
    out = n.field.sub(*(n.go(make("sum", body, index, _ZERO, end)) for end in (last, sub(first, _ONE))))
    _learn(n, out, t, n.mask(n.go(count)) == signs.POSITIVE)
    return out


def _learn(n: Normal, out: Frac, t: Term, not_empty: bool) -> None:
    """A difference of sums does not show the sign that its summands have."""
    body = t.args[0]
    where = within(t, n.known)
    if positive(body, where):
        n.facts.learn(out, signs.POSITIVE if not_empty else signs.NONNEGATIVE)
    elif nonnegative(body, where):
        n.facts.learn(out, signs.NONNEGATIVE)


def _one_more(n: Normal, t: Term) -> Frac | None:
    """A prefix that is empty for the first values of an index around it only: one summand more, without the last."""
    body, index, first, last = t.args
    count, following = add(sub(last, first), _ONE), add(last, _ONE)
    if free_names(count).isdisjoint(n.bound) or not _whole(n, first, last) or n.mask(n.go(count)) != signs.NONNEGATIVE:
        return None
    longer = make("sum", body, index, first, following)
    if not total(longer, n.known):
        return None
    out = n.field.sub(n.go(longer), n.go(substitute(body, {index.name: following})))
    _learn(n, out, t, not_empty=False)
    return out


def _relative(t: Term, index: Term, first: Term) -> bool:
    """Does t depend on the index only through its distance from the first one?"""
    if index.name not in free_names(t):
        return True
    if t.head in ("sym", "add", "mul"):
        rows = linear(sub(t, sub(index, first)))
        if rows is not None and not any(c for v, c in rows.items() if v):
            return True
    if t.head == "sym" or (t.head in BINDERS and index.name in free_names(first)):
        return False
    return all(_relative(a, index, first) for a in children(t))


# -- sums that a condition cuts in two ------------------------------------------------------------------------------
def cut(n: Normal, t: Term) -> Term | None:
    """The sum in two parts, where a condition compares its index with something else, and holds in one of them only."""
    body, index, first, last = t.args
    if not _whole(n, first, last):
        return None
    for condition in dict.fromkeys(_conditions(body, index.name, frozenset())):
        found = _turn(n, condition, index.name)
        if found is None:
            continue
        turn, before, after = found  # from `turn` on it is `after`
        parts = [with_delta(body, condition, value, ANYWHERE) for value in (before, after)]
        if seen(n, sub(turn, first), sub(add(last, _ONE), turn)):
            ends = ((first, sub(turn, _ONE)), (turn, last))
            return add(*(make("sum", part, index, *own) for part, own in zip(parts, ends, strict=True)))
        if seen(n, sub(first, turn)):
            return make("sum", parts[1], index, first, last)
        if seen(n, sub(turn, add(last, _ONE))):
            return make("sum", parts[0], index, first, last)
    return None


def _conditions(t: Term, index: str, bound: frozenset[str]) -> Iterator[Term]:
    """Comparisons in which the index occurs, under operations that replace them, and no name that is bound there."""
    if t.head in ("lt", "le"):
        if index in free_names(t) and bound.isdisjoint(free_names(t)):
            yield t
    elif t.head in ANYWHERE and t.head not in ("eq", "ne", "delta"):
        inner = bound | ({t.args[1].name} if t.head == "sum" else set())
        for a in t.args:
            yield from _conditions(a, index, inner)


def _turn(n: Normal, condition: Term, index: str) -> tuple[Term, Term, Term] | None:
    """The first index from which on the condition is another, and what it is before and from there on."""
    a, b = condition.args
    rows = linear(sub(b, a))  # at least 0, or positive: at least 1
    c = rows.pop(index, Fraction(0)) if rows else Fraction(0)
    if rows is None or abs(c) != 1 or not all(_coefficient(n, v, k) for v, k in rows.items()):
        return None
    strict = 1 if condition.head == "lt" else 0
    rest = add(num(rows.pop("", 0) - strict), *(mul(num(k), sym(v)) for v, k in sorted(rows.items()) if k))
    return (add(rest, _ONE), _TRUE, _FALSE) if c < 0 else (neg(rest), _FALSE, _TRUE)


def _coefficient(n: Normal, name: str, c: Fraction) -> bool:
    """Is it a whole multiple of a whole number?"""
    return c.denominator == 1 and (not name or n.range_of(name).whole)


# -- triangles ------------------------------------------------------------------------------------------------------
def triangle(n: Normal, f: Term, outer: str, inner: str, count: Term) -> Term | None:
    """Σ_{b < n} Σ_{c ≤ b} f(b, c), where the other triangle is the one that is kept; None where this one is."""
    last = sub(count, _ONE)

    def over(body: Term, end: Term) -> Term:
        return make("sum", make("sum", body, sym(inner), _ZERO, end), sym(outer), _ZERO, last)

    kept, flipped = (form(f, {outer: a, inner: b}) for a, b in (("b", "c"), ("c", "b")))
    square = over(f, last)
    if not total(square, n.known):
        return None
    other = substitute(f, {outer: sym(inner), inner: sym(outer)})
    diagonal = make("sum", substitute(f, {inner: sym(outer)}), sym(outer), _ZERO, last)
    if flipped == kept or _same(n, f, other, inner):
        return mul(_HALF, add(square, diagonal))
    return add(square, diagonal, neg(over(other, sym(outer)))) if flipped < kept else None


def _same(n: Normal, a: Term, b: Term, index: str) -> bool:
    """Are two summands with choices in them the same for each index?"""
    choice = any(t.head in CHOICES or t.head == "piecewise" for t in walk(a))
    return choice and n.judge is not None and n.judge.same_for_each(n, a, b, index)
