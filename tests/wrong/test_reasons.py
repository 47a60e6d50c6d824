"""What was once said of a claim and is not so: at kinks, in expectation, and why two sides differ."""

from __future__ import annotations

from typing import Any

import pytest

from derive import check, explain, prove
from derive.certificate import Proved
from derive.domain import Domain
from derive.errors import CertificateError, DeriveError
from derive.prove.thin import thin
from derive.recheck import recheck_sign
from derive.terms.text import parse_formula

SUBGRADIENTS: list[tuple[str, str, str]] = [
    (
        "where(z**3 < 0, -z, 2*z) + abs(z)",
        "where(z < 0, -2, where(z > 0, 3, 0))",
        "the sign of z³ beside 0 is not seen",
    ),
    ("max(z, -z, 0) + abs(z)", "where(z < 0, -2, where(z > 0, 2, 3/2))", "the maximum of three ties, too"),
    ("abs(z - y) + abs(z - w)", "sign(z-y) + sign(z-w) + where((z == y) & (w == y), 3/2, 0)", "where y = w both tie"),
    ("abs(z - y) + abs(z + y)", "sign(z-y) + sign(z+y) + where((z == 0) & (y == 0), 3/2, 0)", "where y = 0 both tie"),
]


@pytest.mark.parametrize(("loss", "gradient", "why"), SUBGRADIENTS, ids=[row[2] for row in SUBGRADIENTS])
def test_a_subgradient_is_not_refuted(loss: str, gradient: str, why: str) -> None:
    """Where other choices tie at a kink, the derivatives from both sides are not those of the formulas there."""
    report = check(loss=loss, gradient=gradient, wrt="z")
    assert report.status != "refuted", why
    assert all(k.status != "refuted" for c in report.gradient.components for k in c.kinks), why  # type: ignore[union-attr]


def test_a_value_outside_is_still_refuted() -> None:
    """2 is no subgradient of |z| at 0, also beside a choice that is settled there."""
    for loss, slope in (("abs(z)", "sign(z)"), ("abs(z) + max(z-1, 0)", "sign(z) + heaviside(z-1)")):
        assert check(loss=loss, gradient=f"where(z == 0, 2, {slope})", wrt="z").status == "refuted"


def test_a_derivative_may_be_claimed_as_one() -> None:
    """A claimed gradient may be written as a derivative; at a kink nothing can be put into it."""
    assert check(loss="abs(z)", gradient="where(z == 0, 2, diff(abs(z), z))", wrt="z").status == "proved"


NOT_ACCEPTED: list[tuple[dict[str, Any], str]] = [
    (
        {
            "loss": "-(y*log(p) + (n-y)*log(1-p))",
            "gradient": "-log(1-p)",
            "hessian": "log(1-p)**2",
            "wrt": "n",
            "distribution": "y ~ binomial(n, p)",
            "domain": {"n": "positive", "p": "(0,1)", "y": "nonnegative integer"},
        },
        "the binomial coefficient depends on n, so this is no log density in n",
    ),
    (
        {
            "loss": "z**2*sqrt(y**2)/2",
            "gradient": "z*sqrt(y**2)",
            "hessian": "0",
            "wrt": "z",
            "distribution": "y ~ normal(0, 1)",
            "domain": {"y": "positive"},
        },
        "a normal variable is negative, too, whatever the domain says",
    ),
    (
        {
            "loss": "z**2*exp(y-1)/2",
            "gradient": "z*exp(y-1)",
            "hessian": "exp(loggamma(1 + np.e) - loggamma(2))*(1/2)**(np.e-1)",
            "wrt": "z",
            "distribution": "y ~ gamma(1, 2)",
            "domain": {"y": "{1}"},
        },
        "what is equal at y = 1 is not equal in expectation",
    ),
    (
        {
            "loss": "z**2*(1 + y)/2",
            "gradient": "z*(1 + y)",
            "hessian": "1 + p",
            "wrt": "z",
            "distribution": "y ~ bernoulli(p)",
            "domain": {"y": "{-1, 1}", "p": "(0,1)"},
        },
        "a label of −1 and 1 is not one of 0 and 1",
    ),
]


@pytest.mark.parametrize(("claim", "why"), NOT_ACCEPTED, ids=[row[1][:40] for row in NOT_ACCEPTED])
def test_no_expected_hessian(claim: dict[str, Any], why: str) -> None:
    """Each was accepted as a Fisher information once, for the reason beside it."""
    report = check(**claim, hessian_kind="fisher")
    assert report.hessian is not None
    assert report.hessian.status != "proved", why


def test_fisher_is_not_said_against_the_stated_distribution() -> None:
    """1/z is E[y/z²] where y has the mean z; where y is said to have the mean 0, it is not."""
    claim: dict[str, Any] = {"loss": "z - y*log(z)", "gradient": "1 - y/z", "hessian": "1/z", "wrt": "z"}
    where = {"z": "positive", "y": "nonnegative integer"}
    kinds = [
        check(**claim, domain=where, distribution=d).hessian.kind  # type: ignore[union-attr]
        for d in ("y ~ normal(0, 1)", "y ~ poisson(z)", None)
    ]
    assert kinds[0] != "fisher"
    assert kinds[1:] == ["fisher", "fisher"]


def test_a_count_is_not_a_variable_of_the_loss() -> None:
    """1/m Σ with an m of its own would change the derivative: it is an error that says what to write."""
    with pytest.raises(DeriveError, match="name the count"):
        check(loss="(y-m)**2", gradient="2*(m-y)/n0", wrt="m", reduction="mean")


def test_a_region_without_values_is_no_region_of_equality() -> None:
    """Where a side has no value, nothing is equal."""
    undefined, equal = (prove(f"where(y == 1, {f}, x)", "x**2", {"y": "{0,1}"}) for f in ("log(-1)", "x**2"))
    assert explain(undefined) == ()
    assert [e.says for e in explain(equal)] == ["the two sides are equal where y = 1"]


def test_indices_of_nested_sums_are_two() -> None:
    """Of Σᵢ Σₖ i (xᵢ − xₖ)³ nothing follows from its form, as i and k are not one index."""
    e, domain = parse_formula("sum(sum(i*(x[i] - x[k])**3, k, 0, n-1), i, 0, n-1)"), {"n": "positive integer"}
    with pytest.raises(CertificateError):
        recheck_sign(e, Domain.of(domain), strict=False)


@pytest.mark.parametrize("first", ["a", "1/2"])
def test_a_sum_begins_at_a_whole_number(first: str) -> None:
    """Σ over i from 1/2 has no value, so it is not said to have one where the other side has one."""
    verdict = prove(
        f"where(g == 1, sum(sum(delta(i, k)*z, k, 0, n), i, {first}, {first}), 0)",
        f"where(g == 1, where((0 <= {first}) & ({first} <= n), z, 0), 0)",
        {"n": "positive integer"},
    )
    assert not isinstance(verdict, Proved) or verdict.domains_differ


HINGE = "where(y == 1, max(0, 1-z)**2, max(0, 1+z)**2)"
SLOPE = "where(y == 1, -2*max(0, 1-z), 2*max(0, 1+z))"
HALF: list[tuple[str, str]] = [
    ("where(y == 1, 0, 2)", "majorizer"),
    ("where(y == 1, 0, 2)*where(z > -1, 2, 0)", "scaled"),
    ("where(y == 1, 0, max(where(z > -1, 2, 0), 1/10))", "clipped"),
]


@pytest.mark.parametrize(("hessian", "kind"), HALF)
def test_no_label_is_left_out(hessian: str, kind: str) -> None:
    """Where a condition of the labels holds, nothing ties: what is wrong for y = 1 is wrong."""
    claim = {"loss": HINGE, "gradient": SLOPE, "hessian": hessian, "wrt": "z", "domain": {"y": "{0, 1}"}}
    report = check(**claim, hessian_kind=kind)  # type: ignore[arg-type]
    assert report.hessian is not None
    assert report.hessian.status == "refuted"


WIDE: list[tuple[str, str, dict[str, str]]] = [
    ("max(0, 1 - min(y*z, 1))**2", "where(y*z < 1, -2*y*(1 - y*z), 99)", {"y": "{-1, 1}"}),
    ("max(max(z, 0), 0)**2", "where(z > 0, 2*z, 99)", {}),
    ("abs(max(z, 0))**2 + z**2", "where(z < 0, 7, 4*z)", {}),
    ("max(abs(max(abs(z-y) - 1, 0)), 0)", "where(abs(z-y) > 1, sign(z-y), 7)", {}),
]


@pytest.mark.parametrize(("loss", "gradient", "domain"), WIDE, ids=[row[0] for row in WIDE])
def test_a_tie_on_an_interval_is_no_boundary(loss: str, gradient: str, domain: dict[str, str]) -> None:
    """A gap that is 0 on half of the line is not left out: the gradient is wrong there."""
    assert check(loss=loss, gradient=gradient, wrt="z", domain=domain).status != "proved"


ENTRIES: list[tuple[str, str, dict[str, str]]] = [
    ("diff(where(y == 1, abs(z[0]), 3*z[0]), z[0])", "where(y == 1, 99, 3)", {"y": "{0, 1}"}),
    ("diff(abs(abs(z[0]) + z[0])**2, z[0])", "where(z[0] > 0, 8*z[0], 99)", {}),
    ("diff(where(abs(z[0]) + z[0] == 0, z[0]**2, 5*z[0]**2), z[0])", "where(z[0] > 0, 10*z[0], 99)", {}),
    ("diff(abs(y*z[0]), z[0])", "where(y == 0, 99, y*sign(y*z[0]))", {"y": "{0, 1}"}),
    ("diff(abs(k*z[0]), z[0])", "where(k == 0, 99, k*sign(k*z[0]))", {"k": "integer"}),
    ("diff(abs(x[0]*z[0]), z[0])", "where(x[0] == 0, 99, x[0]*sign(x[0]*z[0]))", {"x": "{0, 1}"}),
]


@pytest.mark.parametrize(("a", "b", "domain"), ENTRIES, ids=[row[0] for row in ENTRIES])
def test_ties_of_entries_are_thin(a: str, b: str, domain: dict[str, str]) -> None:
    """A derivative in an entry is compared where no choice ties, if choices tie on a thin set only."""
    assert prove(a, b, domain).status != "proved"


def test_a_kink_is_steeper_than_any_parabola() -> None:
    """A constant curvature is nowhere below the second derivative of |z|, and still no majorizer of it."""
    claim = {"loss": "abs(z)", "gradient": "sign(z)", "hessian": "1/2", "wrt": "z"}
    assert check(**claim, hessian_kind="majorizer").status == "refuted"  # type: ignore[arg-type]
    assert "no majorizer" in check(**claim).hessian.says  # type: ignore[arg-type, union-attr]


@pytest.mark.parametrize(("loss", "hessian"), [("abs(z)", "0"), ("z**2 + abs(z)", "2"), ("max(z, 0)", "0")])
def test_where_a_loss_has_a_kink_the_exact_curvature_is_no_majorizer(loss: str, hessian: str) -> None:
    """1/2 is none of |z|, and 0, which is |z|″ wherever that exists, is less."""
    assert check(loss, None, hessian, "z", hessian_kind="majorizer", dtypes=()).status == "refuted"


def test_a_kink_that_turns_down_hides_no_majorizer() -> None:
    """−|z| lies below its tangents, so 0, which is exact, is a majorizer."""
    assert check("-abs(z)", None, "0", "z", hessian_kind="majorizer", dtypes=()).status == "proved"


def test_the_size_of_the_curvature_is_no_majorizer_at_a_kink() -> None:
    """|−1| is nowhere below the second derivative of −z²/2 + |z − 100|/1000, whose kink is steeper."""
    said = check("-z**2/2 + abs(z - 100)/1000", "-z + sign(z - 100)/1000", "1 + 0*z", "z", dtypes=()).hessian
    assert said is not None
    assert ": a majorizer" not in said.says


NOT_THIN: list[tuple[str, str, dict[str, str]]] = [
    ("max(sqrt(z**2) - z, 0)**2", "where(z < 0, 8*z, 99)", {}),
    ("max(exp(log(z**2)/2) - z, 0)**2", "where(z < 0, 8*z, 99)", {"z": "nonzero"}),
    ("where(delta(z, 1) == 0, z**2, 5)", "where(z == 1, 0, 99)", {}),
    ("where(z**k == 1, z**2, 5*z**2)", "where(k == 0, 99, 10*z)", {"k": "nonnegative", "z": "positive"}),
]


@pytest.mark.parametrize(("loss", "gradient", "domain"), NOT_THIN, ids=[row[0] for row in NOT_THIN])
def test_roots_deltas_and_holes_are_not_thin(loss: str, gradient: str, domain: dict[str, str]) -> None:
    """That a gap is not 0 at one point says nothing of the rest, where it is not analytic on the whole line."""
    assert check(loss=loss, gradient=gradient, wrt="z", domain=domain).status != "proved"


FAT: list[tuple[str, str]] = [
    ("1/(1 + sqrt(z**2)) - 1/(1 + z)", "(-1, 5)"),
    ("1/(1 + abs(z)) - 1/(1 + z)", "(-1, 5)"),
    ("1/(1 + exp(log(z**2)/2)) - 1/(1 + z)", "nonzero"),
    ("1/(1 + exp(-z)) - exp(z)/(1 + exp(z))", "real"),
    ("atan(exp(z)) + atan(1/exp(z)) - pi/2", "real"),
    ("1/max(1 + z**2, 2) - 1/2", "real"),
    ("1/(2 + sign(z)) - 1/3", "real"),
]


@pytest.mark.parametrize(("gap", "known"), FAT)
def test_a_quotient_may_vanish_on_an_interval(gap: str, known: str) -> None:
    """Over what is positive it is analytic only if that is: roots of squares, choices and holes are not."""
    assert not thin(parse_formula(gap), "z", Domain.of({"z": known}))
    assert thin(parse_formula("1/(1 + exp(-z)) - m"), "z", Domain.of({"m": "[0, 1]"}))


VACUOUS: list[tuple[str, str, str, str, dict[str, str]]] = [
    ("where(w > 0, w*(z-y)**2, 0)", "where(w > 0, 2*w*(z-y), 0)", "2*w", "fisher", {}),
    (
        "(where(w == 1, exp(z), 0) - y)**2/2",
        "(where(w == 1, exp(z), 0) - y)*where(w == 1, exp(z), 0)",
        "where(w == 1, exp(2*z), 7)",
        "gauss-newton",
        {"w": "{0, 1}"},
    ),
]


@pytest.mark.parametrize(("loss", "gradient", "hessian", "kind", "domain"), VACUOUS, ids=["fisher", "gauss-newton"])
def test_a_kind_holds_where_the_mask_is_off(
    loss: str, gradient: str, hessian: str, kind: str, domain: dict[str, str]
) -> None:
    """What is lost is a quotient that has no value where the mask is off: nothing follows for the claim there."""
    report = check(loss=loss, gradient=gradient, hessian=hessian, hessian_kind=kind, wrt="z", domain=domain)
    assert report.hessian is not None
    assert report.hessian.status != "proved"


def test_a_name_for_a_formula_is_no_array_and_captures_no_index() -> None:
    """`where` stands for what is written: no entry of it, and no index of a sum around it, is meant by accident."""
    with pytest.raises(DeriveError, match="cannot be an entry"):
        check(loss="log(p[0]) + z", where={"p": "sigmoid(z)"}, gradient="1", wrt="z")
    loss, where = "sum(y[i]*log(h), i, 0, m-1)", {"h": "sigmoid(z[i])"}
    with pytest.raises(DeriveError, match="counts in the sum"):
        check(loss=loss, where=where, gradient="1", wrt="z[j]", domain={"m": "positive integer", "j": "0..m-1"})


def test_what_is_wrong_is_explained_or_not_but_never_an_error() -> None:
    """A derivative that is only known as one cannot be taken apart; the claim is refuted all the same."""
    loss = "abs(exp(z) - 1 - z) + max((p + q - 1)*z, 0)"
    assert check(loss=loss, gradient="exp(z) + 98", wrt="z", domain={"p, q": "simplex"}).status == "refuted"


def test_a_reason_where_the_formula_of_the_derivative_has_no_value_everywhere() -> None:
    """√max(z, 0)² has the derivative 0 for z < 0, where its formula has no value: the reason says where it holds."""
    claim: dict[str, Any] = {"wrt": "z", "dtypes": ()}
    for loss, gradient in (
        ("sqrt(max(z, 0)**2)", "where(z > 0, 2, 5)"),
        ("sqrt((z**2 + y**2)/2)", "z/sqrt((z**2 + y**2)/2)"),
    ):
        found = check(loss=loss, gradient=gradient, **claim)
        assert found.status == "refuted"
        assert found.gradient is not None
        assert [d.kind for d in found.gradient.diagnosis] == ["constant-factor"]
        assert found.gradient.diagnosis[0].says.startswith("where the formula of the derivative has a value, it is 2")
