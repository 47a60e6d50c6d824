"""Signs of forms in sums of any length: quadratic in sums over one range, by pairs of indices; nested, exchanged.

Σ q S T of sums S = Σ s(k), T = Σ t(l) over one range is the sum over all pairs (k, l) of q (s(k) t(l) + s(l) t(k))/2,
where 1 is Σ 1/n, or Σ p(k) for shares p. If that has one sign for each pair, so has the form: (Σ a²)(Σ b²) − (Σ ab)²
has (a(k) b(l) − a(l) b(k))²/2, Lagrange's identity, and the variance of v under shares p p(k) p(l) (v(k) − v(l))²/2.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator
from fractions import Fraction
from typing import TypeAlias

from derive.prove import signs
from derive.prove.elementary import atom_value
from derive.prove.field import Frac
from derive.prove.normal import Normal
from derive.prove.polys import Monomial, Poly
from derive.prove.registry import Key
from derive.prove.sign_masks import RULES, Signs
from derive.prove.sign_site import Everywhere
from derive.prove.signs import ANY, NEGATIVE, POSITIVE
from derive.prove.variables import index_range
from derive.terms.term import Term, make, mul, num, substitute, sym

_MAX_WAYS = 12
_HALF = Fraction(1, 2)
#: a summand, for an index of this name
Summand: TypeAlias = Callable[[str], Frac]


def _pairs(s: Signs, p: Poly, strict: bool) -> int:
    """Of degree 2 in sums over one range: the sign of what each pair of indices adds."""
    out = ANY
    for count, mine in _ranges(s.n, p).items():
        form = Form.of(s, count, mine)
        if form is not None and form.fits(p):
            out &= form.mask(p, strict)
    return out


def _ranges(n: Normal, p: Poly) -> dict[Key, dict[int, Key]]:
    """The sums in p, by range."""
    out: dict[Key, dict[int, Key]] = {}
    for g in n.field.generators_of(p):
        key = n.generator(g).key
        if key[0] == "sum":
            out.setdefault(key[2], {})[g] = key
    return out


class Form:
    """Sums over one range that is not empty, and the names of two indices of it."""

    def __init__(self, s: Signs, count: Key, mine: dict[int, Key], name: str) -> None:
        self.s, self.n = s, s.n
        self.count, self.mine = count, mine
        self.pair = (name, f"{name}.2")

    @classmethod
    def of(cls, s: Signs, count: Key, mine: dict[int, Key]) -> Form | None:
        """The form, with an index that no sum within a summand is named like; None where the range may be empty."""
        name = max(mine.values(), key=s.n.registry.height)[3]
        if name not in s.n.bound or s.n.mask(s.n.value(count)) != POSITIVE:
            return None
        out = cls(s, count, mine, name)
        s.n.bound.setdefault(out.pair[1], s.n.bound[name])
        return out

    def fits(self, p: Poly) -> bool:
        """Of degree 2 at most, with coefficients that do not depend on an index of the range."""
        names = {*self.pair, *(key[3] for key in self.mine.values())}
        return self.n.free_of(p).isdisjoint(names) and self._degree(p) <= 2

    def _degree(self, p: Poly) -> int:
        return max((sum(e for g, e in m if g in self.mine) for m, _ in self.n.field.terms(p)), default=0)

    def mask(self, p: Poly, strict: bool) -> int:
        """The mask by each way to write 1; without shares, a form of degree 1 has no news."""
        out = ANY
        for shares, unit in self._units():
            if shares or self._degree(p) == 2:
                found = self._by_unit(p, unit, strict)
                if shares and found != ANY:
                    self.n.hypotheses[adds_up(shares)] = None
                out &= found
        return out

    def _by_unit(self, p: Poly, unit: Summand, strict: bool) -> int:
        """All terms as pairs; or those with sums, and the others on their own."""
        whole = self._of_pairs(p, unit, strict)
        apart = [(m, c) for m, c in self.n.field.terms(p) if not any(g in self.mine for g, _ in m)]
        if whole != ANY or not apart:
            return whole
        rest = sum((self.n.field.monomial(m, c) for m, c in apart), self.n.field.zero)
        return signs.total(self._of_pairs(p - rest, unit, strict), self.s.of_poly(rest, strict))

    def _of_pairs(self, p: Poly, unit: Summand, strict: bool) -> int:
        f, of = self.n.field, self._for_two if self._degree(p) == 2 else self._for_one
        mask = self.s.of(f.sum(of(m, c, unit) for m, c in f.terms(p)), strict)
        return ANY if mask & NEGATIVE and mask & POSITIVE else mask

    def _for_two(self, m: Monomial, c: Fraction, unit: Summand) -> Frac:
        """c S T, one of the two or both perhaps 1, for a pair of indices."""
        f, (k, other) = self.n.field, self.pair
        a, b = [*self._summands(m), unit, unit][:2]
        return f.mul(self._rest(m, c * _HALF), f.add(f.mul(a(k), b(other)), f.mul(a(other), b(k))))

    def _for_one(self, m: Monomial, c: Fraction, unit: Summand) -> Frac:
        """c S, perhaps 1, for one index."""
        a = [*self._summands(m), unit][0]
        return self.n.field.mul(self._rest(m, c), a(self.pair[0]))

    def _rest(self, m: Monomial, c: Fraction) -> Frac:
        return Frac(self.n.field.monomial(tuple(ge for ge in m if ge[0] not in self.mine), c), ())

    def _summands(self, m: Monomial) -> list[Summand]:
        return [self._summand(g) for g, e in m for _ in range(e) if g in self.mine]

    def _summand(self, g: int) -> Summand:
        _, atom, _, name = self.mine[g]

        def at(index: str) -> Frac:
            if index == name:
                return atom_value(self.n, atom)
            return quietly(self.n, substitute(self.n.readback.atom(atom), {name: sym(index)}))

        return at

    def _units(self) -> Iterator[tuple[str, Summand]]:
        """Ways to write 1 as a sum over the range: 1/n, and shares in it; with the name of the shares."""
        yield "", lambda index: self.n.field.inverse(self.n.value(self.count))
        for name, entry in dict.fromkeys(self.shares()):
            yield name, lambda index, entry=entry: quietly(self.n, substitute(entry, {self.pair[0]: sym(index)}))  # type: ignore[misc]

    def shares(self) -> Iterator[tuple[str, Term]]:
        """Entries of a vector that add up to 1 over the range; a hypothesis, which a place of its own cannot name."""
        n = self.n
        here = n.key(n.go(sym(self.pair[0])))
        for g in () if isinstance(n, Everywhere) else self.mine:
            body = self._summand(g)(self.pair[0])
            for part in n.field.generators_of(body.num):
                key = n.generator(part).key
                if key[0] == "at" and key[2][-1] == here and self._adds_up(key):
                    yield key[1], n.readback.generator(part)

    def _adds_up(self, key: Key) -> bool:
        """Is the vector, or the row, as long as the range?"""
        n = self.n
        length = n.domain[key[1]].total
        if length is None or any(self.pair[0] in n.free(n.value(i)) for i in key[2][:-1]):
            return False
        return n.field.is_zero(n.field.sub(n.go(length), n.value(self.count)))


def adds_up(shares: str) -> str:
    """The hypothesis, as sums of entries say it too."""
    return f"the entries of {shares} add up to 1"


def quietly(n: Normal, t: Term) -> Frac:
    """The fraction of a term that has a value wherever the claim has one."""
    before, n.quiet = n.quiet, True
    try:
        return n.go(t)
    finally:
        n.quiet = before


# -- nested sums ------------------------------------------------------------------------------------------------------
def _exchanged(s: Signs, p: Poly, strict: bool) -> int:
    """c₀ + Σ c S, linear in sums, one range of each brought to the front: the sign for each index of it."""
    rows = _rows(s.n, p)
    if rows is None:
        return ANY
    found = [g for _, _, g in rows if g is not None]
    inside = [list(_inside(s.n, g)) for g in found]
    if max(map(len, inside)) == 1 and len({s.n.generator(g).key[3] for g in found}) == 1:
        return ANY  # nothing is nested
    out = ANY
    ranges = s.n.registry.ranges
    for count in sorted(set.intersection(*map(set, inside)), key=lambda c: ranges.get(c, 0)):
        out &= _in_front(s, rows, count, strict)
    return out


_Rows: TypeAlias = list[tuple[Monomial, Fraction, int | None]]


def _rows(n: Normal, p: Poly) -> _Rows | None:
    """The terms with the sum in each, or none; None where one has more than one sum in it, or there is none at all."""
    out: _Rows = []
    for m, c in n.field.terms(p):
        found = [g for g, e in m for _ in range(e) if n.generator(g).key[0] == "sum"]
        if len(found) > 1:
            return None
        out.append((tuple(ge for ge in m if ge[0] not in found), c, found[0] if found else None))
    return out if any(g is not None for _, _, g in out) else None


def _inside(n: Normal, g: int) -> Iterator[Key]:
    """The ranges of a sum and of those in it that are factors of its summand."""
    _, atom, count, _ = n.generator(g).key
    yield count
    for h, e in atom[0]:
        if e == 1 and n.generator(h).key[0] == "sum":
            yield from _inside(n, h)


def _in_front(s: Signs, rows: _Rows, count: Key, strict: bool) -> int:
    n = s.n
    size = n.value(count)
    tallest = max(n.registry.height(n.generator(g).key) for _, _, g in rows if g is not None)
    name = f".{tallest + 1}.{n.registry.range_number(count)}"  # taller than any sum under it
    free = n.free_of(*(n.field.monomial(m) for m, _, _ in rows))
    if n.mask(size) != POSITIVE or n.free(size) & n.bound.keys() or name in free:
        return ANY
    n.bound.setdefault(name, index_range(n.readback.fraction(size)))
    none = n.field.inverse(size)
    ways = [[none] if g is None else [quietly(n, t) for t in _pulled(n, g, count, name)] for _, _, g in rows]
    for way in itertools.islice(itertools.product(*ways), _MAX_WAYS):
        parts = (n.field.mul(Frac(n.field.monomial(m, c), ()), a) for (m, c, _), a in zip(rows, way, strict=True))
        mask = s.of(n.field.sum(parts), strict)
        if not (mask & NEGATIVE and mask & POSITIVE):
            return mask
    return ANY


def _pulled(n: Normal, g: int, count: Key, at: str) -> Iterator[Term]:
    """Summands with which the sum is one over this range, its index named `at`: Σ r Σ f is Σ Σ r f."""
    _, atom, own, name = n.generator(g).key
    for h, e in atom[0]:
        if e == 1 and n.generator(h).key[0] == "sum":
            rest = n.readback.atom((tuple(ge for ge in atom[0] if ge[0] != h), atom[1]))
            last = n.readback.fraction(n.field.sub(n.value(own), n.field.constant(Fraction(1))))
            for inner in _pulled(n, h, count, at):
                yield make("sum", mul(rest, inner), sym(name), num(0), last)
    if own == count:
        yield substitute(n.readback.atom(atom), {name: sym(at)})


RULES |= {"pairs of summands": _pairs, "exchanged sums": _exchanged}
