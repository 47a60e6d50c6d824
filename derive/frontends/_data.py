"""What takes the place of a `DMatrix` or a `Dataset`: it has labels and weights, and nothing else that is known."""

from __future__ import annotations

from typing import Any

from derive.tracing.context import unreadable
from derive.tracing.unreadable import Unreadable


class Data:
    """Labels and weights, by all the names under which XGBoost's and LightGBM's objects give them."""

    def __init__(self, batch: Any) -> None:
        self.batch = batch
        self.label, self.weight = batch.y, batch.w

    def get_label(self) -> Any:
        """The labels, as a copy."""
        return self.label.copy()

    def get_weight(self) -> Any:
        """The weights, as a copy."""
        return self.weight.copy()

    def get_field(self, name: str) -> Any:
        """`label` or `weight` by name."""
        if name not in ("label", "weight"):
            raise unreadable(f"{name!r} of the data set is asked for; labels and weights are known only")
        return getattr(self, name).copy()

    get_float_info = get_info = get_field

    def get_data(self) -> Any:
        """The features are not known."""
        raise unreadable("the features of the data set are asked for; labels and weights are known only")

    def num_row(self) -> int:
        """How many rows."""
        return int(self.batch.rows)

    num_data = num_row

    def __getattr__(self, name: str) -> Any:
        if name == "values":  # what an array would have
            raise unreadable(
                "the data set is used as if it were the labels: they are dtrain.get_label(); an objective for the "
                "scikit-learn estimators has the arguments (y_true, y_pred)"
            )
        raise unreadable(f"{name!r} of the data set is asked for; labels and weights are known only")


class Groups:
    """What takes the place of the sizes of groups: an objective that uses them has no formula for each row."""

    def __iter__(self) -> Any:
        raise _of_groups()

    def __len__(self) -> int:
        raise _of_groups()

    def __getitem__(self, key: Any) -> Any:
        raise _of_groups()

    def __array__(self, *_: Any, **__: Any) -> Any:
        raise _of_groups()

    def __getattr__(self, name: str) -> Any:
        raise _of_groups()


def _of_groups() -> Unreadable:
    return unreadable(
        "the groups are asked for: the rows of a group depend on each other, so no row has its own formula"
    )
