"""Families of distributions: parameters, log densities and moments, each a formula of the textbooks.

The tests compare the moments with sums and integrals.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TypeAlias

from derive.terms.term import Term, add, make, mul, neg, num, power, sub

_ONE, _HALF = num(1), num(1, 2)
Law: TypeAlias = Callable[..., Term]
Moment: TypeAlias = Callable[..., "Term | None"]
_STIRLING = ((1,), (0, 1), (0, 1, 1), (0, 1, 3, 1), (0, 1, 7, 6, 1))


@dataclass(frozen=True, slots=True)
class Family:
    """`parameters` in order; those in `shares` lie between 0 and 1, those in `real` anywhere, others are positive.

    `density`(y, *parameters) is the logarithm of the density. `moments` maps a kind of statistic to its expectation:
    "power"(e, *parameters) is E[y**e]; "log"(k, *parameters) is E[log(y)**k]; "power log"(e, …) is E[y**e log(y)];
    "log rest"(…) is E[log(1 - y)]; "size"(…) is E|y - centre|, and `centre` the parameter that y is symmetric about.
    The density is without terms that only depend on y, and on parameters that are `fixed`. y lies in the `support`.
    """

    parameters: tuple[str, ...]
    density: Law
    moments: Mapping[str, Moment]
    shares: tuple[str, ...] = ()
    real: tuple[str, ...] = ()
    centre: str = ""
    fixed: tuple[str, ...] = ()
    support: str = "positive"


# -- formulas of the table


def _inverse(a: Term) -> Term:
    return power(a, num(-1))


def _over(a: Term, b: Term) -> Term:
    return mul(a, _inverse(b))


def _log(a: Term) -> Term:
    return make("log", a)


def _psi(k: int, a: Term) -> Term:
    return make("polygamma", num(k), a)


def _whole(e: Term, most: int = 4) -> int | None:
    return int(e.value) if e.head == "num" and e.value.denominator == 1 and 0 <= e.value <= most else None


def _counted(factorial: Callable[..., Term]) -> Moment:
    """E[y**k] from the factorial moments E[y(y-1)…(y-j+1)]."""

    def moment(e: Term, *p: Term) -> Term | None:
        k = _whole(e)
        return None if k is None else add(*(mul(num(c), factorial(j, *p)) for j, c in enumerate(_STIRLING[k])), num(0))

    return moment


def _about(variances: tuple[Term, Term]) -> Moment:
    """E[y**k] of a symmetric distribution: its second and fourth moment about m are these times s**2 and s**4."""

    def moment(e: Term, m: Term, s: Term) -> Term | None:
        k = _whole(e)
        if k is None:
            return None
        central = {0: _ONE, 2: mul(variances[0], power(s, num(2))), 4: mul(variances[1], power(s, num(4)))}
        rows = (mul(num(math.comb(k, j)), c, power(m, num(k - j))) for j, c in central.items() if j <= k)
        return add(num(0), *rows)

    return moment


def _rising(a: Term, k: int) -> Term:
    """a(a+1)…(a+k-1)."""
    return mul(_ONE, _ONE, *(add(a, num(j)) for j in range(k)))


def _gamma_power(e: Term, mean: Term, k: Term) -> Term:
    rest = (
        _rising(k, n)
        if (n := _whole(e)) is not None
        else make("exp", sub(make("loggamma", add(k, e)), make("loggamma", k)))
    )
    return mul(power(_over(mean, k), e), rest)


def _gamma_log(k: int, mean: Term, shape: Term) -> Term | None:
    first = sub(_psi(0, shape), _log(_over(shape, mean)))
    return first if k == 1 else add(power(first, num(2)), _psi(1, shape)) if k == 2 else None


def _gamma_power_log(e: Term, mean: Term, k: Term) -> Term:
    return mul(_gamma_power(e, mean, k), sub(_psi(0, add(k, e)), _log(_over(k, mean))))


def _inverse_gaussian(e: Term, m: Term, s: Term) -> Term | None:
    if e == num(-1):
        return add(_inverse(m), _inverse(s))
    k = _whole(e, 3)
    if k is None:
        return None
    coefficients = ((), (1,), (1, 1), (1, 3, 3))[k]
    rows = (mul(num(c), power(m, num(k + j)), power(s, num(-j))) for j, c in enumerate(coefficients))
    return add(num(0), *rows) if k else _ONE


def _beta_power(e: Term, a: Term, b: Term) -> Term | None:
    k = _whole(e)
    return None if k is None else _over(_rising(a, k), _rising(add(a, b), k))


def _weibull_power(e: Term, scale: Term, k: Term) -> Term:
    own = _over(e, k)
    return mul(power(scale, e), _ONE if e == num(0) else _factorial(own))


def _factorial(a: Term) -> Term:
    """Γ(1 + a), without a value where the integral has none: for a <= -1."""
    return make("exp", make("loggamma", add(_ONE, a)))


def _weibull_power_log(e: Term, scale: Term, k: Term) -> Term:
    first = add(_log(scale), _over(_psi(0, add(_ONE, _over(e, k))), k))
    return mul(_weibull_power(e, scale, k), first)


def _normal_density(y: Term, m: Term, s: Term) -> Term:
    return sub(neg(_log(s)), _over(power(sub(y, m), num(2)), mul(num(2), power(s, num(2)))))


_NORMAL = _about((_ONE, num(3)))


def _negative_binomial(y: Term, m: Term, s: Term) -> Term:
    own = sub(make("loggamma", add(y, s)), make("loggamma", s))
    return add(own, mul(s, _log(s)), mul(y, _log(m)), neg(mul(add(y, s), _log(add(s, m)))))


def _gamma_density(y: Term, mean: Term, k: Term) -> Term:
    return add(mul(k, _log(_over(k, mean))), neg(make("loggamma", k)), mul(k, _log(y)), neg(mul(k, _over(y, mean))))


def _beta_density(y: Term, a: Term, b: Term) -> Term:
    rest = sub(make("loggamma", add(a, b)), add(make("loggamma", a), make("loggamma", b)))
    return add(mul(a, _log(y)), mul(b, _log(sub(_ONE, y))), rest)


def _weibull_density(y: Term, scale: Term, k: Term) -> Term:
    own = mul(k, sub(_log(y), _log(scale)))
    return add(_log(k), own, neg(make("exp", own)))


_COUNTS = "nonnegative integer"
FAMILIES: Mapping[str, Family] = {
    "bernoulli": Family(("p",), lambda y, p: add(mul(y, _log(p)), mul(sub(_ONE, y), _log(sub(_ONE, p)))), {}, ("p",)),
    "categorical": Family((), lambda *_: num(0), {}),
    "binomial": Family(
        ("n", "p"),
        lambda y, n, p: add(mul(y, _log(p)), mul(sub(n, y), _log(sub(_ONE, p)))),
        {"power": _counted(lambda j, n, p: mul(_ONE, power(p, num(j)), *(sub(n, num(i)) for i in range(j))))},
        ("p",),
        fixed=("n",),
        support=_COUNTS,
    ),
    "poisson": Family(
        ("mean",),
        lambda y, m: sub(mul(y, _log(m)), m),
        {"power": _counted(lambda j, m: power(m, num(j)))},
        support=_COUNTS,
    ),
    "negative binomial": Family(
        ("mean", "size"),
        _negative_binomial,
        {"power": _counted(lambda j, m, s: mul(_rising(s, j), power(_over(m, s), num(j))))},
        support=_COUNTS,
    ),
    "normal": Family(
        ("mean", "sd"),
        _normal_density,
        {"power": _NORMAL, "size": lambda m, s: mul(s, power(_over(num(2), make("pi")), _HALF))},
        real=("mean",),
        centre="mean",
        support="real",
    ),
    "laplace": Family(
        ("mean", "scale"),
        lambda y, m, b: sub(neg(_log(b)), _over(make("abs", sub(y, m)), b)),
        {"power": _about((num(2), num(24))), "size": lambda m, b: b},
        real=("mean",),
        centre="mean",
        support="real",
    ),
    "gamma": Family(
        ("mean", "shape"),
        _gamma_density,
        {"power": _gamma_power, "log": _gamma_log, "power log": _gamma_power_log},
    ),
    "exponential": Family(
        ("mean",),
        lambda y, m: sub(neg(_log(m)), _over(y, m)),
        {
            "power": lambda e, m: _gamma_power(e, m, _ONE),
            "log": lambda k, m: _gamma_log(k, m, _ONE),
            "power log": lambda e, m: _gamma_power_log(e, m, _ONE),
        },
    ),
    "inverse gaussian": Family(
        ("mean", "shape"),
        lambda y, m, s: sub(
            mul(_HALF, _log(s)), _over(mul(s, power(sub(y, m), num(2))), mul(num(2), power(m, num(2)), y))
        ),
        {"power": _inverse_gaussian},
    ),
    "lognormal": Family(
        ("m", "s"),
        lambda y, m, s: _normal_density(_log(y), m, s),
        {
            "power": lambda e, m, s: make("exp", add(mul(e, m), mul(_HALF, power(e, num(2)), power(s, num(2))))),
            "log": lambda k, m, s: _NORMAL(num(k), m, s),
        },
        real=("m",),
    ),
    "beta": Family(
        ("a", "b"),
        _beta_density,
        {
            "power": _beta_power,
            "log": lambda k, a, b: sub(_psi(0, a), _psi(0, add(a, b))) if k == 1 else None,
            "log rest": lambda a, b: sub(_psi(0, b), _psi(0, add(a, b))),
        },
        support="(0, 1)",
    ),
    "weibull": Family(
        ("scale", "shape"),
        _weibull_density,
        {
            "power": _weibull_power,
            "log": lambda k, s, a: sub(_log(s), _over(make("euler_gamma"), a)) if k == 1 else None,
            "power log": _weibull_power_log,
        },
    ),
}
OTHER_NAMES = {
    "gaussian": "normal",
    "multinomial": "categorical",
    "one hot": "categorical",
    "negbinomial": "negative binomial",
    "nbinom": "negative binomial",
    "log normal": "lognormal",
    "wald": "inverse gaussian",
    "double exponential": "laplace",
}
