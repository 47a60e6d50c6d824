"""A worker process as its caller sees it: requests one after the other, a time limit for each, and a certain end.

The process leads a group of its own, so that it dies with everything that it started. Requests and answers are lines of
JSON on pipes of their own; what the user's code prints goes elsewhere, and its end is kept.
"""

from __future__ import annotations

import contextlib
import json
import os
import queue
import signal
import subprocess
import sys
import threading
import time
from collections import deque
from typing import IO, Any

from derive.worker import ending, environment

_KEPT = 16
_CHUNK = 4096
_PATIENCE = 5.0
_LOOK = 0.2


class Lost(Exception):
    """The worker gave no answer, and why. It is gone, and so is its group."""


class Process:
    """`python -m MODULE`, which answers each line on its standard input by a line on its standard output."""

    def __init__(self, module: str, *, memory: int) -> None:
        self.memory = memory
        self.answered = 0
        command = [sys.executable, "-P", "-m", module]
        self.process = subprocess.Popen(  # noqa: S603  (the command is ours, the requests are data)
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env=environment(),
            start_new_session=True,
        )
        self.answers: queue.Queue[bytes | None] = queue.Queue()
        self.tail: deque[bytes] = deque(maxlen=_KEPT)
        for target, stream in ((self._read, self.process.stdout), (self._drain, self.process.stderr)):
            threading.Thread(target=target, args=(stream,), daemon=True).start()

    def _read(self, stream: IO[bytes]) -> None:
        with contextlib.suppress(OSError, ValueError), stream:
            for line in stream:
                self.answers.put(line)
        self.answers.put(None)

    def _drain(self, stream: IO[bytes]) -> None:
        with contextlib.suppress(OSError, ValueError), stream:
            while chunk := os.read(stream.fileno(), _CHUNK):
                self.tail.append(chunk)

    def ask(self, request: dict[str, Any], timeout: float) -> dict[str, Any]:
        """The answer; raises `Lost` where there is none in time, and ends the process then."""
        line = json.dumps({**request, "memory": self.memory, "timeout": timeout}) + "\n"
        self._send(line.encode())
        try:
            out = _decoded(self._line(time.monotonic() + timeout))
        except queue.Empty:
            self.end()
            raise Lost(f"not decided within {timeout:g} seconds") from None
        if out is None:
            why = self._cause()
            self.end()
            raise Lost(why)
        self.answered += 1
        return out

    def _line(self, deadline: float) -> bytes | None:
        """The next line; None when the worker has ended, also where a child of it still holds the pipe."""
        while True:
            ended = self.process.poll() is not None
            try:
                return self.answers.get(timeout=max(0.0, min(_LOOK, deadline - time.monotonic())))
            except queue.Empty:
                if ended:
                    return None
                if time.monotonic() >= deadline:
                    raise

    def _send(self, line: bytes) -> None:
        pipe = self.process.stdin
        if pipe is not None:
            with contextlib.suppress(OSError, ValueError):  # it has ended: the missing answer will say so
                pipe.write(line)
                pipe.flush()

    def _cause(self) -> str:
        with contextlib.suppress(subprocess.TimeoutExpired):
            self.process.wait(_PATIENCE)
        code = self.process.returncode
        if code is None:
            return "the worker closed its answer and did not end"
        if code == -signal.SIGKILL:
            return f"the worker was killed; it may use {self.memory} MiB of memory"
        how = f"the worker ended without an answer ({ending(code)})"
        last = (self.printed.splitlines() or [""])[-1].strip()[:200]
        return f"{how}: {last}" if last else how

    @property
    def printed(self) -> str:
        """The end of what was printed."""
        return b"".join(list(self.tail)).decode(errors="replace").strip()

    def end(self) -> None:
        """End the process and everything in its group."""
        self._kill()
        with contextlib.suppress(subprocess.TimeoutExpired):
            self.process.wait(_PATIENCE)
        if self.process.stdin is not None:
            with contextlib.suppress(OSError):
                self.process.stdin.close()

    def _kill(self) -> None:
        with contextlib.suppress(OSError):  # nobody is left
            if hasattr(os, "killpg"):
                os.killpg(self.process.pid, signal.SIGKILL)
            else:
                self.process.kill()


def _decoded(answer: bytes | None) -> dict[str, Any] | None:
    try:
        out = json.loads(answer or b"")
    except ValueError:
        return None
    return out if isinstance(out, dict) else None
