"""From drafts to mutants: each is Python, differs from the original and from every other one."""

from __future__ import annotations

import ast
import re
from collections.abc import Collection

from derive.errors import DeriveError
from derive.mutate.mistakes import drafts
from derive.mutate.mistakes.draft import Draft
from derive.mutate.mistakes.roles import at_the_top
from derive.mutate.records import KINDS, Edit, Mutant
from derive.mutate.source import Source

_RAISES = "[][0]"


def mutants(source: Source, name: str, only: Collection[str] = ()) -> tuple[Mutant, ...]:
    """All mutants of a function, by line; `only` some kinds. A `DeriveError` where there is nothing to change."""
    seen = {ast.dump(source.tree)}
    found: list[tuple[int, Draft, str]] = []
    for draft in drafts(source):
        if only and draft.kind not in only:
            continue
        text = source.changed(draft.edits)
        meaning = _meaning(text)
        if meaning and meaning not in seen:
            seen.add(meaning)
            found.append((source.line(draft.edits[0].start), draft, text))
    if not found:
        raise DeriveError(f"{name} has no formula that a mistake could be made in{_of(only)}")
    found.sort(key=lambda f: (f[0], KINDS.index(f[1].kind)))
    file = source.path.name
    return tuple(
        Mutant(number, draft.kind, line, draft.says, text, source.diff(text, file), source.changed([_error(draft)]))
        for number, (line, draft, text) in enumerate(found, 1)
    )


def _error(draft: Draft) -> Edit:
    """The first edit, with an expression that raises an error in the place of what it writes."""
    edit = draft.edits[0]
    if edit.start < edit.end:
        return Edit(edit.start, edit.end, _RAISES)
    return Edit(edit.start, edit.end, re.sub(r"[^\s;]+[^\n;]*[^\s;]", _RAISES, edit.text, count=1))


def _meaning(text: str) -> str:
    """What the text is to Python; empty where it is nothing."""
    try:
        return ast.dump(ast.parse(text))
    except SyntaxError:
        return ""


def _of(only: Collection[str]) -> str:
    return f" (of the kinds {', '.join(only)})" if only else ""


def ruined(source: Source) -> str:
    """The file with functions that raise an error as soon as they are called."""
    return source.changed(
        at_the_top(source, f, "raise RuntimeError('seeded by derive mutate')") for f in source.functions()
    )
