"""Read a formula that a person typed: a closed grammar with limits on size, depth and numbers. Nothing is evaluated.

The syntax is Python's: `+ - * / **`, comparisons (chained too), `and or not & | ~`, calls of the functions of NumPy,
SciPy and SymPy, entries `X[i, k]`. Decimals are the decimals that are written: 0.1 is 1/10.
"""

from __future__ import annotations

from collections.abc import Callable

from derive.errors import FormulaError, TermError
from derive.terms.calls import CONSTANTS, FUNCTIONS, MODULE_CONSTANTS, MODULES, NOT_REAL, Argument, call, unknown
from derive.terms.term import Term, at, make, mul, neg, num, power, sym
from derive.terms.tokens import Token, number_value, refuse, shown, tokenize, tuple_openings
from derive.terms.unparse import unparse

__all__ = ["parse_formula", "unparse"]

MAX_NESTING = 200

_OR, _AND, _NOT, _COMPARE, _BIT_OR, _BIT_AND, _SUM, _PRODUCT, _UNARY, _POWER = range(1, 11)
_BINDING = {
    "or": _OR,
    "and": _AND,
    **dict.fromkeys(("<", "<=", ">", ">=", "==", "!="), _COMPARE),
    "|": _BIT_OR,
    "&": _BIT_AND,
    **dict.fromkeys("+-", _SUM),
    **dict.fromkeys("*/", _PRODUCT),
    "**": _POWER,
}
_COMPARISONS: dict[str, Callable[[Term, Term], Term]] = {
    "<": lambda a, b: make("lt", a, b),
    "<=": lambda a, b: make("le", a, b),
    ">": lambda a, b: make("lt", b, a),
    ">=": lambda a, b: make("le", b, a),
    "==": lambda a, b: make("eq", a, b),
    "!=": lambda a, b: make("ne", a, b),
}
_CONNECTIVES = {"or": "or", "|": "or", "and": "and", "&": "and"}


def parse_formula(text: str, call: Callable[..., Term] = call) -> Term:
    """The term that a text says. What cannot be read is a FormulaError with its column and a way out.

    `call` makes a term of the name of a known function and its arguments.

    >>> parse_formula("1/(1 + exp(-z))")
    pow(add(1, exp(mul(-1, z))), -1)
    >>> parse_formula("np.where(z > 0, z, 0.1*z)")
    piecewise(z, lt(0, z), mul(1/10, z), true())
    >>> parse_formula("lgo(x)")
    Traceback (most recent call last):
    derive.errors.FormulaError: column 1: 'lgo' is not a known function; did you mean 'log'?
      lgo(x)
      ^
    """
    try:
        return _Parser(text, call).whole()
    except RecursionError:
        raise FormulaError("the formula is nested too deeply; name its parts and use them") from None


class _Parser:
    """Operator precedence by binding powers; a chain of one operator becomes one node."""

    def __init__(self, text: str, function: Callable[..., Term]) -> None:
        self.text = text
        self.function = function
        self.tokens = tokenize(text)
        self.tuples = tuple_openings(self.tokens)
        self.position = 0
        self.nesting = 0
        self.used: dict[str, str] = {}

    def whole(self) -> Term:
        if self.peek().kind == "end":
            raise FormulaError("column 1: the formula is empty")
        out = self.expression(_OR)
        if self.peek().kind != "end":
            raise self.error(self.peek(), _unexpected(self.peek()))
        return out

    # -- tokens

    def peek(self) -> Token:
        return self.tokens[self.position]

    def sees(self, *operators: str) -> bool:
        token = self.tokens[self.position]
        return token.kind == "op" and token.text in operators

    def take(self) -> Token:
        token = self.peek()
        self.position += token.kind != "end"
        return token

    def skip(self, *operators: str) -> Token | None:
        return self.take() if self.sees(*operators) else None

    def expect(self, operator: str, opened: Token) -> None:
        if not self.skip(operator):
            what = f"expected {operator!r} (for {opened.text!r} at column {opened.start + 1})"
            raise self.error(self.peek(), f"{what}, found {shown(self.peek())}")

    def error(self, token: Token, why: str) -> FormulaError:
        return refuse(self.text, token.start, why)

    def build(self, token: Token, how: Callable[..., Term], *args: object) -> Term:
        """A node; when its parts do not fit, the error points at the token."""
        try:
            return how(*args)
        except TermError as e:
            hint = "; put each comparison in parentheses: (a < b) & (c < d)" if token.text in ("&", "|", "~") else ""
            raise self.error(token, f"{e}{hint}") from None

    # -- expressions

    def expression(self, binding: int) -> Term:
        """What binds at least as tightly as `binding`."""
        self.nesting += 1
        if self.nesting > MAX_NESTING:
            raise self.error(self.peek(), "nested too deeply; name the parts of the formula and use them")
        left = self.prefix(binding)
        while self.peek().kind == "op" and _BINDING.get(self.peek().text, 0) >= binding:
            left = self.infix(left)
        self.nesting -= 1
        return left

    def prefix(self, binding: int) -> Term:
        token = self.take()
        if token.kind == "number":
            return self.number(token)
        if token.kind == "name":
            return self.name(token)
        match token.text if token.kind == "op" else "":
            case "(":
                return self.parenthesis(token)
            case "+":
                return self.expression(_UNARY)
            case "-":
                operand = self.expression(_UNARY)
                return self.product(operand, token) if binding <= _PRODUCT else self.build(token, _negated, operand)
            case "not" | "~":
                operand = self.expression(_NOT if token.text == "not" else _UNARY)
                return self.build(token, make, "not", operand)
        hint = "; write abs(x) for an absolute value" if token.text == "|" else ""
        raise self.error(token, f"expected a value, found {shown(token)}{hint}")

    def infix(self, left: Term) -> Term:
        match self.peek().text:
            case "+" | "-":
                return self.sum(left)
            case "*" | "/":
                return self.product(left)
            case "**":
                return self.build(self.take(), power, left, self.expression(_UNARY))
            case operator if operator in _CONNECTIVES:
                return self.connective(left)
        return self.comparison(left)

    def sum(self, first: Term) -> Term:
        token, terms = self.peek(), [first]
        while operator := self.skip("+", "-"):
            if operator.text == "+":
                terms.append(self.expression(_PRODUCT))
            else:
                terms.append(self.product(self.expression(_UNARY), minus=operator))
        return self.build(token, make, "add", *terms)

    def product(self, first: Term, minus: Token | None = None) -> Term:
        """first * b / c ...: a quotient of literals is a literal, and 1/x is a power."""
        token = minus or self.peek()
        factors = [first] if minus is None else [num(-first.value)] if first.head == "num" else [num(-1), first]
        while operator := self.skip("*", "/"):
            operand = self.expression(_UNARY)
            factors = [*factors, operand] if operator.text == "*" else self.divide(operator, factors, operand)
        return self.build(token, mul, *factors)

    def divide(self, token: Token, factors: list[Term], by: Term) -> list[Term]:
        if by.head != "num" or by.value == 0:
            inverse = self.build(token, power, by, num(-1))
            return [inverse] if factors == [num(1)] else [*factors, inverse]
        if len(factors) == 1 and factors[0].head == "num":
            return [self.build(token, num, factors[0].value / by.value)]
        return [*factors, self.build(token, num, 1 / by.value)]

    def comparison(self, left: Term) -> Term:
        parts: list[Term] = []
        token = self.peek()
        while operator := self.skip(*_COMPARISONS):
            right = self.expression(_COMPARE + 1)
            parts.append(self.build(operator, _COMPARISONS[operator.text], left, right))
            left = right
        return parts[0] if len(parts) == 1 else self.build(token, make, "and", *parts)

    def connective(self, left: Term) -> Term:
        token, parts = self.peek(), [left]
        while self.skip(token.text):
            parts.append(self.expression(_BINDING[token.text] + 1))
        return self.build(token, make, _CONNECTIVES[token.text], *parts)

    # -- the smallest pieces

    def number(self, token: Token) -> Term:
        value = number_value(self.text, token)
        self.refuse_call(f"{token.text[:20]}*")
        return num(value)

    def parenthesis(self, opened: Token) -> Term:
        out = self.expression(_OR)
        if self.sees(","):
            raise self.error(opened, "a tuple can only be an argument, as in Piecewise((a, x < 0), (b, True))")
        self.expect(")", opened)
        self.refuse_call("(...)*")
        return out

    def refuse_call(self, before: str) -> None:
        if self.sees("(", "["):
            raise self.error(self.peek(), f"an operator is missing: write {before}{self.peek().text}... to multiply")

    def name(self, token: Token) -> Term:
        module, _, last = token.text.rpartition(".")
        name = self.without_module(token, token.text) if module else last
        if self.sees("("):
            return self.call(token, name)
        constants = MODULE_CONSTANTS if module else CONSTANTS
        if name in constants:
            return constants[name]
        if name in NOT_REAL or module:
            raise self.error(
                token, f"{token.text} is {NOT_REAL.get(name, 'a function; write its argument in parentheses')}"
            )
        self.remember(token, name, "a variable")
        return self.entry(token, name) if self.sees("[") else sym(name)

    def without_module(self, token: Token, name: str) -> str:
        module = max((m for m in MODULES if name.startswith(m + ".")), key=len, default=None)
        rest = name[len(module) + 1 :] if module else name
        if rest in FUNCTIONS or (module and (rest in MODULE_CONSTANTS or rest in NOT_REAL)):
            return rest
        if module and "." not in rest:
            raise self.error(token, unknown(rest, module + "."))
        raise self.error(token, f"the attribute {name[:60]!r} cannot be read; write variables without a dot")

    def remember(self, token: Token, name: str, use: str) -> None:
        if self.used.setdefault(name, use) != use:
            raise self.error(token, f"{name!r} is used as a variable and as a function; rename the variable")

    def entry(self, token: Token, name: str) -> Term:
        opened = self.take()
        if self.skip("]"):
            raise self.error(opened, f"an index is missing: write {name}[i]")
        indices = [self.expression(_OR)]
        while self.skip(","):
            indices.append(self.expression(_OR))
        self.expect("]", opened)
        if len(indices) > 2:
            raise self.error(opened, "an entry has one index or two: write theta[j] or X[i, k]")
        self.refuse_call(f"{name}[...]*")
        return self.build(token, at, name, *indices)

    def call(self, token: Token, name: str) -> Term:
        if name not in FUNCTIONS:
            raise self.error(token, unknown(name, ""))
        self.remember(token, token.text, "a function")
        args = self.arguments(self.take(), ")")
        self.refuse_call(f"{name}(...)*")
        return self.build(token, self.function, name, args)

    def arguments(self, opened: Token, closing: str) -> tuple[Argument, ...]:
        args: list[Argument] = []
        while not self.skip(closing):
            args.append(self.argument())
            if not self.skip(","):
                self.expect(closing, opened)
                break
        return tuple(args)

    def argument(self) -> Argument:
        """A value, or a tuple or list of them."""
        opened = self.peek()
        if opened.kind == "op" and (opened.text == "[" or self.position in self.tuples):
            self.take()
            return self.arguments(opened, "]" if opened.text == "[" else ")")
        return self.expression(_OR)


def _negated(a: Term) -> Term:
    return num(-a.value) if a.head == "num" else neg(a)


def _unexpected(token: Token) -> str:
    if token.kind in ("name", "number"):
        return f"an operator is missing before {shown(token)}; write * to multiply"
    if token.text in (")", "]"):
        return f"{token.text!r} closes nothing"
    return f"unexpected {shown(token)}"
