"""The path of gradient descent and that of Newton's method, over the contours of the cost."""

from __future__ import annotations

from typing import Any

import numpy as np

from derive.plot.costs import AXES, contours, log_loss
from derive.plot.style import BLUE, RED, panels
from derive.theorems.logistic_squared_error import SAMPLES

START = (3.2, 0.9)
_RATE = 0.3
_STEPS = 200


def path() -> Any:
    """Both from one start, with the derived gradient and Hessian: θ ← θ − α∇J, and Newton's method."""
    from derive.fit import fit

    X, y = np.array([[1.0, x] for x, _ in SAMPLES]), np.array([float(y) for _, y in SAMPLES])
    newton = np.array(fit("logistic", X, y, start=START).path)
    figure, axes = panels(1, 1, 6.4, 4.8)
    ax = axes[0, 0]
    a, b = np.meshgrid(np.linspace(-1.5, 3.8, 260), np.linspace(-0.7, 1.3, 240))
    contours(ax, a, b, log_loss(a, b), "One cost, one start, two methods")
    descent = _descent(X, y)
    label = rf"gradient descent, $\alpha = {_RATE:g}$, {_STEPS} steps"
    ax.plot(*descent.T, color=RED, linestyle="-", marker=".", markersize=4, linewidth=1, label=label)
    label = f"Newton's method, {len(newton) - 1} steps"
    ax.plot(*newton.T, color=BLUE, linestyle="--", marker="s", markersize=6, linewidth=1.5, label=label)
    ax.plot(*newton[-1], marker="*", markersize=15, color="white", markeredgecolor=BLUE, linestyle="", label="minimum")
    ax.legend(loc="upper left", frameon=True, framealpha=0.9)
    ax.set(**AXES)
    return figure


def _descent(X: Any, y: Any) -> Any:
    """θ ← θ − α∇J with one α, as the derivation states it."""
    from derive import catalog, compiled

    gradient, theta = compiled.gradient(catalog.load("logistic")), np.array(START)
    steps = [theta]
    for _ in range(_STEPS):
        theta = theta - _RATE * gradient(theta, X, y)
        steps.append(theta)
    return np.array(steps)
