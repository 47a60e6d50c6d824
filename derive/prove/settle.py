"""What cancels, and choices that are none: 0 for x − x, |0| and 0·y, max(0, 1) = 1, as far as it is seen at once."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction

from derive.domain import Domain
from derive.prove.deltas import chosen, hit
from derive.prove.forms import total
from derive.terms.term import Term, add, free_names, make, mul, num, rebuild, sub, walk

_ZERO, _ONE = num(0), num(1)
_TRUE, _FALSE = make("true"), make("false")


def settled(t: Term, domain: Domain) -> Term:
    """The same value at the same points: what is left out has a value everywhere."""
    t = rebuild(t, lambda a: settled(a, domain))
    rule = _RULES.get(t.head)
    out = t if rule is None else rule(t)
    return out if out == t or total(t, domain) else t


def _sum_of(t: Term) -> Term:
    """Like terms together."""
    found: dict[Term, Fraction] = {}
    for a in _flat(t, "add"):
        c, rest = _coefficient(a)
        found[rest] = found.get(rest, Fraction(0)) + c
    return add(*(_times(c, rest) for rest, c in found.items() if c))


def _flat(t: Term, head: str) -> list[Term]:
    return [b for a in t.args for b in _flat(a, head)] if t.head == head else [t]


def _coefficient(t: Term) -> tuple[Fraction, Term]:
    """A number, and the other factors in an order of their own."""
    c, rest = Fraction(1), []
    for a in _flat(t, "mul"):
        if a.head == "num":
            c *= a.value
        else:
            rest.append(a)
    return c, mul(*sorted(rest, key=repr))


def _times(c: Fraction, rest: Term) -> Term:
    return rest if c == 1 else num(c) if rest == _ONE else mul(num(c), rest)


def _product_of(t: Term) -> Term:
    c, rest = _coefficient(t)
    return _times(c, rest) if c else _ZERO


def _power_of(t: Term) -> Term:
    base, e = t.args
    return _ZERO if base == _ZERO and e.head == "num" and e.value > 0 else t


def _range_of(t: Term) -> Term:
    return _ZERO if t.args[0] == _ZERO else t


def _magnitude(t: Term) -> Term:
    return num(abs(t.args[0].value)) if t.args[0].head == "num" else t


def _direction(t: Term) -> Term:
    return num(_sign(t.args[0].value)) if t.args[0].head == "num" else t


def _step(t: Term) -> Term:
    return num(Fraction(1 + _sign(t.args[0].value), 2)) if t.args[0].head == "num" else t


def _sign(x: Fraction) -> int:
    return (x > 0) - (x < 0)


def _extreme(t: Term) -> Term:
    """Without arguments that another one exceeds by a number, or is equal to."""
    way = 1 if t.head == "max" else -1
    kept: list[Term] = []
    for a in t.args:
        gaps = [_gap(a, b) for b in kept]
        if any(gap is not None and way * gap <= 0 for gap in gaps):
            continue
        kept = [b for b, gap in zip(kept, gaps, strict=True) if gap is None] + [a]
    return kept[0] if len(kept) == 1 else Term(t.head, tuple(kept))


def _gap(a: Term, b: Term) -> Fraction | None:
    """a − b, where that is seen to be a number."""
    gap = _sum_of(sub(a, b))
    return gap.value if gap.head == "num" else None


_HOLDS: dict[str, Callable[[Fraction], bool]] = {
    "lt": lambda gap: gap < 0,
    "le": lambda gap: gap <= 0,
    "eq": lambda gap: gap == 0,
    "ne": lambda gap: gap != 0,
}


def _compared(t: Term) -> Term:
    gap = _gap(*t.args)
    return t if gap is None else _TRUE if _HOLDS[t.head](gap) else _FALSE


def _choice(t: Term) -> Term:
    """Without branches that are never taken, or none where all are the same."""
    out = chosen(t)
    same = out.head == "piecewise" and out.args[-1] == _TRUE and len(set(out.args[::2])) == 1
    return out.args[0] if same else out


_RULES: dict[str, Callable[[Term], Term]] = {
    "add": _sum_of,
    "mul": _product_of,
    "pow": _power_of,
    "sum": _range_of,
    "abs": _magnitude,
    "sign": _direction,
    "heaviside": _step,
    **dict.fromkeys(["max", "min"], _extreme),
    **dict.fromkeys(_HOLDS, _compared),
    **dict.fromkeys(["and", "piecewise"], _choice),
}


# -- the derivative of a choice, where an index of a sum says that it ties -------------------------------------------
Guards = tuple[tuple[Term, Term], ...]


def split_guards(body: Term, index: str) -> tuple[Guards, Term]:
    """Equations of the index at the front, each with what the body is there, and what it is elsewhere."""
    if body.head == "piecewise" and len(body.args) == 4 and body.args[3] == _TRUE:
        value, equation, rest, _ = body.args
        if equation.head == "eq" and hit(equation, index) is not None and index not in free_names(value):
            guards, rest = split_guards(rest, index)
            return ((equation, value), *guards), rest
    return (), body


def with_guards(body: Term, guards: Guards) -> Term:
    """The body with such equations at its front."""
    for equation, value in reversed(guards):
        body = make("piecewise", value, equation, body, _TRUE)
    return body


def continued(t: Term, domain: Domain) -> Term:
    """What t would be if derivatives in it had a value wherever their formula has; 0 where a choice is seen to tie."""
    out = settled(_formula(t), domain)
    ties = any(a.head == "pow" and a.args[0] == _ZERO and a.args[1] == num(-1) for a in walk(settled(t, domain)))
    return out if total(out, domain) and not ties else _ZERO


def _formula(t: Term) -> Term:
    return _formula(t.args[0]) if t.head == "given" else rebuild(t, _formula)
