"""Kronecker deltas, and equations as conditions: where an index meets one, and what is left where it does not."""

from __future__ import annotations

from collections.abc import Iterator

from derive.terms.term import (
    BINDERS,
    HEADS,
    LEAVES,
    Term,
    add,
    bound_names,
    free_names,
    make,
    mul,
    neg,
    num,
    sub,
    sym,
    walk,
)

_ZERO, _ONE = num(0), num(1)
_TRUE, _FALSE = make("true"), make("false")
#: deltas and equations: what they are where the index is another, and where it is the one
VALUES = {
    "delta": (_ZERO, _ONE),
    "eq": (_FALSE, _TRUE),
    "ne": (_TRUE, _FALSE),
}
#: operations under which what has a value still has one once a delta is 0 or 1, and any; in a choice, of the values
PLAIN = frozenset({"add", "mul", "sum", "piecewise"})
ANYWHERE = frozenset(HEADS.keys() - BINDERS.keys() - LEAVES) | {"sum"}
_ALWAYS = frozenset({"and", "eq", "ne", "true", "false", "sym", "num", "add", "mul"})  # these have a value


def deltas_in(t: Term, index: str, through: frozenset[str], bound: frozenset[str] = frozenset()) -> Iterator[Term]:
    """Deltas or equations of the index and something else, under these operations only, and of no name bound there."""
    if t.head in VALUES:
        if bound.isdisjoint(free_names(t)) and hit(t, index) is not None:
            yield t
    elif t.head in through:
        for i in _inside(t, through):
            yield from deltas_in(t.args[i], index, through, bound | bound_names(t))


def _inside(t: Term, through: frozenset[str]) -> range:
    """Which arguments are looked at: the summand of a sum, the values of a choice, unless deltas may be anywhere."""
    if t.head == "sum":
        return range(1)
    return range(0, len(t.args), 2 if t.head == "piecewise" and through is PLAIN else 1)


def hit(delta: Term, index: str) -> Term | None:
    """What the index is where the two sides are equal."""
    a, b = delta.args
    if (index in free_names(a)) == (index in free_names(b)):
        return None
    return _solved(a, index, b) if index in free_names(a) else _solved(b, index, a)


def _solved(t: Term, index: str, value: Term) -> Term | None:
    """The index where t has the value, for t = c + index or c − index."""
    inner = [a for a in t.args if isinstance(a, Term) and index in free_names(a)]
    if t == sym(index):
        return value
    if t.head == "add" and len(inner) == 1:
        return _solved(inner[0], index, sub(value, add(*(a for a in t.args if a is not inner[0]))))
    if t.head == "mul" and len(t.args) == 2 and t.args[0] == num(-1):
        return _solved(t.args[1], index, neg(value))
    return None


def with_delta(t: Term, delta: Term, value: Term, through: frozenset[str]) -> Term:
    """The term with a value in place of the delta, where it stands under these operations."""
    if t == delta:
        return value
    if t.head not in through or not bound_names(t).isdisjoint(free_names(delta)):
        return t
    inside = _inside(t, through)
    args = (with_delta(a, delta, value, through) if i in inside else a for i, a in enumerate(t.args))
    return chosen(Term(t.head, tuple(args)))


def chosen(t: Term) -> Term:
    """A choice by literal conditions; what is not literal must have a value, so it stays."""
    if t.head == "and" and all(a.head in _ALWAYS for a in walk(t)):
        rest = tuple(a for a in t.args if a != _TRUE)
        return _FALSE if _FALSE in rest else make("and", *rest) if len(rest) > 1 else (*rest, _TRUE)[0]
    if t.head != "piecewise":
        return t
    pairs = [(v, c) for v, c in zip(t.args[::2], t.args[1::2], strict=True) if c != _FALSE]
    if pairs and all(c == _TRUE for _, c in pairs):
        return pairs[0][0]
    return make("piecewise", *(a for pair in pairs for a in pair)) if pairs else t


def same_entry(a: Term, b: Term, running: frozenset[str] = frozenset()) -> Term:
    """Are these the same entry, as far as the indices say that do not depend on names that run through their values?"""
    pairs = zip(a.args[1:], b.args[1:], strict=True)
    equal = [make("eq", i, j) for i, j in pairs if running.isdisjoint(free_names(i))]
    return make("and", *equal) if len(equal) > 1 else (*equal, _TRUE)[0]


def drop_zeros(t: Term) -> Term:
    """Leave out products with a literal 0 and literal ones: their other factors are defined where the sum is."""
    if t.head == "sum":
        return _ZERO if (body := drop_zeros(t.args[0])) == _ZERO else Term("sum", (body, *t.args[1:]))
    if t.head == "piecewise":
        values = [drop_zeros(a) for a in t.args[::2]]
        if all(v == _ZERO for v in values):
            return _ZERO
        return make("piecewise", *(a for pair in zip(values, t.args[1::2], strict=True) for a in pair))
    if t.head == "mul":
        args = [drop_zeros(a) for a in t.args]
        return _ZERO if _ZERO in args else mul(*(a for a in args if a != _ONE))
    if t.head == "add":
        return add(*(a for a in map(drop_zeros, t.args) if a != _ZERO))
    return t
