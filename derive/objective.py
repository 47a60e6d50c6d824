"""Objectives as written: the user's own Python function is read, and its formulas are proved or refuted."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from derive import frontends
from derive.check import check
from derive.claims.stated import _read_one as read_formula
from derive.decorator import ATTRIBUTE, claim
from derive.domain import Domain, Range
from derive.errors import DeriveError
from derive.frontends import Asked, Frontend, Reading
from derive.frontends._signatures import arguments_with_defaults
from derive.frontends._statement import Statement, is_diagonal, titled, together, undecided, wrong_lines
from derive.report import Report, Source
from derive.terms.calls import CONSTANTS, no_constants
from derive.terms.term import Term, free_names, num, substitute, walk
from derive.tracing import parameters as code_parameters
from derive.tracing import sources
from derive.tracing.constants import read as constant
from derive.tracing.unreadable import Unreadable

_VALUES = {"pi": math.pi, "E": math.e}


def check_objective(fn: Any, loss: Any = None, **said: Any) -> Report:
    """Is what the code of `fn` computes the gradient and the Hessian of the loss?

    fn: a function, a class or an object in the form that its library wants; `library` names that where it is not clear:
    "xgboost", "lightgbm" (native, and of their estimators), "catboost", "sklearn", "torch", "jax", "ngboost", "glm",
    "scipy", "numpy". It is called with stand-ins for a few rows, and the formulas that come out are checked as by
    `derive.check`; its real values are compared with the true ones in floating point. Code that cannot be read so is
    called with numbers: if they agree with the loss, the answer is "unknown", never "proved".

    loss: the loss of one row in z (the raw score), y (the label) and, if it is not just a factor, w (the weight), or in
    the names of the code's own arguments; of several `classes` in z1, z2 … and y, or indicators y1, y2 …; of several
    targets in z1, z2 … and y1, y2 … Without one, the loss of the object is taken, or else the Hessian is compared with
    the gradient. `parameters` names numbers of the code (of a closure, a global, a default, an attribute) that are to
    be symbols; those that the loss mentions are symbols without being asked for. wrt, domain, where, hessian_kind,
    distribution, convention, reduction, dtypes, strict_floating_point, budget: as in `derive.check`.

    Raises `DeriveError` for what is no objective, or where it is not clear of which library.

    >>> import numpy as np
    >>> def logistic(y_true, y_pred):
    ...     p = 1/(1 + np.exp(-y_pred))
    ...     return p - y_true, 2*p*(1 - p)
    >>> report = check_objective(logistic, "log(1 + exp(z)) - y*z", domain={"y": "{0, 1}"})
    >>> report.gradient.status, report.hessian.kind
    ('proved', 'scaled')
    """
    known = {**getattr(fn, ATTRIBUTE, {}), **said, **({} if loss is None else {"loss": loss})}
    try:
        asked = Objective(fn, **known)
    except TypeError as why:
        raise DeriveError(f"check_objective: {str(why).rpartition('__init__() ')[2]}") from None
    return asked.report()


@dataclass
class Objective:
    """One call of `check_objective`."""

    fn: Any
    loss: Any = None
    library: str | None = None
    wrt: str | Sequence[str] | None = None
    domain: Mapping[str, str | Range] | None = None
    where: Mapping[str, Any] | None = None
    hessian_kind: str | None = None
    distribution: Mapping[str, str] | str | None = None
    convention: str | Sequence[int] | None = None
    parameters: Sequence[str] = ()
    classes: int | None = None
    reduction: str | None = None
    dtypes: Sequence[str] | None = None
    strict_floating_point: bool = False
    budget: float = 10.0
    notes: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        if not callable(self.fn) and not any(hasattr(self.fn, name) for name in frontends.METHODS):
            wanted = ", ".join(frontends.METHODS[:8])
            raise DeriveError(f"{self.fn!r:.80} is no objective: no function, and no object with a method {wanted} …")
        self.library = self.library or frontends.recognise(self.fn)
        self.stated = None if self.loss is None else self._read(self.loss)
        self.asked = self._asked()

    @property
    def frontend(self) -> Frontend:
        """The frontend of the library."""
        return frontends.frontend_for(self.fn, str(self.library))

    def report(self) -> Report:
        """Read and checked; or probed, where it cannot be read, or computes something else than was read."""
        try:
            reading = self.frontend.read(self.fn, self.asked)
            return self._as_it_stands(together([self.checked(r) for r in (reading, *reading.others)]))
        except Unreadable as why:
            from derive.probing.probe import probed

            try:
                return probed(self, why)
            except Unreadable as also:
                if also.reason.startswith(why.reason):
                    raise
                raise Unreadable(f"{why}; nor does it run with numbers: {also}") from None

    def checked(self, reading: Reading) -> Report:
        """The formulas, checked as by `derive.check`."""
        from derive.probing.floats import of_code

        stated = Statement(self, reading)
        report = check(**stated.keywords(), dtypes=(), budget=self.budget)
        report = self._bounded(stated, report) or report
        report = titled(report, reading.titles)
        report = replace(report, notes=(*report.notes, *self._exchanged(report, stated), *stated.notes))
        self.check_numbers(reading, report)
        found, notes = of_code(self, reading, report.domain)
        return replace(
            report,
            findings=tuple(replace(f, formula=reading.titles.get(f.formula, f.formula)) for f in found),
            notes=tuple(dict.fromkeys((*report.notes, *notes))),
            strict_floating_point=self.strict_floating_point,
            source=wrong_lines(self.source(reading), reading, report),
        )

    def check_numbers(self, reading: Reading, report: Report) -> None:
        """`Unreadable` where the code does not compute the formulas that were read."""
        from derive.probing.reality import differs

        scores = len(reading.wrt) if self.library not in ("torch", "jax") and not reading.rows else 1  # not inputs
        classes = self.asked.classes or (scores if scores > 1 else None)
        self.asked = replace(
            self.asked,
            layout=reading.layout,
            averaged=reading.averaged,
            classes=classes,
            targets=bool(reading.targets),
            arrays=reading.arrays,
            part=reading.part,
        )
        if wrong := differs(self, reading, report):
            raise Unreadable(wrong)

    def source(self, reading: Reading | None = None, reason: Unreadable | None = None) -> Source:
        """Where the code stands."""
        return Source(
            file=sources.file_of(self.fn),
            line=sources.line_of(self.fn),
            name=getattr(self.fn, "__name__", type(self.fn).__name__),
            library=str(self.library),
            how="probed" if reading is None else "read",
            reason=str(reason) if reason is not None else "",
            gradient_line=reading.gradient_line if reading is not None else 0,
            hessian_line=reading.hessian_line if reading is not None else 0,
            loss_line=reading.loss_line if reading is not None else 0,
        )

    def _bounded(self, stated: Statement, found: Report) -> Report | None:
        """The diagonal that boosting takes for the Hessian of several scores, where it is a bound and not exact.

        Not of rows that depend on each other, of whose entries that is asked anyway.
        """
        diagonal, right = stated.hessian, found.gradient is None or found.gradient.status == "proved"
        if self.hessian_kind is not None or not is_diagonal(diagonal) or stated.loss is None or not right:
            return None
        if found.hessian is None or found.hessian.status == "proved" or stated.reading.rows:
            return None
        alone = {**stated.keywords(), "gradient": None, "hessian_kind": "majorizer"}
        report = replace(check(**alone, dtypes=(), budget=self.budget / 2), gradient=found.gradient)
        claim = report.hessian
        if claim is None or not claim.accepted:
            return None
        says = "nowhere below the exact diagonal: a majorizer of each entry"
        if stated.is_matrix_bound(diagonal):
            says = "as a diagonal matrix nowhere below the whole Hessian: a majorizer"
        parts = tuple(replace(c, kind="majorizer", says=says) for c in claim.components)
        claim = replace(claim, kind="majorizer", says=says, components=parts, accepted=False)
        return replace(report, hessian=claim, hessian_kind="majorizer")

    def _as_it_stands(self, report: Report) -> Report:
        """A refutation for other values of a parameter than the code's: other numbers of the code may depend on it."""
        given = arguments_with_defaults(self.fn)
        names = [n for n in self.asked.parameters if n not in {*self.parameters, *given}]
        numbers = code_parameters.numbers_of(self.fn) if names else {}
        others = sorted(numbers.keys() - {*self.asked.parameters, *given})
        if report.status != "refuted" or self.stated is None or not names or not others or self.where:
            return report
        values = {n: constant(numbers[n]) for n in names}
        own = replace(self, loss=substitute(self.stated, values), notes=[]).report()
        at = ", ".join(f"{n} = {numbers[n]:g}" for n in names)
        return undecided(
            report,
            own,
            f"right for {at}, as in the code, and not for every {', '.join(names)}: {', '.join(others[:3])} may depend "
            "on it; state the loss with numbers, or compute in the code what depends on it",
        )

    def _exchanged(self, report: Report, stated: Statement) -> list[str]:
        """Is a wrong claim right when prediction and label change places? Then the arguments are in the wrong order."""
        z, y, _ = stated.reading.labels
        wrong = report.gradient is not None and report.gradient.status == "refuted"
        if not wrong or stated.reading.rows or stated.reading.wrt != (z,) or stated.loss is None:
            return []
        if y not in free_names(stated.loss) or not stated.is_right_exchanged(self.budget / 4):
            return []
        return [f"with its two arguments exchanged the gradient is right: {self.library} calls it in the other order"]

    # -- what was said

    def _read(self, loss: Any) -> Term:
        try:
            return read_formula(loss)
        except DeriveError as error:
            raise type(error)(f"loss: {error}") from None

    def _asked(self) -> Asked:
        names = free_names(self.stated) if self.stated is not None else frozenset()
        for formula in (self.where or {}).values():
            names |= free_names(self._read(formula))
        wrt = (self.wrt,) if isinstance(self.wrt, str) else tuple(self.wrt or ())
        domain = Domain.of(dict(self.domain or {}))
        numbers = code_parameters.numbers_of(self.fn) if names or self.parameters else {}
        no_constants("parameters", (*self.parameters, *self._taken_for_constants(numbers)))
        reserved = {"z", "y", "w", *wrt, *(self.where or {})}
        mentioned = sorted((names & numbers.keys()) - reserved - set(self.parameters))
        symbols = (*self.parameters, *mentioned)
        for name in symbols:
            if numbers.get(name, 0) > 0 and name not in domain.ranges:
                domain = domain.with_(name, Range(lower=num(0).value))
                self.notes.append(f"{name} is taken to be positive, as {numbers[name]} is")
        return Asked(wrt, domain, names, symbols, self.classes)

    def _taken_for_constants(self, numbers: Mapping[str, float]) -> list[str]:
        """Parameters of the code that have the name of a constant of the stated loss, and another value."""
        used = set() if self.stated is None else set(walk(self.stated))
        return [n for n, value in _VALUES.items() if CONSTANTS[n] in used and numbers.get(n, value) != value]


__all__ = ["ATTRIBUTE", "Objective", "Statement", "check_objective", "claim"]
