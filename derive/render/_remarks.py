"""What a build has to say about a claim: one remark for each thing that is wrong or open, with what is right."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal, TypeAlias

from derive.finding import Finding
from derive.render._kinds import FLOATING, KINDS
from derive.render.markdown import escape
from derive.report import DELIBERATE, ClaimVerdict, Component, Formula, Report

if TYPE_CHECKING:
    from derive.suite.item import Outcome
    from derive.suite.policy import Policy

Level: TypeAlias = Literal["error", "warning", "note"]
_LEVELS: Mapping[str, Level] = {"fail": "error", "warn": "warning", "ignore": "note"}
#: with what an entry that is in no way deliberate is described
_PLAIN = frozenset({"wrong", "unknown", "exact"})
_SIDES = ("gradient", "hessian", "loss")
_NOWHERE = 10**6


@dataclass(frozen=True, slots=True)
class Fix:
    """A formula that is right: what it is, and which formula of the side it is to replace, counted from 0."""

    label: str
    formula: Formula
    entry: int


@dataclass(frozen=True, slots=True)
class Remark:
    """One thing that is wrong or open: `rule` is one of `KINDS`, `side` the formula that it is about, "" for the claim.

    `says` are its sentences, `fixes` the formulas that are right. A `slight` one is about
    digits that are lost where few are left to lose.
    """

    rule: str
    side: str
    says: tuple[str, ...]
    fixes: tuple[Fix, ...] = ()
    slight: bool = False

    @property
    def title(self) -> str:
        """What it is, in a few words."""
        return KINDS[self.rule].title


def remarks(outcome: Outcome) -> Iterator[Remark]:
    """Everything that there is to say against a claim, what is wrong first; nothing about one that is proved."""
    if outcome.status == "error":
        yield Remark("bad-claim", _side(outcome.reason), tuple(outcome.reason.split("\n")))
    elif outcome.report is None:
        yield Remark("unknown", "", (f"{_capital(outcome.reason)}.",))
    else:
        yield from of_report(outcome.report)


def for_people(outcome: Outcome) -> Iterator[Remark]:
    """The remarks for a page that people read: one for each formula that fails in floating point.

    It says nothing of digits that hardly matter, nor of floating point where something worse is wrong with the claim.
    """
    failing: dict[str, Remark] = {}
    for remark in remarks(outcome):
        if remark.rule not in FLOATING:
            yield remark
        elif outcome.status == "proved" and not remark.slight:
            first = failing.setdefault(remark.side, remark)
            if first is not remark:
                failing[remark.side] = replace(first, says=(*first.says, *remark.says))
    yield from failing.values()


def level(remark: Remark, outcome: Outcome, policy: Policy) -> Level:
    """How much a remark counts: what is wrong is an error, the policy says what the others are."""
    if remark.rule in FLOATING:
        strict = outcome.report is not None and outcome.report.strict_floating_point
        said: Level = "error" if strict else _LEVELS[policy.says("findings", outcome.item)]
        return "note" if remark.slight else said
    if remark.rule in ("unknown", "numeric-only"):
        return _LEVELS[policy.says(remark.rule, outcome.item)]
    return "error"


def in_text(remark: Remark, name: str) -> str:
    """A remark on the claim of a name in plain text: what it is, the reasons, and what is right."""
    return "\n".join([
        f"{name}: {remark.title}.",
        *remark.says,
        *(f"{_capital(f.label)}: {_both(f)}" for f in remark.fixes),
    ])


def _both(fix: Fix) -> str:
    f = fix.formula
    return f.text if f.numpy == f.text else f"{f.text} (NumPy: {f.numpy})"


def in_markdown(remark: Remark, name: str) -> str:
    """The same in Markdown."""
    says = [f"- {escape(s)}" for s in remark.says]
    if remark.rule == "bad-claim":  # it may point at a column
        says = ["```text", *(s.replace("`", "'") for s in remark.says), "```"]
    fixes = [f"- {escape(_capital(f.label))}: {_code_of(f)}" for f in remark.fixes]
    return "\n".join([f"**{escape(name)}: {escape(remark.title)}.**", "", *says, *fixes])


def _code_of(fix: Fix) -> str:
    f = fix.formula
    return f"`{f.text}`" if f.numpy == f.text else f"`{f.text}`, in NumPy `{f.numpy}`"


def of_report(report: Report) -> Iterator[Remark]:
    """Everything that a report has against a claim."""
    yield from (_wrong(report, c) for c in report.claims if c.status == "refuted")
    if report.answer == "wrong-gradient" and not any(c.status == "refuted" for c in report.claims):
        yield Remark("not-a-gradient", "gradient", tuple(_asymmetry(report)))
    yield from (_open(report, c) for c in report.claims if c.status == "unknown")
    if not report.claims and report.status == "unknown":
        yield Remark("unknown", "", ("Neither a gradient nor a Hessian was claimed.",))
    refuted = {c.side for c in report.claims if c.status == "refuted"}
    yield from (replace(r, fixes=()) if r.side in refuted else r for r in _floating(report.findings))


# -- refuted


def _wrong(report: Report, claim: ClaimVerdict) -> Remark:
    rule = _rule(report, claim)
    says = (*_as_a_whole(report, claim), *_entries(claim))
    fixes = _losses(claim) if rule == "loss-at-fault" else _right(claim)
    return Remark(rule, "loss" if rule == "loss-at-fault" else claim.side, says, tuple(fixes))


def _as_a_whole(report: Report, claim: ClaimVerdict) -> Iterator[str]:
    if _is_convention(report):
        yield f"{_capital(report.convention)}."
    elif claim.kind in DELIBERATE:
        yield f"It is {claim.says}."
        if claim.side == "hessian" and claim.kind != "finite-difference":
            yield f'If that is meant, say so: hessian_kind = "{claim.kind}".'


def _right(claim: ClaimVerdict) -> Iterator[Fix]:
    for entry, c in enumerate(claim.components):
        if c.right is not None and c.status == "refuted":
            yield Fix(f"right for {c.name}", c.right, entry)


def _losses(claim: ClaimVerdict) -> Iterator[Fix]:
    """The loss whose derivative was claimed."""
    found = (d.fix for c in claim.components for d in c.diagnosis if d.kind == "loss-at-fault" and d.fix is not None)
    yield from (Fix("the loss that it belongs to", f, 0) for f in list(found)[:1])


def _is_convention(report: Report) -> bool:
    """Is it the convention of another library? One side alone with the other sign is a mistake of sign."""
    return bool(report.convention) and len(report.claims) > 1 and all(c.status == "refuted" for c in report.claims)


def _rule(report: Report, claim: ClaimVerdict) -> str:
    """The name of what is wrong: the explanation that was proved, or which side it is."""
    if _is_convention(report):
        return "convention"
    entries = [c for c in claim.components if c.status == "refuted"]
    told = [d.kind for c in entries for d in c.diagnosis] + [d.kind for d in claim.diagnosis]
    if told:
        return told[0]
    if claim.kind in DELIBERATE:
        return f"{claim.kind}-not-exact"
    outside = any(k.status == "refuted" for c in entries for k in c.kinks)
    return "kink" if outside else f"wrong-{claim.side}"


def _entries(claim: ClaimVerdict) -> Iterator[str]:
    for c in claim.components:
        if c.status == "refuted":
            yield f"{c.name}: {'; '.join(_reasons(c, claim.says))}."


def _reasons(c: Component, known: str) -> Iterator[str]:
    yield from (d.says for d in c.diagnosis)
    if not c.diagnosis and c.kind not in _PLAIN and c.says not in ("", known):
        yield c.says
    witness = getattr(c.verdict, "witness", None)
    if witness is not None:
        yield f"at {_point(witness.point)} the right value is {witness.left}, the claimed one {witness.right}"
    yield from (f"at the kink {k.where}, {k.says}" for k in c.kinks if k.status == "refuted")


def _asymmetry(report: Report) -> Iterator[str]:
    if report.symmetric is None:
        return
    yield f"{_capital(report.symmetric.says)}."
    for c in report.symmetric.components:
        witness = getattr(c.verdict, "witness", None)
        if witness is not None:
            yield f"{c.name} does not hold at {_point(witness.point)}: {witness.left} is not {witness.right}."


def _point(point: tuple[tuple[str, str], ...]) -> str:
    return ", ".join(f"{name} = {value}" for name, value in point) or "every point"


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


# -- not decided


def _open(report: Report, claim: ClaimVerdict) -> Remark:
    probed = report.source is not None and report.source.how == "probed"
    why = claim.reason or claim.says or "no reason is known"
    says = [f"{_capital(why)}."]
    if probed and report.source is not None and report.source.reason:
        says.append(f"It could not be read as formulas: {report.source.reason}.")
    return Remark("numeric-only" if probed else "unknown", claim.side, tuple(says))


# -- floating point


def _floating(findings: tuple[Finding, ...]) -> Iterator[Remark]:
    """One remark for each formula and way to fail: the first type in full, the ranges of the others."""
    found = [f for f in findings if f.kind != "range"]
    for formula, kind in dict.fromkeys((f.formula, f.kind) for f in found):
        same = [f for f in found if (f.formula, f.kind) == (formula, kind)]
        others = [f"{f.dtype}: for {f.where}." for f in same[1:] if f.dtype != same[0].dtype]
        says = (f"{_capital(same[0].detail)} (for {same[0].where}).", *others)
        yield Remark(
            f"floating-point-{kind.replace(' ', '-')}",
            _side(formula),
            says,
            _stable(same),
            not any(f.serious for f in same),
        )


def _side(formula: str) -> str:
    """The formula that a name, or a message, begins with."""
    return next((s for s in _SIDES if formula.lower().startswith(s)), "")


def _stable(found: list[Finding]) -> tuple[Fix, ...]:
    first = next((f for f in found if f.stable is not None), None)
    if first is None or first.stable is None:
        return ()
    formula = Formula(first.stable_text, first.stable_numpy, "", first.stable)
    return (Fix("proved equal, and stable", formula, _entry(first.formula)),)


def _entry(formula: str) -> int:
    """Which one of a list: "gradient, component 2" is the second. A part of a matrix is not looked for."""
    _, _, last = formula.partition(", component ")
    return int(last) - 1 if last.isdecimal() else 0 if formula in _SIDES else _NOWHERE
