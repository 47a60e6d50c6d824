"""Choices that one side wins everywhere are none: max(max(z, 0), 0) is max(z, 0), on whole intervals where both tie.

Where a choice ties on an interval, the formulas of derivatives say nothing there. So the loss is written without such
choices, and this is used only if it is proved to be the same function, with a value at the same points.
"""

from __future__ import annotations

import time

from derive.certificate import Proved
from derive.claims.simplify import piecewise_of
from derive.domain import REAL, Domain, Range
from derive.prove import points, prove_terms
from derive.prove.forms import parts
from derive.prove.sign import Want, sign_terms
from derive.prove.thin import thin
from derive.terms.term import Term, free_names, make, mul, neg, num, rebuild, sub

_ZERO = num(0)
_TRUE, _FALSE = make("true"), make("false")
_OPPOSITE = {"max": "min", "min": "max"}
_SIGN, _WHOLE, _ALL = 0.2, 1.0, 2.0


def decided(t: Term, names: tuple[str, ...], domain: Domain, deadline: float) -> Term:
    """The term without choices that are decided everywhere, where some tie on more than a thin set; else as it is."""
    names = tuple(v.partition("[")[0] for v in names)
    gaps = [(g, v) for g in dict.fromkeys(points.gaps(t)) for v in names if v in free_names(g)]
    if all(thin(g, v, domain, parts(t).bound) for g, v in gaps):
        return t
    groups = tuple(g for g in domain.groups if set(names).isdisjoint(g.names))
    domain = Domain({k: _around(r) if k in names else r for k, r in domain.ranges.items()}, groups)
    out = _Choices(names, domain, min(time.thread_time() + _ALL, deadline)).without(t)
    left = min(_WHOLE, deadline - time.thread_time())
    same = prove_terms(t, out, domain, budget=left) if out != t and left > 0 else None
    return out if isinstance(same, Proved) and not same.domains_differ else t


def _around(r: Range) -> Range:
    """A derivative is taken from both sides: what is so on an open set only counts, and otherwise on the whole line."""
    ends = (r.lower is None or r.lower_open) and (r.upper is None or r.upper_open)
    return r if ends and r.values is None and r.total is None and not r.whole else REAL


class _Choices:
    """Decides choices that depend on the names, until the time is over."""

    def __init__(self, names: tuple[str, ...], domain: Domain, deadline: float) -> None:
        self.names, self.domain, self.deadline = frozenset(names), domain, deadline

    def without(self, t: Term) -> Term:
        """The term with each choice in it decided that can be; the inner ones first."""
        if not free_names(t) & self.names or t.head in ("diff", "sum", "prod"):
            return t
        t = rebuild(t, self.without)
        if t.head == "pow" and t.args[0].head == "pow" and t.args[0].args[1] == num(2) and t.args[1] == num(1, 2):
            t = make("abs", t.args[0].args[0])
        rule = {"abs": self._abs, "max": self._extreme, "min": self._extreme, "piecewise": self._piecewise}.get(t.head)
        return t if rule is None else rule(t)

    def _is(self, t: Term, want: Want = "nonnegative") -> bool:
        left = min(_SIGN, self.deadline - time.thread_time())
        return left > 0 and sign_terms(t, self.domain, want, budget=left).status == "proved"

    def _abs(self, t: Term) -> Term:
        (a,) = t.args
        return a if self._is(a) else neg(a) if self._is(neg(a)) else t

    def _extreme(self, t: Term) -> Term:
        """Without what is nowhere beyond another one; if need be, with a common factor in front, or distributed."""
        t = self._shorter(t.head, t.args)
        if t.head in _OPPOSITE and len(t.args) == 2:
            return self._by_factor(t) or self._distributed(t) or t
        return t

    def _shorter(self, head: str, args: tuple[Term, ...]) -> Term:
        """Without what is nowhere beyond another one."""
        left = list(dict.fromkeys(b for a in args for b in (a.args if a.head == head else (a,))))
        for a in left[:]:
            rest = [b for b in left if b != a]
            if any(self._is(sub(b, a) if head == "max" else sub(a, b)) for b in rest):
                left = rest
        return left[0] if len(left) == 1 else make(head, *left)

    def _by_factor(self, t: Term) -> Term | None:
        """max(a·f, a·g) is a·max(f, g) where a ≥ 0, else a·min(f, g), if both are shorter: a is free of the names."""
        for a in _factors(t.args[0]):
            if a.head == "num" or free_names(a) & self.names or any(a not in _factors(u) for u in t.args):
                continue
            inner = make(t.head, *(_without(u, a) for u in t.args))
            above, below = self._extreme(inner), self._extreme(make(_OPPOSITE[t.head], *inner.args))
            if max(above.size, below.size) < inner.size:
                return make("piecewise", mul(a, above), make("le", _ZERO, a), mul(a, below), _TRUE)
        return None

    def _distributed(self, t: Term) -> Term | None:
        """max(u, min(v, w)) as min(max(u, v), max(u, w)), if that is shorter."""
        for u, inner in (t.args, t.args[::-1]):
            if inner.head == _OPPOSITE[t.head]:
                out = self._shorter(inner.head, tuple(self._shorter(t.head, (u, v)) for v in inner.args))
                if out.size < t.size:
                    return out
        return None

    def _piecewise(self, t: Term) -> Term:
        args = (a if i % 2 == 0 else self._condition(a) for i, a in enumerate(t.args))
        return piecewise_of(tuple(args))

    def _condition(self, c: Term) -> Term:
        """The condition without equations that hold on intervals, and without what is true or false everywhere."""
        if c.head in ("and", "or", "not"):
            return _joined(c.head, [self._condition(a) for a in c.args])
        if c.head == "ne":
            return _joined("not", [self._condition(make("eq", *c.args))])
        if c.head == "eq":
            return self._equation(*c.args)
        return self._comparison(c) if c.head in ("lt", "le") else c

    def _comparison(self, c: Term) -> Term:
        low, high = c.args
        wanted: tuple[Want, Want] = ("nonnegative", "positive")
        above, below = wanted if c.head == "le" else wanted[::-1]
        return _TRUE if self._is(sub(high, low), above) else _FALSE if self._is(sub(low, high), below) else c

    def _equation(self, a: Term, b: Term) -> Term:
        """max(u, v) = b: one of them is b, and the other one not beyond it. The same for min and abs."""
        if a == b:
            return _TRUE
        if a.head not in ("max", "min", "abs"):
            return self._equation(b, a) if b.head in ("max", "min", "abs") else make("eq", a, b)
        if a.head == "abs":
            a = make("max", a.args[0], neg(a.args[0]))
        rows = []
        for u in a.args:
            bounds = [make("le", v, b) if a.head == "max" else make("le", b, v) for v in a.args if v != u]
            rows.append(_joined("and", [self._equation(u, b), *map(self._comparison, bounds)]))
        return _joined("or", rows)


def _factors(t: Term) -> tuple[Term, ...]:
    return t.args if t.head == "mul" else (t,)


def _without(t: Term, factor: Term) -> Term:
    """t, one factor of which is left out."""
    rest = list(_factors(t))
    rest.remove(factor)
    return mul(*rest) if len(rest) > 1 else (*rest, num(1))[0]


def _joined(head: str, conditions: list[Term]) -> Term:
    """and, or, not of conditions, some of which are known."""
    if head == "not":
        (c,) = conditions
        return _FALSE if c == _TRUE else _TRUE if c == _FALSE else make("not", c)
    zero, one = (_FALSE, _TRUE) if head == "and" else (_TRUE, _FALSE)
    rest = [c for c in dict.fromkeys(conditions) if c != one]
    if zero in rest:
        return zero
    return one if not rest else rest[0] if len(rest) == 1 else make(head, *rest)
