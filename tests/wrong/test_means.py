"""Expected Hessians that look right, where no distribution is stated: what is no mean of any, and what is not known."""

from __future__ import annotations

from typing import Any

import pytest

from derive import check


def test_a_mean_keeps_no_data() -> None:
    """A mixed entry that lacks a multiple of the score is no Fisher information beside entries with the same data."""
    w = "((t - m)*exp(-l))"
    loss, lost = f"d*l - d*{w} + exp({w})", f"{w}*exp({w} - l)"
    corner = f"-d*{w} + {w}*exp({w}) + {w}**2*exp({w})"
    hessian = [[f"exp({w} - 2*l)", lost], [lost, corner]]
    claim: dict[str, Any] = {"loss": loss, "hessian": hessian, "wrt": ["m", "l"], "domain": {"d": "{0, 1}"}}
    assert check(**claim, dtypes=()).hessian_kind == "wrong"
    assert check(**claim, hessian_kind="fisher", dtypes=()).status == "refuted"


#: loss, Hessian, whether it is no expected one whatever the data are, domain
WITHOUT_DATA: list[tuple[str, str, str, dict[str, str]]] = [
    ("(y - z)/s + 2*log(1 + exp(-(y - z)/s))", "1/(3*s**2)", "unknown", {"s": "positive"}),
    ("(y - z)/s + 2*log(1 + exp(-(y - z)/s))", "-1/(3*s**2)", "refuted", {"s": "positive"}),
    ("-k*cos(y - z)", "k/2", "unknown", {"k": "positive"}),
    ("log(1 + exp(z)) - y*z", "1/4", "refuted", {"y": "{0, 1}"}),
    ("log(1 + exp(x*z)) - y*x*z", "x**2/4", "refuted", {"y": "{0, 1}"}),
    ("log(z) + (y - m)**2/(2*z**2)", "1/z**2", "refuted", {"z": "positive"}),
    ("log(z) + (y - m)**2/(2*z**2)", "2/z**2", "proved", {"z": "positive"}),
    ("z + y*exp(-z)", "2", "refuted", {"y": "positive"}),
    ("z + y*exp(-z)", "1", "proved", {"y": "positive"}),
    ("2*log(1 + (y - z)**2/3)", "1", "refuted", {}),
    ("2*log(1 + (y - z)**2/3)", "2/3", "proved", {}),
]


@pytest.mark.parametrize(("loss", "hessian", "status", "domain"), WITHOUT_DATA)
def test_without_a_distribution_a_mean_may_be_anything(
    loss: str, hessian: str, status: str, domain: dict[str, str]
) -> None:
    """An expected Hessian is refuted where it is another one under all distributions, and else not known."""
    assert check(loss=loss, hessian=hessian, hessian_kind="fisher", wrt="z", domain=domain, dtypes=()).status == status


def test_the_mean_of_a_matrix_is_refuted_by_one_entry() -> None:
    """The variance, and a claim that is right for its root: the other entries are right."""
    loss, claim = "log(v)/2 + (y - m)**2/(2*v)", [["1/v", "0"], ["0", "2/v"]]
    put: dict[str, Any] = {"wrt": ["m", "v"], "domain": {"v": "positive"}, "hessian_kind": "fisher", "dtypes": ()}
    assert check(loss=loss, hessian=claim, **put).status == "refuted"
    assert check(loss=loss, hessian=[["1/v", "0"], ["0", "1/(2*v**2)"]], **put).status == "proved"
