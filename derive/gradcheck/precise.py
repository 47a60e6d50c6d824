"""On data: gradient and Hessian along a direction, against differences of J in high precision."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np
from flint import arb, ctx

from derive.certificate import Check
from derive.compiled.stable import Array
from derive.data import Data
from derive.gradcheck import samples
from derive.gradcheck.compare import Pair, Subject, Tolerance, agreement
from derive.gradcheck.reference import Reference

_TOLERANCE = Tolerance(
    1e-12,
    "roundings of float64, relative to the sum of the absolute values of all terms that are added, and of what the "
    "rounding of Xθ makes of them",
)


@dataclass(frozen=True)
class Directional:
    """d/dt and d²/dt² of J(θ + tv) at t = 0, and the sizes of what was added up for them."""

    first: float
    second: float
    first_size: float
    second_size: float


def precise(reference: Reference, data: Data, subject: Subject) -> list[Check]:
    """Two checks at three θ each: v·∇J and v·∇²J v."""
    v, thetas = samples.direction(data), samples.parameters(data, subject.positive)
    exact = [differences(reference, data, theta, v, subject.penalty) for theta in thetas]
    first = np.array([subject.gradient(theta, data) @ v for theta in thetas])
    second = np.array([v @ subject.hessian(theta, data) @ v for theta in thetas])
    places = [f"{data.title}, θ{'₀₁₂'[k]}" for k in range(len(thetas))]
    mean = 1.0 if data.sample_weight is None else float(data.sample_weight.mean())
    return [
        _check("gradient", data, Pair(first, _each(exact, "first"), _size(exact, "first", subject, mean)), places),
        _check("hessian", data, Pair(second, _each(exact, "second"), _size(exact, "second", subject, mean)), places),
    ]


def _check(name: str, data: Data, pair: Pair, places: list[str]) -> Check:
    return agreement(f"{name}: J with 77 digits, {data.title}", pair, _TOLERANCE, places)


def _each(found: list[Directional], name: str) -> Array:
    return np.array([getattr(d, name) for d in found])


def _size(found: list[Directional], name: str, subject: Subject, weight: float) -> Array:
    floor = subject.floors.get("gradient" if name == "first" else "hessian", 0.0)
    return _each(found, f"{name}_size") + floor * weight


def differences(reference: Reference, data: Data, theta: Array, v: Array, penalty: float) -> Directional:
    """Differences of J along v, term by term, with 256 bits."""
    with ctx.workprec(256):
        total = [arb(0)] * 4
        weights = np.ones(len(data.y)) if data.sample_weight is None else data.sample_weight
        for x, y, w in zip(data.X, data.y, weights, strict=True):
            row = _row(reference, x, float(y), theta, v)
            total = [a + b * float(w) for a, b in zip(total, row, strict=True)]
        for t, d in zip(theta[1:], v[1:], strict=True):  # ½λθ², and not for the bias
            slope = penalty * arb(float(t)) * float(d)
            curve = penalty * arb(float(d)) ** 2
            total = [a + b for a, b in zip(total, (slope, curve, abs(slope), curve), strict=True)]
        return Directional(*(float((a / len(data.y)).mid()) for a in total))


def _row(reference: Reference, x: Array, y: float, theta: Array, v: Array) -> tuple[Any, ...]:
    """Both derivatives of ℓ along v for one row, and the sizes: with |xₖvₖ| added up, and Xθ off by a rounding."""
    z, z_size = _product(x, theta)
    u, u_size = _product(x, v)
    _, first, second = (b.mid() for b in reference.along(z, u, y))
    ratio = u_size / max(abs(u), u_size / 1000) if u_size > 0 else arb(0)
    first_size = (abs(first) + abs(second) * ratio * z_size) * ratio
    return first, second, first_size, abs(second) * ratio**2 * (1 + z_size)


def _product(x: Array, theta: Array) -> tuple[Any, Any]:
    """Σ xₖθₖ and Σ |xₖθₖ|, exact."""
    terms = [arb(float(a)) * float(b) for a, b in zip(x, theta, strict=True)]
    return _sum(terms), _sum(map(abs, terms))


def _sum(terms: Iterable[Any]) -> Any:
    return sum(terms, arb(0))
