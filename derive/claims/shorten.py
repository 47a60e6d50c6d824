"""The shorter one of a simplified term and of it multiplied out, with common factors in front."""

from __future__ import annotations

import math
from fractions import Fraction
from itertools import product

from derive.claims.simplify import add_of, coefficient, mul_of, piecewise_of, simplify
from derive.terms.term import Term, num, power

_ONE = num(1)
_MOST_TERMS = 120
_MOST_DENOMINATORS = 2


def shortest(t: Term) -> Term:
    """The shorter one of the simplified term and of it multiplied out, common factors in front.

    >>> from derive.terms.text import parse_formula, unparse
    >>> unparse(shortest(parse_formula("y*a*b + (1 - y)*a*b")))
    'a*b'
    """
    plain = simplify(t)
    if plain.head == "piecewise":
        args = (shortest(a) if i % 2 == 0 else a for i, a in enumerate(plain.args))
        return piecewise_of(tuple(args))
    wide = _factored(_expanded(plain))
    over = _factored(_one_fraction(plain))
    return min((plain, wide, over), key=lambda x: (x.size, x is not plain))


def _expanded(t: Term) -> Term:
    """Products of sums multiplied out, at the top of the term."""
    if t.head == "add":
        return add_of(tuple(map(_expanded, t.args)))
    if t.head != "mul":
        return t
    sums = [a for a in t.args if a.head == "add"]
    if not sums or math.prod(len(a.args) for a in sums) > _MOST_TERMS:
        return t
    rest = [a for a in t.args if a.head != "add"]
    return add_of(tuple(mul_of((*rest, *choice)) for choice in product(*(a.args for a in sums))))


def _factored(t: Term) -> Term:
    """a*b + a*c as a*(b + c)."""
    if t.head != "add":
        return t
    rows = [coefficient(a)[1] for a in t.args]
    factors = [set(r.args if r.head == "mul" else (r,)) for r in rows]
    common = [f for f in (rows[0].args if rows[0].head == "mul" else (rows[0],)) if f != _ONE]
    common = [f for f in common if all(f in other for other in factors)]
    if not common:
        return t
    undone = [power(f, num(-1)) for f in common]
    return mul_of((*common, add_of(tuple(mul_of((a, *undone)) for a in t.args))))


def _one_fraction(t: Term) -> Term:
    """a/b + c/b**2 as (a*b + c)/b**2."""
    if t.head != "add":
        return t
    below: dict[Term, Fraction] = {}
    for row in t.args:
        for base, e in _denominators(row):
            below[base] = max(below.get(base, Fraction(0)), e)
    if not below or len(below) > _MOST_DENOMINATORS:
        return t
    top = add_of(tuple(_expanded(mul_of((row, *(power(b, num(e)) for b, e in below.items())))) for row in t.args))
    return mul_of((_factored(_expanded(top)), *(power(b, num(-e)) for b, e in below.items())))


def _denominators(t: Term) -> list[tuple[Term, Fraction]]:
    """Sums that a product is divided by, with whole exponents."""
    powers = [f.args for f in (t.args if t.head == "mul" else (t,)) if f.head == "pow" and f.args[1].head == "num"]
    return [(b, -e.value) for b, e in powers if b.head == "add" and e.value < 0 and e.value.denominator == 1]
