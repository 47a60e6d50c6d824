"""Decide what a person typed in another process, whose time and memory are limited.

FLINT aborts its process when memory runs out, and Python cannot catch that. Here only the worker dies, and the answer
is `Unknown`. Run as `python -m derive.worker`: a JSON request on stdin, a JSON answer on stdout.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

from derive import errors
from derive.certificate import Unknown, Verdict
from derive.domain import Domain
from derive.errors import DeriveError
from derive.terms.json import Json, from_json, to_json
from derive.terms.term import Term

if TYPE_CHECKING:
    from derive.replay import Replayed
    from derive.report import Report

TIMEOUT = 20.0
MEMORY_MIB = 2048


def decide(a: Term, b: Term, domain: Domain, *, budget: float = 2.0, timeout: float = TIMEOUT) -> Verdict:
    """Are two terms equal on the domain? A worker that dies or takes longer than `timeout` seconds is `Unknown`."""
    from derive.certificate_json import verdict_from_json

    payload = {"a": to_json(a), "b": to_json(b), "domain": domain.to_json(), "budget": budget}
    answer = run("prove", payload, timeout=timeout)
    return answer if isinstance(answer, Unknown) else verdict_from_json(answer)


def check(claims: Json, *, budget: float = 10.0, timeout: float = TIMEOUT) -> Report | Unknown:
    """The report of `derive.check` on what a person typed; a worker that dies or is late is `Unknown`."""
    from derive.certificate_json import record_from_json
    from derive.report import Report

    answer = run("check", {**claims, "budget": budget}, timeout=timeout)
    return answer if isinstance(answer, Unknown) else record_from_json(Report, answer)


def replay(path: Path, *, timeout: float = TIMEOUT) -> Replayed | Unknown:
    """What `derive.replay.replay` says of a file from a stranger, in a worker."""
    from derive.certificate_json import record_from_json
    from derive.replay import Replayed

    answer = run("replay", {"path": str(path)}, timeout=timeout)
    return answer if isinstance(answer, Unknown) else record_from_json(Replayed, answer)


def run(function: str, payload: Json, *, timeout: float = TIMEOUT, memory: int = MEMORY_MIB) -> Json | Unknown:
    """The answer of one of `FUNCTIONS`, called in a worker with `memory` MiB."""
    request = json.dumps({"function": function, "payload": payload, "memory": memory, "timeout": timeout})
    command = [sys.executable, "-P", "-m", "derive.worker"]
    try:
        done = subprocess.run(  # noqa: S603  (the command is ours, the request is data)
            command, input=request, capture_output=True, text=True, timeout=timeout, env=environment(), check=False
        )
    except subprocess.TimeoutExpired:
        return Unknown(f"not decided within {timeout:g} seconds")
    return _answer(done, memory)


def _answer(done: subprocess.CompletedProcess[str], memory: int) -> Json | Unknown:
    if done.returncode != 0:
        return Unknown(f"the worker was stopped ({_cause(done)}); it may use {memory} MiB of memory")
    try:
        answer = json.loads(done.stdout)
    except ValueError:
        return Unknown("the worker did not finish its answer")
    if "error" in answer:
        raise error(*answer["error"])
    return Unknown(answer["unknown"]) if "unknown" in answer else answer["result"]


def _cause(done: subprocess.CompletedProcess[str]) -> str:
    last = (done.stderr.strip().splitlines() or [""])[-1][:200]
    return f"{ending(done.returncode)}: {last}" if last else ending(done.returncode)


def ending(code: int) -> str:
    """How a process ended: the name of the signal that killed it, or its exit code."""
    return signal.Signals(-code).name if code < 0 else f"exit code {code}"


def error(name: str, message: str) -> DeriveError:
    """The error that a worker met, as it was."""
    kind = getattr(errors, name, DeriveError)
    out: DeriveError = kind(message)
    return out


def environment() -> dict[str, str]:
    """The worker finds the same package, also when it runs from a checkout."""
    here = str(Path(__file__).parents[1])
    return {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, [here, os.environ.get("PYTHONPATH")]))}


# -- inside the worker


def _prove(payload: Json) -> Json:
    from derive.certificate_json import encode
    from derive.prove import prove_terms

    domain = Domain.of(payload["domain"])
    return encode(prove_terms(from_json(payload["a"]), from_json(payload["b"]), domain, budget=payload["budget"]))


def _check(payload: Json) -> Json:
    from derive.certificate_json import encode
    from derive.check import check as check_claims

    return encode(check_claims(**payload))


def _matching_loss(payload: Json) -> Json:
    from derive.certificate_json import encode
    from derive.matching import matching_loss

    return encode(matching_loss(**payload))


def _replay(payload: Json) -> Json:
    from derive.certificate_json import encode
    from derive.replay import replay as replay_file

    return encode(replay_file(**payload))


FUNCTIONS: dict[str, Callable[[Json], Json]] = {
    "prove": _prove,
    "check": _check,
    "matching-loss": _matching_loss,
    "replay": _replay,
}


def _limit(memory: int, seconds: float) -> None:
    try:
        import resource
    except ImportError:  # not on Windows; the time limit of the caller still holds
        return
    lower(resource.RLIMIT_AS, memory * 2**20)
    lower(resource.RLIMIT_CORE, 0)
    lower(resource.RLIMIT_CPU, int(seconds) + 1)


def lower(kind: int, limit: int) -> None:
    """A limit of this process: never above one that it has been given, and left where the system does not take it."""
    import resource

    most = resource.getrlimit(kind)[1]
    limit = limit if most == resource.RLIM_INFINITY else min(limit, most)
    with suppress(ValueError, OSError):  # macOS refuses some; the time limit of the caller still holds
        resource.setrlimit(kind, (limit, limit))


def serve(request: dict[str, Any], functions: Mapping[str, Callable[[Any], Json]]) -> dict[str, Any]:
    """What the function that is asked for answers, or why there is no answer."""
    try:
        return {"result": functions[request["function"]](request["payload"])}
    except DeriveError as error:
        return {"error": [type(error).__name__, str(error)]}
    except MemoryError:
        return {"unknown": f"it needs more than {request['memory']} MiB of memory"}
    except RecursionError:
        return {"unknown": "the expression is nested too deeply"}


if __name__ == "__main__":
    asked = json.load(sys.stdin)
    _limit(asked["memory"], asked["timeout"])
    sys.stdout.write(json.dumps(serve(asked, FUNCTIONS)))
