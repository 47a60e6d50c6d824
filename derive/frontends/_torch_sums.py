"""The operations of ATen that add, multiply or compare the entries of a tensor: sums, means, softmax, products."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeAlias

import numpy as np

from derive.frontends._torch_moves import zeros
from derive.terms.term import Term, make, num
from derive.tracing.arithmetic import minus, over, plus, times
from derive.tracing.cells import Cell, Cells, array, each
from derive.tracing.context import here, unreadable
from derive.tracing.reductions import dot, reduced
from derive.tracing.stand_in import StandIn

Operation: TypeAlias = Callable[[Sequence[Any], Mapping[str, Any]], Any]


def folded(x: Cells, name: str, dims: Any = None, keep: bool = False) -> Cells:
    """A fold over some dimensions, or over all."""
    axis = None if dims is None or dims == [] or not x.ndim else tuple(np.atleast_1d(dims))
    if not x.ndim:
        x = x.reshape(1)
    out: Cells = reduced(StandIn(x), name, axis, keep and x.ndim > 0).cells
    return out


def _fold(name: str) -> Operation:
    def build(args: Sequence[Any], kwargs: Mapping[str, Any]) -> Cells:
        x, dims, keep = (*args, None, False)[:3] if len(args) < 3 else args[:3]
        return folded(x, name, dims, kwargs.get("keepdim", bool(keep)))

    return build


def _extreme(name: str) -> Operation:
    """Of all entries, or along a dimension: then PyTorch also says where, which nobody can be told here."""

    def build(args: Sequence[Any], kwargs: Mapping[str, Any]) -> Any:
        if len(args) == 1:
            return folded(args[0], name)
        out = folded(args[0], name, args[1], bool(args[2]) if len(args) > 2 else kwargs.get("keepdim", False))
        return out, zeros(out.shape, float("nan"))

    return build


def _variance(args: Sequence[Any], kwargs: Mapping[str, Any]) -> Cells:
    x, dims = args[0], args[1] if len(args) > 1 else None
    correction = kwargs.get("correction", 1)
    count = x.size if dims in (None, []) else int(np.prod([x.shape[d] for d in np.atleast_1d(dims)]))
    if count <= (1 if correction is None else correction):
        raise unreadable("the variance of a single entry")
    scale = array(Cell(over(num(count), num(count - (1 if correction is None else int(correction))))))
    return each(
        lambda a, b: times(a.value, b.value), here(), folded(x, "var", dims, kwargs.get("keepdim", False)), scale
    )


def _log_softmax(args: Sequence[Any], kwargs: Mapping[str, Any]) -> Cells:
    x, dim = args[:2]
    return each(lambda a, b: minus(a.value, b.value), here(), x, folded(x, "logsumexp", dim, True))


def _softmax(args: Sequence[Any], kwargs: Mapping[str, Any]) -> Cells:
    x, dim = args[:2]
    e = each(lambda a: make("exp", a.value), here(), x)
    return each(lambda a, b: over(a.value, b.value), here(), e, folded(e, "add", dim, True))


def _log_softmax_backward(args: Sequence[Any], kwargs: Mapping[str, Any]) -> Cells:
    """g − softmax·Σg."""
    g, out, dim = args[:3]
    build = lambda a, b, total: minus(a.value, times(make("exp", b.value), total.value))  # noqa: E731
    return each(build, here(), g, out, folded(g, "add", dim, True))


def _softmax_backward(args: Sequence[Any], kwargs: Mapping[str, Any]) -> Cells:
    """s·(g − Σ s·g)."""
    g, out, dim = args[:3]
    total = folded(each(lambda a, b: times(a.value, b.value), here(), g, out), "add", dim, True)
    return each(lambda a, s, t: times(s.value, minus(a.value, t.value)), here(), g, out, total)


def _product(args: Sequence[Any], kwargs: Mapping[str, Any]) -> Cells:
    out: Cells = dot(StandIn(args[0]), args[0], args[1]).cells
    return out


def _cumulative(build: Callable[[Term, Term], Term]) -> Operation:
    def run(args: Sequence[Any], kwargs: Mapping[str, Any]) -> Cells:
        x, dim = args[:2]
        out: Cells = x.copy()
        lines = np.moveaxis(out, dim, 0)
        for k in range(1, len(lines)):
            lines[k : k + 1] = each(lambda a, b: build(a.value, b.value), here(), lines[k - 1 : k], lines[k : k + 1])
        return out

    return run


SUMS: Mapping[str, Operation] = {
    "sum": _fold("add"),
    "mean": _fold("mean"),
    "prod": _fold("multiply"),
    "amax": _fold("maximum"),
    "amin": _fold("minimum"),
    "max": _extreme("maximum"),
    "min": _extreme("minimum"),
    "all": _fold("logical_and"),
    "any": _fold("logical_or"),
    "var": _variance,
    "logsumexp": _fold("logsumexp"),
    "cumsum": _cumulative(plus),
    "cumprod": _cumulative(times),
    "_log_softmax": _log_softmax,
    "_softmax": _softmax,
    "_log_softmax_backward_data": _log_softmax_backward,
    "_softmax_backward_data": _softmax_backward,
    **dict.fromkeys(("mm", "mv", "dot"), _product),
}
