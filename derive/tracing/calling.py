"""Calling a user's code with stand-ins, once for each path, and joining what it gives."""

from __future__ import annotations

import io
import random
import sysconfig
import traceback
import warnings
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, redirect_stdout
from dataclasses import dataclass
from types import TracebackType
from typing import Any, Self

import numpy as np

from derive.domain import Domain
from derive.errors import DeriveError
from derive.prove import prove_terms
from derive.terms.term import Term, free_names, make, num, substitute
from derive.tracing import sources
from derive.tracing.cells import TRUE, UNSET, Branches, Cell, Cells, cell_at
from derive.tracing.context import Context, Place, entered
from derive.tracing.entries import cells_of
from derive.tracing.infinity import INFINITE
from derive.tracing.patches import replaced
from derive.tracing.paths import Decisions, Leaf, explore, joined
from derive.tracing.unreadable import Unreadable

_BUDGET = 0.5
_PYTHON = sysconfig.get_paths()["stdlib"]


@dataclass(frozen=True)
class Followed:
    """What a call gave: arrays of entries by name, what is to be said of it, and how many paths it took."""

    values: Mapping[str, Cells]
    notes: tuple[str, ...]
    paths: int


def follow(target: Any, call: Callable[[], Mapping[str, Any]], domain: Domain) -> Followed:
    """Make `call` on every path. It makes stand-ins, hands them to the code of `target`, and names what comes back.

    Raises `Unreadable` where a formula cannot be read, or the code raises an error on every path.
    """
    file = sources.file_of(target)
    notes: dict[str, None] = {}
    readings: dict[str, str] = {}

    def once(decisions: Decisions) -> tuple[dict[str, Cells] | None, str]:
        context = Context(domain, decisions, file, notes, readings)
        with entered(context), replaced(sources.namespaces(target)), quiet():
            guard = UsersCode(file)
            with guard, no_chance():
                return {name: cells_of(x) for name, x in call().items()}, ""
        return None, guard.said

    leaves = explore(domain, once)
    values = _joined(leaves, domain)
    if readings:
        notes.setdefault("numbers in the code are read as written: " + _listed(readings))
    return Followed(values, (*notes, *_raised(leaves)), len(leaves))


@contextmanager
def no_chance() -> Iterator[None]:
    """`Unreadable` if random numbers are drawn within: then the formula is another one at each call."""
    before = random.getstate(), _numpy_state()
    yield
    if before != (random.getstate(), _numpy_state()):
        raise Unreadable("random numbers are drawn, so the formula is another one at each call")


def _numpy_state() -> str:
    """The state of the generator that `np.random.normal` and the like have in common."""
    state: Any = np.random.get_state(legacy=False)
    return f"{state['state']['key'].tobytes().hex()} {state['state']['pos']}"


@contextmanager
def quiet() -> Iterator[None]:
    """What the code prints goes nowhere."""
    with warnings.catch_warnings(), redirect_stdout(io.StringIO()), np.errstate(all="ignore"):
        warnings.simplefilter("ignore")
        yield


def _listed(readings: Mapping[str, str]) -> str:
    return ", ".join(f"{k} = {v}" for k, v in sorted(readings.items()))


def _raised(leaves: list[Leaf[dict[str, Cells]]]) -> list[str]:
    said = dict.fromkeys(leaf.raised for leaf in leaves if leaf.raised)
    return [f"the code has no value where it raises {s}" for s in said]


def _joined(leaves: list[Leaf[dict[str, Cells]]], domain: Domain) -> dict[str, Cells]:
    """Entry by entry one term; the line is that of the first path."""
    with_values = [leaf.value for leaf in leaves if leaf.value is not None]
    if not with_values:
        raise Unreadable(f"the code raises {leaves[0].raised}")
    first = with_values[0]
    for other in with_values:
        if {k: v.shape for k, v in other.items()} != {k: v.shape for k, v in first.items()}:
            raise Unreadable("the shape of the result depends on the data")
    out = {}
    for name, cells in first.items():
        out[name] = np.empty(cells.shape, object)
        for index in np.ndindex(cells.shape):
            places = [cell_at(v[name], index).place for v in with_values]
            place = next(filter(None, places), None)
            entry = _given(_entry(leaves, name, index), name, place, domain)
            out[name][index] = Cell(entry, place, _branches(leaves, name, index))
    return out


def _given(t: Term | None, name: str, place: Place | None, domain: Domain) -> Term | None:
    """The term; `Unreadable` if it may be what `np.empty` found in memory. That masks leave nothing out is proved."""
    if t is not None and any(end.name in free_names(t) for end in INFINITE):
        raise Unreadable(f"an infinite number is used in the {name}", *(place or ("", 0)))
    if t is None or UNSET.name not in free_names(t):
        return t
    without = substitute(t, {UNSET.name: num(0)})
    if prove_terms(t, without, domain, budget=_BUDGET).status != "proved":
        raise Unreadable(f"an entry of the {name} is given no value where no mask holds", *(place or ("", 0)))
    return without


def _branches(leaves: list[Leaf[dict[str, Cells]]], name: str, index: tuple[int, ...]) -> Branches:
    """The lines of the paths, where they are not all the same."""
    found = []
    for leaf in leaves:
        place = cell_at(leaf.value[name], index).place if leaf.value is not None else None
        if place is not None:
            met = [c if taken else make("not", c) for c, taken in leaf.made]
            found.append((make("and", TRUE, TRUE, *met), place[1]))
    return tuple(found) if len({line for _, line in found}) > 1 else ()


def _entry(leaves: list[Leaf[dict[str, Cells]]], name: str, index: tuple[int, ...]) -> Term | None:
    def term(values: dict[str, Cells]) -> Term:
        cell = cell_at(values[name], index)
        if cell.term is None:
            raise Unreadable(f"an entry of the {name} is NaN, or was never given a value", *(cell.place or ("", 0)))
        return cell.value

    return joined(leaves, term)


class UsersCode:
    """Runs code of somebody else, which may raise anything: `said` tells what it was, and where.

    `TypeError` and `AttributeError` come of stand-ins that are not what the code expects: they are `Unreadable`.
    """

    def __init__(self, file: str) -> None:
        self.file = file
        self.said = ""

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> bool:
        if not isinstance(error, Exception) or isinstance(error, MemoryError):
            return False
        place = _last(self.file, trace)
        if isinstance(error, Unreadable):
            if error.line:
                return False
            raise Unreadable(error.reason, *place) from error
        if isinstance(error, DeriveError) or not isinstance(error, (ValueError, AssertionError, ArithmeticError)):
            raise Unreadable(f"{type(error).__name__}: {error}"[:300], *place) from error
        self.said = f"{type(error).__name__}({str(error)[:80]!r}) in line {place[1]}"
        return True


class Tried:
    """Runs code of somebody else with numbers: did it raise an error, and what does it say?"""

    said = ""

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: object) -> bool:
        self.said = f"{type(error).__name__}: {error}" if isinstance(error, Exception) else ""
        return isinstance(error, Exception)


def _is_of_others(name: str) -> bool:
    """Is this a file of ours, of Python or of a library?"""
    return "derive" in name or "site-packages" in name or name.startswith((_PYTHON, "<frozen"))


def _last(file: str, trace: TracebackType | None) -> Place:
    """The innermost line of the file in a traceback; of another one, if the file is not in it."""
    frames = traceback.extract_tb(trace)
    own = [f for f in frames if f.filename == file] or [f for f in frames if not _is_of_others(f.filename)]
    return (own[-1].filename, own[-1].lineno or 0) if own else ("", 0)
