"""Curves: the two branches of the split cost, log loss beside squared error, any loss with its derivatives."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import numpy as np
import sympy as sp

from derive import symbols as s
from derive.loss import Loss
from derive.plot.functions import of_h, of_text, rows
from derive.plot.style import LINES, WHITE, Drawing, curve

_BESIDE = 1e-9  # of a kink, from both sides
_JUMP = 1e-6
_CIRCLES = " Circles mark kinks; where a curve jumps, the filled one is the value that is taken."
_NAMES = (r"$\ell$", r"$\partial\ell/\partial z$", r"$\partial^2\ell/\partial z^2$")


def split_cost() -> Drawing:
    """−ln h for y = 1 and −ln(1 − h) for y = 0, over h: they are the log loss at the two labels."""
    says = (
        "The cost of one sample over its prediction h. For y = 1 it falls from infinity at h = 0 to zero at h = 1; for "
        "y = 0 it is the mirror image. The two meet at h = ½."
    )
    return Drawing("The split cost", says, (_branches,), 5.2, 3.7)


def _branches(ax: Any) -> None:
    from derive import catalog

    h, cost = np.linspace(0.004, 0.996, 500), of_h(catalog.load("logistic"))
    for number, (y, label) in enumerate(((1.0, r"$y = 1$:  $-\ln h$"), (0.0, r"$y = 0$:  $-\ln(1 - h)$"))):
        curve(ax, h, cost(h, np.full_like(h, y)), number, label)
    ax.set(xlabel=r"prediction $h = \sigma(z)$", ylabel="cost of one sample", xlim=(0, 1), ylim=(0, 5.5))
    ax.legend(loc="upper center")
    ax.set_title("The split cost")


def squared_error() -> Drawing:
    """Log loss and ½(σ(z) − y)² for both labels, over z: one is convex, the other is flat where it is most wrong."""
    says = (
        "Both losses of one sample over the raw prediction z, for y = 1 and for y = 0. The log loss is convex and "
        "grows with how wrong z is; the squared error bends the other way and is flat, at ½, where z is most wrong."
    )
    return Drawing("Log loss beside squared error on σ(z)", says, (_for(1.0), _for(0.0)), 4.1)


def _for(y: float) -> Any:
    def draw(ax: Any) -> None:
        from derive import catalog

        z = np.linspace(-8, 8, 600)
        curve(ax, z, rows(catalog.load("logistic"), 0)(z, y), 0, r"log loss, convex")
        square = of_text("(sigmoid(z) - y)**2/2", "z", "y")(z, np.full_like(z, y))
        curve(ax, z, square, 1, r"$\frac{1}{2}(\sigma(z) - y)^2$, not convex")
        ax.set(xlabel=r"raw prediction $z$", ylabel=r"$\ell(\sigma(z), y)$", title=f"$y = {y:.0f}$", ylim=(-0.1, 5))
        ax.legend(loc="upper right" if y else "upper left")

    return draw


def loss(given: Loss) -> Drawing:
    """ℓ and its two derivatives over z, with the places where one of them does not exist."""
    targets = _targets(given)
    shown = " and ".join(f"{y:g}" for y in targets) if len(targets) < 3 else ", ".join(f"{y:g}" for y in targets)
    settings = ", ".join(f"{name} = {float(value):g}" for name, value in given.defaults.items())
    says = f"The loss of one sample, its derivative and its second derivative over z, for y = {shown}."
    says += _CIRCLES if given.kinks else ""
    title = f"{given.title} ({settings})" if settings else given.title
    return Drawing(title, says, tuple(_order(given, order, targets) for order in range(3)), 3.5, 3.3)


def _order(given: Loss, order: int, targets: list[float]) -> Any:
    def draw(ax: Any) -> None:
        f, all_values = rows(given, order), []
        for number, y in enumerate(targets):
            places = _kinks(given, y)
            z = _with(_range(given), places)
            values = f(z, y)
            all_values.append(values)
            curve(ax, z, _broken(z, values, places), number, f"$y = {y:g}$")
            _mark(ax, f, y, places, LINES[number % len(LINES)][0])
        ax.set(xlabel="raw prediction $z$", ylabel=_NAMES[order])
        _limit(ax, all_values)
        if order == 0:
            ax.legend()

    return draw


def _kinks(given: Loss, y: float) -> Any:
    """The raw predictions at which ℓ lacks a derivative, those in the picture."""
    numbers = {**given.numbers({}), s.y: sp.Rational(Fraction(y))}
    places = np.array(sorted({float(k.at.xreplace(numbers)) for k in given.kinks}))
    z = _range(given)
    return places[(places > z[0]) & (places < z[-1])]


def _with(z: Any, places: Any) -> Any:
    """Kinks, and both sides of them, among the raw predictions."""
    away = (np.abs(z[:, None] - places) > 2 * _BESIDE).all(axis=1)
    return np.sort(np.concatenate([z[away], places - _BESIDE, places, places + _BESIDE]))


def _broken(z: Any, values: Any, places: Any) -> Any:
    """No line is drawn where a value jumps."""
    return np.where(np.isin(z, places[_jumps(z, values, places)]), np.nan, values)


def _jumps(z: Any, values: Any, places: Any) -> Any:
    at = np.searchsorted(z, places)
    return np.abs(values[at + 1] - values[at - 1]) > _JUMP


def _mark(ax: Any, f: Any, y: float, places: Any, colour: str) -> None:
    """Circles at kinks: filled where the value is, empty at the other end of a jump."""
    style = {"color": colour, "linestyle": "", "marker": "o", "markersize": 5.5, "zorder": 4}
    here = f(places, y)
    for beside in (f(places - _BESIDE, y), f(places + _BESIDE, y)):
        apart = np.abs(beside - here) > _JUMP
        ax.plot(places[apart], beside[apart], **style, markerfacecolor=WHITE)
    ax.plot(places, here, **style)


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
    """The raw predictions that are shown."""
    return np.linspace(0.05, 4, 400) if given.interval_z.lower is not None else np.linspace(-4, 4, 401)


def _limit(ax: Any, values: list[Any]) -> None:
    """What is very large somewhere leaves the picture."""
    finite = np.concatenate([v[np.isfinite(v)] for v in values])
    low, high = np.quantile(finite, [0.02, 0.98])
    room = 0.15 * (high - low) or 0.5
    ax.set_ylim(max(float(finite.min()), low - 4 * room) - room / 4, min(float(finite.max()), high + room) + room / 4)
