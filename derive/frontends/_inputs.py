"""The arguments of a function that is differentiated: names, symbols, and whether they have rows or classes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal, TypeAlias

import numpy as np
from numpy.typing import NDArray

from derive.frontends import Asked
from derive.frontends._signatures import role
from derive.terms.term import Term, sym

Kind: TypeAlias = Literal["row", "class", "parameter"]
Table: TypeAlias = NDArray[Any]  # of terms
USUAL = {"prediction": "z", "label": "y", "weight": "w"}


@dataclass(frozen=True)
class Input:
    """An argument: its name in the code, its symbol, whether it has a value for each row, and the names of classes."""

    own: str
    symbol: str
    kind: Kind = "row"
    classes: tuple[str, ...] = ()

    def table(self, rows: int) -> Table:
        """The symbols of so many rows."""
        if self.kind == "parameter":
            return table_of([sym(self.symbol)], ())
        names = [[numbered(n, i, rows) for n in self.classes or (self.symbol,)] for i in range(rows)]
        terms = [sym(n) for row in names for n in row]
        return table_of(terms, (rows, len(self.classes)) if self.classes else (rows,))


def numbered(name: str, row: int, rows: int) -> str:
    """The name of a row's own symbol; of a single row, the name itself."""
    if rows == 1:
        return name
    return f"{name}{row + 1}" if not name[-1].isdigit() else f"{name}_{row + 1}"


def table_of(terms: Sequence[Term], shape: tuple[int, ...]) -> Table:
    """Terms as an array of a shape."""
    out = np.empty(len(terms), object)
    out[:] = terms
    return out.reshape(shape)


def named(names: Sequence[str], asked: Asked, parameters: Sequence[str] = ()) -> list[Input]:
    """The arguments with their symbols: z, y, w as in the stated loss, or their own names."""
    known = asked.names | set(asked.domain.ranges) | set(asked.wrt)
    first = next((n for n in names if role(n) not in ("label", "weight") and n not in parameters), "")
    out: list[Input] = []
    for own in names:
        kind = role(own) if own != first else "prediction"
        usual = asked.wrt[0] if own == first and len(asked.wrt) == 1 else USUAL.get(kind, own)
        taken = {i.symbol for i in out}
        wants = own not in known and (usual in known or bool(asked.names)) and usual not in taken
        symbol = usual if wants else own
        many = _classes(symbol, asked) if own == first else ()
        out.append(Input(own, symbol, "parameter" if own in parameters else "row", many))
    if asked.classes is not None:
        out = [Input(i.own, i.symbol, "class") if role(i.own) == "label" else i for i in out]
    return out


def _classes(symbol: str, asked: Asked) -> tuple[str, ...]:
    if asked.classes is None:
        return ()
    return asked.wrt if len(asked.wrt) == asked.classes else tuple(f"{symbol}{k + 1}" for k in range(asked.classes))
