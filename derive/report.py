"""What was found out about formulas that somebody else wrote, as plain frozen records.

A claim is a gradient or a Hessian that somebody states of a loss. Everything that is printed is in here.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias

from derive.certificate import Condition, Status, Unknown, Verdict, Witness
from derive.errors import RefutedError, UnknownError
from derive.finding import Finding
from derive.terms.term import Term

Side: TypeAlias = Literal["gradient", "hessian"]
#: what a formula turned out to be that is not the derivative, but is written on purpose
DELIBERATE = frozenset({"scaled", "constant", "majorizer", "fisher", "gauss-newton", "clipped", "secant", "taylor"})
DELIBERATE |= {"finite-difference"}
#: how the reason begins where code could not be read, and its numbers agree
NUMERIC_AGREEMENT = "numeric agreement"


@dataclass(frozen=True, slots=True)
class Formula:
    """A formula to paste: as text that `derive` reads, as NumPy code and as LaTeX."""

    text: str
    numpy: str
    latex: str
    term: Term


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """What is wrong, proved: `kind` names it, `says` tells it, `left` = `right` is the equality that was proved.

    `fix` is the formula as it should have been written, where one change of the claimed one (or of the loss) is right.
    """

    kind: str
    says: str
    left: Term
    right: Term
    fix: Formula | None = None


@dataclass(frozen=True, slots=True)
class Kink:
    """A place where the loss has no derivative: the one-sided ones there, and what is claimed.

    `status` is "proved" when the claimed value is one of the subgradients, "refuted" when it is outside.
    """

    where: str
    left: Term
    right: Term
    claimed: Term
    status: Status
    says: str


@dataclass(frozen=True, slots=True)
class Component:
    """One entry of a claim: what is claimed, whether it is right, and what it is if it is not.

    `conditions` and `notes` are those of the proof that it is of its kind; the verdict, on the exact one, has its own.
    """

    name: str
    variables: tuple[str, ...]
    claimed: Term
    verdict: Verdict
    kind: str
    says: str = ""
    diagnosis: tuple[Diagnosis, ...] = ()
    kinks: tuple[Kink, ...] = ()
    right: Formula | None = None
    conditions: tuple[Condition, ...] = ()
    notes: tuple[str, ...] = ()

    @property
    def all_conditions(self) -> tuple[Condition, ...]:
        """Where the formulas are defined, by all proofs."""
        return tuple(dict.fromkeys((*getattr(self.verdict, "conditions", ()), *self.conditions)))

    @property
    def all_notes(self) -> tuple[str, ...]:
        """What else the proofs used."""
        return tuple(dict.fromkeys((*self.verdict.notes, *self.notes)))

    @property
    def status(self) -> Status:
        """Refuted too where the value at a kink is no subgradient, or a kind was claimed and it is another one.

        An entry that is of the kind that was claimed is proved, also where others are not.
        """
        return "refuted" if self.kind == "wrong" else "proved" if self.kind == "accepted" else self.verdict.status


@dataclass(frozen=True, slots=True)
class ClaimVerdict:
    """The answer for a whole gradient or Hessian: all its entries, and what they are together.

    `of` says what it was compared with: "loss", or "gradient" when no loss was stated.
    """

    side: Side
    of: str
    components: tuple[Component, ...]
    kind: str
    says: str = ""
    diagnosis: tuple[Diagnosis, ...] = ()
    accepted: bool = False

    @property
    def status(self) -> Status:
        """Refuted if an entry is, unknown if one is, else proved; a kind that was claimed and proved is proved."""
        found = [c.status for c in self.components]
        if self.accepted:
            return "proved"
        return "refuted" if "refuted" in found else "proved" if found and set(found) == {"proved"} else "unknown"

    @property
    def witness(self) -> Witness | None:
        """A point at which an entry differs from what it should be: left the right value, right the claimed one."""
        return next((w for c in self.components if (w := getattr(c.verdict, "witness", None))), None)

    @property
    def reason(self) -> str:
        """Why the claim is not decided; empty where it is."""
        return next((c.verdict.reason for c in self.components if isinstance(c.verdict, Unknown)), "")

    @property
    def conditions(self) -> tuple[Condition, ...]:
        """Where the formulas are defined: the side conditions of the proofs."""
        return tuple(dict.fromkeys(x for c in self.components for x in c.all_conditions))

    @property
    def notes(self) -> tuple[str, ...]:
        """What else the proofs used, and where a side is undefined."""
        return tuple(dict.fromkeys(n for c in self.components for n in c.all_notes))

    @property
    def kinks(self) -> tuple[Kink, ...]:
        """The kinks of all entries."""
        return tuple(k for c in self.components for k in c.kinks)


@dataclass(frozen=True, slots=True)
class Source:
    """Where a claim stands that was made by code or in a file: lines count from 1, and are 0 where nothing is there.

    `how` says what was done with code: "read" (its formulas were read, so a verdict is a proof), "probed" (it could not
    be read, because of `reason`, and its numbers were compared: no proof), or "" for formulas. `library` is the
    interface that an objective was written for.
    """

    file: str
    line: int
    name: str = ""
    library: str = ""
    how: Literal["", "read", "probed"] = ""
    reason: str = ""
    gradient_line: int = 0
    hessian_line: int = 0
    loss_line: int = 0


@dataclass(frozen=True, slots=True)
class Report:
    """The answer to `derive.check`.

    `convention` names the convention in which all claimed derivatives are right, where it is not the stated one.
    `symmetric` says of a gradient in several variables whether it is the gradient of anything. `findings` are what the
    formulas do in floating point: they change no verdict, but with `strict_floating_point` a serious one is not `ok`.
    """

    loss: Term | None
    wrt: tuple[str, ...]
    domain: dict[str, str]
    gradient: ClaimVerdict | None
    hessian: ClaimVerdict | None
    hessian_kind: str = ""
    convention: str = ""
    symmetric: ClaimVerdict | None = None
    findings: tuple[Finding, ...] = ()
    notes: tuple[str, ...] = ()
    strict_floating_point: bool = False
    source: Source | None = None

    @property
    def claims(self) -> tuple[ClaimVerdict, ...]:
        """The claims that were made."""
        return tuple(c for c in (self.gradient, self.hessian) if c is not None)

    @property
    def status(self) -> Status:
        """Refuted if a claim is, unknown if one is undecided (or there is none), else proved."""
        found = {c.status for c in self.claims}
        found |= {"refuted"} if self.symmetric and self.symmetric.status == "refuted" else set()
        return "refuted" if "refuted" in found else "proved" if found == {"proved"} else "unknown"

    @property
    def ok(self) -> bool:
        """Is everything that was claimed proved (and, where that was asked for, fit for floating point)?"""
        return self.status == "proved" and not (self.strict_floating_point and self.serious)

    @property
    def serious(self) -> tuple[Finding, ...]:
        """The findings that make a value useless."""
        return tuple(f for f in self.findings if f.serious)

    @property
    def answer(self) -> str:
        """In a word: "correct", "correct-but-approximate", "wrong-gradient", "wrong-hessian", … or "unknown"."""
        wrong = [c.side for c in self.claims if c.status == "refuted" and c.kind not in DELIBERATE]
        wrong += ["gradient"] if self.symmetric and self.symmetric.status == "refuted" and not wrong else []
        if wrong:
            return f"wrong-{'-and-'.join(wrong)}"
        if not self.claims or any(c.status == "unknown" for c in self.claims):
            return "unknown"
        return "correct-but-approximate" if any(c.kind in DELIBERATE for c in self.claims) else "correct"

    def raise_for_status(self) -> None:
        """Raise `RefutedError` or `UnknownError` unless everything that was claimed is proved."""
        if self.ok:
            return
        if self.status == "proved":
            raise RefutedError(f"proved, but not fit for floating point: {self.serious[0]}")
        from derive.render.claims import summary

        raise (RefutedError if self.status == "refuted" else UnknownError)(summary(self))

    def text(self) -> str:
        """The report for a terminal."""
        from derive.render import claims

        return claims.text(self)

    def latex(self) -> str:
        """The report as LaTeX, for a document that loads amsmath."""
        from derive.render import claims

        return claims.latex(self)

    def markdown(self) -> str:
        """The report as Markdown."""
        from derive.render import claims

        return claims.markdown(self)

    def html(self) -> str:
        """The report as a page of its own."""
        from derive.render import claims_html

        return claims_html.render(self)

    def to_json(self) -> str:
        """The report as JSON."""
        from derive.render import claims

        return claims.json(self)

    def __str__(self) -> str:
        return self.text()

    def __repr__(self) -> str:
        return f"<Report: {self.status}>"

    _repr_latex_ = latex
    _repr_markdown_ = markdown
