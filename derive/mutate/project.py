"""A temporary copy of the user's project, and the environment in which its own files are the ones that are imported."""

from __future__ import annotations

import os
import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from derive.errors import DeriveError, FileError

#: of the temporary folders, which are no part of a project either
PREFIX = "derive-mutate-"
#: what no test needs, or what a tool makes again
_IGNORED = (
    *(".git", ".hg", ".svn", ".venv", "venv", "node_modules", ".tox", ".nox", "__pycache__", "*.pyc"),
    *(".pytest_cache", ".mypy_cache", ".ruff_cache", ".hypothesis", ".ipynb_checkpoints", ".DS_Store", f"{PREFIX}*"),
)
_MARKS = ("pyproject.toml", "setup.py", "setup.cfg", "pytest.ini", "tox.ini", "derive.toml", ".git")
MAX_BYTES = 2 * 2**30
MAX_FILES = 100_000


@dataclass(frozen=True, slots=True)
class Project:
    """The folder that is copied, the file in it that changes, where the command starts, and where imports start."""

    root: Path
    file: Path
    start: Path
    imports: Path

    @property
    def module(self) -> str:
        """The name under which the file is imported."""
        return ".".join(self.file.relative_to(self.imports).with_suffix("").parts)

    def copy(self, to: Path, text: str) -> Path:
        """Copy the project, with another text in its file; gives the folder in which the command starts."""
        try:
            shutil.copytree(self.root, to, symlinks=True, ignore=_ignore)
        except (shutil.Error, OSError) as error:
            raise FileError(f"cannot copy {self.root}: {error}"[:400]) from None
        file = to / self.file
        file.unlink()  # it may be a link to the original
        file.write_bytes(text.encode())
        shutil.copymode(self.root / self.file, file)
        return to / self.start

    def command(self, command: tuple[str, ...], copy: Path) -> list[str]:
        """The command, with paths into the project turned into paths into the copy."""
        return [_moved(part, self.root, copy) for part in command]

    def environment(self, copy: Path, outside: Mapping[str, str]) -> dict[str, str]:
        """Python looks in the copy first, also where the project is installed, and keeps no compiled files."""
        paths = [_moved(p, self.root, copy) for p in outside.get("PYTHONPATH", "").split(os.pathsep) if p]
        first = os.pathsep.join([str(copy / self.imports), *paths])
        return {**outside, "PYTHONPATH": first, "PYTHONDONTWRITEBYTECODE": "1"}


def find(file: Path, root: Path | None = None) -> Project:
    """The project of a file: the nearest folder above it with a pyproject.toml or the like, else the current folder."""
    path, here = file.resolve(), Path.cwd().resolve()
    folder = root.resolve() if root else _marked(path) or (here if here in path.parents else path.parent)
    if folder not in path.parents:
        raise DeriveError(f"{file} is not in {folder}; --project names the folder of the whole project")
    _check_size(folder)
    start = here.relative_to(folder) if here.is_relative_to(folder) else Path()
    return Project(folder, path.relative_to(folder), start, _imports(path).relative_to(folder))


def _marked(path: Path) -> Path | None:
    return next((p for p in path.parents if any((p / mark).exists() for mark in _MARKS)), None)


def _imports(path: Path) -> Path:
    """The folder from which the file is imported: the first one above it that is no package."""
    return next(p for p in path.parents if not (p / "__init__.py").exists())


def _ignore(folder: str, names: list[str]) -> set[str]:
    """Version control, caches and environments, by whatever name they go."""
    environments = {n for n in names if os.path.exists(os.path.join(folder, n, "pyvenv.cfg"))}
    special = {n for n in names if _is_special(os.path.join(folder, n))}
    return shutil.ignore_patterns(*_IGNORED)(folder, names) | environments | special


def _is_special(path: str) -> bool:
    """A socket, a pipe or a device: nothing that can be copied."""
    return not (os.path.islink(path) or os.path.isfile(path) or os.path.isdir(path))


def _check_size(root: Path) -> None:
    size = count = 0
    for folder, names, files in os.walk(root):
        left_out = _ignore(folder, [*names, *files])
        names[:] = [n for n in names if n not in left_out]
        kept = [os.path.join(folder, f) for f in files if f not in left_out]
        count += len(kept)
        size += sum(os.lstat(f).st_size for f in kept)
        if count > MAX_FILES or size > MAX_BYTES:
            raise DeriveError(
                f"{root} is too large to be copied for each mutant (more than {MAX_FILES:,} files or "
                f"{MAX_BYTES // 2**30} GiB); name a smaller folder with --project"
            )


def _moved(text: str, root: Path, copy: Path) -> str:
    inside = text == str(root) or text.startswith(f"{root}{os.sep}")
    return f"{copy}{text[len(str(root)) :]}" if inside else text
