"""Laws of exp and log, and of the functions that are defined through them: each line is a definition."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction

from derive.prove import signs
from derive.prove.elementary import exp, log_abs
from derive.prove.field import Frac
from derive.prove.normal import Normal, law
from derive.prove.powers import even_exponent, rational_power
from derive.prove.signals import Undefined
from derive.terms.term import Term, add, mul, num, power, sub


def _one(n: Normal) -> Frac:
    return n.field.constant(Fraction(1))


def log_of(n: Normal, term: Term, a: Frac) -> Frac:
    """log a, with the side condition a > 0."""
    if n.is_zero(a):
        raise Undefined("the logarithm of zero")
    n.require("positive", term, a)
    return log_abs(n, a)


@law("log")
def _log(n: Normal, t: Term) -> Frac:
    """log(u^k) = k log|u| for an even number k: u keeps its factors, which a power modulo relations loses."""
    (a,) = t.args
    k = even_exponent(a)
    if k and not n.is_zero(n.go(a)):
        n.require("positive", a, n.go(a))
        return n.field.scale(log_abs(n, n.go(a.args[0])), Fraction(k))
    return log_of(n, a, n.go(a))


@law("log1p")
def _log1p(n: Normal, t: Term) -> Frac:
    return log_of(n, add(num(1), t.args[0]), n.field.add(_one(n), n.go(t.args[0])))


def _unary(head: str) -> Callable[[Callable[[Normal, Frac], Frac]], Callable[[Normal, Frac], Frac]]:
    def enter(f: Callable[[Normal, Frac], Frac]) -> Callable[[Normal, Frac], Frac]:
        law(head)(lambda n, t: f(n, n.go(t.args[0])))
        return f

    return enter


law("exp")(lambda n, t: exp(n, n.go(t.args[0])))
law("e")(lambda n, t: exp(n, _one(n)))


@_unary("expm1")
def _expm1(n: Normal, a: Frac) -> Frac:
    return n.field.sub(exp(n, a), _one(n))


@_unary("sigmoid")
def _sigmoid(n: Normal, a: Frac) -> Frac:
    return n.field.inverse(n.field.add(_one(n), exp(n, n.field.neg(a))))


@_unary("softplus")
def _softplus(n: Normal, a: Frac) -> Frac:
    return log_abs(n, n.field.add(_one(n), exp(n, a)))


@_unary("logsigmoid")
def _logsigmoid(n: Normal, a: Frac) -> Frac:
    return n.field.neg(_softplus(n, n.field.neg(a)))


@law("logit")
def _logit(n: Normal, t: Term) -> Frac:
    """log(p/(1 − p)); p(1 − p) > 0 says 0 < p < 1."""
    p = n.go(t.args[0])
    rest = n.field.sub(_one(n), p)
    n.require("positive", mul(t.args[0], sub(num(1), t.args[0])), n.field.mul(p, rest))
    return n.field.sub(log_abs(n, p), log_abs(n, rest))


@_unary("sinh")
def _sinh(n: Normal, a: Frac) -> Frac:
    return n.field.scale(n.field.sub(exp(n, a), exp(n, n.field.neg(a))), Fraction(1, 2))


@_unary("cosh")
def cosh(n: Normal, a: Frac) -> Frac:
    """(exp a + exp −a)/2."""
    return n.field.scale(n.field.add(exp(n, a), exp(n, n.field.neg(a))), Fraction(1, 2))


@_unary("sech")
def _sech(n: Normal, a: Frac) -> Frac:
    return n.field.inverse(cosh(n, a))


@_unary("tanh")
def _tanh(n: Normal, a: Frac) -> Frac:
    return n.field.mul(_sinh(n, a), _sech(n, a))


@_unary("asinh")
def _asinh(n: Normal, a: Frac) -> Frac:
    """log(a + √(a² + 1)), whose argument is positive for every a."""
    root = rational_power(n, n.field.add(n.field.mul(a, a), _one(n)), Fraction(1, 2))
    total = n.field.add(a, root)
    n.facts.learn(total, signs.POSITIVE)
    return log_abs(n, total)


@law("acosh")
def _acosh(n: Normal, t: Term) -> Frac:
    """log(a + √(a² − 1)) for a ≥ 1."""
    a = n.go(t.args[0])
    n.require("nonnegative", sub(t.args[0], num(1)), n.field.sub(a, _one(n)))
    square = n.field.sub(n.field.mul(a, a), _one(n))
    root = square if n.field.is_zero(square) else rational_power(n, square, Fraction(1, 2))
    return log_abs(n, n.field.add(a, root))


@law("atanh")
def _atanh(n: Normal, t: Term) -> Frac:
    """½ log((1 + a)/(1 − a)) for −1 < a < 1."""
    a = n.go(t.args[0])
    above, below = n.field.add(_one(n), a), n.field.sub(_one(n), a)
    n.require("positive", sub(num(1), power(t.args[0], num(2))), n.field.mul(above, below))
    return n.field.scale(n.field.sub(log_abs(n, above), log_abs(n, below)), Fraction(1, 2))
