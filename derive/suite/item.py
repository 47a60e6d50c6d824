"""One claim to check, and what came out, as plain frozen records: this is all that outputs and plugins read."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal, TypeAlias

from derive.certificate import Unknown
from derive.report import NUMERIC_AGREEMENT, Report, Side
from derive.terms.json import Json

Kind: TypeAlias = Literal["formulas", "objective"]
#: as the status of a report; "error": the claim cannot be read, so there is nothing to decide
Answer: TypeAlias = Literal["proved", "refuted", "unknown", "error"]


def shown(path: Path) -> str:
    """A path as messages have it: from the working folder where it is inside of it, with / between the parts."""
    full = Path(os.path.abspath(path))
    try:
        return full.relative_to(Path.cwd()).as_posix()
    except ValueError:
        return full.as_posix()


@dataclass(frozen=True, slots=True)
class Item:
    """One claim to check.

    `name` is what is shown and selected by, and unique in a run: `objectives.py::focal`, `derive.toml::focal`,
    `losses.boosting:focal`. A claim of `kind` "formulas" is in `keywords`, those of `derive.check`, as JSON. One of
    kind "objective" is code: `objective` says where it is (`path.py::name`, an absolute path, or `module:name`), and
    `keywords` are those of `derive.check_objective` that were given outside of the code; they win over those of its
    decorator. `file` (relative to the working folder where it is inside of it, as a POSIX path) and `line` are where
    the claim stands, from 1; "" and 0 where it stands in no file. `lines` maps keywords to the line that they have in
    a claims file. `timeout` and `policy` are what the file says for this claim; None and empty if it says nothing.
    """

    name: str
    kind: Kind
    keywords: Mapping[str, Json] = field(default_factory=dict)
    file: str = ""
    line: int = 0
    lines: Mapping[str, int] = field(default_factory=dict)
    objective: str = ""
    timeout: float | None = None
    policy: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came out of one item: always one outcome for one item, whatever happened to its worker.

    `report` is there when there was an answer, and `report.source` says where the claim stands. Else `status` is
    "unknown" (the worker was late, died or needed too much memory) or "error" (the claim cannot be read: a formula, a
    module, a name), and `reason` says why. `replayed`: the proofs are those of the cache, checked again. `cached` says
    why an entry of the cache was not used, where there was one. `printed` is the end of what the user's code printed.
    """

    item: Item
    status: Answer
    report: Report | None = None
    reason: str = ""
    seconds: float = 0.0
    replayed: bool = False
    cached: str = ""
    printed: str = ""

    @property
    def numeric_only(self) -> bool:
        """The code could not be read; its numbers agree where they were compared, which proves nothing."""
        if self.status != "unknown" or self.report is None:
            return False
        source, claims = self.report.source, (self.report.gradient, self.report.hessian)
        open_ = [c.verdict for claim in claims if claim is not None for c in claim.components]
        agree = bool(open_) and all(isinstance(v, Unknown) and v.reason.startswith(NUMERIC_AGREEMENT) for v in open_)
        return agree and source is not None and source.how == "probed"

    @property
    def summary(self) -> str:
        """The answer in one line of words, without the name."""
        if self.report is None:
            return self.reason
        from derive.render.claims import summary

        return summary(self.report)

    def place(self, side: Side | Literal["loss"] | None = None) -> tuple[str, int]:
        """File and line of the claim, or of its gradient, Hessian or loss where that is known; line 0: in no file."""
        source = self.report.source if self.report is not None else None
        if source is None or not source.file:
            own = self.item.lines.get(side, 0) if side is not None else 0
            return self.item.file, own or self.item.line
        lines = {"gradient": source.gradient_line, "hessian": source.hessian_line, "loss": source.loss_line}
        return source.file, (lines[side] if side is not None else 0) or source.line
