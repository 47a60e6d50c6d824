"""What was found out before, by what was claimed: a folder of entries that any number of processes may share.

An entry is named by the SHA-256 of its claim in canonical JSON, together with the version of `derive` and of this
format. It is never believed: who reads one proves again what it says (`suite.again`, `replay`). What is damaged, of
another version, of another claim or edited is noticed, and is as if it were not there.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache as once
from pathlib import Path
from typing import Any

from derive.certificate_json import digest
from derive.terms.json import Json
from derive.version import VERSION

SCHEMA = 1
OFF = "off"
MAX_ENTRIES = 20_000
MAX_BYTES = 500_000_000
_MAX_ENTRY = 5_000_000
_STALE = 3600.0


def default_folder() -> Path | None:
    """`DERIVE_CACHE`, or the platform's folder for caches; None where `DERIVE_CACHE` is `off`."""
    said = os.environ.get("DERIVE_CACHE", "")
    if said:
        return None if said.lower() == OFF else Path(said)
    if os.environ.get("XDG_CACHE_HOME"):
        return Path(os.environ["XDG_CACHE_HOME"]) / "derive"
    if sys.platform == "win32":
        return Path(os.environ.get("LOCALAPPDATA") or Path.home()) / "derive" / "cache"
    return Path.home() / ("Library/Caches" if sys.platform == "darwin" else ".cache") / "derive"


@dataclass(frozen=True, slots=True)
class Found:
    """The body of an entry; or, without one, why there is none: "" where nothing was ever stored."""

    body: Any = None
    why: str = ""


@dataclass(frozen=True, slots=True)
class Cache:
    """The entries in a folder, which need not exist yet. Nothing here raises for what the disk does."""

    folder: Path
    max_entries: int = MAX_ENTRIES
    max_bytes: int = MAX_BYTES

    def path(self, claim: Json) -> Path:
        """The file of a claim's entry."""
        name = key(claim)
        return self.folder / f"v{SCHEMA}" / name[:2] / f"{name[2:]}.json"

    def get(self, claim: Json) -> Found:
        """The entry of a claim, if it is whole and of this claim and version."""
        path = self.path(claim)
        try:
            if path.stat().st_size > _MAX_ENTRY:
                return Found(why="its entry in the cache is too large")
            entry = json.loads(path.read_bytes())
        except FileNotFoundError:
            return Found()
        except OSError as error:
            return Found(why=f"the cache cannot be read: {_reason(error)}")
        except (ValueError, RecursionError):
            return Found(why="its entry in the cache is damaged")
        found = _checked(entry, claim)
        if found.body is not None:
            with contextlib.suppress(OSError):
                os.utime(path)  # what is used is kept
        return found

    def put(self, claim: Json, body: Json) -> str:
        """Store an entry, whole or not at all; says why where that is not possible."""
        entry = {"schema": SCHEMA, "version": VERSION, "claim": claim, "body": body}
        text = json.dumps({**entry, "digest": digest(entry)}, separators=(",", ":"), sort_keys=True)
        if len(text) > _MAX_ENTRY:
            return "not cached: the report is too large"
        try:
            _write(self.path(claim), text)
        except OSError as error:
            return f"not cached: {_reason(error)}"
        return ""

    def trim(self) -> int:
        """Remove the entries that were not used for the longest time, down to the limits; how many there were."""
        with contextlib.suppress(OSError):
            return self._trim()
        return 0

    def _trim(self) -> int:
        entries = sorted(_entries(self.folder / f"v{SCHEMA}"), reverse=True)
        size, removed = 0, 0
        for number, (used, bytes_, path) in enumerate(entries):
            size += bytes_
            part = path.suffix == ".part" and used < time.time() - _STALE
            if part or number >= self.max_entries or size > self.max_bytes:
                with contextlib.suppress(OSError):  # another process was faster
                    path.unlink()
                    removed += 1
        return removed


def key(claim: Json) -> str:
    """The name of a claim's entry."""
    canonical = json.dumps([SCHEMA, VERSION, sources(), claim], sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(canonical.encode()).hexdigest()


@once
def sources() -> str:
    """SHA-256 of the package's own files: what another program has found out is of another program."""
    home = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
    out = hashlib.sha256()
    for folder, folders, names in os.walk(home):
        folders.sort()
        for name in sorted(n for n in names if n.endswith(".py")):
            path = os.path.join(folder, name)
            with open(path, "rb") as file:
                out.update(b"%s\0%s\0" % (path[len(home) :].encode(), file.read()))
    return out.hexdigest()


def _checked(entry: Any, claim: Json) -> Found:
    if not isinstance(entry, dict) or entry.keys() != {"schema", "version", "claim", "body", "digest"}:
        return Found(why="its entry in the cache is damaged")
    if (entry["schema"], entry["version"]) != (SCHEMA, VERSION):
        return Found(why="its entry in the cache is of another version")
    if entry["claim"] != claim:
        return Found(why="its entry in the cache is of another claim")
    written = entry.pop("digest")
    try:
        own = digest(entry)
    except ValueError:
        own = ""
    if written != own or entry["body"] is None:
        return Found(why="its entry in the cache was edited")
    return Found(entry["body"])


def _write(path: Path, text: str) -> None:
    import tempfile  # slow to load, and a replay has no need of it

    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    handle, name = tempfile.mkstemp(dir=path.parent, suffix=".part")
    part = Path(name)
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(text)
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)


def _entries(folder: Path) -> Iterator[tuple[float, int, Path]]:
    for path in folder.glob("*/*"):
        with contextlib.suppress(OSError):
            seen = path.stat()
            yield seen.st_mtime, seen.st_size, path


def _reason(error: OSError) -> str:
    return (error.strerror or str(error)).lower()
