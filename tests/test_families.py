"""Families and links as classes, and the scores of NGBoost: what their methods say of each other."""

from __future__ import annotations

from typing import Any, ClassVar

import numpy as np
import pytest

from derive.errors import DeriveError
from derive.frontends import recognise
from derive.objective import check_objective
from derive.report import Report


class Logit:
    """A link, as in statsmodels."""

    def __call__(self, p: Any) -> Any:
        """g"""
        return np.log(p / (1 - p))

    def inverse(self, z: Any) -> Any:
        """Of g."""
        return 1 / (1 + np.exp(-z))

    def deriv(self, p: Any) -> Any:
        """g'"""
        return 1 / (p * (1 - p))

    def deriv2(self, p: Any) -> Any:
        """g''"""
        return (2 * p - 1) / (p * (1 - p)) ** 2

    def inverse_deriv(self, z: Any) -> Any:
        """Of the inverse."""
        t = np.exp(z)
        return t / (1 + t) ** 2

    def inverse_deriv2(self, z: Any) -> Any:
        """Of the inverse, twice."""
        t = np.exp(z)
        return t * (1 - t) / (1 + t) ** 3


class WrongDeriv(Logit):
    """One factor is lost."""

    def deriv(self, p: Any) -> Any:
        """Wrong."""
        return 1 / p


class WrongInverse(Logit):
    """The complement."""

    def inverse(self, z: Any) -> Any:
        """Wrong: 1 − p."""
        return 1 / (1 + np.exp(z))


class WrongSecond(Logit):
    """The sign of the second derivative of the inverse."""

    def inverse_deriv2(self, z: Any) -> Any:
        """Wrong."""
        return -super().inverse_deriv2(z)


class Shifted(Logit):
    """An inverse of another function with the same derivative."""

    def __call__(self, p: Any) -> Any:
        """g + 1: its derivatives are right, its inverse is not."""
        return super().__call__(p) + 1


PROBABILITY = {"p": "(0, 1)"}


def statuses(report: Report) -> dict[str, str]:
    """The verdict on each statement."""
    return {c.name: c.status for claim in report.claims for c in claim.components}


def test_everything_that_a_link_says_is_checked() -> None:
    """Derivatives of the link and of its inverse, and that one undoes the other."""
    report = check_objective(Logit)
    assert report.status == "proved", report.text()
    assert report.domain["p"] == "(0, 1)"  # where the values of the inverse are
    assert set(statuses(report)) == {
        *("deriv, d/dp", "deriv2, d2/dp2", "inverse_deriv, d/dz", "inverse_deriv2, d2/dz2"),
        "inverse of the link of p",
    }
    assert report.source is not None
    assert report.source.library == "glm"


@pytest.mark.parametrize(
    ("link", "wrong"),
    [
        (WrongDeriv, {"deriv, d/dp", "deriv2, d2/dp2"}),
        (WrongInverse, {"inverse_deriv, d/dz", "inverse_deriv2, d2/dz2", "inverse of the link of p"}),
        (WrongSecond, {"inverse_deriv2, d2/dz2"}),
        (Shifted, {"inverse of the link of p"}),
    ],
)
def test_what_is_wrong_is_named(link: type, wrong: set[str]) -> None:
    """Only what is wrong is refuted; a second derivative is that of the link, and not of a wrong first one."""
    report = check_objective(link, domain=PROBABILITY, dtypes=())
    found = statuses(report)
    assert {n for n, s in found.items() if s == "refuted"} <= wrong
    assert min(wrong) in found
    assert report.status == "refuted"
    assert {n for n, s in found.items() if s != "proved"} <= wrong


def test_an_identity_is_refuted_with_a_point() -> None:
    """The report has what should be, and what is."""
    report = check_objective(Shifted, domain=PROBABILITY, dtypes=())
    assert "inverse of the link of p: refuted" in report.text()
    assert report.gradient is not None
    assert report.gradient.witness is not None


class Poisson:
    """A family: variance and deviance."""

    factor = 2

    def variance(self, mu: Any) -> Any:
        """Of a count."""
        return mu

    def deviance(self, y: Any, mu: Any) -> Any:
        """Of one observation."""
        return self.factor * (y * np.log(y / mu) - (y - mu))


class HalfPoisson(Poisson):
    """Half the deviance: the 2 is forgotten."""

    factor = 1


class WrongVariance(Poisson):
    """That of a Gamma."""

    def variance(self, mu: Any) -> Any:
        """μ²"""
        return mu**2


class Total(Poisson):
    """The deviance of all observations, and the mean comes first."""

    def deviance(self, mu: Any, y: Any) -> Any:  # type: ignore[override]
        """A sum."""
        return 2 * np.sum(y * np.log(y / mu) - (y - mu))


class Tweedie:
    """With a power, and a derivative of its own, as scikit-learn once had it."""

    def __init__(self, power: float, slip: float = 0.0) -> None:
        self.power = power
        self.slip = slip

    def unit_variance(self, y_pred: Any) -> Any:
        """μ^p"""
        return y_pred**self.power

    def unit_deviance(self, y: Any, y_pred: Any) -> Any:
        """Of one observation."""
        p = self.power
        return 2 * (y ** (2 - p) / ((1 - p) * (2 - p)) - y * y_pred ** (1 - p) / (1 - p) + y_pred ** (2 - p) / (2 - p))

    def unit_deviance_derivative(self, y: Any, y_pred: Any) -> Any:
        """In the mean."""
        return -2 * (y - y_pred) / self.unit_variance(y_pred) + self.slip


COUNTS = {"y": "positive", "mu": "positive", "y_pred": "positive"}


@pytest.mark.parametrize(
    ("family", "status"),
    [
        (Poisson, "proved"),
        (HalfPoisson, "refuted"),
        (WrongVariance, "refuted"),
        (Total, "proved"),
        (Tweedie(1.5), "proved"),
        (Tweedie(3), "proved"),
        (Tweedie(1.5, 0.1), "refuted"),
    ],
)
def test_deviance_and_variance_belong_together(family: Any, status: str) -> None:
    """dD/dμ = −2(y − μ)/V(μ)."""
    report = check_objective(family, domain=COUNTS, dtypes=())
    assert report.status == status, report.text()


def test_a_stated_deviance_is_compared_with_the_variance() -> None:
    """What is stated goes first."""
    stated = "2*(y*log(y/mu) - y + mu)"
    assert check_objective(HalfPoisson, stated, domain=COUNTS, dtypes=()).status == "proved"
    assert check_objective(WrongVariance, stated, domain=COUNTS, dtypes=()).status == "refuted"


class NormalScore:
    """The logarithmic score of a normal distribution, as NGBoost has it."""

    def score(self, Y: Any) -> Any:
        """−log p"""
        return 0.5 * np.log(2 * np.pi) + self.logscale + 0.5 * ((Y - self.loc) / self.scale) ** 2  # type: ignore[attr-defined]

    def d_score(self, Y: Any) -> Any:
        """In loc and log scale."""
        D = np.zeros((len(Y), 2))
        D[:, 0] = (self.loc - Y) / self.var  # type: ignore[attr-defined]
        D[:, 1] = 1 - ((self.loc - Y) ** 2) / self.var  # type: ignore[attr-defined]
        return D


class ScoreInScale(NormalScore):
    """The derivative in the scale, and not in its logarithm."""

    def d_score(self, Y: Any) -> Any:
        """Wrong."""
        D = super().d_score(Y)
        D[:, 1] = D[:, 1] / self.scale  # type: ignore[attr-defined]
        return D


class Normal:
    """A distribution."""

    n_params = 2
    scores: ClassVar[list[type]] = [NormalScore]

    def __init__(self, params: Any) -> None:
        self._params = params
        self.loc = params[0]
        self.logscale = params[1]
        self.scale = np.exp(params[1])
        self.var = self.scale**2


class NormalWrong(Normal):
    """With the wrong score."""

    scores: ClassVar[list[type]] = [ScoreInScale]


class Both(NormalScore, Normal):
    """The class that NGBoost makes of the two."""


@pytest.mark.parametrize(
    ("kind", "entries"), [(Normal, ["proved"] * 2), (Both, ["proved"] * 2), (NormalWrong, ["proved", "refuted"])]
)
def test_scores_of_ngboost(kind: type, entries: list[str]) -> None:
    """`d_score` is the derivative of `score` in all parameters: the scale is the exponential of one."""
    report = check_objective(kind, dtypes=())
    assert report.gradient is not None
    assert [c.status for c in report.gradient.components] == entries, report.text()
    assert recognise(kind) == "ngboost"
    assert report.domain["y"] == "real"


def test_scores_of_ngboost_with_a_stated_score() -> None:
    """In the names z1, z2 and y; the real code runs on columns of them."""
    stated = "z2 + (y - z1)**2*exp(-2*z2)/2"
    assert check_objective(Normal, stated).status == "proved"
    assert check_objective(NormalWrong, stated).status == "refuted"
    assert check_objective(Normal, f"2*({stated})", dtypes=()).status == "refuted"


def test_a_score_without_a_distribution_says_what_is_missing() -> None:
    """It has no parameters of its own."""
    with pytest.raises(DeriveError, match="give the distribution"):
        check_objective(NormalScore, dtypes=())
