"""The compiled cost, gradient and Hessian: right for every finite z, one pass, clear errors."""

from __future__ import annotations

import subprocess
import sys
import threading
import tracemalloc
from typing import Any

import mpmath as mp
import numpy as np
import pytest
import sympy as sp
from hypothesis import given, settings
from hypothesis import strategies as st
from sympy.matrices.expressions.diagonal import DiagMatrix

from derive import catalog, compiled
from derive import symbols as s
from derive.compiled import from_matrix_form, onepass
from derive.compiled.printer import kernel, stable_form
from derive.compiled.stable import FAST, STABLE
from derive.data import snoring, stack_loss
from derive.errors import DataError, DerivationError
from derive.functions import logit, logsigmoid, sigmoid, softplus
from tests.shared import examples

LOGISTIC, LINEAR = catalog.load("logistic"), catalog.load("linear")
CORNERS = [0.0, 1e-8, 0.3, 1.0, 5.0, 20.0, 37.0, 40.0, 88.0, 100.0, 350.0, 500.0, 700.0, 708.0]
BEYOND = [709.0, 710.0, 745.0, 746.0, 1e20, 1e300, np.finfo(float).max]


def signed(values: list[float]) -> list[float]:
    """Both signs."""
    return [sign * v for v in values for sign in (1.0, -1.0)]


def exact(name: str, z: float, y: float) -> tuple[Any, Any, Any]:
    """ℓ, ℓ′, ℓ″ in 60 digits, written by hand and without cancellation."""
    with mp.workdps(60):
        z, y = mp.mpf(z), mp.mpf(y)
        if name == "linear":
            return (z - y) ** 2 / 2, z - y, mp.mpf(1)
        up, down = 1 / (1 + mp.exp(-z)), 1 / (1 + mp.exp(z))
        plus = [mp.log1p(mp.exp(-abs(v))) + max(v, 0) for v in (z, -z)]
        return (1 - y) * plus[0] + y * plus[1], (1 - y) * up - y * down, up * down


def compiled_at(name: str, z: float, y: float, dtype: Any) -> tuple[float, float, float]:
    """The same by the compiled functions, for one sample."""
    loss = catalog.load(name)
    arguments = (np.array([z], dtype), np.ones((1, 1), dtype), np.array([y], dtype))
    found = (f(loss)(*arguments) for f in (compiled.cost, compiled.gradient, compiled.hessian))
    return tuple(float(np.ravel(v)[0]) for v in found)  # type: ignore[return-value]


@pytest.mark.parametrize("name", ["linear", "logistic"])
@pytest.mark.parametrize("y", [0.0, 1.0, 0.25])
def test_relative_accuracy_at_every_corner(name: str, y: float) -> None:
    """ℓ, ℓ′, ℓ″ have 15 digits at all named corners, in both tails, where the result is a normal number."""
    for z in signed(CORNERS + BEYOND[:-2]):
        for got, want in zip(compiled_at(name, z, y, np.float64), exact(name, z, y), strict=True):
            assert abs(got - want) <= 2e-15 * abs(want) + 1e-322, (z, got, want)


@pytest.mark.parametrize("name", ["linear", "logistic"])
@pytest.mark.parametrize("y", [0.0, 1.0, 0.25])
def test_relative_accuracy_in_single_precision(name: str, y: float) -> None:
    """float32 gives 6 digits at the corners, and its result is float32."""
    for z in signed([v for v in CORNERS if v <= 500] + [1e15]):
        z32 = float(np.float32(z))
        for got, want in zip(compiled_at(name, z32, y, np.float32), exact(name, z32, y), strict=True):
            assert abs(got - want) <= 1e-6 * abs(want) + 1e-44, (z, got, want)


@given(z=st.floats(allow_nan=False, allow_infinity=False), y=st.sampled_from([0.0, 1.0, 0.5]))
def test_no_finite_z_gives_nan_or_a_warning(z: float, y: float) -> None:
    """For any finite z the logistic cost, gradient and Hessian are finite, even where NumPy is told to raise."""
    with np.errstate(all="raise"):
        values = compiled_at("logistic", z, y, np.float64)
    assert all(np.isfinite(values))
    assert -1 <= values[1] <= 1
    assert 0 <= values[2] <= 0.25


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_quick_forms_agree_or_say_that_they_overflow(dtype: Any) -> None:
    """The quick σ(z) − y either agrees with the stable one or sets the overflow flag; it is never silently wrong."""
    limit = float(np.log(np.finfo(dtype).max))
    for z in np.concatenate([np.linspace(-limit, limit, 301), signed([limit * 1.001, limit * 1.04, limit * 2])]):
        for y in (0.0, 1.0):
            signs = (np.array([2 * y - 1], dtype), np.array([1 - 2 * y], dtype))
            wanted = STABLE["sigmoid_minus"](np.array([z], dtype), np.array([y], dtype))
            for name, second in (("sigmoid_minus", np.array([y], dtype)), ("sigmoid_minus_label", signs)):
                try:
                    with np.errstate(over="raise", invalid="raise", under="ignore"):
                        got = FAST[name](np.array([z], dtype), second)
                except FloatingPointError:
                    assert abs(z) > limit * 0.99
                else:
                    assert got.dtype == dtype
                    smallest = np.finfo(dtype).smallest_subnormal
                    assert abs(got - wanted) <= 6 * np.finfo(dtype).eps * abs(wanted) + smallest


EXPRESSIONS = [
    sigmoid(s.z) - s.y,
    s.y - sigmoid(s.z),
    1 - sigmoid(s.z),
    sigmoid(s.z) * (1 - sigmoid(s.z)),
    sigmoid(s.z) ** 2 * (1 - sigmoid(s.z)) ** 3,
    1 / (1 + sp.exp(-s.z)),
    sp.exp(s.z) / (1 + sp.exp(s.z)) ** 2,
    sp.log(1 + sp.exp(s.z)) - s.y * s.z,
    -s.y * sp.log(sigmoid(s.z)) - (1 - s.y) * sp.log(1 - sigmoid(s.z)),
    logsigmoid(s.z) + softplus(3 * s.z),
    logit(sigmoid(s.z)),
    sp.Piecewise((s.z, s.z > s.y), (s.y**2, True)),
    (1 - s.y) * sigmoid(s.z) - s.y * (1 - sigmoid(s.z)),
    1 - sigmoid(s.z) - s.y,
    sp.Abs(s.z) + sp.Rational(1, 3) + sp.sqrt(1 + s.z**2),
]


def by_definition(expr: sp.Expr) -> sp.Expr:
    """The expression in exp and log alone."""
    expr = expr.replace(logit, lambda p: sp.log(p / (1 - p))).replace(sigmoid, lambda z: 1 / (1 + sp.exp(-z)))
    return expr.replace(softplus, lambda z: sp.log(1 + sp.exp(z))).replace(
        logsigmoid, lambda z: -sp.log(1 + sp.exp(-z))
    )


@pytest.mark.parametrize("expr", EXPRESSIONS, ids=str)
def test_stable_forms_are_identities(expr: sp.Expr) -> None:
    """Rewriting for stability changes no value: the compiled code agrees with the expression in 50 digits."""
    run = kernel(expr, s.z, s.y)
    for z in (-3.5, -0.25, 0.0, 0.5, 2.25):
        for y in (0.0, 1.0, 0.375):
            want = float(by_definition(expr).subs({s.z: sp.Rational(z), s.y: sp.Rational(y)}).evalf(50))
            for f in (run.stable, run.fast):
                assert float(f(np.array([z]), np.array([y]))[0]) == pytest.approx(want, rel=1e-14, abs=1e-15)


def test_stable_form_of_the_log_loss() -> None:
    """The log loss is printed with softplus alone, its gradient and Hessian as one function each."""
    ell, h = LOGISTIC.of_raw_prediction, sigmoid(s.z)
    assert stable_form(ell) == s.y * softplus(-s.z) + (1 - s.y) * softplus(s.z)
    assert "return sigmoid_minus(z, y)" in compiled.gradient(LOGISTIC).source
    assert "return sigmoid_slope(z)" in kernel(h * (1 - h), s.z, s.y).source
    assert "def sigmoid_minus(z" in (compiled.gradient(LOGISTIC).__doc__ or "")


def by_hand(loss: str, theta: Any, X: Any, y: Any, w: Any) -> tuple[Any, Any, Any]:
    """J, ∇J and ∇²J in plain NumPy, two passes, m×m diagonal matrix and all."""
    z = X @ theta
    h = z if loss == "linear" else 1 / (1 + np.exp(-z))
    cost = (z - y) ** 2 / 2 if loss == "linear" else -y * np.log(h) - (1 - y) * np.log(1 - h)
    bend = np.ones(len(y)) if loss == "linear" else h * (1 - h)
    return np.mean(w * cost), X.T @ (w * (h - y)) / len(y), X.T @ np.diag(w * bend) @ X / len(y)


@settings(max_examples=examples(60, 30), deadline=None)
@given(
    name=st.sampled_from(["linear", "logistic"]),
    m=st.integers(1, 40),
    n=st.integers(1, 6),
    seed=st.integers(0, 2**32 - 1),
    layout=st.sampled_from(["C", "F", "strided", "reversed", "list", "float32", "int", "readonly", "swapped"]),
    weighted=st.booleans(),
    rows=st.sampled_from([1, 3, 7, 1000]),
)
def test_agrees_with_numpy_by_hand(
    name: str, m: int, n: int, seed: int, layout: str, weighted: bool, rows: int
) -> None:
    """Any shape, memory layout, weights and block size: the same as the formula written by hand; inputs untouched."""
    rng = np.random.default_rng(seed)
    X, theta = rng.integers(-9, 9, size=(m, n)) / 4.0, rng.normal(size=n)
    y, w = rng.integers(0, 2, size=m).astype(float), rng.uniform(0, 3, size=m)
    if layout == "int":
        X = np.round(X)
    given_x: Any = {
        "C": X.copy(),
        "F": np.asfortranarray(X),
        "strided": np.repeat(np.repeat(X, 2, axis=0), 3, axis=1)[::2, ::3],
        "reversed": X[::-1, ::-1].copy()[::-1, ::-1],
        "list": X.tolist(),
        "float32": X.astype(np.float32),
        "int": X.astype(int),
        "readonly": X.copy(),
        "swapped": X.astype(X.dtype.newbyteorder()),
    }[layout]
    if layout == "readonly":
        given_x.flags.writeable = False
    before = [np.array(a) for a in (given_x, theta, y, w)]
    want = by_hand(name, theta, X, y, w if weighted else np.ones(m))
    old, onepass.BLOCK_BYTES = onepass.BLOCK_BYTES, rows * n * 8
    try:
        for f, expected in zip((compiled.cost, compiled.gradient, compiled.hessian), want, strict=True):
            got = f(catalog.load(name))(theta, given_x, y, w if weighted else None)
            np.testing.assert_allclose(got, expected, rtol=1e-11, atol=1e-13 * (1 + np.abs(X).max() ** 2))
    finally:
        onepass.BLOCK_BYTES = old
    assert all(np.array_equal(a, b) for a, b in zip(before, (given_x, theta, y, w), strict=True))


def test_blocks_change_nothing_but_roundings() -> None:
    """A data set of several blocks, the last one short, gives the sum over all rows, in float64 and float32."""
    rng = np.random.default_rng(0)
    m, n = 40_003, 9
    X, theta, y = rng.normal(size=(m, n)), rng.normal(size=n), rng.integers(0, 2, size=m).astype(float)
    want = by_hand("logistic", theta, X[:2000], y[:2000], np.ones(2000))[1]
    np.testing.assert_allclose(compiled.gradient(LOGISTIC)(theta, X[:2000], y[:2000]), want, rtol=1e-12)
    z = X @ theta
    full = X.T @ (1 / (1 + np.exp(-z)) - y) / m
    np.testing.assert_allclose(compiled.gradient(LOGISTIC)(theta, X, y), full, rtol=1e-11)
    single = compiled.gradient(LOGISTIC)(theta.astype(np.float32), X.astype(np.float32), y)
    assert single.dtype == np.float32
    np.testing.assert_allclose(single, full, atol=1e-6)


def test_hessian_is_symmetric_to_the_last_bit() -> None:
    """H equals its transpose exactly."""
    rng = np.random.default_rng(1)
    H = compiled.hessian(LOGISTIC)(rng.normal(size=7), rng.normal(size=(500, 7)), np.ones(500))
    assert np.array_equal(H, H.T)


@pytest.mark.parametrize("f", [compiled.cost, compiled.gradient, compiled.hessian])
def test_memory_does_not_grow_with_m(f: Any) -> None:
    """Four times the rows take the same memory, a few blocks, far less than X: also for integer data."""
    peaks, run = [], f(LOGISTIC)
    for m in (100_000, 400_000):
        X, y, theta = np.ones((m, 10), np.int8), np.ones(m, np.int8), np.zeros(10)
        run(theta, X[:10], y[:10])
        tracemalloc.start()
        run(theta, X, y)
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
    assert peaks[1] < 1.1 * peaks[0] + 10_000
    assert peaks[1] < 8 * onepass.BLOCK_BYTES


def test_newton_reaches_the_published_fit_of_the_snoring_data() -> None:
    """Eight Newton steps from 0 with sample weights give the textbook's intercept and slope (−3.866, 0.397)."""
    d, theta, logistic = snoring(), np.zeros(2), catalog.load("logistic-weighted")
    for _ in range(9):
        g = compiled.gradient(logistic)(theta, d.X, d.y, d.sample_weight)
        theta -= np.linalg.solve(compiled.hessian(logistic)(theta, d.X, d.y, d.sample_weight), g)
    np.testing.assert_allclose(theta, [-3.866248101377, 0.397336620449], rtol=1e-10)
    assert compiled.cost(logistic)(theta, d.X, d.y, d.sample_weight) * 8 == pytest.approx(418.865816232, rel=1e-10)


def test_one_newton_step_solves_stack_loss() -> None:
    """Least squares on the stack loss data: one step gives the published coefficients."""
    d, theta = stack_loss(), np.zeros(4)
    theta -= np.linalg.solve(compiled.hessian(LINEAR)(theta, d.X, d.y), compiled.gradient(LINEAR)(theta, d.X, d.y))
    np.testing.assert_allclose(theta, [-39.919674420, 0.715640200, 1.295286124, -0.152122519], rtol=1e-7)


@pytest.mark.parametrize("name", ["linear", "logistic"])
def test_penalty_leaves_the_bias_alone(name: str) -> None:
    """λ adds λ/(2m) Σ_{k≥1} θₖ² to J, λ/m θₖ to the gradient and λ/m to the diagonal, and nothing for θ₀."""
    loss, rng = catalog.load(f"{name}-l2"), np.random.default_rng(3)
    X, theta, y = rng.normal(size=(10, 4)), rng.normal(size=4), rng.integers(0, 2, size=10)
    tail = np.array([0, 1, 1, 1])
    added = [f(loss)(theta, X, y, penalty=3.0) - f(loss)(theta, X, y) for f in (compiled.gradient, compiled.hessian)]
    np.testing.assert_allclose(added[0], 0.3 * tail * theta, atol=1e-15)
    np.testing.assert_allclose(added[1], 0.3 * np.diag(tail), atol=1e-15)
    more = compiled.cost(loss)(theta, X, y, penalty=3.0) - compiled.cost(loss)(theta, X, y)
    assert more == pytest.approx(0.15 * theta[1:] @ theta[1:], rel=1e-12)


GOOD: dict[str, Any] = {"theta": [0.5, -1.0], "X": [[1, 2], [1, 3], [1, 4]], "y": [0, 1, 1]}
BAD: list[tuple[dict[str, Any], str]] = [
    ({"theta": [1.0]}, r"theta has shape \(1,\), but X has 2 columns"),
    ({"theta": [[0.5], [-1.0]]}, r"theta has shape \(2, 1\)"),
    ({"y": [0, 1]}, r"y has shape \(2,\), but X has 3 rows"),
    ({"y": [[0], [1], [1]]}, r"use y.ravel\(\)"),
    ({"X": [[1, 2], [1, 3]]}, "y has shape"),
    ({"X": [1, 2, 3]}, "must be a matrix"),
    ({"X": np.zeros((0, 2)), "y": []}, "there is no sample"),
    ({"X": np.zeros((3, 0)), "theta": []}, "there is no feature"),
    ({"X": []}, "must be a matrix"),
    ({"X": [[1, 2], [1], [1, 4]]}, "X is not an array of numbers"),
    ({"X": [["a", "b"]] * 3}, "X is not an array of real numbers"),
    ({"X": np.array([[1, 2], [1, None], [1, 4]])}, "X is not an array of real numbers: its type is object"),
    ({"theta": np.array([1j, 2])}, "theta is not an array of real numbers"),
    ({"theta": None}, "theta is not an array of real numbers"),
    ({"y": ["no", "yes", "yes"]}, "y is not an array of real numbers"),
    ({"y": [0, 1, 2]}, r"y\[2\] is 2.0: the targets of this loss are in \[0, 1\]"),
    ({"y": [0, -1, 1]}, r"y\[1\] is -1.0"),
    ({"y": [0, np.nan, 1]}, r"y\[1\] is nan"),
    ({"X": [[1, 2], [1, np.nan], [1, 4]]}, r"X\[1, 1\] is nan"),
    ({"X": [[1, 2], [1, 3], [-np.inf, 4]]}, r"X\[2, 0\] is -inf"),
    ({"theta": [np.inf, 0]}, r"theta\[0\] is inf"),
    ({"sample_weight": [1, 2]}, "sample_weight has shape"),
    ({"sample_weight": [1, -2, 3]}, r"sample_weight\[1\] is -2"),
    ({"sample_weight": [1, np.nan, 3]}, r"sample_weight\[1\] is nan"),
    ({"sample_weight": [1, 2, np.inf]}, r"sample_weight\[2\] is inf"),
    ({"sample_weight": ["a", "b", "c"]}, "sample_weight is not an array of real numbers"),
    ({"penalty": 1.0}, "the loss 'logistic' has none"),
    ({"penalty": -1.0}, "a finite number ≥ 0"),
    ({"penalty": float("nan")}, "a finite number ≥ 0"),
    ({"penalty": "big"}, "must be a number ≥ 0"),
    ({"theta": [1e300, 1e300], "X": [[1e300, 1], [1, 1], [1, 1]]}, "too large for float64"),
]


@pytest.mark.parametrize("f", [compiled.cost, compiled.gradient, compiled.hessian])
@pytest.mark.parametrize(("change", "message"), BAD, ids=[m for _, m in BAD])
def test_bad_input_is_named(f: Any, change: dict[str, Any], message: str) -> None:
    """Each kind of bad input is a `DataError` that names the array, the entry and the value, and no warning."""
    with pytest.raises(DataError, match=message):
        f(LOGISTIC)(**{**GOOD, **change})


@settings(max_examples=examples(60, 30), deadline=None)
@given(
    data=st.data(),
    name=st.sampled_from(["linear", "logistic"]),
    bad=st.sampled_from([np.nan, np.inf, -np.inf]),
    order=st.sampled_from(["C", "F"]),
)
def test_a_bad_value_anywhere_in_x_is_found(data: Any, name: str, bad: float, order: Any) -> None:
    """Missing or infinite, at any place, whatever θ and y (zeros, too): always found, with row and column."""
    m, n = data.draw(st.integers(1, 12)), data.draw(st.integers(1, 5))
    rng = np.random.default_rng(data.draw(st.integers(0, 99)))
    X = np.array(rng.integers(-2, 3, size=(m, n)), dtype=float, order=order)
    row, column = data.draw(st.integers(0, m - 1)), data.draw(st.integers(0, n - 1))
    X[row, column] = bad
    theta, y = rng.integers(-1, 2, size=n).astype(float), rng.integers(0, 2, size=m).astype(float)
    for f in (compiled.cost, compiled.gradient, compiled.hessian):
        with pytest.raises(DataError, match=rf"X\[{row}, {column}\] is {bad}"):
            f(catalog.load(name))(theta, X, y)


def test_a_bad_value_in_a_later_block_has_its_row() -> None:
    """Rows are counted from the start of the data, not of the block."""
    X, y = np.ones((200_000, 2)), np.zeros(200_000)
    X[123_456, 1] = np.nan
    y[170_000] = 7
    for f in (compiled.cost, compiled.gradient, compiled.hessian):
        with pytest.raises(DataError, match=r"X\[123456, 1\] is nan"):
            f(LOGISTIC)(np.zeros(2), X, np.zeros(200_000))
        with pytest.raises(DataError, match=r"y\[170000\] is 7"):
            f(LOGISTIC)(np.zeros(2), np.ones((200_000, 2)), y)


def test_a_target_changed_in_place_is_seen() -> None:
    """Remembering the last y by its content does not hide a change of it."""
    g, X, y = compiled.gradient(LOGISTIC), np.ones((3, 1)), np.zeros(3)
    assert g([0.0], X, y)[0] == 0.5
    y[:] = 1
    assert g([0.0], X, y)[0] == -0.5
    y[1] = 5
    with pytest.raises(DataError, match=r"y\[1\] is 5"):
        g([0.0], X, y)
    assert g(np.zeros(1, np.float32), X.astype(np.float32), np.zeros(3, np.float32))[0] == 0.5


def test_threads_do_not_disturb_each_other() -> None:
    """One compiled function used by several threads, with different targets, gives each its own answer."""
    g, X, wrong = compiled.gradient(LOGISTIC), np.ones((200, 2)), []

    def work(y: float) -> None:
        wrong.extend(1 for _ in range(300) if g(np.zeros(2), X, np.full(200, y))[0] != 0.5 - y)

    threads = [threading.Thread(target=work, args=(y,)) for y in (0.0, 1.0, 0.5, 0.25)]
    for t in threads:
        t.start()
    for t in threads:
        t.join()
    assert not wrong


def test_the_users_floating_point_settings_stay() -> None:
    """A call neither uses nor changes `np.seterr` of the caller."""
    with np.errstate(all="raise"):
        before = np.geterr()
        compiled.gradient(LOGISTIC)([800.0], [[1.0], [-1.0]], [1, 1])
        assert np.geterr() == before


def test_matrix_forms_written_in_other_ways() -> None:
    """Split sums, negated vectors, weights as a diagonal matrix and an unfolded X'X are all read."""
    z, h, t = s.X * s.theta, (s.X * s.theta).applyfunc(sigmoid), s.z
    slope = z.applyfunc(sp.Lambda(t, sigmoid(t) * (1 - sigmoid(t))))
    forms = [
        s.X.T * (h - s.y_vector) / s.m,
        -s.X.T * (s.y_vector - h) / s.m,
        s.X.T * h / s.m - s.X.T * s.y_vector / s.m,
        s.X.T * DiagMatrix(s.w_vector) * (h - s.y_vector) / s.m,
    ]
    arguments = ([0.5, -1.0], [[1, 2], [1, 3]], [0, 1], [2.0, 3.0])
    want = compiled.gradient(LOGISTIC)(*arguments)
    for form in forms:
        np.testing.assert_allclose(from_matrix_form(form, LOGISTIC)(*arguments), want, rtol=1e-14)
    H = from_matrix_form(s.X.T * DiagMatrix(slope) * s.X / s.m, LOGISTIC)(*arguments)
    np.testing.assert_allclose(H, compiled.hessian(LOGISTIC)(*arguments), rtol=1e-14)
    unfolded = (s.X.T * s.X * s.theta - s.X.T * s.y_vector) / s.m
    np.testing.assert_allclose(
        from_matrix_form(unfolded.expand(), LINEAR)(*arguments), compiled.gradient(LINEAR)(*arguments), rtol=1e-14
    )


@pytest.mark.parametrize(
    "form",
    [
        s.X.T * s.X * s.X.T * s.y_vector,
        s.X * s.theta,
        s.theta,
        s.X.T * DiagMatrix(s.w_vector) * DiagMatrix(s.w_vector) * s.y_vector,
        s.X.T * s.X + sp.OneMatrix(s.n, s.n),
        s.X.T * sp.FunctionMatrix(s.m, s.m, sp.Lambda((s.i, s.j), s.i + s.j)) * s.y_vector,
    ],
    ids=str,
)
def test_other_structures_are_refused(form: Any) -> None:
    """What is no sum over rows is a `DerivationError`, not a wrong function."""
    with pytest.raises(DerivationError, match="cannot compile"):
        from_matrix_form(form, LINEAR)


def test_nothing_but_numpy_is_needed_at_run_time() -> None:
    """Compiling and calling loads neither SciPy nor any other numeric library."""
    code = (
        "import sys; from derive import catalog, compiled; "
        "compiled.gradient(catalog.load('logistic'))([0], [[1]], [1]); "
        "sys.exit(' '.join({'scipy', 'numba', 'jax', 'torch', 'sklearn'} & set(sys.modules)) or 0)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
