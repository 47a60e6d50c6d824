"""Laws of arithmetic, variables, exp, log, powers, and functions that are generators of their own."""

from __future__ import annotations

from functools import lru_cache

from derive.domain import Range
from derive.recheck import poly
from derive.recheck.arithmetic import Vacuous
from derive.recheck.fraction import Den, Frac, NotRechecked
from derive.recheck.poly import ONE, Number
from derive.recheck.region import Region
from derive.recheck.signs import NEGATIVE, NONNEGATIVE, NONPOSITIVE, NONZERO, POSITIVE, ZERO
from derive.recheck.table import DERIVED
from derive.recheck.translate import beside, canonical, go, law, number
from derive.recheck.unfold import rational, whole
from derive.terms.term import Term, num, sub

_PRIMES = 1_000
_FEW = 4
_WAYS = (NONNEGATIVE, NONPOSITIVE)


law("num")(lambda r, t: number(poly.exact(t.value)))
law("add")(lambda r, t: r.add([go(r, a) for a in t.args]))
law("exp")(lambda r, t: exp(r, go(r, t.args[0])))
law("pi", "euler_gamma")(lambda r, t: r.of(t))


@law("mul")
def _product(r: Region, t: Term) -> Frac:
    out = go(r, t.args[0])
    for a in t.args[1:]:
        out = r.mul(out, go(r, a))
    return out


@law("asin", "floor", "lambertw")
def _opaque(r: Region, t: Term) -> Frac:
    """A function about which nothing is known here but that equal arguments give equal values."""
    r.book.opaque.add(t.head)
    return r.of(Term(t.head, tuple(r.book.term(go(r, a)) for a in t.args)))


# -- variables --------------------------------------------------------------------------------------------------------
@law("sym", "at")
def _variable(r: Region, t: Term) -> Frac:
    """A variable or an entry; what its range says becomes a fact."""
    if t.head == "sym" and r.along is not None and t.name == r.along.name:
        return beside(r, None, r.along.value)
    term = t if t.head == "sym" else Term("at", (t.args[0], *(r.book.term(go(r, i)) for i in t.args[1:])))
    known = r.book.number(term) in r.signs
    out = r.of(term)
    if not known:
        for gap, mask in limits(r.range_of(t.name), term):
            r.learn(canonical(r, gap), mask)
        _relate_values(r, out, r.range_of(t.name))
    return out


def _relate_values(r: Region, x: Frac, s: Range) -> None:
    """Π (x − v) = 0 over finitely many values."""
    if s.values is not None and len(s.values) <= _FEW:
        product = Frac(ONE)
        for v in s.values:
            product = r.mul(product, r.sub(x, number(v)))
        ((m, _),) = x.num.items()
        r.relations[m[0][0]] = (len(s.values), r.sub(r.power(x, len(s.values)), product))


def limits(s: Range, value: Term) -> list[tuple[Term, int]]:
    """What it says of a value to be in a range, as signs of terms."""
    first, last = s.index or (None if s.lower is None else num(s.lower), None if s.upper is None else num(s.upper))
    if s.values is not None:
        first, last = num(s.values[0]), num(s.values[-1])
    closed = s.index is not None or s.values is not None
    out = []
    if first is not None:
        out.append((sub(value, first), NONNEGATIVE if closed or not s.lower_open else POSITIVE))
    if last is not None:
        out.append((sub(last, value), NONNEGATIVE if closed or not s.upper_open else POSITIVE))
    return out


@law("delta")
def _delta(r: Region, t: Term) -> Frac:
    gap = r.sub(go(r, t.args[0]), go(r, t.args[1]))
    return number(int(r.sign(gap, (ZERO, NONZERO)) == ZERO))


# -- exp and log ------------------------------------------------------------------------------------------------------
def atoms(r: Region, a: Frac) -> list[tuple[Term, Frac, Number]]:
    """a = Σ c · atom, where an atom is a monomial, or a monomial over the denominator: (its term, its value, c)."""
    den = Frac(ONE, a.den)
    p = a.num
    if not a.den:
        return [(r.book.mono(m), Frac({m: 1}), c) for m, c in p.items()]
    whole_part, rest = poly.divide(p, denominator(r, a.den))
    out = [(r.book.mono(m), Frac({m: 1}), c) for m, c in whole_part.items()]
    return out + [(r.book.term(Frac({m: 1}, den.den)), Frac({m: 1}, den.den), c) for m, c in rest.items()]


def denominator(r: Region, den: Den) -> poly.Poly:
    """The denominator, multiplied out."""
    out = ONE
    for f, e in den:
        for _ in range(e):
            r.book.spend(len(out) * len(r.book.factors[f]))
            out = poly.mul(out, r.book.factors[f])
    return out


def exp(r: Region, a: Frac) -> Frac:
    """exp(Σ c·atom) = Π exp(atom)^c; exp(c·log|p|) = |p|^c."""
    out = Frac(ONE)
    for term, value, c in atoms(r, a):
        if term.head == "log":
            out = r.mul(out, abs_power(r, _logged(r, term), c))
            continue
        key = Term("exp", (term,))
        r.memos[None].setdefault(term, value)
        ((m, _),) = r.of(key).num.items()
        out = r.mul(out, Frac({poly.raised(m, c): 1}))
    return out


def _logged(r: Region, t: Term) -> Frac:
    """p, for the generator log|p|."""
    return canonical(r, t.args[0].args[0] if t.args[0].head == "abs" else t.args[0])


def log_abs(r: Region, a: Frac) -> Frac:
    """log|a| = log|c| + Σ e log|generator| + Σ e log|factor|; a is not zero."""
    c, m, found = r.book.factored(a.num)
    for f, e in a.den:
        found[f] = found.get(f, 0) - e
    parts = [_log_number(r, max(c, -c))]
    parts += [r.scale(_log_generator(r, g), e) for g, e in m]
    parts += [r.scale(r.of(_log_term(r.book.poly(r.book.factors[f]))), e) for f, e in found.items()]
    return r.add(parts)


def _log_generator(r: Region, g: int) -> Frac:
    t = r.book.terms[g]
    if t.head == "exp":
        return canonical(r, t.args[0])
    if t.head == "abs":
        return r.of(Term("log", t.args)) if t.args[0].head == "num" else r.of(Term("log", (t,)))
    return r.of(_log_term(t))


def _log_term(p: Term) -> Term:
    return Term("log", (Term("abs", (p,)),))


def _log_number(r: Region, c: Number) -> Frac:
    """log c = Σ e log(prime)."""
    return r.add(r.scale(r.of(Term("log", (num(p),)), POSITIVE), e) for p, e in primes(c).items())


@lru_cache(maxsize=1_000)
def primes(c: Number) -> dict[int, int]:
    """c = Π p^e for c > 0: p is prime, or a whole number > 1 without small prime factors."""
    out: dict[int, int] = {}
    parts: tuple[tuple[int, int], ...] = (c.numerator, 1), (c.denominator, -1)
    for value, sign in parts:
        for p in range(2, _PRIMES):
            while value % p == 0:
                value, out[p] = value // p, out.get(p, 0) + sign  # noqa: PLW2901
            if p * p > value:
                break
        if value > 1:
            out[value] = out.get(value, 0) + sign
    return out


@law("log")
def _log(r: Region, t: Term) -> Frac:
    inner = t.args[0]
    a = go(r, inner.args[0] if inner.head == "abs" else inner)
    r.require("nonzero" if inner.head == "abs" else "positive", inner, a)
    return log_abs(r, a)


@law("asinh")
def _asinh(r: Region, t: Term) -> Frac:
    """log(a + √(a² + 1)), whose argument is positive for every a."""
    inner = DERIVED["asinh"](*t.args)
    r.learn(go(r, inner.args[0]), POSITIVE)
    return go(r, inner)


# -- powers -----------------------------------------------------------------------------------------------------------
def abs_power(r: Region, a: Frac, e: Number) -> Frac:
    """|a|^e over the generators and factors of a; a is not zero, or e > 0."""
    c, m, found = r.book.factored(a.num)
    for f, k in a.den:
        found[f] = found.get(f, 0) - k
    out = Frac(ONE)
    for p, k in primes(max(c, -c)).items():
        out = r.mul(out, _one_power(r, number(p), e * k))
    for g, own in m:
        out = r.mul(out, _generator_power(r, g, e * own))
    for f, k in found.items():
        out = r.mul(out, _one_power(r, Frac(r.book.factors[f]), e * k))
    return out


def _generator_power(r: Region, g: int, e: Number) -> Frac:
    t = r.book.terms[g]
    if t.head == "exp":
        return Frac({((g, poly.exact(e)),): 1})
    if t.head == "abs":
        return _one_power(r, canonical(r, t.args[0]), e)
    return _one_power(r, Frac({((g, 1),): 1}), e)


def _one_power(r: Region, p: Frac, e: Number) -> Frac:
    """|p|^e: a whole power of ±p times a fraction of the generator |p|, whose first power is ±p."""
    k = e.numerator // e.denominator
    rest = e - k
    if rest == 0 and k % 2 == 0:
        return r.power(p, k)
    size = p if r.sign(p, _WAYS) == NONNEGATIVE else r.scale(p, -1)
    out = r.power(size, k)
    if rest == 0:
        return out
    generator = r.of(Term("abs", (r.book.term(p),)), r.mask(size))
    ((m, _),) = generator.num.items()
    r.relations.setdefault(m[0][0], (1, size))
    return r.mul(out, Frac({poly.raised(m, rest): 1}))


@law("pow")
def _pow(r: Region, t: Term) -> Frac:
    base, exponent = t.args
    a, b = go(r, base), go(r, exponent)
    e = b.constant
    if e is None or not (rational(exponent) or whole(exponent, r.range_of)):
        return _symbolic(r, base, exponent, a, b)
    if e.denominator == 1:
        if e < 0:
            r.require("nonzero", base, a)
        return r.power(a, e.numerator)
    r.require("positive" if e < 0 else "nonnegative", base, a)
    return abs_power(r, a, e) if a.num else a


def _symbolic(r: Region, base: Term, exponent: Term, a: Frac, b: Frac) -> Frac:
    """a^b = exp(b log a) for a > 0; 0^b = 0 for b > 0."""
    if r.along is not None and r.mask(a) & ZERO:
        raise NotRechecked("cannot re-check the derivative of a symbolic power where its base is zero")
    if a.num and not whole(exponent, r.range_of):
        r.require("nonnegative" if r.mask(b) & NONNEGATIVE else "positive", base, a)
    sign = r.sign(a, (POSITIVE, ZERO, NEGATIVE)) if a.num else ZERO
    if sign == NEGATIVE:
        raise NotRechecked("cannot re-check a power of a negative number with a symbolic exponent")
    if sign == POSITIVE:
        return exp(r, r.mul(b, log_abs(r, a)))
    at_zero = r.sign(b, (POSITIVE, ZERO, NEGATIVE))
    if at_zero == NEGATIVE:
        raise Vacuous("a negative power of zero")
    return number(int(at_zero == ZERO))
