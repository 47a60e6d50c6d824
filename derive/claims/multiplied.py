"""A formula written as a sum of products, so that each can be averaged on its own."""

from __future__ import annotations

from itertools import product

from derive.domain import Domain
from derive.prove.forms import positive
from derive.terms.term import Term, add, free_names, make, mul, num, power, rebuild

_ZERO, _ONE = num(0), num(1)
_MOST = 400


class NotKnown(Exception):
    """An expectation that is not known, and why."""


def off_zeros(t: Term, domain: Domain) -> Term:
    """Without branches for the case that something positive is 0; that it is the same is proved with the whole."""
    t = rebuild(t, lambda a: off_zeros(a, domain))
    if t.head != "piecewise" or len(t.args) != 4 or t.args[3].head != "true":
        return t
    asked = t.args[1].args if t.args[1].head == "and" else (t.args[1],)
    never = any(c.head == "eq" and c.args[1] == _ZERO and positive(c.args[0], domain) for c in asked)
    return t.args[2] if never else t


def expanded(t: Term, name: str) -> list[list[Term]]:
    """Products that add up to t, each a list of factors: sums with the name in them are multiplied out."""
    if name not in free_names(t):
        return [[t]]
    if t.head == "add":
        rows = [row for a in t.args for row in expanded(a, name)]
    elif t.head == "mul":
        rows = [[f for part in choice for f in part] for choice in product(*(expanded(a, name) for a in t.args))]
    elif t.head == "pow" and t.args[1].head == "num" and t.args[1].value in range(5):
        rows = expanded(mul(_ONE, _ONE, *[t.args[0]] * int(t.args[1].value)), name)
    elif t.head == "pow" and t.args[0].head == "mul":  # that both are equal is proved with the whole
        rows = expanded(mul(*(power(a, t.args[1]) for a in t.args[0].args)), name)
    elif t.head == "log" and t.args[0].head == "mul":
        rows = expanded(add(*(make("log", a) for a in t.args[0].args)), name)
    elif t.head == "pow" and t.args[0].head == "pow" and t.args[1].head == t.args[0].args[1].head == "num":
        rows = expanded(power(t.args[0].args[0], num(t.args[1].value * t.args[0].args[1].value)), name)
    else:
        rows = [[t]]
    if len(rows) > _MOST:
        raise NotKnown("it has too many terms to be multiplied out")
    return rows
