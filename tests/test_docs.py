"""What the documentation shows is what the program prints, and what is generated is up to date."""

from __future__ import annotations

import doctest
import importlib.util
import os
import re
import shlex
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.shared import certificate_of

ROOT = Path(__file__).parents[1]
DOCS = ROOT / "docs"
PAGES = [ROOT / "README.md", ROOT / "CHANGELOG.md", *sorted(DOCS.rglob("*.md"))]
OPTIONS = doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE
_FENCE = re.compile(r"^```(\w+)(?: (\S+))?\n(.*?)^```$", re.MULTILINE | re.DOTALL)
#: how far a rounded number of lines may be from the count
_ROUNDED = 0.15


def blocks(page: Path, language: str) -> list[str]:
    """The fenced blocks of a language."""
    text = page.read_text(encoding="utf-8")
    return re.findall(rf"^```{language}\n(.*?)^```$", text, re.MULTILINE | re.DOTALL)


@pytest.mark.parametrize("page", PAGES, ids=lambda p: p.name)
def test_python_on_the_page(page: Path) -> None:
    """Every python block on the page consists of `>>>` examples, which print what the page says, from top to bottom."""
    examples = blocks(page, "python")
    assert all(block.startswith(">>> ") for block in examples)
    test = doctest.DocTestParser().get_doctest("\n".join(examples), {}, page.name, str(page), 0)
    assert doctest.DocTestRunner(optionflags=OPTIONS).run(test).failed == 0


@pytest.mark.parametrize("page", PAGES, ids=lambda p: p.name)
def test_commands_on_the_page(page: Path, tmp_path: Path) -> None:
    """Every `$ …` in a console block, run in order in one folder, prints what is shown; … is any text.

    A block with the name of a file after its language is that file, written before what follows is run.
    """
    for language, name, block in _FENCE.findall(page.read_text(encoding="utf-8")):
        if name:
            (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
            (tmp_path / name).write_text(block, encoding="utf-8")
        elif language == "console":
            assert block.startswith("$ ")
            for command, shown in re.findall(r"^\$ (.*)\n((?:(?!\$ ).*\n)*)", block, re.MULTILINE):
                printed = run(command, tmp_path)
                wanted = shown.replace("…\n", "...\n")
                assert doctest.OutputChecker().check_output(wanted, printed, OPTIONS), f"$ {command}\n{printed}"


def run(command: str, folder: Path) -> str:
    """What a shell command prints; `derive` is the checkout's, and nothing comes from a cache of another run."""
    python = shlex.quote(sys.executable)
    line = re.sub(r"^derive ", f"{python} {shlex.quote(str(ROOT / 'cli.py'))} ", command)
    line = re.sub(r"^python ", f"{python} ", line)
    environment = {**os.environ, "NO_COLOR": "1", "DERIVE_CACHE": str(folder / ".cache")}
    done = subprocess.run(line, shell=True, cwd=folder, capture_output=True, text=True, check=False, env=environment)
    return done.stdout + done.stderr.replace("cli.py", "derive")


@pytest.mark.parametrize("page", PAGES, ids=lambda p: p.name)
def test_links_lead_somewhere(page: Path) -> None:
    """Every relative link on the page names a file or a folder that is there."""
    targets = re.findall(r"\]\((?!https?:|#)([^)#\s]+)", page.read_text(encoding="utf-8"))
    assert [t for t in targets if not (page.parent / t).exists()] == []


def generator() -> Any:
    """The module docs/generate.py."""
    spec = importlib.util.spec_from_file_location("generate", DOCS / "generate.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    module.verify = lambda loss, **_: certificate_of(loss.name)  # proved once in a run of the tests
    return module


@pytest.mark.parametrize("name", ["rules.md", "losses.md", "theorems.md", "architecture.md", "bug-museum.md"])
def test_generated_pages_are_up_to_date(name: str) -> None:
    """The pages are what docs/generate.py writes: run it after a change of rules, losses or modules."""
    page = generator().PAGES[name]
    assert (DOCS / name).read_text(encoding="utf-8") == page(), "run `python docs/generate.py`"


def test_trusted_lines_are_counted() -> None:
    """docs/trust.md says how many lines have to be trusted, part by part; the numbers are rounded, not old."""
    text = (DOCS / "trust.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| (`[^|]*) \| ([\d,]+) \|", text, re.MULTILINE)
    assert len(rows) >= 4
    for files, said in rows:
        count = sum(map(_lines, re.findall(r"`([^`]+)`", files)))
        assert abs(count - int(said.replace(",", ""))) <= _ROUNDED * count, f"{files}: {count} lines, not {said}"


def _lines(name: str) -> int:
    """Lines of code: neither empty nor a comment."""
    found = sorted((ROOT / "derive").glob(f"{name}*.py" if name.endswith("/") else name))
    assert found, f"there is no derive/{name}"
    texts = (p.read_text(encoding="utf-8") for p in found)
    return sum(1 for text in texts for line in text.splitlines() if line.strip() and not line.strip().startswith("#"))
