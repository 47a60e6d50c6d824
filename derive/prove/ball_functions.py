"""Real functions of one ball: exact where a rational value is known, undefined where there is proof of it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeAlias

from flint import arb, ctx, fmpq

from derive.prove.signals import GaveUp, Undefined

_MAX_ORDER = 64  # beyond it, one value takes minutes
Ball: TypeAlias = Any  # flint.fmpq where the value is known exactly, else flint.arb


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


def finite(x: Ball, head: str) -> Ball:
    """x, where it is a number."""
    if isinstance(x, fmpq) or x.is_finite():
        return x
    raise GaveUp(f"no finite ball for {head}")


def signum(x: Ball) -> int:
    """The sign of a value."""
    return compare(x, fmpq(0))


def _positive(x: Ball, what: str) -> Any:
    if signum(x) <= 0:
        raise Undefined(what)
    return to_arb(x)


def _exact_zero(value: Any, f: Callable[[Any], Any]) -> Callable[[Ball], Ball]:
    """f, with its exact rational value at 0: ties at 0 stay decidable."""

    def g(x: Ball) -> Ball:
        return fmpq(value) if isinstance(x, fmpq) and x == 0 else f(to_arb(x))

    return g


def log(x: Ball) -> Ball:
    """log x for x > 0, exactly 0 at 1."""
    if isinstance(x, fmpq) and x == 1:
        return fmpq(0)
    return _positive(x, "the logarithm of a number that is not positive").log()


def _logit(x: Ball) -> Ball:
    if signum(x) <= 0 or compare(x, fmpq(1)) >= 0:
        raise Undefined("logit outside 0 < p < 1")
    return log(x / (1 - x))


def polygamma(k: int, x: Ball) -> Ball:
    """ψ by FLINT; ψ⁽ᵏ⁾(x) = (−1)^(k+1) k! ζ(k+1, x) for x > 0."""
    if not 0 <= k <= _MAX_ORDER:
        raise GaveUp(f"polygamma of an order that is not from 0 to {_MAX_ORDER}")
    if isinstance(x, fmpq) and x.q == 1 and x <= 0:
        raise Undefined("polygamma at a pole")
    if k == 0:
        return finite(to_arb(x).digamma(), "polygamma")
    if signum(x) <= 0:
        raise GaveUp("polygamma of a negative number")
    return finite((-1) ** (k + 1) * arb(k).fac() * arb(k + 1).zeta(to_arb(x)), "polygamma")


def cumulant(k: int, x: Ball) -> Ball:
    """Of one smooth convex function: what fails for A(x) = e^x + x²/3 does not hold for every A."""
    if k < 0:
        raise GaveUp("cumulant of a negative order")
    ball = to_arb(x)
    rest = (ball * ball / 3, 2 * ball / 3, arb(2) / 3)
    return finite(ball.exp() + (rest[k] if k < len(rest) else 0), "cumulant")


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


def _exp1(x: Ball) -> Any:
    """E₁(x) = ∫ₓ^∞ e^−t/t dt for x > 0: it falls, so its values at the ends of the ball are enough."""
    x = _positive(x, "exp1 of a number that is not positive")
    if x.is_exact():
        return _exp1_at(x)
    low, high = x.lower(), x.upper()
    return _exp1_at(low).union(_exp1_at(high)) if low > 0 else x.expint(arb(1))


def _exp1_at(x: Any) -> Any:
    """E₁ at a number; as −Ei(−x) where FLINT needs minutes for E₁."""
    return -((-x).ei()) if x < ctx.prec else x.expint(arb(1))


def _half_step(x: Ball) -> Ball:
    return (fmpq(1, 2), fmpq(1), fmpq(0))[signum(x)]


def _softplus(x: Any) -> Any:
    return x.exp().log1p() if x < 0 else x + (-x).exp().log1p()


def _normppf(x: Ball) -> Any:
    return arb(2).sqrt() * _inside("the inverse of the normal distribution function", 2 * x - 1).erfinv()


#: head -> the function
REAL_FUNCTIONS: dict[str, Callable[[Ball], Ball]] = {
    "exp": _exact_zero(1, lambda x: x.exp()),
    "expm1": _exact_zero(0, lambda x: x.expm1()),
    "log": log,
    "log1p": lambda x: log(1 + x),
    "abs": abs,
    "sign": lambda x: fmpq(signum(x)),
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
    "normpdf": lambda x: (-(to_arb(x) ** 2) / 2).exp() / (2 * arb.pi()).sqrt(),
    "normcdf": lambda x: (-to_arb(x) / arb(2).sqrt()).erfc() / 2,
    "normppf": _normppf,
    "gamma": _gamma,
    "loggamma": lambda x: _positive(x, "loggamma of a number that is not positive").lgamma(),
    "lambertw": _exact_zero(0, _lambertw),
    "exp1": _exp1,
}
