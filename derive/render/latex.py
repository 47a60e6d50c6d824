"""The derivation in LaTeX: to paste into a paper that loads amsmath, or a document of its own."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from derive.certificate import Certificate, Check, CheckedDerivation, CheckedStatement, CheckedStep, Condition, Notation
from derive.render._fold import fold
from derive.render._latex_printer import LatexPrinter
from derive.render._latex_width import width
from derive.render._lines import broken
from derive.render._names import escape, formula, latex_name
from derive.render._printer import all_names, unmarked
from derive.render._statements import LATEX, Formula, formulas, outcome, sentence
from derive.render._story import COST, Definition, Line, Row, Story, allowances
from derive.render.report import explain, summary
from derive.terms.term import Term

RELATIONS = {"positive": "> 0", "nonnegative": r"\ge 0", "nonzero": r"\ne 0"}
_ROOM = 62.0
_PREAMBLE = r"""\documentclass[11pt,a4paper]{article}
\usepackage[T1]{fontenc}
\usepackage[utf8]{inputenc}
\usepackage{lmodern}
\usepackage[margin=25mm]{geometry}
\usepackage{amsmath}
\allowdisplaybreaks
\setlength{\parindent}{0pt}
\setlength{\parskip}{0.6ex plus 0.2ex}
\emergencystretch=3em
"""


def term(t: Term, notation: Iterable[Notation] = ()) -> str:
    r"""A term as LaTeX mathematics.

    >>> from derive.terms.term import at, num, sub, sym
    >>> term(sub(num(1), at("theta", sym("j"))))
    '1 - \\theta_{j}'
    """
    return unmarked(marked(fold(t, notation)))


def render(certificate: Certificate, standalone: bool = False) -> str:
    """The derivation. With `standalone` a document that pdflatex compiles, else for a document that loads amsmath."""
    body = list(_body(Story(certificate)))
    if not standalone:
        return "\n".join(["% needs \\usepackage{amsmath}", *body]) + "\n"
    title = rf"\begin{{center}}\LARGE {escape(certificate.title)}\end{{center}}"
    return _PREAMBLE + "\n".join([r"\begin{document}", r"\raggedright", title, "", *body, r"\end{document}"]) + "\n"


def marked(folded: Term) -> str:
    """What is folded already, with the marks of possible line breaks."""
    return LatexPrinter(all_names(folded)).term(folded).text


def _body(story: Story) -> Iterator[str]:
    c = story.certificate
    if c.description:
        yield escape(c.description)
    yield from _section("Symbols", _symbols(story.symbols()))
    if story.notation:
        yield from _section("Definitions", _definitions(story))
    for d in c.derivations:
        title = escape(f"Lemma: {d.title}" if d.kind == "lemma" else d.title)
        yield from _section(title, _derivation(story, d))
    if c.statements:
        yield from _section("Statements", (line for s in c.statements for line in _statement(story, s)))
    if c.kind == "loss":
        yield from _section("Rules", _rules(story.rules()))
        yield from _section("Numbers", _numbers(c))
    yield from ("", escape(summary(c)) + ".")


def _section(title: str, lines: Iterable[str]) -> Iterator[str]:
    yield from ("", rf"\subsection*{{{title}}}", *lines)


def _symbols(rows: list[Row]) -> Iterator[str]:
    names = [", ".join(f"${latex_name(name)}$" for name in row.names) for row in rows]
    first = 0.17 if max(map(width, names), default=0.0) > 10 else 0.09
    yield rf"\begin{{tabular}}{{@{{}}p{{{first}\linewidth}}p{{0.2\linewidth}}p{{{0.73 - first:.2f}\linewidth}}@{{}}}}"
    for name, row in zip(names, rows, strict=True):
        size = "$" + r" \times ".join(map(term, row.shape)) + "$, " if row.shape else ""
        cells = name, size + _values(row.values), escape(row.says)
        yield " & ".join(rf"\raggedright {cell}" for cell in cells) + r" \tabularnewline"
    yield r"\end{tabular}"


def _values(text: str) -> str:
    """Words stay words, a range is mathematics."""
    return escape(text) if re.fullmatch(r"[a-z ]+", text) else f"${formula(text)}$"


def _definitions(story: Story) -> Iterator[str]:
    yield r"\begin{align*}"
    yield from _separated([_definition(d) for d in story.definitions()])
    yield r"\end{align*}"
    for math, says in story.remarks():
        yield from ("", rf"${formula(math)}$ {escape(says)}.")


def _definition(d: Definition) -> tuple[str, str]:
    return _equation(term(d.left), marked(d.right)) + _tag(escape(d.says)), ""


def _derivation(story: Story, d: CheckedDerivation) -> Iterator[str]:
    if not d.steps:
        yield "There are no steps: nothing is shown."
        return
    yield r"\begin{align*}"
    yield from _separated([_line(line) for line in story.lines[d.name]])
    yield r"\end{align*}"
    yield from _reasons(d.steps)
    conditions = story.conditions(d)
    if conditions:
        yield from ("", f"Here {', '.join(map(_condition, conditions))}.")


def _statement(story: Story, s: CheckedStatement) -> Iterator[str]:
    said, rows = outcome(s), [_formula(f) for f in formulas(s, story.folded)]
    short = said == s.status
    yield from ("", rf"{escape(sentence(s.says))}", r"\begin{align*}")
    yield from _separated([(row, "") for row in rows[:-1]] + [(rows[-1] + _tag(said if short else ""), "")])
    yield r"\end{align*}"
    if not short:
        yield rf"{{\footnotesize {escape(sentence(said))}}}"


def _formula(f: Formula) -> str:
    right = r"\infty" if f.right is None else marked(f.right)
    if f.end is not None:
        right = f"[{right}, {marked(f.end)}]"
    return _equation(marked(f.left), right, LATEX[f.relation])


def _separated(rows: list[tuple[str, str]]) -> Iterator[str]:
    """The rows of an alignment, each with its comment."""
    for n, (row, comment) in enumerate(rows, 1):
        yield row + (r" \\" if n < len(rows) else "") + (f" % {comment}" if comment else "")


def nabla(line: Line) -> str:
    """The whole gradient or Hessian, or the part of it for some blocks of parameters."""
    power = "^{2}" if line.nabla > 1 else ""
    below = f"_{{{' '.join(map(latex_name, line.blocks))}}}" if line.blocks else ""
    return rf"\nabla{power}{below} {COST}"


def _line(line: Line) -> tuple[str, str]:
    left = nabla(line) if line.nabla else marked(line.left) if line.left is not None else ""
    equation = _equation(left, marked(line.right))
    if line.step is None:
        return equation + _tag(escape(line.note)), line.note
    return equation + _tag(escape(f"{line.step.rule}, {_verdict(line.step)}")), _comment(line.step)


def _verdict(step: CheckedStep) -> str:
    return step.verdict.status if step.justified else "not justified"


def _comment(step: CheckedStep) -> str:
    words = f"{step.verdict.status}: {step.rule}; {explain(step.verdict)}"
    return " ".join(words.split()) if step.justified else " ".join(f"not justified, {words}".split())


def _tag(text: str) -> str:
    return rf" \tag*{{\footnotesize {text}}}" if text else ""


def _equation(left: str, right: str, relation: str = "=") -> str:
    """left &= right, on as many lines as it needs."""
    if width(unmarked(left)) > _ROOM / 3:
        return f"& {_rows(left, _ROOM)} \\\\\n &{relation} {_rows(right, _ROOM)}"
    return f"{unmarked(left)} &{relation} {_rows(right, _ROOM - width(unmarked(left)))}"


def _rows(math: str, room: float) -> str:
    return " \\\\\n  &\\qquad {} ".join(balanced(broken(math, room, room - 2, width)))


def balanced(lines: list[str]) -> list[str]:
    r"""Every \left has its \right on the same line: invisible ones are put in where a line was broken."""
    out: list[str] = []
    opened: list[str] = []
    for line in lines:
        before = r"\left." * len(opened)
        for pair in re.findall(r"\\(left|right)\b", line):
            opened = [*opened, pair] if pair == "left" else opened[:-1]
        out.append(before + (" {} " if before else "") + line + r" \right." * len(opened))
    return out


def _condition(c: Condition) -> str:
    return f"${term(c.term)} {RELATIONS[c.kind]}$"


def _reasons(steps: Iterable[CheckedStep]) -> Iterator[str]:
    """Why a step is not proved, or what has to be known about its proof."""
    for number, step in enumerate(steps, 1):
        if not step.ok or getattr(step.verdict, "domains_differ", False):
            status = step.verdict.status + ("" if step.justified else ", but not justified")
            yield from ("", f"Step {number} ({escape(step.rule)}) is {status}: {escape(explain(step.verdict))}.")


def _rules(steps: Iterable[CheckedStep]) -> Iterator[str]:
    yield r"\begin{itemize}"
    for step in steps:
        yield rf"\item \textbf{{{escape(step.rule)}}}: {escape(step.says)} \\"
        yield rf"  ${formula(step.formula)}$"
    yield r"\end{itemize}"


def _numbers(c: Certificate) -> Iterator[str]:
    if c.agreement is None:
        yield "Not compared with finite differences."
        return
    yield r"{\footnotesize\begin{tabular}{@{}p{0.57\linewidth}rrrl@{}}"
    yield r"compared & points & error & allowed & \\"
    yield from map(_check, c.agreement.checks)
    yield r"\end{tabular}\par}"
    yield from ("", *map(_worst, (check for check in c.agreement.checks if not check.ok)))
    yield from (f"{_scientific(allowed)} allows for {escape(why)}." for allowed, why in allowances(c))


def _check(c: Check) -> str:
    how = "agrees" if c.ok else r"\textbf{disagrees}"
    return (
        rf"\raggedright {escape(c.name)} & {c.points:,} & {_scientific(c.error)} & {_scientific(c.allowed)} & {how} \\"
    )


def _worst(c: Check) -> str:
    return f"{escape(c.name)}: worst at {escape(c.worst)}."


def _scientific(value: float) -> str:
    digits, _, exponent = f"{value:.1e}".partition("e")
    return rf"${digits} \cdot 10^{{{int(exponent)}}}$" if exponent and value else f"${digits if exponent else value}$"
