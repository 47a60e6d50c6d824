"""Forged proofs that lean on one check each: without it, the small checker would confirm something false."""

from __future__ import annotations

import pytest

from derive.certificate import Proved
from derive.domain import Domain
from derive.errors import CertificateError
from derive.prove import prove
from derive.recheck import Shown, recheck, recheck_sign
from derive.terms.json import Json
from derive.terms.term import make, sym
from derive.terms.text import parse_formula

ZERO: Json = {"zero": True}
NOTHING: Json = {"undefined": "a side has no value"}


def check(a: str, b: str, described: dict[str, str], proof: Json) -> Shown:
    """Check a proof of a claim in text."""
    return recheck(parse_formula(a), parse_formula(b), Domain.of(described), proof)


def split(on: Json, negative: Json, zero: Json = ZERO, positive: Json = ZERO) -> Json:
    """Three regions."""
    return {"split": on, "+": positive, "0": zero, "-": negative}


SIZED = {"n": "positive integer"}
FORGED: dict[str, tuple[str, str, dict[str, str], Json]] = {
    "no cases of a variable that has no finite set, in one region": (
        *("sqrt(z**2)", "z", {}),
        split("z", {"cases": ["z"], "branches": []}),
    ),
    "a whole number replaced by what is not whole, where a power then has no value": (
        *("where(k == 2*x + 17/3, (-1)**k, 0)", "0", {"k": "integer"}),
        split(
            ["add", "k", ["mul", -2, "x"], ["num", -17, 3]],
            ZERO,
            {"at": ["k", ["add", ["mul", 2, "x"], ["num", 17, 3]]], "proof": NOTHING},
        ),
    ),
    "an undefined region that is not": (*("abs(z)", "z", {}), split("z", NOTHING)),
    "an empty region that is not": (*("abs(z)", "z", {}), split("z", {"empty": True})),
    "the sign of zero": (*("sign(z)", "where(z >= 0, 1, -1)", {}), split("z", ZERO)),
    "a step at zero": (*("heaviside(z)", "where(z >= 0, 1, 0)", {}), split("z", ZERO)),
    "a square that is positive says nothing of a sign": (*("abs(z)", "z", {}), split(["pow", "z", 2], {"empty": True})),
    "one over a whole number is none": (
        *("sum(delta(i, j**(-1)), i, 0, n-1)", "where((0 <= j**(-1)) & (j**(-1) <= n - 1), 1, 0)"),
        {"j": "positive integer", "n": "positive integer"},
        split(["add", "n", -1, ["mul", -1, ["pow", "j", -1]]], ZERO),
    ),
    "two multiples of one sum": (
        *("x*sum(v[i], i, 0, n-1)", "y*sum(v[i], i, 0, n-1)", {"n": "positive integer"}),
        ZERO,
    ),
    "two powers of one sum": (
        *("sum(v[i], i, 0, n-1)**2", "sum(v[i]**2, i, 0, n-1)", {"n": "positive integer"}),
        ZERO,
    ),
    "a sum of whole numbers over another range": (
        *("sum(v[i], i, 0, n-1)", "sum(v[i], i, 0, m-1)", {"n": "positive integer", "m": "positive integer"}),
        ZERO,
    ),
    "a branch that has no value where it is not taken": (
        *("sum(where(v[i] > 0, log(v[i]), v[i]), i, 0, n-1)", "sum(where(v[i] > 0, log(v[i]), abs(v[i])), i, 0, n-1)"),
        *(SIZED, ZERO),
    ),
    "a mask with its border and one without": (
        *("sum(where(v[i] < 0, 1, 0), i, 0, n-1)", "sum(where(v[i] <= 0, 1, 0), i, 0, n-1)", SIZED, ZERO),
    ),
    "the other mask": (
        *("sum(where(v[i] < 0, 1, 0), i, 0, n-1)", "sum(where(v[i] > 0, 1, 0), i, 0, n-1)", SIZED, ZERO),
    ),
    "a mask that is 0 where it is 1": (
        *("sum(where(v[i] < 0, 1, 0), i, 0, n-1)", "sum(where(v[i] < 0, 0, 1), i, 0, n-1)", SIZED, ZERO),
    ),
    "conditions in another order": (
        "sum(where(v[i] < 0, 1, where(v[i] < 1, 2, 3)), i, 0, n-1)",
        *("sum(where(v[i] < 1, 2, where(v[i] < 0, 1, 3)), i, 0, n-1)", SIZED, ZERO),
    ),
    "and for or": (
        "sum(where((v[i] < 0) & (w[i] < 0), 1, 0), i, 0, n-1)",
        *("sum(where((v[i] < 0) | (w[i] < 0), 1, 0), i, 0, n-1)", SIZED, ZERO),
    ),
    "a choice without the last branch": (
        *("sum(Piecewise((2, v[i] < 0)), i, 0, n-1)", "sum(where(v[i] < 0, 2, 2), i, 0, n-1) + 1", SIZED, ZERO),
    ),
    "the size of an entry without its sign": (*("sum(abs(v[i]), i, 0, n-1)", "sum(v[i], i, 0, n-1)", SIZED, ZERO),),
    "a kink in each summand": (
        *("diff(sum(abs(x - v[i]), i, 0, n-1), x)", "sum(where(x < v[i], -1, 1), i, 0, n-1)", SIZED, ZERO),
    ),
    "a root whose inside may be negative beside a kink": (
        *("diff(sqrt(abs(z) + (y - 1)*z**2), z)", "0", {"y": "real"}, split("z", NOTHING, NOTHING, NOTHING)),
    ),
    "the root of a square at its zero": (*("diff(sqrt((z - y)**2), z)", "1", {}, ZERO),),
    "erf above 1/2": (*("abs(2*erf(x) - 1)", "2*erf(x) - 1", {}, ZERO),),
    "erf below 1/2": (*("abs(2*erf(x) - 1)", "1 - 2*erf(x)", {}, ZERO),),
    "erf above 0": (*("abs(erf(x))", "erf(x)", {}, ZERO),),
    "the bounds of another odd function": (*("abs(1 - atan(x))", "1 - atan(x)", {}, ZERO),),
    "a cumulant is no even function": (*("cumulant(0, z)", "cumulant(0, -z)", {}, ZERO),),
    "the slope of a cumulant without the inner one": (*("diff(cumulant(0, z**2), z)", "cumulant(1, z**2)", {}, ZERO),),
    "the slope of a cumulant of its own order": (*("diff(cumulant(1, z), z)", "cumulant(1, z)", {}, ZERO),),
    "the third cumulant has a sign": (*("abs(cumulant(3, z))", "cumulant(3, z)", {}, ZERO),),
    "a value at a tie in each summand": (
        "diff(sum(where(x == v[i], v[i]**2, x**2), i, 0, n-1), x)",
        *("sum(where(x == v[i], 0, 2*x), i, 0, n-1)", SIZED, ZERO),
    ),
    "a condition of x log y where x may be zero": (
        *("xlogy(x, z**(-1/2)) + where(z < 0, 1, 0)", "xlogy(x, z**(-1/2))", {}, ZERO),
    ),
    "the least of finitely many values": (*("where(x < 1, 1, 0)", "0", {"x": "{0, 1, 2}"}, ZERO),),
    "the greatest of finitely many values": (*("where(x > 1, 1, 0)", "0", {"x": "{0, 1, 2}"}, ZERO),),
    "the sign of a fraction without its denominator": (
        *("abs(exp(x/(1 + y)) - 1)", "exp(x/(1 + y)) - 1", {"x": "positive"}, ZERO),
    ),
    "a square of what is no whole number": (
        *("sum(delta(i, x**2), i, 0, n-1)", "where((0 <= x**2) & (x**2 <= n - 1), 1, 0)", SIZED),
        split(["add", "n", -1, ["mul", -1, ["pow", "x", 2]]], ZERO),
    ),
    "a mask under a sum that is nested no more": (
        "sum(where(v[i] > 0, 1, 0)*(1 + 0*sum(w[k], k, 0, n-1)), i, 0, n-1)",
        *("sum(where(v[i] > 1, 1, 0), i, 0, n-1)", SIZED, ZERO),
    ),
    "a mask that is always 1, under such a sum": (
        *("sum(where(v[i] > 0, 1, 0)*(1 + 0*sum(w[k], k, 0, n-1)), i, 0, n-1)", "n", SIZED, ZERO),
    ),
    "a second mask that holds where the first does": (
        "sum(Piecewise((1, v[i] < 0), (5, v[i] < 1), (0, True))*(1 + 0*sum(w[k], k, 0, n-1)), i, 0, n-1)",
        "sum(Piecewise((6, v[i] < 0), (5, v[i] < 1), (0, True)), i, 0, n-1)",
        *(SIZED, ZERO),
    ),
    "the sign of a fraction over a square": (
        *("log(x*(1 + y)**(-2)) + abs(x*(1 + y))", "log(x*(1 + y)**(-2)) + x*(1 + y)", {}, ZERO),
    ),
    "the sign of a fraction over a cube": (*("log(x*(1 + y)**(-3)) + abs(x)", "log(x*(1 + y)**(-3)) + x", {}, ZERO),),
    "the sign of a product for that of a factor": (
        *("where(x*y > 0, abs(x), x)", "x", {}, split(["mul", "x", "y"], ZERO)),
    ),
    "a negative power of zero": (*("0**y", "0", {"y": "negative"}, ZERO),),
    "an odd function of twice the argument": (*("erf(x)", "-2*erf(-2*x)", {}, ZERO),),
    "an odd function of minus twice the argument": (*("erf(-x)", "-2*erf(2*x)", {}, ZERO),),
    "another number of summands": (*("diff(sum(v[i], i, 0, n-1), n)", "0", SIZED, ZERO),),
    "another first summand": (*("diff(sum(v[i], i, n, 7), n)", "0", {"n": "{1, 2}"}, ZERO),),
    "the root of a negative multiple": (*("sqrt(-3*x)", "sqrt(-x)", {"x": "negative"}, ZERO),),
    "the logarithm of a negative multiple": (*("log(-3*x)", "log(-x)", {"x": "negative"}, ZERO),),
    "the sine of a third of a half turn": (*("sin(pi/3)", "0", {}, ZERO),),
    "the cosine of a third of a half turn": (*("cos(pi/3)", "1", {}, ZERO),),
    "the sine of a fifth of a turn": (*("sin(2*pi/5)", "1", {}, ZERO),),
    "the logarithm of a square of a prime": (*("log(9)", "-2*log(3)", {}, ZERO),),
    "the logarithm of a fraction": (*("log(1/3)", "log(3)", {}, ZERO),),
    "the root of a fraction": (*("sqrt(1/2)", "sqrt(2)", {}, ZERO),),
    "the logarithm of 1 is not positive": (*("sign(log(9) - 2*log(3))", "1", {}, ZERO),),
    "a product that is not negative may be zero": (*("sqrt(x*y) + where(x == 0, 1, 0)", "sqrt(x*y)", {}, ZERO),),
    "half of a whole number is none": (
        *("where((0 < k) & (k < 2), 1, 0)", "0", {"k": "integer"}, split(["mul", ["num", 1, 2], "k"], ZERO)),
    ),
    "the sine of another part of an angle": (*("sin(x/2)", "sin(x/3)", {}, ZERO),),
    "a cumulant of an order that is not whole": (*("cumulant(1/2, z)", "cumulant(0, z)", {}, ZERO),),
    "the sine of half an angle": (*("sin(x/2)", "sin(x)", {}, ZERO),),
    "the cosine of half an angle": (*("cos(x/2)", "cos(x)", {}, ZERO),),
    "the sine of minus an angle": (*("sin(-x)", "-2*sin(x)", {}, ZERO),),
    "polygamma of another order": (*("polygamma(1, x)", "polygamma(2, x)", {"x": "positive"}, ZERO),),
    "digamma without its step": (*("digamma(x + 1)", "digamma(x)", {"x": "positive"}, ZERO),),
    "an entry whose index is bound in the sum": (
        *("diff(sum(v[i]*w[i], i, 0, n-1), v[i])", "sum(w[i], i, 0, n-1)", {**SIZED, "i": "0..n-1"}, ZERO),
    ),
    "the value of an exponent over a factor": (*("log(exp(2*x/(1 + y)))", "4*x/(1 + y)", {}, ZERO),),
    "the value of an exponent beside a fraction": (*("log(exp(2*x*y + x/(1 + y)))", "4*x*y + x/(1 + y)", {}, ZERO),),
    "a sum that begins at 1": (*("sum(v[i], i, 1, n)", "sum(v[i], i, 0, n-1)", SIZED, ZERO),),
    "an index is not positive": (*("sum(where(i > 0, 1, 0), i, 0, n-1)", "n", SIZED, ZERO),),
    "what does not vanish where a sum does": (
        *("where(x + y == 0, x**2 + y**2, 0)", "0", {}, split(["add", "x", "y"], ZERO)),
    ),
    "the logarithm of a square": (*("log(9)", "log(3)", {}, ZERO),),
    "an empty sum has no summand": (*("sum(5, i, 3, 2)", "5", {}, ZERO),),
    "a name of one side is no whole number": (
        "sum(delta(i, x), i, 0, n-1) - where((0 <= x) & (x <= n - 1), 1, 0)",
        *("0", SIZED),
        split("x", *[split(["add", "n", -1, ["mul", -1, "x"]], ZERO)] * 3),
    ),
    "more cancelled than there is": (*("1/((x + 1)**3/(x + 1))", "1", {}, ZERO),),
    "a product of two sums of one range": (
        *("sum(v[i], i, 0, n-1)*sum(w[i], i, 0, n-1)", "sum(v[i], i, 0, n-1)", SIZED, ZERO),
    ),
    "a product of two sums of one range, the other": (
        *("sum(v[i], i, 0, n-1)*sum(w[i], i, 0, n-1)", "sum(w[i], i, 0, n-1)", SIZED, ZERO),
    ),
    "a positive whole number is at least 2": (
        *("where((0 < k) & (k < 2), 1, 0)", "0", {"k": "integer"}, split("k", ZERO)),
    ),
    "a negative whole number is at most -2": (
        *("where((0 > k) & (k > -2), 1, 0)", "0", {"k": "integer"}, split("k", ZERO)),
    ),
    "the boundary alone": (*("abs(z)", "z + 1", {}), split("z", NOTHING, NOTHING, NOTHING)),
}


@pytest.mark.parametrize("name", FORGED)
def test_a_forged_proof_is_refused(name: str) -> None:
    """Each claim is false, and its proof holds but for one thing."""
    with pytest.raises(CertificateError):
        check(*FORGED[name])


def test_a_derivative_of_a_choice_of_an_entry_says_where_it_holds() -> None:
    """Its formula holds where no choice ties, so that is noted, and `replay` asks for the very same note."""
    where = {"n": "positive integer", "j": "0..n-1"}
    proof = split(["at", "v", "j"], ZERO)
    shown = check("diff(where(v[j] == 0, 0, v[j]), v[j])", "where(v[j] == 0, 0, 1)", where, proof)
    assert shown.notes == ("derivatives with respect to an entry are compared where no choice ties",)
    assert check("diff(v[j]**2, v[j])", "2*v[j]", where, ZERO).notes == ()
    with pytest.raises(CertificateError):
        check("diff(abs(v[j]), v[j])", "1", where, proof)
    with pytest.raises(CertificateError):
        check("diff(where(v[j] == 0, log(v[j]), v[j]), v[j])", "0", where, proof)


SIGNED = [
    ("-log(h)", {"h": "(0, 1)"}, True, True),
    ("-log(h)", {"h": "(0, 1]"}, True, False),
    ("-log(h)", {"h": "(0, 1]"}, False, True),
    ("-log(h)", {"h": "(0, 2)"}, False, False),
    ("log(1 + x**2)", {}, False, True),
    ("cumulant(2, z)", {}, False, True),
    ("cumulant(2, z)", {}, True, False),
    ("cumulant(1, z)", {}, False, False),
    ("cumulant(4, z)", {}, False, False),
    ("1 + erf(z)", {}, True, True),
    ("1 - erf(z)", {}, True, True),
    ("erf(z)", {}, False, False),
    ("1/2 + erf(z)", {}, False, False),
    ("sum(where(v[i] < 0, 1, 0), i, 0, n-1)", SIZED, False, True),
    ("sum(where(v[i] < 0, 1, 0), i, 0, n-1)", SIZED, True, False),
    ("sum(where(v[i] < 0, 1, 0) - 1, i, 0, n-1)", SIZED, False, False),
    ("sum(log(v[i])*w[i], i, 0, n-1)", SIZED, False, False),
    ("p**x", {"p": "positive"}, True, True),
    ("(x + y)**(-2)", {}, False, True),
    ("(x + y)**(-3)", {}, False, False),
]


@pytest.mark.parametrize(("f", "described", "strict", "seen"), SIGNED)
def test_a_sign_is_no_stronger_than_its_law(f: str, described: dict[str, str], strict: bool, seen: bool) -> None:
    """What each bound gives, and nothing beyond it."""
    if seen:
        assert recheck_sign(parse_formula(f), Domain.of(described), strict=strict)
        return
    with pytest.raises(CertificateError):
        recheck_sign(parse_formula(f), Domain.of(described), strict=strict)


def test_poles_are_seen_where_there_may_be_some() -> None:
    """Of gamma and polygamma nothing is known but that they have values at positive numbers."""
    for f in ("gamma(x)", "polygamma(1, x)"):
        assert check(f"{f} - {f} + x", "x", {}, ZERO).partial
        assert check(f"{f} - {f} + x", "x", {"x": "nonnegative"}, ZERO).partial
        assert not check(f"{f} - {f} + x", "x", {"x": "positive"}, ZERO).partial


CHOICES = [
    ("sign(z)", "0"),
    ("heaviside(z)", "0"),
    ("abs(z)", "sign(z)"),
    ("max(z, 0)", "heaviside(z)"),
    ("min(z, 0)", "heaviside(-z)"),
    ("where(z < 0, 1, 2)", "0"),
    ("where(z <= 0, 1, 2)", "0"),
    ("where(z == 0, 1, 2)", "0"),
    ("where(z != 0, 1, 2)", "0"),
    ("xlogy(z, 2) + abs(z)", "log(2) + sign(z)"),
]


@pytest.mark.parametrize(("f", "slope"), CHOICES)
def test_a_kink_is_seen_whatever_makes_it(f: str, slope: str) -> None:
    """There is no derivative at 0, and the checker says that a side is undefined there."""
    proof = split("z", ZERO, {"at": ["z", 0], "proof": NOTHING})
    assert check(f"diff({f}, z)", slope, {}, proof).undefined


def test_the_index_of_an_entry_is_no_name_of_the_claim() -> None:
    """The matrix of all `row` is not the matrix of the row numbers."""
    i, j, n = map(sym, "ijn")
    for name in ("row", "column"):
        all_equal = make("entries", sym(name), i, j, n, n)
        for other in (make("entries", i, i, j, n, n), make("entries", j, i, j, n, n)):
            for a, b in ((all_equal, other), (other, all_equal)):
                with pytest.raises(CertificateError):
                    recheck(a, b, Domain.of({"n": "positive integer"}), ZERO)


PARTIAL = ["sqrt(x)", "x**(-1/2)", "log(x)", "1/x", "logit(x)", "atanh(x)", "x**(1/3)", "erfinv(x)"]


@pytest.mark.parametrize("f", [*PARTIAL, "loggamma(x)", "x**(-2)"])
def test_a_function_that_drops_out_leaves_its_condition(f: str) -> None:
    """f + 1 − f is 1 where f has a value: the condition is found."""
    verdict = prove(f"{f} + 1 - {f}", "1")
    assert isinstance(verdict, Proved)
    assert check(f"{f} + 1 - {f}", "1", {}, verdict.proof).conditions
