"""Manners on a terminal: manual pages whose examples run, colour, silence, completion."""

from __future__ import annotations

import os
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import click
import pytest
from click.testing import CliRunner, Result

import derive.mutate
from derive import catalog, worker
from derive.certificate import Unknown
from derive.cli import checking, common, console, main
from derive.mutate import table
from derive.plot import page, style
from derive.prove import prove_terms
from derive.render import pdf
from derive.suite.item import Item, Outcome
from tests.test_cli import ROOT, certificate, run

COMMANDS = main.list_commands(click.Context(main))
#: how an example of a help page goes on where it is too long for a line
_EXAMPLE = re.compile(r"^    (derive .*(?:\n {6,}\S.*)*)", re.MULTILINE)
CSV = {
    "study.csv": "dose,ill\n1,0\n2,1\n3,0\n4,1\n5,1\n",
    "visits.csv": "age,visits\n30,1\n40,2\n50,2\n60,5\n",
    "loss.csv": "air,loss\n1,2\n2,3\n3,5\n4,4\n",
    "counts.csv": "dose,ill,people\n1,0,6\n1,1,2\n2,0,3\n2,1,4\n",
}
CODE = """
import derive

@derive.claim(loss="(z - y)**2/2")
def focal(y_true, y_pred):
    return y_pred - y_true, 1 + 0*y_pred

def focal_loss(y_true, y_pred):
    return y_pred - y_true, 1 + 0*y_pred

def huber(y_true, y_pred):
    return y_pred - y_true, 1 + 0*y_pred

class Focal:
    def backward(self, z):
        return z
"""
TOML = '[[claim]]\nname = "focal"\nloss = "z**2"\ngradient = "2*z"\nwrt = "z"\n'


def command(name: str) -> click.Command:
    """A command of that name."""
    found = main.get_command(click.Context(main), name)
    assert found is not None
    return found


def examples(name: str) -> list[str]:
    """The examples of its help page."""
    page = run(*([name] if name else []), "--help").output
    return [re.sub(r"\n +", " ", found) for found in _EXAMPLE.findall(page)]


@pytest.mark.parametrize("name", COMMANDS)
def test_a_page_of_the_manual(name: str) -> None:
    """It says what the command does, what each argument and each option is, which exit codes there are, by example."""
    page = run(name, "--help").output
    assert max(map(len, page.splitlines())) <= 80
    assert examples(name)
    assert "Exit codes: 0 " in page
    found = command(name)
    assert found.help
    for parameter in found.params:
        if isinstance(parameter, click.Option):
            assert parameter.help, parameter.name
        else:
            assert isinstance(found, console.Manual), name
            assert (parameter.metavar or parameter.human_readable_name).lstrip("-[ ").rstrip("].") in page
    arguments = getattr(found, "arguments", {})
    assert len(arguments) == sum(isinstance(p, click.Argument) for p in found.params)


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with all files that examples name; what takes long is answered at once."""
    for name, text in {**CSV, "objectives.py": CODE, "losses.py": CODE, "derive.toml": TOML, "check.py": ""}.items():
        (tmp_path / name).write_text(text)
    (tmp_path / "tests").mkdir()
    (tmp_path / "visits").mkdir()
    (tmp_path / "visits" / "monday.csv").write_text(CSV["study.csv"])
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(common, "certificate", lambda item, data=None: certificate(name=item.name))
    monkeypatch.setattr(checking, "run", _answered)
    monkeypatch.setattr(worker, "run", lambda *_, **__: Unknown("not asked"))
    monkeypatch.setattr(worker, "decide", lambda left, right, domain, **_: prove_terms(left, right, domain))
    monkeypatch.setattr(style, "_figure", lambda *_: None)
    monkeypatch.setattr(page, "inline", lambda *_: "")
    monkeypatch.setattr(style, "content", lambda *_: b"drawn")
    monkeypatch.setattr(pdf, "engine", lambda: "pdflatex")  # which need not be installed
    monkeypatch.setattr(pdf, "render", lambda *_: b"%PDF-")
    monkeypatch.setattr(derive.mutate, "mutate", lambda *_, **__: derive.mutate.Score("", (), 0.0, 0.0, ()))
    monkeypatch.setattr(table, "text", lambda *_: "")
    return tmp_path


def _answered(items: list[Item], **_: Any) -> tuple[Outcome, ...]:
    return tuple(Outcome(item, "unknown", reason="not asked") for item in items)


@pytest.mark.parametrize("name", ["", *COMMANDS])
def test_examples_of_the_manual_run(name: str, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each example is a command line that works, as it stands there: its words are files, options and names."""
    monkeypatch.setenv("DERIVE_CACHE", "off")
    for example in examples(name):
        line = re.split(r"\s{2,}| \| | >>? ", example)[0]
        _, *words = shlex.split(line)
        if words[0] == "replay":
            run("verify", "logistic", "--certificate", "logistic.json")
            monkeypatch.setattr(worker, "replay", lambda *_, **__: Unknown("not asked"))
        found = run(*words)
        assert found.exception is None or isinstance(found.exception, SystemExit), example
        assert found.exit_code in (0, 1, 3), f"{example}\n{found.output}"


# -- colour


@pytest.mark.parametrize(
    ("environment", "coloured"),
    [
        ({}, None),
        ({"NO_COLOR": "1"}, False),
        ({"NO_COLOR": ""}, None),
        ({"FORCE_COLOR": "1"}, True),
        ({"FORCE_COLOR": "0"}, None),
        ({"FORCE_COLOR": "1", "NO_COLOR": "1"}, False),
        ({"TERM": "dumb"}, False),
        ({"TERM": "dumb", "FORCE_COLOR": "1"}, True),
    ],
)
def test_colour_as_the_environment_says(environment: dict[str, str], coloured: bool | None) -> None:
    """NO_COLOR is stronger than FORCE_COLOR; without them a terminal decides, and a dumb one has none."""
    assert console._coloured(environment) is coloured


def test_forced_colour_in_a_pipe() -> None:
    """FORCE_COLOR colours what goes through a pipe, as build logs want it."""
    for value, coloured in (("1", True), ("", False)):
        found = CliRunner().invoke(main, ["list"], env={"FORCE_COLOR": value, "NO_COLOR": ""})
        assert ("\x1b[1m" in found.stdout) is coloured


# -- silence, and more words


def fitted(*more: str) -> Result:
    """`derive fit` on the small study."""
    return run("fit", "logistic", "study.csv", "--target", "ill", *more)


def test_quiet(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """With `--quiet` success is silent and the exit code says it; what fails is printed as ever."""
    monkeypatch.setenv("DERIVE_CACHE", "off")
    assert run("prove", "x + x", "2*x", "--quiet").output == ""
    assert "refuted" in run("prove", "x", "2*x", "--quiet").output
    assert run("verify", "linear", "--quiet").output == ""
    assert fitted("--quiet").output == ""
    (folder / "study.csv").write_text("dose,ill\n1,0\n2,0\n3,1\n4,1\n")
    found = fitted("--quiet")
    assert found.exit_code == 1
    assert "no finite minimum" in found.stdout
    monkeypatch.setattr(common, "certificate", lambda item, data=None: certificate("refuted", item.name))
    found = run("verify", "linear", "huber", "-q")
    assert found.exit_code == 1
    assert "linear: refuted" in found.stdout


def test_verbose(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """With `--verbose` a fit tells each step and a verification how each step was proved, with times, on stderr."""
    monkeypatch.setenv("DERIVE_CACHE", "off")
    found = fitted("--verbose")
    assert re.search(r"step 1: cost \S+, gradient \S+\n", found.stderr)
    assert re.search(r"converged after \d+\.\d\d s, \d+ steps\n$", found.stderr)
    assert found.stdout == fitted().stdout
    found = run("verify", "linear", "-v")
    assert "normal form" in found.stdout
    assert re.search(r"linear: \d+\.\d\d s, proved anew\n", found.stderr)
    assert "normal form" not in run("verify", "linear").stdout


def test_weights_of_a_fit(folder: Path) -> None:
    """A column of weights counts rows, and is no feature; a column that is not there is named with those that are."""
    found = run("fit", "logistic", "counts.csv", "--target", "ill", "--weights", "people")
    assert found.exit_code == 0, found.output
    assert "people" not in found.stdout
    rows = "dose,ill\n" + "1,0\n" * 6 + "1,1\n" * 2 + "2,0\n" * 3 + "2,1\n" * 4
    (folder / "study.csv").write_text(rows)
    said = [next(line for line in text.splitlines() if "dose" in line) for text in (found.stdout, fitted().stdout)]
    assert said[0] == said[1]
    for name in ("ill", "nothing", "bias"):
        wrong = run("fit", "logistic", "counts.csv", "--target", "ill", "--weights", name)
        assert wrong.exit_code == 2
        assert "there are dose, people" in wrong.stderr


def test_where_a_fit_is_saved_is_asked_first(folder: Path) -> None:
    """A folder that is not there is an error before anything is read or searched."""
    for file in ("none/fit.json", "tests"):
        found = run("fit", "logistic", "not-there.csv", "--target", "ill", "--save", file)
        assert found.exit_code == 2
        assert f"cannot write {file}" in found.stderr


@pytest.mark.parametrize(
    "words",
    [
        "show linear -o",
        "matching-loss --link log -o",
        "verify linear --certificate",
        "plot path -o",
        "mutate objectives.py::focal --output",
    ],
)
def test_where_something_is_written_is_asked_first(words: str, folder: Path) -> None:
    """So it is with every command that writes a file."""
    for file in ("none/x.png", "tests"):
        found = run(*words.split(), file)
        assert found.exit_code == 2
        assert found.stderr.startswith(f"error: cannot write {file}: ")


def test_parameters_of_a_fit_are_numbers(folder: Path) -> None:
    """What is no finite number is an error that names it."""
    for value in ("two", "nan", "1e400"):
        found = run("fit", "huber", "loss.csv", "--target", "loss", "--parameter", f"delta={value}")
        assert found.exit_code == 2
        assert f"--parameter delta: {value!r} is not a number" in found.stderr


# -- completion


def completed(words: str, shell: str = "bash") -> list[str]:
    """What a shell offers for the last word."""
    env = {**os.environ, "_DERIVE_COMPLETE": f"{shell}_complete", "COMP_WORDS": words}
    env |= {"COMP_CWORD": str(len(words.split(" ")) - 1)}
    done = subprocess.run([sys.executable, "-c", _PROGRAM], env=env, capture_output=True, text=True, check=False)
    assert done.stderr == "[]\n"
    return [line.partition(",")[2] for line in done.stdout.splitlines()]


_PROGRAM = """
import sys
sys.argv = ["derive"]
from derive.cli import main
try: main(prog_name="derive")
except SystemExit: print([m for m in ("sympy", "numpy", "flint") if m in sys.modules], file=sys.stderr)
"""


@pytest.mark.parametrize(
    ("words", "wanted"),
    [
        ("derive ve", ["verify"]),
        ("derive show logistic-s", [n for n in catalog.names() if n.startswith("logistic-s")]),
        ("derive fit hub", ["huber"]),
        ("derive fit linear data.csv --meth", ["--method"]),
        ("derive plot surf", ["surface"]),
        ("derive completion z", ["zsh"]),
    ],
)
def test_completion(words: str, wanted: list[str]) -> None:
    """Commands, options, losses and pictures complete, without SymPy, NumPy or FLINT."""
    found = completed(words)
    assert set(wanted) <= set(found)
    assert all(name.startswith(words.rsplit(" ", maxsplit=1)[-1]) for name in found)


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_completion_script(shell: str) -> None:
    """The script asks the program; where the shell is installed, it reads it without a complaint."""
    script = run("completion", shell).stdout
    assert f"_DERIVE_COMPLETE={shell}_complete" in script
    if path := shutil.which(shell):
        done = subprocess.run([path, "-n"], input=script, capture_output=True, text=True, check=False)
        assert (done.returncode, done.stderr) == (0, "")
    assert "'bash', 'zsh', 'fish'" in run("completion", "tcsh").stderr
    assert ROOT.is_dir()
