"""Sums within the summand, over classes or over those at risk: each is collected, then an atom of what is around it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import sympy as sp

from derive.functions import sigmoid
from derive.rules.collect import base_and_exponent, collected
from derive.rules.sums import pick
from derive.writing import factors_of, is_raw_prediction, names, product, reciprocal, rewrite, summed

How = Callable[[Any], Any]


def is_inner_sum(e: Any) -> bool:
    """Is it a sum other than a raw prediction?"""
    return isinstance(e, sp.Sum) and not is_raw_prediction(e)


def inner_sums(body: Any, how: How) -> Any:
    """Collect a summand by `how`, and first the sums within it: what has none is left to `how` alone."""
    if not any(is_inner_sum(e) for e in sp.preorder_traversal(body)):
        return how(body)
    return _by_atoms(rewrite(body, lambda e: _one_sum(e) if is_inner_sum(e) else None), how)


def _one_sum(e: Any) -> Any:
    """One sum: its summand collected, the one term that a delta leaves, and what is constant in front."""
    body = inner_sums(e.function, collected) if _has_inner_sum(e.function) else _by_atoms(e.function, collected)
    if body == 0:
        return sp.S.Zero
    whole = summed(body, *e.limits)
    left = pick(whole)
    return _constants_in_front(whole) if left is None else left


def _has_inner_sum(body: Any) -> bool:
    return any(is_inner_sum(e) for e in sp.preorder_traversal(body))


def _constants_in_front(e: Any) -> Any:
    index, factors = e.limits[0][0], factors_of(e.function)
    constant = [f for f in factors if index not in names(f)]
    return product(*constant, summed(product(*(f for f in factors if f not in constant)), *e.limits))


def _by_atoms(body: Any, how: How) -> Any:
    """Functions of raw predictions, inner sums and what is divided by are atoms while it is collected."""
    short: dict[Any, Any] = {}
    plain = rewrite(body, lambda e: _atom(e, short))
    return rewrite(how(plain), lambda e: _long(e, {name: long for long, name in short.items()}))


def _atom(e: Any, short: dict[Any, Any]) -> Any:
    """A name for what is an atom: by the order in which they are met, so that the same gets the same again."""
    base, exponent = base_and_exponent(e)
    if exponent.is_Integer and exponent < 0 and _has_inner_sum(base):
        return sp.Pow(_name(reciprocal(base), short), -exponent)
    if is_inner_sum(e) or is_raw_prediction(e) or isinstance(e, (sp.exp, sigmoid)):
        return _name(e, short)
    return None


def _name(e: Any, short: dict[Any, Any]) -> Any:
    return short.setdefault(e, sp.Symbol(f"_{len(short)}", real=True))


def _long(e: Any, names_of: dict[Any, Any]) -> Any:
    """What a name stands for; a power of 1/a is one power of a."""
    base, exponent = base_and_exponent(e)
    long = names_of.get(base)
    if long is None or exponent == 1:
        return long
    inner, power = base_and_exponent(long)
    return sp.Pow(inner, power * exponent, evaluate=False) if power == -1 else sp.Pow(long, exponent, evaluate=False)
