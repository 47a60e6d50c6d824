"""The name of what a formula is, where it is not the exact derivative."""

from __future__ import annotations

from typing import NamedTuple


class Kind(NamedTuple):
    """The name of a kind, and what was proved."""

    name: str
    says: str
