"""A jaxpr read: its equations, one after the other, on arrays of entries.

A jaxpr is what `jax.make_jaxpr` gives: the code, its custom derivatives and JAX's own, as a list of equations between
primitives. Moving entries is left to JAX itself, which moves numbers that say where each one goes.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any, TypeAlias

import numpy as np

from derive.frontends._jax_ops import OPERATIONS
from derive.frontends._summands import choice
from derive.frontends._wide import widened
from derive.terms.term import num
from derive.tracing.arithmetic import compared
from derive.tracing.cells import Cell, Cells, array, cell_of, each
from derive.tracing.context import Place, current
from derive.tracing.indexing import decided_index
from derive.tracing.infinity import INFINITE
from derive.tracing.unreadable import Unreadable

Values: TypeAlias = Sequence[Cells]
_MOVES = frozenset((
    *("broadcast_in_dim", "reshape", "squeeze", "expand_dims", "transpose", "rev", "slice", "concatenate", "split"),
    *("gather", "dynamic_slice", "pad", "dynamic_update_slice", "stack", "unstack", "tile", "scatter"),
))
#: which of its operands hold entries; the others say where
_ENTRIES = {"gather": (0,), "dynamic_slice": (0,), "dynamic_update_slice": (0, 1), "scatter": (0, 2)}
_MOST_STEPS = 100


def evaluate(closed: Any, inputs: Values) -> list[Cells]:
    """What a closed jaxpr gives for these inputs."""
    return _run(closed.jaxpr, [_constant(c) for c in closed.consts], inputs)


def _run(jaxpr: Any, constants: Values, inputs: Values) -> list[Cells]:
    known: dict[Any, Cells] = dict(zip((*jaxpr.constvars, *jaxpr.invars), (*constants, *inputs), strict=True))
    for equation in jaxpr.eqns:
        given = [_value(v, known) for v in equation.invars]
        with _at(equation):
            made = _equation(equation, given)
        known |= {v: m for v, m in zip(equation.outvars, made, strict=True) if type(v).__name__ != "DropVar"}
    return [_value(v, known) for v in jaxpr.outvars]


def _value(v: Any, known: Mapping[Any, Cells]) -> Cells:
    return _constant(v.val) if hasattr(v, "val") else known[v]


def _constant(x: Any) -> Cells:
    """Numbers as entries; ∞ is one that only comparisons know."""
    values = widened(np.asarray(x))
    out = np.empty(values.shape, object)
    for index in np.ndindex(values.shape):
        n = values[index]
        out[index] = Cell(INFINITE[int(n > 0)]) if values.dtype.kind == "f" and np.isinf(n) else cell_of(n, None)
    return out


@contextmanager
def _at(equation: Any) -> Iterator[None]:
    """An error says the line of the user's code that made the equation."""
    try:
        yield
    except Unreadable as error:
        raise Unreadable(error.reason, *(_place(equation) or ("", 0))) from None


def _place(equation: Any) -> Place | None:
    """The line of the file that is read, if it has to do with the equation; else the innermost one of a user."""
    trace = equation.source_info.traceback
    frames = [(f.file_name, f.line_num) for f in trace.frames] if trace is not None else []
    own = [f for f in frames if f[0] == current().file]
    return next(iter(own or [f for f in frames if _is_users(f[0])]), None)


def _is_users(name: str) -> bool:
    return not any(part in name for part in ("/jax/", "/jaxlib/", "/numpy/", "/derive/")) and not name.startswith("<")


def _equation(equation: Any, given: Values) -> Sequence[Cells]:
    name, params, place = equation.primitive.name, equation.params, _place(equation)
    if name == "div" and np.dtype(equation.outvars[0].aval.dtype).kind in "iu":
        raise Unreadable("a division of whole numbers")
    if name in OPERATIONS:
        made = OPERATIONS[name](place, given, params)
        return [made]
    if name in _MOVES:
        return _moved(equation, given)
    if name == "platform_index":  # the way that every platform can go
        return [array(cell_of(params["platforms"].index(None), place))]
    if name == "cond" and (taken := _constant_index(given[0])) is not None:
        return evaluate(params["branches"][taken], given[1:])
    if name == "cond":
        return _cond(params["branches"], given, place)
    if name == "scan":
        return _scan(params, given)
    inner = next((params[k] for k in ("jaxpr", "call_jaxpr", "fun_jaxpr") if k in params), None)
    if name == "custom_jvp_call" and _is_log_ndtr(inner):
        return [OPERATIONS["log_ndtr"](place, given, params)]
    if inner is None or name == "while":
        raise Unreadable(_REASONS.get(name, f"the primitive {name!r} of JAX cannot be read"))
    return evaluate(inner, given) if hasattr(inner, "consts") else _run(inner, [], given)


def _is_log_ndtr(inner: Any) -> bool:
    """Is it JAX's own log_ndtr? Its equations are those of an approximation, of a series beyond some point."""
    said = str(getattr(getattr(inner, "jaxpr", inner).debug_info, "func_src_info", ""))
    return re.fullmatch(r"log_ndtr at .*/jax/_src/scipy/special\.py:\d+", said.replace("\\", "/")) is not None


_REASONS = {
    "while": "a loop whose length depends on the data (the primitive 'while')",
    **dict.fromkeys(("random_bits", "random_seed", "random_wrap", "threefry2x32"), "random numbers"),
    "pure_callback": "a call out of JAX (the primitive 'pure_callback')",
}


def _moved(equation: Any, given: Values) -> list[Cells]:
    """Where each entry goes, by letting JAX move their numbers."""
    import jax.numpy as jnp

    entries: list[Any] = []
    operands = []
    for position, cells in enumerate(given):
        if position in _ENTRIES.get(equation.primitive.name, range(len(given))):
            numbers = np.arange(len(entries), len(entries) + cells.size).reshape(cells.shape)
            entries += list(cells.reshape(-1))
        else:
            numbers = _indices(cells)
        operands.append(jnp.asarray(numbers))
    out = equation.primitive.bind(*operands, **_of_numbers(equation.params))
    return [_taken(entries, np.asarray(o)) for o in (out if equation.primitive.multiple_results else [out])]


def _of_numbers(params: Mapping[str, Any]) -> dict[str, Any]:
    """No value is put where none belongs: JAX fills with NaN, which whole numbers do not have."""
    return {k: (-1 if k == "fill_value" else v) for k, v in params.items()}


def _indices(cells: Cells) -> Any:
    return np.array([decided_index(c) for c in cells.reshape(-1)], int).reshape(cells.shape)


def _taken(entries: list[Any], numbers: Any) -> Cells:
    out = np.empty(numbers.shape, object)
    for index in np.ndindex(numbers.shape):
        number = int(numbers[index])
        if not 0 <= number < len(entries):
            raise Unreadable("an index that is out of bounds")
        out[index] = entries[number]
    return out


def _constant_index(index: Cells) -> int | None:
    """The number of the branch, where it depends on nothing."""
    term = index.reshape(-1)[0].term
    return int(term.value) if term is not None and term.head == "num" else None


def _cond(branches: Sequence[Any], given: Values, place: Place | None) -> list[Cells]:
    """`lax.cond` and `lax.switch`: all branches, and the choice between their results."""
    index: Any = given[0]
    results = [evaluate(branch, given[1:]) for branch in branches]
    out = results[-1]
    for k in range(len(branches) - 2, -1, -1):
        out = [_chosen(index, k, a, b, place) for a, b in zip(results[k], out, strict=True)]
    return out


def _chosen(index: Any, k: int, a: Cells, b: Cells, place: Place | None) -> Cells:
    return each(lambda i, x, y: choice(compared("eq")(i.value, num(k)), x, y), place, index, a, b)


def _scan(params: Mapping[str, Any], given: Values) -> list[Cells]:
    """A loop of known length, step by step."""
    fixed, carried, length = params["num_consts"], params["num_carry"], params["length"]
    if length > _MOST_STEPS:
        raise Unreadable(f"a loop of {length} steps (the primitive 'scan'); at most {_MOST_STEPS} are followed")
    constants, state, rows = given[:fixed], list(given[fixed : fixed + carried]), given[fixed + carried :]
    steps: dict[int, Sequence[Cells]] = {}
    for i in range(length)[:: -1 if params["reverse"] else 1]:
        made = evaluate(params["jaxpr"], [*constants, *state, *(array(r[i]) for r in rows)])
        state, steps[i] = made[:carried], made[carried:]
    each_step: list[Any] = list(zip(*(steps[i] for i in range(length)), strict=True))
    return [*state, *(np.stack(s) for s in each_step)]
