"""The places where a formula fails in one type: suspected by the estimate, convicted by the true value."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import TypeAlias

import numpy as np

from derive.domain import Domain
from derive.floating.grid import Array, Line, lines
from derive.floating.machine import Machine, operands
from derive.floating.truth import Judgement, Truth, allowed_loss
from derive.terms.term import CONDITION_HEADS, Term

Code: TypeAlias = Callable[[dict[str, Array]], Array]
_CAREFUL = 0.1  # suspect what is a tenth as bad as what is reported
_LOOKS = 4
_MAX_RUNS = 6
_MAX_GROUPS = 6
_FAN = 33
_ROUGHLY = 0.05


@dataclass(frozen=True)
class Fault:
    """A part of a line where the formula fails.

    `first` and `last` are the failing values of the variable, `before` and `after` the nearest good ones (None at an
    end of the line), `worst` the value that `judgement` is about.
    """

    line: Line
    first: float
    last: float
    before: float | None
    after: float | None
    worst: float
    computed: float
    judgement: Judgement
    finite: bool


class Search:
    """One formula in one type. With `code`, the values are those of a function: the formula says where to look."""

    def __init__(self, term: Term, truth: Truth, domain: Domain, dtype: str, code: Code | None = None) -> None:
        self.term, self.truth, self.dtype, self.code = term, truth, dtype, code
        self.lines = lines(term, domain, dtype)

    def faults(self, deadline: float) -> list[Fault]:
        """One place where the formula fails for each part that seems to be the reason, and its mirror image."""
        groups: dict[tuple[bool, Term], list[tuple[Line, Run]]] = {}
        for line, run in self._runs():
            groups.setdefault((run.finite, run.suspect), []).append((line, run))
        ranked = sorted(groups.values(), key=lambda g: g[0][1].finite)
        return [fault for group in ranked[:_MAX_GROUPS] for fault in self._first(group, deadline)]

    def _first(self, group: list[tuple[Line, Run]], deadline: float) -> Iterator[Fault]:
        """What is wrong on the first line where something is."""
        found: Line | None = None
        for line, run in group[:_MAX_RUNS]:
            if (found is None or line is found) and time.monotonic() < deadline:
                fault = self._fault(line, run)
                if fault is not None:
                    found = line
                    yield fault

    def values(self, line: Line, at: Array) -> Array:
        """The computed values at some points of a line."""
        return self._computed(line.columns(at))

    def _computed(self, columns: dict[str, Array], machine: Machine | None = None) -> Array:
        if self.code is not None:
            return np.asarray(self.code(columns), self.dtype)
        return (machine or Machine(self.dtype, columns)).value(self.term)

    def _runs(self) -> Iterator[tuple[Line, Run]]:
        """Neighbouring suspects of the same kind on each line; all lines are evaluated together."""
        if not self.lines:
            return
        parts = [line.columns(line.values) for line in self.lines]
        columns = {n: np.concatenate([p[n] for p in parts]) for n in parts[0]}
        machine = Machine(self.dtype, columns)
        computed = self._computed(columns, machine)
        state, loss = self._states(machine, computed)
        start = 0
        for line in self.lines:
            end = start + len(line.values)
            for low, high in _stretches(state[start:end]):
                reason = suspect(machine, self.term, start + low + int(np.argmax(loss[start + low : start + high + 1])))
                values = computed[start:end]
                yield line, Run(low, high, bool(state[start + low] == 1), values, loss[start:end], reason)
            start = end

    def _states(self, machine: Machine, values: Array) -> tuple[Array, Array]:
        """For each point: 0 good, 1 digits may be lost, 2 not finite; and how many roundings may be lost."""
        errors = machine.error(self.term)
        with np.errstate(all="ignore"):
            size, least = np.abs(values.astype(np.float64)), float(np.finfo(self.dtype).tiny)
            loss = np.nan_to_num(errors / (np.maximum(size, least) * machine.unit), nan=np.inf)
            lossy = (loss > _CAREFUL * allowed_loss(self.dtype)) & ~(errors < _CAREFUL * least)
        return np.where(np.isfinite(values), lossy.astype(int), 2), loss

    def _fault(self, line: Line, run: Run) -> Fault | None:
        judged = {i: self.judge(line, float(line.values[i]), float(run.values[i])) for i in run.looks()}
        for state in ("bad", "undefined", "range"):
            found = [i for i, j in judged.items() if j.state == state]
            if found and (state != "undefined" or run.low == run.high):
                return self._narrow(line, run, judged, found)
        return None

    def judge(self, line: Line, at: float, computed: float) -> Judgement:
        """Is the value computed at a point of a line good enough?"""
        return self.truth.judge(computed, line.point(at), self.dtype)

    def _narrow(self, line: Line, run: Run, judged: dict[int, Judgement], found: list[int]) -> Fault:
        """The ends of the failing part, to the last number of the type where the value is not finite."""
        low, high = min(found), max(found)
        worst = max(found, key=lambda i: (judged[i].serious, judged[i].lost, -abs(float(line.values[i]))))
        good = [i for i, j in judged.items() if j.state == "good"]
        below = max([i for i in good if i < low], default=run.low - 1)
        above = min([i for i in good if i > high], default=run.high + 1)
        fails = self._fails(line, run, judged[worst].state)
        before, first = self._edge(line, below, low, fails, exact=not run.finite)
        after, last = self._edge(line, above, high, fails, exact=not run.finite)
        value, judgement = float(line.values[worst]), judged[worst]
        if not run.finite and judgement.state == "bad":
            value = min((first, last), key=abs)
            judgement = self.judge(line, value, math.inf)
        computed = self.values(line, np.array([value], self.dtype))[0]
        return Fault(line, first, last, before, after, value, float(computed), judgement, run.finite)

    def _fails(self, line: Line, run: Run, state: str) -> Callable[[Array], Array]:
        """Which of these points fail in the same way?"""
        if not run.finite:
            return lambda at: ~np.isfinite(self.values(line, at))

        def fails(at: Array) -> Array:
            computed = self.values(line, at)
            pairs = zip(at, computed, strict=True)
            return np.array([self.judge(line, float(x), float(c)).state == state for x, c in pairs])

        return fails

    def _edge(
        self, line: Line, good: int, bad: int, fails: Callable[[Array], Array], *, exact: bool
    ) -> tuple[float | None, float]:
        """The last good value and the first bad one, between two values of the line."""
        if not 0 <= good < len(line.values):
            return None, float(line.values[bad])
        return _bisect(line.values[good], line.values[bad], fails, exact=exact)


@dataclass(frozen=True)
class Run:
    """Suspects from index `low` to `high`."""

    low: int
    high: int
    finite: bool
    values: Array
    loss: Array
    suspect: Term

    def looks(self) -> list[int]:
        """Which of them to judge: the ends, the worst, some between."""
        spread = np.linspace(self.low, self.high, _LOOKS if self.finite else 2).astype(int)
        return sorted({*map(int, spread), self.low + int(np.argmax(self.loss[self.low : self.high + 1]))})


def _stretches(state: Array) -> Iterator[tuple[int, int]]:
    """First and last index of each stretch of one state that is not 0."""
    cuts = [0, *(np.flatnonzero(np.diff(state)) + 1), len(state)]
    yield from ((int(low), int(high) - 1) for low, high in pairwise(cuts) if state[low])


def suspect(machine: Machine, term: Term, index: int) -> Term:
    """The part that seems to be the reason at a point: the first value that is not finite, or where most is lost."""
    best, most = term, 0.0
    path = machine.path(term, index)
    numbers = machine.numbers(path, index)
    for node in path:
        value, error = numbers[node]
        if not math.isfinite(value):
            return node
        before = [_relative(*numbers[a]) for a in operands(node) if a.head not in CONDITION_HEADS]
        gain = _relative(value, error) / (max(before, default=0.0) + machine.unit)
        best, most = (node, gain) if gain > most else (best, most)
    return best


def _relative(value: float, error: float) -> float:
    return min(error / abs(value), 1e300) if value else 1e300 if error else 0.0


def _bisect(good: float, bad: float, fails: Callable[[Array], Array], *, exact: bool) -> tuple[float, float]:
    """Neighbours of which the first is good and the second bad; roughly where each look costs."""
    fan = _FAN if exact else 3
    for _ in range(14):
        at = np.linspace(good, bad, fan).astype(np.asarray(good).dtype)[1:-1]
        at = at[(at != good) & (at != bad)]
        if not len(at) or (not exact and abs(bad - good) < _ROUGHLY * abs(bad)):
            break
        wrong = fails(at)
        step = int(np.argmax(wrong)) if wrong.any() else len(at)
        good, bad = at[step - 1] if step else good, at[step] if step < len(at) else bad
    return float(good), float(bad)
