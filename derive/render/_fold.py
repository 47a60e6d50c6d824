"""Short names for what is printed: replaces a subterm by its notation, h_i or h. For print only, never for a proof."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import combinations

from derive.certificate import Notation
from derive.terms.term import BINDERS, LEAVES, Term, at, free_names, make, num, rebuild, sub, substitute, sym, walk

#: what a hole stands for so far (None: nothing yet)
Found = dict[str, Term | None]
_NONE = num(0)
_MAX_FACTORS = 8


def fold(term: Term, notation: Iterable[Notation] = ()) -> Term:
    """The term with whole matrices written out as sums and products of their names, and all notation put in."""
    usable = [n for n in notation if n.name not in _all_names(term)]
    scalar = _replace(term, [(_entry_name(n), n.term, n.indices) for n in usable])
    vectors = [(column(n.name), whole, ()) for n in usable if (whole := _whole(n)) is not None]
    lowered = _replace(_lower(scalar), vectors)
    return lowered if ALL_BUT_FIRST in _all_names(term) else _replace(lowered, [_ALL_BUT_FIRST])


def _all_names(term: Term) -> frozenset[str]:
    return frozenset(node.name for node in walk(term) if node.head == "sym")


def _entry_name(n: Notation) -> Term:
    return at(n.name, *map(sym, n.indices)) if n.indices else sym(n.name)


def _whole(n: Notation) -> Term | None:
    return vectorise(n.term, n.indices[0], products=True) if len(n.indices) == 1 else None


def column(name: str) -> Term:
    """The vector `name`. Its size does not matter in print."""
    return make("matrix", sym(name), _NONE, _NONE)


def _replace(term: Term, rules: Sequence[tuple[Term, Term, tuple[str, ...]]]) -> Term:
    for short, pattern, indices in rules:
        found = match(pattern, term, indices)
        if found is not None:
            return substitute(short, found)
        some = _some_factors(pattern, term, indices)
        if some is not None:
            found, rest = some
            return _replace(make("mul", substitute(short, found), *rest), rules)
    return rebuild(term, lambda a: _replace(a, rules)) if term.head not in LEAVES else term


def _some_factors(pattern: Term, term: Term, holes: Iterable[str]) -> tuple[dict[str, Term], list[Term]] | None:
    """What the holes stand for where a product is some of the factors of the term, and the others."""
    if pattern.head != "mul" or term.head != "mul" or not len(pattern.args) < len(term.args) <= _MAX_FACTORS:
        return None
    for chosen in combinations(range(len(term.args)), len(pattern.args)):
        found = match(pattern, Term("mul", tuple(term.args[n] for n in chosen)), holes)
        if found is not None:
            return found, [a for n, a in enumerate(term.args) if n not in chosen]
    return None


def match(pattern: Term, term: Term, holes: Iterable[str]) -> dict[str, Term] | None:
    """What the holes stand for if the two are the same up to names of bound indices and order, else None."""
    found = next(_match(pattern, term, {}, dict.fromkeys(holes)), None)
    return None if found is None else {name: value for name, value in found.items() if value is not None}


def _match(p: Term, t: Term, bound: Mapping[str, str], found: Found) -> Iterator[Found]:
    if p.head == "sym":
        yield from _match_name(p, t, bound, found)
    elif p.head != t.head or len(p.args) != len(t.args):
        return
    elif p.head == "num":
        yield from [found] if p == t else []
    elif p.head == "matrix":
        yield from [found] if p.args[0] == t.args[0] and p.args[2] in (_NONE, t.args[2]) else []
    elif p.head in BINDERS:
        yield from _match_binder(p, t, bound, found)
    elif p.head in ("add", "mul") and len(p.args) <= _MAX_FACTORS:
        yield from _match_any_order(p.args, t.args, bound, found)
    else:
        yield from _match_all(list(zip(p.args, t.args, strict=True)), bound, found)


def _match_name(p: Term, t: Term, bound: Mapping[str, str], found: Found) -> Iterator[Found]:
    if p.name in bound:
        same = t.head == "sym" and t.name == bound[p.name]
    elif p.name in found:
        same = found[p.name] in (None, t) and not free_names(t) & set(bound.values())
    else:
        same = p == t and p.name not in bound.values()
    if same:
        yield {**found, p.name: t} if p.name in found and p.name not in bound else found


def _match_binder(p: Term, t: Term, bound: Mapping[str, str], found: Found) -> Iterator[Found]:
    names, scopes = BINDERS[p.head]
    inside = {**bound, **{p.args[n].name: t.args[n].name for n in names}}
    outside = [(p.args[i], t.args[i]) for i in range(len(p.args)) if i not in names and i not in scopes]
    for partly in _match_all(outside, bound, found):
        yield from _match_all([(p.args[s], t.args[s]) for s in scopes], inside, partly)


def _match_all(pairs: list[tuple[Term, Term]], bound: Mapping[str, str], found: Found) -> Iterator[Found]:
    if not pairs:
        yield found
        return
    for partly in _match(*pairs[0], bound, found):
        yield from _match_all(pairs[1:], bound, partly)


def _match_any_order(
    ps: tuple[Term, ...], ts: tuple[Term, ...], bound: Mapping[str, str], found: Found
) -> Iterator[Found]:
    if not ps:
        yield found
    for n, t in enumerate(ts):
        for partly in _match(ps[0], t, bound, found):
            yield from _match_any_order(ps[1:], ts[:n] + ts[n + 1 :], bound, partly)


def vectorise(term: Term, index: str, products: bool = False) -> Term | None:
    """The vector whose entry `index` is the term: x_i becomes x, and Σ_k A_ik v_k becomes A v; None if that fails."""
    if index not in free_names(term):
        return None if any(index in _bound(node) for node in walk(term)) else term
    if term.head == "at":
        return column(term.name) if term.args[1:] == (sym(index),) else None
    if term.head == "sum" and products:
        return _matrix_product(term, index)
    if term.head in LEAVES or term.head in BINDERS or term.head in ("diff", "delta", "entry"):
        return None
    parts = [vectorise(a, index, products) for a in term.args]
    return None if None in parts else Term(term.head, tuple(p for p in parts if p is not None))


def _bound(node: Term) -> set[str]:
    return {node.args[i].name for i in BINDERS[node.head][0]} if node.head in BINDERS else set()


def _matrix_product(term: Term, index: str) -> Term | None:
    """Σ_k A_ik v_k over all columns of A is the entry i of A v."""
    body, k, first, last = term.args
    columns = _count(last) if first == _NONE else None
    if body.head != "mul" or len(body.args) != 2 or columns is None:
        return None
    arrays = {a.args[1:]: a.args[0] for a in body.args if a.head == "at"}
    left, right = arrays.get((sym(index), k)), arrays.get((k,))
    return make("matmul", make("matrix", left, _NONE, columns), column(right.name)) if left and right else None


def _count(last: Term) -> Term | None:
    """n for n − 1: how many indices there are from 0 to `last`."""
    if last.head == "num":
        return num(last.value + 1)
    if last.head == "add" and len(last.args) == 2 and num(-1) in last.args:
        return last.args[1 - last.args.index(num(-1))]
    return None


#: the name of diag(0, 1, …, 1), which leaves the bias alone
ALL_BUT_FIRST = "D"
_OTHER_THAN_0 = sub(num(1), make("delta", num(0), sym("i")))
_ALL_BUT_FIRST = (
    column(ALL_BUT_FIRST),
    make("diag", make("entries", _OTHER_THAN_0, sym("i"), sym("j"), sym("n"), num(1))),
    ("n",),
)


def _lower(term: Term) -> Term:
    """scale, matadd and map as ordinary products, sums and functions of whole matrices; columns by their entries."""
    if term.head in LEAVES:
        return term
    args = tuple(map(_lower, term.args))
    match term.head:
        case "scale":
            return Term("mul", args)
        case "matadd":
            return Term("add", _beside(term.args, args))
        case "map" if args[1].name in free_names(args[0]):
            return substitute(args[0], {args[1].name: args[2]})
        case "entries":
            return _lower_entries(Term("entries", args))
    return Term(term.head, args)


def _beside(columns: tuple[Term, ...], lowered: tuple[Term, ...]) -> tuple[Term, ...]:
    """A number beside a vector is enough where it stands in each entry; alone it says nothing of how many there are."""
    numbers = [_everywhere(column) for column in columns]
    if None not in numbers:
        return lowered
    return tuple(low if n is None else n for low, n in zip(lowered, numbers, strict=True))


def _everywhere(term: Term) -> Term | None:
    """What stands in each entry of a column that is the same everywhere."""
    if term.head == "scale" and (inner := _everywhere(term.args[1])) is not None:
        factor = term.args[0]
        return num(factor.value * inner.value) if factor.head == inner.head == "num" else make("mul", factor, inner)
    if term.head == "entries" and term.args[4] == num(1):
        body, i, j = term.args[:3]
        return None if {i.name, j.name} & free_names(body) else body
    return None


def _lower_entries(term: Term) -> Term:
    body, i, j, _, columns = term.args
    if body.head == "at" and body.args[1:] == (i, j):
        return column(body.name)
    if columns == num(1) and i.name in free_names(body) and j.name not in free_names(body):
        return vectorise(body, i.name) or term
    return term
