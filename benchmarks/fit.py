"""Logistic regression on 100,000 × 50, fitted by `derive.fit` and by its peers to the same gradient, in one run.

    python benchmarks/fit.py [--rounds 7] [--rows 100000] [--columns 50]

One thread, one core. Each peer's tolerance is tightened, before anything is timed, until the largest entry of ∇J is no
larger than the one that derive reaches, or 1e-9, whichever is larger; then all take turns. A ratio is the median over
the rounds of our time divided by the peer's.
"""

# ruff: noqa: E402

from __future__ import annotations

import os

for variable in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ[variable] = "1"
if hasattr(os, "sched_setaffinity"):
    os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})

import argparse
import importlib.util
import random
import statistics
import time
from collections.abc import Callable
from typing import Any

import numpy as np

from derive.fit import fit

_WANTED = 1e-9
Solver = Callable[[Any, Any, float], Any]


def data(m: int, n: int) -> tuple[Any, Any]:
    """X with a bias column, and labels of a model."""
    rng = np.random.default_rng(0)
    X = rng.normal(size=(m, n))
    X[:, 0] = 1
    z = X @ rng.normal(size=n) / np.sqrt(n) * 2
    return X, (rng.random(m) < 1 / (1 + np.exp(-z))).astype(float)


def ours(X: Any, y: Any, tolerance: float) -> Any:
    return fit("logistic", X, y, tolerance=tolerance).coefficients


def scikit_learn(solver: str) -> Solver:
    def run(X: Any, y: Any, tolerance: float) -> Any:
        from sklearn.linear_model import LogisticRegression

        model = LogisticRegression(C=np.inf, solver=solver, tol=tolerance, max_iter=10_000, fit_intercept=False)
        return model.fit(X, y).coef_[0]

    return run


def statsmodels(X: Any, y: Any, tolerance: float) -> Any:
    from statsmodels.genmod.families import Binomial
    from statsmodels.genmod.generalized_linear_model import GLM

    return GLM(y, X, family=Binomial()).fit(tol=tolerance).params


def solvers() -> dict[str, Solver]:
    """Those that are installed."""
    found: dict[str, Solver] = {"derive": ours}
    if importlib.util.find_spec("sklearn"):
        found |= {f"scikit-learn {s}": scikit_learn(s) for s in ("newton-cholesky", "lbfgs")}
    if importlib.util.find_spec("statsmodels"):
        found["statsmodels GLM"] = statsmodels
    return found


def reached(X: Any, y: Any, theta: Any) -> float:
    """The largest entry of ∇J."""
    return float(np.abs(X.T @ (1 / (1 + np.exp(-(X @ theta))) - y)).max() / len(y))


def tightened(run: Solver, X: Any, y: Any) -> tuple[float, float]:
    """The loosest tolerance that gives the gradient that is wanted, and the gradient."""
    for power in range(2, 17):
        norm = reached(X, y, run(X, y, 10.0**-power))
        if norm <= _WANTED:
            break
    return 10.0**-power, norm


def main() -> None:
    """Print the ratios."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--rows", type=int, default=100_000)
    parser.add_argument("--columns", type=int, default=50)
    said = parser.parse_args()
    X, y = data(said.rows, said.columns)
    runs = solvers()
    tolerances = {name: tightened(run, X, y) for name, run in runs.items()}
    times: dict[str, list[float]] = {name: [] for name in runs}
    for _ in range(said.rounds):
        for name in random.sample(list(runs), len(runs)):
            start = time.process_time()
            runs[name](X, y, tolerances[name][0])
            times[name].append(time.process_time() - start)
    for name, spent in times.items():
        ratio = statistics.median(a / b for a, b in zip(times["derive"], spent, strict=True))
        tolerance, norm = tolerances[name]
        median = 1000 * statistics.median(spent)
        print(f"{name:30} {median:7.0f} ms, ratio {ratio:5.2f}, tolerance {tolerance:g}, gradient {norm:.1g}")


if __name__ == "__main__":
    main()
