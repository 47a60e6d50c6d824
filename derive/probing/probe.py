"""Code that cannot be read is called with numbers, and compared with the derivatives of the stated loss.

The rows of one call are the points: both tails, magnitudes, both sides of every kink, all labels. Each true value is a
ball of certain digits. Agreement is no proof, so the answer is "unknown"; a difference that no rounding explains is a
refutation.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, cast

import numpy as np

from derive.certificate import Refuted, Unknown, Witness
from derive.claims.conventions import signs
from derive.claims.scene import derivative
from derive.domain import Domain
from derive.errors import DeriveError
from derive.floating.grid import lines
from derive.floating.truth import shown, value_at
from derive.probing.floats import real, variable_for
from derive.report import NUMERIC_AGREEMENT, ClaimVerdict, Component, Report, Side, Source
from derive.terms.term import Term, free_names, make, mul, num, substitute, sym
from derive.tracing import parameters
from derive.tracing.constants import read as read_constant
from derive.tracing.unreadable import Unreadable

_LARGEST = 690.0
_MOST = 600
_AGREES, _ROUNDING = 1e-9, 1e-14
_CLEAR, _CLEAR_SCALE = 1e-5, 1e-6
_NOISE = 20.0
_SHIFTS = (1e-13, -1e-13, 3e-13, 1e-9, -1e-6, 1e-4)
_SINGLE_SHIFTS = (1e-6, -1e-6, 3e-6, 1e-5, -3e-5, 1e-4)
_EASY = (1e-3, 8.0)
_SINGLE = 80.0  # beyond, exp overflows in float32
_DIGITS = 12
_NO_NUMBER = Unknown("the code could not be read, and no number of it could be compared")


@dataclass(frozen=True)
class Setting:
    """What is compared: the loss and the domain of its variables, their names, the convention, and how it is called."""

    frontend: Any
    fn: Any
    asked: Any
    loss: Term
    domain: Domain
    wrt: tuple[str, ...]
    labels: tuple[str, ...]  # of prediction, label (or of all targets) and weight
    convention: tuple[int, int]
    mean: bool

    def called(self, columns: Mapping[str, Any]) -> dict[Side, Any]:
        """The gradient and the Hessian that the code gives for rows; without what it does not give."""
        found = real(self.frontend, self.fn, self.asked, columns)
        sides: tuple[tuple[Side, Any], ...] = (("gradient", found.gradient), ("hessian", found.hessian))
        return {side: values for side, values in sides if values is not None}


def probed(o: Any, why: Unreadable) -> Report:
    """The report on code that cannot be read, because of `why`."""
    if o.stated is None:
        raise Unreadable(f"{why.reason}; with a loss its numbers could be compared", why.file, why.line) from why
    setting = _setting(o, why)
    columns = _columns(setting)
    weight = setting.labels[-1]
    plain = {**columns, weight: np.ones(len(columns[setting.wrt[0]]))}
    given, weighted = setting.called(plain), setting.called(columns)
    counts = any(not np.allclose(given[s], weighted[s], equal_nan=True) for s in given)
    if counts and weight not in free_names(setting.loss):
        setting = _with_weight(setting)
    points = columns if counts or weight in free_names(setting.loss) else plain
    verdicts = {side: _claim(setting, side, points, values) for side, values in (weighted if counts else given).items()}
    rows = len(columns[setting.wrt[0]])
    note = f"{why}: it could not be read, so {rows} rows of numbers were compared, which proves nothing"
    if all(c.verdict == _NO_NUMBER for v in verdicts.values() for c in v.components):
        note = f"{why}: it could not be read, nor does it give numbers"
    return Report(
        loss=setting.loss,
        wrt=setting.wrt,
        domain=setting.domain.to_json(),
        gradient=verdicts.get("gradient"),
        hessian=verdicts.get("hessian"),
        hessian_kind=verdicts["hessian"].kind if "hessian" in verdicts else "",
        notes=(*o.notes, note),
        strict_floating_point=o.strict_floating_point,
        source=cast("Source", o.source(reason=why)),
    )


def _with_weight(s: Setting) -> Setting:
    weight = s.labels[-1]
    domain = s.domain.within(Domain.of({weight: "positive"}).ranges)
    return Setting(s.frontend, s.fn, s.asked, mul(sym(weight), s.loss), domain, s.wrt, s.labels, s.convention, s.mean)


def _setting(o: Any, why: Unreadable) -> Setting:
    """Parameters have the values that they have in the code; labels of classes are numbers."""
    frontend = o.frontend
    asked = getattr(frontend, "completed", lambda _, asked: asked)(o.fn, o.asked)
    find = getattr(frontend, "labels", None)
    labels = find(o.fn, asked) if find is not None else ("z", "y", "w")
    classes = asked.classes
    wrt = (labels[0],) if classes is None else tuple(f"{labels[0]}{i}" for i in range(1, classes + 1))
    wrt = asked.wrt if len(asked.wrt) == len(wrt) else wrt
    known = parameters.numbers_of(o.fn) if asked.parameters else {}
    values = {n: num(v) if isinstance(v := known[n], int) else read_constant(v) for n in asked.parameters if n in known}
    if asked.targets:
        labels = (labels[0], *(f"{labels[1]}{i + 1}" for i in range(classes)), labels[2])
    for i in range(0 if asked.targets else classes or 0):
        hot = make("eq", sym(labels[1]), num(i))
        values[f"{labels[1]}{i + 1}"] = make("piecewise", num(1), hot, num(0), make("true"))
    named = {name: o._read(f) for name, f in (o.where or {}).items()}
    loss = substitute(substitute(o.stated, named), values)
    ranges = {n: r for n, r in asked.domain.ranges.items() if n in free_names(loss)}
    if classes is not None and not asked.targets:
        ranges.setdefault(labels[1], Domain.of({"y": "{" + ", ".join(map(str, range(classes))) + "}"})["y"])
    said = o.convention or ("catboost" if o.library == "catboost" else "loss")
    mean = (o.reduction or "").startswith("mean") and o.library not in ("torch", "jax")  # they tell a mean themselves
    if unknown := sorted(free_names(loss) - {*wrt, *labels}):
        raise DeriveError(
            f"loss: {unknown[0]!r} has no value in the code, which needs numbers where it is not read: {why}"
        )
    return Setting(frontend, o.fn, asked, loss, Domain(ranges), wrt, labels, signs(said), mean)


def _columns(s: Setting) -> dict[str, Any]:
    """Every variable at every point: along lines through simple points, as in the search for findings."""
    names = sorted({*s.wrt, *s.labels[1:]} - free_names(s.loss))
    whole = mul(s.loss, *map(sym, names)) if names else s.loss
    domain = s.domain.within(Domain.of({s.labels[-1]: "[1/2, 2]"}).ranges)
    found = [line.columns(line.values) for line in lines(whole, domain, "float64") if set(line.moves) & set(s.wrt)]
    if not found:
        raise DeriveError("the domain leaves no points at which numbers could be compared")
    table = {n: np.concatenate([c[n] for c in found]) for n in found[0]}
    inside = np.all([np.abs(table[n]) <= _LARGEST for n in s.wrt], axis=0)
    chosen = np.flatnonzero(inside)
    chosen = chosen[:: max(1, len(chosen) // _MOST)]
    rng = np.random.default_rng(0)
    weights = rng.uniform(0.5, 2, len(chosen)).round(3)
    return {n: weights if n == s.labels[-1] else table[n][chosen] for n in table}


def _claim(s: Setting, side: Side, columns: Mapping[str, Any], values: Any) -> ClaimVerdict:
    """The verdict on a gradient, or on a Hessian (its diagonal)."""
    components = []
    for i, name in enumerate(s.wrt):
        variables = (name,) if side == "gradient" else (name, name)
        components.append(_component(s, side, variables, columns, own_values(values, i)))
    bad = [c.kind for c in components if c.kind == "wrong"]
    return ClaimVerdict(side, "loss", tuple(components), bad[0] if bad else "unknown")


def _component(
    s: Setting, side: Side, variables: tuple[str, ...], columns: Mapping[str, Any], values: Any
) -> Component:
    true = derivative(s.loss, variables, s.domain)
    code = sym(variable_for(s.fn))
    name = f"d/d{variables[0]}" if side == "gradient" else f"d2/d{variables[0]}2"
    if true is None:
        return Component(name, variables, code, Unknown("the loss has no derivative by a formula"), "unknown")
    found = _Comparison(s, side, true, columns, values, s.wrt.index(variables[0])).run()
    kind, says = ("wrong", "") if isinstance(found, Refuted) else ("unknown", found.reason)
    return Component(name, variables, code, found, kind, says)


@dataclass
class _Comparison:
    """The numbers of one entry beside the true ones."""

    setting: Setting
    side: Side
    true: Term
    columns: Mapping[str, Any]
    values: Any
    position: int  # of the score among those of all classes
    agreed: int = 0
    worst: float = 0.0
    moved: list[tuple[Mapping[str, Any], Any]] | None = None
    worse: bool | None = None

    def run(self) -> Refuted | Unknown:
        """Refuted at the clearest point, if there is one."""
        clear = [d for i in range(len(self.values)) if (d := self.at(i)) is not None]
        for _, i, ball in sorted(clear, reverse=True, key=lambda d: (self.simple(d[1]), d[0]))[:_DIGITS]:
            if not self.is_rounding(i) and (self.simple(i) or not self.is_worn_out(i)):
                return self.refuted(i, ball)
        if clear:
            i = max(clear, key=lambda d: d[0])[1]
            return Unknown(f"the numbers differ, which rounding may explain: {self.values[i]:g} at {self.told(i)}")
        if not self.agreed:
            return _NO_NUMBER
        within = f" within {self.worst:.0e} of the size of the numbers" if self.worst else " within rounding"
        return Unknown(f"{NUMERIC_AGREEMENT}{within} at {self.agreed} points, which proves nothing")

    def at(self, i: int) -> tuple[float, int, Any] | None:
        """A point at which code and truth differ clearly: by how much, and the true value."""
        ball = self.ball(i, self.columns)
        if ball is None or isinstance(ball, str):
            return None
        wanted, got = self.wanted(ball), float(self.values[i])
        scale = max(1.0, *(abs(float(c[i])) for c in self.columns.values()))
        error = abs(got - wanted) if np.isfinite(got) else np.inf
        if error > _CLEAR * abs(wanted) + _CLEAR_SCALE * scale:
            return None if not np.isfinite(got) else (error, i, ball)
        self.agreed += 1
        if error > _AGREES * abs(wanted) + _ROUNDING * scale:
            self.worst = max(self.worst, error / max(abs(wanted), scale))
        return None

    def simple(self, i: int) -> bool:
        """Is this an easy point, at which no usual formula loses all of its digits?"""
        sizes = [abs(float(c[i])) for c in self.columns.values()]
        return all(size == 0 or _EASY[0] <= size <= _EASY[1] for size in sizes)

    def ball(self, i: int, columns: Mapping[str, Any]) -> Any:
        point = {n: Fraction(float(c[i])) for n, c in columns.items()}
        return value_at(self.true, self.setting.domain, point)

    def wanted(self, ball: Any) -> float:
        """The true value in the library's convention."""
        sign = self.setting.convention[0 if self.side == "gradient" else 1]
        rows = len(self.values) if self.setting.mean else 1
        return sign * float(ball.mid()) / rows

    def is_rounding(self, i: int) -> bool:
        """Does the error jump about where z hardly moves? That of a wrong formula moves as smoothly as the formula."""
        own = self.error(i, self.columns, self.values)
        moved = [self.error(i, columns, values) for columns, values in self.nearby()]
        return own is None or any(e is None or not abs(e - own) * _NOISE < abs(own) for e in moved)

    def is_worn_out(self, i: int) -> bool:
        """Far out, may all digits of a part be lost? Then it is 0, or float32 goes wrong where float64 does not."""
        return not self.values[i] or self.is_single() or self.single_is_worse()

    def is_single(self) -> bool:
        """Is every number one of float32, though doubles came in? Then the code computes in that type, inside."""
        finite = self.values[np.isfinite(self.values)]
        with np.errstate(all="ignore"):
            return bool(np.all(finite == finite.astype(np.float32)))

    def single_is_worse(self) -> bool:
        """Is there a point at which only float32 is clearly wrong? A wrong formula is wrong in both types."""
        if self.worse is None:
            columns = {n: c.astype(np.float32) for n, c in self.columns.items()}
            found = own_values(self.setting.called(columns)[self.side], self.position)
            self.worse = any(self.only_single(i, columns, found) for i in range(len(found)))
        return self.worse

    def only_single(self, i: int, columns: Mapping[str, Any], found: Any) -> bool:
        ball = self.ball(i, columns)
        if ball is None or isinstance(ball, str) or abs(float(columns[self.setting.wrt[0]][i])) > _SINGLE:
            return False
        wanted = self.wanted(ball)
        allowed = 1e-2 * max(1.0, abs(wanted))
        wrong, single = abs(float(self.values[i]) - wanted), abs(float(found[i]) - wanted)
        return bool(wrong < allowed / 10 and not single <= allowed)

    def error(self, i: int, columns: Mapping[str, Any], values: Any) -> float | None:
        """The code's number less the true one."""
        ball = self.ball(i, columns)
        return None if ball is None or isinstance(ball, str) else float(values[i]) - self.wanted(ball)

    def nearby(self) -> list[tuple[Mapping[str, Any], Any]]:
        """The numbers for scores that are moved a little: by less than rounding, and by more."""
        if self.moved is None:
            z = self.setting.wrt[self.position]
            shifts = _SINGLE_SHIFTS if self.is_single() else _SHIFTS
            many = [{**self.columns, z: self.columns[z] * (1 + shift)} for shift in shifts]
            self.moved = [(c, own_values(self.setting.called(c)[self.side], self.position)) for c in many]
        return self.moved

    def refuted(self, i: int, ball: Any) -> Refuted:
        sign = self.setting.convention[0 if self.side == "gradient" else 1]
        rows = len(self.values) if self.setting.mean else 1
        return Refuted(
            Witness(self.point(i), shown(ball * sign / rows, _DIGITS), f"{float(self.values[i]):.{_DIGITS}g}")
        )

    def point(self, i: int) -> tuple[tuple[str, str], ...]:
        """The coordinates that matter."""
        used = free_names(self.true) | set(self.setting.wrt) | set(self.setting.labels[1:-1])
        every = ((n, Fraction(float(c[i])).limit_denominator(10**9)) for n, c in sorted(self.columns.items()))
        return tuple((n, str(value)) for n, value in every if n in used)

    def told(self, i: int) -> str:
        return ", ".join(f"{n} = {float(Fraction(value)):g}" for n, value in self.point(i))


def own_values(values: Any, position: int) -> Any:
    """Of one score's derivative, or of the diagonal of a Hessian."""
    return values if values.ndim == 1 else values[:, position] if values.ndim == 2 else values[:, position, position]
