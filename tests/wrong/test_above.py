"""What must not be accepted above the core: names, indices, expectations, conventions, matrices, limits, minima."""

from __future__ import annotations

from typing import Any

import pytest

from derive import check
from derive.domain import Domain
from derive.errors import DeriveError, TermError
from derive.prove import prove_positive_semidefinite
from derive.prove.ask import ask
from derive.terms.text import parse_formula

SIZE = {"m": "positive integer", "j": "0..m-1"}


@pytest.mark.parametrize("name", ["row", "centre", "u", "slope", "delta", "M"])
def test_a_variable_may_be_called_as_something_inside(name: str) -> None:
    """Names that proofs, limits and explanations use themselves are names like any other; a wrong sign stays wrong."""
    right = f"1/(1 + exp(-{name})) - y"
    known: dict[str, Any] = {
        "loss": f"log(1 + exp({name})) - y*{name}",
        "wrt": name,
        "domain": {"y": "[0, 1]"},
        "dtypes": (),
    }
    assert check(gradient=right, **known).status == "proved"
    assert check(gradient=f"-({right})", **known).status == "refuted"


ENTRIES: list[tuple[str, str, dict[str, str], str]] = [
    ("sum(z[i]*z[k]*a[i,k], i, 0, m-1)", "z[k]*a[j,k]", {**SIZE, "k": "0..m-1"}, "k may be j"),
    ("sum(z[i]**2, i, 0, m-1)", "2*z[j]", {**SIZE, "j": "0..m"}, "j = m is in no sum"),
    ("sum((z[i+1]-z[i])**2, i, 0, m-2)", "2*(2*z[j]-z[j-1]-z[j+1])", {**SIZE, "m": "[3, oo) integer"}, "the ends"),
    (
        "log(sum(exp(z[i]), i, 0, 1)) - z[y]",
        "exp(z[j])/sum(exp(z[i]), i, 0, 1) - y",
        {"j": "0..1", "y": "{0,1}"},
        "j = 0",
    ),
]


@pytest.mark.parametrize(("loss", "gradient", "domain", "why"), ENTRIES, ids=[row[3] for row in ENTRIES])
def test_an_entry_that_may_coincide_is_not_forgotten(
    loss: str, gradient: str, domain: dict[str, str], why: str
) -> None:
    """A gradient in an entry is right for each index that the domain allows, or it is refuted."""
    assert check(loss=loss, gradient=gradient, wrt="z[j]", domain=domain, dtypes=()).status == "refuted", why


EXPECTED: list[tuple[str, str, str, dict[str, str], str]] = [
    ("z**2*sign(y)**2/2", "1", "poisson(1)", {}, "y = 0 has a probability"),
    ("z**2/(2*y)", "-1", "gamma(mean=1, shape=1/2)", {"y": "positive"}, "that moment does not exist"),
    ("z**2*y**2/2", "mu", "poisson(mu)", {"mu": "positive"}, "a count is not only 0 or 1"),
    (
        "2*(log(1 + exp(z)) - y*z)",
        "4*sigmoid(z)*(1 - sigmoid(z))",
        "bernoulli(sigmoid(z))",
        {"y": "{0, 1}"},
        "twice it",
    ),
]


@pytest.mark.parametrize(("loss", "hessian", "data", "domain", "why"), EXPECTED, ids=[row[4] for row in EXPECTED])
def test_no_wrong_expectation_is_accepted(loss: str, hessian: str, data: str, domain: dict[str, str], why: str) -> None:
    """An expected Hessian is accepted only where the expectation exists and is this one."""
    said: dict[str, Any] = {"hessian_kind": "fisher", "distribution": f"y ~ {data}", "domain": domain, "dtypes": ()}
    report = check(loss=loss, hessian=hessian, wrt="z", **said)
    assert report.hessian is not None
    assert report.hessian.status != "proved", why


def test_the_parameter_of_a_distribution_is_no_data() -> None:
    """w ~ poisson(y) with y ~ poisson(mu) is no product of two distributions."""
    data = {"y": "poisson(mu)", "w": "poisson(y)"}
    with pytest.raises(DeriveError, match="has a distribution itself"):
        check(loss="z**2*y*w", hessian="2*mu**2", wrt="z", domain={"mu": "positive"}, distribution=data, dtypes=())


@pytest.mark.parametrize(("hessian", "status"), [("-1/4", "proved"), ("1/4", "refuted")])
def test_a_bound_has_the_sign_of_its_convention(hessian: str, status: str) -> None:
    """Of minus the loss a majorizer lies below: CatBoost's Hessian of the log loss may be −1/4, and not 1/4."""
    said: dict[str, Any] = {
        "convention": "catboost",
        "hessian_kind": "majorizer",
        "domain": {"y": "[0, 1]"},
        "dtypes": (),
    }
    report = check(loss="log(1 + exp(z)) - y*z", gradient="y - sigmoid(z)", hessian=hessian, wrt="z", **said)
    assert report.status == status


MATRICES: list[tuple[list[list[str]], dict[str, str], str]] = [
    ([["0", "0", "1"], ["0", "0", "0"], ["1", "0", "0"]], {}, "all minors of the first rows are 0"),
    ([["1", "2*delta(i, j)"], ["2*delta(i, j)", "1"]], {"i": "0..n-1", "j": "1..n"}, "i may be j"),
]


@pytest.mark.parametrize(("rows", "domain", "why"), MATRICES, ids=[row[2] for row in MATRICES])
def test_a_matrix_is_not_semidefinite(rows: list[list[str]], domain: dict[str, str], why: str) -> None:
    """All principal minors count, wherever the entries have values."""
    assert prove_positive_semidefinite(rows, domain).status != "proved", why


@pytest.mark.parametrize("names", ["M, u", "t, u"])
def test_a_domain_does_not_speak_of_the_definition_of_a_limit(names: str) -> None:
    """With M + u = 1 the constant 2 − u would be over M for each M."""
    terms = [parse_formula(text) for text in ("2 - u + 0*x", "x", "0 + delta*t", "1/M")]
    with pytest.raises(TermError, match="belong to the definition of the limit"):
        ask("diverges", terms, Domain.of({names: "simplex"}))


@pytest.mark.parametrize("bump", ["floor(x)", "where(x == 1/3, 5, 0)", "delta(x, 1)"])
def test_a_jump_in_the_box_hides_no_minimum(bump: str) -> None:
    """Interval Newton looks at derivatives, and these do not see a jump: a choice that is open in the box ends it."""
    terms = [parse_formula(text) for text in (f"x**2 + {bump}", "-10", "10", "x", "-1", "2")]
    assert ask("minimum", terms, Domain({})).status == "unknown"
