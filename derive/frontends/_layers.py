"""Functions of arrays of several shapes with a derivative of their own: a layer such as `input @ weight.T + bias`.

Which shapes the code takes is found out with numbers. Then it is read for arrays of one small size, every entry a
symbol, and what goes back is compared with the gradient of Σ g·f in all of them. That it is the gradient for arrays of
another size too is looked at in numbers: where it is not, nothing is read. Where what goes back does not even fit, all
sizes are made equal, so that a transposed matrix is refuted entry by entry.
"""

from __future__ import annotations

import itertools
import random
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from functools import partial
from typing import Any, TypeAlias

import numpy as np

from derive.domain import Domain
from derive.frontends import Reading
from derive.frontends._inputs import Input, Table, table_of
from derive.frontends._rows import line_of
from derive.frontends._signatures import role
from derive.frontends._sizes import agree, drawn, is_slope, slopes, value_of
from derive.frontends._vjp import Vjp, flat, of_tables, total
from derive.terms.term import num, sym
from derive.tracing.calling import Followed, Tried, follow, quiet
from derive.tracing.unreadable import Unreadable

Shape: TypeAlias = tuple[str, ...]  # of the letters of sizes: n rows, p entries of each, q others
#: real arrays, and the upstream gradient (None: not back) -> the value, and what goes back for each array, or None
Numeric: TypeAlias = Callable[[Sequence[Any], Any], tuple[Any, Mapping[int, Any]]]
_READ, _OTHER, _EQUAL = ({"n": n, "p": p, "q": q, "1": 1} for n, p, q in ((2, 3, 2), (5, 3, 4), (2, 2, 2)))
_TABLES: tuple[Shape, ...] = (("q", "p"), ("p", "q"), ("p", "p"), ("n", "p"), ("n", "q"), ("q", "1"))
_LINES: tuple[Shape, ...] = (("q",), ("p",), ("n",), ())
_FIRST: tuple[Shape, ...] = (("n", "p"), ("p",), ("p", "n"), ("p", "p"))
_VECTOR = re.compile(r"b|bias(es)?|beta|gamma|scale|shift|v|vec(tor)?|loc|mean|mu", re.IGNORECASE)
_MOST, _MOST_BACK = 3_000, 40
_NONE = "no shapes were found with which it can be called"


@dataclass
class Layer:
    """A function that takes arrays of several shapes, to be read."""

    vjp: Vjp
    numeric: Numeric
    notes: list[str] = field(default_factory=list)

    def read(self) -> Reading:
        """For arrays of one size."""
        shapes, fits, misfit = self.shapes()
        sizes = _READ if fits else _EQUAL
        arrays = [_names(i.symbol, _sized(s, sizes)) for i, s in zip(self.vjp.inputs, shapes, strict=True)]
        found = self.followed(arrays)
        self.compare(found, shapes, sizes)
        if not self.is_gradient(shapes, sizes):
            self.notes += [misfit] if misfit else []
        elif not fits:
            raise Unreadable(misfit)
        elif not self.is_gradient(shapes, _OTHER):
            raise Unreadable(f"its gradient is right for {self.told(shapes, sizes)}, and not for other sizes")
        self.notes.append(f"read and checked for arrays of one size: {self.told(shapes, sizes)}")
        return self.reading(found, arrays)

    def told(self, shapes: Sequence[Shape], sizes: Mapping[str, int]) -> str:
        """Every argument with its shape."""
        own = (i.own for i in self.vjp.inputs)
        return ", ".join(f"{n} {_sized(s, sizes)}" if s else f"{n} a number" for n, s in zip(own, shapes, strict=True))

    # -- which shapes, and what comes back for them

    def shapes(self) -> tuple[list[Shape], bool, str]:
        """The first shapes that fit forward and back, or else forward; whether they do, and what is said of others."""
        first: list[Shape] = []
        misfit = ""
        for shapes in itertools.islice(self.forward(), _MOST_BACK):
            if not (said := self.said(shapes, back=True)):
                return shapes, True, misfit
            first = first or shapes
            misfit = misfit or f"it does not run with {self.told(shapes, _OTHER)}: {said}"
        if not first:
            raise Unreadable(_NONE)
        return first, False, misfit

    def takes_rows(self) -> bool:
        """Can it be called, forward and back, with one number of each row?"""
        return not self.said([() if i.kind == "parameter" else ("n",) for i in self.vjp.inputs], back=True)

    def forward(self) -> Iterator[list[Shape]]:
        """Shapes with which it can be called, one of them a table."""
        ways = [_candidates(k, i) for k, i in enumerate(self.vjp.inputs)]
        for shapes in itertools.islice(itertools.product(*ways), _MOST):
            if max(map(len, shapes)) > 1 and not self.said(shapes, back=False):
                yield list(shapes)

    def said(self, shapes: Sequence[Shape], *, back: bool) -> str:
        """What is said against a call with numbers; empty if it runs."""
        given = self.values(shapes, _OTHER)
        tried = Tried()
        with tried, quiet():
            value, _ = self.numeric(given, None)
            if not np.all(np.isfinite(value)):
                return "the value is not finite"
            if back:
                self.numeric(given, np.ones(np.shape(value)))
        return tried.said

    def values(self, shapes: Sequence[Shape], sizes: Mapping[str, int]) -> list[Any]:
        """Numbers for every argument, within what was said of it."""
        chance, known = random.Random(7), self.vjp.asked.domain
        return [drawn(known, i.own, _sized(s, sizes), chance) for i, s in zip(self.vjp.inputs, shapes, strict=True)]

    def is_gradient(self, shapes: Sequence[Shape], sizes: Mapping[str, int]) -> bool:
        """Does what goes back agree with differences of Σ g·f, in numbers?"""
        given = self.values(shapes, sizes)
        chance = random.Random(11)
        with quiet(), np.errstate(all="ignore"):
            shape = np.shape(self.numeric(given, None)[0])
            g = drawn(self.vjp.asked.domain, "", shape, chance) if self.vjp.upstream else np.ones(shape)

            def moved(k: int, x: Any) -> float:
                value, _ = self.numeric([x if j == k else y for j, y in enumerate(given)], None)
                return float(np.sum(g * value))

            _, back = self.numeric(given, g)
            claims = {k: b for k, b in back.items() if k in self.vjp.chosen() and b is not None}
            return all(is_slope(b, slopes(partial(moved, k), given[k])) for k, b in claims.items())

    # -- the reading

    def followed(self, arrays: Sequence[Any]) -> Followed:
        """The call with symbols."""
        v = self.vjp
        tables = [_symbols(a) for a in arrays]

        def upstream(shape: tuple[int, ...]) -> Table:
            ones = table_of([num(1)] * int(np.prod(shape)), shape)
            return _symbols(_names(v.upstream, shape)) if v.upstream else ones

        def call() -> Mapping[str, Any]:
            found = dict(v.run(tables, upstream))
            return {**found, "upstream": of_tables(upstream(np.shape(found["value"].cells)))}

        return follow(v.target, call, self.domain(arrays))

    def domain(self, arrays: Sequence[Any]) -> Domain:
        """What was said of an argument, of each of its entries."""
        said = self.vjp.asked.domain.to_json()
        for i, a in zip(self.vjp.inputs, arrays, strict=True):
            said |= {n: said[i.own] for n in flat(a) if i.own in said}
        return Domain.of(said)

    def compare(self, found: Followed, shapes: Sequence[Shape], sizes: Mapping[str, int]) -> None:
        """`Unreadable` where the code does not compute what was read, in one call with numbers."""
        domain, values, arrays = self.vjp.asked.domain, self.values(shapes, sizes), []
        point: dict[str, Fraction] = {}
        for i, x in zip(self.vjp.inputs, values, strict=True):
            arrays.append(_names(i.symbol, x.shape))
            point |= {n: Fraction(float(v)) for n, v in zip(flat(arrays[-1]), flat(x), strict=True)}
        g = [c.known.name if c.known.head == "sym" else "" for c in flat(found.values["upstream"])]
        chance = random.Random(3)
        point |= {n: value_of(domain, "", chance) for n in g if n}
        seed = np.reshape([float(point.get(n, 1)) for n in g], found.values["upstream"].shape)
        with quiet():
            value, back = self.numeric(values, seed)
        for name, own in (("value", value), *((str(k), b) for k, b in back.items())):
            formulas = flat(found.values[name]) if name in found.values and own is not None else []
            pairs = zip(flat(own), formulas, strict=True) if formulas else ()
            if not all(agree(float(x), c.known, domain, point) for x, c in pairs):
                raise Unreadable("its numbers are not those of the formulas that were read")

    def reading(self, found: Followed, arrays: Sequence[Any]) -> Reading:
        """What was read: the entries of all arguments for which something goes back."""
        v, wrt, cells = self.vjp, [], []
        for k in v.chosen():
            back, own = found.values.get(str(k)), v.inputs[k].own
            if back is None or (role(own) == "label" and all(c.term == num(0) for c in flat(back))):
                self.notes.append(f"nothing goes back for {own}: it is taken as not differentiated")
                continue
            if back.shape != arrays[k].shape:
                raise Unreadable(f"what goes back for {own} has the shape {back.shape}, for one of {arrays[k].shape}")
            wrt += flat(arrays[k])
            cells += flat(back)
        if not wrt:
            raise Unreadable("nothing goes back")
        return Reading(
            gradient=[c.known for c in cells],
            hessian=None,
            wrt=tuple(wrt),
            loss=total(found),
            domain={k: r for k, r in self.domain(arrays).to_json().items() if "," not in k},
            notes=tuple(dict.fromkeys((*found.notes, *v.notes, *self.notes))),
            gradient_line=line_of(v.target, np.array([*cells, None], object)[:-1]),
            loss_line=line_of(v.target, found.values["value"]),
            rows=_READ["n"],
            labels=(v.inputs[0].symbol, "y", "w"),
        )


def rows_or_arrays(v: Vjp, layers: Sequence[Layer]) -> Reading:
    """A function of rows of numbers; or, where it takes none or cannot be read so, of arrays of several shapes.

    `layers`: the function with all of its arguments, and with fewer. A stated loss is that of rows.
    """
    if v.asked.names or v.asked.classes is not None:
        return v.read()
    try:
        if layers[-1].takes_rows():
            return v.read()
        why = Unreadable("it does not take one number for each row")
    except Unreadable as error:
        why = error
    for layer in layers:
        try:
            return layer.read()
        except Unreadable as error:
            if error.reason != _NONE:
                raise
    raise why


def _candidates(k: int, i: Input) -> Sequence[Shape]:
    """The shapes that an argument may have, the likeliest first."""
    if i.kind == "parameter":
        return _LINES if _VECTOR.fullmatch(i.own) else [()]
    if k == 0:
        return _FIRST
    if role(i.own) == "label":
        return [("n", "p"), ("n", "q"), *_LINES]
    return [*_LINES, *_TABLES] if _VECTOR.fullmatch(i.own) else [*_TABLES, *_LINES]


def _sized(shape: Shape, sizes: Mapping[str, int]) -> tuple[int, ...]:
    return tuple(sizes[s] for s in shape)


def _names(name: str, shape: tuple[int, ...]) -> Any:
    """The names of the entries of an array: a1, a2 … or a1_1, a1_2 …"""
    out = np.empty(shape, object)
    for index in np.ndindex(shape):
        out[index] = name + "_".join(str(k + 1) for k in index)
    return out


def _symbols(names: Any) -> Table:
    return table_of([sym(n) for n in flat(names)], names.shape)
