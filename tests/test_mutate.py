"""`derive mutate`: which standard mistakes are seeded, how the command is run, and that nothing is left behind."""

from __future__ import annotations

import ast
import json
import os
import signal
import subprocess
import sys
import tempfile
import textwrap
import time
from pathlib import Path

import pytest
from click.testing import CliRunner
from hypothesis import given, settings
from hypothesis import strategies as st

from derive.cli import main
from derive.errors import DeriveError
from derive.mutate import KINDS, mutate, table
from derive.mutate.mutants import mutants
from derive.mutate.project import find
from derive.mutate.source import Source, split
from tests.shared import examples

OBJECTIVE = '''\
"""An objective."""


def squared(preds, labels, weight):
    """Half the square."""
    r = preds - labels
    grad = weight * r   # keep this comment
    return grad, weight


def other(x):
    return x - 1
'''
CHECK = """\
import sys
from objectives import squared
grad, hess = squared(3.0, 0.25, 2.0)
sys.exit(grad != 5.5{more})
"""


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project whose check looks at the gradient only."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "pyproject.toml").touch()
    (tmp_path / "objectives.py").write_text(OBJECTIVE)
    (tmp_path / "check.py").write_text(CHECK.format(more=""))
    return tmp_path


def found(text: str, name: str = "f") -> list[tuple[str, str]]:
    """The kinds of the mutants of a function, and the text of the function in each."""
    folder = Path(tempfile.mkdtemp())
    file = folder / "o.py"
    file.write_text(textwrap.dedent(text))
    return [(m.kind, m.text) for m in mutants(Source(file, name), name)]


COMMAND = [sys.executable, "check.py"]


# -- which mistakes

SEEDED = [
    ("sign", "def f(p, y):\n    return p - y", "return p + y"),
    ("sign", "def f(p, y):\n    return p - y", "return y - p"),
    ("sign", "def f(p, y):\n    return p - y", "return -(p - y)"),
    ("sign", "def f(z):\n    return 1 / (1 + exp(-z))", "exp(z)"),
    ("sign", "def f(z):\n    g = 0\n    g += z\n    return g", "g -= z"),
    ("factor", "def f(z):\n    return 2 * z", "return z"),
    ("factor", "def f(z):\n    return z / 2", "return z"),
    ("factor", "def f(z):\n    return z", "return 0.5 * z"),
    ("term", "def f(a, b):\n    return a + b", "return b"),
    ("term", "def f(a, b):\n    return a - b", "return -b"),
    ("chain", "def f(a, b):\n    return a * b", "return b"),
    ("p(1-p)", "def f(p):\n    return p * (1 - p)", "return p * 0 + 1"),
    ("p(1-p)", "def f(p, y):\n    return (p - y) * p * (1 - p)", "return p - y"),
    ("power", "def f(a, b):\n    return (1 - a) ** b", "(1 - a) ** (b - 1)"),
    ("weight", "def f(r, w):\n    return w * r", "return r"),
    ("weight", "def f(r, weight):\n    r *= weight\n    return r", "pass"),
    ("upstream", "def f(ctx, grad_output):\n    return grad_output * ctx.s", "return ctx.s"),
    ("branch", "def f(r):\n    return where(abs(r) < 1, r, 1)", "abs(r) >= 1"),
    ("branch", "def f(r):\n    return where(abs(r) < 1, r, 1)", "abs(r) <= 1"),
    ("branch", "def f(r):\n    return where(abs(r) < 1, r, 1)", "abs(r) < 2 * 1"),
    ("branch", "def f(r, m):\n    return np.where(m, r, 1)", "np.where(m, 1, r)"),
    ("branch", "def f(r, d):\n    r[r > d] = d\n    return r", "pass"),
    ("tail", "def f(p):\n    return np.clip(p, 0, 1)", "return p"),
    ("tail", "def f(z):\n    return z", "z = (abs(z + 10) - abs(z - 10)) / 2"),
    ("label", "def f(z, y):\n    return z - y", "y = 1 - y"),
    ("label", "def f(z, y):\n    return z - y", "y = 2 * y - 1"),
    ("label", "def f(z, y):\n    return z - y", "y, z = z, y"),
    ("label", "def f(z, d):\n    return z - d.get_label()", "z - (1 - d.get_label())"),
    ("label", "def f(a, targets):\n    return a[0] - targets[0]", "(1 - targets[0])"),
    ("label", "def f(res, g):\n    z, y = res\n    return g * y", "y = 1 - y"),
    ("index", "def f(x):\n    return x[0]", "return x[1]"),
    ("index", "def f(x):\n    return x.sum(axis=1)", "axis=0"),
    ("index", "def f(x):\n    return x.reshape(2, order='F')", "order='C'"),
    ("index", "def f(x):\n    return x", "return x[::-1]"),
    ("swap", "def f(g, h):\n    return g, h", "return h, g"),
    ("swap", "def f(a):\n    out = []\n    out.append((a, 1))\n    return out", "out.append((1, a))"),
]


@pytest.mark.parametrize(("kind", "text", "wanted"), SEEDED)
def test_the_standard_mistakes_are_seeded(kind: str, text: str, wanted: str) -> None:
    """Each kind of mistake is made where a person would make it."""
    made = found(text)
    assert any(k == kind and wanted in t for k, t in made), made


def test_every_kind_is_in_the_table() -> None:
    """No kind of mistake is without a test."""
    assert {kind for kind, _, _ in SEEDED} == set(KINDS)


LEFT = [
    'def f(q):\n    raise ValueError(f"{q - 1} is bad" + "!")',
    "def f(q, n=2 - 1):\n    print(q - 1)\n    return None",
    'def f(q):\n    """q - 1"""\n    assert q - 1',
]


@pytest.mark.parametrize("text", LEFT)
def test_messages_defaults_and_docstrings_are_left_alone(text: str) -> None:
    """What is no formula has no mistake in it that a test of the objective should find."""
    with pytest.raises(DeriveError, match="no formula"):
        found(text)


def test_formatting_elsewhere_stays() -> None:
    """Only what is changed changes: comments, blanks and the other functions are as they were."""
    for _, text in found(OBJECTIVE, "squared"):
        assert "return x - 1" in text
        changed = [a for a, b in zip(OBJECTIVE.splitlines(), text.splitlines(), strict=False) if a != b]
        assert text.count("\n") - OBJECTIVE.count("\n") in {0, 1}
        assert text.count("\n") > OBJECTIVE.count("\n") or len(changed) == 1


def test_ends_of_lines_and_letters_of_other_alphabets_stay(tmp_path: Path) -> None:
    """Windows' ends of lines, and names and comments beyond ASCII before the change."""
    file = tmp_path / "o.py"
    file.write_bytes("def f(μ, y):\r\n    # größer\r\n    return μ - y  # ∂\r\n".encode())
    texts = [m.text for m in mutants(Source(file, "f"), "f")]
    assert "def f(μ, y):\r\n    # größer\r\n    return μ + y  # ∂\r\n" in texts


NAMES = st.sampled_from(["a", "b", "p", "1", "2.5", "f(a)", "a[0]"])
EXPRESSIONS = st.recursive(
    NAMES,
    lambda inner: st.one_of(
        st.tuples(inner, st.sampled_from(["+", "-", "*", "/", "**", "<", "@"]), inner).map(
            lambda t: f"({t[0]}) {t[1]} ({t[2]})"
        ),
        st.tuples(inner, st.sampled_from(["+", "-", "*"]), NAMES).map(" ".join),
        inner.map(lambda x: f"-({x})"),
        inner.map(lambda x: f"({x}).sum()"),
        st.tuples(NAMES, inner, inner).map(lambda t: f"({t[0]} if {t[1]} else {t[2]})"),
    ),
    max_leaves=8,
)


@settings(max_examples=examples(80, 40), deadline=None)
@given(EXPRESSIONS)
def test_what_is_swapped_stays_together(expression: str) -> None:
    """Brackets are set where they are needed: a sign, a term or a factor changes there and nowhere else."""
    text = f"def f(a, b, p):\n    return {expression}\n"
    original = ast.parse(text)
    try:
        made = found(text)
    except DeriveError:
        return
    for kind, mutant in made:
        if kind in {"sign", "term", "factor", "chain"} and mutant.count("\n") == text.count("\n"):
            assert _distance(original, ast.parse(mutant)) <= 1, (text, mutant)


def _distance(a: ast.AST, b: ast.AST) -> int:
    """How many of the smallest parts that differ there are: 1 where a single node was replaced."""
    if ast.dump(a) == ast.dump(b):
        return 0
    pairs = list(zip(ast.iter_child_nodes(a), ast.iter_child_nodes(b), strict=False))
    alike = type(a) is type(b) and len(list(ast.iter_child_nodes(a))) == len(list(ast.iter_child_nodes(b)))
    found_below = sum(_distance(x, y) for x, y in pairs) if alike else 2
    return min(1, found_below) if found_below != 1 else 1


# -- running the command


def test_what_is_caught_and_what_survives(project: Path) -> None:
    """A check of the gradient catches its mistakes; those of the Hessian survive, and are shown as diffs."""
    score = mutate("objectives.py::squared", COMMAND, jobs=2)
    survived = {o.mutant.says for o in score.of("survived")}
    assert survived == {
        "the Hessian negated: -weight",
        "the Hessian times 2",
        "the Hessian times 0.5",
        "preds kept within ±10",
    }
    assert (score.ok, score.caught) == (False, score.counted - 4)
    shown = table.text(score)
    assert "-    return grad, weight\n+    return grad, -weight\n" in shown
    assert f"{score.caught} of {score.counted} caught: score" in shown
    assert (project / "objectives.py").read_text() == OBJECTIVE


def test_a_complete_check_catches_all(project: Path) -> None:
    """Exit code 0, and nothing survives, where the check looks at everything."""
    more = " or hess != 2.0 or squared(30.0, 1.0, 2.0)[0] != 58.0"
    (project / "check.py").write_text(CHECK.format(more=more))
    done = CliRunner().invoke(main, ["mutate", "objectives.py::squared", "--", *COMMAND])
    assert done.exit_code == 0, done.output
    assert "score 100 %" in done.output


def test_json(project: Path) -> None:
    """The answer for programs, in a file; exit code 1 where something survived."""
    said = ["mutate", "objectives.py::squared", "--only", "factor", "--format", "json", "--output", "o.json"]
    done = CliRunner().invoke(main, [*said, "--", *COMMAND])
    assert done.exit_code == 1, done.output
    answer = json.loads((project / "o.json").read_text())
    assert answer["counted"] == len(answer["mutants"]) == 4
    assert {m["kind"] for m in answer["mutants"]} == {"factor"}
    assert [m["status"] for m in answer["mutants"]].count("survived") == 2
    assert all(m["diff"].startswith("--- a/objectives.py") for m in answer["mutants"])


def test_the_list_runs_nothing(project: Path) -> None:
    """--list shows the mutants with their lines; no command is needed."""
    done = CliRunner().invoke(main, ["mutate", "objectives.py::squared", "--list", "--only", "swap"])
    assert done.exit_code == 0
    assert done.output == "   1  line 8    swap     gradient and Hessian exchanged\n"


def test_a_command_that_hangs_is_caught_by_the_limit(project: Path) -> None:
    """A mutant under which the command does not end is counted as caught, and named."""
    (project / "check.py").write_text(
        "import time\nfrom objectives import squared\nwhile squared(3.0, 1.0, 2.0)[0] < 0: time.sleep(0.1)\n"
        "assert squared(3.0, 1.0, 2.0)[1] == 2.0 and squared(3., 1., 2.)[0] == 4.\n"
    )
    score = mutate("objectives.py::squared", COMMAND, only=["sign"], timeout=2)
    late = score.of("timeout")
    assert late
    assert score.caught == score.counted
    assert "by the time limit of 2 s" in table.summary(score)


BAD = [
    (["nothing.py::f", "--", "true"], "there is no file 'nothing.py'"),
    (["objectives.py::square", "--", "true"], "it has squared"),
    (["objectives.py::squared"], "say the command"),
    (["objectives.py::squared", "--", "no-such-command"], "cannot run 'no-such-command'"),
    (["objectives.py::squared", "--only", "signs", "--", "true"], "is not one of sign"),
    (["objectives.py::squared", "--", sys.executable, "-c", "print('x' * 5); raise SystemExit(3)"], "exit code 3"),
    (["objectives.py::squared", "--", sys.executable, "-c", "pass"], "it never calls it"),
    (["objectives.py::other-x", "--", "true"], "is not a name"),
]


@pytest.mark.parametrize(("said", "message"), BAD)
def test_bad_use_says_what_to_do(project: Path, said: list[str], message: str) -> None:
    """Exit code 2 and a message; a command that fails without a mistake, or never calls the target, is one of these."""
    done = CliRunner().invoke(main, ["mutate", *said])
    assert done.exit_code == 2, done.output
    assert message in done.output
    assert "Traceback" not in done.output


def test_a_file_that_is_no_python(project: Path) -> None:
    """The line of the error."""
    (project / "objectives.py").write_text("def f(:\n")
    with pytest.raises(DeriveError, match="line 1: not Python"):
        mutate("objectives.py::f", COMMAND)


def test_an_installed_copy_does_not_hide_the_mutants(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The copy comes first also where PYTHONPATH leads to the project itself."""
    monkeypatch.setenv("PYTHONPATH", str(project))
    assert mutate("objectives.py::squared", COMMAND, only=["swap"]).ok


def test_paths_into_the_project_lead_into_the_copy(project: Path) -> None:
    """A command with the absolute path of the check runs the check in the copy."""
    assert mutate("objectives.py::squared", [sys.executable, str(project / "check.py")], only=["swap"]).ok


def test_methods_and_nested_functions(tmp_path: Path) -> None:
    """`Class.method`, a class, and a function inside another one."""
    file = tmp_path / "o.py"
    file.write_text(
        "class A:\n    def g(self, z, y):\n        return z - y\n\n"
        "def make():\n    def inner(x):\n        return 2 * x\n    return inner\n"
    )
    assert split(f"{file}::A.g")[1] == "A.g"
    by_name = {n: {m.line for m in mutants(Source(file, n), n)} for n in ("A.g", "A", "inner", "make", "")}
    assert by_name["A.g"] == by_name["A"] == {3}
    assert by_name["inner"] == {7}
    assert by_name["make"] == {7, 8}
    assert by_name[""] >= {3, 7}


def test_caches_and_environments_are_not_copied(tmp_path: Path) -> None:
    """Version control, caches and environments stay where they are; links stay links; the file is no link any more."""
    for name in (".git", "__pycache__", "env"):
        (tmp_path / name).mkdir()
    (tmp_path / "env" / "pyvenv.cfg").touch()
    (tmp_path / "real.py").write_text("x = 1\n")
    (tmp_path / "link.py").symlink_to("real.py")
    home = find(tmp_path / "real.py", tmp_path)
    home.copy(tmp_path.parent / "copy", "x = 2\n")
    assert sorted(p.name for p in (tmp_path.parent / "copy").iterdir()) == ["link.py", "real.py"]
    assert (tmp_path / "real.py").read_text() == "x = 1\n"
    assert (tmp_path.parent / "copy" / "link.py").read_text() == "x = 2\n"


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_an_interruption_leaves_nothing_behind(
    project: Path, tmp_path_factory: pytest.TempPathFactory, number: int
) -> None:
    """Ctrl-C while a command runs: it is ended with what it started, and the copies are removed."""
    scratch = tmp_path_factory.mktemp("scratch")
    (project / "check.py").write_text(
        "import os, subprocess, sys, time\nfrom objectives import squared\n"
        f"bad = squared(3.0, 1.0, 2.0)[0] != 4.0\nmark = {str(scratch / 'pid')!r}\n"
        "if bad and squared(3., 1., 2.)[0] == 2.0:\n"
        "    child = subprocess.Popen(['sleep', '60'])\n    open(mark, 'w').write(str(child.pid))\n    time.sleep(60)\n"
        "sys.exit(bad)\n"
    )
    command = [
        sys.executable,
        "-c",
        "from derive.cli import run; run()",
        "mutate",
        "objectives.py::squared",
        "--only",
        "weight",
    ]
    process = subprocess.Popen(
        [*command, "--", *COMMAND],
        cwd=project,
        env={**os.environ, "TMPDIR": str(scratch)},
        stderr=subprocess.PIPE,
        text=True,
    )
    deadline = time.monotonic() + 30
    while not (scratch / "pid").exists() or not (scratch / "pid").read_text():
        assert time.monotonic() < deadline
        time.sleep(0.05)
    process.send_signal(number)
    assert process.wait(20) == 130
    assert "interrupted" in process.communicate()[1]
    assert sorted(p.name for p in scratch.iterdir()) == ["pid"]
    child = int((scratch / "pid").read_text())
    state = Path(f"/proc/{child}/stat")
    assert not state.exists() or state.read_text().split()[2] == "Z"


# -- equivalent mutants

HUBER = """\
import numpy as np


def huber(preds, dtrain, delta=1.0):
    r = preds - dtrain.get_label()
    grad = np.where(np.abs(r) <= delta, r, delta * np.sign(r))
    if delta < 0:
        grad = grad - 1
    return grad, np.ones_like(r)
"""


def test_equivalent_mutants_are_named_and_not_counted(project: Path) -> None:
    """At the bound both branches of Huber's gradient are equal: `<` for `<=` is no mistake, and that is proved."""
    (project / "objectives.py").write_text(HUBER)
    (project / "check.py").write_text(
        "import numpy as np\nfrom objectives import huber\n"
        "class D:\n    def get_label(self): return np.zeros(4)\n"
        "g, h = huber(np.array([0.5, 3.0, -0.25, -2.0]), D())\n"
        "assert g.tolist() == [0.5, 1.0, -0.25, -1.0] and h.tolist() == [1.0] * 4\n"
    )
    score = mutate("objectives.py::huber", COMMAND, only=["branch"])
    assert [o.mutant.says for o in score.of("equivalent")] == ["np.abs(r) <= delta → np.abs(r) < delta"]
    assert "1 proved equivalent, not counted" in table.summary(score)
    assert "delta < 0 → delta <= 0" in {o.mutant.says for o in score.of("survived")}
