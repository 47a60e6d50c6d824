"""`derive check` on many claims: what it prints and writes, exit codes, the policy, and what it does with Ctrl-C."""

from __future__ import annotations

import json
import os
import pty
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from derive.certificate import Proved, Refuted, Unknown, Verdict, Witness
from derive.cli import checking, main
from derive.cli.check import check as command
from derive.errors import DeriveError
from derive.finding import Finding
from derive.report import ClaimVerdict, Component, Report, Source
from derive.suite import outputs
from derive.suite.item import Item, Outcome, shown
from derive.suite.outputs import Run, selected
from derive.suite.policy import Policy, exit_code
from derive.terms.term import sym
from tests.shared import few

ROOT = Path(__file__).parents[2]
VERDICTS: dict[str, Verdict] = {
    "proved": Proved("normal form"),
    "refuted": Refuted(Witness((("z", "1"),), "1", "2")),
    "unknown": Unknown("too hard"),
}
KINDS = {"proved": "exact", "refuted": "wrong", "unknown": "unknown"}
FOUND = Finding("nan", "float64", "z", "z > 9", (("z", "10"),), "nan", "1", None, "exp(z)", "overflows", serious=True)


def outcome(status: str, name: str = "", *, found: bool = False, strict: bool = False, how: str = "") -> Outcome:
    """An outcome with a small report."""
    item = Item(name or f"derive.toml::{status}", "formulas", file="derive.toml", line=3, lines={"gradient": 5})
    if status in ("late", "error"):
        return Outcome(item, "unknown" if status == "late" else "error", reason="not decided within 1 seconds")
    verdict = Unknown("numeric agreement at 9 points") if how == "probed" else VERDICTS[status]
    component = Component("d/dz", ("z",), sym("z"), verdict, KINDS[status])
    gradient = ClaimVerdict("gradient", "loss", (component,), KINDS[status])
    source = Source("derive.toml", 3, how=how, gradient_line=5)  # type: ignore[arg-type]
    report = Report(
        sym("z"), ("z",), {}, gradient, None, findings=(FOUND,) * found, strict_floating_point=strict, source=source
    )
    return Outcome(item, report.status, report)


# -- the policy


@pytest.mark.parametrize(
    ("made", "said", "code"),
    [
        (outcome("proved"), [], 0),
        (outcome("refuted"), [], 1),
        (outcome("refuted"), ["unknown=ignore,numeric-only=ignore,findings=ignore"], 1),
        (outcome("unknown"), [], 3),
        (outcome("late"), [], 3),
        (outcome("late"), ["unknown=warn"], 0),
        (outcome("unknown"), ["unknown=ignore"], 0),
        (outcome("unknown", how="probed"), [], 3),
        (outcome("unknown", how="probed"), ["unknown=ignore"], 3),
        (outcome("unknown", how="probed"), ["numeric_only=warn"], 0),
        (outcome("error"), ["unknown=ignore"], 2),
        (outcome("proved", found=True), [], 0),
        (outcome("proved", found=True), ["findings=fail"], 1),
        (outcome("proved", found=True), ["strict"], 1),
        (outcome("proved", found=True, strict=True), [], 1),
        (outcome("proved", found=True, strict=True), ["findings=ignore"], 1),
    ],
)
def test_the_policy_decides_what_fails(made: Outcome, said: list[str], code: int) -> None:
    """Undecided and numeric-only claims fail unless that is allowed; what is refuted or unreadable always does."""
    assert exit_code([made], Policy.of(said)) == code
    assert exit_code([made, outcome("proved")], Policy.of(said)) == code


def test_the_worst_comes_first() -> None:
    """Refuted before unreadable before undecided; and nothing at all is not proved."""
    every = [outcome(s) for s in ("proved", "unknown", "error", "refuted")]
    assert [exit_code(every[:n], Policy()) for n in range(5)] == [3, 0, 3, 2, 1]


def test_a_policy_that_is_not_known() -> None:
    """A misspelt policy is an error, never a lenient one."""
    for said, says in (
        ("unkown=warn", "did you mean 'unknown'?"),
        ("unknown=ok", "fail, warn, ignore"),
        ("x", "strict"),
    ):
        with pytest.raises(DeriveError, match=says.replace("?", r"\?")):
            Policy.of([said])


def test_a_claims_file_has_its_policy_and_the_command_line_the_last_word() -> None:
    """The policy of the file is for its claims; findings that fail are part of the claim, so they are found anew."""
    item = Item("a", "formulas", policy={"unknown": "warn", "findings": "fail"})
    late = Outcome(item, "unknown", reason="late")
    assert (Policy().level(late), Policy({"unknown": "fail"}).level(late)) == ("warn", "fail")
    assert Policy().applied(item).keywords == {"strict_floating_point": True}
    assert Policy({"findings": "warn"}).applied(item) == item


# -- outputs


RUN = Run(tuple(outcome(s) for s in ("proved", "refuted", "late", "error")), Policy(), 5, 1.25)


def test_lines_have_the_width_of_a_terminal() -> None:
    """A line for each claim, 80 columns however long its name is, and the end of the name is kept."""
    long = outcome("proved", f"{'folder/' * 20}objectives.py::focal", found=True)
    for made in (*RUN.outcomes, long):
        for verbose in (False, True):
            assert len(outputs.line(made, Policy(), verbose=verbose)) == 80
    assert "objectives.py::focal ... proved, 1 finding in floating point" in outputs.line(long, Policy())


def test_the_text_report() -> None:
    """Lines, the details of what fails with their place, and a summary that names what was not checked."""
    text = outputs.text(RUN)
    assert max(map(len, text.splitlines())) <= 80
    assert "derive.toml::refuted (derive.toml:3)\n  refuted: the gradient is wrong" in text
    assert "derive.toml::error (derive.toml:3)\n  error: not decided within 1 seconds" in text
    assert " ".join(text.split()).endswith(
        "5 claims: 1 refuted, 1 cannot be read, 1 not decided, 1 proved, 1 not checked; 1.2 s"
    )


def test_the_json_report() -> None:
    """Everything for machines: counts, the exit code, and for each claim its place, level and whole report."""
    body = json.loads(outputs.to_json(RUN))
    assert (body["exit_code"], body["claims"], body["counts"]["proved"]) == (1, 5, 1)
    second = body["outcomes"][1]
    assert (second["status"], second["level"], second["line"]) == ("refuted", "fail", 3)
    assert second["report"]["gradient"]["side"] == "gradient"


@pytest.mark.parametrize("form", outputs.FORMATS)
def test_every_format_has_something_to_say(form: str) -> None:
    """No format is silent about a run with failures."""
    assert outputs.FORMATS[form](RUN).strip()


@pytest.mark.parametrize(
    ("expression", "found"),
    [
        ("focal", "ab"),
        ("FOCAL", "ab"),
        ("not focal", "c"),
        ("focal and not xgb", "a"),
        ("huber or xgb", "bc"),
        ("no", ""),
    ],
)
def test_selection(expression: str, found: str) -> None:
    """-k selects by words in the name, with not, and, or."""
    names = {"a.py::focal": "a", "xgb.py::focal": "b", "c.py::huber": "c"}
    assert "".join(names[n] for n in selected(expression, list(names))) == found


def test_places_are_shown_from_here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Paths in messages start in the working folder where that is possible."""
    monkeypatch.chdir(tmp_path)
    assert shown(tmp_path / "a" / "b.py") == "a/b.py"
    assert shown(Path("/elsewhere/b.py")) == "/elsewhere/b.py"
    assert outcome("refuted").place("gradient") == ("derive.toml", 5)


# -- the command


CLAIMS = """
[[claim]]
name = "right"
loss = "z**2"
gradient = "2*z"
dtypes = ["float64"]
[[claim]]
name = "wrong"
loss = "z**2"
gradient = "z"
dtypes = ["float64"]
[[claim]]
name = "unreadable"
loss = "lgo(z)"
gradient = "1/z"
"""


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project with a claims file, and a cache of its own."""
    (tmp_path / "derive.toml").write_text(CLAIMS)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("DERIVE_CACHE", str(tmp_path / ".cache"))
    return tmp_path


def run(*args: str) -> Result:
    """Call `derive check` in this process."""
    return CliRunner().invoke(main, ["check", *args], prog_name="derive")


@pytest.mark.usefixtures("in_process")
def test_a_folder_of_claims(project: Path) -> None:
    """Without a target everything below the folder is checked; the second time what holds is replayed."""
    first = run("--output", "sarif=a.sarif", "--output", "markdown=a.md", "--output", "json=a.json")
    assert first.exit_code == 1, first.output
    assert "3 claims: 1 refuted, 1 cannot be read, 1 proved" in first.stdout
    assert json.loads((project / "a.sarif").read_text())["version"] == "2.1.0"
    assert json.loads((project / "a.json").read_text())["exit_code"] == 1
    assert (project / "a.md").read_text().startswith("## ")
    again = run("--format", "json", "-k", "right or wrong")
    assert [o["replayed"] for o in json.loads(again.stdout)["outcomes"]] == [True, True]
    quiet = run("derive.toml::right", "-q")
    assert (quiet.exit_code, len(quiet.stdout.splitlines())) == (0, 1)
    fresh = run("derive.toml::right", "-v", "--no-cache")
    assert "proved: right" in fresh.stdout
    assert "replayed" not in fresh.stdout


def test_stopping_at_the_first_failure(project: Path) -> None:
    """-x ends the run with the first claim that fails; the others are counted as not checked."""
    result = run("-x", "-j", "1", "-k", "wrong or unreadable")
    assert result.exit_code == 1
    assert "2 claims: 1 refuted, 1 not checked" in result.stdout


@pytest.mark.usefixtures("in_process")
def test_one_claim_in_options(project: Path) -> None:
    """Formulas by options are checked as one claim, with its whole report, and are replayed too."""
    claim = ("--loss", "z**2", "--gradient", "2*z", "--wrt", "z", "--dtype", "float64")
    assert run(*claim).stdout.startswith("proved: right\n")
    assert "replayed from the cache" in run(*claim).stdout
    assert json.loads(run(*claim, "--format", "json").stdout)["status"] == "proved"
    assert run("--loss", "lgo(z)", "--gradient", "z").exit_code == 2


@pytest.mark.parametrize(
    ("args", "says"),
    [
        (("nothing.py",), "there is no file nothing.py"),
        (("-k", "nothing"), "selects none of 3 claims"),
        (("--policy", "unkown=warn"), "did you mean 'unknown'?"),
        (("--output", "pdf=x"), "write text|json|markdown"),
        (("--output", "json=no/such/x.json"), "there is no folder"),
        (("derive.toml", "--loss", "z"), "--loss goes with file.py::function"),
        (("derive.toml", "--gradient", "z"), "--gradient is a claim of its own"),
        (("--library", "xgboost"), "--library describes code"),
        (("empty",), "empty: there is no claim in it"),
        (("--jobs", "0"), "1<=x<=256"),
    ],
)
def test_wrong_usage(project: Path, args: tuple[str, ...], says: str) -> None:
    """A mistake exits with 2 before anything is checked, and shows the way out."""
    (project / "empty").mkdir()
    result = run(*args)
    assert (result.exit_code, result.stdout) == (2, ""), result.output
    assert says in result.stderr


def test_the_help_fits() -> None:
    """The help has 80 columns, examples and exit codes."""
    text = run("--help").stdout
    assert max(map(len, text.splitlines())) <= 80
    assert "derive check objectives.py::focal" in text
    assert command.name == "check"
    assert checking.check_all.__doc__


@pytest.mark.parametrize("number", few([signal.SIGINT, signal.SIGTERM], [signal.SIGINT]))
def test_ctrl_c_and_sigterm_report_what_is_known(project: Path, number: signal.Signals) -> None:
    """Interrupted, the command ends at once with 130, reports what was decided, and leaves no process behind."""
    hang = "[[claim]]\nname = 'hangs'\nobjective = 'hang.py::f'\nloss = 'z'\nlibrary = 'xgboost'\n"
    (project / "derive.toml").write_text(CLAIMS + hang)
    (project / "hang.py").write_text("import time\ndef f(a, b): time.sleep(600)\n")
    args = [sys.executable, str(ROOT / "cli.py"), "check", "-j", "1"]
    with subprocess.Popen(args, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        lines = [process.stdout.readline() for _ in range(3)] if process.stdout else []
        process.send_signal(number)
        begin = time.monotonic()
        rest, _ = process.communicate(timeout=60)
    assert time.monotonic() - begin < 45
    assert process.returncode == 130
    assert "derive.toml::unreadable" in lines[2]
    assert "4 claims: 1 refuted, 1 cannot be read, 1 proved" in rest
    assert "1 not checked" in " ".join(rest.split())


def test_progress_on_a_terminal(project: Path) -> None:
    """On a terminal there is a line that says how far it is; NO_COLOR keeps colour out."""
    reader, terminal = pty.openpty()
    command = [sys.executable, str(ROOT / "cli.py"), "check", "-k", "right or wrong"]
    subprocess.run(command, stdout=terminal, stderr=terminal, env={**os.environ, "NO_COLOR": "1"}, check=False)
    os.close(terminal)
    out = b""
    while True:
        try:
            chunk = os.read(reader, 65536)
        except OSError:
            break
        if not chunk:
            break
        out += chunk
    os.close(reader)
    assert b"1/2 derive.toml::" in out
    assert b"2 claims: 1 refuted, 1 proved" in out
    assert b"\x1b[3" not in out
