"""Whole matrices, derivatives and Kronecker deltas under sums, written out: what is left is plain scalar terms."""

from __future__ import annotations

from derive.domain import REAL, Domain, Range
from derive.errors import TermError
from derive.prove.deltas import ANYWHERE, PLAIN, VALUES, deltas_in, drop_zeros, hit, same_entry, with_delta
from derive.prove.differentiate import chained, differentiate
from derive.prove.forms import parts, total, whole
from derive.prove.guard import OF_ENTRIES, OF_SUMS, check_thin, guarded, off_boundaries
from derive.prove.pairs import Case, has_root
from derive.prove.settle import continued, settled, split_guards, with_guards
from derive.prove.signals import GaveUp
from derive.prove.ties import has_choice, summed_choice
from derive.prove.variables import index_range
from derive.terms.matrices import entry, shape
from derive.terms.term import (
    MATRIX_HEADS,
    Term,
    add,
    children,
    free_names,
    fresh,
    make,
    mul,
    num,
    rebuild,
    sub,
    substitute,
    sym,
    walk,
)

_ZERO, _ONE = num(0), num(1)
_TRUE, _FALSE = make("true"), make("false")
_WRITTEN_OUT = frozenset({"entry", "diff"})


class Unfolding:
    """Writes terms out; `deltas` says whether sums resolve their Kronecker deltas too (a proof wants it).

    `free` are the names that are free in the claim: such a name may be that of an index elsewhere, yet not be whole.
    Of the names that are `bound` somewhere, the domain says nothing where they are.
    A sum needs a value of `every` summand; in a derivative, those that do not depend on the variable are free.
    What is only looked at in points (`proof` is false) may have ties that are not thin: they have no value there.
    """

    def __init__(
        self, domain: Domain, free: frozenset[str], *, deltas: bool = True, every: bool = True, proof: bool = True
    ) -> None:
        self.domain = domain
        self.free = free
        self.bound: frozenset[str] = frozenset()
        self.elsewhere: frozenset[str] = frozenset()
        self.deltas = deltas
        self.every = every
        self.proof = proof
        self.notes: dict[str, None] = {}  # what limits the proof
        self._memo: dict[Term, Term] = {}

    def __call__(self, t: Term) -> Term:
        """The same value without entries of whole matrices, derivatives, and deltas that a sum resolves."""
        heads, _, _, bound, elsewhere = parts(t)
        if not (bound <= self.bound and elsewhere <= self.elsewhere):
            self.bound, self.elsewhere = self.bound | bound, self.elsewhere | elsewhere
            self._memo.clear()  # what was written out before took more for granted
        if not heads & _WRITTEN_OUT and not (self.deltas and "sum" in heads):
            return t
        return self._go(t)

    def _go(self, t: Term) -> Term:
        if t not in self._memo:
            self._memo[t] = self._entry(*t.args) if t.head == "entry" else self._resolve(rebuild(t, self._go))
        return self._memo[t]

    def _entry(self, matrix: Term, i: Term, j: Term) -> Term:
        """The entry, before any delta in it is resolved: names that a matrix binds mean other things once replaced."""
        inner = self._within(every=self.every) if self.deltas else self
        return self(entry(inner(matrix), i, j))

    def _within(self, *, every: bool, deltas: bool = False) -> Unfolding:
        """For a part, under the sums around it."""
        inner = Unfolding(self.domain, self.free, deltas=deltas, every=every, proof=self.proof)
        inner.bound, inner.elsewhere, inner.notes = self.bound, self.elsewhere, self.notes
        return inner

    def _resolve(self, t: Term) -> Term:
        if t.head == "diff":
            return self._derivative(*t.args)
        if t.head == "sum" and self.deltas:
            return self._without_delta(t)
        return t

    def _derivative(self, body: Term, v: Term) -> Term:
        if v.head != "sym" and (has_choice(body, v.name) or has_root(body, v.name, self._known)):
            inside = self._by_parts(body, v)
            return self._by_entries(body, v) if inside is None else inside
        if self.proof and summed_choice(body, v.name) and self._moves(v.name):
            inside = self._by_parts(body, v)
            if inside is not None:
                self.notes[OF_SUMS] = None
                return inside
        return self._by_formula(Case(body, v))

    def _moves(self, name: str) -> bool:
        """Does the variable move over an interval, whatever the others are? Only there is a kink for one index thin."""
        r, bound = self.domain[name], name in self.bound | self.elsewhere
        grouped = any(name in g.names for g in self.domain.groups)
        return not bound and not grouped and r.values is None and not r.whole and not r.nonzero

    def _by_entries(self, body: Term, v: Term) -> Term:
        """A choice, in each case of which entries in it are v."""
        return Case(settled(body, self._known), v).by_cases(self._by_formula, self._known)

    @property
    def _known(self) -> Domain:
        """What the domain says where names are bound that it may have, too."""
        return self.domain.without(self.bound)

    def _by_formula(self, case: Case) -> Term:
        """The derivative by its formula, as far as that holds."""
        body, v, known = case.fixed(), case.v, case.known(self._known)
        d = self._within(every=False, deltas=self.deltas)(differentiate(body, v))
        if self.proof:
            check_thin(d, body, case, known, self.bound)
        return case.back(guarded(d, body, v, known))

    def _by_parts(self, body: Term, v: Term) -> Term | None:
        """A choice under sums, products and smooth functions, where it is decided index by index."""
        if body.head == "add":
            return add(*(self._derivative(a, v) for a in body.args))
        if body.head == "sum":
            summand, index, *ends = body.args
            if any(v.name in free_names(end) for end in ends):
                return None
            other = fresh(index.name, free_names(v) | (free_names(summand) | self.domain.names) - {index.name})
            summand = self._of_summand(substitute(summand, {index.name: sym(other)}), v)
            return self._resolve(Term("sum", (summand, sym(other), *ends)))
        if body.head == "mul" and (self._summed(body, v) or sum(v.name in free_names(a) for a in body.args) == 1):
            return add(*(self._of_factor(body.args, i, v) for i, a in enumerate(body.args) if v.name in free_names(a)))
        if body.head == "piecewise" and all(v.name not in free_names(c) for c in body.args[1::2]):
            return make("piecewise", *(a if i % 2 else self._derivative(a, v) for i, a in enumerate(body.args)))
        if not self._summed(body, v) or (outer := chained(body)) is None:
            return None  # a formula of the whole is shorter
        outer = outer if total(body, self._known) else make("given", outer, body)
        return mul(outer, self._derivative(body.args[0], v))

    def _summed(self, body: Term, v: Term) -> bool:
        """Is there a choice or a root that has to be decided index by index?"""
        sums = (a for a in walk(body) if a.head == "sum")
        return summed_choice(body, v.name) or any(has_root(a, v.name, self._known) for a in sums)

    def _of_factor(self, factors: tuple[Term, ...], i: int, v: Term) -> Term:
        return mul(*factors[:i], self._derivative(factors[i], v), *factors[i + 1 :])

    def _of_summand(self, body: Term, v: Term) -> Term:
        """The derivative of a summand that may not have the entry v in it: there it is 0, and no tie matters."""
        d = self._derivative(body, v)
        places = {a for a in walk(body) if a.head == "at" and a.name == v.name}
        fits = bool(places) and all(len(a.args) == len(v.args) for a in places)
        if not (fits and total(body, self.domain.without(self.bound))):
            return d
        met = {same_entry(p, v, parts(body).bound) for p in places}
        if _TRUE in met:
            return d
        return make("piecewise", *(a for where in sorted(met, key=repr) for a in (d, where)), _ZERO, _TRUE)

    # -- Kronecker deltas -------------------------------------------------------------------------------------------
    def _without_delta(self, t: Term) -> Term:
        """Σₖ b(δₖₑ) = Σₖ b(0) + [first ≤ e ≤ last] (b(1) − b(0)) at k = e: a delta has no other values than 0 and 1.

        Only where e and the first index are whole by their form, and b(0) is defined where b is: as the delta stands in
        sums and products, or as b(0) is defined everywhere. An equation k = e is a delta whose values are conditions.
        """
        body, index, first, last = t.args
        if (found := self._resolvable(body, index.name, first)) is None:
            return self._cut(t) if "given" in parts(body).heads else t
        delta, e, through = found
        off, on = (with_delta(body, delta, value, through) for value in VALUES[delta.head])
        known = self.domain.without(self.bound)
        anywhere = total(off, known) and whole(last, self._range) and total(last, known)
        inside = make("and", make("le", first, e), make("le", e, last))
        jump = substitute(drop_zeros(sub(on, off)), {index.name: e})
        hit = make("piecewise", self(jump), inside, _ZERO, _TRUE)
        rest = drop_zeros(off)
        out = hit if rest == _ZERO else add(self._without_delta(Term("sum", (rest, index, first, last))), hit)
        if anywhere or not self.every:
            return out
        return add(out, mul(_ZERO, Term("sum", (off, index, first, last))))

    def _cut(self, t: Term) -> Term:
        """Σₖ b(δₖₑ) = [first ≤ e ≤ last] (b(1) − c) at k = e + Σₖ where(k = e, c, b(0)), for any c.

        For b(0) that need not have a value at k = e, as it is the derivative of a choice that ties there.
        """
        body, index, first, last = t.args
        guards, rest = split_guards(body, index.name)
        found = ((delta, hit(delta, index.name)) for delta in deltas_in(rest, index.name, ANYWHERE))
        solved = ((delta, e) for delta, e in found if e is not None and whole(e, self._range))
        delta, e = next(solved, (_ZERO, _ZERO))
        if delta == _ZERO or not whole(first, self._range):
            return t
        off, on = (settled(with_delta(rest, delta, value, ANYWHERE), self._known) for value in VALUES[delta.head])
        c = continued(substitute(off, {index.name: e}), self._known)
        here = settled(sub(substitute(with_guards(on, guards), {index.name: e}), c), self._known)
        inside = make("and", make("le", first, e), make("le", e, last))
        there = make("piecewise", self(here), inside, _ZERO, _TRUE)
        if off == c == _ZERO and total(last, self._known) and whole(last, self._range):
            elsewhere = with_guards(_ZERO, ((make("eq", index, e), _ZERO), *guards))
            return add(there, self._without_delta(Term("sum", (elsewhere, index, first, last)))) if guards else there
        off = with_guards(off, ((make("eq", index, e), c), *guards))
        others = self._cut(Term("sum", (off, index, first, last)))
        return others if here == _ZERO else add(there, others)

    def _resolvable(self, body: Term, index: str, first: Term) -> tuple[Term, Term, frozenset[str]] | None:
        """A delta in the body, what the index is where it is not 0, and the operations under which it may be found."""
        for through in (PLAIN, ANYWHERE):
            for delta in dict.fromkeys(deltas_in(body, index, through)):
                e = hit(delta, index)
                if e is None or not (whole(e, self._range) and whole(first, self._range)):
                    continue
                off = with_delta(body, delta, VALUES[delta.head][0], through)
                if through is PLAIN or total(off, self.domain.without(self.bound)):
                    return delta, e, through
        return None

    def _range(self, name: str) -> Range:
        """The range of a name; an index that only sums use is whole, the argument of a map may be anything."""
        if name in self.elsewhere:
            return REAL
        known = name in self.free or name in self.domain.ranges
        return self.domain[name] if known or name not in self.bound else Range(integer=True)


def unfold(t: Term, domain: Domain) -> Term:
    """A term written out, deltas included."""
    return Unfolding(domain, free_names(t))(t)


class Claim:
    """The two sides of a question, written out for the proof, and with their deltas for a look at a point."""

    def __init__(self, a: Term, b: Term, domain: Domain) -> None:
        _check_names(a, b)  # before anything is made of them: a binder hides an array of its name
        is_matrix = [t.head in MATRIX_HEADS for t in (a, b)]
        if any(is_matrix):
            if not all(is_matrix):
                raise TermError("a matrix is compared with a number: compare its entry instead")
            a, b, domain = _entries(a, b, domain)
        self.free = free = parts(a).free | parts(b).free
        plain = Unfolding(domain, free, deltas=False, proof=False)
        self.domain = domain
        self.notes = (OF_ENTRIES,) if off_boundaries(a) or off_boundaries(b) else ()
        self.plain = plain(a), plain(b)
        _check_names(*self.plain)
        self.sides = self.plain
        self.unproved = ""  # why no proof is looked for
        if any(map(_with_deltas, self.plain)) or any("diff" in parts(t).heads for t in (a, b)):
            try:
                proof = Unfolding(domain, free)
                self.sides = proof(a), proof(b)
                self.notes = (*self.notes, *proof.notes)
            except GaveUp as why:
                self.unproved = str(why)


def _entries(a: Term, b: Term, domain: Domain) -> tuple[Term, Term, Domain]:
    """Two matrices of one shape are equal when their entries at a generic row and column are."""
    if shape(a) != shape(b):
        raise TermError(f"the shapes differ: {shape(a)} and {shape(b)}")
    taken = free_names(a) | free_names(b) | domain.names
    row = fresh("row", taken)
    column = fresh("column", taken | {row})
    rows, columns = shape(a)
    domain = domain.with_(row, index_range(rows)).with_(column, index_range(columns))
    i, j = sym(row), _ZERO if columns == _ONE else sym(column)
    return entry(a, i, j), entry(b, i, j), domain


def _check_names(*terms: Term) -> None:
    """A name is a number or an array, not both, also where it is bound: an index is called like no array."""
    if not any(parts(t).arrays or "matrix" in parts(t).heads for t in terms):
        return
    uses: dict[str, str] = {}
    stack, seen = list(terms), set()
    while stack:
        t = stack.pop()
        if t in seen:
            continue
        seen.add(t)
        if t.head in ("sym", "at", "matrix"):
            count = len(t.args) - 1 if t.head == "at" else 1 if t.args[-1] == _ONE else 2
            use = "as a number" if t.head == "sym" else f"with {count} {'index' if count == 1 else 'indices'}"
            if uses.setdefault(t.name, use) != use:
                raise TermError(f"{t.name} is used {uses[t.name]} and {use}; rename one")
        stack += t.args[1:] if t.head in ("at", "matrix") else children(t)


def _with_deltas(t: Term) -> bool:
    return not parts(t).heads.isdisjoint(VALUES)
