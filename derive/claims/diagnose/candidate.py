"""What an explanation offers: an equality that, once proved, is the reason why a claim is wrong."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from typing import Any, NamedTuple

from derive.prove.ball_functions import to_arb
from derive.prove.polys import to_fmpq
from derive.prove.refute import precision
from derive.prove.ties import has_choice
from derive.terms.term import CONDITION_HEADS, Term, add, free_names, mul, neg, num, power, walk
from derive.terms.unparse import unparse

_LARGEST = 400
_BITS = 96


class Candidate(NamedTuple):
    """If `left` = `right` is proved, `says` is true. `fix` is the claimed formula put right, where it is known."""

    kind: str
    says: str
    left: Term
    right: Term
    fix: Term | None = None
    partial: bool = False  # is it a statement about a part of the domain?


def constant(ratios: list[Any]) -> Fraction | None:
    """The rational number that all balls contain, if it is a simple one."""
    known = [r for r in ratios if r is not None and r.is_finite()]
    if not known:
        return None
    with precision(_BITS):
        q = Fraction(str(known[0].mid().str(25, radius=False))).limit_denominator(_LARGEST)
        simple = q != 0 and abs(q) <= _LARGEST
        return q if simple and all(r.contains(to_arb(to_fmpq(q))) for r in known) else None


def parts(t: Term, name: str, *, most: int = 60, choices: bool = False) -> list[Term]:
    """The parts of t that depend on a variable, without the variable, choices and conditions; small ones first."""
    found = [a for a in walk(t) if a.head not in CONDITION_HEADS and a.head not in ("sym", "num")]
    found = [a for a in found if name in free_names(a) and a.head not in ("slope", "given")]
    found = [a for a in found if choices or not has_choice(a, name)]
    return sorted(dict.fromkeys(found), key=lambda a: a.size)[:most]


def summands(t: Term, *, most: int = 60) -> list[Term]:
    """Terms that add up to t: sums are flattened, and a product with one sum in it is multiplied out."""
    out: list[Term] = []
    for part in _flat(t):
        out += _distributed(part)
    return out[:most]


def _flat(t: Term) -> Iterator[Term]:
    if t.head == "add":
        for a in t.args:
            yield from _flat(a)
    elif t.head == "given":
        yield from _flat(t.args[0])
    else:
        yield t


def _distributed(t: Term) -> list[Term]:
    if t.head != "mul":
        return [t]
    at = next((i for i, a in enumerate(t.args) if a.head == "add"), None)
    if at is None:
        return [t]
    rest = t.args[:at], t.args[at + 1 :]
    return [p for a in _flat(t.args[at]) for p in _distributed(times(*rest[0], a, *rest[1]))]


def times(*factors: Term) -> Term:
    """A product without factors 1; products within are flattened."""
    flat = [f for a in factors for f in (a.args if a.head == "mul" else (a,))]
    if num(0) in flat:
        return num(0)
    return mul(*(f for f in flat if f != num(1)))


def scaled(q: Fraction, t: Term) -> Term:
    """q·t."""
    return t if q == 1 else times(num(q), t)


def inverse(t: Term) -> Term:
    """1/t."""
    return power(t, num(-1))


def less(t: Term, part: Term) -> Term:
    """t − part, with the summand left out where it stands."""
    if t.head == "add" and part in t.args:
        rest = list(t.args)
        rest.remove(part)
        return add(*rest)
    return add(t, neg(part))


def shown(t: Term) -> str:
    """A term in words of an explanation."""
    text = unparse(t)
    return text if len(text) <= 120 else f"{text[:117]}..."
