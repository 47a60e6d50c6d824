"""Do the tests of an objective catch the mistakes that are made by hand? Seeded one at a time, in a copy."""

from __future__ import annotations

import os
from collections.abc import Callable, Collection, Iterator, Sequence
from pathlib import Path

from derive.errors import DeriveError
from derive.mutate import project as projects
from derive.mutate.equivalent import same
from derive.mutate.mutants import mutants, ruined
from derive.mutate.records import KINDS, Mutant, Outcome, Score, Status
from derive.mutate.running import Bench, Run, bench
from derive.mutate.source import Source, split

__all__ = ["KINDS", "Mutant", "Outcome", "Score", "mutate"]

#: a command without a mistake may take this long, in seconds, unless a limit is given
PATIENCE = 600.0
#: with a mistake, this many times as long, and at least some seconds
_TIMES, _LEAST = 10.0, 5.0


def mutate(
    target: str,
    command: Sequence[str],
    *,
    jobs: int | None = None,
    timeout: float | None = None,
    project: str | Path | None = None,
    only: Collection[str] = (),
    progress: Callable[[str], None] = lambda text: None,
) -> Score:
    """Seed the standard mistakes in `target` (`"objectives.py::focal_loss"`), one at a time, and run `command` on each.

    The command (`["pytest", "-q", "tests/"]`) runs in a temporary copy of the project; the project itself stays as it
    is. A mutant is caught when the command fails, or takes longer than `timeout` seconds (by default ten times as
    long as without a mistake, and at least five seconds). A mutant that passes, but is proved to compute what the
    original computes, is equivalent, and not counted. At most `jobs` commands run at once (by default one a core).
    `project` is the folder to copy (by default the nearest one above the file with a pyproject.toml or the like),
    `only` some of `KINDS`. `DeriveError` where the command fails without a mistake, or never calls the target.
    """
    path, name = split(target)
    command = tuple(command)
    if not command:
        raise DeriveError("say the command that runs your tests, after --: derive mutate objectives.py::f -- pytest -q")
    source = Source(path, name)
    found = mutants(source, target, only)
    home = projects.find(path, Path(project) if project else None)
    with bench(home, command) as b:
        progress("the command without a mistake")
        first = _sound(b, source, target, timeout or PATIENCE)
        limit = timeout or max(_TIMES * first.seconds, _LEAST)
        outcomes = list(_outcomes(b, found, limit, jobs or os.cpu_count() or 1, progress))
    progress("are the survivors equivalent?")
    judged = [_judged(o, source, name, home) for o in sorted(outcomes, key=lambda o: o.mutant.number)]
    progress("")
    return Score(target, command, first.seconds, limit, tuple(judged))


def _sound(b: Bench, source: Source, target: str, timeout: float) -> Run:
    """The command passes as it is, and fails where the target cannot be called: else no mutant says anything."""
    shown = " ".join(b.command)
    first = b.run(source.text, timeout)
    if first.code is None:
        raise DeriveError(f"{shown!r} takes longer than {timeout:g} s without any mistake; allow more with --timeout")
    if first.code != 0:
        raise DeriveError(
            f"{shown!r} fails without any mistake (exit code {first.code}), in a copy of {b.project.root}:\n"
            f"{first.output.rstrip()}"
        )
    if b.run(ruined(source), timeout).code == 0:
        raise DeriveError(
            f"{shown!r} passes even where {target} raises an error: it never calls it, or imports another copy of "
            f"{source.path.name} than the one in {b.project.root}"
        )
    return first


def _outcomes(
    b: Bench, found: Sequence[Mutant], limit: float, jobs: int, progress: Callable[[str], None]
) -> Iterator[Outcome]:
    survived = 0
    for done, (number, run) in enumerate(b.run_all([m.text for m in found], limit, jobs), 1):
        status: Status = "timeout" if run.code is None else "caught" if run.code else "survived"
        survived += status == "survived"
        progress(f"{done}/{len(found)} mutants, {survived} survived")
        yield Outcome(found[number], status, run.seconds)


def _judged(outcome: Outcome, source: Source, name: str, home: projects.Project) -> Outcome:
    """A survivor that computes what the original computes is no mutant."""
    if outcome.status == "survived" and name and same(source, name, outcome.mutant, home, dict(os.environ)):
        return Outcome(outcome.mutant, "equivalent", outcome.seconds)
    return outcome
