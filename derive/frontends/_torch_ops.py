"""The operations of ATen on arrays of entries: element by element by their names, and those that move or add entries.

Each takes the arguments of the operation, its tensors as arrays of entries, and gives an array, or several.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any, TypeAlias

import numpy as np

from derive.frontends._summands import choice
from derive.frontends._torch_moves import FACTORIES, MOVES
from derive.frontends._torch_sums import SUMS
from derive.terms.term import Term, free_names, make, num
from derive.tracing.arithmetic import minus, negative, operation, over, plus, raised, times, where
from derive.tracing.cells import Cell, Cells, array, cell_of, each
from derive.tracing.context import current, here, unreadable

Operation: TypeAlias = Callable[[Sequence[Any], Mapping[str, Any]], Any]
_ONE = num(1)
_FAR = 20  # the threshold that F.softplus has if none is given
RANDOM = frozenset((
    *("rand", "randn", "randint", "randperm", "rand_like", "randn_like", "randint_like", "native_dropout", "dropout"),
    *("bernoulli", "normal", "uniform", "multinomial", "exponential", "poisson", "binomial"),
))


def spread(build: Callable[..., Term], *args: Any) -> Cells:
    """A term for each place of the arguments, which are broadcast together."""
    place = here()
    return each(build, place, *(a if isinstance(a, np.ndarray) else array(cell_of(a, place)) for a in args))


def _valued(build: Callable[..., Term]) -> Callable[..., Term]:
    return lambda *cells: build(*(c.value for c in cells))


def _named(name: str) -> Operation:
    return lambda args, kwargs: spread(operation(name), *args)


def _built(build: Callable[..., Term]) -> Operation:
    """Of the tensors among the arguments, and the numbers beside them."""
    return lambda args, kwargs: spread(_valued(build), *args)


def _compared(name: str) -> Operation:
    """A comparison; what labels of few values leave no choice about is decided at once (`target != ignore_index`)."""

    def build(*cells: Cell) -> Term:
        made = operation(name)(*cells)
        yes, no = current().decisions.possible(made) if free_names(made) else (True, True)
        return made if yes and no else make("true" if yes else "false")

    return lambda args, kwargs: spread(build, *args)


_COMPARISONS = {
    "eq": "equal",
    "ne": "not_equal",
    "lt": "less",
    "le": "less_equal",
    "gt": "greater",
    "ge": "greater_equal",
}
#: ATen's name -> the name in `derive.tracing.arithmetic`
_SAME = {
    **{n: n for n in ("exp", "exp2", "expm1", "log", "log1p", "log2", "log10", "sqrt", "reciprocal", "square")},
    **{n: n for n in ("sin", "cos", "tan", "sinh", "cosh", "tanh", "asin", "acos", "atan", "asinh", "acosh", "atanh")},
    **{n: n for n in ("sigmoid", "erf", "erfc", "erfinv", "floor", "hypot", "xlogy", "logaddexp", "sign")},
    **{n: n for n in ("maximum", "minimum", "fmax", "fmin", "copysign", "heaviside", "digamma", "relu")},
    **{n: n for n in ("trunc", "ceil")},
    **{n: n for n in ("logical_and", "logical_or", "logical_not", "logical_xor", "isnan", "isinf", "isfinite")},
    **{n: n for n in ("bitwise_and", "bitwise_or", "bitwise_xor", "bitwise_not")},
    **{f"special_{n}": n for n in ("ndtri", "entr", "ndtr", "log_ndtr", "erfcx", "xlog1py")},
    **{f"__{n}__": f"bitwise_{n}" for n in ("and", "or")},
    "abs": "absolute",
    "neg": "negative",
    "sgn": "sign",
    "lgamma": "gammaln",
    "mul": "multiply",
    "pow": "power",
}


def _add(args: Sequence[Any], kwargs: Mapping[str, Any]) -> Cells:
    """The sum; of conditions, that one of them holds."""
    if all(isinstance(a, np.ndarray) and a.size and all(c.is_condition for c in a.reshape(-1)) for a in args[:2]):
        return spread(operation("logical_or"), *args[:2])
    return _scaled(plus, args, kwargs)


def _subtract(args: Sequence[Any], kwargs: Mapping[str, Any]) -> Cells:
    return _scaled(minus, args, kwargs)


def _reversed(args: Sequence[Any], kwargs: Mapping[str, Any]) -> Cells:
    return _scaled(lambda a, b: minus(b, a), args, kwargs)


def _scaled(build: Callable[[Term, Term], Term], args: Sequence[Any], kwargs: Mapping[str, Any]) -> Cells:
    """a and alpha·b."""
    a, b, *rest = args
    alpha = kwargs.get("alpha", rest[0] if rest else 1)
    return spread(_valued(lambda x, y, c: build(x, times(c, y))), a, b, alpha)


def _divide(args: Sequence[Any], kwargs: Mapping[str, Any]) -> Cells:
    if kwargs.get("rounding_mode") is not None:
        raise unreadable("a division that is rounded")
    return spread(_valued(over), *args[:2])


def _clamp(args: Sequence[Any], kwargs: Mapping[str, Any]) -> Cells:
    x, low, high = (*args, None, None)[:3]
    low, high = kwargs.get("min", low), kwargs.get("max", high)
    x = x if low is None else spread(operation("maximum"), x, low)
    return x if high is None else spread(operation("minimum"), x, high)


def _where(args: Sequence[Any], kwargs: Mapping[str, Any]) -> Cells:
    if len(args) < 3:
        raise unreadable("torch.where with a condition only: which indices it gives depends on the data")
    return spread(lambda c, a, b: choice(c.condition, a, b), *args)


def _masked_fill(args: Sequence[Any], kwargs: Mapping[str, Any]) -> Cells:
    x, mask, value = args
    return spread(lambda c, a, b: where(c.condition, a.value, b.value), mask, value, x)


def _round(args: Sequence[Any], kwargs: Mapping[str, Any]) -> Cells:
    if kwargs.get("decimals"):
        raise unreadable("torch.round with decimals")
    return spread(operation("round"), args[0])


def _softplus(args: Sequence[Any], kwargs: Mapping[str, Any]) -> Cells:
    x, beta, threshold = (*args, 1, _FAR)[:3] if len(args) == 1 else (*args, _FAR)[:3]
    if threshold == _FAR:
        current().note("F.softplus is read as log(1 + exp(x)); beyond its threshold it returns x")
    return spread(_beyond(lambda a, b: over(make("softplus", times(b, a)), b), lambda a: a, threshold), x, beta)


def _softplus_backward(args: Sequence[Any], kwargs: Mapping[str, Any]) -> Cells:
    g, x, beta, threshold = (*args, _FAR)[:4]
    inner = spread(_beyond(lambda a, b: make("sigmoid", times(b, a)), lambda a: _ONE, threshold), x, beta)
    return spread(operation("multiply"), g, inner)


def _beyond(build: Callable[..., Term], far: Callable[[Term], Term], threshold: float) -> Callable[..., Term]:
    """Another formula where beta·x is above the threshold; the usual one is so far that nobody would see it."""
    if threshold == _FAR:
        return _valued(build)
    limit = cell_of(threshold, None).value
    return _valued(lambda a, b: where(make("lt", limit, times(b, a)), far(a), build(a, b)))


def _log_sigmoid(args: Sequence[Any], kwargs: Mapping[str, Any]) -> tuple[Cells, Cells]:
    return spread(operation("logsigmoid"), args[0]), np.empty(0, object)


def _log_sigmoid_backward(args: Sequence[Any], kwargs: Mapping[str, Any]) -> Cells:
    return spread(_valued(lambda g, x: times(g, make("sigmoid", negative(x)))), *args[:2])


def _logit(args: Sequence[Any], kwargs: Mapping[str, Any]) -> Cells:
    eps = args[1] if len(args) > 1 else kwargs.get("eps")
    kept = args[0] if eps is None else _clamp((args[0], eps, 1 - eps), {})
    return spread(operation("logit"), kept)


def _polygamma(args: Sequence[Any], kwargs: Mapping[str, Any]) -> Cells:
    return spread(partial(_order, args[0]), args[1])


def _order(n: int, x: Cell) -> Term:
    return make("polygamma", num(n), x.value)


def _hardtanh(args: Sequence[Any], kwargs: Mapping[str, Any]) -> Cells:
    return _clamp((args[0], *((*args[1:], -1, 1)[:2] if len(args) > 1 else (-1, 1))), {})


__all__ = ["FACTORIES", "MOVES", "OPERATIONS", "RANDOM", "spread"]

OPERATIONS: Mapping[str, Operation] = {
    **{aten: _named(name) for aten, name in _SAME.items()},
    **{aten: _compared(name) for aten, name in _COMPARISONS.items()},
    "add": _add,
    "sub": _subtract,
    "rsub": _reversed,
    "div": _divide,
    "rsqrt": _built(lambda a: raised(a, num(-1, 2))),
    "logaddexp2": _named("logaddexp2"),
    **dict.fromkeys(("clamp", "clip"), _clamp),
    "clamp_min": lambda args, kwargs: _clamp((args[0], args[1]), {}),
    "clamp_max": lambda args, kwargs: _clamp((args[0], None, args[1]), {}),
    "hardtanh": _hardtanh,
    "where": _where,
    "masked_fill": _masked_fill,
    "round": _round,
    "softplus": _softplus,
    "softplus_backward": _softplus_backward,
    "log_sigmoid_forward": _log_sigmoid,
    "log_sigmoid_backward": _log_sigmoid_backward,
    "sigmoid_backward": _built(lambda g, s: times(g, times(s, minus(_ONE, s)))),
    "tanh_backward": _built(lambda g, t: times(g, minus(_ONE, times(t, t)))),
    "polygamma": _polygamma,
    "logit": _logit,
    **MOVES,
    **FACTORIES,
    **SUMS,
}
