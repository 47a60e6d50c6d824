"""What the documentation shows is what the program prints, and what is generated is up to date."""

from __future__ import annotations

import doctest
import importlib.util
import re
import shlex
import subprocess
import sys
import tomllib
from dataclasses import replace
from fractions import Fraction
from functools import cache
from inspect import signature
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import yaml
from click.testing import CliRunner

import derive
from derive.certificate import Certificate
from derive.cli import common, main
from tests.shared import agreement_of, certificate_of, few, theorem_of

ROOT = Path(__file__).parents[1]
DOCS = ROOT / "docs"
LOSSES = sorted((DOCS / "losses").glob("*.md"))
PAGES = [ROOT / "README.md", ROOT / "CHANGELOG.md", *sorted({*DOCS.rglob("*.md")} - {*LOSSES})]
OPTIONS = doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE
_FENCE = re.compile(r"^```(\w+)(?: (\S+))?\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_ANY_FENCE = re.compile(r"^[ \t>]*(?:```+|~~~+)(.*)\n((?:.*\n)*?)[ \t>]*(?:```+|~~~+)[ \t]*$", re.MULTILINE)
#: (page, how a block begins) -> why it is not run, and what is asked of it instead
NOT_RUN = {
    (
        "README.md",
        "python3 -m venv .venv && .venv/bin/pip install -q . &&",
    ): "installs, for a reader",
    (
        "README.md",
        "python3 -m venv .venv && .venv/bin/pip install -q -e",
    ): "runs these tests, see .ci/run",
    ("architecture.md", "Loss ─►"): "a diagram",
    ("architecture.md", "two terms, a domain"): "a diagram",
    ("architecture.md", "pyproject.toml   build"): "a tree: its files are there",
    ("mutation.md", "python benchmarks/mutants.py"): "takes hours",
    ("ci.md", "[defaults]"): "a claims file of code that is not there: it is read, and its keys are known",
    ("ci.md", "repos:"): "a configuration of pre-commit: its hook is there",
    ("ci.md", "derive check......"): "what pre-commit prints, which has its own width",
    ("mutate.md", "derive mutate objectives.py::huber"): "takes minutes: tests/test_mutate.py runs a smaller one",
    ("mutate.md", "objectives.py::huber: 23 mutants"): "what that prints, with times",
    ("quickstart-ci.md", "python -m venv .venv"): "installs, from a path that the reader knows",
    ("trust.md", "python benchmarks/fuzz.py"): "takes hours: its file is there",
}
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


def commands(page: Path) -> list[tuple[str, str]]:
    """What there is to run and to write, in order: commands with what they print, and `> file` with what is in it."""
    found = []
    for language, name, block in _FENCE.findall(page.read_text(encoding="utf-8")):
        if name:
            found.append((f"> {name}", block))
        elif language == "console":
            assert block.startswith("$ ")
            found += re.findall(r"^\$ (.*)\n((?:(?!\$ ).*\n)*)", block, re.MULTILINE)
    return found


#: command -> page and line where it is shown first, and run as a program
FIRST: dict[str, tuple[Path, str]] = {}
for _page in PAGES:
    for _line, _ in commands(_page):
        if _command := re.match(r"derive ([\w-]+)", _line):
            FIRST.setdefault(_command[1], (_page, _line))
del FIRST["show"]  # it takes seconds, and tests/test_cli.py runs it as a program
#: a command of ours with nothing of the shell's but the question for its exit code
_OURS = re.compile(r"derive ([^|;&>`]*?)(; echo \"exit code \$\?\")?")


@pytest.mark.usefixtures("in_process")
@pytest.mark.parametrize("page", PAGES, ids=lambda p: p.name)
def test_commands_on_the_page(page: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every `$ …` in a console block, run in order in one folder, prints what is shown; … is any text.

    A block with the name of a file after its language is that file, written before what follows is run. What each
    command of ours does first is done by a program, the rest in this process, with what was proved in this run.
    """
    monkeypatch.setattr(common, "certificate", lambda loss, data=None: with_numbers(loss.name))
    monkeypatch.chdir(tmp_path)
    for name, value in {"NO_COLOR": "1", "DERIVE_CACHE": str(tmp_path / ".cache"), "COLUMNS": "80"}.items():
        monkeypatch.setenv(name, value)
    for command, shown in commands(page):
        if command.startswith("> "):
            (tmp_path / command[2:]).parent.mkdir(parents=True, exist_ok=True)
            (tmp_path / command[2:]).write_text(shown, encoding="utf-8")
            continue
        ours = _OURS.fullmatch(command)
        printed = run(command) if ours is None or (page, command) in FIRST.values() else called(*ours.groups())
        wanted = shown.replace("…\n", "...\n")
        assert doctest.OutputChecker().check_output(wanted, printed, OPTIONS), f"$ {command}\n{printed}"


def with_numbers(name: str) -> Certificate:
    """What `verify` finds out about a loss."""
    return replace(certificate_of(name), agreement=agreement_of(name))


def run(command: str) -> str:
    """What a shell command prints; `derive` is the checkout's, and nothing comes from a cache of another run."""
    python = shlex.quote(sys.executable)
    line = re.sub(r"^derive ", f"{python} {shlex.quote(str(ROOT / 'cli.py'))} ", command)
    line = re.sub(r"^python ", f"{python} ", line)
    done = subprocess.run(line, shell=True, capture_output=True, text=True, check=False)
    return done.stdout + done.stderr.replace("cli.py", "derive")


def called(arguments: str, asked: str | None) -> str:
    """What a command of ours prints, called in this process, and its exit code if that is asked for."""
    done = CliRunner().invoke(main, shlex.split(arguments), prog_name="derive")
    assert done.exception is None or isinstance(done.exception, SystemExit), done.exception
    return done.stdout + (f"exit code {done.exit_code}\n" if asked else "") + done.stderr


@pytest.mark.parametrize("page", PAGES, ids=lambda p: p.name)
def test_no_block_is_passed_over(page: Path) -> None:
    """Each fenced block is run by the tests above, or is in the list of those that are not, with the reason."""
    text = page.read_text(encoding="utf-8")
    fences = [(info, block) for info, block in _ANY_FENCE.findall(text)]
    assert text.count("\n```") == 2 * len(fences), "a fence within a list or without an end"
    left = [block for info, block in fences if info not in {"python", "console"} and " " not in info]
    known = [start for name, start in NOT_RUN if name == page.name]
    assert [block for block in left if not any(block.startswith(start) for start in known)] == []
    assert [start for start in known if not any(block.startswith(start) for block in left)] == []


def test_what_is_not_run_is_looked_at() -> None:
    """The files that the other blocks name are there, and the configurations in them can be read."""
    ci = (DOCS / "ci.md").read_text(encoding="utf-8")
    claims = tomllib.loads(next(b for b in blocks(DOCS / "ci.md", "text") if b.startswith("[defaults]")))
    assert {key for claim in claims["claim"] for key in claim} <= {
        *signature(derive.check).parameters,
        *_OF_A_CLAIMS_FILE,
    }
    hooks = yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text(encoding="utf-8"))
    wanted = yaml.safe_load(blocks(DOCS / "ci.md", "yaml")[0])["repos"][0]["hooks"]
    assert {hook["id"] for hook in wanted} <= {hook["id"] for hook in hooks}
    assert f"hook id: {hooks[0]['id']}" in ci
    tree = next(b for b in blocks(DOCS / "architecture.md", "text") if b.startswith("pyproject.toml"))
    named = re.findall(r"^(\S+)  ", tree, re.MULTILINE)
    commands = re.findall(r"^python (\S+\.py)", "".join(blocks(DOCS / "trust.md", "text")), re.MULTILINE)
    assert [name for name in named + commands if not (ROOT / name).exists()] == []


#: keys of a claim in a file that are not those of `derive.check`
_OF_A_CLAIMS_FILE = {"name", "objective", "parameters", "timeout"}


@pytest.mark.parametrize("page", [p for p in LOSSES if p.stem in derive.catalog.names()], ids=lambda p: p.stem)
def test_code_of_a_loss(page: Path) -> None:
    """The NumPy code on the page of a loss, run, gives the derivatives that `derive` compiles."""
    loss = derive.catalog.load(page.stem)
    (code,) = blocks(page, "python")
    for y in filter(loss.interval_y_true.__contains__, map(Fraction, ("0", "1/4", "1", "3", "-1"))):
        for z in filter(loss.interval_z.__contains__, map(Fraction, ("-6/5", "1/8", "9/5"))):
            names: dict[str, Any] = {"z": np.array([float(z)]), "y": np.array([float(y)])}
            exec(code, names)
            at = ([float(z)], [[1.0]], [float(y)])
            assert names["grad"] == pytest.approx(derive.gradient(loss)(*at), rel=1e-9, abs=1e-12)
            assert names["hess"] == pytest.approx(derive.hessian(loss)(*at)[0], rel=1e-9, abs=1e-12)


def test_every_loss_has_its_page() -> None:
    """There is a page for each loss of the catalog, and none for what is not in it."""
    assert {page.stem for page in LOSSES} == {*derive.catalog.names(), *derive.catalog.joint_names()}


@pytest.mark.parametrize("page", PAGES, ids=lambda p: p.name)
def test_links_lead_somewhere(page: Path) -> None:
    """Every relative link on the page names a file or a folder that is there."""
    targets = re.findall(r"\]\((?!https?:|#)([^)#\s]+)", page.read_text(encoding="utf-8"))
    assert [t for t in targets if not (page.parent / t).exists()] == []


@cache
def generator() -> Any:
    """The module docs/generate.py."""
    spec = importlib.util.spec_from_file_location("generate", DOCS / "generate.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.path.insert(0, str(DOCS))  # as `python docs/generate.py` does
    try:
        spec.loader.exec_module(module)
    finally:
        sys.path.remove(str(DOCS))
    module.verify = lambda loss, **_: certificate_of(loss.name)  # proved once in a run of the tests
    module.certify = lambda theorem: theorem_of(theorem.name)
    return module


PAGES = generator().PAGES
EACH = [name for name in PAGES if not name.startswith("losses/")]  # of the pages of losses, a few


@pytest.mark.parametrize("name", few(PAGES, [*EACH, "losses/logistic.md", "losses/tweedie.md", "losses/ordinal.md"]))
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
