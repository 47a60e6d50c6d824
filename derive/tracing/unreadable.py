"""Code whose formulas cannot be read: where, and why."""

from __future__ import annotations

from derive.errors import DeriveError


class Unreadable(DeriveError):
    """The code does something that no formula says: `reason` tells what, `file` and `line` where (line 0: unknown)."""

    def __init__(self, reason: str, file: str = "", line: int = 0) -> None:
        self.reason, self.file, self.line = reason, file, line
        super().__init__(f"{file}:{line}: {reason}" if line else reason)
