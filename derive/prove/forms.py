"""What is seen of a term by its form alone: that it has a value everywhere, that it is positive."""

from __future__ import annotations

from collections.abc import Callable, Collection
from functools import lru_cache
from typing import NamedTuple

from derive.domain import Domain, Range
from derive.terms.heads import INDEXING, LEAVES
from derive.terms.term import BINDERS, Term, bound_names, children, free_names, num

_ONE = num(1)
_NONE: frozenset[str] = frozenset()
_INDEX = Range(integer=True)
#: operations under which a term is defined whenever its parts are
_TOTAL = frozenset({"num", "sym", "at", "add", "mul", "exp", "expm1", "sigmoid", "softplus", "logsigmoid"})
_TOTAL |= frozenset({"delta", "floor", "tanh", "sinh", "cosh", "sech", "sin", "cos", "atan", "erf", "erfc", "pi", "e"})
_TOTAL |= frozenset({"abs", "max", "min", "sign", "heaviside", "normcdf", "normpdf", "asinh", "euler_gamma"})
_TOTAL |= frozenset({"lt", "le", "eq", "ne", "and", "or", "not", "true", "false"})
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
        literal = e.head == "num"
        polynomial = literal and e.value.denominator == 1 and e.value >= 0
        return total(base, domain) and (polynomial or (positive(base, domain) and total(e, domain)))
    if t.head == "log":
        return positive(t.args[0], domain) and total(t.args[0], domain)
    if t.head == "piecewise":
        return t.args[-1].head == "true" and all(total(a, domain) for a in t.args)
    if t.head in ("sum", "prod"):
        body, index, *ends = t.args
        known = all(whole(a, domain.__getitem__) and total(a, domain) for a in ends)
        return known and total(body, domain.with_(index.name, _INDEX))
    inside = domain.without(bound_names(t))
    return t.head in _TOTAL and all(total(a, inside) for a in children(t))


def positive(t: Term, domain: Domain) -> bool:
    """Is the term seen to be positive, by its form?"""
    match t.head:
        case "num":
            return t.value > 0
        case "sym" | "at":
            return domain[t.name].sign == "+"
        case "mul":
            return all(positive(a, domain) for a in t.args)
        case "add":
            signed = all(_nonnegative(a, domain) for a in t.args)
            return (signed and any(positive(a, domain) for a in t.args)) or _rest_of_one(t)
        case "pow":
            return positive(t.args[0], domain)
    return t.head in _POSITIVE


def _nonnegative(t: Term, domain: Domain) -> bool:
    """Is the term seen not to be negative, by its form?"""
    match t.head:
        case "num":
            return t.value >= 0
        case "sym" | "at":
            return domain[t.name].sign in ("+", "0", ">=")
        case "mul":
            return all(_nonnegative(a, domain) for a in t.args)
        case "pow":
            e = t.args[1]
            even = e.head == "num" and e.value.denominator == 1 and e.value % 2 == 0
            return even or _nonnegative(t.args[0], domain)
    return t.head == "abs" or positive(t, domain)


def _rest_of_one(t: Term) -> bool:
    """1 − σ(u) or 1 − Φ(u)."""
    if len(t.args) != 2 or _ONE not in t.args:
        return False
    other = t.args[1] if t.args[0] == _ONE else t.args[0]
    return other.head == "mul" and other.args[0] == num(-1) and [a.head for a in other.args[1:]] in _SHARES


_SHARES = (["sigmoid"], ["normcdf"])
