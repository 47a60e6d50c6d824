"""Where the variables live: a range for each, and groups of variables that add up to 1.

Everything is real. A domain is what a claim is claimed on: `Proved` speaks of all its points, `Refuted` shows one.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field

from derive.errors import DomainError
from derive.ranges import REAL as REAL
from derive.ranges import Range as Range
from derive.ranges import between as between
from derive.ranges import intersect
from derive.ranges import parse_range as parse_range


@dataclass(frozen=True, slots=True)
class Group:
    """Variables that add up to 1: "one-hot" (one is 1, the others 0) or "simplex" (all nonnegative)."""

    kind: str
    names: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Domain:
    """The ranges of all variables, and the groups that add up to 1; a name that is not listed is real.

    A group is described under the names of its variables, `{"y0, y1, y2": "one-hot"}`; a vector with indices under
    its own name with its length, `{"y": "one-hot(K)"}` or `{"p": "simplex(K)"}`.
    """

    ranges: Mapping[str, Range] = field(default_factory=dict)
    groups: tuple[Group, ...] = ()

    @classmethod
    def of(cls, described: Mapping[str, str | Range]) -> Domain:
        """From names and texts such as `{"z": "real", "y": "{0, 1}"}`."""
        if not isinstance(described, Mapping):
            raise DomainError(f'a domain is described as {{"z": "real"}}, not as {described!r:.100}')
        if odd := [name for name in described if not isinstance(name, str)]:
            raise DomainError(f"a domain is described by names, not by {odd[0]!r:.100}")
        if odd := [name for name, r in described.items() if not isinstance(r, (str, Range))]:
            raise DomainError(f'{odd[0]}: a range is a text such as "[0, 1]", not {described[odd[0]]!r:.100}')
        if not all(map(str.isascii, described)):
            given = len(described)
            described = {unicodedata.normalize("NFKC", name): r for name, r in described.items()}
            if len(described) < given:
                raise DomainError("a name is described twice: names are compared as Python does, so µ and μ are one")
        if entries := sorted(name for name in described if "[" in name):
            array = entries[0].partition("[")[0]
            raise DomainError(f"a range is said of an array, not of {entries[0]}: describe {array}")
        groups = tuple([_group(names, kind) for names, kind in described.items() if "," in names])
        ranges = {k: v if isinstance(v, Range) else parse_range(v) for k, v in described.items() if "," not in k}
        if odd := [name for name in (*ranges, *(v for g in groups for v in g.names)) if not name.isidentifier()]:
            raise DomainError(f"not a name: {odd[0]!r:.100}")
        if not groups:
            return cls(ranges)
        members = [name for g in groups for name in g.names]
        if twice := sorted({v for v in members if members.count(v) > 1 or v in ranges}):
            raise DomainError(f"{', '.join(twice)}: in a group and described once more")
        for g in groups:
            one = parse_range("{0, 1}" if g.kind == "one-hot" else "[0, 1]")
            ranges |= dict.fromkeys(g.names, one)
        return cls(ranges, groups)

    def __getitem__(self, name: str) -> Range:
        return self.ranges.get(name, REAL)

    @property
    def names(self) -> frozenset[str]:
        """All names of which the domain speaks, those in bounds of ranges included."""
        members = (name for g in self.groups for name in g.names)
        return frozenset().union(self.ranges, members, *(r.names for r in self.ranges.values()))

    def without(self, names: frozenset[str]) -> Domain:
        """The same domain, with nothing said of these names: an index of a sum is no variable of the claim."""
        return Domain({k: r for k, r in self.ranges.items() if k not in names}, self.groups) if names else self

    def about(self, names: frozenset[str]) -> Domain:
        """What it says of these names, and of those on which their ranges depend."""
        groups = tuple(g for g in self.groups if not names.isdisjoint(g.names))
        more = names.union(*(g.names for g in groups), *(self[name].names for name in names))
        if more != names:
            return self.about(more)
        return Domain({k: r for k, r in self.ranges.items() if k in names}, groups)

    def with_(self, name: str, r: Range) -> Domain:
        """The same domain with another range for one variable."""
        return Domain({**self.ranges, name: r}, self.groups)

    def within(self, ranges: Mapping[str, Range]) -> Domain:
        """The intersection with other ranges; an empty one is an error."""
        both = {name: intersect(r, ranges.get(name, REAL), name) for name, r in self.ranges.items()}
        return Domain({**ranges, **both}, self.groups)

    def to_json(self) -> dict[str, str]:
        """Names and texts; `Domain.of` reads them back."""
        grouped = {name for g in self.groups for name in g.names}
        own = {name: str(self.ranges[name]) for name in sorted(self.ranges) if name not in grouped}
        return own | {", ".join(g.names): g.kind for g in self.groups}


def _group(names: str, kind: str | Range) -> Group:
    members = tuple(n.strip() for n in names.split(","))
    if kind not in ("one-hot", "simplex") or len(set(members)) < len(members) or not all(members):
        raise DomainError(f"several variables together are 'one-hot' or 'simplex', not {kind!s:.100}: {names:.100}")
    return Group(str(kind), members)
