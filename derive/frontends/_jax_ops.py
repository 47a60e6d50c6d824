"""The primitives of JAX on arrays of entries: each takes a line, its operands and its parameters."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import reduce
from typing import Any, TypeAlias

import numpy as np

from derive.terms.term import Term, free_names, make, num
from derive.tracing.arithmetic import minus, negative, operation, over, plus, raised, where
from derive.tracing.cells import FALSE, TRUE, Cell, Cells, each, of_numbers
from derive.tracing.context import Place, current
from derive.tracing.indexing import decided_index
from derive.tracing.infinity import INFINITE
from derive.tracing.reductions import FOLDS, dot
from derive.tracing.stand_in import StandIn
from derive.tracing.types import is_whole
from derive.tracing.unreadable import Unreadable

Operands: TypeAlias = Sequence[Cells]
Parameters: TypeAlias = Mapping[str, Any]
Operation: TypeAlias = Callable[[Place | None, Operands, Parameters], Cells]


def _each(build: Callable[..., Term]) -> Operation:
    return lambda place, given, params: each(_finite(build), place, *given)


def _finite(build: Callable[..., Term]) -> Callable[..., Term]:
    def checked(*cells: Cell) -> Term:
        if any(c.term in INFINITE for c in cells):
            raise Unreadable("a computation with infinity")
        return build(*cells)

    return checked


def _named(name: str) -> Operation:
    return _each(operation(name))


def _compared(name: str) -> Operation:
    """A comparison. Nothing is NaN, so everything is equal to itself; and labels of few values may leave no choice."""
    plain = operation(name)
    reflexive = TRUE if name in ("equal", "less_equal", "greater_equal") else FALSE

    def build(a: Cell, b: Cell) -> Term:
        if a.term in INFINITE or b.term in INFINITE:
            return _with_infinity(name, a.term, b.term)
        if a.value == b.value:
            return reflexive
        made = plain(a, b)
        yes, other = current().decisions.possible(made) if free_names(made) else (True, True)
        return made if yes and other else TRUE if yes else FALSE

    return lambda place, given, params: each(build, place, *given)


def _with_infinity(name: str, a: Term | None, b: Term | None) -> Term:
    x, y = ({INFINITE[0]: -1, INFINITE[1]: 1}.get(t, 0) if t is not None else 0 for t in (a, b))
    holds = {"equal": x == y, "not_equal": x != y, "less": x < y, "less_equal": x <= y, "greater": x > y}
    return TRUE if holds.get(name, x >= y) else FALSE


def _extreme(name: str, neutral: Term) -> Operation:
    """The larger (smaller) one; −∞ (∞) is never it."""
    plain = _finite(operation(name))

    def build(a: Cell, b: Cell) -> Term:
        if neutral in (a.term, b.term):
            other: Term = b.known if a.term == neutral else a.known
            return other
        return plain(a, b)

    return lambda place, given, params: each(build, place, *given)


def _select(place: Place | None, given: Operands, params: Parameters) -> Cells:
    which, *cases = given

    def build(c: Cell, *values: Cell) -> Term:
        if c.term in (TRUE, FALSE):
            return values[c.term == TRUE].known  # the other one need not be a number
        if c.is_condition:
            return _where(c.condition, values[1].known, values[0].known)
        out = values[-1].known
        for k in range(len(values) - 2, -1, -1):
            out = _where(operation("equal")(c, Cell(num(k))), values[k].known, out)
        return out

    return each(build, place, which, *cases)


def _where(condition: Term, a: Term, b: Term) -> Term:
    if condition not in (TRUE, FALSE) and (a in INFINITE or b in INFINITE):
        raise Unreadable("a computation with infinity")
    return where(condition, a, b)


def _clamp(place: Place | None, given: Operands, params: Parameters) -> Cells:
    low, x, high = given
    upper = each(operation("maximum"), place, *np.broadcast_arrays(x, low))
    return each(operation("minimum"), place, *np.broadcast_arrays(upper, high))


def _converted(place: Place | None, given: Operands, params: Parameters) -> Cells:
    """Another type: as if nothing were rounded; whole numbers of what is none are not followed."""
    kind = np.dtype(params["new_dtype"]).kind
    if kind == "b":
        return each(lambda c: c.condition, place, given[0])
    if kind in "iu":
        for cell in given[0].reshape(-1):
            if not cell.is_condition and not is_whole(cell.known):
                decided_index(cell)
    kept: Callable[[Cell], Any] = lambda c: c.term if c.term is None or c.term in INFINITE else c.value  # noqa: E731
    return each(kept, place, given[0])


def _power(place: Place | None, given: Operands, params: Parameters) -> Cells:
    exponent = num(int(params["y"]))
    if exponent == num(0):
        return each(lambda c: num(1), place, given[0])
    return each(_finite(lambda c: raised(c.value, exponent)), place, given[0])


def _polygamma(place: Place | None, given: Operands, params: Parameters) -> Cells:
    return each(lambda m, x: make("polygamma", m.value, x.value), place, *given)


def _folded(name: str) -> Operation:
    def build(place: Place | None, given: Operands, params: Parameters) -> Cells:
        x, axes = given[0], params["axes"]
        kept = [i for i in range(x.ndim) if i not in axes]
        rows = np.transpose(x, (*kept, *axes)).reshape(*(x.shape[i] for i in kept), -1)
        out = np.empty(rows.shape[:-1], object)
        for index in np.ndindex(out.shape):
            out[index] = Cell(FOLDS[name](list(rows[index])), place)
        return out

    return build


def _cumulative(place: Place | None, given: Operands, params: Parameters) -> Cells:
    out: Cells = given[0].copy()
    lines = np.moveaxis(out, params["axis"], 0)[:: -1 if params["reverse"] else 1]
    for k in range(1, len(lines)):
        lines[k : k + 1] = each(lambda a, b: plus(a.value, b.value), place, lines[k - 1 : k], lines[k : k + 1])
    return out


def _dot(place: Place | None, given: Operands, params: Parameters) -> Cells:
    """A product of tensors: the batch first, then what is kept, then what is summed over."""
    (sums, batches) = params["dimension_numbers"]
    sides = [_in_order(x, batch, along) for x, batch, along in zip(given, batches, sums, strict=True)]
    (a, shape, kept), (b, _, others) = sides
    products = [dot(StandIn(x), x, y.T).cells for x, y in zip(a, b, strict=True)]
    out: Cells = np.stack(products).reshape((*shape, *kept, *others))
    return out


def _in_order(x: Cells, batch: Sequence[int], along: Sequence[int]) -> tuple[Cells, list[int], list[int]]:
    kept = [i for i in range(x.ndim) if i not in (*batch, *along)]
    sizes = [[x.shape[i] for i in axes] for axes in (batch, kept, along)]
    flat = np.transpose(x, (*batch, *kept, *along)).reshape([int(np.prod(s)) for s in sizes])
    return flat, sizes[0], sizes[1]


def _argmax(place: Place | None, given: Operands, params: Parameters) -> Cells:
    """The first condition that holds, as in `jnp.select`; which number is largest is not followed."""
    x: Any = given[0]
    if not all(c.is_condition for c in x.reshape(-1)):
        raise Unreadable("the index of the largest entry depends on the data (the primitive 'argmax')")
    lines = np.moveaxis(x, params["axes"][0], 0)
    out = each(lambda c: num(0), place, lines[0])
    for k in range(len(lines) - 1, -1, -1):
        out = each(lambda c, rest, k=k: where(c.condition, num(k), rest.value), place, lines[k], out)
    return out


def _iota(place: Place | None, given: Operands, params: Parameters) -> Cells:
    shape, along = params["shape"], params["dimension"]
    line = np.arange(shape[along]).reshape([-1 if i == along else 1 for i in range(len(shape))])
    return of_numbers(np.broadcast_to(line, shape), place)


def _empty(place: Place | None, given: Operands, params: Parameters) -> Cells:
    """What was not given a value: JAX puts it where a branch that was not taken has one."""
    shape = params["shape"] if "shape" in params else getattr(params.get("aval", params.get("ty")), "shape", ())
    out = np.empty(shape, object)
    for index in np.ndindex(out.shape):
        out[index] = Cell(None, place)
    return out


def _scatter_add(place: Place | None, given: Operands, params: Parameters) -> Any:
    """What goes back through an index: JAX scatters ones, one after the other, to say where each update goes."""
    from jax.lax import scatter_add

    target, index = given[:2]
    updates: Any = given[2]
    whole = np.array([decided_index(c) for c in index.reshape(-1)], int).reshape(index.shape)
    out: Any = target.copy()
    keywords = {
        k: v for k, v in params.items() if k in ("dimension_numbers", "indices_are_sorted", "unique_indices", "mode")
    }
    for n, at in enumerate(np.ndindex(updates.shape)):
        ones = np.zeros(updates.size)
        ones[n] = 1
        hit = scatter_add(np.zeros(target.shape), whole, ones.reshape(updates.shape), **keywords)
        for to in zip(*np.nonzero(np.asarray(hit)), strict=True):
            out[to] = Cell(plus(out[to].value, updates[at].value), place)
    return out


def _sum_of(place: Place | None, given: Operands, params: Parameters) -> Cells:
    add = _finite(lambda x, y: _as_softplus(x.value, y.value) or plus(x.value, y.value))
    return reduce(lambda a, b: each(add, place, a, b), given)


def _as_softplus(a: Term, b: Term) -> Term | None:
    """max(x, 0) + log1p(exp(−|x|)), which is what JAX makes of softplus and of `logaddexp(0, x)`."""
    if a.head != "max" or num(0) not in a.args or b.head != "log1p" or len(a.args) != 2:
        return None
    x = a.args[0] if a.args[1] == num(0) else a.args[1]
    sizes = {make("exp", negative(make("abs", y))) for y in (x, negative(x))}
    return make("softplus", x) if b.args[0] in sizes else None


_SAME = {
    **{n: n for n in ("exp", "exp2", "expm1", "log", "log1p", "sqrt", "cbrt", "square", "floor", "sign", "digamma")},
    **{n: n for n in ("sin", "cos", "tan", "sinh", "cosh", "tanh", "asin", "acos", "atan", "asinh", "acosh", "atanh")},
    **{n: n for n in ("erf", "erfc")},
    "logistic": "expit", "abs": "absolute", "neg": "negative", "lgamma": "gammaln", "erf_inv": "erfinv",
    "mul": "multiply", "pow": "power", "and": "bitwise_and", "or": "bitwise_or", "xor": "bitwise_xor",
    "not": "bitwise_not",
}  # fmt: skip
_COMPARISONS = {
    "eq": "equal", "ne": "not_equal", "lt": "less", "le": "less_equal", "gt": "greater", "ge": "greater_equal",
}  # fmt: skip
OPERATIONS: Mapping[str, Operation] = {
    **{primitive: _named(name) for primitive, name in _SAME.items()},
    **{primitive: _compared(name) for primitive, name in _COMPARISONS.items()},
    **dict.fromkeys(("add", "add_any"), _sum_of),
    "sub": _each(lambda a, b: minus(a.value, b.value)),
    "div": _each(lambda a, b: over(a.value, b.value)),
    "rsqrt": _each(lambda a: raised(a.value, num(-1, 2))),
    "is_finite": lambda place, given, params: each(lambda c: FALSE if c.term in INFINITE else TRUE, place, given[0]),
    "log_ndtr": _named("log_ndtr"),
    "integer_pow": _power,
    "polygamma": _polygamma,
    "max": _extreme("maximum", INFINITE[0]),
    "min": _extreme("minimum", INFINITE[1]),
    "select_n": _select,
    "clamp": _clamp,
    "convert_element_type": _converted,
    **dict.fromkeys(
        ("stop_gradient", "copy", "copy_p", "reduce_precision", "optimization_barrier", "name"),
        lambda place, given, params: given[0],
    ),
    "reduce_sum": _folded("add"),
    "reduce_prod": _folded("multiply"),
    "reduce_max": _folded("maximum"),
    "reduce_min": _folded("minimum"),
    "reduce_and": _folded("logical_and"),
    "reduce_or": _folded("logical_or"),
    "cumsum": _cumulative,
    "dot_general": _dot,
    "argmax": _argmax,
    "iota": _iota,
    **dict.fromkeys(("empty", "empty2"), _empty),
    "scatter-add": _scatter_add,
}
