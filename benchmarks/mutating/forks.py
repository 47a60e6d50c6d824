"""Work in a child process: whatever happens to it, its parent stays as it was."""

from __future__ import annotations

import ast
import os
import select
import signal
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

_LONG = 3_600.0


def in_a_fork(work: Callable[[], str], seconds: float) -> tuple[str, str]:
    """("said", what the work returned), ("died", …) or ("late", …): run in a child that is ended after some seconds."""
    reading, writing = os.pipe()
    child = os.fork()
    if not child:
        os.close(reading)
        _child(work, writing)
    os.close(writing)
    said, end = b"", time.monotonic() + seconds
    while (left := end - time.monotonic()) > 0 and select.select([reading], [], [], left)[0]:
        if not (more := os.read(reading, 65_536)):
            break
        said += more
    os.close(reading)
    late = time.monotonic() >= end
    if late:
        _ended(child)
    _, status = os.waitpid(child, 0)
    if late:
        return "late", ""
    return ("said", said.decode()) if status == 0 else ("died", f"{said.decode()} status {status}")


def _child(work: Callable[[], str], writing: int) -> None:
    """Never returns: a child must not go on in its parent's place."""
    os.setpgid(0, 0)
    null = os.open(os.devnull, os.O_WRONLY)
    os.dup2(null, 1)
    os.dup2(null, 2)
    status = 1
    try:
        os.write(writing, work().encode()[:60_000])
        status = 0
    except BaseException as why:  # noqa: BLE001
        os.write(writing, repr(why).encode()[:60_000])
    finally:
        os._exit(status)


def _ended(child: int) -> None:
    """With all that it has started."""
    for kill in (os.killpg, os.kill):
        try:
            kill(child, signal.SIGKILL)
        except ProcessLookupError:
            continue


def found_in_a_fork(work: Callable[[], Any]) -> Any:
    """What it found, of plain numbers, texts, lists and dictionaries, however long."""
    with tempfile.NamedTemporaryFile(mode="r", suffix=".txt") as file:

        def write() -> str:
            Path(file.name).write_text(repr(work()))
            return ""

        how, said = in_a_fork(write, _LONG)
        if how != "said":
            raise SystemExit(f"the tests did not pass without any change: {said}")
        return ast.literal_eval(Path(file.name).read_text())
