"""Workers: whatever an objective does, the other claims finish, in their order, and nothing is left running."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest

from derive.errors import DeriveError
from derive.suite import inside, loading, process
from derive.suite.item import Item, Outcome
from derive.suite.runner import Interrupted, Limits, Workers, listed, run
from derive.suite.targets import items_of

ROOT = Path(__file__).parents[2]
GOOD = """
def good(y_true, y_pred):
    return y_pred - y_true, 1.0 + 0*y_pred
"""
#: what the body of an objective does -> what is said of it
HOSTILE = {
    "hangs": ("while True: pass", "unknown", "not decided within"),
    "sleeps": ("import time; time.sleep(3600)", "unknown", "not decided within"),
    "ignores": (
        "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); time.sleep(3600)",
        "unknown",
        "not decided within",
    ),
    "leaves": ("import os; os._exit(0)", "unknown", "ended without an answer (exit code 0)"),
    "exits": ("import sys; sys.exit('good bye')", "unknown", "exit code 1"),
    "killed": ("import os, signal; os.kill(os.getpid(), signal.SIGKILL)", "unknown", "the worker was killed"),
    "crashes": ("import os, signal; os.kill(os.getpid(), signal.SIGSEGV)", "unknown", "SIGSEGV"),
    "eats": ("x = []\n    while True: x.append(bytearray(2**24))", "unknown", "256 MiB"),
    "closes": ("import os; os.closerange(0, 100)", "unknown", "the worker"),
}
#: what only the limit of time ends; the others have more time than a busy machine needs
ENDLESS = ("hangs", "sleeps", "ignores")
RAISES = "raise KeyError('no such label')"
QUIET = {
    "prints": "import sys\n    for _ in range(200): print('x'*50000); sys.stderr.write('y'*10000)",
    "reads": "assert __import__('sys').stdin.read() == ''",
    "forks": "import os, time\n    if os.fork() == 0:\n        time.sleep(3600)",
    "copies": "import os\n    if not hasattr(os, 'once'):\n        os.once = True\n        os.fork()",
}


def written(folder: Path, name: str, body: str, *, at_import: bool = False) -> Item:
    """An objective that does something before it answers as it should, or when its module is imported."""
    path = folder / f"{name}.py"
    if at_import:
        path.write_text("if True:\n    " + body + "\n" + GOOD)
    else:
        path.write_text(GOOD.replace("):\n", f"):\n    {body}\n"))
    return Item(name, "objective", {"loss": "(z - y)**2/2", "library": "xgboost"}, objective=f"{path}::good")


FORMULAS = Item("formulas", "formulas", {"loss": "z**2", "gradient": "2*z", "wrt": "z", "dtypes": []})
LIMITS = Limits(timeout=8.0, memory=256)


@contextmanager
def nothing_left() -> Iterator[None]:
    """Every process that was started inside, by whatever, has ended afterwards: each inherits a mark."""
    mark = f"DERIVE_TEST_MARK={uuid.uuid4()}"
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv(*mark.split("="))
        yield
    deadline = time.monotonic() + 20
    while alive(mark) and time.monotonic() < deadline:
        time.sleep(0.1)  # what was killed needs a moment to be gone
    assert alive(mark) == []


def alive(mark: str) -> list[str]:
    """The processes with this mark in their environment, but this one."""
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            if mark.encode() in (folder / "environ").read_bytes() and folder.name != str(os.getpid()):
                found.append((folder / "cmdline").read_text())
    return [command for command in found if command]  # one that has ended and was not waited for has none


@pytest.fixture(scope="module")
def hostile(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Outcome]:
    """Four at a time, between claims that are fine; afterwards nothing of them is left."""
    folder = tmp_path_factory.mktemp("hostile")
    items = [written(folder, name, body) for name, (body, _, _) in HOSTILE.items()]
    items += [written(folder, name, body) for name, body in QUIET.items()]
    items += [
        written(folder, "raises", RAISES),
        written(folder, "import_exits", "import os; os._exit(3)", at_import=True),
        FORMULAS,
    ]
    endless = [item for item in items if item.name in ENDLESS]
    others = [item for item in items if item.name not in ENDLESS]
    with nothing_left():
        outcomes = [*run(endless, jobs=4, limits=Limits(1.0, 256)), *run(others, jobs=4, limits=Limits(30.0, 256))]
    assert [o.item for o in outcomes] == [*endless, *others]
    return {o.item.name: o for o in outcomes}


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_objectives_are_only_their_own_problem(hostile: dict[str, Outcome], name: str) -> None:
    """One that hangs, exits, is killed, crashes or eats memory has its outcome, with the reason; it never proves."""
    _, status, says = HOSTILE[name]
    assert (hostile[name].status, hostile[name].report) == (status, None)
    assert says in hostile[name].reason


@pytest.mark.parametrize("name", QUIET)
def test_odd_objectives_are_checked_all_the_same(hostile: dict[str, Outcome], name: str) -> None:
    """Printing megabytes, reading from the terminal and starting processes change no answer."""
    assert hostile[name].status == "proved", hostile[name].reason


def test_the_others_finish(hostile: dict[str, Outcome]) -> None:
    """A module that ends the process when it is imported is as little a problem; formulas are decided meanwhile."""
    assert "exit code 3" in hostile["import_exits"].reason
    assert hostile["formulas"].status == "proved"
    assert len(hostile["prints"].printed) < 100_000
    assert hostile["prints"].printed.endswith("y")


def test_one_that_raises_is_not_proved(hostile: dict[str, Outcome]) -> None:
    """An objective that raises proves nothing; the exception is named."""
    assert hostile["raises"].status in ("unknown", "error")
    assert "KeyError" in f"{hostile['raises'].reason} {hostile['raises'].report}"


def test_what_cannot_be_loaded_is_an_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A module that fails, a name that is not there and keywords that make no sense say so, with the line."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "fails.py").write_text("x = 1\ny = x/0\n")
    (tmp_path / "fine.py").write_text("from math import *\n" + GOOD)
    items = [
        Item("a", "objective", objective=f"{tmp_path / 'fails.py'}::f"),
        Item("b", "objective", objective=f"{tmp_path / 'fine.py'}::god"),
        Item("c", "objective", objective="no_such_module:f"),
        Item("d", "objective", {"loss": "lgo(z)", "library": "xgboost"}, objective="fine:good"),
        Item("e", "formulas", {"loss": "z"}),
    ]
    reasons = [(o.status, o.reason) for o in run(items)]
    assert {status for status, _ in reasons} == {"error"}
    expected = [
        "ZeroDivisionError: division by zero",
        "did you mean 'good'?",
        "no module",
        "'log'?",
        "nothing is claimed",
    ]
    assert [text for text, (_, said) in zip(expected, reasons, strict=True) if text not in said] == []
    assert "fails.py, line 2" in reasons[0][1]


def test_packages_are_imported_as_packages(tmp_path: Path) -> None:
    """An objective in a package may import its neighbours with relative imports."""
    folder = tmp_path / "boosting"
    folder.mkdir()
    (folder / "__init__.py").write_text("")
    (folder / "parts.py").write_text("def residual(a, b): return b - a\n")
    (folder / "losses.py").write_text("from .parts import residual\ndef f(a, b): return residual(a, b), 1 + 0*b\n")
    item = Item("f", "objective", {"loss": "(z - y)**2/2", "library": "xgboost"}, objective=f"{folder}/losses.py::f")
    (outcome,) = run([item])
    assert outcome.status == "proved", outcome.reason
    assert outcome.place("gradient")[1] == 2


def test_the_order_is_that_of_the_items(tmp_path: Path) -> None:
    """However many lanes there are, and however long each takes; `stop` leaves out what was not begun."""
    slow = Item("slow", "formulas", {"loss": "abs(z)*exp(z)", "gradient": "abs(z)*exp(z)", "wrt": "z"})
    items = [slow, *(Item(str(n), "formulas", {"loss": "z", "gradient": f"{n}", "dtypes": []}) for n in range(6))]
    told: list[str] = []
    outcomes = run(items, jobs=3, progress=lambda o: told.append(o.item.name))
    assert [o.item.name for o in outcomes] == [i.name for i in items]
    assert sorted(told) == sorted(i.name for i in items)
    assert [o.status for o in outcomes][1:] == ["refuted", "proved", *["refuted"] * 4]
    stopped = run(items[1:], stop=lambda o: o.status == "proved")
    assert [o.item.name for o in stopped] == ["0", "1"]


def test_a_worker_that_is_killed_is_replaced() -> None:
    """The claim it had is undecided, and the next one gets a new worker."""
    hard = Item("hard", "formulas", {"loss": "sin(z)", "gradient": "cos(z)", "wrt": "z"})
    with Workers(Limits(timeout=30)) as workers:
        assert workers.check(FORMULAS).status == "proved"
        first = workers.shared
        assert first is not None
        killer = threading.Timer(0.0, os.kill, (first.process.pid, signal.SIGKILL))
        killer.start()
        killer.join()
        lost = workers.check(hard)
        assert lost.status == "proved" or "killed" in lost.reason
        assert workers.check(FORMULAS).status == "proved"
        assert workers.shared is not first


def test_time_and_memory_of_formulas_are_limited() -> None:
    """A claim has its own time limit; the next one is decided all the same."""
    hard = Item("hard", "formulas", dict(FORMULAS.keywords), timeout=0.001)
    outcomes = run([hard, FORMULAS, Item("more", "formulas", FORMULAS.keywords)], limits=Limits(memory=1500))
    assert [o.status for o in outcomes] == ["unknown", "proved", "proved"]
    assert "0.001 seconds" in outcomes[0].reason
    (outcome,) = run([FORMULAS], limits=Limits(memory=20))
    assert outcome.status == "unknown"


def test_interrupted() -> None:
    """Ctrl-C ends all workers at once and keeps what is known so far."""

    def interrupt(outcome: Outcome) -> None:
        raise KeyboardInterrupt

    items = [FORMULAS, *(Item(str(n), "formulas", {"loss": "z", "gradient": "1"}) for n in range(20))]
    begin = time.monotonic()
    with nothing_left(), pytest.raises(Interrupted) as caught:
        run(items, jobs=2, progress=interrupt)
    assert len(caught.value.outcomes) == 1
    assert time.monotonic() - begin < 30


def test_what_was_just_beginning_is_ended(tmp_path: Path) -> None:
    """A worker whose lane was closed while it began does not go on until its time is up: Ctrl-C does not wait."""
    lane = Workers(Limits(timeout=15.0))
    lane.close()
    with nothing_left():
        outcome = lane.check(written(tmp_path, "sleeps", HOSTILE["sleeps"][0]))
    assert (outcome.status, outcome.report) == ("unknown", None)
    assert "not decided within" not in outcome.reason


def test_a_module_lists_its_functions(tmp_path: Path) -> None:
    """What is decorated in a loop is found by importing the module in a worker; one that fails is an error."""
    path = tmp_path / "made.py"
    path.write_text(
        "from derive.objective import claim\n"
        "def make(c):\n    @claim(loss='z**2')\n    def f(a, b): return 2*b, 2 + 0*b\n    return f\n"
        "one, two = make(1), make(2)\n"
    )
    assert listed(path) == {"one": 3, "two": 3}
    assert [i.name.partition("::")[2] for i in items_of([str(path)])] == ["one", "two"]
    for text, says in (("import os; os._exit(0)", "exit code 0"), ("1/0", "ZeroDivisionError")):
        path.write_text(text)
        with pytest.raises(DeriveError, match=says):
            listed(path)


def test_a_worker_ends_with_its_caller() -> None:
    """Where the caller is killed, its workers do not stay: idle ones read the end of their requests."""
    code = (
        "import time\nfrom derive.suite.process import Process\n"
        "p = Process('derive.suite.inside', memory=512)\nprint(p.process.pid, flush=True)\ntime.sleep(60)\n"
    )
    caller = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True, cwd=ROOT)
    with caller:
        pid = int((caller.stdout.readline() if caller.stdout else "0").strip())
        caller.kill()
    deadline = time.monotonic() + 20
    while Path(f"/proc/{pid}").exists() and time.monotonic() < deadline:
        time.sleep(0.1)
    assert not Path(f"/proc/{pid}").exists()


def test_answers_that_are_none(monkeypatch: pytest.MonkeyPatch) -> None:
    """An answer that is no report, or no JSON at all, proves nothing."""
    assert process._decoded(b"[1]") is None
    assert process._decoded(b"{") is None
    monkeypatch.setattr(process.Process, "ask", lambda *a: {"result": {"report": {}, "replayed": False, "cached": ""}})
    with Workers() as workers:
        assert workers.check(FORMULAS).status == "unknown"


def test_only_what_is_offered_is_called() -> None:
    """The functions of a worker are those of its table, and the user's objects are found by name, not evaluated."""
    assert set(inside.FUNCTIONS) == {"check", "listed"}
    with pytest.raises(DeriveError, match="no module"):
        loading.objective("__import__('os'):system")
