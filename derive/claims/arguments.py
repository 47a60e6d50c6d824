"""Are the arguments of `derive.check` of the kinds that it takes? What is in them is read later."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from derive.domain import Range
from derive.errors import DeriveError, DomainError


def _texts(value: Any) -> bool:
    return isinstance(value, Mapping) and all(isinstance(k, str) and isinstance(v, str) for k, v in value.items())


def _ranges(value: Any) -> bool:
    ok = isinstance(value, Mapping)
    return ok and all(isinstance(k, str) and isinstance(v, (str, Range)) for k, v in value.items())


def _name(value: Any) -> bool:
    return isinstance(value, str) or isinstance(getattr(value, "name", None), str)


def _several(value: Any, one: Callable[[Any], bool]) -> bool:
    return isinstance(value, Sequence) and not isinstance(value, (str, bytes)) and all(map(one, value))


def _signs(value: Any) -> bool:
    return isinstance(value, str) or _several(value, lambda s: isinstance(s, int))


#: argument -> is it one, and what is wanted
WANTED: Mapping[str, tuple[Callable[[Any], bool], str]] = {
    "gradient": (lambda v: not isinstance(v, (Mapping, bytes)), "a formula, or a list of them in the order of wrt"),
    "hessian": (lambda v: not isinstance(v, (Mapping, bytes)), "a formula, a list (the diagonal) or a list of rows"),
    "wrt": (lambda v: v is None or _name(v) or _several(v, _name), "a name, or a list of names"),
    "where": (lambda v: v is None or isinstance(v, Mapping), "names and formulas, such as {'p': 'sigmoid(z)'}"),
    "domain": (lambda v: v is None or _ranges(v), "names and ranges, such as {'y': '[0, 1]'}"),
    "convention": (_signs, "a name such as 'catboost', or two signs such as (-1, 1)"),
    "reduction": (lambda v: v is None or isinstance(v, str), "'sum', 'mean' or 'mean:n'"),
    "hessian_kind": (lambda v: v is None or isinstance(v, str), "a name such as 'majorizer'"),
    "distribution": (lambda v: v is None or isinstance(v, str) or _texts(v), "such as {'y': 'poisson(exp(z))'}"),
    "dtypes": (lambda v: isinstance(v, str) or _several(v, lambda d: isinstance(d, str)), "types such as 'float32'"),
    "budget": (lambda v: isinstance(v, (int, float)) and 0 <= v < 1e9, "a time in seconds"),
}


def look(**arguments: Any) -> None:
    """Raise a `DeriveError` that names the first argument that is none."""
    for name, value in arguments.items():
        fits, wanted = WANTED[name]
        if not fits(value):
            error = DomainError if name == "domain" else DeriveError
            raise error(f"{name}: {wanted} is wanted, not {value!r:.80}")
