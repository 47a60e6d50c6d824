"""What a mutation test is about: edits, mutants, what became of them, and the score."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias

#: the mistakes that are made by hand, in the order in which they are listed
KINDS = (
    *("sign", "factor", "term", "chain", "p(1-p)", "power"),
    *("weight", "upstream", "branch", "tail", "label", "index", "swap"),
)
Status: TypeAlias = Literal["caught", "survived", "timeout", "equivalent"]


@dataclass(frozen=True, slots=True)
class Edit:
    """The bytes from `start` to `end` of a file become `text`."""

    start: int
    end: int
    text: str


@dataclass(frozen=True, slots=True)
class Mutant:
    """One mistake: its kind, the line where it is made, what it does in words, and the file with it.

    `ruined` is the file with an error that is raised where the mistake is.
    """

    number: int
    kind: str
    line: int
    says: str
    text: str
    diff: str
    ruined: str = ""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a mutant: the command failed (caught), passed (survived), or took too long; or it is no mutant.

    `equivalent` mutants passed, and were proved to compute what the original computes: they are not counted.
    """

    mutant: Mutant
    status: Status
    seconds: float


@dataclass(frozen=True, slots=True)
class Score:
    """All outcomes of a target under a command, and the time of the command without a mistake."""

    target: str
    command: tuple[str, ...]
    seconds: float
    timeout: float
    outcomes: tuple[Outcome, ...]

    def of(self, *statuses: Status) -> tuple[Outcome, ...]:
        """The outcomes with one of these statuses."""
        return tuple(o for o in self.outcomes if o.status in statuses)

    @property
    def counted(self) -> int:
        """How many mutants count: all but the equivalent ones."""
        return len(self.outcomes) - len(self.of("equivalent"))

    @property
    def caught(self) -> int:
        """How many made the command fail; a build that hangs has not passed."""
        return len(self.of("caught", "timeout"))

    @property
    def ok(self) -> bool:
        """Was there anything to catch, and was all of it caught?"""
        return 0 < self.counted == self.caught

    @property
    def share(self) -> float:
        """caught/counted; 0 where nothing counts."""
        return self.caught / self.counted if self.counted else 0.0
