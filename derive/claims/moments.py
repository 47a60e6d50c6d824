"""The formulas of the table of families: log densities and moments, as the textbooks have them."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import TypeAlias

from derive.terms.term import Term, add, make, mul, neg, num, power, sub

Law: TypeAlias = Callable[..., Term]
Moment: TypeAlias = Callable[..., "Term | None"]
ONE, HALF = num(1), num(1, 2)
STIRLING = ((1,), (0, 1), (0, 1, 1), (0, 1, 3, 1), (0, 1, 7, 6, 1))


def inverse(a: Term) -> Term:
    """1/a"""
    return power(a, num(-1))


def over(a: Term, b: Term) -> Term:
    """a/b"""
    return mul(a, inverse(b))


def log(a: Term) -> Term:
    """log(a)"""
    return make("log", a)


def psi(k: int, a: Term) -> Term:
    """The polygamma function of order k."""
    return make("polygamma", num(k), a)


def whole(e: Term, most: int = 4) -> int | None:
    """The number e, where it is a whole one from 0 to the most."""
    return int(e.value) if e.head == "num" and e.value.denominator == 1 and 0 <= e.value <= most else None


def counted(factorial: Callable[..., Term]) -> Moment:
    """E[y**k] from the factorial moments E[y(y-1)…(y-j+1)]."""

    def moment(e: Term, *p: Term) -> Term | None:
        k = whole(e)
        return None if k is None else add(*(mul(num(c), factorial(j, *p)) for j, c in enumerate(STIRLING[k])), num(0))

    return moment


def about(variances: tuple[Term, Term]) -> Moment:
    """E[y**k] of a symmetric distribution: its second and fourth moment about m are these times s**2 and s**4."""

    def moment(e: Term, m: Term, s: Term) -> Term | None:
        k = whole(e)
        if k is None:
            return None
        central = {0: ONE, 2: mul(variances[0], power(s, num(2))), 4: mul(variances[1], power(s, num(4)))}
        rows = (mul(num(math.comb(k, j)), c, power(m, num(k - j))) for j, c in central.items() if j <= k)
        return add(num(0), *rows)

    return moment


def rising(a: Term, k: int) -> Term:
    """a(a+1)…(a+k-1)."""
    return mul(ONE, ONE, *(add(a, num(j)) for j in range(k)))


def gamma_power(e: Term, mean: Term, k: Term) -> Term:
    """E[yᵉ] = (mean/k)ᵉ Γ(k + e)/Γ(k)."""
    rest = (
        rising(k, n)
        if (n := whole(e)) is not None
        else make("exp", sub(make("loggamma", add(k, e)), make("loggamma", k)))
    )
    return mul(power(over(mean, k), e), rest)


def gamma_log(k: int, mean: Term, shape: Term) -> Term | None:
    """E[log(y)ᵏ], k = 1 or 2."""
    first = sub(psi(0, shape), log(over(shape, mean)))
    return first if k == 1 else add(power(first, num(2)), psi(1, shape)) if k == 2 else None


def gamma_power_log(e: Term, mean: Term, k: Term) -> Term:
    """E[yᵉ log y]."""
    return mul(gamma_power(e, mean, k), sub(psi(0, add(k, e)), log(over(k, mean))))


def inverse_gaussian(e: Term, m: Term, s: Term) -> Term | None:
    """E[yᵉ] for e = −1, 0, …, 3."""
    if e == num(-1):
        return add(inverse(m), inverse(s))
    k = whole(e, 3)
    if k is None:
        return None
    coefficients = ((), (1,), (1, 1), (1, 3, 3))[k]
    rows = (mul(num(c), power(m, num(k + j)), power(s, num(-j))) for j, c in enumerate(coefficients))
    return add(num(0), *rows) if k else ONE


def beta_power(e: Term, a: Term, b: Term) -> Term | None:
    """E[yᵏ] = a(a + 1)…/((a + b)(a + b + 1)…)."""
    k = whole(e)
    return None if k is None else over(rising(a, k), rising(add(a, b), k))


def weibull_power(e: Term, scale: Term, k: Term) -> Term:
    """E[yᵉ] = scaleᵉ Γ(1 + e/k)."""
    own = over(e, k)
    return mul(power(scale, e), ONE if e == num(0) else factorial(own))


def factorial(a: Term) -> Term:
    """Γ(1 + a), without a value where the integral has none: for a <= -1."""
    return make("exp", make("loggamma", add(ONE, a)))


def weibull_power_log(e: Term, scale: Term, k: Term) -> Term:
    """E[yᵉ log y], the derivative of E[yᵉ] in e."""
    first = add(log(scale), over(psi(0, add(ONE, over(e, k))), k))
    return mul(weibull_power(e, scale, k), first)


def weibull_log(k: int, scale: Term, shape: Term) -> Term | None:
    """E[log(y)ᵏ], k = 1 or 2."""
    first = sub(log(scale), over(make("euler_gamma"), shape))
    return first if k == 1 else weibull_power_logs(num(0), scale, shape) if k == 2 else None


def weibull_power_logs(e: Term, scale: Term, k: Term) -> Term:
    """E[y**e log(y)**2]: the second derivative of E[y**e] in e."""
    own = add(ONE, over(e, k))
    first = add(log(scale), over(psi(0, own), k))
    return mul(weibull_power(e, scale, k), add(power(first, num(2)), over(psi(1, own), power(k, num(2)))))


def t_kernel(x: Term, n: Term) -> Term:
    """1 + x²/n."""
    return add(ONE, over(power(x, num(2)), n))


def t_density(y: Term, n: Term, m: Term, s: Term) -> Term:
    """−(n + 1)/2 log(1 + (y − m)²/(n s²)) − log s, and what n alone adds."""
    half = mul(HALF, add(n, ONE))
    rest = sub(make("loggamma", half), add(make("loggamma", mul(HALF, n)), mul(HALF, log(n)), log(s)))
    return sub(rest, mul(half, log(t_kernel(over(sub(y, m), s), n))))


def t_moment(a: int, n: Term, *_: Term) -> Term:
    """With w = x²/n: wᵃ/(1 + w)² is averaged over a beta distribution of w/(1 + w)."""
    above = mul(power(n, num(a)), rising(HALF, a), rising(mul(HALF, n), 2 - a))
    return over(above, rising(mul(HALF, add(n, ONE)), 2))


def normal_density(y: Term, m: Term, s: Term) -> Term:
    """−(y − m)²/(2s²) − log s."""
    return sub(neg(log(s)), over(power(sub(y, m), num(2)), mul(num(2), power(s, num(2)))))


NORMAL = about((ONE, num(3)))


def negative_binomial(y: Term, m: Term, s: Term) -> Term:
    """With mean m and size s: the variance is m + m²/s."""
    own = sub(make("loggamma", add(y, s)), make("loggamma", s))
    return add(own, mul(s, log(s)), mul(y, log(m)), neg(mul(add(y, s), log(add(s, m)))))


def gamma_density(y: Term, mean: Term, k: Term) -> Term:
    """With shape k: k log(k/mean) − log Γ(k) + k log y − k y/mean."""
    return add(mul(k, log(over(k, mean))), neg(make("loggamma", k)), mul(k, log(y)), neg(mul(k, over(y, mean))))


def beta_density(y: Term, a: Term, b: Term) -> Term:
    """a log y + b log(1 − y) − log B(a, b)."""
    rest = sub(make("loggamma", add(a, b)), add(make("loggamma", a), make("loggamma", b)))
    return add(mul(a, log(y)), mul(b, log(sub(ONE, y))), rest)


def weibull_density(y: Term, scale: Term, k: Term) -> Term:
    """log k + k log(y/scale) − (y/scale)ᵏ."""
    own = mul(k, sub(log(y), log(scale)))
    return add(log(k), own, neg(make("exp", own)))
