"""Fits of generated data on which fits go wrong, and an independent judge of each answer.

    python benchmarks/fit_stress.py [--sets 200] [--first 0]

Each data set is one of: plain, separable, nearly separable, collinear, a constant column beside the bias, one row,
fewer rows than columns, columns of sizes from 1e-8 to 1e8, columns far from 0, all labels alike, tiny and huge scales.
Each is fitted with several losses, by Newton's method and by gradient descent, from a far start, too. The judge uses
none of the package: the gradient of the loss, written here by hand, in extended precision, and linear programs of SciPy
that decide whether there is a finite minimum.
"""

from __future__ import annotations

import argparse
import time
import warnings
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy.optimize import linprog

from derive.errors import DeriveError
from derive.fit import Fit, fit

KINDS = (
    "plain", "separable", "quasi-separable", "collinear", "constant column", "one row", "m < n", "scales", "offsets",
    "one label", "tiny", "huge",
)  # fmt: skip
LOSSES = ("linear", "logistic", "poisson", "huber", "absolute")
_CONDITION = 1e-6  # of the gradient, beside what is added up in it


@dataclass(frozen=True)
class Case:
    """A data set, a loss, and a method."""

    seed: int
    kind: str
    loss: str
    method: str
    far: bool
    X: Any
    y: Any

    def __str__(self) -> str:
        return f"{self.seed} {self.kind}, {self.loss}, {self.method}{', far start' if self.far else ''}"


def table(kind: str, rng: Any) -> Any:
    """X, its first column 1."""
    m, n = int(rng.integers(8, 60)), int(rng.integers(2, 5))
    m, n = {"one row": (1, n), "m < n": (n - 1, n)}.get(kind, (m, n))
    X = np.column_stack([np.ones(m), rng.normal(size=(m, n - 1))])
    if kind == "collinear":
        X = np.column_stack([X, X[:, 1] * 2 - 3])
    if kind == "constant column":
        X = np.column_stack([X, np.full(m, 4.5)])
    size = {"scales": 10.0 ** rng.uniform(-8, 8, n - 1), "tiny": 1e-200, "huge": 1e200}.get(kind, 1.0)
    X[:, 1:n] *= size
    if kind == "offsets":
        X[:, 1:n] += 10.0 ** rng.uniform(0, 7, n - 1)
    return X


def targets(kind: str, loss: str, X: Any, rng: Any) -> Any:
    """Targets that the loss is defined for, made by a model of its kind."""
    spread = X[:, 1:] - X[:, 1:].mean(axis=0)
    size = np.abs(spread).max(axis=0, initial=0)
    z = (spread / np.where(size > 0, size, 1)).sum(axis=1) + 0.3 * rng.normal(size=len(X))
    if loss == "logistic":
        return _labels(kind, X, z, rng)
    if loss == "poisson":
        return rng.poisson(np.exp(z)).astype(float) * (kind != "one label")
    return 3 * z + rng.standard_t(3, size=len(X))


def _labels(kind: str, X: Any, z: Any, rng: Any) -> Any:
    if kind == "one label":
        return np.ones(len(X))
    if kind in {"separable", "quasi-separable"}:
        x = X[:, 1]
        y = (x > np.median(x)).astype(float)
        if kind == "quasi-separable":  # two rows that are alike but for their labels, on the border
            border = np.sort(np.flatnonzero(np.argsort(np.argsort(x)) == len(x) // 2))
            X[border - 1 if border[0] else border + 1] = X[border]
            y = (X[:, 1] > X[border[0], 1]).astype(float)
            y[border] = 1 - y[border]
        return y
    return (rng.random(len(X)) < 1 / (1 + np.exp(-2 * z))).astype(float)


def cases(first: int, count: int) -> Iterator[Case]:
    """Every data set with every loss, by both methods; every third from a far start."""
    for seed in range(first, first + count):
        kind = KINDS[seed % len(KINDS)]
        for k, loss in enumerate(LOSSES):
            rng = np.random.default_rng([seed, k])
            X = table(kind, rng)
            y = targets(kind, loss, X, rng)
            for method in ("newton", "gradient-descent"):
                if loss != "absolute" or method == "newton":
                    yield Case(seed, kind, loss, method, seed % 3 == 2 and loss != "absolute", X, y)


def run(case: Case) -> tuple[str, str]:
    """What came out, and what is wrong with it ("" where nothing is)."""
    options: dict[str, Any] = {"steps": 5000} if case.method != "newton" else {}
    if case.far:
        size = np.abs(case.X).max(axis=0)
        options["start"] = 20 / size * np.where(np.arange(len(size)) % 2, 1, -1)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        try:
            found = fit(case.loss, case.X, case.y, method=case.method, **options)
        except DeriveError as error:
            return f"said: {str(error).split(':')[0][:60]}", _refusal(case, str(error))
        except Exception as error:  # noqa: BLE001 - whatever escapes is a finding
            return "crash", f"{type(error).__name__}: {error}"
    return found.status, judge(case, found)


def _refusal(case: Case, message: str) -> str:
    """A refusal for dependent columns has to be true."""
    if "columns" in message or "column" in message:
        size = np.abs(case.X).max(axis=0)
        X = case.X / np.where(size > 0, size, 1)
        X = np.column_stack([X[:, :1], X[:, 1:] - X[:, 1:].mean(axis=0)])
        norm = np.linalg.norm(X, axis=0)
        rank = np.linalg.matrix_rank(X / np.where(norm > 0, norm, 1), tol=1e-6)
        return "" if rank < X.shape[1] else "refused, but the columns are independent"
    return ""


def judge(case: Case, found: Fit) -> str:
    """What is wrong with an answer, "" where nothing is."""
    if case.loss == "absolute":
        best = _least_absolute(case.X, case.y)
        return "" if found.ok and abs(found.cost * len(case.y) - best) <= 1e-7 * (1 + best) else "not the minimum"
    if found.status == "no finite minimum":
        return _check_direction(case, np.asarray(found.direction))
    if found.status == "converged":
        if _diverges(case):
            return "converged, but there is no finite minimum"
        ratio = gradient(case, found.coefficients)
        return "" if ratio <= _CONDITION else f"converged, but the gradient is {ratio:.1g}"
    return ""


def gradient(case: Case, theta: Any) -> float:
    """Its largest entry, beside what is added up in it, in extended precision; columns are centred."""
    X = case.X.astype(np.longdouble)
    z, y = X @ theta.astype(np.longdouble), case.y
    slope = {
        "linear": lambda: z - y,
        "logistic": lambda: 1 / (1 + np.exp(-z)) - y,
        "poisson": lambda: np.exp(z) - y,
        "huber": lambda: np.clip(z - y, -1, 1),
    }[case.loss]()
    X[:, 1:] -= X[:, 1:].mean(axis=0)
    scale = np.sqrt((X**2).mean(axis=0))
    typical = np.sqrt(np.mean(y.astype(float) ** 2)) if case.loss != "logistic" else 0.5
    return float(np.abs((X / scale).T @ slope / len(y)).max() / (typical or 1))


def _signed(case: Case) -> tuple[Any, Any]:
    """Rows that must not move up, and rows that must not move at all, in a direction in which the cost falls."""
    size = np.abs(case.X).max(axis=0)
    X = case.X / np.where(size > 0, size, 1)
    X = np.column_stack([X[:, :1], X[:, 1:] - X[:, 1:].mean(axis=0)])
    X = X / np.abs(X).max(axis=0)
    if case.loss == "logistic":
        return X * np.where(case.y == 1, -1, 1)[:, None], X[:0]
    return X[case.y == 0], X[case.y > 0]


def _diverges(case: Case) -> bool:
    """Is there a direction in which the cost falls for ever? A linear program finds one."""
    if case.loss not in {"logistic", "poisson"}:
        return False
    down, level = _signed(case)
    if not len(down):
        return False
    answer = linprog(
        down.sum(axis=0),
        A_ub=down,
        b_ub=np.zeros(len(down)),
        A_eq=level if len(level) else None,
        b_eq=np.zeros(len(level)) if len(level) else None,
        bounds=[(-1, 1)] * down.shape[1],
    )
    return bool(answer.status == 0 and answer.fun < -1e-6)


def _check_direction(case: Case, d: Any) -> str:
    """No row may get worse along it, and some has to get better."""
    if case.loss not in {"logistic", "poisson"}:
        return "a loss with a minimum has none"
    moves = case.X.astype(np.longdouble) @ d.astype(np.longdouble)
    # what cancels in Xd is rounding
    rounding = 1e-8 * (np.abs(case.X) @ np.abs(d))
    wanted = np.where(case.y == 1, 1, -1) if case.loss == "logistic" else -np.ones(len(case.y))
    good = moves * wanted >= -rounding
    if case.loss == "poisson":
        good &= (case.y == 0) | (np.abs(moves) <= rounding)
    return "" if good.all() and (np.abs(moves) > rounding).any() else "the direction does not separate"


def _least_absolute(X: Any, y: Any) -> float:
    """The smallest sum of absolute residuals, by a linear program of SciPy."""
    m, n = X.shape
    size = np.abs(X).max(axis=0)
    A = np.column_stack([X[:, :1], (X[:, 1:] - X[:, 1:].mean(axis=0))])
    A = A / np.where(np.abs(A).max(axis=0) > 0, np.abs(A).max(axis=0), size)
    answer = linprog(
        np.r_[np.zeros(n), np.ones(2 * m)],
        A_eq=np.column_stack([A, np.eye(m), -np.eye(m)]),
        b_eq=y,
        bounds=[(None, None)] * n + [(0, None)] * (2 * m),
    )
    return float(answer.fun)


def main() -> None:
    """Run them, print a table, and fail if an answer is wrong."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sets", type=int, default=200)
    parser.add_argument("--first", type=int, default=0)
    said = parser.parse_args()
    counts: Counter[tuple[str, str, str]] = Counter()
    wrong, slowest, total = [], (0.0, ""), 0
    for case in cases(said.first, said.sets):
        start = time.process_time()
        status, error = run(case)
        slowest = max(slowest, (time.process_time() - start, str(case)))
        counts[case.kind, case.loss, status] += 1
        total += 1
        if error:
            wrong.append(f"{case}: {error}")
    for key, number in sorted(counts.items()):
        print(f"{number:5}  {', '.join(key)}")
    print(f"{total} fits of {said.sets} data sets, slowest {slowest[0]:.1f} s ({slowest[1]}), wrong: {len(wrong)}")
    raise SystemExit("\n".join(wrong) if wrong else 0)


if __name__ == "__main__":
    main()
