"""How wide a formula is about to be, in letters: enough to know where a line has to be broken."""

from __future__ import annotations

import re
from collections.abc import Iterator

_TOKEN = re.compile(r"\\[A-Za-z]+|\\.|.", re.DOTALL)
_CASES = re.compile(r"\\begin\{cases\}(.*?)\\end\{cases\}", re.DOTALL)
_SPACED = frozenset({"+", "-", "=", "<", r"\le", r"\ne", r"\odot", r"\cdot", r"\text"})
_NOTHING = frozenset({" ", r"\left", r"\right", r"\mathrm", r"\mathsf", r"\operatorname", r"\begin", r"\end", "&"})
_WIDE = {r"\ln": 2.0, r"\exp": 3.0, r"\sum": 2.5, r"\prod": 2.5}
_SMALL = 0.7


def width(text: str) -> float:
    """The width in letters; fractions count once, indices are small, and of cases the widest."""
    return _row(_TOKEN.finditer(_CASES.sub(_widest, text)))


def _widest(cases: re.Match[str]) -> str:
    return max(cases[1].split(r"\\"), key=width)


def _row(tokens: Iterator[re.Match[str]]) -> float:
    total = 0.0
    for token in tokens:
        if token[0] == "}":
            break
        total += _one(token[0], tokens)
    return total


def _one(piece: str, tokens: Iterator[re.Match[str]]) -> float:
    if piece == "{":
        return _row(tokens)
    if piece in ("_", "^"):
        return _SMALL * _argument(tokens)
    if piece == r"\frac":
        return max(_argument(tokens), _argument(tokens)) + 0.5
    if piece in _NOTHING:
        return 0.0
    return 2.0 if piece in _SPACED else _WIDE.get(piece, 1.0)


def _argument(tokens: Iterator[re.Match[str]]) -> float:
    token = next(tokens, None)
    return _one(token[0], tokens) if token else 0.0
