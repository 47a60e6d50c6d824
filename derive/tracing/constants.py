"""A floating-point number in code as the number that its author wrote: 0.1 is 1/10, and 3.141592653589793 is π."""

from __future__ import annotations

import math
from collections.abc import Iterator
from fractions import Fraction
from functools import lru_cache

from derive.terms.term import Term, make, mul, num, power
from derive.tracing.context import current, unreadable

_SHOWN = 60
_LONG = 15  # who writes as many digits has not written a short number
_NEAR = 4  # units in the last place that a few operations may be off
_SIMPLE = 1_000
_PRODUCT = 1_000_000  # of short decimals, such as 4.685**2/6
_PI = make("pi")


def read(value: float) -> Term:
    """The number as a term; what is not obvious is noted."""
    if not math.isfinite(value):
        raise unreadable(f"{value} is used as a number")
    written = Fraction(repr(value))
    if _digits(value) < _LONG:
        if written != Fraction(value):
            current().readings[repr(value)] = str(written)
        return num(written)
    term, says = _known(value) or (num(written), str(written) if len(str(written)) < _SHOWN else "that decimal")
    current().readings[repr(value)] = says
    return term


def _digits(value: float) -> int:
    return len(repr(abs(value)).partition("e")[0].replace(".", "").strip("0"))


@lru_cache(maxsize=256)
def _known(value: float) -> tuple[Term, str] | None:
    """A short fraction or a multiple of a constant whose double this is, to a few units in the last place."""
    short = Fraction(value).limit_denominator(_SIMPLE)
    if short.denominator > 1 and abs(short.numerator) <= _SIMPLE and _is(value, float(short)):
        return num(short), str(short)
    for constant, double, name in _constants():
        if not math.isfinite(value / double):
            continue
        factor = Fraction(value / double).limit_denominator(24)
        if factor and abs(factor.numerator) <= 24 and _is(value, float(factor) * double):
            return (constant, name) if factor == 1 else (mul(num(factor), constant), f"{factor}*{name}")
    short = Fraction(value).limit_denominator(_PRODUCT)
    if short.denominator > 1 and _is(value, float(short)):
        return num(short), str(short)
    return None


def _is(value: float, double: float) -> bool:
    return abs(value - double) <= _NEAR * math.ulp(value)


def _constants() -> Iterator[tuple[Term, float, str]]:
    half, two = num(1, 2), num(2)
    yield _PI, math.pi, "pi"
    yield make("e"), math.e, "e"
    for n in (2, 3, 5, 6, 7, 10):
        yield power(num(n), half), math.sqrt(n), f"sqrt({n})"
        yield make("log", num(n)), math.log(n), f"log({n})"
        yield power(make("log", num(n)), num(-1)), 1 / math.log(n), f"1/log({n})"
    yield power(_PI, half), math.sqrt(math.pi), "sqrt(pi)"
    yield power(_PI, num(-1, 2)), 1 / math.sqrt(math.pi), "1/sqrt(pi)"
    yield power(_PI, num(-1)), 1 / math.pi, "1/pi"
    yield power(mul(two, _PI), half), math.sqrt(2 * math.pi), "sqrt(2*pi)"
    yield power(mul(two, _PI), num(-1, 2)), 1 / math.sqrt(2 * math.pi), "1/sqrt(2*pi)"
    yield make("log", mul(two, _PI)), math.log(2 * math.pi), "log(2*pi)"
    yield make("log", _PI), math.log(math.pi), "log(pi)"
    yield make("euler_gamma"), 0.5772156649015329, "euler_gamma"
    yield power(_PI, two), math.pi**2, "pi**2"
