"""Derivatives of the loss from differences of its values, with a proved error: the witness that formulas must meet.

For f analytic on the disc of radius R around a point, |f| ≤ M there, and 0 < h < R:

    |(f(+h) − f(−h))/(2h) − f′|          ≤ M h²/(R(R² − h²))
    |(f(+h) − 2f(0) + f(−h))/h² − f″|    ≤ 2M h²/(R²(R² − h²))

M comes from evaluating the loss on a complex ball, the rest is real ball arithmetic. No rule of differentiation is
used, and nothing of the derivation.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import reduce
from itertools import product
from operator import add, methodcaller, mul
from typing import Any, TypeAlias

import sympy as sp
from flint import acb, arb, ctx

from derive.compiled.printer import sigmoid_minus, sigmoid_slope, stable_form
from derive.errors import TermError
from derive.functions import sigmoid
from derive.gradcheck.branches import resolved
from derive.loss import Loss
from derive.terms.bridge import from_sympy
from derive.terms.term import Term, sym

Ball: TypeAlias = Any  # flint.arb, or flint.acb on the disc
Evaluate: TypeAlias = Callable[[Ball, Ball], Ball]

_Z, _Y = sym("z"), sym("y")
_RADII = (0.25, 2.0**-6, 2.0**-12)
_PRECISIONS = (256, 1024, 4096)
_SHAKE = 2.0**-30
#: below every float64: an error of this size does not matter
_NOTHING = arb(2) ** -1100


def _log(x: Ball) -> Ball:
    return x.log(analytic=True) if isinstance(x, acb) else x.log()


def _log1p(x: Ball) -> Ball:
    return _log(1 + x) if isinstance(x, acb) else x.log1p()


def _sigmoid(x: Ball) -> Ball:
    return 1 / (1 + (-x).exp())


def _softplus(x: Ball) -> Ball:
    return _log1p(x.exp()) if x.real < 0 else x + _log1p((-x).exp())


def _normcdf(x: Ball) -> Ball:
    return (-x / arb(2).sqrt()).erfc() / 2


def _loggamma(x: Ball) -> Ball:
    return x.lgamma()


_FUNCTIONS: dict[str, Callable[[Ball], Ball]] = {
    "exp": lambda x: x.exp(),
    "expm1": lambda x: x.expm1(),
    "log": _log,
    "log1p": _log1p,
    "sigmoid": _sigmoid,
    "softplus": _softplus,
    "logsigmoid": lambda x: -_softplus(-x),
    "normcdf": _normcdf,
    "loggamma": _loggamma,
    "logit": lambda x: _log(x / (1 - x)),
    **{f: methodcaller(f) for f in ("sin", "cos", "sinh", "cosh", "tanh", "atan", "asinh", "erf", "erfc")},
}


def evaluator(term: Term) -> Evaluate:
    """The value of a term in z and y as a function of balls. `TermError` for a function without derivatives.

    >>> from derive.terms.term import add, make, sym
    >>> float(evaluator(add(make("exp", sym("z")), sym("y")))(arb(0), arb(2)))
    3.0
    """
    program: dict[Term, tuple[Callable[..., Ball], tuple[Term, ...]]] = {}
    _schedule(term, program)

    def run(z: Ball, y: Ball) -> Ball:
        values = {_Z: z, _Y: y}
        for part, (operation, arguments) in program.items():
            values[part] = operation(*[values[a] for a in arguments])
        return values[term]

    return run


def _schedule(term: Term, program: dict[Term, Any]) -> None:
    """Add the parts of a term, each distinct one once, and arguments before what uses them."""
    if term in program or term in (_Z, _Y):
        return
    operation, arguments = _operation(term)
    for a in arguments:
        _schedule(a, program)
    program[term] = operation, arguments


def _operation(term: Term) -> tuple[Callable[..., Ball], tuple[Term, ...]]:
    match term.head:
        case "num":
            top, bottom = term.value.as_integer_ratio()
            return lambda: arb(top) / bottom, ()
        case "add" | "mul":
            how = add if term.head == "add" else mul
            return lambda *parts: reduce(how, parts), term.args
        case "pi":
            return arb.pi, ()
        case "pow" if term.args[1].head == "num" and term.args[1].value.denominator == 1:
            whole = term.args[1].value.numerator
            return lambda base: base**whole, term.args[:1]
        case "pow":
            return lambda base, exponent: (_log(base) * exponent).exp(), term.args
    if term.head not in _FUNCTIONS:
        raise TermError(f"{term!r} has no finite differences with a known error, so this loss cannot be checked"[:300])
    return _FUNCTIONS[term.head], term.args


def _rewritten(expr: sp.Expr) -> sp.Expr:
    """The stable form, without the functions that generated code alone has: σ − v = (1 − v)σ − v(1 − σ)."""
    expr = stable_form(expr).replace(sigmoid_slope, lambda u: sigmoid(u) * sigmoid(-u))
    return expr.replace(sigmoid_minus, lambda u, v: (1 - v) * sigmoid(u) - v * sigmoid(-u))


class Reference:
    """ℓ, ℓ′ and ℓ″ in z, each within a relative 1e−15 (or 2^−1100); of a choice, the branch that is taken."""

    def __init__(self, loss: Loss) -> None:
        self.loss = loss
        written = from_sympy(loss.of_raw_prediction)
        #: as written; and rewritten for |z| so large that no precision holds 1 − σ(z)
        self._terms = [written, from_sympy(dict(loss.computed).get("cost", _rewritten(loss.of_raw_prediction)))]
        self._link = evaluator(from_sympy(loss.inverse_link))
        self._forms: dict[Term, Evaluate] = {}

    def along(self, z: Ball, direction: float, y: float) -> tuple[Ball, Ball, Ball]:
        """ℓ, and its first and second derivative at z along a direction of size ≤ 1."""
        form = self._form(self._terms[int(abs(z) > _PRECISIONS[-1] / 3)], z, y)
        for precision, radius in product(_PRECISIONS, _RADII):
            with ctx.workprec(precision):
                found = differences(form, (arb(z), arb(direction), arb(y)), precision, arb(radius))
                if all(map(is_sharp, found)):
                    return found
        raise TermError(f"ℓ(z, y) cannot be evaluated at z = {float(z):g}, y = {y:g}: it has no finite value there")

    def values(self, z: float, y: float) -> tuple[float, ...] | None:
        """ℓ, ℓ′, ℓ″ and h as floats, or None where they cannot be evaluated."""
        try:
            found = self.along(z, 1.0, y)
        except TermError:
            return None
        return tuple(float(b.mid()) for b in (*found, self._link(arb(z), arb(y))))

    def rounding(self, z: float, y: float) -> tuple[float, ...]:
        """How much ℓ, ℓ′ and ℓ″ change, per relative change of z or of y: on the side on which they change less."""
        sides = [self._moved(z, y, _SHAKE), self._moved(z, y, -_SHAKE)]
        return tuple(min(pair) for pair in zip(*sides, strict=True))

    def _moved(self, z: float, y: float, by: float) -> list[float]:
        here, *there = (self.along(a, 1.0, b) for a, b in ((z, y), (z * (1 + by), y), (z, y * (1 + by))))
        return [sum(abs(float((other[k] - here[k]).mid())) / _SHAKE for other in there) for k in range(3)]

    def _form(self, term: Term, z: Ball, y: float) -> Evaluate:
        """The evaluator of the branch that is taken at this point."""
        taken = resolved(term, z, y)
        if taken not in self._forms:
            self._forms[taken] = evaluator(taken)
        return self._forms[taken]


def differences(form: Evaluate, point: tuple[Ball, Ball, Ball], precision: int, r: Ball) -> tuple[Ball, Ball, Ball]:
    """The value, and the first and second derivative along a direction u ≤ 1, each a ball that holds it."""
    z, u, y = point
    h = arb(2) ** -(precision // 5)
    left, middle, right = form(z - h * u, y), form(z, y), form(z + h * u, y)
    m = _bound(form, z, y, r)
    first = (right - left) / (2 * h) + arb(0, m * h**2 / (r * (r**2 - h**2)))
    second = (right - 2 * middle + left) / h**2 + arb(0, 2 * m * h**2 / (r**2 * (r**2 - h**2)))
    return middle, first, second


def _bound(form: Evaluate, z: Ball, y: Ball, r: Ball) -> Ball:
    """sup |ℓ| on the disc of radius R around z, of which the square is a cover."""
    around = acb(arb(z, r), arb(0, r))
    return acb(form(around, acb(y))).abs_upper()


def is_sharp(x: Ball) -> bool:
    """Is it known to 15 digits, or too small for them to matter?"""
    return bool(x.is_finite() and (x.rad() < abs(x) * arb(2) ** -50 or x.rad() < _NOTHING))
