"""Arrays of terms that go through NumPy code in the place of numbers.

A stand-in speaks NumPy's protocols, so functions of NumPy and SciPy that are given one come here: element by element
(`__array_ufunc__`, by the name of the function), or whole (`__array_function__`, `functions.py`). One of shape ()
takes the place of a scalar. Truth, `int` and `float` of something that depends on the data are decided by the path
(`paths.py`), or are `Unreadable`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any, Self

import numpy as np

from derive.terms.term import sym
from derive.tracing import functions, indexing, reductions
from derive.tracing.arithmetic import operation
from derive.tracing.cells import each
from derive.tracing.context import current, here, unreadable
from derive.tracing.entries import Entries, cells_of, same_mask
from derive.tracing.methods import METHODS


class StandIn(Entries):
    """An array of terms. With a `mask`, it stands for those entries at which the mask is true (`a[a > 0]`)."""

    __slots__ = ()
    __array_priority__ = 1000

    @classmethod
    def named(cls, names: Sequence[str]) -> Self:
        """A row of symbols."""
        return cls.of([sym(n) for n in names])

    @classmethod
    def of(cls, terms: Any) -> Self:
        """Terms in nested lists, or in an object array, as a stand-in."""
        return cls(cells_of(terms))

    # -- NumPy's protocols

    def __array_ufunc__(self, ufunc: np.ufunc, method: str, *inputs: Any, **options: Any) -> Any:
        if method == "__call__":
            return self.elementwise(ufunc.__name__, inputs, options)
        return reductions.of_ufunc(self, ufunc.__name__, method, inputs, options)

    def __array_function__(self, func: Callable[..., Any], types: Any, args: Any, kwargs: Any) -> Any:
        return functions.call(self, func, args, kwargs)

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> Any:
        """For code that insists on an array: one of numbers if the path decides all, else one of scalars."""
        return indexing.as_array(self, StandIn, dtype)

    def elementwise(self, name: str, inputs: Sequence[Any], options: Any = None) -> Any:
        """The function of a name, entry by entry."""
        if name == "matmul":
            return reductions.dot(self, *inputs)
        name = _of_conditions(name, inputs)
        place, mask = here(), same_mask(inputs)
        kind = next((x for x in inputs if isinstance(x, StandIn) and type(x) is not StandIn), self)
        made = kind.like(each(operation(name), place, *(cells_of(x, mask) for x in inputs)), mask)
        return _stored(made, options or {})

    # -- Python's operators

    def _binary(self, name: str, other: Any, *, turned: bool = False) -> Any:
        if other is None or isinstance(other, (str, dict)):
            return NotImplemented
        return self.elementwise(name, (other, self) if turned else (self, other))

    def _in_place(self, name: str, other: Any) -> Any:
        made = self._binary(name, other)
        if self.cells.shape == () or self.mask is not None:
            return made
        if made.cells.shape != self.cells.shape:
            raise ValueError(f"an array of shape {self.cells.shape} cannot hold one of shape {made.cells.shape}")
        self.cells[...] = made.cells
        return self

    def __bool__(self) -> bool:
        return current().decisions.holds(self.one().condition)

    def __float__(self) -> float:
        return float(indexing.decided_number(self.one(), "float()"))

    def __int__(self) -> int:
        return int(indexing.decided_number(self.one(), "int()"))

    def __index__(self) -> int:
        return indexing.decided_index(self.one())

    def __hash__(self) -> int:
        """Of a number: that of its value on this path, so it finds what a dictionary has for it."""
        if self.cells.shape:
            raise TypeError("unhashable type: 'numpy.ndarray'")
        return hash(indexing.decided_number(self.one(), "a key of a dictionary that is made"))

    def __round__(self, digits: int | None = None) -> Self:
        raise unreadable("round() of something that depends on the data")

    def __len__(self) -> int:
        if not self.shape:
            raise TypeError("a number has no length")
        return self.shape[0]

    def __iter__(self) -> Iterator[Any]:
        return (self[i] for i in range(len(self)))

    def __getitem__(self, key: Any) -> Any:
        return indexing.get(self, key)

    def __setitem__(self, key: Any, value: Any) -> None:
        indexing.put(self, key, value)

    def __contains__(self, x: Any) -> bool:
        return any(bool(a == x) for a in self.ravel())

    def __repr__(self) -> str:
        return f"<{', '.join(str(c.term) for c in self.cells.reshape(-1)[:4])}>"

    def __format__(self, spec: str) -> str:
        return repr(self)

    # -- what arrays have

    @property  # type: ignore[misc]  # it is not to be set
    def __class__(self) -> Any:
        """For code that asks whether it is an array; a scalar is a number."""
        return np.ndarray if self.cells.shape else type(self)

    @property
    def shape(self) -> tuple[int, ...]:
        """As of an array."""
        return tuple(self.settled().shape)

    @property
    def ndim(self) -> int:
        """As of an array."""
        return self.cells.ndim if self.mask is None else 1

    @property
    def size(self) -> int:
        """As of an array."""
        return int(self.settled().size)

    @property
    def dtype(self) -> Any:
        """float64, or bool for conditions."""
        return np.dtype(bool if self.is_condition else np.float64)

    @property
    def T(self) -> Self:
        """Transposed."""
        return self.like(self.settled().T)

    @property
    def values(self) -> Self:
        """Itself, as for a series of pandas."""
        return self

    @property
    def real(self) -> Self:
        """Itself."""
        return self

    @property
    def flat(self) -> Any:
        """The entries, one after the other."""
        return iter(self.ravel())

    def __getattr__(self, name: str) -> Any:
        """The other methods of arrays."""
        method = METHODS.get(name)
        if method is None:
            raise AttributeError(f"{name} of an array cannot be followed")
        return lambda *args, **kwargs: method(self, *args, **kwargs)


def _of_conditions(name: str, inputs: Sequence[Any]) -> str:
    """The function that NumPy has for arrays of conditions only: True + True is True."""
    if name not in _LOGICAL or not all(map(_is_mask, inputs)):
        return name
    return _LOGICAL[name]


def _is_mask(x: Any) -> bool:
    if isinstance(x, StandIn):
        return bool(x.cells.shape) and x.is_condition
    return isinstance(x, (bool, np.bool_)) or (isinstance(x, np.ndarray) and x.dtype == bool)


_LOGICAL = {"add": "logical_or", "multiply": "logical_and"}


def lift(x: Any, kind: type[StandIn] = StandIn) -> StandIn:
    """A number, a term, an array, or lists of these as a stand-in."""
    return x if isinstance(x, StandIn) else kind(cells_of(x))


def _stored(made: StandIn, options: dict[str, Any]) -> Any:
    """NumPy's `out` and `where`; `dtype` and `casting` change no formula."""
    out, only = options.get("out"), options.get("where", True)
    target = out[0] if isinstance(out, tuple) else out
    if target is None and only is True:
        return made
    if not isinstance(target, StandIn):
        raise unreadable("`out` or `where` of a function of NumPy that is given no array of its own")
    if only is True:
        target[...] = made
    else:
        target[only] = made[only] if np.shape(only) == made.shape else made
    return target


def _operators() -> None:
    """`+`, `<` and the others call the functions of NumPy of these names."""
    names = {"add": "add", "sub": "subtract", "mul": "multiply", "truediv": "divide", "pow": "power"}
    names |= {"floordiv": "floor_divide", "mod": "remainder", "matmul": "matmul"}
    names |= {"and": "bitwise_and", "or": "bitwise_or", "xor": "bitwise_xor"}
    for symbol, name in names.items():
        setattr(StandIn, f"__{symbol}__", lambda a, b, n=name: a._binary(n, b))
        setattr(StandIn, f"__r{symbol}__", lambda a, b, n=name: a._binary(n, b, turned=True))
        setattr(StandIn, f"__i{symbol}__", lambda a, b, n=name: a._in_place(n, b))
    compare = {"lt": "less", "le": "less_equal", "gt": "greater", "ge": "greater_equal", "eq": "equal"}
    for symbol, name in {**compare, "ne": "not_equal"}.items():
        setattr(StandIn, f"__{symbol}__", lambda a, b, n=name: a._binary(n, b))
    for symbol, name in {"neg": "negative", "pos": "positive", "abs": "absolute", "invert": "invert"}.items():
        setattr(StandIn, f"__{symbol}__", lambda a, n=name: a.elementwise(n, (a,)))


_operators()
