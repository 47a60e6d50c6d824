"""Polynomials with rational coefficients and rational exponents, as dictionaries: all the arithmetic there is.

A monomial is a sorted tuple of (generator, exponent), a polynomial maps monomials to numbers that are not zero.
Exponents may be negative (the generator is not zero there) or fractions (it is not negative).
"""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction
from typing import TypeAlias

Number: TypeAlias = int | Fraction
Mono: TypeAlias = tuple[tuple[int, Number], ...]
Poly: TypeAlias = dict[Mono, Number]

ONE: Poly = {(): 1}
MAX_STEPS = 2_000
MAX_BITS = 20_000


def exact(value: Number) -> Number:
    """The same number, as an int where it is whole: quicker, and equal all the same."""
    return value.numerator if value.denominator == 1 else value


def ratio(a: Number, b: Number) -> Number:
    """a/b, exactly."""
    return a * b if b in (1, -1) else exact(Fraction(a) / b)


def times(a: Mono, b: Mono) -> Mono:
    """The product of two monomials."""
    if not a or not b:
        return a or b
    out = dict(a)
    for g, e in b:
        out[g] = exact(out.get(g, 0) + e)
    return tuple(sorted((g, e) for g, e in out.items() if e))


def raised(m: Mono, r: Number) -> Mono:
    """A monomial to a power."""
    return tuple((g, exact(e * r)) for g, e in m) if r else ()


def add(p: Poly, q: Poly) -> Poly:
    """p + q."""
    out = dict(p)
    for m, c in q.items():
        if total := out.get(m, 0) + c:
            out[m] = total
        else:
            del out[m]
    return out


def scale(p: Poly, c: Number) -> Poly:
    """c p."""
    return p if c == 1 else {m: exact(x * c) for m, x in p.items()} if c else {}


def shift(p: Poly, m: Mono) -> Poly:
    """p times a monomial."""
    return {times(m, n): c for n, c in p.items()} if m else p


def mul(p: Poly, q: Poly) -> Poly:
    """p q."""
    if len(p) > len(q):
        p, q = q, p
    out: Poly = {}
    for m, c in p.items():
        for n, d in q.items():
            at = times(m, n)
            out[at] = out.get(at, 0) + c * d
    if any(max(c.numerator.bit_length(), c.denominator.bit_length()) > MAX_BITS for c in out.values()):
        raise OverflowError("a number of too many digits")
    return {m: c for m, c in out.items() if c}


def generators(p: Iterable[Mono]) -> set[int]:
    """The generators that occur."""
    return {g for m in p for g, _ in m}


def content(p: Poly) -> Mono:
    """The monomial of the least exponents: p divided by it has exponents >= 0 only, and each of them is 0 somewhere."""
    if len(p) == 1:
        return next(iter(p))
    rows = [dict(m) for m in p]
    lows = ((g, min(row.get(g, 0) for row in rows)) for g in sorted(generators(p)))
    return tuple((g, low) for g, low in lows if low)


def divide(p: Poly, f: Poly) -> tuple[Poly, Poly]:
    """p = quotient f + rest, by the lexicographic order in which newer generators are greater."""
    order = sorted(generators(p) | generators(f), reverse=True)
    left, tail = _dense(p, order), _dense(f, order)
    lead = max(tail)
    by = tail.pop(lead)
    quotient: Poly = {}
    rest: Poly = {}
    for _ in range(MAX_STEPS):
        if not left:
            return quotient, rest
        top = max(left)
        c = left.pop(top)
        step = tuple(a - b for a, b in zip(top, lead, strict=True))
        if any(e < 0 for e in step):
            rest[_sparse(top, order)] = c
            continue
        k = quotient[_sparse(step, order)] = ratio(c, by)
        for n, d in tail.items():
            at = tuple(a + b for a, b in zip(step, n, strict=True))
            if total := left.pop(at, 0) - k * d:
                left[at] = exact(total)
    raise OverflowError("a division of polynomials that takes too long")


def fits(p: Poly, f: Poly) -> bool:
    """Could f divide p? Neither a generator nor a degree of it may be too many."""
    if len(f) > len(p) + 1 and len(p) == 1:
        return False
    high = _degrees(p)
    return all(high.get(g, 0) >= e for g, e in _degrees(f).items())


def _degrees(p: Poly) -> dict[int, Number]:
    out: dict[int, Number] = {}
    for m in p:
        for g, e in m:
            if e > out.get(g, 0):
                out[g] = e
    return out


def _dense(p: Poly, order: list[int]) -> dict[tuple[Number, ...], Number]:
    rows = ((dict(m), c) for m, c in p.items())
    return {tuple(row.get(g, 0) for g in order): c for row, c in rows}


def _sparse(m: tuple[Number, ...], order: list[int]) -> Mono:
    return tuple(sorted((g, e) for g, e in zip(order, m, strict=True) if e))
