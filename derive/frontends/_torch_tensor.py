"""Tensors of terms: PyTorch runs its own code and its own autograd on them, and each operation comes here to be read.

The operations that arrive are those of ATen, below autograd: what `F.softplus`, `x[m] = 0` or `loss.backward()` are
made of. So broadcasting, views, in-place changes, `detach`, `no_grad` and the derivatives at kinks are PyTorch's own.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import lru_cache
from typing import Any

import numpy as np

from derive.frontends._torch_ops import FACTORIES, MOVES, OPERATIONS, RANDOM
from derive.frontends._wide import widened
from derive.terms.term import Term
from derive.tracing.cells import Cells, array, cell_of, of_numbers
from derive.tracing.context import here, unreadable
from derive.tracing.entries import cells_of
from derive.tracing.indexing import decided_number
from derive.tracing.stand_in import StandIn

_CONDITIONS = frozenset((
    "eq",
    "ne",
    "lt",
    "le",
    "gt",
    "ge",
    "logical_and",
    "logical_or",
    "logical_not",
    "isnan",
    "isinf",
    "isfinite",
))
_KEEPS = frozenset(("where", "masked_fill", "index_put", "fill", "copy", "zero", "scatter", "_to_copy"))


@lru_cache(maxsize=1)
def tensor_class() -> Any:
    """The class of tensors of terms."""
    import torch

    class Symbolic(torch.Tensor):  # type: ignore[misc, unused-ignore]
        """A tensor whose entries are terms."""

        cells: Cells
        __torch_function__ = torch._C._disabled_torch_function_impl

        @staticmethod
        def __new__(cls: Any, cells: Cells, dtype: Any, requires_grad: bool = False) -> Any:
            make = torch.Tensor._make_wrapper_subclass
            return make(cls, cells.shape, dtype=dtype, device="cpu", requires_grad=requires_grad)

        def __init__(self, cells: Cells, dtype: Any, requires_grad: bool = False) -> None:
            self.cells = cells

        @classmethod
        def __torch_dispatch__(cls, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
            return dispatch(func, args, kwargs or {})

        def numpy(self, *, force: bool = False) -> Any:
            """A stand-in, for the code of NumPy around."""
            return StandIn(self.cells)

        def __array__(self, dtype: Any = None, **_: Any) -> Any:
            return np.asarray(StandIn(self.cells), dtype=object)

        def tolist(self) -> Any:
            """Stand-ins for its numbers."""
            return StandIn(self.cells).tolist()

        def __repr__(self, **_: Any) -> str:
            return f"<{', '.join(str(c.term) for c in self.cells.reshape(-1)[:4])}>"

    return Symbolic


def symbolic(terms: Any, *, requires_grad: bool = False, dtype: Any = None) -> Any:
    """Terms, in nested lists, as a tensor."""
    import torch

    cells = array(cell_of(terms, None)) if isinstance(terms, Term) else cells_of(terms)
    return tensor_class()(cells, dtype or torch.float64, requires_grad)


@contextmanager
def reading() -> Iterator[None]:
    """Within, tensors that are made from nothing are tensors of terms too, and random ones are noticed."""
    from torch.utils._python_dispatch import TorchDispatchMode

    class Factories(TorchDispatchMode):  # type: ignore[misc, unused-ignore]
        def __torch_dispatch__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
            return dispatch(func, args, kwargs or {})

    with Factories():
        yield


def entries(x: Any) -> Cells:
    """The entries of a tensor, of a number, or of a list of these."""
    import torch

    if isinstance(x, tensor_class()):
        out: Cells = x.cells
        return out
    if isinstance(x, torch.Tensor):
        from torch.utils._python_dispatch import _disable_current_modes

        with _disable_current_modes():
            return of_numbers(widened(x.detach().cpu().numpy()), here())
    return array(cell_of(x, here()))


def dispatch(func: Any, args: Any, kwargs: Any) -> Any:
    """An operation of ATen, read if a tensor of terms has to do with it, else run."""
    schema = func._schema.name
    name = schema.removeprefix("aten::")
    if name in ("_local_scalar_dense", "item", "is_nonzero") and _is_ours(args):
        return _scalar(args[0])
    in_place = name.endswith("_") and not name.endswith("__")
    base = name.rstrip("_") if in_place else name.removesuffix("_copy") if name != "_to_copy" else name
    if base in RANDOM:
        raise unreadable(f"random numbers: torch.{base}")
    if not _is_ours((args, kwargs)) and base not in FACTORIES:
        return func(*args, **kwargs)
    if base in OPERATIONS:
        made = OPERATIONS[base](_as_cells(args), _as_cells(kwargs))
        return _stored(args[0], made) if in_place or name in ("copy_", "fill_") else _wrapped(base, made, args, kwargs)
    return _decomposed(func, base, args, kwargs)


def _decomposed(func: Any, base: str, args: Any, kwargs: Any) -> Any:
    """What PyTorch itself says the operation is made of."""
    from torch._decomp import decomposition_table

    parts = decomposition_table.get(func)
    made = func.decompose(*args, **kwargs) if parts is None else parts(*args, **kwargs)
    if made is NotImplemented:
        raise unreadable(f"torch.{base} is not a function that can be read")
    return made


def _is_ours(x: Any) -> bool:
    if isinstance(x, (tuple, list)):
        return any(map(_is_ours, x))
    return any(map(_is_ours, x.values())) if isinstance(x, dict) else isinstance(x, tensor_class())


def _as_cells(x: Any) -> Any:
    """Tensors as arrays of entries, wherever they are."""
    import torch

    if isinstance(x, (tuple, list)):
        return type(x)(map(_as_cells, x))
    if isinstance(x, dict):
        return {k: _as_cells(v) for k, v in x.items()}
    return entries(x) if isinstance(x, torch.Tensor) else x


def _scalar(x: Any) -> Any:
    """`.item()`, `float(x)`, `if x:`."""
    from derive.tracing.context import current

    cell = x.cells.reshape(-1)[0]
    if x.dtype.is_floating_point:
        return float(decided_number(cell, ".item()"))
    if cell.is_condition:
        return current().decisions.holds(cell.condition)
    return int(decided_number(cell, ".item()"))


def _stored(target: Any, made: Cells) -> Any:
    if not isinstance(target, tensor_class()):
        raise unreadable("a tensor of numbers, made before the call, is changed in place")
    target.cells[...] = made
    return target


def _wrapped(base: str, made: Any, args: Any, kwargs: Any) -> Any:
    if isinstance(made, (tuple, list)):
        return type(made)(_wrapped(base, part, args, kwargs) for part in made)
    return tensor_class()(made, _dtype(base, args, kwargs)) if isinstance(made, np.ndarray) else made


def _dtype(base: str, args: Any, kwargs: Any) -> Any:
    """What PyTorch would make: only whether these are conditions, whole or floating-point numbers matters here."""
    import torch

    said = kwargs.get("dtype")
    if said is not None or base in _CONDITIONS:
        return said or torch.bool
    given = [t.dtype for t in _tensors(args)]
    kinds = given[1:] if base == "where" and len(given) > 1 else given
    floating = [d for d in kinds if d.is_floating_point]
    numbers = base in MOVES or all(isinstance(a, int) for a in args if isinstance(a, (int, float)))
    if floating or not kinds or not numbers or base in ("div", "mean", "exp", "log", "sigmoid", "scalar_tensor"):
        return torch.float64
    return kinds[0] if base in _KEEPS or base in MOVES or len(set(kinds)) == 1 else torch.int64


def _tensors(x: Any) -> Sequence[Any]:
    import torch

    if isinstance(x, (tuple, list)):
        return [t for part in x for t in _tensors(part)]
    return [x] if isinstance(x, torch.Tensor) else []
