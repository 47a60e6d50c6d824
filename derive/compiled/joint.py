"""Compiled NumPy functions of joint losses: J, the gradient of each block, the Hessian of each pair of blocks.

Each loss has a kernel (`joint_kernels.py`) that is stable for raw predictions of any size; what it computes is compared
with differences of the stated cost, at corners and on data.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from derive.compiled.joint_kernels import KERNELS, Kernel
from derive.compiled.stable import Array
from derive.errors import DataError
from derive.joint_loss import JointLoss


@dataclass(frozen=True)
class JointFunctions:
    """J, ∇J and ∇²J as functions of `(parameters, X, *data)`.

    `parameters` are arrays by the name of their block, such as {"theta": (n,), "tau": (K − 1,)}; X is m × n. `data` are
    the targets: one-hot rows Y or numbers of classes, numbers y, or times and events. All in float64. `DataError` for
    arrays that do not fit, for numbers that are missing or infinite, and where a result is too large for float64.
    """

    loss: JointLoss
    kernel: type[Kernel]

    def cost(self, parameters: Mapping[str, ArrayLike], X: ArrayLike, *data: ArrayLike) -> float:
        """J, a number."""
        state, m = self._read(parameters, X, data)
        return float(_finite("the cost", self._of(state.cost) / m))

    def gradient(self, parameters: Mapping[str, ArrayLike], X: ArrayLike, *data: ArrayLike) -> dict[str, Array]:
        """∇J: for each block an array of the block's own shape."""
        state, m = self._read(parameters, X, data)
        return {name: _finite(f"the gradient in {name}", part / m) for name, part in self._of(state.gradient).items()}

    def hessian(
        self, parameters: Mapping[str, ArrayLike], X: ArrayLike, *data: ArrayLike
    ) -> dict[tuple[str, str], Array]:
        """∇²J: for each pair of blocks (a, b) with a not after b an array of the shape of a, then that of b."""
        state, m = self._read(parameters, X, data)
        return {pair: _finite(f"the Hessian in {pair}", part / m) for pair, part in self._of(state.hessian).items()}

    def _of(self, method: Any) -> Any:
        with np.errstate(all="ignore"):
            return method()

    def _read(
        self, parameters: Mapping[str, ArrayLike], X: ArrayLike, data: tuple[ArrayLike, ...]
    ) -> tuple[Kernel, int]:
        if set(parameters) != {b.name for b in self.loss.blocks}:
            wanted = ", ".join(b.name for b in self.loss.blocks)
            raise DataError(f"the parameters are {', '.join(map(str, parameters)) or 'none'}; expected {wanted}")
        if len(data) != len(self.loss.data):
            raise DataError(f"{len(data)} arrays of targets were given; expected {', '.join(self.loss.data)}")
        table = _numbers("X", X)
        if table.ndim != 2 or not table.size:
            raise DataError(f"X has shape {table.shape}: it must be a matrix, one row a sample")
        targets = [_numbers(name, values) for name, values in zip(self.loss.data, data, strict=True)]
        blocks = {name: _numbers(name, values) for name, values in parameters.items()}
        for name, array in zip(self.loss.data, targets, strict=True):
            if array.shape[:1] != table.shape[:1]:
                raise DataError(f"{name} has shape {array.shape}, but X has {len(table)} rows: one target a sample")
        with np.errstate(all="ignore"):
            return self.kernel(blocks, table, targets), len(table)


def functions(loss: JointLoss) -> JointFunctions:
    """The compiled functions of a joint loss.

    >>> from derive import catalog
    >>> f = functions(catalog.load_joint("multinomial"))
    >>> f.gradient({"Theta": [[0, 0]]}, [[1], [1]], [0, 0])["Theta"]
    array([[-0.5,  0.5]])
    """
    if loss.name not in KERNELS:
        raise DataError(f"no functions are compiled for {loss.name!r}; there are those of {', '.join(KERNELS)}")
    return JointFunctions(loss, KERNELS[loss.name])


def _numbers(name: str, value: ArrayLike) -> Array:
    try:
        array = np.asarray(value)
    except ValueError as error:
        raise DataError(f"{name} is not an array of numbers: {error}") from None
    if array.dtype.kind not in "fiub":
        raise DataError(f"{name} is not an array of real numbers: its type is {array.dtype}; convert it to floats")
    array = array.astype(float)
    if not np.isfinite(array).all():
        place = ", ".join(str(int(i)) for i in np.argwhere(~np.isfinite(array))[0])
        raise DataError(f"{name}[{place}] is missing or infinite: every number must be finite")
    return array


def _finite(what: str, value: Any) -> Any:
    if not np.isfinite(value).all():
        raise DataError(f"{what} is too large for float64: scale the columns of X, or look at the parameters")
    return value
