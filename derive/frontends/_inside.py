"""Objectives of NumPy that call PyTorch or JAX themselves: `torch.autograd.grad` or `jax.grad` on what they are given.

PyTorch's constructors make tensors of terms of stand-ins, and `.numpy()` gives stand-ins back, so the code of NumPy
around is read as ever. JAX takes nothing but its own arrays: the whole call is traced by JAX, and the jaxpr is read.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from typing import Any

import numpy as np

from derive.frontends._names import Batch, Call, Outputs
from derive.tracing.entries import cells_of
from derive.tracing.patches import has_stand_in
from derive.tracing.stand_in import StandIn
from derive.tracing.types import astype

_MADE = ("tensor", "as_tensor", "from_numpy", "asarray", "FloatTensor", "DoubleTensor")
_OF_JAX = ("array", "asarray", "ascontiguousarray", "ones_like", "zeros_like", "full_like", "stack", "column_stack")
_MORE = ("where", "ravel", "squeeze", "clip", "sum", "mean", "concatenate", "diag", "maximum", "minimum")


def through_torch(call: Call) -> Call:
    """A call in which PyTorch takes stand-ins."""

    def called(b: Batch) -> Outputs:
        from derive.frontends._torch_tensor import reading

        with taking_stand_ins(), reading():
            return call(b)

    return called


def taking_stand_ins() -> AbstractContextManager[None]:
    """Within, PyTorch's constructors take stand-ins."""
    return replaced(sys.modules["torch"], dict.fromkeys(_MADE, _tensors))


def _tensors(original: Any) -> Any:
    """A constructor of tensors, for stand-ins too."""

    def made(data: Any, dtype: Any = None, *args: Any, requires_grad: bool = False, **named: Any) -> Any:
        from derive.frontends._torch_tensor import symbolic

        if not has_stand_in(data):
            said = {} if dtype is None else {"dtype": dtype}
            return original(data, *args, **said, **({"requires_grad": True} if requires_grad else {}), **named)
        whole = dtype is not None and not dtype.is_floating_point
        cells = cells_of(data)
        made = symbolic(cells_of(astype(StandIn(cells), int)) if whole else cells, requires_grad=requires_grad)
        return made.long() if whole else made

    return made


def through_jax(call: Call) -> Call:
    """A call that JAX traces: it is handed JAX's own arrays."""

    def called(b: Batch) -> Outputs:
        import jax

        from derive.frontends._jaxpr import evaluate
        from derive.frontends.jax import told

        names: list[str] = []

        def run(z: Any, y: Any, w: Any) -> list[Any]:
            out = call(Batch(b.rows, b.classes, z, y, w))
            names[:] = list(out)
            return [jax.numpy.asarray(x) for x in out.values()]

        given = [cells_of(x) for x in (b.z, b.y, b.w)]
        with jax.enable_x64(True), told(jax), replaced(np, _of_jax(jax)):
            shapes = [jax.ShapeDtypeStruct(x.shape, "float64") for x in given]
            found = evaluate(jax.make_jaxpr(run)(*shapes), given)
        return {n: StandIn(x) for n, x in zip(names, found, strict=True)}

    return called


def _of_jax(jax: Any) -> Mapping[str, Callable[[Any], Any]]:
    """NumPy's functions of what JAX traces are JAX's."""

    def make(name: str) -> Callable[[Any], Any]:
        def wrap(original: Any) -> Any:
            def run(*args: Any, **named: Any) -> Any:
                parts = [p for a in args for p in (a if isinstance(a, (list, tuple)) else (a,))]
                ours = any(isinstance(p, jax.core.Tracer) for p in parts)
                return (getattr(jax.numpy, name) if ours else original)(*args, **named)

            return run

        return wrap

    return {n: make(n) for n in (*_OF_JAX, *_MORE)}


@contextmanager
def replaced(module: Any, makers: Mapping[str, Callable[[Any], Any]]) -> Iterator[None]:
    """Within, functions of a module are others, made of them."""
    before = {n: getattr(module, n) for n in makers if hasattr(module, n)}
    try:
        for n, original in before.items():
            setattr(module, n, makers[n](original))
        yield
    finally:
        for n, original in before.items():
            setattr(module, n, original)
