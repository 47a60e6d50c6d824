"""What is seen of a term by its form alone: that it has a value everywhere, that it is positive."""

from __future__ import annotations

import math
from collections.abc import Callable, Collection, Iterator, Mapping
from fractions import Fraction
from functools import lru_cache
from typing import NamedTuple, TypeAlias

from derive.domain import Domain, Range, between
from derive.terms.heads import INDEXING, LEAVES
from derive.terms.term import BINDERS, Term, bound_names, children, free_names, mul, num, sub, substitute, sym

_ONE = num(1)
_NEITHER, _AT_LEAST, _ABOVE = 0, 1, 2
_MAX_BOUNDS = 8  # ranges that end at each other
_NONE: frozenset[str] = frozenset()
#: operations under which a term is defined whenever its parts are
_TOTAL = frozenset({"num", "sym", "at", "add", "mul", "exp", "expm1", "sigmoid", "softplus", "logsigmoid"})
_TOTAL |= frozenset({"delta", "floor", "tanh", "sinh", "cosh", "sech", "sin", "cos", "atan", "erf", "erfc", "pi", "e"})
_TOTAL |= frozenset({"abs", "max", "min", "sign", "heaviside", "normcdf", "normpdf", "asinh", "euler_gamma"})
_TOTAL |= frozenset({"lt", "le", "eq", "ne", "and", "or", "not", "true", "false"})
_SAME_OR_NOT = frozenset({"lt", "le", "eq", "ne"})
_POSITIVE = frozenset({"exp", "sigmoid", "softplus", "cosh", "sech", "normcdf", "normpdf", "pi", "e", "euler_gamma"})


#: what is no function of its own
_ARITHMETIC = frozenset({"num", "add", "mul", "pow", "given", "piecewise", "lt", "le", "and", "or", "true"})


class Parts(NamedTuple):
    """What occurs in a term: heads, free names, names with indices, and names that are bound."""

    heads: frozenset[str]
    free: frozenset[str]
    arrays: frozenset[str]
    bound: frozenset[str]
    elsewhere: frozenset[str]  # bound, but not as an index: they need not be whole


@lru_cache(maxsize=1_024)
def parts(t: Term) -> Parts:
    """The parts of a term, by one walk."""
    nodes = _nodes(t)
    heads = frozenset([a.head for a in nodes])
    arrays = frozenset([a.name for a in nodes if a.head == "at"]) if "at" in heads else _NONE
    if heads.isdisjoint(BINDERS):
        return Parts(heads, frozenset([a.args[0] for a in nodes if a.head == "sym"]), arrays, _NONE, _NONE)  # type: ignore[misc]
    binders = [a for a in nodes if a.head in BINDERS]
    bound = _NONE.union(*map(bound_names, binders))
    elsewhere = _NONE.union(*(bound_names(a) for a in binders if a.head not in INDEXING))
    return Parts(heads, free_names(t), arrays, bound, elsewhere)


def functions(*terms: Term) -> frozenset[Term]:
    """What may become a generator."""
    return frozenset([a for t in terms for a in _nodes(t) if a.head not in _ARITHMETIC])


def _nodes(t: Term) -> Collection[Term]:
    """Every node; equal ones may come more than once."""
    seen: dict[int, Term] = {}  # by identity, as it is quick
    stack = [t]
    while stack:
        a = stack.pop()
        if (key := id(a)) not in seen:
            seen[key] = a
            if a.head not in LEAVES:
                stack += a.args
    return seen.values()


def whole(term: Term, ranges: Callable[[str], Range]) -> bool:
    """Is the value a whole number by its form? Decides where a negative base may have a symbolic exponent."""
    match term.head:
        case "num":
            return term.value.denominator == 1
        case "sym" | "at":
            return ranges(term.name).whole
        case "add" | "mul":
            return all(whole(a, ranges) for a in term.args)
        case "pow":
            base, e = term.args
            return whole(base, ranges) and e.head == "num" and e.value.denominator == 1 and e.value >= 0
    return term.head in ("delta", "floor", "sign")


def rational(term: Term) -> bool:
    """Is it made of numbers by + · and whole powers alone, so that its value is a rational number by its form?"""
    if term.head == "pow":
        return rational(term.args[0]) and term.args[1].head == "num" and term.args[1].value.denominator == 1
    return term.head == "num" or (term.head in ("add", "mul") and all(map(rational, term.args)))


def total(t: Term, domain: Domain) -> bool:
    """Is the term seen to be defined everywhere on the domain, by its form?"""
    if t.head == "pow":
        base, e = t.args
        natural = whole(e, domain.__getitem__) or nonnegative(base, domain)
        if natural and nonnegative(e, domain):  # 0 to the power of 0 is 1
            return total(base, domain) and total(e, domain)
        return positive(base, domain) and total(base, domain) and total(e, domain)
    if t.head == "log":
        return positive(t.args[0], domain) and total(t.args[0], domain)
    if t.head == "piecewise":
        return t.args[-1].head == "true" and all(total(a, domain) for a in t.args)
    if t.head in ("sum", "prod"):
        body, _, *ends = t.args
        known = all(whole(a, domain.__getitem__) and total(a, domain) for a in ends)
        return known and total(body, within(t, domain))
    inside = _hiding(domain, bound_names(t))
    return t.head in _TOTAL and all(total(a, inside) for a in children(t))


def positive(t: Term, domain: Domain) -> bool:
    """Is the term seen to be positive, by its form?"""
    return _sign(t, domain) == _ABOVE


def nonnegative(t: Term, domain: Domain) -> bool:
    """Is the term seen not to be negative, by its form?"""
    return _sign(t, domain) >= _AT_LEAST


def _sign(t: Term, domain: Domain) -> int:
    """Positive, at least not negative, or neither as far as is seen: both at once, so that each part is asked once."""
    match t.head:
        case "num":
            return _ABOVE if t.value > 0 else _AT_LEAST if t.value == 0 else _NEITHER
        case "sym" | "at":
            return {"+": _ABOVE, "0": _AT_LEAST, ">=": _AT_LEAST}.get(domain[t.name].sign, _NEITHER)
        case "mul":
            return min(_sign(a, domain) for a in t.args)
        case "add":
            signs = [_sign(a, domain) for a in t.args]
            return _ABOVE if (min(signs) >= _AT_LEAST and max(signs) == _ABOVE) or _rest_of_one(t) else _NEITHER
        case "pow":
            base, e = _sign(t.args[0], domain), t.args[1]
            even = e.head == "num" and e.value.denominator == 1 and e.value % 2 == 0
            return max(base, _AT_LEAST) if even else base
        case "prod":
            return _sign(t.args[0], within(t, domain))
        case "sum":
            summand = _sign(t.args[0], within(t, domain))
            some = summand == _ABOVE and _not_empty(t, domain)
            return (
                _ABOVE
                if some or (summand >= _AT_LEAST and _has_positive(t, domain, summand))
                else min(summand, _AT_LEAST)
            )
        case "piecewise":
            reached = min((_sign(a, domain) for a in _reached(t)), default=_ABOVE)
            return reached if reached == _ABOVE else min(_sign(a, domain) for a in t.args[::2])
    return _ABOVE if t.head in _POSITIVE else _AT_LEAST if t.head == "abs" else _NEITHER


def _reached(t: Term) -> Iterator[Term]:
    """The values of a choice that may be taken, as far as comparisons of what is the same say."""
    for value, condition in zip(t.args[::2], t.args[1::2], strict=True):
        same = condition.head in _SAME_OR_NOT and condition.args[0] == condition.args[1]
        if same and condition.head in ("lt", "ne"):
            continue
        yield value
        if same:
            return


def _has_positive(t: Term, domain: Domain, summand: int) -> bool:
    """Is a summand positive whose index has a name? So it is in the sum over those at risk."""
    body, index, *_ = t.args
    named = (sym(v) for v in sorted(free_names(body) - parts(body).arrays - {index.name}) if domain[v].whole)
    places = ({index.name: v} for v in named if in_range(v, t, domain))
    seen = summand == _ABOVE
    return any(seen or (_decides(body, put) and positive(substitute(body, put), domain)) for put in places)


def _decides(t: Term, put: Mapping[str, Term]) -> bool:
    """Does the index, where it is this one, decide a comparison? Else it says no more than the sum."""
    pairs = (a.args for a in _nodes(t) if a.head in _SAME_OR_NOT and not free_names(a).isdisjoint(put))
    return any(substitute(a, put) == substitute(b, put) for a, b in pairs)


def in_range(v: Term, t: Term, domain: Domain) -> bool:
    """Is a whole number seen to lie in the range of a sum or product?"""
    first, last = t.args[2:]
    whole_ends = all(whole(end, domain.__getitem__) for end in (first, last))
    return whole_ends and least(sub(v, first), domain) >= 0 and least(sub(last, v), domain) >= 0


def within(t: Term, domain: Domain) -> Domain:
    """What is known under a sum: its index lies in its range, and has hidden any other variable of its name."""
    _, index, first, last = t.args
    r = between(first, last).apart_from(index.name)
    return _hiding(domain, frozenset((index.name,))).with_(index.name, r)


def _hiding(domain: Domain, names: frozenset[str]) -> Domain:
    """What is known where these names mean others than the domain does."""
    if names.isdisjoint(domain.names):
        return domain
    ranges = {v: r for v, r in domain.ranges.items() if v not in names}
    for name in names:
        ranges = {v: r.apart_from(name) for v, r in ranges.items()}
    return Domain(ranges, domain.groups)


def _not_empty(t: Term, domain: Domain) -> bool:
    """Is the last index of a sum seen not to lie before the first one, both being whole numbers?"""
    first, last = t.args[2:]
    return all(whole(end, domain.__getitem__) for end in (first, last)) and least(sub(last, first), domain) >= 0


def least(t: Term, domain: Domain) -> Fraction | float:
    """A lower bound of what is linear in variables, by the ends of their ranges; −∞ where none is seen."""
    rows = linear(t)
    for _ in range(_MAX_BOUNDS):
        inner = [v for v, c in (rows or {}).items() if v and c and domain[v].index is not None]
        if rows is None or not inner:
            break
        c, ends = rows.pop(inner[0]), domain[inner[0]].index
        more = linear(mul(num(c), ends[c < 0])) if ends else None  # an index is least at the first one
        rows = None if more is None else {w: rows.get(w, Fraction(0)) + more.get(w, 0) for w in {**rows, **more}}
    if rows is None:
        return -math.inf
    out = rows.pop("", Fraction(0))
    for v, c in rows.items():
        end = _end(domain[v], lower=c > 0) if c else Fraction(0)
        if end is None:
            return -math.inf
        out += c * end
    return out


def _end(r: Range, *, lower: bool) -> Fraction | None:
    """The least or the greatest value; of whole numbers in an open interval, the next one."""
    if r.values is not None:
        return min(r.values) if lower else max(r.values)
    end, is_open = (r.lower, r.lower_open) if lower else (r.upper, r.upper_open)
    if end is None or not r.whole:
        return end
    nearest = Fraction(math.ceil(end) if lower else math.floor(end))
    return nearest if nearest != end or not is_open else nearest + (1 if lower else -1)


def linear(t: Term) -> dict[str, Fraction] | None:
    """The coefficients of the variables, and under "" what is added; None where it is not linear."""
    match t.head:
        case "num":
            return {"": t.value}
        case "sym":
            return {t.name: Fraction(1)}
        case "add":
            parts = [linear(a) for a in t.args]
            known = [p for p in parts if p is not None]
            if len(known) < len(parts):
                return None
            return {
                v: sum((p.get(v, Fraction(0)) for p in known), Fraction(0)) for v in {v: 0 for p in known for v in p}
            }
        case "mul" if len(t.args) == 2 and t.args[0].head == "num":
            inner = linear(t.args[1])
            return None if inner is None else {v: t.args[0].value * c for v, c in inner.items()}
    return None


def _rest_of_one(t: Term) -> bool:
    """1 − σ(u) or 1 − Φ(u)."""
    if len(t.args) != 2 or _ONE not in t.args:
        return False
    other = t.args[1] if t.args[0] == _ONE else t.args[0]
    return other.head == "mul" and other.args[0] == num(-1) and [a.head for a in other.args[1:]] in _SHARES


_SHARES = (["sigmoid"], ["normcdf"])


#: a term as head, name or number, and parts
Form: TypeAlias = "tuple[str, str, tuple[Form, ...]]"


def form(t: Term, names: Mapping[str, str], depth: int = 0) -> Form:
    """What a term is up to the order of factors and addends and the names of indices: equal for equal functions only.

    The indices that are named have a head of their own, so that no variable is taken for one, whatever it is called.
    """
    if t.head == "sym":
        return ("index", names[t.name], ()) if t.name in names else ("sym", t.name, ())
    if t.head in BINDERS:
        bound = [t.args[i].name for i in BINDERS[t.head][0]]
        names, depth = {**names, **{v: f"{depth}.{i}" for i, v in enumerate(bound)}}, depth + 1
    if not children(t):
        return t.head, repr(t), ()
    parts = [form(a, names, depth) for a in (_factors(t) if t.head == "mul" else t.args)]
    return t.head, "", tuple(sorted(parts) if t.head in ("add", "mul") else parts)


def _factors(t: Term) -> list[Term]:
    return [b for a in t.args for b in _factors(a)] if t.head == "mul" else [t]
