"""The path of gradient descent and that of Newton's method, over the contours of the cost."""

from __future__ import annotations

from typing import Any

import numpy as np

from derive.plot.costs import AXES, draw_contours, log_loss
from derive.plot.style import BLUE, RED, WHITE, Drawing
from derive.theorems.logistic_squared_error import SAMPLES

START = (3.2, 0.9)
_RATE = 0.3
_STEPS = 200


def path() -> Drawing:
    """Both from one start, with the derived gradient and Hessian: θ ← θ − α∇J, and Newton's method."""
    says = (
        f"The cost of six samples, log loss, over θ₀ and θ₁, and two searches from {START}. Gradient descent takes "
        f"{_STEPS} short steps, each across the contours; Newton's method takes a few long ones to the same minimum."
    )
    return Drawing("One cost, one start, two methods", says, (_both,), 5.6, 4.4)


def _both(ax: Any) -> None:
    from derive.fit import fit

    X, y = np.array([[1.0, x] for x, _ in SAMPLES]), np.array([float(y) for _, y in SAMPLES])
    newton = np.array(fit("logistic", X, y, start=START).path)
    a, b = np.meshgrid(np.linspace(-1.5, 3.8, 66), np.linspace(-0.7, 1.3, 66))
    draw_contours(ax, a, b, log_loss(a, b), "One cost, one start, two methods")
    descent = _descent(X, y)
    label = rf"gradient descent, $\alpha = {_RATE:g}$, {_STEPS} steps"
    ax.plot(*descent.T, color=RED, linestyle="-", marker=".", markersize=4, linewidth=1, label=label)
    label = f"Newton's method, {len(newton) - 1} steps"
    ax.plot(*newton.T, color=BLUE, linestyle="--", marker="s", markersize=6, linewidth=1.5, label=label)
    ax.plot(*newton[-1], marker="*", markersize=15, color=WHITE, markeredgecolor=BLUE, linestyle="", label="minimum")
    ax.legend(loc="upper left")
    ax.set(**AXES)


def _descent(X: Any, y: Any) -> Any:
    """θ ← θ − α∇J with one α, as the derivation states it."""
    from derive import catalog, compiled

    gradient, theta = compiled.gradient(catalog.load("logistic")), np.array(START)
    steps = [theta]
    for _ in range(_STEPS):
        theta = theta - _RATE * gradient(theta, X, y)
        steps.append(theta)
    return np.array(steps)
