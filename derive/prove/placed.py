"""Which entry an index means: a gap that is not 0 for different indices may be 0 where two are equal, or for one size.

Of an index that is not that of a sum, only which others it is equal to matters, and which ranges it lies in: entries
of one array can be exchanged. Of a sum with symbolic length, entries but a few can be 0: where that leaves out their
summands, a function that is not 0 for small lengths is not 0 for large ones.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from fractions import Fraction

from derive.prove.forms import parts
from derive.prove.signals import GaveUp
from derive.terms.term import Term, add, children, free_names, num, rebuild, substitute, walk

_MOST, _MOST_WITH_SIZES, _MOST_UNROLLED, _MOST_LENGTHS = 4, 3, 4, 8
_OUTSIDE = 9  # beyond all the lengths that are tried
_ZERO = num(0)
#: functions that are analytic on the whole line
ENTIRE = frozenset({"add", "mul", "exp", "expm1", "sin", "cos", "sinh", "cosh", "tanh", "sech", "sigmoid", "softplus"})
ENTIRE |= {"logsigmoid", "erf", "erfc", "normpdf", "normcdf", "atan", "asinh"}
CONTINUOUS = ENTIRE | {"at", "sym", "sum"}
_ODD = frozenset({"sin", "sinh", "tanh", "asinh", "atan", "erf", "expm1"})


#: indices that are known not to be equal
Apart = frozenset[tuple[Term, Term]]


def placed(t: Term, known: Apart = frozenset()) -> Iterator[Term]:
    """The term with numbers in place of its indices, in each way in which they may be equal and lie in ranges."""
    t = _unrolled(t)
    sized = any(a.head == "sum" for a in walk(t))
    if sized:
        _check_sums(t)
    terms = list(dict.fromkeys(i for a in walk(t) if a.head == "at" for i in a.args[1:]))
    terms = [i for i in terms if parts(t).bound.isdisjoint(free_names(i))]
    if len(terms) > (_MOST_WITH_SIZES if sized else _MOST):
        raise GaveUp("a boundary with too many indices")
    places = (*range(len(terms)), _OUTSIDE) if sized else range(len(terms))
    apart = [(a, b) for a, b in itertools.combinations(terms, 2) if {(a, b), (b, a)} & known or never_equal(a, b)]
    for chosen in itertools.product(places, repeat=len(terms)):
        put = dict(zip(terms, chosen, strict=True))
        if all(put[a] != put[b] for a, b in apart):
            yield _put(t, {i: num(x) for i, x in put.items()})


def _put(t: Term, places: dict[Term, Term]) -> Term:
    if t.head == "at":
        return Term("at", (t.args[0], *(places[i] if i in places else _put(i, places) for i in t.args[1:])))
    return rebuild(t, lambda a: _put(a, places))


def never_equal(a: Term, b: Term) -> bool:
    """Is it seen that they differ by a number that is not 0?"""
    (left, c), (right, d) = offset(a), offset(b)
    return left == right and c != d


def offset(i: Term) -> tuple[tuple[Term, ...], Fraction]:
    """What is added up in an index, and the number added to it."""
    addends = i.args if i.head == "add" else (i,)
    numbers = [a.value for a in addends if a.head == "num"]
    return tuple(sorted((a for a in addends if a.head != "num"), key=repr)), sum(numbers, Fraction(0))


def _unrolled(t: Term) -> Term:
    """Sums over a few numbers, written out."""
    t = rebuild(t, _unrolled)
    if t.head != "sum" or not all(end.head == "num" for end in t.args[2:]):
        return t
    body, index, *ends = t.args
    first, last = (end.value for end in ends)
    if first.denominator != 1 or last.denominator != 1 or last - first >= _MOST_UNROLLED:
        raise GaveUp("a boundary with a long sum")
    return add(*(substitute(body, {index.name: num(k)}) for k in range(int(first), int(last) + 1)))


def _check_sums(t: Term) -> None:
    """Each from 0 to its length, those of one length to the same end, and of summands that entries make 0."""
    lasts: dict[Term, Term] = {}
    for a in walk(t):
        if a.head != "sum":
            continue
        body, index, first, last = a.args
        sizes, _ = offset(last)
        known = first == _ZERO and len(sizes) == 1 and sizes[0].head == "sym"
        if not known or lasts.setdefault(sizes[0], last) != last:
            raise GaveUp("a boundary with sums over different ranges")
        vanishes = _leaves_out(body, index.name) and _continuous(body, index.name)
        if not vanishes or index.name in free_names(_without_entries(body)):
            raise GaveUp("a boundary with a sum that need not vanish with its entries")
        entries = (i for e in walk(body) if e.head == "at" for i in e.args[1:])
        if any(i != index and index.name in free_names(i) for i in entries):
            raise GaveUp("a boundary with a sum of shifted entries")


def sizes(t: Term, name: str, least: Fraction) -> tuple[Fraction, ...]:
    """The values of a size from its least one on that give each length up to that at which all indices are in range."""
    shortest = min(offset(a.args[3])[1] for a in walk(t) if a.head == "sum" and name in free_names(a.args[3])) + 1
    count = max(Fraction(0), -shortest - least) + _MOST_WITH_SIZES + 1
    if count > _MOST_LENGTHS or count.denominator != 1:
        raise GaveUp("a boundary with a sum of odd length")
    return tuple(least + k for k in range(int(count)))


def _leaves_out(t: Term, index: str) -> bool:
    """Is it 0 where the entries with this index are?"""
    match t.head:
        case "at":
            return any(index in free_names(i) for i in t.args[1:])
        case "mul":
            return any(_leaves_out(a, index) for a in t.args)
        case "add":
            return all(_leaves_out(a, index) for a in t.args)
        case "sum":
            return _leaves_out(t.args[0], index)
        case "pow":
            return t.args[1].head == "num" and t.args[1].value > 0 and _leaves_out(t.args[0], index)
    return t.head in _ODD and _leaves_out(t.args[0], index)


def _continuous(t: Term, index: str) -> bool:
    """Has it a value where the entries with this index are 0, and a limit that is this value? 1/a times a is not 0."""
    if index not in free_names(t):
        return True
    natural = t.head == "pow" and t.args[1].head == "num" and t.args[1].value.denominator == 1 and t.args[1].value >= 0
    return (natural or t.head in CONTINUOUS) and all(_continuous(a, index) for a in children(t))


def _without_entries(t: Term) -> Term:
    return _ZERO if t.head == "at" else rebuild(t, _without_entries) if children(t) else t
