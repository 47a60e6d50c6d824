"""What was found out, as plain frozen records with a schema version: no SymPy, no loss, no rule, no author.

Everything that is printed or re-checked is in here. `render/` reads only this file's records.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import ClassVar, Literal, TypeAlias

from derive.errors import RefutedError, UnknownError
from derive.terms.json import Json
from derive.terms.term import Term

SCHEMA = 2
Asked: TypeAlias = Literal["equal", "nonnegative", "positive", "limit", "diverges", "minimum"]
Status: TypeAlias = Literal["proved", "refuted", "unknown"]
Answer: TypeAlias = Literal["proved", "refuted"]


@dataclass(frozen=True, slots=True)
class Condition:
    """A side condition: `term` is positive, nonnegative or nonzero wherever the statement is meant."""

    kind: Literal["positive", "nonnegative", "nonzero"]
    term: Term


@dataclass(frozen=True, slots=True)
class Witness:
    """A point where the two sides differ: exact rational coordinates, and both values to the digits that differ."""

    point: tuple[tuple[str, str], ...]
    left: str
    right: str


@dataclass(frozen=True, slots=True)
class Question:
    """Is `left` equal to `right` on the domain?"""

    left: Term
    right: Term
    domain: dict[str, str]


class _Verdict:
    """Three answers that cannot be mistaken for each other: a verdict has no truth value, ask for `.status`."""

    __slots__ = ()
    status: ClassVar[Status]

    def __bool__(self) -> bool:
        raise TypeError("a verdict is proved, refuted or unknown, so it has no truth value: compare its .status")

    def _repr_latex_(self) -> str:
        from derive.render import verdict

        return verdict.latex(self)  # type: ignore[arg-type]  # there are three of us, and all are verdicts

    def _repr_markdown_(self) -> str:
        from derive.render import verdict

        return verdict.markdown(self)  # type: ignore[arg-type]


@dataclass(frozen=True, slots=True)
class Proved(_Verdict):
    """Equal at every point of the domain where both sides are defined.

    `conditions` say where the sides are defined; `domains_differ` that they are not defined at the same points.
    """

    method: str
    conditions: tuple[Condition, ...] = ()
    domains_differ: bool = False
    notes: tuple[str, ...] = ()
    proof: Json = None
    status: ClassVar[Status] = "proved"


@dataclass(frozen=True, slots=True)
class Refuted(_Verdict):
    """Not equal: at `witness` rigorous enclosures of the two sides do not meet.

    `question` is what was asked, for `derive.explain`; it is not part of a certificate, which has the terms anyway.
    """

    witness: Witness
    method: str = "ball arithmetic"
    notes: tuple[str, ...] = ()
    question: Question | None = field(default=None, compare=False, repr=False, metadata={"stored": False})
    status: ClassVar[Status] = "refuted"


@dataclass(frozen=True, slots=True)
class Unknown(_Verdict):
    """Not decided, and why."""

    reason: str
    notes: tuple[str, ...] = ()
    status: ClassVar[Status] = "unknown"


Verdict: TypeAlias = Proved | Refuted | Unknown


@dataclass(frozen=True, slots=True)
class Notation:
    """A short name for a term, used in print only: `h_i` stands for `term`, in which `indices` are free."""

    name: str
    indices: tuple[str, ...]
    term: Term
    says: str = ""


@dataclass(frozen=True, slots=True)
class Symbol:
    """A symbol in words: `m` is "the number of samples". `shape` is set for arrays."""

    name: str
    says: str
    range: str = "real"
    shape: tuple[Term, ...] = ()


@dataclass(frozen=True, slots=True)
class CheckedStep:
    """One step and its two answers: does the rule give this result, and is the result equal to what was before?"""

    rule: str
    formula: str
    says: str
    result: Term
    justified: bool
    verdict: Verdict

    @property
    def ok(self) -> bool:
        return self.justified and self.verdict.status == "proved"


@dataclass(frozen=True, slots=True)
class CheckedDerivation:
    """A start and its steps; each expression is stored once, so the chain cannot be broken.

    A result that is a whole matrix is claimed equal, entry by entry, to the expression before it, whose free
    `indices` are the row (and the column) of the entry.
    """

    name: str
    title: str
    kind: Literal["lemma", "gradient", "hessian"]
    start: Term
    steps: tuple[CheckedStep, ...]
    indices: tuple[str, ...] = ()

    @property
    def ok(self) -> bool:
        return bool(self.steps) and all(step.ok for step in self.steps)


@dataclass(frozen=True, slots=True)
class CheckedStatement:
    """A statement of its own, such as "ℓ is convex in z", as a question about terms, with its verdict.

    `question` is "equal" (two terms); "nonnegative" or "positive" (one term); "limit" (f, its variable, how that
    approaches its place in `delta` and `t`, the limit, and δ as a function of `epsilon`) or "diverges", to ∞ (the same
    without a limit, δ as a function of `M`); "minimum" (f, two bounds, then for each coordinate its symbol and the two
    ends of an interval: does the box hold exactly one stationary point, is it a strict minimum, and is the value of f
    there between the bounds?). A statement may be that the answer is no: a loss is not convex where ℓ″ ≥ 0 is
    `expected` to be refuted, and the witness shows where.
    """

    name: str
    says: str
    question: Asked
    terms: tuple[Term, ...]
    domain: dict[str, str]
    verdict: Verdict
    expected: Answer = "proved"

    @property
    def ok(self) -> bool:
        """Did the answer come out as the statement says? An unknown answer is none, whatever is expected."""
        return self.status == "proved"

    @property
    def status(self) -> Status:
        """Of the statement, not of its question: proved where the answer is the expected one."""
        if self.verdict.status == "unknown":
            return "unknown"
        return "proved" if self.verdict.status == self.expected else "refuted"


@dataclass(frozen=True, slots=True)
class Check:
    """One numeric comparison: what was compared, on which points, the error met and the error allowed, and why."""

    name: str
    points: int
    error: float
    allowed: float
    why: str
    ok: bool
    worst: str = ""


@dataclass(frozen=True, slots=True)
class Agreement:
    """Finite differences (no automatic differentiation) against the compiled formulas. Never a proof."""

    checks: tuple[Check, ...]

    @property
    def ok(self) -> bool:
        return bool(self.checks) and all(check.ok for check in self.checks)


@dataclass(frozen=True, slots=True)
class Certificate:
    """A loss, its derivations with their verdicts and the numbers; or a theorem, which has only statements."""

    name: str
    title: str
    cost: Term | None  # a theorem has none
    domain: dict[str, str]
    symbols: tuple[Symbol, ...]
    notation: tuple[Notation, ...]
    derivations: tuple[CheckedDerivation, ...]
    agreement: Agreement | None
    reference: str = ""
    description: str = ""
    version: str = ""
    kind: Literal["loss", "theorem"] = "loss"
    statements: tuple[CheckedStatement, ...] = ()
    schema: int = field(default=SCHEMA)

    @property
    def verdicts(self) -> tuple[Verdict, ...]:
        """The verdict of every step, in order."""
        return tuple(step.verdict for d in self.derivations for step in d.steps)

    @property
    def status(self) -> Status:
        """Refuted if anything is refuted or disagrees, unknown if anything is undecided, else proved."""
        found = [v.status for v in self.verdicts] + [s.status for s in self.statements]
        if "refuted" in found or (self.agreement and not self.agreement.ok):
            return "refuted"
        complete = bool(found) and all(d.ok for d in self.derivations) and all(s.ok for s in self.statements)
        if self.kind == "loss":
            complete = complete and bool(self.derivations) and self.agreement is not None
        return "proved" if complete else "unknown"

    @property
    def ok(self) -> bool:
        """Everything is justified and proved, there was something to prove, and the numbers agree."""
        return self.status == "proved"

    def raise_for_status(self) -> None:
        """Raise `RefutedError` or `UnknownError` unless everything is proved and agrees."""
        if self.status == "refuted":
            raise RefutedError(f"{self.name}: refuted; {self._first_bad()}")
        if self.status == "unknown":
            raise UnknownError(f"{self.name}: not proved; {self._first_bad()}")

    def _first_bad(self) -> str:
        for d in self.derivations:
            if not d.steps:
                return f"{d.name} has no steps"
            for n, step in enumerate(d.steps, 1):
                if not step.ok:
                    how = step.verdict.status if step.justified else f"not justified by {step.rule}"
                    return f"{d.name}, step {n} ({step.rule}): {how}"
        for s in self.statements:
            if not s.ok:
                return f"{s.name}: {s.status}"
        if self.agreement is None:
            return "the numeric agreement was not checked"
        bad = next((c for c in self.agreement.checks if not c.ok), None)
        if bad is None:
            return "there is nothing in it"
        missed = f"{bad.name}: error {bad.error:.3g}, allowed {bad.allowed:.3g}" + (bad.worst and f", {bad.worst}")
        return f"{missed}; all is proved: if the formula loses digits there, give one that does not as `computed`"

    def __repr__(self) -> str:
        return f"<Certificate {self.name}: {self.status}>"

    def _repr_latex_(self) -> str:
        from derive.render import latex

        return latex.render(self)

    def _repr_markdown_(self) -> str:
        from derive.render import markdown

        return markdown.render(self)
