"""Text ⇄ tokens: the alphabet of formulas, and errors that point at a column."""

from __future__ import annotations

import keyword
import re
import unicodedata
from dataclasses import dataclass
from fractions import Fraction
from typing import Literal

from derive.errors import FormulaError

MAX_TEXT = 100_000
MAX_NAME = 100
MAX_EXPONENT = 1_000
MAX_LITERAL = 1_000
_WIDTH = 72

Kind = Literal["number", "name", "op", "end"]

_NAME = r"[^\W\d]\w*"
_TOKEN = re.compile(
    rf"""(?P<space>[ \t\r\n]+)
    | (?P<number>(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]+)?)
    | (?P<name>{_NAME}(?:\.{_NAME})*)
    | (?P<op>\*\*|<=|>=|==|!=|[-+*/<>&|~()\[\],])""",
    re.VERBOSE,
)
_HINTS = {
    "^": "write ** for a power",
    "=": "a formula assigns nothing; write == to compare",
    ":": "slices and lambdas have no place here; write where(condition, a, b) for a choice",
    "'": "text has no place in a formula",
    '"': "text has no place in a formula",
    "%": "the remainder is not supported",
    "@": "write matmul(A, B), or the sum it stands for",
    "!": "write != to compare, gamma(n + 1) for a factorial",
    ".": "attributes have no place here; write a decimal as 0.5",
    "−": "write - for minus",
    "–": "write - for minus",
    "×": "write * for a product",
    "·": "write * for a product",
    "÷": "write / for a quotient",
    "≤": "write <=",
    "≥": "write >=",
    "≠": "write !=",
    "√": "write sqrt(...)",
    "²": "write **2",
    "{": "write parentheses",
    "}": "write parentheses",
    "#": "a formula has no comments",
    ";": "write one formula",
}
#: words of Python that the grammar uses; `lambda` is the name of a variable here, as in mathematics
_OPERATORS = {"and", "or", "not"}
_ALLOWED = _OPERATORS | {"True", "False", "lambda"}


@dataclass(frozen=True, slots=True)
class Token:
    """A piece of the text, where it starts."""

    kind: Kind
    text: str
    start: int


def refuse(text: str, start: int, why: str) -> FormulaError:
    """The error for a place in the text: column, reason, and a caret below the place."""
    line_start = text.rfind("\n", 0, start) + 1
    line_end = text.find("\n", start)
    line = text[line_start : line_end if line_end >= 0 else len(text)]
    column = start - line_start
    left = max(0, column - _WIDTH // 2)
    shown = "".join(c if c.isprintable() else " " for c in line[left : left + _WIDTH])
    place = f"line {text.count(chr(10), 0, start) + 1}, " if "\n" in text.strip() else ""
    return FormulaError(f"{place}column {column + 1}: {why}\n  {shown}\n  {' ' * (column - left)}^")


def tokenize(text: str) -> list[Token]:
    """All tokens, with one of kind "end" after the last."""
    if len(text) > MAX_TEXT:
        raise FormulaError(f"the formula has {len(text):,} characters; more than {MAX_TEXT:,} are not read")
    tokens, position = [], 0
    while position < len(text):
        match = _TOKEN.match(text, position)
        if match is None:
            hint = _HINTS.get(text[position], "it has no meaning in a formula")
            raise refuse(text, position, f"unexpected {text[position]!r}: {hint}")
        if match.lastgroup != "space":
            tokens.append(_token(text, match))
        position = match.end()
    return [*tokens, Token("end", "the end of the formula", len(text.rstrip()))]


def _token(text: str, match: re.Match[str]) -> Token:
    start, word = match.start(), match[0]
    if match.lastgroup == "number":
        return Token("number", _number(text, start, word), start)
    if match.lastgroup == "name":
        return _name(text, start, word)
    return Token("op", word, start)


def _number(text: str, start: int, word: str) -> str:
    rest = text[start + len(word) :]
    if re.match(r"[jJ]\b", rest):
        raise refuse(text, start, f"{word}j is a complex number; only real numbers can be used")
    if rest[:1].isalpha() or rest[:1] == "_":
        raise refuse(
            text, start + len(word), f"an operator is missing after {word[:20]}: write {word[:20]}*... to multiply"
        )
    return word


def _name(text: str, start: int, word: str) -> Token:
    for part in word.split("."):
        if not part.isidentifier() or len(part) > MAX_NAME:
            raise refuse(text, start, f"{part[:40]!r} is not a name; write powers as x**2, indices as x[1]")
        if part.startswith("__") or part.endswith("__"):
            raise refuse(text, start, f"{part[:40]!r} is not a name that a formula can use")
    if keyword.iskeyword(word) and word not in _ALLOWED:
        hint = "write where(condition, a, b)" if word in ("if", "else") else "a formula is one expression"
        raise refuse(text, start, f"{word!r} is a word of Python; {hint}")
    return Token("op" if word in _OPERATORS else "name", unicodedata.normalize("NFKC", word), start)


def shown(token: Token) -> str:
    """The token as an error message quotes it."""
    return token.text if token.kind == "end" else repr(token.text[:40])


def number_value(text: str, token: Token) -> Fraction:
    """The number that is written, exactly: 0.1 is 1/10."""
    mantissa, _, exponent = token.text.lower().partition("e")
    if len(mantissa) > MAX_LITERAL:
        raise refuse(text, token.start, f"a number of more than {MAX_LITERAL:,} digits")
    if len(exponent) > 5 or abs(int(exponent or 0)) > MAX_EXPONENT:
        raise refuse(text, token.start, f"an exponent beyond {MAX_EXPONENT:,}; write a power, 10**{exponent[:12]}")
    return Fraction(token.text)


def tuple_openings(tokens: list[Token]) -> frozenset[int]:
    """The positions of the parentheses that have a comma directly inside."""
    found: set[int] = set()
    opened: list[int] = []
    for position, token in enumerate(tokens):
        if token.kind != "op":
            continue
        if token.text in ("(", "["):
            opened.append(position)
        elif token.text in (")", "]") and opened:
            opened.pop()
        elif token.text == "," and opened and tokens[opened[-1]].text == "(":
            found.add(opened[-1])
    return frozenset(found)


def is_plain_name(name: str) -> bool:
    """Can this name be written in a formula, and be read back as itself?"""
    try:
        return [t.text for t in tokenize(name) if t.kind == "name"] == [name] and "." not in name
    except FormulaError:
        return False
