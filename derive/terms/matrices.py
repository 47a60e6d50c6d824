"""Whole matrices: their shapes, and their entries as scalar terms."""

from __future__ import annotations

from derive.errors import TermError
from derive.terms.term import MATRIX_HEADS, Term, add, free_names, fresh, make, mul, num, sub, substitute, sym

_ZERO, _ONE = num(0), num(1)


def shape(m: Term) -> tuple[Term, Term]:
    """Rows and columns of a whole matrix; shapes that do not fit are an error."""
    match m.head:
        case "matrix":
            return m.args[1], m.args[2]
        case "transpose":
            rows, columns = shape(m.args[0])
            return columns, rows
        case "scale":
            return shape(m.args[1])
        case "map":
            return shape(m.args[2])
        case "diag":
            rows, columns = shape(m.args[0])
            _fit(columns == _ONE, m, "diag takes a column vector")
            return rows, rows
        case "entries":
            return m.args[3], m.args[4]
        case "matmul":
            return _product_shape(m)
        case "matadd":
            shapes = set(map(shape, m.args))
            _fit(len(shapes) == 1, m, "the shapes of the summands differ")
            return shapes.pop()
    raise TermError(f"not a matrix: {m!r}"[:200])


def _product_shape(m: Term) -> tuple[Term, Term]:
    rows, inner = shape(m.args[0])
    for factor in m.args[1:]:
        next_rows, columns = shape(factor)
        _fit(inner == next_rows, m, f"{inner!r} columns meet {next_rows!r} rows")
        inner = columns
    return rows, inner


def _fit(ok: bool, m: Term, why: str) -> None:
    if not ok:
        raise TermError(f"{why} in {m!r}"[:300])


def entry(m: Term, i: Term, j: Term) -> Term:
    """The entry (i, j) of a whole matrix, counted from 0."""
    if m.head not in MATRIX_HEADS:
        raise TermError(f"not a matrix: {m!r}"[:200])
    shape(m)
    return _entry(m, i, j)


def _entry(m: Term, i: Term, j: Term) -> Term:
    match m.head:
        case "matrix":
            return make("at", m.args[0], i) if m.args[2] == _ONE else make("at", m.args[0], i, j)
        case "transpose":
            return _entry(m.args[0], j, i)
        case "scale":
            return mul(m.args[0], _entry(m.args[1], i, j))
        case "matadd":
            return add(*(_entry(a, i, j) for a in m.args))
        case "map":
            return substitute(m.args[0], {m.args[1].name: _entry(m.args[2], i, j)})
        case "diag":
            return mul(make("delta", i, j), _entry(m.args[0], i, _ZERO))
        case "entries":
            return substitute(m.args[0], {m.args[1].name: i, m.args[2].name: j})
    first, rest = m.args[0], m.args[1:]
    tail = rest[0] if len(rest) == 1 else Term("matmul", rest)
    inner = shape(first)[1]
    k = sym(fresh("k", free_names(m) | free_names(i) | free_names(j)))
    return make("sum", mul(_entry(first, i, k), _entry(tail, k, j)), k, _ZERO, sub(inner, _ONE))
