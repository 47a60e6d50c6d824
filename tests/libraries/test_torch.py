"""Objectives of PyTorch, with the real PyTorch: what is read, what is proved, what is refuted, and on which line."""

from __future__ import annotations

import inspect
import math
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
import torch.nn.functional as F  # noqa: N812  (as everybody calls it)

from derive.errors import DeriveError
from derive.frontends import Asked, recognise
from derive.frontends import torch as frontend
from derive.objective import check_objective
from derive.tracing.unreadable import Unreadable

sys.path.insert(0, str(Path(__file__).parent))
from values import value

Function = torch.autograd.Function
GENERATOR = np.random.default_rng(20)


def line_in(code: Any, text: str) -> int:
    """The number of the first line of some code that contains a text."""
    lines, first = inspect.getsourcelines(code)
    return first + next(i for i, line in enumerate(lines) if text in line)


# -- autograd functions that are right


class LogLoss(Function):
    """With saved tensors."""

    @staticmethod
    def forward(ctx: Any, input: Any, target: Any) -> Any:
        p = torch.sigmoid(input)
        ctx.save_for_backward(p, target)
        return -(target * torch.log(p) + (1 - target) * torch.log(1 - p))

    @staticmethod
    def backward(ctx: Any, grad_output: Any) -> Any:
        p, target = ctx.saved_tensors
        return grad_output * (p - target), None


class Softplus(Function):
    """With a context that is set up apart from forward."""

    @staticmethod
    def forward(x: Any) -> Any:
        return F.softplus(x)

    @staticmethod
    def setup_context(ctx: Any, inputs: Any, output: Any) -> None:
        ctx.save_for_backward(*inputs)

    @staticmethod
    def backward(ctx: Any, g: Any) -> Any:
        (x,) = ctx.saved_tensors
        return g * torch.sigmoid(x)


class HuberMean(Function):
    """The mean over rows, masks in place, a parameter kept in the context."""

    @staticmethod
    def forward(ctx: Any, input: Any, target: Any, delta: float = 1.0) -> Any:
        r = input - target
        ctx.save_for_backward(r)
        ctx.delta = delta
        return torch.where(r.abs() <= delta, 0.5 * r**2, delta * (r.abs() - 0.5 * delta)).mean()

    @staticmethod
    def backward(ctx: Any, grad_output: Any) -> Any:
        (r,) = ctx.saved_tensors
        g = r.clone()
        g[r > ctx.delta] = ctx.delta
        g[r < -ctx.delta] = -ctx.delta
        g.mul_(grad_output / r.numel())
        return g, -g, None


class Swish(Function):
    """Computed again in backward; `needs_input_grad` is asked."""

    @staticmethod
    def forward(ctx: Any, x: Any) -> Any:
        ctx.save_for_backward(x)
        return x * x.sigmoid()

    @staticmethod
    def backward(ctx: Any, grad_output: Any) -> Any:
        (x,) = ctx.saved_tensors
        if not ctx.needs_input_grad[0]:
            return None
        s = x.sigmoid()
        return grad_output * (s * (1 + x * (1 - s)))


class TwoInputs(Function):
    """A gradient for both arguments."""

    @staticmethod
    def forward(ctx: Any, a: Any, b: Any) -> Any:
        ctx.save_for_backward(a, b)
        return a * torch.exp(b)

    @staticmethod
    def backward(ctx: Any, grad_output: Any) -> Any:
        a, b = ctx.saved_tensors
        e = b.exp()
        return grad_output * e, grad_output * a * e


class Power(Function):
    """`pow`, `clamp` and a power that is an argument without a default."""

    @staticmethod
    def forward(ctx: Any, x: Any, gamma: float) -> Any:
        ctx.save_for_backward(x)
        ctx.gamma = gamma
        return x.clamp(min=0).pow(gamma)

    @staticmethod
    def backward(ctx: Any, grad_output: Any) -> Any:
        (x,) = ctx.saved_tensors
        return grad_output * ctx.gamma * x.clamp(min=0).pow(ctx.gamma - 1) * (x > 0), None


RIGHT: list[tuple[Any, dict[str, Any]]] = [
    (LogLoss, {}),
    (LogLoss, {"loss": "log(1 + exp(z)) - y*z"}),
    (Softplus, {}),
    (HuberMean, {}),
    (HuberMean, {"parameters": ["delta"], "domain": {"delta": "positive"}}),
    (Swish, {}),
    (TwoInputs, {}),
    (Power, {"domain": {"gamma": "[2, 5]"}}),
]


@pytest.mark.parametrize(("objective", "said"), RIGHT, ids=lambda x: getattr(x, "__name__", str(x)[:40]))
def test_right_functions_are_proved(objective: Any, said: dict[str, Any]) -> None:
    """What goes back is proved to be the derivative, in every argument for which something goes back."""
    report = check_objective(objective, **said)
    assert report.status == "proved", report.text()
    assert report.source is not None
    assert (report.source.library, report.source.how) == ("torch", "read")


def test_lines_are_those_of_forward_and_backward() -> None:
    """The report says where the loss is computed, and where the gradient."""
    source = check_objective(LogLoss).source
    assert source is not None
    assert source.file == __file__
    assert source.line == line_in(LogLoss, "class LogLoss")
    assert source.loss_line == line_in(LogLoss, "return -(target")
    assert source.gradient_line == line_in(LogLoss, "return grad_output")


def test_the_names_are_those_of_the_code() -> None:
    """Without a stated loss the formulas are in the names of the arguments, and the upstream gradient has its own."""
    report = check_objective(HuberMean)
    assert report.wrt == ("input", "target")
    assert "grad_output" in report.text()


# -- autograd functions that are wrong


class Negated(LogLoss):
    """target − p for p − target."""

    @staticmethod
    def backward(ctx: Any, grad_output: Any) -> Any:
        p, target = ctx.saved_tensors
        return grad_output * (target - p), None


class Unchained(LogLoss):
    """The upstream gradient is lost."""

    @staticmethod
    def backward(ctx: Any, grad_output: Any) -> Any:
        p, target = ctx.saved_tensors
        return p - target, None


class SquaredUpstream(LogLoss):
    """Not linear in the upstream gradient: right for 0 and 1, as in most tests."""

    @staticmethod
    def backward(ctx: Any, grad_output: Any) -> Any:
        p, target = ctx.saved_tensors
        return grad_output**2 * (p - target), None


class Saturated(LogLoss):
    """The derivative in p given for the one in the raw score."""

    @staticmethod
    def backward(ctx: Any, grad_output: Any) -> Any:
        p, target = ctx.saved_tensors
        return grad_output * (p - target) / (p * (1 - p)), None


class NoMean(HuberMean):
    """The 1/n of the mean is forgotten: with a single row that is right."""

    @staticmethod
    def backward(ctx: Any, grad_output: Any) -> Any:
        (r,) = ctx.saved_tensors
        g = grad_output * r.clamp(-ctx.delta, ctx.delta)
        return g, -g, None


class WrongTail(HuberMean):
    """Right between the bounds only."""

    @staticmethod
    def backward(ctx: Any, grad_output: Any) -> Any:
        (r,) = ctx.saved_tensors
        return grad_output * r / r.numel(), -grad_output * r / r.numel(), None


class SecondWrong(TwoInputs):
    """The gradient of the second argument lacks a factor."""

    @staticmethod
    def backward(ctx: Any, grad_output: Any) -> Any:
        a, b = ctx.saved_tensors
        return grad_output * b.exp(), grad_output * b.exp() * a * a


class Swapped(TwoInputs):
    """The gradients are in the wrong order."""

    @staticmethod
    def backward(ctx: Any, grad_output: Any) -> Any:
        a, b = ctx.saved_tensors
        return grad_output * a * b.exp(), grad_output * b.exp()


class Window(Softplus):
    """Wrong in a narrow window that no random point meets."""

    @staticmethod
    def backward(ctx: Any, g: Any) -> Any:
        (x,) = ctx.saved_tensors
        s = torch.sigmoid(x)
        return g * torch.where((x > 20.0) & (x < 20.0001), s * 1.001, s)


class Nothing(Softplus):
    """Nothing goes back."""

    @staticmethod
    def backward(ctx: Any, g: Any) -> Any:
        return None


WRONG: list[tuple[Any, str]] = [
    (Negated, "sign"),
    (Unchained, ""),
    (SquaredUpstream, ""),
    (Saturated, ""),
    (NoMean, ""),
    (WrongTail, ""),
    (SecondWrong, ""),
    (Swapped, ""),
    (Window, ""),
    (Nothing, ""),
]


@pytest.mark.parametrize(("objective", "kind"), WRONG, ids=lambda x: getattr(x, "__name__", ""))
def test_wrong_functions_are_refuted(objective: Any, kind: str) -> None:
    """A wrong backward is refuted with a point, on the line that returns it."""
    report = check_objective(objective)
    assert report.status == "refuted", report.text()
    assert report.gradient is not None
    assert report.gradient.witness is not None
    assert not kind or kind in {d.kind for c in report.gradient.components for d in c.diagnosis}
    assert report.source is not None
    assert report.source.gradient_line in range(*_lines(objective.backward)) or objective is Nothing


def _lines(code: Any) -> tuple[int, int]:
    lines, first = inspect.getsourcelines(code)
    return first, first + len(lines)


@pytest.mark.parametrize(
    ("objective", "right"), [(LogLoss, True), (TwoInputs, True), (Negated, False), (Swapped, False)]
)
def test_gradcheck_agrees(objective: Any, right: bool) -> None:
    """PyTorch's own finite differences say the same of the same classes."""
    inputs = [torch.tensor(GENERATOR.normal(size=4), requires_grad=True) for _ in range(2)]
    chosen = [inputs[0], inputs[1] if objective in (TwoInputs, Swapped) else torch.ones(4, dtype=torch.float64)]
    assert torch.autograd.gradcheck(objective.apply, chosen, raise_exception=False) is right


# -- losses without a backward of their own


class BceLogits(torch.nn.Module):
    """The built-in one, wrapped."""

    def forward(self, input: Any, target: Any) -> Any:
        return F.binary_cross_entropy_with_logits(input, target)


class Focal(torch.nn.Module):
    """With a parameter of the object."""

    def __init__(self, gamma: float = 2.0, detached: bool = False) -> None:
        super().__init__()
        self.gamma = gamma
        self.detached = detached

    def forward(self, input: Any, target: Any) -> Any:
        bce = F.binary_cross_entropy_with_logits(input, target, reduction="none")
        pt = torch.exp(-bce)
        return ((1 - (pt.detach() if self.detached else pt)) ** self.gamma * bce).mean()


class Weighted(torch.nn.Module):
    """With a buffer in float32."""

    def __init__(self) -> None:
        super().__init__()
        self.register_buffer("scale", torch.tensor(math.log(2)))

    def forward(self, input: Any, target: Any) -> Any:
        return self.scale * F.mse_loss(input, target)


def stable_bce(logits: Any, labels: Any) -> Any:
    """max(z, 0) − z·y + log(1 + exp(−|z|)), as it is often written."""
    return (logits.clamp(min=0) - logits * labels + torch.log1p(torch.exp(-logits.abs()))).mean()


def pinball(y_pred: Any, y_true: Any) -> Any:
    """A maximum."""
    e = y_true - y_pred
    return torch.max(0.3 * e, -0.7 * e).mean()


def branching(x: Any, y: Any) -> Any:
    """A branch that depends on the data."""
    return (x**2).sum() if (x > y).all() else (torch.exp(x) * y).sum()


def cross_entropy(logits: Any, labels: Any) -> Any:
    """The built-in one, for classes."""
    return F.cross_entropy(logits, labels)


def poisson(input: Any, target: Any) -> Any:
    """Another built-in one."""
    return F.poisson_nll_loss(input, target)


Z_LOG = "log(1 + exp(z)) - y*z"
LOSSES: list[tuple[Any, dict[str, Any], str]] = [
    (BceLogits, {"loss": Z_LOG}, "proved"),
    (BceLogits(), {}, "proved"),
    (BceLogits(), {"loss": "y*z - log(1 + exp(z))"}, "refuted"),
    (Focal(), {}, "proved"),
    (
        Focal(),
        {"loss": "(1 - exp(z*y - log(1 + exp(z))))**gamma*(log(1 + exp(z)) - y*z)", "domain": {"y": "{0, 1}"}},
        "proved",
    ),
    (Focal(detached=True), {}, "refuted"),
    (Weighted(), {"loss": "log(2)*(z - y)**2"}, "proved"),
    (stable_bce, {"loss": Z_LOG}, "refuted"),
    (pinball, {"loss": "Max(0.3*(y - z), 0.7*(z - y))"}, "proved"),
    (branching, {"library": "torch"}, "proved"),
    (cross_entropy, {"classes": 3, "loss": "log(exp(z1) + exp(z2) + exp(z3)) - y1*z1 - y2*z2 - y3*z3"}, "proved"),
    (cross_entropy, {"classes": 3, "loss": "-y1*z1 - y2*z2 - y3*z3"}, "refuted"),
    (poisson, {"loss": "exp(z) - y*z"}, "proved"),
]


@pytest.mark.parametrize(("objective", "said", "status"), LOSSES, ids=lambda x: getattr(x, "__name__", ""))
def test_losses(objective: Any, said: dict[str, Any], status: str) -> None:
    """What autograd gives back is compared with the stated loss, or with what the code itself computes."""
    report = check_objective(objective, **said)
    assert report.status == status, report.text()


def test_the_usual_stable_form_is_wrong_where_training_starts() -> None:
    """clamp(min=0) + log1p(exp(−|z|)) is wrong at z = 0: PyTorch gives −y, or 1 − y in some versions, not 1/2 − y."""
    report = check_objective(stable_bce, Z_LOG)
    assert report.gradient is not None
    assert report.gradient.components[0].diagnosis[0].kind == "only-at-points"
    z, y = torch.zeros(1, requires_grad=True), torch.ones(1)
    stable_bce(z, y).backward()
    assert z.grad is not None
    assert float(z.grad) in (-1.0, 0.0)


class Rounded(Function):
    """A straight-through estimator."""

    @staticmethod
    def forward(ctx: Any, x: Any) -> Any:
        return torch.round(100 * x) / 100

    @staticmethod
    def backward(ctx: Any, g: Any) -> Any:
        return g


class Sign(Rounded):
    """The sign, and what goes back is clipped."""

    @staticmethod
    def forward(ctx: Any, x: Any) -> Any:
        ctx.save_for_backward(x)
        return torch.sign(x)

    @staticmethod
    def backward(ctx: Any, g: Any) -> Any:
        (x,) = ctx.saved_tensors
        return g * (x.abs() <= 1)


class SignRight(Sign):
    """Its derivative, wherever it has one."""

    @staticmethod
    def backward(ctx: Any, g: Any) -> Any:
        return torch.zeros_like(g)


def test_straight_through_estimators_are_named() -> None:
    """They are no derivatives, which is the point of them: the report says what they are, and proves nothing."""
    rounded, sign, right = (check_objective(f, dtypes=()) for f in (Rounded, Sign, SignRight))
    assert rounded.status != "proved"
    assert sign.status == "refuted"
    assert all(any("straight-through" in n for n in r.notes) for r in (rounded, sign))
    assert not any("straight-through" in n for n in right.notes)


def test_a_detached_factor_is_explained() -> None:
    """`detach` in the focal loss: what is lost is a summand of the product rule."""
    report = check_objective(Focal(detached=True))
    assert report.gradient is not None
    assert "product-rule" in {d.kind for c in report.gradient.components for d in c.diagnosis}


# -- what cannot be read


def takes_item(x: Any, y: Any) -> Any:
    """A number of Python in between."""
    return (x * x.sum().item()).sum()


def interpolated(x: Any, y: Any) -> Any:
    """A table of NumPy's."""
    return (x * torch.tensor(np.interp(x.detach().numpy(), [0.0, 1.0], [0.0, 1.0]))).sum()


def selects(x: Any, y: Any) -> Any:
    """As many entries as the data say."""
    return (x - y)[x > y].sum()


def noisy(x: Any, y: Any) -> Any:
    """Random numbers."""
    return (x + torch.rand(1) - y).pow(2).sum()


def rounds(x: Any, y: Any) -> Any:
    """Whole numbers of what is none."""
    return (x.long() * y).sum()


def sorts(x: Any, y: Any) -> Any:
    """An operation that is not known."""
    return torch.sort(x).values.sum()


UNREADABLE: list[tuple[Callable[..., Any], str, str]] = [
    (takes_item, "item()", r"\.item\(\)"),
    (interpolated, "np.interp", "interp"),
    (selects, "[x > y]", "mask that depends on the data"),
    (noisy, "rand", "random numbers"),
    (rounds, "long", "depends on the data"),
    (sorts, "sort(", "sort"),
]


@pytest.mark.parametrize(("function", "text", "reason"), UNREADABLE, ids=lambda x: getattr(x, "__name__", ""))
def test_what_cannot_be_read_says_the_line(function: Callable[..., Any], text: str, reason: str) -> None:
    """The reason, and the line of the user's file."""
    with pytest.raises(Unreadable, match=reason) as caught:
        frontend.read(function, Asked())
    assert (caught.value.file, caught.value.line) == (__file__, line_in(function, text))


def test_a_class_that_needs_arguments() -> None:
    """A module whose class cannot be made without arguments: the message says to give an object."""

    class Needs(torch.nn.Module):
        def __init__(self, gamma: float) -> None:
            super().__init__()

    with pytest.raises(DeriveError, match="give an object of it"):
        check_objective(Needs)


# -- which objects are PyTorch's


def test_recognised() -> None:
    """Functions of autograd, modules and functions that use torch; not what only looks like one."""
    assert [recognise(x) for x in (LogLoss, BceLogits, Focal(), stable_bce, pinball)] == ["torch"] * 5
    with pytest.raises(DeriveError, match="not clear which library"):
        recognise(line_in)


# -- every operation: what is read is what PyTorch computes


OPERATIONS: dict[str, Callable[..., Any]] = {
    **{
        n: getattr(torch, n) for n in ("exp", "expm1", "sigmoid", "tanh", "sin", "cos", "atan", "sinh", "cosh", "asinh")
    },
    **{n: getattr(torch, n) for n in ("erf", "erfc", "exp2", "abs", "sign", "relu", "square", "neg", "positive")},
    **{
        f"F.{n}": getattr(F, n)
        for n in ("softplus", "logsigmoid", "silu", "relu6", "hardtanh", "elu", "gelu", "softsign")
    },
    **{
        f"F.{n}": getattr(F, n)
        for n in ("leaky_relu", "tanhshrink", "hardsigmoid", "hardswish", "mish", "selu", "celu")
    },
    "log": lambda x, y: torch.log(x**2 + 0.1),
    "log1p": lambda x, y: torch.log1p(x**2),
    "log2": lambda x, y: torch.log2(x**2 + 1),
    "log10": lambda x, y: torch.log10(x**2 + 1),
    "sqrt": lambda x, y: torch.sqrt(x**2 + 1) + torch.rsqrt(x**2 + 1),
    "lgamma": lambda x, y: torch.lgamma(x**2 + 1) + torch.digamma(x**2 + 1) + torch.polygamma(1, x**2 + 1),
    "logit": lambda x, y: torch.logit(torch.sigmoid(x)) + torch.logit(torch.sigmoid(x), eps=0.3),
    "special": lambda x, y: torch.special.ndtr(x) + torch.special.log_ndtr(x) + torch.special.xlog1py(x, y**2),
    "xlogy": lambda x, y: torch.xlogy(x**2, y**2 + 1),
    "clamp": lambda x, y: x.clamp(-0.5, 0.5) + x.clamp_min(0.1) + x.clamp(max=0.2) + torch.clamp(x, y, y + 1),
    "where": lambda x, y: torch.where(x > y, x * y, torch.zeros_like(x)),
    "masked_fill": lambda x, y: x.masked_fill(x > y, 3.0) + (x * 2).masked_fill_(x < 0, 0),
    "in place": lambda x, y: (x * 2).add_(y).mul_(3).sub_(1).div_(2).clamp_(-4, 4).exp_(),
    "mask in place": lambda x, y: _masked(x, y) * 1,
    "minimum": lambda x, y: torch.minimum(x, y) + torch.maximum(x, 2 * y) + torch.max(x, y) + torch.fmin(x, y),
    "pow": lambda x, y: x**3 + x**-2 + (x**2 + 1) ** 0.5 + 2**x + torch.pow(x**2 + 1, y),
    "arithmetic": lambda x, y: 1 - x + 2 / (x**2 + 1) - (3 - y) * x / 4 + torch.sub(x, y, alpha=2) + torch.rsub(x, 1),
    "logaddexp": lambda x, y: torch.logaddexp(x, y) + torch.hypot(x, y + 3),
    "lerp": lambda x, y: torch.lerp(x, y, 0.3) + torch.addcmul(x, x, y, value=2) + torch.addcdiv(x, y, x**2 + 1),
    "heaviside": lambda x, y: x + torch.heaviside(x.detach(), torch.zeros_like(x)) * y,
    "logic": lambda x, y: ((x > 0) & (y > 0) | ~(x < y)).to(x.dtype) * x + torch.logical_xor(x > 0, y > 0) * y,
    "sums": lambda x, y: x * y.sum() + x.mean() - (x * y).prod() + torch.logsumexp(x, 0) + x.amax() + y.amin(),
    "variance": lambda x, y: torch.stack([x, y, x * y]).var(dim=0) + torch.stack([x, y, y]).std(0, unbiased=False),
    "softmax": lambda x, y: torch.softmax(torch.stack([x, y, x * y]), 0)[1] + F.log_softmax(torch.stack([x, y]), 0)[0],
    "shapes": lambda x, y: torch.cat([x, y]).reshape(2, -1).t().flip(0).sum(1) + x.unsqueeze(1).expand(-1, 3).sum(1),
    "views": lambda x, y: _through_views(x, y) * 1,
    "cumsum": lambda x, y: torch.cumsum(torch.stack([x, y, x]), 0)[2],
    "products": lambda x, y: torch.stack([x, y]).t() @ torch.tensor([1.0, 2.0], dtype=torch.float64) + torch.dot(x, y),
    "einsum": lambda x, y: torch.einsum("i,i->i", x, y) + torch.einsum("i,j->i", x, y),
    "losses": lambda x, y: F.mse_loss(x, y) + F.l1_loss(x, y) + F.smooth_l1_loss(x, y) + F.huber_loss(x, y, delta=0.5),
    "more losses": lambda x, y: (
        F.soft_margin_loss(x, y.detach())
        + F.poisson_nll_loss(x, y)
        + F.kl_div(x, torch.sigmoid(y), reduction="batchmean")
    ),
    "bce": lambda x, y: F.binary_cross_entropy(torch.sigmoid(x), torch.sigmoid(y)),
    "bce logits": lambda x, y: F.binary_cross_entropy_with_logits(x, torch.sigmoid(y), pos_weight=torch.tensor(2.0)),
    "gaussian": lambda x, y: F.gaussian_nll_loss(x, y, y**2 + 1),
    "hinge": lambda x, y: F.hinge_embedding_loss(x, torch.where(y > 0, 1.0, -1.0)) + F.relu(1 - x * y).sum(),
}


def _masked(x: Any, y: Any) -> Any:
    out = x * y
    out[x > y] = 1.5
    out[0] = y[0] ** 2
    return out


def _through_views(x: Any, y: Any) -> Any:
    out = torch.stack([x, y])
    row = out[0]
    row += 1
    out.t()[:, 1] *= 2
    return out.sum(0)


@pytest.mark.parametrize("name", OPERATIONS)
def test_what_is_read_is_what_pytorch_computes(name: str) -> None:
    """Value and gradient of the formulas are those of PyTorch at random points, for two rows together."""
    function = OPERATIONS[name]

    def both(x: Any, y: Any) -> Any:
        return function(x, y) if function.__name__ == "<lambda>" else function(x)

    vjp = frontend._loss(both, Asked())
    found = vjp.followed(2)
    for _ in range(5):
        x, y = (torch.tensor(GENERATOR.normal(size=2), requires_grad=True) for _ in range(2))
        point = {f"{n}{i + 1}": float(t.detach()[i]) for n, t in (("x", x), ("y", y)) for i in range(2)}
        out = both(x, y)
        out.sum().backward()
        formulas = [c.known for c in found.values["value"].reshape(-1)]
        assert [value(t, point) for t in formulas] == pytest.approx(
            out.detach().reshape(-1).tolist(), rel=1e-8, abs=1e-9
        )
        back = [c.known for c in found.values["0"].reshape(-1)]
        assert x.grad is not None
        assert [value(t, point) for t in back] == pytest.approx(x.grad.tolist(), rel=1e-7, abs=1e-8)


def test_derivatives_at_kinks_are_those_of_pytorch() -> None:
    """Where a function has no derivative, what is read is what PyTorch gives there."""
    for name in ("abs", "relu", "clamp", "minimum", "F.hardtanh", "F.relu6", "F.softsign"):
        function = OPERATIONS[name]
        found = frontend._loss(
            lambda x, y, f=function: f(x, y) if f.__name__ == "<lambda>" else f(x), Asked()
        ).followed(2)
        for at in ((0.0, 0.5), (-0.5, 1.0), (6.0, 0.1)):
            x, y = torch.tensor(at, dtype=torch.float64, requires_grad=True), torch.tensor(at, dtype=torch.float64)
            (function(x, y) if function.__name__ == "<lambda>" else function(x)).sum().backward()
            point = {f"{n}{i + 1}": at[i] for n in "xy" for i in range(2)}
            back = [value(c.known, point) for c in found.values["0"].reshape(-1)]
            assert x.grad is not None
            assert back == pytest.approx(x.grad.tolist()), name


# -- the real code's numbers, and training


def test_numbers_are_those_of_autograd() -> None:
    """The numeric probe and the findings in floating point ask the real code."""
    columns = {"input": GENERATOR.normal(size=6), "target": np.ones(6)}
    found = frontend.numbers(LogLoss, Asked(wrt=("input",)), columns)
    assert found.gradient == pytest.approx(1 / (1 + np.exp(-columns["input"])) - 1)


def test_a_proved_function_trains_as_the_built_in_loss() -> None:
    """A linear model trained with the proved loss is the one trained with PyTorch's own."""
    X, y = torch.tensor(GENERATOR.normal(size=(60, 3))), torch.tensor(GENERATOR.integers(0, 2, 60).astype(float))
    fitted = []
    for loss in (lambda z: LogLoss.apply(z, y).mean(), lambda z: F.binary_cross_entropy_with_logits(z, y)):
        theta = torch.zeros(3, dtype=torch.float64, requires_grad=True)
        optimiser = torch.optim.SGD([theta], lr=0.5)
        for _ in range(50):
            optimiser.zero_grad()
            loss(X @ theta).backward()
            optimiser.step()
        fitted.append(theta.detach().numpy())
    assert fitted[0] == pytest.approx(fitted[1])


def test_nothing_is_left_behind() -> None:
    """After a check the code runs on real tensors as before."""
    module = Focal()
    before = module(torch.zeros(3), torch.ones(3))
    check_objective(module, parameters=["gamma"], domain={"gamma": "positive"})
    assert module.gamma == 2.0
    assert torch.equal(module(torch.zeros(3), torch.ones(3)), before)


def test_importing_derive_does_not_import_torch() -> None:
    """The library is imported where it is used."""
    code = "import sys, derive, derive.objective, derive.frontends.torch; print('torch' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"


class ForgetsUpstream(torch.autograd.Function):
    """The derivative, whatever it is multiplied by."""

    @staticmethod
    def forward(ctx: Any, z: Any, y: Any) -> Any:
        ctx.save_for_backward(z, y)
        return torch.nn.functional.softplus(z) - y * z

    @staticmethod
    def backward(ctx: Any, grad_output: Any) -> Any:
        z, y = ctx.saved_tensors
        return torch.sigmoid(z) - y, None


def test_the_upstream_gradient_is_asked_for_beside_a_stated_loss() -> None:
    """Right for an upstream gradient of 1 only, as tests with `sum()` have it: the factor is missing."""
    report = check_objective(ForgetsUpstream, "log(1 + exp(z)) - y*z", domain={"y": "{0, 1}"}, dtypes=())
    assert report.gradient is not None
    assert report.status == "refuted"
    assert "grad_output is missing" in report.gradient.diagnosis[0].says


def gathered(z: Any, y: Any) -> Any:
    """Cross entropy, by `gather`, as a mean over rows."""
    return -torch.log_softmax(z, 1).gather(1, y.long().unsqueeze(1)).mean()


def test_means_and_gathered_entries_are_read() -> None:
    """The formula is that of a row, also where the code averages: its numbers are compared as those of a row."""
    loss = "log(exp(z1) + exp(z2) + exp(z3)) - y1*z1 - y2*z2 - y3*z3"
    report = check_objective(gathered, loss, classes=3, dtypes=())
    assert (report.status, report.source.how if report.source else "") == ("proved", "read")


def through_numpy(z: Any, y: Any) -> Any:
    """A mean that cannot be read."""
    table = torch.tensor(np.interp(z.detach().numpy(), [-9.0, 9.0], [0.0, 0.0]))
    return (0.5 * (z - y) ** 2 + table).mean()


def test_a_mean_that_cannot_be_read_is_compared_as_one() -> None:
    """With every row twice its value is the same, so it is a mean: right ones are unknown, wrong ones refuted."""
    assert check_objective(through_numpy, "(z - y)**2/2", dtypes=()).status == "unknown"
    assert check_objective(through_numpy, "(z - y)**2", dtypes=()).status == "refuted"


# -- softplus with a threshold that shows, and conditions that are added


def _function(name: str, forward: Callable[..., Any], back: Callable[..., Any]) -> Any:
    """A Function of x with the derivative `back`."""

    def kept(ctx: Any, x: Any) -> Any:
        ctx.save_for_backward(x)
        return forward(x)

    def given_back(ctx: Any, grad_output: Any) -> Any:
        return grad_output * back(*ctx.saved_tensors)

    return type(name, (Function,), {"forward": staticmethod(kept), "backward": staticmethod(given_back)})


@pytest.mark.parametrize(
    ("forward", "back", "status"),
    [
        (F.softplus, torch.sigmoid, "proved"),
        (lambda x: F.softplus(x, threshold=1), torch.sigmoid, "refuted"),
        (lambda x: F.softplus(x, 2, 1), lambda x: torch.where(2 * x > 1, 1.0, torch.sigmoid(2 * x)), "proved"),
        (torch.relu, lambda x: (x > 0) + (x > 1), "proved"),
        (lambda x: torch.relu(x) + torch.relu(x - 1), lambda x: (x > 0) + (x > 1), "refuted"),
        (lambda x: torch.relu(x) + torch.relu(x - 1), lambda x: (x > 0) * 1 + (x > 1), "proved"),
    ],
)
def test_what_pytorch_computes_otherwise_than_a_formula_looks(forward: Any, back: Any, status: str) -> None:
    """Beyond its threshold softplus is x; a sum of conditions is a condition."""
    assert check_objective(_function("Mine", forward, back), dtypes=()).status == status
