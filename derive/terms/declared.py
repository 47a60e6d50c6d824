"""What SymPy's symbols say of themselves: their assumptions, as ranges."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache

import sympy as sp

from derive.errors import DomainError
from derive.ranges import REAL, Range, parse_range

#: what a symbol may be declared: a `Range` can say it, or it follows from being a real number
_SAYABLE = frozenset({"commutative", "complex", "hermitian", "finite", "real", "extended_real", "integer", "rational"})
_SAYABLE |= {f"{e}{w}" for e in ("", "extended_") for w in ("positive", "negative", "nonnegative", "nonpositive")}
_SAYABLE |= {"nonzero", "extended_nonzero"}
_STRICT = ("positive", "negative")  # says more than the others together
_WEAK = ("nonnegative", "nonpositive", "nonzero")


def assumptions(symbols: Iterable[sp.Symbol]) -> dict[str, Range]:
    """What SymPy's symbols say of themselves. Two symbols of one name with different assumptions are an error."""
    out: dict[str, Range] = {}
    seen: dict[str, sp.Symbol] = {}
    for s in sorted(symbols, key=lambda s: str(s.name)):
        out[s.name] = _symbol_range(s)
        if seen.setdefault(s.name, s) != s:
            both = f"{_symbol_range(seen[s.name])}, {out[s.name]}"
            raise DomainError(f"two different symbols are both called {s.name!r} ({both}); rename one")
    return out


@lru_cache(maxsize=1000)
def _symbol_range(s: sp.Symbol) -> Range:
    known = s.assumptions0  # with all that follows from what is declared
    if known.get("extended_real") is False:
        raise DomainError(f"{s.name} is declared not real; only real variables can be used")
    said = {key: value for key, value in s._assumptions_orig.items() if value is not None}
    if odd := [f"{key}={value}" for key, value in said.items() if key not in _SAYABLE or not value]:
        raise DomainError(f"{s.name} is declared {', '.join(odd)}, which a domain cannot say: declare it otherwise")
    words = [w for w in _STRICT if known.get(f"extended_{w}")] or [w for w in _WEAK if known.get(f"extended_{w}")]
    if known.get("integer"):
        words.append("integer")
    return parse_range(" ".join(words)) if words else REAL
