"""Rules that take the largest exponential out of a sum, so that none overflows and not all underflow."""

from __future__ import annotations

from derive.floating.forms import Product, from_linear, minus
from derive.floating.products import tidy
from derive.terms.term import Term, add, make


def largest_first(t: Term) -> Term | None:
    """exp(u)/(a exp(u) + b exp(v)) = exp(u − m)/(a exp(u − m) + b exp(v − m)), m = max(u, v)."""
    if t.head not in ("mul", "pow"):
        return None
    p = Product(t)
    for base in list(p.powers):
        split = _split(base) if p.whole(base) else None
        if split is not None:
            largest, rest = split
            e = p.whole(base)
            p.times(base, -e)
            p.times(rest, e)
            p.times_exp(largest, e)
            return p.term()
    return None


def log_of_largest(t: Term) -> Term | None:
    """log(a exp(u) + b exp(v)) = m + log(a exp(u − m) + b exp(v − m))."""
    split = _split(t.args[0]) if t.head == "log" else None
    return None if split is None else add(split[0], make("log", split[1]))


def _split(total: Term) -> tuple[Term, Term] | None:
    """m and the sum times exp(−m); None where that is done already, or nothing is gained."""
    if total.head != "add":
        return None
    parts = [Product(a) for a in total.args]
    exponents = list(dict.fromkeys(from_linear(p.exp) for p in parts))
    if len(exponents) < 2 or any(e.head == "max" or _has_max(e) for e in exponents):
        return None
    largest = make("max", *exponents)
    for p in parts:
        p.times_exp(minus(largest))
    return largest, add(*(p.term() for p in parts))


def _has_max(e: Term) -> bool:
    return e.head == "max" or any(map(_has_max, e.args)) if e.head not in ("num", "sym") else False


QUOTIENTS = (tidy, largest_first, log_of_largest)
