"""Sums over several indices as products of matrices: each factor is a vector or a matrix by the indices in it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import reduce
from typing import Any

import sympy as sp
from sympy.matrices.expressions.diagonal import DiagMatrix
from sympy.matrices.expressions.matexpr import MatrixElement

from derive import symbols as s
from derive.errors import RuleDoesNotApply
from derive.rule import rule
from derive.rules.nested import is_inner_sum
from derive.writing import content, factors_of, product, terms_of, total

#: index of an entry -> how many there are
_COUNTS = {s.j: s.n, s.l: s.n, s.class_c: s.K, s.class_d: s.K, s.b: s.K - 1, s.cut_q: s.K - 1}
#: the indices of the row and the column of what is derived: the first of these that are all free
_ENTRIES = ((s.j, s.l), (s.b, s.cut_q), (s.j, s.class_c), (s.j, s.b), (s.j,), (s.b,))


@rule(
    "Σᵢ gᵢ xᵢⱼ = (Xᵀ g)ⱼ, Σᵢ gᵢ꜀ xᵢⱼ = (Xᵀ G)ⱼ꜀, Σᵢ gᵢ xᵢⱼ xᵢₗ = (Xᵀ diag(g) X)ⱼₗ",
    "each index runs over all rows or columns",
)
def matrix_products(expr: Any) -> Any:
    """Read the entry as an entry of a product of matrices, the bias included."""
    free = _free(expr)
    where = next((indices for indices in _ENTRIES if set(indices) <= free), None)
    if where is None:
        raise RuleDoesNotApply(f"{expr} is no entry of a gradient or of a Hessian: it has no index"[:300])
    parts = [_scaled(term, where) for part in terms_of(expr) for term in _expanded([part], where, {})]
    parts.sort(key=lambda part: bool(content(part[0])[0] < 0))
    return _in_front(parts, s.l not in where and s.cut_q not in where) if len(parts) > 1 else _product(*parts[0])


def _in_front(parts: list[tuple[Any, list[Any]]], vector: bool) -> Any:
    """The sum of products; of vectors with the scalar and the first matrix in front, where all have them."""
    outer = [product(*(f for f in factors_of(c) if not f.is_Rational)) for c, _ in parts]
    first = parts[0][1][0]
    if not vector or any(c != outer[0] or matrices[0] != first for c, (_, matrices) in zip(outer, parts, strict=True)):
        return sp.MatAdd(*(_product(c, matrices) for c, matrices in parts))
    return _product(outer[0], [first, sp.MatAdd(*(_product(content(c)[0], ms[1:]) for c, ms in parts))])


def _product(scalar: Any, matrices: list[Any]) -> Any:
    return matrices[0] if scalar == 1 and len(matrices) == 1 else sp.MatMul(scalar, *matrices)


def _free(e: Any) -> set[Any]:
    """The symbols that occur and are not the index of a sum."""
    if isinstance(e, sp.Sum):
        return _free(e.function) - {e.limits[0][0]}
    return {e} if isinstance(e, sp.Symbol) else set().union(*map(_free, e.args))


@dataclass(frozen=True)
class _Term:
    """A product, summed over indices of which each has so many values; `where` are the free ones."""

    factors: tuple[Any, ...]
    counts: Mapping[Any, Any] = field(default_factory=dict)

    def at(self, *where: Any) -> list[Any]:
        """The factors in which of all indices just these occur."""
        return [f for f in self.factors if _free(f) & set(self.counts) == set(where)]

    def neighbours(self, index: Any) -> list[Any]:
        """The indices with which one shares a factor, in a fixed order."""
        found = {b for f in self.factors if index in _free(f) for b in _free(f) & set(self.counts)}
        return sorted(found - {index}, key=str)


def _expanded(factors: Sequence[Any], where: Sequence[Any], counts: Mapping[Any, Any]) -> Iterator[_Term]:
    """The product as a sum of products, in which no sum is left that has one of the free indices in it."""
    for n, factor in enumerate(factors):
        rest = [*factors[:n], *factors[n + 1 :]]
        if is_inner_sum(factor) and (set(where) & _free(factor) or not counts):
            index, body, more = _opened(factor, counts)
            yield from _expanded([*rest, *factors_of(body)], where, {**counts, index: more})
            return
        if factor.is_Add and any(is_inner_sum(e) and set(where) & _free(e) for e in sp.preorder_traversal(factor)):
            for t in terms_of(factor):
                yield from _expanded([*rest, *factors_of(t)], where, counts)
            return
        if factor.is_Add and len(_free(factor) & {*where, *counts}) > 2:
            for t in terms_of(factor):
                yield from _expanded([*rest, *factors_of(t)], where, counts)
            return
        if factor.is_Mul:
            yield from _expanded([*rest, *factors_of(factor)], where, counts)
            return
    yield _Term(tuple(factors), {**counts, **{w: _COUNTS[w] for w in where}})


def _opened(e: Any, taken: Mapping[Any, Any]) -> tuple[Any, Any, Any]:
    """Index, summand and number of summands; the index with another name where its own is taken."""
    index, first, last = e.limits[0]
    if first != 0 or last + 1 not in (s.m, s.n, s.K, s.K - 1):
        raise RuleDoesNotApply(f"the sum over {index} runs over {first}..{last}, not over all"[:300])
    if index not in taken:
        return index, e.function, last + 1
    other = sp.Symbol(f"{index.name}{len(taken)}", integer=True)
    return other, e.function.xreplace({index: other}), last + 1


def _scaled(term: _Term, where: Sequence[Any]) -> tuple[Any, list[Any]]:
    """The constants in front, and the matrices that are multiplied."""
    rest = tuple(f for f in term.factors if _free(f) & set(term.counts))
    return product(*term.at()), list(_factors(_entry(_Term(rest, term.counts), where)))


def _entry(term: _Term, where: Sequence[Any]) -> Any:
    row, *columns = where
    if not columns:
        _check_tree(term)
        return _vector(term, row, None)
    (column,) = columns
    delta = sp.KroneckerDelta(row, column)
    if delta in term.factors:
        rest = tuple(f.xreplace({column: row}) for f in term.factors if f != delta)
        return DiagMatrix(_entry(_Term(rest, {i: n for i, n in term.counts.items() if i != column}), (row,)))
    _check_tree(term)
    path = _path(term, row, column, ())
    if path is None:
        raise RuleDoesNotApply(f"nothing connects {row} and {column} in {product(*term.factors)}"[:300])
    out: list[Any] = []
    for before, here, after in zip(path[:-1], path[1:], [*path[2:], None], strict=True):
        weights = [] if after is None else _weights(term, here, {before, after})
        out += [_matrix(term, before, here), *map(DiagMatrix, weights)]
    return sp.MatMul(*out)


def _check_tree(term: _Term) -> None:
    """Each factor has one index or two, and the pairs make a tree: else this is no product of matrices."""
    indices = [frozenset(_free(f) & set(term.counts)) for f in term.factors]
    edges = {pair for pair in indices if len(pair) == 2}
    if any(len(found) > 2 for found in indices) or len(edges) != len(term.counts) - 1:
        raise RuleDoesNotApply(f"{product(*term.factors)} is no product of vectors and matrices"[:300])


def _path(term: _Term, here: Any, end: Any, seen: tuple[Any, ...]) -> list[Any] | None:
    if here == end:
        return [here]
    for other in term.neighbours(here):
        found = None if other in seen else _path(term, other, end, (*seen, here))
        if found is not None:
            return [here, *found]
    return None


def _vector(term: _Term, index: Any, parent: Any) -> Any:
    """Σ over all but one index, as a vector in that index."""
    parts = _weights(term, index, {parent})
    if not parts:
        return sp.FunctionMatrix(term.counts[index], 1, sp.Lambda((index, s.l), sp.S.One))
    return reduce(lambda done, part: sp.MatMul(DiagMatrix(done), part), parts[1:], parts[0])


def _weights(term: _Term, index: Any, apart_from: set[Any]) -> list[Any]:
    """The vectors at an index: what depends on it alone, and what is summed over beyond each of its neighbours."""
    own, out = product(*term.at(index)), []
    if own != 1:
        out.append(_table(own, (index, s.l), (term.counts[index], 1)))
    for other in term.neighbours(index):
        if other not in apart_from:
            out.append(sp.MatMul(_matrix(term, index, other), *_factors(_vector(term, other, index))))
    return out


def _factors(e: Any) -> Sequence[Any]:
    return e.args if isinstance(e, sp.MatMul) else (e,)


def _matrix(term: _Term, row: Any, column: Any) -> Any:
    body, (rows, columns) = product(*term.at(row, column)), (term.counts[row], term.counts[column])
    if rows != s.m and columns == s.m:
        return sp.Transpose(_table(body, (column, row), (columns, rows)))
    return _table(body, (row, column), (rows, columns))


def _table(e: Any, where: tuple[Any, Any], size: tuple[Any, Any]) -> Any:
    """The matrix with these entries: an array by its name, a sum by its terms, else the table of all entries."""
    if isinstance(e, MatrixElement) and e.parent.shape == size and (e.i == where[0]) and e.j in (where[1], 0):
        return e.parent
    if isinstance(e, MatrixElement) and e.parent.shape == size[::-1] and (e.j, e.i) == where:
        return sp.Transpose(e.parent)
    parts = [content(t) for t in terms_of(e)]
    if len(parts) > 1 and any(isinstance(t, MatrixElement) for _, t in parts):
        return sp.MatAdd(*(sp.MatMul(number, _table(t, where, size)) for number, t in parts))
    return sp.FunctionMatrix(*size, sp.Lambda(where, total(e)))
