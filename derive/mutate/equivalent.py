"""Is a survivor a mutant at all? Only a proof that it computes what the original computes says no.

Both are read as `derive.check_objective` reads them, with every number in the code a symbol, and each of their
formulas is proved equal. A third version, which raises an error where the mistake is, must be unreadable: else what was
read does not pass there, and the proof says nothing. The user's code runs in a process of its own, with limited
memory and time. Run as `python -m derive.mutate.equivalent`: a JSON request on stdin, a JSON answer in the last line of
stdout.
"""

from __future__ import annotations

import importlib.util
import json
import subprocess
import sys
import tempfile
from contextlib import redirect_stdout
from pathlib import Path
from typing import Any

from derive.errors import DeriveError
from derive.mutate.project import Project
from derive.mutate.records import Mutant
from derive.mutate.source import Source

_TIMEOUT = 60.0
_MEMORY_MIB = 8192


def same(source: Source, name: str, mutant: Mutant, project: Project, outside: dict[str, str]) -> bool:
    """Is the mutant proved to compute what the original computes? No answer in time is no."""
    with tempfile.TemporaryDirectory(prefix="derive-mutate-", ignore_cleanup_errors=True) as folder:
        files = []
        for label, text in (("original", source.text), ("mutant", mutant.text), ("ruined", mutant.ruined)):
            files.append(str(Path(folder, f"{label}.py")))
            Path(files[-1]).write_text(text, encoding="utf-8", newline="")
        request = {"files": files, "module": project.module, "name": name}
        return _asked(request, project, outside)


def _asked(request: dict[str, Any], project: Project, outside: dict[str, str]) -> bool:
    package = str(Path(__file__).parents[2])
    environment = project.environment(project.root, outside)
    environment["PYTHONPATH"] += f":{package}" if sys.platform != "win32" else f";{package}"
    command = [sys.executable, "-P", "-m", "derive.mutate.equivalent"]
    try:
        done = subprocess.run(  # noqa: S603  (the command is ours, the request is data)
            command, input=json.dumps(request), capture_output=True, text=True, timeout=_TIMEOUT, check=False,
            env=environment, cwd=project.root / project.start,
        )  # fmt: skip
    except subprocess.TimeoutExpired:
        return False
    return done.returncode == 0 and done.stdout.strip().endswith('{"same": true}')


# -- inside the worker


def _answer(request: dict[str, Any]) -> bool:
    original, mutant, ruined = (_formulas(file, request) for file in request["files"])
    return original is not None and mutant is not None and ruined is None and _equal(original, mutant)


def _formulas(file: str, request: dict[str, Any]) -> Any:
    """What is read of the target in a file; None where it cannot be read."""
    from derive import frontends
    from derive.frontends import Asked
    from derive.tracing import parameters

    try:
        target = _target(file, request)
        numbers = tuple(n for n in parameters.numbers_of(target) if n.isidentifier())
        return frontends.frontend(frontends.recognise(target)).read(target, Asked(parameters=numbers))
    except (DeriveError, AttributeError, TypeError, IndexError, ImportError):
        return None


def _target(file: str, request: dict[str, Any]) -> Any:
    """The object of a dotted name; of a method, its class."""
    spec = importlib.util.spec_from_file_location(request["module"], file)
    if spec is None or spec.loader is None:
        raise ImportError(file)
    module = importlib.util.module_from_spec(spec)
    sys.modules[request["module"]] = module
    spec.loader.exec_module(module)
    found: Any = module
    for part in request["name"].split("."):
        owner, found = found, getattr(found, part)
        if isinstance(owner, type):
            return owner
    return found


def _equal(a: Any, b: Any) -> bool:
    """Are all formulas of two readings proved equal, wherever one of them has a value?"""
    shape = ("wrt", "convention", "rows", "weighted", "labels", "where", "domain")
    if any(getattr(a, n) != getattr(b, n) for n in shape):
        return False
    pairs = [(x, y) for side in ("gradient", "hessian", "loss") for x, y in _pairs(getattr(a, side), getattr(b, side))]
    return bool(pairs) and all(_proved(x, y) for x, y in pairs)


def _pairs(a: Any, b: Any) -> list[tuple[Any, Any]]:
    if a is None and b is None:
        return []
    if isinstance(a, list) and isinstance(b, list) and len(a) == len(b):
        return [p for x, y in zip(a, b, strict=True) for p in _pairs(x, y)]
    return [(a, b)]


def _proved(a: Any, b: Any) -> bool:
    from derive.domain import Domain
    from derive.floating.library import meaning
    from derive.prove import prove_terms
    from derive.terms.term import Term

    if not isinstance(a, Term) or not isinstance(b, Term):
        return False
    verdict = prove_terms(meaning(a), meaning(b), Domain.of({}), budget=5.0)
    return verdict.status == "proved" and not any("undefined" in note or "domain" in note for note in verdict.notes)


def _limit() -> None:
    try:
        import resource
    except ImportError:  # not on Windows; the time limit of the caller still holds
        return
    resource.setrlimit(resource.RLIMIT_AS, (_MEMORY_MIB * 2**20, _MEMORY_MIB * 2**20))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


if __name__ == "__main__":
    _limit()
    with redirect_stdout(sys.stderr):
        answer = _answer(json.load(sys.stdin))
    sys.stdout.write(json.dumps({"same": answer}) + "\n")
