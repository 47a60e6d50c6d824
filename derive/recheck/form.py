"""What the form of a term says of its sign, before sums are split and squares are multiplied out."""

from __future__ import annotations

from functools import reduce
from operator import or_

from derive.errors import CertificateError
from derive.recheck.arithmetic import Vacuous
from derive.recheck.region import Kink, Region
from derive.recheck.signs import ANY, NONNEGATIVE, POSITIVE, ZERO, product, total
from derive.recheck.translate import go, number
from derive.terms.term import Term, free_names, fresh, substitute, sym

_INDEX = " index"


def by_form(r: Region, t: Term) -> int:
    """The signs that a term can have where it is defined."""
    match t.head:
        case "add" | "mul":
            return reduce(total if t.head == "add" else product, (by_form(r, a) for a in t.args))
        case "pow" if t.args[1].head == "num" and t.args[1].value.denominator == 1 and t.args[1].value % 2 == 0:
            return NONNEGATIVE
        case "sum":
            name = fresh(_INDEX, free_names(t.args[0]))  # of which nothing can be known
            summand = substitute(t.args[0], {t.args[1].name: sym(name)})
            return NONNEGATIVE if by_form(r, summand) in (NONNEGATIVE, POSITIVE, ZERO) else ANY
        case "piecewise":  # one of the values, whichever
            return _by_value(r, t) & reduce(or_, (by_form(r, a) for a in t.args[::2]))
    return _by_value(r, t)


def _by_value(r: Region, t: Term) -> int:
    """What is known of its value; log a has the sign of a − 1. Nothing is assumed for this."""
    strict, r.strict = r.strict, True
    try:
        return r.mask(r.sub(go(r, t.args[0]), number(1)) if t.head == "log" else go(r, t))
    except (Vacuous, CertificateError, Kink):
        return ANY
    finally:
        r.strict = strict
