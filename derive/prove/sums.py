"""Laws of entries, Kronecker deltas, sums and products with symbolic ranges."""

from __future__ import annotations

from fractions import Fraction

from derive.prove import nested, pointwise, prefixes, products, ranges, signs, squares
from derive.prove.elementary import atom_free, atom_value, exp, log_abs
from derive.prove.field import Frac
from derive.prove.forms import whole
from derive.prove.normal import Normal, law
from derive.prove.pointwise import height
from derive.prove.polys import Monomial, Poly
from derive.prove.registry import Key
from derive.prove.signals import Undefined
from derive.prove.variables import index_range, variable
from derive.terms.term import (
    Term,
    add,
    neg,
    num,
    power,
    sub,
    substitute,
    sym,
)

MAX_UNROLLED = 64
_MAX_MISSING = 8


@law("at")
def _entry(n: Normal, t: Term) -> Frac:
    indices = [n.go(i) for i in t.args[1:]]
    free = frozenset().union(*map(n.free, indices))
    return variable(n, ("at", t.name, tuple(map(n.key, indices))), t.name, free)


@law("delta")
def _delta(n: Normal, t: Term) -> Frac:
    gap = n.field.sub(n.go(t.args[0]), n.go(t.args[1]))
    equal = n.sign(gap, (signs.ZERO, signs.NONZERO)) == signs.ZERO
    return n.field.constant(Fraction(equal))


@law("sum")
def _sum(n: Normal, t: Term) -> Frac:
    if (other := prefixes.from_zero(n, t)) is not None:
        return other
    scope = _Scope(n, t)
    if scope.unrolled is not None:
        return n.field.sum(map(n.go, scope.unrolled))
    if scope.empty:
        return n.field.constant(Fraction(0))
    if (longer := ranges.peeled(n, t, scope.count)) is not None:
        return n.go(longer)
    return pointwise.over_range(n, scope, lambda n, body: summed(n, body, scope))


@law("prod")
def _prod(n: Normal, t: Term) -> Frac:
    scope = _Scope(n, t)
    out = n.field.constant(Fraction(1))
    if scope.unrolled is not None or scope.empty:
        for part in scope.unrolled or ():
            out = n.field.mul(out, n.go(part))
        return out
    if (longer := ranges.peeled(n, t, scope.count) or products.without_one(n, t)) is not None:
        return n.go(longer)
    return pointwise.over_range(n, scope, lambda n, body: _product(n, body, scope))


def _product(n: Normal, body: Frac, scope: _Scope) -> Frac:
    """A power of what does not depend on the index, exp Σ log of factors that are positive; else a generator."""
    if scope.name not in n.free(body) and whole(scope.count_term, n.range_of):
        return n.go(power(n.readback.fraction(body), scope.count_term))
    if n.mask(body) == signs.POSITIVE:
        return exp(n, summed(n, log_abs(n, body), scope))
    free = (n.free(body) - {scope.name}) | n.free(scope.count)
    return n.function(("prod", n.key(body), n.key(scope.count), scope.name), free)


class _Scope:
    """The range of a sum, shifted to start at 0, and its index under a name that only this range has.

    What is learnt of the index then holds wherever the name occurs. An empty range is a region of its own, as most
    laws of sums need a summand.
    """

    def __init__(self, n: Normal, t: Term) -> None:
        n.field.tick()
        self.n = n
        self.term = t
        body, index, first, last = t.args
        self.count_term = add(sub(last, first), num(1))
        self.count = n.go(self.count_term)
        self.unrolled: list[Term] | None = None
        self.empty = False
        for end in (first, last):
            self._check_whole(end)
        size = n.field.constant_value(self.count)
        if size is not None and size.denominator != 1:
            raise Undefined("a sum over a range that does not end on a whole number")
        if size is not None and size <= MAX_UNROLLED:
            shifts = (add(first, num(s)) for s in range(max(0, int(size))))
            self.unrolled = [substitute(body, {index.name: i}) for i in shifts]
            return
        self.empty = n.sign(self.count, (signs.POSITIVE, signs.NONPOSITIVE)) == signs.NONPOSITIVE
        self.name = self.named(height(t))

    def _check_whole(self, end: Term) -> None:
        """A sum has a value only where both of its ends are whole numbers."""
        value = self.n.field.constant_value(self.n.go(end))
        if value is not None and value.denominator != 1:
            raise Undefined(f"the end of a range is no whole number: {end!r}"[:200])
        if value is None and not whole(end, self.n.range_of):
            self.n.needs_whole(end)

    def named(self, depth: int) -> str:
        """The index of this range in a sum with so many sums nested in it: no sum inside uses the same name."""
        name = f".{depth}.{self.n.registry.range_number(self.n.key(self.count))}"  # no formula can contain it
        self.n.bound.setdefault(name, index_range(self.count_term))
        return name

    def summand(self) -> Term:
        """The summand, with the index counted from 0 under its new name."""
        body, index, first, _ = self.term.args
        shifted = sym(self.name) if first == num(0) else add(sym(self.name), first)
        return substitute(body, {index.name: shifted})


def summed(n: Normal, body: Frac, scope: _Scope, name: str | None = None) -> Frac:
    """Σ body: linear, what does not depend on the index in front, one generator per remaining summand."""
    f = n.field
    name = name or scope.name
    body = f.normal(body) if body.den else body
    inside = [(i, e) for i, e in body.den if name in n.free_of(f.factors[i])]
    outside = tuple((i, e) for i, e in body.den if (i, e) not in inside)
    parts = [_collected(n, poly, den, scope, name) for poly, den in _whole_and_rest(n, body.num, inside)]
    return f.mul(f.sum(parts), Frac(f.one, outside))


def _whole_and_rest(n: Normal, p: Poly, inside: list[tuple[int, int]]) -> list[tuple[Poly, Key]]:
    f = n.field
    if not inside:
        return [(p, frozenset())]
    f.check_degree(p)
    quotient, rest = divmod(p, f.den_poly(Frac(f.one, tuple(inside))))
    den = frozenset((f.poly_key(f.factors[i]), e) for i, e in inside)
    return [(quotient, frozenset()), (rest, den)]


def _collected(n: Normal, p: Poly, den: Key, scope: _Scope, name: str) -> Frac:
    f = n.field
    groups: dict[Monomial, Poly] = {}
    for monomial, c in f.terms(p):
        inside = tuple((g, e) for g, e in monomial if name in n.generator(g).free)
        outside = tuple(ge for ge in monomial if ge not in inside)
        groups[inside] = groups.get(inside, f.zero) + f.monomial(outside, c)
    return f.sum(f.mul(Frac(c, ()), _one_sum(n, (inside, den), scope, name)) for inside, c in groups.items())


def _one_sum(n: Normal, atom: Key, scope: _Scope, name: str) -> Frac:
    if atom == ((), frozenset()):
        return scope.count
    proper = scope.named(n.registry.height(("sum", atom)))
    if proper != name:  # sums inside have vanished: the index gets the name that this summand has elsewhere
        renamed = substitute(n.readback.atom(atom), {name: sym(proper)})
        return summed(n, n.go(renamed), scope, proper)
    if (rest := _rest_of_one(n, atom, scope, name)) is not None:
        return n.go(rest)
    closed = ranges.power_sum(n, atom, scope.count, name) or ranges.geometric(n, atom, scope.count_term, name)
    if closed is not None:
        return closed
    if (in_order := nested.in_order(n, atom, scope.count, name)) is not None:
        return in_order
    other = nested.triangle(n, atom, scope.count_term, name)
    other = other or ranges.in_order(n, n.readback.atom(atom), name, scope.count_term)
    if other is not None:
        return n.go(other)
    free = (atom_free(n, atom) - {name}) | n.free(scope.count)
    out = n.function(("sum", atom, n.key(scope.count), name), free)
    if (mask := n.mask(atom_value(n, atom))) in (signs.POSITIVE, signs.NONNEGATIVE):
        n.facts.learn(out, mask)
    return out


def _rest_of_one(n: Normal, atom: Key, scope: _Scope, name: str) -> Term | None:
    """Σ of the entries of a one-hot or simplex vector: 1 minus the few entries beyond the range."""
    if atom[1] or len(atom[0]) != 1 or atom[0][0][1] != 1:
        return None
    key = n.generator(atom[0][0][0]).key
    if key[0] != "at" or (length := n.domain[key[1]].total) is None:
        return None
    *outer, last = key[2]
    missing = n.field.constant_value(n.field.sub(n.go(length), scope.count))
    if missing is None or not 0 <= missing <= _MAX_MISSING or last != n.key(n.go(sym(name))):
        return None
    if any(name in n.free(n.value(i)) for i in outer):
        return None
    n.hypotheses[f"the entries of {key[1]} add up to 1"] = None
    entry = n.readback.atom(atom)
    beyond = (substitute(entry, {name: add(scope.count_term, num(k))}) for k in range(int(missing)))
    return add(num(1), *(neg(e) for e in beyond))


def merged_is_zero(n: Normal, gap: Frac) -> bool:
    """c₀ + Σⱼ cⱼ Sⱼ = 0, linear in sums over one range: is the merged summand c₀/count + Σⱼ cⱼ bodyⱼ zero?"""
    f = n.field
    found = [(g, n.generator(g).key) for g in f.generators_of(gap.num) if n.generator(g).key[0] == "sum"]
    for count, name in dict.fromkeys((key[2], key[3]) for _, key in found):
        mine = {g: key for g, key in found if key[2:] == (count, name)}
        if name in n.bound and _merged(n, gap.num, mine, name):
            return True
    return pointwise.merged_is_zero(n, gap) or squares.merged_is_zero(n, gap)


def _merged(n: Normal, p: Poly, mine: dict[int, Key], name: str) -> bool:
    f = n.field
    parts: list[Frac] = []
    for monomial, c in f.terms(p):
        here = [(g, e) for g, e in monomial if g in mine]
        if len(here) > 1 or (here and here[0][1] > 1):
            return False
        rest = Frac(f.monomial(tuple(ge for ge in monomial if ge not in here), c), ())
        body = atom_value(n, mine[here[0][0]][1]) if here else f.inverse(n.go(_count_of(n, name)))
        parts.append(f.mul(rest, body))
    return f.is_zero(f.sum(parts))


def _count_of(n: Normal, name: str) -> Term:
    """The number of values of a bound index; a scope is only made where that is positive."""
    last = n.bound[name].index
    return add(last[1], num(1)) if last else num(1)
