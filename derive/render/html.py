"""The derivation as a page of its own: MathML, no script, nothing to be loaded; each step opens to why it holds."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from html import escape

from derive.certificate import Certificate, Check, CheckedDerivation, CheckedStatement, CheckedStep, Condition, Verdict
from derive.render import latex
from derive.render._html_page import (
    CONDITIONS,
    INFINITY,
    RELATIONS,
    Maths,
    Section,
    block,
    inline,
    maths,
    opening,
    page,
    said,
    table,
    terms,
    verdict,
)
from derive.render._names import unicode_name
from derive.render._statements import Formula, formulas, outcome, sentence
from derive.render._story import COST, Line, Row, Story, allowances
from derive.render.picture import Picture, figures
from derive.render.report import explain, summary
from derive.render.text import verdict_words
from derive.terms.term import Term

_EQUALS = RELATIONS["eq"]
_LONG_LEFT = 20
_QUESTIONS = {
    "equal": "are the two sides equal wherever both have a value?",
    "nonnegative": "is it nonnegative wherever it has a value?",
    "positive": "is it positive wherever it has a value?",
    "limit": "is that the limit?",
    "diverges": "does it grow beyond every bound?",
    "minimum": "does the box hold exactly one stationary point, a strict minimum, with a value between the bounds?",
}


def render(certificate: Certificate, *, pictures: Sequence[Picture] = ()) -> str:
    """The whole derivation: symbols, definitions, every line with its rule and its verdict, statements, numbers."""
    c, story = certificate, Story(certificate)
    head = [f"<p>{said(c.description)}</p>"] if c.description else []
    counts = summary(c).removeprefix(f"{c.name}: {c.status}; ")
    head.append(f"<p>{verdict(c.status)} {said(counts)}.</p>")
    foot = [f"<p>Reference: {said(c.reference)}</p>"] if c.reference else []
    return page(c.title, head, [Section(title, list(lines)) for title, lines in _sections(story, pictures)], foot)


def _sections(story: Story, pictures: Sequence[Picture]) -> Iterator[tuple[str, Iterable[str]]]:
    c = story.certificate
    yield "Symbols", _symbols(story.symbols())
    if story.notation:
        yield "Definitions", _definitions(story)
    for d in c.derivations:
        yield f"Lemma: {d.title}" if d.kind == "lemma" else d.title, _derivation(story, d)
    if c.statements:
        yield "Statements", _statements(story, c.statements)
    if pictures:
        yield "Pictures", figures(pictures)
    if c.kind == "loss":
        yield "Rules", _rules(story.rules())
        yield "Numbers", _numbers(c)


def _symbols(rows: list[Row]) -> Iterator[str]:
    yield from table("What the symbols stand for", ("symbol", "size", "values", "meaning"), map(_symbol, rows))


def _symbol(row: Row) -> list[str]:
    times = Maths("<mo>×</mo>", r"\times")
    size = [piece for side in row.shape for piece in (times, maths(side))][1:]
    names = ", ".join(f"<var>{said(unicode_name(n))}</var>" for n in row.names)
    return [names, inline(*size) if size else "", said(row.values), said(row.says)]


def _definitions(story: Story) -> Iterator[str]:
    yield '<ul class="plain">'
    for d in story.definitions():
        yield f"<li>{_equation(maths(d.left), maths(d.right))}<p>{said(sentence(d.says)) if d.says else ''}</p></li>"
    yield "</ul>"
    remarks = [f"<li>{said(f'{formula} {says}')}</li>" for formula, says in story.remarks()]
    yield f"<ul>{''.join(remarks)}</ul>" if remarks else ""


def _derivation(story: Story, d: CheckedDerivation) -> Iterator[str]:
    if not d.steps:
        yield "<p>There are no steps: nothing is shown.</p>"
        return
    yield '<ol class="steps">'
    for line in story.lines[d.name]:
        yield "<li>"
        yield _equation(_left(line), maths(line.right))
        yield from _step(story, line.step) if line.step else [f'<p class="note">{said(line.note)}</p>']
        yield "</li>"
    yield "</ol>"


def _left(line: Line) -> Maths | None:
    return _nabla(line) if line.nabla else maths(line.left) if line.left is not None else None


def _nabla(line: Line) -> Maths:
    """The whole gradient or Hessian, or the part of it for some blocks of parameters."""
    below = "".join(f"<mi>{escape(unicode_name(name))}</mi>" for name in line.blocks)
    sign, two = "<mo>∇</mo>", "<mn>2</mn>" if line.nabla > 1 else ""
    if below:
        row = f"<mrow>{below}</mrow>"
        shown = f"<msubsup>{sign}{row}{two}</msubsup>" if two else f"<msub>{sign}{row}</msub>"
    else:
        shown = f"<msup>{sign}{two}</msup>" if two else sign
    return Maths(f"{shown}<mi>{COST}</mi>", latex.nabla(line))


def _equation(left: Maths | None, right: Maths, relation: Maths = _EQUALS) -> str:
    """left = right; a long left side has a line of its own."""
    if left is None:
        return block((relation, right))
    return block((left,), (relation, right)) if left.letters > _LONG_LEFT else block((left, relation, right))


def _step(story: Story, step: CheckedStep) -> Iterator[str]:
    """Its rule and its verdict in a line, which opens to why; what is not as it should be is open already."""
    status = step.verdict.status if step.justified else "refuted"
    head = f"{said(step.rule)} {verdict(status, verdict_words(step))}"
    yield from opening(head, terms(_reasons(story, step)), not step.ok or _differs(step.verdict))


def _reasons(story: Story, step: CheckedStep) -> Iterator[tuple[str, str]]:
    gives = "gives this line" if step.justified else "does not give this line"
    yield "Rule", f'{said(step.says)} <span class="said">{said(step.formula)}</span>'
    yield "Justified", f"{'Yes' if step.justified else 'No'}: the rule, applied again to the line before, {gives}."
    yield from _proof(story, step.verdict)


def _proof(story: Story, v: Verdict) -> Iterator[tuple[str, str]]:
    """How a verdict was found, and what it rests on."""
    yield {"proved": "Proof", "refuted": "Refuted", "unknown": "Not decided"}[v.status], said(sentence(explain(v)))
    conditions: tuple[Condition, ...] = getattr(v, "conditions", ())
    rows = "".join(f"<li>{block((maths(story.folded(c.term)), CONDITIONS[c.kind]))}</li>" for c in conditions)
    if v.status == "proved":
        yield "Side conditions", f"<ul>{rows}</ul>" if rows else "None."


def _differs(v: Verdict) -> bool:
    return bool(getattr(v, "domains_differ", False))


def _statements(story: Story, statements: Iterable[CheckedStatement]) -> Iterator[str]:
    yield '<ul class="statements">'
    for s in statements:
        yield f"<li><p>{said(sentence(s.says))}</p>"
        yield from (_formula(f) for f in formulas(s, story.folded))
        yield from opening(_came_out(s), terms(_asked(story, s)), not s.ok)
        yield "</li>"
    yield "</ul>"


def _came_out(s: CheckedStatement) -> str:
    rest = outcome(s).removeprefix(s.status).removeprefix(": ")
    return f"{verdict(s.status)} {said(rest)}".rstrip()


def _formula(f: Formula) -> str:
    right = INFINITY if f.right is None else maths(f.right)
    if f.end is not None:
        end = maths(f.end)
        shown = f"<mrow><mo>[</mo>{right.shown}<mo>,</mo>{end.shown}<mo>]</mo></mrow>"
        right = Maths(shown, f"[{right.source}, {end.source}]")
    return _equation(maths(f.left), right, RELATIONS[f.relation])


def _asked(story: Story, s: CheckedStatement) -> Iterator[tuple[str, str]]:
    yield "Question", said(sentence(_QUESTIONS[s.question]))
    yield "Answer", f"{'Yes' if s.expected == 'proved' else 'No'}, says the statement; it is {said(_answer(s))}."
    where = "; ".join(f"{names}: {values}" for names, values in s.domain.items())
    yield "Domain", said(sentence(where)) if where else "All real numbers."
    yield from _proof(story, s.verdict)


def _answer(s: CheckedStatement) -> str:
    return {"proved": "yes", "refuted": "no", "unknown": "not known"}[s.verdict.status]


def _rules(steps: Iterable[CheckedStep]) -> Iterator[str]:
    rows = ([said(s.rule), f'<span class="said">{said(s.formula)}</span>', said(s.says)] for s in steps)
    yield from table("The rules that were used", ("rule", "formula", "in words"), rows)


def _numbers(c: Certificate) -> Iterator[str]:
    if c.agreement is None:
        yield "<p>Not compared with finite differences.</p>"
        return
    heads = ("compared", "points", "error met", "error allowed", "result")
    yield from table("The formulas against finite differences", heads, map(_check, c.agreement.checks), (1, 2, 3))
    yield "<ul>"
    yield from (f"<li>{allowed:.1e} allows for {said(sentence(why))}</li>" for allowed, why in allowances(c))
    yield "</ul>"


def _check(c: Check) -> list[str]:
    how = verdict("proved", "✓ agrees") if c.ok else verdict("refuted", "✗ disagrees") + said(f" worst at {c.worst}")
    return [said(c.name), f"{c.points:,}", f"{c.error:.1e}", f"{c.allowed:.1e}", how]


def term(t: Term) -> str:
    """A term as an element of MathML, with its LaTeX as an annotation.

    >>> from derive.terms.term import sym
    >>> term(sym("theta")).removeprefix("<math><semantics><mrow><mi>θ</mi></mrow>")
    '<annotation encoding="application/x-tex">\\\\theta</annotation></semantics></math>'
    """
    return inline(maths(t))
