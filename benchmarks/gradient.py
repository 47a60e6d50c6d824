"""The compiled gradient of logistic regression against its peers, side by side in one run, reported as ratios.

    python benchmarks/gradient.py [--quick] [--json FILE]

One thread on one core. In each round all take turns, so that a busy machine is busy for everybody; a ratio is the
median over the rounds. Peers that are not installed are left out and named. Peak memory is that of NumPy's
allocations, by tracemalloc.
"""

# ruff: noqa: E402

from __future__ import annotations

import os

for variable in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ[variable] = "1"
os.environ["JAX_PLATFORMS"] = "cpu"

if hasattr(os, "sched_setaffinity"):  # the only way to keep every library to one core
    os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})

import argparse
import importlib.util
import json
import time
import tracemalloc
from collections.abc import Callable
from typing import Any

import numpy as np

from derive import catalog, compiled

SIZES = [(1_000, 10, 300, 100), (100_000, 100, 40, 1), (1_000_000, 50, 12, 1)]
Run = Callable[[], Any]


def problem(m: int, n: int) -> tuple[Any, Any, Any]:
    """θ, X with a bias column, and labels."""
    rng = np.random.default_rng(0)
    X = rng.normal(size=(m, n))
    X[:, 0] = 1
    theta = rng.normal(size=n) / np.sqrt(n)
    return theta, X, (rng.random(m) < 0.5).astype(float)


def hand_written(theta: Any, X: Any, y: Any) -> Run:
    """Two passes, as it is written in a notebook."""
    return lambda: X.T @ (1 / (1 + np.exp(-(X @ theta))) - y) / len(y)


def hand_written_expit(theta: Any, X: Any, y: Any) -> Run:
    """Two passes with SciPy's overflow-free logistic function."""
    from scipy.special import expit

    return lambda: X.T @ (expit(X @ theta) - y) / len(y)


def scikit_learn(theta: Any, X: Any, y: Any) -> Run:
    """`LinearModelLoss.gradient`, which takes the bias as the last coefficient, apart from X."""
    from sklearn._loss import HalfBinomialLoss
    from sklearn.linear_model._linear_loss import LinearModelLoss

    loss = LinearModelLoss(HalfBinomialLoss(), fit_intercept=False)
    return lambda: loss.gradient(theta, X, y)


def jax_grad(theta: Any, X: Any, y: Any) -> Run:
    """`jax.jit(jax.grad(J))` in float64, on arrays that are on the device already."""
    import jax
    import jax.numpy as jnp

    jax.config.update("jax_enable_x64", True)

    def cost(t: Any, A: Any, b: Any) -> Any:
        z = A @ t
        return jnp.mean(jnp.logaddexp(0, z) - b * z)

    gradient, arrays = jax.jit(jax.grad(cost)), [jnp.asarray(a) for a in (theta, X, y)]
    return lambda: gradient(*arrays).block_until_ready()


def ours(theta: Any, X: Any, y: Any) -> Run:
    """The compiled gradient."""
    gradient = compiled.gradient(catalog.load("logistic"))
    return lambda: gradient(theta, X, y)


PEERS: dict[str, tuple[str, Callable[[Any, Any, Any], Run]]] = {
    "hand-written NumPy": ("numpy", hand_written),
    "hand-written NumPy + expit": ("scipy", hand_written_expit),
    "scikit-learn LinearModelLoss": ("sklearn", scikit_learn),
    "jax.jit(jax.grad)": ("jax", jax_grad),
}


def times(runs: dict[str, Run], repetitions: int, inner: int) -> dict[str, Any]:
    """The time of each in each round, in seconds; in a round they take turns, in a random order."""
    out: dict[str, list[float]] = {name: [] for name in runs}
    rng = np.random.default_rng(1)
    for _ in range(repetitions):
        for name in rng.permutation(list(runs)):  # who comes after whom decides what is in the cache
            run = runs[name]
            start = time.perf_counter()
            for _ in range(inner):
                run()
            out[name].append((time.perf_counter() - start) / inner)
    return {name: np.array(t) for name, t in out.items()}


def speed(quick: bool) -> list[dict[str, Any]]:
    """A row for each size: our best time, and the median over the rounds of our time / the peer's time."""
    rows = []
    for m, n, repetitions, inner in SIZES[: 2 if quick else 3]:
        data = problem(m, n)
        runs = {"derive": ours(*data)}
        runs |= {name: f(*data) for name, (module, f) in PEERS.items() if importlib.util.find_spec(module)}
        want = runs["hand-written NumPy"]()
        for name, run in runs.items():
            np.testing.assert_allclose(np.asarray(run()), want, rtol=1e-6, atol=1e-9, err_msg=name)
        took = times(runs, repetitions // (4 if quick else 1), inner)
        own = took.pop("derive")
        ratios = {name: float(np.median(own / t)) for name, t in took.items()}
        rows.append({"m": m, "n": n, "ms": float(own.min()) * 1e3, "ratio": ratios})
    return rows


def memory() -> list[dict[str, Any]]:
    """Peak of the arrays that one call makes, against m."""
    rows = []
    for m in (10_000, 100_000, 1_000_000):
        theta, X, y = problem(m, 50)
        row: dict[str, Any] = {"m": m, "n": 50, "data": X.nbytes}
        for name, run in (("derive", ours(theta, X, y)), ("hand-written NumPy", hand_written(theta, X, y))):
            run()
            tracemalloc.start()
            run()
            row[name] = tracemalloc.get_traced_memory()[1]
            tracemalloc.stop()
        rows.append(row)
    return rows


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true", help="two sizes, few repetitions")
    parser.add_argument("--json", metavar="FILE", help="write the numbers, too")
    options = parser.parse_args()
    missing = [name for name, (module, _) in PEERS.items() if not importlib.util.find_spec(module)]
    if missing:
        print(f"not installed, so left out: {', '.join(missing)}")
    print("time of derive's gradient / time of the peer's (less than 1: derive is faster)")
    rows = speed(options.quick)
    for row in rows:
        print(f"  {row['m']:>9,} × {row['n']:<3} {row['ms']:9.3f} ms")
        for name, ratio in row["ratio"].items():
            print(f"      {ratio:5.2f} × {name}")
    print("peak memory of one call in kB (X itself in brackets)")
    used = memory()
    for row in used:
        own, other, data = (row[key] / 1e3 for key in ("derive", "hand-written NumPy", "data"))
        print(f"  {row['m']:>9,} × {row['n']:<3} derive {own:9,.0f}   hand-written {other:9,.0f}   ({data:,.0f})")
    if options.json:
        with open(options.json, "w", encoding="utf-8") as file:
            json.dump({"speed": rows, "memory": used}, file, indent=1)


if __name__ == "__main__":
    main()
