"""Arrays that code brings along with a number for each row of its data set: weights, offsets, labels in a closure.

Code with such an array runs with one number of rows only. To be read, it is called with a symbol of each row in its
place, and with columns of other numbers where its numbers are compared. An array counts as one of rows if a call fails
because of its length.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np

from derive.domain import Range, parse_range
from derive.frontends import Asked, Reading
from derive.frontends._names import Batch, Call, Names, Outputs
from derive.terms.term import Term, free_names, substitute, sym
from derive.tracing import parameters
from derive.tracing.stand_in import StandIn
from derive.tracing.unreadable import Unreadable

_WORDS = {"(0, oo)": "positive", "[0, oo)": "nonnegative", "real": "real"}
_FEWEST = 4  # with two and three rows code is read: their number tells nothing


def with_arrays(target: Any, asked: Asked, why: Unreadable, names: Names) -> Asked:
    """With the arrays because of whose length a call failed, and where their values lie; unchanged, if there are none.

    An array that is called as the prediction, the label or the weight is kept apart from that.
    """
    lengths = {int(n) for n in re.findall(r"\d+", why.reason.partition(" in line ")[0]) if len(n) < 10}
    arrays = {n: x for n, x in parameters.arrays_of(target).items() if len(x) >= _FEWEST and len(x) in lengths}
    own = {n: _apart(n) if n in (names.z, names.y, names.w) else n for n in arrays}
    ranges = {own[n]: _range(x) for n, x in arrays.items()}
    return replace(asked, arrays=own, domain=replace(asked.domain, ranges={**ranges, **asked.domain.ranges}))


def bringing(target: Any, arrays: Mapping[str, str], call: Call) -> Call:
    """A call with a symbol of each row in the place of the arrays."""

    def called(b: Batch) -> Outputs:
        def stand_in(name: str) -> StandIn:
            return StandIn.named([f"{arrays[name]}{i + 1}" for i in range(b.rows)])

        with parameters.as_symbols(target, arrays, stand_in):
            return call(b)

    return called


def told(reading: Reading, asked: Asked, names: Names) -> Reading:
    """With the arrays, and what is said of them. Labels and weights that only the code brings are those of the loss."""
    used = frozenset().union(*(free_names(t) for f in _sides(reading) for t in _flat(f)))
    known = {n: str(asked.domain.ranges[s]) for n, s in asked.arrays.items()}
    same = {_apart(n): n for n in (names.y, names.w) if reading.elementwise and n not in used and _apart(n) in used}
    arrays = {n: same.get(s, s) for n, s in asked.arrays.items()}
    notes = [
        f"{n} is an array of the code with a number for each row: a symbol {arrays[n]} ({_WORDS.get(r, r)})"
        for n, r in known.items()
    ]
    return replace(
        reading,
        gradient=_renamed(reading.gradient, same),
        hessian=_renamed(reading.hessian, same),
        loss=_renamed(reading.loss, same),
        branches={k: tuple((_renamed(c, same), line) for c, line in b) for k, b in reading.branches.items()},
        domain={**{s: known[n] for n, s in arrays.items()}, **reading.domain},
        notes=(*reading.notes, *notes),
        weighted=reading.weighted or names.w in same.values(),
        arrays=arrays,
    )


def _apart(name: str) -> str:
    return f"{name}_own"


def _range(values: Any) -> Range:
    """What is seen of the values: are they positive?"""
    return parse_range("positive" if np.all(values > 0) else "nonnegative" if np.all(values >= 0) else "real")


def _sides(reading: Reading) -> tuple[Any, Any, Any]:
    return reading.gradient, reading.hessian, reading.loss


def _flat(formula: Any) -> list[Term]:
    return [t for f in formula for t in _flat(f)] if isinstance(formula, list) else [formula] if formula else []


def _renamed(formula: Any, same: Mapping[str, str]) -> Any:
    if isinstance(formula, list):
        return [_renamed(f, same) for f in formula]
    return formula if formula is None else substitute(formula, {a: sym(b) for a, b in same.items()})
