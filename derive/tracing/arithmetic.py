"""What an operation or a function of NumPy or SciPy is as a term, by its name. Numbers are computed, 0 is not added."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from fractions import Fraction

from derive.errors import TermError
from derive.terms import calls
from derive.terms.term import Term, add, make, mul, neg, num, power
from derive.tracing.cells import FALSE, TRUE, Cell
from derive.tracing.context import current, unreadable
from derive.tracing.infinity import INFINITE, beyond
from derive.tracing.rounding import rounded, truncated

_ZERO, _ONE = num(0), num(1)
_MAX_POWER = 64
#: computed accurately by NumPy or SciPy: a node of its own until the meaning is asked for (derive.floating.library)
_ACCURATE = frozenset({"logaddexp", "hypot", "betaln", "xlog1py", "log_ndtr", "erfcx"})


def plus(a: Term, b: Term) -> Term:
    """a + b."""
    if a.head == b.head == "num":
        return num(a.value + b.value)
    if _ZERO in (a, b):
        return b if a == _ZERO else a
    return add(*(a.args if a.head == "add" else (a,)), b)


def minus(a: Term, b: Term) -> Term:
    """a − b."""
    return plus(a, negative(b))


def negative(a: Term) -> Term:
    """−a."""
    if a.head == "num":
        return num(-a.value)
    if a.head == "mul" and a.args[0].head == "num":
        return times(num(-a.args[0].value), mul(*a.args[1:]))
    return neg(a)


def times(a: Term, b: Term) -> Term:
    """a·b."""
    if a.head == b.head == "num":
        return num(a.value * b.value)
    if _ONE in (a, b):
        return b if a == _ONE else a
    return mul(*(a.args if a.head == "mul" else (a,)), b)


def over(a: Term, b: Term) -> Term:
    """a/b."""
    if b.head == "num":
        if not b.value:
            raise unreadable("a division by 0")
        return times(a, num(1 / b.value)) if a.head == "num" else times(num(1 / b.value), a)
    return times(a, power(b, num(-1)))


def raised(a: Term, b: Term) -> Term:
    """a to the power b."""
    if b == _ONE:
        return a
    if (
        a.head == b.head == "num"
        and b.value.denominator == 1
        and abs(b.value) <= _MAX_POWER
        and (a.value or b.value >= 0)
    ):
        return num(Fraction(a.value) ** int(b.value))
    return power(a, b)


def compared(head: str) -> Callable[[Term, Term], Term]:
    """A comparison; of two numbers it is decided."""

    def build(a: Term, b: Term) -> Term:
        if a.head == b.head == "num":
            x, y = a.value, b.value
            return TRUE if {"lt": x < y, "le": x <= y, "eq": x == y, "ne": x != y}[head] else FALSE
        return make(head, a, b)

    return build


def flipped(head: str) -> Callable[[Term, Term], Term]:
    """The comparison with its sides exchanged."""
    return lambda a, b: compared(head)(b, a)


def no(a: Term) -> Term:
    """not a."""
    if a.head == "not":
        return a.args[0]
    return {TRUE: FALSE, FALSE: TRUE}.get(a) or make("not", a)


def both(a: Term, b: Term) -> Term:
    """a and b."""
    if FALSE in (a, b):
        return FALSE
    return b if a == TRUE else a if b in (TRUE, a) else make("and", a, b)


def either(a: Term, b: Term) -> Term:
    """a or b."""
    if TRUE in (a, b):
        return TRUE
    return b if a == FALSE else a if b in (FALSE, a) else make("or", a, b)


def one_of_two(a: Term, b: Term) -> Term:
    """a or b, and not both."""
    return either(both(a, no(b)), both(no(a), b))


def where(c: Term, a: Term, b: Term) -> Term:
    """a where c holds, else b."""
    if c in (TRUE, FALSE) or a == b:
        return a if c == TRUE else b
    return make("piecewise", a, c, *_otherwise(c, b))


def _otherwise(c: Term, b: Term) -> tuple[Term, ...]:
    """The values and conditions of b where c fails: what comes after the opposite of c is never reached."""
    if b.head != "piecewise":
        return (b, TRUE)
    for i, other in enumerate(b.args[1::2]):
        if other in _opposites(c):
            return (*b.args[: 2 * i + 1], TRUE)
    return b.args


def _opposites(c: Term) -> tuple[Term, ...]:
    if c.head in ("lt", "le"):
        return (no(c), make("le" if c.head == "lt" else "lt", c.args[1], c.args[0]))
    return (no(c), make("ne" if c.head == "eq" else "eq", *c.args)) if c.head in ("eq", "ne") else (no(c),)


def absolute(a: Term) -> Term:
    """|a|."""
    return num(abs(a.value)) if a.head == "num" else make("abs", a)


def _larger(a: Term, b: Term) -> Term:
    if a.head == b.head == "num":
        return num(max(a.value, b.value))
    return a if a == b else make("max", *(a.args if a.head == "max" else (a,)), b)


def _smaller(a: Term, b: Term) -> Term:
    if a.head == b.head == "num":
        return num(min(a.value, b.value))
    return a if a == b else make("min", *(a.args if a.head == "min" else (a,)), b)


def _quotient(a: Term, b: Term) -> Term:
    """How many times b is in a, as Python's //."""
    return make("floor", over(a, b))


def _copysign(a: Term, b: Term) -> Term:
    return times(absolute(a), where(make("lt", b, _ZERO), num(-1), _ONE))


def _entr(x: Term) -> Term:
    return negative(make("xlogy", x, x))


def _kl_div(x: Term, y: Term) -> Term:
    return plus(minus(make("xlogy", x, over(x, y)), x), y)


def _pseudo_huber(delta: Term, r: Term) -> Term:
    root = power(plus(_ONE, power(over(r, delta), num(2))), num(1, 2))
    return times(power(delta, num(2)), minus(root, _ONE))


def _huber(delta: Term, r: Term) -> Term:
    size = make("abs", r)
    far = times(delta, minus(size, times(num(1, 2), delta)))
    return where(make("le", size, delta), times(num(1, 2), power(r, num(2))), far)


def _boxcox(x: Term, power_: Term) -> Term:
    if power_ == _ZERO:
        return make("log", x)
    return over(minus(power(x, power_), _ONE), power_)


def _finite(_: Term) -> Term:
    current().note("isfinite is taken to be true: the formulas are of real numbers")
    return TRUE


def _nan(_: Term) -> Term:
    current().note("isnan and isinf are taken to be false: the formulas are of real numbers")
    return FALSE


#: names of NumPy's and SciPy's ufuncs and of Python's math that mean something else than in a formula that is typed
_OWN: Mapping[str, Callable[..., Term]] = {
    "add": plus,
    "subtract": minus,
    "multiply": times,
    "negative": negative,
    "positive": lambda a: a,
    **dict.fromkeys(("divide", "true_divide"), over),
    **dict.fromkeys(("power", "pow", "float_power"), raised),
    **dict.fromkeys(("absolute", "fabs", "abs"), absolute),
    "less": compared("lt"),
    "less_equal": compared("le"),
    "equal": compared("eq"),
    "not_equal": compared("ne"),
    "greater": flipped("lt"),
    "greater_equal": flipped("le"),
    **dict.fromkeys(("maximum", "fmax"), _larger),
    **dict.fromkeys(("minimum", "fmin"), _smaller),
    "clip": lambda x, low, high: _smaller(_larger(x, low), high),
    "copysign": _copysign,
    "floor_divide": _quotient,
    "remainder": lambda a, b: minus(a, times(b, _quotient(a, b))),
    **dict.fromkeys(("rint", "round"), rounded),
    **dict.fromkeys(("trunc", "fix"), truncated),
    "ceil": lambda a: negative(make("floor", negative(a))),
    "square": lambda a: raised(a, num(2)),
    "reciprocal": lambda a: over(_ONE, a),
    "conjugate": lambda a: a,
    "logaddexp2": lambda a, b: over(make("log", plus(power(num(2), a), power(num(2), b))), make("log", num(2))),
    "entr": _entr,
    "rel_entr": lambda x, y: make("xlogy", x, over(x, y)),
    "kl_div": _kl_div,
    "pseudo_huber": _pseudo_huber,
    "huber": _huber,
    "boxcox": _boxcox,
    "deg2rad": lambda a: times(a, over(make("pi"), num(180))),
    "zeta_trigamma": lambda a: make("polygamma", num(1), a),
    "isfinite": _finite,
    **dict.fromkeys(("isnan", "isinf"), _nan),
}
_LOGICAL: Mapping[str, Callable[..., Term]] = {
    **dict.fromkeys(("logical_and", "bitwise_and"), both),
    **dict.fromkeys(("logical_or", "bitwise_or"), either),
    **dict.fromkeys(("logical_xor", "bitwise_xor"), one_of_two),
    **dict.fromkeys(("logical_not", "invert", "bitwise_not"), no),
}
_BITWISE = frozenset({"bitwise_and", "bitwise_or", "bitwise_xor", "invert", "bitwise_not"})
_PLAIN_CALLS = frozenset(calls.FUNCTIONS) - {
    "sum",
    "prod",
    "Sum",
    "Product",
    "diff",
    "Derivative",
    "at",
    "given",
    "slope",
}


def known(name: str) -> bool:
    """Is the function of this name one that is known?"""
    return name in _OWN or name in _LOGICAL or name in _PLAIN_CALLS


def operation(name: str) -> Callable[..., Term]:
    """What builds the term of a function of this name from entries; `Unreadable` for an unknown one."""
    if name in _LOGICAL:
        return _logical(name)
    if not known(name):
        raise unreadable(f"{name} is not a function that can be read")
    return lambda *cells: _apply(name, *(c.value for c in cells))


def _logical(name: str) -> Callable[..., Term]:
    def build(*cells: Cell) -> Term:
        if name in _BITWISE and not all(c.is_condition for c in cells):
            raise unreadable(f"{name} of numbers: conditions are needed, such as (a > 0) & (b > 0)")
        return _LOGICAL[name](*(c.condition for c in cells))

    return build


def _apply(name: str, *args: Term) -> Term:
    if any(a in INFINITE for a in args):
        return beyond(name, args)
    if name in _OWN:
        return _OWN[name](*args)
    try:
        plain = calls.call(name, args)
    except TermError as why:
        raise unreadable(f"{name}: {why}") from None
    return Term(name, args) if name in _ACCURATE else plain
