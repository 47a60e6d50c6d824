"""Losses of scikit-learn and statsmodels, as they are in these libraries, and trees that are trained with one."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from scipy.special import expit
from sklearn._loss.link import IdentityLink
from sklearn._loss.loss import BaseLoss, HalfBinomialLoss, HalfPoissonLoss, HalfSquaredError
from sklearn.ensemble import HistGradientBoostingRegressor
from statsmodels.genmod.families import family, links
from statsmodels.robust import norms

from derive.objective import check_objective


@pytest.mark.parametrize("norm", [norms.LeastSquares, norms.HuberT, norms.TukeyBiweight, norms.TrimmedMean])
def test_norms_of_statsmodels_are_read(norm: type) -> None:
    """The code of statsmodels itself is read: psi is the derivative of its own rho."""
    report = check_objective(norm, dtypes=())
    assert report.source is not None
    assert report.source.how == "read"
    assert report.gradient is not None
    assert report.gradient.status == "proved"


@pytest.mark.parametrize("link", [links.Logit, links.Log, links.CLogLog, links.Probit, links.InversePower, links.Sqrt])
def test_links_of_statsmodels_are_read(link: type) -> None:
    """Its links too: all that their methods say of each other, where they do not clip."""
    domain = {"p": "[1/1000, 999/1000]", "z": "[-3, 3]"}
    report = check_objective(link(), domain=domain, dtypes=())
    assert "refuted" not in [c.status for claim in report.claims for c in claim.components], report.text()
    assert report.gradient.status == "proved", report.text()  # type: ignore[union-attr]
    assert report.hessian.components[0].status == "proved"  # type: ignore[union-attr]
    assert len(report.gradient.components) == 3  # type: ignore[union-attr]


@pytest.mark.parametrize("kind", [family.Gaussian, family.Poisson, family.Gamma, family.InverseGaussian])
def test_families_of_statsmodels_are_read(kind: type) -> None:
    """The derivative of the deviance is −2(y − μ)/V(μ), with the variance function of the family."""
    report = check_objective(kind(), domain={"endog": "[1/100, 100]", "mu": "[1/100, 100]"}, dtypes=())
    assert report.status == "proved", report.text()
    assert report.source is not None
    assert report.source.library == "glm"


@pytest.mark.parametrize(
    ("loss", "formula", "domain"),
    [
        (HalfPoissonLoss, "exp(z) - y*z", {"y": "nonnegative"}),
        (HalfBinomialLoss, "log(1 + exp(z)) - y*z", {"y": "[0, 1]"}),
        (HalfSquaredError, "(z - y)**2/2", {}),
    ],
)
def test_compiled_losses_are_probed(loss: type, formula: str, domain: dict[str, str]) -> None:
    """Compiled code cannot be read: its numbers agree, which is no proof; and with another loss they do not."""
    report = check_objective(loss(), formula, domain=domain)
    assert report.source is not None
    assert (report.source.how, report.status) == ("probed", "unknown")
    assert "numeric agreement" in report.gradient.reason  # type: ignore[union-attr]
    assert check_objective(loss(), f"2*({formula})", domain=domain).answer == "wrong-gradient-and-hessian"


class Cosh(BaseLoss):
    """log cosh, for trees of scikit-learn."""

    differentiable = True
    need_update_leaves_values = False
    is_multiclass = False

    def __init__(self, sample_weight: Any = None) -> None:
        super().__init__(closs=HalfSquaredError().closs, link=IdentityLink())

    def loss(
        self, y_true: Any, raw_prediction: Any, sample_weight: Any = None, loss_out: Any = None, n_threads: int = 1
    ) -> Any:
        r = raw_prediction - y_true
        return np.logaddexp(r, -r) - np.log(2)

    def gradient_hessian(
        self,
        y_true: Any,
        raw_prediction: Any,
        sample_weight: Any = None,
        gradient_out: Any = None,
        hessian_out: Any = None,
        n_threads: int = 1,
    ) -> Any:
        t = np.tanh(raw_prediction.reshape(y_true.shape) - y_true)
        if gradient_out is None:
            return t, 1 - t**2
        gradient_out[...], hessian_out[...] = t, 1 - t**2
        return gradient_out, hessian_out


def test_trees_train_with_the_checked_loss() -> None:
    """A loss class of one's own, compared with its own `loss`, trains scikit-learn's trees."""
    report = check_objective(Cosh())
    assert report.status == "proved"
    rng = np.random.default_rng(0)
    x = rng.normal(size=(200, 2))
    y = expit(x[:, 0]) * 4
    model = HistGradientBoostingRegressor(loss=Cosh(), max_iter=60).fit(x, y)
    assert np.mean(np.abs(model.predict(x) - y)) < 0.2 * np.mean(np.abs(y - y.mean()))
