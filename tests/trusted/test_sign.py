"""Signs that hold are proved, and nothing is proved that sampling contradicts."""

from __future__ import annotations

import itertools
from fractions import Fraction

import mpmath as mp
import pytest
import sympy as sp
from hypothesis import given, settings
from hypothesis import strategies as st

from derive.certificate import Proved, Refuted
from derive.domain import Domain
from derive.prove import prove_nonnegative, prove_positive, prove_positive_semidefinite, signs
from derive.prove.roots import Interval, roots_inside, sign_on
from derive.prove.sign import sign_terms
from derive.prove.sign_matrix import direction
from derive.terms.term import Term, add, make, mul, num, power, sub, sym
from tests.shared import examples

POSITIVE = "positive"
HUBER = "Piecewise((z**2/2, abs(z) <= d), (d*(abs(z) - d/2), True))"
#: claims about values, derivatives and bounds of losses: e > 0 everywhere
TRUE_POSITIVE = [
    ("log(1 + exp(z)) - z", {}),
    ("sigmoid(z)*(1 - sigmoid(z))", {}),
    ("sech(z)**2", {}),
    ("1 - tanh(z)", {}),
    ("1 - tanh(z)**2", {}),
    ("sqrt(1 + z**2) - z", {}),
    ("(1 + (z/d)**2)**(-3/2)", {"d": POSITIVE}),
    ("diff(diff(softplus(z), z), z)", {}),
    ("diff(diff(log(cosh(z)), z), z)", {}),
    ("diff(diff(sqrt(1 + z**2), z), z)", {}),
    ("diff(diff(exp(z) - y*z, z), z)", {"y": "nonnegative"}),
    ("diff(diff(z + y*exp(-z), z), z)", {"y": POSITIVE}),
    ("diff(diff(exp(z*(2 - p))/(2 - p) - y*exp(z*(1 - p))/(1 - p), z), z)", {"p": "(1, 2)", "y": "nonnegative"}),
    ("exp(z) - 2*z", {}),
    ("exp(z) - z", {}),
    ("log(2) - 1/2", {}),
    ("1 - 2/pi*atan(x)", {}),
    ("1 - normcdf(z)", {}),
    ("log(exp(a) + exp(b) + exp(c)) - a", {}),
    ("Sum(sigmoid(z[i])*(1 - sigmoid(z[i])), (i, 0, m - 1))", {"m": "positive integer"}),
    ("normpdf(z) + z*normcdf(z)", {}),
    ("normpdf(z)/normcdf(z)*(z + normpdf(z)/normcdf(z))", {}),
    ("normcdf(-x)*sqrt(2*pi)*(1 + x**2) - x*exp(-x**2/2)", {"x": POSITIVE}),
    ("1/x - atan(1/x)", {"x": POSITIVE}),
    ("1/x - log(1 + 1/x)", {"x": POSITIVE}),
    ("log(1 + 1/x) - 1/(1 + x)", {"x": POSITIVE}),
    ("(x + 1/2)*log(1 + 1/x) - 1", {"x": POSITIVE}),
    ("log(a + x) - log(x) - a/(a + x)", {"x": POSITIVE, "a": POSITIVE}),
    ("exp(exp(z)) - 1 - exp(z)", {}),
]
#: e >= 0 everywhere
TRUE_NONNEGATIVE = [
    ("1/4 - sigmoid(z)*(1 - sigmoid(z))", {}),
    ("2*p*(1 - p) - p*(1 - p)", {"p": "[0, 1]"}),
    ("cosh(z) - 1", {}),
    ("z*(exp(z) - 1)", {}),
    ("exp(z) - 1 - z", {}),
    ("z - 1 - log(z)", {}),
    ("z*exp(z) - exp(z) + 1", {}),
    ("exp(a*b) - 1 - a*b", {}),
    ("abs(z) - z", {}),
    ("abs(z) - log(cosh(z))", {}),
    ("max(0, 1 - y*z)**2", {"y": "{-1, 1}"}),
    ("max(t*u, (t - 1)*u)", {"t": "(0, 1)"}),
    (HUBER, {"d": POSITIVE}),
    (f"z**2/2 - {HUBER}", {"d": POSITIVE}),
    ("z**2/2 - log(cosh(z))", {}),
    ("log(2) + z/2 + z**2/8 - softplus(z)", {}),
    ("softplus(z) - y*z", {"y": "{0, 1}"}),
    ("softplus(z) - y*z + y*log(y) + (1 - y)*log(1 - y)", {"y": "(0, 1)"}),
    ("xlogy(y, y/u) - y + u", {"u": POSITIVE, "y": "nonnegative"}),
    ("log(u/y) + y/u - 1", {"u": POSITIVE, "y": POSITIVE}),
    ("y*log(y/p) + (1 - y)*log((1 - y)/(1 - p))", {"y": "(0, 1)", "p": "(0, 1)"}),
    ("-(1 - p)**2*log(p)", {"p": "(0, 1]"}),
    ("(x - y)*(sigmoid(x) - sigmoid(y))", {}),
    ("(a - b)*(logit(a) - logit(b))", {"a": "(0, 1)", "b": "(0, 1)"}),
    ("(x - y)*(x**3 - y**3)", {}),
    ("a**2 + b**2 + c**2 - a*b - b*c - c*a", {}),
    ("x**4 + y**4 - x**2*y**2", {}),
    ("(a**2 + b**2)*(c**2 + d**2) - (a*c + b*d)**2", {}),
    ("sqrt(x**2 + y**2) - x", {}),
    ("(x + y)/2 - sqrt(x*y)", {"x": "nonnegative", "y": "nonnegative"}),
    ("exp(x) + exp(y) - 2*exp((x + y)/2)", {}),
    ("log((exp(x) + exp(y))/2) - (x + y)/2", {}),
    ("abs(x) + abs(y) - abs(x + y)", {}),
    ("x - sin(x)", {"x": "nonnegative"}),
    ("n*(n - 1)", {"n": "integer"}),
    ("Sum(x[i], (i, 0, n - 1))**2/n", {"n": "positive integer"}),
    ("1/m*Sum(softplus(z[i]) - y[i]*z[i], (i, 0, m - 1)) + l/2*t**2",
     {"m": "positive integer", "y": "{0, 1}", "l": "nonnegative"}),
    ("Sum(Piecewise((z[i]**2/2, abs(z[i]) <= d), (d*(abs(z[i]) - d/2), True)), (i, 0, m - 1))",
     {"m": "nonnegative integer", "d": POSITIVE}),
    ("Sum(sigmoid(z[i])*(1 - sigmoid(z[i]))*Sum(X[i, k]*v[k], (k, 0, n - 1))**2, (i, 0, m - 1))/m",
     {"m": "positive integer", "n": "positive integer"}),
    ("exp(-x**2) - erfc(x)", {"x": "nonnegative"}),
    ("diff(diff(-y*log(normcdf(z)) - (1 - y)*log(1 - normcdf(z)), z), z)", {"y": "[0, 1]"}),
    ("diff(diff(-y*log(1 - exp(-exp(z))) + (1 - y)*exp(z), z), z)", {"y": "[0, 1]"}),
    ("y*x + (1 - y)*(1 - x)", {"y": "[0, 1]", "x": "[0, 1]"}),
]  # fmt: skip


@pytest.mark.parametrize(("formula", "domain"), TRUE_POSITIVE, ids=[c[0] for c in TRUE_POSITIVE])
def test_positive(formula: str, domain: dict[str, str]) -> None:
    """What is positive everywhere is proved to be, and so is that it is nonnegative."""
    assert prove_positive(formula, domain).status == "proved"
    assert prove_nonnegative(formula, domain).status == "proved"


@pytest.mark.parametrize(("formula", "domain"), TRUE_NONNEGATIVE, ids=[c[0] for c in TRUE_NONNEGATIVE])
def test_nonnegative(formula: str, domain: dict[str, str]) -> None:
    """What is nonnegative everywhere is proved to be; its negative and what is a little less are not."""
    assert prove_nonnegative(formula, domain, budget=10).status == "proved"
    assert prove_nonnegative(f"-({formula})", domain, budget=0.5).status != "proved"


def test_symbols_of_sympy() -> None:
    """The assumptions of SymPy symbols are part of the claim."""
    x, y = sp.Symbol("x", positive=True), sp.Symbol("y")
    assert prove_positive(x + 1 / x).status == "proved"
    assert prove_positive(y + 1 / y).status == "refuted"
    assert prove_nonnegative(x + 1 / x - 2, strict=True).witness.point == (("x", "1"),)


def test_the_record_of_a_proof() -> None:
    """A proof names its method and its conditions, and the same question gets the same record."""
    verdict = prove_nonnegative("sqrt(x)/x")
    assert isinstance(verdict, Proved)
    assert verdict.method == "signs by exact arithmetic"
    assert {c.kind for c in verdict.conditions} <= {"nonnegative", "nonzero", "positive"}
    assert verdict.conditions
    assert not verdict.domains_differ
    assert prove_nonnegative("sqrt(x)/x") == verdict


def test_the_record_of_a_refutation() -> None:
    """A witness is a point with exact coordinates, the value there on the left and 0 on the right."""
    verdict = prove_nonnegative("(3*z - 1)**2 - 1/10**10")
    assert isinstance(verdict, Refuted)
    assert verdict.witness.point == (("z", "1/3"),)
    assert (verdict.witness.left, verdict.witness.right) == ("-1/10000000000", "0")


def test_a_budget_is_kept() -> None:
    """A hard question is answered, with `unknown` at worst, about in the time that it was given."""
    import time

    start = time.thread_time()
    verdict = prove_nonnegative("x**4*y**2 + x**2*y**4 + exp(x*y*w) - 3*x**2*y**2*cos(w*x)", budget=0.3)
    assert verdict.status in {"unknown", "refuted"}
    assert time.thread_time() - start < 3


@pytest.mark.parametrize("e", ["x**36 - y**36 - 1", "x**30 - y**30 - x*y - 1"])
def test_high_degrees_in_two_variables_keep_the_budget(e: str) -> None:
    """To take x^36 − y^36 − 1 apart would take minutes: its sign, its logarithm and its square are answered at once."""
    import time

    start = time.thread_time()
    assert prove_nonnegative(f"log(({e})**2) - 2*log(abs({e}))", {"y": "positive"}, budget=0.5).status == "proved"
    assert prove_nonnegative(e, {"y": "positive"}, budget=0.5).status in {"unknown", "refuted"}
    assert time.thread_time() - start < 5


# -- matrices
def softmax(names: str) -> list[list[str]]:
    """The entries of diag(p) − p p′, p the softmax of some scores."""
    total = "(" + " + ".join(f"exp({v})" for v in names) + ")"
    p = [f"exp({v})/{total}" for v in names]
    return [[f"{a}*({int(i == j)} - {b})" for j, b in enumerate(p)] for i, a in enumerate(p)]


SEMIDEFINITE = [
    (softmax("ab"), {}),
    (softmax("abc"), {}),
    (softmax("abcd"), {}),
    ([["p*(1 - p)", "-p*q"], ["-p*q", "q*(1 - q)"]], {"p, q, r": "simplex"}),
    ([["x**2", "x*y"], ["x*y", "y**2"]], {}),
    ([["2/y", "-2*x/y**2"], ["-2*x/y**2", "2*x**2/y**3"]], {"y": POSITIVE}),
    ([["x**2 + 1", "x", "0"], ["x", "1", "0"], ["0", "0", "abs(y)"]], {}),
]


@pytest.mark.parametrize(("rows", "domain"), SEMIDEFINITE)
def test_semidefinite(rows: list[list[str]], domain: dict[str, str]) -> None:
    """Every principal minor is nonnegative, so the matrix is positive semidefinite; its negative is not."""
    assert prove_positive_semidefinite(rows, domain, budget=10).status == "proved"
    negative = [[f"-({e})" for e in row] for row in rows]
    assert prove_positive_semidefinite(negative, domain).status == "refuted"


def test_a_matrix_of_sympy() -> None:
    """A Hessian that SymPy wrote is a matrix too."""
    a, b = sp.symbols("a b", real=True)
    assert prove_positive_semidefinite(sp.hessian(sp.log(sp.exp(a) + sp.exp(b)), (a, b))).status == "proved"
    assert prove_positive_semidefinite(sp.hessian(a**2 - b**2, (a, b))).status == "refuted"


entries = st.integers(-4, 4)


@given(st.lists(entries, min_size=6, max_size=6))
def test_directions_are_found_exactly_where_there_is_one(six: list[int]) -> None:
    """`direction` finds v with v'hv < 0 exactly when a principal minor is negative."""
    h = [[Fraction(six[max(i, j) * (max(i, j) + 1) // 2 + min(i, j)]) for j in range(3)] for i in range(3)]
    minors = [c for k in (1, 2, 3) for c in itertools.combinations(range(3), k)]
    semidefinite = all(sp.Matrix(h).extract(list(c), list(c)).det() >= 0 for c in minors)
    v = direction(h)
    assert (v is None) == semidefinite
    if v is not None:
        assert sum(v[i] * h[i][j] * v[j] for i in range(3) for j in range(3)) < 0


# -- polynomials in one variable
bounds = st.none() | st.fractions(-3, 3, max_denominator=4)


@given(st.lists(st.integers(-5, 5), min_size=1, max_size=7), bounds, bounds, st.booleans(), st.booleans())
def test_the_sign_of_a_polynomial_contains_every_value(
    coefficients: list[int], low: Fraction | None, high: Fraction | None, low_open: bool, high_open: bool
) -> None:
    """The mask contains the sign at every sampled point of the interval, and at the ends that belong to it."""
    interval = Interval(low, high, low is None or low_open, high is None or high_open)
    mask = sign_on([Fraction(c) for c in coefficients], interval)
    if interval.empty:
        assert mask == signs.ANY
        return
    points = [*itertools.islice(interval.inside(), 40), *interval.closed_ends()]
    for x in points:
        assert mask & signs.of_number(sum((c * x**k for k, c in enumerate(coefficients)), Fraction(0)))


@given(st.lists(st.fractions(-2, 2, max_denominator=5), min_size=1, max_size=6, unique=True), bounds, bounds)
def test_roots_are_counted(roots: list[Fraction], low: Fraction | None, high: Fraction | None) -> None:
    """A product of different linear factors has as many roots between two ends as were put there."""
    from flint import fmpq, fmpq_poly

    if low is not None and high is not None and low >= high:
        low, high = high, low + 1
    p = fmpq_poly([1])
    for r in roots:
        p *= fmpq_poly([fmpq(-r.numerator, r.denominator), 1])
    inside = [r for r in roots if (low is None or r > low) and (high is None or r < high)]
    assert roots_inside(p, Interval(low, high)) == len(inside)


# -- random expressions, against samples
x, y = sym("x"), sym("y")
_CONSTANTS = [Fraction(v) for v in ("1", "2", "-1", "1/2", "3", "-2", "1/4", "1/1000000")]
leaves = st.sampled_from([x, x, y, *map(num, _CONSTANTS)])


def larger(part: st.SearchStrategy[Term]) -> st.SearchStrategy[Term]:
    """Sums, products, squares, quotients, and the functions that losses are made of."""
    unary = st.sampled_from(["exp", "abs", "sigmoid", "softplus", "tanh", "cosh", "log", "sqrt", "atan"])
    one = st.builds(lambda f, a: power(a, num(1, 2)) if f == "sqrt" else make(f, a), unary, part)
    two = st.sampled_from([add, add, mul, sub, lambda a, b: make("max", a, b), lambda a, b: mul(a, power(b, num(-1)))])
    return one | st.builds(lambda f, a, b: f(a, b), two, part, part) | st.builds(lambda a: power(a, num(2)), part)


expressions = st.recursive(leaves, larger, max_leaves=7)
_MEANING = {
    "add": lambda *a: mp.fsum(a),
    "mul": lambda *a: mp.fprod(a),
    "pow": mp.power,
    "exp": mp.exp,
    "abs": abs,
    "sigmoid": lambda t: 1 / (1 + mp.exp(-t)),
    "softplus": lambda t: mp.log1p(mp.exp(t)),
    "tanh": mp.tanh,
    "cosh": mp.cosh,
    "log": mp.log,
    "atan": mp.atan,
    "max": max,
}
_SAMPLES = [
    mp.mpf(v) for v in ("-30", "-5", "-2", "-1", "-0.3", "-1e-6", "0", "1e-6", "0.25", "0.7", "1", "2.5", "6", "35")
]


def value(t: Term, at: dict[str, mp.mpf]) -> mp.mpf:
    """The value by mpmath; complex where the real expression is not defined."""
    if t.head == "num":
        return mp.mpf(t.value.numerator) / t.value.denominator
    if t.head == "sym":
        return at[t.name]
    parts = [value(a, at) for a in t.args]
    if any(isinstance(p, mp.mpc) for p in parts):
        raise ValueError("not real")
    return _MEANING[t.head](*parts)


def lowest(t: Term) -> mp.mpf | None:
    """The least value on a grid, of those that are defined."""
    found = []
    for a, b in itertools.product(_SAMPLES, repeat=2):
        try:
            v = value(t, {"x": a, "y": b})
        except (ValueError, ZeroDivisionError, OverflowError):
            continue
        if isinstance(v, mp.mpf) and mp.isfinite(v):
            found.append(v)
    return min(found, default=None)


@settings(max_examples=examples(150, 50), deadline=None)
@given(expressions)
def test_samples_never_contradict_a_verdict(e: Term) -> None:
    """Nothing is proved nonnegative that is negative at a sample; a witness is negative by mpmath too."""
    with mp.workdps(60):
        verdict = sign_terms(e, Domain(), "nonnegative", budget=0.5)
        least = lowest(e)
        if verdict.status == "proved":
            assert least is None or least > -(mp.mpf(10) ** -40), (e, least)
        if isinstance(verdict, Refuted):
            at = {n: mp.mpf(Fraction(v).numerator) / Fraction(v).denominator for n, v in verdict.witness.point}
            with mp.workdps(1200):
                assert value(e, at) < 0


@settings(max_examples=examples(60, 30), deadline=None)
@given(expressions)
def test_a_square_is_never_refuted(e: Term) -> None:
    """e² + c ≥ 0 is never refuted, and e² < 0 is never proved."""
    square = power(e, num(2))
    assert sign_terms(square, Domain(), "nonnegative", budget=0.3).status != "refuted"
    assert sign_terms(sub(num(-1, 1000), square), Domain(), "nonnegative", budget=0.3).status != "proved"


polynomials = st.lists(st.tuples(st.integers(-3, 3), st.integers(0, 4), st.integers(0, 2)), min_size=1, max_size=5)


@settings(max_examples=examples(80, 25), deadline=None)
@given(
    polynomials,
    st.sampled_from([("real", "real"), ("[0, 1]", "real"), ("positive", "positive"), ("[-1, 1]", "[0, 1]")]),
)
def test_polynomials_against_exact_values(rows: list[tuple[int, int, int]], ranges: tuple[str, str]) -> None:
    """A polynomial that is proved (or refuted) has no negative value (has one) at exact points of the domain."""
    e = add(num(0), *(mul(num(c), power(x, num(i)), power(y, num(j))) for c, i, j in rows))
    domain = Domain.of({"x": ranges[0], "y": ranges[1]})
    for want, bad in (("nonnegative", lambda v: v < 0), ("positive", lambda v: v <= 0)):
        verdict = sign_terms(e, domain, want, budget=0.5)
        if verdict.status == "refuted":
            at = {n: Fraction(v) for n, v in verdict.witness.point}
            assert bad(_exact(rows, at.get("x", Fraction(0)), at.get("y", Fraction(0))))
        if verdict.status == "proved":
            grid = [Fraction(k, 6) for k in range(-18, 19, examples(1, 2))]
            inside = [(a, b) for a in grid for b in grid if a in domain["x"] and b in domain["y"]]
            assert not any(bad(_exact(rows, a, b)) for a, b in inside)


def _exact(rows: list[tuple[int, int, int]], a: Fraction, b: Fraction) -> Fraction:
    return sum((c * a**i * b**j for c, i, j in rows), Fraction(0))
