"""The files in a folder that may hold claims. Hidden, virtual environments' and build folders are passed over."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

CLAIMS_FILE = "derive.toml"
PROJECT_FILE = "pyproject.toml"
_SKIPPED = frozenset({"build", "dist", "node_modules", "site-packages", "__pycache__", "venv", "env", "virtualenv"})


def files(folder: Path) -> Iterator[Path]:
    """`derive.toml`, `pyproject.toml` and Python files below the folder, in a fixed order; no link is followed."""
    for here, folders, names in os.walk(folder):
        folders[:] = sorted(name for name in folders if not _skipped(Path(here) / name))
        for name in sorted(names, key=lambda n: (n not in (CLAIMS_FILE, PROJECT_FILE), n)):
            if name in (CLAIMS_FILE, PROJECT_FILE) or (name.endswith(".py") and not name.startswith(".")):
                yield Path(here) / name


def _skipped(folder: Path) -> bool:
    name = folder.name
    if name.startswith(".") or name in _SKIPPED or name.endswith(".egg-info"):
        return True
    return (folder / "pyvenv.cfg").exists()
