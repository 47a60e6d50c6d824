"""Curves: the two branches of the split cost, log loss beside squared error, any loss with its derivatives."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import numpy as np

from derive.loss import Loss
from derive.plot.functions import of_h, of_text, rows
from derive.plot.style import curve, panels


def split_cost() -> Any:
    """−ln h for y = 1 and −ln(1 − h) for y = 0, over h: they are the log loss at the two labels."""
    from derive import catalog

    figure, axes = panels(1, 1, 5.5, 3.8)
    h, cost = np.linspace(0.004, 0.996, 500), of_h(catalog.load("logistic"))
    for number, (y, label) in enumerate(((1.0, r"$y = 1$:  $-\ln h$"), (0.0, r"$y = 0$:  $-\ln(1 - h)$"))):
        curve(axes[0, 0], h, cost(h, np.full_like(h, y)), number, label)
    axes[0, 0].set(xlabel=r"prediction $h = \sigma(z)$", ylabel="cost of one sample", xlim=(0, 1), ylim=(0, 5.5))
    axes[0, 0].legend(loc="upper center")
    axes[0, 0].set_title("The split cost")
    return figure


def squared_error() -> Any:
    """Log loss and ½(σ(z) − y)² for both labels, over z: one is convex, the other is flat where it is most wrong."""
    from derive import catalog

    figure, axes = panels(1, 2, 8.6, 3.6)
    z, log_loss = np.linspace(-8, 8, 600), rows(catalog.load("logistic"), 0)
    square = of_text("(sigmoid(z) - y)**2/2", "z", "y")
    for y, ax in zip((1.0, 0.0), axes[0], strict=True):
        curve(ax, z, log_loss(z, y), 0, r"log loss, convex")
        curve(ax, z, square(z, np.full_like(z, y)), 1, r"$\frac{1}{2}(\sigma(z) - y)^2$, not convex")
        ax.set(xlabel=r"raw prediction $z$", ylabel=r"$\ell(\sigma(z), y)$", title=f"$y = {y:.0f}$", ylim=(0, 5))
        ax.legend(loc="upper right" if y else "upper left")
    return figure


def loss(given: Loss) -> Any:
    """ℓ and its two derivatives over z."""
    figure, axes = panels(1, 3, 10.5, 3.4)
    targets, z = _targets(given), _range(given)
    names = (r"$\ell$", r"$\partial\ell/\partial z$", r"$\partial^2\ell/\partial z^2$")
    for order, (ax, name) in enumerate(zip(axes[0], names, strict=True)):
        values = [rows(given, order)(z, y) for y in targets]
        for number, (y, each) in enumerate(zip(targets, values, strict=True)):
            curve(ax, z, each, number, f"$y = {y:g}$")
        ax.set(xlabel="raw prediction $z$", ylabel=name)
        _limit(ax, values)
    axes[0, 0].legend()
    figure.suptitle(given.title + _settings(given))
    return figure


def _settings(given: Loss) -> str:
    shown = [f"{name} = {float(value):g}" for name, value in given.defaults.items()]
    return f" ({', '.join(shown)})" if shown else ""


def _targets(given: Loss) -> list[float]:
    """Two or three targets that the loss allows."""
    r = given.interval_y_true
    quarters = (Fraction(1, 4), Fraction(3, 4))
    wanted = [tuple(map(Fraction, pair)) for pair in ((-1, 1), (0, 1), quarters, (1, 3))]
    if r.values is not None:
        return [float(v) for v in sorted(r.values)][:3]
    if r.lower is not None and r.upper is None:
        wanted = wanted[::-1]
    return [float(y) for y in next(w for w in wanted if all(y in r for y in w))]


def _range(given: Loss) -> Any:
    """Raw predictions, those at kinks left out: lines are broken there, if they jump."""
    if given.interval_z.lower is not None:
        return np.linspace(0.05, 4, 800)
    return np.linspace(-4, 4, 801) + 1e-9


def _limit(ax: Any, values: list[Any]) -> None:
    """What is very large somewhere leaves the picture."""
    finite = np.concatenate([v[np.isfinite(v)] for v in values])
    low, high = np.quantile(finite, [0.02, 0.98])
    room = 0.15 * (high - low) or 0.5
    ax.set_ylim(max(float(finite.min()), low - 4 * room) - room / 4, min(float(finite.max()), high + room) + room / 4)
