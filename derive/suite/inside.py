"""Inside a worker: `python -m derive.suite.inside` answers one request a line.

The user's code runs here and nowhere else. It gets neither the pipe of the requests nor that of the answers: what it
reads is empty, and what it prints goes to the standard error, whose end the caller keeps.
"""

from __future__ import annotations

import json
import os
import signal
import sys
from collections.abc import Callable, Mapping
from typing import IO, Any

from derive import worker
from derive.terms.json import Json

#: how much longer than its time limit a worker may live whose caller has gone away
_GRACE = 5


def check(payload: Any) -> Json:
    """The report of one item, from the cache where it holds there."""
    from derive.suite.answering import answer

    return answer(payload)


def listed(payload: Any) -> Json:
    """The decorated functions of a module: name -> line."""
    from derive.suite.loading import decorated, load

    return dict(decorated(load(payload["path"])))


FUNCTIONS: Mapping[str, Callable[[Any], Json]] = {"check": check, "listed": listed}


def serve(requests: IO[str], answers: IO[str]) -> None:
    """Answer until there is no request any more. A copy of this process that comes here too answers nothing."""
    own = os.getpid()
    for line in requests:
        out = _answer(json.loads(line))
        if os.getpid() != own:
            os._exit(0)
        answers.write(json.dumps(out) + "\n")
        answers.flush()
        _alarm(0)


def _answer(request: dict[str, Any]) -> dict[str, Any]:
    _alarm(request["timeout"] + _GRACE)
    _limit(request["memory"])
    return worker.serve(request, FUNCTIONS)


def _alarm(seconds: float) -> None:
    """End this process if its caller did not, as it was killed itself."""
    if hasattr(signal, "setitimer"):
        signal.setitimer(signal.ITIMER_REAL, seconds)


def _limit(memory: int) -> None:
    """Memory that is written to counts; libraries reserve much more than that."""
    try:
        import resource
    except ImportError:  # not on Windows; the time limit still holds
        return
    worker.lower(resource.RLIMIT_DATA, memory * 2**20)
    worker.lower(resource.RLIMIT_CORE, 0)


def _private(number: int, mode: str) -> IO[str]:
    """A copy of a standard stream that what is started from here does not inherit."""
    return os.fdopen(os.dup(number), mode, encoding="utf-8")


def main() -> None:
    """Keep the pipes to the caller, give the user's code others, and serve."""
    requests, answers = _private(0, "r"), _private(1, "w")
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, 0)
    os.dup2(2, 1)
    sys.stdin = open(0, encoding="utf-8", closefd=False)  # noqa: SIM115  (for as long as the process lives)
    serve(requests, answers)


if __name__ == "__main__":
    main()
