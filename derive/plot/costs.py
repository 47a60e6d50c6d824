"""The cost of six samples over (θ₀, θ₁): log loss, and squared error on σ(z) with the two minima that are proved."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import numpy as np

from derive.plot.functions import of_text, rows
from derive.plot.style import BLACK, BLUE, RED, panels
from derive.theorems.logistic_squared_error import COST, SAMPLES, THEOREM

AXES = {"xlabel": r"$\theta_0$", "ylabel": r"$\theta_1$"}


def log_loss(a: Any, b: Any) -> Any:
    """J of the six samples, with log loss."""
    from derive import catalog

    f = rows(catalog.load("logistic"), 0)
    return sum(f(a + b * x, y) for x, y in SAMPLES) / len(SAMPLES)


def minima() -> list[tuple[float, float, float]]:
    """The two proved minima (θ₀, θ₁, J): the middle of the box in which each is, as the theorem states it."""
    cost, found = of_text(COST, "a", "b"), []
    for statement in THEOREM.statements:
        if statement.question == "minimum":
            _, _, _, _, a0, a1, _, b0, b1 = (*statement.formulas,)
            a, b = (float((Fraction(x) + Fraction(y)) / 2) for x, y in ((a0, a1), (b0, b1)))
            found.append((a, b, float(cost(np.array(a), np.array(b)))))
    return found


def surface() -> Any:
    """Both costs as contours, and along the line through the two minima."""
    from derive.fit import fit

    figure, axes = panels(1, 3, 12.5, 3.9)
    a, b = np.meshgrid(np.linspace(-2.5, 4, 260), np.linspace(-1.6, 1.2, 240))
    square, found = of_text(COST, "a", "b"), minima()
    best = fit("logistic", [[1, x] for x, _ in SAMPLES], [y for _, y in SAMPLES]).coefficients
    contours(axes[0, 0], a, b, log_loss(a, b), "Log loss: convex, one minimum")
    axes[0, 0].plot(*best, marker="*", markersize=13, color=BLUE, markeredgecolor="white")
    contours(axes[0, 1], a, b, square(a, b), r"Squared error on $\sigma(z)$: two minima")
    for (x, y, _), marker in zip(found, "oD", strict=True):
        axes[0, 1].plot(x, y, marker=marker, markersize=9, color=RED, markeredgecolor="white")
    _along(axes[0, 2], square, found)
    return figure


def contours(ax: Any, a: Any, b: Any, cost: Any, title: str) -> None:
    """Lines of equal cost, closer where it is low; filled in shades that grow darker with the cost."""
    levels = np.unique(np.quantile(cost, np.linspace(0, 1, 22) ** 1.7))
    ax.contourf(a, b, cost, levels=levels, cmap="Greys", alpha=0.55)
    ax.contour(a, b, cost, levels=levels, colors=BLACK, linewidths=0.5, alpha=0.6)
    ax.grid(visible=False)
    ax.set(title=title, **AXES)


def _along(ax: Any, square: Any, found: list[tuple[float, float, float]]) -> None:
    (a0, b0, _), (a1, b1, _) = found
    t = np.linspace(-0.35, 1.35, 300)
    ax.plot(t, square(a0 + t * (a1 - a0), b0 + t * (b1 - b0)), color=RED, linestyle="--")
    for at, (x, y, cost), marker in zip((0, 1), found, "oD", strict=True):
        label = rf"$\theta = ({x:.2f}, {y:.2f})$, $J = {cost:.4f}$"
        ax.plot(at, cost, marker=marker, markersize=9, color=RED, markeredgecolor="white", linestyle="", label=label)
    ax.set(
        xlabel="along the line from one minimum to the other", ylabel=r"$J(\theta)$", title="The barrier between them"
    )
    ax.set_xticks([0, 1], ["first", "second"])
    ax.legend(loc="upper left", fontsize=9)
    low, high = ax.get_ylim()
    ax.set_ylim(low, high + 0.25 * (high - low))
