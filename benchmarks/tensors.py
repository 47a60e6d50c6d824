"""Scalar terms as tensorgrad's tensors without edges, as far as its language goes.

It has sums with rational weights, products, rational powers, exp, log, tanh, erf, abs, sign and maximum; what these
define is written through them. It has no branches, no sin, no gamma functions, and an array has whole edges, not
entries at an index.
"""

from __future__ import annotations

from typing import Any

from tensorgrad import functions as f
from tensorgrad.compiler.szfp import equal_szfp
from tensorgrad.tensor import Product, Sum, Variable

from derive.terms.bridge import from_sympy
from derive.terms.term import Term, add, make, mul, num, power

_ONE = {"exp": f.exp, "log": f.log, "tanh": f.tanh, "erf": f.erf, "abs": f.abs, "sign": f.sign, "sigmoid": f.sigmoid}


class NoForm(Exception):
    """tensorgrad's language has no form for this head."""


def tensor(t: Term) -> Any:
    """The tensor of a term."""
    match t.head:
        case "num":
            return Sum([Product([])], [t.value])
        case "sym" | "pi" | "euler_gamma":
            return Variable(t.name if t.head == "sym" else t.head)
        case "e":
            return f.exp(Product([]))
        case "add":
            return Sum([tensor(a) for a in t.args])
        case "mul":
            return Product([tensor(a) for a in t.args])
        case "pow" if t.args[1].head == "num":
            return f.pow(tensor(t.args[0]), t.args[1].value)
        case "pow":
            return f.exp(tensor(mul(t.args[1], make("log", t.args[0]))))
        case "cosh" | "sinh":
            return tensor(_hyperbolic(t.args[0], 1 if t.head == "cosh" else -1))
        case "sech":
            return tensor(power(_hyperbolic(t.args[0], 1), num(-1)))
        case "max" if len(t.args) == 2:
            return f.maximum(*map(tensor, t.args))
    if t.head not in _ONE:
        raise NoForm(t.head)
    return _ONE[t.head](tensor(t.args[0]))


def _hyperbolic(x: Term, sign: int) -> Term:
    return mul(num(1, 2), add(make("exp", x), mul(num(sign), make("exp", mul(num(-1), x)))))


def equal(a: Any, b: Any) -> bool:
    """Do the fingerprints of two SymPy expressions agree?"""
    return bool(equal_szfp(tensor(from_sympy(a)), tensor(from_sympy(b))))
