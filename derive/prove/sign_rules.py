"""The sign of a fraction over generators in one region: factors, exact roots, discriminants, norms, logarithms.

Each rule gives a mask that certainly contains the sign of a polynomial at every point of the region; the masks of
the rules are intersected. No rule has to find anything: where all are silent, every sign is possible.
"""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction
from typing import Any

from derive.prove import signs
from derive.prove.ball import Evaluator
from derive.prove.ball_functions import to_arb
from derive.prove.elementary import atom_value, exp, log_number
from derive.prove.field import Frac
from derive.prove.normal import Normal
from derive.prove.point import Point
from derive.prove.polys import Poly, to_fmpq
from derive.prove.refute import precision
from derive.prove.registry import Key
from derive.prove.roots import sign_on
from derive.prove.sign_masks import RULES, Rule, Signs, coefficients, interval_of
from derive.prove.signs import ANY, NEGATIVE, POSITIVE, ZERO
from derive.terms.term import add, num

_MAX_COLLECTED = 2
_BITS = (96, 768)


def _constant(s: Signs, p: Poly, strict: bool) -> int:
    """A number: by a ball around its value."""
    if s.n.free_of(p):
        return ANY
    term = s.n.readback.poly(p)
    for bits in _BITS:
        with precision(bits):
            value = to_arb(Evaluator(Point({}, s.n.domain), instance=False).go(term))
            if value.is_finite() and (value > 0 or value < 0):
                return POSITIVE if value > 0 else NEGATIVE
    return ANY


def _roots(s: Signs, p: Poly, strict: bool) -> int:
    """Collected by the other generators, each coefficient a polynomial in one: exact real roots on its interval."""
    out = ANY
    for g in s.n.field.generators_of(p):
        groups: dict[Any, dict[int, Fraction]] = {}
        for monomial, c in s.n.field.terms(p):
            rest = tuple(ge for ge in monomial if ge[0] != g)
            groups.setdefault(rest, {})[dict(monomial).get(g, 0)] = c
        if len(groups) < len(s.n.field.terms(p)):
            out &= _total(_group_sign(s, g, rest, rows) for rest, rows in groups.items())
    return out


def _group_sign(s: Signs, g: int, rest: Any, rows: dict[int, Fraction]) -> int:
    outside = s.n.facts.of_poly(s.n.field.monomial(rest))
    dense = [rows.get(k, Fraction(0)) for k in range(max(rows) + 1)]
    return signs.product(outside, sign_on(dense, interval_of(s.n, g)))


def _total(masks: Iterable[int]) -> int:
    out = ZERO
    for mask in masks:
        out = signs.total(out, mask)
        if out == ANY:
            break
    return out


def _without_calculus(rule: Rule) -> Rule:
    """A rule that looks at parts: they are to be known without calculus, which is tried on the whole."""

    def asked(s: Signs, p: Poly, strict: bool) -> int:
        before, s.calculus = s.calculus, 0
        try:
            return rule(s, p, strict)
        finally:
            s.calculus = before

    return asked


def _collected(s: Signs, p: Poly, strict: bool) -> int:
    """Σ cₖ gᵏ with coefficients of known signs."""
    out = ANY
    if s.depth > _MAX_COLLECTED:
        return out
    for g in s.n.field.generators_of(p):
        parts = coefficients(s.n, p, g)
        if len(parts) > 1 and any(len(c) > 1 for c in parts.values()):
            gen = s.n.facts.of_poly(s.n.field.poly_of(g))
            masks = (
                signs.product(s.of_poly(c, strict), signs.to_power(gen, k) if k else POSITIVE) for k, c in parts.items()
            )
            out &= _total(masks)
    return out


def _chord(s: Signs, p: Poly, strict: bool) -> int:
    """a + b g with g between two numbers: between its values there, each point on its own."""
    out = ANY
    for g in s.n.field.generators_of(p):
        interval, parts = interval_of(s.n, g), coefficients(s.n, p, g)
        if set(parts) != {0, 1} or interval.lower is None or interval.upper is None:
            continue
        ends = [(interval.lower, interval.lower_open), (interval.upper, interval.upper_open)]
        masks = [s.of_poly(parts[0] + parts[1] * to_fmpq(end), strict) for end, _ in ends]
        between = signs.total(*masks)
        for mask, (_, is_open) in zip(masks, ends, strict=True):
            between |= 0 if is_open else mask
        out &= between
    return out


def _discriminant(s: Signs, p: Poly, strict: bool) -> int:
    """a h² + b h + c where h is a power of g, b² − 4ac ≤ 0 and a ≠ 0: the sign of a, or 0."""
    out = ANY
    f = s.n.field
    for g in f.generators_of(p):
        parts = coefficients(s.n, p, g)
        top = max(parts)
        if top % 2 or not set(parts) <= {0, top // 2, top}:
            continue
        lead = s.of_poly(parts[top], True)
        if lead not in (NEGATIVE, POSITIVE):
            continue
        b, c = parts.get(top // 2, f.zero), parts.get(0, f.zero)
        mask = s.of_poly(f.times(b, b) - f.times(parts[top], c) * 4, strict)
        if not mask & POSITIVE:
            out &= lead if mask == NEGATIVE else lead | ZERO
    return out


def _norm(s: Signs, p: Poly, strict: bool) -> int:
    """a + b g with g ≥ 0 and g² = r: where a² < b² r the sign of b, where a² > b² r the sign of a."""
    out = ANY
    f = s.n.field
    for g, degree, relation in f.relations:
        parts = coefficients(s.n, p, g)
        if degree != 2 or s.n.generator(g).key[0] not in ("root", "rootn") or set(parts) != {0, 1}:
            continue
        a, b = parts[0], parts[1]
        square = f.poly_of(g) ** 2 - relation
        mask = s.of_poly(f.times(a, a) - f.times(f.times(b, b), square), strict)
        if not mask & POSITIVE:
            out &= s.of_poly(b, strict) | (mask & ZERO)
        elif not mask & NEGATIVE:
            out &= s.of_poly(a, strict) | (mask & ZERO)
    return out


def _exponential(s: Signs, p: Poly, strict: bool) -> int:
    """Logarithms with numbers in front, and what is not in one: p has the sign of exp(p) − 1."""
    logs = [m for m, _ in s.n.field.terms(p) if any(s.n.generator(g).key[0] in ("log", "logn") for g, _ in m)]
    if not logs or any(sum(e for _, e in m) > 1 for m in logs):
        return ANY
    raised = exp(s.n, Frac(p, ()))
    return s.of(s.n.field.sub(raised, s.n.field.constant(Fraction(1))), strict)


def _two_exponentials(s: Signs, p: Poly, strict: bool) -> int:
    """a exp(u) − b exp(v) with a, b > 0 has the sign of u − v + log(a/b)."""
    n, rows = s.n, s.n.field.terms(p)
    powers = [ge for m, _ in rows for ge in m]
    if len(rows) != 2 or rows[0][1] * rows[1][1] > 0 or any(n.generator(g).key[0] != "exp" for g, _ in powers):
        return ANY
    parts = [log_number(n, -rows[0][1] / rows[1][1])]
    for (monomial, _), way in zip(rows, (1, -1), strict=True):
        for g, e in monomial:
            key = n.generator(g).key
            parts.append(n.field.scale(atom_value(n, key[1]), n.registry.units[key] * e * way))
    mask = s.of(n.field.sum(parts), strict)
    return mask if rows[0][1] > 0 else signs.negated(mask)


def _sums(s: Signs, p: Poly, strict: bool) -> int:
    """c₀ + Σⱼ cⱼ Sⱼ, linear in sums over one range that is not empty: the sign of c₀/count + Σⱼ cⱼ bodyⱼ.

    If that is one sign, or zero: what is positive here and negative there may add up to anything.
    """
    n = s.n
    out = ANY
    found = [(g, n.generator(g).key) for g in n.field.generators_of(p) if n.generator(g).key[0] == "sum"]
    for count, name in dict.fromkeys((key[2], key[3]) for _, key in found):
        mine = {g: key for g, key in found if key[2:] == (count, name)}
        if name in n.bound:
            merged = _merged(n, p, mine, name)
            mask = ANY if merged is None else s.of(merged, strict)
            out &= ANY if mask & NEGATIVE and mask & POSITIVE else mask
    return out


def _merged(n: Normal, p: Poly, mine: dict[int, Key], name: str) -> Frac | None:
    index = n.bound[name].index
    if index is None or name in n.free_of(p):  # an index that was merged before is another one
        return None
    count = n.go(add(index[1], num(1)))
    if n.mask(count) != POSITIVE:
        return None
    parts: list[Frac] = []
    for monomial, c in n.field.terms(p):
        here = [(g, e) for g, e in monomial if g in mine]
        if sum(e for _, e in here) > 1:
            return None
        rest = Frac(n.field.monomial(tuple(ge for ge in monomial if ge not in here), c), ())
        body = atom_value(n, mine[here[0][0]][1]) if here else n.field.inverse(count)
        parts.append(n.field.mul(rest, body))
    return n.field.sum(parts)


RULES |= {
    "number": _constant,
    "real roots": _roots,
    "merged sums": _sums,
    "discriminant": _discriminant,
    "square root": _without_calculus(_norm),
    "coefficients": _without_calculus(_collected),
    "chord": _chord,
    "two exponentials": _two_exponentials,
    "exponential": _exponential,
}
