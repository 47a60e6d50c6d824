"""Prove or refute the loss, gradient and Hessian that somebody else wrote, and say what is wrong."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from derive.claims.arguments import look
from derive.claims.examination import Examination
from derive.claims.hessian_kinds import KINDS
from derive.claims.stated import free_all, read
from derive.domain import Range
from derive.errors import DeriveError
from derive.floating import DTYPES, TYPES
from derive.floating.claims import of_claims
from derive.report import Report
from derive.terms.calls import no_constants


def check(
    loss: Any = None,
    gradient: Any = None,
    hessian: Any = None,
    wrt: str | Sequence[str] | None = None,
    *,
    where: Mapping[str, Any] | None = None,
    domain: Mapping[str, str | Range] | None = None,
    hessian_kind: str | None = None,
    distribution: Mapping[str, str] | str | None = None,
    convention: str | Sequence[int] = "loss",
    reduction: str | None = None,
    dtypes: str | Sequence[str] = DTYPES,
    strict_floating_point: bool = False,
    budget: float = 10.0,
) -> Report:
    """Is the claimed gradient (Hessian) the derivative of the loss? Proved, or refuted with a point and a reason.

    loss, gradient, hessian: text in the grammar of `derive.terms.text`, or SymPy expressions; with several variables in
    `wrt` the gradient is a list, and the Hessian a list (its diagonal) or a list of rows. `where` names formulas that
    are used in the others. `domain` maps a variable to `"real"`, `"positive"`, `"[0, 1]"`, `"{0, 1}"` …, and several
    (`"y1, y2, y3"`) to `"one-hot"` or `"simplex"`. `hessian_kind` says what the Hessian is meant to be when it is not
    the exact one: "majorizer", "fisher", "gauss-newton", "scaled", "constant", "clipped", "secant". `distribution` is
    that of the data, for an expected Hessian: `"y ~ poisson(exp(z))"`, or a mapping of names; the families are in
    `derive.claims.families`. `convention` says which derivatives are wanted: "loss", "catboost" (of minus the loss),
    "glum" …, or a pair of signs. `reduction` is "sum", or "mean" for 1/m ("mean:n" for 1/n) times the stated loss.
    Without a loss the Hessian is compared with the gradient, and a gradient in several variables is asked whether it is
    one. `dtypes` are the types (float64, float32, and float16 only if asked for) in which all formulas, as they are
    written, are compared with their true values; what is found there changes no verdict, but with
    `strict_floating_point` a serious finding is not `ok`. `budget` (in seconds) is for the verdicts.

    A `DeriveError` says which claim cannot be read, and where.

    >>> report = check(loss="-(y*log(p) + (1 - y)*log(1 - p))", where={"p": "sigmoid(z)"}, wrt="z",
    ...                gradient="y - sigmoid(z)", hessian="p*(1 - p)", domain={"y": "[0, 1]"})
    >>> report.gradient.status, report.gradient.diagnosis[0].kind, report.hessian.status
    ('refuted', 'sign', 'proved')
    """
    look(gradient=gradient, hessian=hessian, wrt=wrt, where=where, domain=domain, hessian_kind=hessian_kind)
    look(distribution=distribution, convention=convention, reduction=reduction, dtypes=dtypes, budget=budget)
    dtypes = [dtypes] if isinstance(dtypes, str) else dtypes
    if unknown := [d for d in dtypes if d not in TYPES]:
        raise DeriveError(f"dtypes: {unknown[0]!r:.60} is not one of {', '.join(TYPES)}")
    if hessian_kind is not None and hessian_kind not in KINDS:
        raise DeriveError(f"hessian_kind: {hessian_kind[:60]!r} is not one of {', '.join(KINDS)}")
    stated = read(loss, gradient, hessian, wrt, where, domain, convention, reduction, distribution)
    described = {n.strip() for names in domain or {} for n in names.split(",")}
    no_constants("where", where or {})
    no_constants("domain", described - free_all(stated))
    report = Examination(stated, hessian_kind, time.thread_time() + budget, patience=max(1.0, budget / 10)).report()
    formulas = {"loss": loss, "gradient": gradient, "hessian": hessian}
    found, notes = of_claims(formulas, where or {}, stated.domain, dtypes) if dtypes else ((), ())
    notes = (*report.notes, *notes)
    return replace(report, findings=found, notes=notes, strict_floating_point=strict_floating_point)
