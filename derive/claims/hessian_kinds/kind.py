"""The name of what a formula is, where it is not the exact derivative."""

from __future__ import annotations

from typing import NamedTuple

from derive.certificate import Condition


class Kind(NamedTuple):
    """The name of a kind, and what was proved; where the formulas have values, and what else the proofs used.

    One that was found by formulas is not `asked` where choices tie if no question about their limits could be made.
    """

    name: str
    says: str
    conditions: tuple[Condition, ...] = ()
    notes: tuple[str, ...] = ()
    asked: bool = True
