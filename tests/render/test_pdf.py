"""The PDF: by whatever LaTeX engine is there, in time, and whole or not at all."""

from __future__ import annotations

import os
import shutil
import sys
import time
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from derive.cli import main
from derive.errors import DeriveError, MissingExtraError
from derive.render import pdf
from tests.render.test_outputs import hostile
from tests.shared import certificate_of

#: writes a document that says how it was called, in which folder, and what it was given
WORKS = r"""
import os, pathlib, sys
text = pathlib.Path(sys.argv[-1]).read_text(encoding="utf-8")
said = "|".join([pathlib.Path(sys.argv[0]).name, *sys.argv[1:], os.getcwd(), str(len(os.listdir("."))), text])
pathlib.Path("derivation.pdf").write_bytes(b"%PDF-1.5\n" + said.encode())
"""
FAILS = r"""
import pathlib, sys
pathlib.Path("derivation.log").write_bytes(b"This is a log\n! Undefined \x1b[31mcontrol\xff sequence.\nl.3 \\foo\n")
pathlib.Path("derivation.pdf").write_bytes(b"%PDF-1.5 half of ")
sys.exit(1)
"""
HANGS = r"""
import subprocess, sys, time
subprocess.Popen([sys.executable, "-c", "import time; time.sleep(30)"])
time.sleep(30)
"""


def engines(folder: Path, monkeypatch: pytest.MonkeyPatch, **scripts: str) -> None:
    """Programs of these names, and no others, are on the PATH."""
    for name, script in scripts.items():
        path = folder / name
        path.write_text(f"#!{sys.executable}\n{script}", encoding="utf-8")
        path.chmod(0o755)
    monkeypatch.setenv("PATH", str(folder))


def show(*args: str) -> Result:
    """`derive show linear --format pdf`."""
    return CliRunner().invoke(main, ["show", "linear", "--format", "pdf", *args])


def temporary(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder of the test's own for what is temporary."""
    made = folder / "temporary"
    made.mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(made))
    return made


def test_the_engine_gets_the_document(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """In a folder of its own it finds the document and nothing else, may run no program, and leaves nothing behind."""
    left = temporary(tmp_path, monkeypatch)
    engines(tmp_path, monkeypatch, pdflatex=WORKS, lualatex=FAILS)
    made = pdf.render(certificate_of("linear")).decode()
    name, *options, folder, files, document = made.removeprefix("%PDF-1.5\n").split("|", 7)
    assert (name, files) == ("pdflatex", "1")
    assert options == ["-no-shell-escape", "-interaction=nonstopmode", "-halt-on-error", "derivation.tex"]
    assert Path(folder).parent == left
    assert document.startswith(r"\documentclass")
    assert list(left.iterdir()) == []


def test_another_engine_will_do(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without pdflatex it is lualatex, then tectonic, which has options of its own."""
    engines(tmp_path, monkeypatch, tectonic=WORKS)
    assert b"tectonic|--untrusted|--keep-logs|derivation.tex|" in pdf.render(certificate_of("linear"))
    engines(tmp_path, monkeypatch, lualatex=WORKS)
    assert b"lualatex|-no-shell-escape|" in pdf.render(certificate_of("linear"))


def test_without_an_engine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It says which would do and what can be had without, with the exit code of bad input, and writes nothing."""
    engines(tmp_path, monkeypatch)
    with pytest.raises(MissingExtraError, match=r"none of pdflatex, lualatex, tectonic is installed.*--format html"):
        pdf.engine()
    monkeypatch.setattr("derive.cli.common.certificate", lambda item: pytest.fail("it proved before it looked"))
    done = show("-o", str(tmp_path / "d.pdf"))
    assert (done.exit_code, done.stdout) == (2, "")
    assert "install TeX Live or tectonic" in " ".join(done.stderr.split())
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("script", [FAILS, FAILS.replace("sys.exit(1)", "sys.exit(0)").replace("%PDF-1.5", "half")])
def test_a_failure_is_told(script: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The first error of the log is shown, without what a terminal would obey; the file that was there stays."""
    engines(tmp_path, monkeypatch, pdflatex=script)
    with pytest.raises(DeriveError, match=r"made no PDF .*: ! Undefined \?\[31mcontrol. sequence\.; look"):
        pdf.render(certificate_of("linear"))
    kept = tmp_path / "d.pdf"
    kept.write_bytes(b"before")
    assert show("-o", str(kept)).exit_code == 2
    assert kept.read_bytes() == b"before"


def test_an_engine_that_cannot_be_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A file of that name that is no program is told, not thrown."""
    engines(tmp_path, monkeypatch, pdflatex="")
    (tmp_path / "pdflatex").write_bytes(b"#!/nowhere/at/all\n")
    with pytest.raises(DeriveError, match=r"cannot run .*pdflatex"):
        pdf.render(certificate_of("linear"))


def test_it_ends_in_time(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What hangs is ended after the limit, and so is what it started."""
    engines(tmp_path, monkeypatch, pdflatex=HANGS)
    begin = time.monotonic()
    with pytest.raises(DeriveError, match=r"was not done within 0\.5 seconds"):
        pdf.render(certificate_of("linear"), seconds=0.5)
    assert time.monotonic() - begin < 10


def test_on_the_command_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The bytes are those of the engine, in a file or in a pipe; a terminal is not filled with them."""
    engines(tmp_path, monkeypatch, pdflatex=WORKS)
    assert show("-o", str(tmp_path / "d.pdf")).exit_code == 0
    assert (tmp_path / "d.pdf").read_bytes().startswith(b"%PDF-1.5\n")
    assert show().stdout_bytes.startswith(b"%PDF-1.5\n")
    assert "does not go with --format pdf" in show("--standalone").stderr
    monkeypatch.setattr("derive.cli.common._on_a_terminal", lambda: True)
    refused = show()
    assert refused.exit_code == 2
    assert "-o derivation.pdf" in refused.stderr


@pytest.mark.latex
def test_the_real_one(tmp_path: Path) -> None:
    """pdflatex makes a PDF of a loss, and of a certificate in which everything is hard to typeset."""
    assert shutil.which("pdflatex", path=os.environ["PATH"])
    for certificate in (certificate_of("logistic"), hostile()):
        made = pdf.render(certificate)
        assert made.startswith(b"%PDF-")
        assert made.rstrip().endswith(b"%%EOF")
