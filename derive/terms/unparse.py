"""A term as a formula in text. What is printed here is read back by `parse_formula` as the same term."""

from __future__ import annotations

from collections.abc import Sequence

from derive.errors import TermError
from derive.terms.calls import CONSTANTS, FUNCTIONS, NOT_REAL
from derive.terms.term import Term, num, walk
from derive.terms.tokens import is_plain_name

_OR, _AND, _NOT, _COMPARE, _SUM, _PRODUCT, _POWER, _ATOM = range(1, 9)
_COMPARISONS = {"lt": "<", "le": "<=", "eq": "==", "ne": "!="}
_CONSTANTS = {t.head: name for name, t in CONSTANTS.items()}
_LIMITED = {"sum": "Sum", "prod": "Product"}
_MAX_DIGITS = 900
_ONE, _MINUS_ONE, _HALF = num(1), num(-1), num(1, 2)


def unparse(term: Term) -> str:
    """The formula of a term: Python syntax, with as few parentheses as keep the same term.

    A name that the grammar gives another meaning (a variable called `pi`) and a number of more than 900 digits cannot
    be written: TermError.

    >>> from derive.terms.text import parse_formula
    >>> unparse(parse_formula("-(y*log(h)) - (1 - y)*log(1 - h) + x[i]**2/3"))
    '-(y*log(h)) - (1 - y)*log(1 - h) + x[i]**2/3'
    """
    _check_names(term)
    return _show(term)[0]


def _check_names(term: Term) -> None:
    names, calls = set(), set()
    for node in walk(term):
        if node.head == "sym":
            names.add(node.name)
        else:
            calls.add(node.head)
    for name in sorted(names):
        if name in CONSTANTS or name in NOT_REAL or not is_plain_name(name):
            raise TermError(f"{name!r} is not the name of a variable in a formula; rename it")
        if name in calls | {"sqrt"} and name in FUNCTIONS:
            raise TermError(f"{name!r} is a variable and a function here; rename the variable")


def _show(t: Term) -> tuple[str, int]:
    """The text, and how tightly its outermost operator binds."""
    match t.head:
        case "num":
            return _number(t)
        case "sym":
            return t.name, _ATOM
        case "add":
            return _sum(t), _SUM
        case "mul":
            return _product(t.args), _PRODUCT
        case "pow":
            return _power(*t.args)
        case "and" | "or" as head:
            level = _AND if head == "and" else _OR
            return f" {head} ".join(_at(a, level + 1) for a in t.args), level
        case "not":
            return f"not {_at(t.args[0], _NOT)}", _NOT
        case "at":
            return f"{t.name}[{_list(t.args[1:])}]", _ATOM
    if t.head in _COMPARISONS:
        return f" {_COMPARISONS[t.head]} ".join(_at(a, _SUM) for a in t.args), _COMPARE
    return _call(t), _ATOM


def _at(t: Term, level: int) -> str:
    text, own = _show(t)
    return text if own >= level else f"({text})"


def _list(terms: tuple[Term, ...]) -> str:
    return ", ".join(_at(a, _OR) for a in terms)


def _number(t: Term) -> tuple[str, int]:
    p, q = t.value.numerator, t.value.denominator
    if max(abs(p), q) >= 10**_MAX_DIGITS:
        raise TermError(f"a number of more than {_MAX_DIGITS} digits cannot be written in a formula")
    return (f"{p}/{q}", _PRODUCT) if q > 1 else (f"{p}", _ATOM if p >= 0 else _SUM)


def _call(t: Term) -> str:
    if t.head in _CONSTANTS:
        return _CONSTANTS[t.head]
    if t.head == "piecewise":
        pairs = zip(t.args[::2], t.args[1::2], strict=True)
        return f"Piecewise({', '.join(f'({_list(pair)})' for pair in pairs)})"
    if t.head in _LIMITED:
        return f"{_LIMITED[t.head]}({_at(t.args[0], _OR)}, ({_list(t.args[1:])}))"
    return f"{t.head}({_list(t.args)})"


def _sum(t: Term) -> str:
    first, *rest = t.args
    return _at(first, _SUM if first.head != "add" else _ATOM) + "".join(map(_signed, rest))


def _signed(t: Term) -> str:
    if t.head == "num" and t.value < 0:
        return f" - {_show(num(-t.value))[0]}"
    if t.head == "mul" and t.args[0].head == "num" and t.args[0].value < 0:
        return f" - {_minus(t.args)}"
    return f" + {_at(t, _PRODUCT)}"


def _minus(factors: tuple[Term, ...]) -> str:
    """What stands behind the minus sign of a product that starts with a negative number."""
    first, *rest = factors
    if first != _MINUS_ONE or rest[0].head == "num":
        return _chain(num(-first.value), rest)
    return _chain(rest[0], rest[1:])


def _product(factors: tuple[Term, ...]) -> str:
    if factors[0].head == "num" and factors[0].value < 0:
        return f"-{_minus(factors)}"
    return _chain(factors[0], factors[1:])


def _chain(first: Term, rest: Sequence[Term]) -> str:
    """first*b/c...; a first factor 1 and a quotient of two numbers are written so that they stay as they are."""
    alone = first.head == "num"
    out = _at(first, _PRODUCT if alone or _inverse(first) else _POWER)
    for factor in rest:
        inverse = None if alone and (first == _ONE or factor.head == "num") else _inverse(factor)
        out += f"*{_at(factor, _POWER)}" if inverse is None else f"/{_at(inverse, _POWER)}"
        alone = False
    return out


def _inverse(t: Term) -> Term | None:
    """d, when multiplying by t is written as dividing by d."""
    if t.head == "num" and t.value.numerator == 1 and t.value.denominator > 1:
        return num(t.value.denominator)
    if t.head == "pow" and t.args[1] == _MINUS_ONE and t.args[0].head != "num":
        return t.args[0]
    return None


def _power(base: Term, exponent: Term) -> tuple[str, int]:
    if exponent == _MINUS_ONE and base.head != "num":
        return f"1/{_at(base, _POWER)}", _PRODUCT
    if exponent == _HALF:
        return f"sqrt({_at(base, _OR)})", _ATOM
    return f"{_at(base, _ATOM)}**{_at(exponent, _POWER)}", _POWER
