"""What LaTeX and text have in common: which head is printed how, and where brackets are needed.

A printer turns a term into `Out`: the characters, how tightly they bind, and whether they are open to the right (a Σ
swallows all factors that follow). `BREAK` marks the places where a long line may be broken, `SOFT` those where it is
broken only if there is no other way.
"""

from __future__ import annotations

import re
from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import ClassVar

from derive.render._order import Product, Ratio, is_matrix, is_negative, negated, signed_terms, split
from derive.terms.term import Term, free_names, num, walk

OR, AND, NOT, RELATION, ADD, MUL, POW, ATOM = range(8)
BREAK = "\x1f"
SOFT = "\x1e"
_GROUP = re.compile(rf"(?:^|\\left|[\s·/(√−{BREAK}{SOFT}])\(")

#: head -> (symbol, the variable it could be mistaken for)
LETTERS = {
    "sigmoid": ("σ", "sigma"),
    "gamma": ("Γ", "Gamma"),
    "normpdf": ("φ", "phi"),
    "normcdf": ("Φ", "Phi"),
    "normppf": ("Φ⁻¹", "Phi"),
    "lambertw": ("W", "W"),
    "exp1": ("E₁", "E"),
    "heaviside": ("H", "H"),
}
NAMES = {"log": "ln", "sign": "sign", "asin": "arcsin", "acos": "arccos", "atan": "arctan", "loggamma": "lnΓ"} | {
    "asinh": "arsinh",
    "acosh": "arcosh",
    "atanh": "artanh",
}


@dataclass(frozen=True, slots=True)
class Out:
    """Printed mathematics. `tall` asks for large brackets."""

    text: str
    level: int = ATOM
    open: bool = False
    tall: bool = False


class Printer(ABC):
    """One method per head; the notation of an output is in the methods that a subclass fills in."""

    minus: ClassVar[str]
    constants: ClassVar[dict[str, str]]
    relations: ClassVar[dict[str, str]]
    logic: ClassVar[dict[str, str]]
    plus: ClassVar[str] = "+"
    less: ClassVar[str] = "<"
    digits: ClassVar[str] = "{}"

    def __init__(self, names: frozenset[str]) -> None:
        self.names = names

    # what an output decides

    @abstractmethod
    def name(self, name: str) -> str:
        """A name in print."""

    @abstractmethod
    def brackets(self, inner: Out) -> str:
        """Brackets around something."""

    @abstractmethod
    def fraction(self, above: Out, below: Out) -> Out:
        """One thing over another."""

    @abstractmethod
    def lower(self, base: str, indices: Sequence[str]) -> str:
        """Indices."""

    @abstractmethod
    def raised(self, base: Out, exponent: Out) -> Out:
        """A power."""

    @abstractmethod
    def root(self, inner: Out) -> Out:
        """A square root."""

    @abstractmethod
    def big(self, head: str, index: str, first: Out, last: Out, body: Out) -> Out:
        """A sum or a product over an index."""

    @abstractmethod
    def call(self, function: str, args: Sequence[Out]) -> Out:
        """A function and its arguments, in brackets."""

    @abstractmethod
    def function(self, head: str) -> str:
        """The name of a function."""

    @abstractmethod
    def fence(self, head: str, inner: Out) -> Out:
        """Bars of |x|, ⌊x⌋ and [M]."""

    @abstractmethod
    def derivative(self, d: str, order: int, body: Out, variables: Sequence[str]) -> Out:
        """A derivative with respect to these variables, the last one first."""

    @abstractmethod
    def cases(self, rows: Sequence[tuple[Out, str]]) -> Out:
        """Values, each with its condition; the last one may have none."""

    @abstractmethod
    def transposed(self, base: Out) -> Out:
        """A transpose."""

    @abstractmethod
    def matrix_product(self, factors: Sequence[Out]) -> Out:
        """A product of matrices."""

    @abstractmethod
    def times(self, left: Out, right: Out, entrywise: bool, spaced: bool) -> str:
        """What stands between two factors."""

    # what all outputs share

    def term(self, t: Term) -> Out:
        """Print a term."""
        how: Callable[[Term], Out] | None = getattr(self, f"on_{t.head}", None)
        return self.call(self.function(t.head), [self.term(a) for a in t.args]) if how is None else how(t)

    def at_least(self, t: Term, level: int, last: bool = True) -> Out:
        """The term, in brackets if it binds less tightly than asked, or is open and something follows it."""
        return self.at_least_out(self.term(t), level, last)

    def at_least_out(self, out: Out, level: int, last: bool = True) -> Out:
        """The same for what is printed already."""
        return self.bracketed(out) if out.level < level or (out.open and not last) else out

    def grouped(self, text: str) -> bool:
        """Are there round brackets in it, other than those of a function? Then square ones go around them."""
        return _GROUP.search(text) is not None and "[" not in text

    def bracketed(self, out: Out) -> Out:
        return Out(self.brackets(out), tall=out.tall)

    def on_num(self, t: Term) -> Out:
        value = t.value
        size = Out(self.digits.format(abs(value.numerator)))
        if value.denominator != 1:
            size = self.fraction(size, Out(self.digits.format(value.denominator)))
        return replace(size, text=self.minus + size.text, level=ADD) if value < 0 else size

    def on_constant(self, t: Term) -> Out:
        return Out(self.constants[t.head])

    on_pi = on_e = on_euler_gamma = on_true = on_false = on_constant

    def on_relation(self, t: Term) -> Out:
        left, right = (self.at_least(a, ADD) for a in t.args)
        return Out(f"{left.text} {self.relations[t.head]} {right.text}", RELATION, tall=left.tall or right.tall)

    on_lt = on_le = on_eq = on_ne = on_relation

    def on_sym(self, t: Term) -> Out:
        return Out(self.name(t.name))

    def on_at(self, t: Term) -> Out:
        lowered = t.name.lower()
        small = len(t.args) == 3 and len(t.name) == 1 and lowered not in self.names
        return Out(self.lower(self.name(lowered if small else t.name), self.indices(t.args[1:])))

    def indices(self, terms: Sequence[Term]) -> list[str]:
        return [unmarked(self.term(a).text) for a in terms]

    def on_matrix(self, t: Term) -> Out:
        return Out(self.name(t.name))

    def on_delta(self, t: Term) -> Out:
        if "delta" in self.names:
            return self.fence("entry", self.term(Term("eq", t.args)))
        return Out(self.lower(self.name("delta"), self.indices(t.args)))

    def on_add(self, t: Term) -> Out:
        parts = signed_terms(t)
        outs = [self.at_least(a, MUL) for _, a in parts]
        text = (self.minus if parts[0][0] else "") + outs[0].text
        for (minus, _), out in zip(parts[1:], outs[1:], strict=True):
            text += f" {BREAK}{self.minus if minus else self.plus} {out.text}"
        return Out(text, ADD, tall=any(o.tall for o in outs))

    def on_mul(self, t: Term) -> Out:
        product = split(t)
        out = self.product(product)
        return replace(out, text=self.minus + out.text, level=ADD) if product.negative else out

    def product(self, p: Product) -> Out:
        last = len(p.factors) - 1
        outs = [self.ratio(f, n == last, alone=last == 0 and not p.negative) for n, f in enumerate(p.factors)]
        whole = [any(map(is_matrix, (*f.above, *f.below))) for f in p.factors]
        spaced = any(o.open or o.level == MUL for o in outs)
        text = outs[0].text
        for n in range(1, len(outs)):
            text += self.times(outs[n - 1], outs[n], whole[n - 1] and whole[n], spaced) + outs[n].text
        return Out(text, MUL if last else outs[0].level, outs[-1].open, any(o.tall for o in outs))

    def ratio(self, r: Ratio, last: bool, alone: bool) -> Out:
        if not r.below:
            return self.at_least(r.above[0], ADD if alone else MUL, last)
        above = self.product(Product(False, tuple(Ratio((f,)) for f in r.above))) if r.above else self.term(num(1))
        out = self.fraction(above, self.product(Product(False, tuple(Ratio((f,)) for f in r.below))))
        return out if alone else self.at_least_out(out, MUL)

    def on_pow(self, t: Term) -> Out:
        base, exponent = t.args
        if is_negative(exponent):
            below = base if exponent == num(-1) else Term("pow", (base, negated(exponent)))
            return self.fraction(self.term(num(1)), self.term(below))
        if exponent == num(1, 2):
            return self.root(self.term(base))
        return self.raised(self.at_least(base, ATOM, last=False), self.term(exponent))

    def on_sum(self, t: Term) -> Out:
        if is_negative(t):
            out = self.on_sum(negated(t))
            return replace(out, text=self.minus + out.text, level=ADD)
        body, index, first, last = t.args
        return self.big(t.head, self.name(index.name), self.term(first), self.term(last), self.at_least(body, MUL))

    on_prod = on_sum

    def on_diff(self, t: Term) -> Out:
        variables: list[Term] = []
        while t.head == "diff":
            variables.append(t.args[1])
            t = t.args[0]
        total = all(v.head == "sym" for v in variables) and free_names(t) <= {v.name for v in variables[:1]}
        names = [self.term(v).text for v in variables]
        return self.derivative("d" if total else "∂", len(names), self.term(t), names)

    def on_piecewise(self, t: Term) -> Out:
        pairs = zip(t.args[::2], t.args[1::2], strict=True)
        return self.cases([(self.term(v), "" if c.head == "true" else self.term(c).text) for v, c in pairs])

    def on_and(self, t: Term) -> Out:
        level = {"or": OR, "and": AND}[t.head]
        return Out(f" {self.logic[t.head]} ".join(self.at_least(a, level + 1).text for a in t.args), level)

    on_or = on_and

    def on_not(self, t: Term) -> Out:
        return Out(f"{self.logic['not']} {self.at_least(t.args[0], ATOM).text}", NOT)

    def on_abs(self, t: Term) -> Out:
        return self.fence(t.head, self.term(t.args[0]))

    on_floor = on_abs

    def on_polygamma(self, t: Term) -> Out:
        order, x = t.args
        if order.head == "num" and order.value == 0 and "psi" not in self.names:
            return self.call(self.name("psi"), [self.term(x)])
        return self.call(self.function("polygamma"), [self.term(order), self.term(x)])

    def on_cumulant(self, t: Term) -> Out:
        order, x = t.args
        if order.head == "num" and order.value <= 3 and order.value.denominator == 1 and "A" not in self.names:
            return self.call("A" + "'" * int(order.value), [self.term(x)])
        return self.call(self.function("cumulant"), [self.term(order), self.term(x)])

    def on_transpose(self, t: Term) -> Out:
        return self.transposed(self.at_least(t.args[0], ATOM, last=False))

    def on_matmul(self, t: Term) -> Out:
        last = len(t.args) - 1
        return self.matrix_product([self.at_least(a, POW, n == last) for n, a in enumerate(t.args)])

    def on_entry(self, t: Term) -> Out:
        matrix, *indices = t.args
        return Out(self.lower(self.fence("entry", self.term(matrix)).text, self.indices(indices)))

    def on_entries(self, t: Term) -> Out:
        body, i, j, rows, columns = t.args
        table = self.fence("entry", self.term(body)).text
        places = [(i, rows)] if columns == num(1) else [(i, rows), (j, columns)]
        size = [f"{self.name(x.name)} {self.less} {self.term(n).text}" for x, n in places]
        return Out(self.lower(table, size))


def unmarked(text: str) -> str:
    """Without the marks of possible line breaks."""
    return text.replace(BREAK, "").replace(SOFT, "")


def all_names(*terms: Term) -> frozenset[str]:
    """Every name in the terms, bound ones too: what a letter could be mistaken for."""
    return frozenset(node.name for t in terms for node in walk(t) if node.head == "sym")
