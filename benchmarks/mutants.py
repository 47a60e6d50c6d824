"""Change the trusted modules, one place at a time: do the tests notice? `python benchmarks/mutants.py recheck`.

It works on a copy of the sources, in one process. pytest collects the tests of a group once and records which of them
call which function, and how long they take. For each mutant the process forks, exchanges the code of the function that
was changed, empties the caches, and runs the tests that call it, the quickest first, until one fails. What runs when a
module is imported is tried in a fork that has imported none of the package yet. A mutant that survives is either a test
that is missing, or a change that makes no difference: docs/mutation.md says which.

    python benchmarks/mutants.py recheck --progress recheck.txt              goes on where it was stopped
    python benchmarks/mutants.py prove --sample 400 --seed 1            a random sample, as is a run that is stopped
    python benchmarks/mutants.py recheck --again recheck.txt --seconds 60    those that survived, once more
"""

from __future__ import annotations

import argparse
import ast
import functools
import gc
import importlib
import multiprocessing
import os
import random
import select
import shutil
import signal
import sys
import tempfile
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from itertools import zip_longest
from pathlib import Path
from types import CodeType, FunctionType
from typing import Any, NamedTuple

import hypothesis
import pytest

sys.path.insert(0, str(Path(__file__).parent))

from mutating.operators import Mutant, mutants, mutated

ROOT = Path(__file__).parents[1]
_LIBRARIES = ("sympy", "numpy", "flint", "mpmath", "click", "click.testing", "scipy.special", "hypothesis.strategies")


class Group(NamedTuple):
    """Modules, and the tests that guard them."""

    modules: tuple[str, ...]
    tests: tuple[str, ...]
    without: str = ""  # tests that are too slow to be asked of every mutant


GROUPS = {
    "recheck": Group(
        ("recheck/*.py",), tuple(f"trusted/test_recheck{x}.py" for x in ("_forged", "_laws", "_parts", "")), "focal"
    ),
    "certificate": Group(
        ("replay.py", "certificate.py", "certificate_json.py", "claim.py"),
        (
            "test_certificate_json.py",
            "trusted/test_claim.py",
            "trusted/test_replay.py",
            "trusted/test_replay_forged.py",
        ),
    ),
    "domain": Group(("domain.py",), ("trusted/test_domain.py",)),
    "terms": Group(("terms/*.py",), ("trusted/test_terms.py", "trusted/test_text.py", "trusted/test_domain.py")),
    "prove": Group(
        ("prove/*.py",),
        (
            *("trusted/test_prove.py", "trusted/test_prove_laws.py", "trusted/test_sign.py", "trusted/test_ball.py"),
            *("trusted/test_field.py", "trusted/test_recheck.py", "wrong/test_equalities.py", "wrong/test_signs.py"),
        ),
        "focal",
    ),
}


class Tests:
    """A plugin of pytest: takes the place of the loop over the tests that were collected."""

    def __init__(self, work: Callable[[Tests], None], without: str) -> None:
        self.work, self.without = work, without
        self.items: list[pytest.Item] = []
        self.failed = self.why = ""

    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        self.items = [i for i in session.items if not self.without or self.without not in i.name]
        self.work(self)
        return True

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        if report.failed:
            self.failed, self.why = report.nodeid, report.longreprtext

    def run(self, n: int, following: int | None) -> None:
        """One test; the fixtures that the next one needs, too, live on."""
        after = None if following is None else self.items[following]
        self.items[n].ihook.pytest_runtest_protocol(item=self.items[n], nextitem=after)

    def first_failure(self, chosen: list[int]) -> str:
        """Run tests until one fails."""
        for n, following in zip_longest(chosen, chosen[1:]):
            self.run(n, following)
            if self.failed:
                return self.failed
        return ""


AtImport = Callable[[str, Mutant, list[str]], str]
Key = tuple[str, int]  # a file of the copy, and the first line of a function at its top or in a class
Calls = dict[Key, list[int]]


def in_a_fork(work: Callable[[], str], seconds: float) -> tuple[str, str]:
    """("said", what the work returned), ("died", …) or ("late", …): run in a child that is ended after some seconds."""
    reading, writing = os.pipe()
    child = os.fork()
    if not child:
        os.setpgid(0, 0)
        os.close(reading)
        null = os.open(os.devnull, os.O_WRONLY)
        os.dup2(null, 1)
        os.dup2(null, 2)
        status = 1
        try:
            os.write(writing, work().encode()[:60_000])
            status = 0
        except BaseException as why:  # noqa: BLE001  (a child must never go on in its parent's place)
            os.write(writing, repr(why).encode()[:60_000])
        finally:
            os._exit(status)
    os.close(writing)
    said, end = b"", time.monotonic() + seconds
    while (left := end - time.monotonic()) > 0 and select.select([reading], [], [], left)[0]:
        if not (more := os.read(reading, 65_536)):
            break
        said += more
    os.close(reading)
    late = time.monotonic() >= end
    if late:
        for kill in (os.killpg, os.kill):
            try:
                kill(child, signal.SIGKILL)
            except ProcessLookupError:
                continue
    _, status = os.waitpid(child, 0)
    return (
        ("late", "")
        if late
        else ("said", said.decode())
        if status == 0
        else ("died", f"{said.decode()} status {status}")
    )


def recorded(tests: Tests, files: set[str]) -> tuple[Calls, list[float]]:
    """Which tests call which function, and how long each takes; they must all pass."""
    own = {code: (file, first) for file in files for first, code in _functions(Path(file).read_text(), file)}
    calls: dict[Key, set[int]] = defaultdict(set)
    times: list[float] = []
    for n in range(len(tests.items)):
        seen: set[Key] = set()

        def note(frame: Any, event: str, _: Any, seen: set[Key] = seen) -> None:
            if event == "call" and frame.f_code.co_filename in files and frame.f_code in own:
                seen.add(own[frame.f_code])

        start = time.process_time()
        sys.setprofile(note)
        tests.run(n, n + 1 if n + 1 < len(tests.items) else None)
        sys.setprofile(None)
        times.append(time.process_time() - start)
        if tests.failed:
            raise SystemExit(f"without any change, {tests.failed} fails:\n{tests.why}")
        for key in seen:
            calls[key].add(n)
    return {key: sorted(found, key=times.__getitem__) for key, found in calls.items()}, times


def _functions(source: str | ast.Module, file: str) -> Iterator[tuple[int, CodeType]]:
    """All code of functions, with the first line of the outermost function around it."""
    yield from _inside(compile(source, file, "exec"), None)


def _inside(code: CodeType, first: int | None) -> Iterator[tuple[int, CodeType]]:
    for inner in code.co_consts:
        if isinstance(inner, CodeType):
            is_class = first is None and not inner.co_flags & 2  # no function: the body of a class
            own = None if is_class else first or inner.co_firstlineno
            if own is not None:
                yield own, inner
            yield from _inside(inner, own)


def exchange(file: str, source: str, mutant: Mutant) -> None:
    """The functions of a module that is loaded get the code that they have in the mutant."""
    before, after = list(_functions(source, file)), list(_functions(mutated(source, mutant), file))
    new = {a: b for (_, a), (_, b) in zip(_outer(before), _outer(after), strict=True) if a != b}
    if not new:
        raise SystemExit("the change makes no difference to any code")
    for f in gc.get_objects():
        if isinstance(f, FunctionType) and f.__code__ in new and f.__code__.co_filename == file:
            f.__code__ = new[f.__code__]
        elif isinstance(f, functools._lru_cache_wrapper):
            f.cache_clear()


def _outer(codes: list[tuple[int, CodeType]]) -> list[tuple[int, CodeType]]:
    return [(first, code) for first, code in codes if "<locals>" not in code.co_qualname]


class Line(NamedTuple):
    """What became of one mutant."""

    module: str
    mutant: str
    answer: str

    def __str__(self) -> str:
        return "\t".join(self)


def chosen(group: Group, folder: Path, options: argparse.Namespace) -> list[tuple[str, Mutant]]:
    """The mutants of a group, a random sample of them, or those that survived before."""
    sample, seed, only = options.sample, options.seed, None
    if options.again:
        lines = options.again.read_text(encoding="utf-8").splitlines()
        only = {text.rpartition("\t")[0] for text in lines if "\tSURVIVED" in text}
    paths = sorted(p for pattern in group.modules for p in (folder / "derive").glob(pattern))
    found = [(str(p), m) for p in paths for m in mutants(p.read_text())]
    if only is not None:
        return [(p, m) for p, m in found if f"{Path(p).relative_to(folder / 'derive')}\t{m}" in only]
    random.Random(seed).shuffle(found)  # a run that is stopped has tried a random sample
    return found if sample is None else found[:sample]


def tried(tests: Tests, at_import: AtImport, options: argparse.Namespace, folder: Path, done: set[str]) -> None:
    """Each mutant in a fork of its own."""
    group = GROUPS[options.group]
    todo = chosen(group, folder, options)
    calls, times = recorded_in_a_fork(tests, {file for file, _ in todo})
    every = sorted(range(len(times)), key=times.__getitem__)
    quick = [tests.items[n].nodeid for n in _within(every, times, options.seconds)]
    print(f"{len(tests.items)} tests, {sum(times):.0f} s; {len(todo)} mutants", flush=True)
    for file, mutant in todo:
        module = str(Path(file).relative_to(folder / "derive"))
        if f"{module}\t{mutant}" in done:
            continue
        found = calls.get((file, mutant.function or 0), [])
        if mutant.function is None:
            answer = at_import(file, mutant, quick)
        elif not found:
            answer = "SURVIVED: no test calls it"
        else:
            answer = _answer(tests, file, mutant, _within(found, times, options.seconds), options.seconds)
        line = Line(module, str(mutant), answer)
        with options.progress.open("a", encoding="utf-8") as out:
            out.write(f"{line}\n")


def recorded_in_a_fork(tests: Tests, files: set[str]) -> tuple[Calls, list[float]]:
    """The parent itself never runs a test, so nothing is remembered in it."""
    how, said = in_a_fork_to_file(lambda: repr(recorded(tests, files)))
    if how != "said":
        raise SystemExit(f"the tests did not pass without any change: {said}")
    calls, times = ast.literal_eval(said)
    return calls, times


def in_a_fork_to_file(work: Callable[[], str]) -> tuple[str, str]:
    """The same for long answers."""
    with tempfile.NamedTemporaryFile(mode="r", suffix=".txt") as file:

        def write() -> str:
            try:
                Path(file.name).write_text(work())
            except SystemExit as why:
                return str(why)
            return ""

        how, said = in_a_fork(write, 3_600)
        return ("died", said) if said else (how, Path(file.name).read_text())


def _within(found: list[int], times: list[float], seconds: float) -> list[int]:
    """The quickest tests that take so many seconds together."""
    out, spent = [], 0.0
    for n in found:
        spent += times[n]
        if out and spent > seconds:
            break
        out.append(n)
    return out


def _answer(tests: Tests, file: str, mutant: Mutant, some: list[int], seconds: float) -> str:
    def work() -> str:
        exchange(file, Path(file).read_text(), mutant)
        return tests.first_failure(some) or "none"

    how, said = in_a_fork(work, 30 + 6 * seconds)
    if how != "said":
        return f"killed: {how} {said}"
    return f"SURVIVED {len(some)} tests" if said == "none" else f"killed: {said.rpartition('::')[2]}"


def importing(folder: Path, seconds: float) -> AtImport:
    """What a mutant that runs at import does to the tests, in a process that has not imported the package."""

    def answer(file: str, mutant: Mutant, names: list[str]) -> str:
        arguments = _arguments(folder, ["-x", *(str(folder / name) for name in names)])
        source = Path(file).read_text()
        Path(file).write_text(ast.unparse(mutated(source, mutant)))
        try:
            how, said = in_a_fork(lambda: str(int(pytest.main(arguments))), 60 + 6 * seconds)
        finally:
            Path(file).write_text(source)
        return f"SURVIVED {len(names)} tests" if (how, said) == ("said", "0") else f"killed: {how} {said}"

    return answer


def _files(group: Group, folder: Path) -> list[str]:
    return [str(folder / "tests" / t) for t in group.tests if (folder / "tests" / t).exists()]


def _arguments(folder: Path, tests: list[str]) -> list[str]:
    plain = [
        "-s",
        "--tb=short",
        "-W",
        "ignore::pytest.PytestAssertRewriteWarning",
        "-p",
        "no:cacheprovider",
        "-p",
        "no:xdist",
        "-p",
        "no:faulthandler",
    ]
    return ["--rootdir", str(folder), "-c", str(folder / "pyproject.toml"), *plain, *tests]


def serving(folder: Path, seconds: float) -> AtImport:
    """The same, asked of a process that is forked now and imports nothing."""
    ours, theirs = multiprocessing.get_context("fork").Pipe()
    if not os.fork():
        ours.close()
        answer = importing(folder, seconds)
        while True:
            try:
                theirs.send(answer(*theirs.recv()))
            except EOFError:
                os._exit(0)
    theirs.close()

    def ask(file: str, mutant: Mutant, names: list[str]) -> str:
        ours.send((file, mutant, names))
        answer: str = ours.recv()
        return answer

    return ask


def copied(folder: Path) -> None:
    """The sources and their tests, and nothing that was compiled."""
    for name in ("derive", "tests"):
        shutil.copytree(ROOT / name, folder / name, ignore=shutil.ignore_patterns("__pycache__", "libraries"))
    shutil.copy(ROOT / "pyproject.toml", folder)


def summary(progress: Path) -> str:
    """module: mutants tried, killed, and survived."""
    lines = [Line(*text.split("\t")) for text in progress.read_text(encoding="utf-8").splitlines()]
    every, bad = (
        Counter(x.module for x in found) for found in (lines, [x for x in lines if x.answer.startswith("SURVIVED")])
    )
    return "\n".join(f"{name}: {n} tried, {n - bad[name]} killed, {bad[name]} survived" for name, n in every.items())


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Which mutants of the trusted modules do the tests notice?")
    parser.add_argument("group", choices=GROUPS)
    parser.add_argument("--progress", type=Path, default=Path("mutants.txt"), help="a line for each mutant")
    parser.add_argument("--again", type=Path, help="only what survived in this progress file")
    parser.add_argument("--sample", type=int, help="so many mutants, chosen at random")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--seconds", type=float, default=8.0, help="so much of the tests for each mutant")
    return parser.parse_args()


def main() -> None:
    options = _options()
    options.progress, options.again = options.progress.resolve(), options.again and options.again.resolve()
    group = GROUPS[options.group]
    done: set[str] = set()
    if options.progress.exists():
        done = {text.rpartition("\t")[0] for text in options.progress.read_text(encoding="utf-8").splitlines()}
    sys.dont_write_bytecode = True
    for name in _LIBRARIES:
        importlib.import_module(name)
    hypothesis.settings.register_profile(
        "mutants",
        database=None,
        derandomize=True,
        deadline=None,
        phases=[hypothesis.Phase.explicit, hypothesis.Phase.generate],
    )
    hypothesis.settings.load_profile("mutants")
    with tempfile.TemporaryDirectory(prefix="derive-mutants-") as name:
        folder = Path(name).resolve()
        copied(folder)
        sys.path.insert(0, str(folder))
        os.chdir(folder)
        at_import = serving(folder, options.seconds)
        tests = Tests(lambda t: tried(t, at_import, options, folder, done), group.without)
        pytest.main(_arguments(folder, _files(group, folder)), plugins=[tests])
    print(summary(options.progress))


if __name__ == "__main__":
    main()
