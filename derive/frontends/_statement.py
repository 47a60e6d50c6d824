"""The formulas of code beside the stated loss, in the same names: what is handed to `derive.check`."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction
from typing import Any

from derive.certificate import Unknown
from derive.claims import stated as claims_stated
from derive.claims.comparison import Comparison
from derive.claims.hessian_kinds import Kind, matrix_bound
from derive.claims.together import one_kind
from derive.domain import Domain
from derive.floating.library import meaning
from derive.frontends import Reading
from derive.prove import prove_terms
from derive.prove.ball import Evaluator
from derive.prove.point import Point
from derive.prove.signals import GaveUp, Undefined
from derive.report import ClaimVerdict, Report, Side, Source
from derive.terms.term import Term, add, free_names, mul, num, power, substitute, sym
from derive.tracing.cells import Branches
from derive.tracing.shifts import unshifted

_SHIFT = "the largest score, which is subtracted from all, is left out of the formulas: proved not to matter"


@dataclass
class Statement:
    """The formulas of the code beside the stated loss, in the same names."""

    objective: Any  # the call of `check_objective`
    reading: Reading
    notes: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.notes = [*self.objective.notes, *self.reading.notes]
        self.gradient, self.hessian = (self._tidied(_plain(f)) for f in (self.reading.gradient, self.reading.hessian))
        self.loss = self._loss()

    def keywords(self) -> dict[str, Any]:
        """The arguments of `derive.check`."""
        o, r = self.objective, self.reading
        return {
            "loss": self.loss,
            "gradient": self.gradient,
            "hessian": self.hessian,
            "wrt": list(r.wrt),
            "where": {**r.where, **(o.where or {})} or None,
            "domain": self._domain(),
            "hessian_kind": o.hessian_kind,
            **({} if o.distribution is None else {"distribution": o.distribution}),
            "convention": o.convention if o.convention is not None else r.convention,
            "reduction": None if r.rows or r.averaged else o.reduction,
        }

    def is_matrix_bound(self, diagonal: list[Term]) -> bool:
        """Is the whole Hessian of the loss nowhere above the diagonal matrix?"""
        k = self.keywords()
        rows = [[t if i == j else num(0) for j in range(len(diagonal))] for i, t in enumerate(diagonal)]
        both = (k["where"], k["domain"], k["convention"], k["reduction"])
        stated = claims_stated.read(k["loss"], None, rows, k["wrt"], *both)
        return isinstance(matrix_bound(dict(stated.hessian), Comparison(stated, time.thread_time() + 2)), Kind)

    def is_right_exchanged(self, budget: float) -> bool:
        """Is the gradient that of the loss when prediction and label change places?"""
        k, (z, y, _) = self.keywords(), self.reading.labels
        gradient = substitute(self.gradient, {z: sym(y), y: sym(z)})
        both = (k["where"], k["domain"], k["convention"], k["reduction"])
        stated = claims_stated.read(k["loss"], gradient, None, k["wrt"], *both)
        compare = Comparison(stated, time.thread_time() + budget)
        (names, claimed), true = next(iter(stated.gradient)), compare.plain("gradient", (z,))
        if true is None or names != (z,):
            return False
        return prove_terms(claimed, true, stated.domain, budget=budget).status == "proved"

    def _tidied(self, formula: Any) -> Any:
        """Without the largest score that is subtracted from all scores, where that is proved not to matter."""
        if isinstance(formula, list):
            return [self._tidied(f) for f in formula]
        out = formula if formula is None else unshifted(formula, Domain.of({}))
        if out != formula and _SHIFT not in self.notes:
            self.notes.append(_SHIFT)
        return out

    def _loss(self) -> Term | None:
        r, w = self.reading, self.reading.labels[2]
        own = self.objective.stated is None
        loss = r.loss if own else self.objective.stated
        if loss is None or own:
            return None if loss is None else self._tidied(meaning(loss))
        if r.weighted and w not in self.objective.asked.names:
            loss = mul(sym(w), loss)
            self.notes.append(f"the stated loss counts {w} times for a row: {w} is the weight of the row")
        loss = self._of_rows(loss) if r.rows else loss
        if len(r.upstream) == 1:
            loss = mul(sym(r.upstream[0]), loss)
            self.notes.append(f"{r.upstream[0]} is the upstream gradient, by which the stated loss is multiplied")
        return loss

    def _of_rows(self, loss: Term) -> Term:
        """The loss of all rows: the stated one, or the sum (the mean) of what is stated of one row."""
        r = self.reading
        if r.labels[0] not in free_names(loss):
            return loss
        rows = [substitute(loss, {n: sym(f"{n}{i + 1}") for n in r.numbered}) for i in range(r.rows)]
        if len(r.upstream) == r.rows:
            rows = [mul(sym(g), row) for g, row in zip(r.upstream, rows, strict=True)]
        mean = (self.objective.reduction or "").startswith("mean")
        return mul(power(num(r.rows), num(-1)), add(*rows)) if mean else add(*rows)

    def _domain(self) -> dict[str, Any]:
        """What was said, what goes without saying, and the same for every row."""
        r = self.reading
        said: dict[str, Any] = {**r.domain, **self.objective.asked.domain.to_json()}
        said.setdefault(r.labels[2], "positive")
        said = {**dict.fromkeys(self._used() - self._described(said), "real"), **said}
        for i in range(r.rows):
            said |= {f"{n}{i + 1}": said[n] for n in r.numbered if n in said}
        used = self._used()
        return {k: v for k, v in said.items() if {n.strip() for n in k.split(",")} & used}

    def _described(self, said: Mapping[str, Any]) -> frozenset[str]:
        return frozenset(n.strip() for names in said for n in names.split(","))

    def _used(self) -> frozenset[str]:
        r = self.reading
        named = {**r.where, **(self.objective.where or {})}
        terms = [*_flat(self.gradient), *_flat(self.hessian), *([] if self.loss is None else [self.loss])]
        terms += [self.objective._read(f) for f in named.values()]
        return frozenset().union(*map(free_names, terms)) - named.keys()


def titled(report: Report, titles: Mapping[str, str]) -> Report:
    """With other names for the entries of a side."""
    sides = {
        claim.side: replace(claim, components=tuple(replace(c, name=titles[claim.side]) for c in claim.components))
        for claim in report.claims
        if claim.side in titles
    }
    return replace(
        report, gradient=sides.get("gradient", report.gradient), hessian=sides.get("hessian", report.hessian)
    )


def undecided(report: Report, own: Report, says: str) -> Report:
    """Without the refutations of sides that are not refuted for the numbers of the code."""

    def claim(side: Side) -> ClaimVerdict | None:
        found: ClaimVerdict | None = getattr(report, side)
        stands: ClaimVerdict | None = getattr(own, side)
        if found is None or found.status != "refuted" or stands is None or stands.status == "refuted":
            return found
        verdict = Unknown(says)
        parts = (
            replace(c, verdict=verdict, kind="unknown", says=says, diagnosis=(), kinks=()) for c in found.components
        )
        return replace(found, components=tuple(parts), kind="unknown", says=says, diagnosis=())

    return replace(report, gradient=claim("gradient"), hessian=claim("hessian"))


def together(reports: Sequence[Report]) -> Report:
    """One report on several statements of one object: all entries of all of them."""
    first = reports[0]
    if len(reports) == 1:
        return first
    sides = {
        side: _joined([c for r in reports for c in r.claims if c.side == side]) for side in ("gradient", "hessian")
    }
    return replace(
        first,
        loss=None,
        wrt=tuple(dict.fromkeys(v for r in reports for v in r.wrt)),
        domain={k: v for r in reports for k, v in r.domain.items()},
        gradient=sides["gradient"],
        hessian=sides["hessian"],
        hessian_kind=sides["hessian"].kind if sides["hessian"] is not None else "",
        findings=tuple(f for r in reports for f in r.findings),
        notes=tuple(dict.fromkeys(n for r in reports for n in r.notes)),
    )


def _joined(claims: Sequence[ClaimVerdict]) -> ClaimVerdict | None:
    if not claims:
        return None
    components = tuple(c for claim in claims for c in claim.components)
    kind, says = one_kind(components)
    diagnosis = tuple(dict.fromkeys(d for c in components for d in c.diagnosis))
    accepted = all(c.accepted for c in claims)
    return replace(claims[0], components=components, kind=kind, says=says, diagnosis=diagnosis, accepted=accepted)


def wrong_lines(source: Source, reading: Reading, report: Report) -> Source:
    """The lines on which wrong formulas were made: of code that branches, those of the branch of the witness."""
    for claim in report.claims:
        for i, component in enumerate(claim.components):
            found = reading.branches.get((claim.side, i), ())
            witness = getattr(component.verdict, "witness", None)
            line = None if witness is None else _line_at(found, dict(witness.point), report.domain)
            if line is not None:
                gradient = claim.side == "gradient"
                source = replace(source, gradient_line=line) if gradient else replace(source, hessian_line=line)
                break
    return source


def _line_at(branches: Branches, point: Mapping[str, str], domain: Mapping[str, str]) -> int | None:
    here = Point({n: Fraction(v) for n, v in point.items()}, Domain.of(domain))
    for condition, line in branches:
        try:
            if Evaluator(here).holds(condition):
                return line
        except (GaveUp, Undefined, KeyError, ZeroDivisionError):
            continue
    return None


def is_diagonal(hessian: Any) -> bool:
    """Several scores, and for each one entry of the diagonal?"""
    return isinstance(hessian, list) and len(hessian) > 1 and isinstance(hessian[0], Term)


def _plain(formula: Any) -> Any:
    """The formulas without the heads of library functions."""
    return [_plain(f) for f in formula] if isinstance(formula, list) else None if formula is None else meaning(formula)


def _flat(formula: Any) -> list[Term]:
    if formula is None:
        return []
    return [t for f in formula for t in _flat(f)] if isinstance(formula, list) else [formula]
