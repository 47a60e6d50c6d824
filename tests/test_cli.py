"""The command line: what it prints, which code it exits with, and what it does with bad input."""

from __future__ import annotations

import json
import os
import pty
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from derive import files
from derive.certificate import (
    Agreement,
    Certificate,
    Check,
    CheckedDerivation,
    CheckedStep,
    Proved,
    Refuted,
    Unknown,
    Verdict,
    Witness,
)
from derive.certificate_json import dumps
from derive.cli import common, console, main
from derive.errors import FileError
from derive.terms.text import parse_formula

ROOT = Path(__file__).parents[1]
VERDICTS: dict[str, Verdict] = {
    "proved": Proved("normal form"),
    "refuted": Refuted(Witness((("z", "1/2"),), "0.25", "0.75")),
    "unknown": Unknown("the budget of 2 s is used up"),
}


def run(*args: str) -> Result:
    """Call the command line in this process."""
    return CliRunner().invoke(main, args, prog_name="derive")


def shell(*args: str, **options: object) -> subprocess.CompletedProcess[str]:
    """Call the command line in a process of its own."""
    command = [sys.executable, str(ROOT / "cli.py"), *args]
    return subprocess.run(command, capture_output=True, text=True, check=False, **options)


def certificate(status: str = "proved", name: str = "sample") -> Certificate:
    """A small certificate whose one step has the given verdict."""
    start, result = parse_formula("diff(z**2, z)"), parse_formula("2*z")
    step = CheckedStep("power rule", "(x^n)' = n x^(n-1)", "Differentiate a power.", result, True, VERDICTS[status])
    derivation = CheckedDerivation("square", "Derivative of the square", "lemma", start, (step,))
    check = Check("gradient", 12, 1e-13, 1e-9, "rounding of the differences", True)
    return Certificate(name, "A sample", start, {"z": "real"}, (), (), (derivation,), Agreement((check,)))


@pytest.fixture
def sampled(monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    """Certificates without deriving anything: the status of a loss is looked up in the dictionary."""
    statuses: dict[str, str] = {}
    monkeypatch.setattr(
        common, "certificate", lambda loss, data=None: certificate(statuses.get(loss.name, "proved"), loss.name)
    )
    return statuses


# -- help, list and misspelt names


@pytest.mark.parametrize("command", [(), ("show",), ("verify",), ("replay",), ("prove",), ("list",)])
def test_help_fits_the_terminal_and_names_the_exit_codes(command: tuple[str, ...]) -> None:
    """Every help page has at most 80 columns; all but `list` teach by example and document the exit codes."""
    result = run(*command, "--help")
    assert result.exit_code == 0
    assert max(map(len, result.output.splitlines())) <= 80
    if command != ("list",):
        assert "Examples:\n    derive " in result.output
        for code in ("0 proved", "1 refuted", "2 usage", "3 something could not be decided"):
            assert code in result.output


def test_list_shows_names_and_titles() -> None:
    """`derive list` prints every loss of the catalog with its title."""
    result = run("list")
    assert result.exit_code == 0
    lines = dict(line.split(maxsplit=1) for line in result.output.splitlines() if line.startswith("  "))
    assert lines["logistic"] == "Logistic regression, log loss"
    assert {"linear", "linear-l2", "linear-weighted", "logistic-l2", "logistic-weighted"} < set(lines)


@pytest.mark.usefixtures("in_process")
@pytest.mark.parametrize(
    ("args", "hint"),
    [
        (("shwo", "logistic"), "did you mean 'show'?"),
        (
            ("nothing",),
            "the commands are check, completion, fit, list, matching-loss, mutate, plot, prove, replay, show, verify",
        ),
        (("show", "logstic"), "did you mean 'logistic'?"),
        (("verify", "linear", "logistic-12"), "did you mean 'logistic-l2'?"),
        (("verify",), "or say --all"),
        (("verify", "--all", "linear"), "or say --all"),
        (("verify", "--all", "--certificate", "x.json"), "name one"),
        (("verify", "linear", "--data", "x.csv"), "--data and --target go together"),
        (("verify", "linear", "--target", "y"), "--data and --target go together"),
        (("show", "linear", "--format", "docx"), "'latex', 'text', 'markdown', 'html', 'pdf', 'json'"),
        (("show", "linear", "--format", "text", "--standalone"), "does not go with --format text"),
        (("show",), "Missing argument"),
        (("replay",), "Missing argument"),
        (("prove", "x"), "Missing argument"),
        (("prove", "x", "y", "--domain", "x"), "write a name and a range"),
        (("prove", "x", "y", "--domain", "x=sometimes"), "cannot read the domain"),
        (("prove", "x", "y", "--domain", "x=real", "--domain", "x=positive"), "two domains for x"),
        (("prove", "lgo(x)", "y"), "did you mean 'log'?"),
        (("prove", "__import__('os').system('true')", "y"), "not a name"),
        (("prove", "x", "y", "--timeout", "0"), "0.1<=x<=3600"),
        (("prove", "x", "y", "--timeout", "nan"), "nan is not a number"),
        (("fit", "huber", "x.csv", "--target", "y", "--tolerance", "NaN"), "NaN is not a number"),
        (("check", "--loss", "z", "--gradient", "1", "--memory", "99999999999999999999"), "128<=x<=16777216"),
        (("replay", "no-such-file.json"), "no such file"),
    ],
)
def test_wrong_usage(args: tuple[str, ...], hint: str) -> None:
    """A mistake exits with 2 and a message on stderr that shows the way out, never with a traceback."""
    result = run(*args)
    assert result.exit_code == 2, result.output
    assert hint in result.stderr
    assert result.stdout == ""
    assert result.exception is None or isinstance(result.exception, SystemExit)


# -- verify and show


@pytest.mark.parametrize(("status", "code"), [("proved", 0), ("refuted", 1), ("unknown", 3)])
def test_exit_codes_of_verify_and_show(sampled: dict[str, str], status: str, code: int) -> None:
    """The exit code is the status, for `verify`, `show` and both formats."""
    sampled["linear"] = status
    assert run("verify", "linear").exit_code == code
    assert run("verify", "linear", "--format", "json").exit_code == code
    assert run("show", "linear", "--format", "json").exit_code == code


def test_the_worst_status_wins(sampled: dict[str, str]) -> None:
    """Of several losses, one refuted makes 1; else one unknown makes 3."""
    sampled.update({"linear": "unknown"})
    assert run("verify", "--all").exit_code == 3
    sampled.update({"logistic": "refuted"})
    assert run("verify", "--all").exit_code == 1
    assert common.worst([]) == 3


def test_the_report_says_why(sampled: dict[str, str]) -> None:
    """One line a step, with both answers; a witness or a reason below what is not proved; a summary."""
    report = run("verify", "linear").output
    assert "1. power rule ...." in report
    assert "justified, proved\n" in report
    assert "gradient ..." in report
    assert "agrees" in report
    assert "linear: proved; 1 of 1 steps justified and proved, 1 of 1 numeric checks agree" in report
    sampled["linear"] = "refuted"
    assert "at z = 1/2 the left side is 0.25, the right side 0.75" in run("verify", "linear").output
    sampled["linear"] = "unknown"
    assert "the budget of 2 s is used up" in run("verify", "linear").output
    assert max(map(len, report.splitlines())) <= 80


def test_no_colour_and_no_progress_in_a_pipe(sampled: dict[str, str]) -> None:
    """Output that is not a terminal has no escape sequences, and `--all` prints no progress."""
    result = run("verify", "--all")
    assert "\x1b" not in result.output
    assert result.stderr == ""


def test_verify_as_json(sampled: dict[str, str]) -> None:
    """`--format json` gives the status of each loss, and the certificates."""
    sampled["linear"] = "unknown"
    found = json.loads(run("verify", "linear", "logistic", "--format", "json").stdout)
    assert found["losses"] == {"linear": "unknown", "logistic": "proved"}
    assert [c["name"] for c in found["certificates"]] == ["linear", "logistic"]


def test_a_certificate_is_written_whole(sampled: dict[str, str], tmp_path: Path) -> None:
    """`--certificate` and `-o` write the file, replace an older one, keep its permissions and leave nothing else."""
    file = tmp_path / "c.json"
    assert run("verify", "linear", "--certificate", str(file)).exit_code == 0
    assert file.read_text() == dumps(certificate(name="linear"))
    file.chmod(0o640)
    sampled["linear"] = "unknown"
    assert run("show", "linear", "--format", "json", "-o", str(file)).exit_code == 3
    assert file.read_text() == dumps(certificate("unknown", "linear"))
    assert file.stat().st_mode & 0o777 == 0o640
    assert list(tmp_path.iterdir()) == [file]


def test_output_that_cannot_be_written(sampled: dict[str, str], tmp_path: Path) -> None:
    """A directory, a missing folder or a folder without permission: a message, code 2, nothing left behind."""
    for output in (tmp_path, tmp_path / "none" / "c.json", Path("/proc/c.json")):
        result = run("show", "linear", "--format", "json", "-o", str(output))
        assert result.exit_code == 2
        assert f"cannot write {output}" in result.stderr
    assert list(tmp_path.iterdir()) == []


def test_a_failed_write_keeps_the_old_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where writing fails half-way, or is interrupted, the old file stays and no part of the new one is left."""
    file = tmp_path / "c.json"
    file.write_text("old")
    for error, expected in (
        (OSError(28, "No space left on device"), FileError),
        (KeyboardInterrupt(), KeyboardInterrupt),
    ):

        def fail(_: int, error: BaseException = error) -> None:
            raise error

        monkeypatch.setattr(os, "fsync", fail)
        with pytest.raises(expected):
            files.write_text(file, "new")
        assert file.read_text() == "old"
        assert list(tmp_path.iterdir()) == [file]


def test_links_and_devices(tmp_path: Path) -> None:
    """A link is followed, not replaced; a device is written to."""
    file, link = tmp_path / "c.json", tmp_path / "link.json"
    file.write_text("old")
    link.symlink_to(file)
    files.write_text(link, "new")
    assert file.read_text() == "new"
    assert link.is_symlink()
    files.write_text(Path(os.devnull), "new")
    assert Path(os.devnull).is_char_device()


def test_reading_files(tmp_path: Path) -> None:
    """A missing, empty or binary file, and a directory, are errors that name the file."""
    file = tmp_path / "f.txt"
    for content, why in ((b"", "is empty"), (b" \n", "is empty"), (b"\xff\xfe", "not a text file")):
        file.write_bytes(content)
        with pytest.raises(FileError, match=why):
            files.read_text(file)
    with pytest.raises(FileError, match="is a directory"):
        files.read_text(tmp_path)
    with pytest.raises(FileError, match="no such file"):
        files.read_text(tmp_path / "none")


def test_verify_on_own_data(tmp_path: Path) -> None:
    """`--data` compares on the user's numbers too, and what cannot be used is an error with row and column."""
    file = tmp_path / "study.csv"
    file.write_text("age,dose,ill\n50,1.5,1\n40,0.5,0\n61,2,1\n")
    options = ("--data", str(file), "--target")
    result = run("verify", "logistic", *options, "ill")
    assert result.exit_code == 0, result.output
    assert "your data" in " ".join(result.output.split())
    for target, text, why in (
        ("sick", "", "has no column 'sick'"),
        ("age", "", "row 1, column 'age': 50 is no target"),
        ("ill", "70,x,1\n", "row 4 (line 5), column 'dose': 'x' is not a number"),
        ("ill", "70,,1\n", "the value is missing"),
        ("ill", "70,inf,1\n", "infinite"),
    ):
        file.write_text("age,dose,ill\n50,1.5,1\n40,0.5,0\n61,2,1\n" + text)
        result = run("verify", "logistic", *options, target)
        assert result.exit_code == 2, result.output
        assert why in result.stderr
    file.write_text("age,dose,ill\n")
    assert "no rows" in run("verify", "logistic", *options, "ill").stderr


# -- prove


@pytest.mark.usefixtures("in_process")
@pytest.mark.parametrize(
    ("args", "code", "said"),
    [
        (("1/(1 + exp(-z))", "exp(z)/(1 + exp(z))"), 0, "proved: "),
        (("sqrt(x**2)", "x"), 1, "refuted: at x = -"),
        (("sqrt(x**2)", "x", "--domain", "x=nonnegative"), 0, "proved: "),
        (("y**2", "y", "--domain", "y={0, 1}"), 0, "proved: "),
        (("log(x**2)", "2*log(x)"), 0, "where x > 0"),
        (("x < 1", "x"), 3, "unknown: "),
    ],
)
def test_prove(args: tuple[str, ...], code: int, said: str) -> None:
    """`derive prove` answers proved (0), refuted (1) with a point, or unknown (3) with a reason."""
    result = run("prove", *args)
    assert (result.exit_code, result.stderr) == (code, "")
    assert said in result.stdout


@pytest.mark.usefixtures("in_process")
def test_a_domain_of_nothing_is_told() -> None:
    """A name that is in neither formula, as by a slip, is noted beside the answer; a size in another range is none."""
    result = run("prove", "y", "y", "--domain", "Y={0, 1}")
    assert (result.exit_code, result.stderr) == (0, "note: --domain speaks of Y, which is in neither formula\n")
    assert run("prove", "k", "k", "--domain", "k=0..n-1", "--domain", "n=positive integer").stderr == ""


def test_prove_as_json() -> None:
    """`--format json` prints the verdict as a record."""
    found = json.loads(run("prove", "x", "x + 1", "--format", "json").stdout)
    assert found["status"] == "refuted"
    assert found["witness"]["point"]


# -- replay


@pytest.mark.usefixtures("in_process")
def test_replay_of_files(tmp_path: Path) -> None:
    """What `verify` wrote is proved again; an edited, empty or binary file is refused by its name, with code 2."""
    file = tmp_path / "linear.json"
    assert run("verify", "linear", "--certificate", str(file)).exit_code == 0
    result = run("replay", str(file))
    assert result.exit_code == 0, result.output
    assert "linear: proved" in result.stdout
    text = file.read_text()
    for content, why in (
        (text.replace("Linear", "linear", 1), "edited"),
        (text[:-30], "not a certificate"),
        ("", "is empty"),
        ("[]", "not a certificate"),
    ):
        file.write_text(content)
        result = run("replay", str(file))
        assert result.exit_code == 2
        assert why in result.stderr
        assert result.stderr.count(str(file)) == 1
    file.write_bytes(b"\x80\x00")
    assert "not a text file" in run("replay", str(file)).stderr


# -- in a process of its own


@pytest.mark.parametrize("args", [("--help",), ("list",), ("--version",), ("show", "--help"), ("show", "nothing")])
def test_what_costs_nothing_loads_nothing(args: tuple[str, ...]) -> None:
    """Help, the list and a misspelt name import neither SymPy nor NumPy nor FLINT."""
    code = (
        "import sys; from derive.cli import common, console, main\n"
        "try: main(sys.argv[1:])\n"
        "except SystemExit: print([m for m in ('sympy', 'numpy', 'flint') if m in sys.modules], file=sys.stderr)"
    )
    done = subprocess.run([sys.executable, "-c", code, *args], capture_output=True, text=True, check=False)
    assert done.stderr.splitlines()[-1] == "[]"


def test_a_closed_pipe_is_quiet() -> None:
    """`derive … | head` ends without a word, also when help is printed, with the code of a closed pipe."""
    for args in (("list",), ("--help",), ("prove", "x", "x", "--format", "json")):
        read, write = os.pipe()
        os.close(read)
        done = subprocess.run(
            [sys.executable, ROOT / "cli.py", *args], stdout=write, stderr=subprocess.PIPE, check=False
        )
        os.close(write)
        assert done.stderr == b""
        assert done.returncode == console.EXIT_CLOSED_PIPE


def test_ctrl_c(tmp_path: Path) -> None:
    """An interrupt ends with one line, code 130, and no file."""
    file = tmp_path / "c.json"
    code = (
        "import sys, time; from derive.cli import common, main\n"
        "common.certificate = lambda *_: (print('ready', flush=True), time.sleep(60))\n"
        "main(sys.argv[1:])"
    )
    command = [sys.executable, "-c", code, "verify", "logistic", "--certificate", str(file)]
    with subprocess.Popen(command, stderr=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        assert process.stdout.readline() == b"ready\n"
        process.send_signal(signal.SIGINT)
        _, stderr = process.communicate(timeout=30)
    assert process.returncode == console.EXIT_INTERRUPTED
    assert stderr == b"interrupted\n"
    assert list(tmp_path.iterdir()) == []


def test_a_full_disk_is_no_bug() -> None:
    """What cannot be printed for want of room is an error, not a traceback: also of a help page."""
    for args in (("list",), ("--help",)):
        with Path("/dev/full").open("w") as full:
            found = subprocess.run(
                [sys.executable, "-m", "derive", *args], stdout=full, stderr=-1, check=False, cwd=ROOT
            )
        assert found.returncode == 2
        assert b"error: cannot write: no space left on device" in found.stderr
        assert b"Traceback" not in found.stderr


def test_a_bug_is_not_a_refutation() -> None:
    """An error that nobody expected shows its traceback and exits with a code of its own, not with 1."""
    code = "from derive.cli import common, run; common.certificate = lambda *_: 1 / 0; run()"
    done = subprocess.run([sys.executable, "-c", code, "verify", "linear"], capture_output=True, text=True, check=False)
    assert done.returncode == console.EXIT_BUG
    assert "ZeroDivisionError" in done.stderr
    assert "nothing was decided" in done.stderr


def test_a_terminal_that_lacks_characters() -> None:
    """Where the terminal cannot show a character, it comes out as an escape, not as a traceback."""
    env = {**os.environ, "PYTHONIOENCODING": "latin-1", "PYTHONUTF8": "0"}
    command = [sys.executable, ROOT / "cli.py", "show", "linear", "--format", "text"]
    done = subprocess.run(command, env=env, capture_output=True, check=False)
    assert (done.returncode, done.stderr) == (0, b"")
    assert rb"\u03b8" in done.stdout


def test_colour_on_a_terminal_only() -> None:
    """On a terminal the verdict has a colour, unless NO_COLOR is set."""
    for no_color, coloured in (("", True), ("1", False)):
        main_end, terminal = pty.openpty()
        env = {**os.environ, "NO_COLOR": no_color, "TERM": "xterm"}
        command = [sys.executable, ROOT / "cli.py", "prove", "x", "x"]
        subprocess.run(command, stdout=terminal, stderr=terminal, env=env, check=False)
        assert (b"\x1b[32mproved" in os.read(main_end, 1000)) is coloured
        os.close(terminal)
        os.close(main_end)


def test_the_file_of_a_checkout_runs(tmp_path: Path) -> None:
    """`python cli.py` works from any folder, and does not import what lies there."""
    (tmp_path / "flint.py").write_text("raise SystemExit('imported from the current folder')")
    done = shell("prove", "x", "x", cwd=tmp_path, env={k: v for k, v in os.environ.items() if k != "PYTHONPATH"})
    assert done.stdout.startswith("proved"), done


@pytest.mark.usefixtures("in_process")
def test_a_formula_may_start_with_a_minus() -> None:
    """`-log(h)` is a formula and no option; a misspelt option is still an error."""
    assert run("prove", "-log(h)", "log(1/h)").exit_code == 0
    assert run("prove", "-x", "x", "--doman", "x=real").exit_code == 2
