"""What has no head of its own in SymPy's words: how each kind of expression is written as a term."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable
from fractions import Fraction
from typing import Any

import sympy as sp
from sympy.matrices.expressions.applyfunc import ElementwiseApplyFunction
from sympy.matrices.expressions.diagonal import DiagMatrix
from sympy.matrices.expressions.matexpr import MatrixElement

from derive.errors import TermError
from derive.functions import Defined
from derive.terms.term import Term, add, make, mul, num, power, sym

_HALF = num(1, 2)
_DOUBLE = 53
Go = Callable[[Any], Term]


def name_of(s: Any) -> str:
    """The name of a symbol, an array or a matrix, if it can only mean this one."""
    name = str(s.name)
    plain = name if name.isascii() else unicodedata.normalize("NFKC", name)
    if plain != name:  # a domain and a formula that is typed would mean another one
        raise TermError(f"Python takes the name {name!r} for {plain!r}; rename it")
    if not name or name[0] in ". ":  # so are called what the prover names
        raise TermError(f"a name cannot be empty, or begin with a dot or a space: {name!r}; rename it")
    return name


def _float(e: Any, go: Go) -> Term:
    """A double is read as the shortest decimal that gives it back: 0.1 is 1/10; more digits are read exactly."""
    if not e.is_finite:
        raise TermError(f"{e} is not a number that a formula can contain")
    exact = sp.Rational(e)
    if e._prec <= _DOUBLE and sp.Rational(float(e)) == exact:  # beyond the range of doubles it is 0, or loses digits
        return num(Fraction(repr(float(e))))
    return num(int(exact.p), int(exact.q))


def _indexed(e: Any, go: Go) -> Term:
    return make("at", sym(name_of(e.base.label)), *map(go, e.indices))


def _matrix_element(e: Any, go: Go) -> Term:
    parent, i, j = e.args
    if isinstance(parent, sp.MatrixSymbol):
        column = parent.shape[1] == 1 and j == 0
        return make("at", sym(name_of(parent)), *map(go, (i,) if column else (i, j)))
    return make("entry", go(parent), go(i), go(j))


def _with_limits(head: str) -> Callable[[Any, Go], Term]:
    def convert(e: Any, go: Go) -> Term:
        out = go(e.function)
        for limit in e.limits:
            if len(limit) != 3:
                raise TermError(f"a {head} needs a first and a last index: {e}"[:200])
            out = make(head, out, *map(go, limit))
        return out

    return convert


def _derivative(e: Any, go: Go) -> Term:
    out = go(e.expr)
    for variable, count in e.variable_count:
        if not count.is_Integer:
            raise TermError(f"a derivative of symbolic order: {e}"[:200])
        for _ in range(int(count)):
            out = make("diff", out, go(variable))
    return out


def _piecewise(e: Any, go: Go) -> Term:
    return make("piecewise", *(go(part) for pair in e.args for part in pair.args))


def _heaviside(e: Any, go: Go) -> Term:
    x, at_zero = go(e.args[0]), go(e.args[1])
    if at_zero == _HALF:
        return make("heaviside", x)
    return make("piecewise", num(0), make("lt", x, num(0)), at_zero, make("eq", x, num(0)), num(1), make("true"))


def _matrix_product(e: Any, go: Go) -> Term:
    scalar, matrices = e.as_coeff_matrices()
    product = make("matmul", *map(go, matrices)) if len(matrices) > 1 else go(matrices[0])
    return product if scalar == 1 else make("scale", go(scalar), product)


def _expint(e: Any, go: Go) -> Term:
    if e.args[0] != 1:
        raise TermError("of the exponential integrals only E1 = expint(1, x) can be used")
    return make("exp1", go(e.args[1]))


def _map(e: Any, go: Go) -> Term:
    (argument,) = e.function.variables
    return make("map", go(e.function.expr), go(argument), go(e.expr))


def _function_matrix(e: Any, go: Go) -> Term:
    i, j = e.lamda.variables
    return make("entries", go(e.lamda.expr), go(i), go(j), go(e.shape[0]), go(e.shape[1]))


#: kinds of expressions, the first that fits, and how they are read
OTHERS: list[tuple[Any, Callable[[Any, Go], Term]]] = [
    (sp.Float, _float),
    (MatrixElement, _matrix_element),
    (sp.Indexed, _indexed),
    (sp.Sum, _with_limits("sum")),
    (sp.Product, _with_limits("prod")),
    (sp.Derivative, _derivative),
    (sp.Piecewise, _piecewise),
    (sp.Heaviside, _heaviside),
    (Defined, lambda e, go: go(e.formula())),
    (sp.digamma, lambda e, go: make("polygamma", num(0), go(e.args[0]))),
    (sp.expint, _expint),
    (sp.beta, lambda e, go: _beta(*map(go, e.args))),
    (sp.cot, lambda e, go: _ratio("cos", "sin", go(e.args[0]))),
    (sp.sec, lambda e, go: power(make("cos", go(e.args[0])), num(-1))),
    (sp.csc, lambda e, go: power(make("sin", go(e.args[0])), num(-1))),
    (sp.coth, lambda e, go: _ratio("cosh", "sinh", go(e.args[0]))),
    (sp.csch, lambda e, go: power(make("sinh", go(e.args[0])), num(-1))),
    (sp.StrictGreaterThan, lambda e, go: make("lt", go(e.rhs), go(e.lhs))),
    (sp.GreaterThan, lambda e, go: make("le", go(e.rhs), go(e.lhs))),
    (sp.MatrixSymbol, lambda e, go: make("matrix", sym(name_of(e)), go(e.shape[0]), go(e.shape[1]))),
    (sp.Transpose, lambda e, go: make("transpose", go(e.arg))),
    (sp.MatMul, _matrix_product),
    (sp.MatAdd, lambda e, go: make("matadd", *map(go, e.args))),
    (ElementwiseApplyFunction, _map),
    (DiagMatrix, lambda e, go: make("diag", go(e.args[0]))),
    (sp.FunctionMatrix, _function_matrix),
]


def _beta(a: Term, b: Term, *_: Term) -> Term:
    return mul(make("gamma", a), make("gamma", b), power(make("gamma", add(a, b)), num(-1)))


def _ratio(top: str, bottom: str, x: Term) -> Term:
    return mul(make(top, x), power(make(bottom, x), num(-1)))
