"""The report on formulas that somebody else wrote: for a terminal, as LaTeX, as Markdown and as JSON."""

from __future__ import annotations

import json as _json
from collections.abc import Iterator
from dataclasses import dataclass, replace
from textwrap import wrap

from derive.certificate import Condition
from derive.certificate_json import encode
from derive.render import latex as _latex
from derive.render import markdown as _markdown
from derive.render._names import escape
from derive.render.report import COLOURS, WIDTH, Paint, plain
from derive.report import DELIBERATE, ClaimVerdict, Component, Formula, Report
from derive.terms.term import Term
from derive.terms.unparse import unparse

_ANSWERS = {
    "correct": "right",
    "correct-but-approximate": "right, with a Hessian or branch that is approximate on purpose",
    "wrong-gradient": "the gradient is wrong",
    "wrong-hessian": "the Hessian is wrong",
    "wrong-gradient-and-hessian": "gradient and Hessian are wrong",
    "unknown": "not decided",
}
_RELATIONS = {"positive": "> 0", "nonnegative": ">= 0", "nonzero": "!= 0"}
_SIGNS = {"positive": "> 0", "nonnegative": r"\ge 0", "nonzero": r"\ne 0"}


@dataclass(frozen=True, slots=True)
class Line:
    """A line of the report: words, then a formula or code; `status` colours the word that it is."""

    level: int
    says: str
    term: Term | None = None
    code: str = ""
    status: str = ""
    relation: str = ""


def summary(report: Report) -> str:
    """One line: the answer, and the first thing that is wrong.

    >>> from derive.check import check
    >>> summary(check("z**2", "z", wrt="z"))
    'the gradient is wrong; d/dz: it is 1/2 times the derivative'
    """
    said = [_ANSWERS[report.answer]]
    for claim in report.claims:
        if claim.status != "proved":
            said += [f"{c.name}: {_reason(claim, c)}" for c in claim.components if c.kind != "exact"][:1]
    return "; ".join(said)


def _reason(claim: ClaimVerdict, c: Component) -> str:
    if c.diagnosis:
        return c.diagnosis[0].says
    if c.kind in DELIBERATE:
        return f"not the exact one; {c.says}"
    outside = next((k for k in c.kinks if k.status == "refuted"), None)
    if outside is not None:
        return f"at the kink {outside.where}, {outside.says}"
    witness = getattr(c.verdict, "witness", None)
    return c.says or (f"wrong at {_point(witness.point)}" if witness else claim.status)


def text(report: Report, paint: Paint = plain, width: int = WIDTH) -> str:
    """The report for a terminal."""
    out: list[str] = []
    for line in told_lines(report):
        words = f"{line.says} {line.code or _plain(line)}".strip()
        indent = "  " * line.level
        rows = wrap(words, width, initial_indent=indent, subsequent_indent=f"{indent}  ", break_long_words=False)
        if line.status:
            rows[0] = rows[0].replace(line.status, paint(line.status, COLOURS.get(line.status, "")), 1)
        out += rows
    return "\n".join(out) + "\n"


def _plain(line: Line) -> str:
    return f"{unparse(line.term)} {_RELATIONS.get(line.relation, '')}".strip() if line.term is not None else ""


def latex(report: Report) -> str:
    """The report as LaTeX, for a document that loads amsmath."""
    out = ["% needs \\usepackage{amsmath}"]
    level = -1
    for line in told_lines(report):
        while level < line.level:
            level += 1
            out.append(r"\begin{itemize}")
        while level > line.level:
            level -= 1
            out.append(r"\end{itemize}")
        out.append(rf"\item {escape(line.says)} {_latex_math(line)}".rstrip())
    return "\n".join([*out, *[r"\end{itemize}"] * (level + 1)]) + "\n"


def _latex_math(line: Line) -> str:
    if line.code:
        return rf"\texttt{{{escape(line.code)}}}"
    return "" if line.term is None else f"${_math(line)}$"


def _math(line: Line) -> str:
    return f"{_latex.term(line.term)} {_SIGNS.get(line.relation, '')}".strip() if line.term is not None else ""


def markdown(report: Report) -> str:
    """The report as Markdown."""
    return "\n".join(f"{'  ' * line.level}- {_markdown_line(line)}" for line in told_lines(report)) + "\n"


def _markdown_line(line: Line) -> str:
    says = _markdown.escape(line.says)
    if line.status:
        says = says.replace(line.status, f"**{line.status}**", 1)
    if line.code:
        return f"{says} `{line.code}`"
    return f"{says} {_markdown.inline(_math(line))}" if line.term is not None else says


def json(report: Report) -> str:
    """The report as JSON: the answer, the status, and the records as they are."""
    body = {"answer": report.answer, "status": report.status, "summary": summary(report), "report": encode(report)}
    return _json.dumps(body, indent=1, ensure_ascii=False) + "\n"


# -- what is told ------------------------------------------------------------------------------------------------------
def told_lines(report: Report) -> Iterator[Line]:
    """Everything that there is to say, in order; the first line is the answer."""
    yield Line(0, f"{report.status}: {_headline(report)}", status=report.status)
    if report.convention and len(report.claims) > 1 and all(c.status == "refuted" for c in report.claims):
        yield Line(0, report.convention)
    for claim in report.claims:
        yield from _claim(claim)
    if report.symmetric is not None and report.symmetric.says:
        yield Line(0, report.symmetric.says)
        for c in report.symmetric.components:
            a, b = c.variables
            told = _witness(c, f"the {b}-derivative of component {a} is", f"the {a}-derivative of component {b} is")
            yield from (replace(line, level=1) for line in told)
    yield from _floating(report)
    yield from (Line(0, note) for note in report.notes)


def _floating(report: Report) -> Iterator[Line]:
    """What each formula does in floating point: in full for the first type, the ranges for the others."""
    found = [f for f in report.findings if f.kind != "range"]
    for formula in dict.fromkeys(f.formula for f in found):
        own = [f for f in found if f.formula == formula]
        yield Line(0, f"{formula} in floating point, as it is written:")
        for f in (f for f in own if f.dtype == own[0].dtype):
            yield Line(1, f"{f.kind} for {f.where}: {f.detail}")
        for dtype in dict.fromkeys(f.dtype for f in own if f.dtype != own[0].dtype):
            yield Line(1, f"{dtype}: {'; '.join(f'{f.kind} for {f.where}' for f in own if f.dtype == dtype)}")
        yield from (
            Line(1, "proved equal, and stable:", code=t) for t in dict.fromkeys(f.stable_form for f in own) if t
        )


def _headline(report: Report) -> str:
    """The answer; and how to say that something inexact is meant."""
    if report.status == "refuted" and report.answer == "correct-but-approximate":
        kinds = [c.kind for c in report.claims if c.status == "refuted"]
        meant = f'; say hessian_kind="{kinds[-1]}" if that is meant' if report.hessian_kind == kinds[-1] else ""
        return f"approximate, not exact ({', '.join(kinds)}){meant}"
    return _ANSWERS[report.answer]


def _claim(claim: ClaimVerdict) -> Iterator[Line]:
    of = "" if claim.of == "loss" else f", compared with the {claim.of}"
    what = f": {_kind(claim)}" if claim.kind in DELIBERATE else ""
    yield Line(0, f"{claim.side}: {claim.status}{of}{what}", status=claim.status)
    if claim.says and claim.kind not in DELIBERATE:
        yield Line(1, claim.says)
    for component in claim.components:
        yield from _component(claim, component)


def _kind(claim: ClaimVerdict) -> str:
    if claim.status == "proved":
        return f"{claim.kind}; {claim.says}"
    return f"not the exact one; it is {claim.says} ({claim.kind})"


def _component(claim: ClaimVerdict, c: Component) -> Iterator[Line]:
    status = "proved" if claim.accepted else c.status  # of the kind that was claimed
    yield Line(1, f"{c.name}: {status}, claimed is", c.claimed, status=status)
    if c.kind not in DELIBERATE:
        yield from _witness(c, "right", "claimed")
    for d in c.diagnosis:
        yield Line(2, f"{d.kind}: {d.says}")
    if c.kind == "unknown":
        yield Line(2, f"reason: {c.says}")
    yield from (Line(2, f"kink at {k.where}: {k.says}; claimed is", k.claimed) for k in c.kinks)
    yield from (Line(2, "where", x.term, relation=x.kind) for x in _conditions(c))
    told = "no derivative at a kink" if c.kinks else "\n"
    yield from (Line(2, f"note: {note}") for note in c.all_notes if told not in note)
    if c.right is not None:
        yield from _formula(c.right, "right is" if c.kind == "wrong" else "exact is")


def _conditions(c: Component) -> tuple[Condition, ...]:
    return c.all_conditions[:4]


def _witness(c: Component, left: str, right: str) -> Iterator[Line]:
    witness = getattr(c.verdict, "witness", None)
    if witness is not None:
        yield Line(2, f"at {_point(witness.point)}: {left} {witness.left}, {right} {witness.right}")


def _point(point: tuple[tuple[str, str], ...]) -> str:
    return ", ".join(f"{name} = {value}" for name, value in point) or "every point"


def _formula(f: Formula, label: str) -> Iterator[Line]:
    yield Line(2, label, f.term)
    if f.numpy != f.text:
        yield Line(2, "NumPy:", code=f.numpy)
