"""The pytest plugin: claims are tests like any other, undecided ones never pass, and other projects pay nothing."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from functools import cache
from pathlib import Path
from xml.etree import ElementTree

import pytest

from derive import pytest_plugin
from derive.check import check
from derive.decorator import claim
from derive.errors import DeriveError
from derive.report import Report
from derive.suite.item import Item, Outcome
from derive.suite.runner import Workers
from derive.suite.targets import items_in_file

#: right; wrong; right but failing in floating point; undecided; unreadable
CLAIMS = """
[defaults]
wrt = "z"
dtypes = ["float64"]

[[claim]]
name = "right"
loss = "z**2"
gradient = "2*z"

[[claim]]
name = "the sign"
loss = "softplus(z) - y*z"
gradient = "y - sigmoid(z)"

[[claim]]
name = "overflow"
loss = "log(1 + exp(z))"
gradient = "sigmoid(z)"

[[claim]]
name = "undecided"
loss = "abs(sin(z) + sin(sqrt(2)*z) + sin(sqrt(3)*z) + 3)"
gradient = "cos(z) + sqrt(2)*cos(sqrt(2)*z) + sqrt(3)*cos(sqrt(3)*z)"

[[claim]]
name = "unreadable"
loss = "z**"
gradient = "1"
"""
TWO = CLAIMS[: CLAIMS.index('[[claim]]\nname = "overflow"')]


class InThisProcess(Workers):
    """Decides claims here, as a process of their own takes seconds to start; the real runs below have real workers."""

    def check(self, item: Item) -> Outcome:
        """The outcome of a claim of formulas."""
        said = answer(json.dumps(item.keywords))
        if isinstance(said, str):
            return Outcome(item, "error", reason=said)
        return Outcome(item, said.status, said)


@cache
def answer(text: str) -> Report | str:
    """The report on a claim, or the error."""
    try:
        return check(**json.loads(text))
    except DeriveError as error:
        return str(error)


@pytest.fixture(autouse=True)
def workers(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each claim is proved anew; runs in this process have no workers."""
    assert answer('{"loss": "z", "gradient": "1", "wrt": "z"}')  # a run in this process forgets what it imports
    assert items_in_file
    monkeypatch.setenv("DERIVE_CACHE", "off")
    monkeypatch.setattr("derive.suite.runner.Workers", InThisProcess)


def run(pytester: pytest.Pytester, *options: str) -> pytest.RunResult:
    """A run in this process, without what a plugin of others imports anew for each run."""
    return pytester.runpytest_inprocess("-p", "no:hypothesispytest", *options)


def real(folder: Path, *options: str) -> subprocess.CompletedProcess[str]:
    """`python -m pytest` as a user runs it."""
    command = [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", "-p", "no:hypothesispytest"]
    environment = {k: v for k, v in os.environ.items() if not k.startswith("PYTEST")}
    return subprocess.run(
        [*command, *options], cwd=folder, capture_output=True, text=True, check=False, env=environment
    )


# -- what comes out


def test_each_claim_is_a_test(pytester: pytest.Pytester) -> None:
    """Proved claims pass, others fail: refuted, undecided and unreadable ones, each with its own reason and place."""
    pytester.makefile(".toml", derive=CLAIMS)
    result = run(pytester, "-v")
    result.assert_outcomes(passed=2, failed=3)
    result.stdout.fnmatch_lines([
        "derive.toml::right PASSED*",
        "derive.toml::the sign FAILED*",
        "derive.toml::overflow PASSED*",
        "derive.toml::undecided FAILED*",
        "derive.toml::unreadable FAILED*",
        "refuted: the gradient is wrong; d/dz: it is minus the derivative*",
        "derive.toml:13: The sign is wrong [[]sign]",
        "  d/dz: it is minus the derivative*; at y = -1/2, z = 1/3 the right value is 1.08*, the claimed one -1.08*",
        "  Right for d/dz: sigmoid(z) - y (NumPy: special.expit(z) - y)",
        "unknown: not decided*",
        "derive.toml:23: Not decided [[]unknown]",
        "error: loss: column 4*",
        "derive.toml:27: The claim cannot be read [[]bad-claim]",
        "*derive: proved, with findings*",
        "derive.toml::overflow",
        "derive.toml:17: Fails in floating point: overflow [[]floating-point-overflow]",
        "FAILED derive.toml::the sign - refuted: the gradient is wrong*",
    ])
    assert "Traceback" not in result.stdout.str()


def test_the_policy(pytester: pytest.Pytester) -> None:
    """What is undecided never passes, whatever the policy: it is an expected failure. Findings can fail the build."""
    pytester.makefile(".toml", derive=CLAIMS)
    wanted = ("-k", "undecided or overflow")
    result = run(pytester, *wanted, "--derive-policy", "unknown=warn", "--derive-policy=findings=fail")
    result.assert_outcomes(xfailed=1, failed=1, deselected=3)
    result = run(pytester, *wanted, "--derive-policy=unknown=ignore,findings=ignore", "-rx")
    result.assert_outcomes(xfailed=1, passed=1, deselected=3)
    result.stdout.fnmatch_lines(["XFAIL derive.toml::undecided - not decided*"])
    result.stdout.no_fnmatch_line("*proved, with findings*")


@pytest.mark.parametrize(
    ("option", "says"),
    [
        ("--derive-policy=unknwn=warn", "*--derive-policy: policy: 'unknwn' is not known; did you mean 'unknown'?*"),
        ("--derive-policy=unknown=green", "*'green'*fail, warn, ignore*"),
        ("--derive-timeout=0", "*--derive-timeout: from 0.1 to 3600 seconds*"),
    ],
)
def test_wrong_options(pytester: pytest.Pytester, option: str, says: str) -> None:
    """A wrong option is an error before anything is run, in a project without claims too."""
    result = run(pytester, option)
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines([says])


# -- collection


@pytest.mark.parametrize(
    ("options", "selected"),
    [
        (["derive.toml::the sign"], ["the sign"]),
        (["-k", "sign"], ["the sign"]),
        (["-k", "not sign"], ["right", "test_one"]),
        (["-m", "derive"], ["right", "the sign"]),
        (["-m", "not derive"], ["test_one"]),
        (["--no-derive"], ["test_one"]),
        (["-p", "no:derive"], ["test_one"]),
        (["derive.toml", "--deselect", "derive.toml::right"], ["the sign"]),
    ],
)
def test_selection(pytester: pytest.Pytester, options: list[str], selected: list[str]) -> None:
    """Node ids, -k, -m, --deselect, --no-derive and -p no:derive choose among claims as among tests."""
    pytester.makefile(".toml", derive=TWO)
    pytester.makepyfile("def test_one(): pass")
    result = run(pytester, "--collect-only", "-q", "--strict-markers", *options)
    found = [line.partition("::")[2] for line in result.outlines if "::" in line]
    assert sorted(found) == sorted(selected)


def test_claims_in_pyproject(pytester: pytest.Pytester) -> None:
    """`[tool.derive]` holds claims too; a pyproject.toml without it is none of our business."""
    pytester.makepyprojecttoml(
        TWO.replace("[defaults]", "[tool.derive.defaults]").replace("[[claim]]", "[[tool.derive.claim]]")
    )
    run(pytester).assert_outcomes(passed=1, failed=1)
    pytester.makepyprojecttoml("[tool.black]\nline-length = 'not a number # tool.derive'\n")
    assert run(pytester).ret == pytest.ExitCode.NO_TESTS_COLLECTED


def test_a_broken_claims_file(pytester: pytest.Pytester) -> None:
    """A file that cannot be read is an error of the collection, with its line, and not an empty success."""
    pytester.makefile(".toml", derive="[[claim]]\nname = 'a'\nlos = 'z'\n")
    result = run(pytester)
    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines(["derive.toml, line 3: 'los' is not known; did you mean 'loss'?"])


def test_a_forgotten_claims_file(pytester: pytest.Pytester) -> None:
    """Where testpaths leave the claims file out, the header says so; where they name it, it is collected."""
    pytester.makefile(".toml", derive=TWO)
    pytester.makepyfile(**{"tests/test_x": "def test_one(): pass"})
    pytester.makeini("[pytest]\ntestpaths = tests")
    run(pytester).stdout.fnmatch_lines(["derive: derive.toml is not among the testpaths*"])
    pytester.makeini("[pytest]\ntestpaths = tests derive.toml")
    result = run(pytester)
    result.assert_outcomes(passed=2, failed=1)
    result.stdout.no_fnmatch_line("*not among the testpaths*")


def test_a_forgotten_objective(pytester: pytest.Pytester) -> None:
    """So it is with a decorated function outside of the testpaths; a module without one is no matter."""
    pytester.makepyfile(**{"tests/test_x": "def test_one(): pass", "plain": "import derive\nderive.prove('x', 'x')"})
    pytester.makeini("[pytest]\ntestpaths = tests")
    run(pytester).stdout.no_fnmatch_line("*not among the testpaths*")
    pytester.makepyfile(**{"package/mine": "import derive\n@derive.claim('z')\ndef f(y_true, y_pred):\n    pass"})
    run(pytester).stdout.fnmatch_lines(["derive: package/mine.py is not among the testpaths, *"])


# -- together with what else there is in pytest


def test_in_parallel_with_junit(pytester: pytest.Pytester) -> None:
    """A real run on two processes, with workers: the JUnit file has every claim with its status and its reason."""
    pytester.makefile(".toml", derive=CLAIMS)
    done = real(pytester.path, "-n", "2", "--junitxml=out.xml")
    assert done.returncode == 1, done.stdout + done.stderr
    assert "3 failed, 2 passed" in done.stdout
    assert "derive.toml:17: Fails in floating point: overflow" in done.stdout
    cases = {c.get("name"): c for c in ElementTree.parse(pytester.path / "out.xml").iter("testcase")}
    status = {n: c.find("properties/property[@name='derive_status']").get("value") for n, c in cases.items()}
    assert status == {
        "right": "proved",
        "the sign": "refuted",
        "overflow": "proved",
        "undecided": "unknown",
        "unreadable": "error",
    }
    failure = cases["the sign"].find("failure")
    assert "Right for d/dz: sigmoid(z) - y" in failure.text
    assert cases["the sign"].get("classname") == "derive.toml"


def test_last_failed(pytester: pytest.Pytester) -> None:
    """--lf runs what failed, and only that, until it is right."""
    pytester.makefile(".toml", derive=TWO)
    run(pytester).assert_outcomes(passed=1, failed=1)
    run(pytester, "--lf").assert_outcomes(failed=1)
    pytester.makefile(".toml", derive=TWO.replace("y - sigmoid(z)", "sigmoid(z) - y"))
    run(pytester, "--lf").assert_outcomes(passed=1)


def test_other_projects_pay_nothing(pytester: pytest.Pytester) -> None:
    """Without claims nothing but the plugin is imported, also where a file speaks of what we derive and claim."""
    pytester.makepyfile(
        test_a="# we derive and claim nothing\nimport collections\ndef test_one(): pass",
        conftest="""
            import sys
            def pytest_sessionfinish():
                ours = {m for m in sys.modules if m == "derive" or m.startswith("derive.")}
                heavy = {"sympy", "numpy", "flint", "click", "mpmath"} & set(sys.modules)
                print("IMPORTED", sorted(ours), sorted(heavy))
        """,
    )
    (pytester.path / "pyproject.toml").write_text("[tool.pytest.ini_options]\n")
    done = real(pytester.path, "-s")
    assert "1 passed" in done.stdout
    assert "IMPORTED ['derive', 'derive.pytest_plugin', 'derive.version'] []" in done.stdout


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        ("import derive\n@derive.claim\n", True),
        ("import numpy as np, derive as d\n@d.claim\n", True),
        ("from derive.objective import claim\n", True),
        ("import derive\n", False),
        ("import derived  # claim\n", False),
        ("# derive a claim\n", False),
        ('"""We claim what we derive."""\nimport os\n', False),
    ],
)
def test_the_quick_look(tmp_path: Path, text: str, answer: bool) -> None:
    """A Python file is looked at in earnest only where it imports the package and speaks of a claim."""
    (tmp_path / "x.py").write_text(text)
    assert pytest_plugin._may_hold_claims(tmp_path / "x.py") is answer
    for name in ("xderive.toml", "xpyproject.toml", "derive.txt"):
        (tmp_path / name).write_text("[tool.derive]")
        assert not pytest_plugin._may_hold_claims(tmp_path / name)


# -- objectives


def test_the_decorator_costs_nothing() -> None:
    """A function keeps its type and its speed, and code that is shipped with the decorator imports no prover."""

    def double(z: float) -> float:
        return 2 * z

    assert claim("z**2", wrt="z")(double) is double
    script = "import sys, derive; derive.claim('z'); print(*sorted(m for m in sys.modules if m.startswith('derive')))"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["derive", "derive.decorator", "derive.version"]


CODE = """
import os
import time

import derive
import numpy as np


@derive.claim("softplus(z) - y*z")
def log_loss(y_true, y_pred):
    p = 1 / (1 + np.exp(-y_pred))
    grad = {gradient}
    return grad, p * (1 - p)


@derive.claim("z**2")
def hangs(y_true, y_pred):
    time.sleep(1000)


@derive.claim("z**2")
def exits(y_true, y_pred):
    print("going")
    os._exit(0)
"""


def test_objectives_in_code(pytester: pytest.Pytester) -> None:
    """Real runs over objectives in two files: each has its line; those that hang or exit stop nothing."""
    (pytester.path / "objectives.py").write_text(CODE.replace("{gradient}", "y_true - p"))
    head = CODE.split('@derive.claim("z**2")', maxsplit=1)[0].replace("{gradient}", "p - y_true")
    (pytester.path / "test_own.py").write_text(head + "def test_one():\n    assert log_loss(0, 0)[0] == 0.5\n")
    done = real(pytester.path, "-v", "-k", "log_loss or test_one")
    assert "1 failed, 2 passed" in done.stdout, done.stdout + done.stderr
    assert "objectives.py:12: The sign is wrong [sign]" in done.stdout
    assert "test_own.py::log_loss PASSED" in done.stdout
    assert "test_own.py::test_one PASSED" in done.stdout
    done = real(pytester.path, "--derive-timeout=3", "-v", "-k", "hangs or exits")  # the others need time, these none
    assert "2 failed, 3 deselected" in done.stdout, done.stdout + done.stderr
    assert "Not decided within 3 seconds." in done.stdout
    assert "objectives.py:22: Not decided [unknown]" in done.stdout
    assert "FAILED objectives.py::exits" in done.stdout
