"""Functions with a derivative of their own (`torch.autograd.Function`, `jax.custom_vjp`), or the one of autograd.

A function f of some arrays, and what goes back for an upstream gradient g: that is right if it is the gradient of
Σ g·f in each array, for every g. So g is a symbol, f·g the loss, and what goes back the claimed gradient. One row is
read; two rows tell whether rows keep to themselves (a sum or a mean over rows does not keep them from that).
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeAlias

import numpy as np

from derive.domain import Domain
from derive.frontends import Asked, Reading
from derive.frontends._inputs import USUAL, Input, Table, numbered, table_of
from derive.frontends._rows import line_of, row_domain
from derive.frontends._signatures import role
from derive.frontends._summands import decided, summands
from derive.prove import prove_terms
from derive.terms.term import Term, add, children, free_names, make, mul, num, substitute, sym
from derive.tracing.arithmetic import plus, times
from derive.tracing.calling import Followed, follow
from derive.tracing.cells import Cells
from derive.tracing.unreadable import Unreadable

#: the terms of the inputs, and what makes those of the upstream gradient for a shape -> "value", and "0", "1" … for
#: what goes back for the input of that number
Run: TypeAlias = Callable[[Sequence[Table], Callable[[tuple[int, ...]], Table]], Mapping[str, Any]]
_BUDGET = 0.5
_JUMPS = frozenset(("floor", "sign", "heaviside", "eq", "ne", "lt", "le"))
_STEP = (
    "its value is a step function, constant wherever it has a derivative: what goes back is a straight-through "
    "estimator or a surrogate, and not its derivative"
)


@dataclass
class Vjp:
    """A function with its derivative, to be read. `wanted`: which inputs may be differentiated, `must` have to be."""

    target: Any
    asked: Asked
    inputs: Sequence[Input]
    run: Run
    upstream: str
    wanted: Sequence[int]
    own_backward: bool = True
    notes: list[str] = field(default_factory=list)
    averaged: bool = False

    def read(self) -> Reading:
        """One row if rows keep to themselves, else two rows together."""
        one = self.followed(1)
        if (
            self.upstream
            and self.asked.names
            and self.upstream not in self.asked.names
            and one.values["value"].size > 1
        ):
            self.upstream = ""  # a loss is stated, and the code computes something else: it is taken with ones
            one = self.followed(1)
        two = self.followed(2)
        if self.separate(one, two):
            return self.reading(one, 1)
        if self.asked.classes is not None and self.asked.names:
            raise Unreadable("rows depend on each other, or it could not be seen that they do not")
        self.notes.append("rows depend on each other: read and checked for 2 rows")
        return self.reading(two, 2)

    def domain(self, rows: int) -> Domain:
        """What was said, and that labels of classes are classes; for each row."""
        domain = Domain.of({**self.ranges(), **self.asked.domain.to_json()})
        order = [{numbered(i.symbol, r, rows): i.symbol for i in self.inputs} for r in range(rows)]
        return row_domain(domain, order)

    def ranges(self) -> dict[str, str]:
        """What goes without saying."""
        classes = ", ".join(map(str, range(self.asked.classes or 0)))
        return {i.symbol: f"{{{classes}}}" for i in self.inputs if i.kind == "class"}

    def followed(self, rows: int) -> Followed:
        """The call with so many rows."""
        tables = [i.table(rows) for i in self.inputs]

        def upstream(shape: tuple[int, ...]) -> Table:
            count = int(np.prod(shape))
            if not self.upstream:
                return table_of([num(1)] * count, shape)
            names = [self.upstream] if count == 1 else [f"{self.upstream}{k + 1}" for k in range(count)]
            return table_of([sym(n) for n in names], shape)

        def call() -> Mapping[str, Any]:
            found = dict(self.run(tables, upstream))
            value = found["value"]
            return {**found, "upstream": of_tables(upstream(np.shape(value.cells)))}

        return follow(self.target, call, self.domain(rows))

    # -- do rows keep to themselves?

    def separate(self, one: Followed, two: Followed) -> bool:
        """Is the value for two rows the sum (or the mean) of those for one, and all that goes back too?"""
        shared = two.values["value"].size == one.values["value"].size == 1
        first, second = (flat(x.values["value"]) for x in (one, two))
        if not shared:
            rows = [self.of_row(f.known, i, shared) for i in range(2) for f in first]
            together = len(rows) == len(second) and all(
                self.same(s.known, r) for s, r in zip(second, rows, strict=True)
            )
            return together and all(self.same_back(k, one, two, num(1), shared) for k in self.back(one))
        total = plus(*(self.of_row(first[0].known, i, shared) for i in range(2)))
        scale = next((c for c in (num(1), num(1, 2)) if self.same(second[0].known, times(c, total))), None)
        self.averaged = scale == num(1, 2)
        return scale is not None and all(self.same_back(k, one, two, scale, shared) for k in self.back(one))

    def same_back(self, k: str, one: Followed, two: Followed, c: Term, shared: bool) -> bool:
        if k not in two.values:
            return False
        first, second = one.values[k], two.values[k]
        if self.inputs[int(k)].kind == "parameter":
            rows = [times(c, self.of_row(first.reshape(-1)[0].known, i, shared)) for i in range(2)]
            return self.same(second.reshape(-1)[0].known, plus(*rows))
        if second.shape != (2, *first.shape[1:]):
            return False
        pairs = [(s.known, f.known, i) for i in range(2) for s, f in zip(flat(second[i]), flat(first[0]), strict=True)]
        return all(self.same(s, times(c, self.of_row(f, i, shared))) for s, f, i in pairs)

    def of_row(self, t: Term, row: int, shared: bool) -> Term:
        """The formula of one row, with the names of another one."""
        turn: dict[str, Term] = {}
        for i in self.inputs:
            turn |= {n: sym(numbered(n, row, 2)) for n in i.classes or (i.symbol,) if i.kind != "parameter"}
        if self.upstream and not shared:
            own = [n for n in free_names(t) if n.startswith(self.upstream) and n not in turn]
            for n in own:
                k = int(n.removeprefix(self.upstream) or 1) - 1
                turn[n] = sym(f"{self.upstream}{row * max(1, len(own)) + k + 1}")
        return substitute(t, turn)

    def same(self, a: Term, b: Term) -> bool:
        """Are two formulas the same for two rows? By their shape, for each choice of classes, else by a proof."""
        if all(summands(decided(a, v)) == summands(decided(b, v)) for v in self.choices()):
            return True
        return prove_terms(a, b, self.domain(2), budget=_BUDGET).status == "proved"

    def choices(self) -> Iterator[dict[str, Term]]:
        """All classes that two rows may have."""
        names = [t.name for i in self.inputs if i.kind == "class" for t in flat(i.table(2))]
        for classes in itertools.product(range(self.asked.classes or 0), repeat=len(names)):
            yield {n: num(k) for n, k in zip(names, classes, strict=True)}

    # -- the reading

    def back(self, found: Followed) -> list[str]:
        """The inputs to be differentiated for which something goes back."""
        return [str(k) for k in self.chosen() if str(k) in found.values]

    def chosen(self) -> list[int]:
        symbols = {i.symbol: k for k, i in enumerate(self.inputs)} | {
            n: k for k, i in enumerate(self.inputs) for n in i.classes
        }
        said = list(dict.fromkeys(symbols[n] for n in self.asked.wrt if n in symbols))
        if said or not self.asked.names:
            return said or list(self.wanted)
        return [k for k in self.wanted if {self.inputs[k].symbol, *self.inputs[k].classes} & self.asked.names][
            :1
        ] or list(self.wanted[:1])

    def reading(self, found: Followed, rows: int) -> Reading:
        """What was read, with the lines and the notes."""
        names: list[str] = []
        formulas: list[Term] = []
        for k in self.chosen():
            table = flat(self.inputs[k].table(rows))
            back = found.values.get(str(k))
            if k != self.chosen()[0] and self.is_left_out(back, self.inputs[k]):
                continue
            names += [t.name for t in table]
            formulas += self.shaped(back, table, self.inputs[k])
        if any(f != num(0) for f in formulas) and all(_is_step(c.known, names) for c in flat(found.values["value"])):
            self.notes.append(_STEP)
        cells = [c for k in self.back(found) for c in flat(found.values[k])]
        line = line_of(self.target, found.values["value"])
        first, label, weight = (self.called(r) for r in ("prediction", "label", "weight"))
        return Reading(
            gradient=formulas[0] if len(formulas) == 1 else formulas,
            hessian=None,
            wrt=tuple(names),
            loss=total(found),
            domain={n: r for n, r in self.ranges().items() if rows == 1},
            where=self.indicators(label) if rows == 1 else {},
            notes=tuple(dict.fromkeys((*found.notes, *self.notes))),
            gradient_line=line_of(self.target, np.array([*cells, None], object)[:-1]) if self.own_backward else line,
            loss_line=line,
            rows=0 if rows == 1 else rows,
            weighted=weight in frozenset().union(*map(free_names, formulas)),
            labels=(first, label, weight),
            averaged=self.averaged,
            upstream=self.upstreams(found),
        )

    def upstreams(self, found: Followed) -> tuple[str, ...]:
        """The symbols of the upstream gradient, where the stated loss does not speak of it."""
        if not self.upstream or self.upstream in self.asked.names:
            return ()
        return tuple(c.known.name for c in flat(found.values["upstream"]))

    def is_left_out(self, back: Cells | None, i: Input) -> bool:
        """Does nothing go back for this label, weight or parameter? Then no gradient is claimed."""
        zero = back is not None and all(c.term == num(0) for c in flat(back))
        if zero and role(i.own) in ("label", "weight") and i.symbol not in self.asked.wrt:
            self.notes.append(f"0 goes back for {i.own}: it is taken as not differentiated")
            return True
        return back is None

    def indicators(self, label: str) -> dict[str, Term]:
        """y1, y2 … of the stated loss: 1 for the class that the label is, else 0."""
        classes = range(self.asked.classes or 0)
        hot = {
            f"{label}{k + 1}": make("piecewise", num(1), make("eq", sym(label), num(k)), num(0), make("true"))
            for k in classes
        }
        return {n: t for n, t in hot.items() if n in self.asked.names}

    def shaped(self, back: Cells | None, table: Sequence[Any], i: Input) -> list[Term]:
        if back is None:
            self.notes.append(f"nothing goes back for {i.own}: that counts as 0")
            return [num(0)] * len(table)
        if back.size != len(table):
            raise Unreadable(f"what goes back for {i.own} has the shape {back.shape}, for {len(table)} entries")
        return [c.known for c in flat(back)]

    def called(self, wanted: str) -> str:
        """The symbol of the input with a role."""
        if wanted == "prediction":
            return self.inputs[self.chosen()[0]].symbol
        return next((i.symbol for i in self.inputs if role(i.own) == wanted), USUAL[wanted])


def _is_step(t: Term, names: Sequence[str]) -> bool:
    """Does a formula depend on these only through what jumps?"""
    if t.head in _JUMPS or t.head == "sym":
        return t.head != "sym" or t.name not in names
    return all(_is_step(a, names) for a in children(t))


def total(found: Followed) -> Term:
    """Σ g·f."""
    value, g = flat(found.values["value"]), flat(found.values["upstream"])
    return add(*(f.known if w.known == num(1) else mul(w.known, f.known) for f, w in zip(value, g, strict=True)))


def flat(x: Any) -> list[Any]:
    """The entries, one after the other."""
    return list(np.asarray(x, object).reshape(-1))


def of_tables(table: Table) -> Any:
    """Terms as a stand-in."""
    from derive.tracing.stand_in import StandIn

    return StandIn.of(table)
