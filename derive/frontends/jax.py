"""JAX: `custom_vjp`, `custom_jvp`, and functions that compute a loss, through their jaxprs (`_jaxpr.py`).

What goes back is what `jax.vjp` gives, so a custom derivative is called as JAX calls it; it is compared with the
derivative of what the function itself computes (the upstream gradient is a symbol), or of the stated loss. A plain
function is differentiated by JAX: then the two differ where `stop_gradient` or a rounding is in between. Source: the
page on custom derivative rules in JAX's documentation.
"""

from __future__ import annotations

import ast
import inspect
import textwrap
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

import numpy as np

from derive.errors import DeriveError, MissingExtraError
from derive.frontends import Asked, Numbers, Reading
from derive.frontends._inputs import Input, Table, named
from derive.frontends._jaxpr import evaluate
from derive.frontends._layers import Layer, Numeric, rows_or_arrays
from derive.frontends._numbers import of_rows, stacked
from derive.frontends._signatures import arguments, gives_pair, role, roles
from derive.frontends._vjp import Vjp
from derive.prove import prove_terms
from derive.tracing import parameters, sources
from derive.tracing.cells import Cells, cell_of
from derive.tracing.stand_in import StandIn
from derive.tracing.unreadable import Unreadable

LIBRARY = "jax"


def recognises(target: Any) -> bool:
    """A function with custom derivatives, a compiled one, or one whose code uses jax and is no booster's objective."""
    kind = type(target)
    if kind.__module__.partition(".")[0] in ("jax", "jaxlib"):
        return True
    found = sources.plain_function(target)
    if found is None or not inspect.isroutine(target) or gives_pair(target):
        return False
    return "data" not in roles(target) and _uses(found)


def _uses(function: Any) -> bool:
    """Does the code of the function name something of JAX?"""
    used = (function.__globals__.get(n) for n in function.__code__.co_names)
    names = (getattr(v, "__name__" if inspect.ismodule(v) else "__module__", "") for v in used)
    return any(isinstance(n, str) and n.partition(".")[0] == "jax" for n in names)


def read(target: Any, asked: Asked) -> Reading:
    """Its formula, and what JAX gives back for it."""
    _jax()
    v = _vjp(target, asked)
    reading = rows_or_arrays(v, [Layer(v, _numeric(target, v))]) if v.own_backward else v.read()
    line = _last_return(getattr(target, "bwd", None)) or reading.gradient_line or reading.loss_line
    return replace(reading, gradient_line=line)


def _numeric(target: Any, v: Vjp) -> Numeric:
    """Calls with real arrays of several shapes."""

    def run(given: Sequence[Any], g: Any) -> tuple[Any, Mapping[int, Any]]:
        jax = _jax()
        with jax.enable_x64(True):
            every = [jax.numpy.asarray(x) for x in given]
            if g is None:
                return np.asarray(_value(target(*every))), {}
            out, back = jax.vjp(_of(target, every, v.wanted), *(every[k] for k in v.wanted))
            found = dict(zip(v.wanted, map(np.asarray, back(jax.numpy.asarray(g))), strict=True))
            return np.asarray(out), found

    return run


def _last_return(function: Any) -> int:
    """The line of the last `return` of a function: JAX keeps no lines of `bwd`."""
    found = sources.plain_function(function) if function is not None else None
    if found is None:
        return 0
    try:
        lines, first = inspect.getsourcelines(found)
        tree = ast.parse(textwrap.dedent("".join(lines)))
    except (OSError, TypeError, SyntaxError):
        return 0
    returns = [n.lineno for n in ast.walk(tree) if isinstance(n, ast.Return)]
    return first + max(returns) - 1 if returns else 0


def numbers(target: Any, asked: Asked, columns: Mapping[str, Any]) -> Numbers:
    """What JAX gives back for real arrays."""
    jax = _jax()
    v = _vjp(target, asked)
    with jax.enable_x64(True):
        given = [jax.numpy.asarray(_column(i, columns)) for i in v.inputs]
        chosen = v.chosen()
        out, back = jax.vjp(_of(target, given, chosen), *(given[k] for k in chosen))
        found = [np.asarray(b) for b in back(np.ones(np.shape(out), np.asarray(out).dtype))]
        value = np.asarray(_value(target(*given)))  # fwd may give another one
    asides = [role(v.inputs[k].own) in ("label", "weight") and not asked.wrt for k in chosen]
    parts = [b for n, (b, aside) in enumerate(zip(found, asides, strict=True)) if n == 0 or not aside or b.any()]
    rows = max(len(np.atleast_1d(x)) for x in given)

    def twice() -> Any:
        with jax.enable_x64(True):
            return _value(target(*(jax.numpy.concatenate([x, x]) if x.ndim else x for x in given)))

    return Numbers(of_rows(stacked(parts, rows), asked.averaged, out, twice), None, value)


def _of(target: Any, given: Sequence[Any], chosen: Sequence[int]) -> Callable[..., Any]:
    """The function of the chosen arguments, the others being fixed."""

    def called(*some: Any) -> Any:
        every = list(given)
        for k, x in zip(chosen, some, strict=True):
            every[k] = x
        return _value(target(*every))

    return called


def _value(given: Any) -> Any:
    if isinstance(given, (tuple, list)) and len(given) == 1:
        given = given[0]
    if isinstance(given, (tuple, list, dict)):
        raise Unreadable(f"the code gives {len(given)} things, not one array")
    return given


def _column(i: Input, columns: Mapping[str, Any]) -> Any:
    if i.classes:
        return np.stack([columns[n] for n in i.classes], axis=1)
    if i.symbol not in columns:
        raise DeriveError(f"{i.own}: there are no values for {i.symbol}; say its range in domain")
    values = np.array(columns[i.symbol])
    return values.astype(np.int64) if i.kind == "class" else values


def _jax() -> Any:
    try:
        import jax
    except ImportError:
        raise MissingExtraError("JAX is not installed; install it with: python -m pip install jax") from None
    return jax


def _vjp(target: Any, asked: Asked) -> Vjp:
    own = _is_custom(target)
    code = sources.plain_function(target) or target
    names = [n for n in arguments(code) if n != "self"]
    if not names:
        raise Unreadable("it takes no arrays")
    fixed = [names[k] for k in _fixed(target) if k < len(names)]
    inputs = named(names, asked, fixed)
    wanted = [k for k, i in enumerate(inputs) if i.kind == "row" and (own or role(i.own) not in ("label", "weight"))]
    wanted = wanted if own or len(inputs) == 1 or any(role(i.own) == "label" for i in inputs) else wanted[:1]
    upstream = "g" if own and all(i.symbol != "g" for i in inputs) else ""
    reader = _Reader(target, inputs, wanted or [0], asked)
    return Vjp(code, asked, inputs, reader.run, upstream, wanted or [0], own_backward=own, notes=reader.notes)


def _is_custom(target: Any) -> bool:
    return type(target).__name__ in ("custom_vjp", "custom_jvp") and type(target).__module__.startswith("jax")


def _fixed(target: Any) -> Sequence[int]:
    """The arguments that a custom derivative does not differentiate."""
    return tuple(getattr(target, "nondiff_argnums", ()) or ())


class _Reader:
    """Runs the function, and what goes back, on terms."""

    def __init__(self, target: Any, inputs: Sequence[Input], wanted: Sequence[int], asked: Asked) -> None:
        self.target, self.inputs, self.wanted, self.asked = target, inputs, wanted, asked
        self.notes: list[str] = []

    def run(self, tables: Sequence[Table], upstream: Callable[[tuple[int, ...]], Table]) -> Mapping[str, Any]:
        """One call forward, and one back."""
        jax = _jax()
        with jax.enable_x64(True), told(jax):
            symbols = [sym_table(n) for n in self.asked.parameters]
            shapes = [jax.ShapeDtypeStruct(t.shape, self.dtype(k)) for k, t in enumerate((*tables, *symbols))]
            cells = [_cells(t) for t in (*tables, *symbols)]
            value = evaluate(jax.make_jaxpr(self.forward)(*shapes), cells)[0]
            g = upstream(value.shape)
            g_shape = jax.ShapeDtypeStruct(g.shape, "float64")
            made = evaluate(jax.make_jaxpr(self.backward)(*shapes, g_shape), [*cells, _cells(g)])
        self.compare(value, made[0])
        back = {str(k): StandIn(c) for k, c in zip(self.wanted, made[1:], strict=True)}
        return {"value": StandIn(value), **back}

    def dtype(self, k: int) -> str:
        """Labels of classes are whole numbers."""
        return "int64" if k < len(self.inputs) and self.inputs[k].kind == "class" else "float64"

    def forward(self, *given: Any) -> Any:
        """The function; the parameters that were asked for come last."""
        own = len(self.inputs)
        values = dict(zip(self.asked.parameters, given[own:], strict=True))
        with parameters.as_symbols(self.target, self.asked.parameters, values.__getitem__):
            return _value(self.target(*given[:own]))

    def backward(self, *given: Any) -> Any:
        """What JAX gives back, after the value that it has on the way."""
        *every, g = given
        own = len(self.inputs)

        def called(*some: Any) -> Any:
            all_of_them = list(every)
            for k, x in zip(self.wanted, some, strict=True):
                all_of_them[k] = x
            return self.forward(*all_of_them[:own], *every[own:])

        value, back = _jax().vjp(called, *(every[k] for k in self.wanted))
        return (value, *back(g))

    def compare(self, value: Cells, on_the_way: Cells) -> None:
        """The value that `fwd` (or a `jvp`) gives should be that of the function."""
        pairs = zip(value.reshape(-1), on_the_way.reshape(-1), strict=True)
        for a, b in pairs:
            if a.known != b.known and prove_terms(a.known, b.known, self.asked.domain, budget=0.5).status == "refuted":
                said = "the value that fwd (or the jvp) gives is not that of the function: jax.grad and a call disagree"
                self.notes[:] = dict.fromkeys((*self.notes, said))


def sym_table(name: str) -> Table:
    """A symbol as an array without dimensions."""
    from derive.terms.term import sym

    out = np.empty((), object)
    out[()] = sym(name)
    return out


def _cells(table: Table) -> Cells:
    out = np.empty(table.shape, object)
    for index in np.ndindex(table.shape):
        out[index] = cell_of(table[index], None)
    return out


@contextmanager
def told(jax: Any) -> Iterator[None]:
    """JAX's errors about values that depend on the data, in our words."""
    try:
        yield
    except jax.errors.TracerBoolConversionError as error:
        raise _at_users_line("a branch that depends on the data; jnp.where or lax.cond can be read", error) from None
    except jax.errors.ConcretizationTypeError as error:
        raise _at_users_line("a number that depends on the data is needed outside of JAX", error) from None
    except jax.errors.NonConcreteBooleanIndexError as error:
        raise _at_users_line("a mask that depends on the data selects entries; jnp.where can be read", error) from None
    except jax.errors.TracerArrayConversionError as error:
        raise _at_users_line("an array that depends on the data becomes one of NumPy", error) from None


def _at_users_line(reason: str, error: Exception) -> Unreadable:
    from derive.tracing.calling import _last
    from derive.tracing.context import current

    return Unreadable(reason, *_last(current().file, error.__traceback__))
