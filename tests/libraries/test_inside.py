"""Objectives that call PyTorch, JAX or pandas themselves, and give arrays of NumPy."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import pandas as pd
import pytest
import torch
import torch.nn.functional as F  # noqa: N812  (as everybody calls it)

from derive.frontends import recognise
from derive.objective import check_objective

LOGISTIC, SQUARES = "log(1 + exp(z)) - y*z", "(z - y)**2/2"


def torch_grad(y_true: Any, y_pred: Any) -> Any:
    """`torch.autograd.grad`, twice."""
    p = torch.tensor(y_pred, dtype=torch.float64, requires_grad=True)
    loss = F.binary_cross_entropy_with_logits(p, torch.tensor(y_true, dtype=torch.float64), reduction="sum")
    (grad,) = torch.autograd.grad(loss, p, create_graph=True)
    (hess,) = torch.autograd.grad(grad.sum(), p)
    return grad.detach().numpy(), hess.detach().numpy()


def torch_mean(y_true: Any, y_pred: Any) -> Any:
    """Of a mean, so 1/m of what boosting wants."""
    p = torch.from_numpy(np.asarray(y_pred, dtype=float)).requires_grad_()
    loss = F.mse_loss(p, torch.from_numpy(np.asarray(y_true, dtype=float)))
    loss.backward()
    return p.grad.numpy(), np.full(len(y_pred), 2 / len(y_pred))


def torch_backward(preds: Any, dtrain: Any) -> Any:
    """`backward`, and `p.grad`."""
    p = torch.tensor(preds).double().requires_grad_()
    y = torch.as_tensor(dtrain.get_label())
    torch.sum((p - y) ** 2 / 2).backward()
    return p.grad.cpu().numpy(), np.ones_like(preds)


def torch_detached(preds: Any, dtrain: Any) -> Any:
    """A factor that is detached: not the gradient of the loss."""
    p = torch.tensor(preds, requires_grad=True)
    y = torch.tensor(dtrain.get_label())
    ((p - y).detach() * (p - y)).sum().div(2).backward()
    return p.grad.numpy(), np.ones_like(preds)


def log_loss(z: Any, y: Any) -> Any:
    """Of one row, for JAX."""
    return jnp.logaddexp(0, z) - y * z


def jax_vmap(preds: Any, dtrain: Any) -> Any:
    """`vmap` of `grad`."""
    y = dtrain.get_label()
    first = jax.vmap(jax.grad(log_loss))(preds, y)
    second = jax.vmap(jax.grad(jax.grad(log_loss)))(preds, y)
    return np.array(first), np.array(second)


def jax_sum(y_true: Any, y_pred: Any) -> Any:
    """The gradient of a sum, and the diagonal of a whole Hessian."""

    def total(z: Any) -> Any:
        return jnp.sum(log_loss(z, y_true))

    return np.asarray(jax.grad(total)(y_pred)), np.asarray(jnp.diag(jax.hessian(total)(y_pred)))


def jax_doubled(preds: Any, dtrain: Any) -> Any:
    """Twice the gradient."""
    first, second = jax_vmap(preds, dtrain)
    return 2 * first, second


def jax_ones(preds: Any, dtrain: Any) -> Any:
    """The gradient of JAX beside a Hessian of NumPy."""
    grad = jax.grad(lambda z: jnp.sum((z - dtrain.get_label()) ** 2) / 2)(preds)
    return np.asarray(grad), np.ones_like(preds)


def series(y_true: Any, y_pred: Any) -> Any:
    """A series around the residuals."""
    r = pd.Series(y_pred - y_true)
    if isinstance(y_true, pd.Series):
        y_true = y_true.values
    return r.clip(-1, 1).values, (r.abs() < 1).astype(float).to_numpy()


def series_apply(y_true: Any, y_pred: Any) -> Any:
    """A function of each number."""
    r = pd.Series(y_pred) - pd.Series(y_true)
    return r.apply(lambda x: 2 * x if x > 0 else x).to_numpy(), r.map(lambda x: 2.0 if x > 0 else 1.0).values


def series_where(y_true: Any, y_pred: Any) -> Any:
    """`where` keeps what holds."""
    r = pd.Series(y_pred - y_true)
    return r.where(r > 0, r / 2).mul(2).values, pd.Series(np.full(len(r), 2.0)).where(r > 0, 1.0).values


HUBER = "where(abs(z - y) < 1, (z - y)**2/2, abs(z - y) - 1/2)"
LOPSIDED = "where(z > y, (z - y)**2, (z - y)**2/2)"
CASES: list[tuple[Callable[..., Any], str, str]] = [
    (torch_grad, LOGISTIC, "proved"),
    (torch_grad, f"2*({LOGISTIC})", "refuted"),
    (torch_mean, "(z - y)**2", "refuted"),
    (torch_backward, SQUARES, "proved"),
    (torch_backward, "(z - y)**2", "refuted"),
    (torch_detached, "(z - y)**2/2", "refuted"),
    (torch_detached, "(z - y)**2/4", "proved"),
    (jax_vmap, LOGISTIC, "proved"),
    (jax_sum, LOGISTIC, "proved"),
    (jax_doubled, LOGISTIC, "refuted"),
    (jax_ones, SQUARES, "proved"),
    (jax_ones, "(z - y)**2", "refuted"),
    (series, HUBER, "proved"),
    (series, f"2*({HUBER})", "refuted"),
    (series_apply, LOPSIDED, "proved"),
    (series_apply, SQUARES, "refuted"),
    (series_where, LOPSIDED, "proved"),
    (series_where, SQUARES, "refuted"),
]


@pytest.mark.parametrize(("code", "loss", "status"), CASES)
def test_what_code_calls_is_read_through(code: Callable[..., Any], loss: str, status: str) -> None:
    """The formulas of the whole: NumPy's, and what the other library makes of them."""
    report = check_objective(code, loss, dtypes=())
    assert report.gradient is not None
    assert report.gradient.status == status, report.text()
    assert report.source is not None
    assert report.source.how == "read", report.text()


def test_objectives_of_boosting_are_no_losses_of_torch_or_jax() -> None:
    """Code that gives a pair is an objective, whatever it calls."""
    assert {recognise(f) for f in (torch_grad, torch_mean, jax_sum)} <= {"xgboost", "lightgbm"}
    assert recognise(log_loss) == "jax"


def out_and_back(z: Any, y: Any) -> Any:
    """Out of PyTorch and back: what comes back is a constant."""
    return (z * torch.tensor(np.tanh(z.detach().numpy()))).sum()


def test_a_loss_of_torch_that_goes_through_numpy_is_read() -> None:
    """What went through NumPy is not differentiated, and the report says that it should have been."""
    report = check_objective(out_and_back, dtypes=())
    assert report.source is not None
    assert (report.status, report.source.library, report.source.how) == ("refuted", "torch", "read")


def test_the_mean_is_told_by_m() -> None:
    """What PyTorch gives for a mean has 1/m."""
    report = check_objective(torch_mean, "(z - y)**2/m", dtypes=())
    assert report.status == "proved", report.text()


def test_the_deviation_of_a_series_is_not_that_of_an_array() -> None:
    """pandas divides by m − 1: it is not read as NumPy's."""

    def scaled(y_true: Any, y_pred: Any) -> Any:
        s = pd.Series(y_true)
        return (y_pred - y_true) / s.std(), np.ones_like(y_pred)

    report = check_objective(scaled, SQUARES, dtypes=())
    assert report.source is not None
    assert report.source.how == "probed"


def test_nothing_is_left_behind() -> None:
    """Constructors are what they were."""
    before = torch.tensor, torch.from_numpy, pd.Series, np.asarray
    check_objective(torch_grad, LOGISTIC, dtypes=())
    check_objective(jax_sum, LOGISTIC, dtypes=())
    check_objective(series, HUBER, dtypes=())
    assert before == (torch.tensor, torch.from_numpy, pd.Series, np.asarray)
