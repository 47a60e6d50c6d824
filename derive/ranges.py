"""Where one variable lives: `"real"`, `"positive"`, `"[0, 1]"`, `"{0, 1}"`, `"positive integer"`, `"0..n-1"` …"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import lru_cache

from derive.errors import DomainError
from derive.terms.term import Term, add, free_names, num, sym

_NUMBER = r"[+-]?(?:\d{1,60}/\d{1,60}|(?:\d{1,60}(?:\.\d{0,60})?|\.\d{1,60})(?:[eE][+-]?\d{1,3})?)"
_END = rf"(?:{_NUMBER}|[+-]?(?:oo|inf))"
_INTERVAL = re.compile(rf"([\[(])\s*({_END})\s*,\s*({_END})\s*([\])])")
_INDEX = re.compile(r"(\d{1,9})\s*\.\.\s*([^\W\d]\w*|\d{1,9})\s*(?:([+-])\s*(\d{1,9}))?")
_VECTOR = re.compile(r"(one-hot|simplex)\s*\(\s*([^\W\d]\w*|\d{1,9})\s*\)")
_WAYS = '"real", "positive", "nonnegative", "nonzero", "integer", "[0, 1]", "(0, oo)", "{0, 1}" or "0..n-1"'


@dataclass(frozen=True, slots=True)
class Range:
    """The set of values of one variable: an interval, its whole numbers, finitely many numbers, or an index range."""

    lower: Fraction | None = None
    upper: Fraction | None = None
    lower_open: bool = True
    upper_open: bool = True
    integer: bool = False
    nonzero: bool = False
    values: tuple[Fraction, ...] | None = None
    index: tuple[Term, Term] | None = None
    total: Term | None = None

    def __str__(self) -> str:
        if self.total is not None:
            return f"{'one-hot' if self.values else 'simplex'}({_index_text(self.total)})"
        if self.index is not None:
            return f"{_index_text(self.index[0])}..{_index_text(self.index[1])}"
        if self.values is not None:
            return "{" + ", ".join(map(str, self.values)) + "}"
        words = [w for w, said in (("nonzero", self.nonzero), ("integer", self.integer)) if said]
        if self.lower is not None or self.upper is not None:
            words.append(self._interval_text())
        return " ".join(words) or "real"

    def _interval_text(self) -> str:
        low = "-oo" if self.lower is None else str(self.lower)
        high = "oo" if self.upper is None else str(self.upper)
        return f"{'(' if self.lower_open else '['}{low}, {high}{')' if self.upper_open else ']'}"

    def __contains__(self, value: Fraction) -> bool:
        if self.values is not None:
            return value in self.values
        if (self.integer or self.index is not None) and value.denominator != 1:
            return False
        if self.nonzero and value == 0:
            return False
        low = self.lower is None or value > self.lower or (value == self.lower and not self.lower_open)
        return low and (self.upper is None or value < self.upper or (value == self.upper and not self.upper_open))

    @property
    def sign(self) -> str:
        """What is known of the sign: one of `+ - 0 >= <= != ?`."""
        if self.index is not None:
            first = self.index[0]
            return ("+" if first.value > 0 else ">=") if first.head == "num" and first.value >= 0 else "?"
        low, high = self._ends()
        if low is not None and (low > 0 or (low == 0 and self._excludes_zero("lower"))):
            return "+"
        if high is not None and (high < 0 or (high == 0 and self._excludes_zero("upper"))):
            return "-"
        if low == high == 0:
            return "0"
        if low is not None and low >= 0:
            return ">="
        if high is not None and high <= 0:
            return "<="
        return "!=" if self._excludes_zero("") else "?"

    def _ends(self) -> tuple[Fraction | None, Fraction | None]:
        return (min(self.values), max(self.values)) if self.values is not None else (self.lower, self.upper)

    def _excludes_zero(self, side: str) -> bool:
        if self.values is not None:
            return Fraction(0) not in self.values
        return self.nonzero or (side == "lower" and self.lower_open) or (side == "upper" and self.upper_open)

    @property
    def whole(self) -> bool:
        """Are all values whole numbers?"""
        if self.values is not None:
            return all(v.denominator == 1 for v in self.values)
        return self.integer or self.index is not None

    @property
    def names(self) -> frozenset[str]:
        """The variables on which the range depends: ends of an index range, the length of a vector."""
        bounds = (*(self.index or ()), *(() if self.total is None else (self.total,)))
        return frozenset().union(*map(free_names, bounds))

    def apart_from(self, name: str) -> Range:
        """A range that holds whatever the value of a variable is: without the bounds that depend on it."""
        out = self
        if out.index is not None and name in free_names(add(*out.index)):
            out = replace(out, index=None, integer=True)
        if out.total is not None and name in free_names(out.total):
            out = replace(out, total=None)
        return out


def between(first: Term, last: Term) -> Range:
    """The whole numbers from the first to the last one."""
    low = first.value if first.head == "num" else None
    return Range(low, None, low is None, True, True, index=(first, last))


REAL = Range()
_POSITIVE = Range(lower=Fraction(0))
_NAMED = {
    "real": REAL,
    "positive": _POSITIVE,
    "nonnegative": replace(_POSITIVE, lower_open=False),
    "negative": Range(upper=Fraction(0)),
    "nonpositive": Range(upper=Fraction(0), upper_open=False),
    "nonzero": Range(nonzero=True),
    "integer": Range(integer=True),
}


@lru_cache(maxsize=1024)
def parse_range(text: str) -> Range:
    """Read one range; several words or intervals together mean their intersection."""
    if text in _NAMED:
        return _NAMED[text]
    text = (text if text.isascii() else unicodedata.normalize("NFKC", text)).strip()
    if len(text) > 1000:
        raise DomainError("a domain of more than 1,000 characters")
    if match := _INDEX.fullmatch(text):
        return _index_range(match)
    if match := _VECTOR.fullmatch(text):
        return _vector(match[1], match[2])
    if text.startswith("{") and text.endswith("}"):
        return _finite(text)
    out, rest = REAL, text
    while rest:
        part, rest = _one_range(rest, text)
        out = part if out is REAL else _intersect(out, part, text)
    if not text:
        raise DomainError(f"an empty domain; write {_WAYS}")
    return REAL if out == REAL else _single(_checked(out, text))


def _single(r: Range) -> Range:
    """[1, 1] is {1}."""
    if r.lower is None or r.lower != r.upper or (r.integer and r.lower.denominator != 1):
        return r
    return Range(values=(r.lower,))


def _one_range(rest: str, whole: str) -> tuple[Range, str]:
    if match := _INTERVAL.match(rest):
        low, high = (_end(match[i]) for i in (2, 3))
        part = Range(low, high, low is None or match[1] == "(", high is None or match[4] == ")")
        return part, rest[match.end() :].lstrip(" ,&")
    word = re.match(r"\w*", rest)[0]  # type: ignore[index]  # matches the empty string at least
    if word not in _NAMED:
        raise DomainError(f"cannot read the domain {whole!r} at {rest!r}; write {_WAYS}")
    return _NAMED[word], rest[len(word) :].lstrip(" ,&")


def _number(text: str) -> Fraction:
    if len(text) == 1 and text in "0123456789":
        return Fraction(int(text))
    if not re.fullmatch(_NUMBER, text):
        raise DomainError(f"not a number in a domain: {text!r}; write 2, 1/3, 0.25 or 1e-6")
    try:
        return Fraction(text)
    except ZeroDivisionError:
        raise DomainError(f"division by zero in a domain: {text!r}") from None


def _end(text: str) -> Fraction | None:
    return None if text.lstrip("+-") in ("oo", "inf") else _number(text)


def _finite(text: str) -> Range:
    parts = [p.strip() for p in text[1:-1].split(",") if p.strip()]
    if not parts:
        raise DomainError(f"the domain {text!r} is empty: a claim on no points says nothing")
    return Range(values=tuple(sorted({_number(p) for p in parts})))


def _vector(kind: str, length: str) -> Range:
    """Entries of a vector that add up to 1: one of them 1 and the others 0, or all nonnegative."""
    size = num(int(length)) if length.isdigit() else sym(length)
    if size == num(0):
        raise DomainError(f"a {kind} vector needs an entry")
    zero, one = Fraction(0), Fraction(1)
    if kind == "one-hot":
        return Range(values=(zero, one), total=size)
    return Range(zero, one, False, False, total=size)


def _index_range(match: re.Match[str]) -> Range:
    first, last, sign, offset = match.groups()
    end = num(int(last)) if last.isdigit() else sym(last)
    if offset:
        shift = int(sign + offset)
        end = num(end.value + shift) if end.head == "num" else add(end, num(shift))
    if end.head == "num" and end.value < int(first):
        raise DomainError(f"the index range {match[0]!r} is empty")
    low = Fraction(int(first))
    return Range(low, end.value if end.head == "num" else None, False, end.head != "num", True, index=(num(low), end))


def _index_text(bound: Term) -> str:
    if bound.head == "add":
        base, shift = bound.args
        return f"{base.name}{shift.value.numerator:+d}"
    return repr(bound)


def _intersect(a: Range, b: Range, text: str) -> Range:
    low, low_open = _tighter((a.lower, a.lower_open), (b.lower, b.lower_open), 1)
    high, high_open = _tighter((a.upper, a.upper_open), (b.upper, b.upper_open), -1)
    return _checked(Range(low, high, low_open, high_open, a.integer or b.integer, a.nonzero or b.nonzero), text)


def intersect(a: Range, b: Range, name: str) -> Range:
    """The values in both ranges of the variable `name`; a `DomainError` where no range can say what these are."""
    if b is a or b is REAL or b == a:
        return a
    if a is REAL:
        return b
    if b.index is not None or b.total is not None:
        a, b = b, a
    if a.index is not None:
        return _index_from(a, b, name)
    finite, other = (a, b) if a.values is not None else (b, a)
    if finite.values is not None:
        values = tuple(v for v in finite.values if v in other)
        if not values:
            raise DomainError(f"the domain of {name} is empty: {a} and {b} have no value in common")
        if a.total is not None and values != a.values:
            raise _not_said(a, b, name)
        return Range(values=values, total=a.total)
    return replace(_intersect(a, b, f"{name}: {a} and {b}"), total=a.total)


def _index_from(a: Range, b: Range, name: str) -> Range:
    """An index range of which the other range leaves all, or all but the first."""
    low, last = a.lower, a.index[1] if a.index else None
    least = next((k for k in (low, low + 1) if k in b), None) if low is not None and low >= 0 else None
    bounded = any(x is not None for x in (b.upper, b.values, b.index, b.total))
    if least is None or last is None or bounded or (a.upper is not None and least > a.upper):
        raise _not_said(a, b, name)
    return a if least == low else replace(a, lower=least, index=(num(least), last))


def _not_said(a: Range, b: Range, name: str) -> DomainError:
    return DomainError(f"{name} is {a} here and declared {b}: a domain cannot say both; declare the symbol real")


def _tighter(
    a: tuple[Fraction | None, bool], b: tuple[Fraction | None, bool], way: int
) -> tuple[Fraction | None, bool]:
    if a[0] is None or b[0] is None:
        return a if b[0] is None else b
    if a[0] == b[0]:
        return (a[0], a[1] or b[1])
    return a if (a[0] - b[0]) * way > 0 else b


def _checked(r: Range, text: str) -> Range:
    if r.lower is not None and r.upper is not None:
        empty = r.lower > r.upper or (r.lower == r.upper and (r.lower_open or r.upper_open))
        if empty or (r.lower == r.upper == 0 and r.nonzero):
            raise DomainError(f"the domain {text!r} is empty: a claim on no points says nothing")
    return r
