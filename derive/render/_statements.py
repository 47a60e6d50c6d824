"""A statement as mathematics: formulas with the relation between them, and how its question came out."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from derive.certificate import CheckedStatement, Refuted
from derive.render.report import explain
from derive.terms.term import Term, num, sym

#: question -> relation between a term and the other side, and what it is where the answer is to be no
_RELATIONS = {"equal": ("eq", "ne"), "nonnegative": ("ge", "not-ge"), "positive": ("gt", "not-gt")}
#: relation -> as text, as LaTeX
TEXT = {"eq": "=", "ne": "≠", "ge": "≥", "not-ge": "≱", "gt": ">", "not-gt": "≯", "to": "→", "in": "∈"}
LATEX = {"eq": "=", "ne": r"\ne", "ge": r"\ge", "not-ge": r"\not\ge", "gt": ">", "not-gt": r"\not>", "to": r"\to"}
LATEX |= {"in": r"\in"}
_SIGNS = ("nonnegative", "positive")


@dataclass(frozen=True, slots=True)
class Formula:
    """left, relation, right; a `right` that is None is ∞, an interval has both of its ends."""

    left: Term
    relation: str
    right: Term | None
    end: Term | None = None


def formulas(s: CheckedStatement, folded: Callable[[Term], Term]) -> Iterator[Formula]:
    """The formulas of a statement, in the short names of the certificate."""
    if s.question in _RELATIONS:
        relation = _RELATIONS[s.question][s.expected == "refuted"]
        yield Formula(folded(s.terms[0]), relation, folded(s.terms[1]) if s.question == "equal" else num(0))
        return
    f, *rest = s.terms
    if s.question == "minimum":
        low, high, *box = rest
        yield Formula(folded(f), "in", low, high)
        yield from (Formula(v, "in", a, b) for v, a, b in zip(box[::3], box[1::3], box[2::3], strict=True))
        return
    variable, approach, *limit, modulus = rest
    yield Formula(folded(f), "to", limit[0] if limit else None)
    yield Formula(variable, "eq", approach)
    yield Formula(sym("delta"), "eq", modulus)


def sentence(text: str) -> str:
    """With a capital letter and a full stop; a formula in front stays as it is."""
    word = text.split(" ", 1)[0].rstrip(",")
    capital = text[:1].upper() + text[1:] if word.isascii() and word.isalpha() and len(word) > 1 else text
    return capital if text.endswith((".", ":")) else f"{capital}."


def outcome(s: CheckedStatement) -> str:
    """The verdict on the statement, with the witness where it says that something is not so."""
    if s.status == "proved" and isinstance(s.verdict, Refuted):
        point = ", ".join(f"{name} = {value}" for name, value in s.verdict.witness.point) or "every point"
        sides = s.verdict.witness
        values = sides.left if s.question in _SIGNS else f"{sides.left} and {sides.right}"
        return f"proved: at {point} {'it is' if s.question in _SIGNS else 'they are'} {values}"
    notes = "; ".join(s.verdict.notes)
    if s.status == "proved":
        return f"proved{': ' if notes else ''}{notes}"
    return f"{s.status}: {explain(s.verdict)}"
