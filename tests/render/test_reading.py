"""What is printed means the term: two readers, written for this test alone, compute its value from the print."""

from __future__ import annotations

import math
import re
from fractions import Fraction
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from derive.render import latex, text
from derive.terms.term import Term, at, make, num, power, sym
from tests.shared import examples

SUB = {ord(c): p for c, p in zip("₀₁₂₃₄₅₆₇₈₉₊₋₌ₖᵢⱼ", "0123456789+-=kij", strict=True)}
SUP = {ord(c): p for c, p in zip("⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻", "0123456789+-", strict=True)}
LOW, HIGH = "".join(map(chr, SUB)), "".join(map(chr, SUP))
POINT: dict[str, Fraction] = {"x": Fraction(3, 2), "y": Fraction(-2, 7), "z": Fraction(5), "m": Fraction(11, 3)}


def entry(name: str, *indices: Fraction) -> Fraction:
    """Entries without a pattern."""
    return Fraction(sum((n + 2) * i * i for n, i in enumerate(indices)) + 3 * ord(name.lower()), 17)


def value(t: Term, bound: dict[str, Fraction]) -> Fraction:
    """The value of a term at the point."""
    match t.head:
        case "num":
            return t.value
        case "sym":
            return {**POINT, **bound}[t.name]
        case "at":
            return entry(t.name, *(value(i, bound) for i in t.args[1:]))
        case "sum" | "prod":
            inside = range(int(t.args[2].value), int(t.args[3].value) + 1)
            parts = [value(t.args[0], {**bound, t.args[1].name: Fraction(i)}) for i in inside]
            return sum(parts, Fraction(0)) if t.head == "sum" else math.prod(parts, start=Fraction(1))
    args = [value(a, bound) for a in t.args]
    match t.head:
        case "add":
            return sum(args, Fraction(0))
        case "mul":
            return math.prod(args, start=Fraction(1))
        case "pow":
            return args[0] ** int(args[1])
        case "max":
            return max(args)
        case "abs":
            return abs(args[0])
    return Fraction(math.floor(args[0]))


class Reader:
    """term (± term)…; factor (· or / factor)…; a Σ reads all factors that follow. Subclasses know the tokens."""

    tokens: str

    def __init__(self, written: str) -> None:
        self.rest = [m[0] for m in re.finditer(self.tokens, written) if m[0].strip()]
        self.bound: dict[str, Fraction] = {}

    def peek(self) -> str:
        """The next token, or nothing."""
        return self.rest[0] if self.rest else ""

    def take(self, *expected: str) -> str:
        """The next token, which must be one of those expected."""
        assert not expected or self.peek() in expected, (expected, self.rest)
        return self.rest.pop(0)

    def all(self) -> Fraction:
        """The value of everything."""
        out = self.sum()
        assert not self.rest, self.rest
        return out

    def sum(self) -> Fraction:
        """Terms with their signs."""
        minus = self.peek() in ("−", "-") and bool(self.take())
        out = -self.product() if minus else self.product()
        while self.peek() in ("+", "−", "-"):
            out = out + self.product() if self.take() == "+" else out - self.product()
        return out

    def product(self) -> Fraction:
        """Factors."""
        raise AssertionError

    def big(self, sign: str, index: str, first: int, last: int) -> Fraction:
        """Read the body once for each index."""
        rest, parts, after = self.rest, [], self.rest
        for i in range(first, last + 1):
            self.rest, outer = list(rest), dict(self.bound)
            self.bound[index] = Fraction(i)
            parts.append(self.product())
            self.bound, after = outer, self.rest
        self.rest = after
        return sum(parts, Fraction(0)) if sign in ("Σ", r"\sum") else math.prod(parts, start=Fraction(1))

    def name(self, written: str) -> Fraction:
        """A symbol or a bound index."""
        return {**POINT, **self.bound}[written]

    def inside(self, close: str) -> list[Fraction]:
        """What stands between brackets, separated by commas."""
        out = [self.sum()]
        while self.peek() == ",":
            self.take()
            out.append(self.sum())
        self.take(close)
        return out


class TextReader(Reader):
    """Reads 1/m · Σₖ₌₁³ (aₖ − 2y)·x²."""

    tokens = rf"\d+|max|floor|abs|[A-Za-z][{LOW}]*|[{HIGH}]+|[Σ∏][{LOW}]+[{HIGH}]+|."

    def product(self) -> Fraction:
        """Left to right; a number before a name is a factor."""
        out = self.factor()
        while self.peek() in ("·", "/"):
            out = out * self.factor() if self.take() == "·" else out / self.factor()
        return out

    def factor(self) -> Fraction:
        """A number (with a name: 2m), a name, brackets or a sum, with its exponent."""
        token = self.take()
        if token.isdecimal() and token.isascii() and self.peek()[:1].isalpha() and self.peek() not in ("max", "abs"):
            return int(token) * self.factor()
        if token[0] in "Σ∏":
            index, first = re.sub(rf"[^{LOW}]", "", token).translate(SUB).split("=")
            last = re.sub(rf"[^{HIGH}]", "", token).translate(SUP)
            return self.big(token[0], index, int(first), int(last))
        base = self.base(token)
        return base ** int(self.take().translate(SUP)) if self.peek()[:1] and self.peek()[0] in HIGH else base

    def base(self, token: str) -> Fraction:
        """What an exponent can be on."""
        if token in ("max", "abs"):
            self.take("(")
            args = self.inside(")")
            return max(args) if token == "max" else abs(args[0])
        if token in "([⌊":
            out = self.inside({"(": ")", "[": "]", "⌊": "⌋"}[token])[0]
            return Fraction(math.floor(out)) if token == "⌊" else out
        if token == "|":
            return abs(self.inside("|")[0])
        if token.isdecimal():
            return Fraction(int(token))
        indices = [{**POINT, **self.bound}.get(c) or Fraction(c) for c in token[1:].translate(SUB)]
        return entry(token[0], *indices) if indices else self.name(token)


class LatexReader(Reader):
    r"""Reads \frac{1}{m} \sum_{k=1}^{3} (a_{k} - 2 y) x^{2}."""

    tokens = r"\\(?:left|right)(?:\\[a-z]+|[^a-z])|\\[A-Za-z]+|\d+|."
    ends = ("", "+", "-", ")", "]", "}", ",")

    def product(self) -> Fraction:
        """Everything up to the next sign or bracket."""
        out = self.factor()
        while self.peek() not in self.ends and not self.peek().startswith((r"\right", r"\rvert", r"\rfloor")):
            if self.peek() == r"\cdot":
                self.take()
            out *= self.factor()
        return out

    def factor(self) -> Fraction:
        """A base and its exponent."""
        token = self.take()
        if token in (r"\sum", r"\prod"):
            self.take("_"), self.take("{")
            index = self.take()
            self.take("=")
            first = int(self.take())
            self.take("}"), self.take("^"), self.take("{")
            last = int(self.take())
            self.take("}")
            return self.big(token, index, first, last)
        base = self.base(token)
        if self.peek() != "^":
            return base
        self.take("^"), self.take("{")
        return base ** int(self.inside("}")[0])

    def base(self, token: str) -> Fraction:
        """What an exponent can be on."""
        token = token.replace(r"\left\l", r"\l").replace(r"\left", "")
        if token == r"\max":
            return max(self.group(self.take().replace(r"\left", "")))
        if token in ("(", "[", r"\lvert", r"\lfloor"):
            (out,) = self.group(token)
            return abs(out) if token == r"\lvert" else Fraction(math.floor(out)) if token == r"\lfloor" else out
        if token == r"\frac":
            above, below = (self.inside("}")[0] for _ in range(2) if self.take("{"))
            return above / below
        if token.isdecimal():
            return Fraction(int(token))
        return self.indexed(token) if self.peek() == "_" else self.name(token)

    def group(self, opening: str) -> list[Fraction]:
        """Between brackets, large ones or small ones."""
        close = {"(": ")", "[": "]", r"\lvert": r"\rvert", r"\lfloor": r"\rfloor"}[opening]
        out = [self.sum()]
        while self.peek() == ",":
            self.take()
            out.append(self.sum())
        self.take(close, rf"\right{close}")
        return out

    def indexed(self, name: str) -> Fraction:
        """An entry of an array: each index is one letter or digit."""
        self.take("_"), self.take("{")
        indices = []
        while self.peek() != "}":
            indices += [{**POINT, **self.bound}.get(c) or Fraction(c) for c in self.take()]
        self.take("}")
        return entry(name, *indices)


def terms(inside: st.SearchStrategy[Term], k: str) -> st.SearchStrategy[Term]:
    """One operation over smaller terms."""
    lists = st.lists(inside, min_size=2, max_size=3)
    return st.one_of(
        lists.map(lambda a: make("add", *a)),
        lists.map(lambda a: make("mul", *a)),
        lists.map(lambda a: make("max", *a)),
        st.tuples(inside, st.integers(-2, 3)).map(lambda p: power(p[0], num(p[1]))),
        inside.map(lambda a: make("mul", num(-1), a)),
        inside.map(lambda a: make("abs", a)),
        inside.map(lambda a: make("floor", a)),
        st.tuples(inside, st.sampled_from(["sum", "prod"])).map(lambda p: make(p[1], p[0], sym(k), num(1), num(2))),
    )


INDICES = st.sampled_from([sym("k"), num(1), num(2)])
LEAVES = st.one_of(
    st.builds(num, st.integers(-3, 4), st.integers(1, 3)),
    st.sampled_from([sym(name) for name in POINT]),
    INDICES.map(lambda i: at("a", i)),
    st.tuples(INDICES, INDICES).map(lambda ij: at("B", *ij)),
)
TERMS = st.recursive(LEAVES, lambda inside: terms(inside, "k"), max_leaves=8).map(
    lambda t: make("sum", t, sym("k"), num(1), num(2))
)


def outcome(compute: Any) -> Fraction | str:
    """The value, or that there is none."""
    try:
        return compute()  # type: ignore[no-any-return]
    except ZeroDivisionError:
        return "undefined"


@settings(max_examples=examples(300, 80), deadline=None)
@given(TERMS)
def test_text_means_the_term(t: Term) -> None:
    """The printed text, read by the usual precedence, has the value of the term."""
    expected = outcome(lambda: value(t, {}))
    if expected != "undefined":
        written = text.term(t)
        assert outcome(TextReader(written).all) == expected, written


@settings(max_examples=examples(300, 80), deadline=None)
@given(TERMS)
def test_latex_means_the_term(t: Term) -> None:
    """The printed LaTeX, read by the usual precedence, has the value of the term."""
    expected = outcome(lambda: value(t, {}))
    if expected != "undefined":
        written = latex.term(t)
        assert outcome(LatexReader(written).all) == expected, written
