"""Certificate ⇄ JSON text: the same bytes for the same certificate, and a reader that takes nothing on trust.

A file has exactly the fields of the records in `certificate.py`, plus a `digest` of all the others. The digest finds
accidents and careless edits; it is no signature, as anybody can compute a new one: `replay` proves every step again.
"""

from __future__ import annotations

import hashlib
import json
import math
import re
import types
import typing
from collections.abc import Callable
from dataclasses import Field, fields, is_dataclass
from functools import cache
from typing import Any, Literal, TypeVar, get_args, get_origin, get_type_hints

from derive.certificate import SCHEMA, Certificate, Proved, Refuted, Unknown, Verdict
from derive.errors import CertificateError, TermError
from derive.terms.json import Json, from_json, to_json
from derive.terms.term import Term, walk

_VERDICTS = {v.status: v for v in (Proved, Refuted, Unknown)}
Record = TypeVar("Record")
_LARGEST = 2**53  # as a decimal, no larger whole number is certain to be itself
#: control characters but for the end of a line, directions of writing, halves of characters
_UNSEEN = re.compile("[\\x00-\\x09\\x0b-\\x1f\\x7f-\\x9f\\u200e\\u200f\\u2028-\\u202e\\u2066-\\u2069\\ud800-\\udfff]")
_MADE = frozenset({"slope", "given"})
_NOT_FINITE = {"inf": math.inf, "-inf": -math.inf, "nan": math.nan}


def dumps(certificate: Certificate) -> str:
    """The certificate as JSON text, fields sorted, digest included."""
    body = encode(certificate)
    return json.dumps({**body, "digest": digest(body)}, indent=1, sort_keys=True, ensure_ascii=False) + "\n"


def loads(text: str) -> Certificate:
    """Read a certificate; a wrong, missing or unknown field is a `CertificateError` that says where."""
    body = _object(text)
    if body.get("schema") != SCHEMA or isinstance(body["schema"], bool):
        raise CertificateError(
            f"schema {body.get('schema')!r} is not {SCHEMA}: the file is of another version of derive"
        )
    written = body.pop("digest", None)
    _check_characters(body)
    certificate: Certificate = _decode(Certificate, body, "certificate")
    if written != digest(body):
        raise CertificateError(
            f"the certificate of {certificate.name} was edited: its digest does not fit its contents"
        )
    return certificate


def digest(body: dict[str, Json]) -> str:
    """SHA-256 of the canonical JSON of everything but the digest itself."""
    canonical = json.dumps(body, sort_keys=True, separators=(",", ":"), allow_nan=False)
    return "sha256:" + hashlib.sha256(canonical.encode()).hexdigest()


def _object(text: str) -> dict[str, Json]:
    try:
        body = json.loads(
            text, object_pairs_hook=_no_duplicates, parse_constant=_no_constant, parse_float=_finite_number
        )
    except RecursionError:
        raise CertificateError("not a certificate: nested too deeply") from None
    except ValueError as error:
        raise CertificateError(f"not a certificate: {error}") from None
    if not isinstance(body, dict):
        raise CertificateError("not a certificate: the file does not hold a JSON object")
    return body


def _check_characters(body: Json) -> None:
    """A text that moves the cursor of a terminal, or the direction of writing, could show something else than it is."""
    rest = [body]
    while rest:
        match rest.pop():
            case str() as text if found := _UNSEEN.search(text):
                raise CertificateError(f"not a certificate: the character U+{ord(found[0]):04X} in {text[:80]!r}")
            case dict() as inner:
                rest += [*inner.keys(), *inner.values()]
            case list() as inner:
                rest += inner


def _no_duplicates(pairs: list[tuple[str, Json]]) -> dict[str, Json]:
    out = dict(pairs)
    if len(out) != len(pairs):
        raise CertificateError(f"not a certificate: a field is written twice among {[k for k, _ in pairs]}"[:200])
    return out


def _no_constant(name: str) -> Json:
    raise CertificateError(f"not a certificate: {name} is not a JSON number")


def _finite_number(text: str) -> float:
    value = float(text)
    if not math.isfinite(value):
        raise CertificateError(f"not a certificate: {text[:40]} is larger than any double")
    return value


def verdict_from_json(value: Json) -> Verdict:
    """The verdict that `encode` wrote."""
    return _verdict(value, "verdict")


def record_from_json(kind: type[Record], value: Json) -> Record:
    """The record of a kind that `encode` wrote."""
    out: Record = _decode(kind, value, kind.__name__.lower())
    return out


def encode(value: Any) -> Any:
    """JSON values of a record, a term, a number or a tuple of such."""
    if isinstance(value, Term):
        return to_json(value)
    if is_dataclass(value) and not isinstance(value, type):
        out = {f.name: encode(getattr(value, f.name)) for f in stored(value)}
        return {"status": value.status, **out} if isinstance(value, get_args(Verdict)) else out
    if isinstance(value, float) and not math.isfinite(value):
        return str(value)
    if isinstance(value, (tuple, list)):
        return [encode(v) for v in value]
    return {k: encode(v) for k, v in value.items()} if isinstance(value, dict) else value


def _wrong(where: str, wanted: str, value: Any) -> CertificateError:
    return CertificateError(f"{where}: {wanted} was expected, not {value!r}"[:300])


def _decode(kind: Any, value: Json, where: str) -> Any:
    """Read `value` as `kind`, a type as it stands in the records."""
    if kind == Verdict:
        return _verdict(value, where)
    if kind in _LEAVES:
        return _LEAVES[kind](value, where)
    if is_dataclass(kind):
        return _record(kind, value, where)
    return _composite(kind, value, where)


def _composite(kind: Any, value: Json, where: str) -> Any:
    origin, inner = get_origin(kind), get_args(kind)
    if origin is Literal:
        if value not in inner:
            raise _wrong(where, " or ".join(map(repr, inner)), value)
        return value
    if origin in (types.UnionType, typing.Union):  # the only unions in the records are `Something | None`
        return None if value is None else _decode(inner[0], value, where)
    if origin is dict:
        return _mapping(value, where)
    if not isinstance(value, list):
        raise _wrong(where, "a list", value)
    return _sequence(inner, value, where)


def _sequence(inner: tuple[Any, ...], value: list[Json], where: str) -> tuple[Any, ...]:
    if inner[1:] == (...,):
        return tuple(_decode(inner[0], v, f"{where}[{n}]") for n, v in enumerate(value))
    if len(value) != len(inner):
        raise _wrong(where, f"a list of {len(inner)}", value)
    return tuple(_decode(k, v, f"{where}[{n}]") for n, (k, v) in enumerate(zip(inner, value, strict=True)))


def _mapping(value: Json, where: str) -> dict[str, str]:
    if not isinstance(value, dict):
        raise _wrong(where, "an object", value)
    return {k: _text(v, f"{where}.{k}") for k, v in value.items()}


def _record(kind: Any, value: Json, where: str) -> Any:
    if not isinstance(value, dict):
        raise _wrong(where, "an object", value)
    hints = _hints(kind)
    if value.keys() != hints.keys():
        raise CertificateError(f"{where}: {_difference(value.keys(), hints.keys())}"[:300])
    return kind(**{name: _decode(hint, value[name], f"{where}.{name}") for name, hint in hints.items()})


@cache
def _hints(kind: Any) -> dict[str, Any]:
    hints = get_type_hints(kind)
    return {f.name: hints[f.name] for f in stored(kind)}


def stored(kind: Any) -> list[Field[Any]]:
    """The fields of a record that a file holds."""
    return [f for f in fields(kind) if f.metadata.get("stored", True)]


def _difference(got: Any, wanted: Any) -> str:
    missing, unknown = sorted(wanted - got), sorted(got - wanted)
    return "; ".join(
        f"{word} {', '.join(names)}" for word, names in (("missing", missing), ("unknown", unknown)) if names
    )


def _verdict(value: Json, where: str) -> Verdict:
    status = value.get("status") if isinstance(value, dict) else None
    if not isinstance(status, str) or status not in _VERDICTS:
        raise _wrong(where, "a verdict with the status proved, refuted or unknown", value)
    verdict: Verdict = _record(_VERDICTS[status], {k: v for k, v in value.items() if k != "status"}, where)
    return verdict


def _term(value: Json, where: str) -> Term:
    try:
        term = from_json(value)
    except TermError as error:
        raise CertificateError(f"{where}: {error}") from None
    if made := next((t.head for t in walk(term) if t.head in _MADE), None):
        raise CertificateError(f"{where}: {made} is no operation of a claim, but of the prover")
    return term


def _text(value: Json, where: str) -> str:
    if not isinstance(value, str):
        raise _wrong(where, "a text", value)
    return value


def _whole(value: Json, where: str) -> int:
    if type(value) is not int:
        raise _wrong(where, "a whole number", value)
    return value


def _yes_no(value: Json, where: str) -> bool:
    if not isinstance(value, bool):
        raise _wrong(where, "true or false", value)
    return value


def _decimal(value: Json, where: str) -> float:
    if isinstance(value, str) and value in _NOT_FINITE:
        return _NOT_FINITE[value]
    if type(value) is float or (type(value) is int and abs(value) <= _LARGEST):
        return float(value)
    raise _wrong(where, "a number", value)


_LEAVES: dict[Any, Callable[[Json, str], Any]] = {
    Term: _term,
    str: _text,
    int: _whole,
    bool: _yes_no,
    float: _decimal,
    Json: lambda value, where: value,
}
