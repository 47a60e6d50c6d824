"""Signs: what is known of a sign is a set, written as three bits."""

from __future__ import annotations

from derive.recheck.poly import Number

NEGATIVE, ZERO, POSITIVE, ANY = 1, 2, 4, 7
NONNEGATIVE, NONPOSITIVE, NONZERO = ZERO | POSITIVE, ZERO | NEGATIVE, NEGATIVE | POSITIVE
SIGNS = (NEGATIVE, ZERO, POSITIVE)
_OF_TEXT = {"+": POSITIVE, "-": NEGATIVE, "0": ZERO, ">=": NONNEGATIVE, "<=": NONPOSITIVE, "!=": NONZERO, "?": ANY}


def of_text(text: str) -> int:
    """The set that `derive.domain.Range.sign` names."""
    return _OF_TEXT[text]


def negated(mask: int) -> int:
    """The signs of −x."""
    return (mask & ZERO) | (mask >> 2) | (mask & NEGATIVE) << 2


def product(a: int, b: int) -> int:
    """The signs of x y."""
    out = (a | b) & ZERO
    if b & POSITIVE:
        out |= a & NONZERO
    return out | negated(a) & NONZERO if b & NEGATIVE else out


def total(a: int, b: int) -> int:
    """The signs of x + y."""
    if ZERO in (a, b):
        return b if a == ZERO else a
    if (a | b) & NONZERO == NONZERO:
        return ANY
    return (a | b) & NONZERO | (a & b & ZERO)


def to_power(mask: int, e: Number) -> int:
    """The signs of x^e: e is whole, or x is not negative."""
    if e.denominator == 1 and e.numerator % 2 == 0:
        mask = mask & ZERO | (POSITIVE if mask & NONZERO else 0)
    return mask & NONZERO if e < 0 else mask


def of_number(c: Number) -> int:
    """The sign of a number."""
    return POSITIVE if c > 0 else NEGATIVE if c < 0 else ZERO
