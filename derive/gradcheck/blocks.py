"""Data that outgrow memory: each block of rows is compared by itself when it is read, and a few rows of all of them.

J of all rows is the mean of the J of the blocks, each counted by its rows (with the same penalty in each), so where all
blocks agree, their mean does. An error in few rows shows more in their block than it would in the whole, and each block
has a θ and a direction of its own size: one that suits the first block may be far out in the last.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from derive.certificate import Check
from derive.compiled.lazy import placed
from derive.data import Data, check_target, joined
from derive.errors import DataError
from derive.gradcheck import samples
from derive.gradcheck.compare import Subject
from derive.gradcheck.plain import plain
from derive.gradcheck.precise import precise
from derive.gradcheck.reference import Reference
from derive.gradcheck.switches import Switch
from derive.large import Blocks
from derive.loss import Loss

_EACH = "; each block of rows by itself, at a θ and along a v of its own: J of all rows is the mean of theirs"


@dataclass(frozen=True)
class Comparison:
    """What is compared: the loss, its reference, the functions; and how many rows are differenced with 77 digits."""

    loss: Loss
    reference: Reference
    subject: Subject
    switches: tuple[Switch, ...]
    few: int


def in_blocks(data: Blocks, how: Comparison) -> tuple[list[Check], list[Check]]:
    """The comparison with 77 digits, of few rows, and that in float64, of all: of one block as if it were all data."""
    found: list[tuple[int, list[Check]]] = []
    rows, start, sample, alone, short = 0, 0, _Sample(2 * how.few), None, None
    for block in data.read():
        if short is not None:  # differences of so few rows are not taken in float64
            raise DataError(f"{data.title}: a block of {len(short.y)} rows is not the last one; join it with the next")
        start, rows, columns = rows, rows + len(block.y), block.X.shape[1]
        check_target(block, how.loss, start)
        with placed(start):
            found.append((rows, plain(block, how.subject, how.switches) if len(block.y) > how.few else []))
        alone = samples.thinned(block, how.few) if start == 0 else None
        short = block if len(block.y) <= how.few else None
        sample.add(block, start)
        del block  # the next one is read into its place
    if not rows:
        raise DataError(f"{data.title}: there are no rows to compare on")
    if alone is not None:
        return precise(how.reference, alone, how.subject), found[0][1]
    exact = precise(how.reference, samples.thinned(sample.data, how.few), how.subject)
    if short is not None:
        last = replace(short, title=f"{data.title}, rows {start + 1:,} to {rows:,}")
        exact += precise(how.reference, last, how.subject)
    return exact, _merged(found, f"{data.title} ({rows:,} × {columns}), {len(found):,} blocks")


def _merged(found: Sequence[tuple[int, list[Check]]], where: str) -> list[Check]:
    """One record for each kind of comparison: the worst block, and how many points there were in all of them."""
    kinds: dict[str, list[Check]] = {}
    start = 0
    for stop, checks in found:
        for check in checks:
            placed_at = replace(check, worst=f"rows {start + 1:,} to {stop:,}, {check.worst}")
            kinds.setdefault(check.name.partition(",")[0], []).append(placed_at)
        start = stop
    return [_worst(f"{kind}, {where}", checks) for kind, checks in kinds.items()]


def _worst(name: str, checks: Sequence[Check]) -> Check:
    worst = max(checks, key=lambda c: c.error)
    points, ok = sum(c.points for c in checks), all(c.ok for c in checks)
    return replace(worst, name=name, points=points, ok=ok, why=worst.why + _EACH)


@dataclass
class _Sample:
    """Every so many rows of all that were seen, at most `most` of them: half of them go when there are too many."""

    most: int
    stride: int = 1
    numbers: NDArray[np.int64] = field(default_factory=lambda: np.zeros(0, dtype=np.int64))
    _data: Data | None = None

    @property
    def data(self) -> Data:
        if self._data is None:
            raise DataError("there are no rows to compare on")
        return self._data

    def add(self, block: Data, start: int) -> None:
        """The rows of a block, the first of which has this number."""
        numbers = np.concatenate([self.numbers, np.arange(start, start + len(block.y))])
        while np.count_nonzero(numbers % self.stride == 0) > self.most:
            self.stride *= 2
        keep, held = numbers % self.stride == 0, len(self.numbers)
        taken = block.rows(keep[held:])
        self._data = taken if self._data is None else joined([self._data.rows(keep[:held]), taken])
        self.numbers = numbers[keep]
