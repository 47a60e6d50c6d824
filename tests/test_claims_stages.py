"""The stages of a check, one by one: reading, comparing, looking at points, kinks, and what entries are together."""

from __future__ import annotations

import time
from fractions import Fraction

import pytest

from derive.certificate import Proved, Refuted, Unknown, Witness
from derive.claims.comparison import Comparison, signed
from derive.claims.examination import Examination
from derive.claims.formulas import one_branch, right_formula, written
from derive.claims.kinks import kinks
from derive.claims.scene import Probe, Scene, derivative, places
from derive.claims.simplify import simplify
from derive.claims.stated import Stated, read
from derive.claims.together import convention, flip, one_kind, with_gradient
from derive.cli.common import formulas, ranges
from derive.domain import Domain
from derive.errors import DomainError, FormulaError
from derive.render import claims
from derive.report import ClaimVerdict, Component, Diagnosis, Report
from derive.terms.term import Term, num
from derive.terms.text import parse_formula
from derive.terms.unparse import unparse


def stated(loss: str = "abs(z - y)", gradient: str = "sign(z - y)", hessian: str | None = None) -> Stated:
    """A claim in z, read."""
    return read(loss, gradient, hessian, "z", None, None, "loss", None)


def comparison(s: Stated) -> Comparison:
    """A comparison with time to spare."""
    return Comparison(s, time.monotonic() + 20)


def scene(loss: str, claimed: str) -> Scene:
    """One entry of a gradient in z."""
    examination = Examination(stated(loss, claimed), None, time.monotonic() + 20)
    return examination.scene("gradient", ("z",), {("z",): parse_formula(claimed)}, Unknown("not asked"))


def entry(kind: str, says: str = "", diagnosis: str = "", claimed: Term | None = None) -> Component:
    """An entry of a kind."""
    verdict = Proved("") if kind == "exact" else Refuted(Witness((), "0", "1"))
    found = (Diagnosis(*diagnosis.split(":"), num(1), num(1)),) if diagnosis else ()
    return Component("d/dz", ("z",), claimed or num(1), verdict, kind, says, found)


def test_names_in_a_claim_stand_for_formulas() -> None:
    """`where` is substituted everywhere, whatever its order, and the variables keep their names."""
    s = read("-log(q)", "q - 1", None, "z", {"q": "p", "p": "sigmoid(z)"}, None, "loss", None)
    assert s.loss == parse_formula("-log(sigmoid(z))")
    assert s.gradient == ((("z",), parse_formula("sigmoid(z) - 1")),)
    assert s.named == {"q": parse_formula("sigmoid(z)"), "p": parse_formula("sigmoid(z)")}


def test_the_derivative_has_the_sign_of_the_convention() -> None:
    """CatBoost's are those of minus the loss; a Hessian of a claimed gradient has the sign between the two."""
    s = read("z**2", "-2*z", "-2", "z", None, None, "catboost", None)
    assert comparison(s).verdict("gradient", ("z",), parse_formula("-2*z")).status == "proved"
    alone = read(None, "-2*z", "2", "z", None, None, "glum", None)
    assert comparison(alone).verdict("hessian", ("z", "z"), parse_formula("2")).status == "proved"
    assert signed(parse_formula("z"), -1) == parse_formula("-z")


def test_without_a_boundary_is_said_to_be_so() -> None:
    """A verdict that leaves out boundaries has a note about that."""
    s = stated("where(z > y, (z - y)**2, (z - y)**2/2)", "where(z > y, 2*(z - y), z - y)", "where(z > y, 2, 1)")
    verdict = comparison(s).verdict("hessian", ("z", "z"), parse_formula("where(z > y, 2, 1)"))
    assert verdict.status == "proved"


def test_points_tell_formulas_apart() -> None:
    """What differs at a point disagrees; needed points ask for a value; a wide ball has no number."""
    probe = Probe(places((parse_formula("z*y"),), Domain(), {"z": Fraction(-2), "y": Fraction(1)}))
    assert probe.agree(parse_formula("z + y"), parse_formula("y + z"))
    assert not probe.agree(parse_formula("abs(z)"), parse_formula("z"))
    assert probe.agree(parse_formula("log(z)"), parse_formula("log(z)"))
    assert not probe.agree(parse_formula("log(z)"), parse_formula("log(z)"), frozenset({0}))
    assert probe.floats(parse_formula("z"))[0] == -2
    far = Probe(places((parse_formula("z"),), Domain(), {"z": Fraction(200)}))
    assert far.floats(parse_formula("exp(-z) + 1 - 1"))[0] is None


def test_a_derivative_by_its_formula_has_no_value_at_a_tie() -> None:
    """|z|′ = sign z, but not at 0."""
    slope = derivative(parse_formula("abs(z)"), ("z",), Domain.of({}))
    assert slope is not None
    assert slope.head == "piecewise"
    assert derivative(parse_formula("floor(z)"), ("z",), Domain.of({})) is None


@pytest.mark.parametrize(
    ("loss", "claimed", "where", "status"),
    [
        ("abs(z - y)", "sign(z - y)", ["z = y"], "proved"),
        ("max(0, 1 - z)", "where(z < 1, -1, 0)", ["z = 1"], "proved"),
        ("max(0, 1 - z)", "where(z < 1, -1, where(z == 1, 1, 0))", ["z = 1"], "refuted"),
        ("max(z, 2*z)", "where(z > 0, 2, where(z == 0, 5/4, 1))", ["z = 0"], "proved"),
        ("abs(z)", "z/abs(z)", ["z = 0"], "unknown"),
        ("abs(z)**3", "3*z*abs(z)", [], ""),
    ],
)
def test_kinks(loss: str, claimed: str, where: list[str], status: str) -> None:
    """A kink is where the derivatives from both sides differ; what is claimed there is a subgradient or not."""
    found = kinks(scene(loss, claimed))
    assert [k.where for k in found] == where
    assert all(k.status == status for k in found)


def test_the_right_formula_is_proved() -> None:
    """A wrong fix is not shown; the derivative is, in a form without choices where the function is smooth."""
    s = scene("abs(z)**2 - abs(z)**2 + z**2", "z")
    right = right_formula(s, parse_formula("3*z"))
    assert right is not None
    assert s.decide(right.term, parse_formula("2*z")).status == "proved"
    assert one_branch(parse_formula("abs(z) + sign(z)*max(z, 1)")) == parse_formula("z + 1*z")
    assert written(parse_formula("z/2"), {}).latex


def test_entries_together() -> None:
    """Exact beside one kind is that kind; two kinds, or two factors, are wrong."""
    assert one_kind([entry("exact")]) == ("exact", "")
    assert one_kind([entry("exact"), entry("fisher", "f")]) == ("fisher", "f")
    assert one_kind([entry("fisher", "f"), entry("clipped", "c")])[0] == "wrong"
    assert one_kind([entry("scaled", "2 times the exact one"), entry("scaled", "3 times the exact one")])[0] == "wrong"
    assert one_kind([entry("exact"), entry("unknown"), entry("wrong")])[0] == "wrong"


def test_gradient_and_hessian_together() -> None:
    """The same factor of all entries leaves Newton steps right, the same slip does not; two signs are a convention."""
    half = "constant-factor:it is 1/2 times the derivative"
    minus = "sign:it is minus the derivative"
    gradient, hessian = (_claim(side, entry("wrong", "", half)) for side in ("gradient", "hessian"))
    assert "Newton" in with_gradient(gradient, hessian).says
    partly = _claim("gradient", entry("wrong", "", half), entry("exact"))
    assert with_gradient(partly, hessian) == hessian
    slip = "constant-factor:1/1000000000 must be 0"
    same = [_claim(side, entry("wrong", "", slip)) for side in ("gradient", "hessian")]
    assert with_gradient(*same) == same[1]
    flipped = [_claim(side, entry("wrong", "", minus)) for side in ("gradient", "hessian")]
    assert "CatBoost" in convention((1, 1), flipped)
    assert convention((1, 1), [flipped[0], hessian]) == ""
    assert flip(_claim("gradient", entry("wrong", "", minus), entry("exact"))) == 0
    assert flip(_claim("gradient", entry("wrong", "", minus), entry("exact", claimed=num(0)))) == -1


def _claim(side: str, *entries: Component) -> ClaimVerdict:
    diagnosis = tuple(d for c in entries for d in c.diagnosis)
    return ClaimVerdict(side, "loss", entries, entries[0].kind, "", diagnosis)


def test_a_report_without_a_claim_is_not_proved() -> None:
    """Nothing to check is unknown, in the summary too."""
    empty = Report(None, ("z",), {}, None, None)
    assert (empty.status, empty.answer, empty.ok) == ("unknown", "unknown", False)
    assert claims.summary(empty) == "not decided"
    assert ClaimVerdict("gradient", "loss", (), "exact").status == "unknown"


def test_what_the_command_line_takes() -> None:
    """Names with formulas or ranges, each once."""
    assert formulas(("p=sigmoid(z)", "q = z == 1")) == {"p": "sigmoid(z)", "q": "z == 1"}
    assert ranges(("y=[0, 1]", "a, b=one-hot")) == {"y": "[0, 1]", "a, b": "one-hot"}
    for bad in (("p",), ("2=z",), ("p=1", "p=2")):
        with pytest.raises(FormulaError):
            formulas(bad)
        with pytest.raises(DomainError):
            ranges(bad)


@pytest.mark.parametrize(
    ("formula", "short"),
    [
        ("(x/sqrt(2))**2", "1/2*x**2"),
        ("x/sqrt(2)*sqrt(2)", "x"),
        ("sqrt(2)**3*x", "sqrt(2)**3*x"),
        ("x/sqrt(a)**2", ""),
    ],
)
def test_roots_of_numbers_are_collected(formula: str, short: str) -> None:
    """√2·√2 is 2; √a·√a is a only where a is not negative, so that is left."""
    found = unparse(simplify(parse_formula(formula)))
    assert found == (short or "x*sqrt(a)**(-2)")
