"""Seeded bugs and right gradients, checked side by side: `python benchmarks/checkers.py`.

Each case is a loss of one prediction z and a gradient, as formulas that NumPy evaluates as they stand. The peers get
the sum of the loss over 24 predictions and its gradient, as a user would give them, at the points of the case: for bugs
these are ordinary ones, for right gradients they are where numbers are hard. `derive.check` gets the formulas and the
ranges of the variables, and no points. A bug is caught if the gradient is rejected; a right gradient that is rejected
is a false alarm. A peer that is not installed is left out, and said to be.
"""

from __future__ import annotations

import argparse
import json
import statistics
import time
import warnings
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import numpy as np

DATA = Path(__file__).parent / "data" / "checkers.json"
_ROWS = 24
_NAMES = ("exp", "log", "log1p", "sqrt", "abs", "sign", "sin", "cos", "tanh", "cosh", "where", "clip")
_NUMPY = {name: getattr(np, name) for name in (*_NAMES, "maximum", "minimum", "logaddexp")}
Accepts = Callable[["Case"], bool]


class Case:
    """A loss and a gradient as functions of the predictions, and the points at which a user looks."""

    def __init__(self, row: Mapping[str, Any]) -> None:
        rng = np.random.default_rng(sum(map(ord, row["name"])))
        self.row = row
        self.z = rng.uniform(row["range"][0], row["range"][1], _ROWS)
        self.fixed = {name: rng.choice(np.array(v, float), _ROWS) for name, v in row["values"].items()}
        self._loss, self._gradient = (compile(row[side], row["name"], "eval") for side in ("loss", "gradient"))

    def loss(self, z: Any) -> float:
        """The sum over the rows."""
        return float(np.sum(self._at(self._loss, z)))

    def gradient(self, z: Any) -> Any:
        """One number for each row."""
        return np.broadcast_to(self._at(self._gradient, z), (_ROWS,)).astype(float)

    def _at(self, code: Any, z: Any) -> Any:
        with np.errstate(all="ignore"):
            return eval(code, {"__builtins__": {}}, {**_NUMPY, **self.fixed, "z": np.asarray(z, float)})


def by_derive(case: Case) -> bool:
    """Not refuted; what is undecided is counted apart."""
    import derive

    row = case.row
    report = derive.check(row["loss"], row["gradient"], wrt="z", domain=row["domain"], dtypes=())
    if report.status == "unknown":
        raise LookupError(report.gradient.reason if report.gradient is not None else "")
    return report.status == "proved"


def by_torch(case: Case) -> bool:
    """`torch.autograd.gradcheck` of a function with this backward pass, in float64, as it is by default."""
    import torch

    class Loss(torch.autograd.Function):
        @staticmethod
        def forward(ctx: Any, z: Any) -> Any:
            ctx.save_for_backward(z)
            return torch.tensor(case.loss(z.detach().numpy()), dtype=torch.float64)

        @staticmethod
        def backward(ctx: Any, upstream: Any) -> Any:
            (z,) = ctx.saved_tensors
            return upstream * torch.tensor(case.gradient(z.detach().numpy()))

    z = torch.tensor(case.z, dtype=torch.float64, requires_grad=True)
    return bool(torch.autograd.gradcheck(Loss.apply, (z,), raise_exception=False))


def by_jax(case: Case) -> bool:
    """`jax.test_util.check_grads` of a `custom_vjp`, reverse mode, in float64."""
    import jax

    jax.config.update("jax_enable_x64", True)
    from jax.test_util import check_grads

    scalar, vector = jax.ShapeDtypeStruct((), np.float64), jax.ShapeDtypeStruct((_ROWS,), np.float64)

    @jax.custom_vjp
    def loss(z: Any) -> Any:
        return jax.pure_callback(lambda x: np.asarray(case.loss(x)), scalar, z)

    def backward(z: Any, upstream: Any) -> tuple[Any]:
        return (upstream * jax.pure_callback(case.gradient, vector, z),)

    loss.defvjp(lambda z: (loss(z), z), backward)
    try:
        check_grads(loss, (case.z,), order=1, modes=["rev"])
    except AssertionError:
        return False
    return True


def by_scipy(case: Case) -> bool:
    """`scipy.optimize.check_grad`, whose error is compared with 1e-6 of the gradient, or of 1."""
    from scipy.optimize import check_grad

    error = check_grad(case.loss, case.gradient, case.z)
    return bool(error <= 1e-6 * max(1.0, float(np.linalg.norm(case.gradient(case.z)))))


def by_numdifftools(case: Case) -> bool:
    """`numdifftools.Gradient`, compared with a relative tolerance of 1e-6 and an absolute one of 1e-8."""
    import numdifftools

    return bool(np.allclose(numdifftools.Gradient(case.loss)(case.z), case.gradient(case.z), rtol=1e-6, atol=1e-8))


CHECKERS: dict[str, Accepts] = {
    "derive.check": by_derive,
    "torch.autograd.gradcheck": by_torch,
    "jax.test_util.check_grads": by_jax,
    "scipy.optimize.check_grad": by_scipy,
    "numdifftools": by_numdifftools,
}


def judge(accepts: Accepts, rows: list[dict[str, Any]]) -> tuple[list[str], list[str], list[float]]:
    """The names of the cases that are rejected, those without an answer, and the times in milliseconds."""
    rejected, unknown, times = [], [], []
    for row in rows:
        case, start = Case(row), time.perf_counter()
        try:
            if not accepts(case):
                rejected.append(row["name"])
        except LookupError:
            unknown.append(row["name"])
        times.append(1e3 * (time.perf_counter() - start))
    return rejected, unknown, times


def main() -> None:
    """Every checker on every case; the table is Markdown."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--names", action="store_true", help="which bugs were missed, and which alarms were false")
    names = parser.parse_args().names
    warnings.simplefilter("ignore")
    data = json.loads(DATA.read_text("utf-8"))
    bugs, right = data["bugs"], data["right"]
    print(f"| checker | caught of {len(bugs)} | false alarms of {len(right)} | undecided | median ms |")
    print("|---|---|---|---|---|")
    for name, accepts in CHECKERS.items():
        try:
            judge(accepts, right[:1])  # what is loaded and compiled at the first call
        except ImportError as missing:
            print(f"| {name} | not installed ({missing.name}) | | | |")
            continue
        caught, open_bugs, times = judge(accepts, bugs)
        alarms, open_right, more = judge(accepts, right)
        median = statistics.median([*times, *more])
        print(f"| {name} | {len(caught)} | {len(alarms)} | {len(open_bugs) + len(open_right)} | {median:.1f} |")
        if names:
            missed = [row["name"] for row in bugs if row["name"] not in caught]
            print(f"  missed: {missed}\n  false alarms: {alarms}\n  undecided: {open_bugs + open_right}")


if __name__ == "__main__":
    main()
