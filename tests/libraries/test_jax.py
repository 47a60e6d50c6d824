"""Objectives of JAX, with the real JAX: what is read, what is proved, what is refuted, and on which line."""

from __future__ import annotations

import inspect
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from jax import lax
from jax.scipy.stats import norm
from jax.test_util import check_grads

from derive.frontends import Asked, recognise
from derive.frontends import jax as frontend
from derive.objective import check_objective
from derive.tracing.unreadable import Unreadable

sys.path.insert(0, str(Path(__file__).parent))
from values import value

GENERATOR = np.random.default_rng(21)
Z_LOG = "log(1 + exp(z)) - y*z"


def line_in(code: Any, text: str) -> int:
    """The number of the first line of some code that contains a text."""
    lines, first = inspect.getsourcelines(code)
    return first + next(i for i, line in enumerate(lines) if text in line)


def vjp(function: Callable[..., Any], bwd: Callable[..., Any], **said: Any) -> Any:
    """A function with this way back; its arguments are the residuals."""
    out = jax.custom_vjp(function, **said)
    out.defvjp(lambda *x: (function(*x), x), bwd)
    return out


def jvp(function: Callable[..., Any], rule: Callable[..., Any]) -> Any:
    """A function with this rule for tangents."""
    out = jax.custom_jvp(function)
    out.defjvp(rule)
    return out


def log_loss(x: Any, y: Any) -> Any:
    """log(1 + exp(x)) − x·y."""
    return jnp.logaddexp(0.0, x) - x * y


def log_loss_back(res: Any, g: Any) -> Any:
    """Right."""
    x, y = res
    return g * (jax.nn.sigmoid(x) - y), None


def huber(x: Any, y: Any, delta: float = 1.0) -> Any:
    """The sum over rows."""
    r = x - y
    return jnp.where(jnp.abs(r) <= delta, 0.5 * r**2, delta * (jnp.abs(r) - 0.5 * delta)).sum()


def huber_sum(x: Any, y: Any) -> Any:
    """Without a parameter: JAX wants something back for each one."""
    return huber(x, y)


def product(a: Any, b: Any) -> Any:
    """Two arguments."""
    return a * jnp.exp(b)


def softplus(x: Any) -> Any:
    """As a beginner writes it."""
    return jnp.log(1 + jnp.exp(x))


def softplus_rule(primals: Any, tangents: Any) -> Any:
    """Right."""
    (x,), (t,) = primals, tangents
    return softplus(x), t * jax.nn.sigmoid(x)


def product_rule(primals: Any, tangents: Any) -> Any:
    """Right, for both arguments."""
    (a, b), (s, t) = primals, tangents
    e = jnp.exp(b)
    return a * e, s * e + t * a * e


def mean_loss(x: Any, y: Any) -> Any:
    """The mean over rows."""
    return jnp.mean(jax.nn.softplus(x) - x * y)


def focal(x: Any, y: Any) -> Any:
    """With a factor that is not differentiated."""
    p = jax.nn.sigmoid(lax.stop_gradient(x))
    return jnp.sum((1 - p) ** 2 * (jax.nn.softplus(x) - x * y))


def clipped(x: Any, y: Any) -> Any:
    """Probabilities kept away from 0 and 1."""
    p = jnp.clip(jax.nn.sigmoid(x), 0.01, 0.99)
    return -(y * jnp.log(p) + (1 - y) * jnp.log(1 - p)).sum()


def one_hot(logits: Any, labels: Any) -> Any:
    """Cross entropy by indicators."""
    return -(jax.nn.one_hot(labels, 3) * jax.nn.log_softmax(logits)).sum()


def conditional(x: Any, y: Any) -> Any:
    """A branch of JAX's."""
    return lax.cond(x.sum() > 0, lambda: jnp.sum(x * y), lambda: jnp.sum(x**2))


def repeated(x: Any, y: Any) -> Any:
    """A loop of known length."""
    return lax.fori_loop(0, 3, lambda i, s: s * x + y, jnp.ones_like(x)).sum()


@jax.custom_jvp
def log_ndtr(x: Any) -> Any:
    """Called like a function of JAX's, and another one."""
    return 2 * x


log_ndtr.defjvp(lambda p, t: (log_ndtr(p[0]), 2 * t[0]))


def survival(k: float) -> Callable[..., Any]:
    """log Φ(x), which JAX computes by a series far out, with k times its derivative."""

    def log_cdf(x: Any) -> Any:
        return norm.logcdf(x)

    def rule(primals: Any, tangents: Any) -> Any:
        (x,), (t,) = primals, tangents
        out = log_cdf(x)
        return out, k * jnp.exp(norm.logpdf(x) - out) * t

    return jvp(log_cdf, rule)


RIGHT: list[tuple[Any, dict[str, Any]]] = [
    (vjp(log_loss, log_loss_back), {}),
    (vjp(log_loss, log_loss_back), {"loss": Z_LOG}),
    (vjp(product, lambda res, g: (g * jnp.exp(res[1]), g * product(*res))), {}),
    (vjp(softplus, lambda res, g: (g * jax.nn.sigmoid(res[0]),)), {}),
    (vjp(huber_sum, lambda res, g: (g * jnp.clip(res[0] - res[1], -1, 1), None)), {}),
    (jvp(softplus, softplus_rule), {}),
    (jvp(product, product_rule), {}),
    (mean_loss, {"loss": Z_LOG}),
    (jax.jit(mean_loss), {"loss": Z_LOG}),
    (huber, {}),
    (huber, {"parameters": ["delta"], "domain": {"delta": "positive"}}),
    (clipped, {}),
    (one_hot, {"classes": 3, "loss": "log(exp(z1) + exp(z2) + exp(z3)) - y1*z1 - y2*z2 - y3*z3"}),
    (conditional, {}),
    (repeated, {}),
    (survival(1.0), {"dtypes": ()}),
    (log_ndtr, {"loss": "2*x"}),
]


@pytest.mark.parametrize(("objective", "said"), RIGHT, ids=lambda x: getattr(x, "__name__", str(x)[:30]))
def test_right_functions_are_proved(objective: Any, said: dict[str, Any]) -> None:
    """What goes back is proved to be the derivative."""
    report = check_objective(objective, **said)
    assert report.status == "proved", report.text()
    assert report.source is not None
    assert (report.source.library, report.source.how, report.source.file) == ("jax", "read", __file__)


def negated(res: Any, g: Any) -> Any:
    """The wrong sign."""
    x, y = res
    return g * (y - jax.nn.sigmoid(x)), None


def unchained(res: Any, g: Any) -> Any:
    """The upstream gradient is lost."""
    x, y = res
    return jax.nn.sigmoid(x) - y, None


def narrow(res: Any, g: Any) -> Any:
    """Wrong in a narrow window."""
    x, y = res
    s = jax.nn.sigmoid(x)
    return g * (jnp.where((x > 30) & (x < 30.001), 0.5, s) - y), None


def not_linear(primals: Any, tangents: Any) -> Any:
    """Right where the tangent is 1."""
    (x,), (t,) = primals, tangents
    return softplus(x), t * jax.nn.sigmoid(x + 0.0001)


WRONG: list[tuple[Any, dict[str, Any], str]] = [
    (vjp(log_loss, negated), {}, "sign"),
    (vjp(log_loss, unchained), {}, ""),
    (vjp(log_loss, narrow), {}, ""),
    (vjp(product, lambda res, g: (g * product(*res), g * jnp.exp(res[1]))), {}, ""),
    (vjp(huber_sum, lambda res, g: (g * (res[0] - res[1]), None)), {}, ""),
    (jvp(softplus, not_linear), {}, ""),
    (jvp(softplus, lambda p, t: (softplus(p[0]), t[0] * (1 - jax.nn.sigmoid(p[0])))), {}, ""),
    (jvp(product, lambda p, t: (product(*p), t[0] * jnp.exp(p[1]))), {}, ""),
    (survival(-1.0), {"dtypes": ()}, ""),
    (log_ndtr, {"loss": "log(normcdf(x))"}, ""),
    (focal, {}, "product-rule"),
    (mean_loss, {"loss": "log(1 + exp(z)) + y*z"}, ""),
    (huber, {"loss": "(z - y)**2/2"}, ""),
    (one_hot, {"classes": 3, "loss": "-y1*z1 - y2*z2 - y3*z3"}, ""),
]


@pytest.mark.parametrize(("objective", "said", "kind"), WRONG)
def test_wrong_functions_are_refuted(objective: Any, said: dict[str, Any], kind: str) -> None:
    """A wrong derivative is refuted with a point."""
    report = check_objective(objective, **said)
    assert report.status == "refuted", report.text()
    assert report.gradient is not None
    assert report.gradient.witness is not None
    assert not kind or kind in {d.kind for c in report.gradient.components for d in c.diagnosis}


def test_lines() -> None:
    """The line of the function's value, and that of the `return` of bwd."""
    source = check_objective(vjp(log_loss, negated)).source
    assert source is not None
    assert (source.line, source.loss_line) == (line_in(log_loss, "def "), line_in(log_loss, "return"))
    assert source.gradient_line == line_in(negated, "return")


@pytest.mark.parametrize(("bwd", "right"), [(log_loss_back, True), (negated, False)])
def test_check_grads_agrees(bwd: Any, right: bool) -> None:
    """JAX's own finite differences say the same."""
    with jax.enable_x64(True):
        given = (jnp.asarray(GENERATOR.normal(size=4)),)
        function = vjp(lambda x: log_loss(x, 1.0), lambda res, g: bwd((res[0], 1.0), g)[:1])
        if right:
            check_grads(function, given, 1, modes=["rev"])
        else:
            with pytest.raises(AssertionError):
                check_grads(function, given, 1, modes=["rev"])


def test_a_forward_that_gives_another_value_is_noted() -> None:
    """jax.grad calls fwd, a plain call does not: that they differ is said."""
    out = jax.custom_vjp(softplus)
    out.defvjp(lambda x: (softplus(x) + 1, x), lambda x, g: (g * jax.nn.sigmoid(x),))
    report = check_objective(out)
    assert report.status == "proved"
    assert any("fwd" in note for note in report.notes)


# -- what cannot be read


def python_branch(x: Any, y: Any) -> Any:
    """A branch of Python's."""
    return jnp.sum(x) if x.sum() > 0 else jnp.sum(y)


def while_loop(x: Any, y: Any) -> Any:
    """A loop whose length depends on the data."""
    return lax.while_loop(lambda s: s.sum() < 3, lambda s: s * 2, x).sum()


def selects(x: Any, y: Any) -> Any:
    """As many entries as the data say."""
    return jnp.sum(x[x > y])


def to_number(x: Any, y: Any) -> Any:
    """A number of Python in between."""
    return jnp.sum(x * float(x.sum()))


def through_numpy(x: Any, y: Any) -> Any:
    """Out of JAX and back."""
    return jnp.sum(x * np.asarray(x))


def noisy(x: Any, y: Any) -> Any:
    """Random numbers."""
    return jnp.sum(x + jax.random.normal(jax.random.key(0), x.shape))


def sorts(x: Any, y: Any) -> Any:
    """A primitive that is not known."""
    return jnp.sum(jnp.sort(x) * y)


UNREADABLE = [
    (python_branch, "x.sum() > 0", "branch that depends on the data"),
    (while_loop, "lax.while_loop", "primitive 'while'"),
    (selects, "[x > y]", "mask that depends on the data"),
    (to_number, "float(", "number that depends on the data"),
    (through_numpy, "np.asarray", "one of NumPy"),
    (noisy, "random.normal", "random"),
    (sorts, "jnp.sort", "primitive 'sort'"),
]


@pytest.mark.parametrize(("function", "text", "reason"), UNREADABLE, ids=lambda x: getattr(x, "__name__", ""))
def test_what_cannot_be_read_says_the_line(function: Callable[..., Any], text: str, reason: str) -> None:
    """The reason, and the line of the user's file."""
    with pytest.raises(Unreadable, match=reason) as caught:
        frontend.read(function, Asked())
    assert (caught.value.file, caught.value.line) == (__file__, line_in(function, text))


def test_recognised() -> None:
    """Functions with custom derivatives, compiled ones, and those that use jnp."""
    assert {recognise(x) for x in (RIGHT[0][0], jvp(softplus, softplus_rule), mean_loss, jax.jit(huber))} == {"jax"}


# -- every primitive: what is read is what JAX computes


def of_one(module: Any, name: str) -> Callable[..., Any]:
    """A function of one array, with another one beside it."""
    return lambda x, y: getattr(module, name)(x) * y + x


_NUMPY = ("exp", "expm1", "tanh", "sin", "cos", "arctan", "sinh", "cosh", "arcsinh", "abs", "sign", "square", "exp2")
_NN = ("sigmoid", "softplus", "log_sigmoid", "relu", "silu", "elu", "gelu", "leaky_relu", "soft_sign", "hard_tanh")
OPERATIONS: dict[str, Callable[..., Any]] = {
    **{n: of_one(jnp, n) for n in _NUMPY},
    **{f"nn.{n}": of_one(jax.nn, n) for n in _NN},
    "erf": lambda x, y: jax.scipy.special.erf(x) + jax.scipy.special.erfc(y * x),
    "gamma": lambda x, y: jax.scipy.special.gammaln(x**2 + 1) + jax.scipy.special.digamma(x**2 + 1),
    "log": lambda x, y: jnp.log(x**2 + 0.1) + jnp.log1p(x**2) + jnp.log2(x**2 + 1) + jnp.log10(y**2 + 1),
    "sqrt": lambda x, y: jnp.sqrt(x**2 + 1) + lax.rsqrt(x**2 + 1) + jnp.cbrt(x**2 + 1) + jnp.reciprocal(y**2 + 1),
    "where": lambda x, y: jnp.where(x > y, x * y, 0.0) + jnp.select([x < 0, x < 1], [y, x], 2.0),
    "clip": lambda x, y: jnp.clip(x, -0.5, 0.5) + jnp.maximum(x, y) - jnp.minimum(2 * x, y) + lax.clamp(-1.0, x, 1.0),
    "power": lambda x, y: x**3 + x**-2 + (x**2 + 1) ** 0.5 + 2**x + jnp.power(x**2 + 1, y),
    "logaddexp": lambda x, y: jnp.logaddexp(x, y) + jax.nn.logsumexp(jnp.stack([x, y]), axis=0),
    "softmax": lambda x, y: jax.nn.softmax(jnp.stack([x, y]), axis=0)[0] + jax.nn.log_softmax(x) * y,
    "sums": lambda x, y: x * y.sum() + x.mean() + (x * y).prod() + x.max() - y.min() + jnp.cumsum(x),
    "logic": lambda x, y: ((x > 0) & (y > 0) | ~(x < y)).astype(x.dtype) * x + jnp.logical_xor(x > 0, y > 0) * y,
    "shapes": lambda x, y: jnp.concatenate([x, y]).reshape(2, -1).T[::-1].sum(1) + jnp.tile(x, (3, 1)).sum(0),
    "indexing": lambda x, y: x[jnp.array([1, 0])] * y + x.at[0].set(2.0) * y + x.at[1].add(y[0]) + jnp.roll(x, 1),
    "products": lambda x, y: jnp.stack([x, y]).T @ jnp.array([1.0, 2.0]) + jnp.dot(x, y) + jnp.outer(x, y).sum(1),
    "loops": lambda x, y: lax.scan(lambda c, r: (c * r, c + r), 1.0, x)[1] + lax.fori_loop(0, 2, lambda i, s: s * x, y),
    "switch": lambda x, y: lax.switch(2, [lambda: x, lambda: y, lambda: x * y]) + lax.cond(True, lambda: x, lambda: y),
    "vmap": lambda x, y: jax.vmap(lambda a, b: jnp.where(a > b, a**2, b) * a)(x, y) + x,
    "grad inside": lambda x, y: jax.vmap(jax.grad(lambda a: jnp.tanh(a) * a))(x) * y,
    "xlogy": lambda x, y: jax.scipy.special.xlogy(x**2 + 1, y**2 + 1) + jax.scipy.special.logit(jax.nn.sigmoid(x)),
    "normal": lambda x, y: jax.scipy.stats.norm.logpdf(x, y, 2.0) + jax.scipy.stats.norm.cdf(x),
}


@pytest.mark.parametrize("name", OPERATIONS)
def test_what_is_read_is_what_jax_computes(name: str) -> None:
    """Value and gradient of the formulas are those of JAX at random points, for two rows together."""

    def function(x: Any, y: Any) -> Any:
        return OPERATIONS[name](x, y)

    found = frontend._vjp(function, Asked()).followed(2)
    for _ in range(5):
        x, y = GENERATOR.normal(size=2), GENERATOR.normal(size=2)
        point = {f"{n}{i + 1}": t[i] for n, t in (("x", x), ("y", y)) for i in range(2)}
        with jax.enable_x64(True):
            out, back = jax.vjp(function, x, y)
            slopes = back(jnp.ones_like(out))[0]
        formulas = [c.known for c in found.values["value"].reshape(-1)]
        assert [value(t, point) for t in formulas] == pytest.approx(np.ravel(out).tolist(), rel=1e-8, abs=1e-9)
        mine = [value(c.known, point) for c in found.values["0"].reshape(-1)]
        assert mine == pytest.approx(np.asarray(slopes).tolist(), rel=1e-7, abs=1e-8)


def test_numbers_are_those_of_jax() -> None:
    """The numeric probe and the findings in floating point ask the real code."""
    columns = {"x": GENERATOR.normal(size=6), "y": np.ones(6)}
    found = frontend.numbers(RIGHT[0][0], Asked(wrt=("x",)), columns)
    assert found.gradient == pytest.approx(1 / (1 + np.exp(-columns["x"])) - 1)


def test_a_proved_function_trains_as_the_built_in_loss() -> None:
    """Gradient descent with the proved derivative is the one with JAX's own."""
    X, y = GENERATOR.normal(size=(60, 3)), GENERATOR.integers(0, 2, 60).astype(float)
    with jax.enable_x64(True):
        fitted = []
        for loss in (RIGHT[0][0], log_loss):
            step = jax.jit(jax.grad(lambda theta, loss=loss: loss(X @ theta, y).mean()))
            theta = jnp.zeros(3)
            for _ in range(50):
                theta -= 0.5 * step(theta)
            fitted.append(np.asarray(theta))
    assert fitted[0] == pytest.approx(fitted[1])


def test_nothing_is_left_behind() -> None:
    """After a check, JAX computes in float32 as before, and the default of a parameter is what it was."""
    check_objective(huber, parameters=["delta"], domain={"delta": "positive"})
    assert jnp.asarray(1.0).dtype == jnp.float32
    assert inspect.signature(huber).parameters["delta"].default == 1.0


def test_importing_derive_does_not_import_jax() -> None:
    """The library is imported where it is used."""
    code = "import sys, derive, derive.objective, derive.frontends.jax; print('jax' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"


# -- whole numbers, and numbers that are not there


def _custom(value: Callable[..., Any], back: Callable[..., Any]) -> Any:
    """A function of x with the derivative `back`."""
    f = jax.custom_vjp(value)
    f.defvjp(lambda x: (value(x), x), lambda x, g: (g * back(x),))
    return f


@pytest.mark.parametrize(
    ("value", "back"),
    [
        (lambda x: jnp.where(x > 0, 0.0, x), lambda x: ~jnp.where(x > 0, 1, 0)),
        (lambda x: jnp.where(x > 0, 3 * x, x), lambda x: jnp.where(x > 0, 2, 0) | 1),
        (lambda x: jnp.where(x > 0, 1.5 * x, 0.0), lambda x: jax.lax.div(jnp.where(x > 0, 3, 0), 2)),
        (lambda x: jnp.sum(x) * x / 2, lambda x: x.astype(int) * 1.0),
    ],
)
def test_arithmetic_of_whole_numbers_is_not_taken_for_that_of_real_ones(value: Any, back: Any) -> None:
    """Bits and quotients of whole numbers, and digits that are cut off."""
    with pytest.raises(Unreadable, match=r"whole numbers|of numbers|depends on the data"):
        check_objective(_custom(value, back), dtypes=())


def test_the_largest_number_and_a_choice_without_a_value_are_read() -> None:
    """`nan_to_num` brings the largest double; what a decided choice leaves out need not be a number."""
    assert check_objective(_custom(lambda x: x**2, lambda x: jnp.nan_to_num(2 * x)), dtypes=()).status == "proved"
    chosen = _custom(lambda x: x**2, lambda x: jnp.where(jnp.ones(x.shape) > 0, 2 * x, jnp.nan))
    assert check_objective(chosen, dtypes=()).status == "proved"
