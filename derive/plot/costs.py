"""The cost of six samples over (θ₀, θ₁): log loss, and squared error on σ(z) with the two minima that are proved."""

from __future__ import annotations

from fractions import Fraction
from functools import cache
from typing import Any

import numpy as np

from derive.plot.functions import of_text, rows
from derive.plot.style import BLUE, RED, WHITE, Drawing
from derive.theorems.logistic_squared_error import COST, SAMPLES, THEOREM

AXES = {"xlabel": r"$\theta_0$", "ylabel": r"$\theta_1$"}
_CONVEX, _TWO = "Log loss: convex, one minimum", r"Squared error on $\sigma(z)$: two minima"
_MARKERS = "oD"
_TICKS = 17
_FINE = 66
_SIDE = 18  # lines of a surface, along each axis


def log_loss(a: Any, b: Any) -> Any:
    """J of the six samples, with log loss."""
    from derive import catalog

    f = rows(catalog.load("logistic"), 0)
    return sum(f(a + b * x, y) for x, y in SAMPLES) / len(SAMPLES)


def square(a: Any, b: Any) -> Any:
    """J of the six samples, with squared error on σ(z)."""
    return of_text(COST, "a", "b")(a, b)


@cache
def best() -> tuple[float, float]:
    """The minimum of the log loss, fitted with the derived gradient and Hessian."""
    from derive.fit import fit

    found = fit("logistic", [[1, x] for x, _ in SAMPLES], [y for _, y in SAMPLES])
    a, b = map(float, found.coefficients)
    return a, b


@cache
def minima() -> tuple[tuple[float, float, float], ...]:
    """The two proved minima (θ₀, θ₁, J): the middle of the box in which each is, as the theorem states it."""
    found = []
    for statement in THEOREM.statements:
        if statement.question == "minimum":
            _, _, _, _, a0, a1, _, b0, b1 = (*statement.formulas,)
            a, b = (float((Fraction(x) + Fraction(y)) / 2) for x, y in ((a0, a1), (b0, b1)))
            found.append((a, b, float(square(np.array(a), np.array(b)))))
    return tuple(found)


def _where() -> str:
    return " and ".join(f"({a:.2f}, {b:.2f}), where J is {cost:.4f}" for a, b, cost in minima()).replace("-", "−")


def contours() -> Drawing:
    """Both costs as lines of equal cost, and the squared error along the line through its two minima."""
    says = (
        "The cost of six samples over θ₀ and θ₁. The log loss has one minimum. The squared error has two, marked where "
        f"they were proved: {_where()}; between them the cost rises."
    )
    return Drawing("One minimum, and two", says, (_log_contours, _square_contours, _barrier), 4.1, 3.8)


def surface() -> Drawing:
    """Both costs as surfaces over (θ₀, θ₁)."""
    says = (
        "The cost of six samples as a surface over θ₀ and θ₁. The log loss is a bowl. The squared error has flat parts "
        f"and two hollows, whose lowest points were proved: {_where()}."
    )
    return Drawing("The cost as a surface", says, (_log_surface, _square_surface), 4.8, 4.4, solid=True)


def _log_contours(ax: Any) -> None:
    a, b = _grid(_FINE)
    draw_contours(ax, a, b, log_loss(a, b), _CONVEX)
    ax.plot(*best(), marker="*", markersize=13, color=BLUE, markeredgecolor=WHITE)


def _square_contours(ax: Any) -> None:
    a, b = _grid(_FINE)
    draw_contours(ax, a, b, square(a, b), _TWO)
    for (x, y, _), marker in zip(minima(), _MARKERS, strict=True):
        ax.plot(x, y, marker=marker, markersize=9, color=RED, markeredgecolor=WHITE)


def _grid(count: int) -> Any:
    return np.meshgrid(np.linspace(-2.5, 4, count), np.linspace(-1.6, 1.2, count))


def draw_contours(ax: Any, a: Any, b: Any, cost: Any, title: str) -> None:
    """Lines of equal cost, closer where it is low; filled in shades that grow stronger with the cost."""
    levels = np.unique(np.quantile(cost, np.linspace(0, 1, _TICKS) ** 1.7))
    shades = [(0, 0, 0, 0.45 * k / len(levels)) for k in range(len(levels) - 1)]
    ax.contourf(a, b, cost, levels=levels, colors=shades).set(edgecolor=(0, 0, 0, 0.55), linewidth=0.35)
    ax.grid(visible=False)
    ax.set(title=title, **AXES)


def _barrier(ax: Any) -> None:
    (a0, b0, _), (a1, b1, _) = minima()
    t = np.linspace(-0.35, 1.35, 300)
    ax.plot(t, square(a0 + t * (a1 - a0), b0 + t * (b1 - b0)), color=RED, linestyle="--")
    for at, (x, y, cost), marker in zip((0, 1), minima(), _MARKERS, strict=True):
        label = rf"$\theta = ({x:.2f}, {y:.2f})$, $J = {cost:.4f}$"
        ax.plot(at, cost, marker=marker, markersize=9, color=RED, markeredgecolor=WHITE, linestyle="", label=label)
    ax.set(
        xlabel="along the line from one minimum to the other", ylabel=r"$J(\theta)$", title="The barrier between them"
    )
    ax.set_xticks([0, 1], ["first", "second"])
    ax.legend(loc="upper left")
    low, high = ax.get_ylim()
    ax.set_ylim(low, high + 0.25 * (high - low))


def _log_surface(ax: Any) -> None:
    a, b = best()
    _draw_surface(ax, log_loss, [(a, b, float(log_loss(np.array(a), np.array(b))))], _CONVEX, (BLUE, "*"))


def _square_surface(ax: Any) -> None:
    _draw_surface(ax, square, minima(), _TWO, (RED, _MARKERS))


def _draw_surface(ax: Any, cost: Any, found: Any, title: str, look: tuple[str, str]) -> None:
    """The lowest points are drawn over the surface, so that none is hidden, with a line down to their θ."""
    a, b = _grid(_SIDE)
    ax.computed_zorder = False
    low, high = float(cost(a, b).min()), float(cost(a, b).max())
    shades = {"cmap": "Greys", "vmin": low - 0.2 * (high - low), "vmax": high + 0.6 * (high - low), "shade": False}
    ax.plot_surface(a, b, cost(a, b), **shades, edgecolor="#444444", linewidth=0.3, rstride=1, cstride=1, clip_on=False)
    floor = max(0.0, low - 0.15 * (high - low))
    for (x, y, height), marker in zip(found, look[1], strict=True):
        ax.plot([x, x], [y, y], [floor, height], color=look[0], linestyle=":", linewidth=1.2, zorder=5)
        ax.plot([x], [y], [height], marker=marker, markersize=9, color=look[0], markeredgecolor=WHITE, zorder=6)
    for axis in (ax.xaxis, ax.yaxis, ax.zaxis):
        axis.set_pane_color((0, 0, 0, 0.04))
    ax.set(title=title, zlabel="$J$", **AXES)
    ax.set_zlim(bottom=floor)
    ax.view_init(elev=45, azim=-62)
