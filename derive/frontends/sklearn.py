"""scikit-learn style losses: objects with `loss`, `gradient`, `gradient_hessian`, `grad_hess`, `dloss` and the like.

Methods take (y_true, raw_prediction[, sample_weight]) and give values of every row; those of the stochastic gradient
losses take (y, p). The robust norms of statsmodels (`rho`, `psi`, `psi_deriv`) and its links (`__call__`, `deriv`,
`deriv2`) are read too. An object that has a loss of its own is compared with that, unless another one is stated.
Source: scikit-learn's and statsmodels' API.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from typing import Any

from derive.frontends import Asked, Numbers, Reading
from derive.frontends._names import Batch, Outputs, names_for
from derive.frontends._numbers import numbers_rows
from derive.frontends._rows import pair, read_rows
from derive.frontends._signatures import arguments, object_of, role

LIBRARY = "sklearn"
_PAIRS = ("gradient_hessian", "grad_hess", "gradhess", "gradient_and_hessian")
_GRADIENTS: tuple[str, ...] = ("gradient", "loss_gradient", *_PAIRS, "gradient_proba", "gradients", "grad")
_GRADIENTS += ("dloss", "py_dloss", "psi", "negative_gradient", "deriv")
_HESSIANS = ("hessian", "psi_deriv", "d2loss", "deriv2", "hessians", "hess")
_LOSSES = ("loss", "evaluate", "py_loss", "rho", "loss_function")


def recognises(target: Any) -> bool:
    """A class or an object with a method for the gradient."""
    return not inspect.isfunction(target) and any(callable(getattr(target, n, None)) for n in _GRADIENTS)


def read(target: Any, asked: Asked) -> Reading:
    """Its formulas, and those of its own loss."""
    instance = object_of(target)
    return read_rows(instance, asked, lambda b: _outputs(instance, b), _own(instance))


def numbers(target: Any, asked: Asked, columns: Mapping[str, Any]) -> Numbers:
    """The real code's values."""
    instance = object_of(target)
    names = names_for(asked, _own(instance), asked.classes)
    return numbers_rows(lambda b: _outputs(instance, b), asked, columns, names)


def labels(target: Any, asked: Asked) -> tuple[str, str, str]:
    """The names of prediction, label and weight in the columns."""
    names = names_for(asked, _own(object_of(target)), None)
    return names.z, names.y, names.w


def _first(instance: Any, names: tuple[str, ...]) -> Any:
    return next((m for n in names if callable(m := getattr(instance, n, None))), None)


def _own(instance: Any) -> tuple[str, str, str]:
    """The names of the arguments of the gradient: prediction, label, weight."""
    names = [n for n in arguments(_first(instance, _GRADIENTS)) if role(n) not in ("weight", "group")]
    if len(names) == 1:
        return names[0], "y", "w"
    label, z = names[:2]
    return (z, label, "sample_weight") if role(label) != "prediction" else (label, z, "sample_weight")


def _outputs(instance: Any, b: Batch) -> Outputs:
    out: dict[str, Any] = {}
    both = _first(instance, _PAIRS)
    if both is not None:
        out |= pair(_call(both, b), both.__name__)
    elif callable(getattr(instance, "loss_gradient", None)) and not hasattr(instance, "gradient"):
        out |= dict(zip(("loss", "gradient"), _call(instance.loss_gradient, b), strict=True))
    else:
        found = _first(instance, _GRADIENTS)
        value = _call(found, b)
        value = value[0] if found.__name__ == "gradient_proba" else value
        out["gradient"] = -value if found.__name__ == "negative_gradient" else value
    own = ("__call__",) if hasattr(instance, "deriv") else (*_LOSSES, *_called(instance))
    for side, names in (("hessian", _HESSIANS), ("loss", own)):
        method = _first(instance, names)
        if side not in out and method is not None:
            out[side] = _call(method, b)
    return out


def _called(instance: Any) -> tuple[str, ...]:
    """`__call__` is the loss of an object with a method for the negative gradient: an older API of scikit-learn."""
    return ("__call__",) if hasattr(instance, "negative_gradient") else ()


def _call(method: Callable[..., Any], b: Batch) -> Any:
    """With labels and predictions in the order in which the method has them, and a weight if it takes one."""
    given = []
    for position, name in enumerate(_parameters(method)):
        kind = role(name)
        if kind == "weight":
            given.append(b.w)
        elif kind == "prediction" or (kind == "" and position == 1):
            given.append(b.z)
        elif kind == "label" or position == 0:
            given.append(b.y)
    if len(given) == 1:
        given = [b.z]
    return method(*given)


def _parameters(method: Callable[..., Any]) -> list[str]:
    """What is handed over: arguments without a default, and the weight."""
    every = inspect.signature(method).parameters.values()
    found = [p for p in every if p.kind not in (p.VAR_POSITIONAL, p.VAR_KEYWORD)]
    return [p.name for p in found if p.default is p.empty or role(p.name) == "weight"]
