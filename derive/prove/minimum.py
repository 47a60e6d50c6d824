"""Has a function exactly one stationary point in a box, and is it a strict minimum? Decided by interval Newton.

B is the box, c its middle, g and H gradient and Hessian of f. If N(B) = c − H(B)⁻¹ g(c), in ball arithmetic, lies
inside of B, then g has exactly one zero in B, and N(B) contains it. If all leading principal minors of H(B) are
positive, H is positive definite on all of B, so the zero is a strict minimum of f, and its only one in B.

Source: Moore, Kearfott and Cloud, Introduction to Interval Analysis, SIAM 2009, chapter 8.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from typing import Any

from flint import arb, arb_mat

from derive.certificate import Proved, Refuted, Unknown, Verdict, Witness
from derive.domain import Domain
from derive.errors import TermError
from derive.prove.ball import Evaluator
from derive.prove.ball_functions import Ball, to_arb
from derive.prove.differentiate import differentiate
from derive.prove.point import Point
from derive.prove.polys import to_fmpq
from derive.prove.refute import precision
from derive.prove.signals import GaveUp, Undefined
from derive.prove.unfold import unfold
from derive.terms.term import Term, free_names, sym

METHOD = "interval Newton in ball arithmetic"
_MAX_VARIABLES = 4
_BITS = 192
_ROUNDS = 8
_DIGITS = 12


def minimum_terms(terms: Sequence[Term], domain: Domain) -> Verdict:
    """Is there exactly one stationary point in the box, is it a strict minimum, and is f there between two bounds?

    terms: f, the two bounds, then for each coordinate its symbol and the two ends of an interval. `Refuted` where no
    point of the box is stationary (a component of the gradient has one sign), or none can be a minimum (a principal
    minor of the Hessian is negative everywhere), or f is not between the bounds; the witness is the middle of the box.
    """
    if len(terms) < 3 or terms[1].head != "num" or terms[2].head != "num":
        raise TermError("a minimum is a function, two numbers between which its value is, and a box")
    f, low, high, *rest = terms
    names, ends = _box(rest)
    if group := next((g for g in domain.groups if not set(names).isdisjoint(g.names)), None):
        raise TermError(f"{', '.join(group.names)} are {group.kind}: no box of points of the domain")
    for name, (a, b) in zip(names, ends, strict=True):
        r = domain[name]
        if a not in r or b not in r or r.whole or r.values is not None or r.nonzero:
            raise TermError(
                f"{name} is {r}: not every number from {a} to {b}, which are the ends of its side of the box"
            )
    stray = free_names(f) - set(names)
    if stray:
        raise TermError(f"a minimum is looked for in {', '.join(names)}; what is {', '.join(sorted(stray))}?")
    try:
        with precision(_BITS):
            newton = _Newton(f, names, domain, (low.value, high.value))
            return newton.decide([_ball(*pair) for pair in ends], ends)
    except (GaveUp, Undefined, ZeroDivisionError, OverflowError) as why:
        return Unknown(f"the function cannot be enclosed on the box: {why}")


def _box(rest: Sequence[Term]) -> tuple[list[str], list[tuple[Fraction, Fraction]]]:
    if not rest or len(rest) % 3 or len(rest) > 3 * _MAX_VARIABLES:
        raise TermError(f"a box has a symbol and two ends for each of 1 to {_MAX_VARIABLES} coordinates")
    names, ends = [], []
    for variable, low, high in zip(rest[::3], rest[1::3], rest[2::3], strict=True):
        if variable.head != "sym" or low.head != "num" or high.head != "num" or low.value >= high.value:
            raise TermError(
                f"a side of a box is a symbol and two increasing numbers, not {variable!r}, {low!r}, {high!r}"
            )
        names.append(variable.name)
        ends.append((low.value, high.value))
    return names, ends


def _ball(low: Fraction, high: Fraction) -> Any:
    middle, radius = (low + high) / 2, (high - low) / 2
    return to_arb(to_fmpq(middle)) + to_arb(to_fmpq(radius)) * arb(0, 1)


class _Box(Evaluator):
    """The values of a term on a box: a ball that contains them all."""

    def __init__(self, values: dict[str, Any], domain: Domain) -> None:
        super().__init__(Point({}, domain), instance=False)
        self._values = values

    def variable(self, name: str) -> Ball:
        return self._values[name] if name in self._values else super().variable(name)


class _Newton:
    def __init__(self, f: Term, names: list[str], domain: Domain, bounds: tuple[Fraction, Fraction]) -> None:
        self.f, self.names, self.domain, self.bounds = unfold(f, domain), names, domain, bounds
        self.gradient = [self._derivative(self.f, v) for v in names]
        self.hessian = [[self._derivative(g, v) for v in names] for g in self.gradient]

    def _derivative(self, t: Term, name: str) -> Term:
        return unfold(differentiate(t, sym(name)), self.domain)

    def at(self, box: Sequence[Any], terms: Sequence[Term]) -> list[Any]:
        """Enclosures of the values of terms on a box."""
        evaluator = _Box(dict(zip(self.names, box, strict=True)), self.domain)
        return [to_arb(evaluator.go(t)) for t in terms]

    def decide(self, box: list[Any], ends: Sequence[tuple[Fraction, Fraction]]) -> Verdict:
        """The verdict for the box; the enclosure of the stationary point is made small along the way."""
        self.at(box, [self.f])  # it has a value everywhere, and no choice in it is open: then no jump hides in a slope
        gradient = self.at(box, self.gradient)
        for name, g in zip(self.names, gradient, strict=True):
            if g > 0 or g < 0:
                return self._no(ends, f"the derivative with respect to {name} is {_shown(g)} in all of the box")
        curvatures = arb_mat([self.at(box, row) for row in self.hessian])
        minors = [_minor(curvatures, k + 1) for k in range(len(box))]
        negative = next((k for k, d in enumerate(minors, 1) if d < 0), 0)
        if negative:
            why = f"a principal minor of the Hessian is {_shown(minors[negative - 1])} in all of the box"
            return self._no(ends, f"{why}, so it is nowhere positive semidefinite")
        if not all(d > 0 for d in minors):
            return Unknown("the Hessian is not seen to be positive definite on the box; try a smaller one")
        place = self._newton(box)
        if place is None or not all(_inside(x, *pair) for x, pair in zip(place, ends, strict=True)):
            return Unknown("a step of Newton's method leaves the box; try a larger or a smaller one")
        for _ in range(_ROUNDS):
            place = self._newton(place) or place
        (value,) = self.at(place, [self.f])
        low, high = (to_arb(to_fmpq(x)) for x in self.bounds)
        if value <= low or value >= high:
            return self._no(ends, f"the value at the minimum is {_shown(value)}")
        if not low < value < high:
            return Unknown("the value at the minimum is too near to its bounds")
        where = ", ".join(f"{name} = {_shown(x)}" for name, x in zip(self.names, place, strict=True))
        return Proved(METHOD, notes=(f"the minimum is at {where}", f"its value is {_shown(value)}"))

    def _newton(self, box: list[Any]) -> list[Any] | None:
        """N(B) where it lies inside of B, which proves that B holds exactly one zero of the gradient."""
        middle = [x.mid() for x in box]
        slopes = arb_mat([self.at(box, row) for row in self.hessian])
        step = slopes.solve(arb_mat([[g] for g in self.at(middle, self.gradient)]))
        new = [c - step[k, 0] for k, c in enumerate(middle)]
        return new if all(x.contains_interior(n) for x, n in zip(box, new, strict=True)) else None

    def _no(self, ends: Sequence[tuple[Fraction, Fraction]], why: str) -> Refuted:
        middle = tuple((name, str((a + b) / 2)) for name, (a, b) in zip(self.names, ends, strict=True))
        return Refuted(Witness(middle, "no minimum", "a minimum"), METHOD, (why,))


def _inside(x: Any, low: Fraction, high: Fraction) -> bool:
    """Is x inside of the interval itself, whose ball may be a little larger?"""
    return bool(x > to_arb(to_fmpq(low)) and x < to_arb(to_fmpq(high)))


def _minor(m: Any, size: int) -> Any:
    return arb_mat([[m[i, j] for j in range(size)] for i in range(size)]).det()


def _shown(x: Any) -> str:
    text: str = x.str(_DIGITS)
    return text
