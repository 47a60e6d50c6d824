"""Rules for sums: two summands a + b = a(1 + b/a), where 1 + b/a has a name of its own."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from fractions import Fraction
from itertools import permutations
from math import isqrt

from derive.floating.forms import ONE, Product, from_linear, linear, minus, opposite, plus, same, scaled, times
from derive.floating.library import library
from derive.terms.term import Term, add, free_names, make, mul, num, power, walk

_HALF = Fraction(1, 2)


def _call(head: str, by: int | Fraction = 1) -> Callable[[Term], Term]:
    return lambda u: make(head, scaled(by, u))


#: (head, exponent, number) of b/a -> 1 + b/a
_COMPLEMENTS: Mapping[tuple[str, int, int], Callable[[Term], Term]] = {
    ("sigmoid", 1, -1): _call("sigmoid", -1),
    ("normcdf", 1, -1): _call("normcdf", -1),
    ("erf", 1, -1): _call("erfc"),
    ("erf", 1, 1): _call("erfc", -1),
    ("erfc", 1, -1): _call("erf"),
    ("tanh", 1, -1): lambda u: mul(num(2), make("sigmoid", scaled(-2, u))),
    ("tanh", 1, 1): lambda u: mul(num(2), make("sigmoid", scaled(2, u))),
    ("tanh", 2, -1): lambda u: mul(num(4), make("sigmoid", scaled(2, u)), make("sigmoid", scaled(-2, u))),
    ("cos", 1, -1): lambda u: mul(num(2), power(make("sin", scaled(_HALF, u)), num(2))),
    ("cosh", 1, -1): lambda u: mul(num(-2), power(make("sinh", scaled(_HALF, u)), num(2))),
}


def _pairs(t: Term) -> Iterator[tuple[Term, Term, list[Term]]]:
    """Two summands in both orders, the number 1 or what has no exp first, and the others."""
    order = sorted(range(len(t.args)), key=lambda i: bool(Product(t.args[i]).exp))
    for i, j in permutations(order, 2):
        yield t.args[i], t.args[j], [x for k, x in enumerate(t.args) if k not in (i, j)]


def complement(t: Term) -> Term | None:
    """1 − σ(u) = σ(−u), 1 − erf(u) = erfc(u), 1 − tanh²(u) = 4σ(2u)σ(−2u), 1 − exp(u) = −expm1(u), …"""
    for a, b, others in _pairs(t) if t.head == "add" else ():
        together = _together(a, b, alone=not others)
        if together is not None:
            return add(*others, together)
    return None


def _together(a: Term, b: Term, *, alone: bool) -> Term | None:
    first, ratio = Product(a), _ratio(b, a)
    if ratio.powers and ratio.exp:
        return None
    if ratio.exp:
        return _exponentials(first, ratio, alone=alone)
    if len(ratio.powers) != 1 or abs(ratio.number) != 1:
        return None
    ((base, exponent),) = ratio.powers.items()
    named = _COMPLEMENTS.get((base.head, ratio.whole(base), int(ratio.number))) if exponent.head == "num" else None
    return None if named is None else Product(mul(named(base.args[0]), a)).term()


def _exponentials(first: Product, ratio: Product, *, alone: bool) -> Term | None:
    """1 + exp(u) = 1/σ(−u) and 1 − exp(u) = −expm1(u)."""
    u = from_linear(ratio.exp)
    if ratio.number == 1 and alone:
        first.times(make("sigmoid", minus(u)), -1)
        return first.term()
    if ratio.number != -1:
        return None
    half = from_linear(first.exp)
    if first.exp and opposite(half, plus(half, u)):  # exp(v) − exp(−v)
        first.exponent = {}
        return mul(num(2), Product(mul(first.term(), make("sinh", half))).term())
    return Product(mul(num(-1), first.term(), make("expm1", u))).term()


def _ratio(b: Term, a: Term) -> Product:
    below = Product(a)
    out = Product(b)
    out.number = out.number / below.number if below.number else out.number * 0
    for base, e in below.powers.items():
        out.times(base, minus(e))
    out.times_exp(from_linear(below.exp), -1)
    return out


def label(t: Term) -> Term | None:
    """σ(u) − v = (1 − v)σ(u) − vσ(−u), σ(u) − 1/2 = tanh(u/2)/2."""
    for a, b, others in _pairs(t) if t.head == "add" else ():
        for base in Product(a).powers:
            if base.head == "sigmoid" and Product(a).whole(base) == 1:
                rest = _ratio(a, base).term()
                v = minus(_ratio(b, rest).term())
                if not _plain(v, base) or (others and v.head != "sym"):
                    continue
                return add(*others, Product(mul(rest, _shifted(base.args[0], v))).term())
    return None


def _shifted(u: Term, v: Term) -> Term:
    if v == num(1, 2):
        return mul(num(1, 2), make("tanh", scaled(_HALF, u)))
    up, down = make("sigmoid", u), make("sigmoid", minus(u))
    return add(mul(plus(ONE, minus(v)), up), mul(num(-1), v, down))


def mixture(t: Term) -> Term | None:
    """1 − (va + (1 − v)b) = v(1 − a) + (1 − v)(1 − b)."""
    parts = linear(t) if t.head == "add" else {}
    whole = parts.pop(ONE, None)
    if whole is None or len(parts) != 2:
        return None
    for (first, p), (second, q) in permutations(parts.items()):
        for v in Product(first).powers:
            other = plus(ONE, minus(v))
            if v.head == "sym" and any(same(b, other) for b in Product(second).powers) and p == q == -whole:
                found = next(b for b in Product(second).powers if same(b, other))
                a, b = _ratio(first, v).term(), _ratio(second, found).term()
                both = add(mul(v, plus(ONE, minus(a))), mul(found, plus(ONE, minus(b))))
                return both if whole == 1 else mul(num(whole), both)
    return None


def _plain(v: Term, base: Term) -> bool:
    """Is it a label: neither a number but 1/2, nor a function of what σ depends on?"""
    heads = {n.head for n in walk(v)}
    if v.head == "num":
        return v == num(1, 2)
    return heads <= {"sym", "mul", "num", "add"} and not free_names(v) & free_names(base)


def softplus_minus(t: Term) -> Term | None:
    """softplus(u) − vu = (1 − v) softplus(u) + v softplus(−u)."""
    for a, b, others in _pairs(t) if t.head == "add" else ():
        for base in Product(a).powers:
            if base.head == "softplus" and Product(a).whole(base) == 1:
                rest = _ratio(a, base).term()
                v = _multiple(_ratio(b, rest), base.args[0])
                if v is None:
                    continue
                up, down = make("softplus", base.args[0]), make("softplus", minus(base.args[0]))
                both = down if v == ONE else add(mul(plus(ONE, minus(v)), up), mul(v, down))
                return add(*others, Product(mul(rest, both)).term())
    return None


def _multiple(p: Product, u: Term) -> Term | None:
    """v with p = −v·u."""
    parts = linear(u)
    for base in p.powers:
        found = linear(base)
        if p.whole(base) == 1 and found.keys() == parts.keys() and not p.exp:
            factors = {found[k] / parts[k] for k in parts}
            if len(factors) == 1:
                out = Product(scaled(-factors.pop(), _ratio(p.term(), base).term()))
                v = out.term()
                return None if v.head == "num" and v != ONE else v
    return None


def conjugate(t: Term) -> Term | None:
    """√(c² + r) − c = r/(√(c² + r) + c)."""
    if t.head != "add" or len(t.args) != 2:
        return None
    for a, b in permutations(t.args):
        root, c = Product(a), minus(b)
        inner = next((x for x in root.powers if x.head == "hypot" or root.powers[x] == num(1, 2)), None)
        if inner is None or len(root.powers) > 1 or c.head != "num" or root.number <= 0 or c.value <= 0:
            continue
        rest = _beyond(inner, c.value / root.number)
        if rest is not None:
            whole = inner if inner.head == "hypot" else power(inner, num(1, 2))
            return times(root.number, _over(rest, add(whole, num(c.value / root.number))))
    return None


def _beyond(inner: Term, c: Fraction) -> Term | None:
    """r with inner = c² + r."""
    if inner.head == "hypot":
        a, b = inner.args
        return power(b, num(2)) if a == num(c) else power(a, num(2)) if b == num(c) else None
    parts = linear(inner)
    return from_linear({k: v for k, v in parts.items() if k != ONE}) if parts.get(ONE) == c * c else None


def _over(rest: Term, below: Term) -> Term:
    """rest/below; x²/below as x(x/below), which overflows later."""
    p = Product(rest)
    (base, e) = next(iter(p.powers.items())) if p.powers else (ONE, ONE)
    if len(p.powers) == 1 and e == num(2) and not p.exp:
        return times(p.number, base, mul(base, power(below, num(-1))))
    return mul(rest, power(below, num(-1)))


def hypotenuse(t: Term) -> Term | None:
    """√(a² + b²) = hypot(a, b)."""
    if t.head != "pow" or t.args[1] != num(1, 2) or t.args[0].head != "add" or len(t.args[0].args) != 2:
        return None
    roots = [_root(a) for a in t.args[0].args]
    return library("hypot", *roots) if all(r is not None for r in roots) else None  # type: ignore[arg-type]


def quantile(t: Term) -> Term | None:
    """erfinv(2p − 1) = Φ⁻¹(p)/√2."""
    parts = linear(t.args[0]) if t.head == "erfinv" else {}
    if len(parts) != 2 or parts.get(ONE) != -1:
        return None
    ((p, q),) = ((k, v) for k, v in parts.items() if k != ONE)
    return mul(make("normppf", scaled(q / 2, p)), power(power(num(2), num(1, 2)), num(-1)))


def _root(t: Term) -> Term | None:
    """r with r² = t, where it can be written down."""
    p = Product(t)
    q = _rational_root(p.number)
    if q is None or p.exp or any(p.whole(b) % 2 or not p.whole(b) for b in p.powers):
        return None
    p.number, p.powers = q, {b: num(p.whole(b) // 2) for b in p.powers}
    return p.term()


def _rational_root(q: Fraction) -> Fraction | None:
    if q < 0:
        return None
    root = Fraction(isqrt(q.numerator), isqrt(q.denominator))
    return root if root * root == q else None


LABELS = (mixture, label)
SUMS = (complement, softplus_minus, hypotenuse, conjugate, quantile)
