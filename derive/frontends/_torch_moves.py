"""The operations of ATen that move entries, put some in, or make tensors from nothing. Views stay views."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeAlias

import numpy as np

from derive.terms.term import num
from derive.tracing.arithmetic import compared, plus, where
from derive.tracing.cells import Cell, Cells, array, cell_of, each, of_numbers
from derive.tracing.context import here, unreadable
from derive.tracing.indexing import decided_index

Operation: TypeAlias = Callable[[Sequence[Any], Mapping[str, Any]], Any]
_END = 2**62


def _simple(build: Callable[..., Any]) -> Operation:
    """Only the arguments in their places matter."""
    return lambda args, kwargs: build(*args)


def _slice(x: Cells, dim: int = 0, start: int | None = None, end: int | None = None, step: int = 1) -> Cells:
    stop = None if end is None or end > _END else end
    return x[(*[slice(None)] * (dim % x.ndim), slice(start, stop, step))]


def _select(x: Cells, dim: int, index: int) -> Cells:
    at = index % x.shape[dim]
    return _slice(x, dim, at, at + 1).reshape([n for i, n in enumerate(x.shape) if i != dim % x.ndim])


def _expand(x: Cells, size: Sequence[int], implicit: bool = False) -> Cells:
    lead = len(size) - x.ndim
    shape = [x.shape[i - lead] if n == -1 else n for i, n in enumerate(size)]
    return np.broadcast_to(x, shape)


def _transpose(x: Cells, a: int, b: int) -> Cells:
    return x.swapaxes(a, b) if x.ndim else x


def _unsqueeze(x: Cells, dim: int) -> Cells:
    return np.expand_dims(x, dim)


def _squeeze(x: Cells, dim: int | Sequence[int] | None = None) -> Cells:
    dims = range(x.ndim) if dim is None else [dim] if isinstance(dim, int) else dim
    return x.squeeze(axis=tuple(d % x.ndim for d in dims if x.ndim and x.shape[d] == 1))


def _unbind(x: Cells, dim: int = 0) -> list[Cells]:
    return [_select(x, dim, i) for i in range(x.shape[dim])]


def _split(x: Cells, size: int | Sequence[int], dim: int = 0) -> list[Cells]:
    n = x.shape[dim]
    sizes = [size] * -(-n // size) if isinstance(size, int) else list(size)
    ends = np.minimum(np.cumsum(sizes), n)
    return [_slice(x, dim, int(b - s) if b - s > 0 else 0, int(b)) for b, s in zip(ends, sizes, strict=True)]


def _select_backward(g: Cells, shape: Sequence[int], dim: int, index: int) -> Cells:
    out = zeros(shape)
    _select(out, dim, index)[...] = g
    return out


def _slice_backward(g: Cells, shape: Sequence[int], *where: int) -> Cells:
    out = zeros(shape)
    _slice(out, *where)[...] = g
    return out


def _index(x: Cells, indices: Sequence[Cells | None]) -> Cells:
    if _mask(x, indices) is not None:
        raise unreadable("a mask that depends on the data selects entries; torch.where or x[mask] = … can be read")
    found = x[_concrete(indices)]
    return found if isinstance(found, np.ndarray) else array(found)


def _mask(x: Cells, indices: Sequence[Cells | None]) -> Cells | None:
    """The only index, if it is a mask."""
    if len(indices) != 1 or indices[0] is None or indices[0].shape != x.shape:
        return None
    mask = indices[0]
    return mask if mask.size and all(c.is_condition for c in mask.reshape(-1)) else None


def _concrete(indices: Sequence[Cells | None]) -> Any:
    return tuple(slice(None) if i is None else _whole(i) for i in indices)


def _whole(index: Cells) -> Any:
    return np.array([decided_index(c) for c in index.reshape(-1)], int).reshape(index.shape)


def _index_put(x: Cells, indices: Sequence[Cells | None], values: Cells, accumulate: bool = False) -> Cells:
    mask = _mask(x, indices)
    if accumulate or (mask is not None and values.size != 1):
        raise unreadable("a mask that depends on the data takes several values, or adds to what is there")
    out = x.copy()
    if mask is None:
        out[_concrete(indices)] = values
        return out
    return each(lambda c, a, b: where(c.condition, a.value, b.value), here(), mask, values.reshape(()), out)


def _gather(x: Cells, dim: int, index: Cells, sparse_grad: bool = False) -> Cells:
    """The entry that an index says; which one may depend on the data, within what its domain allows."""
    out = np.empty(index.shape, object)
    for at in np.ndindex(index.shape):
        line = _line(x, dim, at)
        out[at] = _chosen(line, index[at])
    return out


def _line(x: Any, dim: int, at: tuple[int, ...]) -> list[Cell]:
    return [x[(*at[: dim % x.ndim], k, *at[dim % x.ndim + 1 :])] for k in range(x.shape[dim])] if x.ndim else [x[()]]


def _chosen(line: list[Cell], index: Any) -> Cell:
    out = line[-1].value
    for k in range(len(line) - 2, -1, -1):
        out = where(_is(index, k), line[k].value, out)
    return Cell(out, here())


def _is(index: Any, k: int) -> Any:
    return compared("eq")(index.value, num(k))


def _scatter_add(x: Any, dim: int, index: Cells, source: Cells) -> Any:
    """What goes back for a gather."""
    return _scatter(x, dim, index, source, plus)


def _scatter(x: Any, dim: int, index: Cells, source: Any, join: Callable[[Any, Any], Any] = lambda _, new: new) -> Any:
    out = x.copy()
    put: Any = (
        source if isinstance(source, np.ndarray) else np.broadcast_to(array(cell_of(source, here())), index.shape)
    )
    for at in np.ndindex(index.shape):
        for k in range(x.shape[dim]):
            place = (*at[: dim % x.ndim], k, *at[dim % x.ndim + 1 :])
            old = out[place].value
            out[place] = Cell(where(_is(index[at], k), join(old, put[at].value), old), here())
    return out


def zeros(shape: Sequence[int], value: Any = 0) -> Cells:
    """So many entries of one value."""
    out = np.empty(tuple(shape), object)
    for index in np.ndindex(out.shape):
        out[index] = cell_of(value, here())
    return out


def _like(value: Any) -> Operation:
    return lambda args, kwargs: zeros(args[0].shape, value)


def _full(args: Sequence[Any], kwargs: Mapping[str, Any]) -> Cells:
    return zeros(args[0], args[1])


def _new(value: Any) -> Operation:
    return lambda args, kwargs: zeros(args[1], value)


def _fill(args: Sequence[Any], kwargs: Mapping[str, Any]) -> Cells:
    x, value = args
    return np.broadcast_to(value if isinstance(value, np.ndarray) else array(cell_of(value, here())), x.shape).copy()


def _to(args: Sequence[Any], kwargs: Mapping[str, Any]) -> Any:
    """Another type: as if nothing were rounded; whole numbers of what is none are not followed."""
    import torch

    x, dtype = args[0], kwargs.get("dtype")
    if dtype == torch.bool:
        return each(lambda c: c.condition, here(), x)
    if dtype is None or dtype.is_floating_point:
        return x.copy()
    for cell in x.reshape(-1):
        if not cell.is_condition:
            decided_index(cell)
    return x.copy()


MOVES: Mapping[str, Operation] = {
    **dict.fromkeys(
        ("view", "_unsafe_view", "reshape", "_reshape_alias"), _simple(lambda x, shape, *_: x.reshape(shape))
    ),
    **dict.fromkeys(("alias", "detach", "lift_fresh", "lift", "positive"), _simple(lambda x: x)),
    **dict.fromkeys(("clone", "contiguous"), _simple(lambda x: x.copy())),
    "expand": _simple(_expand),
    "permute": _simple(np.transpose),
    "t": _simple(lambda x: x.T),
    "transpose": _simple(_transpose),
    "unsqueeze": _simple(_unsqueeze),
    "squeeze": _simple(_squeeze),
    "select": _simple(_select),
    "slice": _simple(_slice),
    "unbind": _simple(_unbind),
    "split": _simple(_split),
    "split_with_sizes": _simple(_split),
    "select_backward": _simple(_select_backward),
    "slice_backward": _simple(_slice_backward),
    "cat": _simple(lambda parts, dim=0: np.concatenate(parts, axis=dim)),
    "stack": _simple(lambda parts, dim=0: np.stack(parts, axis=dim)),
    "flip": _simple(np.flip),
    "roll": _simple(lambda x, shifts, dims=(): np.roll(x, shifts, axis=tuple(dims) or None)),
    "repeat": _simple(np.tile),
    "index": _simple(_index),
    "index_put": _simple(_index_put),
    "_index_put_impl": _simple(
        lambda x, indices, values, accumulate=False, *_: _index_put(x, indices, values, accumulate)
    ),
    "gather": _simple(_gather),
    "scatter": _simple(_scatter),
    "scatter_add": _simple(_scatter_add),
    "fill": _fill,
    "zero": _like(0),
    "copy": _fill,
    "_to_copy": _to,
}
FACTORIES: Mapping[str, Operation] = {
    **{f"{name}_like": _like(value) for name, value in (("zeros", 0), ("ones", 1))},
    **{f"new_{name}": _new(value) for name, value in (("zeros", 0), ("ones", 1))},
    "full_like": lambda args, kwargs: zeros(args[0].shape, args[1]),
    "new_full": lambda args, kwargs: zeros(args[1], args[2]),
    "empty_like": _like(float("nan")),
    **dict.fromkeys(("new_empty", "new_empty_strided"), _new(float("nan"))),
    **dict.fromkeys(("empty", "empty_strided"), lambda args, kwargs: zeros(args[0], float("nan"))),
    "zeros": lambda args, kwargs: zeros(args[0], 0),
    "ones": lambda args, kwargs: zeros(args[0], 1),
    "full": _full,
    "scalar_tensor": lambda args, kwargs: array(cell_of(args[0], here())),
    "eye": lambda args, kwargs: of_numbers(np.eye(*args[:2]), here()),
}
