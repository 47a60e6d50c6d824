"""What XGBoost and LightGBM share: native objectives, and those of their scikit-learn estimators."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from derive.errors import DeriveError
from derive.frontends import Asked, Numbers, Reading
from derive.frontends._data import Data, Groups
from derive.frontends._names import Batch, names_for
from derive.frontends._numbers import numbers_rows
from derive.frontends._rows import pair, read_rows
from derive.frontends._signatures import arguments, roles


def read_objective(target: Any, asked: Asked, flat: str) -> Reading:
    """The formulas of an objective of either library; `flat`: the order of scores that come in a flat array."""
    found = read_rows(target, asked, _call(target), _own(target), ("rows of scores", flat))
    said = _order(target)
    return replace(found, notes=(*found.notes, said)) if said else found


def numbers_of(target: Any, asked: Asked, columns: Mapping[str, Any], flat: str) -> Numbers:
    """The real code's values."""
    names = names_for(asked, _own(target), asked.classes)
    return numbers_rows(_call(target), asked, columns, names, flat)


def labels_of(target: Any, asked: Asked) -> tuple[str, str, str]:
    """The names of prediction, label and weight."""
    names = names_for(asked, _own(target), None)
    return names.z, names.y, names.w


def is_native(target: Any) -> bool:
    """Is the second argument the data set?"""
    return roles(target)[1:2] == ["data"]


def _own(target: Any) -> tuple[str, str, str]:
    """The names of the arguments: prediction, label, weight."""
    names = [*arguments(target), "", "", ""]
    return (names[0], "label", "weight") if is_native(target) else (names[1], names[0], names[2] or "w")


def _call(target: Any) -> Callable[[Batch], Mapping[str, Any]]:
    wanted = len(arguments(target))
    if is_native(target):
        return lambda b: pair(target(b.z, Data(b)))
    if wanted not in (2, 3, 4):
        raise DeriveError(
            f"an objective has the arguments (preds, dtrain) or (y_true, y_pred[, sample_weight]), not {wanted} of them"
        )
    return lambda b: pair(target(b.y, b.z, *(b.w, Groups())[: wanted - 2]))


def _order(target: Any) -> str:
    """A warning where the names say that the arguments come in another order than the library's."""
    found = roles(target)
    if found[:2] == ["prediction", "label"]:
        first, second = arguments(target)[:2]
        return (
            f"the library calls it with (y_true, y_pred): here labels come as {first!r}, and raw scores as {second!r}"
        )
    return ""
