"""Signs: what is known of a sign is a set, written as a mask of three bits."""

from __future__ import annotations

from fractions import Fraction

NEGATIVE, ZERO, POSITIVE = 1, 2, 4
ANY = 7
NONNEGATIVE = ZERO | POSITIVE
NONPOSITIVE = ZERO | NEGATIVE
NONZERO = NEGATIVE | POSITIVE

_OF_TEXT = {"+": POSITIVE, "-": NEGATIVE, "0": ZERO, ">=": NONNEGATIVE, "<=": NONPOSITIVE, "!=": NONZERO, "?": ANY}


def of_text(text: str) -> int:
    """The mask of `derive.domain.Range.sign`."""
    return _OF_TEXT[text]


def of_number(value: Fraction) -> int:
    """The sign of a number."""
    return POSITIVE if value > 0 else NEGATIVE if value < 0 else ZERO


def negated(mask: int) -> int:
    """The signs of −x."""
    return (mask & ZERO) | (POSITIVE if mask & NEGATIVE else 0) | (NEGATIVE if mask & POSITIVE else 0)


def product(a: int, b: int) -> int:
    """The signs of xy."""
    out = ZERO if (a | b) & ZERO else 0
    if (a & POSITIVE and b & POSITIVE) or (a & NEGATIVE and b & NEGATIVE):
        out |= POSITIVE
    if (a & POSITIVE and b & NEGATIVE) or (a & NEGATIVE and b & POSITIVE):
        out |= NEGATIVE
    return out


def total(a: int, b: int) -> int:
    """The signs of x + y."""
    if ZERO in (a, b):
        return b if a == ZERO else a
    if not (a | b) & NEGATIVE:
        return POSITIVE if POSITIVE in (a, b) else NONNEGATIVE
    if not (a | b) & POSITIVE:
        return NEGATIVE if NEGATIVE in (a, b) else NONPOSITIVE
    return ANY


def to_power(mask: int, e: int) -> int:
    """The signs of x**e for a whole e > 0."""
    return mask if e % 2 else (mask & ZERO) | (POSITIVE if mask & NONZERO else 0)
