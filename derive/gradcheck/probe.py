"""The probe: X is the identity and θ a grid of z, so each entry of the gradient is one ℓ′(zᵢ, yᵢ)/m."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import TypeAlias

import numpy as np

from derive.certificate import Check
from derive.compiled.stable import Array
from derive.data import Data
from derive.errors import DataError
from derive.gradcheck import samples
from derive.gradcheck.compare import Pair, Subject, Tolerance, agreement
from derive.gradcheck.reference import Reference

_ALLOWED = 1e-12
_STRICT = "a few roundings, relative to each value: tails count as much as the middle"
_ROUNDED = f"{_STRICT}; below 1/1000 of the values near z = 0, relative to that, as h − y and h(1 − h) round h"
_SHAKEN = f"{_STRICT}; or to what a rounding of z or y makes of a value"
#: below this, float64 has fewer digits
_SMALLEST = 1e-306
#: above this, a sum of some of them overflows
_LARGEST = 1e300
#: of the points for each target, so many must be left
_LEAST = 20
_WHAT = {"cost": "ℓ(z, y)", "gradient": "∂ℓ/∂z", "hessian": "∂²ℓ/∂z²"}


def probe(reference: Reference, targets: list[float], subject: Subject, setting: str = "") -> list[Check]:
    """Compare ℓ, ℓ′ and ℓ″ at the points of each target; `setting` names the numbers of the parameters."""
    exact = {y: _exact(reference, y) for y in targets}
    bare = replace(subject, penalty=0.0)
    got = np.concatenate([_values(bare, np.array([z for z, _ in rows]), y) for y, rows in exact.items()])
    wanted = np.array([values for rows in exact.values() for _, values in rows])
    where = [(z, y) for y, rows in exact.items() for z, _ in rows]
    if len(where) < _LEAST * len(targets):
        raise DataError(f"ℓ(z, y) is too large or has no known value at most points, so it cannot be checked{setting}")
    shaken = reference.rounding if reference.loss.interval_y_true.upper is None else None
    probes = [Probe(name, where, setting, _along(shaken, k)) for k, name in enumerate(_WHAT)]
    return [_check(subject, p, Pair(got[:, k], wanted[:, k], 0.0)) for k, p in enumerate(probes)]


@lru_cache(maxsize=256)
def _exact(reference: Reference, y: float) -> list[tuple[float, tuple[float, ...]]]:
    """z with ℓ, ℓ′ and ℓ″, where floats can hold them and the prediction h."""
    found = []
    for z in samples.points(reference.loss, y):
        values = reference.values(float(z), y)
        if values is not None and max(map(abs, values)) < _LARGEST and abs(values[3]) < _LARGEST**0.5:
            found.append((float(z), values[:3]))
    return found


Shaken: TypeAlias = Callable[[float, float], float]


def _along(shaken: Callable[[float, float], tuple[float, ...]] | None, k: int) -> Shaken | None:
    return None if shaken is None else lambda z, y: shaken(z, y)[k]


@dataclass(frozen=True)
class Probe:
    """What is compared, at which (z, y), for which numbers of the parameters, and how much a rounding changes it."""

    name: str
    where: list[tuple[float, float]]
    setting: str
    shaken: Shaken | None


def _check(subject: Subject, probe: Probe, pair: Pair) -> Check:
    name, size = probe.name, np.maximum(np.abs(pair.expected), subject.floors.get(probe.name, _SMALLEST))
    if probe.shaken is not None:
        bad = np.flatnonzero(~(np.abs(pair.got - pair.expected) <= _ALLOWED / 10 * size))
        size[bad] += [probe.shaken(*probe.where[i]) for i in bad]
    why = _ROUNDED if name in subject.floors else _STRICT if probe.shaken is None else _SHAKEN
    title = f"{name}: {_WHAT[name]}, corners and random z{probe.setting}"
    places = [f"z = {z:.17g}, y = {y:g}" for z, y in probe.where]
    return agreement(title, Pair(pair.got, pair.expected, size), Tolerance(_ALLOWED, why), places)


def _values(subject: Subject, z: Array, y: float) -> Array:
    """ℓ, ℓ′ and ℓ″ at points, as the functions see them; what is off the diagonal of the Hessian must be 0."""
    m = len(z)
    data = Data(np.eye(m), np.full(m, y), ())
    one = Data(data.X[:1, :1], data.y[:1], ())
    cost = [subject.cost(z[i : i + 1], one) for i in range(m)]
    H = subject.hessian(z, data)
    diagonal = np.diag(H)
    whole = m * (diagonal + np.abs(H - np.diag(diagonal)).sum(axis=1))
    return np.array([cost, m * subject.gradient(z, data), whole]).T
