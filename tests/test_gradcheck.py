"""The numeric check catches what is wrong, and only that: wrong gradients, and right ones under hard conditions."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from typing import Any

import mpmath as mp
import numpy as np
import pytest
from flint import arb

from derive import catalog, compiled
from derive.certificate import Agreement
from derive.data import Data, snoring, stack_loss
from derive.errors import DataError, DomainError, TermError
from derive.gradcheck import gradcheck
from derive.gradcheck.compare import Pair, Tolerance, agreement
from derive.gradcheck.reference import Reference, evaluator
from derive.gradcheck.samples import GRID, generated, grid, parameters, thinned
from derive.terms.term import make, sym
from tests.shared import agreement_of

LOGISTIC, LINEAR = catalog.load("logistic"), catalog.load("linear")


def expit(z: Any) -> Any:
    """σ(z), without overflow."""
    t = np.exp(-np.abs(z))
    return np.where(z < 0, t, 1) / (1 + t)


def by_row(residual: Callable[[Any, Any], Any]) -> Callable[..., Any]:
    """The gradient Xᵀ(w·residual(z, y))/m + λ/m (0, θ₁, …)."""

    def gradient(theta: Any, X: Any, y: Any, sample_weight: Any = None, *, penalty: float = 0.0) -> Any:
        w = 1.0 if sample_weight is None else sample_weight
        tail = np.where(np.arange(len(theta)) > 0, theta, 0)
        return X.T @ (w * residual(X @ theta, y)) / len(y) + penalty * tail / len(y)

    return gradient


def changed(change: Callable[..., Any], name: str = "logistic") -> Callable[..., Any]:
    """The right gradient, then a change of (g, θ, X, y, w, λ)."""
    right = compiled.gradient(catalog.load(name))

    def gradient(theta: Any, X: Any, y: Any, sample_weight: Any = None, *, penalty: float = 0.0) -> Any:
        w = np.ones(len(y)) if sample_weight is None else sample_weight
        g = right(theta, X, y, sample_weight, **({"penalty": penalty} if penalty else {}))
        return change(g.copy(), theta, X, y, w, penalty)

    return gradient


def one(g: Any, k: int, factor: float) -> Any:
    """One entry multiplied by a factor."""
    g[k] *= factor
    return g


def stable(z: Any, y: Any) -> Any:
    """σ(z) − y, accurate in both tails."""
    return (1 - y) * expit(z) - y * expit(-z)


def where(z: Any, condition: Any, there: Any, y: Any) -> Any:
    """The right residual, and another one where the condition holds."""
    return np.where(condition, there, stable(z, y))


def penalised_bias(g: Any, theta: Any, X: Any, y: Any, w: Any, penalty: float) -> Any:
    """The penalty of the bias added."""
    g[0] += penalty * theta[0] / len(y)
    return g


def with_penalty(strength: Callable[[float, int], float]) -> Callable[..., Any]:
    """The right gradient, but for the strength of its penalty."""
    right = by_row(stable)

    def gradient(theta: Any, X: Any, y: Any, sample_weight: Any = None, *, penalty: float = 0.0) -> Any:
        return right(theta, X, y, sample_weight, penalty=strength(penalty, len(y)))

    return gradient


WRONG: dict[str, tuple[str, Callable[..., Any]]] = {
    **{
        f"scale {e:g}": ("logistic", changed(lambda g, *_, e=e: g * (1 + e)))
        for e in (1.0, -2.0, 1e-2, 1e-4, 1e-6, 1e-8, 1e-10, -1e-10)
    },
    **{
        f"entry {k} by {e:g}": ("logistic", changed(lambda g, *_, e=e, k=k: one(g, k, 1 + e)))
        for k, e in ((0, 1e-4), (-1, 1e-6), (1, 1e-8), (0, 1e-9))
    },
    "constant 1e-6": ("logistic", changed(lambda g, *_: g + 1e-6)),
    "constant 1e-10": ("logistic", changed(lambda g, *_: g + 1e-10)),
    "zero": ("logistic", changed(lambda g, *_: 0 * g)),
    "nan": ("logistic", changed(lambda g, *_: np.nan * g)),
    "divided by m − 1": ("logistic", changed(lambda g, _, X, *__: g * len(X) / max(len(X) - 1, 1))),
    "not divided by m": ("logistic", changed(lambda g, _, X, *__: g * len(X))),
    "divided by the sum of the weights": ("logistic", changed(lambda g, _, X, y, w, __: g * len(X) / w.sum())),
    "weights forgotten": ("logistic", changed(lambda g, t, X, y, *_: compiled.gradient(LOGISTIC)(t, X, y))),
    "weights squared": ("logistic", changed(lambda g, t, X, y, w, _: compiled.gradient(LOGISTIC)(t, X, y, w * w))),
    "bias left out": ("logistic", changed(lambda g, *_: np.r_[0.0, g[1:]])),
    "entries reversed": ("logistic", changed(lambda g, *_: g[::-1])),
    "y and h swapped": ("logistic", by_row(lambda z, y: y - expit(z))),
    "y forgotten": ("logistic", by_row(lambda z, y: expit(z))),
    "coefficient of y": ("logistic", by_row(lambda z, y: expit(z) - 1.000001 * y)),
    "half of y": ("logistic", by_row(lambda z, y: expit(z) - y / 2)),
    "probability not from z": ("logistic", by_row(lambda z, y: z - y)),
    "derivative in h": ("logistic", by_row(lambda z, y: stable(z, y) / (expit(z) * expit(-z)))),
    "σ′ left in": ("logistic", by_row(lambda z, y: stable(z, y) * expit(z) * expit(-z))),
    "z clipped at ±20": ("logistic", by_row(lambda z, y: stable(np.clip(z, -20, 20), y))),
    "tail zero for z > 20": ("logistic", by_row(lambda z, y: where(z, z > 20, 0, y))),
    "tail doubled for z < −20": ("logistic", by_row(lambda z, y: where(z, z < -20, 2 * stable(z, y), y))),
    "probability clipped at 1e-7": ("logistic", by_row(lambda z, y: np.clip(expit(z), 1e-7, 1 - 1e-7) - y)),
    "probability clipped at 1e-10": ("logistic", by_row(lambda z, y: np.clip(expit(z), 1e-10, 1 - 1e-10) - y)),
    "wrong near 0": ("logistic", by_row(lambda z, y: where(z, np.abs(z) < 1e-5, 0.5 * (1 - y), y))),
    "wrong at 0 only": ("logistic", by_row(lambda z, y: where(z, z == 0, 0, y))),
    "wrong for y = 1 beyond 30": ("logistic", by_row(lambda z, y: where(z, (z < -30) & (y == 1), -0.999, y))),
    "overflow to nan": ("logistic", by_row(lambda z, y: np.exp(z) / (1 + np.exp(z)) - y)),
    "float32": ("logistic", by_row(lambda z, y: stable(z.astype(np.float32), y.astype(np.float32)))),
    "probit slope": ("logistic", by_row(lambda z, y: expit(1.702 * z) - y)),
    "twice the residual": ("linear", by_row(lambda z, y: 2 * (z - y))),
    "sign of the residual": ("linear", by_row(lambda z, y: y - z)),
    "clipped residual": ("linear", by_row(lambda z, y: np.clip(z - y, -1e3, 1e3))),
    "clip at 1 + 1e-6": ("linear", by_row(lambda z, y: np.where(np.abs(z - y) < 1e-6, 0, z - y))),
    "penalty on the bias": ("linear-l2", changed(penalised_bias, "linear-l2")),
    "penalty forgotten": ("logistic-l2", with_penalty(lambda penalty, m: 0.0)),
    "penalty doubled": ("logistic-l2", with_penalty(lambda penalty, m: 2 * penalty)),
    "penalty not divided by m": ("logistic-l2", with_penalty(lambda penalty, m: penalty * m)),
}


@pytest.mark.parametrize(("name", "wrong"), WRONG.values(), ids=WRONG)
def test_wrong_gradients_are_caught(name: str, wrong: Callable[..., Any]) -> None:
    """Each of these wrong gradients fails, and a failed check says where, with both values."""
    found = gradcheck(catalog.load(name), gradient=wrong)
    assert not found.ok
    failed = [check for check in found.checks if not check.ok]
    assert any("gradient" in check.name or "∇J" in check.name for check in failed)
    assert all("expected" in check.worst and check.error > check.allowed for check in failed)


def test_enough_wrong_gradients_are_tried() -> None:
    """The table above has at least 31 kinds, and 14 right ones stand against them."""
    assert len(WRONG) >= 31
    assert len(RIGHT) >= 14


def two_parts(theta: Any, X: Any, y: Any, sample_weight: Any = None, *, penalty: float = 0.0) -> Any:
    """Row by row, in a Python loop, in reverse order."""
    w = np.ones(len(y)) if sample_weight is None else sample_weight
    total = np.zeros(len(theta))
    for i in reversed(range(len(y))):
        total += w[i] * stable(X[i] @ theta, y[i]) * X[i]
    return total / len(y)


def spread(n: int, m: int, seed: int, scale: float = 1.0, offset: float = 0.0, targets: Any = (0.0, 1.0)) -> Data:
    """Random data of a given scale and offset."""
    rng = np.random.default_rng(seed)
    X = rng.normal(size=(m, n)) * scale + offset
    X[:, 0] = 1
    return Data(X, rng.choice(targets, size=m), tuple(map(str, range(n))))


def wide(z: Any, y: Any) -> Any:
    """σ(z) − y in long double."""
    t = np.exp(-np.abs(z.astype(np.longdouble)))
    return (np.where(z < 0, t, 1) / (1 + t) - y).astype(float)


RIGHT: dict[str, tuple[str, Callable[..., Any] | None, Data | None]] = {
    "h − y": ("logistic", by_row(lambda z, y: expit(z) - y), None),
    "naive sigmoid": ("logistic", by_row(lambda z, y: 1 / (1 + np.exp(-z)) - y), None),
    "tanh form": ("logistic", by_row(lambda z, y: 0.5 * (1 + np.tanh(z / 2)) - y), None),
    "long double": ("logistic", by_row(wide), None),
    "by a loop": ("logistic", two_parts, None),
    "unsimplified": ("logistic", by_row(lambda z, y: (1 - y) * expit(z) - y * (1 - expit(z))), None),
    "branches of a careful author": (
        "logistic",
        by_row(lambda z, y: np.where(z > 37, 1 - y, np.where(z < -700, np.exp(np.minimum(z, 0)) - y, expit(z) - y))),
        None,
    ),
    "saturated data": ("logistic", None, spread(5, 80, 1, scale=300)),
    "offset 1e6": ("logistic", by_row(lambda z, y: expit(z) - y), spread(4, 50, 2, offset=1e6)),
    "offset 1e6, linear": ("linear", by_row(lambda z, y: z - y), spread(4, 50, 3, offset=1e6, targets=(1e6, 1e6 + 1))),
    "tiny scale": ("logistic", None, spread(3, 40, 4, scale=1e-9)),
    "huge scale": ("linear", by_row(lambda z, y: z - y), spread(3, 40, 5, scale=1e12, targets=(-1e12, 1e12))),
    "soft labels": ("logistic", by_row(stable), spread(4, 60, 6, targets=(0.0, 0.1, 0.5, 1.0))),
    "one sample": ("logistic", None, spread(3, 1, 7)),
    "one feature": ("logistic", by_row(stable), spread(1, 30, 8)),
    "more features than samples": ("logistic-l2", by_row(stable), spread(30, 10, 9)),
    "a column of zeros": ("logistic", None, Data(np.c_[np.ones(20), np.zeros(20)], np.zeros(20), ("a", "b"))),
    "residuals of 0": ("linear", None, Data(np.ones((9, 2)), np.zeros(9), ("a", "b"))),
    "many rows": ("logistic", by_row(lambda z, y: expit(z) - y), spread(6, 5_000, 10)),
    "snoring": ("logistic-weighted", by_row(stable), snoring()),
    "stack loss": ("linear-l2", by_row(lambda z, y: z - y), stack_loss()),
}


@pytest.mark.parametrize(("name", "gradient", "data"), RIGHT.values(), ids=RIGHT)
def test_right_gradients_pass(name: str, gradient: Callable[..., Any] | None, data: Data | None) -> None:
    """No false alarm: saturated, shifted, tiny, huge, soft, single, and written in several right ways."""
    found = gradcheck(catalog.load(name), gradient=gradient, data=data)
    assert found.ok, [(c.name, c.error, c.worst) for c in found.checks if not c.ok]


WRONG_HESSIANS: dict[str, Callable[..., Any]] = {
    "twice": lambda H, *_: 2 * H,
    "scale 1e-10": lambda H, *_: H * (1 + 1e-10),
    "diagonal only": lambda H, *_: np.diag(np.diag(H)),
    "not symmetric": lambda H, *_: H + 1e-9 * np.triu(np.abs(H), 1) - 1e-9 * np.tril(np.abs(H), -1),
    "majorizer X'X/4m": lambda H, t, X, y, w: (X.T * w) @ X / 4 / len(y),
    "of unit weights": lambda H, t, X, y, w: compiled.hessian(LOGISTIC)(t, X, y),
    "off the diagonal": lambda H, *_: H + 1e-9 * np.outer(np.arange(len(H)) == 0, np.arange(len(H)) == 1),
    "not divided by m": lambda H, t, X, *_: H * len(X),
    "clipped at 1e-3": lambda H, t, X, y, w: (X.T * (w * np.maximum(expit(X @ t) * expit(-X @ t), 1e-3))) @ X / len(y),
}


@pytest.mark.parametrize("change", WRONG_HESSIANS.values(), ids=WRONG_HESSIANS)
def test_wrong_hessians_are_caught(change: Callable[..., Any]) -> None:
    """Each of these wrong Hessians fails in a check of the Hessian, and the checks of the gradient still pass."""

    def hessian(theta: Any, X: Any, y: Any, sample_weight: Any = None) -> Any:
        w = np.ones(len(y)) if sample_weight is None else sample_weight
        return change(compiled.hessian(LOGISTIC)(theta, X, y, sample_weight), theta, X, y, w)

    found = gradcheck(LOGISTIC, hessian=hessian)
    assert not found.ok
    assert all(check.name.startswith("hessian") for check in found.checks if not check.ok)


def test_a_right_hessian_written_by_hand_passes() -> None:
    """h(1 − h), which is 0 from z = 37 on, is rounding and not an error."""

    def hessian(theta: Any, X: Any, y: Any, sample_weight: Any = None) -> Any:
        h = expit(X @ theta)
        return (X.T * (h * (1 - h) * (1 if sample_weight is None else sample_weight))) @ X / len(y)

    assert gradcheck(LOGISTIC, hessian=hessian).ok


@pytest.mark.parametrize("name", catalog.names())
def test_the_catalog_agrees(name: str) -> None:
    """Compiled cost, gradient and Hessian of every loss agree with finite differences, with room to spare."""
    found, loss = agreement_of(name), catalog.load(name)
    assert found.ok
    plain = [check for check in found.checks if "float64" not in check.name]
    assert all(check.error < check.allowed / 2 for check in plain)
    text = " ".join(check.name for check in found.checks)
    for part in ("corners", "generated data", "float64", "digits", "symmetric"):
        assert part in text
    assert ("snoring" in text) == (Fraction(0) in loss.interval_y_true and Fraction(1) in loss.interval_y_true)
    assert ("stack loss" in text) == (Fraction(42) in loss.interval_y_true)
    assert all(check.why and check.points > 0 and "expected" in check.worst for check in found.checks)


@pytest.mark.parametrize("name", [n for n in catalog.names() if catalog.load(n).parameters])
def test_every_value_of_a_parameter_is_tried(name: str) -> None:
    """Each parameter has two values or more, and the probe is made with each of them."""
    loss, text = catalog.load(name), " ".join(check.name for check in agreement_of(name).checks)
    for parameter in loss.parameters:
        assert len(parameter.values) >= 2
        assert all(f"{parameter.symbol.name} = {value}" in text for value in parameter.values)


def test_numbers_for_parameters_can_be_given() -> None:
    """A gradient written for δ = 3/2 agrees with δ = 1.5 and not with the default; what is out of range is refused."""
    huber = catalog.load("huber")
    mine = by_row(lambda z, y: np.clip(z - y, -1.5, 1.5))
    assert gradcheck(huber, gradient=mine, parameters={"delta": 1.5}).ok
    assert not gradcheck(huber, gradient=mine).ok
    for wrong in ({"delta": -1}, {"epsilon": 1}):
        with pytest.raises(DomainError, match="delta"):
            gradcheck(huber, parameters=wrong)


@pytest.mark.parametrize(
    ("name", "wrong"),
    [
        ("huber", lambda z, y: np.where(z - y == 1, 0, np.clip(z - y, -1, 1))),
        ("absolute", lambda z, y: np.sign(z - y)),
        ("hinge", lambda z, y: np.where(y * z <= 1, -y, 0)),
        ("quantile", lambda z, y: np.where(z <= y, -0.5, 0.5)),
        ("poisson", lambda z, y: np.exp(z) + y),
        ("gamma", lambda z, y: 1 - y * np.exp(-z) * (1 + 1e-9)),
        ("tukey", lambda z, y: np.where(np.abs(z - y) < 5, (z - y) * (1 - (z - y) ** 2 / 16) ** 2, 0)),
    ],
)
def test_wrong_at_a_kink_or_by_a_little(name: str, wrong: Callable[..., Any]) -> None:
    """Another value at the kink alone, a lost sign, a factor of 1 + 1e-9, a branch that goes on too long."""
    assert not gradcheck(catalog.load(name), gradient=by_row(wrong)).ok


def test_the_same_twice() -> None:
    """The points are the same each time, and so is the report."""
    assert gradcheck(LOGISTIC) == gradcheck(LOGISTIC)


def test_an_agreement_without_checks_is_not_ok() -> None:
    """Nothing checked is not agreement."""
    assert not Agreement(()).ok


def test_corners_are_on_the_grid() -> None:
    """0, ±1e-8, ±20, ±37, ±40, ±710, ±745, ±1e20 are tried, on a grid whose size divides exactly."""
    z = grid()
    assert len(z) == GRID == 64
    for corner in (1e-8, 20, 37, 40, 710, 745, 1e20):
        assert {corner, -corner} <= set(z)
    assert 0.0 in z


@pytest.mark.parametrize("y", [0.0, 1.0, 0.25])
def test_reference_has_the_right_derivatives(y: float) -> None:
    """Differences with a proved error enclose the derivatives that mpmath gives for formulas written by hand."""
    reference = Reference(LOGISTIC)
    for z in (-745.0, -37.0, -1.5, 0.0, 1e-8, 2.25, 40.0, 710.0):
        with mp.workdps(700):
            up, down = 1 / (1 + mp.exp(-mp.mpf(z))), 1 / (1 + mp.exp(mp.mpf(z)))
            want = [-y * mp.log(up) - (1 - y) * mp.log(down), (1 - y) * up - y * down, up * down]
            for ball, value in zip(reference.along(z, 1.0, y), want, strict=True):
                middle, exact = Fraction(*map(int, _rational(ball.mid()))), Fraction(*map(int, _ratio(value)))
                assert abs(middle - exact) <= abs(exact) * Fraction(1, 2**49) + Fraction(1, 2**1090)


def _rational(x: Any) -> tuple[Any, Any]:
    mantissa, exponent = x.man_exp()
    return (mantissa * 2 ** int(exponent), 1) if exponent >= 0 else (mantissa, 2 ** -int(exponent))


def _ratio(x: Any) -> tuple[Any, Any]:
    sign, mantissa, exponent, _ = x._mpf_
    value = -mantissa if sign else mantissa
    return (value << exponent, 1) if exponent >= 0 else (value, 1 << -exponent)


def test_reference_along_a_direction() -> None:
    """Along a direction u the derivatives are u ℓ′ and u² ℓ″."""
    reference = Reference(LINEAR)
    value, first, second = reference.along(arb(3), 0.5, 1.0)
    assert (float(value.mid()), float(first.mid()), float(second.mid())) == (2.0, 1.0, 0.25)


def test_functions_without_derivatives_are_refused() -> None:
    """|z| has no finite differences with a known error: an error, not a guess."""
    with pytest.raises(TermError, match="abs"):
        evaluator(make("abs", sym("z")))


def test_wrong_shapes_and_targets_are_errors() -> None:
    """A function that returns another shape, or text, and data with other targets, are named."""
    with pytest.raises(DataError, match=r"gradient function returned shape \(64, 1\)"):
        gradcheck(LOGISTIC, gradient=lambda t, X, y, w=None: (X.T @ y)[:, None])
    with pytest.raises(DataError, match="hessian function returned shape"):
        gradcheck(LOGISTIC, hessian=lambda t, X, y, w=None: "no")
    with pytest.raises(DataError, match="row 1, column 'loss': 42 is no target"):
        gradcheck(LOGISTIC, data=stack_loss())


def test_values_that_are_not_numbers_never_agree() -> None:
    """NaN, or an infinity where a number is due, is the worst error there is; equal infinities are equal."""
    tolerance = Tolerance(1.0, "")
    for bad in (np.nan, np.inf):
        check = agreement("x", Pair(np.array([1.0, bad]), np.array([1.0, 2.0]), 1.0), tolerance, ["a", "b"])
        assert not check.ok
        assert check.worst.startswith("b: ")


def test_data_sets_for_the_check() -> None:
    """Generated data have a weight of 0 and rows far out; thinning keeps first and last row; θ suits the columns."""
    d = generated(LOGISTIC, 20, 4)
    assert d.sample_weight is not None
    assert d.sample_weight[0] == 0
    assert set(d.y) <= {0.0, 0.25, 1.0}
    few = thinned(stack_loss(), 5)
    assert len(few.y) == 5
    assert few.y[0] == 42
    assert few.y[-1] == 15
    assert thinned(d, 20) is d
    assert all(np.abs(few.X @ theta).max() < 200 for theta in parameters(few))
