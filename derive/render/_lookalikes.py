"""Letters that look alike: Greek and Cyrillic ones that a reader takes for Latin ones, or for each other."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable

#: the letter that is read -> letters that look like it
_SEEN = {
    **dict(zip("aceijlopsxy", ["а", "сϲ", "еҽ", "іϳ", "јϳ", "ӏ", "οо", "р", "ѕ", "х", "уү"], strict=True)),
    **dict(zip("bdhnqvw", ["Ь", "ԁ", "һ", "ո", "ԛ", "νѵ", "ԝ"], strict=True)),
    **dict(zip("ABCEGHIJK", ["ΑА", "ΒВ", "СϹ", "ΕЕ", "Ԍ", "ΗН", "ΙІӀ", "ЈͿ", "ΚК"], strict=True)),
    **dict(zip("MNOPQSTXYZ", ["ΜМ", "Ν", "ΟО", "ΡР", "Ԛ", "Ѕ", "ΤТ", "ΧХ", "ΥҮ", "Ζ"], strict=True)),
    **dict(zip("αβγεθικλυφψω", ["ɑ", "ß", "ɣ", "ɛє", "ѳөɵ", "ɩı", "кĸ", "ƛ", "ʋ", "фɸ", "ѱ", "ѡ"], strict=True)),
    **dict(zip("ΓΘΛΠΦΨΩ", ["Г", "ѲӨ", "Л", "П", "Ф", "Ѱ", "Ѡ"], strict=True)),
}
_READ = {ord(other): seen for seen, others in _SEEN.items() for other in others}


def as_read(name: str) -> str:
    """The name as it is read: each letter as the one that it looks like.

    >>> as_read("\u0440\u0430y")
    'pay'
    """
    return name.translate(_READ)


def look_alike(names: Iterable[str]) -> tuple[str, str] | None:
    """Two different names that are read as one."""
    seen: dict[str, str] = {}
    for name in sorted(set(names)):
        if (first := seen.setdefault(as_read(name), name)) != name:
            return first, name
    return None


def alike(names: Iterable[str]) -> str:
    """What is wrong where two names look alike; empty where none do."""
    pair = look_alike(names)
    return "" if pair is None else f"the names {' and '.join(map(_pointed, pair))} look alike: rename one of them"


def _pointed(name: str) -> str:
    """The name with what its letters are, where one of them is none of ASCII."""
    odd = [c for c in dict.fromkeys(name) if not c.isascii()]
    told = ", ".join(f"U+{ord(c):04X} {unicodedata.name(c, 'unnamed')}" for c in odd)
    return f"{name!r} ({told or 'ASCII'})"
