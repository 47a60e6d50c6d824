"""XGBoost: `obj(preds, dtrain)` of `xgboost.train`, and `obj(y_true, y_pred[, sample_weight])` of its estimators.

Both give the gradient and the Hessian's diagonal of the loss, to be minimised, in the raw score. Source: XGBoost's
tutorial on custom objectives.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from derive.frontends import Asked, Numbers, Reading
from derive.frontends._boosting import labels_of, numbers_of, read_objective
from derive.frontends._signatures import mentions, roles
from derive.tracing.unreadable import Unreadable

LIBRARY = "xgboost"


def recognises(target: Any) -> bool:
    """`(prediction, data)`, or `(label, prediction[, weight])`, which LightGBM has too."""
    found = roles(target)
    return found[:2] in (["prediction", "data"], ["", "data"]) or (
        found[:2] == ["label", "prediction"]
        and (len(found) == 2 or found[2:] == ["weight"] or mentions(target, LIBRARY))
    )


def read(target: Any, asked: Asked) -> Reading:
    """Its formulas. Scores that come class by class are LightGBM's: then the reason says so."""
    try:
        return read_objective(target, asked, "row by row")
    except Unreadable as why:
        if asked.classes is None or not _is_read(target, asked, "class by class"):
            raise
        says = "it can be read with library='lightgbm', which hands the scores over class by class"
        raise Unreadable(f"{why.reason}; {says}", why.file, why.line) from None


def _is_read(target: Any, asked: Asked, flat: str) -> bool:
    try:
        read_objective(target, asked, flat)
    except Unreadable:
        return False
    return True


def numbers(target: Any, asked: Asked, columns: Mapping[str, Any]) -> Numbers:
    """The real code's values."""
    return numbers_of(target, asked, columns, "row by row")


def labels(target: Any, asked: Asked) -> tuple[str, str, str]:
    """The names of prediction, label and weight in the columns."""
    return labels_of(target, asked)
