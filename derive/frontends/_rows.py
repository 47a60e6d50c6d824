"""Objectives that are given arrays: rows of raw predictions, labels and weights. What the libraries share."""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from derive.domain import Domain
from derive.frontends import Asked, Reading
from derive.frontends._brought import bringing, told, with_arrays
from derive.frontends._inside import through_jax, through_torch
from derive.frontends._names import Batch, Call, Names, Outputs, names_for, stated_scores
from derive.frontends._signatures import uses
from derive.frontends._summands import share
from derive.terms.term import Term, add, free_names, mul, num, power, substitute, sym
from derive.tracing import parameters, sources
from derive.tracing.calling import Followed, follow
from derive.tracing.cells import Branches, Cell, Cells
from derive.tracing.renamed import renaming_line
from derive.tracing.rows import COUNT, Traced, at_count, condition_of_row, general, uses_count
from derive.tracing.stand_in import StandIn
from derive.tracing.unreadable import Unreadable

_CLASSES = 3
_TWO_DIMENSIONS = ("IndexError", "AxisError", "out of bounds", "not enough values")
SIDES = ("gradient", "hessian", "loss")


def read_rows(
    target: Any,
    asked: Asked,
    call: Call,
    own: tuple[str, str, str] = ("z", "y", "w"),
    layouts: tuple[str, ...] = ("rows of scores",),
) -> Reading:
    """The formulas of an objective of rows. `call` hands a batch to the code and names what it gives.

    `layouts`: how the library may hand over the scores of several classes.
    """
    names = names_for(asked, own, None)
    with parameters.as_symbols(target, asked.parameters):
        call = through_torch(call) if uses(target, "torch") and "torch" in sys.modules else call
        try:
            return _read(target, asked, call, own, layouts)
        except Unreadable as why:
            if uses(target, "jax"):
                return _read(target, asked, through_jax(call), own, layouts)
            said = with_arrays(target, asked, why, names)
            if not said.arrays:
                raise
        return told(_read(target, said, call, own, layouts), said, names)


def _read(target: Any, asked: Asked, call: Call, own: tuple[str, str, str], layouts: tuple[str, ...]) -> Reading:
    """One score in a row, or several."""
    from derive.frontends._classes import read_classes

    if asked.classes is not None:
        return read_classes(target, asked, call, own, layouts)
    several = stated_scores(asked)
    try:
        found = _scores(target, asked, call, names_for(asked, own, None))
    except Unreadable as why:
        if not any(s in why.reason for s in _TWO_DIMENSIONS):
            raise
        reading = read_classes(target, replace(asked, classes=several or _CLASSES), call, own, layouts)
        note = f"read for {several or _CLASSES} classes, as it needs scores in two dimensions"
        says = note if several else f"{note}; classes=K says another number"
        return replace(reading, notes=(*reading.notes, says))
    if several is None or not found.elementwise:
        return found
    return read_classes(target, replace(asked, classes=several, targets=True), call, own, layouts)


def _scores(target: Any, asked: Asked, call: Call, names: Names) -> Reading:
    """All rows at once; row by row for code that takes one number (`if z > 0`)."""
    try:
        return Scores(target, asked, call, names).read()
    except Unreadable as why:
        if "a single number is needed" not in why.reason:
            raise
        found = Scores(target, asked, row_by_row(call), names).read()
        return replace(found, notes=(*found.notes, "it takes the numbers of one row: called row by row"))


def row_by_row(call: Call) -> Call:
    """A call for each row, with numbers."""

    def every(b: Batch) -> Outputs:
        rows = [call(Batch(1, None, b.z[i], b.y[i], b.w[i])) for i in range(b.rows)]
        return {side: [row[side] for row in rows] for side in rows[0]}

    return every


@dataclass
class Scores:
    """One score for each row."""

    target: Any
    asked: Asked
    call: Call
    names: Names
    layouts: tuple[str, ...] = ()
    notes: list[str] = field(default_factory=list)

    def read(self) -> Reading:
        """Every row the same formula, or else the formulas of three rows (two, where the code branches) together."""
        few = self.few()
        sides = [s for s in SIDES if s in few[2].values and not (s == "loss" and self.asked.names)]
        common = {s: self.common(s, few) for s in sides}
        if None not in common.values():
            return self.reading(few[2], {s: t for s, t in common.items() if t is not None}, 0)
        rows = self.coupled_rows(few)
        found = few.get(rows) or self.followed(rows)
        return self.reading(found, {s: [c.known for c in found.values[s].reshape(-1)] for s in sides}, rows)

    def few(self) -> dict[int, Followed]:
        """Calls with two and three rows; with one and two, where three have too many paths."""
        found = {2: self.followed(2)}
        try:
            return {**found, 3: self.followed(3)}
        except Unreadable as why:
            if "paths that depend" not in why.reason:
                raise
            return {**found, 1: self.followed(1)}

    def coupled_rows(self, few: Mapping[int, Followed]) -> int:
        """As many as the stated loss has, if it has any."""
        said = [n for n in range(2, 8) if f"{self.names.z}{n}" in self.asked.names]
        return max(said) if said else 3 if 3 in few and few[3].paths == 1 else 2

    def followed(self, rows: int) -> Followed:
        """The call with so many rows."""
        n = self.names
        order = [n.row(i) for i in range(rows)]
        domain = row_domain(self.asked.domain, order)

        def call() -> Outputs:
            parts = [StandIn.named([n.symbols(i)[k][0] for i in range(rows)]) for k in range(3)]
            return bringing(self.target, self.asked.arrays, self.call)(Batch(rows, None, *parts))

        found = follow(self.target, call, domain)
        return replace(found, values={s: shaped(c, (rows,), s) for s, c in found.values.items()})

    def common(self, side: str, few: dict[int, Followed]) -> Term | None:
        """The formula of every row; with m for the number of rows, where it depends on that."""
        if not few[2].values[side].ndim:
            return self.of_total(few.get(1) or self.followed(1), few[2], self.common("gradient", few))
        other = 3 if 3 in few else 1
        two, three = (self.traced(side, few[n]) for n in (2, other))
        if two is None or three is None or two == three or other == 1:
            return two if two == three else None
        counts = (5, 7) if few[3].paths == 1 else (4, 5)
        for n in counts:
            few.setdefault(n, self.followed(n))
        a, b = (self.traced(side, few[n]) for n in counts)
        found = None if a is None or b is None else general(a, b, counts)
        return found if found is not None and at_count(found, 3) == at_count(three, 3) else None

    def of_total(self, one: Followed, two: Followed, gradient: Any) -> Term | None:
        """The loss of a row, of one that is a number for all rows; 1/m of it, of a mean whose gradient has m too."""
        first, total = (found.values["loss"].reshape(-1)[0].known for found in (one, two))
        own = [self.names.row(i) for i in range(2)]
        rows = [substitute(first, dict(zip(own[0], map(sym, row), strict=True))) for row in own]
        factor = share(total, rows, row_domain(self.asked.domain, own))
        row = None if factor is None else substitute(first, {a: sym(b) for a, b in own[0].items()})
        if row is None or factor == num(1):
            return row
        if any(map(uses_count, _flat(gradient))):
            return mul(power(sym(COUNT), num(-1)), row)
        self.notes.append("its loss is the mean over the rows: the gradient is compared with that of a row")
        return row

    def traced(self, side: str, found: Followed) -> Term | None:
        """The formula that the rows of one call share."""
        formulas = [c.known for c in found.values[side]]
        rows = len(formulas)
        return Traced(rows, formulas, [self.names.row(i) for i in range(rows)]).common()

    def reading(self, found: Followed, formulas: Mapping[str, Any], rows: int) -> Reading:
        """What was read, with the lines and the notes."""
        n = self.names
        used = _used(formulas)
        weighted = bool(used & {n.w, f"{n.w}1"})
        notes = [*found.notes, *self.notes, *self.said(used, rows)]
        ranges = {COUNT: "positive integer"} if COUNT in used and not rows else {}
        return Reading(
            gradient=formulas.get("gradient"),
            hessian=formulas.get("hessian"),
            loss=_total(formulas.get("loss")),
            wrt=tuple(f"{n.z}{i + 1}" for i in range(rows)) or (n.z,),
            domain=ranges,
            notes=tuple(dict.fromkeys(notes)),
            gradient_line=max(line_of(self.target, found.values.get("gradient")), renaming_line(self.target, 0)),
            hessian_line=max(line_of(self.target, found.values.get("hessian")), renaming_line(self.target, 1)),
            loss_line=line_of(self.target, found.values.get("loss")),
            rows=rows,
            weighted=weighted,
            labels=(n.z, n.y, n.w),
            branches=_branches(found, None if rows else n.row(0)),
        )

    def said(self, used: frozenset[str], rows: int) -> list[str]:
        """How far the formulas reach."""
        if rows:
            return [
                f"rows depend on each other: read and checked for {rows} rows, {self.names.z}1 … {self.names.z}{rows}"
            ]
        return [f"{COUNT} is the number of rows"] if COUNT in used else []


def shaped(cells: Cells, shape: tuple[int, ...], side: str) -> Cells:
    """One entry for each row; a single number counts for all, but a loss that is one is that of all rows together."""
    if side == "loss" and cells.size == 1 and shape != (1,):
        return cells.reshape(())
    if cells.shape == () or cells.size == 1:
        return np.broadcast_to(cells.reshape(()), shape)
    if cells.shape not in (shape, (*shape, 1)):
        raise Unreadable(f"the {side} has the shape {cells.shape}, for {shape[0]} rows")
    return cells.reshape(shape)


def row_domain(domain: Domain, order: Sequence[Mapping[str, str]]) -> Domain:
    """The domain of the symbols of all rows, and of what is not of a row."""
    ranges = dict(domain.ranges)
    for row in order:
        ranges |= {symbol: domain.ranges[name] for symbol, name in row.items() if name in domain.ranges}
    return replace(domain, ranges=ranges)


def line_of(target: Any, cells: Cells | None) -> int:
    """The line that made the entries: the last of them, if they differ."""
    if cells is None:
        return 0
    flat: list[Cell] = list(cells.reshape(-1))
    return max((c.place[1] for c in flat if c.place is not None), default=sources.return_line(target))


def _branches(found: Followed, own: Mapping[str, str] | None) -> dict[tuple[str, int], Branches]:
    """The lines of the branches of every component, of the first row (`own`: its names), or of all rows."""
    out = {}
    for side, cells in found.values.items():
        first = cells[:1] if own is not None and cells.ndim else cells
        for i, cell in enumerate(first.reshape(-1)):
            if cell.branches:
                out[side, i] = tuple((condition_of_row(c, own), line) for c, line in cell.branches)
    return out


def _total(loss: Any) -> Term | None:
    """The loss of all rows together."""
    return add(*loss) if isinstance(loss, list) else loss


def _used(formulas: Mapping[str, Any]) -> frozenset[str]:
    return frozenset().union(*(free_names(t) for f in formulas.values() for t in _flat(f)))


def _flat(f: Any) -> list[Term]:
    return [t for x in f for t in _flat(x)] if isinstance(f, list) else [] if f is None else [f]


def pair(given: Any, what: str = "the objective") -> dict[str, Any]:
    """A gradient, or a gradient and a Hessian."""
    if isinstance(given, (tuple, list)) and len(given) == 2:
        return {"gradient": given[0], "hessian": given[1]}
    if given is None or isinstance(given, (tuple, list)):
        given = "nothing" if given is None else f"{len(given)} things"
        raise Unreadable(f"{what} gives {given}, not a gradient and a Hessian")
    return {"gradient": given}


__all__ = ["Scores", "line_of", "pair", "read_rows", "row_domain", "shaped"]
