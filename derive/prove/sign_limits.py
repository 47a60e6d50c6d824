"""What a fraction over generators tends to at an end of an interval: as a sum of terms of known growth.

The end is reached as t → ∞: x = t, x = −t, x = a + 1/t or x = a − 1/t. Each generator is a finite sum of terms
c·exp(q(t))·t^k·(log t)^j and of terms of which only a bound of that kind is known. The others stay fixed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from fractions import Fraction
from functools import cmp_to_key, reduce

from derive.prove import signs
from derive.prove.elementary import atom_value, exp, log_abs
from derive.prove.field import Frac
from derive.prove.normal import Normal
from derive.prove.polys import Poly
from derive.prove.powers import rational_power
from derive.prove.registry import Key
from derive.prove.sign_masks import Signs
from derive.prove.signals import GaveUp
from derive.prove.special import erf
from derive.terms.term import make

_MAX_TERMS = 60
#: q(t), by falling powers
Exponent = tuple[tuple[Fraction, Fraction], ...]
#: q, k, j
Order = tuple[Exponent, Fraction, int]
_FIXED: Order = ((), Fraction(0), 0)


def end_sign(n: Normal, a: Frac, name: str, end: Fraction | None, way: int) -> int:
    """ZERO where a tends to 0; POSITIVE or NEGATIVE where a has that sign near the end; else ANY.

    `way` is 1 for the lower end of an interval, whose variable falls to it, and −1 for the upper end.
    """
    return _At(n, name, end, way).sign(a)


# -- orders -----------------------------------------------------------------------------------------------------------
def _times(a: Order, b: Order) -> Order:
    return _exponent((*a[0], *b[0])), a[1] + b[1], a[2] + b[2]


def _to(a: Order, r: Fraction) -> Order:
    if r.denominator != 1 and a[2]:
        raise GaveUp("a root of a logarithm at the end of an interval")
    return _exponent((k, c * r) for k, c in a[0]), a[1] * r, int(a[2] * r)


def _exponent(rows: Iterable[tuple[Fraction, Fraction]]) -> Exponent:
    out: dict[Fraction, Fraction] = {}
    for k, c in rows:
        out[k] = out.get(k, Fraction(0)) + c
    return tuple(sorted(((k, c) for k, c in out.items() if c), reverse=True))


def _growth(a: Order) -> int:
    """1 where it tends to ∞, −1 where it tends to 0, 0 for a constant."""
    lead = next((c for k, c in a[0] if k > 0), None)
    first = next((x for x in (lead, a[1], a[2]) if x), 0)
    return (first > 0) - (first < 0)


def _compare(a: Order, b: Order) -> int:
    return _growth(_times(a, _to(b, Fraction(-1))))


@dataclass(slots=True)
class Sum:
    """Terms with their coefficients, and terms that are only bounds, up to a constant factor."""

    exact: dict[Order, Frac] = field(default_factory=dict)
    bounds: set[Order] = field(default_factory=set)

    @property
    def orders(self) -> list[Order]:
        """All orders, the greatest first."""
        return sorted((*self.exact, *self.bounds), key=cmp_to_key(_compare), reverse=True)

    def __len__(self) -> int:
        return len(self.exact) + len(self.bounds)


class _At:
    """One end of an interval."""

    def __init__(self, n: Normal, name: str, end: Fraction | None, way: int) -> None:
        self.n, self.name = n, name
        f = n.field
        step = (_FIXED[0], Fraction(1 if end is None else -1), 0)
        side = f.constant(Fraction(way if end is not None else -way))
        self.variable = Sum({step: side}, set())
        if end:
            self.variable.exact[_FIXED] = f.constant(end)

    def sign(self, a: Frac) -> int:
        """The sign near the end, or ZERO for the limit 0."""
        top, below = self.poly(a.num), self.denominator(a)
        order, lead = self.leading(below)
        if not top.orders or all(_compare(o, order) < 0 for o in top.orders):
            return signs.ZERO
        return signs.product(self.mask(self.leading(top)[1]), self.mask(lead))

    def leading(self, s: Sum) -> tuple[Order, Frac]:
        """The one term that is greater than all others, with a coefficient whose sign is known."""
        orders = s.orders
        if not orders or orders[0] in s.bounds or (len(orders) > 1 and _compare(orders[0], orders[1]) <= 0):
            raise GaveUp("no term is the greatest at the end of an interval")
        lead = s.exact[orders[0]]
        if self.mask(lead) not in (signs.POSITIVE, signs.NEGATIVE):
            raise GaveUp("a coefficient of unknown sign at the end of an interval")
        return orders[0], lead

    def mask(self, a: Frac) -> int:
        """The sign of a coefficient."""
        return Signs(self.n, 0).of(a, True)

    # -- sums ---------------------------------------------------------------------------------------------------------
    def add(self, *parts: Sum) -> Sum:
        out = Sum()
        for p in parts:
            for order, c in p.exact.items():
                out.exact[order] = self.n.field.add(out.exact[order], c) if order in out.exact else c
            out.bounds |= p.bounds
        out.exact = {o: c for o, c in out.exact.items() if not self.n.field.is_zero(c)}
        return out

    def mul(self, a: Sum, b: Sum) -> Sum:
        if len(a) * len(b) > _MAX_TERMS:
            raise GaveUp("too many terms at the end of an interval")
        f = self.n.field
        f.tick()
        parts = [Sum({_times(o, p): f.mul(c, d)}) for o, c in a.exact.items() for p, d in b.exact.items()]
        bounds = {_times(o, p) for o in a.bounds for p in (*b.exact, *b.bounds)}
        bounds |= {_times(o, p) for o in a.exact for p in b.bounds}
        return self.add(*parts, Sum({}, bounds))

    def power(self, s: Sum, e: int) -> Sum:
        return reduce(self.mul, [s] * e, self.fixed(self.n.field.constant(Fraction(1))))

    def fixed(self, a: Frac) -> Sum:
        """What does not depend on the variable."""
        return Sum({_FIXED: a})

    # -- translation --------------------------------------------------------------------------------------------------
    def fraction(self, a: Frac) -> Sum:
        """num/den, the denominator by its greatest term and a bound for what else there is."""
        below = self.denominator(a)
        order, lead = self.leading(below)
        rest = {_times(o, _to(order, Fraction(-1))) for o in below.orders if o != order}
        one = Sum({_FIXED: self.n.field.constant(Fraction(1))}, rest)
        inverse = Sum({_to(order, Fraction(-1)): self.n.field.inverse(lead)})
        return self.mul(self.mul(self.poly(a.num), inverse), one)

    def denominator(self, a: Frac) -> Sum:
        parts = [self.power(self.poly(self.n.field.factors[i]), e) for i, e in a.den]
        return reduce(self.mul, parts, self.fixed(self.n.field.constant(Fraction(1))))

    def poly(self, p: Poly) -> Sum:
        f = self.n.field
        parts = []
        for monomial, c in f.terms(p):
            factors = [self.power(self.generator(g), e) for g, e in monomial]
            parts.append(reduce(self.mul, factors, self.fixed(f.constant(c))))
        return self.add(*parts)

    def generator(self, g: int) -> Sum:
        n, key = self.n, self.n.generator(g).key
        if self.name not in n.generator(g).free:
            return self.fixed(n.field.generator(g))
        law = _GENERATORS.get(key[0])
        if law is None:
            raise GaveUp(f"no limits of {key[0]} are known")
        return law(self, key)

    def split(self, s: Sum) -> tuple[dict[Order, Frac], Frac, set[Order]]:
        """What grows, the constant, and bounds of what vanishes."""
        if any(_growth(o) >= 0 for o in s.bounds):
            raise GaveUp("a part without a limit at the end of an interval")
        growing = {o: c for o, c in s.exact.items() if _growth(o) > 0}
        constant = s.exact.get(_FIXED, self.n.field.constant(Fraction(0)))
        return growing, constant, {o for o in s.orders if _growth(o) < 0}


# -- generators -------------------------------------------------------------------------------------------------------
def _polynomial(at: _At, rows: dict[Order, Frac], scale: Fraction) -> Exponent:
    """Σ c t^k with rational c, times a number."""
    values = [(o, at.n.field.constant_value(c)) for o, c in rows.items()]
    if any(o[0] or o[2] or c is None for o, c in values):
        raise GaveUp("an exponent that is no polynomial at the end of an interval")
    return _exponent((o[1], scale * c) for o, c in values if c is not None)


def _exp(at: _At, key: Key) -> Sum:
    """exp(q(t) + c + ε) = exp(c)·exp(q(t))·(1 + O(ε))."""
    n = at.n
    scale = n.registry.units[key]
    growing, constant, small = at.split(at.fraction(atom_value(n, key[1])))
    order: Order = (_polynomial(at, growing, scale), Fraction(0), 0)
    value = Sum({order: exp(n, n.field.scale(constant, scale))})
    return at.mul(value, Sum({_FIXED: n.field.constant(Fraction(1))}, small))


def _parts(at: _At, key: Key) -> tuple[Order, Frac, set[Order]]:
    """A polynomial as c·order·(1 + O(…)), c > 0: its size."""
    s = at.poly(at.n.field.from_key(key[1]))
    order, lead = at.leading(s)
    size = lead if at.mask(lead) == signs.POSITIVE else at.n.field.neg(lead)
    return order, size, {_times(o, _to(order, Fraction(-1))) for o in s.orders if o != order}


def _log(at: _At, key: Key) -> Sum:
    """log|c t^k exp(q)(1 + ε)| = log|c| + k log t + q + O(ε)."""
    (q, k, j), size, small = _parts(at, key)
    if j:
        raise GaveUp("a logarithm of a logarithm at the end of an interval")
    f = at.n.field
    exact: dict[Order, Frac] = {((), p, 0): f.constant(c) for p, c in q}
    exact |= {_FIXED: log_abs(at.n, size), ((), Fraction(0), 1): f.constant(k)}
    return at.add(Sum(exact, small))


def _root(at: _At, key: Key) -> Sum:
    """|c·order·(1 + ε)|^r = |c|^r·order^r·(1 + O(ε))."""
    order, size, small = _parts(at, key)
    r = at.n.registry.units[key]
    lead = rational_power(at.n, size, r)
    return at.mul(Sum({_to(order, r): lead}), Sum({_FIXED: at.n.field.constant(Fraction(1))}, small))


def _odd(
    at: _At, key: Key, value: Callable[[Normal, Frac], Frac], top: Callable[[Normal], Frac], rest: Callable[..., Order]
) -> Sum:
    """A bounded, increasing and odd function with a slope of at most a constant: ±top − rest at ±∞."""
    n, s = at.n, at.fraction(at.n.value(key[1]))
    growing, constant, small = at.split(s)
    if not growing:
        return at.add(at.fixed(value(n, constant)), Sum({}, small))
    order, lead = at.leading(s)
    way = at.mask(lead)
    limit = top(n) if way == signs.POSITIVE else n.field.neg(top(n))
    return Sum({_FIXED: limit}, {rest(at, s, order)})


def _erf_rest(at: _At, s: Sum, order: Order) -> Order:
    """1 − erf(u) ≤ exp(−u²)/u for u ≥ 1, where u is a polynomial."""
    square = at.mul(s, s) if not s.bounds else None
    if square is None:
        raise GaveUp("an argument of erf that is no polynomial at the end of an interval")
    growing = {o: c for o, c in square.exact.items() if _growth(o) > 0}
    return _polynomial(at, growing, Fraction(-1)), -order[1], 0


def _atan(n: Normal, a: Frac) -> Frac:
    return n.go(make("atan", n.readback.fraction(a)))


def _half_pi(n: Normal) -> Frac:
    return n.field.scale(n.go(make("pi")), Fraction(1, 2))


_GENERATORS: dict[str, Callable[[_At, Key], Sum]] = {
    "sym": lambda at, key: at.variable,
    "exp": _exp,
    "log": _log,
    "root": _root,
    "erf": lambda at, key: _odd(at, key, erf, lambda n: n.field.constant(Fraction(1)), _erf_rest),
    "atan": lambda at, key: _odd(at, key, _atan, _half_pi, lambda at, s, order: _to(order, Fraction(-1))),
    "sin": lambda at, key: Sum({}, {_FIXED}),
    "cos": lambda at, key: Sum({}, {_FIXED}),
}
