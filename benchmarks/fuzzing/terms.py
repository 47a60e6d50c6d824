"""Random terms over the heads that the prover knows, from any source of random numbers."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from random import Random

from derive.domain import Domain
from derive.terms.term import Term, add, at, make, mul, num, power, sub, sym

DOMAIN = Domain.of({
    "x": "real", "y": "real", "z": "real", "gate": "real",
    "p": "positive", "q": "[0, oo)", "u": "(0, 1)", "k": "integer",
    "b": "{0, 1}", "s": "{-1, 1}", "n": "positive integer", "m": "positive integer", "j": "0..n-1",
    "v": "real", "w": "positive", "A": "real",
})  # fmt: skip
LAST = sub(sym("n"), num(1))
_NUMBERS = [Fraction(c) for c in ("0", "1", "2", "3", "-1", "-2", "1/2", "-1/2", "1/3", "5/4", "10", "30")]
_TOTAL = ("exp", "sigmoid", "softplus", "logsigmoid", "tanh", "sinh", "cosh", "sech", "sin", "cos", "atan", "erf")
_OTHER = ("abs", "sign", "heaviside", "erfc", "normcdf", "normpdf", "asinh", "expm1", "tan")
_PARTIAL = ("atanh", "acosh", "asin", "acos", "floor", "lambertw", "erfinv", "normppf", "gamma")
_POSITIVE = ("exp", "sigmoid", "softplus", "cosh", "sech", "normpdf", "normcdf")


class Maker:
    """Makes terms; `bound` lists the indices of the sums around."""

    def __init__(self, rng: Random) -> None:
        self.rng = rng
        self.made = 0

    def name(self, stem: str = "i") -> str:
        """A name for an index that is not used yet."""
        self.made += 1
        return f"{stem}{self.made}"

    def term(self, depth: int, bound: tuple[str, ...] = ()) -> Term:
        """A real term."""
        if depth <= 0 or self.rng.random() < 0.1:
            return self.leaf(bound)
        return self.rng.choice(_MAKERS)(self, depth - 1, bound)

    def leaf(self, bound: tuple[str, ...]) -> Term:
        choice = self.rng.random()
        if bound and choice < 0.6:
            i = sym(self.rng.choice(bound))
            return self.rng.choice((at("v", i), at("w", i), at("A", i, sym("j")), at("v", i), i))
        if choice < 0.7:
            return sym(self.rng.choice(("x", "y", "z", "x", "y", "p", "q", "u", "k", "b", "s", "n")))
        if choice < 0.78:
            return self.rng.choice((at("v", sym("j")), at("v", num(0)), at("w", sym("j"))))
        return num(self.rng.choice(_NUMBERS)) if choice < 0.97 else make(self.rng.choice(("pi", "e")))

    def positive(self, depth: int, bound: tuple[str, ...]) -> Term:
        """A term that is positive everywhere, or nearly."""
        rng = self.rng
        if depth <= 0:
            return at("w", sym(rng.choice(bound))) if bound and rng.random() < 0.5 else sym(rng.choice(("p", "u", "n")))
        a = self.term(depth - 1, bound)
        return rng.choice((
            lambda: make(rng.choice(_POSITIVE), a),
            lambda: add(num(1), power(a, num(2))),
            lambda: mul(self.positive(depth - 1, bound), self.positive(depth - 1, bound)),
            lambda: add(self.positive(depth - 1, bound), self.positive(depth - 1, bound)),
            lambda: power(self.positive(depth - 1, bound), num(rng.choice((-1, 2, Fraction(1, 2), Fraction(-1, 3))))),
            lambda: a,
        ))()  # fmt: skip

    def condition(self, depth: int, bound: tuple[str, ...]) -> Term:
        """A comparison, seldom two."""
        rng = self.rng
        a = self.term(min(depth, 1), bound)
        b = num(rng.choice(_NUMBERS)) if rng.random() < 0.6 else self.term(0, bound)
        c = make(rng.choice(("lt", "le", "lt", "le", "eq", "ne")), *rng.choice(((a, b), (b, a))))
        if rng.random() < 0.15:
            other = make("lt", self.leaf(bound), self.leaf(bound))
            return rng.choice((make("and", c, other), make("or", c, other), make("not", c)))
        return c


def _sums(g: Maker, d: int, bound: tuple[str, ...]) -> Term:
    if len(bound) >= 2:
        return g.leaf(bound)
    i = g.name()
    body = g.term(min(d, 2), (*bound, i))
    if g.rng.random() < 0.2:
        body = mul(make("delta", sym(i), sym("j")), body)
    size = sym(g.rng.choice(("n", "n", "m")))
    head = "sum" if g.rng.random() < 0.93 else "prod"
    return make(head, body, sym(i), num(0), sub(size, num(1)))


def _of(heads: tuple[str, ...]) -> Callable[[Maker, int, tuple[str, ...]], Term]:
    return lambda g, d, bound: make(g.rng.choice(heads), g.term(d, bound))


def _rational_power(g: Maker, d: int, bound: tuple[str, ...]) -> Term:
    return power(
        g.positive(d, bound), num(g.rng.choice((Fraction(1, 2), Fraction(-1, 2), Fraction(1, 3), Fraction(3, 2))))
    )


def _symbolic_power(g: Maker, d: int, bound: tuple[str, ...]) -> Term:
    base = g.positive(min(d, 1), bound) if g.rng.random() < 0.7 else g.term(min(d, 1), bound)
    return power(base, g.leaf(bound))


def _piecewise(g: Maker, d: int, bound: tuple[str, ...]) -> Term:
    return make("piecewise", g.term(d, bound), g.condition(d, bound), g.term(d, bound), make("true"))


def _special(g: Maker, d: int, bound: tuple[str, ...]) -> Term:
    a = g.positive(min(d, 1), bound)
    return g.rng.choice((make("gamma", a), make("loggamma", a), make("polygamma", num(g.rng.choice((0, 1))), a)))


_Make = Callable[[Maker, int, tuple[str, ...]], Term]
_MAKERS: list[_Make] = [
    *[lambda g, d, bound: add(g.term(d, bound), g.term(d, bound))] * 5,
    *[lambda g, d, bound: mul(g.term(d, bound), g.term(d, bound))] * 5,
    lambda g, d, bound: sub(g.term(d, bound), g.term(d, bound)),
    *[lambda g, d, bound: power(g.term(d, bound), num(g.rng.choice((2, 3, -1, -2, -1, 0))))] * 3,
    *[_of(_TOTAL)] * 5,
    *[_of(_OTHER)] * 3,
    *[lambda g, d, bound: make("log", g.positive(d, bound))] * 3,
    lambda g, d, bound: make("log1p", g.positive(d, bound)),
    lambda g, d, bound: make("logit", make("sigmoid", g.term(d - 1, bound)) if g.rng.random() < 0.5 else sym("u")),
    *[_rational_power] * 2,
    _symbolic_power,
    *[_piecewise] * 2,
    lambda g, d, bound: make(g.rng.choice(("max", "min")), g.term(d, bound), g.term(d, bound)),
    lambda g, d, bound: make("xlogy", g.term(d, bound), g.positive(d, bound)),
    lambda g, d, bound: make(g.rng.choice(_PARTIAL), g.term(d, bound)),
    _special,
    *[_sums] * 4,
]
