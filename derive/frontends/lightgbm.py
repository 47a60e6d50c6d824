"""LightGBM: `fobj(preds, train_data)` of `train`, and `obj(y_true, y_pred[, weight[, group]])` of its estimators.

Both give the gradient and the Hessian's diagonal of the loss, to be minimised, in the raw score. Scores of several
classes come as rows, or (before version 4) class by class in a flat array. Source: LightGBM's Python API reference.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from derive.frontends import Asked, Numbers, Reading
from derive.frontends._boosting import labels_of, numbers_of, read_objective
from derive.frontends._signatures import arguments, mentions, roles

LIBRARY = "lightgbm"
_ITS_WORDS = ("train_data", "dataset", "train_set", "train_dataset", "data_set")


def recognises(target: Any) -> bool:
    """As for XGBoost, where the data set has a name of LightGBM's, or the file imports LightGBM and not XGBoost."""
    names, found = arguments(target), roles(target)
    if found[:2] not in (["prediction", "data"], ["", "data"], ["label", "prediction"]):
        return False
    own = found[1] == "data" and (names[1] in _ITS_WORDS or names[1].startswith("lgb"))
    return own or found[2:] == ["weight", "group"] or (mentions(target, LIBRARY) and not mentions(target, "xgboost"))


def read(target: Any, asked: Asked) -> Reading:
    """Its formulas."""
    return read_objective(target, asked, "class by class")


def numbers(target: Any, asked: Asked, columns: Mapping[str, Any]) -> Numbers:
    """The real code's values."""
    return numbers_of(target, asked, columns, "class by class")


def labels(target: Any, asked: Asked) -> tuple[str, str, str]:
    """The names of prediction, label and weight in the columns."""
    return labels_of(target, asked)
