"""The order people write things in: 1/m in front, h − y and not −y + h, entries of the data last in a product."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction

from derive.terms.term import Term, add, children, mul, num, power, walk

BIG = ("sum", "prod")
_MATRIX = frozenset({"matrix", "transpose", "matmul", "diag", "entries", "map", "scale", "matadd"})
_OPEN = ("log", "log1p", "loggamma", "max", "min")


@dataclass(frozen=True, slots=True)
class Ratio:
    """A factor of a product: one fraction, or a plain factor when nothing is below."""

    above: tuple[Term, ...]
    below: tuple[Term, ...] = ()


@dataclass(frozen=True, slots=True)
class Product:
    """A signed product in print order."""

    negative: bool
    factors: tuple[Ratio, ...]


def is_matrix(term: Term) -> bool:
    """Is the term a whole vector or matrix, or an entrywise function of one?"""
    if term.head in _MATRIX:
        return True
    return term.head not in ("entry", "at", "matrix") and any(map(is_matrix, children(term)))


def signed_terms(term: Term) -> list[tuple[bool, Term]]:
    """The terms of a sum in print order, each with its sign: is it subtracted?"""
    signed = [(minus, negated(t) if minus else t) for t in _flat("add", term) for minus in [is_negative(t)]]
    polynomial = any(not minus and t.head != "num" and _is_monomial(t) for minus, t in signed)
    return sorted(signed, key=lambda s: (not _is_main(s[1], term), s[0], *_weight(s[1], polynomial)))


def _is_main(part: Term, whole: Term) -> bool:
    """A sum over the samples that makes up most of the whole comes first, whatever its sign."""
    return _is_big(part) and 2 * part.size > whole.size and all(a.head != "num" for a in whole.args)


def _is_big(term: Term) -> bool:
    return any(node.head in (*BIG, "matmul") for node in walk(term))


def _is_monomial(term: Term) -> bool:
    return all(f.head == "num" or _is_plain(f) for f in _flat("mul", term))


def _weight(term: Term, polynomial: bool) -> tuple[int, int]:
    """Large sums first, by size; then terms as they are, x + 1 but 1 + exp(x); those that start with a bracket last."""
    if term.head == "num":
        return (3 if polynomial else 1, 0)
    if _is_big(term):
        return (0, -term.size)
    first = split(term).factors[0]
    return (2 if first.above and first.above[0].head == "add" else 1, 0)


def _flat(head: str, term: Term) -> list[Term]:
    return [t for a in term.args for t in _flat(head, a)] if term.head == head else [term]


def is_negative(term: Term) -> bool:
    """Would the term be printed with a minus in front?"""
    if term.head == "num":
        return term.value < 0
    if term.head in BIG:
        return term.head == "sum" and is_negative(term.args[0])
    if term.head == "add":
        return all(is_negative(t) for t in _flat("add", term))
    return term.head == "mul" and sum(map(is_negative, _flat("mul", term))) % 2 == 1


def negated(term: Term) -> Term:
    """The positive counterpart of a term that `is_negative`."""
    if term.head == "num":
        return num(-term.value)
    if term.head == "add":
        return add(*map(negated, _flat("add", term)))
    if term.head == "sum":
        return Term("sum", (negated(term.args[0]), *term.args[1:]))
    return mul(*(negated(f) if is_negative(f) else f for f in _flat("mul", term)))


def split(term: Term) -> Product:
    """The factors of a product (or of anything else, as a product of one) in print order."""
    negative = is_negative(term)
    factors = [negated(f) if is_negative(f) else f for f in _flat("mul", term)]
    value = Fraction(1)
    for f in factors:
        value *= f.value if f.head == "num" else 1
    above = [f for f in factors if f.head != "num" and not _is_below(f)]
    below = [_reciprocal(f) for f in factors if _is_below(f)]
    return Product(negative, tuple(_arranged(value, above, below)) or (Ratio((num(1),)),))


def _is_below(f: Term) -> bool:
    return f.head == "pow" and is_negative(f.args[1])


def _reciprocal(f: Term) -> Term:
    base, exponent = f.args
    opposite = negated(exponent)
    return base if opposite == num(1) else power(base, opposite)


def _arranged(value: Fraction, above: list[Term], below: list[Term]) -> list[Ratio]:
    """Numbers and plain symbols first, as one fraction; then the rest, with its denominators."""
    first = ([num(value.numerator)] if value.numerator != 1 else []) + sorted(filter(_is_plain, above), key=_rank)
    under = ([num(value.denominator)] if value.denominator != 1 else []) + [f for f in below if _is_plain(f)]
    rest = [f for f in above if not _is_plain(f)]
    inner = [f for f in below if not _is_plain(f)]
    if inner and not _keeps_apart(rest, inner):
        return _one_fraction(first, rest, under + inner)
    front = [Ratio(tuple(first), tuple(under))] if under else [Ratio((f,)) for f in first]
    return front + _in_order(rest, inner)


def _is_plain(f: Term) -> bool:
    base = f.args[0] if f.head == "pow" and f.args[1].head == "num" and f.args[1].value.denominator == 1 else f
    return base.head in ("num", "sym", "pi", "e", "euler_gamma")


def _keeps_apart(above: list[Term], below: list[Term]) -> bool:
    """Derivatives, and what has not been cancelled yet, are shown as separate factors: y (1/h) ∂h/∂θ."""
    return any(f.head in ("diff", *BIG) for f in above) or any(_related(f, below) for f in above)


def _related(f: Term, others: Iterable[Term]) -> bool:
    def entries(t: Term) -> set[Term]:
        return {node for node in walk(t) if node.head in ("at", "matrix")}

    return any(entries(f) & entries(other) for other in others)


def _one_fraction(first: list[Term], rest: list[Term], below: list[Term]) -> list[Ratio]:
    rest = _sorted(rest)
    after = [f for f in rest if _rank(f) >= _DATA]
    above = [*first, *(f for f in rest if f not in after)]
    return [Ratio(tuple(above), tuple(below)), *(Ratio((f,)) for f in after)]


def _in_order(above: list[Term], below: list[Term]) -> list[Ratio]:
    """What has nothing to do with the denominators, then 1/denominator, then the rest."""
    early = [f for f in above if below and _rank(f) < _DATA and not _related(f, below)]
    late = [f for f in above if f not in early]
    fractions = [Ratio((), (f,)) for f in below]
    return [*(Ratio((f,)) for f in _sorted(early)), *fractions, *(Ratio((f,)) for f in _sorted(late))]


_DATA = 5


def _rank(f: Term) -> int:
    base = f.args[0] if f.head == "pow" else f
    if base.head == "at":
        return _DATA if len(base.args) == 3 else 1
    if base.head in (*BIG, "diff", "delta", "add", *_OPEN):
        return {"add": 3, "delta": 7, "diff": 8, "sum": 9, "prod": 9}.get(base.head, 4)
    if base.head == "matrix":
        return 1
    return 10 if base.head in _MATRIX else 0 if _is_plain(f) else 2


def _sorted(factors: list[Term]) -> list[Term]:
    """By rank; an entry v_k that is summed against A_ik comes after it."""
    columns = {f.args[2] for f in factors if f.head == "at" and len(f.args) == 3}

    def key(f: Term) -> int:
        return _DATA + 1 if f.head == "at" and len(f.args) == 2 and f.args[1] in columns else _rank(f)

    return sorted(factors, key=key)
