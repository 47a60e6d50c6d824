"""Families of distributions: parameters, log densities and moments, each a formula of the textbooks.

The tests compare the moments with sums and integrals.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from derive.claims.moments import (
    HALF,
    NORMAL,
    ONE,
    Law,
    Moment,
    about,
    beta_density,
    beta_power,
    counted,
    gamma_density,
    gamma_log,
    gamma_power,
    gamma_power_log,
    inverse_gaussian,
    log,
    negative_binomial,
    normal_density,
    over,
    psi,
    rising,
    t_density,
    t_kernel,
    t_moment,
    weibull_density,
    weibull_log,
    weibull_power,
    weibull_power_log,
    weibull_power_logs,
)
from derive.terms.term import add, make, mul, neg, num, power, sub


@dataclass(frozen=True, slots=True)
class Family:
    """`parameters` in order; those in `shares` lie between 0 and 1, those in `real` anywhere, others are positive.

    `density`(y, *parameters) is the logarithm of the density. `moments` maps a kind of statistic to its expectation:
    "power"(e, *parameters) is E[y**e]; "log"(k, *parameters) is E[log(y)**k]; "power log"(e, …) is E[y**e log(y)];
    "log rest"(…) is E[log(1 - y)]; "size"(…) is E|y - centre|, and `centre` the parameter that y is symmetric about.
    With a `kernel`(x, *parameters) of x = (y - centre)/scale, where the scale is the last parameter, "kernel"(a, …) is
    E[x**(2*a)/kernel**2] for a = 0, 1, 2: what is averaged there are quotients of polynomials.
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
    kernel: Law | None = None


_COUNTS = "nonnegative integer"
FAMILIES: Mapping[str, Family] = {
    "bernoulli": Family(("p",), lambda y, p: add(mul(y, log(p)), mul(sub(ONE, y), log(sub(ONE, p)))), {}, ("p",)),
    "categorical": Family((), lambda *_: num(0), {}),
    "binomial": Family(
        ("n", "p"),
        lambda y, n, p: add(mul(y, log(p)), mul(sub(n, y), log(sub(ONE, p)))),
        {"power": counted(lambda j, n, p: mul(ONE, power(p, num(j)), *(sub(n, num(i)) for i in range(j))))},
        ("p",),
        fixed=("n",),
        support=_COUNTS,
    ),
    "poisson": Family(
        ("mean",),
        lambda y, m: sub(mul(y, log(m)), m),
        {"power": counted(lambda j, m: power(m, num(j)))},
        support=_COUNTS,
    ),
    "negative binomial": Family(
        ("mean", "size"),
        negative_binomial,
        {"power": counted(lambda j, m, s: mul(rising(s, j), power(over(m, s), num(j))))},
        support=_COUNTS,
    ),
    "normal": Family(
        ("mean", "sd"),
        normal_density,
        {"power": NORMAL, "size": lambda m, s: mul(s, power(over(num(2), make("pi")), HALF))},
        real=("mean",),
        centre="mean",
        support="real",
    ),
    "laplace": Family(
        ("mean", "scale"),
        lambda y, m, b: sub(neg(log(b)), over(make("abs", sub(y, m)), b)),
        {"power": about((num(2), num(24))), "size": lambda m, b: b},
        real=("mean",),
        centre="mean",
        support="real",
    ),
    "gamma": Family(
        ("mean", "shape"),
        gamma_density,
        {"power": gamma_power, "log": gamma_log, "power log": gamma_power_log},
    ),
    "exponential": Family(
        ("mean",),
        lambda y, m: sub(neg(log(m)), over(y, m)),
        {
            "power": lambda e, m: gamma_power(e, m, ONE),
            "log": lambda k, m: gamma_log(k, m, ONE),
            "power log": lambda e, m: gamma_power_log(e, m, ONE),
        },
    ),
    "inverse gaussian": Family(
        ("mean", "shape"),
        lambda y, m, s: sub(
            mul(HALF, log(s)), over(mul(s, power(sub(y, m), num(2))), mul(num(2), power(m, num(2)), y))
        ),
        {"power": inverse_gaussian},
    ),
    "lognormal": Family(
        ("m", "s"),
        lambda y, m, s: normal_density(log(y), m, s),
        {
            "power": lambda e, m, s: make("exp", add(mul(e, m), mul(HALF, power(e, num(2)), power(s, num(2))))),
            "log": lambda k, m, s: NORMAL(num(k), m, s),
        },
        real=("m",),
    ),
    "beta": Family(
        ("a", "b"),
        beta_density,
        {
            "power": beta_power,
            "log": lambda k, a, b: sub(psi(0, a), psi(0, add(a, b))) if k == 1 else None,
            "log rest": lambda a, b: sub(psi(0, b), psi(0, add(a, b))),
        },
        support="(0, 1)",
    ),
    "weibull": Family(
        ("scale", "shape"),
        weibull_density,
        {
            "power": weibull_power,
            "log": weibull_log,
            "power log": weibull_power_log,
            "power logs": weibull_power_logs,
        },
    ),
    "student t": Family(
        ("df", "mean", "scale"),
        t_density,
        {"kernel": t_moment},
        real=("mean",),
        centre="mean",
        support="real",
        kernel=lambda x, n, *_: t_kernel(x, n),
    ),
    "cauchy": Family(
        ("mean", "scale"),
        lambda y, m, s: t_density(y, ONE, m, s),
        {"kernel": lambda a, *_: t_moment(a, ONE)},
        real=("mean",),
        centre="mean",
        support="real",
        kernel=lambda x, *_: t_kernel(x, ONE),
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
    "t": "student t",
}
