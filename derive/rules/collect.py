"""The shortest way to write a summand: multiplied out, only cancelled, or factored. Used by the rules of algebra."""

from __future__ import annotations

from collections.abc import Callable
from math import prod
from typing import Any

import sympy as sp
from sympy.matrices.expressions.matexpr import MatrixElement

from derive import symbols as s
from derive.rules.links import raw_of
from derive.writing import factors_of, is_raw_prediction, product, put, terms_of, total, written

_LARGEST = 80


def shortest(e: Any) -> Any:
    """The shortest of the ways to write e."""
    return _in_short_names(e, lambda plain: min([_collect(plain), _cancel(plain), *_factored(plain)], key=_size))


def cancelled(e: Any) -> Any:
    """The same products, with what cancels gone, and common factors in front."""
    return _in_short_names(e, _cancel)


def collected(e: Any) -> Any:
    """Products with what cancels gone, and common factors in front; multiplied out where it has to be."""
    return _in_short_names(e, _collect)


def _in_short_names(e: Any, how: Callable[[Any], Any]) -> Any:
    """h and z are atoms while it is done."""
    short = _names(e)
    return put(how(put(e, short)), {name: long for long, name in short.items()})


def _names(e: Any) -> dict[Any, Any]:
    """hᵢ -> h; and where zᵢ occurs outside of it, zᵢ -> z."""
    nodes = list(sp.preorder_traversal(e))
    out = {a: s.h for a in nodes if raw_of(a) is not None}
    raw = {a: s.z for a in nodes if is_raw_prediction(a)}
    return {**out, **raw} if len(out) <= 1 and len(raw) <= 1 else {}


def _size(e: Any) -> int:
    """How much there is to read: entries and symbols count as one, a minus and a division as much as a sum."""
    return 1 if not e.args or isinstance(e, MatrixElement) else 1 + sum(map(_size, e.args))


def _collect(e: Any) -> Any:
    """Products with what cancels gone; of a sum, the common factors in front and the rest multiplied out."""
    if e.is_Mul:
        return _of_powers(_powers(product(*map(_collect, factors_of(e)))))
    if isinstance(e, sp.Piecewise):
        return _branches([(_collect(value), condition) for value, condition in e.args])
    if not e.is_Add:
        return e
    common, rest = _in_common([_powers(_collect(t)) for t in terms_of(e)])
    expanded = sp.expand_mul(sp.Add(*(prod((b**k for b, k in p.items()), start=sp.S.One) for p in rest)))
    return product(_of_powers(common), written(expanded))


def _cancel(e: Any) -> Any:
    """The same without multiplying out."""
    if e.is_Mul:
        return _of_powers(_powers(product(*map(_cancel, factors_of(e)))))
    if isinstance(e, sp.Piecewise):
        return _branches([(_cancel(value), condition) for value, condition in e.args])
    if not e.is_Add:
        return e
    common, rest = _in_common([_powers(_cancel(t)) for t in terms_of(e)])
    return product(_of_powers(common), total(*map(_of_powers, rest)))


def _factored(e: Any) -> list[Any]:
    """Factors over the rational numbers, if there are any to find."""
    small = sum(1 for _ in sp.preorder_traversal(e)) <= _LARGEST
    return [written(_upright(sp.factor(e)))] if small and not e.has(sp.Piecewise) else []


def _upright(e: Any) -> Any:
    """1 − h in place of h − 1: a factor whose number is negative is turned."""
    turned = [_turned(*base_and_exponent(f)) for f in factors_of(e)]
    return sp.Mul(*(sign for sign, _ in turned), *(f for _, f in turned))


def _turned(base: Any, exponent: Any) -> tuple[Any, Any]:
    number = sum((t for t in terms_of(base) if t.is_Rational), sp.S.Zero)
    if not (base.is_Add and number < 0 and exponent.is_Integer):
        return sp.S.One, base**exponent
    return (-1) ** exponent, sp.Add(*(-t for t in terms_of(base))) ** exponent


def _branches(pairs: list[tuple[Any, Any]]) -> Any:
    """A choice, with what all of its branches have in common in front; 0 has every factor."""
    some = [_powers(value) for value, _ in pairs if value != 0]
    common, rest = _in_common(some) if some else ({}, [])
    values = iter(map(_of_powers, rest))
    inner = [(value if value == 0 else next(values), condition) for value, condition in pairs]
    same = all(value == inner[0][0] for value, _ in inner)
    choice = inner[0][0] if same else sp.Piecewise(*inner, evaluate=False)
    return product(_of_powers(common), choice)


def _in_common(powers: list[dict[Any, Any]]) -> tuple[dict[Any, Any], list[dict[Any, Any]]]:
    """Common factors, numbers aside, and what is left of each product."""
    common = {b: least for b in powers[0] if not b.is_Rational and (least := _least([p.get(b) for p in powers])) != 0}
    left = [{b: k - common.get(b, 0) for b, k in p.items()} for p in powers]
    return common, [{b: k for b, k in p.items() if k != 0} for p in left]


def _least(exponents: list[Any]) -> Any:
    """The least of some exponents that differ by numbers; 0 where one is missing."""
    if any(k is None or not (k - exponents[0]).is_Rational for k in exponents):
        return sp.S.Zero
    return min(exponents, key=lambda k: k - exponents[0])


def _of_powers(powers: dict[Any, Any]) -> Any:
    return product(*(b if k == 1 else sp.Pow(b, k, evaluate=b.is_Rational) for b, k in powers.items()))


def _powers(term: Any) -> dict[Any, Any]:
    """base -> exponent; equal bases meet here, and cancel."""
    out: dict[Any, Any] = {}
    for factor in factors_of(term):
        base, exponent = base_and_exponent(factor)
        for b in factors_of(base) if exponent.is_Integer else [base]:
            inner, k = base_and_exponent(b)
            out[inner] = out.get(inner, 0) + k * exponent
    return _tangents({b: k for b, k in out.items() if k != 0})


def _tangents(powers: dict[Any, Any]) -> dict[Any, Any]:
    """sinh u/cosh u = tanh u."""
    for sine in [b for b, k in powers.items() if isinstance(b, sp.sinh) and k == 1]:
        cosine = next(
            (b for b, k in powers.items() if isinstance(b, sp.cosh) and k == -1 and b.args == sine.args), None
        )
        if cosine is not None:
            rest = {b: k for b, k in powers.items() if b not in (sine, cosine)}
            return {**rest, sp.tanh(sine.args[0], evaluate=False): sp.S.One}
    return powers


def base_and_exponent(factor: Any) -> tuple[Any, Any]:
    """Base and exponent of a power, exponent 1 for anything else. (SymPy's `as_base_exp` takes eᵘ for a power of e.)"""
    return factor.args if isinstance(factor, sp.Pow) else (factor, sp.S.One)
