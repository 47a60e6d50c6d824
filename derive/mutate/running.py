"""Commands in copies of the project: several at once, each with a time limit; nothing is left behind, come what may."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from types import FrameType

from derive.errors import DeriveError
from derive.mutate.project import PREFIX, Project

_POLL = 0.02
_ENDING = (signal.SIGINT, signal.SIGTERM, getattr(signal, "SIGHUP", signal.SIGTERM))


@dataclass(frozen=True, slots=True)
class Run:
    """How a command ended: its exit code, None where it took too long; its time, and the end of what it printed."""

    code: int | None
    seconds: float
    output: str


class Bench:
    """A temporary folder, the commands that run in it, and the promise that both are gone at the end."""

    def __init__(self, project: Project, command: tuple[str, ...], folder: Path) -> None:
        self.project = project
        self.command = command
        self.folder = folder
        self._running: dict[int, _Job] = {}
        self._interrupted = False

    def run(self, text: str, timeout: float) -> Run:
        """One run, with this text in the file."""
        return next(iter(self.run_all([text], timeout, 1)))[1]

    def run_all(self, texts: Sequence[str], timeout: float, jobs: int) -> Iterator[tuple[int, Run]]:
        """The number of each text and its run, as they end; at most `jobs` at once."""
        waiting = list(enumerate(texts))
        while waiting or self._running:
            self.raise_if_interrupted()
            while waiting and len(self._running) < jobs:
                number, text = waiting.pop(0)
                self._running[number] = self._start(number, text)
            for number, job in list(self._running.items()):
                if (done := job.done(timeout)) is not None:
                    del self._running[number]
                    yield number, done
            time.sleep(_POLL)

    def _start(self, number: int, text: str) -> _Job:
        home = Path(tempfile.mkdtemp(prefix=f"{number}-", dir=self.folder))
        start = self.project.copy(home / self.project.root.name, text)
        copy = home / self.project.root.name
        environment = self.project.environment(copy, os.environ)
        command = self.project.command(self.command, copy)
        log = (home / "output").open("wb")
        try:
            process = subprocess.Popen(  # noqa: S603  (the user's own command)
                command, cwd=start, env={**environment, "PWD": str(start)}, stdin=subprocess.DEVNULL, stdout=log,
                stderr=subprocess.STDOUT, start_new_session=True,
            )  # fmt: skip
        except OSError as error:
            reason = (error.strerror or str(error)).lower()
            raise DeriveError(f"cannot run {command[0]!r}: {reason}; write the command after --") from None
        finally:
            log.close()
        return _Job(process, home, time.monotonic())

    def interrupt(self, number: int, frame: FrameType | None) -> None:
        """The handler of signals: the next look at the running commands is the last one."""
        self._interrupted = True

    def raise_if_interrupted(self) -> None:
        """KeyboardInterrupt if a signal came."""
        if self._interrupted:
            raise KeyboardInterrupt

    def stop(self) -> None:
        """End what still runs."""
        for job in self._running.values():
            job.kill()


@dataclass(frozen=True, slots=True)
class _Job:
    process: subprocess.Popen[bytes]
    home: Path
    began: float

    def done(self, timeout: float) -> Run | None:
        seconds = time.monotonic() - self.began
        code = self.process.poll()
        if code is None and seconds < timeout:
            return None
        self.kill()  # what the command left running too
        output = (self.home / "output").read_bytes()[-4000:].decode(errors="replace")
        shutil.rmtree(self.home, ignore_errors=True)
        return Run(code, seconds, output)

    def kill(self) -> None:
        with suppress(ProcessLookupError, PermissionError):  # all gone (or, on macOS, not yet collected)
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()


@contextmanager
def bench(project: Project, command: tuple[str, ...]) -> Iterator[Bench]:
    """A bench for the time of the block; Ctrl-C, SIGTERM and SIGHUP end its commands and clear it away."""
    folder = tempfile.TemporaryDirectory(prefix=PREFIX, ignore_cleanup_errors=True)
    out = Bench(project, command, Path(folder.name).resolve())
    with _told(out):
        try:
            yield out
        finally:
            out.stop()
            folder.cleanup()
    out.raise_if_interrupted()


@contextmanager
def _told(bench: Bench) -> Iterator[None]:
    """Signals are noted, and acted on where nothing is half done."""
    try:
        before = {s: signal.signal(s, bench.interrupt) for s in _ENDING}
    except ValueError:  # not in the main thread, where no signal arrives
        before = {}
    try:
        yield
    finally:
        for number, old in before.items():
            signal.signal(number, old)
