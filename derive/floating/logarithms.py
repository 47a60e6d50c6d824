"""Rules for logarithms."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from derive.floating.forms import ONE, Product, from_linear, linear, minus, plus, scaled
from derive.floating.library import library
from derive.terms.term import Term, add, make, mul, num, power

_LOG_TWO = make("log", num(2))


def _log_cosh(u: Term) -> Term:
    size = make("abs", u)
    return add(size, make("log1p", make("exp", scaled(-2, size))), minus(_LOG_TWO))


#: the logarithms of positive functions
_LOGS: Mapping[str, Callable[[Term], Term]] = {
    "sigmoid": lambda u: minus(make("softplus", minus(u))),
    "cosh": _log_cosh,
    "normcdf": lambda u: library("log_ndtr", u),
    "erfc": lambda u: add(_LOG_TWO, library("log_ndtr", mul(minus(u), power(num(2), num(1, 2))))),
}


def of_product(t: Term) -> Term | None:
    """log(c exp(u) σ(v)^k) = log c + u − k softplus(−v); cosh, Φ and erfc in the same way."""
    if t.head != "log":
        return None
    p = Product(t.args[0])
    known = [b for b in p.powers if b.head in _LOGS]
    if not known and not p.exp:
        return None
    parts = [_times(p.powers[b], _LOGS[b.head](b.args[0])) for b in known]
    first = [from_linear(p.exp)] if p.exp else []
    rest = _without(p, known)
    return add(*first, *([] if rest == ONE else [make("log", rest)]), *parts)


def _times(e: Term, x: Term) -> Term:
    return scaled(e.value, x) if e.head == "num" else mul(e, x)


def _without(p: Product, known: list[Term]) -> Term:
    p.exponent = {}
    for b in known:
        p.powers.pop(b)
    return p.term()


def one_plus(t: Term) -> Term | None:
    """log(1 + x) = log1p(x), log1p(exp(u)) = softplus(u)."""
    if t.head == "log1p" and t.args[0].head == "exp":
        return make("softplus", t.args[0].args[0])
    if t.head == "log" and t.args[0].head == "add":
        parts = linear(t.args[0])
        if parts.get(ONE) == 1:
            return make("log1p", from_linear({k: v for k, v in parts.items() if k != ONE}))
    return None


def of_expm1(t: Term) -> Term | None:
    """log(1 − exp(u)): log(−expm1(u)) where u > −0.7, log1p(−exp(u)) else."""
    if t.head != "log":
        return None
    p = Product(t.args[0])
    base = next((b for b in p.powers if b.head == "expm1" and p.whole(b) == 1), None)
    if base is None or p.number != -1 or len(p.powers) > 1 or p.exp:
        return None
    (u,) = base.args
    near, far = make("log", minus(base)), make("log1p", minus(make("exp", u)))
    return make("piecewise", near, make("lt", num(-7, 10), u), far, make("true"))


def of_sum(t: Term) -> Term | None:
    """log(a exp(u) + b exp(v)) = logaddexp(u + log a, v + log b)."""
    if t.head != "log" or t.args[0].head != "add":
        return None
    parts = [Product(a) for a in t.args[0].args]
    if not any(p.exp for p in parts) or any(p.number < 0 for p in parts):
        return None
    logs = [_log(p) for p in parts]
    out = logs[0]
    for other in logs[1:]:
        out = library("logaddexp", out, other)
    return out


def _log(p: Product) -> Term:
    u = from_linear(p.exp)
    p.exponent = {}
    factor = p.term()
    return u if factor == ONE else plus(u, make("log", factor)) if u != num(0) else make("log", factor)


def digits(t: Term) -> Term | None:
    """y log(y/m) = xlogy(y, y/m), which is 0 at y = 0."""
    if t.head != "mul":
        return None
    p = Product(t)
    for base in p.powers:
        if base.head == "log" and p.whole(base) == 1:
            inside = Product(base.args[0])
            twice = next((b for b in inside.powers if p.whole(b) == 1 and inside.whole(b) == 1), None)
            if twice is not None:
                p.times(base, -1)
                p.times(twice, -1)
                p.times(make("xlogy", twice, base.args[0]), 1)
                return p.term()
    return None


LOGARITHMS = (of_product, one_plus, of_expm1, of_sum, digits)
