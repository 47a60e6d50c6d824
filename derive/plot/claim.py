"""A report of `derive.check`: the loss, what is claimed and what is true; where they part is shaded."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import numpy as np

from derive.errors import DeriveError
from derive.plot.functions import of_expression
from derive.plot.style import BLACK, BLUE, ORANGE, RED, panels
from derive.terms.bridge import to_sympy

_POINTS = 1201
_SAME = 1e-9
_ORDER = {"gradient": 1, "hessian": 2}
_NAMES = {"loss": r"\ell", "gradient": r"\partial\ell/\partial {0}", "hessian": r"\partial^2\ell/\partial {0}^2"}


def claim(report: Any) -> Any:
    """One panel for the loss and one for each claim; the other variables are what they are at the witness."""
    if report.loss is None or len(report.wrt) != 1:
        raise DeriveError("a picture of a claim needs its loss, and one variable of the derivatives")
    variable, loss = report.wrt[0], to_sympy(report.loss)
    claims = [c for c in (report.gradient, report.hessian) if c is not None]
    point = _point(report, loss, claims)
    x = _range(point.pop(variable, 0.0), report.domain.get(variable, "real"))
    figure, axes = panels(1, 1 + len(claims), 3.9 * (1 + len(claims)), 3.7)
    axes[0, 0].plot(x, _values(loss, variable, x, point), color=BLACK)
    axes[0, 0].set_ylabel(f"${_NAMES['loss']}$")
    for ax, stated in zip(axes[0, 1:], claims, strict=True):
        true, own = _derivative(loss, variable, _ORDER[stated.side]), {**point, **_others(stated, point)}
        right, wrong = stated.components[0].right, to_sympy(stated.components[0].claimed)
        true = true if right is None else to_sympy(right.term)
        _beside(ax, x, _values(true, variable, x, own), _values(wrong, variable, x, own))
        _finish(ax, stated, variable, own)
    for ax in axes[0]:
        ax.set_xlabel(f"${variable}$")
    axes[0, 0].set_title(f"the loss{_held(point)}", fontsize=10)
    return figure


def _derivative(loss: Any, variable: str, order: int) -> Any:
    symbol = next((v for v in loss.free_symbols if v.name == variable), None)
    return loss.diff(symbol, order) if symbol is not None else loss * 0


def _beside(ax: Any, x: Any, right: Any, wrong: Any) -> None:
    ax.plot(x, right, color=BLUE, label="true")
    ax.plot(x, wrong, color=RED, linestyle="--", label="claimed")
    size = np.maximum(np.abs(right), np.abs(wrong))
    if (apart := ~(np.abs(right - wrong) <= _SAME * (1 + size))).any():
        ax.fill_between(x, right, wrong, where=apart, color=ORANGE, alpha=0.35, hatch="///", label="they part")


def _finish(ax: Any, stated: Any, variable: str, point: dict[str, float]) -> None:
    _mark(ax, stated.components[0], variable)
    ax.set_ylabel("$" + _NAMES[stated.side].format(variable) + "$")
    ax.set_title(
        f"{'Hessian' if stated.side == 'hessian' else stated.side}: {stated.status}{_held(point)}", fontsize=10
    )
    ax.legend(fontsize=9)


def _held(point: dict[str, float]) -> str:
    """What the other variables are, for a title."""
    return "".join(f", ${name} = {value:.4g}$" for name, value in sorted(point.items()))


def _others(stated: Any, point: dict[str, float]) -> dict[str, float]:
    """The other variables at the witness of this claim."""
    witness = stated.witness
    found = () if witness is None else witness.point
    return {name: float(Fraction(value)) for name, value in found if name in point}


def _mark(ax: Any, component: Any, variable: str) -> None:
    """The witness: the right value and the claimed one, at the point that refutes."""
    witness = getattr(component.verdict, "witness", None)
    if witness is None:
        return
    at = float(Fraction(dict(witness.point)[variable]))
    low, high = ax.get_xlim()
    if low <= at <= high:
        ends = [_number(witness.left), _number(witness.right)]
        ax.plot([at, at], ends, color=BLACK, marker="o", markersize=5, linewidth=1, linestyle=":", label="witness")


def _number(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        return float("nan")


def _point(report: Any, loss: Any, claims: list[Any]) -> dict[str, float]:
    """The witness, where there is one; other variables 1, or what is allowed."""
    witness = next((w for c in claims if (w := c.witness) is not None), None)
    names = {v.name for v in loss.free_symbols}.union(*({v.name for v in _free(c)} for c in claims))
    found = {name: 1.0 for name in names if name not in report.wrt}
    if witness is not None:
        found |= {name: float(Fraction(value)) for name, value in witness.point if name in names}
    return found


def _free(stated: Any) -> Any:
    return to_sympy(stated.components[0].claimed).free_symbols


def _range(middle: float, domain: str) -> Any:
    """From −5 to 5 and around the witness, within the domain."""
    from derive.domain import parse_range

    r = parse_range(domain)
    low, high = min(-5.0, 1.5 * middle), max(5.0, 1.5 * middle)
    low = low if r.lower is None else float(r.lower)
    high = high if r.upper is None else float(r.upper)
    room = (high - low) * 1e-4
    return np.linspace(low + room, high - room, _POINTS)


def _values(expr: Any, variable: str, x: Any, point: dict[str, float]) -> Any:
    names = (variable, *point)
    y = of_expression(expr, names)(x, *(np.full_like(x, v) for v in point.values()))
    return np.where(np.isfinite(y), y, np.nan)
