"""Names for people: the index of a sum has a name in a proof that no formula can contain; here it gets a letter."""

from __future__ import annotations

from derive.terms.term import Term, free_names, fresh, rebuild, substitute, sym, walk

_LETTERS = "iklrs"
_BINDS = frozenset({"sum", "prod"})


def is_internal(name: str) -> bool:
    """Is this the name of an index in a proof?"""
    return name.startswith(".")


def readable(term: Term, taken: frozenset[str] = frozenset()) -> Term:
    """The same term with letters for the indices that a proof has named, others than those that are taken."""
    names = {t.name for t in walk(term) if t.head == "sym"}
    if not any(map(is_internal, names)):
        return term
    term = _bound(term)
    taken |= free_names(term)
    for name in sorted(filter(is_internal, taken)):
        new = next((letter for letter in _LETTERS if letter not in taken), fresh("i", taken))
        taken |= {new}
        term = substitute(term, {name: sym(new)})
    return term


def _bound(term: Term) -> Term:
    term = rebuild(term, _bound)
    if term.head not in _BINDS or not is_internal(term.args[1].name):
        return term
    body, index, first, last = term.args
    new = sym(fresh("i", free_names(body) | {t.name for t in walk(body) if t.head == "sym"}))
    return Term(term.head, (substitute(body, {index.name: new}), new, first, last))
