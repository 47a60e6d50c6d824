"""What came out of many claims: for a terminal and as JSON; SARIF and what GitHub shows are in `render`."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from textwrap import indent, wrap

from derive.certificate_json import encode
from derive.render import claims
from derive.render.picture import Picture
from derive.render.report import COLOURS, WIDTH, Paint, plain
from derive.suite.item import Outcome
from derive.suite.policy import Policy, exit_code
from derive.version import VERSION

SCHEMA = 1
_STATUSES = ("refuted", "error", "unknown", "proved")
_COUNTED: Mapping[str, str] = {"error": "cannot be read", "unknown": "not decided"}
_COLOURS = {**COLOURS, "error": "red", "unknown": "yellow"}


@dataclass(frozen=True, slots=True)
class Run:
    """A run: its outcomes in order, the policy, how many claims there were to check, and how long it took.

    `pictures` are those of some claims, by their names: for the page.
    """

    outcomes: tuple[Outcome, ...]
    policy: Policy
    total: int
    seconds: float = 0.0
    pictures: Mapping[str, Sequence[Picture]] = field(default_factory=dict)

    @property
    def exit_code(self) -> int:
        """That of the program."""
        return exit_code(self.outcomes, self.policy)


# -- for a terminal


def line(outcome: Outcome, policy: Policy, paint: Paint = plain, *, verbose: bool = False) -> str:
    """One line of 80 columns: the name and the answer."""
    answer = _answer(outcome, policy)
    took = f"{outcome.seconds:6.2f} s, " if verbose else ""
    room = WIDTH - len(took) - len(answer) - 5
    name = outcome.item.name if len(outcome.item.name) <= room else "…" + outcome.item.name[1 - max(room, 20) :]
    dots = "." * max(3, WIDTH - len(name) - len(took) - len(answer) - 2)
    return f"{name} {dots} {took}{answer.replace(outcome.status, paint(outcome.status, _COLOURS[outcome.status]), 1)}"


def _answer(outcome: Outcome, policy: Policy) -> str:
    said: list[str] = [outcome.status]
    if outcome.numeric_only:
        said.append("numbers agree")
    if outcome.report is not None and outcome.status == "proved" and outcome.report.serious:
        said.append(f"{_count(len(outcome.report.serious), 'finding')} in floating point")
    if outcome.status == "unknown" and policy.level(outcome) != "fail":
        said.append("allowed")
    return ", ".join([*said, *(["replayed"] if outcome.replayed else [])])


def details(outcome: Outcome, paint: Paint = plain, *, verbose: bool = False) -> str:
    """Everything about one outcome: where it stands, the report or the reason, and what the code printed.

    What a formula does in floating point is left out where something worse is wrong with it, unless `verbose`.
    """
    file, at = outcome.place()
    place = f" ({file}:{at})" if file and at else f" ({file})" if file else ""
    out = [f"{outcome.item.name}{place}"]
    report = outcome.report
    if report is None:
        out += _indented(outcome.reason, f"{paint(outcome.status, _COLOURS[outcome.status])}: ")
    else:
        told = report if verbose or report.status == "proved" else replace(report, findings=())
        out.append(indent(claims.text(told, paint, WIDTH - 2), "  ").rstrip())
        out += [f"  {note}" for note in _notes(outcome)] if verbose else []
    if outcome.printed and (verbose or outcome.status != "proved"):
        out += ["  the code printed:", *(f"  | {text}" for text in outcome.printed.splitlines()[-20:])]
    return "\n".join(out) + "\n"


def _indented(text: str, first: str) -> Iterator[str]:
    """Lines that fit are kept as they are, as some point at a column."""
    for part in text.splitlines() or [""]:
        fits = len(part) <= WIDTH - 12
        yield from (
            [f"  {first}{part}"] if fits else wrap(first + part, WIDTH, initial_indent="  ", subsequent_indent="    ")
        )
        first = ""


def _notes(outcome: Outcome) -> Iterator[str]:
    if outcome.replayed:
        yield "replayed from the cache: proofs and witnesses were checked again"
    if outcome.cached:
        yield f"cache: {outcome.cached}"


def failures(run: Run, paint: Paint = plain, *, verbose: bool = False) -> Iterator[str]:
    """The details of what fails the build; of everything, where that is asked for."""
    for outcome in run.outcomes:
        if verbose or run.policy.level(outcome) == "fail":
            yield details(outcome, paint, verbose=verbose)


def summary(run: Run) -> str:
    """The last line.

    >>> summary(Run((), Policy(), 0))
    '0 claims: nothing was checked'
    """
    if not run.outcomes:
        return f"{_count(run.total, 'claim')}: nothing was checked"
    counts: Counter[str] = Counter(o.status for o in run.outcomes)
    said = [f"{counts[s]} {_COUNTED.get(s, s)}" for s in _STATUSES if counts[s]]
    replayed = sum(o.replayed for o in run.outcomes)
    said += [f"{replayed} replayed from the cache"] if replayed else []
    found = sum(run.policy.level(o) == "warn" and o.status == "proved" for o in run.outcomes)
    said += [f"{found} with findings in floating point"] if found else []
    left = run.total - len(run.outcomes)
    said += [f"{left} not checked"] if left else []
    words = f"{_count(run.total, 'claim')}: {', '.join(said)}; {run.seconds:.1f} s"
    return "\n".join(wrap(words, WIDTH, subsequent_indent="  "))


def _count(number: int, word: str) -> str:
    return f"{number:,} {word}{'s' * (number != 1)}"


def text(run: Run) -> str:
    """The whole report as text, for a file."""
    lines = [line(o, run.policy) for o in run.outcomes]
    return "\n".join([*lines, "", *failures(run), summary(run)]) + "\n"


# -- for other programs, and for pages


def to_json(run: Run) -> str:
    """The outcomes with their reports, for machines."""
    counts: Counter[str] = Counter(o.status for o in run.outcomes)
    body = {
        "schema": SCHEMA,
        "version": VERSION,
        "exit_code": run.exit_code,
        "claims": run.total,
        "counts": {s: counts[s] for s in _STATUSES},
        "outcomes": [_record(o, run.policy) for o in run.outcomes],
    }
    return json.dumps(body, indent=1, ensure_ascii=False) + "\n"


def _record(outcome: Outcome, policy: Policy) -> dict[str, object]:
    file, at = outcome.place()
    return {
        "name": outcome.item.name,
        "file": file,
        "line": at,
        "status": outcome.status,
        "answer": outcome.report.answer if outcome.report is not None else "",
        "level": policy.level(outcome),
        "summary": outcome.summary,
        "numeric_only": outcome.numeric_only,
        "replayed": outcome.replayed,
        "cache": outcome.cached,
        "seconds": round(outcome.seconds, 3),
        "printed": outcome.printed,
        "report": encode(outcome.report) if outcome.report is not None else None,
    }


def _markdown(run: Run) -> str:
    from derive.render import github

    return github.summary(run.outcomes, run.policy)


def _sarif(run: Run) -> str:
    from derive.render import sarif

    return sarif.render(run.outcomes, run.policy, exit_code=run.exit_code)


def _github(run: Run) -> str:
    from derive.render import github

    return github.commands(run.outcomes, run.policy)


def _latex(run: Run) -> str:
    return "\n".join(claims.latex(o.report) for o in run.outcomes if o.report is not None)


def _html(run: Run) -> str:
    from derive.render import claims_html

    return claims_html.render_all(run.outcomes, " ".join(summary(run).split()), pictures=run.pictures)


#: format -> the whole output
FORMATS: Mapping[str, Callable[[Run], str]] = {
    "text": text,
    "json": to_json,
    "markdown": _markdown,
    "latex": _latex,
    "html": _html,
    "sarif": _sarif,
    "github": _github,
}


def selected(expression: str, names: Sequence[str]) -> list[str]:
    """The names that an expression selects: words that they hold, with `not`, `and` and `or`; case does not matter.

    >>> selected("focal and not xgb", ["a.py::focal", "xgb.py::focal", "a.py::huber"])
    ['a.py::focal']
    """
    return [n for n in names if any(_all(part, n.lower()) for part in f" {expression.lower()} ".split(" or "))]


def _all(part: str, name: str) -> bool:
    words = [w.strip() for w in part.split(" and ")]
    return all((w[4:].strip() not in name) if w.startswith("not ") else (w in name) for w in words)
