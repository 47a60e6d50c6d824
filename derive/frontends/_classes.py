"""Objectives of several classes: scores in rows, or all scores in a flat array, class by class or row by row."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from derive.domain import Domain, Range
from derive.frontends import Asked, Reading
from derive.frontends._brought import bringing
from derive.frontends._names import Batch, Call, Outputs, names_for
from derive.frontends._rows import SIDES, Scores, row_domain, shaped
from derive.terms.term import Term, make, num, sym
from derive.tracing.calling import Followed, follow
from derive.tracing.cells import Cells
from derive.tracing.rows import Traced
from derive.tracing.stand_in import StandIn
from derive.tracing.unreadable import Unreadable


def read_classes(target: Any, asked: Asked, call: Call, own: tuple[str, str, str], layouts: tuple[str, ...]) -> Reading:
    """The formulas of code with several scores in a row: the label is a class, or there is one for each score."""
    order = {None: (False, True), True: (True,), False: (False,)}[asked.targets]
    why: Unreadable | None = None
    for targets in order:
        said = replace(asked, targets=targets)
        try:
            found = Classes(target, said, call, names_for(said, own, asked.classes), layouts).read()
        except Unreadable as error:
            why = why or error
            continue
        label = names_for(said, own, None).y
        if not targets or label not in asked.names:
            return found
        why = Unreadable(f"it takes a label for each score, {label}1 …, and the stated loss has one label, {label}")
    raise why or Unreadable("it could not be called")


class Classes(Scores):
    """A score for each class: rows of scores, or all scores in a flat array, class by class or row by row."""

    def read(self) -> Reading:
        """The first layout in which rows keep to themselves."""
        why: Unreadable | None = None
        for layout in self.layouts:
            try:
                found = self.in_layout(2, layout)
                sides = [s for s in SIDES if s in found.values and not (s == "loss" and self.asked.names)]
                common = {s: self.of_rows(found, s) for s in sides if found.values[s].ndim}
                if len(common) < len(sides):
                    common["loss"] = self.of_total(self.in_layout(1, layout), found, common["gradient"])
            except Unreadable as error:
                why = why or error
                continue
            if None not in common.values():
                reading = self.reading(found, common, 0)
                return replace(reading, notes=(*reading.notes, f"scores are given as {layout}"), layout=layout)
        raise why or Unreadable("the scores of one row change the gradient of another one, in every layout")

    def in_layout(self, rows: int, layout: str) -> Followed:
        """The call with so many rows; results have the shape (rows, classes), or (rows, classes, classes)."""
        n, k = self.names, len(self.names.classes)
        own = [n.symbols(i) for i in range(rows)]

        def call() -> Outputs:
            table, y, w = (StandIn.of([[sym(name) for name in row[j]] for row in own]) for j in range(3))
            flat: Any = "F" if layout == "class by class" else "C"
            z = table if layout == "rows of scores" else table.reshape(-1, order=flat)
            called = bringing(self.target, self.asked.arrays, self.call)
            return called(Batch(rows, k, z, y if n.targets else y.reshape(-1), w.reshape(-1)))

        domain = row_domain(self.label_domain(), [n.row(i) for i in range(rows)])
        found = follow(self.target, call, domain)
        flat = self.layouts[-1] if layout == "rows of scores" else layout
        return replace(found, values={s: _by_class(c, rows, k, flat, s) for s, c in found.values.items()})

    def label_domain(self) -> Domain:
        """What was said, and that the label is a class; what is said of the label is said of every target."""
        n, said = self.names, self.asked.domain
        if n.targets:
            labels = {t: said.ranges[n.y] for t in n.targets if n.y in said.ranges}
        else:
            labels = {n.y: Range(values=tuple(map(_fraction, range(len(n.classes)))))}
        return replace(said, ranges={**labels, **said.ranges})

    def of_rows(self, found: Followed, side: str) -> Any:
        """The list of formulas (of lists, for a full Hessian) that all rows share; None if they have none."""
        cells = found.values[side]
        own = [self.names.row(i) for i in range(cells.shape[0])]
        flat = cells.reshape(cells.shape[0], -1)
        parts = [Traced(len(flat), [c.known for c in flat[:, j]], own).common() for j in range(flat.shape[1])]
        if None in parts:
            return None
        k = len(self.names.classes)
        if side == "loss":
            return parts[0]
        return parts if cells.ndim == 2 else [parts[i : i + k] for i in range(0, k * k, k)]

    def reading(self, found: Followed, formulas: Mapping[str, Any], rows: int) -> Reading:
        """As for one score; the label is a class, and y1, y2 … are its indicators, or they are the targets."""
        n = self.names
        out = super().reading(found, formulas, rows)
        if n.targets:
            ranges = {t: str(r) for t, r in self.label_domain().to_json().items() if t in n.targets}
            says = f"there is a label for each score: {n.targets[0]} … {n.targets[-1]}"
            domain = {**out.domain, **ranges}
            return replace(out, wrt=n.classes, domain=domain, targets=n.targets, notes=(*out.notes, says))
        hot = {f"{n.y}{i + 1}": _indicator(n.y, i) for i in range(len(n.classes))}
        where = {k: t for k, t in hot.items() if k in self.asked.names}
        label = "{" + ", ".join(map(str, range(len(n.classes)))) + "}"
        return replace(out, wrt=n.classes, domain={**out.domain, n.y: label}, where=where)


def _fraction(i: int) -> Any:
    return num(i).value


def _indicator(name: str, i: int) -> Term:
    return make("piecewise", num(1), make("eq", sym(name), num(i)), num(0), make("true"))


def _by_class(cells: Cells, rows: int, k: int, layout: str, side: str) -> Cells:
    """The entries in rows; what comes in a flat array is in the order that the library takes it to have."""
    if side == "loss":
        return shaped(cells, (rows,), side)
    if cells.shape in ((rows, k), (rows, k, k)):
        return cells
    if cells.size != rows * k:
        raise Unreadable(f"the {side} has the shape {cells.shape}, for {rows} rows of {k} scores")
    order: Any = "F" if layout == "class by class" else "C"
    return cells.reshape(-1).reshape((rows, k), order=order)
