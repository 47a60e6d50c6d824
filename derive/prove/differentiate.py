"""The partial derivative of a term, as a term: one line per head, each the textbook rule."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import lru_cache

from derive.prove.signals import GaveUp
from derive.prove.ties import apart, has_choice, tied
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
    sub,
    substitute,
    sym,
)

_MAX_ORDER = 6  # of derivatives, where two formulas touch
_ZERO, _ONE, _TWO, _MINUS = num(0), num(1), num(2), num(-1)


def _inverse(a: Term) -> Term:
    return power(a, _MINUS)


def _square(a: Term) -> Term:
    return power(a, _TWO)


def _root(a: Term) -> Term:
    return power(a, num(1, 2))


def _f(head: str, *args: Term) -> Term:
    return make(head, *args)


#: head -> f′(a) as a function of a; the chain rule multiplies by a′
OUTER: dict[str, Callable[[Term], Term]] = {
    "exp": lambda a: _f("exp", a),
    "expm1": lambda a: _f("exp", a),
    "log": _inverse,
    "log1p": lambda a: _inverse(add(_ONE, a)),
    "sin": lambda a: _f("cos", a),
    "cos": lambda a: neg(_f("sin", a)),
    "tan": lambda a: add(_ONE, _square(_f("tan", a))),
    "sinh": lambda a: _f("cosh", a),
    "cosh": lambda a: _f("sinh", a),
    "tanh": lambda a: sub(_ONE, _square(_f("tanh", a))),
    "sech": lambda a: mul(_MINUS, _f("sech", a), _f("tanh", a)),
    "asin": lambda a: _inverse(_root(sub(_ONE, _square(a)))),
    "acos": lambda a: neg(_inverse(_root(sub(_ONE, _square(a))))),
    "atan": lambda a: _inverse(add(_ONE, _square(a))),
    "asinh": lambda a: _inverse(_root(add(_ONE, _square(a)))),
    "acosh": lambda a: _inverse(_root(sub(_square(a), _ONE))),
    "atanh": lambda a: _inverse(sub(_ONE, _square(a))),
    "sigmoid": lambda a: mul(_f("sigmoid", a), sub(_ONE, _f("sigmoid", a))),
    "logit": lambda a: _inverse(mul(a, sub(_ONE, a))),
    "softplus": lambda a: _f("sigmoid", a),
    "logsigmoid": lambda a: _f("sigmoid", neg(a)),
    "erf": lambda a: mul(_TWO, power(_f("pi"), num(-1, 2)), _f("exp", neg(_square(a)))),
    "erfc": lambda a: mul(num(-2), power(_f("pi"), num(-1, 2)), _f("exp", neg(_square(a)))),
    "erfinv": lambda a: mul(num(1, 2), _root(_f("pi")), _f("exp", _square(_f("erfinv", a)))),
    "normcdf": lambda a: _f("normpdf", a),
    "normpdf": lambda a: mul(_MINUS, a, _f("normpdf", a)),
    "normppf": lambda a: _inverse(_f("normpdf", _f("normppf", a))),
    "gamma": lambda a: mul(_f("gamma", a), _f("polygamma", _ZERO, a)),
    "loggamma": lambda a: _f("polygamma", _ZERO, a),
    "exp1": lambda a: mul(_MINUS, _f("exp", neg(a)), _inverse(a)),
    "lambertw": lambda a: mul(_f("exp", neg(_f("lambertw", a))), _inverse(add(_ONE, _f("lambertw", a)))),
}


def chained(t: Term) -> Term | None:
    """f′(a), where t is f(a) for a function f without choices, or a whole power of a."""
    if t.head == "pow" and t.args[1].head == "num" and t.args[1].value.denominator == 1 and t.args[1].value:
        return mul(t.args[1], power(t.args[0], num(t.args[1].value - 1)))
    return OUTER[t.head](t.args[0]) if t.head in OUTER else None


_MADE_OF = frozenset({"add", "mul", "abs", "max", "min"})


def degree(t: Term, name: str) -> int | None:
    """At most the degree of a polynomial in the variable, on each side of a point; None where that is not seen."""
    if name not in free_names(t):
        return 0
    if t.head == "sym":
        return 1
    if t.head == "add" and len(t.args) == 2 and t.args[1] == neg(t.args[0]):
        return 0
    parts = t.args if t.head in _MADE_OF else t.args[::2] if t.head == "piecewise" else ()
    inner = [degree(a, name) for a in parts]
    known = [d for d in inner if d is not None]
    if t.head == "pow" and t.args[1].head == "num" and t.args[1].value.denominator == 1 and t.args[1].value >= 0:
        base = degree(t.args[0], name)
        return None if base is None else base * int(t.args[1].value)
    if not inner or len(known) < len(inner):
        return None
    return sum(known) if t.head == "mul" else max(known)


def slopes(gap: Term, v: Term) -> Iterator[tuple[int, Term]]:
    """Derivatives of a gap, with their orders; they end where a polynomial that is zero with all of them is zero."""
    known = degree(gap, v.name)
    for order in range(1, _MAX_ORDER + 1 if known is None else min(known, _MAX_ORDER) + 1):
        gap = differentiate(gap, v)
        yield order, gap
    if known is None or known > _MAX_ORDER:
        raise GaveUp("a boundary that is touched and not crossed")


@lru_cache(maxsize=20_000)
def differentiate(t: Term, v: Term) -> Term:
    """∂t/∂v for a symbol or an entry v; t has no unevaluated derivative in it."""
    if v.name not in free_names(t):
        return _ZERO
    if t.head in OUTER:
        (a,) = t.args
        return _times(OUTER[t.head](a), differentiate(a, v))
    rule = _RULES.get(t.head)
    if rule is None:
        raise GaveUp(f"the derivative of {t.head} is not decided")
    return rule(t, v)


def _times(*factors: Term) -> Term:
    if _ZERO in factors:
        return _ZERO
    return mul(*(f for f in factors if f != _ONE))


def _plus(*parts: Term) -> Term:
    return add(*(p for p in parts if p != _ZERO))


def _entry(t: Term, v: Term) -> Term:
    """∂aᵢⱼ/∂aₖₗ = δᵢₖ δⱼₗ."""
    if v.name != t.name or v.head != "at" or len(v.args) != len(t.args):
        raise GaveUp(f"the derivative of {t!r} with respect to {v!r}")
    if any(v.name in free_names(i) for i in (*t.args[1:], *v.args[1:])):
        raise GaveUp("a derivative with respect to an entry that says which entry is meant")
    return mul(*(_f("delta", a, b) for a, b in zip(t.args[1:], v.args[1:], strict=True)))


def _symbol(t: Term, v: Term) -> Term:
    if t != v:
        raise GaveUp(f"{v.name} is used both as a number and as an array")
    return _ONE


def _product(t: Term, v: Term) -> Term:
    parts = []
    for i, a in enumerate(t.args):
        parts.append(_times(*t.args[:i], differentiate(a, v), *t.args[i + 1 :]))
    return _plus(*parts)


def _power(t: Term, v: Term) -> Term:
    """(a^b)′ = b a^(b−1) a′ + a^b log(a) b′; where a = 0 < b the second part is 0."""
    a, b = t.args
    da, db = differentiate(a, v), differentiate(b, v)
    lowered = num(b.value - 1) if b.head == "num" else sub(b, _ONE)
    by_base = _times(b, power(a, lowered), da)
    if db == _ZERO:
        return by_base
    at_zero = _f("and", _f("eq", a, _ZERO), _f("lt", _ZERO, b))
    by_exponent = _f("piecewise", _ZERO, at_zero, _times(t, _f("log", a), db), _f("true"))
    return _plus(by_base, by_exponent)


def _xlogy(t: Term, v: Term) -> Term:
    x, y = t.args
    dx, dy = differentiate(x, v), differentiate(y, v)
    by_y = _ZERO
    if dy != _ZERO:
        by_y = _f("piecewise", _ZERO, _f("eq", x, _ZERO), _times(x, dy, _inverse(y)), _f("true"))
    return _plus(_times(dx, _f("log", y)), by_y)


def _next_order(t: Term, v: Term) -> Term:
    """f(k, a)′ = f(k + 1, a) a′, for polygamma and cumulant."""
    order, a = t.args
    if order.head != "num":
        raise GaveUp(f"the derivative of {t.head} needs a literal order")
    return _times(_f(t.head, num(order.value + 1), a), differentiate(a, v))


def _scope(t: Term, v: Term) -> tuple[Term, ...]:
    """A sum or product whose index is called neither like an index of v nor like a name in the ends of its range."""
    body, index, first, last = t.args
    ends = free_names(first) | free_names(last)
    if v.name in ends:
        raise GaveUp(f"the derivative with respect to the bound of a {'sum' if t.head == 'sum' else 'product'}")
    if index.name in free_names(v) | ends:
        new = fresh(index.name, free_names(v) | free_names(body) | ends)
        body, index = substitute(body, {index.name: sym(new)}), sym(new)
    return body, index, first, last


def _sum(t: Term, v: Term) -> Term:
    body, *scope = _scope(t, v)
    d = differentiate(body, v)
    return _ZERO if d == _ZERO else _f("sum", d, *scope)


def _prod(t: Term, v: Term) -> Term:
    """(Π f_k)′ = Σ_k f_k′ Π_{l ≠ k} f_l, which is so where factors are 0, too."""
    body, index, *ends = _scope(t, v)
    d = differentiate(body, v)
    other = sym(fresh(index.name, free_names(body) | free_names(v) | free_names(index)))
    factor = _f("piecewise", _ONE, _f("eq", other, index), substitute(body, {index.name: other}), _f("true"))
    return _ZERO if d == _ZERO else _f("sum", mul(d, _f("prod", factor, other, *ends)), index, *ends)


def _piecewise(t: Term, v: Term) -> Term:
    """Branch by branch: right where no boundary is met; `slope` looks at both sides of one."""
    parts = (differentiate(a, v) if i % 2 == 0 else a for i, a in enumerate(t.args))
    return _f("piecewise", *parts)


def _step(t: Term, v: Term) -> Term:
    """0, written so that the jump stays visible."""
    return _f("piecewise", _ZERO, _f("lt", _ZERO, t.args[0]), _ZERO, _f("true"))


def _extreme(t: Term, v: Term) -> Term:
    """The derivative of the one that is taken."""
    first, *rest = t.args
    if not rest:
        return differentiate(first, v)
    other = rest[0] if len(rest) == 1 else make(t.head, *rest)
    taken = _f("lt", other, first) if t.head == "max" else _f("lt", first, other)
    return _f("piecewise", differentiate(first, v), taken, differentiate(other, v), _f("true"))


def _slope(t: Term, v: Term) -> Term:
    """∂v of ∂f/∂u: of its formula, where that is what it is for all u and v.

    Where a choice ties in u, a slope is the common limit of both sides, and the formula there may be anything: that is
    left undecided.
    """
    formula, body, u, at = t.args
    if at != u:
        raise GaveUp("the derivative of a derivative at a place that moves")
    if v == u or not (has_choice(formula, u.name) or has_choice(body, u.name)):
        return differentiate(formula, v)
    untied = add(apart(formula, u.name, tied), apart(body, u.name, tied))
    return add(differentiate(formula, v), mul(_ZERO, untied))


_RULES: dict[str, Callable[[Term, Term], Term]] = {
    "sym": _symbol,
    "at": _entry,
    "add": lambda t, v: _plus(*(differentiate(a, v) for a in t.args)),
    "mul": _product,
    "pow": _power,
    "xlogy": _xlogy,
    "piecewise": _piecewise,
    "abs": lambda t, v: _times(_f("sign", t.args[0]), differentiate(t.args[0], v)),
    "sign": _step,
    "heaviside": _step,
    "max": _extreme,
    "min": _extreme,
    "slope": _slope,
    "polygamma": _next_order,
    "cumulant": _next_order,
    "sum": _sum,
    "prod": _prod,
    "given": lambda t, v: _f("given", differentiate(t.args[0], v), t.args[1]),
}
