"""The parts of the small checker, one by one: signs against samples, polynomials and fractions against their values."""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterable
from fractions import Fraction

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from derive.domain import parse_range
from derive.recheck import poly, signs
from derive.recheck.arithmetic import Arithmetic, Vacuous
from derive.recheck.fraction import MAX_POWER, MAX_WORK, Book, Frac, NotRechecked
from derive.recheck.poly import ONE, Mono, Number, Poly
from derive.terms.term import add, make, mul, num, power, sym
from tests.shared import examples

SETTINGS = settings(deadline=None, max_examples=examples(60, 40))

# -- signs: a mask is a set of signs, and what is said of two sets is what their members do

_SAMPLES = {signs.NEGATIVE: (-2, -1), signs.ZERO: (0,), signs.POSITIVE: (1, 2)}
MASKS = range(1, signs.ANY + 1)


def values(mask: int) -> list[int]:
    """Numbers of these signs."""
    return [x for bit in signs.SIGNS if mask & bit for x in _SAMPLES[bit]]


def mask_of(numbers: Iterable[float]) -> int:
    """The set of their signs."""
    return sum({signs.NEGATIVE if x < 0 else signs.ZERO if x == 0 else signs.POSITIVE for x in numbers})


@pytest.mark.parametrize(("a", "b"), list(itertools.product(MASKS, MASKS)))
def test_signs_of_sums_and_products(a: int, b: int) -> None:
    """Neither a sign too many nor one too few."""
    pairs = list(itertools.product(values(a), values(b)))
    assert signs.product(a, b) == mask_of([x * y for x, y in pairs])
    assert signs.total(a, b) == mask_of([x + y for x, y in pairs])


@pytest.mark.parametrize("a", MASKS)
def test_signs_of_negatives_and_powers(a: int) -> None:
    """A negative power drops zero; a fraction as the exponent is asked of what is not negative only."""
    assert signs.negated(a) == mask_of([-x for x in values(a)])
    for e in (1, 2, 3, -1, -2, -3):
        assert signs.to_power(a, e) == mask_of([Fraction(x) ** e for x in values(a) if x or e > 0])
    if not a & signs.NEGATIVE:
        for half in (Fraction(1, 2), Fraction(-1, 2)):
            assert signs.to_power(a, half) == mask_of([x for x in values(a) if x or half > 0])


def test_signs_of_numbers_and_ranges() -> None:
    """Every word for a sign that a range can say."""
    assert [signs.of_number(c) for c in (-3, 0, Fraction(1, 7))] == [signs.NEGATIVE, signs.ZERO, signs.POSITIVE]
    said = {"positive": 4, "negative": 1, "nonnegative": 6, "nonpositive": 3, "nonzero": 5, "real": 7, "{0}": 2}
    assert {text: signs.of_text(parse_range(text).sign) for text in said} == said


# -- polynomials in the generators 0, 1, 2, by their values

POINT = (Fraction(2, 3), Fraction(-5), Fraction(7, 2))
MONOS = st.dictionaries(st.integers(0, 2), st.integers(-2, 3).filter(bool), max_size=3)
NUMBERS = st.one_of(st.integers(-4, 4), st.fractions(-3, 3, max_denominator=6)).filter(bool).map(poly.exact)
POLYS = st.dictionaries(MONOS.map(lambda m: tuple(sorted(m.items()))), NUMBERS, max_size=4)
WHOLE = st.dictionaries(
    st.dictionaries(st.integers(0, 2), st.integers(1, 2), max_size=2).map(lambda m: tuple(sorted(m.items()))),
    NUMBERS,
    min_size=1,
    max_size=4,
)


def value(p: Poly) -> Fraction:
    """Its value at a point without zeros."""
    return sum((c * math.prod(POINT[g] ** int(e) for g, e in m) for m, c in p.items()), Fraction(0))


def proper(p: Poly) -> bool:
    """No zero is stored, monomials are sorted, and whole numbers are ints."""
    numbers = [x for m, c in p.items() for x in (c, *(e for _, e in m))]
    kept = all(numbers) and all(isinstance(x, int) or x.denominator > 1 for x in numbers)
    return kept and all(list(m) == sorted(m) for m in p)


@SETTINGS
@given(POLYS, POLYS, NUMBERS | st.just(0))
def test_sums_and_products_of_polynomials(p: Poly, q: Poly, c: Number) -> None:
    """They have the values of sums and products, and are stored in one way only."""
    for out, wanted in (
        (poly.add(p, q), value(p) + value(q)),
        (poly.mul(p, q), value(p) * value(q)),
        (poly.scale(p, c), value(p) * c),
        (poly.add(p, poly.scale(p, -1)), 0),
    ):
        assert value(out) == wanted
        assert all(out.values())
    assert proper(poly.scale(p, c))


@SETTINGS
@given(MONOS, MONOS, st.integers(-2, 3))
def test_monomials(a: dict[int, int], b: dict[int, int], r: int) -> None:
    """Exponents are added and multiplied; what has the exponent 0 is left out."""
    m, n = (tuple(sorted(x.items())) for x in (a, b))
    assert value({poly.times(m, n): 1}) == value({m: 1}) * value({n: 1})
    assert value({poly.raised(m, r): 1}) == value({m: 1}) ** r
    assert proper({poly.times(m, n): 1})
    assert proper({poly.raised(m, r): 1})
    assert poly.raised(poly.raised(m, Fraction(1, 2)), 2) == m
    assert poly.shift({n: 3}, m) == {poly.times(m, n): 3}


def test_numbers_are_exact() -> None:
    """1/3 stays a fraction, 6/3 is the int 2."""
    assert (poly.ratio(1, 3), poly.ratio(6, 3), poly.ratio(5, -1)) == (Fraction(1, 3), 2, -5)
    assert (poly.ratio(Fraction(1, 2), 1), poly.ratio(Fraction(1, 2), -1)) == (Fraction(1, 2), Fraction(-1, 2))
    assert isinstance(poly.ratio(6, 3), int)
    assert isinstance(poly.exact(Fraction(4, 2)), int)


@SETTINGS
@given(WHOLE, WHOLE)
def test_division_of_polynomials(p: Poly, f: Poly) -> None:
    """p = q f + rest, where the leading monomial of f divides nothing in the rest; what divides leaves none."""
    q, rest = poly.divide(p, f)
    assert value(p) == value(q) * value(f) + value(rest)
    assert poly.divide(poly.mul(p, f), f) == (p, {})
    assert poly.fits(poly.mul(p, f), f)
    order = sorted(poly.generators(p) | poly.generators(f), reverse=True)
    lead = max(tuple(dict(m).get(g, 0) for g in order) for m in f)
    assert not [m for m in rest if all(dict(m).get(g, 0) >= e for g, e in zip(order, lead, strict=True))]


def test_division_with_fractions() -> None:
    """(x + 1/2) (y x − 3/5) by each of them, and x² by 2x + 1."""
    x, y, xy = ((0, 1),), ((1, 1),), ((0, 1), (1, 1))
    p: Poly = {x: 1, (): Fraction(1, 2)}
    q: Poly = {xy: 1, (): Fraction(-3, 5)}
    assert poly.divide(poly.mul(p, q), p) == (q, {})
    assert poly.divide(poly.mul(p, q), q) == (p, {})
    assert poly.divide({((0, 2),): 1}, {x: 2, (): 1}) == (
        {x: Fraction(1, 2), (): Fraction(-1, 4)},
        {(): Fraction(1, 4)},
    )
    assert poly.divide({y: 1}, {x: 1}) == ({}, {y: 1})


@SETTINGS
@given(POLYS.filter(bool))
def test_the_content_is_what_can_be_taken_out(p: Poly) -> None:
    """Without it no exponent is negative, and each generator is missing somewhere."""
    left = poly.shift(p, poly.raised(poly.content(p), -1))
    rows = [dict(m) for m in left]
    assert all(min(row.get(g, 0) for row in rows) == 0 for g in poly.generators(p))


def test_a_degree_too_many_does_not_fit() -> None:
    """x² does not divide x, y does not divide x, and x + 1 does not divide a monomial."""
    x: Mono = ((0, 1),)
    assert poly.fits({x: 1, (): 1}, {x: 1, (): -1})
    assert not poly.fits({x: 1, (): 1}, {((0, 2),): 1, (): 1})
    assert not poly.fits({x: 1, (): 1}, {((1, 1),): 1, (): 1})
    assert not poly.fits({x: 1}, {x: 1, ((0, 1), (1, 1)): 1, (): 1})


def test_large_polynomials_end() -> None:
    """Neither numbers nor divisions grow without an end."""
    huge = {(): 1 << (poly.MAX_BITS - 1)}
    assert poly.mul(huge, ONE) == huge
    with pytest.raises(OverflowError, match="too many digits"):
        poly.mul(huge, {(): 2})
    with pytest.raises(OverflowError, match="too many digits"):
        poly.mul({(): Fraction(1, 1 << poly.MAX_BITS)}, ONE)
    long = {((0, poly.MAX_STEPS + 5),): 1}
    with pytest.raises(OverflowError, match="takes too long"):
        poly.divide(long, {((0, 1),): 1, (): 1})


# -- fractions over known factors


def book() -> Book:
    """x, y, z, and the factors x + 1 and x y + 2."""
    b = Book()
    for name in "xyz":
        b.number(sym(name))
    b.factored({((0, 1),): 1, (): 1})
    b.factored({((0, 1), (1, 1)): 1, (): 2})
    return b


def of(b: Book, a: Frac) -> Fraction:
    """The value of a fraction."""
    return value(a.num) / math.prod(value(b.factors[f]) ** e for f, e in a.den)


DENS = st.dictionaries(st.integers(0, 1), st.integers(1, 2), max_size=2)
FRACS = st.tuples(POLYS, DENS)


def made(b: Book, given_frac: tuple[Poly, dict[int, int]]) -> Frac:
    """A fraction as the checker stores it."""
    return b.cancel(*given_frac)


def test_a_generator_has_one_number() -> None:
    """The same term, the same number; another term, another."""
    b = Book()
    assert [b.number(t) for t in (sym("x"), sym("y"), sym("x"))] == [0, 1, 0]
    assert b.terms == [sym("x"), sym("y")]


@SETTINGS
@given(POLYS.filter(bool), DENS)
def test_known_factors_are_split_off(p: Poly, den: dict[int, int]) -> None:
    """p = c · monomial · Π factor^e · rest, the rest with the leading coefficient 1 and without a known factor."""
    b = book()
    for f, e in den.items():
        for _ in range(e):
            p = poly.mul(p, b.factors[f])
    c, m, found, rest = b.split(p)
    product = c * value({m: 1}) * math.prod(value(b.factors[f]) ** e for f, e in found.items()) * value(rest)
    assert product == value(p)
    assert rest[max(rest)] == 1
    assert all(found.get(f, 0) >= e for f, e in den.items())
    assert not any(b.quotient(rest, f) for f in range(2) if len(rest) > 1)


@SETTINGS
@given(FRACS, FRACS, NUMBERS)
def test_fractions_have_the_right_values(
    x: tuple[Poly, dict[int, int]], y: tuple[Poly, dict[int, int]], c: Number
) -> None:
    """Sums, differences, products, multiples, inverses and powers; what cancels is cancelled."""
    b = book()
    r, p, q = Arithmetic(b), made(b, x), made(b, y)
    assert of(b, p) == of(b, Frac(x[0], tuple(x[1].items())))
    assert of(b, r.add([p, q, p])) == 2 * of(b, p) + of(b, q)
    assert of(b, r.sub(p, q)) == of(b, p) - of(b, q)
    assert of(b, r.mul(p, q)) == of(b, p) * of(b, q)
    assert of(b, r.scale(p, c)) == of(b, p) * c
    assert r.sub(p, p) == Frac({})
    assert r.scale(p, 0) == Frac({})
    assert of(b, r.power(p, 2)) == of(b, p) ** 2
    if of(b, p):
        assert of(b, r.inverse(p)) == 1 / of(b, p)
        assert of(b, r.power(p, -2)) == of(b, p) ** -2
        assert r.mul(p, r.inverse(p)) == Frac(ONE)


@SETTINGS
@given(FRACS)
def test_a_fraction_is_read_back_as_a_term(x: tuple[Poly, dict[int, int]]) -> None:
    """The same value, factors as powers with negative exponents."""
    b = book()
    a = made(b, x)
    t = b.term(a)
    assume(t.size < 200)
    assert _plain(t) == of(b, a)


def _plain(t: object) -> Fraction:
    """The value of a term of sums, products and whole powers."""
    match t.head:  # type: ignore[attr-defined]
        case "num":
            return t.value  # type: ignore[attr-defined]
        case "sym":
            return POINT["xyz".index(t.name)]  # type: ignore[attr-defined]
    parts = [_plain(a) for a in t.args]  # type: ignore[attr-defined]
    return {"add": sum, "mul": math.prod, "pow": lambda ab: ab[0] ** int(ab[1])}[t.head](parts)  # type: ignore[attr-defined]


def test_terms_are_written_in_one_way() -> None:
    """1·x is x, a number times 1 is a number; the monomials come in their order."""
    b = book()
    x, y = sym("x"), sym("y")
    assert b.poly({((0, 1),): 1}) == x
    assert b.poly({(): 3}) == num(3)
    assert b.poly({(): 1}) == num(1)
    assert b.poly({((1, 1),): 1, ((0, 1),): 2, (): 5}) == add(num(5), mul(num(2), x), y)
    assert b.mono(((0, 1), (1, -2))) == mul(x, power(y, num(-2)))
    assert b.term(Frac({((1, 1),): 1}, ((0, 1),))) == mul(y, power(b.poly(b.factors[0]), num(-1)))


def test_a_constant_is_seen() -> None:
    """Also 0; x and 1/(x + 1) are none."""
    assert [Frac(p, d).constant for p, d in (({}, ()), ({(): 7}, ()), ({(): 7}, ((0, 1),)))] == [0, 7, None]
    assert Frac({((0, 1),): 1, (): 7}).constant is None


def test_work_is_bounded() -> None:
    """Exactly the limit is allowed; a large power is, of a monomial with the coefficient ±1."""
    b = Book()
    b.spend(MAX_WORK)
    with pytest.raises(NotRechecked, match="swells"):
        b.spend(1)
    r = Arithmetic(book())
    x = Frac({((0, 1),): 1})
    assert r.power(x, 10**9) == Frac({((0, 10**9),): 1})
    assert r.power(r.scale(x, -1), 10**9 + 1) == Frac({((0, 10**9 + 1),): -1})
    assert r.power(Frac({(): 2}), MAX_POWER) == Frac({(): 2**MAX_POWER})
    for large in (Frac({(): 2}), Frac({((0, 1),): 1, (): 1}), Frac({((0, 1),): 1}, ((0, 1),))):
        with pytest.raises(NotRechecked, match="exponent"):
            r.power(large, MAX_POWER + 1)
    with pytest.raises(NotRechecked, match="swells"):
        r.power(Frac({((0, 1),): 1, ((1, 1),): 1, ((2, 1),): 1, (): 1}), 150)


def test_nothing_is_divided_by_zero() -> None:
    """1/0 has no value: there is no such point."""
    r = Arithmetic(book())
    with pytest.raises(Vacuous, match="division by zero"):
        r.inverse(Frac({}))
    with pytest.raises(Vacuous, match="division by zero"):
        r.power(Frac({}), -1)


def test_relations_of_generators() -> None:
    """With y² = 1 − x²: y² + x² = 1, y³ = y − x² y, also over a denominator; y alone stays."""
    r = Arithmetic(book())
    x, y = (Frac({((g, 1),): 1}) for g in (0, 1))
    r.relations[1] = (2, r.sub(Frac(ONE), r.mul(x, x)))
    assert r.add([r.mul(y, y), r.mul(x, x)]) == Frac(ONE)
    assert r.power(y, 3) == r.sub(y, r.mul(r.mul(x, x), y))
    assert r.power(y, 4) == r.power(r.sub(Frac(ONE), r.mul(x, x)), 2)
    assert r.mul(r.inverse(r.add([x, Frac(ONE)])), r.mul(y, y)) == r.sub(Frac(ONE), x)
    assert r.add([y, x]) == Frac({((0, 1),): 1, ((1, 1),): 1})
    assert r.mul(r.inverse(y), y) == Frac(ONE)


def test_a_relation_whose_value_has_its_own_generator() -> None:
    """x² = x, for x in {0, 1}: powers go down to x, and a negative power stays."""
    r = Arithmetic(book())
    x = Frac({((0, 1),): 1})
    r.relations[0] = (2, x)
    assert r.power(x, 5) == x
    assert r.inverse(x) == Frac({((0, -1),): 1})


def test_the_names_of_a_polynomial() -> None:
    """All free names of its generators."""
    b = book()
    n = b.number(make("exp", add(sym("a"), sym("x"))))
    assert Arithmetic(b).names({((n, 1),): 1, ((2, 2),): 5}) == {"a", "x", "z"}
    assert Arithmetic(b).names({(): 5}) == frozenset()
