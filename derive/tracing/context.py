"""What is known during a call with stand-ins: the domain, the decisions of the path, the user's files, the notes.

It belongs to the thread of the call: other threads do not see it.
"""

from __future__ import annotations

import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType
from typing import TypeAlias

from derive.domain import Domain
from derive.tracing.paths import Decisions
from derive.tracing.unreadable import Unreadable

Place: TypeAlias = tuple[str, int]
_OWN = str(Path(__file__).resolve().parents[1])
_CALLING = str(Path(__file__).resolve().with_name("calling.py"))
_LIBRARIES = frozenset({"numpy", "scipy", "pandas", "torch", "jax", "functools", "contextlib", "numba", "math"})
_OF_PYTHON = ("<frozen", "<__array_function__")
_LOCAL = threading.local()


@dataclass
class Context:
    """One path of one call. `file` is the file whose lines are told."""

    domain: Domain
    decisions: Decisions
    file: str = ""
    notes: dict[str, None] = field(default_factory=dict)
    readings: dict[str, str] = field(default_factory=dict)

    def note(self, text: str) -> None:
        """Something that the report should say, once."""
        self.notes.setdefault(text)


def active() -> Context | None:
    """The context of this thread, or None outside of a call with stand-ins."""
    return getattr(_LOCAL, "context", None)


def current() -> Context:
    """The context of this thread; outside of a call nothing is decided and nothing is noted."""
    return active() or Context(Domain.of({}), Decisions(Domain.of({})))


@contextmanager
def entered(context: Context) -> Iterator[Context]:
    """Within, this thread has the context."""
    before = active()
    _LOCAL.context = context
    try:
        yield context
    finally:
        _LOCAL.context = before


def here() -> Place | None:
    """The line that is being run, of the file that is read; without such a file, the innermost of a user."""
    context = active()
    return _innermost(context.file if context is not None else "")


def _innermost(file: str) -> Place | None:
    frame: FrameType | None = sys._getframe(1)
    while frame is not None:
        name = frame.f_code.co_filename
        if name == _CALLING:
            return None  # what called the user's code is not it
        if name == file if file else is_users(frame):
            return name, frame.f_lineno
        frame = frame.f_back
    return None


def is_users(frame: FrameType) -> bool:
    """Is this neither our code nor a library's?"""
    module = str(frame.f_globals.get("__name__", "")).partition(".")[0]
    return module not in _LIBRARIES and not frame.f_code.co_filename.startswith((_OWN, *_OF_PYTHON))


def unreadable(reason: str) -> Unreadable:
    """The error for the line that is being run."""
    place = here() or _innermost("") or ("", 0)
    return Unreadable(reason, *place)
