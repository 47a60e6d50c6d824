"""More forged proofs, each held up by one check alone: names, shapes, whole numbers, orders, borders, empty sums."""

from __future__ import annotations

import pytest

from derive.domain import Domain
from derive.errors import CertificateError
from derive.recheck import NotRechecked, Shown, poly, recheck, recheck_sign
from derive.recheck.unfold import unfold
from derive.terms.json import Json
from derive.terms.term import Term, at, make, mul, num, sub, sym
from derive.terms.text import parse_formula

ZERO: Json = {"zero": True}
NOTHING: Json = {"undefined": "a side has no value"}
Side = str | Term
Forged = tuple[Side, Side, dict[str, str], Json]


def check(a: Side, b: Side, described: dict[str, str], proof: Json = ZERO) -> Shown:
    """Check a proof of a claim, in text or as terms."""
    left, right = (parse_formula(t) if isinstance(t, str) else t for t in (a, b))
    return recheck(left, right, Domain.of(described), proof)


def split(on: Json, negative: Json = ZERO, zero: Json = ZERO, positive: Json = ZERO) -> Json:
    """Three regions."""
    return {"split": on, "+": positive, "0": zero, "-": negative}


J, K, L, M, N, X, Y, Z = map(sym, "jklmnxyz")
ROW = sym("i")
SIZED = {"n": "positive integer"}
PLACED = {"m": "positive integer", "n": "positive integer", "l": "0..n-1"}
FIRST, LAST = num(0), sub(N, num(1))
ENTRY: Json = ["at", "x", 0]
X_LESS_Y: Json = ["add", "x", ["mul", -1, "y"]]
MAPPED = make("map", parse_formula("sum(delta(t, k), k, 0, 2)"), sym("t"), make("matrix", sym("X"), num(2), num(2)))
UP_TO_TWO: Json = split(["at", "X", 0, 0], positive=split(["add", -2, ["at", "X", 0, 0]]))

NAMES: dict[str, Forged] = {
    "what is always zero is not zero at one value alone": (
        *("x", "5", {}),
        split(["add", "y", ["mul", -1, "y"]], zero={"at": ["x", 5], "proof": ZERO}),
    ),
    "an entry of x does not change with x": (
        *(make("diff", mul(X, make("sign", at("x", num(0)))), X), make("sign", X), {"x": "nonzero"}),
        split("x", *[split(ENTRY)] * 3),
    ),
    "an index that is renamed takes the name of no other one": (
        make("diff", make("sum", mul(at("v", ROW), at("w", sym("i_1"))), ROW, FIRST, LAST), at("v", ROW)),
        *(at("w", ROW), {**SIZED, "i": "0..n-1"}, ZERO),
    ),
    "a delta without the index": (
        *("sum(delta(p, q), k, 0, n-1)", "1", {**SIZED, "p": "0..n-1", "q": "0..n-1"}, ZERO),
    ),
    "a delta of a multiple of the index": (*("sum(delta(p, 2*k), k, 0, n-1)", "1", {**SIZED, "p": "0..n-1"}, ZERO),),
    "the column of an entry": (
        make("entries", at("w", L), K, L, M, N),
        *(make("entries", at("w", L), ROW, J, M, N), PLACED, ZERO),
    ),
    "a matrix is more than its diagonal": (
        make("matrix", sym("A"), N, N),
        *(make("transpose", make("matrix", sym("A"), N, N)), PLACED, ZERO),
    ),
    "vectors of two lengths": (
        make("matrix", sym("v"), N, num(1)),
        *(make("matrix", sym("v"), M, num(1)), PLACED, ZERO),
    ),
    "matrices of two shapes": (
        make("matrix", sym("A"), N, M),
        *(make("matrix", sym("A"), M, N), PLACED, ZERO),
    ),
    "the argument of a map is no index": (
        make("entry", MAPPED, num(0), num(0)),
        *("where((0 <= X[0, 0]) & (X[0, 0] <= 2), 1, 0)", {}, UP_TO_TWO),
    ),
    "cumulants of two orders that are symbols": (*(make("cumulant", X, Z), make("cumulant", Y, Z), {}, ZERO),),
}
NUMBERS: dict[str, Forged] = {
    "zero to a positive power": (*("0**y", "1", {"y": "positive"}, ZERO),),
    "the values of another variable": (*("x + y**2", "2*x", {"x": "{0, 1}"}, ZERO),),
    "one over a whole number is at most one, and not at least": (
        *("where(k > 1, 1, 0)", "0", {"k": "positive integer"}, split(["pow", "k", -1])),
    ),
    "a product that vanishes has a factor that does": (
        *("where((x*y == 0) & (x == 0), 1, 0)", "0", {}, split(["mul", "x", "y"])),
    ),
    "an index reaches its last value": (*("where(i < n - 1, 1, 0)", "1", {**SIZED, "i": "0..n-1"}, ZERO),),
    "each index of a sum reaches its last value": (*("sum(where(i < n - 1, 1, 0), i, 0, n-1)", "n", SIZED, ZERO),),
    "a sum that ends beyond a whole number": (*("sum(1, i, 0, x - 1)", "x", {"x": "positive"}, ZERO),),
    "a sum that begins before a whole number": (*("sum(1, i, 1 - x, 0)", "x", {"x": "positive"}, ZERO),),
    "gamma without a step back": (*("gamma(x - 1)", "gamma(x)", {"x": "(1, oo)"}, ZERO),),
    "gamma by a step from its pole": (
        *("gamma(x - y + 1)", "where(x == y, 0, gamma(x - y + 1))", {}, split(X_LESS_Y)),
    ),
    "digamma by a step from its pole": (
        *("(x - y)*digamma(x - y + 1)", "where(x == y, 1, (x - y)*digamma(x - y + 1))", {}, split(X_LESS_Y)),
    ),
    "the size of a number says nothing of its sign": (*("log(abs(x)) + abs(x)", "log(abs(x)) + x", {}, ZERO),),
    "the root of a fraction is that of a product": (
        *("sqrt(y/(x**2 + 1))", "sqrt(y)*sqrt(x**2 + 1)", {"y": "positive"}, ZERO),
    ),
    "the root of one over a sum": (*("sqrt(1/(x + 2))", "sqrt(x + 2)", {"x": "positive"}, ZERO),),
    "a square of a sum": (*("sum(v[i], i, 0, n-1)**2", "sum(v[i], i, 0, n-1)", SIZED, ZERO),),
    "one over a sum": (*("1/sum(exp(v[i]), i, 0, n-1)", "sum(exp(v[i]), i, 0, n-1)", SIZED, ZERO),),
    "a choice in each summand that may choose nothing": (
        *("sum(Piecewise((2, v[i] < 0)), i, 0, n-1)", "2*n", SIZED, ZERO),
    ),
    "the root of one over a sum, without the sum": (*("sqrt(1/(x + 2))", "1", {"x": "positive"}, ZERO),),
    "a whole number times another is none": (
        *("where((0 < k*x) & (k*x < 1), 1, 0)", "0", {"k": "integer"}, split(["mul", "k", "x"])),
    ),
    "a derivative where its formula has no value": (
        *("diff(sqrt(v[j]**4), v[j]) + where(v[j] == 0, 1, 0)", "2*v[j]", {**SIZED, "j": "0..n-1"}, ZERO),
    ),
    "a derivative of a derivative": (*("diff(diff(log(v[j]), v[j]), v[j])", "1/v[j]", {**SIZED, "j": "0..n-1"}, ZERO),),
    "a denominator that depends on the index stays in the sum": (
        "sum(v[i]/(1 + w[i]**2), i, 0, n-1)*sum(u[i], i, 0, n-1)",
        *("sum(u[i]/(1 + w[i]**2), i, 0, n-1)*sum(v[i], i, 0, n-1)", SIZED, ZERO),
    ),
    "a quotient with another middle": (*("(x**3 + x + 1)/(x**2 + x + 1)", "x", {}, ZERO),),
}


@pytest.mark.parametrize("name", [*NAMES, *NUMBERS])
def test_a_forged_proof_is_refused(name: str) -> None:
    """Each claim is false, or hides where it has no value, and its proof holds but for one thing."""
    with pytest.raises(CertificateError):
        check(*(NAMES | NUMBERS)[name])


@pytest.mark.parametrize("exponent", ["pi**2/pi**2", "pi**(1/2)/pi**(1/2)", "2**(1/2)/2**(1/2)", "2**y/2**y"])
def test_a_power_is_whole_by_its_form_or_not_at_all(exponent: str) -> None:
    """x**(1 + e/e) has no value for x < 0, unless e is made of rational numbers: so it is not x**2 without more."""
    with pytest.raises(CertificateError):
        check(f"x**({exponent} + 1)", "x**2", {})
    assert check(f"x**({exponent} + 1)", "x**2", {"x": "positive"})
    assert not check("x**(2**2/2**2 + 1)", "x**2", {}).conditions


UNSEEN = {
    "a root in an empty sum says nothing of its inside": ("sum(sqrt(x), i, 3, 2) + x", {}),
    "two indices over one range are not one": ("sum(sum(where(i == j, 1, -1), j, 0, n-1), i, 0, n-1)", SIZED),
}


@pytest.mark.parametrize("name", UNSEEN)
def test_a_sign_is_not_taken_from_what_is_not_there(name: str) -> None:
    """The form of a sum is asked for its sign, and nothing is assumed for that."""
    f, described = UNSEEN[name]
    with pytest.raises(CertificateError):
        recheck_sign(parse_formula(f), Domain.of(described), strict=False)


@pytest.mark.parametrize(
    "on",
    [
        ["slope", 0, "x", "x", "x"],
        ["given", 0, "x"],
        ["mul", 2, ["given", 0, "x"]],
        ["diff", "x", "x"],
        ["matrix", "X", 2, 2],
        ["entry", ["matrix", "X", 2, 2], 0, 0],
    ],
)
def test_a_proof_speaks_of_plain_expressions(on: Json) -> None:
    """Neither of derivatives nor of matrices: they have a meaning once they are written out in the claim."""
    for proof in (split(on), split("x", zero={"at": ["x", on], "proof": ZERO})):
        with pytest.raises(CertificateError, match="not a plain expression"):
            check("x", "x", {}, proof)


def test_what_is_a_text_is_no_number() -> None:
    """Values of cases and reasons are texts, also where the rest of the proof holds."""
    claim = "abs(x) + where(x == 0, log(x), x)"
    assert check(claim, claim, {}, split("x", zero=NOTHING)).undefined
    with pytest.raises(CertificateError, match="a text was expected"):
        check(claim, claim, {}, split("x", zero={"undefined": 1}))
    for one, two in (("0", 1), (0, "1"), (0, 1)):
        with pytest.raises(CertificateError, match="a text was expected"):
            check("y", "y", {"y": "{0, 1}"}, {"cases": ["y"], "branches": [[[one], ZERO], [[two], ZERO]]})


def test_what_nests_too_deeply_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where Python gives up, so does the checker: it says so, and does not answer with nothing."""

    def too_deep(*_: object) -> None:
        raise RecursionError

    monkeypatch.setattr("derive.recheck.walk.go", too_deep)
    with pytest.raises(CertificateError, match="nested too deeply"):
        check("x", "x", {})


#: true claims that need one law each
LAWS: list[tuple[Side, Side, dict[str, str]]] = [
    ("0**y", "0", {"y": "positive"}),
    ("exp(log(2)/2)", "sqrt(2)", {}),
    ("sqrt((x**2 + 1)**(1/3))", "(x**2 + 1)**(1/6)", {}),
    ("x**(k - k + 2)", "x**2", {"k": "integer"}),
    ("gamma(x + 3)", "gamma(x)*x*(x + 1)*(x + 2)", {"x": "positive"}),
    ("cos(x)**2 + sin(x)**2", "1", {}),
    ("(x**3 - 1)/(x**2 + x + 1)", "x - 1", {}),
    ("sqrt(1/(x + 2))*sqrt(x + 2)", "1", {"x": "positive"}),
    ("x**2", "x", {"x": "{0, 1}"}),
    (make("diff", make("max", X), X), "1", {}),
    (make("piecewise", num(1), make("false"), X, make("true")), X, {}),
]


@pytest.mark.parametrize(("a", "b", "described"), LAWS)
def test_a_law_is_used(a: Side, b: Side, described: dict[str, str]) -> None:
    """Confirmed, and no more is assumed than that nothing is divided by zero."""
    assert all(c.kind == "nonzero" for c in check(a, b, described).conditions)


def test_a_choice_that_chooses_nothing_has_no_value() -> None:
    """Where no condition of a piecewise holds."""
    proof = split("x", NOTHING, NOTHING)
    assert check("Piecewise((1, x > 0))", "where(x < 0, 7, 1)", {}, proof).undefined
    with pytest.raises(CertificateError):
        check("Piecewise((2, x >= 0))", "where(x < 0, 7, where(x > 0, 2, 1))", {}, proof)


def test_what_vanishes_with_a_fact() -> None:
    """x² − y² is zero where x + y is."""
    assert check("where(x + y == 0, x**2 - y**2, 0)", "0", {}, split(["add", "x", "y"]))


def test_a_derivative_inside_of_a_product() -> None:
    """Twice, at a kink of the inner one and with respect to an entry."""
    zero: Json = {"at": ["x", 0], "proof": ZERO}
    assert not check("diff(x*diff(abs(x)**3, x), x)", "9*x*abs(x)", {}, split("x", zero=zero)).undefined
    described = {**SIZED, "j": "0..n-1"}
    assert check("diff(diff(log(v[j]), v[j]), v[j])", "-v[j]**(-2)", described).conditions


@pytest.mark.parametrize("b", [1, -1, 2, -2, 3])
def test_a_ratio_is_one(b: int) -> None:
    """Also over the numbers beside ±1."""
    assert poly.ratio(6, b) * b == 6


UNKNOWN: list[tuple[Side, str, str]] = [
    ("diff(floor(x), x)", "0", r"derivative of floor"),
    (make("diff", make("cumulant", Y, X), X), "0", "a symbolic order"),
    (make("true"), "1", "cannot re-check true"),
]


@pytest.mark.parametrize(("a", "b", "why"), UNKNOWN, ids=[why for _, _, why in UNKNOWN])
def test_what_the_checker_does_not_know_it_says(a: Side, b: str, why: str) -> None:
    """It leaves such a claim to the prover, and says so by the class of the error."""
    with pytest.raises(NotRechecked, match=why):
        check(a, b, {}, split("x", zero={"at": ["x", 0], "proof": ZERO}))


def test_a_choice_of_an_entry_needs_a_place_for_its_note() -> None:
    """Its derivative is taken where no choice ties: where nobody would read that, it is not taken."""
    with pytest.raises(NotRechecked, match="choice with respect to an entry"):
        unfold(parse_formula("diff(abs(v[j]), v[j])"), Domain().__getitem__)
