"""Items -> outcomes: each in a worker process with a time and a memory limit, at most `jobs` at once."""

from __future__ import annotations

import queue
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from types import TracebackType
from typing import Any

from derive.certificate_json import record_from_json
from derive.errors import CertificateError, DeriveError
from derive.report import Report, Source
from derive.suite.item import Item, Outcome, shown
from derive.suite.process import Lost, Process
from derive.worker import error

_MODULE = "derive.suite.inside"
#: after so many claims a process is replaced, so that what it remembers does not grow
_TURNS = 200
_LOOK = 0.1
_PATIENCE = 10.0


@dataclass(frozen=True, slots=True)
class Limits:
    """What one claim may use: seconds, and MiB of memory. None: what is usual for its kind.

    An objective gets more, as it imports the libraries that it was written for. An item's own `timeout` goes first.
    """

    timeout: float | None = None
    memory: int | None = None

    def of(self, item: Item) -> tuple[float, int]:
        """Seconds and MiB for an item."""
        seconds, memory = (60.0, 4096) if item.kind == "objective" else (20.0, 2048)
        return item.timeout or self.timeout or seconds, self.memory or memory


class Interrupted(KeyboardInterrupt):
    """Ctrl-C in the middle of a run; `outcomes` are those that were there."""

    def __init__(self, outcomes: tuple[Outcome, ...]) -> None:
        super().__init__()
        self.outcomes = outcomes


class Workers:
    """One lane of worker processes: `check` takes one item after the other.

    Formulas share a process, which is replaced when it was late or died; each objective has a process of its own. Use
    it in a `with` block: leaving it ends the processes, with all that they started. `cache` is the folder of the cache.
    """

    def __init__(self, limits: Limits | None = None, cache: Path | None = None) -> None:
        self.limits = limits or Limits()
        self.cache = cache
        self.shared: Process | None = None
        self.alone: Process | None = None
        self.closed = False

    def check(self, item: Item) -> Outcome:
        """The outcome of one item. Does not raise for what the item, its module or its worker does."""
        begin = time.monotonic()
        seconds, memory = self.limits.of(item)
        payload = {
            "kind": item.kind,
            "objective": item.objective,
            "keywords": dict(item.keywords),
            "budget": seconds / 2,
            "cache": str(self.cache) if self.cache is not None else None,
        }
        process = self._process(item, memory)
        if self.closed:  # while it began: who closed us has not seen it
            process.end()
        try:
            answer = process.ask({"function": "check", "payload": payload}, seconds)
            out = _outcome(item, answer)
        except Lost as why:
            out = Outcome(item, "unknown", reason=str(why))
        if item.kind == "objective":
            out = replace(out, printed=process.printed)
            process.end()
            self.alone = None
        return replace(out, seconds=time.monotonic() - begin)

    def _process(self, item: Item, memory: int) -> Process:
        if item.kind == "objective":
            self.alone = Process(_MODULE, memory=memory)
            return self.alone
        old = self.shared
        if old is not None and (old.answered >= _TURNS or old.memory != memory or old.process.poll() is not None):
            old.end()
            old = None
        self.shared = old or Process(_MODULE, memory=memory)
        return self.shared

    def close(self) -> None:
        """End the processes."""
        self.closed = True
        for process in (self.shared, self.alone):
            if process is not None:
                process.end()

    def __enter__(self) -> Workers:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.close()


def _outcome(item: Item, answer: Mapping[str, Any]) -> Outcome:
    if "error" in answer:
        return Outcome(item, "error", reason=answer["error"][1])
    if "unknown" in answer:
        return Outcome(item, "unknown", reason=answer["unknown"])
    result = answer["result"]
    try:
        report = record_from_json(Report, result["report"])
    except CertificateError as why:
        return Outcome(item, "unknown", reason=f"the worker gave no report: {why}")
    report = replace(report, source=_source(item, report.source))
    return Outcome(item, report.status, report, replayed=result["replayed"], cached=result["cached"])


def _source(item: Item, read: Source | None) -> Source | None:
    """Where the code stands, as its reader says; or where formulas stand in a claims file."""
    if read is not None:
        return replace(read, file=shown(Path(read.file))) if read.file else read
    if not item.file:
        return None
    gradient, hessian, loss = (item.lines.get(side, 0) for side in ("gradient", "hessian", "loss"))
    name = item.name.partition("::")[2]
    return Source(item.file, item.line, name, gradient_line=gradient, hessian_line=hessian, loss_line=loss)


def listed(path: Path, limits: Limits | None = None) -> Mapping[str, int]:
    """The decorated functions of a Python file with their lines, as its module says when a worker imports it."""
    seconds, memory = (limits or Limits()).of(Item("", "objective"))
    process = Process(_MODULE, memory=memory)
    try:
        answer = process.ask({"function": "listed", "payload": {"path": str(path.resolve())}}, seconds)
    except Lost as why:
        raise DeriveError(f"{path}: its functions cannot be listed: {why}") from None
    finally:
        process.end()
    if "error" in answer:
        raise error(*answer["error"])
    if "unknown" in answer:
        raise DeriveError(f"{path}: its functions cannot be listed: {answer['unknown']}")
    return {str(name): int(line) for name, line in answer["result"].items()}


def run(  # noqa: PLR0913  (an argument per decision)
    items: Sequence[Item],
    *,
    jobs: int = 1,
    limits: Limits | None = None,
    cache: Path | None = None,
    stop: Callable[[Outcome], bool] = lambda outcome: False,
    progress: Callable[[Outcome], None] = lambda outcome: None,
) -> tuple[Outcome, ...]:
    """The outcomes, in the order of the items, whatever the order in which they came.

    `progress` is told each outcome as it comes, in the thread of the caller. Where `stop` says so of one, it is the
    last: what was begun is ended, and has no outcome. Ctrl-C ends the workers and raises `Interrupted`.
    """
    lanes = _Lanes(items, min(jobs, len(items)), limits, cache)
    found: dict[int, Outcome] = {}
    try:
        for number, outcome in lanes.outcomes():
            found[number] = outcome
            progress(outcome)
            if stop(outcome):
                break
    except KeyboardInterrupt:
        lanes.close()
        raise Interrupted(tuple(found[n] for n in sorted(found))) from None
    finally:
        lanes.close()
    return tuple(found[n] for n in sorted(found))


@dataclass
class _Lanes:
    """As many lanes as jobs, each with a thread that takes the next item when it has time."""

    items: Sequence[Item]
    jobs: int
    limits: Limits | None
    cache: Path | None
    todo: queue.SimpleQueue[int] = field(default_factory=queue.SimpleQueue)
    done: queue.SimpleQueue[tuple[int, Outcome] | None] = field(default_factory=queue.SimpleQueue)
    workers: list[Workers] = field(default_factory=list)
    threads: list[threading.Thread] = field(default_factory=list)

    def outcomes(self) -> Iterator[tuple[int, Outcome]]:
        """Number and outcome of each item as it comes, until every lane is at its end."""
        for number in range(len(self.items)):
            self.todo.put(number)
        self.workers = [Workers(self.limits, self.cache) for _ in range(self.jobs)]
        self.threads = [threading.Thread(target=self._lane, args=(w,), daemon=True) for w in self.workers]
        for thread in self.threads:
            thread.start()
        left = self.jobs
        while left:
            try:
                told = self.done.get(timeout=_LOOK)  # short, so that Ctrl-C is heard on every platform
            except queue.Empty:
                continue
            if told is None:
                left -= 1
            else:
                yield told

    def _lane(self, workers: Workers) -> None:
        try:
            with workers:
                while not workers.closed:
                    number = self.todo.get_nowait()
                    outcome = workers.check(self.items[number])
                    if not workers.closed:
                        self.done.put((number, outcome))
        except queue.Empty:
            pass
        finally:
            self.done.put(None)

    def stop(self) -> None:
        """Begin no further item."""
        try:
            while True:
                self.todo.get_nowait()
        except queue.Empty:
            return

    def close(self) -> None:
        """End everything now."""
        self.stop()
        for workers in self.workers:
            workers.close()
        for thread in self.threads:  # a lane that was just beginning ends what it began
            thread.join(_PATIENCE)
