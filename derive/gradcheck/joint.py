"""Joint losses: the compiled functions against differences of the stated cost, in ball arithmetic, entry by entry."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from itertools import combinations_with_replacement, product
from typing import Any, TypeAlias

import numpy as np
from flint import arb, ctx

from derive.certificate import Agreement, Check
from derive.compiled.joint import JointFunctions, functions
from derive.compiled.stable import Array
from derive.errors import TermError
from derive.gradcheck.compare import Pair, Tolerance, agreement
from derive.gradcheck.joint_samples import Sample, samples
from derive.gradcheck.joint_values import value
from derive.gradcheck.reference import differences, is_sharp
from derive.joint_loss import JointLoss
from derive.terms.bridge import from_sympy
from derive.terms.term import Term

#: the name of a block, and a place in it
Entry: TypeAlias = tuple[str, tuple[int, ...]]
_PRECISIONS = (256, 1024, 4096)
_RADII = (0.25, 2.0**-6, 2.0**-40)
_SHAKE = 2.0**-30
_ALLOWED = 1e-12
_WHY = "a few roundings, relative to each value, or to what a rounding of the parameters makes of it"
_SUMS = "a few roundings, relative to each value and to the numbers that are added for it"
_WHAT = {"cost": "J", "gradient": "∂J, entry by entry", "hessian": "∂²J, entry by entry"}
#: below this, float64 has fewer digits
_SMALLEST = 1e-306


def gradcheck(loss: JointLoss, *, compiled: JointFunctions | None = None) -> Agreement:
    """Compare J, each gradient and each part of the Hessian with finite differences of J, at corners and on data.

    `compiled` are functions as `derive.compiled.joint.functions` gives them, which are taken by default.
    """
    subject, cost = compiled or functions(loss), from_sympy(loss.cost)
    groups: dict[str, list[Sample]] = {}
    for sample in samples(loss.name):
        groups.setdefault(sample.title, []).append(sample)
    return Agreement(tuple(c for title, some in groups.items() for c in _checks(subject, cost, title, some)))


def _checks(subject: JointFunctions, cost: Term, title: str, some: list[Sample]) -> Iterator[Check]:
    for kind, what in _WHAT.items():
        rows = [row for sample in some for row in _rows(subject, Reference(cost, sample), kind)]
        got, wanted, size = (np.array([getattr(row, name) for row in rows]) for name in ("got", "wanted", "size"))
        why = Tolerance(_ALLOWED, _SUMS if some[0].floor else _WHY)
        yield agreement(f"{kind}: {what}, {title}", Pair(got, wanted, size), why, [row.place for row in rows])


@dataclass(frozen=True)
class Reference:
    """J and its derivatives at the parameters of a sample, from differences with a proved error."""

    cost: Term
    sample: Sample

    def at(self, *entries: Entry, scale: float = 1.0) -> float:
        """J, or its derivative by one entry or by two; `scale` multiplies all parameters."""
        for precision, radius in product(_PRECISIONS, _RADII):
            with ctx.workprec(precision):
                found = self._ball(entries, scale, precision, arb(radius))
                if is_sharp(found):
                    return float(found.mid())
        raise TermError(f"J cannot be evaluated at {self.sample.says}")

    def _ball(self, entries: tuple[Entry, ...], scale: float, precision: int, radius: Any) -> Any:
        def along(*moving: Entry) -> tuple[Any, Any, Any]:
            point = (arb(0), arb(1), arb(0))
            return differences(lambda t, _: self._moved(t, moving, scale), point, precision, radius)

        if len(entries) < 2:
            return along(*entries)[len(entries)]
        one, other = entries
        if one == other:
            return along(one)[2]
        return (along(one, other)[2] - along(one)[2] - along(other)[2]) / 2

    def _moved(self, t: Any, moving: tuple[Entry, ...], scale: float) -> Any:
        blocks = {name: _balls(array * scale) for name, array in self.sample.parameters.items()}
        for name, place in moving:
            blocks[name][place] = blocks[name][place] + t
        return value(self.cost, {**self._data, **blocks})

    @cached_property
    def _data(self) -> dict[str, Any]:
        arrays = {name: _balls(array) for name, array in {"X": self.sample.X, **self.sample.arrays}.items()}
        m, n = self.sample.X.shape
        return {**arrays, "m": m, "n": n, "K": self.sample.classes}


def _balls(array: Array) -> Array:
    out = np.empty(array.shape, dtype=object)
    for place in np.ndindex(array.shape):
        out[place] = arb(float(array[place]))
    return out


@dataclass(frozen=True)
class _Row:
    """What is computed, what it should be, the size of what rounds, and the place in words."""

    got: float
    wanted: float
    size: float
    place: str


def _rows(subject: JointFunctions, reference: Reference, kind: str) -> Iterator[_Row]:
    sample = reference.sample
    got = getattr(subject, kind)(sample.parameters, sample.X, *sample.data)
    entries = [(name, place) for name, array in sample.parameters.items() for place in np.ndindex(array.shape)]
    if kind == "cost":
        yield _row(got, reference, ())
    elif kind == "gradient":
        yield from (_row(got[name][place], reference, ((name, place),)) for name, place in entries)
    else:
        for one, other in combinations_with_replacement(entries, 2):
            yield _row(got[one[0], other[0]][(*one[1], *other[1])], reference, (one, other))


def _row(got: float, reference: Reference, entries: tuple[Entry, ...]) -> _Row:
    wanted = reference.at(*entries)
    size = max(abs(wanted), _SMALLEST, reference.sample.floor)
    if not abs(got - wanted) <= _ALLOWED / 10 * size:
        size += abs(reference.at(*entries, scale=1 + _SHAKE) - wanted) / _SHAKE
    by = ", ".join(f"{name}{list(place)}" for name, place in entries) or "J"
    return _Row(float(got), wanted, size, f"{reference.sample.says}: {by}")
