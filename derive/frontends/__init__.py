"""One file for each library: which objects are its objectives, how they are called, what they give, what it wants.

A frontend is a module of this folder that has (`Frontend` below is its type)

    LIBRARY: str                                   the name, as in `library=`
    def recognises(target) -> bool                 by signature and names, without a call; imports nothing
    def read(target, asked: Asked) -> Reading      its formulas; `Unreadable` says what cannot be read
    def numbers(target, asked, columns) -> Numbers the same from a call with real arrays, for the probe and for findings

Foreign libraries are imported inside of these functions only.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from importlib import import_module
from typing import Any, NamedTuple, Protocol, cast

from derive.domain import Domain
from derive.errors import DeriveError
from derive.terms.term import Term

#: in the order in which they are asked; the last ones take what nothing else knows
LIBRARIES = ("catboost", "jax", "torch", "ngboost", "glm", "sklearn", "lightgbm", "xgboost", "scipy", "numpy")


#: of objects that are not called themselves
METHODS: tuple[str, ...] = (
    "calc_ders_range",
    "calc_ders_multi",
    "gradient",
    "gradient_hessian",
    "gradient_proba",
    "loss_gradient",
)
METHODS += ("dloss", "py_dloss", "psi", "negative_gradient", "deriv")
METHODS += ("d_score", "inverse", "linkinv", "inverse_link", "inv_link", "deviance", "unit_deviance", "_resid_dev")
METHODS += ("grad_hess", "gradhess", "gradient_and_hessian", "gradients", "grad")


@dataclass(frozen=True, slots=True)
class Asked:
    """What the caller of `check_objective` says.

    wrt: the names of the raw predictions, one (`("z",)`), or one for each class; () if nothing was said.
    domain: ranges of the variables, as they were said. names: the free names of the stated loss. parameters: names of
    the code's parameters that are to be symbols. classes: of a multiclass objective; None where there is one score.
    layout: how the scores of several classes are handed over. averaged: is the loss of the code a mean over rows? None
    if nobody knows. targets: has a row a label for each score (y1, y2 …)? None if nobody knows.
    arrays: arrays of the code that have a number for each row, and their symbols. part: of an object with
    several statements, the one whose numbers are asked for.
    """

    wrt: tuple[str, ...] = ()
    domain: Domain = field(default_factory=lambda: Domain.of({}))
    names: frozenset[str] = frozenset()
    parameters: tuple[str, ...] = ()
    classes: int | None = None
    layout: str = "rows of scores"
    averaged: bool | None = None
    targets: bool | None = None
    arrays: Mapping[str, str] = field(default_factory=dict)
    part: str = ""


@dataclass(frozen=True, slots=True)
class Reading:
    """What was read of an objective: formulas as `derive.check` takes them.

    gradient, hessian: a term; with several variables a list, and for a full Hessian a list of rows; None if it gives
    none. loss: the code's own, if it has one. convention: "loss", "catboost" … (see `derive.claims.conventions`).
    domain: ranges that go without saying; what the caller says goes first. where: what names in the stated loss stand
    for (one-hot labels, say). Lines count from 1, 0 is unknown. rows: 0 if every row is the same formula of its own
    row; else the formulas are of so many rows together, and their variables are numbered: z1, y1, w1, z2 … weighted:
    does the code multiply by the weight `w`? labels: the names of prediction, label and weight, without numbers.
    branches: for a side and a component, the lines of code that branches, each with the condition under which it is
    run. layout: how the scores of several classes were handed over. averaged: formulas of a row, of a mean over rows.
    upstream: the symbols of the upstream gradient of a backward function: one for the value, or one for each row.
    targets: the names of the labels of a row, where it has one for each score. arrays: as in `Asked`.
    others: further statements of the same object, each to be checked on its own; part: which one this is, for `Asked`;
    titles: what the entries of a side are called in the report.
    """

    gradient: Any
    hessian: Any
    wrt: tuple[str, ...]
    loss: Term | None = None
    convention: str = "loss"
    domain: Mapping[str, str] = field(default_factory=dict)
    where: Mapping[str, Term] = field(default_factory=dict)
    notes: tuple[str, ...] = ()
    gradient_line: int = 0
    hessian_line: int = 0
    loss_line: int = 0
    rows: int = 0
    weighted: bool = False
    labels: tuple[str, str, str] = ("z", "y", "w")
    branches: Mapping[tuple[str, int], tuple[tuple[Term, int], ...]] = field(default_factory=dict)
    layout: str = "rows of scores"
    averaged: bool = False
    upstream: tuple[str, ...] = ()
    targets: tuple[str, ...] = ()
    arrays: Mapping[str, str] = field(default_factory=dict)
    part: str = ""
    titles: Mapping[str, str] = field(default_factory=dict)
    others: tuple[Reading, ...] = ()

    @property
    def numbered(self) -> tuple[str, ...]:
        """The names to which the number of a row is added, where the formulas are of several rows."""
        return (*self.labels, *self.arrays.values())

    @property
    def of_labels(self) -> tuple[str, ...]:
        """The names of the columns of labels and of arrays of the code, and of weights at the end."""
        return tuple(dict.fromkeys((*(self.targets or self.labels[1:2]), *self.arrays.values(), self.labels[2])))

    @property
    def elementwise(self) -> bool:
        """Is every row the same formula of its own row?"""
        return self.rows == 0


class Numbers(NamedTuple):
    """What the real code gives for real rows: arrays of shape (rows,), or (rows, classes); None where it gives none.

    loss: as the code has it, of each row or of all rows together.
    """

    gradient: Any
    hessian: Any
    loss: Any = None


class Frontend(Protocol):
    """A module of this folder."""

    LIBRARY: str

    def recognises(self, target: Any) -> bool:
        """Is this one of its objectives, by signature and names?"""

    def read(self, target: Any, asked: Asked) -> Reading:
        """Its formulas. Raises `Unreadable`."""

    def numbers(self, target: Any, asked: Asked, columns: Mapping[str, Any]) -> Numbers:
        """Call it with arrays: `columns` maps `z` (or z1, z2 …), `y`, `w` and parameters to values of equal length."""


#: of libraries that never call a plain function: what they need
_OF_CLASSES = {
    "glm": "the methods of a link or of a family",
    "ngboost": "a class with d_score",
    "sklearn": "an object with a method for the gradient",
}


def frontend(library: str) -> Frontend:
    """The frontend of a library; `DeriveError` for an unknown one."""
    if library not in LIBRARIES:
        raise DeriveError(f"library: {library[:40]!r} is not one of {', '.join(sorted(LIBRARIES))}")
    return cast("Frontend", import_module(f"derive.frontends.{library}"))


def frontend_for(target: Any, library: str) -> Frontend:
    """The frontend of a library, for this target; `DeriveError` for a target that the library would never call."""
    found = frontend(library)
    if library in _OF_CLASSES and not found.recognises(target):
        name = getattr(target, "__name__", type(target).__name__)
        raise DeriveError(f"library: {library} needs {_OF_CLASSES[library]}, and {name} is none; leave library out")
    return found


def recognise(target: Any) -> str:
    """The library that an objective is written for; `DeriveError` says how to tell where that is not clear."""
    for library in LIBRARIES:
        if frontend(library).recognises(target):
            return library
    raise DeriveError(
        f"{getattr(target, '__name__', type(target).__name__)}: it is not clear which library this is for; "
        f"say library={' or '.join(map(repr, LIBRARIES))}"
    )
