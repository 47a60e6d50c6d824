"""Fits: right, or a clear reason; never a crash, a warning or a number that is none."""

from __future__ import annotations

import importlib.util
import json
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import pytest
from click.testing import CliRunner
from scipy.optimize import linprog

from derive import catalog
from derive.cli import main
from derive.errors import DataError, DeriveError, UnknownError
from derive.fit import Fit, fit
from derive.render import fit as render
from tests.shared import examples

_ROOT = Path(__file__).parent.parent
_LINE = [[1, 1], [1, 2], [1, 3], [1, 4]]
_STACK = _ROOT / "tests" / "test_fit_references.py"


def _module(path: Path) -> ModuleType:
    import sys

    spec = importlib.util.spec_from_file_location(path.stem, path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[path.stem] = module
    spec.loader.exec_module(module)
    return module


def test_generated_data() -> None:
    """Generated data on which fits go wrong: each answer stands before a judge that uses none of the package."""
    stress = _module(_ROOT / "benchmarks" / "fit_stress.py")
    answers = [(str(case), stress.run(case)) for case in stress.cases(300, examples(20, 5))]
    assert len(answers) == 9 * examples(20, 5)
    assert not [(name, wrong) for name, (_, wrong) in answers if wrong]
    assert {"converged", "no finite minimum"} <= {status for _, (status, _) in answers}


def test_the_judge_sees_what_is_wrong() -> None:
    """A fit that is called converged on separable data, or one that is not at the minimum, is found out."""
    stress = _module(_ROOT / "benchmarks" / "fit_stress.py")
    case = stress.Case(0, "separable", "logistic", "newton", False, np.array(_LINE, float), np.array([0.0, 0, 1, 1]))
    found = fit("logistic", _LINE, [0, 1, 0, 1])
    assert stress.judge(case, found) == "converged, but there is no finite minimum"
    other = stress.Case(0, "plain", "logistic", "newton", False, np.array(_LINE, float), np.array([1.0, 1, 0, 1]))
    assert "gradient" in stress.judge(other, found)


@pytest.mark.parametrize("method", ["newton", "gradient-descent"])
@pytest.mark.parametrize(
    ("x", "y"),
    [([1, 2, 3, 4], [0, 0, 1, 1]), ([1, 2, 2, 3], [0, 0, 1, 1]), ([1, 2, 3, 4], [1, 1, 1, 1])],
)
def test_no_finite_minimum(method: str, x: Any, y: Any) -> None:
    """Separable and quasi-separable labels: no success is reported, and the direction does separate."""
    X = np.column_stack([np.ones(4), x])
    found = fit("logistic", X, y, method=method)
    assert found.status == "no finite minimum"
    assert found.direction is not None
    assert found.standard_errors is None
    moves = X @ np.array(found.direction) * (2 * np.array(y) - 1)
    assert (moves >= -1e-9).all()
    assert moves.max() > 0.1
    with pytest.raises(UnknownError, match="no finite minimum"):
        found.raise_for_status()


@pytest.mark.parametrize(
    ("X", "y", "message"),
    [
        ([[1, 2, 4], [1, 3, 6], [1, 5, 10], [1, 6, 12]], [0, 1, 0, 1], "linearly dependent.*= 0"),
        ([[1, 5], [1, 5], [1, 5]], [0, 1, 0], "constant, like"),
        ([[1, 0], [1, 0], [1, 0]], [0, 1, 0], "zero in every row"),
        ([[1, 2, 3], [1, 3, 7]], [0, 1], "2 rows for 3 columns"),
        ([[1, 2]], [1], "1 row for 2 columns"),
        (_LINE, [0, 1, 2, 1], r"y\[2\] is 2.0"),
        (_LINE, [0, 1, np.nan, 1], r"y\[2\] is nan"),
        (_LINE, [0, 1, 1], "y has shape"),
        ([[1, np.nan], [1, 2], [1, 3]], [0, 1, 0], "row 1, column x1: nan"),
        ([1, 2, 3], [0, 1, 0], "the shape"),
        ([["a", "b"]], [0], "numbers are needed"),
        ([[1, 2], [3]], [0, 1], "not a table"),
    ],
)
def test_what_cannot_be_fitted(X: Any, y: Any, message: str) -> None:
    """Data that have no answer are refused, with the column, the row or the number."""
    with pytest.raises(DataError, match=message):
        fit("logistic", X, y)


def test_other_bad_input() -> None:
    """Weights, starts, methods, parameters, names and penalties that make no sense are errors."""
    wrong: list[dict[str, Any]] = [
        {"sample_weight": [1, 1, -1, 1]}, {"sample_weight": [0, 0, 0, 0]}, {"start": [1]}, {"start": ["a", "b"]},
        {"start": [np.inf, 0]}, {"method": "magic"}, {"delta": 2}, {"names": ("a",)}, {"penalty": 1.0},
    ]  # fmt: skip
    for options in wrong:
        with pytest.raises(DeriveError):
            fit("logistic", _LINE, [0, 1, 0, 1], **options)
    with pytest.raises(DataError, match="largest target"):
        fit("linear", _LINE, [1e300, 0, 0, 1])


@pytest.mark.parametrize("method", ["newton", "gradient-descent"])
def test_condition(method: str) -> None:
    """Columns of sizes 1e-6 and 1e6, and an offset of 1e6: the coefficients are those of ordinary columns."""
    rng = np.random.default_rng(5)
    Z = rng.normal(size=(80, 2))
    y = (rng.random(80) < 1 / (1 + np.exp(-Z @ [1, -1]))).astype(float)
    plain = fit("logistic", np.column_stack([np.ones(80), Z]), y).coefficients
    moved = fit("logistic", np.column_stack([np.ones(80), Z[:, 0] * 1e-6, Z[:, 1] * 1e6 + 1e8]), y, method=method)
    assert moved.ok
    assert np.allclose(moved.coefficients[1:] * [1e-6, 1e6], plain[1:], rtol=1e-7)


@pytest.mark.parametrize("size", [1e-300, 1e-100, 1e100, 1e300])
def test_scales(size: float) -> None:
    """Columns of any size that float64 has."""
    found = fit("logistic", np.array(_LINE) * [1, size], [0, 1, 0, 1])
    assert found.ok
    assert np.isclose(found.coefficients[1] * size, fit("logistic", _LINE, [0, 1, 0, 1]).coefficients[1])
    assert found.standard_errors is not None
    assert np.isfinite(found.standard_errors).all()


@pytest.mark.parametrize("name", sorted(catalog.names()))
def test_every_loss(name: str) -> None:
    """Each loss of the catalog is fitted, and no nearby coefficients have a smaller cost."""
    loss = catalog.load(name)
    rng = np.random.default_rng(3)
    X = np.column_stack([np.ones(40), rng.uniform(0.5, 1.5, 40)])
    y = _targets(loss, X[:, 1] + 0.2 * rng.normal(size=40), rng)
    found = fit(loss, X, y)
    assert found.status == "converged", found.why
    near = [fit_cost(found, X, y, found.coefficients + d) for d in 1e-3 * rng.normal(size=(20, 2))]
    assert found.cost <= min(near) + 1e-12
    assert np.isclose(found.cost, fit_cost(found, X, y, found.coefficients))


def _targets(loss: Any, z: Any, rng: Any) -> Any:
    r = loss.interval_y_true
    if r.values is not None:
        low, high = (float(v) for v in sorted(r.values))
        return np.where(rng.random(len(z)) < 0.5, low, high)
    if r.upper is not None:
        return rng.uniform(0.1, 0.9, len(z))
    return np.exp(z) if r.lower is not None else z


def fit_cost(found: Fit, X: Any, y: Any, theta: Any) -> float:
    """J, by the compiled function alone."""
    from derive import compiled

    return float(compiled.cost(catalog.load(found.loss))(theta, X, y))


def test_stack_loss_absolute() -> None:
    """Least absolute residuals of the stack loss data: the published vertex, to nine digits."""
    stack = _module(_STACK)
    found = fit("absolute", stack.with_bias(*stack.STACK[:, :3].T), stack.STACK[:, 3])
    assert found.ok
    assert found.unique
    assert found.method == "interior-point"
    assert np.allclose(found.coefficients, (-39.689855072, 0.831884058, 0.573913043, -0.060869565), atol=1e-9, rtol=0)
    assert np.isclose(found.cost * 21, 42.081159420, rtol=1e-10)


@pytest.mark.parametrize("seed", range(8))
def test_quantiles_and_hinge(seed: int) -> None:
    """Quantile and hinge against a linear program of SciPy, with ties and weights."""
    rng = np.random.default_rng(seed)
    X = np.column_stack([np.ones(30), rng.integers(-3, 4, size=(30, 2))])
    y, w, q = rng.integers(-4, 5, 30).astype(float), rng.integers(1, 4, 30).astype(float), rng.uniform(0.05, 0.95)
    found = fit("quantile", X, y, sample_weight=w, q=q)
    free, eye, up = [(None, None)] * 3, np.eye(30), (0, None)
    best = linprog(np.r_[np.zeros(3), w * q, w * (1 - q)], A_eq=np.c_[X, eye, -eye], b_eq=y, bounds=free + [up] * 60)
    assert found.ok
    assert np.isclose(found.cost * 30, best.fun, rtol=1e-9, atol=1e-9)
    s = np.where(y + rng.normal(size=30) > 0, 1.0, -1.0)
    found = fit("hinge", X, s)
    rows = np.c_[-s[:, None] * X, -eye]
    best = linprog(np.r_[np.zeros(3), np.ones(30)], A_ub=rows, b_ub=-np.ones(30), bounds=free + [up] * 30)
    assert found.ok
    assert np.isclose(found.cost * 30, best.fun, rtol=1e-9, atol=1e-9)


def test_many_minima() -> None:
    """The median of two numbers is anything between them: that is said."""
    found = fit("absolute", [[1], [1]], [0, 1])
    assert found.ok
    assert not found.unique
    assert found.cost == pytest.approx(0.5)
    assert "other coefficients" in found.why
    assert json.loads(found.to_json())["unique"] is False
    assert "one of" in render.text(found)
    assert "| x0 |" in render.markdown(found)
    with pytest.raises(DeriveError, match="straight lines"):
        fit("absolute", [[1], [1]], [0, 1], method="gradient-descent")


def test_interrupted() -> None:
    """Ctrl-C keeps the best so far."""

    def interrupt(text: str) -> None:
        if text.startswith("step 2"):
            raise KeyboardInterrupt

    X = np.column_stack([np.ones(60), np.random.default_rng(0).normal(size=60) * 3])
    found = fit("poisson", X, np.arange(60) % 7, start=[4, 1], progress=interrupt)
    assert found.status == "interrupted"
    assert found.steps == 2
    assert "best so far" in found.why
    assert found.cost < fit_cost(found, X, np.arange(60.0) % 7, np.array([4.0, 1.0]))


def test_saved_and_read(tmp_path: Path) -> None:
    """A saved fit comes back to the last bit; a damaged file is an error with its name."""
    found = fit("logistic", _LINE, [0, 1, 0, 1], names=("bias", "dose_mg"))
    found.save(tmp_path / "fit.json")
    again = Fit.read(tmp_path / "fit.json")
    assert again.to_json() == found.to_json()
    assert again.predict([[1, 2]]) == found.predict([[1, 2]])
    text = found.to_json()
    for damaged in (
        "",
        "[]",
        "{}",
        text[:-20],
        text.replace("derive fit 1", "derive fit 9"),
        '{"format": "derive fit 1"}',
    ):
        (tmp_path / "bad.json").write_text(damaged)
        with pytest.raises(DataError, match=r"bad\.json"):
            Fit.read(tmp_path / "bad.json")
    with pytest.raises(DataError, match="cannot read"):
        Fit.read(tmp_path / "missing.json")


def test_latex() -> None:
    """The coefficients stand beside the update rule, with the gradient that was derived."""
    names = ("bias", "dose_mg")
    text = fit("logistic", _LINE, [0, 1, 0, 1], names=names).latex()
    assert r"\leftarrow \theta - \left(\nabla^2 J\right)^{-1} \nabla J" in text
    assert r"\text{dose\_mg}" in text
    assert r"\theta_{1} &=" in text
    assert text.count("{") == text.count("}")
    assert r"\alpha" in fit("logistic", _LINE, [0, 1, 0, 1], method="gradient-descent").latex()


def test_command(tmp_path: Path) -> None:
    """`derive fit`: a table, a file, and exit codes that tell the answers apart."""
    data = tmp_path / "d.csv"
    data.write_text("x,y\n1,0\n2,1\n3,0\n4,1\n")
    run = CliRunner().invoke(main, ["fit", "logistic", str(data), "--target", "y", "--save", str(tmp_path / "f.json")])
    assert run.exit_code == 0
    assert "converged" in run.output
    assert Fit.read(tmp_path / "f.json").ok
    run = CliRunner().invoke(main, ["fit", "logistic", str(data), "--target", "y", "--format", "latex"])
    assert run.exit_code == 0
    assert run.output.startswith(r"\begin{aligned}")
    run = CliRunner().invoke(main, ["fit", "logistic", str(data), "--target", "y", "--format", "json"])
    assert json.loads(run.output)["status"] == "converged"
    data.write_text("x,y\n1,0\n2,0\n3,1\n4,1\n")
    run = CliRunner().invoke(main, ["fit", "logistic", str(data), "--target", "y"])
    assert run.exit_code == 1
    assert "no finite minimum" in run.output
    run = CliRunner().invoke(main, ["fit", "logistic", str(data), "--target", "z"])
    assert run.exit_code == 2


@pytest.mark.parametrize(
    "loss", ["logistic", "logistic-signed", "exponential", "probit", "cloglog", "logistic-pos-weight", "focal"]
)
@pytest.mark.parametrize("method", ["newton", "gradient-descent"])
def test_separable_data_has_no_minimum_for_any_such_loss(loss: str, method: str) -> None:
    """Also where the derivation has the sign in front of the sum, and where the tail is too small for a number."""
    signed = loss in ("logistic-signed", "exponential")
    y = np.array([-1 if signed else 0] * 2 + [1] * 2, float)
    found = fit(loss, [[1, 1], [1, 2], [1, 3], [1, 4]], y, method=method)
    assert found.status == "no finite minimum"
    assert found.direction[1] > 0


@pytest.mark.parametrize("loss", ["hinge", "squared-hinge", "logistic-smoothed"])
def test_separable_data_with_a_minimum(loss: str) -> None:
    """A loss that is 0 beyond a margin, or whose labels are smoothed, has one."""
    y = [0, 0, 1, 1] if loss == "logistic-smoothed" else [-1, -1, 1, 1]
    assert fit(loss, [[1, 1], [1, 2], [1, 3], [1, 4]], y).ok


def test_the_best_constant_has_the_sign_of_the_derivative() -> None:
    """The start of `logistic-signed` and of `exponential` is the log odds, or half of them."""
    from derive import catalog
    from derive.fit.problem import Problem

    X, y = np.ones((4, 1)), np.array([-1.0, 1, 1, 1])
    for loss, wanted in (("logistic-signed", np.log(3)), ("exponential", np.log(3) / 2)):
        problem = Problem.read(catalog.load(loss), X, y, None, 0.0, None, {})
        assert problem.constant == pytest.approx(wanted, abs=1e-9)


def test_a_column_of_the_smallest_numbers() -> None:
    """No warning escapes where a coefficient is beyond all numbers."""
    found = fit("logistic", [[1, 5e-324], [1, 1e-323], [1, 0], [1, 2e-323]], [1, 0, 1, 0])
    assert found.status in ("no finite minimum", "converged", "not converged")
