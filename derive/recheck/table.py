"""Functions that are others in disguise: head -> the same value, defined at the same points, in simpler heads."""

from __future__ import annotations

from collections.abc import Callable

from derive.terms.term import Term, add, make, mul, neg, num, power, sub

_ONE, _TWO, _HALF = num(1), num(2), num(1, 2)


def exp(a: Term) -> Term:
    """exp a."""
    return make("exp", a)


def log(a: Term) -> Term:
    """log a."""
    return make("log", a)


def over(a: Term, b: Term) -> Term:
    """a/b."""
    return mul(a, power(b, num(-1)))


def root(a: Term) -> Term:
    """√a."""
    return power(a, _HALF)


def _square(a: Term) -> Term:
    return power(a, _TWO)


def _cosh(a: Term) -> Term:
    return mul(_HALF, add(exp(a), exp(neg(a))))


def _sinh(a: Term) -> Term:
    return mul(_HALF, sub(exp(a), exp(neg(a))))


def _erf_over_root(a: Term) -> Term:
    return make("erf", mul(a, power(_TWO, num(-1, 2))))


DERIVED: dict[str, Callable[..., Term]] = {
    "e": lambda: exp(_ONE),
    "expm1": lambda a: sub(exp(a), _ONE),
    "log1p": lambda a: log(add(_ONE, a)),
    "sigmoid": lambda a: power(add(_ONE, exp(neg(a))), num(-1)),
    "softplus": lambda a: log(add(_ONE, exp(a))),
    "logsigmoid": lambda a: neg(log(add(_ONE, exp(neg(a))))),
    "logit": lambda a: sub(log(a), log(sub(_ONE, a))),
    "sinh": _sinh,
    "cosh": _cosh,
    "sech": lambda a: power(_cosh(a), num(-1)),
    "tanh": lambda a: over(_sinh(a), _cosh(a)),
    "asinh": lambda a: log(add(a, root(add(_square(a), _ONE)))),
    "acosh": lambda a: log(add(a, root(sub(_square(a), _ONE)))),
    "atanh": lambda a: mul(_HALF, sub(log(add(_ONE, a)), log(sub(_ONE, a)))),
    "tan": lambda a: over(make("sin", a), make("cos", a)),
    "acos": lambda a: sub(mul(_HALF, make("pi")), make("asin", a)),
    "erfc": lambda a: sub(_ONE, make("erf", a)),
    "normcdf": lambda a: mul(_HALF, add(_ONE, _erf_over_root(a))),
    "normpdf": lambda a: mul(exp(mul(num(-1, 2), _square(a))), power(mul(_TWO, make("pi")), num(-1, 2))),
    "normppf": lambda a: mul(root(_TWO), make("erfinv", sub(mul(_TWO, a), _ONE))),
}
