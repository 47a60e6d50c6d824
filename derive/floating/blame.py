"""Which part of a formula goes wrong first, at a point where the whole is wrong."""

from __future__ import annotations

import math
from collections.abc import Mapping
from fractions import Fraction
from typing import Any

import numpy as np
from flint import arb

from derive.domain import Domain
from derive.floating.library import meaning
from derive.floating.machine import Machine, operands, operation
from derive.floating.truth import allowed_loss, value_at
from derive.prove.refute import precision
from derive.terms.term import CONDITION_HEADS, Term

_BITS = 128


class Blame:
    """The values of every part at one point: as computed, as they should be."""

    def __init__(self, term: Term, domain: Domain, dtype: str, point: Mapping[str, float]) -> None:
        self.domain, self.dtype = domain, dtype
        self.exact = {name: Fraction(value) for name, value in point.items()}
        self.machine = Machine(dtype, {name: np.array([value], dtype) for name, value in point.items()})
        self.machine.value(term)
        self.term = term

    def part(self) -> Term:
        """The first part whose value is wrong although those of its operands, were they right, would be fine."""
        here = self.term
        while True:
            inner = [a for a in self._chosen(here) if a.head not in ("num", "sym", *CONDITION_HEADS)]
            infinite = [a for a in inner if not math.isfinite(self.computed(a)) and self._is_wrong(a)]
            if infinite and not math.isfinite(self.computed(here)):
                here = infinite[0]
                continue
            wrong = [a for a in inner if self._is_wrong(a)]
            lost = [a for a in wrong if not self._fits(a)]
            if lost:
                here = lost[0]
            elif wrong and not self._fails_alone(here):
                here = max(wrong, key=self._error)
            else:
                return here

    def _chosen(self, t: Term) -> tuple[Term, ...]:
        """The operands; of a choice, the chosen value."""
        if t.head != "piecewise":
            return operands(t)
        pairs = zip(t.args[::2], t.args[1::2], strict=True)
        return tuple(v for v, c in pairs if self.machine.value(c)[0])[:1]

    def kind(self, part: Term, outcome: float) -> str:
        """A word for it."""
        if math.isnan(outcome):
            return "nan"
        if math.isinf(outcome):
            return self._event()
        if not math.isfinite(self.computed(part)):
            return "overflow"
        return "cancellation" if self._fits(part) else "underflow"

    def reason(self, part: Term) -> str:
        """What is wrong with the part, to stand behind its formula."""
        value = self.computed(part)
        if math.isinf(value):
            return "divides by 0" if any(self.computed(a) == 0 for a in _denominators(part)) else "overflows"
        if math.isnan(value):
            return "is not a number"
        if value == 0:
            return "is rounded to 0"
        return "loses its digits" if self._fits(part) else "underflows"

    def computed(self, t: Term) -> float:
        """The computed value of a part."""
        return float(self.machine.value(t)[0])

    def true(self, t: Term) -> Any:
        """The true value of a part, or None."""
        value = value_at(meaning(t), self.domain, self.exact)
        return None if isinstance(value, str) else value

    def _is_wrong(self, t: Term) -> bool:
        true = self.true(t)
        return true is not None and self._differs(self.computed(t), true)

    def _differs(self, value: float, true: Any) -> bool:
        with precision(_BITS):
            return not math.isfinite(value) or self._error_of(value, true) > allowed_loss(self.dtype) / 10

    def _error(self, t: Term) -> float:
        true = self.true(t)
        value = self.computed(t)
        if true is None or not math.isfinite(value):
            return math.inf
        with precision(_BITS):
            return self._error_of(value, true)

    def _error_of(self, value: float, true: Any) -> float:
        """In units of the last place of the true value."""
        size = abs(true).max(arb(float(np.finfo(self.dtype).smallest_subnormal)))
        return float((abs(arb(value) - true) / (size * self.machine.unit)).mid())

    def _fits(self, t: Term) -> bool:
        """Is the true value neither too large nor too small for the type?"""
        true = self.true(t)
        info = np.finfo(self.dtype)
        return true is None or bool(abs(true) < float(info.max) and (abs(true) > float(info.tiny) or true.is_zero()))

    def _fails_alone(self, t: Term) -> bool:
        """Is the result wrong even when the operands are right?"""
        true, inputs = self.true(t), [self._rounded(a) for a in operands(t)]
        if true is None or not inputs:
            return True
        with np.errstate(all="ignore"):
            return self._differs(float(np.asarray(operation(t)(*inputs)).ravel()[0]), true)

    def _rounded(self, t: Term) -> Any:
        true = None if t.head in CONDITION_HEADS else self.true(t)
        if true is None:
            return self.machine.value(t)
        with np.errstate(all="ignore"):
            return np.asarray([float(true.mid())]).astype(self.dtype)

    def _event(self) -> str:
        """What made the first value that is not finite."""
        for node in self.machine.path(self.term, 0):
            if not math.isfinite(self.computed(node)) and all(math.isfinite(self.computed(a)) for a in operands(node)):
                if any(self.computed(a) == 0 for a in _denominators(node)):
                    return "division by zero"
                return "logarithm of zero" if node.head == "log" and self.computed(node.args[0]) == 0 else "overflow"
        return "overflow"


def _denominators(t: Term) -> list[Term]:
    if t.head == "mul":
        return [b for a, b in zip(t.args, operands(t), strict=True) if b is not a]
    if t.head == "pow" and t.args[1].head == "num" and t.args[1].value < 0:
        return [t.args[0]]
    return []
