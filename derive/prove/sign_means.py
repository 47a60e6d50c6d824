"""Signs by means: a sum of what is positive is at least one of its summands, and a mean at least the geometric mean.

With weights, too: Σ p b is at least exp(Σ p log b) where the shares p add up to 1. So log Σ exp(x) is at least each x,
at least their mean plus log n, and at least Σ p x.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from fractions import Fraction

from derive.prove import signs
from derive.prove.elementary import atom_value, atoms, exp
from derive.prove.field import Frac
from derive.prove.forms import whole
from derive.prove.normal import Normal
from derive.prove.polys import Poly
from derive.prove.registry import numbers_in
from derive.prove.sign_forms import Form, adds_up, quietly
from derive.prove.sign_masks import FRACTION_RULES, RULES, Signs, coefficients
from derive.prove.signs import ANY, NEGATIVE, NONNEGATIVE, POSITIVE, ZERO
from derive.terms.term import (
    Term,
    make,
    mul,
    num,
    power,
    substitute,
    sym,
)

_ZERO, _ONE = num(0), num(1)
_MAX_PLACES = 4
_HALF = num(1, 2)
_QUICK = 0.1  # seconds for a question that only says where to look


# -- bounds of sums ---------------------------------------------------------------------------------------------------
def _bounded(s: Signs, p: Poly, strict: bool) -> int:
    """c S + r = c B + r + c (S − B) with a bound B of the sum S: on which side of S it lies is known."""
    n, out = s.n, ANY
    for g in n.field.generators_of(p):
        parts = coefficients(n, p, g)
        if n.generator(g).key[0] != "sum" or set(parts) != {0, 1}:
            continue
        c = s.of_poly(parts[1], False)
        for bound, gap, shares in _bounds(s, g, parts[0]) if not (c & NEGATIVE and c & POSITIVE) else ():
            rest = n.field.add(n.field.mul(Frac(parts[1], ()), quietly(n, bound)), Frac(parts[0], ()))
            found = signs.total(s.of(rest, strict), signs.product(c, gap))
            if shares and found != ANY:
                n.hypotheses[adds_up(shares)] = None
            out &= found
    return out


def _bounds(s: Signs, g: int, rest: Poly) -> Iterator[tuple[Term, int, str]]:
    """Bounds of a sum over a range that is not empty, each with the signs of the sum minus it, and the shares used."""
    n = s.n
    _, atom, count, name = n.generator(g).key
    body, size = atom_value(n, atom), n.value(count)
    if n.mask(size) != POSITIVE:
        return
    mask = s.of(body, False)
    if not (mask & NEGATIVE and mask & POSITIVE):
        for place in itertools.islice(_places(n, rest, size), _MAX_PLACES):
            yield substitute(n.readback.atom(atom), {name: place}), mask | ZERO, ""
    if _raised_sums(n, rest):
        yield from ((mean, NONNEGATIVE, shares) for mean, shares in _geometric(s, g))


def _places(n: Normal, p: Poly, size: Frac) -> Iterator[Term]:
    """Whole numbers in 0 … size − 1, of those that are an index of an entry in p."""
    found = dict.fromkeys(i for g in sorted(_all_in(n, p)) if (key := n.generator(g).key)[0] == "at" for i in key[2])
    for i in found:
        place = n.readback.fraction(n.value(i))
        left = n.field.sub(n.field.sub(size, n.field.constant(Fraction(1))), n.value(i))
        inside = not (n.mask(n.value(i)) | n.mask(left)) & NEGATIVE
        if inside and whole(place, n.range_of):
            yield place


def _all_in(n: Normal, p: Poly) -> set[int]:
    """The generators of p and those within them, but for what is in sums."""
    found: set[int] = set()
    left = list(n.field.generators_of(p))
    while left:
        g = left.pop()
        if g not in found:
            found.add(g)
            left += numbers_in(n.generator(g).key) if n.generator(g).key[0] != "sum" else ()
    return found


def _raised_sums(n: Normal, p: Poly) -> bool:
    """Is there an exponential of a sum?"""
    raised = (g for g in n.field.generators_of(p) if n.generator(g).key[0] == "exp")
    return any(n.generator(h).key[0] == "sum" for g in raised for h in numbers_in(n.generator(g).key))


def _geometric(s: Signs, g: int) -> Iterator[tuple[Term, str]]:
    """exp(Σ p log b), which Σ p b is not less than where each b is positive: p is 1/n, or shares, which are named."""
    n = s.n
    _, atom, count, name = n.generator(g).key
    size, last = (n.readback.fraction(n.field.sub(n.value(count), n.field.constant(Fraction(k)))) for k in (0, 1))
    form = Form.of(s, count, {g: n.generator(g).key})
    for shares, p in [("", power(size, num(-1))), *(form.shares() if form else ())]:
        b = quietly(n, mul(n.readback.atom(atom), power(p, num(-1))))
        divided = n.free_of(*(n.field.factors[i] for i, _ in b.den))
        if s.of(b, True) == POSITIVE and not (shares and shares in divided):
            total = make("sum", mul(p, make("log", n.readback.fraction(b))), sym(name), _ZERO, last)
            yield make("exp", total), shares


def _raised(s: Signs, a: Frac, strict: bool) -> int:
    """What has a logarithm among its parts, and denominators too: a has the sign of exp(a) − 1."""
    n = s.n
    alone = [key[0] for key, _ in atoms(n, a) if not key[1] and len(key[0]) == 1 and key[0][0][1] == 1]
    if not a.den or not any(n.generator(m[0][0]).key[0] in ("log", "logn") for m in alone):
        return ANY
    return s.of(n.field.sub(exp(n, a), n.field.constant(Fraction(1))), strict)


RULES["bounds of sums"] = _bounded
FRACTION_RULES["exponential"] = _raised
