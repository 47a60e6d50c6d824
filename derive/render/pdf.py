"""The derivation as a PDF, by a LaTeX engine of the user's: in a folder of its own, and with a limit of time."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import tempfile
from pathlib import Path

from derive.certificate import Certificate
from derive.errors import DeriveError, MissingExtraError
from derive.render import latex

_QUIET = ("-no-shell-escape", "-interaction=nonstopmode", "-halt-on-error")
#: engine -> its options, the one that is tried first in front
ENGINES = {"pdflatex": _QUIET, "lualatex": _QUIET, "tectonic": ("--untrusted", "--keep-logs")}
SECONDS = 120.0
_NAME = "derivation"
_LONGEST = 300


def engine() -> str:
    """The path of the first engine that is installed; `MissingExtraError` where there is none."""
    found = next((path for name in ENGINES if (path := shutil.which(name))), None)
    if found is None:
        names = ", ".join(ENGINES)
        raise MissingExtraError(
            f"a PDF needs a LaTeX engine, and none of {names} is installed: install TeX Live or tectonic, "
            "or write --format html and print that page, or --standalone for the LaTeX itself"
        )
    return found


def render(certificate: Certificate, *, seconds: float = SECONDS) -> bytes:
    """The document of `derive.render.latex.render(certificate, standalone=True)`, compiled.

    Nothing of what the engine writes is left, and no program is run by it. Raises `DeriveError` where no engine is
    installed, where it fails, and where it takes longer than `seconds`.
    """
    path = engine()
    with tempfile.TemporaryDirectory(prefix="derive-", ignore_cleanup_errors=True) as folder:
        where = Path(folder)
        (where / f"{_NAME}.tex").write_text(latex.render(certificate, standalone=True), encoding="utf-8")
        code = _run([path, *ENGINES[Path(path).stem.lower()], f"{_NAME}.tex"], where, seconds)
        made = where / f"{_NAME}.pdf"
        if code or not made.is_file() or not made.read_bytes().startswith(b"%PDF-"):
            raise DeriveError(f"{path} made no PDF (exit code {code}): {_why(where)}; look at --standalone")
        return made.read_bytes()


def _run(command: list[str], folder: Path, seconds: float) -> int:
    """The exit code. What it prints goes nowhere: a pipe could be held open by what it leaves behind."""
    try:
        process = subprocess.Popen(  # noqa: S603  (the engine that is installed, a file that we wrote)
            command,
            cwd=folder,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
    except OSError as error:
        raise DeriveError(f"cannot run {command[0]}: {(error.strerror or str(error)).lower()}") from None
    try:
        return process.wait(timeout=seconds)
    except subprocess.TimeoutExpired:
        raise DeriveError(f"{command[0]} was not done within {seconds:g} seconds; look at --standalone") from None
    finally:
        _end(process)


def _end(process: subprocess.Popen[bytes]) -> None:
    """End what still runs, and what it started: also after Ctrl-C."""
    if process.poll() is None:
        if hasattr(os, "killpg"):
            os.killpg(process.pid, signal.SIGKILL)
        process.kill()
        process.wait()


def _why(folder: Path) -> str:
    """The first error in the engine's log."""
    log = folder / f"{_NAME}.log"
    lines = log.read_text(encoding="utf-8", errors="replace").splitlines() if log.is_file() else []
    found = next((line for line in lines if line.startswith("!")), "it wrote no reason")
    return "".join(c if c.isprintable() else "?" for c in found[:_LONGEST])
