"""Numbers made whole, as terms."""

from __future__ import annotations

import math

from derive.terms.term import Term, add, make, mul, num

_HALF, _TRUE = num(1, 2), make("true")


def rounded(a: Term) -> Term:
    """The nearest whole number, of two the even one.

    >>> from derive.terms.term import num
    >>> [str(rounded(num(n, 2)).value) for n in (1, 3, 5, 6)]
    ['0', '2', '2', '3']
    """
    if a.head == "num":
        return num(round(a.value))
    up = make("floor", add(a, _HALF))
    is_tie = make("eq", up, add(a, _HALF))
    is_odd = make("eq", add(up, mul(num(-2), make("floor", mul(_HALF, up)))), num(1))
    return make("piecewise", add(up, num(-1)), make("and", is_tie, is_odd), up, _TRUE)


def truncated(a: Term) -> Term:
    """Without its digits behind the point."""
    if a.head == "num":
        return num(math.trunc(a.value))
    up = mul(num(-1), make("floor", mul(num(-1), a)))
    return make("piecewise", up, make("lt", a, num(0)), make("floor", a), _TRUE)
