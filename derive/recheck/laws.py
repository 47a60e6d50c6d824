"""Term -> fraction in one region. Each law is an identity of real functions wherever its left side is defined."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from functools import lru_cache

from derive.domain import Range
from derive.errors import CertificateError
from derive.recheck import poly
from derive.recheck.fraction import Frac, NotRechecked
from derive.recheck.poly import ONE, Mono, Number
from derive.recheck.region import (
    ANY,
    NEGATIVE,
    NONNEGATIVE,
    NONPOSITIVE,
    NONZERO,
    POSITIVE,
    ZERO,
    Region,
    Vacuous,
)
from derive.recheck.table import DERIVED
from derive.recheck.unfold import index_range, whole
from derive.terms.term import Term, add, children, free_names, mul, num, sub, substitute, sym

MAX_UNROLLED = 64
_PRIMES = 1_000
_ZERO, _ONE = num(0), num(1)
_WAYS = (NONNEGATIVE, NONPOSITIVE)
#: functions about which nothing is known here but that equal arguments give equal values
_OPAQUE = frozenset({"asin", "floor", "gamma", "loggamma", "polygamma", "lambertw", "erfinv"})


def go(r: Region, t: Term) -> Frac:
    """The fraction of a term."""
    found = r.memo.get(t)
    if found is None:
        found = r.memo[t] = _law(t)(r, t)
    return found


def _law(t: Term) -> Callable[[Region, Term], Frac]:
    if t.head in DERIVED:
        return lambda r, t: go(r, DERIVED[t.head](*t.args))
    if t.head in _LAWS:
        return _LAWS[t.head]
    if t.head in _OPAQUE:
        return _opaque
    raise NotRechecked(f"cannot re-check {t.head}")


def number(c: Number) -> Frac:
    """A number as a fraction."""
    return Frac({(): c} if c else {})


def _product(r: Region, t: Term) -> Frac:
    out = go(r, t.args[0])
    for a in t.args[1:]:
        out = r.mul(out, go(r, a))
    return out


def _opaque(r: Region, t: Term) -> Frac:
    r.book.opaque.add(t.head)
    return r.of(Term(t.head, tuple(r.book.term(go(r, a)) for a in t.args)))


# -- variables ----------------------------------------------------------------------------------------------------------
def _variable(r: Region, t: Term) -> Frac:
    """A variable or an entry; what its range says becomes a fact."""
    term = t if t.head == "sym" else Term("at", (t.args[0], *(r.book.term(go(r, i)) for i in t.args[1:])))
    known = r.book.number(term) in r.signs
    out = r.of(term)
    if not known:
        for gap, mask in limits(r.range_of(t.name), term):
            a = out if gap == term else go(r, gap)
            if a.constant is None:
                r.learn(a, mask)
    return out


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


def _delta(r: Region, t: Term) -> Frac:
    gap = r.sub(go(r, t.args[0]), go(r, t.args[1]))
    return number(int(r.sign(gap, (ZERO, NONZERO)) == ZERO))


# -- exp and log --------------------------------------------------------------------------------------------------------
def atoms(r: Region, a: Frac) -> list[tuple[Term, Frac, Number]]:
    """a = Σ c · atom, where an atom is a monomial, or a monomial over the denominator: (its term, its value, c)."""
    den = Frac(ONE, a.den)
    p = a.num
    if not a.den:
        return [(r.book.mono(m), Frac({m: 1}), c) for m, c in p.items()]
    whole_part, rest = poly.divide(p, _den(r, a))
    out = [(r.book.mono(m), Frac({m: 1}), c) for m, c in whole_part.items()]
    return out + [(r.book.term(Frac({m: 1}, den.den)), Frac({m: 1}, den.den), c) for m, c in rest.items()]


def _den(r: Region, a: Frac) -> poly.Poly:
    out = ONE
    for f, e in a.den:
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
        r.memo.setdefault(term, value)
        ((m, _),) = r.of(key).num.items()
        out = r.mul(out, Frac({poly.raised(m, c): 1}))
    return out


def _logged(r: Region, t: Term) -> Frac:
    """p, for log|p|."""
    inner = t.args[0]
    return go(r, inner.args[0] if inner.head == "abs" else inner)


def log_abs(r: Region, a: Frac) -> Frac:
    """log|a| = log|c| + Σ e log|generator| + Σ e log|factor|; a is not zero."""
    c, m, found = r.book.factored(a.num)
    for f, e in a.den:
        found[f] = found.get(f, 0) - e
    parts = [_log_number(r, abs(c))]
    parts += [r.scale(_log_generator(r, g), e) for g, e in m]
    parts += [r.scale(r.of(_log_term(r.book.poly(r.book.factors[f]))), e) for f, e in found.items()]
    return r.add(parts)


def _log_generator(r: Region, g: int) -> Frac:
    t = r.book.terms[g]
    if t.head == "exp":
        return go(r, t.args[0])
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
    for value, sign in ((c.numerator, 1), (c.denominator, -1)):
        for p in range(2, _PRIMES):
            while value % p == 0:
                value, out[p] = value // p, out.get(p, 0) + sign  # noqa: PLW2901
            if p * p > value:
                break
        if value > 1:
            out[value] = out.get(value, 0) + sign
    return out


def _log(r: Region, t: Term) -> Frac:
    a = _logged(r, t)
    if not a.num:
        raise Vacuous("the logarithm of zero")
    r.require("nonzero" if t.args[0].head == "abs" else "positive", t.args[0], a)
    return log_abs(r, a)


# -- powers -------------------------------------------------------------------------------------------------------------
def abs_power(r: Region, a: Frac, e: Number) -> Frac:
    """|a|^e over the generators and factors of a; a is not zero, or e > 0."""
    c, m, found = r.book.factored(a.num)
    for f, k in a.den:
        found[f] = found.get(f, 0) - k
    out = Frac(ONE)
    for p, k in primes(abs(c)).items():
        out = r.mul(out, _one_power(r, number(p), e * k))
    for g, k in m:
        out = r.mul(out, _generator_power(r, g, e * k))
    for f, k in found.items():
        out = r.mul(out, _one_power(r, Frac(r.book.factors[f]), e * k))
    return out


def _generator_power(r: Region, g: int, e: Number) -> Frac:
    t = r.book.terms[g]
    if t.head == "exp":
        return Frac({((g, poly.exact(e)),): 1})
    if t.head == "abs":
        return _one_power(r, go(r, t.args[0]), e)
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


def _pow(r: Region, t: Term) -> Frac:
    base, exponent = t.args
    a, b = go(r, base), go(r, exponent)
    e = b.constant
    if e is None or not (exponent.head == "num" or not free_names(exponent) or whole(exponent, r.range_of)):
        return _symbolic(r, base, exponent, a, b)
    if e.denominator == 1:
        if e < 0:
            _nonzero(r, base, a)
        return r.power(a, e.numerator)
    if not a.num:
        if e < 0:
            raise Vacuous("a negative power of zero")
        return a
    r.require("positive" if e < 0 else "nonnegative", base, a)
    return abs_power(r, a, e)


def _nonzero(r: Region, term: Term, a: Frac) -> None:
    if not a.num:
        raise Vacuous("division by zero")
    r.require("nonzero", term, a)


def _symbolic(r: Region, base: Term, exponent: Term, a: Frac, b: Frac) -> Frac:
    """a^b = exp(b log a) for a > 0; 0^b = 0 for b > 0."""
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


# -- odd functions, sine and cosine -------------------------------------------------------------------------------------
def _odd(r: Region, t: Term) -> Frac:
    """f(−a) = −f(a): one of the two is the generator."""
    a = go(r, t.args[0])
    if not a.num:
        return a
    c = 1 if a.num[min(a.num)] > 0 else -1
    return r.scale(r.of(Term(t.head, (r.book.term(r.scale(a, c)),))), c)


def _sin_cos(r: Region, t: Term) -> Frac:
    """Angle addition over the atoms; sin² is rewritten to 1 − cos²."""
    s, c = Frac({}), Frac(ONE)
    for term, _, e in atoms(r, go(r, t.args[0])):
        s1, c1 = _angle(r, term, e)
        s, c = _turn(r, (s, c), (s1, c1))
    return s if t.head == "sin" else c


def _turn(r: Region, a: tuple[Frac, Frac], b: tuple[Frac, Frac]) -> tuple[Frac, Frac]:
    s = r.add((r.mul(a[0], b[1]), r.mul(a[1], b[0])))
    return s, r.sub(r.mul(a[1], b[1]), r.mul(a[0], b[0]))


def _angle(r: Region, atom: Term, e: Number) -> tuple[Frac, Frac]:
    unit = atom if e.denominator == 1 else mul(num(1, e.denominator), atom)
    cos = r.of(Term("cos", (unit,)))
    sin = r.of(Term("sin", (unit,)))
    ((m, _),) = sin.num.items()
    if m[0][0] not in r.relations:
        r.relations[m[0][0]] = (2, r.sub(Frac(ONE), r.mul(cos, cos)))
    if abs(e.numerator) > 12:
        raise NotRechecked("cannot re-check a large multiple of an angle")
    out = (Frac({}), Frac(ONE))
    for _ in range(abs(e.numerator)):
        out = _turn(r, out, (sin, cos))
    return out if e > 0 else (r.scale(out[0], -1), out[1])


# -- choices ------------------------------------------------------------------------------------------------------------
def _abs(r: Region, t: Term) -> Frac:
    a = go(r, t.args[0])
    return a if r.sign(a, _WAYS) == NONNEGATIVE else r.scale(a, -1)


def _step(below: Number, at_zero: Number) -> Callable[[Region, Term], Frac]:
    values = {NEGATIVE: below, ZERO: at_zero, POSITIVE: 1}
    return lambda r, t: number(values[r.sign(go(r, t.args[0]))])


def _extreme(keep: int) -> Callable[[Region, Term], Frac]:
    def law(r: Region, t: Term) -> Frac:
        out, *others = (go(r, a) for a in t.args)
        for other in others:
            out = out if r.sign(r.sub(out, other), _WAYS) == keep else other
        return out

    return law


def _piecewise(r: Region, t: Term) -> Frac:
    """The branch that is taken; the others need not be defined."""
    for value, condition in zip(t.args[::2], t.args[1::2], strict=True):
        if holds(r, condition):
            return go(r, value)
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
    return r.sign(r.sub(go(r, t.args[1]), go(r, t.args[0])), (yes, no)) == yes


_COMPARED = {
    "lt": (POSITIVE, NONPOSITIVE),
    "le": (NONNEGATIVE, NEGATIVE),
    "eq": (ZERO, NONZERO),
    "ne": (NONZERO, ZERO),
}


def _xlogy(r: Region, t: Term) -> Frac:
    """x log y, and 0 where x = 0, whatever y: the sign of x is not needed where log y is seen to exist."""
    x, y = t.args
    a = go(r, x)
    if not a.num:
        return a
    if r.mask(a) & ZERO and _seen_positive(r, y):
        return r.mul(a, log_abs(r, go(r, y)))
    return number(0) if r.sign(a, (ZERO, NONZERO)) == ZERO else r.mul(a, go(r, Term("log", (y,))))


def _seen_positive(r: Region, t: Term) -> bool:
    strict, r.strict = r.strict, True
    try:
        a = go(r, t)
        return bool(a.num) and r.mask(a) == POSITIVE
    except (Vacuous, CertificateError):
        return False
    finally:
        r.strict = strict


# -- sums ---------------------------------------------------------------------------------------------------------------
@lru_cache(maxsize=20_000)
def height(t: Term) -> int:
    """How deep sums are nested in a term."""
    return max(map(height, children(t)), default=0) + (t.head in ("sum", "prod"))


def _scope(r: Region, t: Term) -> list[Frac] | tuple[Frac, str, Term]:
    """The summands one by one, or one generic summand with the name of its index and the number of summands."""
    body, index, first, last = t.args
    length = add(sub(last, first), _ONE)
    size = go(r, length).constant
    if size is not None and size.denominator == 1 and size <= MAX_UNROLLED:
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


def _sum(r: Region, t: Term) -> Frac:
    scope = _scope(r, t)
    return r.add(scope) if isinstance(scope, list) else summed(r, *scope)


def summed(r: Region, body: Frac, name: str, count: Term) -> Frac:
    """Σ body: linear, what does not depend on the index in front, one generator per summand that is left."""
    inside = tuple((f, e) for f, e in body.den if name in r.names(r.book.factors[f]))
    outside = tuple(fe for fe in body.den if fe not in inside)
    quotient, rest = poly.divide(body.num, _den(r, Frac({}, inside))) if inside else (body.num, {})
    parts = []
    for p, den in ((quotient, ()), (rest, inside)):
        groups: dict[Mono, poly.Poly] = {}
        for m, c in p.items():
            kept = tuple(ge for ge in m if name in free_names(r.book.terms[ge[0]]))
            groups.setdefault(kept, {})[tuple(ge for ge in m if ge not in kept)] = c
        parts += [r.mul(Frac(c), _one_sum(r, Frac({m: 1}, den), name, count)) for m, c in groups.items()]
    return r.mul(r.add(parts), Frac(ONE, outside))


def _one_sum(r: Region, atom: Frac, name: str, count: Term) -> Frac:
    if atom.constant is not None:
        return go(r, count)
    body = r.book.term(atom)
    proper = named(r, height(body) + 1, count)
    if proper != name:
        if proper in free_names(body):
            raise NotRechecked("cannot re-check: sums are nested in an unforeseen way")
        return summed(r, go(r, substitute(body, {name: sym(proper)})), proper, count)
    sign = r.mask(atom)
    r.memo.setdefault(body, atom)
    return r.of(
        Term("sum", (body, sym(name), _ZERO, sub(count, _ONE))), sign if sign & NONZERO in (NEGATIVE, POSITIVE) else ANY
    )


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


def _given(r: Region, t: Term) -> Frac:
    """The value; that the body has one too is one more fact, where the body can be translated at all."""
    try:
        go(r, t.args[1])
    except CertificateError:
        if r.strict:
            raise
    return go(r, t.args[0])


def _constant_name(r: Region, t: Term) -> Frac:
    return r.of(t)


_LAWS: dict[str, Callable[[Region, Term], Frac]] = {
    "num": lambda r, t: number(poly.exact(t.value)),
    "sym": _variable,
    "at": _variable,
    "add": lambda r, t: r.add([go(r, a) for a in t.args]),
    "mul": _product,
    "pow": _pow,
    "exp": lambda r, t: exp(r, go(r, t.args[0])),
    "log": _log,
    "abs": _abs,
    "sign": _step(-1, 0),
    "heaviside": _step(0, Fraction(1, 2)),
    "max": _extreme(NONNEGATIVE),
    "min": _extreme(NONPOSITIVE),
    "piecewise": _piecewise,
    "xlogy": _xlogy,
    "sin": _sin_cos,
    "cos": _sin_cos,
    "erf": _odd,
    "atan": _odd,
    "pi": _constant_name,
    "euler_gamma": _constant_name,
    "given": _given,
    "delta": _delta,
    "sum": _sum,
    "prod": _prod,
}
