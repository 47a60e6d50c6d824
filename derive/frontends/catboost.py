"""CatBoost: classes with `calc_ders_range(approxes, targets, weights)` or `calc_ders_multi(approxes, target, weight)`.

Both give derivatives of *minus* the loss: a list of pairs (first, second), one for each object; or, of one object with
several approxes, the list of first derivatives and the matrix of second ones. That object has one target, a class, or
as many as approxes (`MultiTargetCustomObjective`). Source: CatBoost's page on user-defined loss functions.
"""

from __future__ import annotations

import inspect
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np

from derive.domain import Range
from derive.errors import DeriveError
from derive.frontends import Asked, Numbers, Reading
from derive.frontends._names import Batch, Outputs, names_for, stated_scores
from derive.frontends._numbers import numbers_rows
from derive.frontends._rows import read_rows
from derive.frontends._signatures import arguments, object_of
from derive.tracing.stand_in import StandIn
from derive.tracing.unreadable import Unreadable

LIBRARY = "catboost"
_OWN = ("approxes", "targets", "weights")
_OWN_MULTI = ("approxes", "target", "weight")


def recognises(target: Any) -> bool:
    """A class or an object with one of the two methods, or the method itself."""
    return hasattr(target, "calc_ders_range") or hasattr(target, "calc_ders_multi") or _is_method(target)


def _is_method(target: Any) -> bool:
    return getattr(target, "__name__", "") in ("calc_ders_range", "calc_ders_multi")


def read(target: Any, asked: Asked) -> Reading:
    """Its formulas, in CatBoost's signs."""
    method, multi = _method(target)
    if multi:
        found = _read_several(target, method, replace(asked, classes=_how_many(asked)))
    else:
        found = read_rows(method, asked, lambda b: _range(method, b), _OWN)
    return replace(found, convention="catboost", notes=tuple(n for n in found.notes if "scores are given" not in n))


def _read_several(target: Any, method: Any, asked: Asked) -> Reading:
    """With the label of an object, or with the list of its targets, as the class or the argument's name says."""
    first = (True, None) if _wants_targets(target, method) else (None,)
    why: Unreadable | None = None
    for targets in first:
        try:
            return read_rows(method, replace(asked, targets=targets), lambda b: _multi(method, b), _OWN_MULTI)
        except Unreadable as error:
            why = why or error
    raise why or Unreadable("it could not be called")


def _wants_targets(target: Any, method: Any) -> bool:
    kind = target if inspect.isclass(target) else type(target)
    return any(c.__name__.startswith("MultiTarget") for c in kind.__mro__) or "targets" in arguments(method)


def completed(target: Any, asked: Asked) -> Asked:
    """With the number of scores, and whether labels are targets, as far as the code says it."""
    method, multi = _method(target)
    if not multi:
        return asked
    targets = _wants_targets(target, method) and names_for(asked, _OWN_MULTI, None).y not in asked.names
    return replace(asked, classes=_how_many(asked), targets=targets)


def _how_many(asked: Asked) -> int:
    return asked.classes or stated_scores(asked) or 3


def numbers(target: Any, asked: Asked, columns: Mapping[str, Any]) -> Numbers:
    """The real code's values."""
    method, multi = _method(target)
    if multi:
        whole = replace(asked, classes=_how_many(asked))
        return numbers_rows(lambda b: _multi(method, b), whole, columns, names_for(whole, _OWN_MULTI, whole.classes))
    return numbers_rows(lambda b: _range(method, b), asked, columns, names_for(asked, _OWN, None))


def labels(target: Any, asked: Asked) -> tuple[str, str, str]:
    """The names of prediction, label and weight in the columns."""
    names = names_for(asked, _OWN_MULTI if _method(target)[1] else _OWN, None)
    return names.z, names.y, names.w


def _method(target: Any) -> tuple[Any, bool]:
    """The method of an object, and whether it is for several approxes."""
    if _is_method(target):
        multi = target.__name__ == "calc_ders_multi"
        return (target if inspect.ismethod(target) else _bound(target)), multi
    instance = object_of(target)
    multi = not hasattr(instance, "calc_ders_range")
    if multi and not hasattr(instance, "calc_ders_multi"):
        name = getattr(target, "__name__", type(target).__name__)
        raise DeriveError(f"library: CatBoost calls calc_ders_range or calc_ders_multi, and {name} has neither")
    return instance.calc_ders_multi if multi else instance.calc_ders_range, multi


def _bound(function: Any) -> Any:
    """A plain function: with an empty object for `self`, if it wants one."""
    takes = len(inspect.signature(function).parameters)
    return function.__get__(object()) if takes == 4 else function


def _range(method: Any, b: Batch) -> Outputs:
    given = method(b.z, b.y, b.w)
    pairs = None if given is None else list(given)
    if pairs is None or len(pairs) != b.rows:
        raise Unreadable(f"calc_ders_range gives {'nothing' if pairs is None else len(pairs)} for {b.rows} objects")
    first, second = zip(*pairs, strict=True)
    return {"gradient": list(first), "hessian": list(second)}


def _multi(method: Any, b: Batch) -> Outputs:
    """Object by object, as CatBoost calls it."""
    found = [method(b.z[i], b.y[i], b.w[i]) for i in range(b.rows)]
    first, second = [list(f[0]) for f in found], [_rows(f[1]) for f in found]
    return {"gradient": first, "hessian": second}


def _rows(table: Any) -> Any:
    if isinstance(table, (StandIn, np.ndarray)):
        return table
    return [list(row) if hasattr(row, "__len__") else row for row in table]


__all__ = ["LIBRARY", "Range", "numbers", "read", "recognises"]
