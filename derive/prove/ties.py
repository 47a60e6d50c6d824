"""Choices: what decides them, where they tie, and what else may jump."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import lru_cache

from derive.prove.signals import GaveUp
from derive.terms.term import BINDERS, Term, add, children, free_names, make, mul, num, power, sub, walk

#: heads whose value depends on a sign
CHOICES = frozenset({"abs", "sign", "heaviside", "max", "min", "lt", "le", "eq", "ne"})


@lru_cache(maxsize=20_000)
def has_choice(t: Term, name: str) -> bool:
    """Does a choice in t depend on the variable?"""
    if name not in free_names(t):
        return False
    return t.head in CHOICES or any(has_choice(a, name) for a in children(t))


def summed_choice(t: Term, name: str) -> bool:
    """Does a choice under a sum depend on the variable?"""
    if name not in free_names(t):
        return False
    return (t.head == "sum" and has_choice(t.args[0], name)) or any(summed_choice(a, name) for a in children(t))


def jumps(t: Term, name: str) -> bool:
    """May this operation itself jump where the variable moves, though no choice is seen in it?"""
    if t.head in ("floor", "delta"):
        return name in free_names(t)
    whole = t.args[1:] if t.head == "at" else t.args[2:] if t.head in ("sum", "prod") else ()
    return any(name in free_names(a) for a in whole)


def edges(t: Term) -> tuple[Term, ...]:
    """What must not be negative, and may be 0, where a function ends; that of a power depends on its exponent."""
    if t.head in ("asin", "acos"):
        return sub(num(1), t.args[0]), add(num(1), t.args[0])
    if t.head == "acosh":
        return (sub(t.args[0], num(1)),)
    return (add(num(1), mul(make("e"), t.args[0])),) if t.head == "lambertw" else ()


def deciding(t: Term) -> Iterator[Term]:
    """Terms whose signs decide this operation, where it is a choice."""
    if t.head in ("lt", "le", "eq", "ne"):
        yield sub(t.args[0], t.args[1])
    elif t.head in ("abs", "sign", "heaviside"):
        yield t.args[0]
    elif t.head in ("max", "min"):
        yield from (sub(a, b) for i, a in enumerate(t.args) for b in t.args[i + 1 :])


#: what must not be 0: of an operation, as far as it depends on a variable
Apart = Callable[[Term, str], Sequence[Term]]


def tied(t: Term, name: str) -> Sequence[Term]:
    """What decides a choice that depends on the variable."""
    return tuple(gap for gap in deciding(t) if name in free_names(gap))


def apart(t: Term, name: str, own: Apart) -> Term:
    """A term that has a value exactly where all parts of t have one, and nothing that `own` finds in them is 0."""
    if not any(own(a, name) for a in walk(t)):
        return num(0)
    if t.head == "sum":
        return Term("sum", (apart(t.args[0], name, own), *t.args[1:]))
    if t.head == "piecewise":  # only the branch that is taken needs a value
        taken = make("piecewise", *(a if i % 2 else apart(a, name, own) for i, a in enumerate(t.args)))
        return add(taken, *(apart(a, name, own) for a in t.args[1::2]))
    if t.head in BINDERS:
        raise GaveUp(f"a derivative in {t.head} with respect to an entry")
    return add(*(power(a, num(-1)) for a in own(t, name)), *(apart(a, name, own) for a in children(t)))
