"""What came out when a certificate file was checked again: the answer, what it is about, what was not checked.

Formulas are printed as they were proved, without the short names that the author of the file chose: a name such as h
can stand for anything there. Titles, names of statements and remarks are the author's, so they are quoted.
"""

from __future__ import annotations

from collections.abc import Iterator
from textwrap import wrap

from derive.certificate import Certificate, CheckedDerivation, CheckedStatement, Proved
from derive.render._fold import fold
from derive.render._lines import broken
from derive.render._printer import all_names, unmarked
from derive.render._statements import TEXT, formulas, outcome
from derive.render._text_printer import TextPrinter
from derive.render.report import COLOURS, WIDTH, Paint, explain, plain
from derive.terms.term import Term, free_names, make, sym

_COST = "J"
#: what the definition of a limit speaks of: for every ε > 0 (every M), δ > 0, and 0 < t ≤ 1
_OWN = frozenset({"delta", "epsilon", "M", "t"})


def render(found: Certificate, notes: tuple[str, ...], paint: Paint = plain) -> str:
    """The report of a replay: `found` has the verdicts that were found, `notes` say what they rest on."""
    steps = [step for d in found.derivations for step in d.steps]
    held = sum(s.ok for s in found.statements)
    counts = [f"{sum(s.verdict.status == 'proved' for s in steps)} of {len(steps)} steps"] if steps else []
    counts += [f"{held} of {len(found.statements)} statements"] if found.statements else []
    lines = wrap(f"{found.name}: {found.status}; {', '.join(counts)} proved again, from the file alone", WIDTH)
    lines[0] = _painted(lines[0], found.status, paint)
    for derivation in found.derivations:
        lines += _derivation(derivation, paint)
    if found.cost is not None:
        lines += ["  the cost, for data of every size m × n", *_formula(sym(_COST), "=", found.cost)]
        lines += _ranges(found.domain, found.cost)
    for d in found.derivations:
        lines += _result(d, found)
    for s in found.statements:
        lines += _statement(s, paint)
    for note in notes:
        lines += wrap(f"note: {note}", WIDTH, initial_indent="  ", subsequent_indent="    ")
    return "\n".join(lines) + "\n"


def _painted(line: str, status: str, paint: Paint) -> str:
    return line.replace(status, paint(status, COLOURS.get(status, "yellow")), 1)


def _derivation(d: CheckedDerivation, paint: Paint) -> Iterator[str]:
    """The steps that do not hold."""
    for number, step in enumerate(d.steps, 1):
        if not step.ok:
            how = step.verdict.status if step.justified else f"not justified, {step.verdict.status}"
            yield from _words(f"{d.title}: step {number}, {step.rule}: {how}", 2)
            if step.verdict.status != "proved":
                yield from _words(explain(step.verdict), 6)


def _result(d: CheckedDerivation, found: Certificate) -> Iterator[str]:
    """The whole matrix that a derivation ends with, if every step of it holds."""
    if d.kind == "lemma" or not d.ok:
        return
    left = sym(_COST)
    for g in found.derivations:
        if g.kind == "gradient" and d.kind == "hessian" and d.start.args[0] in [step.result for step in g.steps]:
            left = make("diff", left, g.start.args[1])
    yield f"  the {d.kind}, whose entries are {_shown(make('diff', left, d.start.args[1]))}"
    yield from _pieces("    = ", _marked(d.steps[-1].result))
    if any(isinstance(s.verdict, Proved) and s.verdict.domains_differ for s in d.steps):
        yield from _words("not all steps are defined at the same points: equal wherever both sides are", 4)


def _statement(s: CheckedStatement, paint: Paint) -> Iterator[str]:
    first, *rest = _words(f"{s.name}: {outcome(s)}", 2)
    yield from (_painted(first, s.status, paint), *rest)
    for f in formulas(s, lambda t: t):
        right: Term | str = "∞" if f.right is None else f.right
        if f.end is not None:
            right = f"[{_shown(f.right)}, {_shown(f.end)}]" if f.right is not None else right
        yield from _formula(f.left, TEXT[f.relation], right)
    own = _OWN if s.question in ("limit", "diverges") else frozenset()
    yield from _ranges(s.domain, *s.terms, without=own)


def _ranges(domain: dict[str, str], *terms: Term, without: frozenset[str] = frozenset()) -> Iterator[str]:
    """Where it is said to hold: the values of each variable."""
    used = frozenset().union(*map(free_names, terms)) - without
    known = {names: text for names, text in domain.items() if any(n.strip() in used for n in names.split(","))}
    grouped = {name.strip() for names in known for name in names.split(",")}
    real = sorted(name for name in used - grouped)
    said = [f"{name}: {text}" for name, text in sorted(known.items())] + [f"{name}: real" for name in real]
    if said:
        yield from _words(f"for {'; '.join(said)}", 4)


def _formula(left: Term, relation: str, right: Term | str) -> Iterator[str]:
    """left relation right, on as many lines as it takes."""
    start = f"    {_shown(left)} {relation} "
    if len(start) > WIDTH // 2:
        yield from _pieces("    ", _marked(left))
        start = f"      {relation} "
    yield from _pieces(start, right if isinstance(right, str) else _marked(right))


def _pieces(start: str, marked: str) -> Iterator[str]:
    first, *rest = broken(marked, WIDTH - len(start), WIDTH - 8)
    for line in (start + first, *(" " * 8 + line for line in rest)):
        yield from [line] if len(line) <= WIDTH else wrap(line, WIDTH, subsequent_indent=" " * 8)


def _marked(t: Term) -> str:
    folded = fold(t, ())
    return TextPrinter(all_names(folded)).term(folded).text


def _shown(t: Term) -> str:
    return unmarked(_marked(t))


def _words(text: str, indent: int) -> list[str]:
    return wrap(text, WIDTH, initial_indent=" " * indent, subsequent_indent=" " * (indent + 2))
