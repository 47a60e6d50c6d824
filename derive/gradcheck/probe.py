"""The probe: X is the identity and θ a grid of z, so each entry of the gradient is one ℓ′(zᵢ, yᵢ)/m."""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache

import numpy as np

from derive.certificate import Check
from derive.compiled.stable import Array
from derive.data import Data
from derive.gradcheck import samples
from derive.gradcheck.compare import Pair, Subject, Tolerance, agreement
from derive.gradcheck.reference import Reference

_ALLOWED = 1e-12
_STRICT = "a few roundings, relative to each value: tails count as much as the middle"
_ROUNDED = f"{_STRICT}; below 1/1000 of the values near z = 0, relative to that, as h − y and h(1 − h) round h"
#: below this, float64 has fewer digits
_SMALLEST = 1e-306
_WHAT = {"cost": "ℓ(z, y)", "gradient": "∂ℓ/∂z", "hessian": "∂²ℓ/∂z²"}


def probe(reference: Reference, targets: list[float], subject: Subject) -> list[Check]:
    """Compare ℓ, ℓ′ and ℓ″ on the grid, for each target."""
    z = samples.grid()
    exact = _exact(reference, tuple(targets))
    got = np.array([_values(replace(subject, penalty=0.0), z, y) for y in targets])
    places = [f"z = {v:.6g}, y = {y:g}" for y in targets for v in z]
    return [_check(subject, name, got[:, k], exact[:, :, k], places) for k, name in enumerate(_WHAT)]


@lru_cache(maxsize=32)
def _exact(reference: Reference, targets: tuple[float, ...]) -> Array:
    """ℓ, ℓ′ and ℓ″ for each target and each z of the grid."""
    z = samples.grid()
    return np.array([[[float(b.mid()) for b in reference.along(float(v), 1.0, y)] for v in z] for y in targets])


def _check(subject: Subject, name: str, got: Array, exact: Array, places: list[str]) -> Check:
    size = np.maximum(np.abs(exact), subject.floors.get(name, _SMALLEST))
    title = f"{name}: {_WHAT[name]}, corners and random z"
    why = _ROUNDED if name in subject.floors else _STRICT
    return agreement(title, Pair(got, exact, size), Tolerance(_ALLOWED, why), places)


def _values(subject: Subject, z: Array, y: float) -> Array:
    """ℓ, ℓ′ and ℓ″ on the grid, as the functions see them; what is off the diagonal of the Hessian must be 0."""
    m = len(z)
    data = Data(np.eye(m), np.full(m, y), ())
    one = Data(data.X[:1, :1], data.y[:1], ())
    cost = [subject.cost(z[i : i + 1], one) for i in range(m)]
    H = subject.hessian(z, data)
    diagonal = np.diag(H)
    return np.array([cost, m * subject.gradient(z, data), m * (diagonal + np.abs(H - np.diag(diagonal)).sum(axis=1))])
