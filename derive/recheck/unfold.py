"""Derivatives, entries of whole matrices and Kronecker deltas under sums, written out in plain scalar terms."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from itertools import pairwise

from derive.domain import Domain, Range
from derive.errors import CertificateError
from derive.recheck.differentiate import CHOICES, differentiate, jumps, plain
from derive.recheck.fraction import NotRechecked
from derive.terms.term import (
    MATRIX_HEADS,
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

_ZERO, _ONE, _TRUE = num(0), num(1), make("true")
_CONDITIONS = frozenset({"and", "or", "not", "true", "false", "le", "lt", "eq", "ne"})
#: what is said where the derivative of a choice with respect to an entry was taken by its formula
NO_TIES = "derivatives with respect to an entry are compared where no choice ties"
Ranges = Callable[[str], Range]
#: operations that have a value whenever their arguments have
_TOTAL = frozenset({
    "num",
    "sym",
    "at",
    "add",
    "mul",
    "exp",
    "sigmoid",
    "softplus",
    "logsigmoid",
    "tanh",
    "delta",
    "cumulant",
})


def has_value(t: Term, ranges: Ranges) -> bool:
    """Has this operation a value whenever its arguments have? A derivative exists only where its function does."""
    if t.head == "sum":
        return all(whole(end, ranges) for end in t.args[2:])
    if t.head != "pow":
        return t.head in _TOTAL
    base, e = t.args
    natural = e.head == "num" and e.value.denominator == 1 and e.value >= 0
    return natural or (base.head == "sym" and ranges(base.name).sign == "+")


def rational(t: Term) -> bool:
    """Is the value a rational number by its form: numbers, sums, products and whole powers?"""
    if t.head == "pow":
        return rational(t.args[0]) and t.args[1].head == "num" and t.args[1].value.denominator == 1
    return t.head == "num" or (t.head in ("add", "mul") and all(map(rational, t.args)))


def whole(t: Term, ranges: Ranges) -> bool:
    """Is the value a whole number by its form?"""
    if t.head == "num":
        return t.value.denominator == 1
    if t.head in ("sym", "at"):
        return ranges(t.name).whole
    if t.head == "pow":
        base, e = t.args
        return whole(base, ranges) and e.head == "num" and e.value.denominator == 1 and e.value >= 0
    return t.head in ("delta", "floor", "sign") or (t.head in ("add", "mul") and all(whole(a, ranges) for a in t.args))


def unfold(t: Term, ranges: Ranges, ties: set[Term] | None = None, *, deltas: bool = True, every: bool = True) -> Term:
    """The same value without entries, derivatives, and deltas that a sum resolves.

    A sum needs a value of `every` summand; in a derivative, that is said of the function.

    `ties` receives what has choices and is differentiated with respect to an entry: it is so where none of them ties.
    Without such a set, that is refused.
    """
    memo: dict[Term, Term] = {}

    def go(a: Term) -> Term:
        if a not in memo:
            memo[a] = written(a) if a.head == "entry" else resolve(rebuild(a, go))
        return memo[a]

    def written(a: Term) -> Term:  # before deltas: the names that a matrix binds mean other things once replaced
        matrix, i, j = a.args
        shape(matrix)
        return go(entry(unfold(matrix, ranges, ties, deltas=False), i, j))

    def resolve(a: Term) -> Term:
        if a.head == "diff":
            body, v = a.args
            d = unfold(differentiate(plain(body), v), ranges, ties, deltas=deltas, every=False)
            return d if all(has_value(b, ranges) for b in walk(body)) else _guarded(d, body, v, ranges, ties)
        return _without_delta(a, ranges, go, every) if deltas and a.head == "sum" else a

    return go(t)


def _guarded(d: Term, body: Term, v: Term, ranges: Ranges, ties: set[Term] | None) -> Term:
    """A derivative exists only where its function does; at the boundary of a choice the formula is not enough."""
    if v.head == "sym":
        return make("slope", d, body, v, v)
    if any(jumps(a, v.name) for a in walk(body)):
        raise NotRechecked("cannot re-check the derivative of what may jump with respect to an entry")
    if any(a.head in CHOICES and v.name in free_names(a) for a in walk(body)):
        r = ranges(v.name)  # of few values each may tie
        if ties is None or r.whole or r.values is not None or r.total is not None:
            raise NotRechecked("cannot re-check the derivative of a choice with respect to an entry")
        ties.add(make("diff", body, v))
    border = _border(body, v.name, ranges)
    return make("given", d if border == _ZERO else add(d, mul(_ZERO, border)), body)


def _border(t: Term, name: str, ranges: Ranges) -> Term:
    """A term that has a value only where no base is 0 of a power with an exponent that moves or is not whole."""
    always = t.head == "xlogy" and t.args[1].head == "num" and t.args[1].value > 0
    if t.head in ("asin", "acos", "acosh", "lambertw", "xlogy") and name in free_names(t) and not always:
        raise NotRechecked(f"cannot re-check the derivative of {t.head} with respect to an entry")
    own = t.head == "pow" and not (whole(t.args[1], ranges) and name not in free_names(t.args[1]))
    if t.head in ("num", "sym", "at") or name not in free_names(t):
        return _ZERO
    if t.head == "sum":
        inside = _border(t.args[0], name, ranges)
        return _ZERO if inside == _ZERO else Term("sum", (inside, *t.args[1:]))
    parts = [a for a in (_border(a, name, ranges) for a in t.args) if a != _ZERO]
    if parts and t.head in ("piecewise", "prod", "given", "slope"):
        raise NotRechecked(f"cannot re-check the derivative of a root in {t.head} with respect to an entry")
    return add(*([power(t.args[0], num(-1))] if own else []), *parts)


# -- whole matrices ---------------------------------------------------------------------------------------------------
def shape(m: Term) -> tuple[Term, Term]:
    """Rows and columns of a whole matrix; shapes that do not fit are an error."""
    if m.head not in MATRIX_HEADS:
        raise CertificateError(f"not a matrix: {m!r}"[:200])
    if m.head in ("matrix", "entries"):
        return m.args[-2], m.args[-1]
    if m.head in ("scale", "map"):
        return shape(m.args[-1])
    shapes = [shape(a) for a in m.args]
    rows, columns = shapes[0]
    if m.head == "transpose":
        return columns, rows
    if m.head == "matadd":
        fits = len(set(shapes)) == 1
    elif m.head == "diag":
        fits, columns = columns == _ONE, rows
    else:
        fits = all(left[1] == right[0] for left, right in pairwise(shapes))
        columns = shapes[-1][1]
    if not fits:
        raise CertificateError(f"the shapes do not fit in {m!r}"[:300])
    return rows, columns


def entry(m: Term, i: Term, j: Term) -> Term:
    """The entry (i, j) of a whole matrix, counted from 0."""
    match m.head:
        case "matrix":
            return make("at", m.args[0], i) if m.args[2] == _ONE else make("at", m.args[0], i, j)
        case "transpose":
            return entry(m.args[0], j, i)
        case "scale":
            return mul(m.args[0], entry(m.args[1], i, j))
        case "matadd":
            return add(*(entry(a, i, j) for a in m.args))
        case "map":
            return substitute(m.args[0], {m.args[1].name: entry(m.args[2], i, j)})
        case "diag":
            return mul(make("delta", i, j), entry(m.args[0], i, _ZERO))
        case "entries":
            return substitute(m.args[0], {m.args[1].name: i, m.args[2].name: j})
    first, rest = m.args[0], m.args[1:]
    tail = rest[0] if len(rest) == 1 else Term("matmul", rest)
    k = sym(fresh("k i", free_names(m) | free_names(i) | free_names(j)))
    last = sub(shape(first)[1], _ONE)
    return make("sum", mul(entry(first, i, k), entry(tail, k, j)), k, _ZERO, last)


# -- Kronecker deltas -------------------------------------------------------------------------------------------------
def _without_delta(t: Term, ranges: Ranges, go: Callable[[Term], Term], every: bool) -> Term:
    """Σₖ b(δₖₑ) = Σₖ b(0) + [first ≤ e ≤ last] (b(1) − b(0)) at k = e, for a whole e."""
    body, index, first, last = t.args
    delta = _find(body, index)
    e = None if delta is None else _met(delta, index)
    if delta is None or e is None or not (whole(e, ranges) and whole(first, ranges)):
        return t
    off, on = _put(body, delta, _ZERO), _put(body, delta, _ONE)
    inside = make("and", make("le", first, e), make("le", e, last))
    jump = substitute(_drop_zeros(sub(on, off)), {index.name: e})
    hit = make("piecewise", go(jump), inside, _ZERO, _TRUE)
    rest = _drop_zeros(off)
    out = hit if rest == _ZERO else add(_without_delta(Term("sum", (rest, index, first, last)), ranges, go, every), hit)
    if not every or (whole(last, ranges) and all(_total(a, ranges) for t in (off, last) for a in walk(t))):
        return out
    return add(out, mul(_ZERO, Term("sum", (off, index, first, last))))


def _total(t: Term, ranges: Ranges) -> bool:
    """Has this operation a value whenever its arguments have? A choice has, if its last condition always holds."""
    return t.head in _CONDITIONS or (t.head == "piecewise" and t.args[-1] == _TRUE) or has_value(t, ranges)


def _inside(t: Term) -> range:
    """Under which arguments a delta is looked for: operations that have a value for each of its values, or for none."""
    if t.head == "piecewise":
        return range(0, len(t.args), 2)
    return range(len(t.args)) if t.head in ("add", "mul") else range(t.head == "sum")


def _find(t: Term, index: Term) -> Term | None:
    """A delta of the index and something else under sums, products and choices only, and of no index within."""
    if t.head == "delta":
        return None if _met(t, index) is None else t
    deltas = (_find(t.args[i], index) for i in _inside(t))
    own = bound_names(t)
    return next((d for d in deltas if d is not None and own.isdisjoint(free_names(d))), None)


def _met(delta: Term, index: Term) -> Term | None:
    """Where the index meets the other side of a delta: at b − c in [index + c = b], whatever c."""
    for a, b in (delta.args, delta.args[::-1]):
        own = a.args if a.head == "add" else (a,)
        rest = [c for c in own if c != index]
        if len(rest) == len(own) - 1 and all(index.name not in free_names(c) for c in (*rest, b)):
            return sub(b, add(*rest)) if rest else b
    return None


def _put(t: Term, delta: Term, value: Term) -> Term:
    if t == delta:
        return value
    if not bound_names(t).isdisjoint(free_names(delta)) or not (inside := _inside(t)):
        return t
    return Term(t.head, tuple(_put(a, delta, value) if i in inside else a for i, a in enumerate(t.args)))


def _drop_zeros(t: Term) -> Term:
    """Without products by 0 and factors 1; what is left out has a value where the sum over the delta has one."""
    if t.head == "sum":
        body = _drop_zeros(t.args[0])
        return _ZERO if body == _ZERO else Term("sum", (body, *t.args[1:]))
    if t.head == "piecewise":
        values = list(map(_drop_zeros, t.args[::2]))
        if t.args[-1] == _TRUE and set(values) == {_ZERO}:
            return _ZERO
        return Term("piecewise", tuple(a for pair in zip(values, t.args[1::2], strict=True) for a in pair))
    if t.head == "mul":
        args = [_drop_zeros(a) for a in t.args]
        return _ZERO if _ZERO in args else mul(*(a for a in args if a != _ONE))
    return add(*(a for a in map(_drop_zeros, t.args) if a != _ZERO)) if t.head == "add" else t


def index_range(count: Term) -> Range:
    """0 … count − 1."""
    return Range(Fraction(0), None, False, True, True, index=(_ZERO, sub(count, _ONE)))


def generic_entries(a: Term, b: Term, domain: Domain) -> tuple[Term, Term, Domain]:
    """Two whole matrices of one shape as their entries at a generic row and column."""
    if a.head not in MATRIX_HEADS and b.head not in MATRIX_HEADS:
        return a, b, domain
    rows, columns = shape(a)
    if shape(b) != (rows, columns):
        raise CertificateError("the shapes of the two sides differ")
    taken = free_names(a) | free_names(b) | domain.names
    names = [fresh("row", taken)]
    names.append(fresh("column", taken | {names[0]}))
    for name, size in zip(names, (rows, columns), strict=True):
        domain = domain.with_(name, index_range(size))
    i, j = sym(names[0]), _ZERO if columns == _ONE else sym(names[1])
    return entry(a, i, j), entry(b, i, j), domain
