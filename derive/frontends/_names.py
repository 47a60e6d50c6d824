"""Rows as they are handed to code, and what their raw predictions, labels and weights are called."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

from derive.frontends import Asked

Outputs: TypeAlias = Mapping[str, Any]


@dataclass(frozen=True)
class Batch:
    """So many rows of raw predictions z, labels y and weights w: stand-ins, or arrays of numbers."""

    rows: int
    classes: int | None
    z: Any
    y: Any
    w: Any


Call: TypeAlias = Callable[[Batch], Outputs]


@dataclass(frozen=True)
class Names:
    """What prediction, label and weight are called in the formulas.

    With classes, the names of all predictions; with several targets, those of all labels of a row too. `arrays`: the
    symbols of arrays that the code brings along.
    """

    z: str
    y: str
    w: str
    classes: tuple[str, ...] = ()
    targets: tuple[str, ...] = ()
    arrays: tuple[str, ...] = ()

    def symbols(self, i: int) -> tuple[list[str], list[str], list[str]]:
        """The symbols of a row (counted from 0): of its predictions, of its labels, of its weight."""
        scores = [f"{n}_{i + 1}" for n in self.classes] or [f"{self.z}{i + 1}"]
        labels = [f"{n}_{i + 1}" for n in self.targets] or [f"{self.y}{i + 1}"]
        return scores, labels, [f"{self.w}{i + 1}"]

    def row(self, i: int) -> dict[str, str]:
        """The symbols of a row, and their names in the formula of every row."""
        own = (*(self.classes or (self.z,)), *(self.targets or (self.y,)), self.w)
        brought = {f"{n}{i + 1}": n for n in self.arrays}
        return brought | dict(zip((s for part in self.symbols(i) for s in part), own, strict=True))


def names_for(asked: Asked, own: tuple[str, str, str], classes: int | None) -> Names:
    """The names that the stated loss uses: z, y and w, or those of the code's arguments (`own`)."""
    z = _first("z", own[0], asked) if len(asked.wrt) != 1 else asked.wrt[0]
    y, w = _first("y", own[1], asked), _first("w", own[2], asked)
    arrays = tuple(asked.arrays.values())
    if classes is None:
        return Names(z, y, w, arrays=arrays)
    many = asked.wrt if len(asked.wrt) == classes else tuple(f"{z}{i}" for i in range(1, classes + 1))
    targets = tuple(f"{y}{i}" for i in range(1, classes + 1)) if asked.targets else ()
    return Names(z, y, w, many, targets, arrays)


def _first(usual: str, own: str, asked: Asked) -> str:
    said = asked.names | asked.domain.ranges.keys()
    return usual if own not in said or usual in said else own


def stated_scores(asked: Asked, z: str = "z") -> int | None:
    """How many scores the stated loss has, z1, z2 …; None where it has z, or only one of them."""
    count = next(k for k in range(len(asked.names) + 1) if f"{z}{k + 1}" not in asked.names)
    return count if count > 1 and z not in asked.names else None
