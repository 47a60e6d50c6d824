"""Layers of PyTorch and JAX, whose arguments are matrices and vectors: right ones are proved, wrong ones refuted."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import Any

import jax
import jax.numpy as jnp
import pytest
import torch

from derive.errors import DeriveError
from derive.objective import check_objective

Function = torch.autograd.Function


class Linear(Function):
    """As in PyTorch's notes on extending autograd."""

    @staticmethod
    def forward(ctx: Any, input: Any, weight: Any, bias: Any = None) -> Any:
        ctx.save_for_backward(input, weight, bias)
        output = input.mm(weight.t())
        if bias is not None:
            output += bias.unsqueeze(0).expand_as(output)
        return output

    @staticmethod
    def backward(ctx: Any, grad_output: Any) -> Any:
        input, weight, bias = ctx.saved_tensors
        grad_input = grad_weight = grad_bias = None
        if ctx.needs_input_grad[0]:
            grad_input = grad_output.mm(weight)
        if ctx.needs_input_grad[1]:
            grad_weight = grad_output.t().mm(input)
        if bias is not None and ctx.needs_input_grad[2]:
            grad_bias = grad_output.sum(0)
        return grad_input, grad_weight, grad_bias


class Transposed(Linear):
    """The gradient of the weight as if it were stored the other way."""

    @staticmethod
    def backward(ctx: Any, grad_output: Any) -> Any:
        input, weight, _ = ctx.saved_tensors
        return grad_output.mm(weight), input.t().mm(grad_output), grad_output.sum(0)


class MeanBias(Linear):
    """A mean over the rows for the bias."""

    @staticmethod
    def backward(ctx: Any, grad_output: Any) -> Any:
        input, weight, _ = ctx.saved_tensors
        return grad_output.mm(weight), grad_output.t().mm(input), grad_output.mean(0)


class Doubled(Linear):
    """Only wrong where rows are as many as here: 2/n for 1."""

    @staticmethod
    def backward(ctx: Any, grad_output: Any) -> Any:
        input, weight, _ = ctx.saved_tensors
        return grad_output.mm(weight) * (2 / len(input)), grad_output.t().mm(input), grad_output.sum(0)


class Product(Function):
    """Of two matrices."""

    @staticmethod
    def forward(ctx: Any, a: Any, b: Any) -> Any:
        ctx.save_for_backward(a, b)
        return a @ b

    @staticmethod
    def backward(ctx: Any, g: Any) -> Any:
        a, b = ctx.saved_tensors
        return g @ b.t(), a.t() @ g


class ProductWrong(Product):
    """Untransposed, and so of the wrong shape, but for square matrices."""

    @staticmethod
    def backward(ctx: Any, g: Any) -> Any:
        a, b = ctx.saved_tensors
        return g @ b, a.t() @ g


class Softmax(Function):
    """Over the entries of a row."""

    @staticmethod
    def forward(ctx: Any, x: Any) -> Any:
        s = torch.softmax(x, dim=1)
        ctx.save_for_backward(s)
        return s

    @staticmethod
    def backward(ctx: Any, g: Any) -> Any:
        (s,) = ctx.saved_tensors
        return s * (g - (g * s).sum(dim=1, keepdim=True))


class SoftmaxDiagonal(Softmax):
    """Only the diagonal of the Jacobian."""

    @staticmethod
    def backward(ctx: Any, g: Any) -> Any:
        (s,) = ctx.saved_tensors
        return g * s * (1 - s)


class Slope(Function):
    """A leaky rectifier whose slope is learned, one number for all."""

    @staticmethod
    def forward(ctx: Any, x: Any, alpha: Any) -> Any:
        ctx.save_for_backward(x, alpha)
        return torch.where(x > 0, x, alpha * x)

    @staticmethod
    def backward(ctx: Any, g: Any) -> Any:
        x, alpha = ctx.saved_tensors
        return torch.where(x > 0, g, alpha * g), (g * torch.where(x > 0, torch.zeros_like(x), x)).sum()


class SlopeWrong(Slope):
    """All rows count for the slope."""

    @staticmethod
    def backward(ctx: Any, g: Any) -> Any:
        x, alpha = ctx.saved_tensors
        return torch.where(x > 0, g, alpha * g), (g * x).sum()


class NoWeight(Linear):
    """Nothing goes back for the weight."""

    @staticmethod
    def backward(ctx: Any, grad_output: Any) -> Any:
        _, weight, _ = ctx.saved_tensors
        return grad_output.mm(weight), None, None


TORCH = [
    (Linear, "proved", 14),
    (Transposed, "refuted", None),
    (MeanBias, "refuted", 14),
    (Product, "proved", 12),
    (ProductWrong, "refuted", None),
    (Softmax, "proved", 6),
    (SoftmaxDiagonal, "refuted", 6),
    (Slope, "proved", None),
    (SlopeWrong, "refuted", None),
    (NoWeight, "proved", 6),
]


@pytest.mark.parametrize(("layer", "status", "entries"), TORCH)
def test_layers_of_torch(layer: Any, status: str, entries: int | None) -> None:
    """What goes back is compared with the gradient of Σ g·f in all entries of all arguments."""
    report = check_objective(layer, dtypes=())
    assert report.status == status, report.text()
    assert entries in (None, len(report.wrt))


def test_what_is_right_for_one_size_only_is_not_proved() -> None:
    """2/n is 1 for the two rows that are read: numbers for more rows show it."""
    with pytest.raises(DeriveError, match="not for other sizes"):
        check_objective(Doubled, dtypes=())


def test_a_misfit_is_told() -> None:
    """The report says what PyTorch itself says of the shapes, and that the verdict is of square matrices."""
    notes = check_objective(Transposed, dtypes=()).notes
    assert any("invalid gradient at index 1" in n for n in notes)
    assert any("weight (3, 3)" in n for n in notes)
    assert any("nothing goes back for weight" in n for n in check_objective(NoWeight, dtypes=()).notes)


def custom(function: Callable[..., Any], bwd: Callable[..., Any]) -> Any:
    """A function with a derivative of its own; all arguments are saved."""

    def primal(*given: Any) -> Any:
        return function(*given)

    primal.__signature__ = inspect.signature(function)  # type: ignore[attr-defined]
    out = jax.custom_vjp(primal)
    out.defvjp(lambda *given: (function(*given), given), bwd)
    return out


def affine(x: Any, w: Any, b: Any) -> Any:
    """x·w + b."""
    return x @ w + b


def quadratic(x: Any, a: Any) -> Any:
    """x'Ax, whose gradient is (A + A')x."""
    return x @ a @ x


JAX = [
    (custom(affine, lambda s, g: (g @ s[1].T, s[0].T @ g, g.sum(axis=0))), "proved"),
    (custom(affine, lambda s, g: (g @ s[1].T, s[0].T @ g, g.mean(axis=0))), "refuted"),
    (custom(quadratic, lambda s, g: (g * (s[1] + s[1].T) @ s[0], g * jnp.outer(s[0], s[0]))), "proved"),
    (custom(quadratic, lambda s, g: (2 * g * s[1] @ s[0], g * jnp.outer(s[0], s[0]))), "refuted"),
]


@pytest.mark.parametrize(("function", "status"), JAX)
def test_layers_of_jax(function: Any, status: str) -> None:
    """The same for `custom_vjp`."""
    report = check_objective(function, dtypes=())
    assert report.status == status, report.text()
