"""SymPy ⇄ terms. Only what has a head crosses; anything else is an error that names it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import sympy as sp
from sympy import Rational, Symbol
from sympy.functions.elementary.piecewise import ExprCondPair

from derive.errors import TermError
from derive.functions import FUNCTIONS
from derive.terms.kinds import OTHERS, name_of
from derive.terms.term import Term, fresh, make, num, sym

#: classes whose parts are plain expressions, and their heads
SAME_NAME: dict[type, str] = {
    **{f: f.__name__ for f in (sp.exp, sp.log, sp.sign, sp.floor, sp.sin, sp.cos, sp.tan, sp.sinh, sp.cosh, sp.tanh)},
    **{f: f.__name__ for f in (sp.sech, sp.asin, sp.acos, sp.atan, sp.asinh, sp.acosh, sp.atanh, sp.erf, sp.erfc)},
    **{f: f.__name__ for f in (sp.erfinv, sp.gamma, sp.loggamma)},
    **{f: name for name, f in FUNCTIONS.items()},
    sp.Add: "add",
    sp.Mul: "mul",
    sp.Pow: "pow",
    sp.Abs: "abs",
    sp.Max: "max",
    sp.Min: "min",
    sp.LambertW: "lambertw",
    sp.polygamma: "polygamma",
    sp.KroneckerDelta: "delta",
    sp.StrictLessThan: "lt",
    sp.LessThan: "le",
    sp.Equality: "eq",
    sp.Unequality: "ne",
    sp.And: "and",
    sp.Or: "or",
    sp.Not: "not",
}
#: what binds no name, and has its parts in `args`
_WALKED = frozenset(SAME_NAME) | {sp.Piecewise, ExprCondPair}
_PLAIN = (sp.Piecewise, sp.Heaviside, sp.Float, sp.StrictGreaterThan, sp.GreaterThan)
_CONSTANTS: dict[Any, Term] = {
    sp.pi: make("pi"),
    sp.E: make("e"),
    sp.EulerGamma: make("euler_gamma"),
    sp.true: make("true"),
    sp.false: make("false"),
}


def from_sympy(expr: Any, shared: dict[Term, Term] | None = None, symbols: set[sp.Symbol] | None = None) -> Term:
    """The term of a SymPy expression, relation or matrix expression.

    Equal parts are one object, also with those of other expressions that are given the same `shared`. Its free symbols
    are put into `symbols`.
    """
    conversion = _Conversion({} if shared is None else shared)
    expr = _number(expr) if isinstance(expr, (int, float)) else expr
    try:
        term = conversion.go(expr)
    except RecursionError:
        raise TermError("the expression is nested too deeply; name its parts and use them") from None
    if symbols is not None:
        symbols.update(conversion.names if conversion.plain else free_symbols(expr))
    return term


def free_symbols(*exprs: Any) -> set[sp.Symbol]:
    """The free symbols by one walk; SymPy makes a set for each node, so it is only asked where names may be bound."""
    out: set[sp.Symbol] = set()
    stack, seen = list(exprs), set()
    while stack:
        e = stack.pop()
        if id(e) in seen:
            continue
        seen.add(id(e))  # the kinds below keep their parts, so that no other object gets this number
        kind = type(e)
        if kind in _WALKED:
            stack += e.args
        elif kind is sp.Symbol:
            out.add(e)
        elif not isinstance(e, sp.Number):
            out |= {s for s in e.free_symbols if isinstance(s, sp.Symbol)}
    return out


def _number(value: float) -> sp.Expr:
    return sp.Integer(value) if isinstance(value, int) else sp.Float(value)


class _Conversion:
    """From one expression: what was converted already, and the terms that there are."""

    def __init__(self, shared: dict[Term, Term]) -> None:
        self.shared = shared
        self.memo: dict[int, Term] = {}  # by identity
        self.kept: list[Any] = []  # so that no other object gets the number of one that was met
        self.names: dict[sp.Symbol, str] = {}
        self.plain = True  # nothing was met that may bind a name, or has one that is no symbol

    def go(self, e: Any) -> Term:
        found = self.memo.get(id(e))
        if found is None:
            head = SAME_NAME.get(type(e))
            term = self._other(e) if head is None else make(head, *map(self.go, e.args))
            found = self.memo[id(e)] = self.shared.setdefault(term, term)
            self.kept.append(e)
        return found

    def _own_name(self, s: sp.Symbol) -> str:
        """The symbol's name, or a fresh one for a dummy: two symbols of one name must not become one."""
        found = self.names.get(s)
        if found is None:
            found, taken = name_of(s), self.names.values()
            if found in taken:
                if not isinstance(s, sp.Dummy):
                    raise TermError(f"two different symbols are both called {s.name!r}; rename one")
                found = fresh(found, frozenset(taken))
            self.names[s] = found
        return found

    def _other(self, e: Any) -> Term:
        if isinstance(e, Symbol):
            return sym(self._own_name(e))
        if isinstance(e, Rational):
            return num(int(e.p), int(e.q))
        if not isinstance(e, sp.Basic):
            raise TermError(
                f"{type(e).__name__} has no place here: {str(e)[:120]}; a matrix is compared entry by entry"
            )
        if e in _CONSTANTS:
            return _CONSTANTS[e]
        self.plain = self.plain and isinstance(e, _PLAIN)
        for base, how in OTHERS:
            if isinstance(e, base):
                return how(e, self.go)
        raise TermError(f"{type(e).__name__} has no place here: {str(e)[:120]}")


_BACK: dict[str, Any] = {head: f for f, head in SAME_NAME.items()} | {"heaviside": sp.Heaviside}
_BACK_CONSTANTS = {t.head: e for e, t in _CONSTANTS.items()}


def to_sympy(term: Term, symbols: Mapping[str, Any] | None = None) -> Any:
    """The SymPy expression of a scalar term. Names not in `symbols` become real symbols, arrays `IndexedBase`."""
    return _back(term, dict(symbols or {}))


def _back(t: Term, symbols: dict[str, Any]) -> Any:
    def go(a: Term) -> Any:
        return _back(a, symbols)

    match t.head:
        case "num":
            return sp.Rational(t.value.numerator, t.value.denominator)
        case "sym":
            return symbols.setdefault(t.name, sp.Symbol(t.name, real=True))
        case "at":
            return _entry_of(symbols.setdefault(t.name, sp.IndexedBase(t.name, real=True)), [go(i) for i in t.args[1:]])
        case "sum" | "prod":
            return (sp.Sum if t.head == "sum" else sp.Product)(go(t.args[0]), tuple(map(go, t.args[1:])))
        case "diff":
            return sp.Derivative(go(t.args[0]), go(t.args[1]))
        case "piecewise":
            return sp.Piecewise(*zip(map(go, t.args[::2]), map(go, t.args[1::2]), strict=True))
    return _back_function(t, go)


def _entry_of(array: Any, indices: list[Any]) -> Any:
    if isinstance(array, sp.MatrixSymbol) and len(indices) == 1:
        return array[indices[0], 0]
    return array[tuple(indices)]


def _back_function(t: Term, go: Callable[[Term], Any]) -> Any:
    if t.head in _BACK_CONSTANTS:
        return _BACK_CONSTANTS[t.head]
    if t.head in _BACK:
        return _BACK[t.head](*map(go, t.args))
    if t.head in _DEFINED:
        return _DEFINED[t.head](*map(go, t.args))
    raise TermError(f"{t.head} has no SymPy form")


_DEFINED: dict[str, Callable[..., Any]] = {
    "log1p": lambda x: sp.log(1 + x),
    "expm1": lambda x: sp.exp(x) - 1,
    "normppf": lambda p: sp.sqrt(2) * sp.erfinv(2 * p - 1),
    "exp1": lambda x: sp.expint(1, x),
    "xlogy": lambda x, y: sp.Piecewise((0, sp.Eq(x, 0)), (x * sp.log(y), True)),
}
