"""Laws of abs, sign, max, min, heaviside, piecewise and xlogy, and of derivatives where one of them may tie."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from derive.domain import REAL
from derive.errors import CertificateError
from derive.recheck.arithmetic import Vacuous
from derive.recheck.differentiate import differentiate, plain
from derive.recheck.fraction import Frac, NotRechecked
from derive.recheck.masks import by_masks, has_index, signed
from derive.recheck.poly import Number
from derive.recheck.region import Along, Kink, Outside, Region, Unsigned
from derive.recheck.signs import NEGATIVE, NONNEGATIVE, NONPOSITIVE, NONZERO, POSITIVE, SIGNS, ZERO, negated
from derive.recheck.translate import Law, beside, go, law, number
from derive.recheck.unfold import Ranges, has_value
from derive.terms.term import Term, bound_names, free_names, make, neg, num, sub, substitute, sym, walk

_ZERO = num(0)
_WAYS = (NONNEGATIVE, NONPOSITIVE)
_COMPARED = {
    "lt": (POSITIVE, NONPOSITIVE),
    "le": (NONNEGATIVE, NEGATIVE),
    "eq": (ZERO, NONZERO),
    "ne": (NONZERO, ZERO),
}


def sign_of(r: Region, gap: Term, wanted: Sequence[int] = SIGNS) -> int:
    """The one mask of `wanted` in which the sign of a gap lies; beside the point, while a derivative is taken."""
    a = go(r, gap)
    if r.along is None or r.along.name not in free_names(gap):
        return r.sign(a, wanted)
    mask = r.sign(a)
    if mask == ZERO:
        mask = beside_zero(r, gap, r.along)
    return next(w for w in wanted if mask | w == w)


def beside_zero(r: Region, gap: Term, along: Along) -> int:
    """The sign of a gap that is zero at the point, on the side from which the variable comes: that of its slope."""
    if not along.side:
        raise Kink
    mask = r.sign(go(r, differentiate(plain(gap), sym(along.name))))
    if mask == ZERO:
        raise NotRechecked("cannot re-check a boundary that is touched and not crossed")
    return mask if along.side > 0 else negated(mask)


@law("abs")
def _abs(r: Region, t: Term) -> Frac:
    (a,) = t.args
    try:
        return r.scale(go(r, a), 1 if sign_of(r, a, _WAYS) == NONNEGATIVE else -1)
    except Unsigned:
        if not has_index(r, t):
            raise
        return by_masks(r, [(neg(a), make("lt", a, _ZERO)), (a, make("true"))])


def _step(below: int, at_zero: Fraction) -> Law:
    values: dict[int, Number] = {NEGATIVE: below, ZERO: at_zero, POSITIVE: 1}

    def step(r: Region, t: Term) -> Frac:
        (a,) = t.args
        try:
            return number(values[sign_of(r, a)])
        except Unsigned:
            if not has_index(r, t):
                raise
            s = signed(r, go(r, a))
            return s if t.head == "sign" else r.scale(r.add((number(1), s)), Fraction(1, 2))

    return step


law("sign")(_step(-1, Fraction(0)))
law("heaviside")(_step(0, Fraction(1, 2)))


@law("max", "min")
def _extreme(r: Region, t: Term) -> Frac:
    try:
        return go(r, _kept(r, t))
    except Unsigned:
        if not has_index(r, t):
            raise
    out, *others = t.args
    for other in others:
        first, second = (other, out) if t.head == "max" else (out, other)
        out = make("piecewise", out, make("le", first, second), other, make("true"))
    return go(r, out)


def _kept(r: Region, t: Term) -> Term:
    """The largest, or the smallest."""
    out, *others = t.args
    for other in others:
        keep = sign_of(r, sub(out, other), _WAYS) == (NONNEGATIVE if t.head == "max" else NONPOSITIVE)
        out = out if keep else other
    return out


@law("piecewise")
def _piecewise(r: Region, t: Term) -> Frac:
    """The branch that is taken; the others need not be defined."""
    branches = list(zip(t.args[::2], t.args[1::2], strict=True))
    try:
        for value, condition in branches:
            if holds(r, condition):
                return go(r, value)
    except Unsigned:
        if not has_index(r, t) or branches[-1][1].head != "true":
            raise
        return by_masks(r, branches)
    raise Vacuous("no condition of a piecewise holds")


def holds(r: Region, t: Term) -> bool:
    """Does a condition hold in this region?"""
    match t.head:
        case "true" | "false":
            return t.head == "true"
        case "and":
            return all(holds(r, a) for a in t.args)
        case "or":
            return any(holds(r, a) for a in t.args)
        case "not":
            return not holds(r, t.args[0])
    yes, no = _COMPARED[t.head]
    return sign_of(r, sub(t.args[1], t.args[0]), (yes, no)) == yes


@law("xlogy")
def _xlogy(r: Region, t: Term) -> Frac:
    """x log y, and 0 where x = 0, whatever y: the sign of x is not needed where log y is seen to exist."""
    x, y = t.args
    a = go(r, x)
    if r.mask(a) & ZERO and not _seen_positive(r, y) and sign_of(r, x, (ZERO, NONZERO)) == ZERO:
        return number(0)
    return r.mul(a, go(r, Term("log", (y,))))


def _seen_positive(r: Region, t: Term) -> bool:
    """Is t seen to be defined and positive, without a new condition?"""
    strict, r.strict = r.strict, True
    try:
        return r.mask(go(r, t)) == POSITIVE
    except (Vacuous, CertificateError, Kink):
        return False
    finally:
        r.strict = strict


# -- derivatives ------------------------------------------------------------------------------------------------------
@law("slope")
def _slope(r: Region, t: Term) -> Frac:
    """The formula where nothing ties; else the common limit of both sides, where the function is continuous.

    A function that is continuous at a point, and whose derivative has one limit from both sides, has that derivative.
    """
    formula, body, v, at = t.args
    if r.along is not None:
        return _inner_slope(r, t, r.along)
    here = go(r, body if at == v else substitute(body, {v.name: at}))
    try:
        _look_beside(r, Along(v.name, at, 0), body)
        return beside(r, Along(v.name, at, 0), formula)
    except Kink:
        values, slopes = _both_sides(r, t, body), _both_sides(r, t, formula)
    except Vacuous:
        _both_sides(r, t, body)
        raise NotRechecked("cannot re-check a derivative where its formula has no value") from None
    gaps = [r.sub(here, values[0]), r.sub(here, values[1]), r.sub(*slopes)]
    if any(gap.num and r.sign(gap, (ZERO, NONZERO)) == NONZERO for gap in gaps):
        raise Vacuous("there is no derivative at a kink or a jump")
    return slopes[0]


def _look_beside(r: Region, along: Along, t: Term) -> None:
    """Has each part that depends on the variable a value beside the point? The formula may have lost some of them."""
    if along.name not in free_names(t):
        return
    parts = t.args if t.head in ("add", "mul", "given") else ()
    if t.head == "slope" and t.args[2].name != along.name:
        parts = t.args[:2]
    for a in parts:
        _look_beside(r, along, a)
    if not parts:
        beside(r, along, t)


def _both_sides(r: Region, t: Term, value: Term) -> list[Frac]:
    """The limits of a value from above and from below."""
    try:
        return [beside(r, Along(t.args[2].name, t.args[3], side), value) for side in (1, -1)]
    except Outside:
        raise Vacuous("there is no derivative at the border of the function") from None
    except Vacuous:
        raise NotRechecked("cannot re-check a derivative at a point where one side has no value") from None


def _inner_slope(r: Region, t: Term, along: Along) -> Frac:
    """A derivative inside a derivative: beside the point the formula holds, at the point both sides count again."""
    formula, body, v, at = t.args
    if along.name != v.name or at != v:
        raise NotRechecked("cannot re-check a mixed derivative at the boundary of a choice")
    if along.side:
        _look_beside(r, along, body)
        return go(r, formula)
    return beside(r, None, Term("slope", (formula, body, v, along.value)))


@law("given")
def _given(r: Region, t: Term) -> Frac:
    """The formula of a derivative: nothing is assumed but that the function has a value (which may be undecided)."""
    _visit(r, t.args[1])
    strict, r.strict = r.strict, True
    try:
        return go(r, t.args[0])
    except Vacuous:
        raise NotRechecked("cannot re-check a derivative where its formula has no value") from None
    finally:
        r.strict = strict


def _visit(r: Region, t: Term) -> None:
    """What a value needs is entered; where a choice is not decided, what each of its parts needs."""
    try:
        go(r, t)
    except Unsigned:
        bound = frozenset().union(*map(bound_names, walk(t)))
        if all(_valued(a, lambda name: REAL if name in bound else r.range_of(name)) for a in walk(t)):
            return
        if r.strict or t.head not in _PARTWISE:
            raise
        for a in t.args:
            _visit(r, a)


def _valued(t: Term, ranges: Ranges) -> bool:
    """Has this operation a value whenever its arguments have one, whichever way a choice goes?"""
    return t.head in _DECIDED or (t.head == "piecewise" and t.args[-1].head == "true") or has_value(t, ranges)


_DECIDED = frozenset({"abs", "sign", "heaviside", "max", "min", *_COMPARED, "and", "or", "not", "true", "false"})
_PARTWISE = frozenset({"add", "mul", "exp", "abs", "sign", "heaviside", "max", "min"})
