"""Laws of products of any length: the one factor for which an index decides is taken out.

Π_k f(k, [k = e]) = Π_k f(k, 0) · f(e, 1)/f(e, 0)      for e in the range, where f(e, 0) is not 0
"""

from __future__ import annotations

from derive.prove.deltas import ANYWHERE, VALUES, deltas_in, hit, with_delta
from derive.prove.forms import total, whole
from derive.prove.normal import Normal
from derive.prove.prefixes import seen
from derive.terms.term import Term, mul, num, power, sub, substitute


def without_one(n: Normal, t: Term) -> Term | None:
    """The product of all factors, corrected for the one that is another; None where there is none, or it may be 0."""
    body, index, *ends = t.args
    for delta in dict.fromkeys(deltas_in(body, index.name, ANYWHERE)):
        e = hit(delta, index.name)
        off, on = (with_delta(body, delta, value, ANYWHERE) for value in VALUES[delta.head])
        every = Term("prod", (off, index, *ends))
        if e is None or not (
            whole(e, n.range_of) and seen(n, sub(e, ends[0]), sub(ends[1], e)) and total(every, n.known)
        ):
            continue
        was, is_now = (substitute(part, {index.name: e}) for part in (off, on))
        if n.seen_nonzero(n.go(was)):
            return mul(every, is_now, power(was, num(-1)))
    return None
