"""The derivation for a terminal: Unicode mathematics, no line longer than the width."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from textwrap import wrap

from derive.certificate import Certificate, Check, CheckedDerivation, CheckedStatement, CheckedStep, Condition, Notation
from derive.render._fold import fold
from derive.render._lines import broken
from derive.render._names import subscript, unicode_name
from derive.render._printer import Out, all_names, unmarked
from derive.render._statements import TEXT, Formula, formulas, outcome, sentence
from derive.render._story import COST, Line, Row, Story, allowances
from derive.render._text_printer import TextPrinter
from derive.render.report import COLOURS, Paint, explain, plain, summary
from derive.terms.term import Term

WIDTH = 80
MARKS = {"proved": "✓", "refuted": "✗", "unknown": "?"}
RELATIONS = {"positive": "> 0", "nonnegative": "≥ 0", "nonzero": "≠ 0"}


def term(t: Term, notation: Iterable[Notation] = ()) -> str:
    """A term as one line of Unicode mathematics.

    >>> from derive.terms.term import at, num, sub, sym
    >>> term(sub(num(1), at("theta", sym("j"))))
    '1 − θⱼ'
    """
    return unmarked(_marked(fold(t, notation)).text)


def render(certificate: Certificate, width: int = WIDTH, paint: Paint = plain) -> str:
    """The whole derivation: symbols, definitions, every line with its rule and its verdict, the rules, the numbers."""
    return "\n".join(line.rstrip() for line in _Page(Story(certificate), width, paint).lines()) + "\n"


def _marked(folded: Term) -> Out:
    return TextPrinter(all_names(folded)).term(folded)


def verdict_words(step: CheckedStep) -> str:
    """The mark and the word of a step: never the mark of a proof for what is not justified."""
    status = step.verdict.status
    if step.justified:
        return f"{MARKS[status]} {status}"
    return f"✗ not justified ({'equal' if status == 'proved' else status})"


class _Page:
    def __init__(self, story: Story, width: int, paint: Paint) -> None:
        self.story, self.width, self.paint = story, width, paint

    def lines(self) -> Iterator[str]:
        c = self.story.certificate
        yield from self.words(c.title)
        yield "═" * min(len(c.title), self.width)
        yield from self.words(c.description)
        yield from ("", "Symbols", *self.symbols())
        if self.story.notation:
            yield from ("", "Definitions", *self.definitions())
        for d in c.derivations:
            yield from ("", *self.words(f"Lemma: {d.title}" if d.kind == "lemma" else d.title), *self.derivation(d))
        if c.statements:
            yield from ("", "Statements")
        for s in c.statements:
            yield from self.statement(s)
        if c.kind == "loss":
            yield from ("", "Rules", *self.rules(), "", "Numbers (error met, of error allowed)", *self.numbers())
        yield from ("", *self.words(summary(c)))

    def words(self, text: str, indent: int = 0, first: str = "") -> list[str]:
        """English, wrapped."""
        start = first or " " * indent
        return wrap(text, self.width, initial_indent=start, subsequent_indent=" " * (indent or len(first)))

    def symbols(self) -> Iterator[str]:
        rows = [(", ".join(map(unicode_name, row.names)), _values(row), row.says) for row in self.story.symbols()]
        first, second = (max((len(row[n]) for row in rows), default=0) + 2 for n in (0, 1))
        for name, kind, says in rows:
            yield from self.words(says, first=f"  {name:<{first}}{kind:<{second}}")

    def definitions(self) -> Iterator[str]:
        for d in self.story.definitions():
            left = term(d.left)
            yield from self.equation(f"  {left} = ", _marked(d.right), d.says)
        for formula, says in self.story.remarks():
            yield from self.words(f"{formula} {says}", indent=4, first="  ")

    def derivation(self, d: CheckedDerivation) -> Iterator[str]:
        if not d.steps:
            yield "  no steps: nothing is shown"
        for line in self.story.lines[d.name]:
            yield from self.line(line)
        conditions = self.story.conditions(d)
        if conditions:
            yield from self.words(f"where {', '.join(map(_condition, conditions))}", indent=4)

    def statement(self, s: CheckedStatement) -> Iterator[str]:
        """What is said, its formulas, and how the question came out."""
        yield from self.words(sentence(s.says), indent=4, first="  ")
        for f in formulas(s, self.story.folded):
            yield from self.formula(f)
        for line in self.words(f"{MARKS[s.status]} {outcome(s)}", indent=8, first="      "):
            yield line.replace(s.status, self.paint(s.status, COLOURS.get(s.status, "yellow")), 1)

    def formula(self, f: Formula) -> Iterator[str]:
        """left relation right, on two lines or more where one is not enough."""
        left, right = _sides(f)
        if len(unmarked(left.text)) + len(unmarked(right.text)) + 7 <= self.width:
            yield f"      {unmarked(left.text)} {unmarked(right.text)}"
            return
        yield from self.pieces("      ", left, 8)
        yield from self.pieces("        ", right, 10)

    def line(self, line: Line) -> Iterator[str]:
        if line.left is not None:
            yield from self.pieces("  ", _marked(line.left), 4)
        left = f"  {_nabla(line)} = " if line.nabla else "    = "
        note = line.note if line.step is None else f"{line.step.rule}  {verdict_words(line.step)}"
        yield from self.painted(self.equation(left, _marked(line.right), note), line.step)
        yield from self.reasons(line.step)

    def reasons(self, step: CheckedStep | None) -> list[str]:
        """Why a step is not proved, or what has to be known about its proof."""
        if step is None or (step.ok and not getattr(step.verdict, "domains_differ", False)):
            return []
        return self.words(explain(step.verdict), indent=10)

    def painted(self, lines: Iterable[str], step: CheckedStep | None) -> Iterator[str]:
        words = verdict_words(step) if step else ""
        colour = COLOURS.get(step.verdict.status if step.justified else "not justified", "yellow") if step else ""
        for line in lines:
            head = line.removesuffix(words)
            yield head + self.paint(words, colour) if words and head != line else line

    def equation(self, left: str, right: Out, note: str) -> Iterator[str]:
        """left = right, and the note at the right margin, on a line of its own where there is no room."""
        *lines, last = self.pieces(left, right, len(left) + 2)
        yield from lines
        if len(last) + 2 + len(note) <= self.width:
            yield last + note.rjust(self.width - len(last)) if note else last
        else:
            yield last
            yield from (line.strip().rjust(self.width) for line in self.words(note))

    def pieces(self, left: str, right: Out, indent: int) -> list[str]:
        """One expression on as many lines as it needs."""
        first, *rest = broken(right.text, self.width - len(left), self.width - indent)
        lines = [left + first, *(" " * indent + line for line in rest)]
        return [piece for line in lines for piece in self.cut(line, indent)]

    def cut(self, line: str, indent: int) -> list[str]:
        """A line that could not be broken at an operator is cut: it is never too long."""
        if len(line) <= self.width:
            return [line]
        return wrap(line, self.width, subsequent_indent=" " * indent, break_on_hyphens=False)

    def rules(self) -> Iterator[str]:
        for step in self.story.rules():
            yield from self.words(f"{step.rule}: {step.says}", indent=4, first="  ")
            yield from self.words(step.formula, indent=6)

    def numbers(self) -> Iterator[str]:
        agreement = self.story.certificate.agreement
        if agreement is None:
            yield "  not compared with finite differences"
            return
        for c in agreement.checks:
            yield from self.check(c)
        for allowed, why in allowances(self.story.certificate):
            yield from self.words(f"{allowed:.1e} allows for {why}", indent=4, first="  ")

    def check(self, c: Check) -> Iterator[str]:
        """What was compared on the left; how many points, the error met and the error allowed on the right."""
        numbers = f"{c.points:,} point{'s' * (c.points != 1)}, {c.error:.1e} of {c.allowed:.1e} {'✓' if c.ok else '✗'}"
        *lines, last = self.words(c.name, indent=4, first="  ")
        yield from lines
        if len(last) + len(numbers) + 2 > self.width:
            yield last
            last = ""
        yield last + numbers.rjust(self.width - len(last))
        if c.worst and not c.ok:
            yield from self.words(f"worst at {c.worst}", indent=6)


def _sides(f: Formula) -> tuple[Out, Out]:
    right = "∞" if f.right is None else _marked(f.right).text
    if f.end is not None:
        right = f"[{right}, {_marked(f.end).text}]"
    return _marked(f.left), Out(f"{TEXT[f.relation]} {right}")


def _condition(c: Condition) -> str:
    return f"{term(c.term)} {RELATIONS[c.kind]}"


def _nabla(line: Line) -> str:
    """The whole gradient or Hessian, or the part of it for some blocks of parameters."""
    below = "".join(map(unicode_name, line.blocks))
    below = (subscript(below) or (f"_{below}" if len(below) == 1 else f"_{{{below}}}") + " ") if below else ""
    return f"∇{'²' if line.nabla > 1 else ''}{below}{COST}"


def _values(row: Row) -> str:
    size = f"{' × '.join(map(term, row.shape))}, " if row.shape else ""
    return size + row.values
