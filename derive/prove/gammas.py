"""Laws of the gamma function and its relatives: recurrences to a common base.

Arguments that differ by whole numbers share one generator, at the least of them. That one occurs in the claim, so the
generator is defined wherever both sides are.
"""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from math import factorial, floor

from derive.prove import signs
from derive.prove.elementary import ONE, atoms, log_abs, log_number
from derive.prove.field import Frac
from derive.prove.normal import Normal, law
from derive.prove.powers import rational_power
from derive.prove.registry import Key
from derive.prove.signals import GaveUp, Undefined
from derive.terms.term import Term

_MAX_SHIFT = 60
_HALF = Fraction(1, 2)


def _based(n: Normal, head: str, a: Frac) -> tuple[Frac, Iterator[Frac]]:
    """a = base + s with a whole s ≥ 0: the base, and base, base + 1, …, a − 1."""
    f = n.field
    whole = floor(dict(atoms(n, a)).get(ONE, Fraction(0)))
    rest = f.sub(a, f.constant(Fraction(whole)))
    key = (head, n.key(rest))
    least = 1 if f.constant_value(rest) == 0 else 0 if f.constant_value(rest) is not None else None
    base = n.registry.base(key, whole if least is None else min(whole, least))
    if whole - base > _MAX_SHIFT:
        raise GaveUp(f"arguments of {head} more than {_MAX_SHIFT} apart")
    steps = (f.add(rest, f.constant(Fraction(i))) for i in range(base, whole))
    return f.add(rest, f.constant(Fraction(base))), steps


def gamma(n: Normal, a: Frac) -> Frac:
    """Γ(a) = Γ(base) Π (base + i); a pole where a is 0, −1, −2, …"""
    value = n.field.constant_value(a)
    if value is not None and value <= 0 and value.denominator == 1:
        raise Undefined("the gamma function at a pole")
    base, steps = _based(n, "gamma", a)
    out = _gamma_base(n, base)
    for step in steps:
        out = n.field.mul(out, _not_a_pole(n, step))
    return out


def _not_a_pole(n: Normal, step: Frac) -> Frac:
    """The recurrence over a step: where the step is 0 its left side has a value and its right side has none."""
    if n.sign(step, (signs.ZERO, signs.NONZERO)) == signs.ZERO:
        raise GaveUp("a recurrence of the gamma function that starts at a pole")
    return step


def _gamma_base(n: Normal, base: Frac) -> Frac:
    value = n.field.constant_value(base)
    if value == 1:
        return n.field.constant(Fraction(1))
    if value == _HALF:
        return rational_power(n, _pi(n), _HALF)
    out = n.function(("gamma", n.key(base)), n.free(base))
    if n.mask(base) == signs.POSITIVE:
        n.facts.learn(out, signs.POSITIVE)
    return out


def _pi(n: Normal) -> Frac:
    return n.function(("const", "pi"), frozenset(), signs.POSITIVE)


@law("gamma")
def _gamma(n: Normal, t: Term) -> Frac:
    a = n.go(t.args[0])
    n.avoids_poles(a)
    return gamma(n, a)


@law("loggamma")
def _loggamma(n: Normal, t: Term) -> Frac:
    """log Γ(a) for a > 0."""
    a = n.go(t.args[0])
    if n.field.is_zero(a):
        raise Undefined("loggamma of zero")
    n.require("positive", t.args[0], a)
    return log_abs(n, gamma(n, a))


@law("polygamma")
def _polygamma(n: Normal, t: Term) -> Frac:
    """ψₖ(a) = ψₖ(base) + (−1)ᵏ k! Σ (base + i)^−(k+1); a pole where a is 0, −1, −2, …"""
    f = n.field
    order = f.constant_value(n.go(t.args[0]))
    if order is None or order.denominator != 1 or not 0 <= order <= _MAX_SHIFT:
        raise GaveUp("polygamma needs a literal order")
    k = int(order)
    a = n.go(t.args[1])
    value = f.constant_value(a)
    if value is not None and value <= 0 and value.denominator == 1:
        raise Undefined("polygamma at a pole")
    n.avoids_poles(a)
    base, steps = _based(n, f"polygamma{k}", a)
    factor = Fraction((-1) ** k * factorial(k))
    parts = [_polygamma_base(n, k, base)]
    parts += [f.scale(f.power(f.inverse(_not_a_pole(n, step)), k + 1), factor) for step in steps]
    return f.sum(parts)


def _polygamma_base(n: Normal, k: int, base: Frac) -> Frac:
    """ψ(1) = −γ, ψ(½) = −γ − 2 log 2, ψ₁(1) = π²/6, ψ₁(½) = π²/2."""
    f = n.field
    value = f.constant_value(base)
    euler = n.function(("const", "euler_gamma"), frozenset(), signs.POSITIVE)
    if k == 0 and value == 1:
        return f.neg(euler)
    if k == 0 and value == _HALF:
        return f.neg(f.add(euler, f.scale(log_number(n, Fraction(2)), Fraction(2))))
    if k == 1 and value in (1, _HALF):
        return f.scale(f.power(_pi(n), 2), Fraction(1, 6) if value == 1 else _HALF)
    key: Key = ("polygamma", n.key(f.constant(Fraction(k))), n.key(base))
    out = n.function(key, n.free(base))
    if k % 2 and n.mask(base) == signs.POSITIVE:
        n.facts.learn(out, signs.POSITIVE)
    return out
