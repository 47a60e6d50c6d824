"""The work of `derive check`: what is to be checked, the run on a terminal, and the outputs."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import Any

import click

from derive.cli.common import check_folder, pictures
from derive.cli.console import EXIT_INTERRUPTED, paint, progress
from derive.errors import DeriveError, UnknownError
from derive.render.report import WIDTH
from derive.report import Report
from derive.suite import outputs
from derive.suite.cache import Cache, default_folder
from derive.suite.item import Item, Outcome
from derive.suite.policy import Policy
from derive.suite.runner import Interrupted, Limits, run
from derive.suite.targets import items_of

_OF_CODE = ("library", "parameters", "classes")
_OF_FORMULAS = ("gradient", "hessian")
_MOST_PICTURES = 3  # a page of many claims stays small


def check_all(said: Mapping[str, Any], keywords: dict[str, Any]) -> int:
    """Check what was named, print and write the outputs; the exit code."""
    policy = Policy.of(said["policy"])
    files = dict(_files(said["outputs"]))
    items = [policy.applied(_with_options(item, said)) for item in _items(said, keywords)]
    cache = None if said["no_cache"] else said["cache_dir"] or default_folder()
    jobs, limits = said["jobs"] or _cores(), Limits(said["timeout"], said["memory"])
    screen = _Screen(said, policy, items, alone=not said["targets"] and bool(keywords))
    begin, interrupted = time.monotonic(), False
    try:
        with _terminated():
            outcomes = run(items, jobs=jobs, limits=limits, cache=cache, stop=screen.stops, progress=screen.told)
    except Interrupted as stopped:
        outcomes, interrupted = stopped.outcomes, True
    found = outputs.Run(outcomes, policy, len(items), time.monotonic() - begin)
    if "html" in (said["form"], *files.values()):
        found = replace(found, pictures=pictures(partial(_drawn, outcomes), {}))
    _write(found, files)
    screen.end(found)
    if cache is not None and not all(o.replayed for o in outcomes):
        Cache(cache).trim()
    return EXIT_INTERRUPTED if interrupted else found.exit_code


def _items(said: Mapping[str, Any], keywords: dict[str, Any]) -> list[Item]:
    """What the targets name; a claim that was written in options; or everything in this folder."""
    targets = said["targets"]
    claimed = [key for key in _OF_FORMULAS if key in keywords]
    if keywords and not targets:
        if of_code := [key for key in _OF_CODE if key in keywords]:
            raise DeriveError(f"--{of_code[0].removesuffix('s')} describes code: name it as file.py::function")
        return [Item("check", "formulas", keywords)]
    if claimed:
        raise DeriveError(f"--{claimed[0]} is a claim of its own: leave {targets[0]} out, whose code is the claim")
    items = list(items_of(targets or (".",), keywords))
    names = set(outputs.selected(said["select"], [i.name for i in items])) if said["select"] else None
    chosen = [i for i in items if names is None or i.name in names]
    if not chosen:
        raise DeriveError(f"-k {said['select']!r} selects none of {len(items)} claims, such as {items[0].name}")
    return chosen


def _with_options(item: Item, said: Mapping[str, Any]) -> Item:
    """The options that are for all claims."""
    common: dict[str, Any] = {"dtypes": list(said["dtypes"])} if said["dtypes"] else {}
    common |= {"strict_floating_point": True} if said["strict_floating_point"] else {}
    return replace(item, keywords={**item.keywords, **common}) if common else item


def _files(said: tuple[str, ...]) -> Iterator[tuple[Path, str]]:
    for text in said:
        form, equals, name = text.partition("=")
        if not equals or not name or form not in outputs.FORMATS:
            raise DeriveError(
                f"--output {text[:80]!r}: write {'|'.join(outputs.FORMATS)}=FILE, such as sarif=derive.sarif"
            )
        check_folder(Path(name))
        yield Path(name), form


def _write(found: outputs.Run, files: Mapping[Path, str]) -> None:
    from derive.files import write_text

    for path, form in files.items():
        write_text(path, outputs.FORMATS[form](found))


def _drawn(outcomes: tuple[Outcome, ...], plot: Any) -> dict[str, Any]:
    """The pictures of what is wrong or not known, and of a claim that is alone; as many as a page can carry."""
    found: dict[str, Any] = {}
    for number, outcome in enumerate(outcomes, 1):
        wanted = len(outcomes) == 1 or outcome.status != "proved"
        if outcome.report is not None and wanted and len(found) < _MOST_PICTURES:
            found[outcome.item.name] = plot.of_claim(outcome.report, f"picture-{number}")
    return {name: each for name, each in found.items() if each}


def _cores() -> int:
    """How many processors this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


@contextmanager
def _terminated() -> Iterator[None]:
    """A build that is cancelled is told so by SIGTERM: end the workers as for Ctrl-C."""

    def stop(number: int, frame: Any) -> None:
        raise KeyboardInterrupt

    try:
        before = signal.signal(signal.SIGTERM, stop)
    except ValueError:  # not the main thread
        yield
        return
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


@dataclass
class _Screen:
    """What is printed while claims are checked, and at the end. `alone`: one claim, written in options."""

    said: Mapping[str, Any]
    policy: Policy
    items: list[Item]
    alone: bool
    came: dict[str, Outcome] = field(default_factory=dict)
    shown: int = 0

    @property
    def as_lines(self) -> bool:
        """Is a line printed for each claim, as soon as those before it have one?"""
        return self.said["form"] == "text" and not self.alone and not self.said["quiet"]

    def told(self, outcome: Outcome) -> None:
        """One more outcome: the lines that are ready, in order, and how far it is."""
        self.came[outcome.item.name] = outcome
        progress("")
        while self.as_lines and self.shown < len(self.items) and self.items[self.shown].name in self.came:
            self.line(self.came[self.items[self.shown].name])
            self.shown += 1
        if len(self.items) > 1:
            progress(f"{len(self.came)}/{len(self.items)} {outcome.item.name}"[: WIDTH - 1])

    def line(self, outcome: Outcome) -> None:
        """One claim, one line."""
        click.echo(outputs.line(outcome, self.policy, paint, verbose=self.said["verbose"]))

    def stops(self, outcome: Outcome) -> bool:
        """Is this one the last, as it fails and one failure is enough?"""
        return bool(self.said["exitfirst"]) and self.policy.level(outcome) == "fail"

    def end(self, found: outputs.Run) -> None:
        """What comes after the last claim."""
        progress("")
        if self.alone and found.outcomes:
            self.one(found.outcomes[0], found)
        elif self.said["form"] != "text":
            click.echo(outputs.FORMATS[self.said["form"]](found), nl=False)
        else:
            self.rest(found)

    def rest(self, found: outputs.Run) -> None:
        """Lines that waited for one that never came, details, and the summary."""
        waited = [self.came[i.name] for i in self.items[self.shown :] if i.name in self.came] if self.as_lines else []
        for outcome in waited:
            self.line(outcome)
        told = list(outputs.failures(found, paint, verbose=self.said["verbose"]))
        lead = [""] if told and self.as_lines else []
        click.echo("\n".join([*lead, *told, outputs.summary(found)]))

    def one(self, outcome: Outcome, found: outputs.Run) -> None:
        """The report of one claim; what cannot be read is an error, as everywhere."""
        if outcome.status == "error":
            raise DeriveError(outcome.reason)
        if outcome.report is None:
            raise UnknownError(f"not decided: {outcome.reason}")
        from derive.render import claims, claims_html

        form = self.said["form"]
        drawn = next(iter(found.pictures.values()), ())
        page: Callable[[Report], str] = partial(claims_html.render, pictures=drawn)
        shown = {"latex": claims.latex, "markdown": claims.markdown, "json": claims.json, "html": page}
        if form == "text":
            click.echo(claims.text(outcome.report, paint), nl=False)
            click.echo("replayed from the cache\n" if outcome.replayed else "", nl=False)
        else:
            click.echo(shown[form](outcome.report) if form in shown else outputs.FORMATS[form](found), nl=False)
