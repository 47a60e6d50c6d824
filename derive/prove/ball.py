"""The value of a term at a rational point: an exact rational, or a ball that certainly contains the value.

Undefined and undecided are told apart: `Undefined` is a proof that there is no real value, `GaveUp` is not.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass, field
from fractions import Fraction
from functools import lru_cache
from typing import Any, TypeAlias

from flint import arb, fmpq

from derive.domain import Domain, Group, Range
from derive.prove.differentiate import CHOICES, differentiate
from derive.prove.field import to_fraction
from derive.prove.normal import resolve, whole
from derive.prove.signals import GaveUp, Kink, Outside, Undefined
from derive.prove.unfold import unfold
from derive.terms.term import Term, free_names, num, sub, substitute, sym, walk

Ball: TypeAlias = Any  # flint.fmpq where the value is known exactly, else flint.arb
_MAX_SUMMANDS = 200
_MAX_EXACT = 64
_MAX_EXACT_BITS = 4_000


@dataclass(slots=True)
class Point:
    """Values of the variables; entries of arrays are chosen when they are first met, the same for the same seed."""

    values: dict[str, Fraction]
    domain: Domain
    seed: int = 0
    entries: dict[tuple[str, tuple[int, ...]], Fraction] = field(default_factory=dict)

    def entry(self, name: str, indices: tuple[int, ...]) -> Fraction:
        """An entry of an array, within the range of the array."""
        key = (name, indices)
        if key not in self.entries:
            r = self.domain[name]
            seed = f"{self.seed} {key}"
            self.entries[key] = _entry_value(r, seed) if r.total is None else self._share(name, indices)
        return self.entries[key]

    def _share(self, name: str, indices: tuple[int, ...]) -> Fraction:
        """An entry of a vector whose entries add up to 1."""
        r = self.domain[name]
        size = Evaluator(self).index(r.total or num(1))
        if not 0 <= indices[-1] < size:
            raise Undefined(f"{name} has {size} entries")
        rng = random.Random(f"{self.seed} {name} {indices[:-1]}")
        return shares(rng, size, one_hot=r.values is not None)[indices[-1]]

    def inside(self) -> bool:
        """Does every coordinate lie in its range, and every index between its bounds?"""
        for name, value in self.values.items():
            r = self.domain[name]
            if value not in r:
                return False
            if r.index is not None:
                evaluator = Evaluator(self)
                if not all(b in self.values for bound in r.index for b in free_names(bound)):
                    return False
                if not evaluator.index(r.index[0]) <= value <= evaluator.index(r.index[1]):
                    return False
        if any(sum(self.values[v] for v in g.names if v in self.values) != 1 for g in self._groups()):
            return False
        return all(value in self.domain[name] for (name, _), value in self.entries.items())

    def _groups(self) -> list[Group]:
        """The groups that occur; `points.simple` gives a value to every member of one."""
        return [g for g in self.domain.groups if any(v in self.values for v in g.names)]


def shares(rng: random.Random, size: int, *, one_hot: bool) -> list[Fraction]:
    """Numbers that add up to 1."""
    parts = [Fraction(rng.randint(1, 5)) for _ in range(size)]
    hot = rng.randrange(size)
    if one_hot:
        return [Fraction(int(i == hot)) for i in range(size)]
    return [p / sum(parts) for p in parts]


_SIMPLE = [Fraction(v) for v in ("0", "1", "-1", "2", "-2", "1/2", "-1/2", "3", "1/3", "-3/2", "5/2", "3/4")]


def choose(r: Range, rng: random.Random, simple: float = 0.5) -> Fraction:
    """A number of a range: with probability `simple` one of very few and short ones."""
    if r.values is not None:
        return rng.choice(r.values)
    for _ in range(40):
        value = rng.choice(_SIMPLE) if rng.random() < simple else Fraction(rng.randint(-60, 60), rng.randint(1, 9))
        if r.lower is not None and r.upper is not None:
            value = r.lower + (r.upper - r.lower) * Fraction(rng.randint(0, 12), 12)
        elif r.lower is not None:
            value = r.lower + abs(value)
        elif r.upper is not None:
            value = r.upper - abs(value)
        value = Fraction(round(value)) if r.whole else value
        if value in r:
            return value
    raise GaveUp(f"no simple number was found in {r}")


@lru_cache(maxsize=4_096)
def _entry_value(r: Range, seed: str) -> Fraction:
    return choose(r, random.Random(seed))


class Evaluator:
    """The value of terms at one point, in the working precision of FLINT's context."""

    def __init__(self, point: Point) -> None:
        self.point = point
        self.bound: dict[str, int] = {}
        self.along: tuple[str, Ball, int] | None = None
        self._memo: dict[Term, Ball] = {}

    def go(self, t: Term) -> Ball:
        """The value of a term."""
        if self.bound or self.along:
            return self._new(t)
        found = self._memo.get(t)
        if found is None:
            found = self._memo[t] = self._new(t)
        return found

    def _new(self, t: Term) -> Ball:
        if self.along and t.head in CHOICES:
            return _CHOSEN[t.head](self, t)
        if t.head in _REAL_FUNCTIONS:
            return _finite(_REAL_FUNCTIONS[t.head](self.go(t.args[0])), t)
        how = _HEADS.get(t.head)
        if how is None:
            raise GaveUp(f"{t.head} cannot be evaluated at a point")
        return how(self, t)

    def number(self, name: str) -> Ball:
        """The value of a variable or of a bound index."""
        if name in self.bound:
            return fmpq(self.bound[name])
        if self.along and name == self.along[0]:
            return self.along[1]
        value = self.point.values[name]
        return fmpq(value.numerator, value.denominator)

    def index(self, t: Term) -> int:
        """A term that must be a whole number."""
        value = self.go(t)
        if not isinstance(value, fmpq) or value.q != 1:
            raise GaveUp(f"an index that is not a whole number: {t!r}"[:200])
        return int(value.p)

    def sign_of(self, gap: Term) -> int:
        """The sign of a gap; where a derivative is taken and it is zero, the sign on the side of the variable."""
        sign = _sign(self.go(gap))
        if sign or self.along is None or self.along[0] not in free_names(gap):
            return sign
        name, _, side = self.along
        if not side:
            raise Kink
        slope = _sign(self.go(unfold(differentiate(gap, sym(name)), self.point.domain)))
        if not slope:
            raise GaveUp("a boundary that is touched and not crossed")
        return slope * side

    def seen_along(self, along: tuple[str, Ball, int] | None, t: Term) -> Ball:
        """The value of a term, with the variable of a derivative at its place."""
        before, self.along = self.along, along
        try:
            return self.go(t)
        finally:
            self.along = before

    def holds(self, t: Term) -> bool:
        """Does a condition hold at the point?"""
        match t.head:
            case "true" | "false":
                return t.head == "true"
            case "and":
                return all(map(self.holds, t.args))
            case "or":
                return any(map(self.holds, t.args))
            case "not":
                return not self.holds(t.args[0])
        order = self.sign_of(sub(*t.args)) if self.along else compare(self.go(t.args[0]), self.go(t.args[1]))
        return {"lt": order < 0, "le": order <= 0, "eq": order == 0, "ne": order != 0}[t.head]


def to_arb(x: Ball) -> Any:
    """The ball of an exact number."""
    return arb(x) if isinstance(x, fmpq) else x


def compare(a: Ball, b: Ball) -> int:
    """−1, 0 or 1; `GaveUp` where the balls overlap and are not exact."""
    if isinstance(a, fmpq) and isinstance(b, fmpq):
        return -1 if a < b else int(a > b)
    gap = to_arb(a) - to_arb(b)
    if gap > 0 or gap < 0:
        return 1 if gap > 0 else -1
    if gap.is_zero():
        return 0
    raise GaveUp("two values are too close to be told apart")


def _finite(x: Ball, t: Term) -> Ball:
    if isinstance(x, fmpq) or x.is_finite():
        return x
    raise GaveUp(f"no finite ball for {t.head}")


def _sign(x: Ball) -> int:
    return compare(x, fmpq(0))


def _positive(x: Ball, what: str) -> Any:
    if _sign(x) <= 0:
        raise Undefined(what)
    return to_arb(x)


# -- arithmetic ---------------------------------------------------------------------------------------------------------
def _add(e: Evaluator, t: Term) -> Ball:
    return _fold(map(e.go, t.args), lambda a, b: a + b)


def _mul(e: Evaluator, t: Term) -> Ball:
    return _fold(map(e.go, t.args), lambda a, b: a * b)


def _fold(parts: Any, op: Callable[[Any, Any], Any]) -> Ball:
    out = next(parts)
    for b in parts:
        exact = isinstance(out, fmpq) and isinstance(b, fmpq)
        out = op(out, b) if exact else op(to_arb(out), to_arb(b))
    return out


def _pow(e: Evaluator, t: Term) -> Ball:
    base, exponent = map(e.go, t.args)
    is_whole = whole(t.args[1], resolve(e.point.domain, dict.fromkeys(e.bound, Range(integer=True))))
    if isinstance(exponent, fmpq) and exponent.q == 1 and (is_whole or not free_names(t.args[1])):
        return _whole_power(base, int(exponent.p))
    sign = _sign(base)
    if sign < 0:
        raise Undefined("a power of a negative number whose exponent is not whole")
    if sign == 0 and e.along and e.along[0] in free_names(t.args[0]):
        sign = -1 if e.sign_of(t.args[0]) < 0 else 0
        if sign < 0:
            raise Outside("beside the point, a power of a negative number")
    if sign == 0:
        order = _sign(exponent)
        if order < 0:
            raise Undefined("a negative power of zero")
        return fmpq(0 if order else 1)
    if isinstance(exponent, fmpq) and exponent.q == 2:
        return _whole_power(to_arb(base).sqrt(), int(exponent.p))
    return _finite(to_arb(base) ** to_arb(exponent), t)


def _whole_power(base: Ball, k: int) -> Ball:
    if k < 0:
        if _sign(base) == 0:
            raise Undefined("division by zero")
        base, k = 1 / base, -k
    exact = isinstance(base, fmpq) and k * max(base.p.bit_length(), base.q.bit_length()) <= _MAX_EXACT_BITS
    return base**k if exact else to_arb(base) ** k


# -- elementary and special functions -------------------------------------------------------------------------------------
def _exact_zero(value: Any, f: Callable[[Any], Any]) -> Callable[[Ball], Ball]:
    """f, with its exact rational value at 0: ties at 0 stay decidable."""

    def g(x: Ball) -> Ball:
        return fmpq(value) if isinstance(x, fmpq) and x == 0 else f(to_arb(x))

    return g


def _log(x: Ball) -> Ball:
    if isinstance(x, fmpq) and x == 1:
        return fmpq(0)
    return _positive(x, "the logarithm of a number that is not positive").log()


def _logit(x: Ball) -> Ball:
    if _sign(x) <= 0 or compare(x, fmpq(1)) >= 0:
        raise Undefined("logit outside 0 < p < 1")
    return _log(x / (1 - x))


def _within(name: str, x: Ball) -> Any:
    if compare(x, fmpq(1)) > 0 or compare(x, fmpq(-1)) < 0:
        raise Undefined(f"{name} outside [-1, 1]")
    return to_arb(x)


def _inside(name: str, x: Ball) -> Any:
    if compare(x, fmpq(1)) >= 0 or compare(x, fmpq(-1)) <= 0:
        raise Undefined(f"{name} outside (-1, 1)")
    return to_arb(x)


def _acosh(x: Ball) -> Ball:
    if compare(x, fmpq(1)) < 0:
        raise Undefined("acosh of a number below 1")
    return to_arb(x).acosh()


def _gamma(x: Ball) -> Any:
    if isinstance(x, fmpq) and x.q == 1 and x <= 0:
        raise Undefined("the gamma function at a pole")
    return to_arb(x).gamma()


def _lambertw(x: Ball) -> Any:
    x = to_arb(x)
    if x < -((-arb(1)).exp()):
        raise Undefined("the Lambert W function below -1/e")
    return x.lambertw()


def _half_step(x: Ball) -> Ball:
    return (fmpq(1, 2), fmpq(1), fmpq(0))[_sign(x)]


def _softplus(x: Any) -> Any:
    return x.exp().log1p() if x < 0 else x + (-x).exp().log1p()


def _normppf(x: Ball) -> Any:
    return arb(2).sqrt() * _inside("the inverse of the normal distribution function", 2 * x - 1).erfinv()


_REAL_FUNCTIONS: dict[str, Callable[[Ball], Ball]] = {
    "exp": _exact_zero(1, lambda x: x.exp()),
    "expm1": _exact_zero(0, lambda x: x.expm1()),
    "log": _log,
    "log1p": lambda x: _log(1 + x),
    "abs": lambda x: abs(x),
    "sign": lambda x: fmpq(_sign(x)),
    "heaviside": _half_step,
    "sin": _exact_zero(0, lambda x: x.sin()),
    "cos": _exact_zero(1, lambda x: x.cos()),
    "tan": _exact_zero(0, lambda x: x.tan()),
    "sinh": _exact_zero(0, lambda x: x.sinh()),
    "cosh": _exact_zero(1, lambda x: x.cosh()),
    "tanh": _exact_zero(0, lambda x: x.tanh()),
    "sech": _exact_zero(1, lambda x: x.sech()),
    "asin": _exact_zero(0, lambda x: _within("asin", x).asin()),
    "acos": lambda x: _within("acos", x).acos(),
    "atan": _exact_zero(0, lambda x: x.atan()),
    "asinh": _exact_zero(0, lambda x: x.asinh()),
    "acosh": _acosh,
    "atanh": _exact_zero(0, lambda x: _inside("atanh", x).atanh()),
    "sigmoid": lambda x: fmpq(1, 2) if isinstance(x, fmpq) and x == 0 else 1 / (1 + (-to_arb(x)).exp()),
    "logit": _logit,
    "softplus": lambda x: _softplus(to_arb(x)),
    "logsigmoid": lambda x: -_softplus(-to_arb(x)),
    "erf": _exact_zero(0, lambda x: x.erf()),
    "erfc": _exact_zero(1, lambda x: x.erfc()),
    "erfinv": _exact_zero(0, lambda x: _inside("erfinv", x).erfinv()),
    "normpdf": lambda x: (-to_arb(x) ** 2 / 2).exp() / (2 * arb.pi()).sqrt(),
    "normcdf": lambda x: (-to_arb(x) / arb(2).sqrt()).erfc() / 2,
    "normppf": _normppf,
    "gamma": _gamma,
    "loggamma": lambda x: _positive(x, "loggamma of a number that is not positive").lgamma(),
    "lambertw": _exact_zero(0, _lambertw),
}


def _polygamma(e: Evaluator, t: Term) -> Ball:
    """ψ by FLINT; ψ⁽ᵏ⁾(x) = (−1)^(k+1) k! ζ(k+1, x) for x > 0."""
    k, x = e.index(t.args[0]), e.go(t.args[1])
    if isinstance(x, fmpq) and x.q == 1 and x <= 0:
        raise Undefined("polygamma at a pole")
    if k == 0:
        return _finite(to_arb(x).digamma(), t)
    if _sign(x) <= 0:
        raise GaveUp("polygamma of a negative number")
    return _finite((-1) ** (k + 1) * arb(k).fac() * arb(k + 1).zeta(to_arb(x)), t)


def _floor(e: Evaluator, t: Term) -> Ball:
    x = e.go(t.args[0])
    if isinstance(x, fmpq):
        return fmpq(x.floor())
    low = x.floor().unique_fmpz()
    if low is None:
        raise GaveUp("a value too close to a whole number")
    return fmpq(low)


# -- choices, sums, entries -----------------------------------------------------------------------------------------------
def _extreme(way: int) -> Callable[[Evaluator, Term], Ball]:
    def f(e: Evaluator, t: Term) -> Ball:
        values = [e.go(a) for a in t.args]
        if all(isinstance(v, fmpq) for v in values):
            return max(values) if way > 0 else min(values)
        return _fold(iter(values), lambda a, b: to_arb(a).max(to_arb(b)) if way > 0 else to_arb(a).min(to_arb(b)))

    return f


def _piecewise(e: Evaluator, t: Term) -> Ball:
    for value, condition in zip(t.args[::2], t.args[1::2], strict=True):
        if e.holds(condition):
            return e.go(value)
    raise Undefined("no condition of a piecewise holds")


def _xlogy(e: Evaluator, t: Term) -> Ball:
    x = e.go(t.args[0])
    if _sign(x) == 0:
        return fmpq(0)
    return _fold(iter([x, _log(e.go(t.args[1]))]), lambda a, b: a * b)


def _entry(e: Evaluator, t: Term) -> Ball:
    value = e.point.entry(t.name, tuple(map(e.index, t.args[1:])))
    return fmpq(value.numerator, value.denominator)


def _delta(e: Evaluator, t: Term) -> Ball:
    return fmpq(int(e.index(t.args[0]) == e.index(t.args[1])))


def _series(empty: int, op: Callable[[Any, Any], Any]) -> Callable[[Evaluator, Term], Ball]:
    def f(e: Evaluator, t: Term) -> Ball:
        body, index, first, last = t.args
        low, high = e.index(first), e.index(last)
        if high - low >= _MAX_SUMMANDS:
            raise GaveUp(f"more than {_MAX_SUMMANDS} summands at a point")
        before = e.bound.get(index.name)
        parts: list[Ball] = [fmpq(empty)]
        for value in range(low, high + 1):
            e.bound[index.name] = value
            parts.append(e.go(body))
        e.bound.pop(index.name, None)
        if before is not None:
            e.bound[index.name] = before
        return _fold(iter(parts), op)

    return f


def _slope(e: Evaluator, t: Term) -> Ball:
    """As in `choices`: the formula where no choice ties, else the common limit from both sides."""
    formula, body, v, at = t.args
    if e.along is not None:
        return _inner_slope(e, t)
    here, x = e.go(body if at == v else substitute(body, {v.name: at})), e.go(at)
    try:
        return e.seen_along((v.name, x, 0), formula)
    except Kink:
        pass
    except Undefined:
        raise GaveUp("a derivative where its formula has no value") from None
    try:
        values = [e.seen_along((v.name, x, side), body) for side in (1, -1)]
        slopes = [e.seen_along((v.name, x, side), formula) for side in (1, -1)]
    except Outside:
        raise Undefined("there is no derivative at the border of the function") from None
    except Undefined:
        raise GaveUp("a derivative at a boundary where one side has no value") from None
    jump = not _continuous(body) and any(compare(here, value) for value in values)
    if jump or compare(*slopes):
        raise Undefined("there is no derivative at a kink or a jump")
    return slopes[0]


def _continuous(t: Term) -> bool:
    """Is there nothing in t that can jump?"""
    return not any(a.head in ("piecewise", "sign", "heaviside", "floor", "slope", "xlogy") for a in walk(t))


def _inner_slope(e: Evaluator, t: Term) -> Ball:
    formula, body, v, at = t.args
    if e.along is None or e.along[0] != v.name or at != v:
        raise GaveUp("a mixed derivative at the boundary of a choice")
    if e.along[2]:
        return e.go(formula)
    value = e.along[1]
    if not isinstance(value, fmpq):
        raise GaveUp("a second derivative at a point that is not rational")
    return e.seen_along(None, Term("slope", (formula, body, v, num(to_fraction(value)))))


def _chosen_extreme(e: Evaluator, t: Term) -> Ball:
    out = t.args[0]
    for other in t.args[1:]:
        keep = e.sign_of(sub(out, other)) * (1 if t.head == "max" else -1) >= 0
        out = out if keep else other
    return e.go(out)


#: choices while a derivative is taken: by the sign of a gap, which has a side
_CHOSEN: dict[str, Callable[[Evaluator, Term], Ball]] = {
    "abs": lambda e, t: e.go(t.args[0]) * e.sign_of(t.args[0]),
    "sign": lambda e, t: fmpq(e.sign_of(t.args[0])),
    "heaviside": lambda e, t: fmpq(1 + e.sign_of(t.args[0]), 2),
    "max": _chosen_extreme,
    "min": _chosen_extreme,
}


def _given(e: Evaluator, t: Term) -> Ball:
    e.go(t.args[1])
    return e.go(t.args[0])


_HEADS: dict[str, Callable[[Evaluator, Term], Ball]] = {
    "num": lambda e, t: fmpq(*t.args),
    "sym": lambda e, t: e.number(t.name),
    "at": _entry,
    "delta": _delta,
    "add": _add,
    "mul": _mul,
    "pow": _pow,
    "pi": lambda e, t: arb.pi(),
    "e": lambda e, t: arb(1).exp(),
    "euler_gamma": lambda e, t: arb.const_euler(),
    "polygamma": _polygamma,
    "floor": _floor,
    "max": _extreme(1),
    "min": _extreme(-1),
    "piecewise": _piecewise,
    "xlogy": _xlogy,
    "sum": _series(0, lambda a, b: a + b),
    "prod": _series(1, lambda a, b: a * b),
    "given": _given,
    "slope": _slope,
}
