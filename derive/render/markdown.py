"""The derivation in Markdown: GitHub's and Jupyter's `$$` blocks, a block a line.

Markdown reads mathematics before MathJax does: a backslash before punctuation vanishes, `}_` may begin emphasis, `<` a
tag and `|` a column. And GitHub forbids some macros, among them the one for the names of functions. So none of these is
written.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from derive.certificate import Certificate, Check, CheckedDerivation, CheckedStatement, CheckedStep, Condition
from derive.render import latex
from derive.render._names import formula, latex_name
from derive.render._printer import unmarked
from derive.render._statements import LATEX, Formula, formulas, outcome, sentence
from derive.render._story import Line, Row, Story, allowances
from derive.render.report import explain, summary
from derive.terms.term import Term

_SPECIAL = re.compile(r"([\\`*_{}\[\]<>|#$~])")
_HARMLESS = {
    r"\operatorname": r"\mathrm",
    r" \\ ": r" \cr ",
    r"\_": "-",
    r"\{": r"\lbrace ",
    r"\}": r"\rbrace ",
    r"\textbackslash{}": r"\backslash ",
    r"\textasciitilde{}": r"\sim ",
    r"\textasciicircum{}": r"\wedge ",
    "<": r"\lt ",
    ">": r"\gt ",
    "|": r"\vert ",
    "*": r"\ast ",
    "`": "'",
    "~": r"\sim ",
}
_MARKS = {"proved": "✅", "refuted": "❌", "unknown": "❔"}


def render(certificate: Certificate) -> str:
    """The whole derivation: symbols, definitions, every line with its rule and its verdict, the rules, the numbers."""
    return "\n".join(_lines(Story(certificate))) + "\n"


def _lines(story: Story) -> Iterator[str]:
    c = story.certificate
    yield from (f"# {escape(c.title)}", "", escape(c.description))
    yield from ("", "## Symbols", "", *_symbols(story.symbols()))
    if story.notation:
        yield from ("", "## Definitions", *_definitions(story))
    for d in c.derivations:
        yield from ("", f"## {'Lemma: ' if d.kind == 'lemma' else ''}{escape(d.title)}", *_derivation(story, d))
    if c.statements:
        yield from ("", "## Statements")
    for s in c.statements:
        yield from _statement(story, s)
    if c.kind == "loss":
        yield from ("", "## Rules", "", *map(_rule, story.rules()))
        yield from ("", "## Numbers", "", *_numbers(c))
    yield from ("", f"**{escape(summary(c))}.**")


def _symbols(rows: Iterable[Row]) -> Iterator[str]:
    yield from ("| symbol | size | values | meaning |", "| --- | --- | --- | --- |")
    for row in rows:
        size = inline(r" \times ".join(map(latex.term, row.shape))) if row.shape else ""
        values = row.values if re.fullmatch(r"[a-z ]+", row.values) else inline(formula(row.values))
        names = ", ".join(inline(latex_name(name)) for name in row.names)
        yield f"| {names} | {size} | {values} | {escape(row.says)} |"


def _definitions(story: Story) -> Iterator[str]:
    for d in story.definitions():
        yield from _block(f"{latex.term(d.left)} = {_math(d.right)}")
        yield escape(d.says)
    yield ""
    yield from (f"- {inline(formula(math))} {escape(says)}" for math, says in story.remarks())


def _derivation(story: Story, d: CheckedDerivation) -> Iterator[str]:
    if not d.steps:
        yield from ("", "There are no steps: nothing is shown.")
    for line in story.lines[d.name]:
        yield from _line(line)
    conditions = story.conditions(d)
    if conditions:
        yield from ("", f"Here {', '.join(map(_condition, conditions))}.")


def _statement(story: Story, s: CheckedStatement) -> Iterator[str]:
    yield from ("", escape(sentence(s.says)))
    for f in formulas(s, story.folded):
        yield from _block(_formula(f))
    yield f"{_MARKS[s.status]} {escape(outcome(s))}"


def _formula(f: Formula) -> str:
    right = r"\infty" if f.right is None else _math(f.right)
    if f.end is not None:
        right = f"[{right}, {_math(f.end)}]"
    return f"{_math(f.left)} {LATEX[f.relation]} {right}"


def _line(line: Line) -> Iterator[str]:
    left = latex.nabla(line) if line.nabla else _math(line.left) if line.left is not None else ""
    yield from _block(f"{left} = {_math(line.right)}".strip())
    yield escape(line.note) if line.step is None else _verdict(line.step)


def _verdict(step: CheckedStep) -> str:
    status = step.verdict.status
    mark = _MARKS[status] if step.justified else _MARKS["refuted"]
    words = f"{mark} {escape(step.rule)}: {status if step.justified else f'not justified ({status})'}"
    told = step.ok and not getattr(step.verdict, "domains_differ", False)
    return words if told else f"{words}; {escape(explain(step.verdict))}"


def _block(math: str) -> Iterator[str]:
    yield from ("", "$$", _safe(math), "$$", "")


def inline(math: str) -> str:
    """Mathematics within a line: with no blank beside a dollar, which would make a price of it."""
    return f"${re.sub(r'(?<=[^A-Za-z0-9 ])_', ' _ ', _safe(math)).strip()}$"


def _math(folded: Term) -> str:
    return unmarked(latex.marked(folded))


def _safe(math: str) -> str:
    """Without what Markdown or GitHub would not leave alone."""
    for dangerous, harmless in _HARMLESS.items():
        math = math.replace(dangerous, harmless)
    return re.sub(r"\\([%&#$])", r"\\text{\1}", math)


def _condition(c: Condition) -> str:
    return inline(f"{latex.term(c.term)} {latex.RELATIONS[c.kind]}")


def _rule(step: CheckedStep) -> str:
    return f"- **{escape(step.rule)}**: {escape(step.says)} {inline(formula(step.formula))}"


def _numbers(c: Certificate) -> Iterator[str]:
    if c.agreement is None:
        yield "Not compared with finite differences."
        return
    yield from ("| compared | points | error | allowed | |", "| --- | ---: | ---: | ---: | --- |")
    yield from map(_check, c.agreement.checks)
    yield ""
    yield from (f"- {allowed:.1e} allows for {escape(why)}" for allowed, why in allowances(c))


def _check(c: Check) -> str:
    how = "agrees" if c.ok else f"**disagrees**, worst at {escape(c.worst)}"
    return f"| {escape(c.name)} | {c.points:,} | {c.error:.1e} | {c.allowed:.1e} | {how} |"


def escape(text: str) -> str:
    """Plain text in which Markdown sees no mark-up."""
    return _SPECIAL.sub(r"\\\1", text)
