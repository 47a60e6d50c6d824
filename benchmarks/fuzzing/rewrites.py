"""True rewritings, and mutations that are mostly false.

Each rewriting is an identity a = b with this promise: wherever b is defined, a is defined and has the same value. So a
chain of rewritings of parts keeps it, and two results of one start are equal wherever both are defined.
"""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction

from derive.terms.term import (
    CONDITION_HEADS,
    Term,
    add,
    children,
    free_names,
    make,
    mul,
    neg,
    num,
    power,
    sub,
    substitute,
    sym,
)
from fuzzing.terms import LAST, Maker

Rewrite = Callable[[Maker, Term, tuple[str, ...]], Term | None]
ZERO, ONE, TWO, HALF, TRUE = num(0), num(1), num(2), num(1, 2), make("true")


def f(head: str, *args: Term) -> Term:
    return make(head, *args)


def over(a: Term, b: Term) -> Term:
    return mul(a, power(b, num(-1)))


def square(a: Term) -> Term:
    return power(a, TWO)


def root(a: Term) -> Term:
    return power(a, HALF)


def where(c: Term, a: Term, b: Term) -> Term:
    return f("piecewise", a, c, b, TRUE)


# -- of any term --------------------------------------------------------------------------------------------------
def _with_other(make_it: Callable[[Term, Term], Term]) -> Rewrite:
    return lambda g, t, bound: make_it(t, g.term(1, bound))


def _mean_over_n(g: Maker, t: Term, bound: tuple[str, ...]) -> Term:
    return over(f("sum", t, sym(g.name()), ZERO, LAST), sym("n"))


def _picked(g: Maker, t: Term, bound: tuple[str, ...]) -> Term:
    i = sym(g.name())
    return f("sum", mul(f("delta", i, sym("j")), t), i, ZERO, LAST)


def _derived(g: Maker, t: Term, bound: tuple[str, ...]) -> Term:
    """∂(t r)/∂r for a new variable r."""
    r = sym(g.name("r"))
    return f("diff", mul(t, r), r)


def _choice(g: Maker, t: Term, bound: tuple[str, ...]) -> Term:
    return where(g.condition(1, bound), t, t)


def _label(g: Maker, t: Term, bound: tuple[str, ...]) -> Term:
    b = sym("b")
    return add(mul(b, t), mul(sub(ONE, b), t))


def _sign_label(g: Maker, t: Term, bound: tuple[str, ...]) -> Term:
    return mul(square(sym("s")), t)


def _power_split(g: Maker, t: Term, bound: tuple[str, ...]) -> Term:
    return mul(t, power(num(-1), mul(TWO, sym("k"))))


ANY: list[Rewrite] = [
    *[_with_other(lambda t, c: sub(add(t, c), c))] * 2,
    *[_with_other(lambda t, c: over(mul(t, c), c))] * 2,
    _with_other(lambda t, c: add(mul(f("sigmoid", c), t), mul(f("sigmoid", neg(c)), t))),
    _with_other(lambda t, c: add(mul(f("heaviside", c), t), mul(f("heaviside", neg(c)), t))),
    _with_other(lambda t, c: mul(add(square(f("sin", c)), square(f("cos", c))), t)),
    _with_other(lambda t, c: mul(sub(square(f("cosh", c)), square(f("sinh", c))), t)),
    _with_other(lambda t, c: sub(f("max", add(t, c), add(c, t)), c)),
    _with_other(lambda t, c: sub(add(f("max", t, c), f("min", t, c)), c)),
    _with_other(lambda t, c: mul(t, f("exp", c), f("exp", neg(c)))),
    lambda g, t, bound: f("log", f("exp", t)),
    lambda g, t, bound: f("exp", f("log", t)),
    lambda g, t, bound: square(root(t)),
    lambda g, t, bound: f("atanh", f("tanh", t)),
    lambda g, t, bound: f("asinh", f("sinh", t)),
    lambda g, t, bound: f("logit", f("sigmoid", t)),
    lambda g, t, bound: mul(f("sign", t), f("abs", t)),
    lambda g, t, bound: power(mul(f("sign", t), power(f("abs", t), num(1, 3))), num(3)),
    lambda g, t, bound: f("max", t, t),
    lambda g, t, bound: power(power(t, num(-1)), num(-1)),
    lambda g, t, bound: add(f("max", t, ZERO), f("min", t, ZERO)),
    lambda g, t, bound: add(mul(HALF, add(t, f("abs", t))), mul(HALF, sub(t, f("abs", t)))),
    _mean_over_n,
    _picked,
    _derived,
    _choice,
    _label,
    _sign_label,
    _power_split,
]


# -- by head ------------------------------------------------------------------------------------------------------
def _args(make_it: Callable[..., Term | None]) -> Rewrite:
    return lambda g, t, bound: make_it(*t.args)


def _shuffled(g: Maker, t: Term, bound: tuple[str, ...]) -> Term:
    args = list(t.args)
    g.rng.shuffle(args)
    return Term(t.head, tuple(args))


def _exp_of(a: Term) -> Term | None:
    return mul(*(f("exp", b) for b in a.args)) if a.head == "add" else square(f("exp", mul(HALF, a)))


def _log_of(a: Term) -> Term | None:
    return add(*(f("log", b) for b in a.args)) if a.head == "mul" else None


def _distributed(*args: Term) -> Term | None:
    at_sum = next((i for i, a in enumerate(args) if a.head == "add"), None)
    if at_sum is None:
        return None
    others = (*args[:at_sum], *args[at_sum + 1 :])
    return add(*(mul(*others, a) for a in args[at_sum].args))


def _power_of(a: Term, b: Term) -> Term | None:
    if b.head == "num" and b.value.denominator == 1:
        return mul(*([a] * int(b.value))) if 1 <= b.value <= 3 else over(power(a, sub_one(b)), power(a, num(-1)))
    return f("exp", mul(b, f("log", a)))


def sub_one(b: Term) -> Term:
    return num(b.value - 1)


def _power_halved(a: Term, b: Term) -> Term | None:
    if b.head == "num" and b.value.denominator > 1:
        return mul(power(a, num(b.value - 1)), a)
    return None


def _renamed(g: Maker, t: Term, bound: tuple[str, ...]) -> Term:
    body, i, first, last = t.args
    new = sym(g.name())
    return f(t.head, substitute(body, {i.name: new}), new, first, last)


def _shifted(g: Maker, t: Term, bound: tuple[str, ...]) -> Term:
    body, i, first, last = t.args
    by = num(g.rng.choice((1, -1, 2)))
    return f(t.head, substitute(body, {i.name: sub(i, by)}), i, add(first, by), add(last, by))


def _last_apart(g: Maker, t: Term, bound: tuple[str, ...]) -> Term | None:
    """Sizes are positive, so the whole range has a last index."""
    body, i, first, last = t.args
    if first != ZERO or last not in (sub(sym("n"), ONE), sub(sym("m"), ONE)):
        return None
    join = add if t.head == "sum" else mul
    return join(f(t.head, body, i, first, sub(last, ONE)), substitute(body, {i.name: last}))


def _reversed(g: Maker, t: Term, bound: tuple[str, ...]) -> Term:
    body, i, first, last = t.args
    return f(t.head, substitute(body, {i.name: sub(add(first, last), i)}), i, first, last)


def _linear(g: Maker, t: Term, bound: tuple[str, ...]) -> Term | None:
    body, i, first, last = t.args
    if t.head == "sum" and body.head == "add":
        return add(*(f("sum", b, i, first, last) for b in body.args))
    return None


def _swapped(g: Maker, t: Term, bound: tuple[str, ...]) -> Term | None:
    inner = t.args[0]
    if (
        t.head != "sum"
        or inner.head != "sum"
        or t.args[1].name in free_names(inner.args[2]) | free_names(inner.args[3])
    ):
        return None
    return f("sum", f("sum", inner.args[0], *t.args[1:]), *inner.args[1:])


def _other_way(value: Term, condition: Term, other: Term, always: Term) -> Term | None:
    return where(f("not", condition), other, value)


_SUM: list[Rewrite] = [_renamed, _shifted, _last_apart, _linear, _linear, _swapped, _swapped, _reversed]
BY_HEAD: dict[str, list[Rewrite]] = {
    "add": [_shuffled],
    "mul": [_shuffled, _args(_distributed)],
    "pow": [_args(_power_of), _args(_power_halved)],
    "exp": [
        *[_args(_exp_of)] * 2,
        _args(lambda a: power(f("exp", neg(a)), num(-1))),
        _args(lambda a: add(f("cosh", a), f("sinh", a))),
        _args(lambda a: power(f("e"), a)),
    ],
    "expm1": [
        _args(lambda a: sub(f("exp", a), ONE)),
        _args(lambda a: mul(TWO, f("sinh", mul(HALF, a)), f("exp", mul(HALF, a)))),
    ],
    "log": [
        *[_args(_log_of)] * 2,
        _args(lambda a: neg(f("log", power(a, num(-1))))),
        _args(lambda a: mul(TWO, f("log", root(a)))),
        _args(lambda a: f("log1p", sub(a, ONE))),
    ],
    "log1p": [_args(lambda a: f("log", add(ONE, a)))],
    "sigmoid": [
        _args(lambda a: power(add(ONE, f("exp", neg(a))), num(-1))),
        _args(lambda a: over(f("exp", a), add(ONE, f("exp", a)))),
        _args(lambda a: mul(HALF, add(ONE, f("tanh", mul(HALF, a))))),
        _args(lambda a: sub(ONE, f("sigmoid", neg(a)))),
        _args(lambda a: f("exp", f("logsigmoid", a))),
    ],
    "softplus": [
        _args(lambda a: add(a, f("softplus", neg(a)))),
        _args(lambda a: f("log", add(ONE, f("exp", a)))),
        _args(lambda a: neg(f("logsigmoid", neg(a)))),
        _args(lambda a: add(f("max", a, ZERO), f("log1p", f("exp", neg(f("abs", a)))))),
    ],
    "logsigmoid": [_args(lambda a: f("log", f("sigmoid", a))), _args(lambda a: sub(a, f("softplus", a)))],
    "logit": [_args(lambda p: sub(f("log", p), f("log", sub(ONE, p)))), _args(lambda p: neg(f("logit", sub(ONE, p))))],
    "tanh": [
        _args(lambda a: sub(mul(TWO, f("sigmoid", mul(TWO, a))), ONE)),
        _args(lambda a: over(f("sinh", a), f("cosh", a))),
        _args(lambda a: neg(f("tanh", neg(a)))),
    ],
    "sinh": [_args(lambda a: mul(HALF, sub(f("exp", a), f("exp", neg(a)))))],
    "cosh": [_args(lambda a: mul(HALF, add(f("exp", a), f("exp", neg(a))))), _args(lambda a: f("cosh", f("abs", a)))],
    "sech": [_args(lambda a: power(f("cosh", a), num(-1)))],
    "sin": [
        _args(lambda a: mul(TWO, f("sin", mul(HALF, a)), f("cos", mul(HALF, a)))),
        _args(lambda a: neg(f("sin", neg(a)))),
    ],
    "cos": [_args(lambda a: sub(ONE, mul(TWO, square(f("sin", mul(HALF, a)))))), _args(lambda a: f("cos", neg(a)))],
    "tan": [_args(lambda a: over(f("sin", a), f("cos", a)))],
    "atan": [_args(lambda a: neg(f("atan", neg(a))))],
    "asin": [_args(lambda a: sub(mul(HALF, f("pi")), f("acos", a)))],
    "atanh": [_args(lambda a: mul(HALF, f("log", over(add(ONE, a), sub(ONE, a)))))],
    "erf": [
        _args(lambda a: neg(f("erf", neg(a)))),
        _args(lambda a: sub(mul(TWO, f("normcdf", mul(root(TWO), a))), ONE)),
    ],
    "erfc": [_args(lambda a: sub(ONE, f("erf", a))), _args(lambda a: sub(TWO, f("erfc", neg(a))))],
    "normcdf": [_args(lambda a: sub(ONE, f("normcdf", neg(a))))],
    "normpdf": [_args(lambda a: over(f("exp", mul(num(-1, 2), square(a))), root(mul(TWO, f("pi")))))],
    "abs": [
        _args(lambda a: f("max", a, neg(a))),
        _args(lambda a: mul(a, f("sign", a))),
        _args(lambda a: root(square(a))),
        _args(lambda a: where(f("lt", a, ZERO), neg(a), a)),
        _args(lambda a: where(f("le", a, ZERO), neg(a), a)),
    ],
    "sign": [
        _args(lambda a: sub(f("heaviside", a), f("heaviside", neg(a)))),
        _args(lambda a: sub(mul(TWO, f("heaviside", a)), ONE)),
    ],
    "heaviside": [_args(lambda a: mul(HALF, add(ONE, f("sign", a))))],
    "max": [
        _args(lambda a, b: mul(HALF, add(a, b, f("abs", sub(a, b))))),
        _args(lambda a, b: neg(f("min", neg(a), neg(b)))),
        _args(lambda a, b: where(f("lt", b, a), a, b)),
    ],
    "min": [
        _args(lambda a, b: mul(HALF, sub(add(a, b), f("abs", sub(a, b))))),
        _args(lambda a, b: where(f("le", a, b), a, b)),
    ],
    "piecewise": [_args(_other_way)],
    "delta": [_args(lambda a, b: where(f("eq", a, b), ONE, ZERO)), _args(lambda a, b: f("delta", b, a))],
    "gamma": [_args(lambda a: over(f("gamma", add(a, ONE)), a)), _args(lambda a: f("exp", f("loggamma", a)))],
    "loggamma": [_args(lambda a: sub(f("loggamma", add(a, ONE)), f("log", a)))],
    "polygamma": [
        _args(lambda k, a: sub(f("polygamma", k, add(a, ONE)), over(num((1, -1)[int(k.value)]), power(a, add(k, ONE)))))
    ],
    "xlogy": [
        _args(lambda a, b: mul(a, f("log", b))),
        _args(lambda a, b: where(f("eq", a, ZERO), ZERO, mul(a, f("log", b)))),
    ],
    "sum": _SUM,
    "prod": [_renamed, _shifted, _last_apart, _reversed],
}


# -- mutations ----------------------------------------------------------------------------------------------------
_TINY = (Fraction(1, 10**6), Fraction(1, 10**9), Fraction(1, 10**12))
_OTHERS = {
    "sin": "cos", "cos": "sin", "max": "min", "min": "max", "tanh": "sigmoid", "sigmoid": "tanh", "erf": "tanh",
    "lt": "le", "le": "lt", "eq": "ne", "sinh": "cosh", "exp": "cosh", "log1p": "log", "sign": "heaviside",
    "softplus": "abs", "atan": "tanh", "delta": "max", "and": "or", "xlogy": "mul", "sum": "prod",
}  # fmt: skip


def mutate(g: Maker, t: Term, bound: tuple[str, ...]) -> Term:
    """Another term: what a slip of the pen, or an optimist, makes of it."""
    if t.head in CONDITION_HEADS:
        return Term(_OTHERS.get(t.head, t.head), t.args)
    out = g.rng.choice(_MUTATIONS)(g, t, bound)
    return t if out is None else out


def _other_head(g: Maker, t: Term, bound: tuple[str, ...]) -> Term | None:
    return Term(_OTHERS[t.head], t.args) if t.head in _OTHERS else neg(t)


def _by_index(g: Maker, t: Term, bound: tuple[str, ...]) -> Term | None:
    if t.head == "at":
        return Term("at", (t.args[0], add(t.args[1], ONE), *t.args[2:]))
    if t.head in ("sum", "prod"):
        body, i, first, last = t.args
        return g.rng.choice((
            lambda: Term(t.head, (body, i, add(first, ONE), last)),
            lambda: Term(t.head, (body, i, first, add(last, ONE))),
            lambda: Term(t.head, (substitute(body, {i.name: sym("j")}), i, first, last)),
            lambda: substitute(body, {i.name: ZERO}),
        ))()  # fmt: skip
    return None


def _optimist(g: Maker, t: Term, bound: tuple[str, ...]) -> Term | None:
    """Rules that hold on part of the domain only."""
    match t.head:
        case "abs":
            return t.args[0]
        case "sign":
            return ONE
        case "pow" if t.args[0].head == "pow":
            inner, outer = t.args[0], t.args[1]
            both = inner.args[1].head == outer.head == "num"
            exponent = num(inner.args[1].value * outer.value) if both else mul(inner.args[1], outer)
            return power(inner.args[0], exponent)
        case "log" if t.args[0].head == "pow":
            return mul(t.args[0].args[1], f("log", t.args[0].args[0]))
        case "piecewise":
            return t.args[0]
        case "heaviside" | "delta":
            return ONE
        case "prod":
            return f("exp", f("sum", f("log", f("abs", t.args[0])), *t.args[1:]))
    return root(square(t))


def _at_a_place(g: Maker, t: Term, bound: tuple[str, ...]) -> Term:
    c = g.leaf(bound)
    place = g.rng.choice((
        f("lt", num(30), f("abs", c)), f("eq", c, ZERO), f("eq", c, ONE), f("lt", c, num(-40)), f("eq", sym("b"), ONE),
        f("eq", c, g.leaf(bound)),
    ))  # fmt: skip
    return where(place, add(t, ONE), t)


_MUTATIONS: list[Rewrite] = [
    lambda g, t, bound: neg(t),
    lambda g, t, bound: mul(num(1 + g.rng.choice(_TINY)), t),
    lambda g, t, bound: add(t, num(g.rng.choice(_TINY))),
    lambda g, t, bound: num(t.value + 1) if t.head == "num" else None,
    *[_other_head] * 3,
    *[_by_index] * 2,
    *[_optimist] * 4,
    *[_at_a_place] * 2,
]


# -- positions ----------------------------------------------------------------------------------------------------
def somewhere(g: Maker, t: Term, change: Rewrite, bound: tuple[str, ...] = ()) -> Term:
    """Change one part of the term, chosen at random."""
    parts = [i for i, a in enumerate(children(t)) if _may_change(t, i)]
    if not parts or g.rng.random() < 0.3:
        out = change(g, t, bound)
        return t if out is None else out
    i = g.rng.choice(parts)
    inside = (*bound, t.args[1].name) if t.head in ("sum", "prod") and i == 0 else bound
    return Term(t.head, (*t.args[:i], somewhere(g, t.args[i], change, inside), *t.args[i + 1 :]))


def _may_change(t: Term, i: int) -> bool:
    match t.head:
        case "sum" | "prod" | "diff":
            return i == 0
        case "pow":
            return i == 0
        case "polygamma":
            return i == 1
    return t.head not in ("at", "delta")


def rewrite(g: Maker, t: Term, bound: tuple[str, ...]) -> Term | None:
    """A true rewriting of this node."""
    if t.head in CONDITION_HEADS:
        return None
    rules = BY_HEAD.get(t.head, [])
    if rules and g.rng.random() < 0.7:
        return g.rng.choice(rules)(g, t, bound)
    return g.rng.choice(ANY)(g, t, bound)


def gated(t: Term) -> Term:
    """The term where `gate` is 37/41, else 0: no quick look at a few points sees it."""
    return where(f("eq", sym("gate"), num(37, 41)), t, ZERO)


def hidden(t: Term) -> Term:
    """The term where `gate` is a root of 2, else 0: no look at rational points ever sees it."""
    return where(f("eq", square(sym("gate")), TWO), t, ZERO)
