"""Which outcomes fail the build, and with which exit code."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from difflib import get_close_matches
from typing import Literal, TypeAlias

from derive.errors import EXIT_BAD_INPUT, EXIT_OK, EXIT_REFUTED, EXIT_UNKNOWN, DeriveError
from derive.suite.item import Item, Outcome

#: what an outcome means for the build: it fails it, is only reported, or is no problem at all
Level: TypeAlias = Literal["fail", "warn", "ignore"]
LEVELS: tuple[Level, ...] = ("fail", "warn", "ignore")
#: "unknown": not decided. "numeric-only": the code could not be read, and its numbers agree. "findings": proved, but it
#: fails in floating point. What is refuted, or cannot be read, always fails.
DEFAULTS: Mapping[str, Level] = {"unknown": "fail", "numeric-only": "fail", "findings": "warn"}


@dataclass(frozen=True, slots=True)
class Policy:
    """What is done about outcomes that are neither simply proved nor refuted.

    `said` goes before what a claims file says of its own claims (`Item.policy`), and that before the defaults.
    """

    said: Mapping[str, Level] = field(default_factory=dict)

    @classmethod
    def of(cls, words: Iterable[str]) -> Policy:
        """From texts such as `unknown=warn,findings=fail`, or `strict`: everything fails.

        >>> Policy.of(["unknown=warn", "findings=fail"]).said
        {'unknown': 'warn', 'findings': 'fail'}
        """
        said: dict[str, Level] = {}
        for text in (part.strip() for word in words for part in word.split(",")):
            name, _, level = (part.strip() for part in text.partition("="))
            said |= dict.fromkeys(DEFAULTS, LEVELS[0]) if text == "strict" else levels({name: level})
        return cls(said)

    def level(self, outcome: Outcome) -> Level:
        """What an outcome means for the build."""
        kind = _kind(outcome)
        if kind in ("proved", "refuted"):
            return "ignore" if kind == "proved" else "fail"
        return self.says(kind, outcome.item)

    def applied(self, item: Item) -> Item:
        """The item as it is to be checked: where findings fail the build, they are part of the claim."""
        if self.says("findings", item) != "fail":
            return item
        return replace(item, keywords={**item.keywords, "strict_floating_point": True})

    def says(self, kind: str, item: Item) -> Level:
        """What it says of a kind of outcome ("unknown", "numeric-only" or "findings") for an item."""
        return self.said.get(kind) or levels(item.policy).get(kind) or DEFAULTS[kind]


def _kind(outcome: Outcome) -> str:
    """Proved, refuted (so is whatever cannot be read), or what a policy speaks of."""
    report = outcome.report
    if outcome.status == "unknown":
        return "numeric-only" if outcome.numeric_only else "unknown"
    if outcome.status != "proved" or report is None or not report.ok:
        return "refuted"
    return "findings" if report.serious else "proved"


def levels(said: Mapping[str, str]) -> dict[str, Level]:
    """Names and levels, checked; a `DeriveError` suggests the near one."""
    out: dict[str, Level] = {}
    for name, value in said.items():
        key = name.replace("_", "-")
        if key not in DEFAULTS:
            raise DeriveError(f"policy: {name[:60]!r} is not known; {_near(key, [*DEFAULTS, 'strict'])}")
        level = next((x for x in LEVELS if x == value), None)
        if level is None:
            raise DeriveError(f"policy: {name} is {str(value)[:60]!r}; write one of {', '.join(LEVELS)}")
        out[key] = level
    return out


def _near(name: str, names: Sequence[str]) -> str:
    close = get_close_matches(name, names, 1)
    return f"did you mean {close[0]!r}?" if close else f"write one of {', '.join(names)}"


def exit_code(outcomes: Sequence[Outcome], policy: Policy) -> int:
    """1 something is refuted (or proved, but fails by the policy), else 2 cannot be read, else 3 not decided, else 0.

    Nothing at all is not proved: without outcomes it is 3.
    """
    failed = {o.status for o in outcomes if policy.level(o) == "fail"}
    if failed & {"refuted", "proved"}:
        return EXIT_REFUTED
    if "error" in failed:
        return EXIT_BAD_INPUT
    return EXIT_UNKNOWN if failed or not outcomes else EXIT_OK
