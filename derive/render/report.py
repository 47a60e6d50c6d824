"""The proof check for a terminal: one line a step, one line a numeric check, and a summary; 80 columns."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from textwrap import wrap
from typing import TypeAlias

from derive.certificate import (
    Certificate,
    Check,
    CheckedDerivation,
    CheckedStatement,
    CheckedStep,
    Condition,
    Proved,
    Refuted,
    Unknown,
    Verdict,
)

WIDTH = 80
#: puts a colour on a word; by default there is none
Paint: TypeAlias = Callable[[str, str], str]
COLOURS = {"proved": "green", "agrees": "green", "refuted": "red", "disagrees": "red", "not justified": "red"}


def plain(text: str, colour: str) -> str:
    """No colour."""
    return text


def render(certificate: Certificate, paint: Paint = plain, *, verbose: bool = False) -> str:
    """The report of a whole certificate; with `verbose` it says how each step and statement was proved."""
    return "\n".join(_lines(certificate, paint, verbose)) + "\n"


def _lines(certificate: Certificate, paint: Paint, verbose: bool) -> Iterator[str]:
    yield f"{certificate.name}: {certificate.title}"
    for derivation in certificate.derivations:
        yield from _derivation(derivation, paint, verbose)
    for statement in certificate.statements:
        yield from _statement(statement, paint, verbose)
    if certificate.kind == "loss":
        yield from _agreement(certificate, paint)
    first, *rest = wrap(summary(certificate), WIDTH)
    status = certificate.status
    yield from (first.replace(f": {status}", f": {_word(status, paint)}", 1), *rest)


def summary(certificate: Certificate, paint: Paint = plain) -> str:
    """One line: the status, how many steps hold and how many numeric checks agree."""
    steps = [step for d in certificate.derivations for step in d.steps]
    checks = certificate.agreement.checks if certificate.agreement else ()
    stated = certificate.statements
    counts = [f"{sum(s.ok for s in steps)} of {len(steps)} steps justified and proved"] if steps else []
    counts += [f"{sum(s.ok for s in stated)} of {len(stated)} statements proved"] if stated else []
    counts += (
        [f"{sum(c.ok for c in checks)} of {len(checks)} numeric checks agree"] if certificate.kind == "loss" else []
    )
    return f"{certificate.name}: {_word(certificate.status, paint)}; {', '.join(counts)}"


def _derivation(derivation: CheckedDerivation, paint: Paint, verbose: bool) -> Iterator[str]:
    title = derivation.title if derivation.kind != "lemma" else f"lemma: {derivation.title}"
    yield from wrap(title, WIDTH, initial_indent="  ", subsequent_indent="    ")
    if not derivation.steps:
        yield "    no steps: nothing is shown"
    for number, step in enumerate(derivation.steps, 1):
        yield from _step(number, step, paint, verbose)


def _statement(statement: CheckedStatement, paint: Paint, verbose: bool) -> Iterator[str]:
    yield from _dotted(statement.says, statement.status, _word(statement.status, paint))
    if verbose or not statement.ok:
        yield from _indented(explain(statement.verdict))


def _step(number: int, step: CheckedStep, paint: Paint, verbose: bool) -> Iterator[str]:
    words = ("justified" if step.justified else "not justified", step.verdict.status)
    yield from _dotted(f"{number}. {step.rule}", ", ".join(words), ", ".join(_word(w, paint) for w in words))
    if verbose or step.verdict.status != "proved":
        yield from _indented(explain(step.verdict))


def _dotted(label: str, answer: str, painted: str) -> Iterator[str]:
    """The label, dots, and the answer at the right margin; a long label goes on in the next line."""
    *lines, last = wrap(label, WIDTH - len(answer) - 5, initial_indent="    ", subsequent_indent="      ")
    yield from lines
    yield f"{last} {'.' * (WIDTH - len(last) - len(answer) - 2)} {painted}"


def render_verdict(verdict: Verdict, paint: Paint = plain) -> str:
    """A verdict on its own: the answer, how it was found, and the side conditions that it rests on."""
    lines = wrap(f"{verdict.status}: {explain(verdict)}", WIDTH, subsequent_indent="  ")
    lines[0] = lines[0].replace(verdict.status, _word(verdict.status, paint), 1)
    if isinstance(verdict, Proved):
        lines += [f"  where {_condition(c)}" for c in verdict.conditions]
    return "\n".join(lines) + "\n"


def _condition(condition: Condition) -> str:
    from derive.terms.unparse import unparse  # a replay has no need of it

    relation = {"positive": "> 0", "nonnegative": ">= 0", "nonzero": "!= 0"}[condition.kind]
    return f"{unparse(condition.term)} {relation}"


def explain(verdict: Verdict) -> str:
    """A verdict in a sentence: the method, the witness or the reason."""
    notes = "".join(f"; {note}" for note in verdict.notes)
    match verdict:
        case Proved(method=method, domains_differ=differ):
            return f"{method}{'; the two sides are not defined at the same points' if differ else ''}{notes}"
        case Refuted(witness=witness):
            point = ", ".join(f"{name} = {value}" for name, value in witness.point) or "every point"
            return f"at {point} the left side is {witness.left}, the right side {witness.right}{notes}"
        case Unknown(reason=reason):
            return f"{reason}{notes}"


def _agreement(certificate: Certificate, paint: Paint) -> Iterator[str]:
    if certificate.agreement is None:
        yield "  numbers: not compared"
        return
    yield "  numbers, by finite differences (error met, of error allowed)"
    checks = certificate.agreement.checks
    for check in checks:
        yield from _check(check, paint)
    for allowed, why in dict.fromkeys((f"{c.allowed:.1e}", c.why) for c in checks):
        yield from wrap(f"{allowed} allows for {why}", WIDTH, initial_indent="    ", subsequent_indent="      ")


def _check(check: Check, paint: Paint) -> Iterator[str]:
    status = "agrees" if check.ok else "disagrees"
    points = f"{check.points:,} point{'s' * (check.points != 1)}"
    numbers = f"{points}, {check.error:.1e} of {check.allowed:.1e}"
    yield from _dotted(check.name, f"{numbers}, {status}", f"{numbers}, {_word(status, paint)}")
    if check.worst and not check.ok:
        yield from _indented(f"worst at {check.worst}")


def _indented(text: str) -> list[str]:
    return wrap(text, WIDTH, initial_indent=" " * 7, subsequent_indent=" " * 7)


def _word(word: str, paint: Paint) -> str:
    return paint(word, COLOURS.get(word, "yellow" if word == "unknown" else ""))
