"""Where joint losses are compared: one sample at corners of its raw predictions, and small data sets."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import product

import numpy as np

from derive.compiled.joint_kernels import KERNELS
from derive.compiled.stable import Array
from derive.errors import DataError

#: raw predictions of one sample: 0, ties, both tails, where exp overflows or vanishes
_TRIPLES = [
    *[(0.0, 0.0, 0.0), (1e-8, 0.0, -1e-8), (20.0, -20.0, 0.0), (37.0, 0.0, 0.0)],
    *[(-300.0, 0.0, 300.0), (1e3, 1e3, 999.0), (-1e3, -1e3, -1001.0)],
]
_SINGLES = (0.0, -1e-8, 37.0, -300.0)
_CUTS = ((-1.0, 0.5), (0.0, 1e-8), (-300.0, 300.0), (0.0, 600.0))
SEED = 20_240_229


@dataclass(frozen=True)
class Sample:
    """Data and parameters of one comparison; `arrays` are the data by their names in the cost.

    `floor` is the size of numbers that are added up and may cancel; 0 where each value has to be right on its own.
    """

    loss: str
    title: str
    says: str
    parameters: dict[str, Array]
    X: Array
    data: tuple[Array, ...]
    floor: float = 0.0

    @property
    def arrays(self) -> dict[str, Array]:
        """The data as the cost has them."""
        return KERNELS[self.loss](self.parameters, self.X, self.data).arrays()

    @property
    def classes(self) -> int:
        """K, or 0 where there are no classes."""
        Y = self.arrays.get("Y")
        return 0 if Y is None else Y.shape[1]


def samples(name: str) -> list[Sample]:
    """All samples for the joint loss of this name."""
    if name not in _SAMPLES:
        raise DataError(f"no data to try are known for {name!r}")
    return list(_SAMPLES[name]())


def _random(n: int, m: int = 6) -> tuple[Array, Array]:
    rng = np.random.default_rng(SEED + n)
    X = rng.normal(size=(m, n))
    X[0] *= 20
    return X, rng.normal(size=(n, 4))


def _multinomial() -> Iterator[Sample]:
    for z, y in product(_TRIPLES, range(3)):
        one = {"Theta": np.array([z])}
        yield Sample("multinomial", _CORNERS, f"z = {z}, y = {y}", one, np.ones((1, 1)), (np.eye(3)[[y]],))
    X, theta = _random(2)
    for size in (0.0, 1.0, 10.0):
        data = (np.eye(3)[[0, 1, 2, 2, 1, 0]],)
        yield Sample("multinomial", _DATA, f"size {size:g}", {"Theta": size * theta[:, :3]}, X, data, 10.0)


def _gaussian() -> Iterator[Sample]:
    for z, u, y in product(_SINGLES, (0.0, 1e-8, 20.0, -300.0, 1e3), (0.0, -2.5)):
        one = {"theta": np.array([z]), "eta": np.array([u])}
        says = f"z = {z:g}, u = {u:g}, y = {y:g}"
        yield Sample("gaussian-log-variance", _CORNERS, says, one, np.ones((1, 1)), (np.array([y]),))
    X, theta = _random(2)
    for size in (0.0, 0.1, 1.0):
        one = {"theta": size * theta[:, 0], "eta": size / 10 * theta[:, 1]}
        data = (np.array([0.5, -1.0, 2.0, 0.0, 1.0, 30.0]),)
        yield Sample("gaussian-log-variance", _DATA, f"size {size:g}", one, X, data, 10.0)


def _ordinal() -> Iterator[Sample]:
    for z, cuts, y in product(_SINGLES, _CUTS, range(3)):
        one = {"theta": np.array([z]), "tau": np.array(cuts)}
        says = f"z = {z:g}, τ = {cuts}, y = {y}"
        yield Sample("ordinal", _CORNERS, says, one, np.ones((1, 1)), (np.array([float(y)]),))
    X, theta = _random(2)
    for size in (0.0, 1.0, 5.0):
        one = {"theta": size * theta[:, 0], "tau": np.array([-1.0, 0.25, 2.0])}
        yield Sample("ordinal", _DATA, f"size {size:g}", one, X, (np.array([0.0, 1, 2, 3, 2, 1]),), 10.0)


def _cox() -> Iterator[Sample]:
    times = [((1.0, 2.0, 3.0), (1, 1, 1)), ((1.0, 1.0, 2.0), (1, 1, 0)), ((2.0, 1.0, 1.0), (0, 1, 1))]
    for z, (time, event) in product(_TRIPLES, times):
        says = f"z = {z}, times {time}, events {event}"
        data = (np.array(time), np.array(event, dtype=float))
        yield Sample("cox", _CORNERS, says, {"theta": np.array(z)}, np.eye(3), data, 1.0)
    X, theta = _random(2)
    for size in (0.0, 1.0, 5.0):
        data = (np.array([3.0, 1.0, 2.0, 2.0, 5.0, 2.0]), np.array([1.0, 1, 1, 0, 1, 1]))
        yield Sample("cox", _DATA, f"size {size:g}", {"theta": size * theta[:, 0]}, X, data, 10.0)


_CORNERS = "corners of raw predictions"
_DATA = "data with ties and a row far out"
_SAMPLES = {
    "cox": _cox,
    "gaussian-log-variance": _gaussian,
    "multinomial": _multinomial,
    "ordinal": _ordinal,
}
