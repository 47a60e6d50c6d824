"""Costs for `scipy.optimize.minimize(…, jac=True)`: `cost(theta, X, y[, …])` that gives a cost and its gradient.

The data set is a table of symbols, of three rows and two columns, and so are coefficients and labels: the formulas that
come out are the cost of that data set, and its derivatives in both coefficients. They are compared with each other, so
that a forgotten 1/m, a penalty on one side only or a transposed table is refuted. What else the code takes, such as the
strength of a penalty, is a symbol of its own name; what has a default keeps it. A Hessian may be the third result.
Source: SciPy's page on `minimize`.
"""

from __future__ import annotations

import random
import re
from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import Any

import numpy as np

from derive.domain import Domain, Range
from derive.errors import DeriveError
from derive.frontends import Asked, Numbers, Reading
from derive.frontends._rows import line_of
from derive.frontends._signatures import arguments, role
from derive.frontends._sizes import agree, drawn, is_slope, slopes, value_of
from derive.terms.term import sym
from derive.tracing import parameters
from derive.tracing.calling import Followed, UsersCode, follow, quiet
from derive.tracing.stand_in import StandIn
from derive.tracing.unreadable import Unreadable

LIBRARY = "scipy"
_ROWS, _COLUMNS = 3, 2
_OTHER = (5, 4)
_SETS = 6
_COEFFICIENTS = re.compile(r"(initial_|init_)?(theta|w|W|weights?|wts?|beta|betas|b|coefs?|coefficients?|params?|x0)")
_TABLE = re.compile(r"X|XX|X_?(train|data|mat)|features?|design(_matrix)?|data|A|Phi|inputs?")
#: the shapes of coefficients and labels that are tried, one after the other
_SHAPES = (((_COLUMNS,), (_ROWS,)), ((_COLUMNS, 1), (_ROWS, 1)), ((_COLUMNS,), (_ROWS, 1)))
_SIDES = ("loss", "gradient", "hessian")


def recognises(target: Any) -> bool:
    """`(theta, X, y)`, in any order, and perhaps more."""
    return None not in _places(arguments(target))


def read(target: Any, asked: Asked) -> Reading:
    """The cost of a small data set, and its claimed derivatives."""
    names = _arguments(target)
    why: Unreadable | None = None
    with parameters.as_symbols(target, asked.parameters):
        for shapes in _SHAPES:
            try:
                found = _followed(target, asked, names, shapes)
                break
            except Unreadable as error:
                why = why or error
        else:
            raise why or Unreadable("it could not be called")
    reading = _reading(target, names, found, shapes)
    _check_numbers(target, names, reading, asked, shapes)
    _check_sizes(target, names, asked.domain, shapes)
    return reading


def numbers(target: Any, asked: Asked, columns: Mapping[str, Any]) -> Numbers:
    """There are none for single rows."""
    raise Unreadable("its numbers belong to a whole data set")


def labels(target: Any, asked: Asked) -> tuple[str, str, str]:
    """The names of coefficients, label and weight."""
    names = _arguments(target)
    theta, _, y = (names[k] for k in _found(names))
    return theta, y, "w"


def _arguments(target: Any) -> list[str]:
    names = arguments(target)
    if None in _places(names):
        raise DeriveError(f"a cost has the arguments (theta, X, y); this one has {', '.join(names) or 'none'}")
    return names


def _places(names: Sequence[str]) -> tuple[int | None, int | None, int | None]:
    """Where coefficients, table and labels are; None for what is not there."""
    y = next((i for i, n in enumerate(names) if role(n) == "label"), None)
    table = next((i for i, n in enumerate(names) if i != y and _TABLE.fullmatch(n)), None)
    theta = next((i for i, n in enumerate(names) if i not in (y, table) and _COEFFICIENTS.fullmatch(n)), None)
    return theta, table, y


def _found(names: Sequence[str]) -> tuple[int, int, int]:
    theta, table, y = _places(names)
    return theta or 0, table or 0, y or 0


def _symbols(names: Sequence[str], shapes: Any) -> list[Any]:
    """The names of the symbols of every argument, in arrays."""
    theta, table, y = _found(names)
    out: list[Any] = [np.array(n, object) for n in names]
    out[theta] = _array([f"{names[theta]}{j + 1}" for j in range(_COLUMNS)], shapes[0])
    out[table] = _array([f"{names[table]}{i + 1}_{j + 1}" for i in range(_ROWS) for j in range(_COLUMNS)], None)
    out[y] = _array([f"{names[y]}{i + 1}" for i in range(_ROWS)], shapes[1])
    return out


def _array(names: list[str], shape: Any) -> Any:
    return np.array(names, object).reshape(shape or (_ROWS, _COLUMNS))


def _followed(target: Any, asked: Asked, names: Sequence[str], shapes: Any) -> Followed:
    """One call with stand-ins."""

    def call() -> Mapping[str, Any]:
        given = [StandIn.of(np.vectorize(sym, otypes=[object])(s)) for s in _symbols(names, shapes)]
        made = target(*(g[()] if g.shape == () else g for g in given))
        if not isinstance(made, (tuple, list)) or len(made) not in (2, 3):
            raise Unreadable("it gives no pair of a cost and a gradient; of two functions, give one that calls both")
        return dict(zip(_SIDES, made, strict=False))

    found = follow(target, call, _domain(asked.domain, names))
    for side, size in zip(_SIDES, (1, _COLUMNS, _COLUMNS**2), strict=True):
        if side in found.values and found.values[side].size != size:
            shape = found.values[side].shape
            raise Unreadable(f"the {side} has the shape {shape}, for {_ROWS} rows and {_COLUMNS} coefficients")
    return found


def _domain(domain: Domain, names: Sequence[str]) -> Domain:
    """What was said of coefficients and labels, of each of them."""
    theta, _, y = _found(names)
    said = domain.to_json()
    for own, size in ((names[theta], _COLUMNS), (names[y], _ROWS)):
        said |= {f"{own}{i + 1}": said[own] for i in range(size) if own in said}
    return Domain.of(said)


def _reading(target: Any, names: Sequence[str], found: Followed, shapes: Any) -> Reading:
    terms = {side: [c.known for c in cells.reshape(-1)] for side, cells in found.values.items()}
    hessian = terms.get("hessian")
    theta, table, y = (names[k] for k in _found(names))
    sizes = f"{theta} of shape {shapes[0]}, {table} of {(_ROWS, _COLUMNS)} and {y} of {shapes[1]}"
    return Reading(
        gradient=terms["gradient"],
        hessian=hessian and [hessian[i : i + _COLUMNS] for i in range(0, _COLUMNS**2, _COLUMNS)],
        wrt=tuple(f"{theta}{j + 1}" for j in range(_COLUMNS)),
        loss=terms["loss"][0],
        notes=(*found.notes, f"read and checked for a data set of one size: {sizes}"),
        gradient_line=line_of(target, found.values["gradient"]),
        hessian_line=line_of(target, found.values.get("hessian")),
        loss_line=line_of(target, found.values["loss"]),
        rows=_ROWS,
        labels=(theta, y, "w"),
    )


def _check_numbers(target: Any, names: Sequence[str], reading: Reading, asked: Asked, shapes: Any) -> None:
    """`Unreadable` where the code does not compute what was read, on a few data sets."""
    chance = random.Random(0)
    ranges = _domain(asked.domain, names)
    known = parameters.numbers_of(target) if asked.parameters else {}
    fixed = {n: Fraction(str(known[n])) for n in asked.parameters}
    hessian = [t for row in reading.hessian or [] for t in row]
    for k in range(_SETS):
        values = {n: _spread(ranges, n, chance, k) for s in _symbols(names, shapes) for n in s.reshape(-1).tolist()}
        given = [np.vectorize(lambda n: float(values[n]), otypes=[float])(s)[()] for s in _symbols(names, shapes)]  # noqa: B023
        made = _called(target, given, f"{_ROWS} rows and {_COLUMNS} columns")
        for side, formulas in (("loss", [reading.loss]), ("gradient", reading.gradient), ("hessian", hessian)):
            for own, formula in zip(_flat(made, side) if formulas else [], formulas, strict=True):
                if not agree(own, formula, ranges, {**values, **fixed}):
                    raise Unreadable(f"its {side} is not the formula that was read: it gives {own:g} for numbers")


def _flat(made: Any, side: str) -> list[float]:
    return [float(x) for x in np.reshape(made[_SIDES.index(side)], -1)]


def _spread(domain: Domain, name: str, chance: Any, k: int) -> Fraction:
    """A number of its range; of a variable of which nothing is said also a negative, a whole or a larger one."""
    if not k or domain[name] != Range():
        return value_of(domain, name, chance)
    return Fraction(chance.randrange(-2, 3)) if k == 1 else Fraction(chance.randrange(-192, 192), 64)


def _called(target: Any, given: Sequence[Any], size: str) -> Any:
    """What the code gives for numbers; an error that it raises is `Unreadable`."""
    guard = UsersCode("")
    with guard, quiet():
        return target(*(np.copy(g) if np.ndim(g) else g for g in given))
    raise Unreadable(f"it does not run with {size}: it raises {guard.said}")


def _check_sizes(target: Any, names: Sequence[str], domain: Domain, shapes: Any) -> None:
    """`Unreadable` where the gradient is that of the cost for the size that was read, and not for another one."""
    if not _is_gradient(target, names, domain, shapes, (_ROWS, _COLUMNS)):
        return
    if not _is_gradient(target, names, domain, shapes, _OTHER):
        sizes = f"{_ROWS} rows and {_COLUMNS} columns, and not for {_OTHER[0]} and {_OTHER[1]}"
        raise Unreadable(f"its gradient is that of its cost for {sizes}")


def _is_gradient(target: Any, names: Sequence[str], domain: Domain, shapes: Any, size: tuple[int, int]) -> bool:
    """Does it agree with differences of the cost, in numbers?"""
    theta, table, y = _found(names)
    chance = random.Random(1)
    given: list[Any] = [float(value_of(domain, n, chance)) for n in names]
    for at, shape in ((theta, (size[1], *shapes[0][1:])), (table, size), (y, (size[0], *shapes[1][1:]))):
        given[at] = drawn(domain, names[at], shape, chance)

    def called(moved: Any, result: int) -> Any:
        every = [moved if i == theta else g for i, g in enumerate(given)]
        made = _called(target, every, f"{size[0]} rows and {size[1]} columns")
        return np.reshape(made[result], -1)

    with quiet(), np.errstate(all="ignore"):
        found = slopes(lambda moved: float(called(moved, 0)[0]), given[theta])
        return is_slope(called(given[theta].copy(), 1), np.reshape(found, -1))
