"""Along the tree of a proof: all cases, all regions, and at each leaf one numerator that vanishes.

    {"cases": [v, …], "branches": [[[value, …], proof], …]}   finite sets: every combination
    {"split": t, "+": proof, "0": proof, "-": proof}          t is defined wherever both sides are
    {"at": [v, value], "proof": proof}                        under "0": t = c (v − value)
    {"factors": [t, …], "proof": proof}                       polynomials to divide by
    {"zero": true} · {"undefined": why} · {"empty": true}     leaves

What is not seen to hold is an error. A leaf that says that a side is undefined, or that a region is empty, must show a
contradiction in what is known there, or that the two sides are equal all the same.
"""

from __future__ import annotations

import itertools
from contextlib import suppress
from dataclasses import dataclass
from fractions import Fraction
from typing import NamedTuple

from derive.certificate import Condition
from derive.domain import Domain, Range
from derive.errors import CertificateError, DeriveError
from derive.recheck.arithmetic import Vacuous
from derive.recheck.form import by_form
from derive.recheck.fraction import Book, NotRechecked
from derive.recheck.laws import limits
from derive.recheck.reading import MADE, apart, kind_of, listed, plain, put, text, texts, together, uses
from derive.recheck.region import Region, Unsigned
from derive.recheck.signs import NEGATIVE, NONNEGATIVE, POSITIVE, ZERO
from derive.recheck.sums import is_zero
from derive.recheck.translate import go
from derive.recheck.unfold import NO_TIES, Ranges, generic_entries, unfold, whole
from derive.terms.json import Json
from derive.terms.readable import readable
from derive.terms.term import Term, free_names, num, substitute, sym, walk

_BRANCHES = (("+", POSITIVE), ("0", ZERO), ("-", NEGATIVE))
_LEAVES = ({"zero": True}, {"empty": True})
_MAX_DEPTH = 60
Assumed = tuple[tuple[Term, int], ...]


@dataclass(frozen=True, slots=True)
class Shown:
    """What a re-check has met: side conditions of the two sides, and whether a region was seen where one is undefined.

    `partial`: a function was met about whose domain the checker knows nothing. `notes` limit what was shown.
    `needs` are the conditions with the ranges of their indices, and `ties` the derivatives that count where no choice
    ties: those of two claims can be compared, but for `loose` ones, which depend on the index of a sum.
    """

    conditions: frozenset[Condition]
    undefined: bool
    partial: bool
    notes: tuple[str, ...] = ()
    needs: frozenset[Condition] = frozenset()
    ties: frozenset[Term] = frozenset()
    loose: bool = False


def recheck(a: Term, b: Term, domain: Domain, proof: Json) -> Shown:
    """Check that the proof shows a = b at every point of the domain where both sides are defined.

    Raises `CertificateError` where it does not, and `NotRechecked` where it takes more than the checker knows. That
    there is a point where both sides are defined is not checked but for this: in one region nothing speaks against it.
    """
    return _shown(_Walk(a, b, domain, ZERO), proof)


def recheck_sign(a: Term, domain: Domain, *, strict: bool) -> Shown:
    """Check that a ≥ 0 (a > 0 with `strict`) wherever it is defined, where that follows from the form of a alone.

    So it is for sums of products of squares and of functions that have one sign; there is no proof to follow.
    """
    return _shown(_Walk(a, num(0), domain, POSITIVE if strict else NONNEGATIVE), _LEAVES[0])


def _shown(walk: _Walk, proof: Json) -> Shown:
    try:
        return walk.shown(proof)
    except CertificateError:
        raise
    except (DeriveError, ArithmeticError, ValueError) as why:
        raise CertificateError(f"the proof does not hold together: {why}") from None
    except RecursionError:
        raise CertificateError("the proof is nested too deeply") from None


class _Place(NamedTuple):
    """Where the walk is: the two sides, what is assumed of signs, and how deep it is."""

    a: Term
    b: Term
    assumed: Assumed = ()
    depth: int = 0

    def put(self, values: dict[str, Term], ranges: Ranges, known: Assumed = ()) -> _Place:
        """With values in place of variables."""
        inside = tuple((put(t, values, ranges), mask) for t, mask in self.assumed)
        return _Place(put(self.a, values, ranges), put(self.b, values, ranges), (*inside, *known), self.depth + 1)

    def where(self, on: Term, mask: int) -> _Place:
        """Where a term has this sign."""
        return self._replace(assumed=(*self.assumed, (on, mask)), depth=self.depth + 1)


class _Walk:
    def __init__(self, a: Term, b: Term, domain: Domain, wanted: int) -> None:
        self.wanted = wanted  # the sign of a − b
        if any(t.head in MADE for side in (a, b) for t in walk(side)):
            raise NotRechecked("cannot re-check a claim about a formula of a derivative")
        self.names = uses((a, b))
        a, b, self.domain = generic_entries(a, b, domain)
        self.book = Book()
        self.free = free_names(a) | free_names(b)
        ties: set[Term] = set()

        def ranges(name: str) -> Range:
            kind = kind_of(name)
            return Range(integer=kind == "i") if kind else self.domain[name]

        self.sides = [unfold(apart(t, {}), ranges, ties) for t in (a, b)]
        self.ties = frozenset(ties)
        self.loose = any(kind_of(name) for t in ties for name in free_names(t))
        self.notes = (NO_TIES,) if ties else ()
        self.conditions: set[Condition] = set()
        self.ranges: dict[str, Term] = {}  # what the indices in them are named after
        self.undefined = False
        self.proved = 0

    def shown(self, proof: Json) -> Shown:
        """Walk the whole tree."""
        self._node(proof, _Place(self.sides[0], self.sides[1]))
        if not self.proved:
            raise CertificateError("in no region of the proof are both sides defined: it shows nothing")
        conditions = frozenset(Condition(c.kind, readable(c.term, self.free)) for c in self.conditions)
        needs = frozenset(Condition(c.kind, substitute(c.term, self.ranges)) for c in self.conditions)
        return Shown(conditions, self.undefined, bool(self.book.opaque), self.notes, needs, self.ties, self.loose)

    def _node(self, node: Json, place: _Place) -> None:
        if place.depth > _MAX_DEPTH or not isinstance(node, dict):
            raise CertificateError(f"not a proof: {node!r}"[:200])
        match sorted(node):
            case ["branches", "cases"]:
                self._cases(node["cases"], node["branches"], place)
            case ["+", "-", "0", "split"]:
                self._split(node, place)
            case ["factors", "proof"]:
                self._hints(node["factors"])
                self._node(node["proof"], place._replace(depth=place.depth + 1))
            case ["zero"] | ["empty"] if node in _LEAVES:
                self._leaf(next(iter(node)), place)
            case ["undefined"] if text(node["undefined"]):
                self._leaf("undefined", place)
            case keys:
                raise CertificateError(f"not a step of a proof: {', '.join(keys)}"[:200])

    # -- branches -----------------------------------------------------------------------------------------------------
    def _cases(self, names: Json, branches: Json, place: _Place) -> None:
        sets = [self.domain[text(v)].values for v in listed(names)]
        rows = [listed(row, 2) for row in listed(branches)]
        if not names or None in sets or len(set(names)) < len(names):
            raise CertificateError("cases are over different variables with finitely many values")
        found = [tuple(map(text, listed(values))) for values, _ in rows]
        if sorted(found) != sorted(c for c in itertools.product(*map(texts, sets)) if self._fits(names, c)):
            raise CertificateError(f"the cases of {', '.join(names)} are not all combinations of their values")
        for values, (_, node) in zip(found, rows, strict=True):
            put_in = {v: num(Fraction(x)) for v, x in zip(names, values, strict=True)}
            self._node(node, place.put(put_in, self.domain.__getitem__))

    def _fits(self, names: list[str], values: tuple[str, ...]) -> bool:
        """Of variables of which one is 1 and the others are 0, no other combinations count."""
        known = dict(zip(names, values, strict=True))
        whole = [g.names for g in self.domain.groups if g.kind == "one-hot" and known.keys() >= set(g.names)]
        return all([known[v] for v in g].count("1") == 1 for g in whole)

    def _split(self, node: dict[str, Json], place: _Place) -> None:
        on = plain(node["split"], self.names)
        region = self._defined(on, place)
        if region is None:
            return
        for name, mask in _BRANCHES:
            below = node[name]
            if mask == ZERO and isinstance(below, dict) and sorted(below) == ["at", "proof"]:
                variable, data = listed(below["at"], 2)
                value = plain(data, self.names)
                self._check_solved(region, on, text(variable), value)
                limited = tuple(limits(self.domain[variable], value))
                self._node(below["proof"], place.put({variable: value}, self.domain.__getitem__, limited))
            else:
                self._node(below, place.where(on, mask))

    def _defined(self, on: Term, place: _Place) -> Region | None:
        """A region in which `on` has a value wherever both sides have one; None where there is no such point."""
        try:
            r = self._region(place.assumed)
        except Vacuous:
            return None
        try:
            if not self._strictly(r, on):
                for side in (place.a, place.b):
                    with suppress(Unsigned):
                        go(r, side)
        except Vacuous:  # one side has no value here, and the other may have one
            self.undefined = True
            return None
        if not self._strictly(r, on):
            raise CertificateError(f"{on!r} decides, but it may be undefined where both sides are defined"[:300])
        return r

    @staticmethod
    def _strictly(r: Region, t: Term) -> bool:
        """Is t seen to be defined without a new condition?"""
        r.strict = True
        try:
            go(r, t)
        except (Vacuous, CertificateError):
            return False
        finally:
            r.strict = False
        return True

    def _check_solved(self, r: Region, on: Term, name: str, value: Term) -> None:
        """The boundary on = 0, where on = c (v − value): v is replaced, and its range says something of the value."""
        own = self.domain[name].whole
        if name in free_names(value) or not self._strictly(r, value) or (own and not whole(value, r.range_of)):
            raise CertificateError(f"{name} = {value!r} does not replace the variable"[:300])
        gap, variable = go(r, on), go(r, sym(name))
        ((m, _),) = variable.num.items()
        c = gap.num.get(m, 0)
        if gap.den or not c or r.sub(gap, r.scale(r.sub(variable, go(r, value)), c)).num:
            raise CertificateError(f"{on!r} is not zero exactly where {name} = {value!r}"[:300])

    # -- leaves -------------------------------------------------------------------------------------------------------
    def _region(self, assumed: Assumed) -> Region:
        r = Region(self.book, self.domain)
        try:
            for term, mask in assumed:
                r.learn(go(r, term), mask)
        except Vacuous:
            self.undefined |= bool(r.conditions)  # then it need not be empty: a side may have no value there
            raise
        return r

    def _hints(self, factors: Json) -> None:
        """Only polynomials to divide by, so nothing needs to be known of them."""
        for data in listed(factors):
            with suppress(Vacuous, CertificateError):
                p = go(Region(self.book, self.domain), plain(data, self.names))
                if len(p.num) > 1:
                    self.book.factored(p.num)

    def _leaf(self, kind: str, place: _Place) -> None:
        try:
            r = self._region(place.assumed)
        except Vacuous:
            return
        try:
            gap = r.sub(go(r, place.a), go(r, place.b))
        except Vacuous:
            self.undefined = True
            return
        if kind != "zero" and self.wanted != ZERO:
            raise CertificateError(f"a region that is said to be {kind} is not seen to be")
        self.undefined |= kind == "undefined" and not self.ties  # else a choice ties there, as the note says
        if self.wanted == ZERO and not is_zero(r, gap):
            raise CertificateError(f"the difference of the two sides does not vanish: {r.book.poly(gap.num)!r}"[:300])
        if self.wanted != ZERO and (r.mask(gap) & by_form(r, place.a)) | self.wanted != self.wanted:
            raise CertificateError(f"the sign of {r.book.poly(gap.num)!r} is not seen"[:300])
        self.proved += 1
        self.conditions |= {Condition(c.kind, together(c.term)) for c in r.conditions}
        outer_first = sorted(r.bound, key=lambda name: -int(name.split(".")[1]))  # inner ranges depend on them
        for name in outer_first:
            if index := r.bound[name].index:
                self.ranges[name] = sym(f"{name.rpartition('.')[0]} {substitute(index[1], self.ranges)!r}")
