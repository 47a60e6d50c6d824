"""The user's module, imported: inside a worker, and nowhere else."""

from __future__ import annotations

import importlib
import importlib.util
import inspect
import sys
from collections.abc import Iterator
from difflib import get_close_matches
from pathlib import Path
from types import ModuleType, TracebackType
from typing import Any

from derive.errors import DeriveError

#: where `derive.claim` leaves its keywords
MARK = "__derive_claim__"


class Foreign:
    """A `with` block for code of the user: whatever it raises is an error of the input, with the line that raised."""

    def __init__(self, doing: str, file: str) -> None:
        self.doing = doing
        self.file = file

    def __enter__(self) -> None:
        return None

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if error is None or isinstance(error, (DeriveError, MemoryError, RecursionError)):
            return
        if isinstance(error, Exception):
            text = " ".join(str(error).split())[:300]
            raise DeriveError(f"{self.doing}: {type(error).__name__}: {text}{self._where(error, trace)}") from None

    def _where(self, error: Exception, trace: TracebackType | None) -> str:
        if isinstance(error, SyntaxError):
            return f" ({error.filename}, line {error.lineno})"
        own = [t.tb_lineno for t in _walk(trace) if Path(t.tb_frame.f_code.co_filename) == Path(self.file)]
        return f" ({self.file}, line {own[-1]})" if own else ""


def _walk(trace: TracebackType | None) -> Iterator[TracebackType]:
    while trace is not None:
        yield trace
        trace = trace.tb_next


def objective(where: str) -> Any:
    """The function or class of `path.py::name` or `module:name`."""
    place, colons, name = where.rpartition("::")
    if not colons:
        place, _, name = where.partition(":")
    module = load(place) if colons else _import(place, [str(Path.cwd())])
    found: Any = module
    for part in name.split("."):
        if not hasattr(found, part):
            raise DeriveError(f"{place} has no {name!r}{_near(part, found)}")
        found = getattr(found, part)
    return found


def load(path: str) -> ModuleType:
    """The module of a file: by its dotted name where it is in a package, so that its relative imports work."""
    file = Path(path)
    parts, folder = [file.stem], file.parent
    while (folder / "__init__.py").is_file() and folder.name.isidentifier():
        parts, folder = [folder.name, *parts], folder.parent
    name = ".".join(parts[:-1] if parts[-1] == "__init__" and len(parts) > 1 else parts)
    if len(parts) > 1:
        return _import(name, [str(folder)])
    sys.path.insert(0, str(folder))
    return _from_file(name, file)


def _from_file(name: str, file: Path) -> ModuleType:
    spec = importlib.util.spec_from_file_location(name if name not in sys.modules else f"{name}_of_yours", file)
    if spec is None or spec.loader is None:
        raise DeriveError(f"{file} cannot be imported")
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    with Foreign(f"{file.name} cannot be imported", str(file)):
        spec.loader.exec_module(module)
    return module


def _import(name: str, folders: list[str]) -> ModuleType:
    sys.path[:0] = folders
    spec = None
    with Foreign(f"{name} cannot be imported", ""):
        spec = importlib.util.find_spec(name)
    if spec is None:
        raise DeriveError(f"there is no module {name!r}: neither in the working folder nor among the installed ones")
    with Foreign(f"{name} cannot be imported", spec.origin or ""):
        return importlib.import_module(name)
    raise DeriveError(f"{name} cannot be imported")


def decorated(module: ModuleType) -> Iterator[tuple[str, int]]:
    """The names in a module of what is decorated with `derive.claim`, with their lines."""
    for name, value in list(vars(module).items()):
        own = getattr(value, "__module__", module.__name__) == module.__name__
        if MARK in getattr(value, "__dict__", {}) and own:
            yield name, line_of(value)


def line_of(value: Any) -> int:
    """The line where it is defined; 0 where Python does not know."""
    try:
        return inspect.getsourcelines(inspect.unwrap(value))[1]
    except (OSError, TypeError, ValueError):
        return 0


def _near(name: str, owner: Any) -> str:
    close = get_close_matches(name, [n for n in dir(owner) if not n.startswith("__")], 1)
    return f"; did you mean {close[0]!r}?" if close else ""
