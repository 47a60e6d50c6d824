"""What the real code does in floating point, in the types of its library, beside the true values of its formulas."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any, Protocol

import numpy as np

from derive.domain import Domain
from derive.errors import DeriveError
from derive.floating import Finding, findings
from derive.floating.claims import of_claims
from derive.frontends import Asked, Frontend, Numbers, Reading
from derive.terms.calls import CONSTANTS, NOT_REAL
from derive.terms.term import Term, free_names, num, substitute
from derive.terms.tokens import is_plain_name
from derive.tracing import parameters
from derive.tracing.calling import UsersCode
from derive.tracing.constants import read as read_constant
from derive.tracing.unreadable import Unreadable

#: the types in which the libraries hand over raw scores
DTYPES = {"xgboost": ("float32",), "lightgbm": ("float64",), "catboost": ("float64",), "torch": ("float32",)}
_BUDGET = 1.0
_TOTAL = 5.0


class Called(Protocol):
    """What is needed of a call of `check_objective`."""

    fn: Any
    library: str | None
    asked: Asked
    dtypes: Sequence[str] | None
    stated: Term | None

    @property
    def frontend(self) -> Frontend: ...


def of_code(o: Called, reading: Reading, domain: Mapping[str, str]) -> tuple[tuple[Finding, ...], tuple[str, ...]]:
    """The findings, and notes on what was not looked at."""
    dtypes = DTYPES.get(str(o.library), ("float64", "float32")) if o.dtypes is None else tuple(o.dtypes)
    if not dtypes:
        return (), ()
    known = Domain.of(domain)
    values = None if reading.rows else code_values(o, reading)
    if values is None:
        formulas = {"gradient": reading.gradient, "hessian": reading.hessian}
        return of_claims({k: f for k, f in formulas.items() if f is not None}, {}, known, dtypes)
    found: list[Finding] = []
    notes: list[str] = []
    end = time.monotonic() + _TOTAL
    for name, side, index, term in parts(reading):
        if time.monotonic() > end:
            notes.append(f"{name}: not called in floating point: the time is over")
            continue
        part = _Part(o, reading, side, index, known)
        try:
            own = findings(substitute(term, values), known, dtypes=dtypes, budget=_BUDGET, code=part)
        except DeriveError as why:
            notes.append(f"{name}: not called in floating point: {why}")
            continue
        found += [replace(f, formula=name) for f in own]
    return tuple(found), tuple(notes)


def code_values(o: Called, reading: Reading) -> dict[str, Term] | None:
    """The values of the parameters that were symbols; None if a value is missing."""
    own = {*reading.wrt, *reading.numbered, *reading.targets, *reading.upstream}
    own |= {f"{n}{i + 1}" for n in reading.numbered for i in range(reading.rows)}
    used = frozenset().union(*(free_names(t) for _, _, _, t in parts(reading))) - own
    known = parameters.numbers_of(o.fn) if used else {}
    if not used <= known.keys():
        return None
    ones = dict.fromkeys(reading.upstream, num(1))
    return ones | {n: num(v) if isinstance(v := known[n], int) else read_constant(v) for n in used}


def parts(reading: Reading) -> Iterator[tuple[str, str, tuple[int, ...], Term]]:
    """Each formula: its name, whether it is of the gradient or the Hessian, its component, and the term."""
    for side in ("gradient", "hessian"):
        formula = getattr(reading, side)
        if isinstance(formula, Term):
            yield side, side, (), formula
        for i, part in enumerate(formula if isinstance(formula, list) else ()):
            if isinstance(part, Term):
                yield f"{side}, component {i + 1}", side, (i,), part


def real(frontend: Frontend, fn: Any, asked: Asked, columns: Mapping[str, Any]) -> Numbers:
    """The numbers of the real code; an error that it raises is `Unreadable`."""
    guard = UsersCode("")
    with guard, parameters.as_symbols(fn, asked.arrays, lambda name: columns[asked.arrays[name]]):
        return frontend.numbers(fn, asked, columns)
    raise Unreadable(f"it raises {guard.said}")


def variable_for(fn: Any) -> str:
    """The name of the code, as that of the variable that stands for it where it is not read."""
    name = str(getattr(fn, "__name__", type(fn).__name__))
    return name if is_plain_name(name) and name not in CONSTANTS and name not in NOT_REAL else "code"


class _Part:
    """One formula of the real code, as a function of columns."""

    def __init__(self, o: Called, reading: Reading, side: str, index: tuple[int, ...], domain: Domain) -> None:
        self.o, self.reading, self.side, self.index, self.domain = o, reading, side, index, domain

    def __call__(self, columns: Mapping[str, Any]) -> Any:
        first = next(iter(columns.values()))
        wanted = {n: columns.get(n, np.full(len(first), _usual(self.domain, n), first.dtype)) for n in self.names()}
        found = getattr(real(self.o.frontend, self.o.fn, self.o.asked, wanted), self.side)
        with np.errstate(over="ignore"):  # code that gives float64 whatever it is given: infinite in the type asked for
            return np.asarray(found[..., self.index[0]] if self.index else found, first.dtype)

    def names(self) -> tuple[str, ...]:
        """The columns that the code is given."""
        return (*self.reading.wrt, *self.reading.of_labels)


def _usual(domain: Domain, name: str) -> float:
    """A value for a variable that the formula does not have."""
    r = domain[name]
    if r.values is not None:
        return float(r.values[-1])
    return 1.0
