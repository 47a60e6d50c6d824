"""A report of `derive.check`: the loss, what is claimed and what is true; where they part is shaded."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from functools import partial
from typing import Any

import numpy as np

from derive.domain import parse_range
from derive.errors import DeriveError
from derive.plot.functions import of_expression
from derive.plot.style import BLACK, BLUE, ORANGE, RED, Drawing, Panel
from derive.render._names import latex_name
from derive.terms.bridge import to_sympy

_POINTS = 1201
_SAME = 1e-9
_ORDER = {"gradient": 1, "hessian": 2}
_SIDES = {"gradient": "gradient", "hessian": "Hessian"}
_NAMES = {"gradient": r"\partial\ell/\partial {0}", "hessian": r"\partial^2\ell/\partial {0}^2"}


def claim(report: Any) -> Drawing:
    """One panel for the loss and one for each claim; the other variables are what they are at the witness."""
    if report.loss is None or len(report.wrt) != 1:
        raise DeriveError("a picture of a claim needs its loss, and one variable of the derivatives")
    variable, loss = report.wrt[0], to_sympy(report.loss)
    claims = [c for c in (report.gradient, report.hessian) if c is not None]
    point = _point(report, loss, claims)
    x = _range(point.pop(variable, 0.0), report.domain.get(variable, "real"))
    scene = _Scene(loss, variable, x, point)
    panels: tuple[Panel, ...] = (scene.of_loss, *(partial(scene.of_claim, stated) for stated in claims))
    return Drawing("What is claimed, and what is true", _says(variable, claims), panels, height=4.0)


def _says(variable: str, claims: list[Any]) -> str:
    answers = "; ".join(f"the {_SIDES[c.side]} is {c.status}" for c in claims)
    more = " Where they part the space between is shaded, and the point that refutes is marked."
    refuted = any(c.status == "refuted" for c in claims)
    return f"The loss over {variable}, then what is claimed beside what is true: {answers}.{more if refuted else ''}"


@dataclass(frozen=True)
class _Scene:
    """What all panels share: the loss, its variable, where it is drawn, and what the other variables are."""

    loss: Any
    variable: str
    x: Any
    point: dict[str, float]

    def of_loss(self, ax: Any) -> None:
        y = _values(self.loss, self.variable, self.x, self.point)
        ax.plot(self.x, y, color=BLACK)
        ax.set(xlabel=_symbol(self.variable), ylabel=r"$\ell$", title=f"the loss{_held(self.point)}")
        _limit(ax, y)

    def of_claim(self, stated: Any, ax: Any) -> None:
        component, variable = stated.components[0], self.variable
        true, own = _derivative(self.loss, variable, _ORDER[stated.side]), {**self.point, **_others(stated, self.point)}
        true = true if component.right is None else to_sympy(component.right.term)
        wrong = to_sympy(component.claimed)
        right, claimed = _values(true, variable, self.x, own), _values(wrong, variable, self.x, own)
        right = np.where(np.isnan(_values(self.loss, variable, self.x, own)), np.nan, right)
        _beside(ax, self.x, right, claimed)
        _limit(ax, np.concatenate([right, claimed]))
        _mark(ax, component, variable)
        title = f"{_SIDES[stated.side]}: {stated.status}{_held(own)}"
        name = latex_name(variable)
        ax.set(xlabel=f"${name}$", ylabel=f"${_NAMES[stated.side].format(name)}$", title=title)
        ax.legend(loc="upper center", bbox_to_anchor=(0.5, -0.16), ncols=2)


def _derivative(loss: Any, variable: str, order: int) -> Any:
    symbol = next((v for v in loss.free_symbols if v.name == variable), None)
    return loss.diff(symbol, order) if symbol is not None else loss * 0


def _beside(ax: Any, x: Any, right: Any, wrong: Any) -> None:
    ax.plot(x, right, color=BLUE, label="true")
    ax.plot(x, wrong, color=RED, linestyle="--", label="claimed")
    size = np.maximum(np.abs(right), np.abs(wrong))
    if (apart := ~(np.abs(right - wrong) <= _SAME * (1 + size))).any():
        ax.fill_between(x, right, wrong, where=apart, color=ORANGE, alpha=0.35, hatch="///", label="they part")


def _symbol(variable: str) -> str:
    return f"${latex_name(variable)}$"


def _held(point: dict[str, float]) -> str:
    """What the other variables are, for a title."""
    return "".join(f", ${latex_name(name)} = {value:.4g}$" for name, value in sorted(point.items()))


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
    low, high = ax.get_xlim()
    at = float(Fraction(dict(witness.point).get(variable, Fraction((low + high) / 2))))  # without it, any point refutes
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
    found = {name: _allowed(report.domain.get(name, "real")) for name in sorted(names) if name not in report.wrt}
    if witness is not None:
        found |= {name: float(Fraction(value)) for name, value in witness.point if name in names}
    return found


def _allowed(domain: str) -> float:
    """1, or where that is not allowed a number that is, in the middle where there is one."""
    r = parse_range(domain)
    if Fraction(1) in r:
        return 1.0
    if r.values:
        return float(max(r.values))
    if r.lower is not None and r.upper is not None:
        return float((r.lower + r.upper) / 2)
    return float(r.lower + 1) if r.lower is not None else float((r.upper or 0) - 1)


def _free(stated: Any) -> Any:
    return to_sympy(stated.components[0].claimed).free_symbols


def _range(middle: float, domain: str) -> Any:
    """From −5 to 5 and around the witness, within the domain."""
    r = parse_range(domain)
    low, high = min(-5.0, 1.5 * middle), max(5.0, 1.5 * middle)
    low = low if r.lower is None else float(r.lower)
    high = high if r.upper is None else float(r.upper)
    high, low = (high, low) if low < high else (low + 10.0, low) if r.upper is None else (high, high - 10.0)
    room = (high - low) * 1e-4
    return np.linspace(low + room, high - room, _POINTS)


def _limit(ax: Any, values: Any) -> None:
    """What is very large somewhere leaves the picture: a pole, an exponential."""
    finite = np.sort(values[np.isfinite(values)])
    if not len(finite):
        return
    low, high = np.quantile(finite, [0.05, 0.95])
    room = max(3 * (high - low), 1e-9 * max(abs(low), abs(high)))
    ends = max(finite[0], low - room), min(finite[-1], high + room)
    if ends != (finite[0], finite[-1]) and ends[0] < ends[1]:
        ax.set_ylim(*ends)


def _values(expr: Any, variable: str, x: Any, point: dict[str, float]) -> Any:
    names = (variable, *point)
    y = of_expression(expr, names)(x, *(np.full_like(x, v) for v in point.values()))
    return np.where(np.isfinite(y), y, np.nan)
