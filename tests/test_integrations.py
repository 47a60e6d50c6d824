"""The action for GitHub and the hook for pre-commit: their steps run in bash, and what they call is there."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import yaml
from click.testing import CliRunner

from derive.cli import main

ROOT = Path(__file__).parents[1]
ACTION = yaml.safe_load((ROOT / "action.yml").read_text(encoding="utf-8"))
WRONG = """
[[claim]]
name = "the sign"
loss = "softplus(z) - y*z"
gradient = "y - sigmoid(z)"
wrt = "z"
"""


def step(name: str) -> dict[str, Any]:
    """A shell step of the action."""
    return next(s for s in ACTION["runs"]["steps"] if s.get("name") == name)


def run(name: str, folder: Path, commands: dict[str, str], **inputs: str) -> subprocess.CompletedProcess[str]:
    """Run a step as GitHub's runner does: inputs in place, in bash with -e, with the programs of `commands`."""
    programs = folder / ".programs"
    programs.mkdir()
    for program, line in commands.items():
        (programs / program).write_text(f"#!/bin/sh\n{line}\n")
        (programs / program).chmod(0o755)
    given = {k: str(v.get("default", "")) for k, v in ACTION["inputs"].items()} | inputs
    said = {f"inputs.{k}": v for k, v in given.items()} | {"github.action_path": str(ROOT)}
    environment = {
        **os.environ,
        **{k: re.sub(r"\$\{\{ *(\S+) *\}\}", lambda m: said[m[1]], v) for k, v in step(name)["env"].items()},
        "PATH": f"{programs}{os.pathsep}{os.environ['PATH']}",
        "GITHUB_OUTPUT": str(folder / ".output"),
        "GITHUB_STEP_SUMMARY": str(folder / ".summary"),
        "DERIVE_CACHE": "off",
    }
    command = ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", step(name)["run"]]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False, env=environment)


def checked(folder: Path, **inputs: str) -> subprocess.CompletedProcess[str]:
    """The step that checks, with the checkout's program."""
    return run("Check the claims", folder, {"derive": f'exec "{sys.executable}" "{ROOT / "cli.py"}" "$@"'}, **inputs)


def test_the_action_annotates_a_wrong_gradient(tmp_path: Path) -> None:
    """The step fails with the exit code of the program, annotates the line, writes SARIF and summary."""
    (tmp_path / "my claims.toml").write_text(WRONG)
    done = checked(tmp_path, targets="my claims.toml\n", policy="unknown=warn", sarif="out.sarif")
    assert done.returncode == 1, done.stdout + done.stderr
    assert "::error file=my claims.toml,line=5,col=13,endColumn=26,title=The sign is wrong (sign)::" in done.stdout
    (result,) = [
        r for r in json.loads((tmp_path / "out.sarif").read_text())["runs"][0]["results"] if r["level"] == "error"
    ]
    assert result["ruleId"] == "sign"
    assert (tmp_path / ".output").read_text() == "exit-code=1\nsarif=out.sarif\n"
    assert "**1 refuted**" in (tmp_path / ".summary").read_text()


def test_the_action_passes_what_is_right(tmp_path: Path) -> None:
    """With the sign put right the step succeeds; nothing to check at all is bad input, and no success."""
    (tmp_path / "derive.toml").write_text(WRONG.replace("y - sigmoid(z)", "sigmoid(z) - y"))
    done = checked(tmp_path)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "::error" not in done.stdout
    assert (tmp_path / ".output").read_text().startswith("exit-code=0\n")


def test_the_action_without_claims(tmp_path: Path) -> None:
    """A repository without claims is bad input, so that a build that checks nothing is not green."""
    done = checked(tmp_path)
    assert done.returncode == 2
    assert "exit-code=2" in (tmp_path / ".output").read_text()


def test_the_action_installs_itself_and_what_is_required(tmp_path: Path) -> None:
    """pip gets the folder of the action and each requirement as an argument of its own."""
    done = run("Install derive", tmp_path, {"python": 'printf "%s\\n" "$@"'}, requirements="xgboost >= 2\n\nnumpy\n")
    assert done.stdout.splitlines() == ["-m", "pip", "install", "--quiet", str(ROOT), "xgboost >= 2", "numpy"]


def test_the_action_is_whole() -> None:
    """Each input is used, each step of shell names its shell, and no input is pasted into a script."""
    text = (ROOT / "action.yml").read_text(encoding="utf-8")
    assert all(f"inputs.{name}" in text for name in ACTION["inputs"])
    shell = [s for s in ACTION["runs"]["steps"] if "run" in s]
    assert len(shell) == 2
    assert all(s["shell"] == "bash" and "${{" not in s["run"] for s in shell)


def test_the_hook_calls_a_command_that_is_there() -> None:
    """The entry of the hook is a command of the program, and its files are those that can hold claims."""
    (hook,) = yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text(encoding="utf-8"))
    program, *arguments = hook["entry"].split()
    assert program == "derive"
    assert CliRunner().invoke(main, [*arguments, "--help"]).exit_code == 0
    assert (hook["id"], hook["language"], hook["pass_filenames"]) == ("derive-check", "python", False)
    wanted = ["derive.toml", "a/derive.toml", "pyproject.toml", "src/objectives.py"]
    assert [n for n in [*wanted, "derive.toml.bak", "README.md"] if re.search(hook["files"], n)] == wanted
