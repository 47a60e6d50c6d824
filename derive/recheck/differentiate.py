"""The partial derivative of a term, as a term: the textbook rule of each head."""

from __future__ import annotations

from collections.abc import Callable

from derive.recheck.fraction import NotRechecked
from derive.recheck.table import DERIVED, exp, over, root
from derive.terms.term import (
    Term,
    add,
    free_names,
    fresh,
    make,
    mul,
    neg,
    num,
    power,
    rebuild,
    sub,
    substitute,
    sym,
    walk,
)

_ZERO, _ONE, _TWO, _HALF = num(0), num(1), num(2), num(1, 2)
#: heads whose value depends on a sign
CHOICES = frozenset({"abs", "sign", "heaviside", "max", "min", "lt", "le", "eq", "ne", "xlogy"})


def plain(t: Term) -> Term:
    """The same value without the functions that are others in disguise."""
    t = rebuild(t, plain)
    return plain(DERIVED[t.head](*t.args)) if t.head in DERIVED else t


def differentiate(t: Term, v: Term) -> Term:
    """∂t/∂v for a symbol or an entry v, by the rules of calculus."""
    if v.name not in free_names(t):
        return _ZERO
    if t.head in _OUTER:
        return _times(_OUTER[t.head](t.args[0]), differentiate(t.args[0], v))
    if t.head not in _RULES:
        raise NotRechecked(f"cannot re-check the derivative of {t!r}"[:200])
    return _RULES[t.head](t, v)


def _times(*factors: Term) -> Term:
    return _ZERO if _ZERO in factors else mul(*(f for f in factors if f != _ONE))


def _plus(*parts: Term) -> Term:
    return add(*(p for p in parts if p != _ZERO))


def _variable(t: Term, v: Term) -> Term:
    """∂x/∂x = 1, ∂aᵢⱼ/∂aₖₗ = δᵢₖ δⱼₗ."""
    if t.head != v.head or t.name != v.name or len(t.args) != len(v.args):
        raise NotRechecked(f"cannot re-check the derivative of {t!r} with respect to {v!r}"[:200])
    if any(v.name in free_names(i) for i in (*t.args[1:], *v.args[1:])):
        raise NotRechecked("cannot re-check a derivative with respect to an entry that says which entry is meant")
    if t.head == "sym":
        return _ONE
    return mul(*(make("delta", a, b) for a, b in zip(t.args[1:], v.args[1:], strict=True)))


def _product(t: Term, v: Term) -> Term:
    return _plus(*(_times(*t.args[:i], differentiate(a, v), *t.args[i + 1 :]) for i, a in enumerate(t.args)))


def _power(t: Term, v: Term) -> Term:
    """(a^b)′ = b a^(b−1) a′ + a^b log(a) b′, whose second part is 0 where a = 0 < b."""
    a, b = t.args
    lowered = num(b.value - 1) if b.head == "num" else sub(b, _ONE)
    by_base = _times(b, power(a, lowered), differentiate(a, v))
    db = differentiate(b, v)
    if db == _ZERO:
        return by_base
    at_zero = make("and", make("eq", a, _ZERO), make("lt", _ZERO, b))
    return _plus(by_base, make("piecewise", _ZERO, at_zero, _times(t, make("log", a), db), make("true")))


def _sum(t: Term, v: Term) -> Term:
    body, index, first, last = t.args
    if v.name in free_names(first) | free_names(last):
        raise NotRechecked("cannot re-check the derivative with respect to the bound of a sum")
    if index.name in free_names(v):
        new = sym(fresh(index.name, free_names(v) | free_names(body)))
        body, index = substitute(body, {index.name: new}), new
    d = differentiate(body, v)
    return _ZERO if d == _ZERO else make("sum", d, index, first, last)


def _xlogy(t: Term, v: Term) -> Term:
    x, y = t.args
    dy = differentiate(y, v)
    by_y = make("piecewise", _ZERO, make("eq", x, _ZERO), _times(x, dy, power(y, num(-1))), make("true"))
    return _plus(_times(differentiate(x, v), make("log", y)), _ZERO if dy == _ZERO else by_y)


def _piecewise(t: Term, v: Term) -> Term:
    """Branch by branch, where no boundary is met; `slope` looks at both sides of one."""
    return make("piecewise", *(a if i % 2 else differentiate(a, v) for i, a in enumerate(t.args)))


def _extreme(t: Term, v: Term) -> Term:
    """The derivative of the one that is taken."""
    first, *rest = t.args
    if not rest:
        return differentiate(first, v)
    other = rest[0] if len(rest) == 1 else make(t.head, *rest)
    taken = make("le", other, first) if t.head == "max" else make("le", first, other)
    return make("piecewise", differentiate(first, v), taken, differentiate(other, v), make("true"))


def _next_order(t: Term, v: Term) -> Term:
    """f(k, a)′ = f(k + 1, a) a′."""
    if t.args[0].head != "num":
        raise NotRechecked(f"cannot re-check the derivative of {t.head} of a symbolic order")
    return _times(make(t.head, num(t.args[0].value + 1), t.args[1]), differentiate(t.args[1], v))


def _slope(t: Term, v: Term) -> Term:
    """Of its formula, where that is what it is for all values: at a tie a derivative is a limit, not its formula."""
    formula, body, u, at = t.args
    chosen = (a for part in (formula, body) for a in walk(part) if a.head in CHOICES)
    if at != u or (v != u and any(u.name in free_names(a) for a in chosen)):
        raise NotRechecked("cannot re-check a mixed derivative of what may tie")
    return differentiate(formula, v)


def jumps(t: Term, name: str) -> bool:
    """May this operation itself jump where the variable moves, though it is no choice?"""
    if t.head in ("floor", "delta"):
        return name in free_names(t)
    whole = t.args[1:] if t.head == "at" else t.args[2:] if t.head in ("sum", "prod") else ()
    return any(name in free_names(a) for a in whole)


_OUTER: dict[str, Callable[[Term], Term]] = {
    "exp": exp,
    "log": lambda a: power(a, num(-1)),
    "sin": lambda a: make("cos", a),
    "cos": lambda a: neg(make("sin", a)),
    "asin": lambda a: power(sub(_ONE, power(a, _TWO)), num(-1, 2)),
    "atan": lambda a: power(add(_ONE, power(a, _TWO)), num(-1)),
    "erf": lambda a: over(mul(_TWO, exp(neg(power(a, _TWO)))), root(make("pi"))),
    "erfinv": lambda a: mul(_HALF, root(make("pi")), exp(power(make("erfinv", a), _TWO))),
    "abs": lambda a: make("sign", a),
    "gamma": lambda a: mul(make("gamma", a), make("polygamma", _ZERO, a)),
    "loggamma": lambda a: make("polygamma", _ZERO, a),
}
_RULES: dict[str, Callable[[Term, Term], Term]] = {
    "sym": _variable,
    "at": _variable,
    "add": lambda t, v: _plus(*(differentiate(a, v) for a in t.args)),
    "mul": _product,
    "pow": _power,
    "xlogy": _xlogy,
    "piecewise": _piecewise,
    "max": _extreme,
    "min": _extreme,
    "sign": lambda t, v: _ZERO,
    "heaviside": lambda t, v: _ZERO,
    "slope": _slope,
    "polygamma": _next_order,
    "cumulant": _next_order,
    "sum": _sum,
    "given": lambda t, v: make("given", differentiate(t.args[0], v), t.args[1]),
}
