"""Functions of NumPy that read or change places of arrays: places that depend on labels are decided by the path."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import reduce
from typing import Any

import numpy as np

from derive.terms.term import make, num
from derive.tracing.arithmetic import where
from derive.tracing.cells import Cells, array, each
from derive.tracing.context import here, unreadable
from derive.tracing.entries import Entries, cells_of, decided
from derive.tracing.indexing import concrete, replaced


def _take(me: Entries, a: Any, indices: Any, axis: Any = None, *_: Any, **__: Any) -> Any:
    found = np.take(cells_of(a), concrete(indices), axis=axis)
    return me.like(found if isinstance(found, np.ndarray) else array(found))


def _take_along(me: Entries, arr: Any, indices: Any, axis: Any = -1) -> Any:
    return me.like(np.take_along_axis(cells_of(arr), concrete(indices), axis=axis))


def _put_along(me: Entries, arr: Any, indices: Any, values: Any, axis: Any) -> None:
    np.put_along_axis(_own(arr), concrete(indices), cells_of(values), axis=axis)


def _choose(me: Entries, a: Any, choices: Sequence[Any], **_: Any) -> Any:
    """The entry of the list that an index names; no index is out of range, or NumPy would raise an error."""
    index, parts = cells_of(a), [cells_of(c) for c in choices]

    def other(rest: Cells, k: int) -> Cells:
        at = num(k)
        return each(lambda i, x, r: where(make("eq", i.value, at), x.value, r.value), here(), index, parts[k], rest)

    return me.like(reduce(other, reversed(range(len(parts) - 1)), parts[-1]))


def _own(target: Any) -> Cells:
    """The entries themselves, of what is changed in place."""
    if not isinstance(target, Entries):
        raise unreadable("a function of NumPy that changes an array of numbers in place")
    return target.settled()


def _fill_diagonal(me: Entries, a: Any, val: Any, wrap: bool = False) -> None:
    value = cells_of(val)
    np.fill_diagonal(_own(a), value if value.shape else value[()], wrap)


def _compress(me: Entries, condition: Any, a: Any, axis: Any = None, **_: Any) -> Any:
    return me.like(np.compress(decided(cells_of(condition)), cells_of(a), axis=axis))


def _copyto(me: Entries, dst: Any, src: Any, casting: Any = None, where: Any = True) -> None:
    cells = _own(dst)
    cells[...] = each(replaced, here(), cells_of(where), cells_of(src), cells)


def _putmask(me: Entries, a: Any, mask: Any, values: Any) -> None:
    if np.ndim(cells_of(values)) and np.shape(cells_of(values)) != np.shape(cells_of(a)):
        raise unreadable("putmask or place with values of another shape")
    _copyto(me, a, values, where=mask)


def _block(me: Entries, arrays: Any) -> Any:
    """`np.block` of lists in lists."""

    def nested(x: Any) -> Any:
        return [nested(part) for part in x] if isinstance(x, list) else cells_of(x)

    return me.like(np.block(nested(arrays)))


#: by the name of NumPy's function
PLACING: dict[str, Callable[..., Any]] = {
    "take": _take,
    "take_along_axis": _take_along,
    "put_along_axis": _put_along,
    "choose": _choose,
    "copyto": _copyto,
    "putmask": _putmask,
    "block": _block,
    "fill_diagonal": _fill_diagonal,
    "compress": _compress,
}
