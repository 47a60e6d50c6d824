"""What single laws of the small checker give: without one of them, true claims would be left to the prover."""

from __future__ import annotations

import pytest

from derive.domain import Domain
from derive.errors import CertificateError
from derive.recheck import Shown, recheck
from derive.recheck.unfold import whole
from derive.terms.json import Json
from derive.terms.term import Term, make, mul, num, sym
from derive.terms.text import parse_formula

ZERO: Json = {"zero": True}
SIZED = {"n": "positive integer"}


def check(a: str, b: str, described: dict[str, str], proof: Json = ZERO) -> Shown:
    """Check a proof of a claim in text."""
    return recheck(parse_formula(a), parse_formula(b), Domain.of(described), proof)


DEFINED = {
    "expm1(x)": "exp(x) - 1",
    "log1p(x)": "log(1 + x)",
    "sigmoid(x)": "exp(x)/(exp(x) + 1)",
    "softplus(x)": "x + log(1 + exp(-x))",
    "logsigmoid(x)": "x - log(1 + exp(x))",
    "logit(x)": "log(x/(1 - x))",
    "sinh(x)": "(exp(2*x) - 1)/(2*exp(x))",
    "cosh(x)": "(exp(2*x) + 1)/(2*exp(x))",
    "sech(x)": "2*exp(x)/(exp(2*x) + 1)",
    "tanh(x)": "(exp(2*x) - 1)/(exp(2*x) + 1)",
    "asinh(x)": "log(x + (1 + x**2)**(1/2))",
    "acosh(x)": "log(x + (x**2 - 1)**(1/2))",
    "2*atanh(x)": "log(1 + x) - log(1 - x)",
    "tan(x)*cos(x)": "sin(x)",
    "acos(x) + asin(x)": "pi/2",
    "erfc(x) + erf(x)": "1",
    "2*normcdf(sqrt(2)*x)": "1 + erf(x)",
    "normpdf(x)**2": "exp(-x**2)/(2*pi)",
    "normppf(x)": "sqrt(2)*erfinv(2*x - 1)",
}


@pytest.mark.parametrize(("f", "means"), DEFINED.items())
def test_a_function_is_what_it_stands_for(f: str, means: str) -> None:
    """Its definition, written in another way."""
    assert check(f, means, {"x": "(0, 1)"} if "acosh" not in f else {"x": "(1, oo)"})
    with pytest.raises(CertificateError):
        check(f, f"{means} + x/7", {"x": "(0, 1)"})


@pytest.mark.parametrize("quarters", range(-5, 6))
def test_sine_and_cosine_at_the_quarters(quarters: int) -> None:
    """Their values, and what a quarter more does to an angle."""
    s, c = ((0, 1), (1, 0), (0, -1), (-1, 0))[quarters % 4]
    turned = f"(x + {quarters}*pi/2)"
    for a, b in (
        (f"sin({quarters}*pi/2)", f"{s}"),
        (f"cos({quarters}*pi/2)", f"{c}"),
        (f"sin{turned}", f"{c}*sin(x) + {s}*cos(x)"),
        (f"cos{turned}", f"{c}*cos(x) - {s}*sin(x)"),
    ):
        assert check(a, b, {})


#: claims that hold and need no condition, in any region
SEEN: list[tuple[str, str, dict[str, str]]] = [
    ("asinh(x) - asinh(x)", "0", {}),
    ("sqrt(pi)**2 + log(pi**2)", "pi + 2*log(pi)", {}),
    ("abs(x*y + x)", "x*(y + 1)", {"x": "positive", "y": "(-1, oo)"}),
    ("abs(exp(x) - exp(-y))", "exp(x) - exp(-y)", {"x": "positive", "y": "positive"}),
    ("xlogy(x, 1 + y**2)", "x*log(1 + y**2)", {}),
    ("x*max(y, 1)", "x*y", {"y": "[1, oo)"}),
    ("diff(x*max(y, 1), x)", "y", {"y": "[1, oo)"}),
    ("where(~(x < 0), 1, 2)", "1", {"x": "positive"}),
    ("where(~(x > 0), 1, 2)", "2", {"x": "positive"}),
    ("where((x > 0) & (x > -1), 1, 2)", "1", {"x": "positive"}),
    ("where((x < 0) | (x > -1), 1, 2)", "1", {"x": "positive"}),
    ("where((x < 0) | (x < -1), 1, 2)", "2", {"x": "positive"}),
    ("abs(v[0])", "v[0]", {"v": "positive"}),
    ("diff(cumulant(0, 2*x), x)", "2*cumulant(1, 2*x)", {}),
    ("x*sum(v[i], i, 0, n-1)", "sum(x*v[i], i, 0, n-1)", SIZED),
    ("log(15) - log(3)", "log(5)", {}),
    ("log(9)/2 + sqrt(12)", "log(3) + 2*sqrt(3)", {}),
    ("k**2*abs(k)", "k**3", {"k": "positive integer"}),
    ("sum(delta(i, k[0])*v[i], i, 0, n-1)", "v[k[0]]", {**SIZED, "k": "0..n-1"}),
    ("sum((delta(i, j) + 3)*v[i], i, 0, n-1)", "v[j] + 3*sum(v[i], i, 0, n-1)", {**SIZED, "j": "0..n-1"}),
    (
        "sum(v[i]/(1 + w[i]**2) + x*w[i], i, 0, n-1)",
        "x*sum(w[i], i, 0, n-1) + sum(v[i]/(1 + w[i]**2), i, 0, n-1)",
        SIZED,
    ),
    ("sum(1/(1 + exp(v[i])), i, 0, n-1)", "n - sum(exp(v[i])/(1 + exp(v[i])), i, 0, n-1)", SIZED),
]


@pytest.mark.parametrize(("a", "b", "described"), SEEN)
def test_a_law_is_used(a: str, b: str, described: dict[str, str]) -> None:
    """Confirmed without a split."""
    shown = check(a, b, described)
    assert not shown.conditions
    assert not shown.undefined


MASKED = "sum(where(v[i] < 0, log(1 + (v[i] - x)**2), 1), i, 0, n-1)"
BEYOND: Json = ["add", "n", -1, ["mul", -1, ["pow", "k", 2]]]
HINTED: list[tuple[str, str, dict[str, str], Json]] = [
    ("sqrt((x - 1)**4)", "(x - 1)**2", {}, {"factors": [["add", "x", -1]], "proof": ZERO}),
    ("sqrt((x - 1)**6)", "(x - 1)**2*abs(x - 1)", {"x": "(1, oo)"}, {"factors": [["add", "x", -1]], "proof": ZERO}),
    ("abs((y + 1)*(y + 2))", "(y + 1)*(y + 2)", {"y": "(-1, oo)"}, {"factors": [["add", "y", 1]], "proof": ZERO}),
    (MASKED, MASKED, SIZED, ZERO),
    (
        *("sum(delta(i, k**2), i, 0, n-1)", "where(k**2 <= n - 1, 1, 0)", {**SIZED, "k": "integer"}),
        {"split": BEYOND, "+": ZERO, "0": ZERO, "-": ZERO},
    ),
    (
        *("where((0 < k) & (k < 1), 1, 0) + where((-1 < k) & (k < 0), 1, 0)", "0", {"k": "integer"}),
        {"split": "k", "+": ZERO, "0": ZERO, "-": ZERO},
    ),
]


@pytest.mark.parametrize(("a", "b", "described", "proof"), HINTED)
def test_a_hint_is_used(a: str, b: str, described: dict[str, str], proof: Json) -> None:
    """A factor, a sign, or that a square is not negative."""
    assert not check(a, b, described, proof).conditions


CONDITIONED: list[tuple[str, str, dict[str, str], Json, set[str]]] = [
    ("x**y*x**(-y)", "1", {"y": "negative"}, ZERO, {"positive"}),
    ("erf(erfinv(x))", "x", {}, ZERO, {"positive"}),
    ("erfinv(erf(2*x)) + erf(-x/2)", "2*x - erf(x/2)", {}, ZERO, {"positive"}),
    (
        *("sum(2/(v[i]**2 - 1), i, 0, n-1)", "sum(1/(v[i] - 1) - 1/(v[i] + 1), i, 0, n-1)"),
        *(SIZED, ZERO, {"nonzero"}),
    ),
    (
        *("sum(2/(v[i]**2 - 1) + 1, i, 0, n-1)", "sum(1/(v[i] - 1) - 1/(v[i] + 1), i, 0, n-1) + n"),
        *(SIZED, ZERO, {"nonzero"}),
    ),
    (
        *("abs(log(x))", "where(log(x) >= 0, log(x), -log(x))", {}),
        *({"split": ["log", "x"], "+": ZERO, "0": ZERO, "-": ZERO}, {"positive"}),
    ),
]


@pytest.mark.parametrize(("a", "b", "described", "proof", "kinds"), CONDITIONED)
def test_a_law_with_a_condition(a: str, b: str, described: dict[str, str], proof: Json, kinds: set[str]) -> None:
    """Confirmed, and it is said what the sides need."""
    assert {c.kind for c in check(a, b, described, proof).conditions} == kinds


CHOSEN = ["abs(v[j])", "sign(v[j])", "heaviside(v[j])", "max(v[j], 0)", "min(v[j], 0)", "where(v[j] < 0, 1, 2)"]
CHOSEN += ["where(v[j] <= 0, 1, 2)", "where(v[j] == 0, 1, 2)", "where(v[j] != 0, 1, 2)", "xlogy(v[j], 2)"]


@pytest.mark.parametrize("f", CHOSEN)
def test_ties_of_an_entry_are_noted(f: str) -> None:
    """The derivative with respect to an entry is taken where no choice ties, whatever chooses."""
    same = f"diff({f}, v[j])"
    proof = {"split": ["at", "v", "j"], "+": ZERO, "0": ZERO, "-": ZERO}
    assert check(same, same, {**SIZED, "j": "0..n-1"}, proof).notes


@pytest.mark.parametrize("head", ["pi", "euler_gamma"])
def test_constants_are_positive(head: str) -> None:
    """So their roots and logarithms have values; e is exp(1)."""
    c = make(head)
    assert not recheck(
        make("abs", mul(c, make("exp", sym("x")))), mul(c, make("exp", sym("x"))), Domain(), ZERO
    ).conditions
    assert recheck(make("log", make("e")), num(1), Domain(), ZERO)


WHOLE = {
    "3": True, "1/2": False, "x": False, "k": True, "k**2": True, "x**2": False, "k**(-1)": False, "k**(1/2)": False,
    "k**j": False, "v[0]": False, "k[0]": True, "floor(x)": True, "sign(x)": True, "delta(x, y)": True, "k + j": True,
    "k + x": False, "x + k": False, "k*j*3": True, "k*x": False, "k/2": False, "exp(k)": False, "k**0": True,
}  # fmt: skip


@pytest.mark.parametrize("text", WHOLE)
def test_what_is_a_whole_number_by_its_form(text: str) -> None:
    """Sums, products and natural powers of whole numbers, and functions with whole values."""
    ranges = Domain.of({"k": "integer", "j": "0..n-1"}).__getitem__
    assert whole(parse_formula(text), ranges) == WHOLE[text]


def test_what_is_confirmed_of_asin_is_partial() -> None:
    """Of some functions nothing is known, not even where they have values."""
    for f in ("asin(x)", "floor(x)", "lambertw(x)"):
        assert check(f"{f} - {f} + x", "x", {}).partial
    assert not check("x", "x", {}).partial


def test_the_condition_of_erfinv() -> None:
    """Its argument lies between −1 and 1, which is used."""
    shown = check("erfinv(x) + abs(1 - x**2)", "erfinv(x) + 1 - x**2", {})
    assert [str(c.term) for c in shown.conditions] == ["add(1, mul(-1, mul(x, x)))"]


def test_the_domain_of_a_power_by_its_form() -> None:
    """x to the power y − y + 2 has no value for negative x, as the exponent is no whole number by its form."""
    assert check("x**(y - y + 2)", "x**2", {"x": "positive"})
    assert not check("x**(1/2 + 1/2) + x**(2*3)*x**(2**(-1) + 3/2)", "x + x**8", {}).conditions
    for e in ("y - y + 2", "pi - pi + 2", "2*pi/pi", "exp(0) + 1"):
        with pytest.raises(CertificateError):
            check(f"x**({e})", "x**2", {})


BAD: list[Json] = [
    {"zero": False},
    {"zero": None},
    {"empty": "yes"},
    {"undefined": 1},
    {"undefined": None},
    {"zero": "true"},
]


@pytest.mark.parametrize("leaf", BAD)
def test_a_leaf_is_written_in_one_way(leaf: Json) -> None:
    """Also where there is nothing to prove."""
    with pytest.raises(CertificateError):
        check("x", "x", {}, leaf)
    with pytest.raises(CertificateError):
        check("log(-1 - x**2) + abs(x)", "7", {}, {"split": "x", "+": ZERO, "0": leaf, "-": ZERO})


@pytest.mark.parametrize("below", [None, 0, "zero", ["at", "proof"], {}])
def test_a_branch_is_a_proof(below: Json) -> None:
    """What is no proof is refused with a message, at the boundary, too."""
    for proof in ({"split": "x", "+": ZERO, "0": below, "-": ZERO}, {"split": "x", "+": below, "0": ZERO, "-": ZERO}):
        with pytest.raises(CertificateError):
            check("x", "x", {}, proof)


def test_a_claim_is_made_of_functions() -> None:
    """What derivatives are written out to has no meaning of its own."""
    x = sym("x")
    for made in (make("slope", num(0), x, x, x), make("given", num(0), x)):
        for a, b in ((made, num(0)), (num(0), mul(num(2), made))):
            with pytest.raises(CertificateError, match="formula of a derivative"):
                recheck(a, b, Domain(), ZERO)


def test_arrays_and_variables_of_one_name() -> None:
    """x and x[0] are no functions of each other."""
    x, entry = sym("x"), make("at", sym("x"), num(0))
    other: Term = make("at", sym("v"), x)
    for f, v, slope in ((x, entry, num(1)), (entry, x, num(1)), (other, entry, make("delta", x, num(0)))):
        with pytest.raises(CertificateError, match="cannot re-check"):
            recheck(make("diff", f, v), slope, Domain.of({"x": "integer"}), ZERO)


# -- whole matrices, by their entries
ROW, COLUMN, M, N = map(sym, "ijmn")
A, B, V, W = (
    make("matrix", sym("A"), M, N),
    make("matrix", sym("B"), N, M),
    make("matrix", sym("v"), N, num(1)),
    make("matrix", sym("w"), M, num(1)),
)
Z = sym("z")
ENTRIES: list[tuple[Term, str, str]] = [
    (A, "A[i, j]", "A[j, i]"),
    (make("transpose", A), "A[j, i]", "A[i, j]"),
    (make("scale", sym("x"), A), "x*A[i, j]", "A[i, j]"),
    (make("matadd", A, make("transpose", B)), "A[i, j] + B[j, i]", "A[i, j] + B[i, j]"),
    (make("map", make("exp", Z), Z, A), "exp(A[i, j])", "exp(z)"),
    (make("matmul", A, V), "sum(A[i, k]*v[k], k, 0, n-1)", "sum(A[i, k]*v[k], k, 0, m-1)"),
    (make("matmul", A, B), "sum(A[i, k]*B[k, j], k, 0, n-1)", "sum(A[k, i]*B[j, k], k, 0, n-1)"),
    (
        make("matmul", A, B, W),
        *(
            "sum(A[i, k]*sum(B[k, l]*w[l], l, 0, m-1), k, 0, n-1)",
            "sum(A[i, k]*sum(B[k, l]*w[l], l, 0, n-1), k, 0, n-1)",
        ),
    ),
    (make("diag", V), "delta(i, j)*v[i]", "v[i]"),
    (make("entries", make("at", sym("A"), COLUMN, ROW), ROW, COLUMN, N, M), "A[j, i]", "A[i, j]"),
]
PLACED = {"m": "positive integer", "n": "positive integer", "i": "0..n-1", "j": "0..n-1"}


@pytest.mark.parametrize(("matrix", "is_", "is_not"), ENTRIES, ids=[m.head for m, _, _ in ENTRIES])
def test_the_entry_of_a_whole_matrix(matrix: Term, is_: str, is_not: str) -> None:
    """Row first, then column; of a vector the row alone."""
    apart: Json = {
        "split": ["add", "i", ["mul", -1, "j"]],
        "+": ZERO,
        "0": {"at": ["i", "j"], "proof": ZERO},
        "-": ZERO,
    }
    domain = Domain.of(PLACED)
    whole_entry = make(
        "entry", matrix, ROW, num(0) if matrix.head == "matmul" and matrix.args[-1] in (V, W) else COLUMN
    )
    for proof in (apart,) if matrix.head == "diag" else (ZERO, apart):
        assert recheck(whole_entry, parse_formula(is_), domain, proof)
        with pytest.raises(CertificateError):
            recheck(whole_entry, parse_formula(is_not), domain, proof)


MISFITS = [
    make("matadd", A, B),
    make("matadd", A, A, B),
    make("matmul", A, A),
    make("matmul", A, B, V),
    make("matmul", V, A),
    make("diag", A),
    make("transpose", make("matmul", A, W)),
]


@pytest.mark.parametrize("matrix", MISFITS)
def test_shapes_must_fit(matrix: Term) -> None:
    """Also where the two sides are one and the same, and inside of others."""
    for whole_matrix in (matrix, make("scale", sym("x"), matrix), make("map", Z, Z, matrix)):
        with pytest.raises(CertificateError, match="shapes do not fit"):
            recheck(whole_matrix, whole_matrix, Domain.of(PLACED), ZERO)
        same = make("entry", whole_matrix, ROW, COLUMN)
        with pytest.raises(CertificateError, match="shapes do not fit"):
            recheck(same, same, Domain.of(PLACED), ZERO)


def test_a_matrix_is_compared_with_one_of_its_shape() -> None:
    """Neither with a scalar nor with its transpose; a vector is one column."""
    domain = Domain.of(PLACED)
    for a, b in ((A, B), (A, make("transpose", A)), (A, sym("x")), (sym("x"), A), (V, make("transpose", V)), (V, W)):
        with pytest.raises(CertificateError):
            recheck(a, b, domain, ZERO)
    with pytest.raises(CertificateError, match="not a matrix"):
        recheck(make("scale", sym("x"), A), sym("x"), domain, ZERO)
    for index in (ROW, COLUMN):  # one row, or one column, is not all
        first = make("piecewise", make("at", sym("A"), ROW, COLUMN), make("eq", index, num(0)), num(0), make("true"))
        with pytest.raises(CertificateError):
            recheck(A, make("entries", first, ROW, COLUMN, M, N), domain, ZERO)
        with pytest.raises(CertificateError):
            recheck(A, make("entries", mul(make("delta", index, num(0)), first), ROW, COLUMN, M, N), domain, ZERO)
    assert recheck(V, make("transpose", make("transpose", V)), domain, ZERO)
    assert recheck(V, make("entries", make("at", sym("v"), ROW), ROW, COLUMN, N, num(1)), domain, ZERO)
    assert recheck(A, make("transpose", make("transpose", A)), domain, ZERO)
