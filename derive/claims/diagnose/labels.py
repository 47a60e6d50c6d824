"""Right for another coding of the labels: {−1, 1} for {0, 1}, or the classes exchanged."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

from derive.claims.diagnose.candidate import Candidate
from derive.claims.scene import Scene
from derive.domain import Range
from derive.terms.term import Term, add, free_names, mul, num, sub, substitute, sym


def labels(scene: Scene) -> Iterator[Candidate]:
    """The formula with the label coded in another way."""
    for name in sorted(free_names(scene.claimed) - set(scene.variables)):
        if _is_label(scene.domain[name]):
            for says, coded in _codings(sym(name)):
                moved = substitute(scene.claimed, {name: coded})
                yield Candidate(
                    "label",
                    f"{name} is coded in another way: it is right with {says} for {name}",
                    moved,
                    scene.true,
                    moved,
                )


def _is_label(r: Range) -> bool:
    ends = (min(r.values), max(r.values)) if r.values else (r.lower, r.upper)
    return ends in ((0, 1), (-1, 1), (Fraction(0), Fraction(1)))


def _codings(y: Term) -> list[tuple[str, Term]]:
    n = y.name
    return [
        (f"2*{n} - 1", sub(mul(num(2), y), num(1))),
        (f"({n} + 1)/2", mul(num(1, 2), add(y, num(1)))),
        (f"1 - {n}", sub(num(1), y)),
        (f"-{n}", mul(num(-1), y)),
    ]
