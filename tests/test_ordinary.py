"""The claims of `benchmarks/ordinary.py`: their file says what it should, and what is decided of them stays decided."""

from __future__ import annotations

import importlib.util
import json
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from derive.domain import Domain
from derive.prove import prove, prove_nonnegative
from derive.terms.text import parse_formula

BENCHMARKS = Path(__file__).parent.parent / "benchmarks"
CLAIMS: list[dict[str, Any]] = json.loads((BENCHMARKS / "data" / "ordinary.json").read_text("utf-8"))
KEYS = ["family", "id", "kind", "left", "right", "domain", "true"]

#: facts that are proved in a few milliseconds, and whose near misses are refuted as fast
QUICK = [
    "linear regression: mean with intercept",
    "ridge, lasso, elastic net: smoothed lasso",
    "logistic regression: smoothed labels",
    "multinomial logistic regression: one-hot labels",
    "generalised linear models: Tweedie",
    "probit, ordinal, censored: probit, signed labels",
    "kernels and margins: kernel ridge",
    "matrix factorisation: biases, mask, penalty: a bias",
    "PCA and autoencoders: variance of projections",
    "factorisation machines: the input",
    "softmax and cross entropy: with temperature",
    "divergences: reverse KL of a softmax",
    "contrastive losses: InfoNCE in a batch, an anchor",
    "ranking: RankNet with probabilities",
    "Gaussian mixtures: weights by a softmax",
    "Gaussian likelihood: heteroscedastic, mean",
    "one hidden layer: tanh, output weights",
    "two layers and softmax output: gated linear unit",
    "normalisation layers: RMS norm, Jacobian",
    "attention: an output by a value",
    "Cox regression: sorted times",
    "parametric survival: log-logistic, accelerated",
    "sample scores: Tversky",
    "variance and covariance: least squares slope by deviations",
    "double sums: trace of A'BA",
    "graphs: label propagation",
    "embeddings and layouts: maximum mean discrepancy",
    "sequences and shifted sums: smoothing by first differences",
    "variational autoencoders and flows: Bernoulli decoder",
    "energy models: noise contrastive estimation",
    "reinforcement learning: entropy bonus",
    "item response and ratings: two parameters, second derivative",
    "counts and Dirichlet: Dirichlet-multinomial",
    "optimal transport and assignments: entropic dual, mixed",
    "robust regression: LINEX",
    "features and several outputs: several labels",
    "ensembles and pooling: gain of the best leaf",
    "distillation, mixing, calibration: Platt scaling",
    "Newton steps and convex combinations: iteratively reweighted least squares",
    "discriminants and portfolios: mean and variance",
    "location and scale: slope of a parametric ReLU",
]


def witness() -> ModuleType:
    """The evaluation of formulas by Python and mpmath alone."""
    spec = importlib.util.spec_from_file_location("plainly", BENCHMARKS / "plainly.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules["plainly"] = module
    spec.loader.exec_module(module)
    return module


def test_there_are_enough() -> None:
    """Claims of many families, each with a name of its own, nearly half of them near misses."""
    assert len({c["id"] for c in CLAIMS}) == len(CLAIMS) >= 1300
    assert len({c["family"] for c in CLAIMS}) >= 40
    assert 0.45 < sum(c["true"] for c in CLAIMS) / len(CLAIMS) < 0.65


def test_each_is_well_formed() -> None:
    """The keys in one order, domains and formulas that are read, and a right side exactly where two are compared."""
    for c in CLAIMS:
        assert list(c) == [k for k in KEYS if k != "right" or c["kind"] == "equal"], c["id"]
        assert c["kind"] in ("equal", "nonnegative", "positive"), c["id"]
        assert c["id"].startswith(c["family"] + ": "), c["id"]
        Domain.of(c["domain"])
    for formula in {c[side] for c in CLAIMS[::4] for side in ("left", "right") if side in c}:
        parse_formula(formula)


def test_labels_are_right() -> None:
    """Some of the labels, by an evaluation that knows nothing of derive; `--check` looks at all."""
    plainly = witness()
    for c in CLAIMS[::150]:
        assert plainly.label(c) is c["true"], c["id"]


def test_the_witness_sees_what_is_wrong() -> None:
    """Exchanged labels are found out: an evaluation that calls everything true would be none."""
    plainly = witness()
    for name in QUICK[:3]:
        near = [c for c in CLAIMS if c["id"].startswith(f"{name}, ") and not c["true"]]
        assert [plainly.label(c) for c in near] == [False] * len(near) != []
    assert plainly.label({"kind": "nonnegative", "left": "x", "domain": {}}) is False
    assert plainly.label({"kind": "equal", "left": "log(-x)", "right": "1", "domain": {"x": "positive"}}) is None


@pytest.mark.parametrize("name", QUICK)
def test_what_is_decided_stays_decided(name: str) -> None:
    """In each family a fact is proved, and each of its near misses refuted."""
    about = [c for c in CLAIMS if c["id"] == name or c["id"].startswith(f"{name}, ")]
    assert {c["true"] for c in about} == {True, False}
    for c in about:
        status = prove(c["left"], c["right"], c["domain"]).status
        assert status == ("proved" if c["true"] else "refuted"), c["id"]


def test_signs_are_not_confused() -> None:
    """A form that is no square is refuted, a sum of squares is proved to be nonnegative."""
    signs = {c["id"]: c for c in CLAIMS if c["kind"] != "equal"}
    for name, status in (("a form that is no square", "refuted"), ("sum of squared sums", "proved")):
        c = signs[f"variance and covariance: {name}"]
        assert prove_nonnegative(c["left"], c["domain"]).status == status
