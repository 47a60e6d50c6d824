"""Functions of NumPy and SciPy that are more accurate than what they are equal to, and the formula as it is written.

In the language of terms `logaddexp(a, b)` *is* log(exp(a) + exp(b)). In floating point it is not, so here such calls
have heads of their own, until `meaning` says what they are equal to.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache

from derive.errors import TermError
from derive.terms import calls
from derive.terms.term import Term, free_names, make, num, rebuild, substitute, walk
from derive.terms.text import parse_formula

#: a call that NumPy or SciPy computes accurately -> (the number of its arguments, what it means)
LIBRARY: Mapping[str, int] = {
    **dict.fromkeys(("logaddexp", "hypot", "betaln", "xlog1py"), 2),
    **dict.fromkeys(("log_ndtr", "erfcx"), 1),
}
_UNROLLED = 64
_MAX_PARTS = 1_000


def library(name: str, *args: Term) -> Term:
    """A call of a library function as one node."""
    return Term(name, args)


def as_written(text: str) -> Term:
    """The formula that a text says, in which the accurate functions of the libraries stay calls.

    >>> as_written("logaddexp(0, z)")
    logaddexp(0, z)
    """
    return parse_formula(text, call=_call)


def _call(name: str, args: tuple[calls.Argument, ...]) -> Term:
    plain = calls.call(name, args)
    return library(name, *args) if name in LIBRARY else plain  # type: ignore[arg-type]  # checked by the line above


@lru_cache(maxsize=1_024)
def meaning(term: Term) -> Term:
    """The same formula in the language of terms."""
    inner = rebuild(term, meaning)
    if inner.head not in LIBRARY:
        return inner
    return calls.call(inner.head, inner.args)


def resolved(named: Mapping[str, Term]) -> dict[str, Term]:
    """What names stand for, without the other names; `TermError` where they are defined by each other."""
    out = dict(named)
    for _ in range(len(out)):
        out = {name: substitute(term, out) for name, term in out.items()}
    if around := sorted(name for name, term in out.items() if free_names(term) & out.keys()):
        raise TermError(f"{', '.join(around)} are defined by each other")
    return out


def written_out(term: Term) -> Term:
    """Sums and products over a range of literal numbers as additions and multiplications.

    Raises `TermError` for what is not a number for given values of the variables: matrices, entries of arrays,
    derivatives, ranges of unknown length.
    """
    out = _unrolled(term)
    for count, node in enumerate(walk(out)):
        if node.head in _NOT_ELEMENTWISE:
            raise TermError(f"{node.head} cannot be evaluated in floating point; write the formula of one sample")
        if count >= _MAX_PARTS:
            raise TermError(f"a formula of more than {_MAX_PARTS:,} parts cannot be followed in floating point")
    return out


def _unrolled(term: Term) -> Term:
    inner = rebuild(term, _unrolled)
    if inner.head not in ("sum", "prod"):
        return inner
    body, index, first, last = inner.args
    if free_names(first) | free_names(last) or first.head != "num" or last.head != "num":
        raise TermError(f"a sum whose range is not known: {inner!r}"[:200])
    numbers = range(int(first.value), int(last.value) + 1)
    if len(numbers) > _UNROLLED:
        raise TermError(f"a sum of more than {_UNROLLED} summands cannot be followed in floating point")
    parts = [substitute(body, {index.name: num(i)}) for i in numbers]
    if len(parts) < 2:
        return parts[0] if parts else num(0 if inner.head == "sum" else 1)
    return make("add" if inner.head == "sum" else "mul", *parts)


_NOT_ELEMENTWISE = frozenset({
    *("at", "delta", "diff", "slope", "entry", "entries", "matrix", "transpose", "matmul", "matadd", "scale", "map"),
    *("diag", "sum", "prod"),
})
