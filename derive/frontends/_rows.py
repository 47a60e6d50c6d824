"""Objectives that are given arrays: rows of raw predictions, labels and weights. What the libraries share."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, TypeAlias

import numpy as np

from derive.domain import Domain, Range
from derive.frontends import Asked, Numbers, Reading
from derive.terms.term import Term, add, free_names, make, num, substitute, sym
from derive.tracing import parameters
from derive.tracing.calling import Followed, Tried, follow, quiet
from derive.tracing.cells import Cell, Cells
from derive.tracing.entries import cells_of
from derive.tracing.rows import COUNT, Traced, at_count, general, uses_count
from derive.tracing.stand_in import StandIn
from derive.tracing.unreadable import Unreadable

Outputs: TypeAlias = Mapping[str, Any]
_CLASSES = 3
_SIDES = ("gradient", "hessian", "loss")


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
    """What prediction, label and weight are called in the formulas; with classes, the names of all predictions."""

    z: str
    y: str
    w: str
    classes: tuple[str, ...] = ()

    def row(self, i: int) -> dict[str, str]:
        """The symbols of a row (counted from 0), and their names in the formula of every row."""
        of_z = {f"{n}_{i + 1}": n for n in self.classes} if self.classes else {f"{self.z}{i + 1}": self.z}
        return {**of_z, f"{self.y}{i + 1}": self.y, f"{self.w}{i + 1}": self.w}


def names_for(asked: Asked, own: tuple[str, str, str], classes: int | None) -> Names:
    """The names that the stated loss uses: z, y and w, or those of the code's arguments (`own`)."""
    z = _first(("z",), own[0], asked) if len(asked.wrt) != 1 else asked.wrt[0]
    y, w = _first(("y",), own[1], asked), _first(("w",), own[2], asked)
    if classes is None:
        return Names(z, y, w)
    many = asked.wrt if len(asked.wrt) == classes else tuple(f"{z}{i}" for i in range(1, classes + 1))
    return Names(z, y, w, many)


def _first(usual: tuple[str, ...], own: str, asked: Asked) -> str:
    return usual[0] if own not in asked.names or usual[0] in asked.names else own


def read_rows(target: Any, asked: Asked, call: Call, own: tuple[str, str, str] = ("z", "y", "w")) -> Reading:
    """The formulas of an objective of rows. `call` hands a batch to the code and names what it gives."""
    with parameters.as_symbols(target, asked.parameters):
        if asked.classes is not None:
            return _Classes(target, asked, call, names_for(asked, own, asked.classes)).read()
        try:
            return _scores(target, asked, call, names_for(asked, own, None))
        except Unreadable as why:
            if not any(s in why.reason for s in ("IndexError", "AxisError", "out of bounds", "not enough values")):
                raise
            many = replace(asked, classes=_CLASSES)
            reading = _Classes(target, many, call, names_for(many, own, _CLASSES)).read()
            note = f"read for {_CLASSES} classes, as it needs scores in two dimensions; classes=K says another number"
            return replace(reading, notes=(*reading.notes, note))


def _scores(target: Any, asked: Asked, call: Call, names: Names) -> Reading:
    """All rows at once; row by row for code that takes one number (`if z > 0`)."""
    try:
        return _Scores(target, asked, call, names).read()
    except Unreadable as why:
        if "a single number is needed" not in why.reason:
            raise
        found = _Scores(target, asked, row_by_row(call), names).read()
        return replace(found, notes=(*found.notes, "it takes the numbers of one row: called row by row"))


def row_by_row(call: Call) -> Call:
    """A call for each row, with numbers."""

    def every(b: Batch) -> Outputs:
        rows = [call(Batch(1, None, b.z[i], b.y[i], b.w[i])) for i in range(b.rows)]
        return {side: [row[side] for row in rows] for side in rows[0]}

    return every


@dataclass
class _Scores:
    """One score for each row."""

    target: Any
    asked: Asked
    call: Call
    names: Names

    def read(self) -> Reading:
        """Every row the same formula, or else the formulas of three rows (two, where the code branches) together."""
        few = {n: self.followed(n) for n in (2, 3)}
        sides = [s for s in _SIDES if s in few[2].values]
        common = {s: self.common(s, few) for s in sides}
        if None not in common.values():
            return self.reading(few[3], {s: t for s, t in common.items() if t is not None}, 0)
        rows = self.coupled_rows(few)
        found = few.get(rows) or self.followed(rows)
        return self.reading(found, {s: [c.known for c in found.values[s]] for s in sides}, rows)

    def coupled_rows(self, few: Mapping[int, Followed]) -> int:
        """As many as the stated loss has, if it has any."""
        said = [n for n in range(2, 8) if f"{self.names.z}{n}" in self.asked.names]
        return max(said) if said else 3 if few[3].paths == 1 else 2

    def followed(self, rows: int) -> Followed:
        """The call with so many rows."""
        n = self.names
        order = [n.row(i) for i in range(rows)]
        domain = row_domain(self.asked.domain, order)

        def call() -> Outputs:
            parts = [StandIn.named([list(row)[k] for row in order]) for k in range(3)]
            return self.call(Batch(rows, None, *parts))

        found = follow(self.target, call, domain)
        return replace(found, values={s: shaped(c, (rows,), s) for s, c in found.values.items()})

    def common(self, side: str, few: dict[int, Followed]) -> Term | None:
        """The formula of every row; with m for the number of rows, where it depends on that."""
        two, three = (self.traced(side, few[n]) for n in (2, 3))
        if two is None or three is None or two == three:
            return two if three is not None else None
        counts = (5, 7) if few[3].paths == 1 else (4, 5)
        for n in counts:
            few.setdefault(n, self.followed(n))
        a, b = (self.traced(side, few[n]) for n in counts)
        found = None if a is None or b is None else general(a, b, counts)
        return found if found is not None and at_count(found, 3) == at_count(three, 3) else None

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
        notes = [*found.notes, *self.said(used, rows)]
        ranges = {COUNT: "positive integer"} if COUNT in used and not rows else {}
        return Reading(
            gradient=formulas.get("gradient"),
            hessian=formulas.get("hessian"),
            loss=_total(formulas.get("loss")),
            wrt=tuple(f"{n.z}{i + 1}" for i in range(rows)) or (n.z,),
            domain=ranges,
            notes=tuple(dict.fromkeys(notes)),
            gradient_line=line_of(self.target, found.values.get("gradient")),
            hessian_line=line_of(self.target, found.values.get("hessian")),
            loss_line=line_of(self.target, found.values.get("loss")),
            rows=rows,
            weighted=weighted,
            labels=(n.z, n.y, n.w),
        )

    def said(self, used: frozenset[str], rows: int) -> list[str]:
        """How far the formulas reach."""
        if rows:
            return [
                f"rows depend on each other: read and checked for {rows} rows, {self.names.z}1 … {self.names.z}{rows}"
            ]
        return [f"{COUNT} is the number of rows"] if COUNT in used else []


@dataclass
class _Classes(_Scores):
    """A score for each class: rows of scores, or all scores in a flat array, class by class or row by row."""

    def read(self) -> Reading:
        """The first layout in which rows keep to themselves."""
        why: Unreadable | None = None
        for layout in ("rows of scores", "class by class", "row by row"):
            try:
                found = self.in_layout(2, layout)
                common = {s: self.of_rows(found, s) for s in _SIDES if s in found.values}
            except Unreadable as error:
                why = why or error
                continue
            if None not in common.values():
                reading = self.reading(found, common, 0)
                return replace(reading, notes=(*reading.notes, f"scores are given as {layout}"))
        raise why or Unreadable("the scores of one row change the gradient of another one, in every layout")

    def in_layout(self, rows: int, layout: str) -> Followed:
        """The call with so many rows; results have the shape (rows, classes), or (rows, classes, classes)."""
        n, k = self.names, len(self.names.classes)
        order = [n.row(i) for i in range(rows)]
        labels = {n.y: Range(values=tuple(map(_fraction, range(k))))}
        domain = row_domain(replace(self.asked.domain, ranges={**labels, **self.asked.domain.ranges}), order)

        def call() -> Outputs:
            table = StandIn.of([[sym(name) for name in list(row)[:k]] for row in order])
            z = (
                table
                if layout == "rows of scores"
                else table.reshape(-1, order="F" if layout == "class by class" else "C")
            )
            y, w = (StandIn.named([list(row)[k + j] for row in order]) for j in (0, 1))
            return self.call(Batch(rows, k, z, y, w))

        found = follow(self.target, call, domain)
        return replace(found, values={s: _by_class(c, rows, k, layout, s) for s, c in found.values.items()})

    def of_rows(self, found: Followed, side: str) -> Any:
        """The list of formulas (of lists, for a full Hessian) that all rows share; None if they have none."""
        cells = found.values[side]
        own = [self.names.row(i) for i in range(cells.shape[0])]
        flat = cells.reshape(cells.shape[0], -1)
        parts = [Traced(len(flat), [c.known for c in flat[:, j]], own).common() for j in range(flat.shape[1])]
        if None in parts:
            return None
        k = len(self.names.classes)
        return parts if cells.ndim == 2 else [parts[i : i + k] for i in range(0, k * k, k)]

    def reading(self, found: Followed, formulas: Mapping[str, Any], rows: int) -> Reading:
        """As for one score; the label is a class, and y1, y2 … are its indicators."""
        n = self.names
        out = super().reading(found, formulas, rows)
        hot = {f"{n.y}{i + 1}": _indicator(n.y, i) for i in range(len(n.classes))}
        where = {k: t for k, t in hot.items() if k in self.asked.names}
        label = "{" + ", ".join(map(str, range(len(n.classes)))) + "}"
        return replace(out, wrt=n.classes, domain={**out.domain, n.y: label}, where=where)


def _fraction(i: int) -> Any:
    return num(i).value


def _indicator(name: str, i: int) -> Term:
    return make("piecewise", num(1), make("eq", sym(name), num(i)), num(0), make("true"))


def _by_class(cells: Cells, rows: int, k: int, layout: str, side: str) -> Cells:
    if cells.shape in ((rows, k), (rows, k, k)):
        return cells
    if cells.size != rows * k:
        raise Unreadable(f"the {side} has the shape {cells.shape}, for {rows} rows of {k} scores")
    order: Any = "F" if layout == "class by class" else "C"
    return cells.reshape(-1).reshape((rows, k), order=order)


def shaped(cells: Cells, shape: tuple[int, ...], side: str) -> Cells:
    """One entry for each row; a single number counts for all."""
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
    return max((c.place[1] for c in flat if c.place is not None), default=0)


def _total(loss: Any) -> Term | None:
    """The loss of all rows together."""
    return add(*loss) if isinstance(loss, list) else loss


def _used(formulas: Mapping[str, Any]) -> frozenset[str]:
    return frozenset().union(*(free_names(t) for f in formulas.values() for t in _flat(f)))


def _flat(f: Any) -> list[Term]:
    return [t for x in f for t in _flat(x)] if isinstance(f, list) else [f]


def pair(given: Any, what: str = "the objective") -> dict[str, Any]:
    """A gradient, or a gradient and a Hessian."""
    if isinstance(given, (tuple, list)) and len(given) == 2:
        return {"gradient": given[0], "hessian": given[1]}
    if given is None or isinstance(given, (tuple, list)):
        raise Unreadable(f"{what} gives {_shown(given)}, not a gradient and a Hessian")
    return {"gradient": given}


def _shown(given: Any) -> str:
    return "nothing" if given is None else f"{len(given)} things"


def numbers_rows(call: Call, asked: Asked, columns: Mapping[str, Any], names: Names) -> Numbers:
    """The same from a call with arrays: see `Frontend.numbers`."""
    of_z = [columns[n] for n in names.classes] if names.classes else [columns[names.z]]
    rows = len(of_z[0])
    z = np.stack(of_z, axis=1) if names.classes else of_z[0].copy()
    y, w = (np.array(columns.get(n, np.full(rows, d, z.dtype))) for n, d in ((names.y, 0), (names.w, 1)))
    batch = Batch(rows, asked.classes, z, y, w)
    with quiet():
        found = _called(call, batch)
    shape = (rows, len(names.classes)) if names.classes else (rows,)
    return Numbers(*(None if s not in found else _real(found[s], shape) for s in _SIDES[:2]))


def _called(call: Call, batch: Batch) -> Outputs:
    """All rows at once; or row by row, where the code raises an error for some of them, which have no value then."""
    with Tried():
        return call(batch)
    rows = [_row(call, batch, i) for i in range(batch.rows)]
    return {side: _column(side, rows) for side in _SIDES[:2]}


def _row(call: Call, b: Batch, i: int) -> Outputs:
    """One row, as arrays of length 1, or as numbers for code that takes these; nothing where it raises an error."""
    part = slice(i, i + 1)
    with Tried():
        return call(Batch(1, b.classes, b.z[part], b.y[part], b.w[part]))
    if b.classes is None:
        with Tried():
            return call(Batch(1, None, b.z[i], b.y[i], b.w[i]))
    return {}


def _column(side: str, rows: Sequence[Outputs]) -> Any:
    """The values of all rows; NaN where there is none."""
    found = [np.asarray(row[side], float).reshape(-1) if side in row else None for row in rows]
    width = max((len(x) for x in found if x is not None), default=1)
    out = np.full((len(rows), width), np.nan)
    for i, x in enumerate(found):
        if x is not None:
            out[i] = x
    return out[:, 0] if width == 1 else out


def _real(x: Any, shape: tuple[int, ...]) -> Any:
    values = np.asarray(x)
    if values.dtype.kind not in "fiub":
        raise Unreadable(f"the code gives {type(x).__name__}, and no numbers")
    return np.broadcast_to(values, shape) if values.ndim == 0 else values.reshape(shape)


__all__ = ["Batch", "Call", "Names", "cells_of", "numbers_rows", "pair", "read_rows", "substitute", "uses_count"]
