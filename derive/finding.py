"""What a formula does in floating point: where it fails, why, and a stable form."""

from __future__ import annotations

from dataclasses import dataclass

from derive.terms.term import Term

#: what is to be said of findings that have no part at fault
_SAYS = {
    "undefined": "the formula has no value there, and NumPy gives nan",
    "range": "the true value does not fit",
}
_LONG = 90


@dataclass(frozen=True, slots=True)
class Finding:
    """Where a formula, evaluated exactly as it is written, fails in floating point.

    `kind` is "overflow", "underflow", "nan", "division by zero", "logarithm of zero", "cancellation", "undefined" (no
    value at a point inside the domain) or "range" (the true value itself is too large: no formula can help).
    `where` is the range of `variable` in which it fails, `point` the first point, exactly, or the worst one for lost
    digits; `computed` and `true` are the values there. `part` is the subformula that goes wrong first, `reason` says
    how. It is `serious` where the value is not finite, or half of its digits are wrong even compared with 1. `stable`
    is another formula, proved equal, that does not fail there: as a term, as text, and as NumPy code (`special` is
    `scipy.special`, for the names that NumPy lacks); None where none was found. `formula` names the claim.
    """

    kind: str
    dtype: str
    variable: str
    where: str
    point: tuple[tuple[str, str], ...]
    computed: str
    true: str
    digits_lost: float | None
    part: str
    reason: str = ""
    serious: bool = False
    formula: str = ""
    stable: Term | None = None
    stable_text: str = ""
    stable_numpy: str = ""

    @property
    def detail(self) -> str:
        """The finding in a sentence."""
        at = ", ".join(f"{name} = {value}" for name, value in self.point)
        lost = "" if self.digits_lost is None else f", {self.digits_lost:.0f} digits lost"
        part = self.part if len(self.part) <= _LONG else self.part[:_LONG] + "…"
        why = _SAYS.get(self.kind) or f"{part} {self.reason}"
        of = f"{self.formula}, " if self.formula else ""
        return f"{of}{self.dtype}: {self.computed} instead of {self.true} at {at}{lost}: {why}"

    @property
    def stable_form(self) -> str:
        """What to write instead; empty where nothing was found."""
        return self.stable_text

    def __str__(self) -> str:
        return f"{self.detail}; {self.where}" + (f"; write {self.stable_text}" if self.stable_text else "")
