"""Losses made of two straight lines: absolute, quantile and hinge, solved exactly as linear programs.

J = Σ max(aᵢ (cᵢ − zᵢ), bᵢ (zᵢ − cᵢ)) is the largest cᵀu of all u in [−b, a] with Xᵀu = 0: such a u proves that no J is
smaller than cᵀu. An interior point method finds both θ and u; then θ is solved for exactly at a vertex, where as many
rows as there are columns have zᵢ = cᵢ, and u is made to fit it.

Source: S. Portnoy, R. Koenker, The Gaussian hare and the Laplacian tortoise, Statistical Science 12 (1997), 279–300.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from derive.errors import DataError
from derive.fit.problem import Problem
from derive.fit.search import Found, Progress

Array: TypeAlias = NDArray[Any]
_STEPS = 100
_SHORT = 0.99995  # how far towards the boundary
_GAP = 1e-13
_ZERO = 1e-9
_INSIDE = 1e-6


@dataclass(frozen=True)
class Lines:
    """Slope −a below the knot c and b above it, for each row."""

    knot: Array
    a: Array
    b: Array

    @classmethod
    def of(cls, p: Problem) -> Lines:
        """Those of the loss: the slopes are those of the derived gradient, far from the only kink."""
        from derive import symbols as s
        from derive.compiled.printer import kernel

        (kink,) = p.loss.kinks
        at = kernel(kink.at.xreplace(p.loss.numbers(p.parameters)), s.z, s.y).stable
        knot = np.asarray(at(np.zeros(p.m), p.y) + np.zeros(p.m))
        far = 1 + np.abs(knot)
        slopes = [p.rows.weights * p.rows.each(p.rows.gradient, z) for z in (knot - far, knot + far)]
        return cls(knot, -slopes[0], slopes[1])

    def cost(self, z: Array) -> float:
        """Σ max(a (c − z), b (z − c))."""
        below = self.knot - z
        return float(np.sum(np.maximum(self.a * below, -self.b * below)))


@dataclass(frozen=True)
class Solved:
    """θ in scaled coordinates, the multipliers u of the rows, what they prove, and whether no other θ is as good."""

    beta: Array
    dual: Array
    cost: float
    bound: float
    defect: float
    steps: int
    unique: bool


def interior_point(p: Problem, lines: Lines) -> Solved | None:
    """Solve the linear program; None where the numbers do not allow it."""
    A = (p.columns.table - p.columns.centre) / p.columns.scale
    used = lines.a + lines.b > 0
    size = float(np.abs(lines.knot[used]).max()) or 1.0
    scaled = Lines(lines.knot / size, lines.a, lines.b)
    with np.errstate(all="ignore"):
        start = np.linalg.lstsq(A[used], scaled.knot[used], rcond=None)[0]
        part = Lines(scaled.knot[used], scaled.a[used], scaled.b[used])
        theta, u, steps = _path(A[used], part, start)
        if not np.isfinite(theta).all():
            return None
        theta, u, unique = _polished(A[used], part, theta, u)
    dual = np.zeros(len(used))
    dual[used] = u
    defect = float(np.abs(A.T @ dual).max() / max((lines.a + lines.b).sum(), 1e-300))
    beta, bound = theta * size, float(scaled.knot @ dual) * size
    return Solved(beta, dual, lines.cost(p.z(beta)), bound, defect, steps, unique)


def _path(A: Array, lines: Lines, theta: Array) -> tuple[Array, Array, int]:
    """Mehrotra's predictor and corrector on v = u + b in [0, a + b], with multipliers of both bounds."""
    width = lines.a + lines.b
    r, scale = lines.knot - A @ theta, float(width.sum())
    room = max(float(np.abs(r).mean()), 1e-6)
    v, s = width / 2, width / 2
    low, high = np.maximum(-r, 0) + room, np.maximum(r, 0) + room
    target = A.T @ lines.b
    for step in range(1, _STEPS + 1):
        off = lines.knot - A @ theta + low - high  # 0 = c − Aθ + low − high
        gap = float(v @ low + s @ high)
        if not np.isfinite(gap) or (gap <= _GAP * scale and np.abs(off).max() <= _ZERO):
            return theta, v - lines.b, step
        move = _move(A, (v, s, low, high), off, target - A.T @ v)
        if move is None:
            return theta, v - lines.b, step
        dtheta, dv, dlow, dhigh, primal, dual = move
        v, s = v + primal * dv, s - primal * dv
        theta, low, high = theta + dual * dtheta, low + dual * dlow, high + dual * dhigh
    return theta, v - lines.b, _STEPS


State = tuple[Array, Array, Array, Array]
Move = tuple[Array, Array, Array, Array, float, float]


def _move(A: Array, state: State, off: Array, lack: Array) -> Move | None:
    """Where to go, and how far in u and in θ."""
    v, s, low, high = state
    weight = 1 / (low / v + high / s)
    try:
        factor = np.linalg.cholesky(A.T @ (weight[:, None] * A))
    except np.linalg.LinAlgError:
        return None
    zero = np.zeros_like(v)
    dtheta, dv, dlow, dhigh = _solve(A, factor, state, off, lack, (zero, zero))
    primal, dual = _room(v, s, dv), min(_far(low, dlow), _far(high, dhigh))
    gap = float(v @ low + s @ high)
    after = float((v + primal * dv) @ (low + dual * dlow) + (s - primal * dv) @ (high + dual * dhigh))
    aim = gap / (2 * len(v)) * min(max(after / gap, 0.0), 1.0) ** 3
    dtheta, dv, dlow, dhigh = _solve(A, factor, state, off, lack, (aim - dv * dlow, aim + dv * dhigh))
    return dtheta, dv, dlow, dhigh, _SHORT * _room(v, s, dv), _SHORT * min(_far(low, dlow), _far(high, dhigh))


def _solve(
    A: Array, factor: Array, state: State, off: Array, lack: Array, products: tuple[Array, Array]
) -> tuple[Array, Array, Array, Array]:
    """v·low and s·high as wanted, to first order, with the two linear conditions."""
    (v, s, low, high), (below, above) = state, products
    weight = 1 / (low / v + high / s)
    xi = below / v - low - above / s + high + off
    right = A.T @ (weight * xi) - lack
    dtheta = np.linalg.solve(factor.T, np.linalg.solve(factor, right))
    dv = weight * (xi - A @ dtheta)
    return dtheta, dv, (below - low * dv) / v - low, (above + high * dv) / s - high


def _far(x: Array, dx: Array) -> float:
    """The largest step in [0, 1] that keeps x ≥ 0."""
    down = dx < 0
    return min(1.0, float((-x[down] / dx[down]).min())) if down.any() else 1.0


def _room(v: Array, s: Array, dv: Array) -> float:
    return min(_far(v, dv), _far(s, -dv))


def _polished(A: Array, lines: Lines, theta: Array, u: Array) -> tuple[Array, Array, bool]:
    """θ at a vertex, and u that fits it; is the vertex the only minimum?

    Rows whose u is inside of its interval have z = c at every minimum: θ is unique if they fix it.
    """
    width = lines.a + lines.b
    inside = np.minimum(u + lines.b, lines.a - u) / width
    fixed = np.linalg.matrix_rank(A[inside > _INSIDE], tol=_ZERO) if (inside > _INSIDE).any() else 0
    basis = _basis(A, np.abs(lines.knot - A @ theta), A.shape[1])
    vertex = np.linalg.solve(A[basis], lines.knot[basis])
    small = lines.cost(A @ vertex) <= lines.cost(A @ theta) + _ZERO * width.sum()
    theta = vertex if small else theta
    return theta, _multipliers(A, lines, theta, u), bool(fixed == A.shape[1])


def _basis(A: Array, distance: Array, n: int) -> list[int]:
    """The n rows nearest to their knots that are linearly independent."""
    chosen: list[int] = []
    rest = np.zeros((0, n))
    for row in np.argsort(distance, kind="stable"):
        new = A[row] - rest.T @ (rest @ A[row])
        new -= rest.T @ (rest @ new)
        length = float(np.linalg.norm(new))
        if length > 1e-8 * float(np.linalg.norm(A[row])) > 0:
            chosen.append(int(row))
            rest = np.vstack([rest, new / length])
        if len(chosen) == n:
            break
    return chosen


def _multipliers(A: Array, lines: Lines, theta: Array, u: Array) -> Array:
    """u at its bounds where z is not at the knot, and elsewhere corrected so that Aᵀu = 0."""
    r = lines.knot - A @ theta
    at = np.abs(r) <= _ZERO * max(1.0, float(np.abs(r).max()))
    u = np.clip(u, -lines.b, lines.a)
    u = np.where(at, u, np.where(r > 0, lines.a, -lines.b))
    if at.any():
        u[at] -= np.linalg.lstsq(A[at].T, A.T @ u, rcond=None)[0]
    return np.asarray(u)


def solve(p: Problem, progress: Progress | None) -> Found:
    """The exact minimum: "converged" only if u is within its bounds and proves that no cost is smaller, to 1e-9."""
    lines = Lines.of(p)
    if progress is not None:
        progress("interior point")
    solved = interior_point(p, lines)
    if solved is None or (point := p.at(solved.beta, False)) is None:
        raise DataError("the linear program could not be solved in floating point; scale the columns and the targets")
    proved = _is_proved(lines, solved)
    found = Found(point, solved.steps, "converged" if proved else "not converged", path=[solved.beta])
    found.method, found.unique, found.gradient_norm = "interior-point", solved.unique, solved.defect
    if progress is not None:
        progress("")
    return found


def _is_proved(lines: Lines, s: Solved) -> bool:
    excess = np.maximum(s.dual - lines.a, -lines.b - s.dual).max() / (lines.a + lines.b).max()
    size = float(np.abs(lines.knot * s.dual).sum()) + abs(s.cost)
    return bool(excess <= _ZERO and s.defect <= _ZERO and s.cost - s.bound <= _ZERO * size)
