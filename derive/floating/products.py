"""Rules for products, quotients and powers."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

from derive.floating.forms import Linear, Product, from_linear, linear, minus, opposite, plus, same, scaled
from derive.floating.library import library
from derive.terms.term import Term, add, make, mul, num, power, walk

_ROOT_TWO = power(num(2), num(1, 2))


def _is_product(t: Term) -> bool:
    return t.head == "mul" or (t.head == "pow" and t.args[1].head == "num")


def tidy(t: Term) -> Term | None:
    """exp(u)exp(v) = exp(u + v), 1/(1/σ(u)) = σ(u)."""
    if not _is_product(t):
        return None
    nested = t.head == "pow" and t.args[0].head in ("pow", "mul") and any(n.head == "sigmoid" for n in walk(t))
    if not nested and sum(a.head == "exp" for a in _factors(t)) < 2:
        return None
    out = Product(t).term()
    return None if out == t else out


def _factors(t: Term) -> Iterator[Term]:
    for a in t.args if t.head == "mul" else ():
        yield from _factors(a) if a.head == "mul" else (a,)


def absorb(t: Term) -> Term | None:
    """exp(u)σ(−u) = σ(u), and σ(u)/σ(−u) = exp(u)."""
    if not _is_product(t):
        return None
    p = Product(t)
    for base in [b for b in p.powers if b.head == "sigmoid"]:
        (w,) = base.args
        if p.whole(base) > 0 and _simpler(plus(from_linear(p.exp), w), p.exp):
            return _swapped(p, base)
        other = next((b for b in p.powers if b.head == "sigmoid" and opposite(b.args[0], w)), None)
        if p.whole(base) > 0 and other is not None and p.whole(other) < 0:
            p.times(base, -1)
            p.times(other, 1)
            p.times_exp(w)
            return p.term()
    return None


def _swapped(p: Product, base: Term) -> Term:
    p.times_exp(base.args[0])
    p.times(base, -1)
    p.times(make("sigmoid", minus(base.args[0])), 1)
    return p.term()


def _simpler(u: Term, before: Linear) -> bool:
    """Has the exponent fewer terms, or smaller ones?"""
    after = linear(u)
    if len(after) != len(before):
        return len(after) < len(before)
    return after.keys() == before.keys() and all(0 <= v / before[k] < 1 for k, v in after.items())


def tangent(t: Term) -> Term | None:
    """expm1(u)σ(−u) = tanh(u/2), sinh(u)/cosh(u) = tanh(u), sinh(u)exp(−u)σ(2u) = tanh(u)/2."""
    if not _is_product(t):
        return None
    p = Product(t)
    for a in [b for b in p.powers if b.head in ("expm1", "sinh") and p.whole(b) > 0]:
        (u,) = a.args
        for b in list(p.powers):
            if b.head == "sigmoid" and p.whole(b) > 0:
                (w,) = b.args
                if a.head == "expm1" and opposite(u, w):
                    return _replace(p, a, b, make("tanh", scaled(Fraction(1, 2), u)))
                if a.head == "sinh" and same(scaled(2, u), w) and opposite(from_linear(p.exp), u):
                    p.exponent, p.number = {}, p.number / 2
                    return _replace(p, a, b, make("tanh", u))
            if a.head == "sinh" and b.head == "cosh" and p.whole(b) < 0 and same(u, b.args[0]):
                p.times(b, 2)
                return _replace(p, a, b, make("tanh", u))
    return None


def _replace(p: Product, a: Term, b: Term, by: Term) -> Term:
    p.times(a, -1)
    p.times(b, -1)
    p.times(by, 1)
    return p.term()


def distribute(t: Term) -> Term | None:
    """(a + b exp(−u))σ(u) = aσ(u) + bσ(−u): into a sum with exponentials, where it removes them."""
    if t.head != "mul":
        return None
    p = Product(t)
    shares = [b for b in p.powers if b.head == "sigmoid" and p.whole(b) > 0]
    for total in p.powers:
        if total.head == "add" and p.whole(total) == 1 and shares and any(Product(a).exp for a in total.args):
            p.times(total, -1)
            outside, inside = _split(p, shares)
            parts = [_settled(Product(mul(a, inside)).term()) for a in total.args]
            if not any(n.head == "exp" for a in parts for n in walk(a)):
                return Product(mul(outside, add(*parts))).term()
            return None
    return None


def _split(p: Product, shares: list[Term]) -> tuple[Term, Term]:
    """What stays outside, and what goes into the sum: the powers of σ and exp."""
    inside = Product(num(1))
    inside.exponent = dict(p.exp)
    p.exponent = {}
    for b in shares:
        inside.times(b, p.powers.pop(b))
    return p.term(), inside.term()


def _settled(t: Term) -> Term:
    """Without an exp that a σ can take in."""
    for _ in range(8):
        after = absorb(t)
        if after is None:
            return t
        t = after
    return t


def sign(t: Term) -> Term | None:
    """x/|x| = sign(x)."""
    if t.head != "mul":
        return None
    p = Product(t)
    for base in list(p.powers):
        size = make("abs", base)
        if p.whole(base) > 0 and p.whole(size) < 0:
            return _replace_below(p, base, size, make("sign", base))
    return None


def _replace_below(p: Product, above: Term, below: Term, by: Term) -> Term:
    p.times(above, -1)
    p.times(below, 1)
    p.times(by, 1)
    return p.term()


def mills(t: Term) -> Term | None:
    """φ(u)/Φ(u) = √(2/π)/erfcx(−u/√2)."""
    if t.head != "mul":
        return None
    p = Product(t)
    for a in list(p.powers):
        for b in list(p.powers):
            if a.head == "normpdf" and b.head == "normcdf" and p.whole(a) > 0 > p.whole(b):
                (u,), (w,) = a.args, b.args
                if same(u, w) or opposite(u, w):
                    tail = library("erfcx", mul(minus(w), power(_ROOT_TWO, num(-1))))
                    ratio = mul(power(mul(num(2), power(make("pi"), num(-1))), num(1, 2)), power(tail, num(-1)))
                    p.times(a, -1)
                    p.times(b, 1)
                    return Product(mul(p.term(), ratio)).term()
    return None


PRODUCTS = (tidy, tangent, absorb, distribute, sign, mills)
