"""Plain NumPy: `f(z, y)` or `f(z, y, w)` that gives a gradient, or a gradient and a Hessian, of arrays of rows."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from derive.errors import DeriveError
from derive.frontends import Asked, Numbers, Reading
from derive.frontends._names import Batch, names_for
from derive.frontends._numbers import numbers_rows
from derive.frontends._rows import pair, read_rows
from derive.frontends._signatures import arguments, roles

LIBRARY = "numpy"


def recognises(target: Any) -> bool:
    """`(prediction)`, `(prediction, label)` or `(prediction, label, weight)`."""
    return roles(target) in (["prediction"], ["prediction", "label"], ["prediction", "label", "weight"])


def read(target: Any, asked: Asked) -> Reading:
    """Its formulas."""
    return read_rows(target, asked, _call(target), _own(target))


def numbers(target: Any, asked: Asked, columns: Mapping[str, Any]) -> Numbers:
    """The real code's values."""
    return numbers_rows(_call(target), asked, columns, names_for(asked, _own(target), asked.classes))


def labels(target: Any, asked: Asked) -> tuple[str, str, str]:
    """The names of prediction, label and weight in the columns."""
    names = names_for(asked, _own(target), None)
    return names.z, names.y, names.w


def _order(target: Any) -> list[int]:
    """The argument for prediction, label and weight, in the order in which the code has them."""
    found, wanted = roles(target), ("prediction", "label", "weight")
    if 1 <= len(found) <= 3 and set(found) <= {*wanted, ""}:
        known = [wanted.index(r) for r in found if r]
        free = [i for i in range(3) if i not in known]
        if len(set(known)) == len(known):
            return [wanted.index(r) if r else free.pop(0) for r in found]
    names = ", ".join(arguments(target)) or "none"
    raise DeriveError(f"a plain objective has the arguments (z, y) or (z, y, w); this one has {names}")


def _own(target: Any) -> tuple[str, str, str]:
    own = ["z", "y", "w"]
    for name, position in zip(arguments(target), _order(target), strict=True):
        own[position] = name
    return own[0], own[1], own[2]


def _call(target: Any) -> Callable[[Batch], Mapping[str, Any]]:
    order = _order(target)
    return lambda b: pair(target(*((b.z, b.y, b.w)[i] for i in order)))
