"""Expressions in the order in which people write them, kept that way: sums and products that SymPy leaves alone.

SymPy cancels h·(1/h) and sorts factors as soon as it evaluates a product; a step that shows the cancelling needs the
product before it. Everything here changes the order of terms and factors, and nothing else.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import lru_cache
from math import prod
from typing import Any

import sympy as sp
from sympy.core.relational import Relational
from sympy.functions.elementary.piecewise import ExprCondPair
from sympy.matrices.expressions.matexpr import MatrixElement

from derive import symbols as s


def product(*factors: Any) -> Any:
    """Numbers, constants, weights, targets, predictions, data, derivatives, sums: in this order, nothing cancelled."""
    flat = [f for factor in factors for f in factors_of(factor)]
    number = prod((f for f in flat if f.is_Rational), start=sp.S.One)
    rest = sorted((f for f in flat if not f.is_Rational), key=_factor_order)
    if number == 0 or not rest:
        return number
    parts = rest if number == 1 else [number, *rest]
    return parts[0] if len(parts) == 1 else sp.Mul(*parts, evaluate=False)


def total(*terms: Any) -> Any:
    """Penalties last, what is subtracted late, short terms first; zeros are dropped, nothing is collected."""
    flat = sorted((t for term in terms for t in terms_of(term) if t != 0), key=_term_order)
    return sp.S.Zero if not flat else flat[0] if len(flat) == 1 else sp.Add(*flat, evaluate=False)


def reciprocal(e: Any) -> Any:
    """1/e, as it stands."""
    return sp.Pow(e, -1, evaluate=False)


def derivative(e: Any, v: Any) -> Any:
    """∂e/∂v as it stands. (SymPy's own constructor rebuilds every sum in e to look for v.)"""
    return sp.Expr.__new__(sp.Derivative, e, sp.Tuple(v, 1))


def summed(body: Any, *limits: Any) -> Any:
    """Σ body as it stands. (SymPy's own constructor would take factors into a choice.)"""
    if not body.has(sp.Piecewise):
        return sp.Sum(body, *limits)
    out = sp.Expr.__new__(sp.Sum)
    out._args = (body, *(sp.Tuple(*limit) for limit in limits))
    out.is_commutative = True
    return out


def factors_of(e: Any) -> list[Any]:
    """The factors of a product, also of products within it."""
    if isinstance(e, int):
        return [sp.Integer(e)]
    return [f for a in e.args for f in factors_of(a)] if e.is_Mul else [e]


def terms_of(e: Any) -> list[Any]:
    """The terms of a sum, also of sums within it."""
    if isinstance(e, int):
        return [sp.Integer(e)]
    return [t for a in e.args for t in terms_of(a)] if e.is_Add else [e]


@lru_cache(maxsize=10_000)
def names(e: Any) -> frozenset[Any]:
    """The symbols and arrays that occur, free or bound. (SymPy's `free_symbols` rebuilds every sum to find them.)"""
    if isinstance(e, (sp.Symbol, sp.MatrixSymbol)):
        return frozenset((e,))
    return frozenset().union(*map(names, e.args))


def put(e: Any, values: Mapping[Any, Any]) -> Any:
    """Values for symbols or other nodes, without evaluating what comes out."""
    return rewrite(e, values.get)


def rebuild(e: Any, args: list[Any]) -> Any:
    """The same operation on other arguments, in written order."""
    if e.is_Mul or e.is_Add:
        return product(*args) if e.is_Mul else total(*args)
    if isinstance(e, sp.Derivative):
        return sp.Expr.__new__(sp.Derivative, *args)
    if isinstance(e, sp.Sum):
        return summed(*args)
    if isinstance(e, (sp.Pow, sp.Function, Relational)):
        return e.func(*args, evaluate=False)
    return e.func(*args)


def rewrite(e: Any, change: Callable[[Any], Any]) -> Any:
    """Replace the outermost nodes for which `change` gives something; the rest keeps its shape."""
    changed = change(e)
    if changed is not None:
        return changed
    if not e.args or _whole(e):
        return e
    args = [rewrite(a, change) for a in e.args]
    return e if all(a is b for a, b in zip(args, e.args, strict=True)) else rebuild(e, args)


def _whole(e: Any) -> bool:
    """Entries of arrays and limits of sums are not taken apart; a value with its condition is."""
    return isinstance(e, (MatrixElement, sp.Tuple)) and not isinstance(e, ExprCondPair)


def written(e: Any) -> Any:
    """The expression in written order throughout, numeric factors of a summand in front of its sum."""
    if not e.args or _whole(e) or is_raw_prediction(e):
        return e
    args = [written(a) for a in e.args]
    if isinstance(e, sp.Sum):
        number, body = content(args[0])
        return product(number, summed(body, *e.limits))
    return rebuild(e, args)


def content(e: Any) -> tuple[Any, Any]:
    """A numeric factor and the rest. A sum gives up the greatest common one, and its sign if all terms have it."""
    if e.is_Mul:
        parts = [content(f) for f in factors_of(e)]
        return prod((p[0] for p in parts), start=sp.S.One), product(*(p[1] for p in parts))
    if not e.is_Add:
        return (e, sp.S.One) if e.is_Rational else (sp.S.One, e)
    numbers = [_coefficient(t) for t in e.args]
    common = sp.gcd_list([abs(c) for c in numbers]) * (-1 if all(c < 0 for c in numbers) else 1)
    return common, total(*(product(1 / common, t) for t in e.args)) if common != 1 else e


def _coefficient(term: Any) -> Any:
    return prod((f for f in factors_of(term) if f.is_Rational), start=sp.S.One)


def _term_order(term: Any) -> tuple[bool, bool, int]:
    return s.lam in names(term), bool(_coefficient(term) < 0), _size(term)


@lru_cache(maxsize=10_000)
def _size(e: Any) -> int:
    return 1 + sum(map(_size, e.args))


def _factor_order(factor: Any) -> tuple[int, str]:
    if _entry_of(factor, s.X):
        return 5, getattr(factor.j, "name", "")
    if isinstance(factor, MatrixElement) and factor.parent in s.PARAMETER_ARRAYS:
        return 6, ""
    if isinstance(factor, sp.Derivative):
        return 7, ""
    if isinstance(factor, sp.Sum) and not is_raw_prediction(factor):
        return 8, ""
    inside = names(factor)
    if inside & s.PARAMETER_ARRAYS:
        return 4, ""
    return (2, "") if s.w_vector in inside else (3, "") if inside - {s.m, s.n, s.lam} else (1, "")


def is_raw_prediction(e: Any) -> bool:
    """Is it zᵢ = Σₖ Xᵢₖ θₖ, for any row, any name of the index, and any parameters (Σₖ Xᵢₖ Θₖ꜀)?"""
    if not isinstance(e, sp.Sum) or len(e.limits) != 1 or len(e.function.args) != 2:
        return False
    x, weight = e.function.args if _entry_of(e.function.args[0], s.X) else e.function.args[::-1]
    (index, first, last), entries = e.limits[0], _entry_of(x, s.X) and isinstance(weight, MatrixElement)
    if not entries or weight.parent not in s.LINEAR or (first, last) != (0, s.n - 1):
        return False
    return bool(x.j == weight.i == index and index not in names(x.i) | names(weight.j))


def _entry_of(e: Any, parent: Any) -> bool:
    return isinstance(e, MatrixElement) and e.parent == parent


def row_of(raw_prediction: Any) -> Any:
    """i, of zᵢ."""
    return next(f.i for f in raw_prediction.function.args if f.parent == s.X)


def weight_of(raw_prediction: Any) -> Any:
    """The entry of the parameters, θₖ or Θₖ꜀, in the sum."""
    return next(f for f in raw_prediction.function.args if f.parent != s.X)
