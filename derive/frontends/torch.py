"""PyTorch: `torch.autograd.Function`, modules and functions that compute a loss.

PyTorch runs the code, forward and backward, on tensors whose entries are terms (`_torch_tensor.py`), so autograd, the
saved tensors and the context are its own. Of a Function, what `backward` gives is compared with the derivative of what
`forward` gives; the upstream gradient is a symbol. Of a loss without a backward of its own, what autograd gives is
compared with the derivative of the stated loss, or of what it computes: they differ where `detach` or a rounding is in
between. Source: the pages on extending autograd in PyTorch's documentation.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any

from derive.errors import DeriveError, MissingExtraError
from derive.frontends import Asked, Numbers, Reading
from derive.frontends._inputs import Input, Table, named
from derive.frontends._inside import taking_stand_ins
from derive.frontends._layers import Layer, rows_or_arrays
from derive.frontends._numbers import of_rows, stacked
from derive.frontends._signatures import arguments, gives_pair, object_of, role, roles
from derive.frontends._vjp import Run, Vjp
from derive.tracing import parameters, sources
from derive.tracing.unreadable import Unreadable

LIBRARY = "torch"
#: of arguments that are numbers, not tensors
_NUMBERS = frozenset((
    "gamma",
    "alpha",
    "beta",
    "delta",
    "eps",
    "epsilon",
    "margin",
    "tau",
    "temperature",
    "sigma",
    "lam",
    "power",
))


def recognises(target: Any) -> bool:
    """An autograd.Function, a module, or a function whose code uses torch and is no objective of a booster."""
    if _is_kind(target, "torch.autograd.function", "Function") or _is_kind(target, "torch.nn.modules.module", "Module"):
        return True
    found = sources.plain_function(target)
    return found is not None and "data" not in roles(target) and not gives_pair(target) and _uses(found, "torch")


def _is_kind(target: Any, module: str, name: str) -> bool:
    kind = target if inspect.isclass(target) else type(target)
    return any(c.__module__ == module and c.__name__ == name for c in kind.__mro__)


def _uses(function: Any, library: str) -> bool:
    """Does the code of the function name something of the library?"""
    used = (function.__globals__.get(n) for n in function.__code__.co_names)
    names = (getattr(v, "__name__" if inspect.ismodule(v) else "__module__", "") for v in used)
    return any(isinstance(n, str) and n.partition(".")[0] == library for n in names)


def read(target: Any, asked: Asked) -> Reading:
    """Its formula, and what autograd gives for it."""
    _torch()
    if not _is_function(target):
        return _loss(target, asked).read()
    return rows_or_arrays(_function(target, asked), [_layer(target, asked, optional) for optional in (True, False)])


def _layer(target: Any, asked: Asked, optional: bool) -> Layer:
    """For arrays of several shapes; `optional`: with arguments such as `bias=None`."""
    v = _function(target, asked, optional)
    called, wanted = _callable(target), list(v.wanted)

    def numeric(given: Sequence[Any], g: Any) -> tuple[Any, Mapping[int, Any]]:
        torch = _torch()
        tensors = [torch.tensor(x, dtype=torch.float64, requires_grad=k in wanted) for k, x in enumerate(given)]
        out = _value(called(*tensors))
        if g is None:
            return out.detach().numpy(), {}
        back = torch.autograd.grad(out, [tensors[k] for k in wanted], torch.tensor(g), allow_unused=True)
        found = {k: None if b is None else b.numpy() for k, b in zip(wanted, back, strict=True)}
        return out.detach().numpy(), found

    return Layer(v, numeric)


def numbers(target: Any, asked: Asked, columns: Mapping[str, Any]) -> Numbers:
    """What autograd gives for real tensors; row by row, where a number is differentiated that all rows share."""
    import numpy as np

    v = (_function if _is_function(target) else _loss)(target, asked)
    count = max(map(len, columns.values()))
    if count == 1 or not any(v.inputs[k].kind == "parameter" and v.inputs[k].symbol in columns for k in v.chosen()):
        return _numbers(target, v, asked, columns)
    rows = [_numbers(target, v, asked, {n: x[i : i + 1] for n, x in columns.items()}) for i in range(count)]
    return Numbers(np.concatenate([row.gradient for row in rows]), None)


def _numbers(target: Any, v: Vjp, asked: Asked, columns: Mapping[str, Any]) -> Numbers:
    import numpy as np

    torch = _torch()
    values = {**parameters.numbers_of(v.target), **columns}
    given = [_column(torch, i, values) for i in v.inputs]
    chosen = [given[k] for k in v.chosen()]
    called = _callable(target)
    out = _value(called(*(x.requires_grad_(x.is_floating_point()) for x in given)))
    found = torch.autograd.grad(out, chosen, torch.ones_like(out), allow_unused=True)
    back = [b for k, b in enumerate(found) if b is not None or k == 0]
    parts = [(torch.zeros_like(chosen[0]) if b is None else b).detach().numpy() for b in back]
    rows = max(len(np.atleast_1d(x.detach())) for x in given)

    def twice() -> Any:
        with torch.no_grad():
            return _value(called(*(torch.cat([x, x]) if x.ndim else x for x in given)))

    value = out.detach().numpy()
    return Numbers(of_rows(stacked(parts, rows), asked.averaged, value, twice), None, value)


def _column(torch: Any, i: Input, columns: Mapping[str, Any]) -> Any:
    import numpy as np

    if i.classes:
        return torch.tensor(np.stack([columns[n] for n in i.classes], axis=1))
    if i.symbol not in columns:
        raise DeriveError(f"{i.own}: there are no values for {i.symbol}; say its range in domain")
    values = np.array(columns[i.symbol])
    if i.kind == "parameter":
        return torch.tensor(values.reshape(-1)[0])
    return torch.tensor(values.astype(np.int64) if i.kind == "class" else values)


def _torch() -> Any:
    try:
        import torch
    except ImportError:
        raise MissingExtraError("PyTorch is not installed; install it with: python -m pip install torch") from None
    return torch


def _is_function(target: Any) -> bool:
    return _is_kind(target, "torch.autograd.function", "Function")


def _callable(target: Any) -> Any:
    """What is called with the tensors."""
    if _is_function(target):
        return target.apply
    return object_of(target)


def _function(target: Any, asked: Asked, optional: bool = False) -> Vjp:
    """`forward(ctx, …)` with `backward(ctx, upstream)`; `optional`: with arguments that may be None, too."""
    kind: Any = target if inspect.isclass(target) else type(target)
    given, g = list(inspect.signature(kind.forward).parameters.values()), _upstream(kind)
    given = given if _has_setup(kind) else given[1:]
    names = [p.name for p in given if _is_given(p, asked) or (optional and p.default is None)]
    inputs = named(names, asked, [n for n in names if n in _NUMBERS or n in asked.parameters])
    taken = {i.symbol for i in inputs}
    free = g if g not in taken else f"{g}_out"
    run = partial(_run, kind.apply, tuple(range(len(inputs))))
    return Vjp(kind.forward, asked, inputs, run, free, [k for k, i in enumerate(inputs) if i.kind != "class"])


def _is_given(p: inspect.Parameter, asked: Asked) -> bool:
    return p.default is p.empty or p.name in asked.parameters or p.name in asked.wrt


def _has_setup(kind: Any) -> bool:
    """Is the context made apart from `forward`, which then does not get one?"""
    return any("setup_context" in vars(c) for c in kind.__mro__ if not c.__module__.startswith("torch."))


def _upstream(kind: Any) -> str:
    names = [p.name for p in inspect.signature(kind.backward).parameters.values()][1:]
    return names[0] if names and names[0].isidentifier() else "g"


def _loss(target: Any, asked: Asked) -> Vjp:
    """A module or a function, differentiated by autograd in its predictions."""
    called = _callable(target)
    code = called.forward if hasattr(called, "forward") else called
    names = [n for n in arguments(code) if n != "self"]
    if not names:
        raise Unreadable("it takes no tensors")
    inputs = named(names, asked, [n for n in names if n in _NUMBERS])
    wanted = [k for k, i in enumerate(inputs) if role(i.own) not in ("label", "weight") and i.kind == "row"]
    if len(inputs) > 1 and not any(role(i.own) == "label" for i in inputs):
        wanted = wanted[:1]
    wanted = wanted or [0]
    symbols = partial(
        parameters.as_symbols, target if not inspect.isclass(target) else called, asked.parameters, _scalar
    )

    def run(tables: Sequence[Table], upstream: Callable[[tuple[int, ...]], Table]) -> Mapping[str, Any]:
        with symbols():
            return _run(called, tuple(wanted), tables, upstream, inputs)

    return Vjp(code, asked, inputs, run, "", wanted, own_backward=False)


def _scalar(name: str) -> Any:
    from derive.frontends._torch_tensor import symbolic
    from derive.terms.term import sym

    return symbolic(sym(name))


def _run(
    called: Callable[..., Any],
    wanted: Sequence[int],
    tables: Sequence[Table],
    upstream: Callable[[tuple[int, ...]], Table],
    inputs: Sequence[Input] = (),
) -> Mapping[str, Any]:
    """One call forward, and one back."""
    import torch

    from derive.frontends._torch_tensor import entries, reading, symbolic
    from derive.tracing.stand_in import StandIn

    kinds = [i.kind for i in inputs] or ["row"] * len(tables)
    with taking_stand_ins(), reading(), torch.enable_grad():
        given = [
            symbolic(t, dtype=torch.int64 if kind == "class" else None, requires_grad=k in wanted and kind != "class")
            for k, (t, kind) in enumerate(zip(tables, kinds, strict=True))
        ]
        value = _value(called(*given))
        out = {"value": StandIn(entries(value.detach()))}
        if value.requires_grad:
            g = symbolic(upstream(tuple(value.shape)))
            back = torch.autograd.grad(value, [given[k] for k in wanted], g, allow_unused=True)
            out |= {str(k): StandIn(entries(b)) for k, b in zip(wanted, back, strict=True) if b is not None}
    return out


def _value(given: Any) -> Any:
    """The tensor that was computed."""
    import torch

    if isinstance(given, (tuple, list)) and len(given) == 1:
        given = given[0]
    if not isinstance(given, torch.Tensor):
        raise Unreadable(f"the code gives {type(given).__name__}, not a tensor")
    return given


__all__ = ["LIBRARY", "Run", "numbers", "read", "recognises"]
