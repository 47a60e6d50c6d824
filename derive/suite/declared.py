"""Claims files: `derive.toml`, or `[tool.derive]` in `pyproject.toml`.

    [defaults]                       # for every claim below: any keyword but those that make a claim
    domain = { y = "[0, 1]" }

    [[claim]]                        # the keywords of `derive.check`
    name = "log loss"
    loss = "-(y*log(p) + (1 - y)*log(1 - p))"
    where = { p = "sigmoid(z)" }
    wrt = "z"
    gradient = "sigmoid(z) - y"

    [[claim]]                        # or of `derive.check_objective`
    name = "focal"
    objective = "objectives.py::focal"
    loss = "…"

    [policy]
    unknown = "warn"

Every mistake is an error with its file and line, and all of them are said at once.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable, Iterator, Mapping
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from derive.errors import DeriveError
from derive.files import read_text
from derive.suite import toml_lines
from derive.suite.item import Item
from derive.suite.policy import levels
from derive.terms.json import Json

_TOP = ("claim", "defaults", "policy")
_MOST = 100_000


class Decimal(str):
    """A number with a point, as it was written: 0.1 is 1/10 to `derive`, and no double."""

    __slots__ = ()


def _text(value: Any) -> Json:
    if isinstance(value, str) and value.strip():
        return str(value)
    raise ValueError("a text")


def _formula(value: Any) -> Json:
    return value if type(value) is int else _text(value)


def _formulas(value: Any) -> Json:
    return [_formulas(v) for v in value] if isinstance(value, list) and value else _formula(value)


def _names(value: Any) -> Json:
    if isinstance(value, list) and value:
        return [_text(v) for v in value]
    return [part.strip() for part in str(_text(value)).split(",")]


def _texts(value: Any) -> Json:
    if isinstance(value, dict):
        return {k: _formula(v) for k, v in value.items()}
    raise ValueError('a table such as { y = "[0, 1]" }')


def _yes_no(value: Any) -> Json:
    if isinstance(value, bool):
        return value
    raise ValueError("true or false")


def _whole(value: Any) -> Json:
    if type(value) is int and value > 0:
        return value
    raise ValueError("a whole number from 1")


def _seconds(value: Any) -> Json:
    if (type(value) is int or isinstance(value, Decimal)) and 0.1 <= float(value) <= 3600:
        return float(value)
    raise ValueError("a number of seconds from 0.1 to 3600")


def _convention(value: Any) -> Json:
    return value if isinstance(value, list) and all(type(v) is int for v in value) else _text(value)


def _distribution(value: Any) -> Json:
    return _texts(value) if isinstance(value, dict) else _text(value)


#: keyword -> how its value is read; a `ValueError` says what is expected
_SHARED: Mapping[str, Callable[[Any], Json]] = {
    "wrt": _names,
    "where": _texts,
    "domain": _texts,
    "hessian_kind": _text,
    "distribution": _distribution,
    "convention": _convention,
    "reduction": _text,
    "dtypes": _names,
    "strict_floating_point": _yes_no,
    "budget": _seconds,
    "timeout": _seconds,
}
_OF_CODE: Mapping[str, Callable[[Any], Json]] = {"library": _text, "parameters": _names, "classes": _whole}
_OF_FORMULAS: Mapping[str, Callable[[Any], Json]] = {"gradient": _formulas, "hessian": _formulas}
_DEFAULTS = {**_SHARED, **_OF_CODE}
_CLAIM = {"name": _text, "objective": _text, "loss": _formula, **_OF_FORMULAS, **_DEFAULTS}
_MERGED = ("domain", "where")


def items_in(path: Path, shown: str) -> tuple[Item, ...]:
    """The claims of a file, which is called `shown` in messages; none where a `pyproject.toml` has no `[tool.derive]`.

    Raises `DeriveError` for a file that cannot be read, and for everything in it that is not understood.
    """
    text = read_text(path)
    try:
        body = tomllib.loads(text, parse_float=Decimal)
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        raise DeriveError(f"{shown}{_place(str(error))}") from None
    inside: tuple[str, ...] = ("tool", "derive") if path.name == "pyproject.toml" else ()
    for key in inside:
        body = body.get(key, {}) if isinstance(body, dict) else {}
    return _File(path, shown, text, inside).items(body) if body or not inside else ()


def _place(message: str) -> str:
    found = re.search(r"\(at line (\d+), column (\d+)\)", message)
    if not found:
        return f": {message}"
    return f", line {found[1]}, column {found[2]}: {message[: found.start()].strip()}"


class _File:
    """One file while it is read: its lines, and the mistakes so far."""

    def __init__(self, path: Path, shown: str, text: str, inside: tuple[str, ...]) -> None:
        self.path = path
        self.shown = shown
        self.inside = inside
        self.lines = toml_lines.lines(text)
        self.keys: dict[toml_lines.Path, dict[str, int]] = {}
        for (*start, key), line in self.lines.items():
            self.keys.setdefault(tuple(start), {})[str(key)] = line
        self.wrong: list[str] = []

    def items(self, body: Any) -> tuple[Item, ...]:
        """All claims, or all mistakes."""
        if not isinstance(body, dict):
            raise DeriveError(f"{self.shown}: [tool.derive] is not a table")
        for key in body:
            if key not in _TOP:
                self.mistake((key,), f"{key!r} is not known; {_near(key, _TOP)}")
        policy = self.policy(body.get("policy", {}))
        defaults = self.read(("defaults",), self.table(("defaults",), body.get("defaults", {})), _DEFAULTS)
        items = tuple(self.claims(body.get("claim", []), defaults, policy))
        if self.wrong:
            raise DeriveError("\n".join(self.wrong[:20]))
        return items

    def mistake(self, at: toml_lines.Path, says: str) -> None:
        """Remember a mistake with its line: that of the key, or of the nearest table around it."""
        full = (*self.inside, *at)
        line = next((self.lines[full[:n]] for n in range(len(full), 0, -1) if full[:n] in self.lines), 1)
        self.wrong.append(f"{self.shown}, line {line}: {says}")

    def table(self, at: toml_lines.Path, value: Any) -> dict[str, Any]:
        """A table, or a mistake and an empty one."""
        if isinstance(value, dict):
            return value
        self.mistake(at, f"{at[0]} is {value!r}, but a table is needed: write [{at[0]}]"[:200])
        return {}

    def policy(self, value: Any) -> dict[str, str]:
        """The policy of the file, checked."""
        table = self.table(("policy",), value)
        for key, level in table.items():
            try:
                levels({key: level})
            except DeriveError as error:
                self.mistake(("policy", key), str(error))
        return {k: str(v) for k, v in table.items()}

    def read(self, at: toml_lines.Path, table: dict[str, Any], known: Mapping[str, Callable[[Any], Json]]) -> Any:
        """The keywords of a table, each by its reader."""
        out: dict[str, Json] = {}
        for key, value in table.items():
            if key not in known:
                self.mistake((*at, key), f"{key!r} is not known{_elsewhere(key, known)}")
                continue
            try:
                out[key] = known[key](value)
            except ValueError as error:
                self.mistake((*at, key), f"{key} is {value!r}, but {error} is needed"[:200])
        return out

    def claims(self, value: Any, defaults: dict[str, Json], policy: dict[str, str]) -> Iterator[Item]:
        """One item for each `[[claim]]`."""
        if not isinstance(value, list) or not all(isinstance(v, dict) for v in value):
            self.mistake(("claim",), "claims are written as [[claim]] tables, with two brackets")
            return
        if len(value) > _MOST:
            self.mistake(("claim",), f"{len(value):,} claims; a file may have {_MOST:,}")
            return
        seen: dict[str, int] = {}
        for number, table in enumerate(value):
            at = ("claim", number)
            own = self.read(at, table, _CLAIM)
            name = str(own.pop("name", ""))
            self.check_name(at, table, name, seen)
            yield self.item(at, name, own, defaults, policy)

    def check_name(self, at: toml_lines.Path, table: dict[str, Any], name: str, seen: dict[str, int]) -> None:
        """A name of its own in one line."""
        line = self.lines.get((*self.inside, *at), 0)
        if not name and "name" not in table:
            self.mistake(at, 'the claim has no name; write name = "…"')
        elif name in seen:
            self.mistake((*at, "name"), f"the name {name!r} is taken by the claim in line {seen[name]}")
        elif "\n" in name or "::" in name:
            self.mistake((*at, "name"), f"the name {name!r} may not hold '::' or a new line")
        seen.setdefault(name, line)

    def item(
        self, at: toml_lines.Path, name: str, own: dict[str, Json], defaults: dict[str, Json], policy: dict[str, str]
    ) -> Item:
        """The item of one claim."""
        objective = own.pop("objective", None)
        both = [key for key in _OF_FORMULAS if key in own] if objective else [key for key in _OF_CODE if key in own]
        if both:
            other = "with an objective, whose code is the claim" if objective else "without an objective"
            self.mistake((*at, both[0]), f"{both[0]} makes no sense {other}")
        shared = {k: v for k, v in defaults.items() if objective or k not in _OF_CODE}
        merged = {k: {**shared[k], **own[k]} for k in _MERGED if k in shared and k in own}
        keywords = {**shared, **own, **merged}
        timeout = keywords.pop("timeout", None)
        start = (*self.inside, *at)
        return Item(
            name=f"{self.shown}::{name}",
            kind="objective" if objective else "formulas",
            keywords=keywords,
            file=self.shown,
            line=self.lines.get(start, 0),
            lines=self.keys.get(start, {}),
            objective=self.objective(str(objective)) if objective else "",
            timeout=timeout,
            policy=policy,
        )

    def objective(self, text: str) -> str:
        """Where the code is; a path is meant from the folder of the file."""
        path, colons, name = text.partition("::")
        return f"{(self.path.parent / path).resolve()}::{name}" if colons else text


def _near(key: str, known: Any) -> str:
    close = get_close_matches(key.replace("-", "_"), list(known), 1)
    return f"did you mean {close[0]!r}?" if close else f"write one of {', '.join(known)}"


def _elsewhere(key: str, known: Any) -> str:
    """A hint: a key that is near, or that belongs into a claim."""
    if key in _CLAIM:
        return " here: write it in a [[claim]]"
    return f"; {_near(key, known)}"
