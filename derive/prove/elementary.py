"""Laws of exp, log, powers and roots, and of everything that is defined through them."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction

from flint import fmpz

from derive.prove import signs
from derive.prove.field import Frac, Monomial, Poly
from derive.prove.normal import Normal, law, resolve, whole
from derive.prove.registry import Key
from derive.prove.signals import GaveUp, Undefined
from derive.terms.term import Term, add, free_names, mul, num, power, sub

_MAX_EXPONENT = 10_000
_MAX_FACTOR_BITS = 128


# -- atoms: a fraction as a Q-combination of monomials over denominators ------------------------------------------------
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


# -- exp and log --------------------------------------------------------------------------------------------------------
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
                return _power(n, f.generator(g), c.numerator)
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
    return _power(n, n.function(key, atom_free(n, atom), signs.POSITIVE), k)


def _poly(n: Normal, key: Key) -> Poly:
    return n.field.from_key(key)


def _power(n: Normal, a: Frac, k: int) -> Frac:
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


# -- powers -------------------------------------------------------------------------------------------------------------
def abs_power(n: Normal, p: Poly, r: Fraction) -> Frac:
    """|p|^r for an irreducible polynomial p with leading coefficient 1."""
    f = n.field
    a = Frac(p, ())
    if r.denominator == 1:
        if r.numerator % 2 and n.sign(a, (signs.NONNEGATIVE, signs.NONPOSITIVE)) == signs.NONPOSITIVE:
            a = f.neg(a)
        return _power(n, a, r.numerator)
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
    return n.field.mul(_power(n, base, whole_part), _power(n, generator, rest))


def number_power(n: Normal, base: int, r: Fraction) -> Frac:
    """base^r for a whole number base > 0."""
    a = n.field.constant(Fraction(base))
    if r.denominator == 1:
        return _power(n, a, r.numerator)
    return _root(n, ("rootn", base), a, r)


@law("pow")
def _pow(n: Normal, t: Term) -> Frac:
    base, exponent = t.args
    b = n.go(exponent)
    value = n.field.constant_value(b)
    by_form = not free_names(exponent) or whole(exponent, resolve(n.domain, n.bound))
    if value is None or not by_form:
        return _symbolic_power(n, base, exponent, b)
    if value.denominator != 1:
        return _rational_power(n, base, value)
    if value == 0:
        n.go(base)
        return n.field.constant(Fraction(1))
    a = n.go(base)
    if value < 0:
        nonzero(n, base, a)
    return _power(n, a, value.numerator)


def nonzero(n: Normal, term: Term, a: Frac) -> None:
    """A denominator: undefined where it is zero."""
    if n.field.is_zero(a):
        raise Undefined(f"division by {term!r}, which is zero"[:200])
    n.require("nonzero", term, a)


def _rational_power(n: Normal, base: Term, r: Fraction) -> Frac:
    a = n.go(base)
    if n.field.is_zero(a):
        if r < 0:
            raise Undefined("a negative power of zero")
        if n.along is not None:
            n.require("nonnegative", base, a)
        return a
    n.require("positive" if r < 0 else "nonnegative", base, a)
    return rational_power(n, a, r)


def rational_power(n: Normal, a: Frac, r: Fraction) -> Frac:
    """a^r for a ≥ 0: |c|^r Π |p|^(e r) over the irreducible factors."""
    f = n.field
    out = f.constant(Fraction(1))
    c, found = f.factor(a.num)
    for value, sign in ((abs(c).numerator, 1), (abs(c).denominator, -1)):
        for prime, e in prime_powers(value):
            out = f.mul(out, number_power(n, prime, r * e * sign))
    for p, e in found:
        out = f.mul(out, abs_power(n, p, r * e))
    for i, e in a.den:
        for p, k in f.factor(f.factors[i])[1]:
            out = f.mul(out, abs_power(n, p, -r * e * k))
    return out


def _symbolic_power(n: Normal, base: Term, exponent: Term, b: Frac) -> Frac:
    """a^b = exp(b log a) for a > 0; 0^b is 0 for b > 0; a negative base needs an exponent that is whole by its form."""
    a = n.go(base)
    is_whole = whole(exponent, resolve(n.domain, n.bound))
    if not is_whole and not n.field.is_zero(a):
        n.require("positive" if not n.mask(b) & signs.NONNEGATIVE else "nonnegative", base, a)
    match signs.ZERO if n.field.is_zero(a) else n.sign(a):
        case signs.POSITIVE:
            return exp(n, n.field.mul(b, log_abs(n, a)))
        case signs.ZERO:
            return _power_of_zero(n, b)
    return n.field.mul(parity(n, b), exp(n, n.field.mul(b, log_abs(n, a))))


def _power_of_zero(n: Normal, b: Frac) -> Frac:
    match n.sign(b):
        case signs.POSITIVE:
            return n.field.constant(Fraction(0))
        case signs.ZERO:
            return n.field.constant(Fraction(1))
    raise Undefined("a negative power of zero")


def parity(n: Normal, b: Frac) -> Frac:
    """(−1)^b for a whole b: a product of generators whose square is 1."""
    f = n.field
    out = f.constant(Fraction(1))
    if b.den:
        raise GaveUp("a power of a negative number with a fraction in the exponent")
    for monomial, c in f.terms(b.num):
        if c.denominator != 1 or not all(n.facts.is_whole(g) for g, _ in monomial):
            raise GaveUp("a power of a negative number whose exponent is not seen to be whole")
        if c.numerator % 2:
            out = f.mul(out, _parity_atom(n, monomial))
    return out


def _parity_atom(n: Normal, monomial: Monomial) -> Frac:
    if not monomial:
        return n.field.constant(Fraction(-1))
    atom = (monomial, frozenset())
    out = n.function(("parity", atom), atom_free(n, atom), signs.NONZERO)
    n.field.relate(n.registry.numbers["parity", atom], 2, n.field.one)
    return out


# -- defined through exp and log ------------------------------------------------------------------------------------------
def _one(n: Normal) -> Frac:
    return n.field.constant(Fraction(1))


def log_of(n: Normal, term: Term, a: Frac) -> Frac:
    """log a, with the side condition a > 0."""
    if n.field.is_zero(a):
        raise Undefined("the logarithm of zero")
    n.require("positive", term, a)
    return log_abs(n, a)


@law("log")
def _log(n: Normal, t: Term) -> Frac:
    return log_of(n, t.args[0], n.go(t.args[0]))


@law("log1p")
def _log1p(n: Normal, t: Term) -> Frac:
    return log_of(n, add(num(1), t.args[0]), n.field.add(_one(n), n.go(t.args[0])))


def _unary(head: str) -> Callable[[Callable[[Normal, Frac], Frac]], Callable[[Normal, Frac], Frac]]:
    def enter(f: Callable[[Normal, Frac], Frac]) -> Callable[[Normal, Frac], Frac]:
        law(head)(lambda n, t: f(n, n.go(t.args[0])))
        return f

    return enter


law("exp")(lambda n, t: exp(n, n.go(t.args[0])))
law("e")(lambda n, t: exp(n, _one(n)))


@_unary("expm1")
def _expm1(n: Normal, a: Frac) -> Frac:
    return n.field.sub(exp(n, a), _one(n))


@_unary("sigmoid")
def _sigmoid(n: Normal, a: Frac) -> Frac:
    return n.field.inverse(n.field.add(_one(n), exp(n, n.field.neg(a))))


@_unary("softplus")
def _softplus(n: Normal, a: Frac) -> Frac:
    return log_abs(n, n.field.add(_one(n), exp(n, a)))


@_unary("logsigmoid")
def _logsigmoid(n: Normal, a: Frac) -> Frac:
    return n.field.neg(_softplus(n, n.field.neg(a)))


@law("logit")
def _logit(n: Normal, t: Term) -> Frac:
    """log(p/(1 − p)); p(1 − p) > 0 says 0 < p < 1."""
    p = n.go(t.args[0])
    rest = n.field.sub(_one(n), p)
    n.require("positive", mul(t.args[0], sub(num(1), t.args[0])), n.field.mul(p, rest))
    return n.field.sub(log_abs(n, p), log_abs(n, rest))


@_unary("sinh")
def _sinh(n: Normal, a: Frac) -> Frac:
    return n.field.scale(n.field.sub(exp(n, a), exp(n, n.field.neg(a))), Fraction(1, 2))


@_unary("cosh")
def cosh(n: Normal, a: Frac) -> Frac:
    """(exp a + exp −a)/2."""
    return n.field.scale(n.field.add(exp(n, a), exp(n, n.field.neg(a))), Fraction(1, 2))


@_unary("sech")
def _sech(n: Normal, a: Frac) -> Frac:
    return n.field.inverse(cosh(n, a))


@_unary("tanh")
def _tanh(n: Normal, a: Frac) -> Frac:
    return n.field.mul(_sinh(n, a), _sech(n, a))


@_unary("asinh")
def _asinh(n: Normal, a: Frac) -> Frac:
    """log(a + √(a² + 1)), whose argument is positive for every a."""
    root = rational_power(n, n.field.add(n.field.mul(a, a), _one(n)), Fraction(1, 2))
    total = n.field.add(a, root)
    n.facts.learn(total, signs.POSITIVE)
    return log_abs(n, total)


@law("acosh")
def _acosh(n: Normal, t: Term) -> Frac:
    """log(a + √(a² − 1)) for a ≥ 1."""
    a = n.go(t.args[0])
    n.require("nonnegative", sub(t.args[0], num(1)), n.field.sub(a, _one(n)))
    square = n.field.sub(n.field.mul(a, a), _one(n))
    root = square if n.field.is_zero(square) else rational_power(n, square, Fraction(1, 2))
    return log_abs(n, n.field.add(a, root))


@law("atanh")
def _atanh(n: Normal, t: Term) -> Frac:
    """½ log((1 + a)/(1 − a)) for −1 < a < 1."""
    a = n.go(t.args[0])
    above, below = n.field.add(_one(n), a), n.field.sub(_one(n), a)
    n.require("positive", sub(num(1), power(t.args[0], num(2))), n.field.mul(above, below))
    return n.field.scale(n.field.sub(log_abs(n, above), log_abs(n, below)), Fraction(1, 2))
