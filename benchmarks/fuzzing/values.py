"""The value of a term by mpmath: a second, independent reading of what each head means. Shares no code with the prover.

Numbers stay fractions as long as they can, so ties are exact; everything else is computed to many digits.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from fractions import Fraction
from typing import Any

from mpmath import mp, mpf

from derive.terms.term import Term, free_names

Value = Any  # Fraction or mpf
Entry = Callable[[str, tuple[int, ...]], Fraction]
_HUGE = 10**7
_UNSETTLED = mpf(10) ** -6
_SAME = 0.9
_LOST = 10  # digits that the differences of differences may lose to rounding
_MAX_STEPS = 1_500  # derivatives of derivatives are computed by differences of differences


_COST = {"exp1": 30, "polygamma": 100, "gamma": 30, "loggamma": 30, "erfinv": 30, "normppf": 30}


class NoValue(Exception):
    """There is no real value at this point."""


class TooClose(Exception):
    """The digits do not suffice to say on which side a value lies, or it is too large or takes too long."""


def value(t: Term, values: Mapping[str, Fraction], entry: Entry, whole: frozenset[str], digits: int = 60) -> Value:
    """The value of `t`; `whole` names the variables (and arrays) that take whole values only."""
    with mp.workdps(digits):
        return _Point(values, entry, whole).go(t)


def pair(
    terms: tuple[Term, Term], values: Mapping[str, Fraction], entry: Entry, whole: frozenset[str], digits: int
) -> list[mpf | None]:
    """Both values, None where there is none; what the two share is computed once."""
    with mp.workdps(digits):
        point, out = _Point(values, entry, whole), []
        for t in terms:
            try:
                out.append(number(point.go(t)))
            except NoValue:
                out.append(None)
        return out


def number(x: Value) -> mpf:
    """In floating point of the working precision."""
    return mpf(x.numerator) / x.denominator if isinstance(x, Fraction) else x


def sign(x: Value) -> int:
    """The sign, exact for fractions."""
    if not isinstance(x, Fraction) and abs(x) < mpf(10) ** (-mp.dps // 2):
        raise TooClose
    return (x > 0) - (x < 0)


def _exactly(at: int, gives: int, f: Callable[[mpf], mpf]) -> Callable[[Value], Value]:
    return lambda x: Fraction(gives) if isinstance(x, Fraction) and x == at else f(number(x))


def _exp(x: mpf) -> mpf:
    if abs(x) > _HUGE:
        raise TooClose
    return mp.exp(x)


def _log(x: Value) -> Value:
    if sign(x) <= 0:
        raise NoValue("the logarithm of a number that is not positive")
    return Fraction(0) if isinstance(x, Fraction) and x == 1 else mp.log(number(x))


def _between(low: int, high: int, closed: bool, f: Callable[[mpf], mpf]) -> Callable[[Value], Value]:
    def g(x: Value) -> Value:
        for gap in (sign(x - low), sign(high - x)):
            if gap < 0 or (gap == 0 and not closed):
                raise NoValue("outside the domain of a function")
        return f(number(x))

    return g


def _trigonometric(f: Callable[[mpf], mpf]) -> Callable[[mpf], mpf]:
    def g(x: mpf) -> mpf:
        if abs(x) > _HUGE:
            raise TooClose
        return f(x)

    return g


def _tan(x: mpf) -> mpf:
    if abs(mp.cos(x)) < mpf(10) ** (-mp.dps // 2):
        raise TooClose
    return mp.tan(x)


def _softplus(x: mpf) -> mpf:
    return max(x, mpf(0)) + mp.log1p(_exp(-abs(x)))


def _floor(x: Value) -> Fraction:
    if isinstance(x, Fraction):
        return Fraction(x.numerator // x.denominator)
    sign(x - mp.nint(x))
    return Fraction(int(mp.floor(x)))


def _no_pole(x: Value) -> None:
    """The poles of the gamma functions are 0, −1, −2, …"""
    if x < 0.5 and sign(x - Fraction(round(x)) if isinstance(x, Fraction) else x - mp.nint(x)) == 0:
        raise NoValue("a gamma function at a pole")


def _exp1(x: Value) -> mpf:
    if sign(x) <= 0:
        raise NoValue("the exponential integral of a number that is not positive")
    return mp.e1(number(x))


def _gamma(x: Value) -> mpf:
    _no_pole(x)
    if abs(x) > 10**5:
        raise TooClose
    return mp.gamma(number(x))


def _loggamma(x: Value) -> mpf:
    if sign(x) <= 0:
        raise NoValue("loggamma of a number that is not positive")
    return mp.loggamma(number(x))


def _lambertw(x: Value) -> mpf:
    if sign(number(x) + mp.exp(-1)) < 0:
        raise NoValue("the Lambert W function below -1/e")
    return mp.lambertw(number(x)).real


_ONE: dict[str, Callable[[Value], Value]] = {
    "exp": _exactly(0, 1, _exp),
    "expm1": _exactly(0, 0, lambda x: _exp(x) - 1),
    "log": _log,
    "log1p": lambda x: _log(1 + x),
    "abs": abs,
    "sign": lambda x: Fraction(sign(x)),
    "heaviside": lambda x: Fraction(1 + sign(x), 2),
    "floor": _floor,
    "sin": _exactly(0, 0, _trigonometric(mp.sin)),
    "cos": _exactly(0, 1, _trigonometric(mp.cos)),
    "tan": _exactly(0, 0, _trigonometric(_tan)),
    "sinh": _exactly(0, 0, lambda x: mp.sinh(x) if abs(x) < 1 else (_exp(x) - _exp(-x)) / 2),
    "cosh": _exactly(0, 1, lambda x: (_exp(x) + _exp(-x)) / 2),
    "tanh": _exactly(0, 0, mp.tanh),
    "sech": _exactly(0, 1, lambda x: 2 / (_exp(x) + _exp(-x))),
    "asin": _exactly(0, 0, _between(-1, 1, True, mp.asin)),
    "acos": _between(-1, 1, True, mp.acos),
    "atan": _exactly(0, 0, mp.atan),
    "asinh": _exactly(0, 0, mp.asinh),
    "acosh": _between(1, _HUGE**9, True, mp.acosh),
    "atanh": _exactly(0, 0, _between(-1, 1, False, mp.atanh)),
    "sigmoid": lambda x: Fraction(1, 2) if isinstance(x, Fraction) and x == 0 else 1 / (1 + _exp(-number(x))),
    "logit": _between(0, 1, False, lambda p: mp.log(p) - mp.log(1 - p)),
    "softplus": lambda x: _softplus(number(x)),
    "logsigmoid": lambda x: -_softplus(-number(x)),
    "erf": _exactly(0, 0, mp.erf),
    "erfc": _exactly(0, 1, mp.erfc),
    "erfinv": _exactly(0, 0, _between(-1, 1, False, mp.erfinv)),
    "normpdf": lambda x: mp.npdf(number(x)),
    "normcdf": lambda x: mp.erfc(-number(x) / mp.sqrt(2)) / 2,
    "normppf": _between(0, 1, False, lambda p: mp.sqrt(2) * mp.erfinv(2 * p - 1)),
    "exp1": _exp1,
    "gamma": _gamma,
    "loggamma": _loggamma,
    "lambertw": _exactly(0, 0, _lambertw),
}


class _Point:
    def __init__(self, values: Mapping[str, Value], entry: Entry, whole: Iterable[str]) -> None:
        self.steps = [_MAX_STEPS if mp.dps < 200 else _MAX_STEPS // 5]
        self.outer: _Point | None = None
        self.varied = ""
        self.values = dict(values)
        self.entry = entry
        self.whole = set(whole)
        self.known: dict[Term, Value] = {}  # rewriting repeats parts

    def moved(self, name: str, x: Value, whole: bool) -> _Point:
        """The same point but for one value; what does not depend on it is known already."""
        inner = _Point({**self.values, name: x}, self.entry, self.whole | {name} if whole else self.whole - {name})
        inner.steps, inner.outer, inner.varied = self.steps, self, name
        return inner

    def go(self, t: Term) -> Value:
        if self.outer and self.varied not in free_names(t):
            return self.outer.go(t)
        if t not in self.known:
            self.steps[0] -= _COST.get(t.head, 1)
            if self.steps[0] < 0:
                raise TooClose
            self.known[t] = self._new(t)
        return self.known[t]

    def _new(self, t: Term) -> Value:
        if t.head in _ONE:
            return _ONE[t.head](self.go(t.args[0]))
        return getattr(self, f"_{t.head}")(t)

    def _num(self, t: Term) -> Value:
        return t.value

    def _sym(self, t: Term) -> Value:
        return self.values.get(t.name, Fraction(1))  # a witness leaves out what the value does not depend on

    def _pi(self, t: Term) -> Value:
        return +mp.pi

    def _e(self, t: Term) -> Value:
        return mp.exp(1)

    def _euler_gamma(self, t: Term) -> Value:
        return +mp.euler

    def _at(self, t: Term) -> Value:
        return self.entry(t.name, tuple(map(self.index, t.args[1:])))

    def index(self, t: Term) -> int:
        x = self.go(t)
        if not isinstance(x, Fraction) or x.denominator != 1:
            raise NoValue("an index that is not a whole number")
        return int(x)

    def _delta(self, t: Term) -> Value:
        return Fraction(self._order(t) == 0)

    def _order(self, t: Term) -> int:
        """The sign of the first argument minus the second."""
        a, b = self.go(t.args[0]), self.go(t.args[1])
        exact = isinstance(a, Fraction) and isinstance(b, Fraction)
        return sign(a - b if exact else number(a) - number(b))

    def _add(self, t: Term) -> Value:
        return _total([self.go(a) for a in t.args])

    def _mul(self, t: Term) -> Value:
        parts = [self.go(a) for a in t.args]
        return _combined(parts, Fraction(1), lambda a, b: a * b)

    def _pow(self, t: Term) -> Value:
        a, b = self.go(t.args[0]), self.go(t.args[1])
        literal = t.args[1].head == "num"
        if isinstance(b, Fraction) and b.denominator == 1 and (literal or self._is_whole(t.args[1])):
            return _whole_power(a, int(b))
        order = sign(a)
        if order < 0:
            raise NoValue("a power of a negative number whose exponent is not whole")
        if order == 0:
            if sign(b) < 0:
                raise NoValue("a negative power of zero")
            return Fraction(int(sign(b) == 0))
        return _exp(number(b) * mp.log(number(a)))

    def _is_whole(self, t: Term) -> bool:
        """By its form, as the definition of pow says."""
        if t.head == "num":
            return t.value.denominator == 1
        if t.head in ("sym", "at"):
            return t.name in self.whole
        if t.head in ("add", "mul"):
            return all(map(self._is_whole, t.args))
        if t.head == "pow":
            return self._is_whole(t.args[0]) and t.args[1].head == "num" and t.args[1].value in range(10**6)
        return t.head in ("delta", "floor", "sign")

    def _polygamma(self, t: Term) -> Value:
        x = self.go(t.args[1])
        _no_pole(x)
        return mp.psi(self.index(t.args[0]), number(x))

    def _max(self, t: Term) -> Value:
        return self._extreme(t, 1)

    def _min(self, t: Term) -> Value:
        return self._extreme(t, -1)

    def _extreme(self, t: Term, way: int) -> Value:
        out = self.go(t.args[0])
        for a in map(self.go, t.args[1:]):
            bigger = (number(a) - number(out)) * way > 0
            out = a if bigger else out
        return out

    def _piecewise(self, t: Term) -> Value:
        for branch, condition in zip(t.args[::2], t.args[1::2], strict=True):
            if self.holds(condition):
                return self.go(branch)
        raise NoValue("no condition of a piecewise holds")

    def holds(self, t: Term) -> bool:
        match t.head:
            case "true" | "false":
                return t.head == "true"
            case "and":
                return all(map(self.holds, t.args))
            case "or":
                return any(map(self.holds, t.args))
            case "not":
                return not self.holds(t.args[0])
        order = self._order(t)
        return {"lt": order < 0, "le": order <= 0, "eq": order == 0, "ne": order != 0}[t.head]

    def _xlogy(self, t: Term) -> Value:
        x = self.go(t.args[0])
        return Fraction(0) if sign(x) == 0 else number(x) * number(_log(self.go(t.args[1])))

    def _sum(self, t: Term) -> Value:
        return _total(self._bodies(t))

    def _prod(self, t: Term) -> Value:
        return _combined(self._bodies(t), Fraction(1), lambda a, b: a * b)

    def _bodies(self, t: Term) -> list[Value]:
        body, index, first, last = t.args
        low, high = self.index(first), self.index(last)
        if high - low > 40:
            raise TooClose
        return [self.moved(index.name, Fraction(i), whole=True).go(body) for i in range(low, high + 1)]

    def _diff(self, t: Term) -> Value:
        """The limit of difference quotients; none at a kink, a jump or a border."""
        body, v = t.args
        x, here = number(self.go(v)), number(self.go(body))
        h = mpf(10) ** (-mp.dps // 6)

        def f(step: mpf) -> mpf:
            return number(self.moved(v.name, x + step, whole=False).go(body))

        far, near = ((f(s) - f(-s)) / (2 * s) for s in (h, h / 2))
        bend, closer = (abs(f(s) + f(-s) - 2 * here) / s for s in (h, h / 2))
        if bend > mp.sqrt(h) * (1 + abs(near)):
            noise = abs(here) * mpf(10) ** (_LOST - mp.dps) / h  # of a value with many digits before the point
            at_a_kink = closer > _SAME * bend  # else it gets straighter
            raise NoValue("a kink or a jump") if bend > max(1e-3, noise) and at_a_kink else TooClose
        if abs(near - far) > _UNSETTLED * max(1, abs(near), abs(far)):
            raise TooClose  # a step is long, for how the function bends here
        return (4 * near - far) / 3


def _combined(parts: list[Value], start: Value, op: Callable[[Value, Value], Value]) -> Value:
    out = start
    for p in parts:
        both = isinstance(out, Fraction) and isinstance(p, Fraction)
        out = op(out, p) if both else op(number(out), number(p))
    return out


def _total(parts: list[Value]) -> Value:
    """The sum, unless more than half of the digits cancel."""
    out = _combined(parts, Fraction(0), lambda a, b: a + b)
    largest = max((abs(number(p)) for p in parts), default=0)
    if not isinstance(out, Fraction) and abs(out) < largest * mpf(10) ** (-mp.dps // 2):
        raise TooClose
    return out


def _whole_power(a: Value, k: int) -> Value:
    if k < 0 and sign(a) == 0:
        raise NoValue("division by zero")
    exact = isinstance(a, Fraction) and abs(k) * max(a.numerator.bit_length(), a.denominator.bit_length()) < 4000
    if not exact and abs(k) > 10**6:
        raise TooClose
    return a**k if exact else number(a) ** k
