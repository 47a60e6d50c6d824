"""A difference of two exponentials has the sign of the difference of their exponents."""

from __future__ import annotations

from typing import Any, TypeAlias

from derive.prove.field import Field
from derive.prove.polys import Poly
from derive.prove.registry import Registry

Denominator: TypeAlias = frozenset[tuple[Any, int]]


def difference(field: Field, registry: Registry, p: Poly) -> tuple[Poly, Denominator] | None:
    """For p = a·e^u − a·e^v, a > 0: numerator and denominator of u − v, if all exponents have the same denominator."""
    rows = field.terms(p)
    if len(rows) != 2 or rows[0][1] != -rows[1][1]:
        return None
    exponents: dict[int, int] = dict(rows[0][0])
    for g, e in rows[1][0]:
        exponents[g] = exponents.get(g, 0) - e
    out, below = field.zero, set()
    for g, e in exponents.items():
        key = registry.generators[g].key
        if key[0] != "exp":
            return None
        below.add(key[1][1])
        out += field.monomial(key[1][0], registry.units[key] * e)
    return (out if rows[0][1] > 0 else -out, below.pop()) if len(below) == 1 else None


def logarithm(field: Field, registry: Registry, p: Poly) -> Poly | None:
    """For p = a·e^u − a·e^v, a > 0, without denominators in u and v: u − v, of the same sign."""
    found = difference(field, registry, p)
    return found[0] if found is not None and not found[1] else None
