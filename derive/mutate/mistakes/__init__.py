"""The standard mistakes of hand-written objectives, one family per file. Each is a function of a file and a node."""

from __future__ import annotations

from collections.abc import Iterator

from derive.mutate.mistakes import arithmetic, branches, places, results, roles
from derive.mutate.mistakes.draft import Draft
from derive.mutate.mistakes.reach import nodes
from derive.mutate.source import Source


def drafts(source: Source) -> Iterator[Draft]:
    """Every mistake that can be made in the function, in the order of the families."""
    for function in source.functions():
        yield from results.of(source, function)
        yield from roles.of(source, function)
    for node in nodes(source):
        for family in (arithmetic, branches, places):
            yield from family.of(source, node)
