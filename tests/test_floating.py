"""What is said of a formula in floating point is checked against plain NumPy, mpmath and SciPy."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import mpmath
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import special

from derive.check import check
from derive.domain import Domain
from derive.errors import DomainError, RefutedError, TermError
from derive.finding import Finding
from derive.floating import TYPES, findings
from derive.floating.claims import of_claims
from derive.floating.library import as_written, meaning
from derive.floating.machine import Machine
from derive.floating.stable import proposals
from derive.floating.truth import Truth
from derive.prove import prove, prove_terms
from derive.terms.text import parse_formula
from derive.terms.unparse import unparse
from tests.shared import examples

PROBES = json.loads((Path(__file__).parent / "data" / "floating.json").read_text(encoding="utf-8"))


def worst(formula: str, domain: dict[str, str] | None = None, **options: Any) -> list[Finding]:
    """The findings in float64 but for those where the true value is too large."""
    found = findings(formula, domain or {}, dtypes=options.pop("dtypes", ["float64"]), **options)
    return [f for f in found if f.kind != "range"]


def columns(point: dict[str, float], dtype: str = "float64") -> dict[str, Any]:
    return {name: np.array([value], dtype) for name, value in point.items()}


# -- formulas from public projects


@pytest.mark.parametrize("probe", PROBES, ids=[f"{p['id']}-{p['of']}" for p in PROBES])
def test_what_fails_in_public_code_is_found(probe: dict[str, Any]) -> None:
    """Each formula that is known to fail in floating point has a serious finding, and fails at the known point."""
    found = worst(probe["formula"], probe["domain"], stable=False)
    assert any(f.serious for f in found)
    term, point = as_written(probe["formula"]), {n: float(v) for n, v in probe["at"].items()}
    computed = float(Machine("float64", columns(point)).value(term)[0])
    assert computed == pytest.approx(float(probe["computed"]), rel=1e-6, nan_ok=True)
    judgement = Truth(term, Domain.of(probe["domain"])).judge(computed, point, "float64")
    assert judgement.state == "bad" or "less than" in judgement.true or float(probe["exact"]) < 1e-300


STABLE = {  # of the formulas above
    "skl-half-binomial-nan-gradient": "(1 - y)*sigmoid(z) - y*sigmoid(-z)",
    "skl-half-binomial-nan-hessian": "sigmoid(z)*sigmoid(-z)",
    "cb-focal-log0-loss": "sigmoid(z)**g*softplus(z)",
    "cb-focal-log0-gradient": "sigmoid(z)**g*(g*sigmoid(-z)*softplus(z) + sigmoid(z))",
    "jl-logitdist-overflow-loss": "softplus(r) + softplus(-r) - log(4)",
    "liger-jsd-log-underflow-loss": "logaddexp(y + log(b), x + log1p(-b))",
    "keras-logcosh-overflow-loss": "abs(x) + softplus(-2*abs(x)) - log(2)",
}


@pytest.mark.parametrize("name", STABLE)
def test_they_have_a_stable_form(name: str) -> None:
    """The suggestion is right to ten digits at the point where the original fails."""
    probe = next(p for p in PROBES if f"{p['id']}-{p['of']}" == name)
    found = worst(probe["formula"], probe["domain"])
    serious = [f for f in found if f.serious]
    assert {f.stable_text for f in serious} == {STABLE[name]}
    point = {n: float(v) for n, v in probe["at"].items()}
    value = float(Machine("float64", columns(point)).value(as_written(STABLE[name]))[0])
    assert value == pytest.approx(float(probe["exact"]), rel=1e-7, abs=1e-300)


def test_a_softmax_share_needs_the_largest_exponent_taken_out() -> None:
    """0/0 for two exponentials that underflow; the quotient of shifted ones is finite at the same point."""
    found = worst("(1-b)*exp(x)/(b*exp(y)+(1-b)*exp(x))", {"b": "(0, 1)"})
    assert "max(y, x)" in found[0].stable_text
    values = {"x": -800.0, "y": -800.0, "b": 0.5}
    assert Machine("float64", columns(values)).value(as_written(found[0].stable_text))[0] == pytest.approx(0.5)


# -- no false alarm

ACCURATE = [
    ("softplus(z)", {}),
    ("logaddexp(0, z)", {}),
    ("maximum(z, 0) + log1p(exp(-abs(z)))", {}),
    ("sigmoid(z)", {}),
    ("where(z >= 0, 1/(1 + exp(-z)), exp(z)/(1 + exp(z)))", {}),
    ("(1 - y)*sigmoid(z) - y*sigmoid(-z)", {"y": "[0, 1]"}),
    ("y*softplus(-z) + (1 - y)*softplus(z)", {"y": "{0, 1}"}),
    ("sigmoid(z)*sigmoid(-z)", {}),
    ("expm1(x)", {}),
    ("-log1p(-p)", {"p": "(0, 1/2)"}),
    ("tanh(x)", {}),
    ("hypot(1, x)", {}),
    ("log_ndtr(x)", {}),
    ("erfc(x)", {}),
    ("(z - y)**2/2", {"y": "{0, 1}"}),
    ("w*(z - y)", {"y": "real", "w": "positive"}),
    ("where(abs(z) <= d, z, d*sign(z))", {"d": "positive"}),
    ("where(z >= y, 1 - q, -q)", {"q": "[0, 1]"}),
    ("exp(z) - y", {"y": "nonnegative integer"}),
    ("1 - y*exp(-z)", {"y": "positive"}),
    ("x - sin(1000*x)", {}),
]


@pytest.mark.parametrize(("formula", "domain"), ACCURATE, ids=[f for f, _ in ACCURATE])
def test_accurate_formulas_have_no_finding(formula: str, domain: dict[str, str]) -> None:
    """A stable formula is not accused, nor is one for what the rounding of its variables does."""
    assert worst(formula, domain, dtypes=["float64", "float32"], stable=False) == []


# -- where it fails: plain NumPy is the witness

PLAIN: dict[str, Callable[[Any], Any]] = {
    "log(1 + exp(z))": lambda z: np.log(1 + np.exp(z)),
    "log(cosh(z))": lambda z: np.log(np.cosh(z)),
    "exp(z)/(1 + exp(z))": lambda z: np.exp(z) / (1 + np.exp(z)),
    "exp(-z)/(1 + exp(-z))**2": lambda z: np.exp(-z) / (1 + np.exp(-z)) ** 2,
    "log(1 - 1/(1 + exp(-z)))": lambda z: np.log(1 - 1 / (1 + np.exp(-z))),
    "log(exp(z))": lambda z: np.log(np.exp(z)),
    "z*exp(-z**2/2)/exp(-z**2/2)": lambda z: z * np.exp(-(z**2) / 2) / np.exp(-(z**2) / 2),
}
EDGES = re.compile(r"z (>=|<=) (\S+)")


@pytest.mark.parametrize("dtype", TYPES)
@pytest.mark.parametrize("formula", PLAIN)
def test_the_end_of_the_finite_range_is_sharp(formula: str, dtype: str) -> None:
    """NumPy's value is not finite at the reported end, and finite at the neighbouring number."""
    infinite = [f for f in worst(formula, dtypes=[dtype], stable=False) if not math.isfinite(float(f.computed))]
    ends = [edge for f in infinite for edge in EDGES.findall(f.where)]
    assert ends
    for way, text in ends:
        bad = np.asarray(text, dtype)
        good = np.nextafter(bad, np.asarray(-math.inf if way == ">=" else math.inf, dtype))
        with np.errstate(all="ignore"):
            assert not np.isfinite(PLAIN[formula](bad))
            assert np.isfinite(PLAIN[formula](good))


RANGE = re.compile(r"(?:(\S+) <= )?z (>=|<=|=) (\S+)")


def covered(f: Finding, z: float) -> bool:
    """Is z in the reported range, or as near to its rough end as it is given?"""
    for low, way, end in RANGE.findall(f.where):
        slack = 0.06 * abs(float(end)) + 1e-300
        above = z >= float(low) - 0.06 * abs(float(low)) if low else True
        if above and (z >= float(end) - slack if way == ">=" else z <= float(end) + slack):
            return True
    return "every z" in f.where


LOSSY = {
    "log(1 + exp(z))": lambda z: mpmath.log1p(mpmath.exp(z)),
    "log(cosh(z))": lambda z: mpmath.log(mpmath.cosh(z)),
    "log(1 - 1/(1 + exp(-z)))": lambda z: -mpmath.log1p(mpmath.exp(z)),
    "exp(-z)/(1 + exp(-z))**2": lambda z: mpmath.exp(-z) / (1 + mpmath.exp(-z)) ** 2,
}
FOUND = {formula: worst(formula, stable=False) for formula in LOSSY}


@settings(max_examples=examples(150, 80), deadline=None)
@given(st.sampled_from(sorted(LOSSY)), st.one_of(st.floats(-800, 800), st.floats(-50, 50), st.floats(-1e-3, 1e-3)))
def test_outside_the_reported_ranges_the_digits_are_right(formula: str, z: float) -> None:
    """Wherever NumPy's value is far from the true one (mpmath, 500 digits), a finding covers the point."""
    with np.errstate(all="ignore"):
        computed = float(PLAIN[formula](np.float64(z)))
    with mpmath.workdps(500):
        true = LOSSY[formula](mpmath.mpf(z))
        if abs(true) > 1.7e308 or abs(true) < 1e-300:
            return
        wrong = not math.isfinite(computed) or abs(computed - true) > 1e-9 * abs(true)
    assert not wrong or any(covered(f, z) for f in FOUND[formula])


@pytest.mark.parametrize("formula", LOSSY)
def test_both_values_are_what_they_are_said_to_be(formula: str) -> None:
    """`computed` is NumPy's value, `true` mpmath's, `digits_lost` what lies between."""
    for f in FOUND[formula]:
        (z,) = (float(value) for _, value in f.point)
        with np.errstate(all="ignore"):
            computed = float(PLAIN[formula](np.float64(z)))
        assert float(f.computed) == pytest.approx(computed, rel=1e-7, nan_ok=True)
        with mpmath.workdps(500):
            true = LOSSY[formula](mpmath.mpf(z))
            assert float(f.true) == pytest.approx(float(true), rel=1e-7)
            if f.digits_lost is not None:
                assert f.digits_lost == pytest.approx(
                    float(mpmath.log10(abs(computed - true) / abs(true) * 2**53)), abs=0.2
                )


@settings(max_examples=examples(60, 30), deadline=None)
@given(st.sampled_from(sorted(PLAIN)), st.sampled_from(TYPES), st.floats(-100, 100))
def test_the_machine_computes_what_numpy_computes(formula: str, dtype: str, z: float) -> None:
    """Bit for bit, in the order in which the formula is written."""
    with np.errstate(all="ignore"):
        at = np.array([z]).astype(dtype)
        expected = PLAIN[formula](at)
    value = Machine(dtype, {"z": at}).value(as_written(formula))
    assert value.dtype == np.dtype(dtype)
    assert np.array_equal(value, expected.astype(dtype), equal_nan=True)


# -- what goes wrong first, and how it is called


@pytest.mark.parametrize(
    ("formula", "domain", "kind", "part", "reason"),
    [
        ("log(1 + exp(z))", {}, "overflow", "exp(z)", "overflows"),
        ("((1-y)-y*exp(-z))/(1+exp(-z))", {"y": "[0, 1]"}, "nan", "exp(-z)", "overflows"),
        ("log(1 - 1/(1 + exp(-z)))", {}, "logarithm of zero", "1 - 1/(1 + exp(-z))", "is rounded to 0"),
        ("1/(1 - sigmoid(z))", {}, "division by zero", "1 - sigmoid(z)", "is rounded to 0"),
        ("log(exp(-z)*2)", {"z": "positive"}, "logarithm of zero", "exp(-z)", "is rounded to 0"),
        ("exp(x) - 1 + 1", {"x": "negative"}, "cancellation", "exp(x) - 1 + 1", "is rounded to 0"),
        ("where(z > 0, log(1 + exp(z)), 0)", {}, "overflow", "exp(z)", "overflows"),
    ],
)
def test_the_part_at_fault(formula: str, domain: dict[str, str], kind: str, part: str, reason: str) -> None:
    """The first finding names the part whose operands are still right."""
    first = worst(formula, domain, stable=False)[0]
    assert (first.kind, first.part, first.reason) == (kind, part, reason)
    assert part in str(first)


def test_a_true_value_that_does_not_fit_is_no_fault() -> None:
    """exp(1000) is too large for every way of writing it."""
    (found,) = findings("exp(z)", dtypes=["float32"])
    assert (found.kind, found.serious, found.stable) == ("range", False, None)
    assert found.where == "z >= 88.72284"


def test_a_point_without_a_value() -> None:
    """0/0 at a single point inside the domain, 0 log 0 at its end; not a whole range where the formula is undefined."""
    assert [(f.kind, f.where) for f in worst("x/abs(x)")] == [("undefined", "x = 0.0")]
    assert [(f.kind, f.where, f.stable_text) for f in worst("y*log(y)", {"y": "nonnegative"})] == [
        ("undefined", "y <= 0.0", "xlogy(y, y)")
    ]
    assert worst("log(x)") == []


def test_narrower_types_fail_earlier() -> None:
    """exp overflows beyond 709.78, 88.72 and 11.09."""
    every = findings("log(1 + exp(z))", dtypes=TYPES, stable=False)
    first = [next(f for f in every if f.dtype == d).where for d in TYPES]
    assert first == ["z >= 709.7827128933841", "z >= 88.72284", "z >= 11.09"]


def test_half_precision_is_looked_at_if_asked_for() -> None:
    """With three digits nearly every formula loses half of them: a square of a difference, and what does not."""
    assert {f.dtype for f in findings("(z - y)**2/2")} <= {"float64", "float32"}
    assert {f.dtype for f in findings("log(1 + exp(z))")} == {"float64", "float32"}
    assert {f.dtype for f in findings("log(1 + exp(z))", dtypes=["float16"])} == {"float16"}


def test_nothing_is_rewritten() -> None:
    """exp(x) − 1 + 1 is not exp(x), and logaddexp is not the logarithm of a sum."""
    assert worst("exp(x)", {"x": "negative"}) == []
    assert worst("exp(x) - 1 + 1", {"x": "negative"}) != []
    assert worst("logaddexp(a, b)") == []
    assert worst("log(exp(a) + exp(b))") != []
    assert meaning(as_written("logaddexp(a, b)")) == parse_formula("log(exp(a) + exp(b))")


# -- stable forms

FORMS = [
    ("log(1 + exp(z)) - y*z", {}, "(1 - y)*softplus(z) + y*softplus(-z)"),
    ("log(1 + exp(z)) - z", {}, "softplus(-z)"),
    ("1/(1 + exp(-z)) - y", {"y": "{0, 1}"}, "(1 - y)*sigmoid(z) - y*sigmoid(-z)"),
    ("exp(z)/(1 + exp(z))", {}, "sigmoid(z)"),
    ("1/(1 + exp(-z))*(1 - 1/(1 + exp(-z)))", {}, "sigmoid(z)*sigmoid(-z)"),
    ("log(1/(1 + exp(-z)))", {}, "-softplus(-z)"),
    ("-log(1 - sigmoid(z))", {}, "softplus(z)"),
    ("log(1 + exp(-y*z))", {"y": "{-1, 1}"}, "softplus(-y*z)"),
    ("exp(x) - 1", {}, "expm1(x)"),
    ("1 - exp(-x)", {}, "-expm1(-x)"),
    ("(exp(x) - 1)/x", {}, "expm1(x)/x"),
    ("log(1 + x)", {"x": "positive"}, "log1p(x)"),
    ("1 - tanh(x)**2", {}, "4*sigmoid(2*x)*sigmoid(-2*x)"),
    ("(exp(x) - exp(-x))/(exp(x) + exp(-x))", {}, "tanh(x)"),
    ("sqrt(1 + z**2) - 1", {}, "z*(z/(hypot(1, z) + 1))"),
    ("1 - erf(x)", {}, "erfc(x)"),
    ("log(normcdf(x))", {}, "log_ndtr(x)"),
    ("1 - ndtr(x)", {}, "normcdf(-x)"),
    ("normpdf(x)/normcdf(x)", {}, "sqrt(2/pi)/erfcx(-x/sqrt(2))"),
    ("1 - cos(x)", {}, "2*sin(1/2*x)**2"),
    ("sqrt(2)*erfinv(2*p - 1)", {"p": "(0, 1)"}, "sqrt(2)*(normppf(p)/sqrt(2))"),
    ("log(1 - exp(-x))", {"x": "positive"}, "Piecewise((log(-expm1(-x)), -7/10 < -x), (log1p(-exp(-x)), True))"),
    ("log(exp(a) + exp(b) + exp(c))", {}, "logaddexp(logaddexp(a, b), c)"),
    (
        "exp(a)/(exp(a) + exp(b) + exp(c))",
        {},
        "exp(a - max(a, b, c))/(exp(a - max(a, b, c)) + exp(b - max(a, b, c)) + exp(c - max(a, b, c)))",
    ),
    ("1 - (y*sigmoid(z) + (1 - y)*(1 - sigmoid(z)))", {"y": "{0, 1}"}, "y*sigmoid(-z) + (1 - y)*sigmoid(z)"),
]


@pytest.mark.parametrize(("formula", "domain", "expected"), FORMS, ids=[f for f, _, _ in FORMS])
def test_stable_forms(formula: str, domain: dict[str, str], expected: str) -> None:
    """The form that is suggested, proved equal once more, and without a finding that the original has not."""
    before = worst(formula, domain)
    suggested = [f for f in before if f.stable is not None]
    assert {f.stable_text for f in suggested} == {expected}
    assert suggested[0].stable == meaning(as_written(expected))
    assert prove(formula, expected, domain).status == "proved"
    after = worst(expected, domain, stable=False)
    assert sum(f.serious for f in after) <= sum(f.serious for f in before)
    assert {f.kind for f in after} <= {f.kind for f in before}


@pytest.mark.parametrize(("formula", "domain", "expected"), FORMS, ids=[f for f, _, _ in FORMS])
def test_the_numpy_code_is_the_formula(formula: str, domain: dict[str, str], expected: str) -> None:
    """With NumPy and scipy.special it gives the value of the original, where that is harmless."""
    code = next(f.stable_numpy for f in worst(formula, domain) if f.stable_numpy)
    names = {"np": np, "special": special, **dict.fromkeys("abcpxyz", 0.0)}
    values = {"a": 0.3, "b": -0.7, "c": 1.1, "p": 0.3, "x": 0.6, "y": 1.0, "z": -0.8}
    value = float(eval(code, {**names, **values}))
    original = Machine("float64", columns(values)).value(as_written(formula))[0]
    assert value == pytest.approx(float(original), rel=1e-12)


@pytest.mark.parametrize("formula", ["log(cosh(x))/2 + x", "x**2 - 1", "(a + b)**2 - a**2", "x - sin(x)"])
def test_every_proposal_is_equal(formula: str) -> None:
    """Rewriting proposes true identities only; nothing is refuted."""
    term = as_written(formula)
    verdicts = [prove_terms(meaning(term), meaning(p), Domain()).status for p in proposals(term)]
    assert "refuted" not in verdicts


def test_no_stable_form_is_made_up() -> None:
    """A difference of two close numbers that no rule knows has a finding and no suggestion."""
    found = worst("x - sin(x)")
    assert [(f.kind, f.stable) for f in found] == [("cancellation", None)]


def test_the_text_of_a_stable_form_can_be_read() -> None:
    """What is suggested is a formula of the grammar."""
    for formula, domain, _ in FORMS[:8]:
        for f in worst(formula, domain):
            assert f.stable is None or unparse(parse_formula(f.stable_text))


# -- what goes in


def test_names_constants_and_literal_sums() -> None:
    """`where` fixes parameters and names formulas; sums over literal ranges are written out."""
    plain = worst("log(1 + exp(2*z))", stable=False)
    named = worst("log(1 + e)", where={"e": "exp(k*z)", "k": 2}, stable=False)
    assert [f.where for f in named] == [f.where for f in plain]
    with pytest.raises(TermError, match="a, b are defined by each other"):
        findings("a", where={"a": "b", "b": "a + 1"})
    assert worst("log(Sum(exp(i*z), (i, 0, 2)))", stable=False)[0].kind == "overflow"


def test_groups_of_variables() -> None:
    """One-hot targets take their values together."""
    loss = "-(y1*log(exp(a)/(exp(a) + exp(b))) + y2*log(exp(b)/(exp(a) + exp(b))))"
    found = worst(loss, {"y1, y2": "one-hot"}, stable=False)
    assert any(f.serious for f in found)
    for f in found:
        at = dict(f.point)
        assert sorted([at["y1"], at["y2"]]) == ["0", "1"]


@pytest.mark.parametrize(
    ("formula", "error", "says"),
    [
        ("X[i, k]*2", TermError, "cannot be evaluated in floating point"),
        ("Sum(exp(k*z), (k, 0, n))", TermError, "range is not known"),
        ("Sum(exp(k*z), (k, 0, 1000))", TermError, "more than 64"),
        ("x < 1", TermError, "a condition"),
        ("diff(x**2, x)", TermError, "cannot be evaluated"),
    ],
)
def test_what_cannot_be_followed_is_said(formula: str, error: type[Exception], says: str) -> None:
    """An error with its reason, never an empty list that looks like a clean bill."""
    with pytest.raises(error, match=says):
        findings(formula)


def test_unknown_types_and_domains() -> None:
    """A type or a domain that is not known is an error."""
    with pytest.raises(TermError, match="float128"):
        findings("x", dtypes=["float128"])
    with pytest.raises(DomainError):
        findings("x", {"x": "tall"})


# -- with a claim


def test_a_proved_claim_stays_proved() -> None:
    """Findings change no verdict; asked to be strict, a serious one is not ok."""
    claim: dict[str, Any] = {
        "loss": "log(1 + exp(z)) - y*z",
        "gradient": "p - y",
        "where": {"p": "1/(1 + exp(-z))"},
        "wrt": "z",
        "domain": {"y": "[0, 1]"},
        "dtypes": ["float32"],
    }
    mild = check(**claim)
    assert mild.status == "proved"
    assert mild.ok
    assert {f.formula for f in mild.findings} == {"loss", "gradient"}
    assert "exp(z) overflows" in mild.text()
    strict = check(**claim, strict_floating_point=True)
    assert strict.status == "proved"
    assert not strict.ok
    with pytest.raises(RefutedError, match=r"not fit for floating point: loss, float32: inf instead of 88\.7"):
        strict.raise_for_status()
    assert check(**{**claim, "dtypes": ()}).findings == ()


def test_lists_of_formulas_are_named_and_the_rest_is_noted() -> None:
    """Components and entries have names; a formula that cannot be followed has a note."""
    formulas = {"gradient": ["log(1 + exp(a))", "b"], "hessian": [["exp(a) - 1", "X[i]"]], "loss": None}
    found, notes = of_claims(formulas, {"b": "a**2"}, Domain(), ["float64"])
    assert {f.formula for f in found if f.kind != "range"} == {"gradient, component 1", "hessian, row 1, column 1"}
    assert len(notes) == 1
    assert notes[0].startswith("hessian, row 1, column 2: not evaluated in floating point")


@pytest.mark.usefixtures("in_process")
def test_the_command_line_can_be_strict(capsys: pytest.CaptureFixture[str]) -> None:
    """Exit code 1 with --strict-floating-point, 0 without."""
    claim = ["check", "--loss", "log(1 + exp(z))", "--gradient", "1/(1 + exp(-z))", "--wrt", "z", "--dtype", "float64"]
    codes = [_exit_code([*claim, *more]) for more in ([], ["--strict-floating-point"])]
    assert codes == [0, 1]
    assert "proved equal, and stable: softplus(z)" in " ".join(capsys.readouterr().out.split())


def _exit_code(arguments: list[str]) -> int:
    from click.testing import CliRunner

    from derive.cli import main

    result = CliRunner().invoke(main, arguments)
    print(result.output)  # noqa: T201  (for capsys)
    return result.exit_code
