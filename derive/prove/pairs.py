"""Entries that may be the one by which is differentiated: the function where they are it, and where they are not.

Of f with the entries a[i] and a[j], by a[k]:

    ∂f = where(i = k, ∂(f with i := k), ∂(f where a[i] does not move)), and so on for j.

Where two of them are the same entry a choice between them is none: |a[k] − a[k]| is 0.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import NamedTuple

from derive.domain import Domain
from derive.prove.deltas import hit
from derive.prove.forms import parts, positive
from derive.prove.placed import Apart, never_equal
from derive.prove.settle import settled
from derive.terms.term import Term, at, free_names, make, rebuild, substitute, walk

_MOST = 4


class Case(NamedTuple):
    """A function, the entry by which is differentiated, and indices that are not equal in this case."""

    body: Term
    v: Term
    apart: Apart = frozenset()

    def by_cases(self, derivative: Callable[[Case], Term], domain: Domain, most: int = _MOST) -> Term:
        """The derivative, as a choice by which entries are the one that moves; no more than so many indices in turn."""
        found = self._questions()
        if not found or len(found) > most:
            return derivative(self)
        i, k = found[0]
        same, not_same = self._where_equal(i, k, domain), self._replace(apart=self.apart | {(i, k)})
        yes, no = (case.by_cases(derivative, domain, most - 1) for case in (same, not_same))
        return yes if yes == no else make("piecewise", yes, make("eq", i, k), no, make("true"))

    def _questions(self) -> list[tuple[Term, Term]]:
        """Indices of entries, and those of v, that may be equal, as far as no sum runs through them."""
        running = parts(self.body).bound
        if not self._comparable():
            return []
        pairs = {pair for p in self._places() if not self._is_other(p) for pair in self._unequal(p)}
        return sorted((pair for pair in pairs if running.isdisjoint(free_names(pair[0]))), key=repr)

    def _places(self) -> list[Term]:
        return [a for a in walk(self.body) if a.head == "at" and a.name == self.v.name]

    def _comparable(self) -> bool:
        """Do indices mean the same in the body and in v, and which entries they are does not move?"""
        places = self._places()
        indices = [i for p in (*places, self.v) for i in p.args[1:]]
        fits = all(len(p.args) == len(self.v.args) for p in places)
        moving = any(self.v.name in free_names(i) for i in indices)
        return fits and not moving and parts(self.body).bound.isdisjoint(free_names(self.v))

    def _unequal(self, p: Term) -> Iterator[tuple[Term, Term]]:
        return ((i, k) for i, k in zip(p.args[1:], self.v.args[1:], strict=True) if i != k)

    def _is_other(self, p: Term) -> bool:
        """Is this entry of the array known not to be v?"""
        return any((i, k) in self.apart or never_equal(i, k) for i, k in self._unequal(p))

    def _where_equal(self, i: Term, k: Term, domain: Domain) -> Case:
        def put(t: Term) -> Term:
            return settled(_put(t, i, k), domain)

        return Case(put(self.body), put(self.v), frozenset((put(a), put(b)) for a, b in self.apart))

    # -- entries that do not move, under another name --------------------------------------------------------------
    @property
    def _alias(self) -> str:
        return f".{self.v.name} at rest"  # no name that comes from elsewhere begins with a dot

    def fixed(self) -> Term:
        """The body, with another name for the array where an entry is known not to be v, and so does not move."""
        if self.v.head == "sym" or not self._comparable():
            return self.body
        return _renamed(self.body, self._is_other, self.v.name, self._alias)

    def back(self, t: Term) -> Term:
        """The term with the name of the array again."""
        return t if self.v.head == "sym" else _renamed(t, lambda _: True, self._alias, self.v.name)

    def known(self, domain: Domain) -> Domain:
        """What is known of those entries, too."""
        return domain if self.v.head == "sym" else domain.with_(self._alias, domain[self.v.name])


def has_root(t: Term, name: str, domain: Domain) -> bool:
    """Is there a root of what has entries of the array in it, and may be 0?"""
    roots = (a for a in walk(t) if a.head == "pow" and (a.args[1].head != "num" or a.args[1].value.denominator != 1))
    return any(name in free_names(a.args[0]) and not positive(a.args[0], domain) for a in roots)


def _put(t: Term, i: Term, k: Term) -> Term:
    """The term where the index i is k."""
    for name in sorted(free_names(i) - free_names(k)):
        if (value := hit(make("eq", i, k), name)) is not None:
            return substitute(t, {name: value})
    return _indexed(t, i, k)


def _indexed(t: Term, i: Term, k: Term) -> Term:
    if t.head == "at":
        return at(t.name, *(k if a == i else _indexed(a, i, k) for a in t.args[1:]))
    return rebuild(t, lambda a: _indexed(a, i, k))


def _renamed(t: Term, which: Callable[[Term], bool], old: str, new: str) -> Term:
    if t.head == "at" and t.name == old and which(t):
        return at(new, *t.args[1:])
    return rebuild(t, lambda a: _renamed(a, which, old, new))
