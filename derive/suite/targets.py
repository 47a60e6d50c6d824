"""What people name on the command line -> items: files, folders, `file.py::name`, `module:name`, claims files.

Nothing of the user is run here: Python files are only looked at. What is decorated in a way that cannot be seen so is
listed by a worker.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from derive.errors import DeriveError
from derive.suite.item import Item
from derive.terms.json import Json

def items_of(targets: Sequence[str], keywords: Mapping[str, Json] | None = None) -> tuple[Item, ...]:
    """The claims that the targets name, each once, in the order of the targets.

    A target is a Python file (its functions decorated with `derive.claim`), `file.py::name`, a folder (all claims files
    and Python files with decorated functions in it), `module:name`, a claims file such as `derive.toml`, or
    `derive.toml::name`. `keywords` are for the objectives that are named one by one.

    Raises `DeriveError` (exit code 2) for a target that is not there, that cannot be read, or that holds no claim.
    """
    raise DeriveError("nothing is claimed")
