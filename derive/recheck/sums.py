"""Laws of sums and products with symbolic ranges."""

from __future__ import annotations

from functools import lru_cache

from derive.errors import CertificateError
from derive.recheck import poly
from derive.recheck.arithmetic import Vacuous
from derive.recheck.fraction import Frac, NotRechecked
from derive.recheck.laws import denominator, exp, log_abs
from derive.recheck.masks import at_zero
from derive.recheck.poly import ONE, Mono
from derive.recheck.region import Region
from derive.recheck.signs import ANY, NEGATIVE, NONPOSITIVE, NONZERO, POSITIVE, ZERO
from derive.recheck.translate import canonical, go, law
from derive.recheck.unfold import index_range, whole
from derive.terms.term import Term, add, children, free_names, num, sub, substitute, sym

MAX_UNROLLED = 64
_MOST_EXCHANGED = 4  # sums that are nested in one another
_BEYOND = 1_000  # sums are not nested as deeply: no name that one has
_ZERO, _ONE = num(0), num(1)


@lru_cache(maxsize=20_000)
def height(t: Term) -> int:
    """How deep sums are nested in a term."""
    return max(map(height, children(t)), default=0) + (t.head in ("sum", "prod"))


def _scope(r: Region, t: Term) -> list[Frac] | tuple[Frac, str, Term]:
    """The summands one by one, or one generic summand with the name of its index and the number of summands."""
    body, index, first, last = t.args
    length = add(sub(last, first), _ONE)
    if not all(whole(end, r.range_of) for end in (first, last)):
        raise NotRechecked("cannot re-check a sum whose ends are not whole numbers by their form")
    size = go(r, length).constant
    if size is not None and size <= MAX_UNROLLED:
        return [go(r, substitute(body, {index.name: add(first, num(k))})) for k in range(max(0, int(size)))]
    if r.sign(go(r, length), (POSITIVE, NONPOSITIVE)) == NONPOSITIVE:
        return []
    count = r.book.term(go(r, length))
    name = named(r, height(t), count)
    if name in free_names(t):
        raise NotRechecked("cannot re-check: sums are nested in an unforeseen way")
    at = sym(name) if first == _ZERO else add(sym(name), first)
    return go(r, substitute(body, {index.name: at})), name, count


def named(r: Region, depth: int, count: Term) -> str:
    """The index of the range 0 … count − 1 in a sum with so many sums nested in it. No formula can contain the name."""
    name = f".{depth}.{r.book.ranges.setdefault(count, len(r.book.ranges))}"
    r.bound.setdefault(name, index_range(count))
    return name


@law("sum")
def _sum(r: Region, t: Term) -> Frac:
    scope = _scope(r, t)
    return r.add(scope) if isinstance(scope, list) else summed(r, *scope)


def summed(r: Region, body: Frac, name: str, count: Term, *, ordered: bool = True) -> Frac:
    """Σ body: linear, what does not depend on the index in front, one generator per summand that is left.

    Of both orders of a double sum one is chosen by its form, if it is to be `ordered`.
    """
    body = at_zero(r, body)
    inside = tuple((f, e) for f, e in body.den if name in r.names(r.book.factors[f]))
    outside = tuple(fe for fe in body.den if fe not in inside)
    quotient, rest = poly.divide(body.num, denominator(r, inside)) if inside else (body.num, {})
    parts = []
    for p, den in ((quotient, ()), (rest, inside)):
        groups: dict[Mono, poly.Poly] = {}
        for m, c in p.items():
            kept = tuple(ge for ge in m if name in free_names(r.book.terms[ge[0]]))
            groups.setdefault(kept, {})[tuple(ge for ge in m if ge not in kept)] = c
        parts += [r.mul(Frac(c), _one_sum(r, Frac({m: 1}, den), name, count, ordered)) for m, c in groups.items()]
    return r.mul(r.add(parts), Frac(ONE, outside))


def _one_sum(r: Region, atom: Frac, name: str, count: Term, ordered: bool) -> Frac:
    if atom.constant is not None:
        return canonical(r, count)
    body = r.book.term(atom)
    proper = named(r, height(body) + 1, count)
    if proper != name:
        if proper in free_names(body):
            raise NotRechecked("cannot re-check: sums are nested in an unforeseen way")
        return summed(r, canonical(r, substitute(body, {name: sym(proper)})), proper, count, ordered=ordered)
    own = Term("sum", (body, sym(name), _ZERO, sub(count, _ONE)))
    other = _exchanged(r, atom, name, count) if ordered else None
    if other is not None and _place(r.book.term(other)) < _place(own):
        return other
    sign = r.mask(atom)
    r.memos[None].setdefault(body, atom)
    return r.of(own, sign if sign & NONZERO in (NEGATIVE, POSITIVE) else ANY)


def _place(t: Term) -> tuple[int, str]:
    """By which of two forms one is chosen: the less nested one, or the one whose text comes first."""
    return height(t), repr(t)


def _exchanged(r: Region, atom: Frac, name: str, count: Term) -> Frac | None:
    """The other order, where it needs no new condition: of the new names nothing is known but their ranges."""
    strict, r.strict = r.strict, True
    try:
        return _other_order(r, atom, name, count)
    except (CertificateError, Vacuous):
        return None
    finally:
        r.strict = strict


def _other_order(r: Region, atom: Frac, name: str, count: Term) -> Frac | None:
    """Σᵢ a Σⱼ b = Σⱼ Σᵢ a b, where the range of j does not depend on i."""
    if height(r.book.term(atom)) > _MOST_EXCHANGED:  # the time doubles with each
        return None
    ((m, _),) = atom.num.items()
    inner = [(g, e) for g, e in m if r.book.terms[g].head == "sum"]
    if len(inner) != 1 or inner[0][1] != 1:
        return None
    body, index, _, last = r.book.terms[inner[0][0]].args
    if name in free_names(last):
        return None
    length = r.book.term(go(r, add(last, _ONE)))
    outer = named(r, _BEYOND + height(body), length)
    if outer in free_names(r.book.term(atom)):
        return None
    inside = canonical(r, substitute(body, {index.name: sym(outer)}))
    rest = Frac({tuple(ge for ge in m if ge not in inner): 1}, atom.den)
    one = summed(r, r.mul(rest, inside), name, count, ordered=False)
    return summed(r, one, outer, length, ordered=False)


@law("prod")
def _prod(r: Region, t: Term) -> Frac:
    """Unrolled, or exp of the sum of logarithms where the factors are positive."""
    scope = _scope(r, t)
    if isinstance(scope, list):
        out = Frac(ONE)
        for part in scope:
            out = r.mul(out, part)
        return out
    if r.mask(scope[0]) != POSITIVE:
        raise NotRechecked("cannot re-check a product of factors that are not positive")
    return exp(r, summed(r, log_abs(r, scope[0]), *scope[1:]))


def merged_is_zero(r: Region, gap: Frac) -> bool:
    """c₀ + Σⱼ cⱼ Sⱼ = 0, linear in sums over one range: is the merged summand c₀/count + Σⱼ cⱼ bodyⱼ zero?"""
    sums = [r.book.terms[g] for g in poly.generators(gap.num) if r.book.terms[g].head == "sum"]
    return any(_merged(r, gap, index, last) for index, last in {(s.args[1], s.args[3]) for s in sums})


def _merged(r: Region, gap: Frac, index: Term, last: Term) -> bool:
    count = go(r, add(last, _ONE))
    if r.mask(count) != POSITIVE:
        return False
    parts = []
    for m, c in gap.num.items():
        mine = [(g, e) for g, e in m if r.book.terms[g].head == "sum" and r.book.terms[g].args[1::2] == (index, last)]
        if len(mine) > 1 or (mine and mine[0][1] != 1):
            return False
        body = go(r, r.book.terms[mine[0][0]].args[0]) if mine else r.inverse(count)
        parts.append(r.mul(Frac({tuple(ge for ge in m if ge not in mine): c}), body))
    return not r.add(parts).num


def is_zero(r: Region, gap: Frac) -> bool:
    """Is the numerator zero, at once, modulo what is zero in this region, or after sums of one range are merged?"""
    if not gap.num:
        return True
    bare = poly.shift(gap.num, poly.raised(poly.content(gap.num), -1))
    zeros = [q for q, mask in r.facts if mask == ZERO]
    if any(poly.fits(bare, q) and not poly.divide(bare, q)[1] for q in zeros):
        return True
    return merged_is_zero(r, gap)
