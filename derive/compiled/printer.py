"""From a scalar expression in z and y to a NumPy function that is accurate for every finite z.

The expression is rewritten, by identities only, into functions that have a stable form (`stable.py`); SymPy's
`lambdify` prints and compiles the rest.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from types import FunctionType
from typing import Any

import numpy as np
import sympy as sp
from sympy.printing.numpy import NumPyPrinter

from derive.compiled.special import SPECIAL
from derive.compiled.stable import FAST, STABLE
from derive.functions import log1p, logcosh, logit, logsigmoid, normcdf, sigmoid, softplus


class sigmoid_minus(sp.Function):  # noqa: N801  (named as it is printed)
    """σ(u) − v as one function."""

    nargs = 2


class sigmoid_slope(sp.Function):  # noqa: N801
    """σ(u)σ(−u) as one function."""

    nargs = 1


class sigmoid_minus_label(sp.Function):  # noqa: N801
    """σ(u) − v, given the signs of v."""

    nargs = 2


def stable_form(expr: sp.Expr) -> sp.Expr:
    """The same expression, written in functions that have a stable form.

    >>> from derive import symbols as s
    >>> stable_form(-s.y * sp.log(sigmoid(s.z)) - (1 - s.y) * sp.log(1 - sigmoid(s.z)))
    y*softplus(-z) + (1 - y)*softplus(z)
    """
    if not expr.args:
        return expr
    expr = expr.func(*map(stable_form, expr.args))
    for kind, rule in _RULES:
        if isinstance(expr, kind) and (better := rule(expr)) is not None:
            return stable_form(better)
    return expr


def _one_plus_exp(e: sp.Add) -> sp.Expr | None:
    """1 + exp(u) = 1/σ(−u)."""
    if len(e.args) == 2 and e.args[0] == 1 and isinstance(e.args[1], sp.exp):
        return 1 / sigmoid(-e.args[1].args[0])
    return None


def _one_minus_sigmoid(e: sp.Add) -> sp.Expr | None:
    """1 − σ(u) = σ(−u)."""
    for term in e.args:
        if e.args[0] == 1 and isinstance(-term, sigmoid):
            return e.func(*(a for a in e.args[1:] if a != term), sigmoid(-(-term).args[0]))
    return None


def _sigmoid_minus(e: sp.Add) -> sp.Expr | None:
    """σ(u) − v and v − σ(u), for any v without a σ of its own."""
    for term in e.args:
        for sign in (1, -1):
            rest = e.func(*(a for a in e.args if a != term))
            if isinstance(sign * term, sigmoid) and not rest.has(sigmoid):
                return sign * sigmoid_minus((sign * term).args[0], -sign * rest)
    return None


def _one_minus_normcdf(e: sp.Add) -> sp.Expr | None:
    """1 − Φ(u) = Φ(−u)."""
    if len(e.args) == 2 and e.args[0] == 1 and isinstance(-e.args[1], normcdf):
        return normcdf(-(-e.args[1]).args[0])
    return None


def _products(e: sp.Mul) -> sp.Expr | None:
    """exp(u)σ(−u) = σ(u), and σ(u)σ(−u) as one function; powers of them too."""
    powers = [_power(a) for a in e.args]
    for a, p in powers:
        for b, q in powers:
            if isinstance(b, sigmoid) and isinstance(a, sp.exp | sigmoid) and p > 0 and q > 0 and _opposite(a, b):
                u, n = a.args[0], min(p, q)
                both = sigmoid(u) if isinstance(a, sp.exp) else sigmoid_slope(max(u, -u, key=sp.default_sort_key))
                rest = (base ** (k - n if base in (a, b) else k) for base, k in powers)
                return sp.Mul(*rest, both**n)
    return None


def _power(e: sp.Expr) -> tuple[sp.Expr, sp.Expr]:
    """Base and whole exponent, exp(u) being a base."""
    return (e.base, e.exp) if isinstance(e, sp.Pow) and e.exp.is_Integer else (e, sp.S.One)


def _opposite(a: sp.Expr, b: sp.Expr) -> bool:
    return bool(sp.expand(a.args[0] + b.args[0]) == 0)


def _log(e: sp.log) -> sp.Expr | None:
    """log σ(u) = −softplus(−u), log(1 + u) = log1p(u), log cosh(u) as one function."""
    if isinstance(e.args[0], sp.cosh):
        return logcosh(e.args[0].args[0])
    terms = list(e.args[0].args) if isinstance(e.args[0], sp.Add) else []
    if len(terms) == 2 and terms[0] == 1:
        return log1p(terms[1])
    base, exponent = e.args[0].as_base_exp()
    return -exponent * softplus(-base.args[0]) if isinstance(base, sigmoid) and exponent.is_real else None


_POLYGAMMA = {sp.Integer(k): sp.Function(name) for k, name in enumerate(("digamma", "trigamma"))}
_RULES: list[tuple[type[sp.Basic], Callable[[Any], sp.Expr | None]]] = [
    (sp.Add, _one_plus_exp),
    (sp.Add, _one_minus_sigmoid),
    (sp.Add, _one_minus_normcdf),
    (sp.Add, _sigmoid_minus),
    (sp.Mul, _products),
    (sp.log, _log),
    (sp.polygamma, lambda e: _POLYGAMMA[e.args[0]](e.args[1]) if e.args[0] in _POLYGAMMA else None),
    (logsigmoid, lambda e: -softplus(-e.args[0])),
    (logit, lambda e: sp.log(e.args[0]) - sp.log(1 - e.args[0])),
]


class StablePrinter(NumPyPrinter):
    """SymPy's printer for NumPy, with the functions of `stable.py` and `where` for choices."""

    def __init__(self) -> None:
        super().__init__({
            "fully_qualified_modules": False,
            "inline": True,
            "allow_unknown_functions": True,
            "user_functions": {name: name for name in (*FAST, *SPECIAL, "log1p")},
        })

    def _print_KroneckerDelta(self, expr: sp.KroneckerDelta) -> str:
        return f"where(equal({self._print(expr.args[0])}, {self._print(expr.args[1])}), 1, 0)"

    def _print_Piecewise(self, expr: sp.Piecewise) -> str:
        out = "nan"
        for value, condition in reversed(expr.args):
            value_text = self._print(value)
            out = value_text if condition == sp.true else f"where({self._print(condition)}, {value_text}, {out})"
        return out


@dataclass(frozen=True)
class Kernel:
    """An elementwise function and its generated code.

    `fast` gives the same with fewer operations, and so does `labelled` of (z, (2y − 1, 1 − 2y)) where each y is 0 or 1
    (None if the function has no such form); both set NumPy's overflow flag where only `stable` is right.
    """

    stable: Callable[..., Any]
    fast: Callable[..., Any]
    labelled: Callable[..., Any] | None
    source: str


def kernel(expr: sp.Expr, *arguments: sp.Symbol) -> Kernel:
    """Compile a scalar expression to an elementwise function of arrays."""
    expr = stable_form(expr)
    function = _compile(expr, arguments)
    fast = FunctionType(function.__code__, {**function.__globals__, **FAST})
    return Kernel(function, fast, _labelled(expr, arguments), _source(function, expr))


def _compile(expr: sp.Expr, arguments: Sequence[sp.Symbol]) -> Any:
    return sp.lambdify(
        arguments, expr, modules=[{**vars(np), **SPECIAL, **FAST, **STABLE}], printer=StablePrinter(), cse=False
    )


def _labelled(expr: sp.Expr, arguments: Sequence[sp.Symbol]) -> Any:
    """The variant for labels, if the target enters only through σ(z) − y."""
    if len(arguments) != 2 or not expr.has(found := sigmoid_minus(*arguments)):
        return None
    signs = sp.Dummy("signs")
    other = expr.xreplace({found: sigmoid_minus_label(arguments[0], signs)})
    return None if other.has(arguments[1]) else _compile(other, (arguments[0], signs))


def _source(function: Any, expr: sp.Expr) -> str:
    """The generated code, and the code of the functions that it calls."""
    known = {**SPECIAL, **STABLE}
    called = sorted({type(a).__name__ for a in expr.atoms(sp.Function)} & set(known))
    return "\n\n".join(inspect.getsource(f).strip() for f in (function, *(known[name] for name in called)))
