"""What a derivation claims, in terms alone: the equality of each step, and what a whole chain speaks of.

Both sides of a step are scalars. A whole matrix stands for its entry at the derivation's indices, whatever they are.
Used by `verify`, and by `replay` for a file from a stranger: so it knows no loss, no rule and no SymPy.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import combinations_with_replacement

from derive.certificate import CheckedDerivation, Proved, Verdict
from derive.domain import Domain
from derive.errors import DerivationError
from derive.terms.matrices import shape
from derive.terms.term import MATRIX_HEADS, Term, add, at, free_names, make, mul, num, sym

#: every array that can be a block of parameters -> the ranges of its indices, and how many values each has
_BLOCKS = {
    "theta": {"0..n-1": sym("n")},
    "eta": {"0..n-1": sym("n")},
    "Theta": {"0..n-1": sym("n"), "0..K-1": sym("K")},
    "tau": {"0..K-2": add(num(-1), sym("K"))},
}
_SIZES = ("m", "n", "K")
#: what sizes, data and parameters must be, for the claim to hold for every data set of any size: one of these
_GENERAL = {
    **dict.fromkeys(["X", *_BLOCKS], ("real",)),
    **dict.fromkeys(["m", "n"], ("(0, oo)",)),
    "K": ("(0, oo)", "[2, oo)"),
    **dict.fromkeys(["Y", "R", "e"], ("real", "{0, 1}")),
}


#: who decides whether two scalars are equal on the domain of a certificate
Prove = Callable[[Term, Term], Verdict]
NOT_AS_A_WHOLE = "each step is proved, but where they have values differs, and the whole is not decided"
#: ranges that have a value for every size: where K ≥ 1, and where K ≥ 2
_NEVER_EMPTY = {False: frozenset({"0..n-1", "0..m-1", "0..K-1", "one-hot(K)", "simplex(K)"})}
_NEVER_EMPTY[True] = _NEVER_EMPTY[False] | {"0..K-2"}


def equality(before: Term, after: Term, indices: Sequence[str]) -> tuple[Term, Term]:
    """The two scalars that a step claims to be equal: entries, where a side is a whole matrix."""
    return _scalar(before, indices), _scalar(after, indices)


def _scalar(term: Term, indices: Sequence[str]) -> Term:
    if term.head not in MATRIX_HEADS:
        return term
    if not 1 <= len(indices) <= 2:
        raise DerivationError(
            f"a whole matrix needs a row index (and a column index) to be compared by, not {indices!r}"
        )
    stray = free_names(term) & set(indices)
    if stray:
        raise DerivationError(
            f"the matrix itself depends on the index {', '.join(sorted(stray))} of its entries: {term!r}"[:300]
        )
    row, column = [*map(sym, indices), num(0)][:2]
    return make("entry", term, row, column)


def as_wholes(derivations: Sequence[CheckedDerivation], prove: Prove) -> Iterator[tuple[int, Verdict]]:
    """Which derivations are no whole by their steps alone: their numbers, and the verdicts on start = result.

    Equal wherever both have a value is not transitive: between two expressions that have values at a point there may be
    one that has none. It is, where the sets of points at which there is a value only grow, but for the last change. A
    Hessian starts from J″, as what holds of a gradient near a point holds of its derivative there.
    """
    for number, d in enumerate(derivations):
        origin, changes = d.start, _changes(d)
        for g, last in _starts_from(d, derivations):
            origin = make("diff", g.start, d.start.args[1])
            changes = [*_changes(replace(g, steps=g.steps[:last])), *changes]
        if not all(_grows(*sides, prove) for sides in changes[:-1]):
            yield number, prove(*equality(origin, d.steps[-1].result, d.indices))


def _starts_from(d: CheckedDerivation, derivations: Sequence[CheckedDerivation]) -> list[tuple[CheckedDerivation, int]]:
    """The gradient from an entry of which a Hessian starts, and how many of its steps lead there."""
    found = [
        (g, number)
        for g in derivations
        for number, step in enumerate(g.steps, 1)
        if d.kind == "hessian" and g.kind == "gradient" and step.result == d.start.args[0]
    ]
    return found[:1]


def _changes(d: CheckedDerivation) -> list[tuple[Term, Term]]:
    """The two sides of the steps that have values at different points."""
    before = (d.start, *(step.result for step in d.steps))
    return [
        equality(left, step.result, d.indices)
        for left, step in zip(before, d.steps, strict=False)
        if isinstance(step.verdict, Proved) and step.verdict.domains_differ
    ]


def _grows(left: Term, right: Term, prove: Prove) -> bool:
    """Has the right side a value wherever the left one has? So it is if it adds no condition to the left side."""
    verdict = prove(left, add(left, mul(num(0), right)))
    return isinstance(verdict, Proved) and not verdict.domains_differ


def check_chain(derivations: Sequence[CheckedDerivation], cost: Term, domain: Mapping[str, str]) -> None:
    """The gradients are those of the cost, the Hessians those of the gradients, for every data set of any size.

    Every block of parameters in the cost has one gradient, and every pair of blocks one part of the Hessian. Raises
    `DerivationError` for a derivation without steps, one that is missing, starts elsewhere or speaks of less.
    """
    for d in derivations:
        if not d.steps:
            raise DerivationError(f"the derivation {d.name!r} has no steps: there is nothing to prove in it")
        _check_shapes(d, Domain.of(domain))
    blocks = [name for name in _BLOCKS if name in free_names(cost)] or ["theta"]
    gradients = _gradients(derivations, cost, blocks)
    pairs = list(combinations_with_replacement(blocks, 2))
    hessians = _of_kind(derivations, "hessian", len(pairs))
    used = {index: r for name, g in gradients.items() for index, r in zip(g.indices, _BLOCKS[name], strict=True)}
    for pair in pairs:
        used |= _hessian(hessians, gradients, pair)
    _check_domain(domain, used, free_names(cost))


def _check_shapes(d: CheckedDerivation, domain: Domain) -> None:
    """Whole matrices that follow each other have one shape; the indices of a lemma run through all entries."""
    shapes = list(dict.fromkeys(shape(t) for t in (d.start, *(s.result for s in d.steps)) if t.head in MATRIX_HEADS))
    if len(shapes) > 1:
        raise DerivationError(f"the derivation {d.name!r} has matrices of different shapes: {shapes!r}"[:300])
    if not shapes or d.kind != "lemma":
        return
    sizes = [size for size, wanted in zip(shapes[0], (True, shapes[0][1] != num(1)), strict=True) if wanted]
    for index, size in zip(d.indices, sizes, strict=False):
        if domain[index].index != (num(0), last_index(size)):
            raise DerivationError(f"the index {index} of {d.name!r} is in {domain[index]}, not in 0..{size!r}-1")


def last_index(size: Term) -> Term:
    """size − 1, as the end of an index range is written."""
    return num(size.value - 1) if size.head == "num" else add(size, num(-1))


def _of_kind(derivations: Sequence[CheckedDerivation], kind: str, wanted: int) -> list[CheckedDerivation]:
    found = [d for d in derivations if d.kind == kind]
    if len(found) != wanted:
        there = "one" if wanted == 1 else f"{wanted}, one for each block of parameters or pair of blocks"
        raise DerivationError(f"there are {len(found)} derivations of the {kind}; there must be {there}")
    return found


def _gradients(
    derivations: Sequence[CheckedDerivation], cost: Term, blocks: Sequence[str]
) -> dict[str, CheckedDerivation]:
    """block -> its gradient, which starts from the derivative of the cost by an entry of the block."""
    left, out = _of_kind(derivations, "gradient", len(blocks)), {}
    for name in blocks:
        starts = [bool(d.indices) and d.start == make("diff", cost, at(name, *map(sym, d.indices))) for d in left]
        d = out[name] = left.pop(starts.index(True) if True in starts else 0)
        _check_indices(d, d.indices, len(_BLOCKS[name]))
        _check_result(d, (*_BLOCKS[name].values(), num(1))[:2])
        _starts(d, [make("diff", cost, at(name, *map(sym, d.indices)))])
    return out


def _hessian(
    hessians: list[CheckedDerivation], gradients: Mapping[str, CheckedDerivation], pair: tuple[str, str]
) -> dict[str, str]:
    """The part for a pair of blocks is among these; gives the indices of its second entry, with their ranges."""
    first, second = (gradients[name] for name in pair)
    entries = [step.result for step in first.steps if step.result.head not in MATRIX_HEADS]
    fitting = [d for d in hessians if _begins(d, entries, pair[1])] or hessians[: len(hessians) == 1]
    if not fitting:
        raise DerivationError(f"there are no derivations of the hessian in {pair[0]} and {pair[1]}")
    d = fitting[0]
    hessians.remove(d)  # each is that of one pair, also where two gradients are one formula
    _check_indices(d, d.indices, 2)
    _check_result(d, tuple(next(iter(_BLOCKS[name].values())) for name in pair))
    by = d.start.args[1].args[1:] if _begins(d, entries, pair[1]) else (sym(d.indices[1]),)
    allowed = [make("diff", e, at(pair[1], *by)) for e in entries if d.indices == (first.indices[0], by[0].name)]
    _starts(d, allowed)
    _check_indices(d, (*first.indices, *(i.name for i in by)), len(first.indices) + len(second.indices))
    return dict(zip((i.name for i in by), _BLOCKS[pair[1]], strict=True))


def _begins(d: CheckedDerivation, entries: Sequence[Term], name: str) -> bool:
    """Does it start from the derivative of one of the entries by an entry of the block, at indices that are names?"""
    if d.start.head != "diff" or d.start.args[0] not in entries or d.start.args[1].head != "at":
        return False
    by = d.start.args[1]
    return by.name == name and all(index.head == "sym" for index in by.args[1:])


def _check_indices(d: CheckedDerivation, indices: Sequence[str], wanted: int) -> None:
    if len(set(indices)) != wanted or len(indices) != wanted:
        raise DerivationError(f"the {d.kind} has the indices {tuple(indices)!r}; {wanted} different ones are needed")


def _check_result(d: CheckedDerivation, size: Sequence[Term]) -> None:
    result, kind = d.steps[-1].result, d.kind
    if result.head not in MATRIX_HEADS:
        raise DerivationError(f"the last step of the {kind} is not the whole {kind}, but one entry of it")
    rows, columns = shape(result)
    if (rows, columns) != tuple(size):
        raise DerivationError(f"the {kind} has {rows!r} rows and {columns!r} columns: it is another matrix")


def _starts(d: CheckedDerivation, allowed: Sequence[Term]) -> None:
    if d.start not in allowed:
        raise DerivationError(
            f"the derivation of the {d.kind} starts from another expression than it should: {d.start!r}"[:300]
        )


def _check_domain(domain: Mapping[str, str], indices: Mapping[str, str], names: frozenset[str]) -> None:
    """Nothing of the data or its size may be left out; what counts entries is no variable of the cost."""
    if taken := names & indices.keys():
        raise DerivationError(
            f"the cost depends on {', '.join(sorted(taken))}, which counts entries of its derivatives"
        )
    described = Domain.of(domain)
    grouped = {name for group in described.groups for name in group.names}
    for name, r in described.ranges.items():
        if r.names & set(_SIZES) and str(r) not in _NEVER_EMPTY[str(described["K"]) == "integer [2, oo)"]:
            raise DerivationError(f"{name} is in {r}, which may be empty: the proof would not hold for every size")
    for name, wanted in {**_GENERAL, **{index: (r,) for index, r in indices.items()}}.items():
        said = str(described[name])
        whole = said.removeprefix("integer ") if name in _SIZES else said
        if name in names | indices.keys() | {"m", "n", "X", "theta"} and (whole not in wanted or name in grouped):
            shown = "one of several that add up to 1" if name in grouped else said
            raise DerivationError(
                f"{name} is {shown} here, not {wanted[0]}: the proof would not hold for every data set"
            )
