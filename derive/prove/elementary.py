"""exp, log and roots of fractions: everything elementary is written through these."""

from __future__ import annotations

from fractions import Fraction

from flint import fmpz

from derive.prove import signs
from derive.prove.field import Frac
from derive.prove.normal import Normal
from derive.prove.polys import Poly
from derive.prove.registry import Key
from derive.prove.signals import GaveUp

_MAX_EXPONENT = 10_000
_MAX_FACTOR_BITS = 128
#: the atom of a constant
ONE: Key = ((), frozenset())


# -- atoms: a fraction as a Q-combination of monomials over denominators -------------------------------------------
def atoms(n: Normal, a: Frac) -> list[tuple[Key, Fraction]]:
    """a = Σ c · atom, unique for the value of a: the whole part has no denominator, the rest is reduced."""
    f = n.field
    if not a.den:
        return [((m, frozenset()), c) for m, c in f.terms(a.num)]
    a = f.normal(a)
    if not a.den:
        return atoms(n, a)
    f.check_degree(a.num)
    quotient, rest = divmod(a.num, f.den_poly(a))
    den = frozenset((f.poly_key(f.factors[i]), e) for i, e in a.den)
    return [((m, frozenset()), c) for m, c in f.terms(quotient)] + [((m, den), c) for m, c in f.terms(rest)]


def atom_value(n: Normal, key: Key) -> Frac:
    """The fraction of an atom."""
    f = n.field
    out = Frac(f.monomial(key[0]), ())
    for rows, e in sorted(key[1], key=lambda re: (sorted(re[0]), re[1])):
        factor = f.from_key(rows)
        out = f.mul(out, f.power(f.inverse(Frac(factor, ())), e))
    return out


def atom_free(n: Normal, key: Key) -> frozenset[str]:
    """The names on which an atom depends."""
    numbers = {g for g, _ in key[0]} | {g for rows, _ in key[1] for m, _ in rows for g, _ in m}
    return frozenset().union(*(n.generator(g).free for g in numbers))


# -- exp and log ----------------------------------------------------------------
def exp(n: Normal, a: Frac) -> Frac:
    """exp(Σ c·atom) = Π exp(unit·atom)^k; exp(c·log|p|) = |p|^c."""
    lambert = _lambert_power(n, a)
    if lambert is not None:
        return lambert
    out = n.field.constant(Fraction(1))
    for key, c in atoms(n, a):
        out = n.field.mul(out, _exp_atom(n, key, c))
    return out


def _lambert_power(n: Normal, a: Frac) -> Frac | None:
    """exp(c W(u)) = (e^W)^c, where a is c·u·(e^W)^−1 for a generator e^W and a whole c."""
    f = n.field
    for i, e in a.den:
        rows = f.terms(f.factors[i])
        if e == 1 and len(rows) == 1 and n.generator(rows[0][0][0][0]).key[0] == "expw":
            g = rows[0][0][0][0]
            w = f.mul(n.value(n.generator(g).key[1]), f.inverse(f.generator(g)))
            c = f.constant_value(f.mul(a, f.inverse(w)))
            if c is not None and c.denominator == 1:
                return whole_power(n, f.generator(g), c.numerator)
    return None


def _exp_atom(n: Normal, atom: Key, c: Fraction) -> Frac:
    monomial, den = atom
    if not den and len(monomial) == 1 and monomial[0][1] == 1:
        key = n.generator(monomial[0][0]).key
        if key[0] == "log":
            return abs_power(n, _poly(n, key[1]), c)
        if key[0] == "logn":
            return number_power(n, key[1], c)
    key = ("exp", atom)
    k = n.registry.multiple(key, c)
    return whole_power(n, n.function(key, atom_free(n, atom), signs.POSITIVE), k)


def _poly(n: Normal, key: Key) -> Poly:
    return n.field.from_key(key)


def whole_power(n: Normal, a: Frac, k: int) -> Frac:
    """a^k for a whole k."""
    if abs(k) > _MAX_EXPONENT:
        raise GaveUp(f"an exponent over {_MAX_EXPONENT:,}")
    return n.field.power(a, k)


def log_abs(n: Normal, a: Frac) -> Frac:
    """log|a| = log|c| + Σ e log|p| over the irreducible factors of a; a must not be zero."""
    f = n.field
    c, found = f.factor(a.num)
    parts = [log_number(n, abs(c))]
    for p, e in found:
        parts.append(f.scale(_log_factor(n, p), Fraction(e)))
    for i, e in a.den:
        lead, pieces = f.factor(f.factors[i])
        parts.append(f.scale(log_number(n, abs(lead)), Fraction(-e)))
        parts += [f.scale(_log_factor(n, p), Fraction(-e * k)) for p, k in pieces]
    return f.sum(parts)


def _log_factor(n: Normal, p: Poly) -> Frac:
    """log|p| of an irreducible polynomial; an exponential or a root gives its exponent back."""
    f = n.field
    rows = f.terms(p)
    if len(rows) == 1 and rows[0][1] == 1 and len(rows[0][0]) == 1:
        key = n.generator(rows[0][0][0][0]).key
        if key[0] == "exp":
            return f.scale(atom_value(n, key[1]), n.registry.units[key])
        if key[0] == "root":
            return f.scale(_log_factor(n, _poly(n, key[1])), n.registry.units[key])
        if key[0] == "rootn":
            return f.scale(log_number(n, Fraction(key[1])), n.registry.units[key])
        if key[0] == "expw":
            return f.mul(n.value(key[1]), f.inverse(Frac(p, ())))
    return n.function(("log", f.poly_key(p)), n.free_of(p))


def log_number(n: Normal, c: Fraction) -> Frac:
    """log c = Σ e log(prime) for a rational c > 0."""
    parts = []
    for value, sign in ((c.numerator, 1), (c.denominator, -1)):
        for prime, e in prime_powers(value):
            parts.append(n.field.scale(n.function(("logn", prime), frozenset(), signs.POSITIVE), Fraction(sign * e)))
    return n.field.sum(parts)


def prime_powers(value: int) -> list[tuple[int, int]]:
    """The prime factors of a whole number > 0; one that is too large to be factored stands for itself."""
    if value == 1:
        return []
    if value.bit_length() > _MAX_FACTOR_BITS:
        return [(value, 1)]
    return [(int(p), int(e)) for p, e in fmpz(value).factor()]


# -- roots ----------------------------------------------------------------
def abs_power(n: Normal, p: Poly, r: Fraction) -> Frac:
    """|p|^r for an irreducible polynomial p with leading coefficient 1."""
    f = n.field
    a = Frac(p, ())
    if r.denominator == 1:
        if r.numerator % 2 and n.sign(a, (signs.NONNEGATIVE, signs.NONPOSITIVE)) == signs.NONPOSITIVE:
            a = f.neg(a)
        return whole_power(n, a, r.numerator)
    rows = f.terms(p)
    if len(rows) == 1 and len(rows[0][0]) == 1:
        key = n.generator(rows[0][0][0][0]).key
        if key[0] == "exp":
            return exp(n, f.scale(atom_value(n, key[1]), n.registry.units[key] * r))
        if key[0] == "root":
            return abs_power(n, _poly(n, key[1]), n.registry.units[key] * r)
        if key[0] == "rootn":
            return number_power(n, key[1], n.registry.units[key] * r)
    return _root(n, ("root", f.poly_key(p)), a, r)


def _root(n: Normal, key: Key, a: Frac, r: Fraction) -> Frac:
    """|a|^r through the generator |a|^(1/q), whose q-th power is ±a."""
    n.registry.multiple(key, Fraction(1))
    k = n.registry.multiple(key, r)
    generator = n.function(key, n.free(a), signs.NONNEGATIVE)
    if not n.mask(a) & signs.ZERO:  # known in this region only, so a fact and not a property of the generator
        n.facts.learn(generator, signs.POSITIVE)
    number = n.registry.numbers[key]
    q = n.registry.units[key].denominator
    if all(g != number for g, _, _ in n.field.relations):
        sign = n.sign(a, (signs.NONNEGATIVE, signs.NONPOSITIVE))
        n.field.relate(number, q, a.num if sign == signs.NONNEGATIVE else -a.num)
    whole_part, rest = divmod(k, q)
    sign = n.sign(a, (signs.NONNEGATIVE, signs.NONPOSITIVE))
    base = a if sign == signs.NONNEGATIVE else n.field.neg(a)
    return n.field.mul(whole_power(n, base, whole_part), whole_power(n, generator, rest))


def number_power(n: Normal, base: int, r: Fraction) -> Frac:
    """base^r for a whole number base > 0."""
    a = n.field.constant(Fraction(base))
    if r.denominator == 1:
        return whole_power(n, a, r.numerator)
    return _root(n, ("rootn", base), a, r)
