"""A second opinion on what a term means: plain NumPy at one point, written without a look at the package's own code."""

from __future__ import annotations

import gc
import json
import math
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable, Mapping
from typing import Any

import mpmath
import numpy as np
import pytest

from derive import worker
from derive.suite import inside, runner
from derive.suite.item import Item
from derive.terms.term import Term

collect_ignore = ["data"]  # code as people write it: what reads it imports it
Values = Mapping[str, Any]
os.environ["DERIVE_CACHE"] = "off"  # a test that wants a cache names its folder
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # of workers, which inherit it: they share the cores
_PLAIN: dict[str, Callable[..., Any]] = {
    "add": lambda *a: sum(a),
    "mul": lambda *a: math.prod(a),
    "pow": lambda a, b: a**b,
    "exp": np.exp,
    "log": np.log,
    "tanh": np.tanh,
    "sigmoid": lambda z: 1 / (1 + np.exp(-z)),
    "delta": lambda a, b: float(a == b),
    "transpose": lambda a: a.T,
    "matmul": lambda *a: np.linalg.multi_dot(a) if len(a) > 1 else a[0],
    "matadd": lambda *a: sum(a),
    "scale": lambda c, a: c * a,
    "diag": lambda a: np.diag(a[:, 0]),
    "entry": lambda a, i, j: a[int(i), int(j)],
    "cosh": np.cosh,
    "sinh": np.sinh,
    "abs": abs,
    "pi": lambda: math.pi,
    "normcdf": lambda z: math.erfc(-z / math.sqrt(2)) / 2,
    "normpdf": lambda z: math.exp(-z * z / 2) / math.sqrt(2 * math.pi),
    "loggamma": math.lgamma,
    "polygamma": lambda k, x: float(mpmath.polygamma(int(k), x)),
    "lt": lambda a, b: a < b,
    "le": lambda a, b: a <= b,
    "true": lambda: True,
}


def evaluate(t: Term, values: Values) -> Any:
    """The number (or the matrix) of a term. Vectors are one-dimensional arrays, sizes are numbers."""
    match t.head:
        case "num":
            return float(t.value)
        case "sym":
            return values[t.name]
        case "at":
            return values[t.name][tuple(int(evaluate(i, values)) for i in t.args[1:])]
        case "matrix":
            array = np.asarray(values[t.name], dtype=float)
            return array.reshape(-1, 1) if array.ndim == 1 else array
        case "sum":
            body, index, first, last = t.args
            inside = range(int(evaluate(first, values)), int(evaluate(last, values)) + 1)
            return sum(evaluate(body, {**values, index.name: i}) for i in inside)
        case "map":
            body, argument, inner = t.args
            function = np.vectorize(lambda x: evaluate(body, {**values, argument.name: x}), otypes=[float])
            return function(evaluate(inner, values))
        case "entries":
            body, row, column, rows, columns = t.args
            size = int(evaluate(rows, values)), int(evaluate(columns, values))
            return np.array([
                [evaluate(body, {**values, row.name: a, column.name: b}) for b in range(size[1])]
                for a in range(size[0])
            ])
    if t.head == "piecewise":
        pairs = zip(t.args[::2], t.args[1::2], strict=True)
        return evaluate(next(value for value, condition in pairs if evaluate(condition, values)), values)
    return _PLAIN[t.head](*(evaluate(a, values) for a in t.args))


@pytest.fixture(scope="session")
def value_of() -> Callable[[Term, Values], Any]:
    """The independent evaluator."""
    return evaluate


@pytest.fixture(scope="session")
def data() -> dict[str, Any]:
    """Four samples, three parameters, numbers without a pattern."""
    x = np.array([[1, 0.3, -1.2], [1, -0.7, 0.4], [1, 1.9, 0.8], [1, 0.1, -0.5]])
    return {
        "X": x,
        "theta": np.array([0.4, -0.9, 0.6]),
        "y": np.array([0.2, 1.0, 0.0, 0.7]),
        "w": np.array([2.0, 0.5, 1.3, 0.9]),
        "lambda": 0.8,
        "m": 4,
        "n": 3,
    }


@pytest.fixture
def in_process(monkeypatch: pytest.MonkeyPatch) -> None:
    """What asks a worker is answered in this process: another one takes up to a second to begin. Code has a worker."""
    alone = runner.Workers._process

    def process(workers: runner.Workers, item: Item, memory: int) -> Any:
        return alone(workers, item, memory) if item.kind == "objective" else _Here()

    monkeypatch.setattr(runner.Workers, "_process", process)
    monkeypatch.setattr(worker, "run", _answered_here)


def _answered_here(function: str, payload: Any, **_: Any) -> Any:
    """As `derive.worker.run`, JSON both ways included, but for the limits."""
    request = {"function": function, "payload": json.loads(json.dumps(payload)), "memory": worker.MEMORY_MIB}
    answer = json.dumps(worker.serve(request, worker.FUNCTIONS))
    return worker._answer(subprocess.CompletedProcess([], 0, answer, ""), worker.MEMORY_MIB)


class _Here:
    """A worker of `derive check` that is this process, one claim at a time: FLINT has one precision for all threads."""

    printed = ""
    turn = threading.Lock()

    def ask(self, request: dict[str, Any], timeout: float) -> Any:
        """As a process does: what goes in and comes out is JSON."""
        with self.turn:
            asked = json.loads(json.dumps({**request, "memory": worker.MEMORY_MIB}))
            return json.loads(json.dumps(worker.serve(asked, inside.FUNCTIONS)))

    def end(self) -> None:
        """Nothing was started."""


# -- golden outputs are rewritten on request only, and a document that was not compiled is named


def pytest_addoption(parser: pytest.Parser) -> None:
    """`pytest --update-golden` rewrites tests/golden; a plain run never does."""
    parser.addoption("--update-golden", action="store_true", help="rewrite the files in tests/golden")
    parser.addoption("--exhaustive", action="store_true", help="run what is only one more of a kind, too")


def pytest_configure(config: pytest.Config) -> None:
    """Tests that compile a document are marked; workers share what they have proved, in this run.

    A shell starts what it runs in the background with Ctrl-C ignored, and programs inherit that: tests of Ctrl-C want
    it back.
    """
    signal.signal(signal.SIGINT, signal.default_int_handler)
    _compile_once()
    gc.disable()  # until all is imported: nothing of that is garbage
    if "PYTEST_XDIST_WORKER" not in os.environ:
        os.environ["DERIVE_TESTS_SHARED"] = tempfile.mkdtemp(prefix="derive-tests-")
    if config.getoption("exhaustive"):
        os.environ["DERIVE_TESTS_EXHAUSTIVE"] = "yes"
    config.addinivalue_line("markers", "latex: compiles a document, so it needs pdflatex")
    config.addinivalue_line("markers", "exhaustive: one more of a kind, run with --exhaustive")


def _compile_once() -> None:
    """Python keeps what it compiles: tests start hundreds of programs, and each would compile the package anew."""
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    sys.dont_write_bytecode = False


def pytest_collection_finish() -> None:
    """What is there before the first test stays: the search for garbage leaves it out, and is made less often."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(200_000, 20, 50)
    gc.enable()


def pytest_unconfigure() -> None:
    """What was shared goes with the run."""
    if "PYTEST_XDIST_WORKER" not in os.environ:
        shutil.rmtree(os.environ.pop("DERIVE_TESTS_SHARED", ""), ignore_errors=True)


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Without pdflatex, the tests that need it are deselected, and without --exhaustive more of a kind; it is said."""
    if not config.getoption("exhaustive"):
        more = [item for item in items if item.get_closest_marker("exhaustive")]
        config.hook.pytest_deselected(items=more)
        config.stash[MORE_OF_A_KIND] = len(more)
        items[:] = [item for item in items if item not in more]
    if shutil.which("pdflatex") is None:
        left = [item for item in items if item.get_closest_marker("latex")]
        config.hook.pytest_deselected(items=left)
        config.stash[NOT_COMPILED] = len(left)
        items[:] = [item for item in items if item not in left]


NOT_COMPILED, MORE_OF_A_KIND = pytest.StashKey[int](), pytest.StashKey[int]()


def pytest_terminal_summary(terminalreporter: Any, config: pytest.Config) -> None:
    """Say loudly what was not run."""
    count = config.stash.get(NOT_COMPILED, 0)
    if count:
        terminalreporter.write_line(f"pdflatex is not installed: {count} tests that compile a document were NOT run")
