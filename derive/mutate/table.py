"""A score for people: a table of the mutants, the diffs of those that survived, and how many were caught."""

from __future__ import annotations

from collections.abc import Callable

from derive.mutate.records import Outcome, Score
from derive.terms.json import Json

_COLOUR = {"caught": "green", "survived": "red", "timeout": "yellow", "equivalent": "cyan"}
_SAID = {"timeout": "timeout (caught)"}


def text(score: Score, paint: Callable[[str, str], str] = lambda text, colour: text) -> str:
    """The whole answer, for a terminal."""
    head = f"{score.target}: {len(score.outcomes)} mutants, {' '.join(score.command)} ({score.seconds:.1f} s)"
    width = max(len(o.mutant.says) for o in score.outcomes)
    rows = [_row(o, width, paint) for o in score.outcomes]
    diffs = [part for o in score.of("survived") for part in _survivor(o)]
    return "\n".join([head, "", *rows, "", *diffs, summary(score), ""])


def _row(o: Outcome, width: int, paint: Callable[[str, str], str]) -> str:
    m = o.mutant
    said = paint(_SAID.get(o.status, o.status), _COLOUR[o.status])
    return f"{m.number:>4}  line {m.line:<4} {m.kind:<8} {m.says:<{width}}  {said}"


def _survivor(o: Outcome) -> list[str]:
    m = o.mutant
    return [f"survived: {m.number}, line {m.line}, {m.kind}: {m.says}", m.diff]


def summary(score: Score) -> str:
    """How many were caught, in a line."""
    late, same = len(score.of("timeout")), len(score.of("equivalent"))
    aside = [f"{late} by the time limit of {score.timeout:.0f} s"] if late else []
    aside += [f"{same} proved equivalent, not counted"] if same else []
    said = f" ({'; '.join(aside)})" if aside else ""
    return f"{score.caught} of {score.counted} caught{said}: score {_percent(score)}"


def _percent(score: Score) -> str:
    """Rounded down: 100 % is said only where nothing survived."""
    return f"{int(100 * score.share)} %"


def to_json(score: Score) -> Json:
    """The whole answer, for programs."""
    return {
        "schema": 1,
        "target": score.target,
        "command": list(score.command),
        "seconds": round(score.seconds, 3),
        "timeout": round(score.timeout, 3),
        "caught": score.caught,
        "counted": score.counted,
        "score": score.share,
        "mutants": [_mutant(o) for o in score.outcomes],
    }


def _mutant(o: Outcome) -> Json:
    m = o.mutant
    return {
        "number": m.number, "kind": m.kind, "line": m.line, "says": m.says, "status": o.status,
        "seconds": round(o.seconds, 3), "diff": m.diff,
    }  # fmt: skip
