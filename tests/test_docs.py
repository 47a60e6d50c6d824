"""What the documentation shows is what the program prints."""

from __future__ import annotations

import doctest
import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]
OPTIONS = doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE


@pytest.mark.parametrize("page", PAGES, ids=lambda p: p.name)
def test_python_on_the_page(page: Path) -> None:
    """Every `>>>` example on the page prints what the page says."""
    assert doctest.testfile(str(page), module_relative=False, optionflags=OPTIONS).failed == 0


@pytest.mark.parametrize("page", PAGES, ids=lambda p: p.name)
def test_commands_on_the_page(page: Path, tmp_path: Path) -> None:
    """Every `$ derive …` in a console block, run in order in one folder, prints what is shown; … is any text."""
    blocks = re.findall(r"^```console\n(.*?)^```", page.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL)
    for block in blocks:
        for command, shown in re.findall(r"^\$ (.*)\n((?:(?!\$ ).*\n)*)", block, re.MULTILINE):
            printed = run(command, tmp_path)
            wanted = shown.replace("…\n", "...\n")
            assert doctest.OutputChecker().check_output(wanted, printed, OPTIONS), f"$ {command}\n{printed}"


def run(command: str, folder: Path) -> str:
    """What a `derive` command prints; `echo $?` prints the exit code of the command before."""
    if not command.startswith("derive "):
        return subprocess.run(command, shell=True, cwd=folder, capture_output=True, text=True, check=False).stdout
    line = command.replace("derive ", f"{shlex.quote(sys.executable)} {shlex.quote(str(ROOT / 'cli.py'))} ", 1)
    done = subprocess.run(
        line, shell=True, cwd=folder, capture_output=True, text=True, check=False, env={**os.environ, "NO_COLOR": "1"}
    )
    return done.stdout + done.stderr.replace("cli.py", "derive")
